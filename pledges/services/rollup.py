"""The only bridge between the scoring engine and the database: gather, score, rank, store. Idempotent.

``compute`` reads and calculates, ``store`` writes what differs, ``compare`` tells how the stored state differs from a
full recomputation. A finished campaign is never written.
"""

import datetime
import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.figures import Rolled
from campaigns.models import Campaign, Participation
from campaigns.scoring.engine import evaluate
from campaigns.scoring.ranking import Contender, Decision, Ranked, rank
from campaigns.scoring.schemefile import load_scheme
from campaigns.scoring.types import Result, Scheme, State, Tie
from dvk_portal.core import jobs
from dvk_portal.core.exceptions import DomainError
from pledges.models import GateDeclaration, IndicatorTotal, ScoreLine, ScoreSheet, TieDecision
from pledges.models.scoresheet import Stage
from pledges.services.figures import CampaignFigures
from pledges.services.scoring_inputs import InputGatherer, Inputs

STAGES = (Stage.SELF, Stage.VERIFIED, Stage.FINAL)
SHEET_FIELDS = [
    "self_total", "verified_total", "final_total", "provisional", "bonus", "deduction", "self_class", "score_class",
    "unranked", "gates", "rank", "rank_shared", "rank_reason", "input_digest",
]  # fmt: skip
LINE_FIELDS = ["order", *(f"{stage}_{part}" for stage in STAGES for part in ("points", "state", "reason"))]
TOTAL_FIELDS = ["value", "reported", "expected", "detail"]


@dataclass
class SheetScores:
    """The scores of one sheet at the three stages, and the digest of everything they come from."""

    sheet: ScoreSheet
    digest: str
    results: dict[str, Result] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def parsed_scheme(campaign_scheme: Any) -> Scheme:
    """The engine's scheme of a stored version. Raises DomainError when it does not parse (it was published, so it did)."""
    scheme, errors, _ = load_scheme(campaign_scheme.document)
    if scheme is None:
        raise DomainError("Bảng tiêu chí không đọc được.", [error.message for error in errors])
    return scheme


def recalculate(campaign: Campaign, *, now: datetime.datetime | None = None, progress: Any = None) -> int:
    """Bring score sheets, ranks and totals of ``campaign`` up to date. Returns how many sheets changed.

    Raises DomainError for a campaign whose results are published: nothing changes after that.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=campaign.pk)
        if not locked.is_running:
            raise DomainError("Phong trào không ở bước thực hiện hoặc chấm điểm nên không tính lại điểm.")
        scores = score_sheets(locked, now, skip_unchanged=True)
        if progress:
            progress.report(1, 3, "Đã chấm điểm, đang xếp hạng…")
        changed = _store_sheets(scores)
        _store_ranks(locked, now)
        if progress:
            progress.report(2, 3, "Đã xếp hạng, đang tổng hợp số liệu…")
        _store_totals(locked)
    return changed


def refresh_sheet(sheet: ScoreSheet) -> ScoreSheet:
    """Score one sheet at once, so that who changed it sees the result; ranks and totals follow with the roll-up."""
    campaign = Campaign.objects.select_related("scheme").get(pk=sheet.participation.campaign_id)
    rows = score_sheets(campaign, timezone.now(), skip_unchanged=False, only=[sheet.participation])
    _store_sheets(rows)
    sheet.refresh_from_db()
    return sheet


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
    found = []
    for sheet in ScoreSheet.objects.filter(participation__in=gatherer.units).order_by("id"):
        inputs = {stage: gatherer.inputs(sheet.participation_id, stage) for stage in STAGES}
        gates = sorted(declared.get(sheet.pk, []))
        row = SheetScores(sheet, _digest(campaign.scheme.pk, inputs, gates, sheet.sent_at is None))
        if not (skip_unchanged and sheet.input_digest == row.digest):
            row.results = {
                stage: evaluate(
                    scheme,
                    inputs[stage],
                    stage=stage.value,
                    gates=gates,
                    # Before the campaign is being scored nobody is late with a self-report.
                    no_self_report=sheet.sent_at is None and campaign.status != Campaign.Status.OPEN,
                )
                for stage in STAGES
            }
            row.values = _sheet_values(row.results) | {"input_digest": row.digest}
        found.append(row)
    return found


def _digest(scheme_pk: int, inputs: dict[str, Inputs], gates: list[str], no_self_report: bool) -> str:
    text = json.dumps([scheme_pk, inputs, gates, no_self_report], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _total(result: Result) -> Decimal | None:
    """None while no leaf has a score: nothing to show is not a zero."""
    scored = any(line.is_leaf and line.state in (State.SCORED, State.NOT_APPLICABLE) for line in result.lines)
    return result.total if scored else None


def _sheet_values(results: dict[str, Result]) -> dict[str, Any]:
    final = results[Stage.FINAL]
    return {
        "self_total": _total(results[Stage.SELF]),
        "verified_total": _total(results[Stage.VERIFIED]),
        "final_total": _total(final),
        "provisional": final.provisional,
        "bonus": final.bonus,
        "deduction": final.deduction,
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
    by_stage = {stage: {line.code: line for line in row.results[stage].lines} for stage in STAGES}
    rows = []
    for order, code in enumerate(by_stage[Stage.FINAL]):
        values: dict[str, Any] = {}
        for stage in STAGES:
            line = by_stage[stage][code]
            values[f"{stage}_points"] = line.points
            values[f"{stage}_state"] = line.state.value
            values[f"{stage}_reason"] = "\n".join(line.reasons)
        rows.append(ScoreLine(sheet=row.sheet, code=code, order=order, **values))
    return rows


def _store_sheets(scores: list[SheetScores]) -> int:
    changed = [row for row in scores if row.results]
    now = timezone.now()
    for row in changed:
        for name, value in row.values.items():
            setattr(row.sheet, name, value)
        row.sheet.computed_at = now
    names = ["self_total", "verified_total", "final_total", "provisional", "bonus", "deduction", "self_class",
             "score_class", "unranked", "gates", "input_digest", "computed_at"]  # fmt: skip
    ScoreSheet.objects.bulk_update([row.sheet for row in changed], names, batch_size=50)
    ScoreLine.objects.bulk_create(
        [line for row in changed for line in line_rows(row)],
        update_conflicts=True,
        unique_fields=["sheet", "code"],
        update_fields=LINE_FIELDS,
        batch_size=200,
    )
    return len(changed)


# --- ranking --------------------------------------------------------------------------------------------------------


def rank_clusters(campaign: Campaign, now: datetime.datetime) -> dict[int, Ranked]:
    """Ranks inside each cluster, by sheet id, from the stored final totals. Sheets without a class for cause are left out."""
    scheme = parsed_scheme(campaign.scheme)
    sheets = list(
        ScoreSheet.objects.filter(participation__campaign=campaign, unranked=False, final_total__isnull=False)
        .select_related("participation")
        .order_by("participation__sort_key")
    )
    contenders = _contenders(campaign, scheme, sheets, now)
    decisions: dict[int, TieDecision] = {}
    for decision in TieDecision.objects.filter(cluster__campaign=campaign).order_by("decided_at"):
        decisions[decision.cluster_id] = decision
    by_cluster: dict[int | None, list[ScoreSheet]] = {}
    for sheet in sheets:
        by_cluster.setdefault(sheet.participation.cluster_id, []).append(sheet)
    labels = {code: node.title for code, node in scheme.nodes.items()}
    ranks: dict[int, Ranked] = {}
    for cluster_id, members in by_cluster.items():
        made = decisions.get(cluster_id) if cluster_id else None
        decision = Decision([str(pk) for pk in made.order], made.reason) if made else None
        ties = scheme.ties or (Tie("shared"),)
        for ranked in rank([contenders[sheet.pk] for sheet in members], ties, decision, labels=labels):
            ranks[next(sheet.pk for sheet in members if str(sheet.participation_id) == ranked.unit)] = ranked
    return ranks


def _contenders(
    campaign: Campaign, scheme: Scheme, sheets: list[ScoreSheet], now: datetime.datetime
) -> dict[int, Contender]:
    sections = {tie.code for tie in scheme.ties if tie.kind == "section"}
    indicators = {tie.code for tie in scheme.ties if tie.kind == "indicator"}
    points: dict[int, dict[str, Decimal | None]] = {}
    for sheet_id, code, value in ScoreLine.objects.filter(
        sheet__participation__campaign=campaign, code__in=sections
    ).values_list("sheet_id", "code", "final_points"):
        points.setdefault(sheet_id, {})[code] = value
    late: dict[int, int] = {}
    for unit in campaign.participations.filter(reports__days_from_due__gt=0).values_list("pk", flat=True):
        late[unit] = late.get(unit, 0) + 1
    rolled = CampaignFigures(campaign, Stage.VERIFIED).whole if indicators else {}
    return {
        sheet.pk: Contender(
            unit=str(sheet.participation_id),
            total=sheet.final_total,
            women_share=sheet.participation.women_share,
            deductions=sheet.deduction,
            late_reports=Decimal(late.get(sheet.participation_id, 0)),
            sections=points.get(sheet.pk, {}),
            indicators={
                code: rolled[code].by_unit[sheet.participation_id].value for code in indicators if code in rolled
            },
        )
        for sheet in sheets
    }


def _rank_values(ranked: Ranked | None) -> tuple[int | None, bool, str]:
    return (None, False, "") if ranked is None else (ranked.rank, ranked.shared, ranked.reason[:250])


def _store_ranks(campaign: Campaign, now: datetime.datetime) -> None:
    ranks = rank_clusters(campaign, now)
    changed = []
    for sheet in ScoreSheet.objects.filter(participation__campaign=campaign):
        wanted = _rank_values(ranks.get(sheet.pk))
        if (sheet.rank, sheet.rank_shared, sheet.rank_reason) != wanted:
            sheet.rank, sheet.rank_shared, sheet.rank_reason = wanted
            changed.append(sheet)
    ScoreSheet.objects.bulk_update(changed, ["rank", "rank_shared", "rank_reason"], batch_size=100)


# --- totals ---------------------------------------------------------------------------------------------------------


def total_rows(campaign: Campaign) -> dict[tuple[str, int], IndicatorTotal]:
    """Every total of the campaign as it should be stored, by (slot, indicator id)."""
    figures = CampaignFigures(campaign, None)
    rows: dict[tuple[str, int], IndicatorTotal] = {}
    for period in [None, *figures.periods]:
        for indicator in figures.indicators.values():
            rolled = figures.roll(indicator, None if period is None else [period.pk])
            for cluster_id, total in [(None, rolled.total), *rolled.by_group.items()]:
                slot = f"{cluster_id or 0}:{period.pk if period else 0}"
                rows[slot, indicator.pk] = IndicatorTotal(
                    campaign=campaign,
                    cluster_id=cluster_id,
                    period=period,
                    indicator=indicator,
                    slot=slot,
                    value=total.shown(4),
                    reported=total.reported,
                    expected=total.expected,
                    detail=_detail(total),
                )
    return rows


def _detail(total: Rolled) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    if total.parts is not None:
        detail["numerator"], detail["denominator"] = (str(part) for part in total.parts)
    if total.yes or total.no or total.silent:
        detail |= {"yes": total.yes, "no": total.no, "silent": total.silent}
    if total.stale:
        detail["stale"] = True
    return detail


def _store_totals(campaign: Campaign) -> None:
    wanted = total_rows(campaign)
    stored = {(row.slot, row.indicator_id): row for row in IndicatorTotal.objects.filter(campaign=campaign)}
    changed = []
    for key, row in stored.items():
        if key in wanted and _total_differs(row, wanted[key]):
            for name in TOTAL_FIELDS:
                setattr(row, name, getattr(wanted[key], name))
            changed.append(row)
    IndicatorTotal.objects.filter(pk__in=[row.pk for key, row in stored.items() if key not in wanted]).delete()
    IndicatorTotal.objects.bulk_update(changed, TOTAL_FIELDS, batch_size=100)
    IndicatorTotal.objects.bulk_create([row for key, row in wanted.items() if key not in stored], batch_size=200)


def _total_differs(stored: IndicatorTotal, wanted: IndicatorTotal) -> bool:
    return any(getattr(stored, name) != getattr(wanted, name) for name in TOTAL_FIELDS)


# --- proof ----------------------------------------------------------------------------------------------------------


def compare(campaign: Campaign, *, now: datetime.datetime | None = None) -> list[str]:
    """Sentences on every difference between what is stored and a full recomputation. Writes nothing.

    A published campaign is recomputed as of its publication, so that time alone changes nothing.
    """
    if now is None:
        now = campaign.closed_at or timezone.now()
    scores = score_sheets(campaign, now, skip_unchanged=False)
    units = dict(Participation.objects.filter(campaign=campaign).values_list("pk", "name"))
    stored_lines = {
        (line.sheet_id, line.code): line for line in ScoreLine.objects.filter(sheet__participation__campaign=campaign)
    }
    problems = []
    for row in scores:
        name = units[row.sheet.participation_id]
        for column, value in row.values.items():
            if column != "input_digest" and getattr(row.sheet, column) != value:
                problems.append(f"{name}: {column} đang lưu {getattr(row.sheet, column)}, tính lại được {value}.")
        for line in line_rows(row):
            kept = stored_lines.pop((row.sheet.pk, line.code), None)
            for column in LINE_FIELDS:
                if kept is None or getattr(kept, column) != getattr(line, column):
                    old = None if kept is None else getattr(kept, column)
                    problems.append(
                        f"{name}, mục {line.code}: {column} đang lưu {old}, tính lại được {getattr(line, column)}."
                    )
    problems += [f"Dòng điểm thừa: {code}." for _, code in stored_lines]
    problems += _compare_ranks(campaign, now, units)
    problems += _compare_totals(campaign)
    return problems


def _compare_ranks(campaign: Campaign, now: datetime.datetime, units: dict[int, str]) -> list[str]:
    ranks = rank_clusters(campaign, now)
    return [
        f"{units[sheet.participation_id]}: đang xếp hạng {sheet.rank}, tính lại được {wanted[0]}."
        for sheet in ScoreSheet.objects.filter(participation__campaign=campaign)
        if (sheet.rank, sheet.rank_shared, sheet.rank_reason) != (wanted := _rank_values(ranks.get(sheet.pk)))
    ]


def _compare_totals(campaign: Campaign) -> list[str]:
    wanted = total_rows(campaign)
    stored = {(row.slot, row.indicator_id): row for row in IndicatorTotal.objects.filter(campaign=campaign)}
    problems = [f"Thiếu số tổng hợp {wanted[key].indicator}." for key in wanted.keys() - stored.keys()]
    problems += [
        f"Số tổng hợp {wanted[key].indicator} ({key[0]}): đang lưu {row.value}, tính lại được {wanted[key].value}."
        for key, row in stored.items()
        if key in wanted and _total_differs(row, wanted[key])
    ]
    return problems


@jobs.handler("rollup")
def run_rollup(progress: jobs.Progress) -> str:
    """The job that follows every change that counts; ``params["campaign"]`` names the campaign."""
    campaign = Campaign.objects.get(pk=progress.params["campaign"])
    if not campaign.is_running:
        return "Phong trào đã kết thúc, không tính lại."
    changed = recalculate(campaign, progress=progress)
    return f"Đã cập nhật {changed} phiếu điểm, thứ hạng và số tổng hợp."
