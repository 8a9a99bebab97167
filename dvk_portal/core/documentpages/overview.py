"""What the page of a document shows of its signatures: places, verdicts, what comes next."""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from dvk_portal.core.documents.content import Slot
from dvk_portal.core.models import Document, DocumentFile, Signature
from dvk_portal.core.signatures import checking, pades
from dvk_portal.core.signatures.signing import slots_of
from dvk_portal.core.signatures.verdicts import Report, SignatureCheck
from dvk_portal.core.views import Where


@dataclass
class Place:
    """One place to sign: who is expected, who signed, what verification says; earlier ones that were not accepted."""

    slot: Slot
    signature: Signature | None = None
    check: SignatureCheck | None = None
    refused: list[Signature] = field(default_factory=list)

    @property
    def state(self) -> str:
        if self.signature is None:
            return "none"
        return self.signature.status

    @property
    def state_words(self) -> str:
        if self.signature is None:
            return "Chưa ký"
        return "Đã ký" if self.signature.counts else self.signature.get_status_display()

    @property
    def when(self) -> str:
        if self.signature is None:
            return ""
        at = timezone.localtime(self.signature.signed_at)
        return f"{at:%d/%m/%Y}" if self.is_paper else f"{at:%H:%M %d/%m/%Y}"

    @property
    def is_paper(self) -> bool:
        return self.signature is not None and self.signature.method == Signature.Method.SCAN

    @property
    def rows(self) -> list[tuple[str, str]]:
        return [] if self.check is None else facts_of(self.check, self)


@dataclass
class Overview:
    """The signatures of one document."""

    places: list[Place]
    report: Report | None
    others: list[SignatureCheck]

    @property
    def pending(self) -> list[Signature]:
        return [place.signature for place in self.places if place.state == Signature.Status.PENDING]

    @property
    def open(self) -> list[Place]:
        return [place for place in self.places if place.signature is None]

    @property
    def owes_seal(self) -> bool:
        return any(place.signature is not None and place.signature.owes_seal for place in self.places)

    def other_rows(self) -> list[tuple[SignatureCheck, list[tuple[str, str]]]]:
        return [(check, facts_of(check)) for check in self.others]


def overview_of(document: Document) -> Overview:
    """Load ``signatures`` and ``files`` beforehand, and ``current``."""
    files = list(document.files.all())
    fields: dict[str, str] = {}
    for file in files:
        fields |= file.report.get("slots", {})
    newest = [file for file in files if file.stored_id == document.current_id and file.role in _REVISIONS]
    report = checking.report_of(newest[-1]) if newest else None
    checks = {check.field: check for check in report.checks} if report else {}
    places = [Place(slot) for slot in slots_of(document)]
    for place in places:
        rows = [row for row in document.signatures.all() if row.slot == place.slot.slot]
        place.refused = [row for row in rows if row.status == Signature.Status.REFUSED]
        place.signature = next((row for row in rows if row.status != Signature.Status.REFUSED), None)
        sealed = [file for file in files if place.signature is not None and file.pk == place.signature.sealed_id]
        if sealed and not place.is_paper:
            place.check = _check_of(place, sealed[0], fields, checks)
    shown = {place.check.field for place in places if place.check is not None}
    return Overview(places, report, [check for name, check in checks.items() if name not in shown])


_REVISIONS = (DocumentFile.Role.FROZEN, DocumentFile.Role.SIGNED)


def _check_of(
    place: Place, sealed: DocumentFile, fields: dict[str, str], checks: dict[str, SignatureCheck]
) -> SignatureCheck | None:
    """Of a file that still waits, what was found when it came; else what the newest revision says."""
    name = fields.get(place.slot.slot, "")
    if place.state == Signature.Status.PENDING:
        report = checking.report_of(sealed)
        return next((check for check in report.checks if check.field == name), None) if report else None
    return checks.get(name)


def facts_of(check: SignatureCheck, place: Place | None = None) -> list[tuple[str, str]]:
    """The report on one signature as label and words (TT 15/2025/TT-BKHCN: signer, time, integrity, validity in Vietnamese)."""
    expected = ""
    if place is not None:
        parts = (place.slot.name, place.slot.position, place.slot.organisation)
        expected = ", ".join(part for part in parts if part)
    if check.trusted_time:
        time = f"{pades.moment(check.trusted_time)}, {check.time_source}"
    elif check.claimed_time:
        time = f"{pades.moment(check.claimed_time)}, {check.time_source}"
    else:
        time = "không ghi"
    found = ", ".join(part for part in (check.signer, check.capacity_found, check.organisation) if part)
    chain = " ← ".join(check.chain)
    trusted = f"tin cậy theo {check.anchor}" if check.anchor else "không dẫn đến tổ chức chứng thực được tin cậy"
    until = (
        f"từ {check.valid_from:%d/%m/%Y} đến {check.valid_to:%d/%m/%Y}" if check.valid_from and check.valid_to else ""
    )
    rows = [
        ("Con dấu của cổng" if check.label else "", check.label),
        ("Người ký theo văn bản", expected),
        ("Chứng thư ghi", found),
        ("Thời điểm ký", time),
        ("Nội dung đã ký", "còn nguyên vẹn" if check.integrity else "không còn nguyên vẹn"),
        ("Phạm vi", _coverage(check)),
        ("Sau khi ký", check.changes_since or "không thay đổi"),
        ("Chuỗi chứng thư", f"{chain}; {trusted}" if chain else trusted),
        ("Hiệu lực chứng thư", until),
        ("Thu hồi", check.revocation),
        ("Nơi cấp, số sê-ri", ", ".join(part for part in (check.issuer, check.serial) if part)),
        ("Thuật toán", check.algorithm),
    ]
    return [(label, words) for label, words in rows if label and words]


def _coverage(check: SignatureCheck) -> str:
    if check.covers_whole_file:
        return "toàn bộ tệp"
    return "toàn bộ bản tại lúc ký" if check.covers_whole_revision else "không phủ hết tệp"


def bodies_of(document: Document) -> list[str]:
    """Whom the document concerns beside the body that issues it: tells a hundred pledges of one campaign apart."""
    names = [slot.organisation for slot in slots_of(document)]
    return [name for name in dict.fromkeys(names) if name and name != document.unit.name]


def title_of(document: Document) -> str:
    bodies = ", ".join(bodies_of(document))
    return f"{document}: {bodies}" if bodies else str(document)


def place_of(document: Document, overview: Overview) -> Where:
    """Who holds the document, since when, and what comes next."""
    if document.status == Document.Status.ISSUED:
        return Where("Các bên", "Thực hiện văn bản", document.issued_at, None, document)
    if not document.is_living:
        return Where("Không ai", document.end_reason, document.ended_at, None, document)
    if overview.pending:
        return Where("Cơ quan xác nhận", "Đối chiếu rồi xác nhận chữ ký đang chờ", document.created_at, None, document)
    who = " và ".join(place.slot.organisation or place.slot.party for place in overview.open)
    return Where(who or "Các bên", "Ký văn bản", document.created_at, None, document)


def ways_of(allowed: list[str], *, seal: bool) -> list[Any]:
    """The ways of signing to choose from, the plainest first. Consent needs the portal's seal."""
    order = [
        Signature.Method.CONSENT,
        Signature.Method.UPLOAD,
        Signature.Method.KEY,
        Signature.Method.TOKEN,
        Signature.Method.SCAN,
    ]
    return [method for method in order if method in allowed and (seal or method != Signature.Method.CONSENT)]
