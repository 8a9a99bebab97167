"""Setting a document in type: Typst to PDF/A-2b with embedded Tinos. The same content always gives the same bytes.

Texts go in as data, never as markup; what the face cannot print is refused beforehand, with the place where it stands.
"""

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import segno
import typst
from django.conf import settings

from dvk_portal.core.documents import tablefit
from dvk_portal.core.documents.content import Content
from dvk_portal.core.documents.formats import address_word, annex_source, date_words, number_line, numbers_of
from dvk_portal.core.documents.glyphs import FONTS, unprintable
from dvk_portal.core.documents.kinds import kind_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models.documents import DocumentFormat
from dvk_portal.core.signatures.pades import Box

STANDARD = "a-2b"
# Control characters have no glyph: a tabulator becomes a space, the others nothing.
_CONTROLS = {**dict.fromkeys([*range(32), *range(127, 160)]), 9: " "}


@dataclass(frozen=True)
class Rendered:
    """A PDF and where on its pages each side signs."""

    pdf: bytes
    boxes: list[Box]


def render(content: Content, layout: DocumentFormat) -> Rendered:
    """``content`` in the layout ``layout``. DomainError names every character that cannot be printed."""
    compiler = _compiler(content, layout)
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=0)
        found = json.loads(compiler.query("<signature-box>", field="value"))
    except typst.TypstError as error:
        raise DomainError(f"Không dựng được văn bản: {error.message}. Hãy báo quản trị hệ thống.") from error
    return Rendered(pdf, [_box(row) for row in found])


def png(content: Content, layout: DocumentFormat, *, page: int = 1, ppi: float = 90) -> bytes:
    """One page (from 1) as a picture, for previews. DomainError when there is no such page or a character cannot be printed."""
    try:
        pages = _compiler(content, layout).compile(format="png", ppi=ppi)
    except typst.TypstError as error:
        raise DomainError(f"Không dựng được văn bản: {error.message}. Hãy báo quản trị hệ thống.") from error
    pages = pages if isinstance(pages, list) else [pages]
    if not 1 <= page <= len(pages):
        raise DomainError(f"Văn bản này có {len(pages)} trang, không có trang {page}.")
    return pages[page - 1]


@cache
def _fonts() -> typst.Fonts:
    """Read once for the process. Only Tinos: what the machine has installed must not change a document."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _compiler(content: Content, layout: DocumentFormat) -> typst.Compiler:
    return compiler_of(kind_of(content.kind).template, _data(content, layout))


def compiler_of(template: str, data: dict[str, Any]) -> typst.Compiler:
    """Sets ``template`` (a file of templates/documents) with ``data``, whose texts are clean and printable."""
    folder = settings.BASE_DIR / "templates" / "documents"
    # One for each document: a shared one would mix the inputs of two threads.
    return typst.Compiler(
        input=str(folder / template),
        root=str(folder),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def _box(row: dict[str, Any]) -> Box:
    height = row["page_width"] if row["flipped"] else row["page_height"]
    top = height - row["y"]
    return Box(row["slot"], row["page"] - 1, row["x"], top - row["height"] * tablefit.MM, row["x"] + row["width"], top)


# ---------------------------------------------------------------- what the template is given


def _data(content: Content, layout: DocumentFormat) -> dict[str, Any]:
    plain = clean(content.as_json())
    demand_printable(plain)
    numbers = numbers_of(layout)
    plain["grounds"] = _ended(plain["grounds"], ";")
    plain["recipients"] = _ended(plain["recipients"], numbers["recipients_end"])
    plain["closing"] = _paragraphs(plain["closing"])
    _prepare_sections(plain["sections"], numbers, landscape=content.landscape)
    for annex in plain["annexes"]:
        _prepare_sections(annex["sections"], numbers, landscape=annex["landscape"])
    # What stands in a column of the header or of the signatures has a third of the line.
    line, size = tablefit.line_width(numbers, landscape=False), numbers["body_size"]
    whole = ("sections", "annexes", "closing", "grounds")
    return {
        "content": {
            name: tablefit.breakable(part, line if name in whole else line / 3, size) for name, part in plain.items()
        },
        "layout": numbers,
        "date_words": date_words(content.day),
        "number_line": number_line(content, layout),
        "annex_source": annex_source(content),
        "address_word": address_word(content, layout),
        "lookup": content.lookup,
        "code_image": code_image(content.lookup),
        "code_words": " ".join(re.findall(".{1,4}", content.code)),
    }


def clean(value: Any) -> Any:
    """NFC, single spaces, line ends as such, no control characters (they have no glyph)."""
    if isinstance(value, dict):
        return {name: clean(part) for name, part in value.items()}
    if isinstance(value, list):
        return [clean(part) for part in value]
    if not isinstance(value, str):
        return value
    lines = unicodedata.normalize("NFC", value).splitlines()
    kept = (
        "".join(" " if char == "\t" else char for char in line if char == "\t" or ord(char) >= 32) for line in lines
    )
    return "\n".join(re.sub(" {2,}", " ", line).strip() for line in kept).strip()


def demand_printable(value: Any) -> None:
    """Raise DomainError that names every character of the texts in ``value`` that the face cannot print."""
    findings = list(dict.fromkeys(sentence for text in _texts(value) for sentence in _refusals(text)))
    if findings:
        raise DomainError(findings[0] if len(findings) == 1 else "Văn bản có ký tự không in được.", findings)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _refusals(text: str) -> Iterator[str]:
    for char in unprintable(text):
        place = text.index(char)
        start, end = max(0, place - 25), place + 25
        around = ("…" if start else "") + text[start:end].strip() + ("…" if end < len(text) else "")
        yield f"Ký tự “{char}” trong “{around}” không in được trên văn bản. Hãy bỏ hoặc thay bằng chữ."


def _ended(rows: list[str], mark: str) -> list[str]:
    """Lines of a list end with ``mark``, the last one with a full stop."""
    bare = [row.rstrip(" ;,.") for row in rows if row]
    return [row + (mark if place < len(bare) else ".") for place, row in enumerate(bare, 1)]


def _paragraphs(rows: list[str]) -> list[str]:
    return [line for row in rows for line in row.split("\n") if line]


def _prepare_sections(sections: list[dict[str, Any]], numbers: dict[str, Any], *, landscape: bool) -> None:
    for section in sections:
        section["paragraphs"] = _paragraphs(section["paragraphs"])
        for table in section["tables"]:
            tablefit.fit(table, numbers, landscape=landscape)


def code_image(address: str) -> str:
    """The QR code of ``address`` as SVG; "" of nothing."""
    if not address:
        return ""
    output = io.BytesIO()
    # Every mask gives a code that scanners read; trying all eight for the prettiest takes as long as setting the page.
    segno.make(address, error="m", micro=False, mask=2).save(output, kind="svg", border=1, xmldecl=False)
    return output.getvalue().decode()
