"""Derived indicators: "a + b - c" over codes of other indicators, read by a parser that knows nothing else."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

CODE = re.compile(r"[a-z][a-z0-9_]{0,49}", re.ASCII)
MAX_TERMS = 50

_TOKEN = re.compile(r"\s*(?:(?P<sign>[+-])|(?P<code>[a-z][a-z0-9_]*))", re.ASCII)


class FormulaError(ValueError):
    """The text is not a formula; the text of the error is a Vietnamese sentence."""


@dataclass(frozen=True)
class Formula:
    """A sum of indicators, each with its sign (+1 or -1), in the order written."""

    terms: tuple[tuple[int, str], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the indicators the formula needs, each once, in the order written."""
        return tuple(dict.fromkeys(code for _, code in self.terms))

    def evaluate(self, values: Mapping[str, Fraction | Decimal | int | None]) -> Fraction | None:
        """The exact result; ``None`` as soon as one value is absent: a balance with a hole is no balance."""
        total = Fraction(0)
        for sign, code in self.terms:
            value = values.get(code)
            if value is None:
                return None
            total += sign * Fraction(value)
        return total

    def __str__(self) -> str:
        text = "".join(f" {'-' if sign < 0 else '+'} {code}" for sign, code in self.terms)
        return text.removeprefix(" + ").removeprefix(" ")


def parse_formula(text: str) -> Formula:
    """Read "a + b - c". Raises ``FormulaError``."""
    terms: list[tuple[int, str]] = []
    sign, position, text = 1, 0, text.rstrip()
    expect_code, may_sign = True, True
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or (match["code"] and not expect_code) or (match["sign"] and not may_sign):
            raise FormulaError(
                f"Công thức “{text[:80]}” sai ở vị trí {position + 1}: chỉ dùng mã chỉ tiêu, dấu + và dấu -."
            )
        position = match.end()
        if match["sign"]:
            sign = -1 if match["sign"] == "-" else 1
            expect_code, may_sign = True, False
        else:
            terms.append((sign, match["code"]))
            expect_code, may_sign = False, True
    if expect_code:
        raise FormulaError(f"Công thức “{text[:80]}” chưa đủ: thiếu mã chỉ tiêu.")
    if len(terms) > MAX_TERMS:
        raise FormulaError(f"Công thức quá dài (tối đa {MAX_TERMS} số hạng).")
    return Formula(tuple(terms))
