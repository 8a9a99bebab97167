"""Bounds of bands and rows: which values they cover, where they overlap, what they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from campaigns.scoring.exact import vietnamese

BOUND_KEYS = ("eq", "ge", "gt", "le", "lt")

# A cut lies just before (side 0) or just after (side 1) a value; -1 and 1 in front are the infinities.
Cut = tuple[int, Fraction, int]
LOWEST: Cut = (-1, Fraction(0), 0)
HIGHEST: Cut = (1, Fraction(0), 0)
ZERO: Cut = (0, Fraction(0), 0)


@dataclass(frozen=True)
class Bounds:
    """Any of eq, ge, gt, le, lt; none of them covers whatever the others leave."""

    eq: Decimal | None = None
    ge: Decimal | None = None
    gt: Decimal | None = None
    le: Decimal | None = None
    lt: Decimal | None = None

    @property
    def open(self) -> bool:
        return all(getattr(self, key) is None for key in BOUND_KEYS)

    def interval(self, whole: bool) -> tuple[Cut, Cut]:
        """Lower and upper cut; empty when lower ≥ upper. `whole`: only 0, 1, 2, … count."""
        lows, highs = [LOWEST], [HIGHEST]
        for value, side in ((self.eq, 0), (self.ge, 0), (self.gt, 1)):
            if value is not None:
                lows.append((0, Fraction(value), side))
        for value, side in ((self.eq, 1), (self.le, 1), (self.lt, 0)):
            if value is not None:
                highs.append((0, Fraction(value), side))
        low, high = max(lows), min(highs)
        return (max(_whole_cut(low), ZERO), _whole_cut(high)) if whole else (low, high)

    def covers(self, value: Fraction) -> bool:
        low, high = self.interval(False)
        return low <= (0, value, 0) and (0, value, 1) <= high

    def text(self) -> str:
        """The bounds in Vietnamese: "từ 85 đến dưới 95"."""
        if self.open:
            return "còn lại"
        if self.eq is not None:
            return f"đúng {vietnamese(self.eq)}"
        return describe(*self.interval(False))


@dataclass(frozen=True)
class Band(Bounds):
    points: Decimal = Decimal(0)
    note: str | None = None


@dataclass(frozen=True)
class Row(Bounds):
    bands: tuple[Band, ...] = ()
    note: str | None = None


AnyBounds = TypeVar("AnyBounds", bound=Bounds)


def find(items: Sequence[AnyBounds], value: Fraction) -> AnyBounds | None:
    """The band or row that covers the value; one without bounds takes what the others leave."""
    for item in items:
        if not item.open and item.covers(value):
            return item
    return next((item for item in items if item.open), None)


def empty_ones(items: Sequence[Bounds], whole: bool) -> list[Bounds]:
    """Bands that cover nothing, among them one for the rest where the others leave none."""
    empty = [item for item in items if not item.open and _is_empty(item.interval(whole))]
    if any(item.open for item in items) and not _holes(items, whole, ZERO if whole else LOWEST):
        empty += [item for item in items if item.open]
    return empty


def overlaps(items: Sequence[Bounds], whole: bool) -> list[str]:
    """Descriptions of the values covered twice."""
    found = []
    reach = LOWEST
    for low, high in _sorted(items, whole):
        if low < reach:
            found.append(describe(low, min(high, reach)))
        reach = max(reach, high)
    if sum(item.open for item in items) > 1:
        found.append("phần còn lại")
    return found


def gaps(items: Sequence[Bounds], whole: bool) -> list[str]:
    """Descriptions of the values ≥ 0 that nothing covers."""
    if any(item.open for item in items):
        return []
    return [describe(low, high, whole) for low, high in _holes(items, whole, ZERO)]


def samples(items: Sequence[Bounds], whole: bool) -> list[Fraction | None]:
    """One value inside each item, in order (None where there is none)."""
    result: list[Fraction | None] = []
    for item in items:
        if item.open:
            holes = _holes(items, whole, ZERO) or _holes(items, whole, LOWEST)
            result.append(_inside(*holes[0]) if holes else None)
        else:
            interval = item.interval(whole)
            result.append(None if _is_empty(interval) else _inside(*interval))
    return result


def gap_sample(items: Sequence[Bounds]) -> Fraction | None:
    """A whole number that nothing covers, if there is one."""
    holes = [] if any(item.open for item in items) else _holes(items, True, ZERO)
    return _inside(*holes[0]) if holes else None


def describe(low: Cut, high: Cut, whole: bool = False) -> str:
    """The values between two cuts, in Vietnamese."""
    if whole and low[0] == 0 and high[0] == 0:
        first, last = low[1], high[1] - 1
        return f"đúng {vietnamese(first)}" if first == last else f"từ {vietnamese(first)} đến {vietnamese(last)}"
    if low[0] == 0 and high[0] == 0 and low[1] == high[1]:
        return f"đúng {vietnamese(low[1])}"
    parts = []
    if low[0] == 0:
        parts.append(("từ " if low[2] == 0 else "trên ") + vietnamese(low[1]))
    if high[0] == 0:
        parts.append(("đến dưới " if high[2] == 0 else "đến ") + vietnamese(high[1]) if parts else
                     ("dưới " if high[2] == 0 else "đến ") + vietnamese(high[1]))
    elif parts and low[2] == 0:
        parts.append("trở lên")
    return " ".join(parts) or "mọi giá trị"


def _whole_cut(cut: Cut) -> Cut:
    kind, value, side = cut
    if kind:
        return cut
    floor = value.numerator // value.denominator
    if side == 1 or floor != value:
        floor += 1
    return (0, Fraction(floor), 0)


def _is_empty(interval: tuple[Cut, Cut]) -> bool:
    return interval[0] >= interval[1]


def _sorted(items: Sequence[Bounds], whole: bool) -> list[tuple[Cut, Cut]]:
    intervals = [item.interval(whole) for item in items if not item.open]
    return sorted(interval for interval in intervals if not _is_empty(interval))


def _holes(items: Sequence[Bounds], whole: bool, start: Cut) -> list[tuple[Cut, Cut]]:
    holes = []
    reach = start
    for low, high in _sorted(items, whole):
        if low > reach:
            holes.append((reach, low))
        reach = max(reach, high)
    if reach < HIGHEST:
        holes.append((reach, HIGHEST))
    return holes


def _inside(low: Cut, high: Cut) -> Fraction:
    if low[0] == 0 and low[2] == 0:
        return low[1]
    if high[0] == 0 and high[2] == 1:
        return high[1]
    if low[0] == 0 and high[0] == 0:
        return (low[1] + high[1]) / 2
    if low[0] == 0:
        return low[1] + 1
    if high[0] == 0:
        return high[1] - 1
    return Fraction(0)
