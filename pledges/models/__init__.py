from pledges.models.pledge import Commitment, Pledge, Signature, Target
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
    "Commitment",
    "Evidence",
    "Extension",
    "GateDeclaration",
    "IndicatorTotal",
    "Pledge",
    "Publication",
    "QuarterlyReport",
    "ReportedValue",
    "ScoreInput",
    "ScoreLine",
    "ScoreSheet",
    "Signature",
    "Target",
    "TieDecision",
]
