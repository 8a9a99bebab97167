"""A document as a file to work with: Word and Excel from the frozen content, marked as an extract, logged (law.md R-83)."""

import datetime
from typing import Any

from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.documents import word, workbook
from dvk_portal.core.documents.content import Content
from dvk_portal.core.documents.freezing import is_intact
from dvk_portal.core.documents.wordtemplates import template_bytes
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document


def word_of(document: Document, *, actor: Any, now: datetime.datetime | None = None) -> bytes:
    """The document as a .docx, in the office's template when its kind has one. The caller has checked that ``actor`` may
    read it. DomainError when the frozen content is damaged or the template cannot hold it."""
    content = _content_of(document)
    data = word.render(content, document.format, template_bytes(document.kind), mark=_mark(actor, now))
    audit.record(document, "export_word", actor=actor)
    return data


def workbook_of(document: Document, *, actor: Any, now: datetime.datetime | None = None) -> bytes:
    """The tables of the document as an .xlsx; otherwise as :func:`word_of`. DomainError when it has none."""
    data = workbook.render(_content_of(document), mark=_mark(actor, now))
    audit.record(document, "export_workbook", actor=actor)
    return data


def _content_of(document: Document) -> Content:
    if not is_intact(document):
        raise DomainError(
            "Nội dung đã chốt của văn bản không còn nguyên vẹn nên không xuất được. Hãy báo quản trị hệ thống."
        )
    return Content.from_json(document.content)


def _mark(actor: Any, now: datetime.datetime | None) -> str:
    moment = timezone.localtime(now or timezone.now())
    return f"Bản trích từ cổng, không có giá trị thay bản ký. {actor} trích lúc {moment:%H:%M ngày %d/%m/%Y}."
