"""How high units mark themselves against what is found: inflation of self-scores made visible (practice.md W-29)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from campaigns.models import Campaign
from pledges.models import ScoreSheet
from pledges.services.schemes import parsed_scheme

SETTLED = (ScoreSheet.Status.VERIFIED, ScoreSheet.Status.AGREED, ScoreSheet.Status.PUBLISHED)
NO_CLASS = "Không có loại"


@dataclass(frozen=True)
class Spread:
    """Of the sheets that were sent. ``rows``: (class, units that put themselves there, units found there)."""

    rows: list[tuple[str, int, int]]
    sent: int
    settled: int
    higher: int
    self_mean: Decimal | None
    verified_mean: Decimal | None
    gap_mean: Decimal | None


def spread_of(sheets: QuerySet[ScoreSheet], campaign: Campaign) -> Spread:
    """One query over ``sheets`` of the campaign."""
    rows = list(
        sheets.filter(participation__campaign=campaign)
        .exclude(sent_at=None)
        .order_by()
        .only("self_class", "score_class", "status", "self_total", "verified_total", "gap")
    )
    settled = [row for row in rows if row.status in SETTLED]
    claimed, found = Counter(row.self_class for row in rows), Counter(row.score_class for row in settled)
    labels = [*(one.label for one in parsed_scheme(campaign.scheme).classes), ""]
    return Spread(
        rows=[(label or NO_CLASS, claimed[label], found[label]) for label in labels if claimed[label] or found[label]],
        sent=len(rows),
        settled=len(settled),
        higher=sum(1 for row in rows if row.gap is not None and row.gap > 0),
        self_mean=_mean([row.self_total for row in rows]),
        verified_mean=_mean([row.verified_total for row in rows]),
        gap_mean=_mean([row.gap for row in rows]),
    )


def _mean(numbers: Sequence[Decimal | None]) -> Decimal | None:
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) / len(known) if known else None
