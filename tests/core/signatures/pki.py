"""A small public-key infrastructure for the tests: two levels of authority, people, organisations, a timestamp service.

Everything is made once per process (keys cost the most). Identities with the same arguments are the same object::

    leader = pki.person("Nguyễn Văn A", organisation="UBND xã Mẫu")
    leader.p12("mật khẩu")            # PKCS#12 with the chain
    pki.root().asn1                    # anchor for pyHanko; .certificate for cryptography
    pki.crl(revoked={leader: when})    # a DER list of the issuing authority
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
VALID_TO = datetime(2045, 1, 1, tzinfo=UTC)
# What a certificate for signing documents may do, as the public Vietnamese authorities issue it.
SIGNING = ("digital_signature", "content_commitment")


@dataclass(frozen=True, eq=False)
class Identity:
    """A key, its certificate and the certificates above it (nearest first, without the root)."""

    certificate: x509.Certificate
    key: PrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def pem_chain(self) -> bytes:
        """The certificate and what stands between it and the root, as one PEM file."""
        return self.pem + b"".join(each.public_bytes(serialization.Encoding.PEM) for each in self.chain)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.der)

    @property
    def asn1_chain(self) -> list[asn1_x509.Certificate]:
        return [asn1_x509.Certificate.load(each.public_bytes(serialization.Encoding.DER)) for each in self.chain]

    @property
    def asn1_key(self) -> asn1_keys.PrivateKeyInfo:
        return asn1_keys.PrivateKeyInfo.load(self.key_der)

    @property
    def key_der(self) -> bytes:
        """The private key as unencrypted PKCS#8 DER."""
        return self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def p12(self, password: str, *, chain: bool = True) -> bytes:
        """The key, its certificate and (unless told otherwise) the chain as a PKCS#12 file."""
        return pkcs12.serialize_key_and_certificates(
            b"signing",
            self.key,
            self.certificate,
            list(self.chain) if chain else None,
            serialization.BestAvailableEncryption(password.encode()),
        )

    def signer(self) -> SimpleSigner:
        """A plain pyHanko signer, for what the portal itself would refuse to sign."""
        return SimpleSigner(self.asn1, self.asn1_key, SimpleCertificateStore.from_certs(self.asn1_chain))

    def sign_digest(self, digest: bytes) -> bytes:
        """What a token does in two-phase signing: sign a SHA-256 digest that it is shown (RSA PKCS#1 v1.5 or ECDSA)."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        return self.key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))


@functools.cache
def private_key(algorithm: str, owner: str) -> PrivateKey:
    """``rsa-2048``, ``rsa-1024``, ``p-256``, ``p-192``: one key per owner."""
    kind, size = algorithm.split("-")
    if kind == "rsa":
        return rsa.generate_private_key(65537, int(size))
    return ec.generate_private_key({"256": ec.SECP256R1(), "384": ec.SECP384R1(), "192": ec.SECP192R1()}[size])


def name(common_name: str, organisation: str = "", title: str = "", uid: str = "") -> x509.Name:
    values = [
        (NameOID.COUNTRY_NAME, "VN"),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.TITLE, title),
        (NameOID.COMMON_NAME, common_name),
        (NameOID.USER_ID, uid),
    ]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in values if value])


@functools.cache
def authority(common_name: str, above: str = "", algorithm: str = "rsa-2048") -> Identity:
    """A certificate authority; a root unless ``above`` names the root over it."""
    parent = authority(above) if above else None
    key = private_key(algorithm, common_name)
    subject = name(common_name, "Chứng thực thử")
    builder = _builder(subject, key, parent.certificate if parent else None)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    certificate = builder.sign(parent.key if parent else key, hashes.SHA256())
    return Identity(certificate, key)


def root() -> Identity:
    return authority("Gốc chứng thực thử")


def intermediate() -> Identity:
    """The authority that issues every leaf unless the test says otherwise."""
    return authority("Chứng thực cấp dưới thử", "Gốc chứng thực thử")


def unknown_root() -> Identity:
    """A root that nobody configured as an anchor."""
    return authority("Gốc không ai biết")


@functools.cache
def leaf(
    common_name: str,
    *,
    organisation: str = "",
    title: str = "",
    uid: str = "",
    algorithm: str = "rsa-2048",
    valid_from: datetime = VALID_FROM,
    valid_to: datetime = VALID_TO,
    unknown: bool = False,
    self_signed: bool = False,
    usages: tuple[str, ...] = SIGNING,
    sha1: bool = False,
    crl_url: str = "",
    timestamping: bool = False,
) -> Identity:
    """A certificate at the end of the chain, with every fault that a test may want.

    ``unknown``: issued by a root nobody knows. ``sha1``: the authority signed the certificate with SHA-1.
    """
    issuer = unknown_root() if unknown else intermediate()
    key = private_key(algorithm, f"{common_name}/{organisation}")
    builder = _builder(
        name(common_name, organisation, title, uid),
        key,
        None if self_signed else issuer.certificate,
        valid_from,
        valid_to,
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(*usages), critical=True)
    if timestamping:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    if crl_url:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    signing_key = key if self_signed else issuer.key
    certificate = builder.sign(signing_key, hashes.SHA256())
    if sha1:
        certificate = _signed_again_with_sha1(certificate, signing_key)
    chain = () if unknown or self_signed else (issuer.certificate,)
    return Identity(certificate, key, chain)


def person(common_name: str, *, organisation: str = "UBND xã Mẫu", **options) -> Identity:
    """Someone with a certificate of his own; options as ``leaf``."""
    return leaf(common_name, organisation=organisation, **options)


def organisation(common_name: str, **options) -> Identity:
    """The certificate of an organisation: its name is both subject and organisation."""
    return leaf(common_name, organisation=common_name, **options)


def expired(common_name: str = "Người Hết Hạn", **options) -> Identity:
    return person(common_name, valid_to=datetime(2024, 1, 1, tzinfo=UTC), **options)


def not_yet_valid(common_name: str = "Người Chưa Tới Hạn", **options) -> Identity:
    return person(common_name, valid_from=datetime(2044, 1, 1, tzinfo=UTC), **options)


def weak(common_name: str = "Người Khóa Yếu", **options) -> Identity:
    return person(common_name, algorithm="rsa-1024", **options)


def wrong_usage(common_name: str = "Người Sai Mục Đích", **options) -> Identity:
    """A certificate for encryption only."""
    return person(common_name, usages=("key_encipherment",), **options)


def tsa() -> Identity:
    """The timestamp authority, under the same root."""
    return leaf("Dịch vụ dấu thời gian thử", usages=("digital_signature",), timestamping=True)


def unknown_tsa() -> Identity:
    return leaf("Dấu thời gian lạ", usages=("digital_signature",), timestamping=True, unknown=True)


def timestamper(at: datetime | None = None, authority: Identity | None = None) -> DummyTimeStamper:
    """A timestamp service inside the process; ``at`` fixes its clock."""
    authority = authority or tsa()
    store = SimpleCertificateStore.from_certs(authority.asn1_chain)
    return DummyTimeStamper(authority.asn1, authority.asn1_key, store, fixed_dt=at)


def crl(
    revoked: Mapping[Identity, datetime] | None = None,
    *,
    issuer: Identity | None = None,
    this_update: datetime = VALID_FROM,
    next_update: datetime = VALID_TO,
) -> bytes:
    """The revocation list (DER) of the authority: who was revoked, and when."""
    issuer = issuer or intermediate()
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(this_update).next_update(next_update)
    builder = builder.add_extension(x509.CRLNumber(1), critical=False)
    builder = builder.add_extension(_authority_key(issuer.certificate), critical=False)
    for identity, when in (revoked or {}).items():
        entry = x509.RevokedCertificateBuilder().serial_number(identity.certificate.serial_number).revocation_date(when)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _builder(
    subject: x509.Name,
    key: PrivateKey,
    issuer: x509.Certificate | None,
    valid_from: datetime = VALID_FROM,
    valid_to: datetime = VALID_TO,
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
    builder = builder.public_key(key.public_key()).serial_number(_serial(subject, valid_from, key))
    builder = builder.not_valid_before(valid_from).not_valid_after(valid_to)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    if issuer is not None:
        builder = builder.add_extension(_authority_key(issuer), critical=False)
    return builder


def _authority_key(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _serial(subject: x509.Name, valid_from: datetime, key: PrivateKey) -> int:
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha256(subject.public_bytes() + valid_from.isoformat().encode() + public).digest()
    return int.from_bytes(digest[:15], "big") | 1


def _usage(*allowed: str) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{each: each in allowed for each in names})


def _signed_again_with_sha1(certificate: x509.Certificate, key: PrivateKey) -> x509.Certificate:
    """cryptography signs no certificate with SHA-1 any more: exchange the algorithm and the signature by hand."""
    parsed = asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    rsa_key = isinstance(key, rsa.RSAPrivateKey)
    algorithm = SignedDigestAlgorithm({"algorithm": "sha1_rsa" if rsa_key else "sha1_ecdsa"})
    parsed["tbs_certificate"]["signature"] = algorithm
    parsed["signature_algorithm"] = algorithm
    body = parsed["tbs_certificate"].dump(force=True)
    if isinstance(key, rsa.RSAPrivateKey):
        parsed["signature_value"] = key.sign(body, padding.PKCS1v15(), hashes.SHA1())
    else:
        parsed["signature_value"] = key.sign(body, ec.ECDSA(hashes.SHA1()))
    return x509.load_der_x509_certificate(parsed.dump(force=True))


def lifetime(days: int, *, until: datetime) -> dict[str, datetime]:
    """``person("…", **lifetime(365, until=…))``: a certificate that lived so long."""
    return {"valid_from": until - timedelta(days=days), "valid_to": until}
