"""The only bridge between the scoring engine and the database: gather, score, rank, store. Idempotent.

``recalculate`` brings a running campaign up to date, ``compare`` tells how the stored state differs from a full
recomputation. A finished campaign is never written. Ranks: services/ranks; figures of clusters and all: services/totals.
"""

import datetime
import hashlib
import json
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign, Participation
from campaigns.scoring.engine import evaluate
from campaigns.scoring.types import Result, Scheme, State
from dvk_portal.core import jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from dvk_portal.core.numbers import format_number
from pledges.models import GateDeclaration, ScoreLine, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.notifications import ScoresReopened
from pledges.services.ranks import compare_ranks, rank_clusters, store_ranks
from pledges.services.recorddocuments import end_documents_of
from pledges.services.schemes import parsed_scheme
from pledges.services.scoring_inputs import InputGatherer, Inputs
from pledges.services.totals import compare_totals, store_totals, total_rows
from pledges.workflows import SHEET

__all__ = [
    "compare",
    "parsed_scheme",
    "rank_clusters",
    "recalculate",
    "refresh_sheet",
    "refresh_sheets",
    "run_rollup",
    "score_sheets",
]

STAGES = (Stage.SELF, Stage.VERIFIED, Stage.FINAL)
LINE_FIELDS = ["order", *(f"{stage}_{part}" for stage in STAGES for part in ("points", "state", "reason"))]
# Raised when more of the result is stored than before, so that sheets with unchanged inputs are written once more.
LAYOUT = 2
_PLACES = Decimal("0.0001")


@dataclass
class SheetScores:
    """The scores of one sheet at the three stages, and the digest of everything they come from. ``results`` empty: unchanged."""

    sheet: ScoreSheet
    digest: str
    results: dict[str, Result] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def recalculate(campaign: Campaign, *, now: datetime.datetime | None = None, progress: Any = None) -> int:
    """Bring score sheets, ranks and totals of ``campaign`` up to date. Returns how many sheets changed.

    It reads and calculates without holding a lock, so that nobody who enters figures waits for it; what changes meanwhile
    has asked for another roll-up. Raises DomainError for a campaign whose results are published.
    """
    now = now or timezone.now()
    campaign = Campaign.objects.select_related("scheme").get(pk=campaign.pk)
    _demand_running(campaign)
    scores = score_sheets(campaign, now, skip_unchanged=True)
    if progress:
        progress.report(1, 3, "Đã chấm điểm, đang xếp hạng…")
    with transaction.atomic():
        _lock(campaign)
        changed = _store_sheets(scores)
        store_ranks(campaign)
    if progress:
        progress.report(2, 3, "Đã xếp hạng, đang tổng hợp số liệu…")
    totals = total_rows(campaign)
    with transaction.atomic():
        _lock(campaign)
        store_totals(campaign, totals)
    return changed


def _lock(campaign: Campaign) -> None:
    _demand_running(Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk))


def _demand_running(campaign: Campaign) -> None:
    if not campaign.is_running:
        raise DomainError("Phong trào không ở bước thực hiện hoặc chấm điểm nên không tính lại điểm.")


def refresh_sheet(sheet: ScoreSheet) -> ScoreSheet:
    """Score one sheet at once, so that who changed it sees the result; ranks and totals follow with the roll-up."""
    campaign = Campaign.objects.select_related("scheme").get(pk=sheet.participation.campaign_id)
    refresh_sheets(campaign, [sheet.participation], timezone.now())
    sheet.refresh_from_db()
    return sheet


def refresh_sheets(campaign: Campaign, participations: list[Participation], now: datetime.datetime) -> None:
    """Score the sheets of these units at once."""
    _store_sheets(score_sheets(campaign, now, skip_unchanged=False, only=participations))


def score_sheets(
    campaign: Campaign,
    now: datetime.datetime,
    *,
    skip_unchanged: bool,
    only: list[Participation] | None = None,
) -> list[SheetScores]:
    """Score every sheet (or those of ``only``). ``skip_unchanged`` leaves out sheets whose inputs have the stored digest."""
    scheme = parsed_scheme(campaign.scheme)
    gatherer = InputGatherer(campaign, scheme, now, only)
    declared: dict[int, list[str]] = {}
    for sheet_id, code in GateDeclaration.objects.filter(sheet__participation__campaign=campaign).values_list(
        "sheet_id", "code"
    ):
        declared.setdefault(sheet_id, []).append(code)
    sheets = ScoreSheet.objects.filter(participation__campaign=campaign).order_by("id")
    if only is not None:
        sheets = sheets.filter(participation__in=gatherer.units)
    found = []
    for sheet in sheets:
        inputs = {stage: gatherer.inputs(sheet.participation_id, stage) for stage in STAGES}
        gates = sorted(declared.get(sheet.pk, []))
        silent = _is_silent(sheet, campaign)
        row = SheetScores(sheet, _digest(campaign.scheme_id, inputs, gates, silent))
        if not (skip_unchanged and sheet.input_digest == row.digest):
            same = gatherer.is_final_as_verified(sheet.participation_id)
            row.results = _evaluate(scheme, inputs, gates, silent, same)
            row.values = _sheet_values(scheme, row.results)
            row.values |= {"sourced": _sourced(gatherer, sheet.participation_id), "input_digest": row.digest}
        found.append(row)
    return found


def _is_silent(sheet: ScoreSheet, campaign: Campaign) -> bool:
    """Whether it counts as "không gửi bản tự chấm". Before a person has opened the scoring nobody is late (law.md R-46)."""
    status = Campaign.Status
    return sheet.sent_at is None and campaign.status in (status.SCORING, status.CLOSED, status.ARCHIVED)


def _evaluate(
    scheme: Scheme, inputs: dict[str, Inputs], gates: list[str], silent: bool, same: bool
) -> dict[str, Result]:
    stages = (Stage.SELF, Stage.VERIFIED) if same else STAGES
    results = {
        stage: evaluate(scheme, inputs[stage], stage=stage.value, gates=gates, no_self_report=silent)
        for stage in stages
    }
    return results | {Stage.FINAL: results.get(Stage.FINAL, results[Stage.VERIFIED])}


def _digest(scheme_pk: int, inputs: dict[str, Inputs], gates: list[str], silent: bool) -> str:
    text = json.dumps([LAYOUT, scheme_pk, inputs, gates, silent], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _sourced(gatherer: InputGatherer, unit: int) -> dict[str, Any]:
    """The figures that the portal filled in, as stored on the sheet; ``refused`` says which could not be used and why."""
    found: dict[str, Any] = {stage: gatherer.sourced(unit, stage) for stage in (Stage.SELF.value, Stage.VERIFIED.value)}
    if unit in gatherer.refused:
        found["refused"] = gatherer.refused[unit]
    return found


def _kept(number: Decimal | None) -> Decimal | None:
    """The number as its column keeps it."""
    return None if number is None else number.quantize(_PLACES, ROUND_HALF_UP)


def _total(result: Result) -> Decimal | None:
    """None while no leaf has a score: nothing to show is not a zero."""
    scored = any(line.is_leaf and line.state in (State.SCORED, State.NOT_APPLICABLE) for line in result.lines)
    return _kept(result.total) if scored else None


def _gap(scheme: Scheme, results: dict[str, Result]) -> Decimal | None:
    """Self less verified, like with like: criteria that the unit scores itself and that both stages have scored."""
    verified = results[Stage.VERIFIED].by_code
    own = {leaf.node.code for leaf in scheme.leaf_list if leaf.self_scored}
    pairs = [
        (line.points, verified[line.code].points)
        for line in results[Stage.SELF].lines
        if line.code in own and line.points is not None and verified[line.code].points is not None
    ]
    return _kept(sum((claimed - found for claimed, found in pairs), Decimal(0))) if pairs else None


def _sheet_values(scheme: Scheme, results: dict[str, Result]) -> dict[str, Any]:
    final = results[Stage.FINAL]
    return {
        "self_total": _total(results[Stage.SELF]),
        "verified_total": _total(results[Stage.VERIFIED]),
        "final_total": _total(final),
        "gap": _gap(scheme, results),
        "provisional": final.provisional,
        "bonus": _kept(final.bonus),
        "deduction": _kept(final.deduction),
        "self_class": results[Stage.SELF].class_label or "",
        "score_class": final.class_label or "",
        "unranked": final.unranked,
        "gates": [
            {"code": gate.code, "label": gate.label, "reason": gate.reason, "review": gate.review}
            for gate in final.gates
        ],
    }


def line_rows(row: SheetScores) -> list[ScoreLine]:
    """The lines of one sheet as they should be stored."""
    by_stage = {stage: row.results[stage].by_code for stage in STAGES}
    rows = []
    for order, code in enumerate(by_stage[Stage.FINAL]):
        values: dict[str, Any] = {}
        for stage in STAGES:
            line = by_stage[stage][code]
            values[f"{stage}_points"] = _kept(line.points)
            values[f"{stage}_state"] = line.state.value
            values[f"{stage}_reason"] = "\n".join(line.reasons)
        rows.append(ScoreLine(sheet=row.sheet, code=code, order=order, **values))
    return rows


def _store_sheets(scores: list[SheetScores]) -> int:
    """Write the sheets that were scored; one that somebody else scored since it was read is left to his figures."""
    scored = [row for row in scores if row.results]
    locked = ScoreSheet.objects.select_for_update(of=("self",)).filter(pk__in=[row.sheet.pk for row in scored])
    stored = {
        pk: (digest, status) for pk, digest, status in locked.order_by("pk").values_list("pk", "input_digest", "status")
    }
    changed = [row for row in scored if row.sheet.pk in stored and stored[row.sheet.pk][0] == row.sheet.input_digest]
    if not changed:
        return 0
    now = timezone.now()
    unsettled = [
        (row.sheet, row.sheet.final_total)
        for row in changed
        if stored[row.sheet.pk][1] == ScoreSheet.Status.AGREED and _is_unsettled(row)
    ]
    for row in changed:
        for name, value in row.values.items():
            setattr(row.sheet, name, value)
        row.sheet.computed_at = now
    ScoreSheet.objects.bulk_update([row.sheet for row in changed], [*changed[0].values, "computed_at"], batch_size=50)
    ScoreLine.objects.bulk_create(
        [line for row in changed for line in line_rows(row)],
        update_conflicts=True,
        unique_fields=["sheet", "code"],
        update_fields=LINE_FIELDS,
        batch_size=200,
    )
    for sheet, old_total in unsettled:
        _reopen(sheet, old_total)
    return len(changed)


def _is_unsettled(row: SheetScores) -> bool:
    """Whether what was agreed on would become another total or class."""
    sheet = row.sheet
    settled = (sheet.final_total, sheet.score_class)
    return sheet.final_total is not None and settled != (row.values["final_total"], row.values["score_class"])


def _reopen(sheet: ScoreSheet, old_total: Decimal) -> None:
    """An agreed score never changes silently: the sheet goes back to verification and who agreed on it is told why."""
    new_total = "chưa có" if sheet.final_total is None else format_number(sheet.final_total)
    note = (
        f"Số liệu thay đổi sau khi thống nhất: điểm {format_number(old_total)} thành {new_total}. Cần thống nhất lại."
    )
    told = [person for person in (sheet.agreed_by, sheet.participation.campaign.contact) if person is not None]
    SHEET.apply(sheet, "reopen", actor=None, note=note)
    end_documents_of(sheet, actor=None, reason=note)
    notify(ScoresReopened.about(sheet, note), told)


def compare(campaign: Campaign, *, now: datetime.datetime | None = None) -> list[str]:
    """Sentences on every difference between what is stored and a full recomputation. Writes nothing.

    A published campaign is recomputed as of its publication, so that time alone changes nothing.
    """
    if now is None:
        now = campaign.closed_at or timezone.now()
    scores = score_sheets(campaign, now, skip_unchanged=False)
    units = dict(Participation.objects.filter(campaign=campaign).values_list("pk", "name"))
    lines = ScoreLine.objects.filter(sheet__participation__campaign=campaign)
    stored = {(line.sheet_id, line.code): line for line in lines}
    problems = []
    for row in scores:
        problems += _compare_sheet(row, units[row.sheet.participation_id], stored)
    problems += [f"Dòng điểm thừa: {code}." for _, code in stored]
    return problems + compare_ranks(campaign, units) + compare_totals(campaign)


def _compare_sheet(row: SheetScores, name: str, stored: dict[tuple[int, str], ScoreLine]) -> list[str]:
    problems = [
        f"{name}: {column} đang lưu {getattr(row.sheet, column)}, tính lại được {value}."
        for column, value in row.values.items()
        if column != "input_digest" and getattr(row.sheet, column) != value
    ]
    for line in line_rows(row):
        kept = stored.pop((row.sheet.pk, line.code), None)
        for column in LINE_FIELDS:
            old, new = getattr(kept, column, None), getattr(line, column)
            if kept is None or old != new:
                problems.append(f"{name}, mục {line.code}: {column} đang lưu {old}, tính lại được {new}.")
    return problems


@jobs.handler("rollup")
def run_rollup(progress: jobs.Progress) -> str:
    """The job that follows every change that counts; ``params["campaign"]`` names the campaign."""
    campaign = Campaign.objects.get(pk=progress.params["campaign"])
    if not campaign.is_running:
        return "Phong trào đã kết thúc, không tính lại."
    changed = recalculate(campaign, progress=progress)
    return f"Đã cập nhật {changed} phiếu điểm, thứ hạng và số tổng hợp."
