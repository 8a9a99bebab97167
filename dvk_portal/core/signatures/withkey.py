"""Ways (b) and (c): signing in the portal with a key that is lent for one act, and with a token that never leaves the desk."""

import base64
import binascii
import datetime
from typing import Any

from asn1crypto import x509
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dvk_portal.core import files
from dvk_portal.core.documents.kinds import Mandate
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_bytes
from dvk_portal.core.models import Document, PreparedSignature, Signature
from dvk_portal.core.signatures import checking, intake, keys, pades, revisions, stamps, timestamps, twophase
from dvk_portal.core.signatures.intake import Intake
from dvk_portal.core.signatures.outside import may_sign

# How often a signature made with a key at hand is made anew because somebody else signed in the same moment.
TRIES = 3
CERTIFICATE_MAX_BYTES = 100_000
# The time and the capacity are inside what the token signs: an old digest would be signed with an old date.
PATIENCE = datetime.timedelta(days=1)
KEY_MAX_BYTES = 200_000


# --- (b) a key ----------------------------------------------------------------------------------------------------------
def sign_with_key(
    document: Document, *, actor: Any, slot: str, key: keys.SigningKey, now: datetime.datetime | None = None
) -> Signature:
    """Sign with a key that is open for this one act and kept nowhere. Whoever signs in the same moment comes before or after.

    Raises DomainError when the key cannot sign or its certificate does not name the person who must sign here.
    """
    now = now or timezone.now()
    method = Signature.Method.KEY
    for _ in range(TRIES):
        mandate = may_sign(document, actor=actor, slot=slot, method=method)
        base = document.current
        before = files.read(base)
        with key.open(now) as signer:
            stamp = _stamp(before, signer.signing_cert, slot, mandate, now)
        pdf = pades.sign(
            before,
            slot=slot,
            key=key,
            stamp=stamp,
            reason=_reason(mandate),
            now=now,
            timestamper=timestamps.timestamper(),
        )
        found = _judge(document, pdf, before, actor=actor, slot=slot, now=now)
        try:
            return revisions.take_in(document, pdf, found, actor=actor, slot=slot, method=method, base=base, now=now)
        except revisions.MovedOnError:
            continue
    raise revisions.MovedOnError


def _judge(
    document: Document,
    pdf: bytes,
    before: bytes,
    *,
    actor: Any,
    slot: str,
    now: datetime.datetime,
) -> Intake:
    """Whether the certificate is the expected person's: the same questions as for a file that was signed outside."""
    expected = revisions.expected_signer(document, revisions.slot_of(document, slot), actor)
    found = intake.examine(
        pdf,
        agreed=before,
        expected=[expected],
        anchors=checking.anchors(),
        now=now,
        max_bytes=max(settings.UPLOAD_MAX_BYTES, len(pdf)),
    )
    if not found.accept:
        raise DomainError(
            "Chứng thư số này không dùng để ký văn bản này được. Văn bản chưa thay đổi.", list(found.refusals)
        )
    return found


def _stamp(pdf: bytes, certificate: x509.Certificate, slot: str, mandate: Mandate, now: datetime.datetime) -> bytes:
    subject = keys.subject_name(certificate)
    organisation = certificate.subject.native.get("organization_name")
    return stamps.certificate(
        subject,
        f"{mandate.capacity}, {mandate.organisation}",
        now,
        keys.issuer_name(certificate),
        organisation=subject == organisation,
        size=revisions.field_size(pdf, slot),
    )


def _reason(mandate: Mandate) -> str:
    return f"Ký với tư cách {mandate.capacity}, {mandate.organisation}"


# --- (c) two steps ------------------------------------------------------------------------------------------------------
def begin_token(
    document: Document, *, actor: Any, slot: str, certificate: bytes, now: datetime.datetime | None = None
) -> PreparedSignature:
    """First step: the file with an empty place for the signature, and the digest that the token must sign.

    Beginning again forgets the earlier attempt of the same person.
    """
    now = now or timezone.now()
    mandate = may_sign(document, actor=actor, slot=slot, method=Signature.Method.TOKEN)
    if len(certificate) > CERTIFICATE_MAX_BYTES:
        raise DomainError("Tệp chứng thư quá lớn. Hãy chọn đúng tệp chứng thư số (.cer, .crt, .pem).")
    base = document.current
    before = files.read(base)
    stamp = _stamp(before, twophase.read_certificates(certificate)[0], slot, mandate, now)
    prepared = twophase.begin(before, slot=slot, certificate=certificate, stamp=stamp, reason=_reason(mandate), now=now)
    with transaction.atomic():
        file = store_bytes(prepared.pdf, document.frozen.name, kind=revisions.PDF, actor=actor)
        row, _ = PreparedSignature.objects.update_or_create(
            document=document,
            slot=slot,
            started_by=actor,
            defaults={"base": base, "state": prepared.dump(), "file": file, "started_at": now},
        )
    return row


def prepared_of(row: PreparedSignature) -> twophase.Prepared:
    """What ``row`` waits with: the file and the digest."""
    return twophase.Prepared.load(row.state, files.read(row.file))


def finish_token(
    row: PreparedSignature, *, actor: Any, signature: bytes, now: datetime.datetime | None = None
) -> Signature:
    """Second step: the token's signature comes back and is put in place.

    Raises DomainError when it is not over this digest, or when somebody else signed in between (begin again then).
    """
    now = now or timezone.now()
    if row.started_by_id != actor.pk:
        raise PermissionDenied
    document, slot, method = row.document, row.slot, Signature.Method.TOKEN
    may_sign(document, actor=actor, slot=slot, method=method)
    if now - row.started_at > PATIENCE:
        raise DomainError(
            "Mã băm này đã lấy quá một ngày; giờ ký và chức danh ghi trong đó đã cũ. Hãy bắt đầu lại để lấy mã băm mới."
        )
    if document.current_id != row.base_id:
        raise DomainError(
            "Từ lúc bắt đầu, văn bản đã có thêm chữ ký nên mã băm này không còn dùng được. "
            "Hãy bắt đầu lại để lấy mã băm của bản mới nhất."
        )
    pdf = twophase.finish(prepared_of(row), signature, timestamps.timestamper())
    found = _judge(document, pdf, files.read(row.base), actor=actor, slot=slot, now=now)
    with transaction.atomic():
        made = revisions.take_in(document, pdf, found, actor=actor, slot=slot, method=method, base=row.base, now=now)
        row.delete()
    return made


def read_signature(data: bytes) -> bytes:
    """The signature that a token gave, as raw bytes, base64 or hex text. Raises DomainError."""
    text = b"".join(data.split())
    if not text:
        raise DomainError("Chưa có chữ ký. Hãy dán chữ ký dạng base64 hoặc chọn tệp chữ ký.")
    for decode in (binascii.unhexlify, lambda each: base64.b64decode(each, validate=True)):
        try:
            return decode(text)
        except (binascii.Error, ValueError):
            continue
    return data
