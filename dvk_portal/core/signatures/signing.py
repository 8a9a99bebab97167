"""Signatures as rows: who may sign where, what is written down, when the document is complete.

Four ways lead here, and the paper: consent (below), a key or a token (withkey.py), a file signed outside and a scan (outside.py).
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dvk_portal.core import audit, jobs
from dvk_portal.core.documents.content import Content, Slot, digest
from dvk_portal.core.documents.freezing import is_intact, mark_issued
from dvk_portal.core.documents.kinds import DocumentKind, Mandate, kind_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, DocumentFile, Signature
from dvk_portal.core.text import search_key

SEAL_JOB = "documents.seal"


def slots_of(document: Document) -> list[Slot]:
    """The places to sign, in the order of the page."""
    return Content.from_json(document.content).slots


def open_slots(document: Document) -> list[Slot]:
    """Places where nobody has signed yet. Load ``signatures`` beforehand."""
    taken = {row.slot for row in document.signatures.all() if row.status != Signature.Status.REFUSED}
    return [slot for slot in slots_of(document) if slot.slot not in taken]


def slots_for(document: Document, user: Any) -> list[tuple[Slot, Mandate]]:
    """Where ``user`` may sign now, and in what capacity."""
    if document.status != Document.Status.FROZEN:
        return []
    kind = kind_of(document.kind)
    found = ((slot, kind.mandate(user, document, slot.slot)) for slot in open_slots(document))
    return [(slot, mandate) for slot, mandate in found if mandate is not None]


def lock_for_signing(
    document: Document, *, actor: Any, slot: str, method: str
) -> tuple[Document, DocumentKind, Mandate]:
    """The document locked until the end of the transaction, its kind, and the mandate under which ``actor`` signs.

    Raises PermissionDenied (not his to sign), DomainError (signed meanwhile, way not allowed, content no longer as frozen).
    """
    # Nothing is joined: PostgreSQL drops a row whose joined column (``current``) changed while it waited for the lock.
    locked = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    kind = kind_of(locked.kind)
    earlier = locked.signatures.exclude(status=Signature.Status.REFUSED).filter(slot=slot).first()
    if earlier is not None:
        when = f"{timezone.localtime(earlier.signed_at):%H:%M %d/%m/%Y}"
        if not earlier.counts:
            raise DomainError(f"Bản ký của {earlier.name} cho bên này, lúc {when}, đang chờ xác nhận. Hãy chờ kết quả.")
        raise DomainError(f"{earlier.name} đã ký cho bên này lúc {when}. Không cần ký thêm.")
    if locked.status != Document.Status.FROZEN:
        raise DomainError(f"Văn bản đang ở trạng thái “{locked.get_status_display()}” nên không ký được nữa.")
    mandate = kind.mandate(actor, locked, slot)
    if mandate is None:
        raise PermissionDenied
    if method not in kind.allowed_methods(locked):
        raise DomainError(f"Văn bản này không dùng cách ký “{Signature.Method(method).label}”. Hãy chọn cách khác.")
    if method in Signature.IN_PERSON:
        _require_named(locked, actor, slot)
    if not is_intact(locked):
        raise DomainError("Nội dung văn bản không còn đúng bản đã chốt nên không ký được. Hãy báo quản trị hệ thống.")
    kind.check(locked)
    return locked, kind, mandate


def _require_named(document: Document, actor: Any, slot: str) -> None:
    """The paper names its signer: somebody else who is entitled too (a deputy, a successor) signs a paper that names him."""
    place = next((row for row in slots_of(document) if row.slot == slot), None)
    if place and place.expected and search_key(place.expected) != search_key(actor.full_name):
        raise DomainError(
            f"Văn bản ghi người ký là {place.expected} nên bạn không ký thay trên bản này được. Nếu người ký đã thay đổi, "
            "hãy mở lại để thống nhất lại với người đại diện hiện nay."
        )


@transaction.atomic
def sign_by_consent(
    document: Document, *, actor: Any, slot: str, now: datetime.datetime, batch: bool = False
) -> Signature:
    """Way (d): the person has just proved who he is; the portal's seal under the PDF is owed and paid by a job.

    ``batch``: one of many signed in one act: the caller owes one job for all, and the record tells fewer people.
    """
    locked, kind, mandate = lock_for_signing(document, actor=actor, slot=slot, method=Signature.Method.CONSENT)
    signature = record_signature(
        locked,
        kind,
        actor=actor,
        slot=slot,
        mandate=mandate,
        method=Signature.Method.CONSENT,
        now=now,
        batch=batch,
    )
    if not batch:
        seal_later([locked.pk], owner=actor)
    return signature


def seal_later(documents: list[int], *, owner: Any) -> jobs.Job:
    """Owe the portal's seal under every consent of these documents; one job, however many there are."""
    key = digest({"documents": documents})
    title = f"Đóng dấu điện tử {len(documents)} văn bản"
    return jobs.queue(SEAL_JOB, key, params={"documents": documents}, title=title, owner=owner)


def record_signature(
    document: Document,
    kind: DocumentKind,
    *,
    actor: Any,
    slot: str,
    mandate: Mandate,
    method: str,
    now: datetime.datetime,
    signed_at: datetime.datetime | None = None,
    name: str = "",
    sealed: DocumentFile | None = None,
    flags: list[str] | None = None,
    status: str = Signature.Status.ACCEPTED,
    batch: bool = False,
    by_actor: bool = True,
) -> Signature:
    """Write the signature of ``slot`` down and, when it counts, tell the record. The caller holds the lock.

    ``by_actor``: ``actor`` is the signer, not only the one who handed in a file that others had signed too.
    """
    signature = Signature.objects.create(
        document=document,
        slot=slot,
        signer=actor if by_actor else None,
        name=(name or actor.full_name)[:50],
        capacity=f"{mandate.capacity}, {mandate.organisation}"[:200],
        delegation=mandate.delegation[:200],
        method=method,
        status=status,
        signed_at=signed_at or now,
        content_hash=document.content_hash,
        sealed=sealed,
        flags=flags or [],
    )
    if signature.counts:
        settle(signature, kind, actor=actor, now=now, batch=batch)
    return signature


def settle(
    signature: Signature, kind: DocumentKind, *, actor: Any, now: datetime.datetime, batch: bool = False
) -> None:
    """A signature has come to count: put it into the trail, issue the document when it was the last one needed."""
    document = signature.document
    label = next((slot.party for slot in slots_of(document) if slot.slot == signature.slot), signature.slot)
    audit.record(document, "sign", actor=actor, changes={"Bên ký": ["", f"{label}: {signature}"]})
    accepted = set(document.signatures.filter(status=Signature.Status.ACCEPTED).values_list("slot", flat=True))
    if all(slot.slot in accepted for slot in slots_of(document) if slot.required):
        mark_issued(document, actor=actor, now=now)
    kind.signed(document, signature, actor=actor, batch=batch)
