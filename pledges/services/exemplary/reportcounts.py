"""Counts of the register in reports and schemes: shown live while the unit fills in its report, written when it is sent.

What was sent and verified stays as it was; the register goes on. A report that is sent again is counted anew, except for
lines that have a verdict. Definitions of the counts: services/exemplary/counts.py.
"""

import copy
import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from campaigns.models import Campaign, Indicator, ReportingPeriod
from campaigns.scoring.entry import entries
from campaigns.scoring.types import Scheme
from dvk_portal.core import audit
from pledges.models import QuarterlyReport, ReportedValue
from pledges.services.exemplary.counts import Counted, count_all
from pledges.services.questions import Question
from pledges.services.recalculation import ask_for_rollup
from pledges.services.schemes import parsed_scheme

Answer = ReportedValue.Answer
Status = ReportedValue.Status


def counted_in(indicator: Indicator, period: ReportingPeriod) -> Counted:
    """What the register counts for the indicator in the period: a stock at its end, or what happened within it."""
    return Counted(indicator.derived["models"], period.data_from, period.data_to)


def list_address(counted: Counted, unit_id: int) -> str:
    """The register with exactly the models that the figure counts."""
    wanted = {"dem": counted.measure, "tu": counted.start, "den": counted.end, "cap": counted.level, "don_vi": unit_id}
    return f"{reverse('model-list')}?{urlencode({key: value for key, value in wanted.items() if value != ''})}"


def live_counts(report: QuarterlyReport, questions: Iterable[Question]) -> dict[int, int]:
    """What the register holds now, by indicator, for the counted lines of the report. One query."""
    unit = report.participation.unit_id
    wanted = {row.indicator.pk: counted_in(row.indicator, report.period) for row in questions if row.counted}
    found = count_all(wanted.values(), [unit])
    return {pk: found[counted][unit] for pk, counted in wanted.items()}


def stand_in(report: QuarterlyReport, indicator: Indicator, value: ReportedValue | None, count: int) -> ReportedValue:
    """The line as it would be sent now; not to be saved."""
    row = copy.copy(value) if value is not None else ReportedValue(report=report, indicator=indicator, revision=0)
    row.answer, row.amount = Answer.GIVEN, Decimal(count)
    return row


def is_open_to_counting(value: ReportedValue | None) -> bool:
    """Whether sending writes the count: not where a verifier has decided."""
    return value is None or not value.is_verified


def write_counts(report: QuarterlyReport, questions: Iterable[Question], *, actor: Any) -> None:
    """Write what the register holds now into the report that is being sent; its row is held by the caller."""
    counts = live_counts(report, questions)
    rows = {row.indicator_id: row for row in report.values.filter(indicator__in=counts).select_related("indicator")}
    indicators = {question.indicator.pk: question.indicator for question in questions}
    changes = {}
    for pk, count in counts.items():
        value = rows.get(pk)
        if not is_open_to_counting(value):
            continue
        old = value.amount if value is not None else None
        row = stand_in(report, indicators[pk], value, count)
        row.flag, row.text, row.entered_by, row.revision = None, "", actor, row.revision + 1
        row.save()
        if old != count:
            changes[indicators[pk].label] = ["" if old is None else f"{old:.0f}", str(count)]
    if changes:
        audit.record(report, "count_models", actor=actor, changes=changes)


# --- schemes --------------------------------------------------------------------------------------------------------
def model_sources(scheme: Scheme) -> list[Mapping[str, Any]]:
    """The places of the scheme that count models, ``{models: …, level: …}``."""
    leaves = [leaf for entry in entries(scheme) if entry.source for leaf in leaf_sources(entry.source)]
    return [leaf for leaf in leaves if "models" in leaf]


def leaf_sources(source: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Both sources of a two-way table, else the source itself."""
    return [source["row"], source["column"]] if "row" in source else [source]


def scheme_counts(scheme: Scheme, campaign: Campaign, units: Iterable[int]) -> dict[Counted, dict[int, int]]:
    """What the register holds of each unit for every count of the scheme. One query."""
    return count_all([counted_for(source, campaign) for source in model_sources(scheme)], units)


def counted_for(source: Mapping[str, Any], campaign: Campaign) -> Counted:
    """What a scheme's ``{models: …, level: …}`` counts: over the days of the campaign."""
    return Counted(source["models"], campaign.starts_on, campaign.ends_on, level=source.get("level", ""))


def register_changed(unit_ids: Iterable[int], day: datetime.date) -> None:
    """Tell the scores that the register of ``unit_ids`` has changed with effect from ``day``.

    Call it in the transaction that registers, withdraws, ends, recognises, reviews or replicates a model; for a replication
    the unit of the origin counts. Running campaigns whose scheme counts models get a roll-up.
    """
    campaigns = Campaign.objects.running().filter(
        participations__unit__in=set(unit_ids), ends_on__gte=day, scheme__isnull=False
    )
    for campaign in campaigns.select_related("scheme").distinct().order_by("pk"):
        if model_sources(parsed_scheme(campaign.scheme)):
            ask_for_rollup(campaign)
