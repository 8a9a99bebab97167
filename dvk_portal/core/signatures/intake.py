"""Taking in a PDF that was signed outside: is it the agreed document, and did the expected people sign it?

Three answers: accepted; accepted with flags (somebody of the province must look and confirm); refused with what to do. The
bytes are never changed (law.md R-71), and the best proof is a file that starts with exactly the agreed bytes.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from dvk_portal.core.signatures import chains, pades, pages, structure, verification
from dvk_portal.core.signatures.trust import Anchors
from dvk_portal.core.signatures.verdicts import Report, SignatureCheck, Verdict
from dvk_portal.core.text import search_key, sort_key

SAVED_AGAIN = "tệp đã được phần mềm ký lưu lại; nội dung đối chiếu giống bản đã thống nhất"


@dataclass(frozen=True)
class Expected:
    """Who must have signed a place: ``name`` and ``organisation`` as a certificate would say ("" = anybody, any).

    ``not_before`` is when the document was agreed: nobody can have signed it earlier.
    """

    slot: str
    name: str
    organisation: str = ""
    not_before: datetime | None = None

    def __str__(self) -> str:
        who = self.name or "người có thẩm quyền"
        return f"{who} ({self.organisation})" if self.organisation and self.organisation != who else who


@dataclass(frozen=True)
class Intake:
    """``flags`` want a confirmation of the province; ``refusals`` say what is wrong and what to do."""

    flags: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    report: Report | None = None
    matched: dict[str, SignatureCheck] = field(default_factory=dict)

    @property
    def accept(self) -> bool:
        return not self.refusals


def examine_size(size: int, *, max_bytes: int) -> str:
    """Why a file of ``size`` bytes is refused before it is read; "" when it is not."""
    if size <= 0:
        return "Tệp trống. Hãy chọn lại tệp PDF đã ký."
    if size > max_bytes:
        limit, actual = (f"{number / 1_000_000:.0f}" for number in (max_bytes, size))
        return f"Tệp nặng {actual} MB, quá {limit} MB được nhận. Hãy ký lại đúng tệp PDF tải từ cổng, không quét thành ảnh."
    return ""


def examine(
    data: bytes,
    *,
    agreed: bytes,
    expected: list[Expected],
    anchors: Anchors,
    now: datetime,
    max_bytes: int,
    pages_max: int = 500,
    crls: tuple[bytes, ...] = (),
    ocsps: tuple[bytes, ...] = (),
) -> Intake:
    """Judge an uploaded file against the agreed one. Never raises for what is in the file."""
    if refusal := examine_size(len(data), max_bytes=max_bytes):
        return Intake(refusals=(refusal,))
    try:
        reader = structure.open_pdf(data)
        active = structure.active_content(reader)
        own = set(structure.active_content(structure.open_pdf(agreed)))
    except structure.Damaged as damage:
        return Intake(refusals=(_with_remedy(str(damage)),))
    refusals = [
        f"Tệp {each}, bản đã thống nhất không có. Hãy ký lại đúng tệp tải từ cổng."
        for each in active
        if each not in own
    ]
    flags: list[str] = []
    same_bytes = data.startswith(agreed)
    compared = pages.compare(agreed, data, pages_max=pages_max)
    refusals += compared.differences
    flags += compared.remarks
    if not compared.differences and not (same_bytes and _only_signed_since(data, agreed)):
        flags.append(SAVED_AGAIN)
    report = verification.verify(data, anchors=anchors, now=now, crls=crls, ocsps=ocsps)
    signers = _Signers(report, expected, _already_signed(agreed) if same_bytes else set(), anchors, now)
    signers.judge()
    unique = tuple(dict.fromkeys(flags + signers.flags)), tuple(dict.fromkeys(refusals + signers.refusals))
    return Intake(*unique, report, signers.matched)


def _only_signed_since(data: bytes, agreed: bytes) -> bool:
    """Whether a file that starts with the agreed bytes adds nothing to them but signatures and validation data."""
    try:
        base = structure.open_pdf(agreed).xrefs.total_revisions - 1
        return not structure.changed_since(structure.open_pdf(data), base)
    except (structure.Damaged, *chains.FAULTS):
        return False


def _already_signed(agreed: bytes) -> set[str]:
    """Fields that were signed in the agreed file (the other party signed first)."""
    try:
        return {each.name for each in structure.signature_fields(structure.open_pdf(agreed))}
    except structure.Damaged:
        return set()


class _Signers:
    """Who signed, against who should have."""

    def __init__(
        self, report: Report, expected: list[Expected], earlier: set[str], anchors: Anchors, now: datetime
    ) -> None:
        self.report, self.expected, self.earlier = report, expected, earlier
        self.anchors, self.now = anchors, now
        self.flags: list[str] = []
        self.refusals: list[str] = []
        self.matched: dict[str, SignatureCheck] = {}

    def judge(self) -> None:
        signatures = list(self.report.signatures)
        if not signatures:
            self.refusals += [
                each if "Hãy" in each else f"{each} Hãy ký số tệp tải từ cổng rồi tải lên lại."
                for each in self.report.findings
            ]
            return
        for check in self.report.checks:
            if check.verdict == Verdict.INVALID:
                self.refusals.append(f"{check.title}: không hợp lệ – {check.reasons[0]}. {_REMEDY}")
        self._match(signatures)
        for check in signatures:
            if check.verdict == Verdict.UNKNOWN:
                self._doubtful(check)
        for slot, check in self.matched.items():
            self._in_time(next(each for each in self.expected if each.slot == slot), check)

    def _match(self, signatures: list[SignatureCheck]) -> None:
        """Give each expected signer a signature: first those of the right name, then places where anybody may sign."""
        free = [check for check in signatures if not check.label and check.field not in self.earlier]
        for wanted in sorted(self.expected, key=lambda each: not each.name):
            by_name = [check for check in free if same_person(wanted.name, check.signer)] if wanted.name else free[:]
            by_name.sort(key=lambda check: (not _same_organisation(wanted, check), check.field != wanted.slot))
            if by_name:
                self.matched[wanted.slot] = by_name[0]
                free.remove(by_name[0])
                self._compare(wanted, by_name[0])
        strangers, missing = free, [wanted for wanted in self.expected if wanted.slot not in self.matched]
        for wanted in missing:
            others = ", ".join(check.signer or check.field for check in strangers)
            found = f" (tệp có chữ ký của {others})" if others else ""
            self.refusals.append(f"Thiếu chữ ký của {wanted}{found}. Hãy để đúng người ký rồi tải lên lại.")
        if not missing:
            self.flags += [f"{check.title} không thuộc các bên phải ký; hãy xác nhận." for check in strangers]

    def _compare(self, wanted: Expected, check: SignatureCheck) -> None:
        if not wanted.name:
            self.flags.append(f"Người ký là {check.signer}; hãy xác nhận người này có thẩm quyền ký.")
        elif not check.signer.isascii() and not _same_letters(wanted.name, check.signer):
            self.flags.append(
                f"Chứng thư ghi tên “{check.signer}”, văn bản ghi “{wanted.name}”; hãy xác nhận là một người."
            )
        if _same_organisation(wanted, check):
            return
        if check.organisation:
            self.flags.append(
                f"Chứng thư của {check.signer} ghi tổ chức “{check.organisation}”, văn bản ghi “{wanted.organisation}”; "
                "hãy xác nhận đúng người."
            )
        else:
            self.flags.append(
                f"Chứng thư của {check.signer} không ghi tổ chức; hãy xác nhận người ký thuộc {wanted.organisation}."
            )

    def _doubtful(self, check: SignatureCheck) -> None:
        """A signature that cannot be judged: refused when signing again would help, flagged when only people can tell."""
        reason = f"{check.title}: không xác định – {check.reasons[0]}."
        known = bool(check.anchor)
        signed_in_time = check.valid_to and check.time and check.time <= check.valid_to
        expired = check.valid_to is not None and check.valid_to < self.now
        people_can_tell = (known and (not expired or signed_in_time)) or not self.anchors.signature
        if check.integrity and people_can_tell:
            self.flags.append(f"{reason} Hãy đối chiếu bằng cách khác trước khi xác nhận.")
        else:
            self.refusals.append(f"{reason} {_REMEDY}")

    def _in_time(self, wanted: Expected, check: SignatureCheck) -> None:
        if wanted.not_before is None or check.time is None or check.time >= wanted.not_before:
            return
        agreed, signed = pades.moment(wanted.not_before), pades.moment(check.time)
        if check.trusted_time:
            self.refusals.append(
                f"{check.title} được ký lúc {signed}, trước khi văn bản được thống nhất ({agreed}). Hãy ký lại bản đã thống nhất."
            )
        elif check.time < wanted.not_before - chains.CLOCK_TOLERANCE:
            self.flags.append(
                f"{check.title}: giờ do máy ký tự khai ({signed}) sớm hơn lúc thống nhất văn bản ({agreed}); hãy kiểm tra."
            )


def _with_remedy(sentence: str) -> str:
    return sentence if "Hãy" in sentence else f"{sentence} Hãy ký số tệp tải từ cổng rồi tải lên lại."


_REMEDY = "Hãy ký lại đúng tệp tải từ cổng bằng chứng thư số còn hạn do tổ chức được tin cậy cấp, rồi tải lên lại."


def same_person(wanted: str, found: str) -> bool:
    """Names without marks and case; a certificate may add a title or a number beside the name ("… – Bí thư")."""
    return search_key(wanted) in map(search_key, _parts(found, r"[^\w\s]|[\d_]"))


def _same_letters(wanted: str, found: str) -> bool:
    """Also the marks agree ("Lê Thị Hòa" is not "Lê Thị Hoa"; hoà and hòa are the same)."""
    return sort_key(wanted) in map(sort_key, _parts(found, r"[^\w\s]|[\d_]"))


def _same_organisation(wanted: Expected, check: SignatureCheck) -> bool:
    """The same name; one of the two may go on after a comma or dash. "Xã Mẫu" and "xã Mẫu Sơn" are two communes."""
    if not wanted.organisation:
        return True
    ours = _pieces(wanted.organisation)
    found = [_pieces(name) for name in (check.organisation, check.capacity_found) if name]
    return any(theirs[: len(ours)] == ours[: len(theirs)] for theirs in found if theirs)


def _pieces(organisation: str) -> list[str]:
    return [search_key(part) for part in re.split(r"[,;()–-]", organisation) if part.strip()]


def _parts(text: str, separators: str) -> list[str]:
    """The text whole and in the pieces between ``separators``."""
    return [part for part in (text, *re.split(separators, text)) if part.strip()]
