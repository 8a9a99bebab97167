"""Which characters the printed face can show. PDF/A allows no missing glyph, so a text is asked before it is set."""

import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"


def unprintable(text: str) -> list[str]:
    """The characters of ``text`` that Tinos cannot print in every style, each once, in order: emoji, rare signs, other scripts."""
    text = unicodedata.normalize("NFC", text)
    strange = {char for char in set(text) - printable() if not _unseen(char)}
    return sorted(strange, key=text.index)


def _unseen(char: str) -> bool:
    """Signs that leave no mark: joiners, direction marks, variation selectors, line ends, control characters."""
    return unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") or "\ufe00" <= char <= "\ufe0f"


@cache
def printable() -> frozenset[str]:
    """The characters that all four faces have."""
    faces = [_characters(path.read_bytes()) for path in sorted(FONTS.glob("*.ttf"))]
    return frozenset(map(chr, set.intersection(*faces)))


def _characters(font: bytes) -> set[int]:
    """The code points of a TrueType file that lead to a glyph, from its Unicode ``cmap`` (format 4, or 12 where there is one)."""
    (tables,) = struct.unpack_from(">H", font, 4)
    entries = (struct.unpack_from(">4sLLL", font, 12 + 16 * index) for index in range(tables))
    cmap = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    found: set[int] = set()
    for index in range(count):
        _, _, offset = struct.unpack_from(">HHL", font, cmap + 4 + 8 * index)
        (form,) = struct.unpack_from(">H", font, cmap + offset)
        if form == 4:
            found |= _format_4(font, cmap + offset)
        elif form == 12:
            found |= _format_12(font, cmap + offset)
    return found


def _format_4(font: bytes, start: int) -> set[int]:
    (double,) = struct.unpack_from(">H", font, start + 6)
    ends, starts = start + 14, start + 16 + double
    found: set[int] = set()
    for position in range(0, double, 2):
        first, last = (struct.unpack_from(">H", font, table + position)[0] for table in (starts, ends))
        (delta,) = struct.unpack_from(">h", font, starts + double + position)
        place = starts + 2 * double + position
        (shift,) = struct.unpack_from(">H", font, place)
        for code in range(first, last + 1):
            glyph = code if shift == 0 else struct.unpack_from(">H", font, place + shift + 2 * (code - first))[0]
            if (glyph + delta if shift == 0 or glyph else 0) & 0xFFFF:
                found.add(code)
    return found - {0xFFFF}


def _format_12(font: bytes, start: int) -> set[int]:
    (groups,) = struct.unpack_from(">L", font, start + 12)
    rows = (struct.unpack_from(">LLL", font, start + 16 + 12 * index) for index in range(groups))
    return {code for first, last, _ in rows for code in range(first, last + 1)}
