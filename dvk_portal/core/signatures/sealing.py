"""The portal's seal under what people consented to: a debt, paid by a job, each exactly once wherever the worker is killed."""

import datetime
import logging

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dvk_portal.core import audit, files, jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, Job, Signature
from dvk_portal.core.signatures import checking, pades, revisions, stamps, timestamps
from dvk_portal.core.signatures.signing import SEAL_JOB

logger = logging.getLogger(__name__)

# How long the job has before the sweep looks after what it left.
PATIENCE = datetime.timedelta(minutes=2)
FAULTS_SHOWN = 10


def owing() -> QuerySet[Signature]:
    """Consents without their seal, in the order of signing."""
    return Signature.objects.filter(
        method=Signature.Method.CONSENT, status=Signature.Status.ACCEPTED, sealed=None
    ).order_by("signed_at", "id")


@jobs.handler(SEAL_JOB)
def run(progress: jobs.Progress) -> str:
    """Seal every consent of the documents in ``params``. What an earlier attempt did is not done again."""
    documents, faults = progress.params["documents"], []
    for done, pk in enumerate(documents):
        progress.report(done, len(documents), "Đang đóng dấu điện tử")
        try:
            seal_document(pk)
        except DomainError as error:
            faults.append(f"{Document.objects.get(pk=pk)}: {error.message}")
            if error.message == timestamps.UNAVAILABLE:
                break  # the service that is away is away for all
    left = owing().filter(document__in=documents).values("document").distinct().count()
    progress.report(len(documents) - left, len(documents))
    if left:
        raise DomainError(
            f"{left} văn bản chưa được đóng dấu điện tử. Chữ ký vẫn có hiệu lực; hệ thống sẽ tự đóng dấu lại.",
            faults[:FAULTS_SHOWN],
        )
    return f"Đã đóng dấu điện tử {len(documents)} văn bản."


def seal_document(pk: int, *, now: datetime.datetime | None = None) -> int:
    """Seal what ``document`` owes, in the order of signing. Returns how many; DomainError leaves the rest owed."""
    sealed = 0
    while signature := owing().filter(document=pk).select_related("document__current", "document__frozen").first():
        sealed += _seal(signature, now or timezone.now())
    return sealed


def _seal(signature: Signature, now: datetime.datetime) -> bool:
    """One seal. The slow part (drawing, signing, timestamp) holds no lock; whoever else signs meanwhile comes first, and the
    seal is made again upon his revision. Returns whether it was written."""
    document, base = signature.document, signature.document.current
    pdf = _sealed(signature, files.read(base))
    report = checking.check(pdf, now=now)
    with transaction.atomic():
        locked = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
        if locked.current_id != base.pk or not owing().filter(pk=signature.pk).exists():
            return False
        kept = checking.keep(report, slots={signature.slot: signature.slot}, base=base.sha256)
        file = revisions.store_file(locked, pdf, kept, actor=None, now=now, name=document.frozen.name)
        revisions.add_revision(locked, file)
        Signature.objects.filter(pk=signature.pk).update(sealed=file)
        audit.record(locked, "seal", actor=None, changes={"Chữ ký": ["", str(signature)]})
    return True


def _sealed(signature: Signature, pdf: bytes) -> bytes:
    name, capacity, at = signature.name, signature.capacity, signature.signed_at
    size = revisions.field_size(pdf, signature.slot)
    return pades.seal_consent(
        pdf,
        slot=signature.slot,
        stamp=stamps.consent(name, capacity, at, signature.document.code, size=size),
        name=name,
        capacity=capacity,
        at=at,
        timestamper=timestamps.timestamper(),
    )


def sweep(now: datetime.datetime) -> int:
    """Pay what jobs left owed (the timestamp service was away, the seal had expired). Returns how many seals were made."""
    if Job.objects.filter(kind=SEAL_JOB, state__in=Job.LIVE).exists():
        return 0
    sealed = 0
    late = owing().filter(signed_at__lt=now - PATIENCE).values_list("document", flat=True)
    for pk in dict.fromkeys(late):
        try:
            sealed += seal_document(pk, now=now)
        except DomainError as error:
            logger.warning("A seal is still owed to document %s: %s", pk, error.message)
            if error.message == timestamps.UNAVAILABLE:
                break
    return sealed
