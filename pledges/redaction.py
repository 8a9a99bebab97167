"""Taking the name of a person or collective out of a text that the public reads. Plain Python.

It is the second line: a model whose public text names somebody who did not agree is not switched on at all
(services/exemplary/publishing.py). What slipped through (a name corrected later, a narrower consent) is taken out here.
"""

import re
import unicodedata

from dvk_portal.core.text import search_key

_TITLES = ("đồng chí", "ông", "bà", "anh", "chị", "cô", "chú", "bác", "cậu", "em", "thầy", "mẹ", "cụ")
_PARTS = re.compile(r"[,;()/–—]|\s-\s|\s(?:và|cùng)\s", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_TITLE_BEFORE = re.compile(r"(?:\b(?:" + "|".join(_TITLES) + r")\s+)+$", re.IGNORECASE)

_AT_BEGINNING = re.compile(r"(?:^|[.!?…]\s+|\n\s*)$")


def holds_name(text: str, subject: str) -> bool:
    """Whether ``text`` names ``subject``, with or without diacritics, in full or as "bà Hoa"."""
    return bool(_spans(unicodedata.normalize("NFC", text), subject))


def without_name(text: str, subject: str, instead: str) -> str:
    """``text`` with every mention of ``subject`` (and the "ông", "bà" before it) replaced by ``instead``."""
    text = unicodedata.normalize("NFC", text)
    for start, end in reversed(_spans(text, subject)):
        title = _TITLE_BEFORE.search(text[:start])
        before = text[: title.start() if title else start]
        word = instead[:1].upper() + instead[1:] if _AT_BEGINNING.search(before) else instead
        text = before + word + text[end:]
    return text


def _spans(text: str, subject: str) -> list[tuple[int, int]]:
    """Where ``subject`` is named, from left to right, without overlaps."""
    words = [(found.group(), found.start(), found.end()) for found in _WORD.finditer(text)]
    folded = [search_key(word) for word, _, _ in words]
    exact = [word.casefold() for word, _, _ in words]
    found: list[tuple[int, int]] = []
    for pattern, ignore_marks in _patterns(subject):
        row = folded if ignore_marks else exact
        size = len(pattern)
        found += [
            (words[at][1], words[at + size - 1][2])
            for at in range(len(row) - size + 1)
            if row[at : at + size] == pattern
        ]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _patterns(subject: str) -> list[tuple[list[str], bool]]:
    """Rows of words that name ``subject``; the flag: compare without marks. A single word alone names nobody."""
    patterns: list[tuple[list[str], bool]] = []
    for number, part in enumerate(_PARTS.split(unicodedata.normalize("NFC", subject))):
        title = re.match(r"\s*(?:(?:" + "|".join(_TITLES) + r")\s+)+", part, re.IGNORECASE)
        # What follows a comma is mostly a place or a post; a second person is introduced by a title.
        if number and not title:
            continue
        words = _WORD.findall(part[title.end() :] if title else part)
        if len(words) > 1:
            patterns.append(([search_key(word) for word in words], True))
        if title and words:
            # "bà Hoa" for "bà Nguyễn Thị Hoa": with its marks, or "chỉ hòa" would name her too.
            patterns += [([*called.split(), words[-1].casefold()], False) for called in _TITLES]
    return patterns
