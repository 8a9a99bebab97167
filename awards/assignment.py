"""Who reads which dossier: as many readers as asked for, nobody his own case, everybody as much as the others as far as that goes.

Plain Python: no Django, no clock, no database. The same input and seed give the same plan, in whatever order the input comes.
"""

import random
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

Pair = tuple[int, int]


@dataclass(frozen=True)
class Plan:
    """``pairs``: (nomination, reader), those kept among them. ``short``: nomination → readers it could be given, when fewer
    than asked for. ``loads``: reader → nominations."""

    pairs: frozenset[Pair]
    loads: Mapping[int, int]
    short: Mapping[int, int]

    def readers_of(self, nomination: int) -> list[int]:
        return sorted(reader for found, reader in self.pairs if found == nomination)


def assign_readers(
    nominations: Collection[int],
    readers: Collection[int],
    *,
    each: int,
    conflicts: Iterable[Pair] = (),
    kept: Iterable[Pair] = (),
    seed: int = 1,
) -> Plan:
    """Give every nomination ``each`` readers, or all who may read it when they are fewer.

    ``kept`` pairs (nomination, reader) stay and count, even of a reader who is no longer asked. Loads differ by one at most when
    nobody is kept away and nothing is kept; otherwise no exchange could bring two loads closer to each other.
    """
    if each < 1:
        raise ValueError("each nomination needs at least one reader")
    away = set(conflicts)
    held = {(nomination, reader) for nomination, reader in kept if nomination in set(nominations)}
    dice = random.Random(seed)
    asked, people = sorted(set(nominations)), sorted(set(readers))
    dice.shuffle(asked)
    dice.shuffle(people)
    may = {row: {reader for reader in people if (row, reader) not in away} for row in asked}
    chosen = {row: {reader for nomination, reader in held if nomination == row} for row in asked}
    loads = {reader: sum(reader in found for found in chosen.values()) for reader in people}
    # The dossiers that few may read choose first.
    for row in sorted(asked, key=lambda row: len(may[row])):
        free = sorted(may[row] - chosen[row], key=lambda reader: (loads[reader], people.index(reader)))
        for reader in free[: max(each - len(chosen[row]), 0)]:
            chosen[row].add(reader)
            loads[reader] += 1
    fixed = {row: {reader for nomination, reader in held if nomination == row} for row in asked}
    while _even_out(chosen, fixed, may, loads):
        pass
    pairs = frozenset((row, reader) for row, found in chosen.items() for reader in found)
    short = {row: len(found) for row, found in chosen.items() if len(found) < each}
    return Plan(pairs, loads, short)


def _even_out(
    chosen: dict[int, set[int]], fixed: dict[int, set[int]], may: dict[int, set[int]], loads: dict[int, int]
) -> bool:
    """Hand one dossier on from a reader with more to one with at least two fewer, over others in between. False: none is left."""
    for start in sorted(loads, key=lambda reader: -loads[reader]):
        came: dict[int, tuple[int, int]] = {}
        ahead = deque([start])
        while ahead:
            giver = ahead.popleft()
            for row, found in chosen.items():
                if giver not in found or giver in fixed[row]:
                    continue
                for taker in sorted(may[row] - found, key=lambda reader: (loads[reader], reader)):
                    if taker in came or taker == start:
                        continue
                    came[taker] = (giver, row)
                    if loads[taker] <= loads[start] - 2:
                        _hand_on(chosen, came, start, taker)
                        loads[start] -= 1
                        loads[taker] += 1
                        return True
                    ahead.append(taker)
    return False


def _hand_on(chosen: dict[int, set[int]], came: dict[int, tuple[int, int]], start: int, end: int) -> None:
    taker = end
    while taker != start:
        giver, row = came[taker]
        chosen[row].remove(giver)
        chosen[row].add(taker)
        taker = giver
