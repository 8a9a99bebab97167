"""How reported figures add up over time and over units. Pure arithmetic, exact, without clock or database.

Source of the rules: the section ``semantics`` of ``campaigns/data/indicators.yaml`` and practice W-20. A flow is summed; of a
stock the last reported period counts; a ratio is divided after its parts have been added, percentages are never averaged;
not reported is ``None`` and never 0; every result says how many of the expected cells were reported.

The application gathers the cells of one indicator for all units with one query and calls ``roll_up``.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from typing import Generic, TypeVar

from campaigns.formulas import Formula

U = TypeVar("U", bound=Hashable)
P = TypeVar("P", bound=Hashable)
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


_POINT = (OverTime.LAST, OverTime.FIRST)
_NUMERIC_TIME = (OverTime.SUM, *_POINT, OverTime.MAX, OverTime.AVERAGE)
_NUMERIC_UNITS = (OverUnits.SUM, OverUnits.AVERAGE, OverUnits.MAX, OverUnits.NONE)
# kind: rules over time and over units that make sense; the first of each is the default.
ALLOWED: Mapping[Kind, tuple[tuple[OverTime, ...], tuple[OverUnits, ...]]] = {
    Kind.FLOW: (_NUMERIC_TIME, _NUMERIC_UNITS),
    Kind.STOCK: ((OverTime.LAST, *(rule for rule in _NUMERIC_TIME if rule != OverTime.LAST)), _NUMERIC_UNITS),
    Kind.RATIO: ((OverTime.RECOMPUTE, OverTime.SUM, *_POINT), (OverUnits.RECOMPUTE, OverUnits.SUM, OverUnits.NONE)),
    Kind.TEXT: ((OverTime.JOIN,), (OverUnits.JOIN, OverUnits.NONE)),
    Kind.YES_NO: (_POINT, (OverUnits.COUNT_YES, OverUnits.NONE)),
}


class RuleError(ValueError):
    """A roll-up rule that does not fit the kind; the text is a Vietnamese sentence."""


@dataclass(frozen=True)
class Rule:
    """How one indicator rolls up. Build with ``Rule.of``. The two last fields matter for a ratio: the rules of its parts."""

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
        except ValueError as error:
            raise RuleError(f"Cách tổng hợp không có trong danh mục: {error.args[0]}.") from None
        if time not in times or unit not in units or any(part not in (OverTime.SUM, *_POINT) for part in parts):
            raise RuleError(f"Chỉ tiêu loại “{of_kind}” không tổng hợp được theo “{time}” và “{unit}”.")
        return cls(of_kind, time, unit, *parts)

    @property
    def at_a_point(self) -> bool:
        """Whether the value describes a moment, so that a unit closed by then has no part in a total (lineage)."""
        if self.kind is Kind.RATIO:
            return self.numerator_time in _POINT or self.denominator_time in _POINT
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
        """"Không phát sinh": a reported 0, of whatever kind."""
        zero = Decimal(0)
        return cls(zero, zero, zero, answer=False, nothing=True)

    @classmethod
    def not_applicable(cls) -> "Cell":
        """"Không áp dụng": neither a value nor something owed."""
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

    ``exact`` in the measure of the indicator (per cent for a ratio); ``as_of`` the period a stock was taken from and ``stale`` when
    that is not the one asked for (in a total: when one of its units is stale); ``parts`` of a ratio; ``without_parts`` how many
    units gave a bare percentage, which no total contains; ``yes``/``no``/``silent`` units of a yes-no question.
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


def roll_up(
    rule: Rule,
    cells: Mapping[tuple[U, P], Cell],
    *,
    units: Sequence[U],
    periods: Sequence[P],
    expected: Collection[tuple[U, P]] | None = None,
    groups: Mapping[G, Collection[U]] | None = None,
    closed: Collection[U] = (),
) -> RollUp[U, G]:
    """Roll the entry periods of one longer period up, for each unit, each group and all units.

    ``periods`` in their order (always entry periods, never results of another roll-up); ``expected``: the cells that were owed
    (``None``: every unit in every period); ``closed``: units that no longer exist at the end: their flows count in totals, their
    stocks do not.
    """
    by_unit = {
        unit: roll_time(
            rule,
            {period: cells[unit, period] for period in periods if (unit, period) in cells},
            periods=periods,
            expected=periods if expected is None else [period for period in periods if (unit, period) in expected],
            unit=unit,
        )
        for unit in units
    }
    return _assemble(rule, by_unit, groups or {}, closed)


def derive(
    rule: Rule,
    formula: Formula,
    parts: Mapping[str, RollUp[U, G]],
    *,
    units: Sequence[U],
    groups: Mapping[G, Collection[U]] | None = None,
    closed: Collection[U] = (),
) -> RollUp[U, G]:
    """A derived indicator: the formula over the rolled parts of each unit, then the totals of the results.

    A unit without one of the parts has no value. ``parts`` must hold every code of the formula. As many cells count as
    reported as in the part that has fewest.
    """
    by_unit = {}
    for unit in units:
        mine = {code: parts[code].by_unit[unit] for code in formula.codes}
        by_unit[unit] = Rolled(
            rule.kind,
            formula.evaluate({code: rolled.exact for code, rolled in mine.items()}),
            reported=min(rolled.reported for rolled in mine.values()),
            expected=max(rolled.expected for rolled in mine.values()),
            stale=any(rolled.stale for rolled in mine.values()),
        )
    return _assemble(rule, by_unit, groups or {}, closed)


def pair(
    numerators: Sequence[Mapping[tuple[U, P], Cell]], denominators: Sequence[Mapping[tuple[U, P], Cell]]
) -> dict[tuple[U, P], Cell]:
    """Cells of a ratio from the cells of its parts (each side: indicators to be added), or of a share (part, whole).

    A side is present only when all of its indicators are.
    """
    sides = [*numerators, *denominators]
    keys = dict.fromkeys(key for side in sides for key in side)
    absent = Cell()
    paired = {}
    for key in keys:
        if any(not side.get(key, absent).applicable for side in sides):
            paired[key] = Cell.not_applicable()
            continue
        top, bottom = ([side.get(key, absent).value for side in part] for part in (numerators, denominators))
        paired[key] = Cell(numerator=_sum_all(top), denominator=_sum_all(bottom))
    return paired


def roll_time(
    rule: Rule, cells: Mapping[P, Cell], *, periods: Sequence[P], expected: Collection[P] | None = None, unit: Hashable = ""
) -> Rolled:
    """The value of one unit over ``periods`` (in order). ``expected``: periods owed, by default all."""
    owed = periods if expected is None else expected
    given = [(period, cells[period]) for period in periods if period in cells and cells[period].is_reported(rule.kind)]
    answered = {period for period, _ in given}
    spared = {period for period in periods if period in cells and not cells[period].applicable}
    due = [period for period in periods if (period in owed and period not in spared) or period in answered]
    rolled = _value_over_time(rule, given, unit)
    asked = due[0 if OverTime.FIRST in (rule.over_time, rule.numerator_time) else -1] if due else None
    return replace_counts(rolled, len(given), len(due), stale=rolled.as_of is not None and rolled.as_of != asked)
