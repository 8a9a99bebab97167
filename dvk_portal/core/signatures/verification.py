"""Judging the signatures of a PDF (law.md R-70, 1–6): bytes in, a report out.

No database, no clock and no network unless asked: the same file, anchors and time give the same report. Every reason is a
sentence; nothing that was not checked is called good ("chưa kiểm tra thu hồi", never "not revoked").
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import core, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.utils import timezone
from pyhanko.sign.validation import EmbeddedPdfSignature, generic_cms
from pyhanko.sign.validation.utils import CMSAlgorithmUsagePolicy

from dvk_portal.core.signatures import chains, keys, pades, structure
from dvk_portal.core.signatures.chains import CLOCK_TOLERANCE, FAULTS, Chain, Evidence, Timestamp
from dvk_portal.core.signatures.trust import Anchors
from dvk_portal.core.signatures.verdicts import (
    CHANGED_AFTERWARDS,
    CLAIMED_BY_MACHINE,
    NOT_SIGNED,
    Report,
    SignatureCheck,
    Verdict,
    worst,
)

SUBFILTERS = ("ETSI.CAdES.detached", "adbe.pkcs7.detached")
TIMESTAMP_SUBFILTER = "ETSI.RFC3161"
_ALGORITHMS = CMSAlgorithmUsagePolicy.lift_policy(chains.ALGORITHMS)
_USAGES = {"digital_signature", "non_repudiation"}
# Purposes that, standing alone, say that a certificate was not issued for signing documents.
_OTHER_PURPOSES = {"server_auth", "code_signing", "time_stamping", "ocsp_signing"}
_BROKEN_CONTAINER = (*FAULTS, InvalidSignature, UnsupportedAlgorithm)


def verify(
    pdf: bytes,
    *,
    anchors: Anchors,
    now: datetime,
    crls: Iterable[bytes] = (),
    ocsps: Iterable[bytes] = (),
    allow_fetching: bool = False,
) -> Report:
    """The report on every signature of ``pdf`` as of ``now``. Never raises for what is in the file.

    ``crls`` and ``ocsps`` (DER) add to what the file carries; ``allow_fetching`` also asks the addresses named in certificates.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    try:
        reader = structure.open_pdf(pdf)
        fields = structure.signature_fields(reader)
        if not fields:
            return Report(Verdict.UNKNOWN, sha256, now, findings=(NOT_SIGNED,))
        findings = tuple(f"Tệp {each}." for each in structure.active_content(reader))
    except structure.Damaged as damage:
        return Report(Verdict.INVALID, sha256, now, findings=(str(damage),))
    given = chains.read_evidence(crls, ocsps, fetch=allow_fetching).and_also(chains.stored_evidence(reader))
    checks = pades.run(_check_all(pdf, fields, anchors, now, given))
    counted = [check.verdict for check in checks if check.kind == "signature" or check.verdict == Verdict.INVALID]
    if not any(check.kind == "signature" for check in checks):
        counted.append(Verdict.UNKNOWN)
        findings = (NOT_SIGNED, *findings)
    return Report(worst(counted), sha256, now, tuple(checks), findings)


async def _check_all(
    pdf: bytes, fields: list[structure.Field], anchors: Anchors, now: datetime, evidence: Evidence
) -> list[SignatureCheck]:
    """The checks in the order of signing. A document timestamp also dates the signatures before it."""
    checks: list[SignatureCheck] = []
    later: Timestamp | None = None
    for index in reversed(range(len(fields))):
        examination = _Examination(pdf, fields[index], anchors, now, evidence, fields[index + 1 :])
        checks.append(await examination.run(later))
        if examination.dates_what_precedes is not None:
            later = examination.dates_what_precedes
    return checks[::-1]


@dataclass
class _Examination:
    """The examination of one field: gathers facts and (verdict, sentence) pairs, then the check is made of them."""

    pdf: bytes
    field: structure.Field
    anchors: Anchors
    now: datetime
    evidence: Evidence
    following: list[structure.Field]
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[Verdict, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dates_what_precedes: Timestamp | None = None

    async def run(self, later: Timestamp | None) -> SignatureCheck:
        self.facts = {
            "field": self.field.name,
            "subfilter": self.field.subfilter,
            "kind": "timestamp" if self.field.is_timestamp else "signature",
        }
        embedded = self.field.embedded
        if embedded is None:
            self.problem(Verdict.INVALID, self.field.fault)
            return self.result()
        try:
            self.read_signer(embedded)
            if self.check_shape() and self.check_integrity(embedded):
                if self.field.is_timestamp:
                    await self.check_document_timestamp(embedded)
                else:
                    await self.check_trust(embedded, later)
        except _BROKEN_CONTAINER:
            self.facts["integrity"] = False
            self.problem(Verdict.INVALID, "Nội dung chữ ký bị hỏng hoặc sai định dạng nên không kiểm tra được")
        return self.result()

    def problem(self, verdict: Verdict, sentence: str) -> None:
        self.problems.append((verdict, sentence))

    def result(self) -> SignatureCheck:
        order = list(Verdict)
        ranked = sorted(self.problems, key=lambda each: -order.index(each[0]))
        reasons = tuple(dict.fromkeys([sentence for _, sentence in ranked] + self.notes))
        return SignatureCheck(verdict=worst(verdict for verdict, _ in self.problems), reasons=reasons, **self.facts)

    # --- facts

    def read_signer(self, embedded: EmbeddedPdfSignature) -> None:
        certificate = embedded.signer_cert
        subject = certificate.subject.native
        self.facts |= {
            "signer": keys.subject_name(certificate),
            "organisation": _text(subject.get("organization_name")),
            "capacity_found": _text(subject.get("title")) or _text(subject.get("organizational_unit_name")),
            "serial": f"{certificate.serial_number:X}",
            "issuer": keys.issuer_name(certificate),
            "valid_from": certificate.not_valid_before,
            "valid_to": certificate.not_valid_after,
            "algorithm": _algorithm(certificate, embedded),
            "key_size": certificate.public_key.bit_size,
        }
        if not self.field.is_timestamp:
            self.facts["claimed_time"] = _claimed_time(embedded)

    # --- –3: the file

    def check_shape(self) -> bool:
        expected = (TIMESTAMP_SUBFILTER,) if self.field.is_timestamp else SUBFILTERS
        if self.field.subfilter in expected:
            return True
        self.problem(
            Verdict.UNKNOWN,
            f"Kiểu chữ ký “{self.field.subfilter or 'không ghi'}” không được hỗ trợ nên không kiểm tra được",
        )
        return False

    def check_integrity(self, embedded: EmbeddedPdfSignature) -> bool:
        cover = structure.coverage(self.pdf, embedded)
        self.facts |= {"covers_whole_file": cover.whole_file, "covers_whole_revision": cover.whole_revision}
        intact = cover.sound and self.digest_matches(embedded)
        self.facts["integrity"] = intact
        if not intact:
            self.facts["changes_since"] = CHANGED_AFTERWARDS
            self.problem(Verdict.INVALID, f"{CHANGED_AFTERWARDS}: phần đã ký của tệp không còn đúng như lúc ký")
            return False
        return self.check_what_follows(embedded, cover)

    def digest_matches(self, embedded: EmbeddedPdfSignature) -> bool:
        if self.field.is_timestamp:
            return True  # its own imprint is compared with the token
        content = embedded.signed_data["encap_content_info"]
        if content["content"] is not core.VOID and content["content"].native is not None:
            return False
        intact, valid = generic_cms.validate_sig_integrity(
            embedded.signer_info, embedded.signer_cert, content["content_type"].native, embedded.compute_digest()
        )
        return intact and valid

    def check_what_follows(self, embedded: EmbeddedPdfSignature, cover: structure.Coverage) -> bool:
        """R-70.2–3: what was added after this signature, and whether anybody vouches for it."""
        if cover.whole_file:
            self.facts["changes_since"] = "không có thay đổi nào sau chữ ký này"
            return True
        if not cover.whole_revision:
            return self.changed("chữ ký không bao phủ trọn phần văn bản mà nó thuộc về")
        last = not any(each.embedded is not None for each in self.following)
        if last and not structure.only_validation_data_follows(self.pdf, embedded):
            extra = len(self.pdf) - cover.end
            return self.changed(f"có {extra} byte nằm sau chữ ký cuối cùng mà không chữ ký nào bao phủ")
        embedded.compute_integrity_info(diff_policy=structure.AFTER_SIGNATURE)
        if not embedded.summarise_integrity_info()["docmdp_ok"]:
            return self.changed("phần được ghi thêm sau chữ ký này làm thay đổi văn bản")
        signatures = sum(not each.is_timestamp for each in self.following)
        self.facts["changes_since"] = (
            f"sau chữ ký này chỉ có thêm {signatures} chữ ký khác"
            if signatures
            else "sau chữ ký này chỉ bổ sung dữ liệu để kiểm tra chữ ký"
        )
        return True

    def changed(self, how: str) -> bool:
        self.facts["changes_since"] = CHANGED_AFTERWARDS
        self.problem(Verdict.INVALID, f"{CHANGED_AFTERWARDS}: {how}")
        return False

    # --- –6: the certificate and the time

    async def check_document_timestamp(self, embedded: EmbeddedPdfSignature) -> None:
        stamp = await chains.read_timestamp(
            embedded.signed_data, embedded.compute_digest, self.anchors, self.now, self.evidence
        )
        self.facts |= {"trusted_time": stamp.time if stamp.trusted else None, "integrity": stamp.intact}
        self.facts["claimed_time"] = stamp.time
        self.record_chain(stamp.chain)
        if stamp.trusted:
            self.dates_what_precedes = stamp
            self.facts["time_source"] = f"dấu thời gian của {stamp.authority}"
            self.problem(Verdict.VALID, stamp.note or "Dấu thời gian còn nguyên vẹn, thuộc tổ chức được tin cậy")
        elif not stamp.intact:
            self.changed("dấu thời gian không khớp với tệp")
        else:
            self.problem(Verdict.UNKNOWN, stamp.note)

    async def check_trust(self, embedded: EmbeddedPdfSignature, later: Timestamp | None) -> None:
        certificate = embedded.signer_cert
        self.check_key(embedded)
        known = self.evidence.and_also(chains.carried_evidence(embedded))
        stamp = await self.trusted_time(embedded, later, known)
        moment = stamp.time if stamp and stamp.time else self.now
        within = min(max(moment, certificate.not_valid_before), certificate.not_valid_after)
        chain = await chains.assess(certificate, self.anchors.for_signatures(within), within, known)
        self.record_chain(chain)
        self.check_chain(chain)
        self.check_dates(certificate, stamp)
        if chain.trusted:
            self.check_revocation(chain, stamp)
        if self.anchors.portal and chain.trusted and chain.anchor is self.anchors.portal:
            self.facts["label"] = _seal_label(self.field.dictionary)
        if not self.problems or worst(verdict for verdict, _ in self.problems) == Verdict.VALID:
            self.problem(
                Verdict.VALID, "Chữ ký còn nguyên vẹn, chứng thư thuộc tổ chức được tin cậy và chưa bị thu hồi"
            )

    def record_chain(self, chain: Chain) -> None:
        self.facts["chain"] = tuple(keys.subject_name(each) for each in chain.certificates)
        self.facts["anchor"] = chain.anchor.name if chain.anchor and chain.trusted else ""
        if chain.revocation.revoked_at:
            self.facts["revocation"] = f"đã bị thu hồi ngày {_date(chain.revocation.revoked_at)}"
        elif chain.revocation.as_of:
            self.facts["revocation"] = f"chưa bị thu hồi tính đến {pades.moment(chain.revocation.as_of)}"

    def check_key(self, embedded: EmbeddedPdfSignature) -> None:
        """Key length, algorithms and purpose (TT 15/2025/TT-BKHCN: RSA ≥ 2048 or ECDSA ≥ 256)."""
        certificate, info = embedded.signer_cert, embedded.signer_info
        kind = certificate.public_key.algorithm
        bits = certificate.public_key.bit_size
        if bits < keys.LEAST_BITS.get("rsa" if kind.startswith("rsa") else kind, 1 << 30):
            self.problem(Verdict.INVALID, f"Khóa ký quá yếu hoặc không được chấp nhận ({self.facts['algorithm']})")
        allowed = (
            _ALGORITHMS.digest_algorithm_allowed(info["digest_algorithm"], None),
            _ALGORITHMS.signature_algorithm_allowed(info["signature_algorithm"], None, None),
            _ALGORITHMS.digest_combination_allowed(info["signature_algorithm"], info["digest_algorithm"], None),
        )
        if not all(allowed):
            self.problem(Verdict.INVALID, f"Thuật toán ký không còn an toàn ({self.facts['algorithm']})")
        usage, purposes = certificate.key_usage_value, certificate.extended_key_usage_value
        other = purposes is not None and set(purposes.native) <= _OTHER_PURPOSES
        if other or (usage is not None and not usage.native & _USAGES):
            self.problem(
                Verdict.INVALID, "Chứng thư không được cấp để ký văn bản (mục đích sử dụng khóa không phù hợp)"
            )

    async def trusted_time(
        self, embedded: EmbeddedPdfSignature, later: Timestamp | None, known: Evidence
    ) -> Timestamp | None:
        """The timestamp inside the signature; else that of a later document timestamp, which proves "not after"."""
        found = None
        for token in generic_cms.extract_tst_data_iter(embedded.signer_info, signed=False):
            imprint = generic_cms.message_imprint_checker(embedded.signer_info)
            found = await chains.read_timestamp(token, imprint, self.anchors, self.now, known)
            if found.trusted:
                break
            self.notes.append(found.note[:1].upper() + found.note[1:])
        stamp = found if found and found.trusted else later
        if stamp is None:
            self.facts["time_source"] = CLAIMED_BY_MACHINE
            return None
        self.facts |= {"trusted_time": stamp.time, "time_source": f"dấu thời gian của {stamp.authority}"}
        if stamp.note:
            self.problem(Verdict.VALID_NO_REVOCATION, stamp.note[:1].upper() + stamp.note[1:])
        return stamp

    def check_chain(self, chain: Chain) -> None:
        if chain.fault == "unknown":
            self.problem(
                Verdict.UNKNOWN,
                f"Chứng thư không thuộc tổ chức chứng thực được tin cậy (nơi cấp: {self.facts['issuer']})",
            )
        elif chain.fault == "weak":
            self.problem(Verdict.INVALID, "Chứng thư hoặc chứng thư cấp trên được ký bằng thuật toán không còn an toàn")
        elif chain.fault == "dates":
            self.problem(Verdict.UNKNOWN, "Một chứng thư cấp trên không còn hoặc chưa có hiệu lực vào lúc ký")
        elif chain.fault:
            self.problem(
                Verdict.INVALID, "Chuỗi chứng thư không đúng: một chứng thư cấp trên không có quyền cấp chứng thư này"
            )

    def check_dates(self, certificate: x509.Certificate, stamp: Timestamp | None) -> None:
        """R-70.5: validity at signing time. With only a claimed time, expiry cannot be judged."""
        since, until = certificate.not_valid_before, certificate.not_valid_after
        if stamp and stamp.time:
            if stamp.time > until:
                self.problem(
                    Verdict.INVALID, f"Chứng thư đã hết hạn ngày {_date(until)}, trước lúc ký ({_date(stamp.time)})"
                )
            elif stamp.time < since:
                self.problem(
                    Verdict.INVALID, f"Lúc ký ({_date(stamp.time)}) chứng thư chưa có hiệu lực (từ {_date(since)})"
                )
            return
        if self.now > until:
            self.problem(
                Verdict.UNKNOWN,
                f"Chứng thư đã hết hạn ngày {_date(until)}; chữ ký không có dấu thời gian tin cậy nên không xác định được "
                "lúc ký chứng thư còn hạn hay không",
            )
        elif self.now < since:
            self.problem(Verdict.INVALID, f"Chứng thư chưa có hiệu lực (từ {_date(since)})")
        claimed = self.facts["claimed_time"]
        if claimed and (claimed < since - CLOCK_TOLERANCE or claimed > self.now + CLOCK_TOLERANCE):
            self.problem(
                Verdict.UNKNOWN,
                f"Giờ ký do máy tự khai ({pades.moment(claimed)}) không thể đúng: trước khi chứng thư có hiệu lực hoặc ở tương lai",
            )

    def check_revocation(self, chain: Chain, stamp: Timestamp | None) -> None:
        for name, above in chain.above.items():
            if above.revoked_at:
                self.problem(Verdict.INVALID, f"Chứng thư của {name} đã bị thu hồi ngày {_date(above.revoked_at)}")
            elif not above.as_of:
                self.problem(Verdict.VALID_NO_REVOCATION, f"Chưa kiểm tra thu hồi chứng thư của {name} (cấp trên)")
        revoked, claimed = chain.revocation.revoked_at, self.facts["claimed_time"]
        if revoked and (stamp or claimed is None or revoked <= claimed):
            self.problem(Verdict.INVALID, f"Chứng thư đã bị thu hồi ngày {_date(revoked)}, trước khi ký")
        elif revoked:
            self.problem(
                Verdict.UNKNOWN,
                f"Chứng thư đã bị thu hồi ngày {_date(revoked)}; chữ ký không có dấu thời gian tin cậy nên không xác định được "
                "đã ký trước hay sau khi bị thu hồi",
            )
        elif not chain.revocation.as_of and len(chain.certificates) > 1:
            self.problem(
                Verdict.VALID_NO_REVOCATION, "Chưa kiểm tra thu hồi chứng thư người ký: tệp không kèm thông tin thu hồi"
            )


# --- small readings --------------------------------------------------------------------------------------------------


def _claimed_time(embedded: EmbeddedPdfSignature) -> datetime | None:
    claimed = embedded.self_reported_timestamp
    if claimed is None:
        return None
    return claimed if timezone.is_aware(claimed) else timezone.make_aware(claimed)


def _seal_label(dictionary: Any) -> str:
    name = str(structure.entry(dictionary, "/Name") or "")
    return f"Con dấu điện tử của cổng, xác nhận sự đồng ý của {name}" if name else "Con dấu điện tử của cổng"


def _algorithm(certificate: x509.Certificate, embedded: EmbeddedPdfSignature) -> str:
    """Key, length and digest as a person reads them: "RSA 2048 bit, SHA256"."""
    key = certificate.public_key
    names = {"rsa": "RSA", "rsassa_pss": "RSA-PSS", "ec": "ECDSA"}
    return f"{names.get(key.algorithm, key.algorithm.upper())} {key.bit_size} bit, {embedded.md_algorithm.upper()}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else ", ".join(map(str, value))


def _date(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d/%m/%Y}"
