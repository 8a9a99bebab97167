"""Who goes on to the next round, and who decides when the edge runs through a tie."""

from itertools import pairwise
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.models import Contest, ContestEntry, ContestRound
from pledges.models.contest import units_of_conflict
from pledges.services.contests.ranking import cut
from pledges.services.contests.results import RoundResult, result_of, standings
from pledges.services.contests.setup import lock_contest, lock_to_manage, open_round


def waiting_round(contest: Contest) -> ContestRound | None:
    """The round that is closed while the next one is not open yet."""
    rounds = list(contest.rounds.order_by("number"))
    for done, following in pairwise(rounds):
        if done.closed_at is not None and following.opened_at is None:
            return done
    return None


def advance_entries(contest: Contest) -> None:
    """Let on who has a sure place, after a round was closed or an entry left the contest. Nobody is called back."""
    done = waiting_round(contest)
    if done is None:
        return
    ranked, _ = standings(done)
    sure = cut(ranked, done.advance).sure
    contest.entries.filter(pk__in=sure, reached=done.number).update(reached=done.number + 1)


def may_decide_tie(result: RoundResult, user: Any) -> bool:
    """The head of the jury; when one of the tied entries is of his own unit, or there is no head, who publishes results."""
    contest = result.round.contest
    head = contest.jurors.filter(is_head=True).select_related("user").first()
    if head is not None and not _concerned(head.user, result):
        return head.user_id == user.pk
    return user.has_perm("contest.publish", contest) and not _concerned(user, result)


def _concerned(user: Any, result: RoundResult) -> bool:
    own = units_of_conflict(user)
    return any(line.entry.unit_id in own or line.entry.entered_by_id == user.pk for line in result.tied)


@transaction.atomic
def decide_tie(contest_round: ContestRound, *, actor: Any, chosen: list[int], note: str) -> Contest:
    """Choose which of the tied entries go on. Raises PermissionDenied, DomainError (no tie, wrong number, no reason)."""
    contest = lock_contest(contest_round.contest)
    result = result_of(contest.rounds.get(pk=contest_round.pk))
    if not result.left or waiting_round(contest) != contest_round:
        raise DomainError("Vòng này không có trường hợp đồng điểm nào chờ quyết định.")
    if not may_decide_tie(result, actor):
        raise PermissionDenied
    open_lines = {line.entry.pk: line.entry for line in result.tied if not line.goes_on}
    if len(set(chosen)) != result.left or not set(chosen) <= open_lines.keys():
        raise DomainError(f"Hãy chọn đúng {result.left} bài trong các bài đồng điểm.")
    if not note.strip():
        raise DomainError("Hãy ghi lý do chọn.")
    ContestEntry.objects.filter(pk__in=chosen).update(reached=contest_round.number + 1)
    names = ", ".join(open_lines[pk].title for pk in chosen)
    audit.record(
        contest, "decide_tie", actor=actor,
        changes={"round": [None, contest_round.name], "entry": [None, names]}, note=note.strip(),
    )  # fmt: skip
    return contest


@transaction.atomic
def open_next_round(contest: Contest, *, actor: Any) -> Contest:
    """Let the jury judge the next round. Raises DomainError while a tie waits or nobody goes on."""
    locked = lock_to_manage(contest, actor)
    done = waiting_round(locked) if locked.status == Contest.Status.JUDGING else None
    if done is None:
        raise DomainError("Lúc này không có vòng nào chờ mở chấm.")
    if result_of(done).left:
        raise DomainError("Còn các bài đồng điểm ở ranh giới. Trưởng ban giám khảo quyết định trước khi mở vòng sau.")
    following = locked.rounds.get(number=done.number + 1)
    if not locked.entries.in_round(following.number).exists():
        raise DomainError("Không có bài nào vào vòng sau.")
    open_round(locked, following, actor=actor)
    return locked
