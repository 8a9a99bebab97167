"""What a proposed target is compared with: the unit's own result of the campaign before, its predecessors', its cluster's
middle.

Every function costs the same number of queries whatever the number of units.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from campaigns.models import Campaign, Indicator, Participation
from pledges.models import Pledge, Target
from pledges.models.scoresheet import Stage
from pledges.services.figures import CampaignFigures
from units.models import Lineage

PLACES = 4  # of the column that keeps a baseline
# Below so many other units a middle value would tell what one neighbour has proposed.
MEDIAN_FROM = 3


@dataclass(frozen=True)
class Baseline:
    """``value``: the unit's own verified result of the whole previous campaign; None = it has none.

    ``predecessors``: what the units had that were merged into this one, by name. Shown, never added up (W-47).
    """

    value: Decimal | None = None
    predecessors: tuple[tuple[str, Decimal], ...] = ()


NO_BASELINE = Baseline()


class Baselines:
    """Results of the campaign before, by participation of the new campaign and indicator."""

    def __init__(
        self, campaign: Campaign, participations: Iterable[Participation], indicators: Iterable[Indicator]
    ) -> None:
        self.previous = campaign.previous
        self._own: dict[int, Participation] = {}
        self._before: dict[int, list[Participation]] = {}
        self._values: dict[str, dict[int, Decimal]] = {}
        if self.previous is not None:
            self._find_units(list(participations))
            self._find_values({indicator.code for indicator in indicators})

    def of(self, participation: Participation, indicator: Indicator) -> Baseline:
        known = self._values.get(indicator.code, {})
        own = self._own.get(participation.pk)
        earlier = ((row.name, known[row.pk]) for row in self._before.get(participation.pk, ()) if row.pk in known)
        return Baseline(known.get(own.pk) if own else None, tuple(earlier))

    def _find_units(self, participations: list[Participation]) -> None:
        parents: dict[int, list[int]] = defaultdict(list)
        for successor, predecessor in Lineage.objects.order_by("id").values_list("successor_id", "predecessor_id"):
            parents[successor].append(predecessor)
        ancestors = {row.unit_id: _ancestors(row.unit_id, parents) for row in participations}
        asked = ancestors.keys() | set().union(*ancestors.values())
        earlier = {row.unit_id: row for row in self.previous.participations.filter(unit__in=asked)}
        for row in participations:
            if row.unit_id in earlier:
                self._own[row.pk] = earlier[row.unit_id]
            found = [earlier[pk] for pk in ancestors[row.unit_id] if pk in earlier]
            self._before[row.pk] = sorted(found, key=lambda old: old.sort_key)

    def _find_values(self, codes: set[str]) -> None:
        rows = {row.pk: row for row in [*self._own.values(), *(row for rows in self._before.values() for row in rows)]}
        figures = CampaignFigures(self.previous, Stage.VERIFIED, list(rows.values()))
        for code in codes & figures.indicators.keys():
            rolled = figures.roll(figures.indicators[code]).by_unit
            values = ((pk, rolled[pk].value) for pk in rows)  # percentages at two places
            self._values[code] = {pk: round(value, PLACES) for pk, value in values if value is not None}


def _ancestors(unit: int, parents: dict[int, list[int]]) -> set[int]:
    """All predecessors, those of predecessors included; a circle in bad data ends."""
    found: set[int] = set()
    waiting = [unit]
    while waiting:
        fresh = [pk for pk in parents.get(waiting.pop(), ()) if pk not in found and pk != unit]
        found.update(fresh)
        waiting += fresh
    return found


@dataclass(frozen=True)
class Median:
    amount: Decimal
    units: int


def cluster_medians(pledge: Pledge) -> dict[int, Median]:
    """The middle of what the other units of the cluster have proposed, by indicator id; nothing below MEDIAN_FROM units."""
    row = pledge.participation
    others = Target.objects.filter(
        pledge__participation__campaign=row.campaign_id,
        pledge__participation__cluster=row.cluster_id,
        pledge__status__in=(Pledge.Status.PROPOSED, *Pledge.FIXED),
        amount__isnull=False,
    ).exclude(pledge=pledge.pk)
    amounts: dict[int, list[Decimal]] = defaultdict(list)
    for indicator, amount in others.order_by().values_list("indicator_id", "amount"):
        amounts[indicator].append(amount)
    return {
        indicator: Median(statistics.median(found), len(found))
        for indicator, found in amounts.items()
        if len(found) >= MEDIAN_FROM
    }
