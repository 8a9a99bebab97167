"""Keys that sign: a PKCS#12 file, a PKCS#11 token, and the portal's own seal.

A key is opened for one act and closed again; passwords and PINs live no longer than that. Every certificate passes
``check_certificate`` first: TT 15/2025/TT-BKHCN asks the signing tool to look before it signs.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import pkcs11
from asn1crypto import x509
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.pkcs12 import Pfx
from cryptography import x509 as crypto_x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dvk_portal.core.exceptions import DomainError

LEAST_BITS = {"rsa": 2048, "ec": 256}  # TT 15/2025/TT-BKHCN
SEAL_NAME = "Con dấu của cổng (tự tạo)"
SEAL_YEARS = 5


class SigningKey(Protocol):
    """A key with its certificate. ``open`` gives a pyHanko signer for the length of one act.

    Raises ``DomainError`` when the key cannot be opened or its certificate may not sign at ``now``.
    """

    def open(self, now: datetime | None = None) -> AbstractContextManager[Signer]: ...


@dataclass(frozen=True)
class Pkcs12Key:
    """The key of a PKCS#12 file (.p12, .pfx); ``data`` is the file."""

    data: bytes = field(repr=False)
    password: str = field(repr=False)

    @contextmanager
    def open(self, now: datetime | None = None) -> Iterator[Signer]:
        signer = _read_pkcs12(self.data, self.password)
        check_certificate(signer.signing_cert, now or timezone.now())
        yield signer


@dataclass(frozen=True)
class Pkcs11Key:
    """A key inside a token or HSM; key and certificate carry the same ``label``."""

    module: str
    token: str
    pin: str = field(repr=False)
    label: str

    @contextmanager
    def open(self, now: datetime | None = None) -> Iterator[Signer]:
        _load_driver(self.module)
        with _token_errors(self):
            session = open_pkcs11_session(
                self.module, token_criteria=TokenCriteria(label=self.token), user_pin=self.pin
            )
        with session, _token_errors(self):
            signer = PKCS11Signer(session, cert_label=self.label, key_label=self.label, other_certs_to_pull=None)
            # SoftHSM and several tokens know ECDSA only over a digest made outside.
            signer.use_raw_mechanism = signer.signing_cert.public_key.algorithm == "ec"
            check_certificate(signer.signing_cert, now or timezone.now())
            yield signer


def configured_token() -> Pkcs11Key | None:
    """The token or HSM that the installation names (``PKCS11_…``), if any."""
    if not settings.PKCS11_MODULE:
        return None
    return Pkcs11Key(settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.PKCS11_PIN, settings.PKCS11_LABEL)


def check_certificate(certificate: x509.Certificate, now: datetime) -> None:
    """Refuse to sign with a certificate that no verifier would accept: dates, key length, purpose.

    Whether its issuer is trusted is a question of verification, not of signing.
    """
    name = subject_name(certificate)
    if now < certificate.not_valid_before:
        day = timezone.localtime(certificate.not_valid_before)
        raise DomainError(f"Chứng thư số của {name} chưa có hiệu lực (từ {day:%d/%m/%Y}). Hãy dùng chứng thư khác.")
    if now > certificate.not_valid_after:
        day = timezone.localtime(certificate.not_valid_after)
        raise DomainError(
            f"Chứng thư số của {name} đã hết hạn ngày {day:%d/%m/%Y}. Hãy gia hạn hoặc dùng chứng thư khác."
        )
    algorithm, bits = certificate.public_key.algorithm, certificate.public_key.bit_size
    if algorithm not in LEAST_BITS:
        raise DomainError(f"Khóa của {name} thuộc loại cổng chưa hỗ trợ ({algorithm}). Hãy dùng khóa RSA hoặc ECDSA.")
    if bits < LEAST_BITS[algorithm]:
        raise DomainError(
            f"Khóa của {name} quá yếu ({algorithm.upper()} {bits} bit). "
            "Quy định yêu cầu RSA từ 2048 bit hoặc ECDSA từ 256 bit; hãy dùng chứng thư khác."
        )
    usage = certificate.key_usage_value
    if usage is not None and not usage.native & {"digital_signature", "non_repudiation"}:
        raise DomainError(f"Chứng thư số của {name} không dùng để ký số. Hãy chọn chứng thư ký.")


def subject_name(certificate: x509.Certificate) -> str:
    """The person or organisation that a certificate names: common name, else organisation, else the whole subject."""
    return _common_name(certificate.subject)


def issuer_name(certificate: x509.Certificate) -> str:
    """The authority that issued a certificate."""
    return _common_name(certificate.issuer)


def _common_name(name: x509.Name) -> str:
    values = name.native
    found = values.get("common_name") or values.get("organization_name") or name.human_friendly
    return found if isinstance(found, str) else ", ".join(found)


@sensitive_variables()
def _read_pkcs12(data: bytes, password: str) -> SimpleSigner:
    try:
        Pfx.load(data, strict=True).native  # noqa: B018  parsing is lazy: this reads the whole outer structure
    except (ValueError, TypeError) as error:
        raise DomainError("Tệp khóa không phải tệp PKCS#12 (.p12, .pfx) hoặc đã hỏng. Hãy chọn lại tệp.") from error
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password.encode())
    except UnsupportedAlgorithm as error:
        raise DomainError(
            "Tệp khóa dùng kiểu mã hóa quá cũ. Hãy xuất lại tệp PKCS#12 với mã hóa AES-256 rồi thử lại."
        ) from error
    except ValueError as error:
        raise DomainError("Mật khẩu của tệp khóa không đúng. Hãy nhập lại.") from error
    if key is None or certificate is None:
        raise DomainError("Tệp PKCS#12 không chứa khóa riêng cùng chứng thư. Hãy chọn tệp có cả hai.")
    pkcs8 = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SimpleSigner(
        _asn1(certificate),
        PrivateKeyInfo.load(pkcs8),
        SimpleCertificateStore.from_certs([_asn1(each) for each in others]),
    )


def _asn1(certificate: crypto_x509.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _load_driver(module: str) -> None:
    if not Path(module).is_file():
        raise DomainError(
            f"Không tìm thấy phần mềm điều khiển thiết bị ký ({module}). Hãy báo người quản trị hệ thống."
        )
    try:
        pkcs11.lib(module)
    except pkcs11.exceptions.PKCS11Error as error:
        raise DomainError(
            f"Không dùng được phần mềm điều khiển thiết bị ký ({module}). Hãy báo người quản trị hệ thống."
        ) from error


@contextmanager
def _token_errors(key: Pkcs11Key) -> Iterator[None]:
    """What can go wrong with a token, said in a sentence."""
    try:
        yield
    except pkcs11.exceptions.PinLocked as error:
        raise DomainError(
            "Thiết bị ký đã bị khóa vì nhập sai mã PIN nhiều lần. Hãy liên hệ nơi cấp để mở khóa."
        ) from error
    except (
        pkcs11.exceptions.PinIncorrect,
        pkcs11.exceptions.PinInvalid,
        pkcs11.exceptions.PinLenRange,
        pkcs11.exceptions.ArgumentsBad,
    ) as error:
        raise DomainError("Mã PIN của thiết bị ký không đúng. Hãy nhập lại; sai nhiều lần thiết bị sẽ khóa.") from error
    except pkcs11.exceptions.PKCS11Error as error:
        text = str(error)
        if "No token" in text or "slot" in text:
            raise DomainError(f"Không thấy thiết bị ký “{key.token}”. Hãy cắm thiết bị rồi thử lại.") from error
        if "certificate" in text or "private key" in text:
            raise DomainError(f"Thiết bị ký không có khóa và chứng thư mang nhãn “{key.label}”.") from error
        raise DomainError(f"Thiết bị ký báo lỗi ({type(error).__name__}). Hãy rút ra, cắm lại rồi thử lại.") from error


# --- the portal's own seal -------------------------------------------------------------------------------------------


def portal_seal() -> SigningKey:
    """The key with which the portal seals what people consented to.

    ``PORTAL_SEAL_FILE`` names it. Unset: development and the demonstration make one themselves, once; a real
    installation refuses (``PORTAL_SEAL_SELF_MADE`` is off there), for such a seal would be trusted by nobody.
    """
    path = seal_file()
    if not settings.PORTAL_SEAL_FILE:
        if not settings.PORTAL_SEAL_SELF_MADE:
            raise DomainError(
                "Cổng chưa có con dấu (chứng thư số của cổng). Hãy báo người quản trị đặt PORTAL_SEAL_FILE."
            )
        if not path.exists():
            _make_seal(path)
    try:
        return _PortalKey(_loaded_seal(path, path.stat().st_mtime_ns, settings.PORTAL_SEAL_PASSWORD))
    except (OSError, DomainError) as error:
        reason = error.message if isinstance(error, DomainError) else error.strerror
        raise DomainError(
            f"Không dùng được con dấu của cổng ({path.name}: {reason}) Hãy báo người quản trị hệ thống."
        ) from error


def portal_anchor() -> x509.Certificate:
    """The certificate that verification trusts for the portal's own seal: the top of what its file contains."""
    with portal_seal().open() as signer:
        known = {each.subject.hashable: each for each in signer.cert_registry}
        top, passed = signer.signing_cert, set()
        while top.issuer.hashable in known and top.self_issued is False and top.subject.hashable not in passed:
            passed.add(top.subject.hashable)
            top = known[top.issuer.hashable]
        return top


def seal_file() -> Path:
    """Where the portal's seal is, or would be made."""
    return Path(settings.PORTAL_SEAL_FILE or Path(settings.STATE_DIR) / "portal_seal.p12")


@dataclass(frozen=True)
class _PortalKey:
    """The seal, read once per process: a hundred pledges are not a hundred derivations of the same password."""

    signer: SimpleSigner = field(repr=False)

    @contextmanager
    def open(self, now: datetime | None = None) -> Iterator[Signer]:
        check_certificate(self.signer.signing_cert, now or timezone.now())
        yield self.signer


@lru_cache(maxsize=1)
def _loaded_seal(path: Path, changed: int, password: str) -> SimpleSigner:
    return _read_pkcs12(path.read_bytes(), password)


def _make_seal(path: Path) -> None:
    """Make an authority and its one certificate. Of two processes that do so at once, the first one's file stays.

    The authority's own key is forgotten at once: nobody can ever issue a second certificate in its name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600, exist_ok=False)
    try:
        draft.write_bytes(_self_made_seal(settings.PORTAL_SEAL_PASSWORD))
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _self_made_seal(password: str) -> bytes:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    # The demonstration plays a year that is partly over: what it sealed then must not precede the certificate.
    since, until = today - timedelta(days=730), today + timedelta(days=365 * SEAL_YEARS + 1)
    above_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    above_name = crypto_x509.Name([crypto_x509.NameAttribute(NameOID.COMMON_NAME, "Gốc của cổng (tự tạo)")])
    name = crypto_x509.Name([crypto_x509.NameAttribute(NameOID.COMMON_NAME, SEAL_NAME)])
    above_id = crypto_x509.SubjectKeyIdentifier.from_public_key(above_key.public_key())

    def certificate(subject, public_key, *, authority: bool) -> crypto_x509.Certificate:
        builder = crypto_x509.CertificateBuilder(above_name, subject, public_key, crypto_x509.random_serial_number())
        builder = builder.not_valid_before(since).not_valid_after(until)
        for extension, critical in (
            (crypto_x509.BasicConstraints(ca=authority, path_length=0 if authority else None), True),
            (_seal_usage(authority=authority), True),
            (crypto_x509.SubjectKeyIdentifier.from_public_key(public_key), False),
            (crypto_x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(above_id), False),
        ):
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(above_key, hashes.SHA256())

    above = certificate(above_name, above_key.public_key(), authority=True)
    own = certificate(name, key.public_key(), authority=False)
    protection = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"seal", key, own, [above], protection)


def _seal_usage(*, authority: bool) -> crypto_x509.KeyUsage:
    return crypto_x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
