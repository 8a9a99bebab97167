"""Later due dates for one unit, with a reason; also after the date has passed (peers.md)."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from dvk_portal.core.working_days import province_calendar
from pledges.models import Extension, QuarterlyReport
from pledges.notifications import ExtensionGranted
from pledges.services.reports import lock_report_row, refuse_finished, unit_people
from pledges.services.timing import days_from_due, end_of


@transaction.atomic
def grant_extension(
    report: QuarterlyReport, *, actor: Any, due_on: datetime.date, reason: str, today: datetime.date
) -> Extension:
    """Move the due date on to the working day of ``due_on``. A report sent meanwhile is measured against the new date."""
    if not actor.has_perm("report.extend", report):
        raise PermissionDenied
    if not reason.strip():
        raise DomainError("Hãy ghi lý do gia hạn.")
    locked = lock_report_row(report)
    refuse_finished(locked.participation.campaign)
    sent_once = locked.status == QuarterlyReport.Status.SUBMITTED and locked.returned_at is None
    if not (locked.is_with_unit or sent_once):
        raise DomainError(f"Báo cáo {locked.get_status_display().lower()} nên không cần gia hạn.")
    calendar = province_calendar()
    due_at = end_of(calendar.roll_on(due_on))
    if due_at <= locked.due_at:
        raise DomainError(f"Hạn mới phải sau hạn cũ ({timezone.localtime(locked.due_at):%d/%m/%Y}).")
    if locked.is_with_unit and due_on < today:
        raise DomainError("Hạn mới phải từ hôm nay trở đi.")
    extension = Extension.objects.create(
        report=locked, old_due_at=locked.due_at, due_at=due_at, reason=reason.strip(), granted_by=actor
    )
    changes = {"hạn nộp": [f"{timezone.localtime(locked.due_at):%d/%m/%Y}", f"{timezone.localtime(due_at):%d/%m/%Y}"]}
    fields = {"due_at": due_at}
    if sent_once:
        fields |= days_from_due(locked.first_submitted_at, due_at, calendar)
    QuarterlyReport.objects.filter(pk=locked.pk).update(**fields)
    locked.due_at = report.due_at = due_at
    audit.record(locked, "extend", actor=actor, changes=changes, note=reason.strip())
    notify(ExtensionGranted.about(extension), unit_people(locked))
    return extension
