"""Self-assessment, verification and agreement of the finished campaign: high self-scores, a gap of some points, reasons."""

import datetime
from typing import Any

from django.utils import timezone

from awards.demonstration.chance import dice
from awards.demonstration.structure import Structure
from campaigns.models import Campaign
from campaigns.scoring.entry import Entry, entries
from campaigns.scoring.inputs import InputKind
from pledges.models import ScoreInput, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services import rollup
from pledges.services.scoresheets import is_self_assessed
from pledges.services.scoring_inputs import is_sourced

REASONS = [
    "Chưa có văn bản kiểm chứng kèm theo",
    "Minh chứng chỉ có một phần so với kê khai",
    "Trùng nội dung với tiêu chí khác",
    "Theo kết quả kiểm tra thực tế tại đơn vị",
]


def fill_scores(campaign: Campaign, made: Structure) -> None:
    """Inputs of all three stages and the states up to "đã thống nhất"."""
    scheme = rollup.parsed_scheme(campaign.scheme)
    rows: list[ScoreInput] = []
    sheets = list(ScoreSheet.objects.filter(participation__campaign=campaign).select_related("participation__unit"))
    director = made.person(made.ban, "director")
    verifier = made.person(made.departments[-1], "verifier")
    for sheet in sheets:
        unit = sheet.participation.unit
        for entry in entries(scheme):
            if not is_sourced(entry):
                rows += _entry(sheet, unit, entry, made.person(unit, "editor"), verifier)
        at = datetime.datetime(2024, 12, 20, 9, tzinfo=timezone.get_default_timezone())
        sheet.status, sheet.sent_at, sheet.sent_by = "agreed", at, made.person(unit, "leader")
        sheet.verified_at, sheet.verified_by = at + datetime.timedelta(days=8), verifier
        sheet.agreed_at, sheet.agreed_by = at + datetime.timedelta(days=14), director
    ScoreInput.objects.bulk_create(rows, batch_size=200)
    ScoreSheet.objects.bulk_update(
        sheets, ["status", "sent_at", "sent_by", "verified_at", "verified_by", "agreed_at", "agreed_by"], batch_size=50
    )


def _entry(sheet: ScoreSheet, unit: Any, entry: Entry, editor: Any, verifier: Any) -> list[ScoreInput]:
    chance = dice("score", unit.code, entry.code)
    best, lower = _values(entry, chance)
    rows = []
    if not is_self_assessed(entry):
        return [ScoreInput(sheet=sheet, code=entry.code, stage=Stage.VERIFIED, value=best, entered_by=verifier)]
    rows.append(ScoreInput(sheet=sheet, code=entry.code, stage=Stage.SELF, value=best, entered_by=editor))
    cut = lower != best and chance.random() < 0.27
    rows.append(
        ScoreInput(
            sheet=sheet, code=entry.code, stage=Stage.VERIFIED, value=lower if cut else best, entered_by=verifier,
            reason=chance.choice(REASONS) if cut else "",
        )
    )  # fmt: skip
    if cut and chance.random() < 0.2:
        rows.append(
            ScoreInput(
                sheet=sheet, code=entry.code, stage=Stage.FINAL, value=best, entered_by=verifier,
                reason="Thống nhất tại cuộc họp ngày 03/01/2025: đơn vị đã bổ sung minh chứng",
            )
        )  # fmt: skip
    return rows


def _values(entry: Entry, chance: Any) -> tuple[Any, Any]:
    """What the unit claims, and what a strict reader would find."""
    harmful = entry.rule.role == "deduct"
    if entry.kind == InputKind.FLAG:
        good = False if harmful or entry.unless else chance.random() < 0.99
        return (good, good) if harmful or entry.unless else (good, good and chance.random() < 0.9)
    if entry.kind == InputKind.COUNT:
        if harmful:
            return 0, chance.choice([0, 1])
        claimed = chance.randint(2, 4)
        return claimed, claimed - 1
    if entry.kind == InputKind.OPTION:
        keys = [key for key, _ in entry.choices]
        return keys[0], keys[min(1, len(keys) - 1)]
    if entry.kind == InputKind.RATIO:
        return {"achieved": "24", "target": "24"}, {"achieved": str(chance.randint(18, 23)), "target": "24"}
    if entry.kind == InputKind.SCORE:
        score = f"{chance.randint(820, 960) / 10}"
        return score, score
    if entry.kind == InputKind.POINTS:
        points = f"{chance.choice([6, 7, 7, 8]) / 4}"
        return points, points
    if getattr(entry.rule, "whole", False):
        claimed = chance.randint(2, 4)
        return claimed, claimed - 1
    return f"{chance.randint(95, 100)}", f"{chance.randint(78, 94)}"
