"""The list of recipients as an Excel file in the office's layout."""

from collections.abc import Iterable

from django.utils import timezone

from awards.models import Recipient
from dvk_portal.core.sheets import Book

_COLUMNS = [
    ("TT", 6), ("Họ tên, tên tập thể, chủ hộ", 34), ("Đối tượng", 14), ("Chức vụ, nghề nghiệp", 28), ("Giới tính", 10),
    ("Đơn vị", 30), ("Mã đơn vị", 12), ("Lãnh đạo", 10), ("Theo dõi", 12),
]  # fmt: skip


def recipient_book(rows: Iterable[Recipient]) -> bytes:
    """One line per recipient of ``rows``, in their order."""
    book = Book()
    note = f"Số liệu lúc {timezone.localtime():%H:%M ngày %d/%m/%Y}"
    page = book.sheet("Danh sách", "DANH SÁCH TẬP THỂ, CÁ NHÂN", note, [width for _, width in _COLUMNS])
    for column, (label, _) in enumerate(_COLUMNS):
        book.text(page, 3, column, label, book.head)
    row = 3
    for row, one in enumerate(rows, 4):
        page.write_number(row, 0, row - 3, book.centre)
        words = (
            one.name, one.get_kind_display(), one.post, one.get_sex_display() if one.sex else "", one.unit.name,
            one.unit.code, "x" if one.is_leader else "", "" if one.is_active else "Thôi theo dõi",
        )  # fmt: skip
        for column, value in enumerate(words, 1):
            book.text(page, row, column, value)
    page.autofilter(3, 0, max(row, 3), len(_COLUMNS) - 1)
    page.freeze_panes(4, 2)
    page.repeat_rows(3)
    return book.close()
