"""The page of a cycle in figures: nominations by award and state, as the person who looks may know them."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from awards.models import AwardCycle, Nomination, RuleSet
from awards.services.nominations.visibility import with_shown_status
from awards.services.rules.catalogue import lapsing

STATES = [(value, label) for value, label in Nomination.Status.choices]


@dataclass(frozen=True)
class AwardLine:
    """One award of the cycle: how many nominations stand in each state that occurs, and in all."""

    award: Any
    counts: list[int]
    total: int


@dataclass(frozen=True)
class Overview:
    """A table: the states that occur, in their order, by award."""

    states: list[tuple[str, str]]
    lines: list[AwardLine]
    totals: list[int]

    @property
    def total(self) -> int:
        return sum(self.totals)


def overview_of(cycle: AwardCycle, user: Any, day: datetime.date) -> Overview:
    """Of all nominations that ``user`` may see: a unit counts its own. Two queries."""
    rows = with_shown_status(Nomination.objects.visible_to(user).filter(cycle=cycle), user, day)
    counted = {(award, state): number for award, state, number in
               rows.order_by().values_list("award_type", "shown").annotate(n=Count("pk"))}  # fmt: skip
    states = [row for row in STATES if any(state == row[0] for _, state in counted)]
    lines = []
    for award in cycle.award_types.order_by("-level", "code"):
        numbers = [counted.get((award.pk, state), 0) for state, _ in states]
        lines.append(AwardLine(award, numbers, sum(numbers)))
    totals = [sum(line.counts[place] for line in lines) for place in range(len(states))]
    return Overview(states, lines, totals)


def lapsing_rules(cycle: AwardCycle, day: datetime.date) -> list[RuleSet]:
    """Rule sets of the cycle's family that end soon, while dossiers are still received (R-11)."""
    if cycle.status in AwardCycle.OVER:
        return []
    return [row for row in lapsing(day) if row.family == cycle.family]
