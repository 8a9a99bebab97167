"""How reported figures add up over time and over units. Pure arithmetic, exact, without clock or database.

Source of the rules: the section ``semantics`` of ``campaigns/data/indicators.yaml`` and practice W-20. A flow is
summed; of a stock the last reported period counts; a ratio is divided after its parts have been added, percentages are
never averaged; not reported is ``None`` and never 0; every result says how many of the expected cells were reported.

The application gathers the cells of one indicator for all units with one query and calls ``roll_up``.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from campaigns.figures import (
    POINT,
    Cell,
    Kind,
    OverTime,
    OverUnits,
    Piece,
    Rolled,
    RollUp,
    Rule,
)
from campaigns.formulas import Formula

U = TypeVar("U", bound=Hashable)
P = TypeVar("P", bound=Hashable)
G = TypeVar("G", bound=Hashable)


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

    ``periods`` in their order (always entry periods, never results of another roll-up); ``expected``: the cells that
    were owed (``None``: every unit in every period); ``closed``: units that no longer exist at the end: their flows
    count in totals, their stocks do not.
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
    return _assemble(rule, by_unit, groups or {}, closed, periods)


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
    return _assemble(rule, by_unit, groups or {}, closed, ())


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
    rule: Rule,
    cells: Mapping[P, Cell],
    *,
    periods: Sequence[P],
    expected: Collection[P] | None = None,
    unit: Hashable = "",
) -> Rolled:
    """The value of one unit over ``periods`` (in order). ``expected``: periods owed, by default all.

    A period marked not applicable is not owed; one that was reported counts as owed in any case.
    """
    owed = set(periods if expected is None else expected)
    spared = {period for period in periods if period in cells and not cells[period].applicable}
    given = [(period, cells[period]) for period in periods if period in cells and cells[period].is_reported(rule.kind)]
    answered = {period for period, _ in given}
    due = [period for period in periods if period in answered or (period in owed and period not in spared)]
    rolled = replace(_over_time(rule, given, unit), reported=len(given), expected=len(due))
    if rolled.as_of is None:
        return rolled
    return replace(rolled, stale=rolled.as_of != (due[0] if _point_rule(rule) is OverTime.FIRST else due[-1]))


def _over_time(rule: Rule, given: Sequence[tuple[P, Cell]], unit: Hashable) -> Rolled:
    """The value from the reported cells, in the order of their periods; counts are left to the caller."""
    kind = rule.kind
    if kind is Kind.TEXT:
        texts = [(period, cell.text.strip()) for period, cell in given]
        return Rolled(kind, pieces=tuple(Piece(period, unit, text) for period, text in texts if text))
    if kind is Kind.RATIO:
        return _ratio_over_time(rule, given)
    if not given:
        return Rolled(kind, silent=int(kind is Kind.YES_NO))
    as_of = _pick(rule.over_time, given)[0] if rule.over_time in POINT else None
    if kind is Kind.YES_NO:
        answer = bool(_pick(rule.over_time, given)[1].answer)
        return Rolled(kind, Fraction(answer), as_of=as_of, yes=int(answer), no=int(not answer))
    return Rolled(kind, _reduce(rule.over_time, [cell.value for _, cell in given]), as_of=as_of)


def _ratio_over_time(rule: Rule, given: Sequence[tuple[P, Cell]]) -> Rolled:
    """Both parts by their own rules, over the periods in which both are present."""
    whole = [(period, cell) for period, cell in given if cell.has_parts]
    if whole:
        top = _reduce(rule.numerator_time, [cell.numerator for _, cell in whole])
        bottom = _reduce(rule.denominator_time, [cell.denominator for _, cell in whole])
        point = _point_rule(rule)
        return Rolled(
            rule.kind, _per_cent(top, bottom), parts=(top, bottom), as_of=_pick(point, whole)[0] if point else None
        )
    if given:  # percentages without their parts: shown for the unit, the latest one, and left out of every total
        period, cell = given[-1]
        return Rolled(rule.kind, _fraction(cell.value), as_of=period, without_parts=1)
    return Rolled(rule.kind)


def _assemble(
    rule: Rule,
    by_unit: Mapping[U, Rolled],
    groups: Mapping[G, Collection[U]],
    closed: Collection[U],
    periods: Sequence[P],
) -> RollUp[U, G]:
    """Totals of each group and of all, from the values of the units."""
    gone = set(closed) if rule.at_a_point else set()
    counted = {unit: rolled for unit, rolled in by_unit.items() if unit not in gone}
    order: dict[Hashable, int] = {period: number for number, period in enumerate(periods)}
    by_group = {}
    for group, members in groups.items():
        inside = set(members)
        by_group[group] = _over_units(rule, [rolled for unit, rolled in counted.items() if unit in inside], order)
    return RollUp(rule, by_unit, _over_units(rule, list(counted.values()), order), by_group)


def _over_units(rule: Rule, units: Sequence[Rolled], order: Mapping[Hashable, int]) -> Rolled:
    """The total of several units. Only units with a value take part; a total of none is ``None``."""
    total = Rolled(
        rule.kind,
        reported=sum(unit.reported for unit in units),
        expected=sum(unit.expected for unit in units),
        stale=any(unit.stale for unit in units),
        without_parts=sum(unit.without_parts for unit in units),
        yes=sum(unit.yes for unit in units),
        no=sum(unit.no for unit in units),
        silent=sum(unit.silent for unit in units),
    )
    if rule.over_units is OverUnits.NONE:
        return total
    if rule.kind is Kind.TEXT:
        pieces = [piece for unit in units for piece in unit.pieces]
        return replace(total, pieces=tuple(sorted(pieces, key=lambda piece: order[piece.period])))
    if rule.kind is Kind.RATIO:
        parts = [unit.parts for unit in units if unit.parts is not None]
        if not parts:
            return total
        top, bottom = sum((top for top, _ in parts), Fraction(0)), sum((bottom for _, bottom in parts), Fraction(0))
        return replace(total, exact=_per_cent(top, bottom), parts=(top, bottom))
    values = [unit.exact for unit in units if unit.exact is not None]
    if not values:
        return total
    if rule.over_units is OverUnits.MAX:
        return replace(total, exact=max(values))
    whole = sum(values, Fraction(0))
    return replace(total, exact=whole / len(values) if rule.over_units is OverUnits.AVERAGE else whole)


def _point_rule(rule: Rule) -> OverTime | None:
    """The rule that takes one period out of many, when there is one."""
    times = (rule.denominator_time, rule.numerator_time) if rule.kind is Kind.RATIO else (rule.over_time,)
    return next((time for time in times if time in POINT), None)


def _pick(point: OverTime, given: Sequence[tuple[P, Cell]]) -> tuple[P, Cell]:
    return given[0 if point is OverTime.FIRST else -1]


def _reduce(time: OverTime, values: Iterable[Decimal | None]) -> Fraction:
    """One value from the reported ones, at least one, in the order of their periods."""
    numbers = [_fraction(value) for value in values]
    if time is OverTime.LAST:
        return numbers[-1]
    if time is OverTime.FIRST:
        return numbers[0]
    if time is OverTime.MAX:
        return max(numbers)
    total = sum(numbers, Fraction(0))
    return total / len(numbers) if time is OverTime.AVERAGE else total


def _per_cent(top: Fraction, bottom: Fraction) -> Fraction | None:
    return 100 * top / bottom if bottom else None


def _fraction(value: Decimal | None) -> Fraction:
    if value is None:
        raise ValueError("A reported cell has a value.")
    return Fraction(value)


def _sum_all(values: Sequence[Decimal | None]) -> Decimal | None:
    """The sum, or ``None`` when one is absent. Decimals add exactly up to 28 digits, far beyond any reported figure."""
    present = [value for value in values if value is not None]
    return sum(present, Decimal(0)) if present and len(present) == len(values) else None
