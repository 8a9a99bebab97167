"""What a closed round came to. Nothing here answers for a round that is still open, whoever asks."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dvk_portal.core.exceptions import DomainError
from pledges.models import Contest, ContestEntry, ContestRound, EntryScore, Juror
from pledges.models.contest import units_of_conflict
from pledges.services.contests.ranking import Card, Cut, Standing, cut, rank


@dataclass(frozen=True)
class Line:
    """One entry in the result of a round."""

    entry: ContestEntry
    standing: Standing
    goes_on: bool


@dataclass(frozen=True)
class RoundResult:
    """``lines`` best first; ``tied`` are the entries at the edge of which ``left`` may still be chosen."""

    round: ContestRound
    lines: list[Line]
    tied: list[Line]
    left: int
    is_last: bool


def may_see_results(contest_round: ContestRound, user: Any) -> bool:
    """Once the round is closed: those who prepare the contest and its jury; everybody inside once it is published."""
    contest = contest_round.contest
    if contest_round.closed_at is None or not user.has_perm("contest.view"):
        return False
    if contest.status == Contest.Status.CLOSED or user.has_perm("contest.manage", contest):
        return True
    return contest.jurors.filter(user=user).exists()


def cards_of(contest_round: ContestRound) -> dict[int, dict[int, list[Decimal]]]:
    """Points by entry and juror. Raises DomainError while the round is open: they are sealed."""
    if contest_round.closed_at is None:
        raise DomainError("Vòng thi chưa đóng nên điểm còn được giữ kín.")
    found: dict[int, dict[int, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    rows = EntryScore.objects.filter(criterion__round=contest_round).values_list("entry", "juror", "points")
    for entry, juror, points in rows:
        found[entry][juror].append(points)
    return found


def standings(contest_round: ContestRound) -> tuple[list[Standing], dict[int, ContestEntry]]:
    """The ranking of a closed round, and its entries by id."""
    cards = cards_of(contest_round)
    entries = contest_round.contest.entries.in_round(contest_round.number).select_related("unit", "field")
    by_id = {entry.pk: entry for entry in entries}
    given: dict[int, list[Card]] = {pk: list(cards.get(pk, {}).values()) for pk in by_id}
    return rank(given), by_id


def result_of(contest_round: ContestRound, *, for_user: Any = None) -> RoundResult:
    """The result as ``for_user`` sees it: before publication a juror does not see entries of his own units in it."""
    ranked, entries = standings(contest_round)
    number = contest_round.number
    lines = [Line(entries[row.entry], row, entries[row.entry].reached > number) for row in ranked]
    following = contest_round.contest.rounds.filter(number=number + 1).first()
    # Once the next round is open, who is in it is settled.
    settled = following is None or following.opened_at is not None
    edge = Cut(frozenset(), frozenset(), 0) if settled else cut(ranked, contest_round.advance)
    tied = [line for line in lines if line.entry.pk in edge.tied]
    left = edge.left - sum(line.goes_on for line in tied)
    hidden = _hidden(contest_round.contest, for_user)
    return RoundResult(
        contest_round,
        [line for line in lines if line.entry.unit_id not in hidden],
        tied if left > 0 else [],
        max(left, 0),
        following is None,
    )


def _hidden(contest: Contest, user: Any) -> set[int]:
    published = contest.status == Contest.Status.CLOSED
    if user is None or published or not contest.jurors.filter(user=user).exists():
        return set()
    return units_of_conflict(user)


@dataclass(frozen=True)
class EntryLine:
    """What one entry came to in one closed round; ``cards`` (each juror's points) only for those who prepare and judge."""

    round: ContestRound
    standing: Standing
    cards: list[tuple[Juror, list[EntryScore], Decimal]]


def lines_of_entry(entry: ContestEntry, user: Any) -> list[EntryLine]:
    """The entry's results that ``user`` may see, round by round."""
    contest = entry.contest
    inside = user.has_perm("contest.manage", contest) or contest.jurors.filter(user=user).exists()
    found = []
    for contest_round in contest.rounds.filter(closed_at__isnull=False).order_by("number"):
        contest_round.contest = contest
        if not may_see_results(contest_round, user):
            continue
        ranked, _ = standings(contest_round)
        standing = next((row for row in ranked if row.entry == entry.pk), None)
        if standing is not None:
            found.append(EntryLine(contest_round, standing, _cards(contest_round, entry) if inside else []))
    return found


def _cards(contest_round: ContestRound, entry: ContestEntry) -> list[tuple[Juror, list[EntryScore], Decimal]]:
    rows = (
        EntryScore.objects.filter(criterion__round=contest_round, entry=entry)
        .select_related("criterion", "juror__user")
        .order_by("juror", "criterion__order", "criterion")
    )
    by_juror: dict[Juror, list[EntryScore]] = defaultdict(list)
    for row in rows:
        by_juror[row.juror].append(row)
    return [(juror, given, sum((row.points for row in given), Decimal(0))) for juror, given in by_juror.items()]
