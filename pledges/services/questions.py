"""What a report asks: which indicators, in which groups, and whether an answer is demanded this period."""

from collections.abc import Iterable
from dataclasses import dataclass

from campaigns.models import Campaign, CampaignIndicator, Indicator, ReportingPeriod
from campaigns.models.indicator import Frequency, IndicatorKind, Scope
from campaigns.value_kinds import ValueKind, kind_of


@dataclass(frozen=True)
class Question:
    """One line of the form. Where ``typed`` is False the portal computes it from other lines or, ``counted``, counts it in
    the register of models."""

    indicator: Indicator
    typed: bool
    required: bool
    in_pledge: bool
    counted: bool = False

    @property
    def stored(self) -> bool:
        """Whether a sent report keeps a figure of its own, on which verifiers decide."""
        return self.typed or self.counted

    @property
    def kind(self) -> ValueKind:
        return kind_of(self.indicator)


def questions_of(
    period: ReportingPeriod, asked: Iterable[CampaignIndicator], periods: Iterable[ReportingPeriod]
) -> list[Question]:
    """The lines of a report for ``period``, in the order of the form.

    Figures of the whole province and indicators that have expired are not asked; a yearly one is asked in every period
    and demanded only in the year's last. ``asked`` comes with indicator and group; ``periods`` are the campaign's.
    """
    last_of_year = period == max((row for row in periods if row.year == period.year), key=lambda row: row.data_to)
    found = []
    for row in asked:
        indicator = row.indicator
        if indicator.scope != Scope.UNIT or (indicator.valid_to is not None and indicator.valid_to < period.data_to):
            continue
        computed = indicator.kind == IndicatorKind.RATIO or bool(indicator.derived.get("formula"))
        if not (row.is_typed or row.is_counted or computed):
            continue
        typed = row.is_typed and kind_of(indicator).is_typed
        demanded = row.required and _is_due(indicator, period, last_of_year)
        found.append(Question(indicator, typed, typed and demanded, row.in_pledge, row.is_counted))
    return found


def _is_due(indicator: Indicator, period: ReportingPeriod, last_of_year: bool) -> bool:
    if indicator.frequency == Frequency.YEAR:
        return last_of_year
    if indicator.frequency == Frequency.QUARTER and period.kind == ReportingPeriod.Kind.MONTH:
        return period.number % 3 == 0
    return True


def asked_by(campaigns: Iterable[int | Campaign]) -> dict[int, list[CampaignIndicator]]:
    """What each of the campaigns asks, with indicator and group, in the order of the form. One query."""
    found: dict[int, list[CampaignIndicator]] = {}
    rows = CampaignIndicator.objects.filter(campaign__in=campaigns).select_related(
        "indicator__group", "indicator__part_of"
    )
    for row in rows.order_by(
        "indicator__group__order", "indicator__group__code", "indicator__order", "indicator__code"
    ):
        found.setdefault(row.campaign_id, []).append(row)
    return found


def periods_by(campaigns: Iterable[int | Campaign]) -> dict[int, list[ReportingPeriod]]:
    """The periods of each of the campaigns in order of time. One query."""
    found: dict[int, list[ReportingPeriod]] = {}
    for row in ReportingPeriod.objects.filter(campaign__in=campaigns).order_by("data_from", "id"):
        found.setdefault(row.campaign_id, []).append(row)
    return found
