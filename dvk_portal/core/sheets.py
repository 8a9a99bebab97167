"""Writing Excel files in the office's layout. Text never becomes a formula."""

import io
from typing import Any

import xlsxwriter

# What a spreadsheet program would read as a formula or a command.
_RISKY = ("=", "+", "-", "@", "\t", "\r")


class Book:
    """A workbook with the office's formats. ``text`` neutralises what would be read as a formula."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(self.buffer, options)
        base = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
        box = {**base, "border": 1}
        make = self.book.add_format
        self.title = make({**base, "bold": True, "font_size": 14, "align": "center", "text_wrap": True})
        self.note = make({**base, "italic": True, "align": "center"})
        self.head = make({**box, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#EDE7DF"})
        self.cell = make({**box, "text_wrap": True})
        self.strong = make({**box, "bold": True, "text_wrap": True, "bg_color": "#F6F2EC"})
        self.number = make({**box, "num_format": "#,##0.##;-#,##0.##;0"})
        self.strong_number = make({**box, "bold": True, "num_format": "#,##0.##;-#,##0.##;0", "bg_color": "#F6F2EC"})
        self.centre = make({**box, "align": "center"})

    def sheet(self, name: str, title: str, note: str, widths: list[int], *, landscape: bool = True) -> Any:
        page = self.book.add_worksheet(name)
        page.set_paper(9)
        if landscape:
            page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.6, right=0.4, top=0.5, bottom=0.5)
        page.set_footer("&C&P/&N")
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        self.across(page, 0, len(widths), title, self.title)
        page.set_row(0, 36)
        self.across(page, 1, len(widths), note, self.note)
        return page

    def across(self, page: Any, row: int, width: int, value: Any, look: Any) -> None:
        """A line over the whole width of a table."""
        if width > 1:
            page.merge_range(row, 0, row, width - 1, safe(value), look)
        else:
            page.write_string(row, 0, safe(value), look)

    def text(self, page: Any, row: int, column: int, value: Any, look: Any = None) -> None:
        page.write_string(row, column, safe(value), look or self.cell)

    def figure(self, page: Any, row: int, column: int, value: Any, look: Any = None) -> None:
        """A number, or an empty cell: not reported is not zero."""
        if value is None:
            page.write_blank(row, column, None, look or self.number)
        else:
            page.write_number(row, column, float(value), look or self.number)

    def close(self) -> bytes:
        self.book.close()
        return self.buffer.getvalue()


def safe(value: Any) -> str:
    """The text, with an apostrophe before what a spreadsheet program would run (OWASP: CSV injection)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_RISKY) else text
