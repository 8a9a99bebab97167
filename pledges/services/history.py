"""Past figures of a unit beside the ones being entered: last period, same period last year, the target so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Q

from campaigns.aggregation import derive, pair, roll_up
from campaigns.figures import Cell, RollUp
from campaigns.formulas import parse_formula
from campaigns.models import Indicator, ReportingPeriod
from campaigns.models.indicator import IndicatorKind
from pledges.models import QuarterlyReport, ReportedValue, Target
from pledges.services.checks import best_of
from pledges.services.figures import part_codes, rule_of
from pledges.services.targets import EffectiveTarget

PeriodKey = tuple[str, int, int]
_PER_YEAR = {
    ReportingPeriod.Kind.MONTH: 12,
    ReportingPeriod.Kind.QUARTER: 4,
    ReportingPeriod.Kind.HALF: 2,
    ReportingPeriod.Kind.YEAR: 1,
}


def key_of(period: ReportingPeriod) -> PeriodKey:
    return period.kind, period.year, period.number


def period_before(period: ReportingPeriod) -> PeriodKey:
    if period.number > 1:
        return period.kind, period.year, period.number - 1
    return period.kind, period.year - 1, _PER_YEAR[period.kind]


def year_before(period: ReportingPeriod) -> PeriodKey:
    return period.kind, period.year - 1, period.number


def _is(key: PeriodKey) -> Q:
    return Q(report__period__kind=key[0], report__period__year=key[1], report__period__number=key[2])


@dataclass
class Past:
    """Values of one unit by indicator: now, of the last period, of the same period a year ago, and of this campaign."""

    now: dict[int, ReportedValue] = field(default_factory=dict)
    last: dict[int, ReportedValue] = field(default_factory=dict)
    year_ago: dict[int, ReportedValue] = field(default_factory=dict)
    campaign: dict[tuple[int, int], ReportedValue] = field(default_factory=dict)  # by (period, indicator)


def past_of(reports: Iterable[QuarterlyReport], *, whole_campaign: bool = False) -> dict[int, Past]:
    """The past of each report, by its id, with one query. The unit's earlier campaigns count; its own wins.

    Reports never sent do not count as past. ``whole_campaign``: also every value of the report's own campaign.
    """
    reports = list(reports)
    wanted = Q(pk__in=())
    for report in reports:
        unit = Q(report__participation__unit=report.participation.unit_id)
        wanted |= Q(report=report.pk) | unit & (_is(period_before(report.period)) | _is(year_before(report.period)))
        if whole_campaign:
            wanted |= Q(report__participation=report.participation_id)
    rows = (
        ReportedValue.objects.filter(wanted)
        .select_related("report__participation", "report__period", "entered_by", "verdict_by")
        .order_by("report__participation__campaign__starts_on", "id")
    )
    found = {report.pk: Past() for report in reports}
    by_unit: dict[int, list[QuarterlyReport]] = {}
    for report in reports:
        by_unit.setdefault(report.participation.unit_id, []).append(report)
    # Values of the report's own campaign last: they win over those of another one for the same period.
    for value in sorted(rows, key=lambda row: row.report.participation_id in {r.participation_id for r in reports}):
        for report in by_unit.get(value.report.participation.unit_id, ()):
            _file(found[report.pk], report, value)
    return found


def _file(past: Past, report: QuarterlyReport, value: ReportedValue) -> None:
    if value.report_id == report.pk:
        past.now[value.indicator_id] = value
    if value.report.participation_id == report.participation_id:
        past.campaign[value.report.period_id, value.indicator_id] = value
    key, sent = key_of(value.report.period), value.is_reported and value.report.first_submitted_at is not None
    if sent and key == period_before(report.period):
        past.last[value.indicator_id] = value
    if sent and key == year_before(report.period):
        past.year_ago[value.indicator_id] = value


def as_cell(value: ReportedValue) -> Cell:
    """The value as the arithmetic takes it; the verifier's figure where he changed it."""
    if value.status == ReportedValue.Status.CORRECTED:
        best = best_of(value)
        return Cell(value=best.amount, answer=best.flag, text=best.text)
    if value.answer == ReportedValue.Answer.NOTHING:
        return Cell.none_occurred()
    if value.answer == ReportedValue.Answer.NOT_APPLICABLE:
        return Cell.not_applicable()
    return Cell(value=value.amount, answer=value.flag, text=value.text)


class UnitFigures:
    """Rolls the values of one unit, drafts included, over some periods of its campaign."""

    def __init__(self, indicators: Iterable[Indicator], values: dict[tuple[int, int], ReportedValue]) -> None:
        self.known = {indicator.code: indicator for indicator in indicators}
        codes = {indicator.pk: code for code, indicator in self.known.items()}
        self.cells: dict[str, dict[tuple[int, int], Cell]] = {code: {} for code in self.known}
        for (period, indicator), value in values.items():
            if indicator in codes:
                self.cells[codes[indicator]][0, period] = as_cell(value)

    def amount(self, indicator: Indicator, periods: list[int]) -> Decimal | None:
        """The figure over ``periods`` in their order; None without what it is made of."""
        if any(code not in self.known for code in part_codes(indicator)):
            return None
        return self._roll(indicator, periods).total.value

    def _roll(self, indicator: Indicator, periods: list[int]) -> RollUp[int, Any]:
        rule = rule_of(indicator, self.known)
        if text := indicator.derived.get("formula"):
            formula = parse_formula(text)
            parts = {code: self._roll(self.known[code], periods) for code in formula.codes}
            return derive(rule, formula, parts, units=[0])
        cells = self.cells[indicator.code]
        if indicator.kind == IndicatorKind.RATIO:
            top, bottom = ([self.cells[code] for code in side] for side in (indicator.numerator, indicator.denominator))
            cells = pair(top, bottom)
        return roll_up(rule, cells, units=[0], periods=periods)


@dataclass(frozen=True)
class Progress:
    """How far the unit is with a target of its pledge, this period included."""

    target: EffectiveTarget
    reached: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """Share of the target; None when nothing is reported, or for "không quá", where less is better."""
        if self.reached is None or not self.target.amount or self.target.form == Target.Form.AT_MOST:
            return None
        return 100 * self.reached / self.target.amount

    @property
    def is_exceeded(self) -> bool:
        """A ceiling ("không quá") that has been passed."""
        at_most = self.target.form == Target.Form.AT_MOST
        return bool(
            at_most
            and self.reached is not None
            and self.target.amount is not None
            and self.reached > self.target.amount
        )


def cluster_medians(reports: Iterable[QuarterlyReport]) -> dict[tuple[int, int], dict[int, Decimal]]:
    """Median of each figure among the sent reports of the same cluster and period, by (cluster, period). One query.

    Fewer than five figures say nothing about what is usual.
    """
    wanted = Q(pk__in=())
    for cluster, period in {(row.participation.cluster_id, row.period_id) for row in reports}:
        wanted |= Q(report__participation__cluster=cluster, report__period=period)
    numbers: dict[tuple[int, int], dict[int, list[Decimal]]] = {}
    rows = ReportedValue.objects.filter(wanted, amount__isnull=False, report__first_submitted_at__isnull=False)
    for cluster, period, indicator, amount in rows.values_list(
        "report__participation__cluster", "report__period", "indicator", "amount"
    ):
        numbers.setdefault((cluster, period), {}).setdefault(indicator, []).append(amount)
    return {
        place: {indicator: median(found) for indicator, found in by_indicator.items() if len(found) >= 5}
        for place, by_indicator in numbers.items()
    }
