from dvk_portal.core.models.documents import (
    Document,
    DocumentFile,
    DocumentFormat,
    DocumentNumber,
    DocumentTemplate,
    NumberSeries,
)
from dvk_portal.core.models.kernel import AuditEntry, CalendarDay, Job, Notification, StoredFile
from dvk_portal.core.models.signatures import PreparedSignature, Signature, TrustAnchor

__all__ = [
    "AuditEntry",
    "CalendarDay",
    "Document",
    "DocumentFile",
    "DocumentFormat",
    "DocumentNumber",
    "DocumentTemplate",
    "Job",
    "Notification",
    "NumberSeries",
    "PreparedSignature",
    "Signature",
    "StoredFile",
    "TrustAnchor",
]
