"""Results year by year, for many people of a unit at once. An empty cell means: not known (R-17)."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from awards.models import Recipient, RecipientKind, YearRecord
from awards.services.recipients.register import may_write
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from units.models import Unit

FIRST_YEAR = 1990
MEMBERS = ("members", "members_completed", "members_ldtt", "members_cstdcs", "members_women", "members_disciplined")
OF_PERSON = ("grade", "source")
OF_COLLECTIVE = ("grade", *MEMBERS, "leads_cluster", "source")


def fields_of(kind: str) -> tuple[str, ...]:
    """What is recorded of a year of such a recipient."""
    return OF_COLLECTIVE if kind == RecipientKind.COLLECTIVE else OF_PERSON


def rows_of(unit: Unit, kind: str, year: int) -> list[tuple[Recipient, YearRecord]]:
    """The active recipients of a unit with their record of the year, empty where there is none."""
    recipients = list(Recipient.objects.filter(unit=unit, kind=kind, is_active=True).order_by("sort_key", "pk"))
    found = {row.recipient_id: row for row in YearRecord.objects.filter(recipient__in=recipients, year=year)}
    return [(row, found.get(row.pk) or YearRecord(recipient=row, year=year)) for row in recipients]


def version_of(rows: Iterable[tuple[Recipient, YearRecord]]) -> str:
    """Tells whether somebody else has changed the records since they were shown."""
    words = "|".join(f"{recipient.pk}:{record.pk}:{record.entered_at}" for recipient, record in rows if record.pk)
    return hashlib.sha256(words.encode()).hexdigest()[:20]


@transaction.atomic
def save_years(
    unit: Unit, *, actor: Any, kind: str, year: int, entries: Mapping[int, Mapping[str, Any]], seen: str
) -> int:
    """Write what changed in the records of ``year``; ``entries`` by recipient. Returns how many rows.

    DomainError when somebody else saved meanwhile (``seen`` is ``version_of`` what was shown), or a row cannot be.
    """
    if not may_write(actor, unit):
        raise PermissionDenied
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise DomainError(f"Năm phải từ {FIRST_YEAR} đến {timezone.localdate().year}.")
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    rows = rows_of(unit, kind, year)
    if seen != version_of(rows):
        raise DomainError("Người khác vừa lưu kết quả năm này. Hãy tải lại trang để xem số mới rồi sửa.")
    new, changed, lines, findings = [], [], [], []
    for recipient, record in rows:
        asked = {name: value for name, value in entries.get(recipient.pk, {}).items() if name in fields_of(kind)}
        changes = {
            name: [getattr(record, name), value] for name, value in asked.items() if getattr(record, name) != value
        }
        if not changes:
            continue
        for name, (_, value) in changes.items():
            setattr(record, name, value)
        record.entered_by, record.entered_at = actor, timezone.now()
        findings += [f"{recipient.name}: {sentence}" for sentence in faults_of(record)]
        (changed if record.pk else new).append(record)
        lines.append(
            {"subject": recipient, "action": "year_record", "actor": actor, "changes": changes, "note": str(year)}
        )
    if findings:
        raise DomainError("Chưa lưu được kết quả.", findings)
    YearRecord.objects.bulk_create(new)
    YearRecord.objects.bulk_update(changed, [*OF_COLLECTIVE, "entered_by", "entered_at"], batch_size=500)
    audit.record_many(lines)
    return len(lines)


def faults_of(record: YearRecord) -> list[str]:
    """Numbers that cannot be those of one year."""
    return [
        f"{YearRecord._meta.get_field(name).verbose_name} ({value}) lớn hơn số thành viên ({record.members})."
        for name in MEMBERS[1:]
        if record.members is not None and (value := getattr(record, name)) is not None and value > record.members
    ]
