"""Steps that several tests of reports share."""

from decimal import Decimal
from typing import Any

from campaigns.value_kinds import Figure
from pledges.models import QuarterlyReport, ReportedValue
from pledges.services.reports import CellInput, save_cells, submit_report

GIVEN, NOTHING, NOT_APPLICABLE = "given", "nothing", "n/a"


def report_of(world: Any, unit: Any = None, number: int = 1) -> QuarterlyReport:
    unit = unit or world.commune
    return QuarterlyReport.objects.get(
        participation__campaign=world.campaign, participation__unit=unit, period__number=number
    )


def cell(
    indicator: Any,
    amount: Any = None,
    *,
    answer: str = "",
    flag: Any = None,
    text: str = "",
    note: str = "",
    rev: int = 0,
):
    figure = Figure(amount=None if amount is None else Decimal(amount), flag=flag, text=text)
    return CellInput(indicator, answer or GIVEN, figure, note, rev)


def fill(world: Any, report: QuarterlyReport, *, flow: int = 5, stock: int = 20) -> None:
    """Every demanded line; the two yes/no answers too."""
    unit_editor = world.editor if report.participation.unit_id == world.commune.pk else world.other_editor
    save_cells(
        report, [cell(world.flow, flow), cell(world.stock, stock), cell(world.plan, flag=True)], actor=unit_editor
    )


def send(world: Any, report: QuarterlyReport, **figures: int) -> QuarterlyReport:
    fill(world, report, **figures)
    leader = world.leader if report.participation.unit_id == world.commune.pk else world.other_leader
    submit_report(report, actor=leader, confirmed=True)
    report.refresh_from_db()
    return report


def value(report: QuarterlyReport, indicator: Any) -> ReportedValue:
    return ReportedValue.objects.get(report=report, indicator=indicator)
