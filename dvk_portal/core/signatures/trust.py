"""Whom verification trusts: the roots of certification authorities and timestamp services, and the portal's own.

Which roots those are is configuration with validity dates (Ban Cơ yếu for công vụ, NEAC for the public authorities; law.md
R-70.4). This module reads certificates and turns configured rows into ``Anchors``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from asn1crypto import pem, x509
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.signatures import keys

SIGNATURE, TIMESTAMP = "signature", "timestamp"
# asn1crypto parses lazily: a broken certificate fails in any of these ways, at any attribute.
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)
MAX_BYTES = 100_000


@dataclass(frozen=True)
class Anchor:
    """A root that is trusted from ``valid_from`` to ``valid_to`` (days, both included; None = without limit)."""

    name: str
    certificate: x509.Certificate
    valid_from: date | None = None
    valid_to: date | None = None

    def trusted_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Anchors:
    """What a verification trusts. ``portal`` is the root of the portal's own seal: trusted, but labelled as what it is."""

    signature: tuple[Anchor, ...] = ()
    timestamp: tuple[Anchor, ...] = ()
    portal: Anchor | None = None

    def for_signatures(self, moment: datetime) -> list[Anchor]:
        """The roots under which a signature made at ``moment`` is trusted, the portal's included."""
        portal = (self.portal,) if self.portal else ()
        return [anchor for anchor in (*self.signature, *portal) if anchor.trusted_on(_day(moment))]

    def for_timestamps(self, moment: datetime) -> list[Anchor]:
        """The roots under which a timestamp given at ``moment`` is trusted."""
        return [anchor for anchor in self.timestamp if anchor.trusted_on(_day(moment))]


def anchors_from(rows: Iterable[Any], portal_root: x509.Certificate | bytes | None) -> Anchors:
    """Anchors out of configured rows (``name``, ``pem``, ``use``, ``valid_from``, ``valid_to``) and the portal's root.

    Raises ``DomainError`` for a row whose text is no certificate; rows are checked by ``read_certificate`` when entered.
    """
    found: dict[str, list[Anchor]] = {SIGNATURE: [], TIMESTAMP: []}
    for row in rows:
        text = row.pem.encode() if isinstance(row.pem, str) else bytes(row.pem)
        found[str(row.use)].append(Anchor(row.name, _load(text), row.valid_from, row.valid_to))
    if isinstance(portal_root, bytes):
        portal_root = _load(portal_root)
    portal = Anchor(keys.subject_name(portal_root), portal_root) if portal_root is not None else None
    return Anchors(tuple(found[SIGNATURE]), tuple(found[TIMESTAMP]), portal)


def read_certificate(data: bytes, *, now: datetime | None = None) -> dict[str, Any]:
    """Facts of a root certificate that somebody wants to be trusted (PEM or DER), with its ``pem`` to be stored.

    Raises ``DomainError`` when it is no certificate, not one of an authority, not in force or too weak.
    """
    now = now or timezone.now()
    certificate = _load(data)
    try:
        facts = _facts(certificate)
        authority = bool(certificate.ca)
    except BROKEN as error:
        raise DomainError(_NO_CERTIFICATE) from error
    name = facts["common_name"]
    if not authority:
        raise DomainError(
            f"Chứng thư của {name} không phải của tổ chức chứng thực. Hãy tải lên chứng thư gốc hoặc chứng thư cấp dưới của "
            "tổ chức chứng thực, không phải chứng thư của người ký."
        )
    if facts["valid_to"] < now:
        raise DomainError(
            f"Chứng thư của {name} đã hết hạn ngày {_date(facts['valid_to'])}. Hãy tải lên chứng thư mới."
        )
    if facts["valid_from"] > now:
        raise DomainError(
            f"Chứng thư của {name} chưa có hiệu lực (từ {_date(facts['valid_from'])}). Hãy kiểm tra lại tệp."
        )
    if facts["key_size"] < keys.LEAST_BITS.get(facts["key_algorithm"], 1 << 30):
        raise DomainError(
            f"Khóa của {name} không đủ mạnh ({facts['key_algorithm'].upper()} {facts['key_size']} bit). "
            "Chỉ nhận RSA từ 2048 bit hoặc ECDSA từ 256 bit."
        )
    return facts


_NO_CERTIFICATE = "Tệp không phải chứng thư số (X.509, dạng PEM hoặc DER). Hãy chọn lại tệp .cer, .crt hoặc .pem."


def _load(data: bytes) -> x509.Certificate:
    """Exactly one certificate, PEM or DER."""
    if not data or len(data) > MAX_BYTES:
        raise DomainError(_NO_CERTIFICATE)
    try:
        if pem.detect(data):
            blocks = list(pem.unarmor(data, multiple=True))
            if any(kind != "CERTIFICATE" for kind, _, _ in blocks):
                raise DomainError(
                    "Tệp chứa nội dung khác ngoài chứng thư (có thể là khóa riêng). Hãy chỉ tải lên chứng thư."
                )
            if len(blocks) != 1:
                raise DomainError(f"Tệp chứa {len(blocks)} chứng thư. Hãy tải lên từng chứng thư một.")
            data = blocks[0][2]
        certificate = x509.Certificate.load(data, strict=True)
        certificate.native  # noqa: B018  parsing is lazy: this reads everything once
    except BROKEN as error:
        raise DomainError(_NO_CERTIFICATE) from error
    return certificate


def _facts(certificate: x509.Certificate) -> dict[str, Any]:
    return {
        "common_name": keys.subject_name(certificate),
        "subject": certificate.subject.human_friendly,
        "issuer": keys.issuer_name(certificate),
        "serial": f"{certificate.serial_number:X}",
        "valid_from": certificate.not_valid_before,
        "valid_to": certificate.not_valid_after,
        "key_algorithm": certificate.public_key.algorithm,
        "key_size": certificate.public_key.bit_size,
        "self_signed": certificate.self_issued,
        "sha256": certificate.sha256.hex(),
        "pem": pem.armor("CERTIFICATE", certificate.dump()).decode("ascii"),
    }


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _date(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y}"
