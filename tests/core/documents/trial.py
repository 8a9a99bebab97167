"""A kind of document for tests, and contents of it: a report that fits on a page, and whatever a test changes of it."""

import dataclasses
from typing import Any

from dvk_portal.core.documents import kinds
from dvk_portal.core.documents.content import Column, Content, Heading, Section, Slot, Table
from dvk_portal.core.documents.formats import STANDARD_FORMATS
from dvk_portal.core.models import DocumentFormat

PARTY = Heading("party", "TỈNH ỦY MẪU", "BAN TUYÊN GIÁO VÀ DÂN VẬN", "BTGDVTU", "Mẫu")
STATE = Heading("state", "ỦY BAN NHÂN DÂN TỈNH MẪU", "SỞ NỘI VỤ", "SNV", "Mẫu")
TEXT = (
    "Trong quý I năm 2026, các cấp ủy, chính quyền đã tập trung lãnh đạo, chỉ đạo thực hiện phong trào thi đua "
    "“Dân vận khéo”, gắn với việc học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh."
)
COLUMNS = [Column("TT", 0.5, "center"), Column("Đơn vị", 3), Column("Kết quả", 1, "right")]


class Trial(kinds.DocumentKind):
    """A report ("BC"), or with another ``type_code`` a submission, a letter, a document without a number."""

    code, title, record = "trial", "Văn bản thử", None

    def __init__(self, type_code: str = "BC") -> None:
        self.type_code = type_code

    def content(self, record: Any) -> Content:
        return self.sample()

    def sample(self) -> Content:
        return report()


def layout(code: str) -> DocumentFormat:
    """The standard layout ``code``, not stored."""
    return DocumentFormat(**next(row for row in STANDARD_FORMATS if row["code"] == code))


def table(rows: int, **options: Any) -> Table:
    return Table("", COLUMNS, [[str(n), f"Xã Mẫu {n}", f"{n},5"] for n in range(1, rows + 1)], **options)


def slot(code: str = "leader", **options: Any) -> Slot:
    return Slot(**{"slot": code, "party": "", "position": "Phó Trưởng Ban", "name": "Nguyễn Văn Mẫu", **options})


def report(**changes: Any) -> Content:
    content = Content(
        kind="trial",
        title="BÁO CÁO",
        subject="Kết quả phong trào thi đua quý I năm 2026",
        heading=PARTY,
        number="05-BC/BTGDVTU",
        dated_on="2026-02-05",
        sections=[Section("I. KẾT QUẢ", paragraphs=[TEXT], tables=[table(3)])],
        closing=["Trên đây là báo cáo quý I năm 2026."],
        slots=[slot(authority="K/T TRƯỞNG BAN")],
        recipients=["Ban Thường vụ Tỉnh ủy (báo cáo)", "Lưu: VT"],
        code="K7M2QX9TRB4D",
    )
    return dataclasses.replace(content, **changes)
