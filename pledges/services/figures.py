"""Reported figures of a whole campaign, gathered with a handful of queries and rolled up over time and units."""

import copy
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Self

from campaigns.aggregation import derive, pair, roll_up
from campaigns.figures import Cell, RollUp, Rule
from campaigns.formulas import parse_formula
from campaigns.models import Campaign, Indicator, Participation, ReportingPeriod
from campaigns.models.indicator import IndicatorKind
from pledges.models import QuarterlyReport, ReportedValue
from pledges.models.scoresheet import Stage

Cells = dict[tuple[int, int], Cell]
_DECIDED = (ReportedValue.Status.ACCEPTED, ReportedValue.Status.CORRECTED)


class CampaignFigures:
    """Cells by (participation, period) of every indicator the campaign knows, at one stage.

    ``Stage.SELF``: what units have sent. ``Stage.VERIFIED``: only what has a verdict, with corrections. ``None``: the best
    known figure of each cell, corrected where there is a correction (dashboards and totals). Drafts never count.
    """

    def __init__(
        self, campaign: Campaign, stage: str | None, participations: list[Participation] | None = None
    ) -> None:
        self.campaign = campaign
        self.stage = stage
        self.periods: list[ReportingPeriod] = list(campaign.periods.order_by("data_from"))
        self.participations = list(campaign.participations.order_by("id")) if participations is None else participations
        self.units = [row.pk for row in self.participations]
        self.groups: dict[int, list[int]] = {}
        for row in self.participations:
            if row.cluster_id is not None:
                self.groups.setdefault(row.cluster_id, []).append(row.pk)

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """The campaign's indicators by code, parts of ratios included, in catalogue order."""
        asked = list(Indicator.objects.filter(asked_in__campaign=self.campaign).select_related("group", "part_of"))
        found = {indicator.code: indicator for indicator in asked}
        needed = {code for indicator in asked for code in part_codes(indicator)} - found.keys()
        found.update({row.code: row for row in Indicator.objects.filter(code__in=needed).select_related("group")})
        return dict(sorted(found.items(), key=lambda item: (item[1].group.order, item[1].order, item[0])))

    def at(self, stage: str | None) -> Self:
        """The same campaign at another stage, from the rows that are already here: no further query."""
        _ = self.indicators, self._rows
        other = copy.copy(self)
        other.stage = stage
        for name in ("cells", "_whole"):
            other.__dict__.pop(name, None)
        return other

    @cached_property
    def _rows(self) -> dict[int, list[tuple[Any, ...]]]:
        """What was sent, by indicator: unit, period, answer, amount, flag, text, status, verified amount and flag."""
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        rows = ReportedValue.objects.filter(
            report__participation__in=self.units,
            report__first_submitted_at__isnull=False,
            indicator__in=[indicator.pk for indicator in self.indicators.values()],
        ).exclude(answer=ReportedValue.Answer.NOT_REPORTED)
        # A line that went back to its unit is being typed anew: it counts again when it is sent again.
        rows = rows.exclude(report__status=QuarterlyReport.Status.RETURNED, status=ReportedValue.Status.RETURNED)
        for indicator, *row in rows.values_list(
            "indicator_id",
            "report__participation_id",
            "report__period_id",
            "answer",
            "amount",
            "flag",
            "text",
            "status",
            "verified_amount",
            "verified_flag",
        ):
            found[indicator].append(tuple(row))
        return found

    @cached_property
    def cells(self) -> dict[str, Cells]:
        """By code of the indicator; each made when it is first asked for."""
        return _CellsByCode(self)

    def cells_of(self, code: str) -> Cells:
        rows = self._rows.get(self.indicators[code].pk, [])
        if self.stage == Stage.VERIFIED:
            rows = [row for row in rows if row[6] in _DECIDED]
        return {(row[0], row[1]): self._cell(*row[2:]) for row in rows}

    def _cell(self, answer, amount, flag, text, *verdict) -> Cell:
        status, verified_amount, verified_flag = verdict
        if status == ReportedValue.Status.CORRECTED and self.stage != Stage.SELF:
            return Cell(value=verified_amount, answer=verified_flag, text=text)
        if answer == ReportedValue.Answer.NOTHING:
            return Cell.none_occurred()
        if answer == ReportedValue.Answer.NOT_APPLICABLE:
            return Cell.not_applicable()
        return Cell(value=amount, answer=flag, text=text)

    def roll(self, indicator: Indicator, periods: Iterable[int] | None = None) -> RollUp[int, int]:
        """One indicator over ``periods`` (ids; all of the campaign by default), for each unit, cluster and all."""
        chosen = [period.pk for period in self.periods] if periods is None else list(periods)
        rule = rule_of(indicator, self.indicators)
        if formula := indicator.derived.get("formula"):
            parsed = parse_formula(formula)
            parts = {code: self.roll(self.indicators[code], chosen) for code in parsed.codes}
            return derive(rule, parsed, parts, units=self.units, groups=self.groups)
        if indicator.kind == IndicatorKind.RATIO:
            cells = pair(
                [self.cells[code] for code in indicator.numerator], [self.cells[code] for code in indicator.denominator]
            )
        else:
            cells = self.cells[indicator.code]
        return roll_up(rule, cells, units=self.units, periods=chosen, groups=self.groups)

    def rolled(self, code: str) -> RollUp[int, int] | None:
        """One indicator over the whole campaign, worked out once; None when the campaign does not know the code."""
        if code not in self._whole:
            indicator = self.indicators.get(code)
            self._whole[code] = None if indicator is None else self.roll(indicator)
        return self._whole[code]

    @cached_property
    def _whole(self) -> dict[str, RollUp[int, int] | None]:
        return {}


class _CellsByCode(dict[str, Cells]):
    def __init__(self, figures: CampaignFigures) -> None:
        super().__init__()
        self.figures = figures

    def __missing__(self, code: str) -> Cells:
        self[code] = self.figures.cells_of(code)
        return self[code]


def part_codes(indicator: Indicator) -> list[str]:
    """Codes of the indicators from which this one is computed."""
    formula = indicator.derived.get("formula")
    return [*indicator.numerator, *indicator.denominator, *(parse_formula(formula).codes if formula else ())]


def rule_of(indicator: Indicator, known: dict[str, Indicator]) -> Rule:
    """The roll-up rule; the parts of a ratio keep their own rule over time."""
    if indicator.kind == IndicatorKind.RATIO:
        return Rule.of(
            indicator.kind,
            indicator.over_time,
            indicator.over_units,
            numerator_time=known[indicator.numerator[0]].over_time,
            denominator_time=known[indicator.denominator[0]].over_time,
        )
    return Rule.of(indicator.kind, indicator.over_time, indicator.over_units)
