"""Making a document of a record: content frozen, set in type, stored with its hash; later issued, replaced or cancelled."""

import datetime
import secrets
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.documents import typesetting
from dvk_portal.core.documents.content import Content, digest, missing
from dvk_portal.core.documents.formats import format_for
from dvk_portal.core.documents.kinds import DocumentKind, kind_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_bytes
from dvk_portal.core.models import Document, DocumentFile, DocumentNumber
from dvk_portal.core.signatures import pades
from dvk_portal.core.text import search_key

# Without the letters and digits that look alike on paper.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12


def new_code() -> str:
    """A lookup code that cannot be guessed: 12 of 30 signs (about 59 bits)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))


def file_name(content: Content, extension: str) -> str:
    """A name without diacritics (law.md §14): "giao-uoc-thi-dua-K7M2QX9TRB4D.pdf"."""
    return "-".join([*search_key(content.title).split(), content.code or "xem-truoc"]) + f".{extension}"


def preview(content: Content, *, day: datetime.date) -> typesetting.Rendered:
    """The document as it would look on ``day``; nothing is stored, gaps are printed as such."""
    return typesetting.render(content, format_for(content.heading.system, day))


@transaction.atomic
def freeze(
    kind: str | DocumentKind,
    record: Model,
    *,
    actor: Any,
    unit: Model,
    day: datetime.date,
    number: DocumentNumber | None = None,
    now: datetime.datetime | None = None,
) -> Document:
    """Fix what the document of ``record`` says, set it in type and store both. The caller has authorised and locked.

    Without places to sign it is issued at once. DomainError lists what is still missing.
    """
    now = now or timezone.now()
    kind = kind_of(kind) if isinstance(kind, str) else kind
    content = _completed(kind.content(record), day, number)
    if gaps := missing(content):
        raise DomainError("Văn bản còn thiếu thông tin nên chưa chốt được.", [f"Cần bổ sung: {gap}." for gap in gaps])
    layout = format_for(content.heading.system, day)
    rendered = typesetting.render(content, layout)
    pdf = pades.prepare(rendered.pdf, rendered.boxes) if rendered.boxes else rendered.pdf
    stored = store_bytes(pdf, file_name(content, "pdf"), kind="application/pdf", actor=actor)
    plain = content.as_json()
    unsigned = not content.slots
    document = Document.objects.create(
        code=content.code,
        kind=kind.code,
        unit=unit,
        record_type=record._meta.label_lower,
        record_id=str(record.pk),
        title=kind.title,
        subject=content.subject[:500],
        search_key=_search_words(content, kind.title, unit),
        format=layout,
        number=number,
        dated_on=day,
        status=Document.Status.ISSUED if unsigned else Document.Status.FROZEN,
        issued_at=now if unsigned else None,
        content=plain,
        content_hash=digest(plain),
        frozen=stored,
        current=stored,
        created_at=now,
        created_by=actor,
    )
    DocumentFile.objects.create(
        document=document, stored=stored, role=DocumentFile.Role.FROZEN, created_at=now, created_by=actor
    )
    audit.record(document, "freeze", actor=actor, changes={"content": plain, "hash": document.content_hash})
    return document


def _completed(content: Content, day: datetime.date, number: DocumentNumber | None) -> Content:
    code = new_code()
    values = {**content.__dict__, "code": code, "dated_on": day.isoformat(), "number": number.text if number else ""}
    values["lookup"] = settings.SITE_URL.rstrip("/") + reverse("lookup", args=[code])
    return Content(**values)


def _search_words(content: Content, title: str, unit: Model) -> str:
    """By what a person looks for a document: type, subject, number, code, the bodies that it names."""
    bodies = [slot.organisation for slot in content.slots] + [party["name"] for party in content.parties]
    words = [title, content.subject, content.number, content.code, str(unit), *bodies]
    return search_key(" ".join(dict.fromkeys(words)))


def is_intact(document: Document) -> bool:
    """Whether the frozen content is still the one that was hashed."""
    return digest(document.content) == document.content_hash


def mark_issued(document: Document, *, actor: Any, now: datetime.datetime) -> None:
    """Everybody has signed: from here the document is in force. The caller has authorised and locked."""
    document.status, document.issued_at = Document.Status.ISSUED, now
    document.save(update_fields=["status", "issued_at"])
    audit.record(document, "issue", actor=actor, changes={"status": ["", document.get_status_display()]})


def end_document(document: Document, *, actor: Any, status: str, reason: str, now: datetime.datetime) -> None:
    """Cancel or replace: nothing is deleted, the public page says so. The caller has authorised and locked."""
    reason = reason.strip()
    if not reason:
        raise DomainError("Hãy ghi lý do hủy hoặc thay thế văn bản.")
    before = document.get_status_display()
    document.status, document.ended_at, document.ended_by, document.end_reason = status, now, actor, reason[:250]
    document.save(update_fields=["status", "ended_at", "ended_by", "end_reason"])
    audit.record(
        document, "end_document", actor=actor, note=reason, changes={"status": [before, document.get_status_display()]}
    )
