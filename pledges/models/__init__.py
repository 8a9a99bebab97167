from pledges.models.amendment import Amendment, AmendmentChange
from pledges.models.pledge import Clause, Commitment, Party, Pledge, Target
from pledges.models.report import Evidence, Extension, QuarterlyReport, ReportedValue
from pledges.models.scoresheet import (
    GateDeclaration,
    IndicatorTotal,
    Publication,
    ScoreInput,
    ScoreLine,
    ScoreSheet,
    TieDecision,
)

__all__ = [
    "Amendment",
    "AmendmentChange",
    "Clause",
    "Commitment",
    "Evidence",
    "Extension",
    "GateDeclaration",
    "IndicatorTotal",
    "Party",
    "Pledge",
    "Publication",
    "QuarterlyReport",
    "ReportedValue",
    "ScoreInput",
    "ScoreLine",
    "ScoreSheet",
    "Target",
    "TieDecision",
]
