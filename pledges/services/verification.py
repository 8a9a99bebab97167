"""What the province does with a sent report: a verdict per figure, return of single lines, completion, lock, correction."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from campaigns.models import Assignment, Indicator
from campaigns.value_kinds import kind_of
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from dvk_portal.core.working_days import province_calendar
from pledges.models import QuarterlyReport, ReportedValue
from pledges.notifications import ReportReturned, ReportVerified
from pledges.services.questions import Question
from pledges.services.recalculation import ask_for_rollup
from pledges.services.recorddocuments import end_documents_of
from pledges.services.reports import lock_report_row, refuse_finished, stored_questions, unit_people
from pledges.services.reportsheet import build_sheet, review_reports, show
from pledges.services.timing import end_of
from pledges.workflows import REPORT
from units import access
from units.roles import Role

Status = ReportedValue.Status
ACCEPT, CORRECT, RETURN, CLEAR = "accept", "correct", "return", "clear"


def departments_of(user: Any) -> list[int]:
    """Ids of the departments for which the person verifies today."""
    return [row.unit_id for row in access.rights(user).memberships if row.role == Role.VERIFIER]


def groups_judged_by(user: Any, report: QuarterlyReport) -> set[int] | None:
    """Groups of indicators in which the person gives verdicts on this report; None = all. Nothing by default."""
    if user.has_perm("report.verify_any", report):
        return None
    if not user.has_perm("report.verify", report):
        return set()
    rows = Assignment.objects.filter(campaign=report.participation.campaign_id, department__in=departments_of(user))
    return set(rows.exclude(group=None).values_list("group_id", flat=True))


def _open_for_verdicts(report: QuarterlyReport) -> QuarterlyReport:
    locked = lock_report_row(report)
    refuse_finished(locked.participation.campaign)
    if locked.status != QuarterlyReport.Status.SUBMITTED:
        raise DomainError(
            f"Báo cáo đang ở trạng thái “{locked.get_status_display()}” nên không thẩm định được. "
            "Có thể người khác vừa xử lý; hãy tải lại trang."
        )
    return locked


def _question(report: QuarterlyReport, indicator: Indicator) -> Question:
    found = next((row for row in stored_questions(report) if row.indicator == indicator), None)
    if found is None:
        raise DomainError(f"Báo cáo này không hỏi “{indicator.label}”.")
    return found


@transaction.atomic
def judge_value(
    report: QuarterlyReport,
    indicator: Indicator,
    *,
    actor: Any,
    verdict: str,
    revision: int,
    typed: str = "",
    note: str = "",
) -> ReportedValue | None:
    """Accept one figure, adjust it with a reason, mark it for return with a reason, or take the verdict back.

    The reported figure stays; the verified one stands beside it. ``revision`` is the one the verifier saw.
    """
    groups = groups_judged_by(actor, report)
    if groups is not None and indicator.group_id not in groups:
        raise PermissionDenied
    locked = _open_for_verdicts(report)
    question = _question(locked, indicator)
    value = locked.values.select_related("verdict_by").filter(indicator=indicator).first()
    if revision != (value.revision if value else 0):
        by = (
            f" ({value.verdict_by}, {timezone.localtime(value.verdict_at):%H:%M %d/%m})"
            if value and value.verdict_at
            else ""
        )
        raise DomainError(f"“{indicator.label}” vừa được người khác xử lý{by}. Hãy xem lại rồi quyết định.")
    if value is None:
        if verdict != RETURN:
            raise DomainError(f"Đơn vị chưa báo cáo “{indicator.label}”; chỉ có thể trả lại để đơn vị bổ sung.")
        value = ReportedValue(report=locked, indicator=indicator, revision=0)
    old = show(question, value, best=True)
    _write_verdict(value, question, verdict, typed, note.strip())
    value.verdict_at, value.verdict_by = (None, None) if verdict == CLEAR else (timezone.now(), actor)
    value.revision += 1
    if value.pk is None:
        value.save()
    else:
        value.save(update_fields=[*VERDICT_FIELDS])
    new = {RETURN: "trả lại", CLEAR: "bỏ kết luận"}.get(verdict) or show(question, value, best=True)
    audit.record(locked, f"value_{verdict}", actor=actor, changes={indicator.label: [old, new]}, note=note.strip())
    ask_for_rollup(locked.participation.campaign)
    return value


MAX_NOTE = ReportedValue._meta.get_field("verdict_note").max_length
VERDICT_FIELDS = ("status", "verified_amount", "verified_flag", "verdict_note", "verdict_at", "verdict_by", "revision")


def _write_verdict(value: ReportedValue, question: Question, verdict: str, typed: str, note: str) -> None:
    if len(note) > MAX_NOTE:
        raise DomainError(f"Lý do dài quá {MAX_NOTE} ký tự. Hãy viết gọn lại.")
    if verdict == ACCEPT:
        if not value.is_reported:
            raise DomainError("Đơn vị chưa báo cáo mục này nên không có gì để chấp nhận.")
        value.status, value.verdict_note = Status.ACCEPTED, note
        value.verified_amount, value.verified_flag = value.amount, value.flag
    elif verdict == CORRECT:
        _correct(value, question, typed, note)
    elif verdict == RETURN:
        if not note:
            raise DomainError("Hãy ghi lý do trả lại để đơn vị biết phải sửa gì.")
        value.status, value.verdict_note = Status.RETURNED, note
        value.verified_amount = value.verified_flag = None
    elif verdict == CLEAR:
        value.status, value.verdict_note = Status.ENTERED, ""
        value.verified_amount = value.verified_flag = None
    else:
        raise DomainError("Hãy chọn chấp nhận, điều chỉnh hoặc trả lại.")


def _correct(value: ReportedValue, question: Question, typed: str, note: str) -> None:
    kind = kind_of(question.indicator)
    if kind.control == "text":
        raise DomainError("Lời văn không điều chỉnh thay đơn vị được: hãy chấp nhận hoặc trả lại kèm lý do.")
    if not note:
        raise DomainError("Hãy ghi lý do điều chỉnh.")
    try:
        figure = kind.parse(question.indicator, typed)
    except ValueError as error:
        raise DomainError(str(error)) from error
    if kind.is_blank(figure):
        raise DomainError("Hãy nhập số thẩm định.")
    value.status, value.verdict_note = Status.CORRECTED, note
    value.verified_amount, value.verified_flag = figure.amount, figure.flag


@transaction.atomic
def accept_rest(report: QuarterlyReport, *, actor: Any) -> int:
    """Accept every figure of the person's groups that has no verdict yet: one click, one line in the audit trail (W-30)."""
    groups = groups_judged_by(actor, report)
    if groups == set():
        raise PermissionDenied
    locked = _open_for_verdicts(report)
    rows = locked.values.filter(status=Status.ENTERED).exclude(answer=ReportedValue.Answer.NOT_REPORTED)
    if groups is not None:
        rows = rows.filter(indicator__group__in=groups)
    values = list(rows)
    for value in values:
        value.status, value.verdict_at, value.verdict_by = Status.ACCEPTED, timezone.now(), actor
        value.verified_amount, value.verified_flag = value.amount, value.flag
        value.verdict_note, value.revision = "", value.revision + 1
    ReportedValue.objects.bulk_update(values, VERDICT_FIELDS, batch_size=50)
    if values:
        audit.record(locked, "accept_rest", actor=actor, note=f"{len(values)} mục.")
        ask_for_rollup(locked.participation.campaign)
    return len(values)


@transaction.atomic
def accept_unremarkable(reports: Iterable[QuarterlyReport], *, actor: Any) -> tuple[int, int]:
    """Accept the person's part of every report in which no check flags anything (W-48). Returns (accepted, left to read)."""
    reports = _held([row for row in reports if row.status == QuarterlyReport.Status.SUBMITTED])
    groups = groups_by_campaign(actor, reports)
    reviews = review_reports(reports, groups)
    plain = [row for row in reports if not reviews[row.pk].surprises]
    for report in plain:
        accept_rest(report, actor=actor)
    return len(plain), len(reports) - len(plain)


def _held(reports: list[QuarterlyReport]) -> list[QuarterlyReport]:
    """The reports in one order for everybody, locked before anything else is: two who accept many never wait for each other."""
    reports.sort(key=lambda row: (row.participation.campaign_id, row.pk))
    keys = [row.pk for row in reports]
    order = ("participation__campaign", "pk")
    held = QuarterlyReport.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by(*order)
    sent = set(held.values_list("pk", "status"))
    return [row for row in reports if (row.pk, QuarterlyReport.Status.SUBMITTED) in sent]


def groups_by_campaign(user: Any, reports: Iterable[QuarterlyReport]) -> dict[int, set[int] | None]:
    """As ``groups_judged_by`` for the campaigns of many reports, with one query."""
    campaigns = {report.participation.campaign_id for report in reports}
    if user.has_perm("report.verify_any"):
        return dict.fromkeys(campaigns)
    found: dict[int, set[int] | None] = {campaign: set() for campaign in campaigns}
    rows = Assignment.objects.filter(campaign__in=campaigns, department__in=departments_of(user)).exclude(group=None)
    for campaign, group in rows.values_list("campaign_id", "group_id"):
        found[campaign].add(group)
    return found


@transaction.atomic
def return_report(
    report: QuarterlyReport, *, actor: Any, note: str, due_on: datetime.date, today: datetime.date
) -> QuarterlyReport:
    """Send the lines marked for return back with a reason and a new due date, rolled on to a working day (W-18).

    Only those lines can be changed by the unit; every other figure and verdict stays.
    """
    if not actor.has_perm("report.verify", report):
        raise PermissionDenied
    locked = lock_report_row(report)
    refuse_finished(locked.participation.campaign)
    lines = [row.indicator.label for row in locked.values.filter(status=Status.RETURNED).select_related("indicator")]
    if locked.status == QuarterlyReport.Status.SUBMITTED and not lines:
        raise DomainError("Chưa có mục nào được đánh dấu trả lại. Hãy đánh dấu từng mục kèm lý do trước.")
    if due_on < today:
        raise DomainError("Hạn nộp lại phải từ hôm nay trở đi.")
    due_at = end_of(province_calendar().roll_on(due_on))
    REPORT.apply(locked, "return", actor=actor, note=note, due_at=due_at, return_note=note.strip())
    end_documents_of(locked, actor=actor, reason=f"Báo cáo được trả lại để sửa: {note.strip()}")
    ask_for_rollup(locked.participation.campaign)
    notify(ReportReturned.about(locked, lines), unit_people(locked))
    return locked


@transaction.atomic
def verify_report(report: QuarterlyReport, *, actor: Any) -> QuarterlyReport:
    """Finish: every reported figure has a verdict and none is marked for return."""
    if not actor.has_perm("report.verify", report):
        raise PermissionDenied
    locked = lock_report_row(report)
    refuse_finished(locked.participation.campaign)
    if locked.status == QuarterlyReport.Status.SUBMITTED:
        sheet = build_sheet(locked)
        findings = [
            f"{section.group.title}: còn {section.waiting} mục chưa có kết luận."
            for section in sheet.sections
            if section.waiting
        ]
        findings += [f"“{line.indicator.label}” đang đánh dấu trả lại." for line in sheet.returned]
        if findings:
            raise DomainError("Chưa thể hoàn tất thẩm định.", findings)
    REPORT.apply(locked, "verify", actor=actor)
    ask_for_rollup(locked.participation.campaign)
    notify(ReportVerified.about(locked), unit_people(locked))
    return locked


@transaction.atomic
def unverify_report(report: QuarterlyReport, *, actor: Any, note: str) -> QuarterlyReport:
    """Open a finished verification again; verdicts stay until somebody changes them."""
    refuse_finished(report.participation.campaign)
    REPORT.apply(report, "unverify", actor=actor, note=note, verified_at=None, verified_by=None)
    ask_for_rollup(report.participation.campaign)
    return report


@transaction.atomic
def lock_report(report: QuarterlyReport, *, actor: Any) -> QuarterlyReport:
    """Fix the figures; from here only ``correct_value`` changes one."""
    refuse_finished(report.participation.campaign)
    return REPORT.apply(report, "lock", actor=actor)


@transaction.atomic
def correct_value(report: QuarterlyReport, indicator: Indicator, *, actor: Any, typed: str, note: str) -> ReportedValue:
    """Correct a figure of a verified or locked report: old, new, who and why stay on record (semantics: late_change)."""
    if not actor.has_perm("report.correct", report):
        raise PermissionDenied
    locked = lock_report_row(report)
    refuse_finished(locked.participation.campaign)
    if locked.status not in (QuarterlyReport.Status.VERIFIED, QuarterlyReport.Status.LOCKED):
        raise DomainError("Chỉ điều chỉnh theo cách này khi báo cáo đã thẩm định hoặc đã khóa.")
    question = _question(locked, indicator)
    value = locked.values.filter(indicator=indicator).first()
    value = value or ReportedValue(report=locked, indicator=indicator, revision=0)
    old = show(question, value, best=True)
    _correct(value, question, typed, note.strip())
    value.verdict_at, value.verdict_by, value.revision = timezone.now(), actor, value.revision + 1
    value.save(update_fields=None if value.pk is None else VERDICT_FIELDS)
    new = show(question, value, best=True)
    audit.record(locked, "value_correct_late", actor=actor, changes={indicator.label: [old, new]}, note=note.strip())
    ask_for_rollup(locked.participation.campaign)
    return value
