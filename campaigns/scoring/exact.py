"""Exact numbers: decimals in and out, fractions in between, nothing rounded unless asked."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

MAX_DIGITS = 18  # before and after the mark: far beyond any score, small enough never to stall

_NUMBER = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?\Z")

ROUNDING_MODES = ("half_up", "half_even", "down", "up")


def read_number(raw: object) -> Decimal | None:
    """The decimal written as a number or as text ("1,5" or "1.5"); None when it is no number. Floats are refused."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        text = raw.strip()
        if len(text) > 2 * MAX_DIGITS + 2 or not _NUMBER.match(text) or not text.isascii():
            return None
        value = Decimal(text.replace(",", "."))
    elif isinstance(raw, int):
        if abs(raw) >= 10**MAX_DIGITS:
            return None
        value = Decimal(raw)
    elif isinstance(raw, Decimal):
        value = raw
    else:
        return None
    return normal(value)


def normal(value: Decimal) -> Decimal | None:
    """The same value without trailing zeros, exponent or negative zero; None beyond the supported size."""
    if not value.is_finite():
        return None
    if not value:
        return Decimal(0)
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    kept = list(digits)
    while kept[-1] == 0:
        kept.pop()
        exponent += 1
    if exponent < -MAX_DIGITS or len(kept) + exponent > MAX_DIGITS:
        return None
    if exponent > 0:
        kept += [0] * exponent
        exponent = 0
    return Decimal((sign, tuple(kept), exponent))


def plain(value: Fraction | Decimal) -> Decimal | None:
    """The decimal equal to the fraction, or None when no finite decimal is (1/3)."""
    if isinstance(value, Decimal):
        return normal(value)
    denominator, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while denominator % prime == 0:
            denominator //= prime
            count += 1
        places = max(places, count)
    if denominator != 1:
        return None
    return _decimal(value.numerator * 10**places // value.denominator, places)


def _decimal(scaled: int, places: int) -> Decimal:
    digits = tuple(int(char) for char in str(abs(scaled)))
    kept = list(digits)
    while places > 0 and kept[-1] == 0 and len(kept) > 1:
        kept.pop()
        places -= 1
    if kept == [0]:
        return Decimal(0)
    return Decimal((1 if scaled < 0 else 0, tuple(kept), -places))


def round_to(value: Fraction, step: Decimal, mode: str = "half_up") -> Fraction:
    """The value as a multiple of `step`: half_up (halves away from zero), half_even, down (to zero), up (from zero)."""
    unit = Fraction(step)
    ratio = abs(value) / unit
    whole = ratio.numerator // ratio.denominator
    rest = ratio - whole
    half = Fraction(1, 2)
    if (
        (mode == "up" and rest)
        or (mode == "half_up" and rest >= half)
        or (mode == "half_even" and (rest > half or (rest == half and whole % 2)))
    ):
        whole += 1
    return (whole if value >= 0 else -whole) * unit


def shown(value: Fraction | Decimal, step: Decimal = Decimal("0.01"), mode: str = "half_up") -> Decimal:
    """The exact decimal where there is one of at most six places, otherwise rounded to `step`."""
    exact = plain(value)
    if exact is not None:
        exponent = exact.as_tuple().exponent
        if isinstance(exponent, int) and exponent >= -6:
            return exact
    rounded = plain(round_to(Fraction(value), step, mode))
    assert rounded is not None
    return rounded


def vietnamese(value: Fraction | Decimal | int) -> str:
    """The number as written in Vietnamese, decimal comma, at most four places: 2,1."""
    exact = shown(Fraction(value))
    if exact.as_tuple().exponent < -4:  # type: ignore[operator]
        exact = shown(round_to(Fraction(value), Decimal("0.0001")))
    return f"{exact:f}".replace(".", ",")
