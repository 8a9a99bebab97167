"""Who may read a document: whoever may read the record it was made from, asked of the kind (``records_for``)."""

from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404

from dvk_portal.core.documents.kinds import all_kinds
from dvk_portal.core.models import Document


def documents_for(user: Any) -> QuerySet[Document]:
    """The documents that ``user`` may read. One query, however many kinds and documents there are."""
    readable = Q(pk__in=[])
    for kind in all_kinds():
        records = kind.records_for(user)
        # Documents name their record in text, so that one column holds every kind of record.
        keys = records.order_by().annotate(document_key=Cast("pk", CharField())).values("document_key")
        readable |= Q(kind=kind.code, record_type=records.model._meta.label_lower, record_id__in=keys)
    return Document.objects.filter(readable)


def may_read(user: Any, document: Document) -> bool:
    """Whether ``user`` may read this document."""
    return documents_for(user).filter(pk=document.pk).exists()


def get_document_or_404(user: Any, pk: int) -> Document:
    """The document for its page; what the person may not read does not exist for him."""
    documents = documents_for(user).select_related("unit", "format", "number", "frozen", "current")
    return get_object_or_404(documents, pk=pk)
