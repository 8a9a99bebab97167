"""Ways (a) and paper: a PDF signed with a tool outside, a scan of the signed paper; and the person who confirms them."""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from dvk_portal.core import audit, files
from dvk_portal.core.documents.freezing import is_intact
from dvk_portal.core.documents.kinds import DocumentKind, Mandate, kind_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, DocumentFile, Signature, StoredFile
from dvk_portal.core.notifications import notify
from dvk_portal.core.signatures import checking, intake, revisions
from dvk_portal.core.signatures.intake import Intake
from dvk_portal.core.signatures.messages import SignatureDecided
from dvk_portal.core.signatures.signing import lock_for_signing, open_slots, record_signature, settle, slots_of

NOT_TAKEN = "Tệp chưa được nhận là bản ký của văn bản này. Tệp được giữ lại ở mục “Các tệp” để đối chiếu."
STALE = (
    "Tệp được ký trên một bản cũ, thiếu chữ ký đã có sau đó. Hãy tải bản mới nhất từ trang văn bản, ký rồi tải lên lại."
)
BROKEN = (
    "Tệp không còn nguyên vẹn các chữ ký đã có (phần mềm đã lưu lại tệp). "
    "Hãy tải bản mới nhất từ trang văn bản và ký bằng phần mềm không lưu lại tệp."
)
NO_PLACE = (
    "Tệp đã mất ô ký dành cho bên chưa ký nên bên đó không ký tiếp được. "
    "Hãy ký lại đúng tệp tải từ cổng, không in ra PDF hoặc lưu thành tệp khác."
)
SCAN_KINDS = ("pdf", "jpg", "jpeg", "png")


# --- (a) signed outside ---------------------------------------------------------------------------------------------
def accept_upload(
    document: Document, *, actor: Any, slot: str, upload: File, now: datetime.datetime | None = None
) -> Signature:
    """Take in a PDF that ``actor`` signed with a tool of his own on top of the newest revision.

    Raises DomainError; a file that was read and refused stays with the document, with the reasons (nothing is lost).
    """
    now = now or timezone.now()
    method = Signature.Method.UPLOAD
    may_sign(document, actor=actor, slot=slot, method=method)
    if refusal := intake.examine_size(upload.size, max_bytes=settings.UPLOAD_MAX_BYTES):
        raise DomainError(refusal)
    pdf, base = upload.read(), document.current
    found = _examine(document, pdf, files.read(base), actor=actor, slot=slot, now=now)
    if found.accept:
        try:
            return revisions.take_in(
                document, pdf, found, actor=actor, slot=slot, method=method, base=base, now=now, name=upload.name or ""
            )
        except revisions.MovedOnError as error:
            found = Intake(refusals=(error.message,), report=found.report)
    _keep_refused(document, pdf, found, upload.name or "", actor=actor, now=now)
    raise DomainError(NOT_TAKEN, list(found.refusals))


@transaction.atomic
def may_sign(document: Document, *, actor: Any, slot: str, method: str) -> Mandate:
    """The mandate under which ``actor`` may sign now, asked before the work; ``lock_for_signing`` asks again after it."""
    document.refresh_from_db()
    return lock_for_signing(document, actor=actor, slot=slot, method=method)[2]


def _examine(
    document: Document,
    pdf: bytes,
    base: bytes,
    *,
    actor: Any,
    slot: str,
    now: datetime.datetime,
) -> Intake:
    """The intake of ``pdf`` against the newest revision ``base``; refusals that concern the chain of revisions first."""
    fields, signed = revisions.names_of_fields(pdf)
    _, signed_before = revisions.names_of_fields(base)
    if not pdf.startswith(base):
        if any(pdf.startswith(files.read(older)) for older in _older_revisions(document)):
            return Intake(refusals=(STALE,), report=checking.check(pdf, now=now))
        if fields and signed_before:
            return Intake(refusals=(BROKEN,), report=checking.check(pdf, now=now))
    own = revisions.expected_signer(document, revisions.slot_of(document, slot), actor)
    others = [
        intake.Expected(each.slot, each.expected, each.organisation, document.created_at)
        for each in open_slots(document)
        if each.slot != slot and each.expected
    ]
    known = {
        "agreed": base,
        "anchors": checking.anchors(),
        "now": now,
        "max_bytes": settings.UPLOAD_MAX_BYTES,
    }
    found = None
    if others and len(signed - signed_before) > 1:
        found = intake.examine(pdf, expected=[own, *others], **known)
    if found is None or not found.accept:
        found = intake.examine(pdf, expected=[own], **known)
    return _in_the_right_places(document, found, fields, signed - signed_before) if found.accept else found


def _in_the_right_places(document: Document, found: Intake, fields: set[str], new: set[str]) -> Intake:
    """Refuse what would keep the other sides from signing: their field lost, or used by somebody else."""
    # The place of a consent waits for the portal's seal.
    filled = {row.slot for row in document.signatures.all() if row.status != row.Status.REFUSED and not row.owes_seal}
    for each in slots_of(document):
        if each.slot in found.matched or each.slot in filled:
            continue
        if each.slot in new:
            sentence = f"Chữ ký được đặt vào ô ký của {each.party}. Hãy ký lại, chọn ô ký của bên mình."
            return Intake(found.flags, (sentence,), found.report, found.matched)
        if each.slot not in fields:
            return Intake(found.flags, (NO_PLACE,), found.report, found.matched)
    return found


def _older_revisions(document: Document) -> list[StoredFile]:
    roles = (DocumentFile.Role.FROZEN, DocumentFile.Role.SIGNED)
    rows = document.files.filter(role__in=roles).exclude(stored=document.current_id).select_related("stored")
    return [row.stored for row in rows.order_by("-id")]


@transaction.atomic
def _keep_refused(
    document: Document, pdf: bytes, found: Intake, name: str, *, actor: Any, now: datetime.datetime
) -> None:
    reasons = list(found.refusals)
    report = checking.keep(found.report, flags=list(found.flags), refusals=reasons)
    revisions.store_file(document, pdf, report, actor=actor, now=now, name=name, note="\n".join(reasons))
    audit.record(document, "refuse_upload", actor=actor, note="\n".join(reasons))


# --- the paper copy ---------------------------------------------------------------------------------------------------
@transaction.atomic
def accept_scan(
    document: Document,
    *,
    actor: Any,
    slot: str,
    upload: File,
    name: str,
    capacity: str,
    signed_on: datetime.date,
    now: datetime.datetime | None = None,
) -> Signature:
    """Keep the scan of a paper that was signed by hand and stamped. It counts once the province has confirmed it."""
    now = now or timezone.now()
    locked, kind, mandate = lock_for_signing(document, actor=actor, slot=slot, method=Signature.Method.SCAN)
    agreed_on = timezone.localdate(locked.created_at)
    if not agreed_on <= signed_on <= timezone.localdate(now):
        raise DomainError(
            f"Ngày ký trên giấy phải từ ngày chốt văn bản ({agreed_on:%d/%m/%Y}) đến hôm nay. Hãy kiểm tra lại."
        )
    if (upload.name or "").rpartition(".")[2].lower() not in SCAN_KINDS:
        raise DomainError("Bản quét phải là tệp PDF hoặc ảnh JPG, PNG. Hãy quét lại.")
    stored = files.store_upload(upload, actor=actor)
    role = DocumentFile.Role.SCAN
    file = DocumentFile.objects.create(document=locked, stored=stored, role=role, created_at=now, created_by=actor)
    signature = record_signature(
        locked,
        kind,
        actor=actor,
        slot=slot,
        mandate=Mandate(capacity, mandate.organisation, mandate.delegation),
        method=Signature.Method.SCAN,
        now=now,
        signed_at=timezone.make_aware(datetime.datetime.combine(signed_on, datetime.time())),
        name=name,
        sealed=file,
        flags=["Bản quét của bản giấy: hãy đối chiếu với bản giấy có chữ ký và con dấu."],
        status=Signature.Status.PENDING,
    )
    revisions.ask_for_confirmation(locked, kind, signature, actor=actor)
    return signature


# --- what a person must look at ----------------------------------------------------------------------------------------
@transaction.atomic
def confirm_signature(signature: Signature, *, actor: Any, now: datetime.datetime | None = None) -> Signature:
    """The province has looked: the file's signatures count, and a signed file becomes the newest revision."""
    now = now or timezone.now()
    document, kind, rows = _lock_pending(signature, actor=actor)
    if document.status != Document.Status.FROZEN:
        raise DomainError(f"Văn bản đang ở trạng thái “{document.get_status_display()}” nên không nhận thêm chữ ký.")
    if not is_intact(document):
        raise DomainError(
            "Nội dung văn bản không còn đúng bản đã chốt nên không nhận chữ ký. Hãy báo quản trị hệ thống."
        )
    kind.check(document)
    if rows[0].method != Signature.Method.SCAN:
        _promote(document, rows[0].sealed)
    for row in rows:
        _decide(row, Signature.Status.ACCEPTED, actor=actor, now=now, note="")
        settle(row, kind, actor=actor, now=now)
    return next(row for row in rows if row.pk == signature.pk)


@transaction.atomic
def refuse_signature(signature: Signature, *, actor: Any, note: str, now: datetime.datetime | None = None) -> Signature:
    """The file's signatures do not count; it stays with the reason, and the sides may sign again."""
    now, note = now or timezone.now(), note.strip()
    document, _, rows = _lock_pending(signature, actor=actor)
    if not note:
        raise DomainError("Hãy ghi lý do không nhận chữ ký, để bên ký biết phải làm gì.")
    for row in rows:
        _decide(row, Signature.Status.REFUSED, actor=actor, now=now, note=note)
        audit.record(document, "refuse_signature", actor=actor, note=note, changes={"Chữ ký": [str(row), ""]})
    return next(row for row in rows if row.pk == signature.pk)


def may_decide(document: Document, user: Any) -> bool:
    """Whether ``user`` may confirm or refuse what waits at ``document``."""
    return bool(kind_of(document.kind).may_confirm(user, document))


def _lock_pending(signature: Signature, *, actor: Any) -> tuple[Document, DocumentKind, list[Signature]]:
    """What waits in the file of ``signature``: it is taken whole or not at all, for a refused signature stays in its place."""
    document = Document.objects.select_for_update(of=("self",)).get(pk=signature.document_id)
    kind = kind_of(document.kind)
    if not kind.may_confirm(actor, document):
        raise PermissionDenied
    row = document.signatures.select_related("sealed__created_by").get(pk=signature.pk)
    if row.status != Signature.Status.PENDING:
        raise DomainError(f"Chữ ký này đã được xử lý: {row.get_status_display().lower()}.")
    if row.sealed is not None and row.sealed.created_by_id == actor.pk:
        raise DomainError("Người tải tệp lên không tự xác nhận chữ ký trong tệp đó. Hãy để người khác xác nhận.")
    together = document.signatures.filter(sealed=row.sealed, status=Signature.Status.PENDING).order_by("id")
    rows = list(together.select_related("sealed__stored", "sealed__created_by", "signer"))
    for each in rows:
        each.document = document
    return document, kind, rows


def _promote(document: Document, file: DocumentFile) -> None:
    """Make the waiting file the newest revision, unless somebody signed another one meanwhile."""
    if document.current_id == file.stored_id:
        return
    if file.report.get("base") != document.current.sha256:
        raise DomainError(
            "Trong lúc chờ, văn bản đã có thêm chữ ký mà tệp này không chứa. "
            "Hãy chọn “Không nhận” và đề nghị ký lại trên bản mới nhất."
        )
    revisions.add_revision(document, file)


def _decide(row: Signature, status: str, *, actor: Any, now: datetime.datetime, note: str) -> None:
    row.status, row.decided_at, row.decided_by, row.note = status, now, actor, note
    row.save(update_fields=["status", "decided_at", "decided_by", "note"])
    handed_in = row.sealed and row.sealed.created_by
    if handed_in and handed_in.pk != actor.pk:
        notify(SignatureDecided.about(row), [handed_in])
