"""What independent scoring gave: mean, spread and every comment, once the round is closed; before that nothing at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from awards.models import AwardCycle, Review, ReviewRound
from awards.services.council.criteria import CENT


@dataclass(frozen=True)
class Result:
    """Of one dossier in one closed round. ``mean`` and ``spread`` (highest − lowest) are of the reviews that were done."""

    round: ReviewRound
    reviews: list[Review]
    owed: int

    @property
    def totals(self) -> list[Decimal]:
        return [row.total for row in self.reviews]

    @property
    def count(self) -> int:
        return len(self.reviews)

    @property
    def mean(self) -> Decimal | None:
        """To two places; None when nobody finished."""
        return (sum(self.totals, Decimal(0)) / self.count).quantize(CENT, ROUND_HALF_UP) if self.reviews else None

    @property
    def spread(self) -> Decimal | None:
        return max(self.totals) - min(self.totals) if self.count > 1 else None

    @property
    def is_disputed(self) -> bool:
        """Whether the readers differ so much that the council should talk about it."""
        return self.spread is not None and self.spread >= self.round.spread_alert


def last_closed_rounds(cycles: Iterable[AwardCycle]) -> dict[int, ReviewRound]:
    """The newest closed round of each cycle, by the cycle's key."""
    rows = ReviewRound.objects.filter(cycle__in=cycles, closed_at__isnull=False).order_by("number")
    return {row.cycle_id: row for row in rows}


def results_of(nominations: Iterable[int], rounds: Iterable[ReviewRound]) -> dict[int, Result]:
    """By nomination, for rounds that are closed (others are passed over). The caller gives what the person may read."""
    closed = {row.pk: row for row in rounds if row.closed_at is not None}
    reviews = (
        Review.objects.filter(round__in=closed, nomination__in=list(nominations))
        .select_related("member__user", "nomination")
        .order_by("member__order", "member_id")
    )
    found: dict[int, list[Review]] = {}
    for row in reviews:
        found.setdefault(row.nomination_id, []).append(row)
    return {
        pk: Result(
            closed[rows[0].round_id],
            [row for row in rows if row.done_at is not None],
            sum(row.done_at is None for row in rows),
        )
        for pk, rows in found.items()
    }
