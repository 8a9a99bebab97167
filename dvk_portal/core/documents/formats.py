"""Layouts that a new portal starts with; afterwards they are rows with validity dates that the administration edits (R-60).

Sources: law.md §9 (NĐ 30/2020 Phụ lục I; HD 36-HD/VPTW 3/4/2018; HD 05-HD/VPTW 27/5/2026, to be checked against the official copy).
"""

import datetime
from typing import Any

from dvk_portal.core.documents import measures
from dvk_portal.core.documents.content import Content
from dvk_portal.core.documents.kinds import kind_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models.documents import DocumentFormat, System

# The abbreviation of a submission (tờ trình), which some rules address with a word of its own (law.md §9, "proposal").
SUBMISSION = "TTr"

STANDARD_FORMATS: list[dict[str, Any]] = [
    {
        "code": "PARTY_2018",
        "system": System.PARTY,
        "name": "Văn bản của Đảng theo Hướng dẫn 36-HD/VPTW",
        "legal_basis": "Hướng dẫn 36-HD/VPTW ngày 03/4/2018",
        "valid_from": datetime.date(2018, 4, 3),
        "valid_to": datetime.date(2026, 5, 26),
        "layout": measures.PARTY_2018,
    },
    {
        "code": "PARTY_2026",
        "system": System.PARTY,
        "name": "Văn bản của Đảng theo Hướng dẫn 05-HD/VPTW",
        "legal_basis": "Hướng dẫn 05-HD/VPTW ngày 27/5/2026 (chờ đối chiếu bản chính thức)",
        "valid_from": datetime.date(2026, 5, 27),
        "layout": measures.PARTY_2026,
    },
    {
        "code": "STATE_ND30",
        "system": System.STATE,
        "name": "Văn bản hành chính theo Nghị định 30/2020/NĐ-CP",
        "legal_basis": "Nghị định 30/2020/NĐ-CP, Phụ lục I",
        "valid_from": datetime.date(2020, 3, 5),
        "layout": measures.STATE_ND30,
    },
    {
        "code": "NEUTRAL",
        "system": System.NEUTRAL,
        "name": "Không theo thể thức riêng",
        "legal_basis": "Dùng khi cơ quan ban hành không thuộc hai hệ văn bản",
        "valid_from": datetime.date(2015, 1, 1),
        "layout": measures.NEUTRAL,
    },
]


def format_for(system: str, day: datetime.date) -> DocumentFormat:
    """The layout that ``system`` prescribes on ``day``. DomainError when none is in force."""
    found = DocumentFormat.objects.of(system, day)
    if found is None and not DocumentFormat.objects.exists():
        DocumentFormat.objects.bulk_create((DocumentFormat(**row) for row in STANDARD_FORMATS), ignore_conflicts=True)
        found = DocumentFormat.objects.of(system, day)
    if found is None:
        raise DomainError(
            f"Không có thể thức văn bản nào có hiệu lực ngày {day:%d/%m/%Y}. Hãy báo quản trị hệ thống khai thể thức."
        )
    return found


def numbers_of(layout: DocumentFormat) -> dict[str, Any]:
    """Every number and word of ``layout``; an entry its row does not hold takes the standard value of its code or system."""
    by_code = {row["code"]: row["layout"] for row in STANDARD_FORMATS}
    by_system = {row["system"]: row["layout"] for row in STANDARD_FORMATS}
    return {**by_code.get(layout.code, by_system[layout.system]), **layout.layout}


def address_word(content: Content, layout: DocumentFormat) -> str:
    """What stands before the addressees: the document's own word, else the one the layout prescribes for its type."""
    numbers = numbers_of(layout)
    submission = kind_of(content.kind).type_code == SUBMISSION
    return content.address_word or numbers["submission_word" if submission else "address_word"]


def number_line(content: Content, layout: DocumentFormat) -> str:
    """The line of the number ("Số 05-BC/BTGDVTU", "Số: 05/BC-SNV"), with dots while the number is not taken; "" for a
    document that carries none."""
    type_code = kind_of(content.kind).type_code
    if not content.number and not type_code:
        return ""
    label = numbers_of(layout)["number_label"]
    if content.number:
        return f"{label} {content.number}"
    symbol = content.heading.symbol
    return f"{label} …/{type_code}-{symbol}" if layout.system == System.STATE else f"{label} …-{type_code}/{symbol}"


def date_words(day: datetime.date | None) -> str:
    """ "ngày 05 tháng 02 năm 2026": days below 10, January and February carry a zero (NĐ 30/2020, Phụ lục I); no day, dots."""
    if day is None:
        return "ngày … tháng … năm …"
    month = f"{day:%m}" if day.month < 3 else str(day.month)
    return f"ngày {day:%d} tháng {month} năm {day.year}"


def annex_source(content: Content) -> str:
    """To which document an annex behind it belongs: "(Kèm theo Báo cáo số 05-BC/BTGDVTU ngày 05 tháng 02 năm 2026)"."""
    title = (content.title or "Công văn").capitalize()
    number = f"số {content.number}" if content.number else ""
    day = date_words(content.day) if content.day else ""
    return f"(Kèm theo {' '.join(part for part in (title, number, day) if part)})"
