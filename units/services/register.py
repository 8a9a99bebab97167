"""The register of outgoing documents as a file: Excel in the office's layout, CSV for other programs."""

import csv
import io

from django.db.models import QuerySet
from django.utils import timezone

from dvk_portal.core.models import DocumentNumber
from dvk_portal.core.sheets import Book, safe

COLUMNS = (
    ("Số, ký hiệu", 20), ("Ngày văn bản", 13), ("Loại", 8), ("Trích yếu nội dung", 60), ("Cơ quan ban hành", 34),
    ("Năm, nhiệm kỳ", 13), ("Trạng thái", 20), ("Lý do bỏ số", 30), ("Người lấy số", 22), ("Lấy số lúc", 17),
)  # fmt: skip


def _lines(rows: QuerySet[DocumentNumber]) -> list[list[str]]:
    return [
        [
            row.text,
            f"{row.dated_on:%d/%m/%Y}",
            row.series.type_code,
            row.subject,
            row.unit.name,
            row.series.scope,
            row.get_status_display(),
            row.reason,
            str(row.taken_by or "Hệ thống"),
            f"{timezone.localtime(row.taken_at):%H:%M %d/%m/%Y}",
        ]
        for row in rows
    ]


def register_book(rows: QuerySet[DocumentNumber]) -> bytes:
    """The register as an .xlsx; ``rows`` in the order in which they shall stand."""
    book = Book()
    note = f"Lúc {timezone.localtime():%H:%M ngày %d/%m/%Y}"
    page = book.sheet("Sổ văn bản đi", "SỔ ĐĂNG KÝ VĂN BẢN ĐI", note, [6, *(width for _, width in COLUMNS)])
    for column, label in enumerate(("TT", *(label for label, _ in COLUMNS))):
        book.text(page, 3, column, label, book.head)
    for place, line in enumerate(_lines(rows), start=1):
        page.write_number(3 + place, 0, place, book.centre)
        for column, value in enumerate(line, start=1):
            book.text(page, 3 + place, column, value)
    page.freeze_panes(4, 2)
    page.repeat_rows(3)
    return book.close()


def register_csv(rows: QuerySet[DocumentNumber]) -> bytes:
    """The register as CSV in UTF-8 with the mark by which Excel recognises it; no cell becomes a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([label for label, _ in COLUMNS])
    writer.writerows([safe(value) for value in line] for line in _lines(rows))
    return buffer.getvalue().encode("utf-8-sig")
