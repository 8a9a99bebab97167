"""The tables of a document as an Excel file: one sheet per table, figures as figures, text never as a formula."""

import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from dvk_portal.core.documents.content import Content, Table
from dvk_portal.core.documents.formats import date_words
from dvk_portal.core.documents.numbering import line_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.sheets import Book

_FIRST_ROW = 4
# Characters of an A4 line at 12 pt, shared out among the columns as on paper.
_LINE, _LANDSCAPE_LINE = 92, 136
_MAX_CELL = 32_767
_MAX_SHEET_NAME = 31
_FORBIDDEN_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f']")


def render(content: Content, *, mark: str = "") -> bytes:
    """Every table of ``content`` as a sheet; ``mark`` is printed below the title. DomainError when it has none."""
    tables = _titled_tables(content)
    if not tables:
        raise DomainError("Văn bản này không có bảng số liệu nên không có bản Excel. Hãy tải bản PDF hoặc Word.")
    book = Book()
    book.book.set_properties({"title": f"{content.title} {content.subject}".strip(), "created": content.day})
    names: set[str] = set()
    for place, (title, landscape, table) in enumerate(tables, 1):
        name = _sheet_name(title or f"Bảng {place}", names)
        page = _page(book, content, name, title, table, mark=mark, landscape=landscape)
        _fill(book, page, table)
    return book.close()


def _titled_tables(content: Content) -> list[tuple[str, bool, Table]]:
    """Tables with their own title, else that of the section or annex they stand in, and how their paper lies."""
    parts = [(section.heading, content.landscape, section) for section in content.sections]
    for annex in content.annexes:
        parts += [(f"{annex.label}. {annex.title}", annex.landscape, section) for section in annex.sections]
    return [(table.title or title, landscape, table) for title, landscape, section in parts for table in section.tables]


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes: short, without its signs, used once."""
    name = " ".join(_FORBIDDEN_IN_NAMES.sub(" ", title).split())[:_MAX_SHEET_NAME].strip() or "Bảng"
    number = 1
    found = name
    while found.casefold() in taken or found.casefold() == "history":
        number += 1
        ending = f" ({number})"
        found = name[: _MAX_SHEET_NAME - len(ending)] + ending
    taken.add(found.casefold())
    return found


def _page(book: Book, content: Content, name: str, title: str, table: Table, *, mark: str, landscape: bool) -> Any:
    """A sheet with its heading, its columns as wide as on paper, the header row kept in sight and repeated in print."""
    line = _LANDSCAPE_LINE if landscape else _LINE
    parts = sum(column.width for column in table.columns) or 1
    widths = [max(6, round(line * column.width / parts)) for column in table.columns]
    heading = "\n".join(filter(None, [f"{content.title} {content.subject}".strip(), title]))
    page = book.sheet(name, heading, _origin(content, mark), widths, landscape=landscape)
    for place, column in enumerate(table.columns):
        book.text(page, _FIRST_ROW - 1, place, column.title, book.head)
    page.freeze_panes(_FIRST_ROW, 0)
    page.repeat_rows(_FIRST_ROW - 1)
    return page


def _fill(book: Book, page: Any, table: Table) -> None:
    looks = _looks(book)
    for number, row in enumerate(table.rows):
        strong = number in table.strong
        values = table.values[number] if number < len(table.values) else []
        for place, (column, text) in enumerate(zip(table.columns, row, strict=False)):
            figure = _figure(values[place] if place < len(values) else None)
            if figure is None:
                book.text(page, _FIRST_ROW + number, place, _short(text), looks(column.align, strong))
            else:
                book.figure(page, _FIRST_ROW + number, place, figure, looks("right", strong, _places(figure)))
    if table.note:
        book.across(page, _FIRST_ROW + len(table.rows), len(table.columns), _short(table.note), book.note)


def _origin(content: Content, mark: str) -> str:
    """Whose document of which number and day the sheet is from; then the mark."""
    number = line_of(content.heading.system, content.number) if content.number else ""
    day = date_words(content.day) if content.day else ""
    origin = " ".join(filter(None, [content.heading.issuer, number, day]))
    return ". ".join(filter(None, [origin, mark]))


def _looks(book: Book) -> Any:
    """Formats by alignment, weight and places after the comma; Excel counts each once."""

    @cache
    def look(align: str, strong: bool, places: int | None = None) -> Any:
        wanted: dict[str, Any] = {
            "font_name": "Times New Roman", "font_size": 12, "valign": "vcenter", "border": 1,
            "align": align, "bold": strong, "text_wrap": places is None,
        }  # fmt: skip
        if places is not None:
            wanted["num_format"] = "#,##0" + ("." + "0" * places if places else "")
        return book.book.add_format(wanted)

    return look


def _figure(value: str | None) -> Decimal | None:
    """The number that a spreadsheet can count with; None leaves the cell its text."""
    if value is None:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return min(max(0, -exponent), 6) if isinstance(exponent, int) else 0


def _short(text: str) -> str:
    """What one cell of Excel can hold."""
    return text if len(text) < _MAX_CELL - 2 else text[: _MAX_CELL - 20] + "… (còn tiếp)"
