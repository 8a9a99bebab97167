"""How a number and a date are written on a document (law.md §9, T-F1). Plain Python: no Django, no clock, no database.

The Party writes "Số 05-BC/BTGDVTU", the State "Số: 05/BC-SNV"; both put a zero before a number below 10.
"""

import datetime
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

PARTY, STATE, NEUTRAL = "party", "state", "neutral"

# Sizes of the metadata of a document (NĐ 30/2020 Phụ lục VI, R-64).
CODE_NUMBER = 11
CODE_NOTATION = 30
SUBJECT = 500

# The spelling of the usual abbreviations; any other may be used as well.
USUAL_TYPES = {
    "NQ": "Nghị quyết", "QĐ": "Quyết định", "CT": "Chỉ thị", "KL": "Kết luận", "QC": "Quy chế",
    "HD": "Hướng dẫn", "TB": "Thông báo", "BC": "Báo cáo", "KH": "Kế hoạch", "CTr": "Chương trình", "TTr": "Tờ trình",
    "CV": "Công văn", "BB": "Biên bản", "GM": "Giấy mời", "GGT": "Giấy giới thiệu",
}  # fmt: skip


class NumberingError(ValueError):
    """The number cannot be written; the text is a Vietnamese sentence."""


@dataclass(frozen=True)
class _Style:
    """``word`` stands before the number on the document; ``join`` puts number, type and body together."""

    word: str
    join: Callable[[str, str, str], str]


def _slash_first(number: str, type_code: str, body: str) -> str:
    # An official letter of the State names no type: "15/SNV-VP".
    return f"{number}/{type_code}-{body}" if type_code else f"{number}/{body}"


_STYLES = {
    PARTY: _Style("Số ", lambda number, type_code, body: f"{number}-{type_code}/{body}"),
    STATE: _Style("Số: ", _slash_first),
    NEUTRAL: _Style("Số: ", _slash_first),
}


def spell_type(code: str, known: tuple[str, ...] = ()) -> str:
    """``code`` as it is usually written ("bc" → "BC", "ttr" → "TTr"), so that one type never has two runs of numbers.

    ``known`` are spellings in use already; they come first. Marks are never guessed: HD and HĐ are two types.
    """
    code = _clean(code)
    spellings = {usual.casefold(): usual for usual in (*USUAL_TYPES, *known)}
    return spellings.get(code.casefold(), code)


def number_text(system: str, type_code: str, body: str, sequence: int) -> str:
    """ "05-BC/BTGDVTU" (Party), "05/BC-SNV" (State): what the register holds, without the word "Số".

    Raises NumberingError. Source: HD 05-HD/VPTW 2026; NĐ 30/2020 Phụ lục I; T-F1.
    """
    style = _style(system)
    type_code, body = _clean(type_code), _clean(body)
    if not body:
        raise NumberingError("Thiếu ký hiệu cơ quan ban hành, ví dụ BTGDVTU.")
    if not type_code and system == PARTY:
        raise NumberingError("Thiếu tên loại văn bản viết tắt, ví dụ BC.")
    if isinstance(sequence, bool) or not isinstance(sequence, int) or sequence < 1:
        raise NumberingError("Số văn bản phải là số nguyên từ 1 trở lên.")
    if len(str(sequence)) > CODE_NUMBER:
        raise NumberingError(f"Số văn bản dài quá {CODE_NUMBER} chữ số.")
    if len(f"{type_code}/{body}") > CODE_NOTATION:
        raise NumberingError(
            f"Ký hiệu “{type_code}/{body}” dài quá {CODE_NOTATION} ký tự. Hãy dùng ký hiệu cơ quan ngắn hơn."
        )
    return style.join(f"{sequence:02d}", type_code, body)


def number_line(system: str, type_code: str, body: str, sequence: int) -> str:
    """The line on the document: "Số 05-BC/BTGDVTU" without a colon (Party), "Số: 05/BC-SNV" (State). Raises NumberingError."""
    return line_of(system, number_text(system, type_code, body, sequence))


def line_of(system: str, text: str) -> str:
    """The line on the document for a number that the register holds as ``text``. Raises NumberingError."""
    return _style(system).word + text


def scope_is_term(system: str) -> bool:
    """Whether numbers run through a term of office (Party) instead of through the year (R-63)."""
    return system == PARTY


def date_text(day: datetime.date) -> str:
    """ "ngày 05 tháng 02 năm 2026": a zero before days below 10 and before January and February only (T-F1)."""
    month = f"{day.month:02d}" if day.month <= 2 else f"{day.month}"
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _style(system: str) -> _Style:
    try:
        return _STYLES[system]
    except KeyError as error:
        raise NumberingError(f"Không có hệ văn bản “{system}”. Các hệ dùng được: {PARTY}, {STATE}.") from error


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    return "".join(char for char in text if not char.isspace() and unicodedata.category(char)[0] != "C")
