"""Sáng kiến and đề tài: entered with their decision; what has grounded an award is no longer changed (P11)."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from awards.models import Initiative, Nomination, Recipient
from awards.services.recipients.register import may_write
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_upload

FIELDS = ("kind", "title", "year", "scope", "decision_no", "decided_on")
FIRST_YEAR = 1990


def is_used(initiative: Initiative) -> bool:
    """Whether an award was granted on it."""
    return initiative.uses.filter(nomination__status=Nomination.Status.GRANTED).exists()


@transaction.atomic
def save_initiative(
    initiative: Initiative | None, *, recipient: Recipient, actor: Any, values: Mapping[str, Any],
    upload: UploadedFile | None = None, today: datetime.date,
) -> Initiative:  # fmt: skip
    """Enter or change one. Raises DomainError: used already, there already, or days that cannot be."""
    if not may_write(actor, recipient):
        raise PermissionDenied
    Recipient.objects.select_for_update(of=("self",)).get(pk=recipient.pk)
    row = initiative or Initiative(recipient=recipient, entered_by=actor)
    if row.pk and is_used(row):
        raise DomainError("Sáng kiến, đề tài này đã là căn cứ của một khen thưởng nên không sửa nữa.")
    before = {name: getattr(row, name) for name in FIELDS} if row.pk else {}
    for name in FIELDS:
        value = values[name]
        setattr(row, name, " ".join(value.split()) if isinstance(value, str) else value)
    _check(row, today)
    if upload is not None:
        row.file = store_upload(upload, actor=actor)
    row.save()
    changes = {name: [old, getattr(row, name)] for name, old in before.items() if old != getattr(row, name)}
    audit.record(row, "change" if before else "create", actor=actor, changes=changes)
    return row


def _check(row: Initiative, today: datetime.date) -> None:
    findings = []
    if not FIRST_YEAR <= row.year <= today.year:
        findings.append(f"Năm công nhận phải từ {FIRST_YEAR} đến {today.year}.")
    if row.decided_on > today:
        findings.append("Ngày quyết định ở tương lai. Hãy kiểm tra lại.")
    same = Initiative.objects.filter(recipient=row.recipient, title__iexact=row.title).exclude(pk=row.pk)
    if same.exists():
        findings.append("Đã có sáng kiến, đề tài cùng tên của đối tượng này. Mỗi sáng kiến chỉ ghi một lần.")
    if findings:
        raise DomainError("Chưa lưu được sáng kiến, đề tài.", findings)
