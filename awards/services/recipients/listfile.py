"""Excel files of recipients and of earlier awards: what the columns are called, the template, the rows that come back."""

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.sheets import Book
from dvk_portal.core.text import search_key
from dvk_portal.core.workbooks import read_sheet

MAX_ROWS = 1000
MAX_BYTES = 1_000_000
_TRUE = {"x", "co", "1", "dung", "true"}
_FALSE = {"", "khong", "0", "sai", "false"}


@dataclass(frozen=True)
class Column:
    """``kind``: text, choice (value → word), day, year or flag. ``length``: longest text that is kept."""

    label: str
    name: str
    width: int = 18
    hint: str = ""
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    length: int = 150


@dataclass
class FileRow:
    """One line of a file: values by column, ``faults`` are sentences."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ListFile:
    """One kind of file."""

    title: str
    columns: tuple[Column, ...]

    def template(self) -> bytes:
        """Header, lists to choose from, hints."""
        book = Book()
        page = book.book.add_worksheet("Danh sách")
        for at, column in enumerate(self.columns):
            page.set_column(at, at, column.width)
            book.text(page, 0, at, column.label, book.head)
            if column.hint:
                page.write_comment(0, at, column.hint)
            words = [word for _, word in column.choices]
            # A list longer than this Excel refuses to keep in a cell; the page of hints has it.
            if words and len(",".join(words)) <= 255:
                page.data_validation(1, at, MAX_ROWS, at, {"validate": "list", "source": words})
        page.freeze_panes(1, 2)
        hints = book.sheet("Hướng dẫn", self.title, "Không đổi tên cột ở trang “Danh sách”", [30, 90])
        for row, column in enumerate(self.columns, start=3):
            book.text(hints, row, 0, column.label, book.strong)
            book.text(hints, row, 1, _hint(column))
        return book.close()

    def read(self, data: bytes) -> list[FileRow]:
        """Rows of the first sheet, whose first row names the columns. DomainError when the file cannot be read as a whole."""
        sheet = read_sheet(data, max_rows=MAX_ROWS + 1, max_columns=len(self.columns) + 5, max_bytes=MAX_BYTES)
        if not sheet:
            raise DomainError("Tệp không có dòng nào. Hãy tải tệp mẫu, điền rồi nhập lại.")
        by_key = {search_key(column.label): column for column in self.columns}
        found: dict[int, Column] = {}
        for at, cell in enumerate(sheet[0][1]):
            column = by_key.get(search_key(str(cell.value or "")))
            if column in found.values():
                raise DomainError(f"Dòng tiêu đề có hai cột “{cell.value}”. Hãy bỏ một cột.")
            if column:
                found[at] = column
        absent = [column.label for column in self.columns if column.required and column not in found.values()]
        if absent:
            raise DomainError(f"Dòng tiêu đề thiếu cột: {', '.join(absent)}. Hãy dùng tệp mẫu tải về từ trang này.")
        if len(sheet) == 1:
            raise DomainError("Bảng chỉ có dòng tiêu đề. Hãy điền ít nhất một dòng.")
        return [
            self._row(number, {found[at].name: cell.value for at, cell in enumerate(cells) if at in found})
            for number, cells in sheet[1:]
        ]

    def _row(self, number: int, cells: dict[str, Any]) -> FileRow:
        row = FileRow(number)
        for column in self.columns:
            value = _READERS[column.kind](row, column, cells.get(column.name))
            row.values[column.name] = value
            if column.required and value in (None, "") and not any(column.label in fault for fault in row.faults):
                row.faults.append(f"chưa ghi cột “{column.label}”.")
        return row


def _hint(column: Column) -> str:
    words = ", ".join(word for _, word in column.choices)
    return " ".join(
        filter(None, ["Bắt buộc." if column.required else "", column.hint, f"Chọn: {words}." if words else ""])
    )


def text_of(value: Any) -> str:
    """A cell as one line of text; a whole number without its ".0"."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).replace("\0", "")
    # An apostrophe in front keeps a spreadsheet from reading a formula (core/sheets.py); it is not part of the text.
    text = text.removeprefix("'") if text[1:2] in "=+-@" else text
    return " ".join(text.split())


def _read_text(row: FileRow, column: Column, value: Any) -> str:
    text = text_of(value)
    if len(text) > column.length:
        row.faults.append(f"cột “{column.label}” dài quá {column.length} ký tự.")
    return text


def _read_code(row: FileRow, column: Column, value: Any) -> str:
    """A code that Excel took for a number is padded back to five digits (law.md R-100)."""
    if isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer():
        return f"{int(value):05d}"
    return text_of(value)


def _read_choice(row: FileRow, column: Column, value: Any) -> str:
    text = text_of(value)
    if not text:
        return ""
    known = {search_key(word): key for key, word in column.choices} | {
        search_key(key): key for key, _ in column.choices
    }
    found = known.get(search_key(text))
    if found is None:
        row.faults.append(f"cột “{column.label}” không nhận “{text[:40]}”.")
    return found or ""


def _read_day(row: FileRow, column: Column, value: Any) -> datetime.date | None:
    if value in (None, ""):
        return None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", str(value).strip())
    try:
        if found:
            return datetime.date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    row.faults.append(f"cột “{column.label}”: “{str(value)[:20]}” không phải ngày; hãy ghi ngày/tháng/năm.")
    return None


def _read_year(row: FileRow, column: Column, value: Any) -> int | None:
    text = text_of(value)
    if not text:
        return None
    if not re.fullmatch(r"(19|20)\d\d", text, re.ASCII):
        row.faults.append(f"cột “{column.label}”: “{text[:20]}” không phải năm.")
        return None
    return int(text)


def _read_flag(row: FileRow, column: Column, value: Any) -> bool:
    text = search_key(text_of(value)) if not isinstance(value, bool) else ("x" if value else "")
    if text not in _TRUE | _FALSE:
        row.faults.append(f"cột “{column.label}” chỉ ghi x hoặc để trống.")
    return text in _TRUE


_READERS: dict[str, Callable[[FileRow, Column, Any], Any]] = {
    "text": _read_text,
    "code": _read_code,
    "choice": _read_choice,
    "day": _read_day,
    "year": _read_year,
    "flag": _read_flag,
}


def choices_of(rows: Iterable[tuple[Any, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(word)) for value, word in rows if value)
