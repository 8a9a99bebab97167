"""Revisions of a document's file: each new one holds the bytes of the one before (law.md R-71, R-72)."""

import datetime
from typing import Any

from django.db import transaction

from dvk_portal.core import audit
from dvk_portal.core.documents.content import Slot
from dvk_portal.core.documents.kinds import Mandate
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import clean_name, store_bytes
from dvk_portal.core.models import Document, DocumentFile, Signature, StoredFile
from dvk_portal.core.notifications import notify
from dvk_portal.core.signatures import checking, pades, structure
from dvk_portal.core.signatures.intake import Expected, Intake, same_person
from dvk_portal.core.signatures.messages import SignatureToConfirm
from dvk_portal.core.signatures.signing import lock_for_signing, record_signature, slots_of
from dvk_portal.core.signatures.verdicts import SignatureCheck

PDF = "application/pdf"


class MovedOnError(DomainError):
    """Somebody else signed meanwhile: what was prepared belongs to an older revision."""

    def __init__(self) -> None:
        super().__init__(
            "Trong lúc chờ, văn bản đã có thêm chữ ký nên bản vừa ký không còn là bản mới nhất. "
            "Hãy tải bản mới nhất rồi ký lại."
        )


def expected_signer(document: Document, slot: Slot, actor: Any) -> Expected:
    """Whom a certificate at ``slot`` must name: the person printed there, else whoever signs now."""
    return Expected(slot.slot, slot.expected or actor.full_name, slot.organisation, document.created_at)


def slot_of(document: Document, slot: str) -> Slot:
    """The place called ``slot``."""
    return next(each for each in slots_of(document) if each.slot == slot)


def field_size(pdf: bytes, slot: str) -> tuple[float, float]:
    """Width and height, in points, of the field where ``slot`` signs. DomainError when the file has no such field."""
    for field in pades.slots(pdf):
        if field.name == slot:
            return field.width, field.height
    raise DomainError("Văn bản không có ô ký cho bên này. Hãy báo quản trị hệ thống.")


def names_of_fields(pdf: bytes) -> tuple[set[str], set[str]]:
    """All signature fields of ``pdf`` and the signed ones among them; nothing of a file that cannot be read."""
    try:
        signed = {each.name for each in structure.signature_fields(structure.open_pdf(pdf))}
        return {field.name for field in pades.slots(pdf)}, signed
    except (structure.Damaged, DomainError):
        return set(), set()


def add_revision(document: Document, file: DocumentFile) -> None:
    """Make ``file`` the newest revision of the locked ``document``."""
    file.role = DocumentFile.Role.SIGNED
    file.save(update_fields=["role"])
    document.current = file.stored
    document.save(update_fields=["current"])


def store_file(
    document: Document,
    pdf: bytes,
    report: dict[str, Any],
    *,
    actor: Any,
    now: datetime.datetime,
    name: str = "",
    note: str = "",
) -> DocumentFile:
    """Keep bytes with a document as something taken in; ``add_revision`` makes more of it."""
    kind = PDF if pdf.startswith(b"%PDF-") else "application/octet-stream"
    stored = store_bytes(pdf, clean_name(name or document.frozen.name), kind=kind, actor=actor)
    role = DocumentFile.Role.UPLOAD
    return DocumentFile.objects.create(
        document=document, stored=stored, role=role, report=report, note=note, created_at=now, created_by=actor
    )


@transaction.atomic
def take_in(
    document: Document,
    pdf: bytes,
    intake: Intake,
    *,
    actor: Any,
    slot: str,
    method: str,
    base: StoredFile,
    now: datetime.datetime,
    name: str = "",
) -> Signature:
    """Write down what a signed file brings: accepted at once, or waiting for the province when there is something to look at.

    ``base`` is the revision that was signed. Returns the signature of ``slot``. Raises MovedOnError when somebody signed
    meanwhile, and as ``lock_for_signing``.
    """
    locked, kind, mandate = lock_for_signing(document, actor=actor, slot=slot, method=method)
    if locked.current_id != base.pk:
        raise MovedOnError
    places = {place: check.field for place, check in intake.matched.items()}
    report = checking.keep(intake.report, slots=places, base=base.sha256, flags=list(intake.flags))
    file = store_file(locked, pdf, report, actor=actor, now=now, name=name)
    others = [f"Tệp có sẵn chữ ký của {check.signer}." for place, check in intake.matched.items() if place != slot]
    # A file is taken whole or not at all: a signature that is refused afterwards would stay in its place.
    flags = [*intake.flags, *others]
    if not flags:
        add_revision(locked, file)
    if locked.signatures.exclude(status=Signature.Status.REFUSED).filter(slot__in=intake.matched).exists():
        raise MovedOnError
    rows = []
    # The other sides first: the uploader's own signature may be the last that was missing.
    for place, check in sorted(intake.matched.items(), key=lambda each: each[0] == slot):
        himself = place == slot and same_person(actor.full_name, check.signer)
        rows.append(
            record_signature(
                locked,
                kind,
                actor=actor,
                by_actor=himself,
                slot=place,
                mandate=mandate if himself else _printed(slot_of(locked, place)),
                method=method,
                now=now,
                signed_at=_moment(check, method, now),
                name=check.signer,
                sealed=file,
                flags=flags,
                status=Signature.Status.PENDING if flags else Signature.Status.ACCEPTED,
            )
        )
    waiting = [row for row in rows if row.status == Signature.Status.PENDING]
    if waiting:
        ask_for_confirmation(locked, kind, waiting[-1], actor=actor)
    return rows[-1]


def _moment(check: SignatureCheck, method: str, now: datetime.datetime) -> datetime.datetime:
    """When it was signed: the trusted time; what was signed here and now was signed now, whatever a device claims."""
    if check.trusted_time is None and method in Signature.IN_PERSON:
        return now
    return check.time or now


def ask_for_confirmation(document: Document, kind: Any, signature: Signature, *, actor: Any) -> None:
    """Tell those who may confirm that a signature waits for them, and put it into the trail."""
    changes, note = {"Chữ ký": ["", str(signature)]}, "\n".join(signature.flags)
    audit.record(document, "await_confirmation", actor=actor, changes=changes, note=note)
    people = [person for person in kind.confirmers(document) if person.pk != actor.pk]
    notify(SignatureToConfirm.about(signature), people)


def _printed(slot: Slot) -> Mandate:
    """The capacity that the document itself prints at a place."""
    return Mandate(slot.position, slot.organisation)
