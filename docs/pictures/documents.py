"""Pictures of every kind of document, from its sample, for docs/documents.md.

Run: python docs/pictures/documents.py   (writes docs/pictures/documents/<kind>-<layout>-<page>.png)
The first page, the page with the signatures and, where there is one, the first page of an annex; 16 greys, 90 dots per inch.
"""

import dataclasses
import os
import struct
import sys
import zlib
from pathlib import Path

import django
import pypdfium2

HERE = Path(__file__).resolve().parent
PPI = 90
STATE = {"superior": "ỦY BAN NHÂN DÂN TỈNH MẪU", "issuer": "SỞ NỘI VỤ", "symbol": "SNV", "place": "Mẫu"}


def main() -> None:
    sys.path.insert(0, str(HERE.parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dvk_portal.settings.dev")
    django.setup()
    # After setup: they need models.
    from dvk_portal.core.documents import kinds, typesetting  # noqa: PLC0415
    from dvk_portal.core.documents.formats import STANDARD_FORMATS  # noqa: PLC0415
    from dvk_portal.core.models import DocumentFormat  # noqa: PLC0415

    folder = HERE / "documents"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for kind in kinds.all_kinds():
        for row in STANDARD_FORMATS:
            # The layouts differ in what a report shows; the other kinds are shown in the two that are in force.
            if kind.code not in ("pledge", "report") and row["code"] in ("PARTY_2018", "NEUTRAL"):
                continue
            content = _of(kind, row["system"])
            rendered = typesetting.render(content, DocumentFormat(**row))
            for page in _pages(rendered, content):
                name = f"{kind.code}-{row['code'].lower()}-{page + 1}.png"
                (folder / name).write_bytes(_picture(rendered.pdf, page))
                print(name)


def _of(kind, system):
    """The sample, issued by a body of ``system``."""
    content = kind.sample()
    if system != "state":
        return content
    number = f"05/{kind.type_code}-{STATE['symbol']}" if kind.type_code and content.number else content.number
    return dataclasses.replace(
        content, number=number, heading=dataclasses.replace(content.heading, system=system, **STATE)
    )


def _pages(rendered, content) -> list[int]:
    count = len(pypdfium2.PdfDocument(rendered.pdf))
    wanted = {0, *(box.page for box in rendered.boxes)}
    if content.annexes:
        wanted.add(count - 1)
    return sorted(wanted)


def _picture(pdf: bytes, page: int) -> bytes:
    """A page as PNG in 16 greys."""
    # Twice the size, then the mean of four dots: letters stand where they do on paper.
    bitmap = pypdfium2.PdfDocument(pdf)[page].render(scale=2 * PPI / 72, grayscale=True)
    width, height, stride, pixels = bitmap.width // 4 * 2, bitmap.height // 2, bitmap.stride, bytes(bitmap.buffer)
    rows = []
    for top in range(height):
        above, below = (pixels[line * stride : line * stride + 2 * width] for line in (2 * top, 2 * top + 1))
        dots = [sum(four) >> 6 for four in zip(above[::2], above[1::2], below[::2], below[1::2], strict=True)]
        rows.append(b"\0" + bytes(left << 4 | right for left, right in zip(dots[::2], dots[1::2], strict=True)))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(rows), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


if __name__ == "__main__":
    main()
