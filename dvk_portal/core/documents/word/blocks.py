"""Parts of a Word file that the portal makes whole: tables, rules, page breaks. Their texts are escaped here, nowhere else.

A block is the only value of a template that is XML; everything else is text and is escaped by the environment.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from dvk_portal.core.documents import tablefit
from dvk_portal.core.documents.content import Content, Table
from dvk_portal.core.documents.formats import date_words

# Twentieths of a point, in which Word measures.
TWIPS = 20
_GUTTER = 3 * tablefit.MM
_MARKS = {"left": "left", "center": "center", "right": "right"}


@dataclass(frozen=True)
class Block:
    """Finished XML, and the texts that stand in it."""

    xml: str
    texts: tuple[str, ...] = ()

    def __html__(self) -> str:
        return self.xml

    def __bool__(self) -> bool:
        return bool(self.xml)


# --- tables ---------------------------------------------------------------------------------------------------------
def table(table: Table, numbers: dict[str, Any], *, landscape: bool, clean: Callable[[str], str]) -> Block:
    """A ruled table as wide as the line; its header row comes again on every page, its rows are not torn apart."""
    columns = len(table.columns)
    rows = [([clean(text) for text in row] + [""] * columns)[:columns] for row in table.rows]
    titles = [clean(column.title) for column in table.columns]
    size, widths = _fit(table, rows, numbers, landscape)
    head = _row(titles, ["center"] * columns, widths, size, strong=True, header=True)
    aligns = [_MARKS.get(column.align, "left") for column in table.columns]
    body = "".join(_row(row, aligns, widths, size, strong=place in table.strong) for place, row in enumerate(rows))
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    xml = (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr><w:tblGrid>"
        + "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        + f"</w:tblGrid>{head}{body}</w:tbl>"
        # Two tables in a row would become one, and a cell must not end with a table.
        + _empty_line(6)
    )
    return Block(xml, tuple(text for text in [*titles, *(text for row in rows for text in row)] if text))


def _fit(table: Table, rows: list[list[str]], numbers: dict[str, Any], landscape: bool) -> tuple[float, list[int]]:
    fitted = {
        "columns": [{"title": column.title, "width": column.width} for column in table.columns],
        "rows": [list(row) for row in rows],
    }
    tablefit.fit(fitted, numbers, landscape=landscape)
    return fitted["size"], [round(width * TWIPS) for width in fitted["widths"]]


def _row(
    texts: list[str], aligns: list[str], widths: list[int], size: float, *, strong: bool, header: bool = False
) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        '<w:p><w:pPr><w:spacing w:before="40" w:after="40" w:line="240" w:lineRule="auto"/>'
        f'<w:ind w:left="0" w:firstLine="0"/><w:jc w:val="{align}"/></w:pPr>{_run(text, size, strong)}</w:p></w:tc>'
        for text, align, width in zip(texts, aligns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if header else ''}</w:trPr>{cells}</w:tr>"


def _run(text: str, size: float, strong: bool) -> str:
    if not text:
        return ""
    half = round(size * 2)
    bold = "<w:b/>" if strong else ""
    return (
        f'<w:r><w:rPr>{bold}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    )


def _empty_line(points: float) -> str:
    return f'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="{round(points * TWIPS)}" w:lineRule="exact"/></w:pPr></w:p>'


def section_break() -> Block:
    """The end of a part with its own paper; rendering.py gives every part its size and margins."""
    return Block('<w:p><w:pPr><w:spacing w:before="0" w:after="0"/><w:sectPr/></w:pPr></w:p>')


# --- rules of the header --------------------------------------------------------------------------------------------
def header_widths(content: Content, numbers: dict[str, Any]) -> tuple[float, float]:
    """Widths of the two columns of the header in points: the right one holds its longest line, as in print."""
    line = tablefit.line_width(numbers, landscape=content.landscape)
    widest = max(
        width_of(numbers["national_first"], numbers["national_first_size"]),
        width_of(numbers["national_second"], numbers["national_second_size"]),
        width_of(f"{content.heading.place}, {date_words(content.day)}", numbers["date_size"]),
    )
    right = min(max(widest + _GUTTER, line / 2), line * 0.65)
    return line - right, right


def national_rule(numbers: dict[str, Any], room: float) -> Block | str:
    """A rule as wide as the last line of the national heading."""
    if not numbers["national_first"]:
        return ""
    last = "national_second" if numbers["national_second"] else "national_first"
    return _rule(width_of(numbers[last], numbers[f"{last}_size"]), room)


def issuer_rule(issuer: str, numbers: dict[str, Any], room: float) -> Block | str:
    """What stands below the issuing body: a rule of a share of the line, or the Party's sign."""
    if numbers["issuer_rule"]:
        return _rule(min(width_of(issuer, numbers["issuer_size"]), room) * numbers["issuer_rule"], room)
    return _mark(numbers["issuer_mark"], numbers["issuer_size"])


def title_rule(content: Content, numbers: dict[str, Any]) -> Block | str:
    """What stands below the subject: a rule, or the Party's dashes."""
    room = tablefit.line_width(numbers, landscape=content.landscape)
    if numbers["title_rule"]:
        return _rule(min(width_of(content.subject, numbers["subject_size"]), room) * numbers["title_rule"], room, 12)
    return _mark(numbers["title_mark"], numbers["subject_size"], 10)


def width_of(text: str, size: float) -> float:
    """About how wide bold text is, in points."""
    return sum(0.3 if char in " .,:;-'ilI()" else 0.72 if char.isupper() else 0.5 for char in text) * size


def _rule(width: float, room: float, after: float = 3) -> Block:
    side = max(0, round((room - width) / 2 * TWIPS))
    return Block(
        '<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
        '<w:spacing w:before="0" w:after="'
        f'{round(after * TWIPS)}" w:line="40" w:lineRule="exact"/>'
        f'<w:ind w:left="{side}" w:right="{side}" w:firstLine="0"/></w:pPr></w:p>'
    )


def _mark(text: str, size: float, after: float = 0) -> Block | str:
    if not text:
        return ""
    return Block(
        f'<w:p><w:pPr><w:spacing w:before="0" w:after="{round(after * TWIPS)}" w:line="240" w:lineRule="auto"/>'
        '<w:ind w:firstLine="0"/>'
        f'<w:jc w:val="center"/></w:pPr>{_run(text, size, False)}</w:p>',
        (text,),
    )
