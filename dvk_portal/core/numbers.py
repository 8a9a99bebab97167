"""Numbers as Vietnamese officers type them, and as the portal shows them. Decimals throughout, never floats.

Vietnamese writing has a dot (or a space) between thousands and a comma before decimals; spreadsheets often give the
English way. Both are understood where only one reading is possible; where two are, the person is asked (a silent factor
of a thousand is the worst mistake a report can hold).
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext

MAX_DIGITS = 14  # of DecimalField(max_digits=14), the column reported values live in
MAX_LENGTH = 64

_SIGNED = re.compile(r"(?P<sign>[+-]?) ?(?P<body>[0-9., ]*[0-9]) ?(?P<percent>%?)", re.ASCII)
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:[., ][0-9]{3})+", re.ASCII)
_PLAIN = re.compile(r"[0-9]*", re.ASCII)


class NumberError(ValueError):
    """The text is not a number the field accepts; the text of the error is a Vietnamese sentence."""


class AmbiguousNumberError(NumberError):
    """The text may be read as two different numbers."""


def parse_number(
    text: str | int | Decimal,
    decimals: int | None = None,
    *,
    allow_negative: bool = False,
    allow_percent: bool = True,
    max_digits: int = MAX_DIGITS,
) -> Decimal:
    """The number written in ``text``: "1.234,5", "1234.5", "1,234.5", "1 234", "12,5%" (12.5), "  7 ".

    ``decimals``: how many places the field takes, ``None`` when unknown; more places (other than zeros) are refused.
    One separator followed by exactly three digits ("1.234", "1,234") is read as

    * thousands when ``decimals`` is 0 (a count has no other reading);
    * decimals when it is a comma and the field takes three places or more (the Vietnamese reading fits);
    * decimals when the part before it is empty, begins with 0 or has more than three digits ("0.125", "1234,567");
    * otherwise it is ambiguous: ``AmbiguousNumberError``.

    Raises ``NumberError`` with a Vietnamese sentence; ``TypeError`` for a float or bool.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | Decimal):
        raise TypeError("A number is parsed from text, an int or a Decimal, never from a float.")
    if isinstance(text, str):
        number = _read(text, decimals, allow_percent)
    elif (number := Decimal(text)).is_finite():
        number = _plain(number)
    else:
        raise NumberError("Giá trị nhập vào không phải là số.")
    return _check(number, decimals, allow_negative, max_digits)


def parse_id(text: str) -> int | None:
    """The number of a row as a form or an address sends it; None for whatever no row can have ("²", thirty digits)."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def parse_ids(texts: Iterable[str]) -> list[int]:
    """Those of ``texts`` that may be numbers of rows."""
    return [number for text in texts if (number := parse_id(text)) is not None]


def format_number(number: Decimal | int, decimals: int | None = None) -> str:
    """The number as printed in Vietnamese: ``Decimal("1234.5")`` → "1.234,5".

    With ``decimals`` exactly so many places, half rounded up (away from zero); without, all places that are not zero.
    """
    number = _plain(Decimal(number))
    if decimals is not None:
        with localcontext() as context:
            context.prec = max(number.adjusted() + decimals + 2, 1) + 28
            number = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    if number == 0:
        number = abs(number)
    return f"{number:,f}".translate(str.maketrans(",.", ".,"))


def _read(text: str, decimals: int | None, allow_percent: bool) -> Decimal:
    shown = text.strip()[:MAX_LENGTH]
    cleaned = " ".join(unicodedata.normalize("NFKC", text).replace("\u2212", "-").split())
    if not cleaned:
        raise NumberError("Chưa nhập số.")
    match = _SIGNED.fullmatch(cleaned) if len(cleaned) <= MAX_LENGTH else None
    if match is None:
        raise NumberError(f"“{shown}” không phải là số.")
    if match["percent"] and not allow_percent:
        raise NumberError(f"“{shown}”: mục này không ghi theo phần trăm, hãy nhập số không kèm dấu %.")
    whole, fraction = _split(match["body"], decimals, shown)
    return Decimal(f"{match['sign']}{whole or '0'}.{fraction or '0'}")


def _split(body: str, decimals: int | None, shown: str) -> tuple[str, str]:
    """Digits before and after the decimal mark."""
    marks = [char for char in body if not char.isdigit()]
    kinds = set(marks)
    last = marks[-1] if marks else ""
    if not marks:
        return body, ""
    if last != " " and marks.count(last) == 1 and not (len(kinds) == 1 and _is_thousands(body, last, decimals, shown)):
        whole, fraction = body.split(last)
    else:
        whole, fraction = body, ""
    groups = {char for char in whole if not char.isdigit()}
    if len(groups) > 1 or not (_PLAIN if not groups else _GROUPED).fullmatch(whole):
        raise NumberError(f"“{shown}” không phải là số: dấu ngăn cách hàng nghìn đặt sai chỗ. Ví dụ đúng: 1.234,5.")
    return re.sub(r"[., ]", "", whole), fraction


def _is_thousands(body: str, mark: str, decimals: int | None, shown: str) -> bool:
    """Whether the only separator of the number divides thousands. ``AmbiguousNumberError`` when nobody can know."""
    whole, fraction = body.split(mark)
    if len(fraction) != 3 or not 1 <= len(whole) <= 3 or whole.startswith("0"):
        return False
    if decimals == 0:
        return True
    if mark == "," and decimals is not None and decimals >= 3:
        return False
    raise AmbiguousNumberError(
        f"“{shown}” có thể là {whole}{fraction} hoặc {whole} phẩy {fraction}. "
        f"Hãy viết {whole}{fraction} nếu là hàng nghìn, hoặc {whole},{fraction}0 nếu là số thập phân."
    )


def _check(number: Decimal, decimals: int | None, allow_negative: bool, max_digits: int) -> Decimal:
    if number < 0 and not allow_negative:
        raise NumberError("Số không được âm.")
    plain = _plain(number)
    _, digits, exponent = plain.as_tuple()
    places = -exponent if isinstance(exponent, int) else 0
    if decimals is not None and places > decimals:
        if decimals == 0:
            raise NumberError("Mục này chỉ nhận số nguyên.")
        raise NumberError(f"Mục này chỉ nhận tối đa {decimals} chữ số thập phân.")
    if max(len(digits), places) > max_digits:
        raise NumberError(f"Số quá dài: tối đa {max_digits} chữ số.")
    return plain


def _plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros after the mark, without exponent, without a negative zero."""
    if number == 0:
        return Decimal(0)
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or exponent >= MAX_LENGTH or len(digits) > MAX_LENGTH:
        raise NumberError("Số quá dài.")
    if exponent >= 0:
        return Decimal((sign, digits + (0,) * exponent, 0))
    kept = list(digits)
    while exponent < 0 and kept and kept[-1] == 0:
        kept.pop()
        exponent += 1
    return Decimal((sign, tuple(kept), exponent))
