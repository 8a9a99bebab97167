"""Totals of a campaign as a table: indicators by group, one column per period and one for the whole campaign."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from campaigns.figures import Rolled
from campaigns.models import Campaign, Cluster, Indicator, IndicatorGroup, Participation, ReportingPeriod
from campaigns.models.indicator import IndicatorKind, OverUnits
from dvk_portal.core.numbers import format_number
from pledges.models import IndicatorTotal
from pledges.services.figures import CampaignFigures

NO_REPORT = "chưa báo cáo"


@dataclass(frozen=True)
class TotalCell:
    """One total with what its reader must know. ``change`` against the period before, where both are numbers."""

    words: str
    value: Decimal | None
    reported: int
    expected: int
    parts: str = ""
    stale: bool = False
    change: Decimal | None = None

    @property
    def change_words(self) -> str:
        """Plain: whether more is better is not for the table to say."""
        change = round(self.change or Decimal(0), 2)
        return f"{'+' if change > 0 else '−'}{format_number(abs(change).normalize() + 0)}" if change else ""


@dataclass(frozen=True)
class TotalRow:
    indicator: Indicator
    cells: list[TotalCell]


@dataclass(frozen=True)
class TotalGroup:
    group: IndicatorGroup
    rows: list[TotalRow]


def totals_table(campaign: Campaign, cluster: Cluster | None) -> tuple[list[ReportingPeriod], list[TotalGroup]]:
    """Columns (periods; the whole campaign comes after them) and groups of rows. Three queries."""
    figures = CampaignFigures(campaign, None, [])
    stored = {
        (row.indicator_id, row.period_id): row
        for row in IndicatorTotal.objects.filter(campaign=campaign, cluster=cluster)
    }
    groups: dict[int, TotalGroup] = {}
    for indicator in figures.indicators.values():
        cells: list[TotalCell] = []
        for period in [*[one.pk for one in figures.periods], None]:
            before = cells[-1].value if cells and period is not None else None
            cells.append(total_cell(indicator, stored.get((indicator.pk, period)), before))
        groups.setdefault(indicator.group_id, TotalGroup(indicator.group, [])).rows.append(TotalRow(indicator, cells))
    return figures.periods, list(groups.values())


def total_cell(indicator: Indicator, row: IndicatorTotal | None, before: Decimal | None) -> TotalCell:
    """One total in words, with its change from ``before``."""
    if row is None:
        return TotalCell("chưa tính", None, 0, 0)
    parts = ""
    if "denominator" in row.detail:
        parts = f"{_part(row.detail['numerator'])}/{_part(row.detail['denominator'])}"
    value = row.value
    change = value - before if value is not None and before is not None else None
    words = _words(indicator, value, row.reported)
    return TotalCell(words, value, row.reported, row.expected, parts, bool(row.detail.get("stale")), change)


def _part(text: str) -> str:
    """A part of a ratio, kept as an exact fraction."""
    top, _, bottom = text.partition("/")
    return format_number((Decimal(top) / Decimal(bottom or 1)).quantize(Decimal("0.01")).normalize() + 0)


def _words(indicator: Indicator, value: Decimal | None, reported: int) -> str:
    if indicator.kind == IndicatorKind.TEXT:
        return f"{reported} bài" if reported else NO_REPORT
    if indicator.over_units == OverUnits.NONE:
        return "không tổng hợp"
    return NO_REPORT if value is None else figure_words(indicator, value)


def figure_words(indicator: Indicator, value: Decimal) -> str:
    places = max(indicator.decimals, 2) if indicator.kind == IndicatorKind.RATIO else indicator.decimals
    shown = (
        format_number(value.normalize() + 0)
        if places > 2
        else format_number(round(value, max(places, 2)).normalize() + 0)
    )
    return f"{shown}%" if indicator.kind == IndicatorKind.RATIO else shown


# --- one indicator, unit by unit ------------------------------------------------------------------------------------
@dataclass
class UnitLine:
    participation: Participation
    cells: list[str]
    value: Decimal | None
    texts: list[tuple[str, str]] = field(default_factory=list)


def indicator_lines(campaign: Campaign, indicator_pk: int, cluster: Cluster | None) -> tuple[Any, ...] | None:
    """(indicator, periods, lines of the units in their order); None when the campaign does not know the indicator."""
    rows = campaign.participations.select_related("cluster").order_by("cluster__order", "sort_key", "pk")
    if cluster is not None:
        rows = rows.filter(cluster=cluster)
    participations = list(rows)
    figures = CampaignFigures(campaign, None, participations)
    indicator = next((row for row in figures.indicators.values() if row.pk == indicator_pk), None)
    if indicator is None:
        return None
    by_period = [figures.roll(indicator, [period.pk]) for period in figures.periods]
    whole = figures.roll(indicator)
    names = {period.pk: period.name for period in figures.periods}
    lines = []
    for participation in participations:
        rolled = whole.by_unit[participation.pk]
        cells = [_rolled_words(indicator, one.by_unit[participation.pk]) for one in by_period]
        texts = [(names[piece.period], piece.text) for piece in rolled.pieces]
        lines.append(UnitLine(participation, [*cells, _rolled_words(indicator, rolled)], rolled.shown(4), texts))
    return indicator, figures.periods, lines


def _rolled_words(indicator: Indicator, rolled: Rolled) -> str:
    if indicator.kind == IndicatorKind.TEXT:
        return f"{rolled.reported} bài" if rolled.reported else NO_REPORT
    if rolled.expected == 0 and not rolled.reported:
        return "không áp dụng"
    value = rolled.shown(4)
    if value is None:
        return NO_REPORT
    if indicator.kind == IndicatorKind.YES_NO:
        return "Có" if rolled.yes else "Không"
    words = figure_words(indicator, value)
    if rolled.parts is not None:
        words += f" ({_part(str(rolled.parts[0]))}/{_part(str(rolled.parts[1]))})"
    return f"{words} (kỳ trước)" if rolled.stale else words


def best_and_worst(
    indicator: Indicator, lines: list[UnitLine], count: int = 5
) -> tuple[list[UnitLine], list[UnitLine]]:
    """The ``count`` units with the highest and those with the lowest value; none where there are too few to tell."""
    known = sorted((line for line in lines if line.value is not None), key=lambda line: -line.value)
    if indicator.kind in (IndicatorKind.TEXT, IndicatorKind.YES_NO) or len(known) < 2 * count:
        return [], []
    return known[:count], list(reversed(known[-count:]))
