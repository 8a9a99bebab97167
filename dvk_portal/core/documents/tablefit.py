"""Fitting texts to their room before they are set: the columns of a table, and words too long for where they stand.

A column is never narrower than its longest word, so that a date or a figure stays on one line; only what is longer than
any word of the language breaks anywhere. Widths are estimated, not measured: they decide no line of ordinary text.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

MM = 72 / 25.4
A4 = (210, 297)
# Beyond this many columns a table takes the smaller size: upright, lying.
MANY_COLUMNS = (8, 12)
# A row higher than this (pt) may break between pages; a lower one stays whole.
HIGH_ROW = 340
# Between a rule and the text of a cell, in points.
INSET = 3
# The longest word that a column must hold on one line, in letters.
WORD = 16
# The mean width of a letter of Tinos in parts of its size; bold ones are a little wider.
LETTER, BOLD = 0.5, 1.07


def line_width(numbers: dict[str, Any], *, landscape: bool) -> float:
    """The width of the text on a page, in points."""
    return (A4[landscape] - numbers["margin_left"] - numbers["margin_right"]) * MM


def fit(table: dict[str, Any], numbers: dict[str, Any], *, landscape: bool) -> None:
    """Add ``size``, ``widths``, ``inset`` and ``long`` (rows that may break) to ``table``; complete its rows."""
    columns = table["columns"]
    size = numbers["table_small_size" if len(columns) > MANY_COLUMNS[landscape] else "table_size"]
    rows = [(row + [""] * len(columns))[: len(columns)] for row in table["rows"]]
    least = [
        2 * INSET + size * max([_longest(column["title"]), *(_longest(row[place]) for row in rows)])
        for place, column in enumerate(columns)
    ]
    widths = shared([column["width"] for column in columns], least, line_width(numbers, landscape=landscape))
    rooms = [width - 2 * INSET for width in widths]
    table["long"] = [place for place, row in enumerate(rows) if _height(row, rooms, size) > HIGH_ROW]
    table["rows"] = [[breakable(cell, room, size) for cell, room in zip(row, rooms, strict=True)] for row in rows]
    for column, room in zip(columns, rooms, strict=True):
        column["title"] = breakable(column["title"], room, size)
    table |= {"size": size, "widths": widths, "inset": INSET}


def _height(row: list[str], rooms: list[float], size: float) -> float:
    lines = (len(cell) * size * LETTER / room + cell.count("\n") for cell, room in zip(row, rooms, strict=True))
    return max(lines, default=0) * (size + INSET)


def shared(shares: list[float], least: list[float], line: float) -> list[float]:
    """``line`` divided by ``shares``, each part at least its ``least``; when those do not fit, all in proportion to them."""
    if sum(least) >= line:
        return [line * part / sum(least) for part in least]
    fixed: set[int] = set()
    while True:
        free = line - sum(least[place] for place in fixed)
        total = sum(share for place, share in enumerate(shares) if place not in fixed)
        widths = [least[place] if place in fixed else free * share / total for place, share in enumerate(shares)]
        narrow = {place for place, width in enumerate(widths) if place not in fixed and width < least[place]}
        if not narrow:
            return widths
        fixed |= narrow


def breakable(value: Any, room: float, size: float) -> Any:
    """Let words wider than ``room`` points break anywhere (a zero-width space shows nothing)."""
    if isinstance(value, dict):
        return {name: breakable(part, room, size) for name, part in value.items()}
    if isinstance(value, list):
        return [breakable(part, room, size) for part in value]
    if not isinstance(value, str) or len(value) * size <= room:
        return value
    return re.sub(
        r"[^\s\u200b]+", lambda found: _opened(found[0]) if word_width(found[0]) * size > room else found[0], value
    )


def _longest(text: str) -> float:
    """The width of the longest word, in parts of the size; what is longer than the language has does not count."""
    return max((word_width(word) for word in text.split() if len(word) <= WORD), default=0)


@lru_cache(maxsize=10_000)
def word_width(word: str) -> float:
    """The width of a word in bold, in parts of the size."""
    return BOLD * sum(map(_letter, word))


def _letter(char: str) -> float:
    if char in ".,:;/|()[]-'!iIljtfr":
        return 0.34
    if char in "mMwW%@…—":
        return 1.0
    return 0.72 if char.isupper() else LETTER


def _opened(word: str) -> str:
    return "\u200b".join(_clusters(word))


def _clusters(word: str) -> Iterator[str]:
    """Letters with the marks that stand on them."""
    held = ""
    for char in word:
        if held and not unicodedata.combining(char):
            yield held
            held = ""
        held += char
    yield held
