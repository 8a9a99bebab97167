"""Excel files of decisions, the fund and the register of awards, in the office's layout."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from awards.models import Award, Decision, FundEntry, Payment
from awards.services.decisions.fund import Balance
from dvk_portal.core.sheets import Book
from units.models import Unit

_MONEY = [
    ("TT", 6), ("Tập thể, hộ gia đình, cá nhân", 34), ("Đơn vị", 28), ("Danh hiệu, hình thức", 30),
    ("Mức lương cơ sở", 14), ("Hệ số", 9), ("Thành tiền", 15), ("Tiền thưởng", 15), ("Trạng thái", 14), ("Căn cứ", 40),
    ("Ghi chú", 34),
]  # fmt: skip
_FUND = [("TT", 6), ("Ngày", 12), ("Nội dung", 56), ("Chứng từ", 16), ("Thu", 16), ("Chi", 16), ("Số dư", 16)]
_REGISTER = [
    ("TT", 6), ("Tên khi khen thưởng", 32), ("Đối tượng", 13), ("Chức vụ", 24), ("Đơn vị khi khen thưởng", 28),
    ("Danh hiệu, hình thức", 32), ("Loại", 16), ("Năm", 8), ("Thành tích từ", 13), ("đến", 13), ("Quyết định số", 20),
    ("Ngày", 12), ("Thẩm quyền", 32), ("Sổ vàng", 12), ("Trạng thái", 15), ("Cần xem lại", 36),
]  # fmt: skip


def _note() -> str:
    return f"Số liệu lúc {timezone.localtime():%H:%M ngày %d/%m/%Y}"


def _page(book: Book, name: str, title: str, note: str, columns: Sequence[tuple[str, int]]) -> Any:
    page = book.sheet(name, title, note, [width for _, width in columns])
    for column, (label, _) in enumerate(columns):
        book.text(page, 3, column, label, book.head)
    page.freeze_panes(4, 2)
    page.repeat_rows(3)
    return page


def money_book(decision: Decision, payments: Iterable[Payment]) -> bytes:
    """Every line with base, coefficient, product, amount; what is paid is summed (R-40)."""
    book = Book()
    title = f"BẢNG TIỀN THƯỞNG\n{decision}"
    page = _page(book, "Tiền thưởng", title, _note(), _MONEY)
    row, total = 3, 0
    for row, line in enumerate(payments, 4):
        award, paid = line.award, 0 if line.state == Payment.State.NOT_PAID else line.amount
        total += paid
        page.write_number(row, 0, row - 3, book.centre)
        for column, words in enumerate((award.name, award.unit_name, award.award_type.name), 1):
            book.text(page, row, column, words)
        for column, figure in enumerate((line.base_salary, line.coefficient, line.raw, paid), 4):
            book.figure(page, row, column, figure)
        for column, words in enumerate((line.get_state_display(), line.legal_basis, line.note), 8):
            book.text(page, row, column, words)
    book.text(page, row + 1, 1, "Cộng", book.strong)
    book.figure(page, row + 1, 7, total, book.strong_number)
    return book.close()


def fund_book(unit: Unit, year: int, entries: Iterable[FundEntry], balance: Balance) -> bytes:
    """The fund of a year line by line with the running balance; what earlier years left comes first."""
    book = Book()
    page = _page(book, f"Quỹ {year}", f"QUỸ THI ĐUA, KHEN THƯỞNG NĂM {year}\n{unit.name}", _note(), _FUND)
    left = balance.carried
    book.text(page, 4, 2, "Số dư năm trước chuyển sang", book.strong)
    book.figure(page, 4, 6, left, book.strong_number)
    row = 4
    for row, entry in enumerate(entries, 5):
        is_income = entry.kind == FundEntry.Kind.INCOME
        left += entry.amount if is_income else -entry.amount
        page.write_number(row, 0, row - 4, book.centre)
        for column, words in enumerate((f"{entry.day:%d/%m/%Y}", entry.text, entry.document_no), 1):
            book.text(page, row, column, words)
        book.figure(page, row, 4, entry.amount if is_income else None)
        book.figure(page, row, 5, None if is_income else entry.amount)
        book.figure(page, row, 6, left)
    book.text(page, row + 1, 2, "Số dư cuối kỳ", book.strong)
    book.figure(page, row + 1, 6, left, book.strong_number)
    return book.close()


def register_book(awards: Iterable[Award]) -> bytes:
    """One line per award, in the order of the list."""
    book = Book()
    page = _page(book, "Sổ khen thưởng", "SỔ KHEN THƯỞNG", _note(), _REGISTER)
    row = 3
    for row, award in enumerate(awards, 4):
        page.write_number(row, 0, row - 3, book.centre)
        for column, words in enumerate(_words(award), 1):
            book.text(page, row, column, words)
    page.autofilter(3, 0, max(row, 3), len(_REGISTER) - 1)
    return book.close()


def _words(award: Award) -> list[str]:
    days = [f"{day:%d/%m/%Y}" if day else "" for day in (award.period_from, award.period_to)]
    return [
        award.name, award.get_subject_kind_display(), award.post, award.unit_name, award.award_type.name,
        award.get_award_kind_display(), str(award.year), *days, award.decision_no, f"{award.decided_on:%d/%m/%Y}",
        award.authority, award.gold_book_no, award.get_status_display(), award.flag,
    ]  # fmt: skip
