"""The vocabulary of reported figures: kinds, roll-up rules, cells and results. Plain frozen values.

Source: the section ``semantics`` of ``campaigns/data/indicators.yaml``. The arithmetic is in ``campaigns.aggregation``.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Generic, TypeVar

U = TypeVar("U", bound=Hashable)
G = TypeVar("G", bound=Hashable)

RESULT_PLACES = 2  # of percentages and of averages that do not end


class Kind(StrEnum):
    """What a figure is: happened in the period, exists at its end, a quotient, a narrative, or an answer."""

    FLOW = "flow"
    STOCK = "stock"
    RATIO = "ratio"
    TEXT = "text"
    YES_NO = "yes_no"


class OverTime(StrEnum):
    """From the periods of one unit to one value."""

    SUM = "sum"
    LAST = "last"
    FIRST = "first"
    MAX = "max"
    AVERAGE = "average"
    RECOMPUTE = "recompute"
    JOIN = "join"


class OverUnits(StrEnum):
    """From the values of several units to a total. ``NONE``: the value is the province's own, never added up."""

    SUM = "sum"
    AVERAGE = "average"
    MAX = "max"
    RECOMPUTE = "recompute"
    JOIN = "join"
    COUNT_YES = "count_yes"
    NONE = "none"


POINT = (OverTime.LAST, OverTime.FIRST)
_NUMERIC_TIME = (OverTime.SUM, *POINT, OverTime.MAX, OverTime.AVERAGE)
_NUMERIC_UNITS = (OverUnits.SUM, OverUnits.AVERAGE, OverUnits.MAX, OverUnits.NONE)
# kind: rules over time and over units that make sense; the first of each is the default.
ALLOWED: Mapping[Kind, tuple[tuple[OverTime, ...], tuple[OverUnits, ...]]] = {
    Kind.FLOW: (_NUMERIC_TIME, _NUMERIC_UNITS),
    Kind.STOCK: ((OverTime.LAST, *(rule for rule in _NUMERIC_TIME if rule != OverTime.LAST)), _NUMERIC_UNITS),
    Kind.RATIO: ((OverTime.RECOMPUTE, OverTime.SUM, *POINT), (OverUnits.RECOMPUTE, OverUnits.SUM, OverUnits.NONE)),
    Kind.TEXT: ((OverTime.JOIN,), (OverUnits.JOIN, OverUnits.NONE)),
    Kind.YES_NO: (POINT, (OverUnits.COUNT_YES, OverUnits.NONE)),
}


class RuleError(ValueError):
    """A roll-up rule that does not fit the kind; the text is a Vietnamese sentence."""


@dataclass(frozen=True)
class Rule:
    """How one indicator rolls up. Build with ``Rule.of``. The last two fields are the rules of the parts of a ratio."""

    kind: Kind
    over_time: OverTime
    over_units: OverUnits
    numerator_time: OverTime = OverTime.SUM
    denominator_time: OverTime = OverTime.SUM

    @classmethod
    def of(
        cls,
        kind: str,
        over_time: str | None = None,
        over_units: str | None = None,
        *,
        numerator_time: str | None = None,
        denominator_time: str | None = None,
    ) -> "Rule":
        """The rule, with the defaults of the kind. For a ratio ``over_time`` may name one rule for both parts.

        Raises ``RuleError`` for a rule that is unknown or does not fit (a percentage is never averaged).
        """
        try:
            of_kind = Kind(kind)
            times, units = ALLOWED[of_kind]
            time = OverTime(over_time) if over_time is not None else times[0]
            unit = OverUnits(over_units) if over_units is not None else units[0]
            part = time if of_kind is Kind.RATIO and time is not OverTime.RECOMPUTE else OverTime.SUM
            parts = [part if name is None else OverTime(name) for name in (numerator_time, denominator_time)]
        except ValueError:
            names = ", ".join(str(name)[:40] for name in (kind, over_time, over_units) if name is not None)
            raise RuleError(f"Loại chỉ tiêu hoặc cách tổng hợp không có trong danh mục: {names}.") from None
        if time not in times or unit not in units or any(part not in (OverTime.SUM, *POINT) for part in parts):
            raise RuleError(f"Chỉ tiêu loại “{of_kind}” không tổng hợp được theo “{time}” và “{unit}”.")
        return cls(of_kind, time, unit, *parts)

    @property
    def at_a_point(self) -> bool:
        """Whether the value describes a moment, so that a unit closed by then has no part in a total (lineage)."""
        if self.kind is Kind.RATIO:
            return self.numerator_time in POINT or self.denominator_time in POINT
        return self.kind in (Kind.STOCK, Kind.YES_NO)


@dataclass(frozen=True)
class Cell:
    """What one unit reported for one period. An empty ``Cell()`` is "chưa báo cáo", as is a missing one."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    text: str = ""
    answer: bool | None = None
    applicable: bool = True
    nothing: bool = False

    @classmethod
    def none_occurred(cls) -> "Cell":
        """ "Không phát sinh": a reported 0, of whatever kind."""
        zero = Decimal(0)
        return cls(zero, zero, zero, answer=False, nothing=True)

    @classmethod
    def not_applicable(cls) -> "Cell":
        """ "Không áp dụng": neither a value nor something owed."""
        return cls(applicable=False)

    @property
    def has_parts(self) -> bool:
        """Whether both parts of a ratio are there."""
        return self.applicable and self.numerator is not None and self.denominator is not None

    def is_reported(self, kind: Kind) -> bool:
        """Whether the unit gave what an indicator of this kind asks."""
        if not self.applicable:
            return False
        if kind is Kind.TEXT:
            return self.nothing or bool(self.text.strip())
        if kind is Kind.YES_NO:
            return self.answer is not None
        return self.value is not None or (kind is Kind.RATIO and self.has_parts)


@dataclass(frozen=True)
class Piece:
    """One narrative, to be labelled with its period and unit."""

    period: Hashable
    unit: Hashable
    text: str


@dataclass(frozen=True)
class Rolled:
    """One rolled value with what a reader must know about it.

    ``exact`` in the measure of the indicator (per cent for a ratio); ``as_of`` the period a stock was taken from and
    ``stale`` when that is not the one asked for (in a total: when one of its units is stale); ``parts`` of a ratio;
    ``without_parts`` how many units gave a bare percentage, which no total contains; ``yes``, ``no``, ``silent`` count
    the units of a yes-no question.
    """

    kind: Kind
    exact: Fraction | None = None
    reported: int = 0
    expected: int = 0
    as_of: Hashable | None = None
    stale: bool = False
    parts: tuple[Fraction, Fraction] | None = None
    without_parts: int = 0
    pieces: tuple[Piece, ...] = ()
    yes: int = 0
    no: int = 0
    silent: int = 0

    @property
    def missing(self) -> int:
        """Expected cells that were not reported."""
        return self.expected - self.reported

    @property
    def value(self) -> Decimal | None:
        """The result: percentages at two places half up; anything else exact (an endless average: two places)."""
        return self.shown(RESULT_PLACES) if self.kind is Kind.RATIO else as_decimal(self.exact)

    def shown(self, decimals: int) -> Decimal | None:
        """The exact value rounded once, half up, to the places of the indicator: never round ``value`` again."""
        return None if self.exact is None else round_half_up(self.exact, decimals)


@dataclass(frozen=True)
class RollUp(Generic[U, G]):
    """The value of each unit, of each group of units (cluster, area) and of all."""

    rule: Rule
    by_unit: Mapping[U, Rolled]
    total: Rolled
    by_group: Mapping[G, Rolled] = field(default_factory=dict)


def as_decimal(number: Fraction | None) -> Decimal | None:
    """The exact decimal, or two places half up when the decimals never end; ``None`` stays ``None``."""
    if number is None:
        return None
    rest, places = number.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    return round_half_up(number, places if rest == 1 else RESULT_PLACES)


def round_half_up(number: Fraction, places: int) -> Decimal:
    """The nearest decimal with so many places; half goes away from zero."""
    scaled = abs(number) * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return Decimal((int(number < 0 and whole > 0), tuple(int(digit) for digit in str(whole)), -places))
