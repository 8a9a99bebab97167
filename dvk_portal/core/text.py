"""Keys by which Vietnamese text is searched and put in order, the same on SQLite and PostgreSQL.

Both are stored in columns of their own, because SQLite folds nothing and ICU treats ê and đ as letters of their own.
"""

import unicodedata

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"

# Tones in dictionary order: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_NO_TONE = "0"

# Codes of the sort key hold only 0-9 and a-z, so every collation orders them as bytes do. None is the start of another.
_END, _SPACE, _NUMBER, _OTHER = "00", "01", "1", "9"
_LETTERS = {letter: f"{20 + rank}" for rank, letter in enumerate(ALPHABET)}
_LETTER_MARKS = {"\u0306", "\u0302", "\u031b"}  # breve, circumflex, horn


def search_key(text: str) -> str:
    """The text as someone types it in a hurry: lower case, no marks, đ as d, single spaces.

    "HUYỆN CHÂU PHÚ", its decomposed (NFD) form and "huyen  chau phu" give "huyen chau phu". Signs that cannot be seen
    (zero-width, control) are left out.
    """
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).lower())
    kept = (" " if char.isspace() else char for char in text)
    plain = "".join(char for char in kept if unicodedata.category(char) not in ("Mn", "Cf", "Cc", "Cs"))
    return " ".join(unicodedata.normalize("NFC", plain).lower().replace("đ", "d").split())


def sort_key(text: str) -> str:
    """A key whose plain order is Vietnamese alphabetical order: a ă â b c d đ e ê …; tones decide only between equals.

    Compared word by word; capitals and punctuation do not matter; numbers go before letters and by their value, so that
    "Phường 2" precedes "Phường 10". Where the tone stands in the word does not matter (hoà, hòa). About two characters
    per letter, and never anything but 0-9 and a-z: any database collation orders it alike.
    """
    primary: list[str] = []
    tones: list[str] = []
    for word in _words(text):
        codes, tone = _word_codes(word)
        if primary:
            primary.append(_SPACE)
        primary.extend(codes)
        tones.append(tone)
    return "".join(primary) + _END + "".join(tones).rstrip(_NO_TONE)


def _words(text: str) -> list[str]:
    """Runs of letters and digits, decomposed and in lower case."""
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFC", text).lower())
    kept = (char for char in text if unicodedata.category(char) not in ("Cf", "Cs"))
    return "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in kept).split()


def _word_codes(word: str) -> tuple[list[str], str]:
    """Primary codes of a word and its tone (the first one written)."""
    codes: list[str] = []
    tone = _NO_TONE
    position = 0
    while position < len(word):
        start = position
        char = word[position]
        position += 1
        if char in "0123456789":
            while position < len(word) and word[position] in "0123456789":
                position += 1
            codes.append(_number_code(word[start:position]))
            continue
        marks: list[str] = []
        while position < len(word) and unicodedata.category(word[position])[0] == "M":
            marks.append(word[position])
            position += 1
        tone = tone if tone != _NO_TONE else next((_TONES[mark] for mark in marks if mark in _TONES), _NO_TONE)
        codes.append(_letter_code(char, marks))
    return codes, tone


def _letter_code(char: str, marks: list[str]) -> str:
    """Code of a letter with the marks that make another letter of it (ă, ê, ơ); other marks do not count."""
    shape = next((mark for mark in marks if mark in _LETTER_MARKS), "")
    code = _LETTERS.get(unicodedata.normalize("NFC", char + shape)) or _LETTERS.get(char)
    return code or f"{_OTHER}{ord(char):06x}"


def _number_code(digits: str) -> str:
    """Code by value: how many digits, then the digits; leading zeros do not count."""
    digits = digits.lstrip("0") or "0"
    return f"{_NUMBER}{min(len(digits), 99):02d}{digits}"
