"""Cancelling a document by itself; what a record keeps (a pledge, a report) is ended by the record."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dvk_portal.core.documents.freezing import end_document
from dvk_portal.core.documents.kinds import kind_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document


def why_not_cancelled(document: Document) -> str:
    """Why this document cannot be cancelled by itself, as a sentence; "" = it can."""
    if not document.is_living:
        return f"Văn bản đang ở trạng thái “{document.get_status_display()}” nên không hủy được nữa."
    return kind_of(document.kind).keeps_document(document)


@transaction.atomic
def cancel_document(document: Document, *, actor: Any, reason: str, now: datetime.datetime) -> Document:
    """Declare the document void, with the reason. Nothing is deleted; the public page says that it was cancelled."""
    if not actor.has_perm("document.cancel", document):
        raise PermissionDenied
    locked = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if refusal := why_not_cancelled(locked):
        raise DomainError(refusal)
    end_document(locked, actor=actor, status=Document.Status.CANCELLED, reason=reason, now=now)
    return locked
