"""Vòng chấm: prepared, opened, reminded of, closed. Until it closes nobody reads another's points, nor any sum of them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from awards.models import AwardCycle, Committee, CommitteeMember, Nomination, Review, ReviewRound
from awards.notifications.council import ReviewRoundClosed, ReviewsOpened, ReviewsOwed
from awards.services.council.conflicts import (
    conflicts_of,
    cycles_before,
    preparing,
    readable_nominations,
    seats_of,
)
from awards.services.council.criteria import criteria_for, may_prepare
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify

# A cycle in which dossiers are read and scored.
SCORED_IN = (AwardCycle.Status.REVIEWING, AwardCycle.Status.VOTING)


def rounds_for(user: Any, seats: list[CommitteeMember] | None = None) -> QuerySet[ReviewRound]:
    """Rounds of the cycles whose work ``user`` prepares; ``seats``: his, when the caller has them already."""
    if not user.has_perm("council.prepare"):
        return ReviewRound.objects.none()
    seats = preparing(user, seats_of(user, timezone.localdate()) if seats is None else seats)
    cycles = [row.pk for row in cycles_before(user, seats=seats)]
    return ReviewRound.objects.filter(cycle__in=cycles).select_related("cycle__owner", "committee__unit")


def to_score(review_round: ReviewRound) -> QuerySet[Nomination]:
    """What a round is about: the dossiers found eligible that the council has not voted on yet."""
    return Nomination.objects.filter(cycle=review_round.cycle_id, status=Nomination.Status.ELIGIBLE)


def lock_round(review_round: ReviewRound, actor: Any) -> ReviewRound:
    """The row under lock, for chair or secretary. Raises PermissionDenied."""
    rows = ReviewRound.objects.select_for_update(of=("self",)).select_related("cycle__owner", "committee__unit")
    locked = rows.get(pk=review_round.pk)
    if not may_prepare(actor, locked.cycle):
        raise PermissionDenied
    return locked


@transaction.atomic
def prepare_round(
    cycle: AwardCycle,
    committee: Committee,
    *,
    actor: Any,
    reviewers: int,
    spread_alert: Decimal,
    closes_on: datetime.date,
) -> ReviewRound:
    """The next round of the cycle; nobody is told before it is opened."""
    locked = AwardCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if not may_prepare(actor, locked):
        raise PermissionDenied
    found = []
    if locked.status not in SCORED_IN:
        found.append("Đợt không ở bước thẩm định hay họp hội đồng nên không lập vòng chấm được.")
    if locked.review_rounds.filter(closed_at=None).exists():
        found.append("Đợt này còn một vòng chấm chưa đóng. Hãy đóng vòng ấy trước.")
    found += _setting_faults(reviewers, spread_alert)
    if found:
        raise DomainError("Chưa lập được vòng chấm.", found)
    number = (locked.review_rounds.aggregate(last=Max("number"))["last"] or 0) + 1
    row = ReviewRound.objects.create(
        cycle=locked,
        committee=committee,
        number=number,
        reviewers=reviewers,
        spread_alert=spread_alert,
        closes_on=closes_on,
    )
    audit.record(row, "round_prepare", actor=actor, changes={"closes_on": [None, f"{closes_on:%d/%m/%Y}"]})
    return row


def _setting_faults(reviewers: int, spread_alert: Decimal) -> list[str]:
    found = []
    if reviewers < 1:
        found.append("Mỗi hồ sơ cần ít nhất 1 người chấm.")
    if spread_alert <= 0:
        found.append("Mức chênh lệch cần bàn phải lớn hơn 0.")
    return found


@transaction.atomic
def change_round(
    review_round: ReviewRound, *, actor: Any, reviewers: int, spread_alert: Decimal, closes_on: datetime.date
) -> ReviewRound:
    """Before it opens everything; while it is open only a later last day."""
    locked = lock_round(review_round, actor)
    if locked.closed_at is not None:
        raise DomainError("Vòng chấm đã đóng nên không sửa được.")
    wanted = {"reviewers": reviewers, "spread_alert": spread_alert, "closes_on": closes_on}
    if locked.is_open and (reviewers, spread_alert) != (locked.reviewers, locked.spread_alert):
        raise DomainError("Vòng chấm đang mở: chỉ gia hạn ngày cuối, không đổi số người chấm và mức chênh lệch.")
    if locked.is_open and closes_on < locked.closes_on:
        raise DomainError("Vòng chấm đang mở: ngày cuối chỉ được lùi về sau.")
    if faults := _setting_faults(reviewers, spread_alert):
        raise DomainError("Chưa lưu được vòng chấm.", faults)
    changes = {name: [str(getattr(locked, name)), str(value)] for name, value in wanted.items()}
    for name, value in wanted.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(wanted))
    audit.record(locked, "round_change", actor=actor, changes=changes)
    return locked


# --- opening ------------------------------------------------------------------------------------------------------------
def opening_faults(review_round: ReviewRound, day: datetime.date) -> list[str]:
    """Sentences about what is missing before a round may open; empty when it may."""
    cycle, found = review_round.cycle, []
    if review_round.opened_at is not None:
        return ["Vòng chấm đã được mở."]
    if cycle.status not in SCORED_IN:
        found.append("Đợt không ở bước thẩm định hay họp hội đồng.")
    criteria = list(cycle.criteria.all())
    awards = {row.award_type_id: row.award_type for row in to_score(review_round).select_related("award_type")}
    found += [f"{row} chưa có tiêu chí chấm." for pk, row in awards.items() if not criteria_for(criteria, pk)]
    if review_round.closes_on < day:
        found.append(f"Ngày cuối của vòng ({review_round.closes_on:%d/%m/%Y}) đã qua. Hãy sửa vòng chấm.")
    scoring = [phase for phase in cycle.phases.all() if phase.members_may_score]
    if scoring and not any(phase.opens_on <= day and review_round.closes_on <= phase.closes_on for phase in scoring):
        days = "; ".join(f"{phase.opens_on:%d/%m/%Y} – {phase.closes_on:%d/%m/%Y}" for phase in scoring)
        found.append(f"Lịch của đợt cho thành viên hội đồng chấm: {days}. Vòng chấm phải nằm trong những ngày ấy.")
    if not review_round.reviews.exists():
        found.append("Chưa phân công ai chấm.")
    return found


@transaction.atomic
def open_round(review_round: ReviewRound, *, actor: Any) -> ReviewRound:
    """From now on the readers score; criteria are frozen. Each reader is told how much is his."""
    locked = lock_round(review_round, actor)
    if faults := opening_faults(locked, timezone.localdate()):
        raise DomainError("Chưa mở được vòng chấm.", faults)
    locked.opened_at, locked.opened_by = timezone.now(), actor
    locked.save(update_fields=["opened_at", "opened_by"])
    audit.record(locked, "round_open", actor=actor)
    for seat, count in _loads(locked):
        notify(ReviewsOpened.about(locked, count), [seat.user])
    return locked


def _loads(review_round: ReviewRound) -> list[tuple[CommitteeMember, int]]:
    rows = CommitteeMember.objects.filter(reviews__round=review_round).annotate(count=Count("reviews"))
    return [(row, row.count) for row in rows.select_related("user")]


# --- how far they are ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Progress:
    """How far one reader is, without any points. ``stale``: done, and the unit has sent a newer dossier since."""

    member: CommitteeMember
    due: int
    done: int
    stale: int

    @property
    def owed(self) -> int:
        return self.due - self.done + self.stale


def is_stale(review: Review) -> bool:
    """Whether he read an older dossier than the one that lies before the council."""
    return review.done_at is not None and review.revision < review.nomination.revision


def _standing_reviews(review_round: ReviewRound) -> list[Review]:
    """Reviews of the round on which somebody may still work: of dossiers before the council, of members not in conflict."""
    rows = list(
        review_round.reviews.filter(nomination__in=to_score(review_round))
        .select_related("nomination", "member__user")
        .order_by("member__order", "member_id", "nomination_id")
    )
    away = conflicts_of({row.member for row in rows}, {row.nomination for row in rows})
    return [row for row in rows if row.nomination_id not in away[row.member_id]]


def progress_of(reviews: Iterable[Review]) -> list[Progress]:
    """Each reader's progress over ``reviews``."""
    by_member: dict[CommitteeMember, list[Review]] = {}
    for row in reviews:
        by_member.setdefault(row.member, []).append(row)
    return [
        Progress(member, len(rows), sum(row.done_at is not None for row in rows), sum(map(is_stale, rows)))
        for member, rows in by_member.items()
    ]


def reviews_seen_by(review_round: ReviewRound, user: Any, readable: QuerySet[Nomination] | None = None) -> list[Review]:
    """What chair or secretary sees of the work on a round: nothing of a dossier from which he is kept away.

    ``readable``: nominations that he may read, when the caller has them already.
    """
    readable = readable_nominations(user, review_round.cycle) if readable is None else readable
    readable = set(readable.values_list("pk", flat=True))
    return [row for row in _standing_reviews(review_round) if row.nomination_id in readable]


@transaction.atomic
def remind_readers(review_round: ReviewRound, *, actor: Any) -> int:
    """Tell everybody who owes something, once a day at most. Returns how many were told."""
    locked = lock_round(review_round, actor)
    if not locked.is_open:
        raise DomainError("Vòng chấm không mở nên không có ai để nhắc.")
    today = timezone.localdate()
    owing = [row for row in progress_of(_standing_reviews(locked)) if row.owed]
    told = sum(notify(ReviewsOwed.about(locked, row.owed, today), [row.member.user]) for row in owing)
    audit.record(locked, "round_remind", actor=actor, changes={"told": [None, told]})
    return told


# --- closing ------------------------------------------------------------------------------------------------------------
def owed_words(review_round: ReviewRound, user: Any) -> list[str]:
    """Who still owes what, as ``user`` may know it: of dossiers hidden from him only that there are some."""
    seen = reviews_seen_by(review_round, user)
    found = [f"{row.member.user}: còn {row.owed} hồ sơ" for row in progress_of(seen) if row.owed]
    everything = sum(row.owed for row in progress_of(_standing_reviews(review_round)))
    if everything > sum(row.owed for row in progress_of(seen)):
        found.append("Còn phiếu chưa xong ở hồ sơ mà bạn không tham gia xét.")
    return found


@transaction.atomic
def close_round(review_round: ReviewRound, *, actor: Any, note: str = "") -> ReviewRound:
    """End the scoring: the results open to all who are not in conflict. Reviews still owed need a reason.

    A review of a member who came into conflict meanwhile does not count and is taken out, before anybody has read it.
    """
    locked = lock_round(review_round, actor)
    if not locked.is_open:
        raise DomainError("Vòng chấm không đang mở.")
    _take_out_conflicts(locked, actor)
    owed = owed_words(locked, actor)
    if owed and not note.strip():
        raise DomainError("Còn phiếu chưa chấm xong. Hãy đợi, hoặc ghi lý do đóng vòng khi còn thiếu.", owed)
    locked.closed_at, locked.closed_by = timezone.now(), actor
    locked.save(update_fields=["closed_at", "closed_by"])
    missing = sum(row.owed for row in progress_of(_standing_reviews(locked)))
    audit.record(locked, "round_close", actor=actor, changes={"owed": [None, missing]}, note=note.strip())
    today = timezone.localdate()
    people = locked.committee.members.on(today).select_related("user")
    notify(ReviewRoundClosed.about(locked), [seat.user for seat in people])
    return locked


def _take_out_conflicts(review_round: ReviewRound, actor: Any) -> None:
    rows = list(review_round.reviews.select_related("nomination", "member__user"))
    away = conflicts_of({row.member for row in rows}, {row.nomination for row in rows})
    for row in rows:
        if reason := away[row.member_id].get(row.nomination_id):
            audit.record(row, "review_out", actor=actor, note=reason)
            row.delete()
