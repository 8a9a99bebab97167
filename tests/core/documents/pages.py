"""Reading a produced PDF: its lines with place, face and size, measured in points from the top left corner."""

import ctypes
import unicodedata
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw

MM = 72 / 25.4


@dataclass
class Line:
    """Letters on one baseline that follow one another. ``y`` is the baseline, from the top of the page."""

    page: int
    y: float
    left: float
    right: float
    text: str = ""
    sizes: set[float] = field(default_factory=set)
    fonts: set[str] = field(default_factory=set)


def lines(pdf: bytes) -> list[Line]:
    """Every line of the file, page by page; parts of a row that stand far apart are lines of their own."""
    found: list[Line] = []
    for number, page in enumerate(pypdfium2.PdfDocument(pdf)):
        found += _lines_of(number, page)
    return found


def _lines_of(number: int, page: pypdfium2.PdfPage) -> list[Line]:
    text, height, found = page.get_textpage(), page.get_height(), []
    x, y = ctypes.c_double(), ctypes.c_double()
    name, flags, end = ctypes.create_string_buffer(80), ctypes.c_int(), 0.0
    for place in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text, place))
        if raw.FPDFText_IsGenerated(text, place) or char in "\r\n":
            continue
        raw.FPDFText_GetCharOrigin(text, place, x, y)
        left, _, right, _ = text.get_charbox(place, loose=True)
        baseline = height - y.value
        last = found[-1] if found else None
        # Justified spaces are wide; between two letters there is nothing.
        most = 3 if last is None or last.text[-1:].strip() else 15
        if last is None or abs(last.y - baseline) > 0.5 or not -3 < left - end < most:
            last = Line(number, baseline, left, right)
            found.append(last)
        last.text += char
        end = right
        if char.strip():
            last.right = right
            last.sizes.add(round(raw.FPDFText_GetFontSize(text, place), 2))
            raw.FPDFText_GetFontInfo(text, place, name, 80, flags)
            last.fonts.add(name.value.decode().split("+")[-1])
    for line in found:
        line.text = unicodedata.normalize("NFC", line.text).strip()
    return [line for line in found if line.text]


def line(pdf: bytes, start: str) -> Line:
    """The one line that begins with ``start``."""
    found = [each for each in lines(pdf) if each.text.startswith(start)]
    assert len(found) == 1, (start, [each.text for each in lines(pdf)])
    return found[0]


def words(pdf: bytes) -> str:
    """The text of the file without any space, to look for texts that were broken into lines."""
    return squeezed("".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)))


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).replace("\u200b", "").replace("\ufffe", "").split())


def count(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


def widths(pdf: bytes) -> list[float]:
    return [page.get_width() for page in pypdfium2.PdfDocument(pdf)]


def rules(pdf: bytes, page: int = 0) -> list[tuple[float, float, float]]:
    """The horizontal rules of a page: left, right, distance from the top."""
    sheet = pypdfium2.PdfDocument(pdf)[page]
    boxes = [item.get_bounds() for item in sheet.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])]
    return [(left, right, sheet.get_height() - top) for left, bottom, right, top in boxes if top - bottom < 3]


def fonts(pdf: bytes) -> dict[str, bool]:
    """The faces of the file, and whether each is embedded."""
    found = {}
    for page in pypdfium2.PdfDocument(pdf):
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            face = raw.FPDFTextObj_GetFont(item)
            name = ctypes.create_string_buffer(80)
            raw.FPDFFont_GetBaseFontName(face, name, 80)
            found[name.value.decode().split("+")[-1]] = bool(raw.FPDFFont_GetIsEmbedded(face))
    return found
