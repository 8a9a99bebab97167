"""The ranking as a page shows it: from the publication when there is one, otherwise a draft from the score sheets."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from campaigns.models import Campaign, Cluster
from pledges.models import Publication, ScoreSheet
from pledges.services.ranks import rank_clusters


@dataclass(frozen=True)
class Standing:
    """One unit in its cluster. ``sheet`` is the id of its score sheet where the reader may open it."""

    unit: str
    participation: int
    cluster: str
    self_total: Decimal | None
    verified_total: Decimal | None
    final_total: Decimal | None
    score_class: str
    unranked: bool
    rank: int | None
    shared: bool
    reason: str
    gates: list[str]
    provisional: bool = False
    tentative: bool = False
    sheet: ScoreSheet | None = None


@dataclass(frozen=True)
class TiedGroup:
    """Units of one cluster with the same total that wait for a person's decision."""

    cluster: Cluster
    place: int
    members: list[tuple[int, str]]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(name of the control, unit)"""
        return [(f"place_{pk}", name) for pk, name in self.members]

    @property
    def places(self) -> list[tuple[str, str]]:
        return [(str(number), str(number)) for number in range(1, len(self.members) + 1)]


def standings(campaign: Campaign, readable: dict[int, ScoreSheet]) -> list[tuple[str, list[Standing]]]:
    """Clusters in order, units best first. ``readable``: sheets that the reader may open, by participation."""
    publication = Publication.objects.filter(campaign=campaign).first()
    rows = _published(publication, readable) if publication else _draft(readable.values())
    found: dict[str, list[Standing]] = defaultdict(list)
    for row in rows:
        found[row.cluster or "Chưa xếp cụm"].append(row)
    return list(found.items())


def _published(publication: Publication, readable: dict[int, ScoreSheet]) -> list[Standing]:
    return [
        Standing(
            unit=row["unit"],
            participation=row["code"],
            cluster=row["cluster"],
            self_total=_number(row["self"]),
            verified_total=_number(row["verified"]),
            final_total=_number(row["final"]),
            score_class=row["class"],
            unranked=row["unranked"],
            rank=row["rank"],
            shared=row["shared"],
            reason=row["reason"],
            gates=row.get("gates", []),
            sheet=readable.get(row["code"]),
        )
        for row in publication.content["units"]
    ]


def _draft(sheets: Any) -> list[Standing]:
    rows = [
        Standing(
            unit=sheet.participation.name,
            participation=sheet.participation_id,
            cluster=sheet.participation.cluster.name if sheet.participation.cluster else "",
            self_total=sheet.self_total,
            verified_total=sheet.verified_total,
            final_total=sheet.final_total,
            score_class=sheet.score_class,
            unranked=sheet.unranked,
            rank=sheet.rank,
            shared=sheet.rank_shared,
            reason=sheet.rank_reason,
            gates=[gate["label"] for gate in sheet.gates],
            provisional=sheet.provisional,
            tentative=sheet.is_tentative,
            sheet=sheet,
        )
        for sheet in sheets
    ]
    order = {sheet.participation_id: sheet.participation for sheet in sheets}

    def place(row: Standing) -> tuple[Any, ...]:
        member = order[row.participation]
        cluster = member.cluster.order if member.cluster else 10_000
        return cluster, member.cluster_id or 0, row.rank is None, row.rank or 0, member.sort_key

    return sorted(rows, key=place)


def tied_groups(campaign: Campaign) -> list[TiedGroup]:
    """What a person still has to put in order."""
    ranks = rank_clusters(campaign)
    waiting = {pk: ranked for pk, ranked in ranks.items() if ranked.needs_decision}
    sheets = ScoreSheet.objects.filter(pk__in=waiting).select_related("participation__cluster")
    groups: dict[tuple[int, int], list[ScoreSheet]] = defaultdict(list)
    for sheet in sheets.order_by("participation__cluster__order", "participation__sort_key"):
        if sheet.participation.cluster_id:
            groups[sheet.participation.cluster_id, waiting[sheet.pk].rank].append(sheet)
    return [
        TiedGroup(
            members[0].participation.cluster,
            place,
            [(sheet.participation_id, sheet.participation.name) for sheet in members],
        )
        for (_, place), members in groups.items()
    ]


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
