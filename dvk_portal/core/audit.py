"""Writing the audit trail, sealing it into a hash chain, checking the chain."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from dvk_portal.core.models import AuditEntry

_SEAL_LOCK = 384_2025  # any number, the same in every process (after Quy định 384-QĐ/TW)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)


def record(
    subject: models.Model, action: str, *, actor: Any, changes: dict[str, Any] | None = None, note: str = ""
) -> AuditEntry:
    """Leave one line about ``subject``. ``changes`` maps a field to ``[old, new]``. ``actor`` None is the system itself."""
    return AuditEntry.objects.create(**_fields(subject, action, actor, changes, note))


def record_many(rows: list[dict[str, Any]]) -> None:
    """Leave many lines in one statement; each row holds the arguments of :func:`record`."""
    AuditEntry.objects.bulk_create(
        AuditEntry(**_fields(row["subject"], row["action"], row["actor"], row.get("changes"), row.get("note", "")))
        for row in rows
    )


def _fields(
    subject: models.Model, action: str, actor: Any, changes: dict[str, Any] | None, note: str
) -> dict[str, Any]:
    return {
        "at": timezone.now(),
        "actor": actor,
        "action": action,
        "record_type": subject._meta.label_lower,
        "record_id": str(subject.pk),
        "record_text": str(subject)[:300],
        "changes": _plain(changes or {}),
        "note": note,
    }


def trail(subject: models.Model) -> models.QuerySet[AuditEntry]:
    """The lines about one record, newest first, with their actors."""
    return AuditEntry.objects.filter(record_type=subject._meta.label_lower, record_id=str(subject.pk)).select_related(
        "actor"
    )


def _digest(entry: AuditEntry, number: int, previous: str) -> str:
    text = json.dumps(
        [
            number,
            previous,
            entry.pk,
            entry.at.isoformat(),
            entry.actor_id,
            entry.action,
            entry.record_type,
            entry.record_id,
            entry.record_text,
            entry.changes,
            entry.note,
        ],
        ensure_ascii=False,
        sort_keys=True,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _one_at_a_time() -> None:
    """Two sealers would number the same lines. SQLite has a single writer anyway (transaction_mode IMMEDIATE)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEAL_LOCK])


def seal(limit: int = 2000) -> int:
    """Chain the lines that no seal covers yet. Returns how many were sealed; safe to run twice."""
    with transaction.atomic():
        _one_at_a_time()
        last = AuditEntry.objects.select_for_update().exclude(sealed_no=None).order_by("-sealed_no").first()
        number, previous = (last.sealed_no, last.seal) if last else (0, "")
        fresh = list(AuditEntry.objects.select_for_update().filter(sealed_no=None).order_by("id")[:limit])
        for entry in fresh:
            number += 1
            previous = _digest(entry, number, previous)
            entry.sealed_no, entry.seal = number, previous
        AuditEntry.objects.bulk_update(fresh, ["sealed_no", "seal"], batch_size=200)
        return len(fresh)


def verify() -> list[str]:
    """Sentences about every break of the chain: a line changed, removed or inserted after sealing."""
    problems = []
    previous, expected = "", 1
    for entry in AuditEntry.objects.exclude(sealed_no=None).order_by("sealed_no").iterator():
        if entry.sealed_no != expected:
            problems.append(f"Thiếu dòng nhật ký số {expected}: có dòng đã bị xóa.")
            expected = entry.sealed_no
        elif _digest(entry, entry.sealed_no, previous) != entry.seal:
            problems.append(f"Dòng nhật ký số {entry.sealed_no} ({entry}) đã bị sửa sau khi niêm phong.")
        previous = entry.seal
        expected += 1
    return problems
