"""Signing with a key that the server never sees: a token on the person's desk or a remote signing service.

``begin`` writes the file with an empty place for the signature and says which digest to sign; the token signs it; ``finish``
checks the signature against the certificate and puts it in place. Between the two lie a ``Prepared`` and nothing else.
"""

import base64
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms, pem, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.signatures import keys, pades

# What signing tools call the two ways, with the digest as input.
ALGORITHMS = {"rsa": "SHA256withRSA", "ec": "SHA256withECDSA"}


@dataclass(frozen=True)
class Prepared:
    """A file waiting for its signature.

    ``pdf`` is the file with the empty place, ``base_sha256`` the hash of the file it was made from: before finishing, the
    caller checks that nobody signed that file meanwhile. ``certificates``: DER, the signer's own first.
    """

    pdf: bytes
    slot: str
    base_sha256: str
    document_digest: bytes
    place: tuple[int, int]
    signed_attributes: bytes
    certificates: tuple[bytes, ...]

    @property
    def digest(self) -> bytes:
        """The SHA-256 digest that the token signs (of the signed attributes, which hold the digest of the document)."""
        return hashlib.sha256(self.signed_attributes).digest()

    @property
    def digest_hex(self) -> str:
        return self.digest.hex()

    @property
    def digest_base64(self) -> str:
        return base64.b64encode(self.digest).decode()

    @property
    def algorithm(self) -> str:
        """``SHA256withRSA`` (PKCS#1 v1.5) or ``SHA256withECDSA``."""
        return ALGORITHMS[self.certificate.public_key.algorithm]

    @property
    def certificate(self) -> x509.Certificate:
        return x509.Certificate.load(self.certificates[0])

    def dump(self) -> dict[str, Any]:
        """Everything but the file itself, as JSON can hold it."""
        return {
            "slot": self.slot,
            "base_sha256": self.base_sha256,
            "document_digest": self.document_digest.hex(),
            "place": list(self.place),
            "signed_attributes": base64.b64encode(self.signed_attributes).decode(),
            "certificates": [base64.b64encode(each).decode() for each in self.certificates],
        }

    @classmethod
    def load(cls, data: dict[str, Any], pdf: bytes) -> "Prepared":
        """The counterpart of ``dump``."""
        start, end = data["place"]
        return cls(
            pdf=pdf,
            slot=data["slot"],
            base_sha256=data["base_sha256"],
            document_digest=bytes.fromhex(data["document_digest"]),
            place=(start, end),
            signed_attributes=base64.b64decode(data["signed_attributes"]),
            certificates=tuple(base64.b64decode(each) for each in data["certificates"]),
        )


def begin(
    pdf: bytes, *, slot: str, certificate: bytes, stamp: bytes | None, reason: str, now: datetime, location: str = ""
) -> Prepared:
    """Prepare the empty field ``slot`` for a signature made elsewhere with the key of ``certificate`` (DER or PEM chain).

    Raises ``DomainError`` when the certificate cannot be read or may not sign, the file is damaged, or the field is missing
    or signed.
    """
    chain = read_certificates(certificate)
    keys.check_certificate(chain[0], now)
    signer = ExternalSigner(chain[0], SimpleCertificateStore.from_certs(chain[1:]))
    opened = pades.start(
        pdf,
        slot=slot,
        signer=signer,
        stamp=stamp,
        reason=reason,
        location=location,
        now=now,
        room_for_timestamp=True,
    )
    attributes = pades.run(
        signer.signed_attrs(
            opened.digest.document_digest,
            pades.DIGEST,
            attr_settings=PdfCMSSignedAttributes(signing_time=now),
            use_pades=True,
        )
    )
    return Prepared(
        pdf=opened.output.getvalue(),
        slot=slot,
        base_sha256=hashlib.sha256(pdf).hexdigest(),
        document_digest=opened.digest.document_digest,
        place=(opened.digest.reserved_region_start, opened.digest.reserved_region_end),
        signed_attributes=attributes.dump(),
        certificates=tuple(each.dump() for each in chain),
    )


def finish(prepared: Prepared, signature: bytes, timestamper: TimeStamper | None = None) -> bytes:
    """Put the signature in place; with a timestamp service the result is PAdES B-T.

    ``signature``: PKCS#1 v1.5 for RSA; for ECDSA either DER or the plain pair r‖s that PKCS#11 tokens give. Raises
    ``DomainError`` when the signature was not made over this file with the key of the certificate, when the prepared file was
    changed meanwhile, or when the timestamp service fails. ``prepared`` is left as it was: the person may try again.
    """
    _demand_unchanged(prepared)
    signature = _demand_genuine(prepared, signature)
    chain = [x509.Certificate.load(each) for each in prepared.certificates]
    signer = ExternalSigner(chain[0], SimpleCertificateStore.from_certs(chain[1:]), signature_value=signature)
    output = io.BytesIO(prepared.pdf)
    with pades.making():
        container = pades.run(
            signer.async_sign_prescribed_attributes(
                pades.DIGEST, cms.CMSAttributes.load(prepared.signed_attributes), timestamper=timestamper
            )
        )
        PdfTBSDocument.resume_signing(
            output, PreparedByteRangeDigest(prepared.document_digest, *prepared.place), container
        )
    return output.getvalue()


def read_certificates(data: bytes) -> list[x509.Certificate]:
    """The certificates of a DER or PEM file, the signer's own first (in PEM: whichever issued none of the others).

    Raises ``DomainError`` when there is none to be read.
    """
    try:
        blocks = [der for _, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
        found = [x509.Certificate.load(der, strict=True) for der in blocks]
        for each in found:
            each.native  # noqa: B018  parsing is lazy: a damaged certificate must fail here
    except (ValueError, TypeError) as error:
        raise DomainError("Không đọc được chứng thư số. Hãy gửi chứng thư dạng PEM hoặc DER (.cer, .crt).") from error
    issuers = {each.issuer.hashable for each in found if each.self_issued is False}
    return sorted(found, key=lambda each: each.subject.hashable in issuers or bool(each.ca))


def _demand_unchanged(prepared: Prepared) -> None:
    start, end = prepared.place
    outside = hashlib.sha256(prepared.pdf[:start] + prepared.pdf[end:]).digest()
    if outside != prepared.document_digest:
        raise DomainError("Tệp chờ ký đã bị thay đổi so với lúc chuẩn bị. Hãy bắt đầu ký lại.")


def _demand_genuine(prepared: Prepared, signature: bytes) -> bytes:
    """The signature as CMS wants it, once the certificate's key confirms it."""
    public_key = load_der_public_key(prepared.certificate.public_key.dump())
    way = Prehashed(hashes.SHA256())
    try:
        if isinstance(public_key, rsa.RSAPublicKey):
            public_key.verify(signature, prepared.digest, padding.PKCS1v15(), way)
        elif isinstance(public_key, ec.EllipticCurvePublicKey):
            signature = _as_der(signature, (public_key.key_size + 7) // 8)
            public_key.verify(signature, prepared.digest, ec.ECDSA(way))
    except InvalidSignature as error:
        raise DomainError(
            "Chữ ký không khớp với chứng thư số hoặc với văn bản này. Văn bản chưa thay đổi; hãy kiểm tra thiết bị rồi ký lại."
        ) from error
    return signature


def _as_der(signature: bytes, width: int) -> bytes:
    if len(signature) != 2 * width:
        return signature
    halves = signature[:width], signature[width:]
    return encode_dss_signature(*(int.from_bytes(half, "big") for half in halves))
