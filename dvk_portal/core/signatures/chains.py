"""From a certificate to a trusted root, whether it was revoked, and timestamps: the X.509 part of verification.

pyHanko's soft-fail mode looks at no list when the certificate names no distribution point, and calls silence success. So
paths are built without revocation first, and then every certificate is looked up by itself: good, revoked or not checked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import NonexistentAttributeError, find_unique_cms_attribute
from pyhanko.sign.validation import DocumentSecurityStore, EmbeddedPdfSignature, generic_cms
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    CRLValidationError,
    DisallowedAlgorithmError,
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    OCSPValidationError,
    PathError,
    PathValidationError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy, DisallowWeakAlgorithmsPolicy
from pyhanko_certvalidator.revinfo.archival import OCSPContainer
from pyhanko_certvalidator.revinfo.validate_crl import verify_crl
from pyhanko_certvalidator.revinfo.validate_ocsp import verify_ocsp_response
from pyhanko_certvalidator.validate import async_validate_path

from dvk_portal.core.signatures import keys
from dvk_portal.core.signatures.trust import Anchor, Anchors

# What pyHanko and asn1crypto raise on files and containers that are damaged or built to hurt.
FAULTS = (
    PdfError,
    PathError,
    ValidationError,
    CRLValidationError,
    OCSPValidationError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
ALGORITHMS = DisallowWeakAlgorithmsPolicy(rsa_key_size_threshold=keys.LEAST_BITS["rsa"])
# A list issued later counts too: a revocation carries its own date. What it proves after expiry is decided below.
_REVOCATION = CertRevTrustPolicy(NO_REVOCATION, retroactive_revinfo=True)
_EXPIRED_CERTIFICATES_ON_LIST = "2.5.29.60"
_MAX_ITEMS = 50
CLOCK_TOLERANCE = timedelta(minutes=10)  # between the clocks of an office computer, a timestamp service and the portal
# A timestamp service that was closed or renamed did not err before; one whose key was stolen may have erred at any time.
_HARMLESS_LATER = {"superseded", "cessation_of_operation", "affiliation_changed"}


@dataclass(frozen=True)
class Evidence:
    """Revocation lists, answers and certificates that came with the file or from outside. Nothing in it is trusted."""

    crls: tuple[crl.CertificateList, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()
    certificates: tuple[x509.Certificate, ...] = ()
    fetch: bool = False

    def and_also(self, other: "Evidence") -> "Evidence":
        return Evidence(
            self.crls + other.crls,
            self.ocsps + other.ocsps,
            self.certificates + other.certificates,
            self.fetch or other.fetch,
        )


@dataclass(frozen=True)
class Revocation:
    """``as_of``: known good on that day. ``revoked_at``: revoked then. Neither: not checked."""

    as_of: datetime | None = None
    revoked_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Chain:
    """``fault`` is "" or one of "unknown", "weak", "dates", "broken"; ``certificates`` run from the leaf to the anchor."""

    certificates: tuple[x509.Certificate, ...] = ()
    anchor: Anchor | None = None
    fault: str = "unknown"
    revocation: Revocation = Revocation()
    above: dict[str, Revocation] = field(default_factory=dict)

    @property
    def trusted(self) -> bool:
        return not self.fault


@dataclass(frozen=True)
class Timestamp:
    """A time and whether it is to be trusted; ``note`` says why not, or what to keep in mind."""

    time: datetime | None = None
    authority: str = ""
    trusted: bool = False
    note: str = ""
    certificate: x509.Certificate | None = None
    chain: Chain = Chain()
    intact: bool = False


def read_evidence(crls: Iterable[bytes], ocsps: Iterable[bytes], *, fetch: bool = False) -> Evidence:
    """Lists and answers given as DER; what cannot be read proves nothing and is left out."""
    return Evidence(_loaded(crl.CertificateList, crls), _loaded(ocsp.OCSPResponse, ocsps), fetch=fetch)


def stored_evidence(reader: PdfFileReader) -> Evidence:
    """Lists, answers and certificates of a file's security store (DSS)."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
        certificates = tuple(store.load_certs())
        crls, ocsps = ([each.get_object().data for each in items] for items in (store.crls, store.ocsps))
    except FAULTS:  # among them: there is none
        return Evidence()
    return read_evidence(crls, ocsps).and_also(Evidence(certificates=certificates))


def carried_evidence(embedded: EmbeddedPdfSignature) -> Evidence:
    """Certificates of the container and the revocation data that Adobe-style signatures carry inside."""
    within = Evidence(certificates=tuple(embedded.other_embedded_certs))
    try:
        carried = find_unique_cms_attribute(embedded.signer_info["signed_attrs"], "adobe_revocation_info_archival")
    except (NonexistentAttributeError, ValueError):
        return within
    crls, ocsps = ([each.dump() for each in carried[name]] if carried[name].native else [] for name in ("crl", "ocsp"))
    return within.and_also(read_evidence(crls, ocsps))


def _loaded(kind: type, items: Iterable[bytes]) -> tuple[Any, ...]:
    found = []
    for data in list(items)[:_MAX_ITEMS]:
        try:
            item = kind.load(data)
            item.native if kind is ocsp.OCSPResponse else item["tbs_cert_list"]["this_update"].native
        except FAULTS:
            continue
        found.append(item)
    return tuple(found)


async def assess(certificate: x509.Certificate, anchors: list[Anchor], moment: datetime, evidence: Evidence) -> Chain:
    """The chain of ``certificate`` as it stood at ``moment``, and the revocation of each of its certificates."""
    context = _context(anchors, moment, evidence)
    try:
        path, fault = await _path(certificate, context)
        if path is None:
            return Chain(fault=fault)
        certificates = tuple(reversed(list(path.iter_certs(include_root=True))))
        top = certificates[-1]
        anchor = next((each for each in anchors if each.certificate.sha256 == top.sha256), None)
        if fault:
            return Chain(certificates, anchor, fault)
        found = {each.sha256: await _revocation(each, path, anchors, moment, evidence) for each in certificates[:-1]}
        above = {keys.subject_name(each): found[each.sha256] for each in certificates[1:-1]}
        return Chain(certificates, anchor, "", found.get(certificate.sha256, Revocation()), above)
    finally:
        await context.aclose()


async def _path(certificate: x509.Certificate, context: ValidationContext) -> tuple[ValidationPath | None, str]:
    """The first valid path; else the last one tried and what is wrong with it."""
    failed, fault = None, "unknown"
    paths = context.path_builder.async_build_paths_lazy(certificate)
    try:
        async for path in paths:
            try:
                await async_validate_path(context, path)
            except ValidationError as error:
                failed, fault = path, _fault(error)
            else:
                return path, ""
    except PathError:
        pass
    finally:
        await paths.cancel()
    return failed, fault


def _fault(error: ValidationError) -> str:
    if isinstance(error, DisallowedAlgorithmError):
        return "weak"
    if isinstance(error, ExpiredError | NotYetValidError):
        return "dates"
    return "unknown" if isinstance(error, InvalidCertificateError) else "broken"


def _context(anchors: list[Anchor], moment: datetime, evidence: Evidence) -> ValidationContext:
    return ValidationContext(
        trust_roots=[anchor.certificate for anchor in anchors],
        other_certs=evidence.certificates[:_MAX_ITEMS],
        moment=moment,
        allow_fetching=evidence.fetch,
        crls=evidence.crls[:_MAX_ITEMS],
        ocsps=evidence.ocsps[:_MAX_ITEMS],
        revinfo_policy=_REVOCATION,
        algorithm_usage_policy=ALGORITHMS,
    )


# --- revocation ------------------------------------------------------------------------------------------------------


async def _revocation(
    certificate: x509.Certificate, path: ValidationPath, anchors: list[Anchor], moment: datetime, evidence: Evidence
) -> Revocation:
    """Good, revoked or not checked. One source that says "revoked" outweighs all that say "good"."""
    good: list[datetime] = []
    try:
        good += await _by_lists(certificate, path, anchors, moment, evidence)
        good += await _by_answers(certificate, path, anchors, moment, evidence)
    except RevokedError as error:
        return Revocation(revoked_at=error.revocation_dt, reason=error.reason.native or "")
    return Revocation(as_of=max(good, default=None))


async def _by_lists(
    certificate: x509.Certificate, path: ValidationPath, anchors: list[Anchor], moment: datetime, evidence: Evidence
) -> list[datetime]:
    """When the newest usable list was issued, if the lists settle that the certificate was good."""
    if not await _asked(verify_crl, certificate, path, anchors, moment, replace(evidence, ocsps=())):
        return []
    # After expiry an authority may drop a certificate from its list: silence proves nothing then.
    timely = tuple(
        each for each in evidence.crls if _issued(each) <= certificate.not_valid_after or _keeps_expired(each)
    )
    usable: list[datetime] = []
    for each in timely:
        alone = replace(evidence, crls=(each,), ocsps=(), fetch=False)
        if each.issuer == certificate.issuer and await _asked(verify_crl, certificate, path, anchors, moment, alone):
            usable.append(min(_issued(each), moment))  # a revocation after ``moment`` is not looked at
    if not usable and evidence.fetch:
        return [min(moment, certificate.not_valid_after)]
    return usable


async def _by_answers(
    certificate: x509.Certificate, path: ValidationPath, anchors: list[Anchor], moment: datetime, evidence: Evidence
) -> list[datetime]:
    good = []
    for response in evidence.ocsps:
        alone = replace(evidence, crls=(), ocsps=(response,), fetch=False)
        if await _asked(verify_ocsp_response, certificate, path, anchors, moment, alone):
            issued = [item.issuance_date for item in OCSPContainer.load_multi(response)]
            good += [min(each, moment) for each in issued if each and each <= certificate.not_valid_after]
    fetched = replace(evidence, crls=(), ocsps=())
    if evidence.fetch and await _asked(verify_ocsp_response, certificate, path, anchors, moment, fetched):
        good.append(min(moment, certificate.not_valid_after))
    return good


async def _asked(
    question: Callable[..., Any],
    certificate: x509.Certificate,
    path: ValidationPath,
    anchors: list[Anchor],
    moment: datetime,
    evidence: Evidence,
) -> bool:
    """Whether the evidence shows the certificate to be good. Raises ``RevokedError``."""
    context = _context(anchors, moment, evidence)
    try:
        await async_validate_path(context, path)
        await question(certificate, path, context)
    except RevokedError:
        raise
    except (CRLValidationError, OCSPValidationError, PathError, PathValidationError, ValueError, TypeError, KeyError):
        return False
    finally:
        await context.aclose()
    return True


def _issued(revocations: crl.CertificateList) -> datetime:
    return revocations["tbs_cert_list"]["this_update"].native


def _keeps_expired(revocations: crl.CertificateList) -> bool:
    extensions = revocations["tbs_cert_list"]["crl_extensions"]
    return any(each["extn_id"].dotted == _EXPIRED_CERTIFICATES_ON_LIST for each in extensions)


# --- timestamps ------------------------------------------------------------------------------------------------------


def _discredits(revocation: Revocation, time: datetime) -> bool:
    """Whether a revocation on the chain of a timestamp service makes what it said at ``time`` worthless."""
    revoked = revocation.revoked_at
    return revoked is not None and (revoked <= time or revocation.reason not in _HARMLESS_LATER)


async def read_timestamp(
    token: cms.SignedData, imprint: Callable[[str], bytes], anchors: Anchors, now: datetime, evidence: Evidence
) -> Timestamp:
    """A timestamp token (R-70.6): digest, signature, chain to a timestamp anchor. Never raises for a bad token."""
    try:
        certificates = generic_cms.extract_certs_for_validation(token)
        certificate = certificates.signer_cert
        time = token["encap_content_info"]["content"].parsed["gen_time"].native
        authority = keys.subject_name(certificate)
        expired = certificate.not_valid_after < now
        moment = time if expired else now
        evidence = evidence.and_also(Evidence(certificates=tuple(certificates.other_certs)))
        roots = anchors.for_timestamps(time)
        context = _context(roots, moment, evidence)
        status = TimestampSignatureStatus(**await generic_cms.validate_tst_signed_data(token, context, imprint))
        chain = await assess(certificate, roots, moment, evidence)
    except FAULTS:
        return Timestamp(note="dấu thời gian bị hỏng nên không được tính")
    found = {"time": time, "authority": authority, "certificate": certificate, "chain": chain}
    if not (status.intact and status.valid):
        return Timestamp(**found, note=f"dấu thời gian của {authority} không khớp với chữ ký nên không được tính")
    found["intact"] = True
    if not status.trusted or not chain.trusted or time > now + CLOCK_TOLERANCE:
        return Timestamp(
            **found, note=f"dấu thời gian của {authority} không thuộc tổ chức được tin cậy nên không được tính"
        )
    if any(_discredits(each, time) for each in (chain.revocation, *chain.above.values())):
        return Timestamp(
            **found, note=f"chứng thư của {authority} (dấu thời gian) đã bị thu hồi nên giờ đó không được tính"
        )
    note = f"chứng thư của {authority} (dấu thời gian) nay đã hết hạn; giờ được xét tại lúc cấp" if expired else ""
    return Timestamp(**found, trusted=True, note=note)
