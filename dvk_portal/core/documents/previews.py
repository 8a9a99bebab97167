"""Documents with invented facts: what each kind looks like in each layout, and what templates are tried with."""

from dataclasses import replace

from dvk_portal.core.documents.content import Annex, Column, Content, Heading, Section, Table
from dvk_portal.core.documents.formats import STANDARD_FORMATS
from dvk_portal.core.documents.kinds import DocumentKind
from dvk_portal.core.documents.numbering import number_text
from dvk_portal.core.models import DocumentFormat
from dvk_portal.core.models.documents import System

# Bodies that do not exist, one of each system.
_HEADINGS = {
    System.PARTY: Heading("party", "TỈNH ỦY MẪU", "BAN TUYÊN GIÁO VÀ DÂN VẬN", "BTGDVTU", "Mẫu"),
    System.STATE: Heading("state", "ỦY BAN NHÂN DÂN TỈNH MẪU", "SỞ NỘI VỤ", "SNV", "Mẫu"),
    System.NEUTRAL: Heading("neutral", "", "HỘI NÔNG DÂN TỈNH MẪU", "HND", "Mẫu"),
}
_SAMPLE_NUMBER = 5


def known_layouts() -> list[DocumentFormat]:
    """Every layout of the administration; those that a new portal starts with while there are none."""
    return list(DocumentFormat.objects.all()) or [DocumentFormat(**row) for row in STANDARD_FORMATS]


def sample_in(kind: DocumentKind, layout: DocumentFormat) -> Content:
    """The sample of ``kind`` as a body that follows this layout would issue it, on a day on which the layout is in force."""
    content = kind.sample()
    heading = content.heading if content.heading.system == layout.system else _HEADINGS[System(layout.system)]
    day = max(content.day or layout.valid_from, layout.valid_from)
    day = min(day, layout.valid_to) if layout.valid_to else day
    number = content.number
    if kind.type_code:
        number = number_text(layout.system, kind.type_code, heading.symbol, _SAMPLE_NUMBER)
    return replace(content, heading=heading, dated_on=day.isoformat(), number=number)


def filled(content: Content) -> Content:
    """``content`` with whatever a document may have and this sample has not: a template must not lose it unnoticed."""
    table = Table("Bảng thử", [Column("Cột thử")], [["ô thử"]], note="Ghi chú thử")
    part = Section("PHẦN THỬ", ["Đoạn thử"], ["Mục thử"], [table])
    return replace(
        content,
        grounds=content.grounds or ["Căn cứ thử"],
        addressees=content.addressees or ["Nơi gửi thử"],
        recipients=content.recipients or ["Nơi nhận thử"],
        closing=content.closing or ["Kết thúc thử"],
        sections=[*content.sections, part],
        slots=[replace(slot, authority=slot.authority or "T/M BAN THỬ") for slot in content.slots],
        annexes=content.annexes or [Annex("Phụ lục thử", "TÊN PHỤ LỤC THỬ", [part])],
    )


def enlarged(content: Content, times: int) -> Content:
    """``content`` with many sections: loops within loops show what they cost."""
    return replace(content, sections=[section for _ in range(times) for section in content.sections])
