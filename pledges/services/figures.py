"""Reported figures of a whole campaign, gathered with a handful of queries and rolled up over time and units."""

from collections.abc import Iterable
from functools import cached_property

from campaigns.aggregation import derive, pair, roll_up
from campaigns.figures import Cell, RollUp, Rule
from campaigns.formulas import parse_formula
from campaigns.models import Campaign, Indicator, Participation, ReportingPeriod
from campaigns.models.indicator import IndicatorKind
from pledges.models import ReportedValue
from pledges.models.scoresheet import Stage

Cells = dict[tuple[int, int], Cell]


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

    @cached_property
    def cells(self) -> dict[str, Cells]:
        rows = ReportedValue.objects.filter(
            report__participation__in=self.units, report__first_submitted_at__isnull=False
        ).exclude(answer=ReportedValue.Answer.NOT_REPORTED)
        if self.stage == Stage.VERIFIED:
            rows = rows.filter(status__in=(ReportedValue.Status.ACCEPTED, ReportedValue.Status.CORRECTED))
        codes = {indicator.pk: code for code, indicator in self.indicators.items()}
        found: dict[str, Cells] = {code: {} for code in codes.values()}
        for row in rows.values_list(
            "report__participation_id",
            "report__period_id",
            "indicator_id",
            "answer",
            "amount",
            "flag",
            "text",
            "status",
            "verified_amount",
            "verified_flag",
        ):
            code = codes.get(row[2])
            if code is not None:
                found[code][row[0], row[1]] = self._cell(*row[3:])
        return found

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

    @cached_property
    def whole(self) -> dict[str, RollUp[int, int]]:
        """Every indicator over the whole campaign."""
        return {code: self.roll(indicator) for code, indicator in self.indicators.items()}


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
