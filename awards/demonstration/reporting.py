"""Quarterly reports with realistic lateness, verdicts and gaps (proportions of domain/figures.yaml)."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from awards.demonstration.chance import dice, pick
from awards.demonstration.figures import OPTIONAL, UnitFigures
from awards.demonstration.structure import Structure
from campaigns.models import CampaignIndicator, ReportingPeriod
from dvk_portal.core.working_days import province_calendar
from pledges.models import QuarterlyReport, ReportedValue
from pledges.services.exemplary.counts import Counted
from pledges.services.timing import days_from_due, end_of
from units.models import User

TIMELINESS = [("early", 15), ("on_time", 70), ("late", 12), ("missing", 3)]
# What became of a report that was sent, by quarter of the running year.
PROGRESS = [
    [("verified", 100)],
    [("verified", 94), ("submitted", 6)],
    [("verified", 60), ("submitted", 33), ("returned", 7)],
]
STAMPED = [
    "status", "submitted_at", "submitted_by", "first_submitted_at", "days_from_due", "working_days_from_due",
    "verified_at", "verified_by", "returned_at", "returned_by", "return_note", "due_at", "last_entry_at", "last_entry_by",
]  # fmt: skip


def fill_reports(period: ReportingPeriod, made: Structure, quarter: int, *, finished: bool) -> None:
    """All reports of one period; the last quarter of the running year is only begun by some."""
    calendar = province_calendar()
    asked = [
        row
        for row in CampaignIndicator.objects.filter(campaign=period.campaign).select_related("indicator__group")
        if row.is_typed or row.is_counted
    ]
    reports = list(period.reports.select_related("participation__unit"))
    counts = _counts(period, asked, [report.participation.unit_id for report in reports])
    # What the register counts is written when the report is sent.
    typed = [row for row in asked if row.indicator.code not in counts]
    values: list[ReportedValue] = []
    open_quarter = quarter == 3 and not finished
    for report in reports:
        unit = report.participation.unit
        editor, leader = made.person(unit, "editor"), made.person(unit, "leader")
        kind = pick(TIMELINESS, "time", unit.code, period.key)
        if open_quarter:
            if dice("begun", unit.code).random() < 0.3:
                values += _answers(
                    report, typed, counts, quarter, editor, share=dice("far", unit.code).uniform(0.2, 0.9)
                )
                report.last_entry_at, report.last_entry_by = _at(datetime.date(2026, 11, 18), unit.code), editor
            continue
        if kind == "missing" and not finished:
            continue
        sent = _sent_at(report.due_at, kind, unit.code, period.key)
        _send(report, sent, leader, editor, days_from_due(sent, report.due_at, calendar))
        state = "verified" if finished else pick(PROGRESS[quarter], "progress", unit.code, period.key)
        answers = _answers(report, asked, counts, quarter, editor)
        _judge(report, answers, state, sent, made)
        values += answers
    QuarterlyReport.objects.bulk_update(reports, STAMPED, batch_size=40)
    ReportedValue.objects.bulk_create(values, batch_size=400)


def _at(day: datetime.date, *words: object) -> datetime.datetime:
    chance = dice("clock", *words)
    clock = datetime.time(7 + chance.randrange(10), chance.randrange(60))
    return datetime.datetime.combine(day, clock, timezone.get_default_timezone())


def _sent_at(due_at: datetime.datetime, kind: str, *words: object) -> datetime.datetime:
    days = {"early": (-9, -3), "on_time": (-2, 0), "late": (1, 7), "missing": (8, 14)}[kind]
    due = timezone.localdate(due_at)
    return _at(due + datetime.timedelta(days=dice("sent", *words).randint(*days)), *words)


def _send(report: QuarterlyReport, at: datetime.datetime, leader: User, editor: User, days: dict[str, int]) -> None:
    report.status = "submitted"
    report.submitted_at = report.first_submitted_at = at
    report.submitted_by = leader
    report.last_entry_at, report.last_entry_by = at - datetime.timedelta(hours=3), editor
    for name, value in days.items():
        setattr(report, name, value)


def _counts(period: ReportingPeriod, asked: list[CampaignIndicator], units: list[int]) -> dict[str, dict[int, int]]:
    """What the register of models held, by indicator code and unit: reports say no other number."""
    found = {}
    for row in asked:
        if measure := row.indicator.derived.get("models"):
            found[row.indicator.code] = Counted(measure, period.data_from, period.data_to).by_unit(units)
    return found


def _answers(
    report: QuarterlyReport, asked: list[CampaignIndicator], counts: dict[str, dict[int, int]], quarter: int, editor: User,
    share: float = 1.0,
) -> list[ReportedValue]:  # fmt: skip
    unit = report.participation.unit
    figures = UnitFigures(report.period.year, unit.code)
    rows = []
    for number, row in enumerate(asked):
        gap = dice("gap", unit.code, report.period_id, row.indicator.code).random()
        if number >= share * len(asked) or (gap < 0.15 and row.indicator.code in OPTIONAL):
            continue
        if row.indicator.code == "ngheo_thoat" and dice("poor", unit.code).random() < 0.08:
            rows.append(ReportedValue(report=report, indicator=row.indicator, entered_by=editor, answer="n/a"))
            continue
        given = figures.answer(row.indicator, quarter, counts.get(row.indicator.code, {}).get(unit.pk))
        rows.append(ReportedValue(report=report, indicator=row.indicator, entered_by=editor, **given))
    return rows


def _judge(
    report: QuarterlyReport, answers: list[ReportedValue], state: str, sent: datetime.datetime, made: Structure
) -> None:
    if state == "submitted":
        return
    at = sent + datetime.timedelta(days=4)
    verifier = made.person(dice("who", report.pk).choice(made.departments), "verifier")
    for value in answers:
        value.status, value.verdict_at, value.verdict_by = "accepted", at, verifier
        if (
            value.amount
            and value.amount >= 4
            and "models" not in value.indicator.derived
            and dice("cut", report.participation.unit.code, report.period.key, value.indicator.code).random() < 0.03
        ):
            value.status, value.verified_amount = "corrected", Decimal(round(value.amount * 9 / 10))
            value.verdict_note = "Điều chỉnh theo tài liệu kiểm chứng kèm theo"
    if state == "verified":
        report.status, report.verified_at, report.verified_by = "verified", at, verifier
        return
    for value in dice("back", report.pk).sample(
        [row for row in answers if row.amount and "models" not in row.indicator.derived], 2
    ):
        value.status, value.verified_amount = "returned", None
        value.verdict_note = "Số liệu tăng nhiều so với quý trước, đề nghị kiểm tra và bổ sung minh chứng"
    values: dict[str, Any] = {
        "status": "returned", "returned_at": at, "returned_by": verifier,
        "return_note": "Đề nghị đơn vị kiểm tra hai mục đã đánh dấu.",
        "due_at": end_of(datetime.date(2026, 11, 27)),
    }  # fmt: skip
    for name, value in values.items():
        setattr(report, name, value)
