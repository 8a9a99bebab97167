"""Recognised of registered, per unit and cluster, over some years; where everything is recognised every year (W-36)."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from campaigns.models import Participation
from pledges.services.exemplary.counts import Counted
from units import access
from units.models import Unit

YEARS_SHOWN = 3


@dataclass
class Share:
    """One unit or cluster: (registered, recognised) by year, newest year first."""

    name: str
    figures: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def cells(self) -> Iterator[tuple[int, int, Decimal | None]]:
        """Registered, recognised, per cent; in the order of the years."""
        for registered, recognised in self.figures.values():
            yield registered, recognised, rate(registered, recognised)

    @property
    def takes_all(self) -> bool:
        """Everything registered was recognised, in the newest year and in every earlier one that had any."""
        years = list(self.figures.values())
        had = [(registered, recognised) for registered, recognised in years if registered]
        return bool(years and years[0][0]) and all(recognised >= registered for registered, recognised in had)

    def add(self, other: "Share") -> None:
        for year, (registered, recognised) in other.figures.items():
            before = self.figures.get(year, (0, 0))
            self.figures[year] = (before[0] + registered, before[1] + recognised)


@dataclass
class Rates:
    """``years`` newest first; ``units`` those with anything registered in one of them; ``clusters`` of the year's campaign."""

    years: list[int]
    total: Share
    clusters: list[Share]
    units: list[Share]

    @property
    def taking_all(self) -> list[str]:
        return [share.name for share in (*self.clusters, *self.units) if share.takes_all]


def rate(registered: int, recognised: int) -> Decimal | None:
    if not registered:
        return None
    return (Decimal(100 * recognised) / registered).quantize(Decimal("0.1"), ROUND_HALF_UP)


def rates(user: Any, year: int) -> Rates:
    """Of the units whose models ``user`` sees. Registered: in the register at the end of the year; recognised: models with
    a decision of the year (services/exemplary/counts.py). The number of queries does not depend on the units."""
    years = [year - back for back in range(YEARS_SHOWN)]
    reach = access.reach_ids(user, "recognition.view")
    units = Unit.objects.all() if reach is None else Unit.objects.filter(pk__in=reach)
    rows = list(units.order_by("sort_key", "pk").values_list("pk", "name", "valid_from"))
    names = {pk: name for pk, name, _ in rows}
    shares = {pk: Share(name) for pk, name in names.items()}
    for one in years:
        start, end = datetime.date(one, 1, 1), datetime.date(one, 12, 31)
        registered = Counted("registered", start, end).by_unit(names)
        recognised = Counted("recognised", start, end).by_unit(names)
        for pk, share in shares.items():
            share.figures[one] = (registered[pk], recognised[pk])
    total = _sum("Tất cả đơn vị", shares.values())
    # What a merged unit took over tells nothing of how it chose in years in which it did not exist.
    for pk, _, since in rows:
        for one in years:
            if since > datetime.date(one, 12, 31):
                shares[pk].figures[one] = (0, 0)
    filled = {pk: share for pk, share in shares.items() if any(sum(pair) for pair in share.figures.values())}
    return Rates(years, total, _clusters(user, year, filled), list(filled.values()))


def _clusters(user: Any, year: int, shares: dict[int, Share]) -> list[Share]:
    """By the clusters of the newest campaign of the year; a unit without one is in none."""
    rows = (
        Participation.objects.filter(
            campaign__launched_at__isnull=False, campaign__starts_on__year__lte=year, campaign__ends_on__year__gte=year,
            unit__in=shares, cluster__isnull=False,
        )
        .select_related("cluster")
        .order_by("-campaign__starts_on", "-campaign_id", "cluster__order", "pk")
    )  # fmt: skip
    found: dict[int, Share] = {}
    newest = None
    for row in rows:
        newest = newest or row.campaign_id
        if row.campaign_id == newest:
            found.setdefault(row.cluster_id, Share(row.cluster.name)).add(shares[row.unit_id])
    return list(found.values())


def _sum(name: str, shares: Iterable[Share]) -> Share:
    total = Share(name)
    for share in shares:
        total.add(share)
    return total
