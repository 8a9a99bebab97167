"""The arithmetic of a contest, plain and exact: averages are fractions, so that two entries are equal only when they are.

An entry's result in a round is the average, over the jurors who judged it, of the sum of their points for all criteria.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

# The points that one juror gave one entry, one per criterion.
Card = Sequence[Decimal]


@dataclass(frozen=True)
class Standing:
    """One line of a ranking. ``total`` None: nobody judged it, so it has no place. ``tied``: the place is shared."""

    entry: int
    total: Fraction | None
    jurors: int
    place: int | None
    tied: bool

    @property
    def shown(self) -> Decimal | None:
        """The result to two places, half up; never used for ranking."""
        return None if self.total is None else half_up(self.total)


@dataclass(frozen=True)
class Cut:
    """Who goes on: ``sure`` at once; of ``tied``, equal at the edge, only ``left`` may."""

    sure: frozenset[int]
    tied: frozenset[int]
    left: int


def average(cards: Iterable[Card]) -> Fraction | None:
    """The mean of the jurors' sums; None when nobody judged."""
    sums = [sum((Fraction(points) for points in card), Fraction(0)) for card in cards]
    return sum(sums, Fraction(0)) / len(sums) if sums else None


def half_up(value: Fraction, places: int = 2) -> Decimal:
    """``value`` (not negative) to so many places, a half upwards, worked out on the exact value."""
    scale = 10**places
    return Decimal((value * scale * 2 + 1) // 2).scaleb(-places)


def rank(cards: Mapping[int, Sequence[Card]]) -> list[Standing]:
    """Best first; equal results share the place and the next ones are skipped (1, 1, 3). Who was not judged comes last."""
    totals = {entry: average(given) for entry, given in cards.items()}
    judged = sorted((-total, entry) for entry, total in totals.items() if total is not None)
    values = [value for value, _ in judged]
    found = [
        Standing(entry, -value, len(cards[entry]), values.index(value) + 1, values.count(value) > 1)
        for value, entry in judged
    ]
    return [*found, *(Standing(entry, None, 0, None, False) for entry in sorted(totals) if totals[entry] is None)]


def cut(standings: Sequence[Standing], places: int) -> Cut:
    """The best ``places`` of a ranking. A tie that lies across the edge is left for somebody to decide."""
    sure: set[int] = set()
    ranked = [row for row in standings if row.place is not None]
    for place in sorted({row.place for row in ranked if row.place is not None}):
        group = {row.entry for row in ranked if row.place == place}
        left = places - len(sure)
        if len(group) > left:
            return Cut(frozenset(sure), frozenset(group) if left > 0 else frozenset(), max(left, 0))
        sure |= group
    return Cut(frozenset(sure), frozenset(), 0)
