"""Prizes and the publication of the results."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from pledges.contest_notifications import ContestResults
from pledges.models import Contest, ContestEntry
from pledges.services.contests.results import RoundResult, result_of
from pledges.services.contests.setup import lock_contest, lock_to_manage
from pledges.workflows import CONTEST
from units.models import Membership, User
from units.roles import Role


def final_result(contest: Contest) -> RoundResult | None:
    """The last round's result, once it is closed."""
    last = contest.rounds.order_by("-number").first()
    return result_of(last) if last is not None and last.closed_at is not None else None


@transaction.atomic
def save_prizes(contest: Contest, *, actor: Any, prizes: Mapping[int, str]) -> Contest:
    """Write the prize of each entry of the last round ("" = none). The jury's order is shown beside; it decides nothing."""
    locked = lock_to_manage(contest, actor)
    result = final_result(locked) if locked.status == Contest.Status.JUDGING else None
    if result is None:
        raise DomainError("Chỉ ghi giải khi vòng cuối đã đóng chấm và kết quả chưa công bố.")
    changed = []
    for line in result.lines:
        prize = prizes.get(line.entry.pk, line.entry.prize).strip()
        if prize != line.entry.prize:
            ContestEntry.objects.filter(pk=line.entry.pk).update(prize=prize)
            changed.append(f"{line.entry.title}: {prize or 'không giải'}")
    if changed:
        audit.record(locked, "contest_prizes", actor=actor, changes={"prize": [None, "; ".join(changed)]})
    return locked


def blockers_to_publish(contest: Contest, now: datetime.datetime) -> list[str]:
    found = []
    rounds = contest.rounds.filter(closed_at=None).order_by("number")
    found += [f"Vòng “{row.name}” chưa đóng chấm." for row in rounds]
    if not contest.entries.filter(status=ContestEntry.Status.ENTERED).exclude(prize="").exists():
        found.append("Chưa ghi giải cho bài nào.")
    if contest.public_vote and not contest.vote_is_over(now):
        found.append("Nhân dân còn bình chọn; hãy công bố sau khi bình chọn đóng.")
    return found


@transaction.atomic
def publish_contest(contest: Contest, *, actor: Any, now: datetime.datetime) -> Contest:
    """Open the result to everybody inside and tell the units that entered."""
    locked = lock_contest(contest)
    if not actor.has_perm("contest.publish", locked):
        raise PermissionDenied
    if locked.status == Contest.Status.JUDGING and (missing := blockers_to_publish(locked, now)):
        raise DomainError("Chưa thể công bố kết quả.", missing)
    CONTEST.apply(locked, "publish", actor=actor)
    held = Membership.objects.current().filter(
        unit__in=locked.entries.values("unit"), role__in=(Role.EDITOR, Role.LEADER)
    )
    notify(ContestResults.about(locked), User.objects.filter(is_active=True, memberships__in=held).distinct())
    return locked
