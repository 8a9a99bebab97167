"""Prize money: coefficient × the base salary of the day of the decision, rounded up (law.md §7; NĐ 152/2025, Điều 49).

Coefficients are exact decimals, money whole đồng. Plain Python: no Django, no clock, no database.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum


class MoneyError(ValueError):
    """The amount cannot be worked out; ``code`` names the rule, the text is a Vietnamese sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Recipient(StrEnum):
    PERSON = "person"
    COLLECTIVE = "collective"
    HOUSEHOLD = "household"


@dataclass(frozen=True)
class BaseSalary:
    """Mức lương cơ sở in đồng, in force from a day until the next row's."""

    amount: int
    valid_from: datetime.date
    source: str = ""
    is_confirmed: bool = True


@dataclass(frozen=True)
class Tariff:
    """What one award is worth at most, as multiples of the base salary by recipient (R-41)."""

    code: str
    is_title: bool
    coefficients: dict[Recipient, Decimal]

    def coefficient_for(self, recipient: Recipient, asked: Decimal | None = None) -> Decimal:
        """The coefficient to pay. Raises MoneyError: not for this recipient, or more than the tariff allows."""
        most = self.coefficients.get(recipient)
        if most is None:
            raise MoneyError("not_for_recipient", f"{self.code} không tặng cho đối tượng này. Hãy chọn lại đối tượng.")
        if asked is not None and asked > most:
            raise MoneyError("above_ceiling", f"Hệ số {asked} vượt mức {most} của {self.code}. Hãy nhập lại hệ số.")
        return most if asked is None else asked


@dataclass(frozen=True)
class Amount:
    """One payment line with what it came from (R-40), in đồng; ``raw`` before rounding up."""

    coefficient: Decimal
    base_salary: int
    raw: Decimal
    amount: int


def base_salary_on(day: datetime.date, salaries: Sequence[BaseSalary]) -> int:
    """The base salary on the day of the award decision (R-12). Raises MoneyError when no row reaches back so far."""
    known = [row for row in salaries if row.valid_from <= day]
    if not known:
        raise MoneyError("no_base_salary", f"Chưa khai mức lương cơ sở áp dụng ngày {day:%d/%m/%Y}. Hãy bổ sung.")
    return max(known, key=lambda row: row.valid_from).amount


def work_out(
    tariff: Tariff,
    recipient: Recipient,
    decided: datetime.date,
    salaries: Sequence[BaseSalary],
    *,
    asked: Decimal | None = None,
    round_up_to: int = 10_000,
) -> Amount:
    """The money of one award. Raises MoneyError."""
    coefficient = tariff.coefficient_for(recipient, asked)
    base = base_salary_on(decided, salaries)
    raw = coefficient * base
    return Amount(coefficient, base, raw, rounded_up(raw, round_up_to))


def rounded_up(raw: Decimal, step: int) -> int:
    """``raw`` đồng up to the next whole ``step`` (Điều 49.2)."""
    return int((raw / step).to_integral_value(rounding=ROUND_CEILING)) * step


def paid_together(awards: Sequence[tuple[Tariff, str, int]]) -> list[int]:
    """What is paid of several awards of one subject at one time: (tariff, period of achievement, amount), in that order.

    Of titles of the same period only the highest; titles of other periods and every form are paid (Điều 49.5–7). Of equal
    ones the first is paid.
    """
    best: dict[str, int] = {}
    for place, (tariff, period, amount) in enumerate(awards):
        if tariff.is_title and (period not in best or amount > awards[best[period]][2]):
            best[period] = place
    return [
        amount if not tariff.is_title or best[period] == place else 0
        for place, (tariff, period, amount) in enumerate(awards)
    ]
