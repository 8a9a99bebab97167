"""What a unit does with its report: enter figures cell by cell, tell its leader, send."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from campaigns.models import Campaign, Indicator
from campaigns.value_kinds import Figure, kind_of
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from dvk_portal.core.working_days import province_calendar
from pledges.models import QuarterlyReport, ReportedValue
from pledges.notifications import ReportReady, ReportSubmitted
from pledges.services.exemplary.reportcounts import write_counts
from pledges.services.questions import Question, asked_by, periods_by, questions_of
from pledges.services.recalculation import ask_for_rollup
from pledges.services.reportsheet import build_sheet, is_line_editable, show
from pledges.services.timing import days_from_due
from pledges.workflows import REPORT
from units.models import Membership, User
from units.roles import Role

Answer = ReportedValue.Answer


@dataclass(frozen=True)
class CellInput:
    """A typed cell. ``revision`` is the one the person saw; 0 = the cell was empty."""

    indicator: Indicator
    answer: str
    figure: Figure
    note: str
    revision: int


@dataclass(frozen=True)
class Outcome:
    """What became of a cell: saved (or unchanged), or refused because somebody else had written meanwhile."""

    indicator: Indicator
    value: ReportedValue | None
    is_stale: bool = False


@transaction.atomic
def save_cells(report: QuarterlyReport, inputs: Sequence[CellInput], *, actor: Any) -> list[Outcome]:
    """Write cells of a report with its unit. A cell written by somebody else meanwhile is left as it is and said so."""
    if not actor.has_perm("report.edit", report):
        raise PermissionDenied
    locked = lock_report_row(report)
    refuse_finished(locked.participation.campaign)
    if not locked.is_with_unit:
        raise DomainError(
            f"Báo cáo đang ở trạng thái “{locked.get_status_display()}” nên không nhập được nữa. Hãy tải lại trang."
        )
    questions = {question.indicator.pk: question for question in stored_questions(locked) if question.typed}
    rows = {row.indicator_id: row for row in locked.values.select_related("entered_by")}
    outcomes, changes = [], {}
    for cell in inputs:
        outcome, change = _save_one(locked, cell, questions.get(cell.indicator.pk), rows, actor)
        outcomes.append(outcome)
        if change:
            changes[cell.indicator.label] = change
    if changes:
        now = timezone.now()
        QuarterlyReport.objects.filter(pk=locked.pk).update(last_entry_at=now, last_entry_by=actor)
        audit.record(locked, "enter", actor=actor, changes=changes)
    return outcomes


def _save_one(
    report: QuarterlyReport, cell: CellInput, question: Question | None, rows: dict[int, ReportedValue], actor: Any
) -> tuple[Outcome, list[str] | None]:
    if question is None:
        raise DomainError(f"Báo cáo này không hỏi “{cell.indicator.label}”.")
    value = rows.get(cell.indicator.pk)
    if value is None and cell.answer == Answer.NOT_REPORTED and not cell.note:
        return Outcome(cell.indicator, None), None
    if value is not None and _is_same(value, cell):
        return Outcome(cell.indicator, value), None
    if not is_line_editable(report, value):
        raise DomainError(f"“{cell.indicator.label}” không nằm trong các mục được trả lại nên không sửa được.")
    if cell.revision != (value.revision if value else 0):
        return Outcome(cell.indicator, value, is_stale=True), None
    old = show(question, value)
    value = value or ReportedValue(report=report, indicator=cell.indicator, revision=0)
    value.answer, value.note = cell.answer, cell.note
    value.amount, value.text, value.flag = cell.figure.amount, cell.figure.text, cell.figure.flag
    value.entered_by = actor
    value.revision += 1
    value.save()
    rows[cell.indicator.pk] = value
    return Outcome(cell.indicator, value), [old, show(question, value)]


def _is_same(value: ReportedValue, cell: CellInput) -> bool:
    now = (value.answer, value.amount, value.text, value.flag, value.note)
    return now == (cell.answer, cell.figure.amount, cell.figure.text, cell.figure.flag, cell.note)


def figure_for(indicator: Indicator, answer: str, typed: str) -> Figure:
    """What a cell holds for an answer and a typed text. Raises ValueError with a Vietnamese sentence."""
    kind = kind_of(indicator)
    if answer == Answer.NOTHING:
        return kind.nothing()
    return Figure() if answer != Answer.GIVEN else kind.parse(indicator, typed)


def lock_report_row(report: QuarterlyReport) -> QuarterlyReport:
    """The report as it is now, held until the transaction ends, so that two people never move it at once."""
    rows = QuarterlyReport.objects.select_for_update(of=("self",))
    return rows.select_related(
        "period", "participation__campaign", "participation__unit", "participation__cluster"
    ).get(pk=report.pk)


def refuse_finished(campaign: Campaign) -> None:
    if campaign.status in Campaign.FINISHED:
        raise DomainError(
            f"Phong trào “{campaign}” {campaign.get_status_display().lower()} nên số liệu không đổi được nữa."
        )


def stored_questions(report: QuarterlyReport) -> list[Question]:
    """Lines for which the report holds figures: typed ones, and counts of the register."""
    campaign = report.participation.campaign_id
    asked, periods = asked_by([campaign]), periods_by([campaign])
    return [row for row in questions_of(report.period, asked.get(campaign, ()), periods[campaign]) if row.stored]


@transaction.atomic
def tell_leader(report: QuarterlyReport, *, actor: Any, today: datetime.date) -> QuarterlyReport:
    """The editor says the report is filled in; whoever may send it hears of it, at most once a day."""
    if not actor.has_perm("report.edit", report):
        raise PermissionDenied
    refuse_finished(report.participation.campaign)
    if not report.is_with_unit:
        raise DomainError("Báo cáo đã gửi rồi.")
    refuse_incomplete(report)
    leaders = report.participation.unit.members(Role.LEADER)
    if not leaders:
        raise DomainError("Đơn vị chưa có tài khoản lãnh đạo. Hãy báo quản trị hệ thống để được cấp.")
    audit.record(report, "tell_leader", actor=actor)
    notify(ReportReady.about(report, actor, today), leaders)
    return report


def refuse_incomplete(report: QuarterlyReport) -> None:
    """Raise DomainError that lists everything still missing."""
    sheet = build_sheet(report)
    findings = [f"Chưa có “{line.indicator.label}” ({line.indicator.group.title})." for line in sheet.missing]
    findings += [f"“{line.indicator.label}” được trả lại nhưng chưa sửa hoặc giải thích." for line in sheet.untouched]
    if findings:
        raise DomainError(f"Còn {len(findings)} mục phải hoàn thành trước khi gửi.", findings)


@transaction.atomic
def submit_report(report: QuarterlyReport, *, actor: Any, confirmed: bool) -> QuarterlyReport:
    """The leader confirms the content and sends. Late is allowed and recorded (W-19). Two at once: the second is told."""
    if not actor.has_perm("report.send", report):
        raise PermissionDenied
    if not confirmed:
        raise DomainError("Hãy đánh dấu xác nhận đã kiểm tra nội dung trước khi gửi.")
    locked = lock_report_row(report)
    refuse_finished(locked.participation.campaign)
    if locked.is_with_unit:
        refuse_incomplete(locked)
        write_counts(locked, stored_questions(locked), actor=actor)
    timing: dict[str, Any] = {}
    if locked.first_submitted_at is None:
        now = timezone.now()
        timing = {"first_submitted_at": now, **days_from_due(now, locked.due_at, province_calendar())}
    REPORT.apply(locked, "submit", actor=actor, **timing)
    # The verdict's reason stays readable; the line waits for a new verdict.
    locked.values.filter(status=ReportedValue.Status.RETURNED).update(
        status=ReportedValue.Status.ENTERED, verdict_at=None
    )
    ask_for_rollup(locked.participation.campaign)
    notify(ReportSubmitted.about(locked), officers_of(locked))
    return locked


def officers_of(report: QuarterlyReport) -> Iterable[User]:
    """Who at the province must hear of a report: cluster officer, contact of the campaign, verifiers of the departments."""
    campaign, cluster = report.participation.campaign, report.participation.cluster
    named = [pk for pk in (campaign.contact_id, cluster.officer_id if cluster else None) if pk]
    departments = campaign.assignments.exclude(group=None).values("department")
    current = Membership.objects.current()
    verifiers = current.filter(unit__in=departments, role=Role.VERIFIER)
    # Somebody named who has left holds no role any more and hears nothing.
    asked = Q(memberships__in=verifiers) | Q(pk__in=named, memberships__in=current)
    return User.objects.filter(asked, is_active=True).distinct()


def unit_people(report: QuarterlyReport) -> Iterable[User]:
    """Editors and leaders of the reporting unit."""
    return report.participation.unit.members(Role.EDITOR, Role.LEADER)
