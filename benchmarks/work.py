"""How long the work takes that people wait for: saving a cell, a correction reaching the ranking, an Excel file.

Everything runs on the demonstration inside a transaction that is rolled back, so that measuring changes nothing.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from django.db import transaction

from benchmarks.harness import Result, compare
from benchmarks.pages import floor
from campaigns.models import Campaign
from campaigns.value_kinds import kind_of
from pledges.exports import totals_book
from pledges.models import QuarterlyReport, ReportedValue
from pledges.services import rollup
from pledges.services.reports import CellInput, save_cells
from units.models import User


def measure(n: int) -> Iterator[Result]:
    """Each result against the floor of a trivial page."""
    campaign = Campaign.objects.running().select_related("scheme").latest("starts_on")
    for name, action in (
        ("save_cell", _save_cell(campaign)),
        ("correction_to_ranking", _correct(campaign)),
        ("export_excel", lambda: totals_book(campaign, None)),
    ):
        yield compare(name, action, floor, n=max(3, n // 4) if name == "correction_to_ranking" else n)


def _undone(action: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        with transaction.atomic():
            action()
            transaction.set_rollback(True)

    return run


def _save_cell(campaign: Campaign) -> Callable[[], None]:
    """The service behind one keystroke-and-leave of an officer."""
    report = QuarterlyReport.objects.filter(participation__campaign=campaign, status="draft").latest(
        "period__data_from"
    )
    editor = User.objects.get(memberships__unit=report.participation.unit, memberships__role="editor")
    indicator = campaign.asked.select_related("indicator").get(indicator__code="dv_cuocvandong").indicator
    figure = kind_of(indicator).parse(indicator, "7")
    value = report.values.filter(indicator=indicator).first()
    cell = CellInput(indicator, "given", figure, "", value.revision if value else 0)
    return _undone(lambda: save_cells(report, [cell], actor=editor))


def _correct(campaign: Campaign) -> Callable[[], None]:
    """A verified figure changes; scores, ranks and totals of the whole province follow."""
    value = ReportedValue.objects.filter(
        report__participation__campaign=campaign, indicator__code="dv_cuocvandong", status="accepted"
    ).first()

    def action() -> None:
        ReportedValue.objects.filter(pk=value.pk).update(
            status="corrected", verified_amount=Decimal(value.amount) + 3, verdict_note="đo thời gian"
        )
        rollup.recalculate(campaign)

    return _undone(action)
