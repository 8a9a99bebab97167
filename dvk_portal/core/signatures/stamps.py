"""What a signature looks like on paper: a one-page PDF the size of its field, drawn by Typst in embedded Tinos.

Colours follow NĐ 30/2020, Phụ lục I: blue for a person, red for an organisation, the text itself black, upright, 10 points.
"""

import json
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import typst
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.signatures.pades import moment

FONTS = Path(__file__).resolve().parent.parent / "documents" / "fonts"
TEMPLATE = Path(__file__).resolve().parent / "stamp.typ"
SIZE = (200.0, 72.0)  # points; the caller gives the size of its box
BLUE, RED = "#0b3d91", "#b3121d"


class Line(NamedTuple):
    """One line of a stamp; long ones wrap."""

    text: str
    bold: bool = False
    small: bool = False


def consent(name: str, capacity: str, at: datetime, code: str, *, size: tuple[float, float] = SIZE) -> bytes:
    """Someone consented in the portal, and the portal sealed it. ``code`` is what the public page is asked for."""
    lines = [
        Line(name, bold=True),
        Line(capacity),
        Line(f"Thời gian: {moment(at)}"),
        Line("Niêm phong bằng chứng thư số của cổng", small=True),
        Line(f"Mã tra cứu: {code}" if code else "", small=True),
    ]
    return draw("ĐÃ ĐỒNG Ý KÝ TRÊN CỔNG", lines, at=at, size=size)


def certificate(
    subject: str,
    capacity: str,
    at: datetime,
    issuer: str,
    *,
    organisation: bool = False,
    size: tuple[float, float] = SIZE,
) -> bytes:
    """Someone signed with a certificate of his own; ``organisation``: the certificate is the organisation's."""
    lines = [
        Line(subject, bold=True),
        Line(capacity),
        Line(f"Thời gian ký: {moment(at)}"),
        Line(f"Chứng thư số do {issuer} cấp", small=True),
    ]
    return draw("ĐÃ KÝ SỐ", lines, at=at, colour=RED if organisation else BLUE, size=size)


def draw(
    label: str,
    lines: Sequence[Line],
    *,
    at: datetime,
    colour: str = BLUE,
    size: tuple[float, float] = SIZE,
) -> bytes:
    """A stamp of ``size`` points: the same arguments give the same bytes.

    Raises ``DomainError`` when a text holds a character that the font does not have.
    """
    day = timezone.localtime(at)
    data = {
        "width": size[0],
        "height": size[1],
        "date": [day.year, day.month, day.day],
        "colour": colour,
        "label": _clean(label),
        "lines": [line._replace(text=_clean(line.text))._asdict() for line in lines if line.text],
    }
    compiler = typst.Compiler(font_paths=_fonts(), sys_inputs={"data": json.dumps(data)})
    try:
        # PDF/A, because Typst then refuses a missing glyph instead of printing an empty box. No tags: only the page's
        # drawing goes into the field.
        return compiler.compile(
            TEMPLATE.read_bytes(), format="pdf", pdf_standards=["a-2b"], timestamp=int(at.timestamp()), pdf_tags=False
        )
    except typst.TypstError as error:
        raise DomainError(
            "Tên hoặc chức danh của người ký có ký tự không in được (biểu tượng, chữ lạ). Hãy sửa rồi ký lại."
        ) from error


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _clean(text: str) -> str:
    """NFC, one space between words, no control characters."""
    return " ".join(unicodedata.normalize("NFC", text).split())
