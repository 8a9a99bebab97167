"""Bằng, giấy, cờ as boxes on a page: where each text stands, how it fits, what the QR code leaves free (R-66). Plain Python.

A layout is a list of rows of JSON, one for each box, lengths in millimetres from the upper left corner of the page, sizes of
type and of lines in points (of a border: the width of its band in millimetres).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from dvk_portal.core.datafile import load_yaml

FORMAT = "dvk-certificates/1"
STANDARD = Path(__file__).parent / "data" / "certificates.yaml"
MOST_BOXES = 40
# The crosses of a test sheet stand this far from the edges of the page, in millimetres.
CROSS = Decimal(20)
# Below this a phone's camera no longer reads the code of a public address.
LEAST_QR = Decimal(14)
_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_PLACE = re.compile(r"\{([a-z_]+)\}")


class BoxKind(StrEnum):
    """What stands in a box. A room stays empty: somebody signs, presses the seal, the emblem is printed beforehand."""

    TEXT = "text"
    QR = "qr"
    SIGNATURE = "signature"
    SEAL = "seal"
    EMBLEM = "emblem"
    BORDER = "border"
    LINE = "line"


class Fit(StrEnum):
    """``shrink``: one line, made smaller; only when too small for one line, more of them. ``wrap``: lines, then smaller."""

    SHRINK = "shrink"
    WRAP = "wrap"


ALIGNMENTS = ("left", "center", "right")
WEIGHTS = ("regular", "bold")

# What a text may speak of: the word in braces, what it is, an example.
PLACES: dict[str, tuple[str, str]] = {
    "name": ("Tên người, tập thể, hộ", "Nguyễn Thị Hoàng Phương Thảo"),
    "who": ("Chức vụ và đơn vị", "Phó Chủ tịch Hội Liên hiệp Phụ nữ, Xã An Hòa"),
    "post": ("Chức vụ", "Phó Chủ tịch Hội Liên hiệp Phụ nữ"),
    "unit": ("Đơn vị", "Xã An Hòa"),
    "award": ("Danh hiệu, hình thức", "Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh"),
    "object": ("Hiện vật (Bằng khen, Giấy khen…)", "Bằng khen"),
    "giving": ("Tặng hoặc Truy tặng", "Tặng"),
    "achievement": ("Thành tích", "Đã có thành tích xuất sắc trong phong trào thi đua “Dân vận khéo” năm 2026"),
    "year": ("Năm", "2026"),
    "authority": ("Thẩm quyền quyết định", "Chủ tịch Ủy ban nhân dân tỉnh"),
    "decision_no": ("Số quyết định", "25/QĐ-UBND"),
    "decided_on": ("Ngày quyết định (20/12/2026)", "20/12/2026"),
    "place_date": ("Địa danh, ngày tháng năm", "An Hòa, ngày 20 tháng 12 năm 2026"),
    "signer_post": ("Chức vụ người ký", "Chủ tịch"),
    "signer": ("Người ký", "Huỳnh Văn Trưởng"),
    "gold_book_no": ("Số sổ vàng", "15"),
    "code": ("Mã tra cứu", "K7M2 QX9T RB4D"),
    "lookup": ("Địa chỉ tra cứu", "dvk.example/tra-cuu"),
}


class BoxError(ValueError):
    """A row that is no box; the text is a Vietnamese sentence."""


_SIZES = {BoxKind.TEXT: "cỡ chữ", BoxKind.BORDER: "bề rộng viền (mm)", BoxKind.LINE: "độ dày nét (pt)"}


@dataclass(frozen=True)
class Box:
    """One box. ``on_stock``: pre-printed paper has it already, so it is left out there. ``upper``: in capitals."""

    kind: BoxKind
    label: str
    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    text: str = ""
    size: Decimal = Decimal(14)
    weight: str = "regular"
    italic: bool = False
    upper: bool = False
    colour: str = "#000000"
    align: str = "center"
    fit: Fit = Fit.SHRINK
    on_stock: bool = False

    def as_row(self) -> dict[str, Any]:
        """The row that a layout stores; numbers as JSON has them."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: float(value) if isinstance(value, Decimal) else value for name, value in values.items()}


@dataclass(frozen=True)
class Preset:
    """A layout that the project brings along; ``family`` as awards.models.Family."""

    code: str
    name: str
    family: str
    width: Decimal
    height: Decimal
    on_stock: bool
    note: str
    boxes: tuple[Box, ...]


def box_of(row: Mapping[str, Any]) -> Box:
    """The box of one stored row. Raises BoxError when it cannot be one."""
    known = {field.name for field in fields(Box)}
    values = {name: value for name, value in row.items() if name in known}
    try:
        for name in ("x", "y", "width", "height", "size"):
            if name in values:
                values[name] = Decimal(str(values[name]))
        return Box(**{**values, "kind": BoxKind(values.get("kind", "")), "fit": Fit(values.get("fit", "shrink"))})
    except (TypeError, ValueError, InvalidOperation) as error:
        raise BoxError(f"Khối “{row.get('label', '')}” thiếu số đo hoặc có loại không biết.") from error


def boxes_of(rows: Sequence[Mapping[str, Any]]) -> list[Box]:
    return [box_of(row) for row in rows]


def problems_of(box: Box, width: Decimal, height: Decimal) -> list[str]:
    """Sentences on what forbids ``box`` on a page of that size in millimetres; empty when it may stand there."""
    name = f"Khối “{box.label}”"
    found = []
    if box.width <= 0 or box.height <= 0:
        found.append(f"{name}: rộng và cao phải lớn hơn 0.")
    elif box.x < 0 or box.y < 0 or box.x + box.width > width or box.y + box.height > height:
        found.append(f"{name} nằm ngoài trang {_mm(width)} × {_mm(height)} mm.")
    least, most = (Decimal(4), Decimal(200)) if box.kind is BoxKind.TEXT else (Decimal("0.2"), Decimal(60))
    if not least <= box.size <= most:
        found.append(f"{name}: {_SIZES.get(box.kind, 'cỡ')} từ {_mm(least)} đến {_mm(most)}.")
    if not _COLOUR.match(box.colour):
        found.append(f"{name}: màu ghi dạng #c8102e.")
    if box.kind is BoxKind.QR and min(box.width, box.height) < LEAST_QR:
        found.append(f"{name}: mã QR nhỏ hơn {_mm(LEAST_QR)} mm thì điện thoại khó đọc.")
    if box.kind is BoxKind.TEXT and not box.text.strip():
        found.append(f"{name} chưa có chữ.")
    found += [f"{name}: không có mục {{{place}}}." for place in _PLACE.findall(box.text) if place not in PLACES]
    return found


def _mm(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with the words in braces replaced; a line whose words are all unknown is left out ("Số sổ vàng: " of nothing)."""
    lines = []
    for line in text.split("\n"):
        places = _PLACE.findall(line)
        if places and not any(values.get(place) for place in places):
            continue
        lines.append(_PLACE.sub(lambda found: values.get(found[1], ""), line).strip(" ,"))
    return "\n".join(lines)


def words_of(box: Box, values: Mapping[str, str]) -> str:
    """What stands in a box of text for one award."""
    words = fill(box.text, values)
    return words.upper() if box.upper else words


# What differs from the samples above on a certificate of the Party.
_PARTY = {
    "award": "Bằng khen của Ban Thường vụ Tỉnh ủy",
    "authority": "Ban Thường vụ Tỉnh ủy",
    "decision_no": "25-QĐ/TU",
    "signer_post": "Bí thư",
}


def samples(family: str) -> dict[str, str]:
    """Invented facts of a certificate, for looking at a layout of the family "state" or "party"."""
    return {name: sample for name, (_, sample) in PLACES.items()} | (_PARTY if family == "party" else {})


def corrected(offset: Decimal, measured: Decimal) -> Decimal:
    """The offset with which the cross of a test sheet, printed with ``offset``, would stand where it belongs (both in mm)."""
    return offset + CROSS - measured


def border_picture(width: Decimal, height: Decimal, band: Decimal, colour: str) -> str:
    """An SVG of a frame: a strong line, a band of lozenges, a fine line. One picture is kept once, however many pages show it."""
    w, h, b = (float(value) for value in (width, height, band))
    half, outer, inner = b / 2, 1.2, 0.4
    across, down = (max(1, round((length - 2 * b) / (b * 0.7))) for length in (w, h))
    step_x, step_y = (w - 2 * b) / across, (h - 2 * b) / down
    centres = [(b + step_x * (place + 0.5), y) for place in range(across) for y in (half, h - half)]
    centres += [(x, b + step_y * (place + 0.5)) for place in range(down) for x in (half, w - half)]
    lozenges = "".join(_lozenge(x, y, half * 0.66) + _lozenge(x, y, half * 0.22, filled=colour) for x, y in centres)
    corners = "".join(
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{b * 0.6:.2f}" height="{b * 0.6:.2f}"/>'
        f'<circle cx="{x + b * 0.3:.2f}" cy="{y + b * 0.3:.2f}" r="{b * 0.16:.2f}" fill="{colour}" stroke="none"/>'
        for x in (b * 0.2, w - b * 0.8)
        for y in (b * 0.2, h - b * 0.8)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" fill="none" stroke="{colour}">'
        f'<rect x="{outer / 2}" y="{outer / 2}" width="{w - outer}" height="{h - outer}" stroke-width="{outer}"/>'
        f'<rect x="{b}" y="{b}" width="{w - 2 * b}" height="{h - 2 * b}" stroke-width="{inner}"/>'
        f'<g stroke-width="0.35">{lozenges}</g><g stroke-width="0.5">{corners}</g></svg>'
    )


def _lozenge(x: float, y: float, radius: float, *, filled: str = "") -> str:
    look = f' fill="{filled}" stroke="none"' if filled else ""
    return (
        f'<path{look} d="M{x:.2f} {y - radius:.2f}L{x + radius:.2f} {y:.2f}'
        f'L{x:.2f} {y + radius:.2f}L{x - radius:.2f} {y:.2f}Z"/>'
    )


@cache
def standard_layouts() -> tuple[Preset, ...]:
    """The layouts of awards/data/certificates.yaml."""
    document = load_yaml(STANDARD.read_bytes())
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f"{STANDARD.name} is not of format {FORMAT}.")
    return tuple(
        Preset(
            code=row["code"],
            name=row["name"],
            family=row["family"],
            width=Decimal(row["width"]),
            height=Decimal(row["height"]),
            on_stock=row.get("on_stock", False),
            note=row.get("note", ""),
            boxes=tuple(boxes_of(document["boxes"][row["boxes"]])),
        )
        for row in document["layouts"]
    )
