"""The order in which awards are handed over (NĐ 152/2025, Điều 29.5; R-52). Plain Python."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

# Same award: the collective first, then the household, then the person.
KINDS = ("collective", "household", "person")
T = TypeVar("T")


@dataclass(frozen=True)
class Honour:
    """What the order asks of one award. ``level``: the higher first; ``award`` tells awards of one level apart; ``name`` and
    ``unit`` as keys of the Vietnamese order."""

    authority: str
    level: int
    is_title: bool
    award: str
    kind: str
    posthumous: bool
    unit: str
    name: str


def ranks_of(honours: Iterable[Honour]) -> dict[str, int]:
    """How high each authority stands: as high as the highest award that it gives here."""
    ranks: dict[str, int] = {}
    for honour in honours:
        ranks[honour.authority] = max(ranks.get(honour.authority, honour.level), honour.level)
    return ranks


def sort_key(honour: Honour, ranks: dict[str, int]) -> tuple[object, ...]:
    """Higher authority first; of one authority titles before forms, each the higher first; of one award collectives,
    households, persons, the living before the dead; then by unit and name."""
    return (
        -ranks[honour.authority],
        honour.authority,
        not honour.is_title,
        -honour.level,
        honour.award,
        KINDS.index(honour.kind),
        honour.posthumous,
        honour.unit,
        honour.name,
    )


def in_order(rows: Iterable[T], honour_of: Callable[[T], Honour]) -> list[T]:
    """``rows`` as they are called up; equal ones keep the order in which they came."""
    paired = [(honour_of(row), row) for row in rows]
    ranks = ranks_of(honour for honour, _ in paired)
    return [row for _, row in sorted(paired, key=lambda pair: sort_key(pair[0], ranks))]
