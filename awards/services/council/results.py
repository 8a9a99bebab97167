"""What independent scoring gave: mean, spread and every comment, once the round is closed; before that nothing at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q, QuerySet

from awards.models import CommitteeMember, Review, ReviewRound
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


def _reviews(nominations: Iterable[int]) -> QuerySet[Review]:
    rows = Review.objects.filter(nomination__in=list(nominations)).select_related("round", "member__user", "nomination")
    return rows.order_by("round__number", "member__order", "member_id")


def results_of(nominations: Iterable[int]) -> dict[int, Result]:
    """By nomination, of the newest closed round in which it was scored; one query. The caller gives what may be read."""
    return _results(_reviews(nominations).filter(round__closed_at__isnull=False))


def results_and_own(
    nominations: Iterable[int], seats: Iterable[CommitteeMember]
) -> tuple[dict[int, Result], dict[int, Review]]:
    """As ``results_of``, and by nomination the newest sheet of who holds ``seats``, of a round that was opened; one query."""
    mine = Q(member__in=list(seats), round__opened_at__isnull=False)
    rows = list(_reviews(nominations).filter(mine | Q(round__closed_at__isnull=False)))
    seats = {row.pk for row in seats}
    own = {row.nomination_id: row for row in rows if row.member_id in seats}
    return _results(row for row in rows if row.round.closed_at is not None), own


def _results(reviews: Iterable[Review]) -> dict[int, Result]:
    """``reviews`` of closed rounds, older rounds first."""
    found: dict[int, list[Review]] = {}
    for row in reviews:
        rows = found.setdefault(row.nomination_id, [])
        if rows and rows[0].round_id != row.round_id:
            rows.clear()
        rows.append(row)
    return {
        pk: Result(
            rows[0].round, [row for row in rows if row.done_at is not None], sum(row.done_at is None for row in rows)
        )
        for pk, rows in found.items()
    }
