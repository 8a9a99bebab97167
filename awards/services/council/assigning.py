"""Phân công chấm: a plan to look at first, then the plan itself, then changes by hand. Conflicts are kept out of all three."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from awards.assignment import Plan, assign_readers
from awards.models import CommitteeMember, Nomination, Review, ReviewRound
from awards.notifications.council import ReviewsOpened
from awards.services.council.conflicts import conflicts_of, readable_nominations
from awards.services.council.rounds import lock_round, to_score
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify


@dataclass(frozen=True)
class Draft:
    """A plan with its people and dossiers by key. ``digest`` names it: the same one is carried out, or none."""

    plan: Plan
    readers: dict[int, CommitteeMember]
    nominations: dict[int, Nomination]
    held: frozenset[tuple[int, int]]
    digest: str


@dataclass(frozen=True)
class Line:
    """One dossier of a plan with its readers; ``new`` holds those who would be added."""

    nomination: Nomination
    readers: list[CommitteeMember]
    new: set[int]
    missing: int


@dataclass(frozen=True)
class Shown:
    """What chair or secretary sees of a plan. ``hidden``: some dossiers are divided without him."""

    lines: list[Line]
    loads: list[tuple[CommitteeMember, int]]
    hidden: bool
    sentences: list[str]


def readers_of(review_round: ReviewRound) -> list[CommitteeMember]:
    """Who is asked to read: the members in office who vote; not who only comes in somebody's place."""
    seats = review_round.committee.members.on(timezone.localdate())
    return list(seats.filter(votes=True, substitute_for=None, user__is_active=True).select_related("user"))


def plan_assignment(review_round: ReviewRound, *, seed: int = 1) -> Draft:
    """How the dossiers would be divided; nothing is written. What is assigned already stays, without new conflicts."""
    readers = {row.pk: row for row in readers_of(review_round)}
    rows = to_score(review_round).select_related("award_type")
    nominations = {row.pk: row for row in rows}
    held = list(review_round.reviews.filter(nomination__in=nominations).select_related("member__user"))
    people = {**{row.member_id: row.member for row in held}, **readers}
    away = conflicts_of(people.values(), nominations.values())
    conflicts = {(nomination, member) for member, found in away.items() for nomination in found}
    kept = frozenset((row.nomination_id, row.member_id) for row in held) - conflicts
    plan = assign_readers(
        nominations, readers, each=review_round.reviewers, conflicts=conflicts, kept=kept, seed=seed
    )  # fmt: skip
    text = repr((review_round.pk, sorted(plan.pairs), sorted(kept)))
    return Draft(plan, people, nominations, kept, salted_hmac("awards.assignment", text).hexdigest()[:16])


def show_plan(review_round: ReviewRound, draft: Draft, readable: QuerySet[Nomination]) -> Shown:
    """The plan as somebody sees it who may read ``readable``: no line, no reader and no load of any other dossier."""
    seen = set(readable.values_list("pk", flat=True))
    wanted = review_round.reviewers
    lines = []
    for pk, nomination in draft.nominations.items():
        if pk in seen:
            found = [draft.readers[reader] for reader in draft.plan.readers_of(pk)]
            new = {row.pk for row in found if (pk, row.pk) not in draft.held}
            lines.append(Line(nomination, sorted(found, key=_order), new, max(wanted - len(found), 0)))
    loads = [(row, sum(row in line.readers for line in lines)) for row in sorted(draft.readers.values(), key=_order)]
    sentences = [
        f"{line.nomination.name}: chỉ có {len(line.readers)} trên {wanted} người chấm, vì những thành viên khác không được xét."
        for line in lines
        if line.missing
    ]
    return Shown(lines, loads, len(lines) < len(draft.nominations), sentences)


def _order(member: CommitteeMember) -> tuple[int, int]:
    return (member.order, member.pk)


@transaction.atomic
def assign_reviews(review_round: ReviewRound, *, actor: Any, seed: int, digest: str) -> int:
    """Carry out the plan that was looked at. Returns how many reviews are new; DomainError when it is another one by now."""
    locked = lock_round(review_round, actor)
    if locked.closed_at is not None:
        raise DomainError("Vòng chấm đã đóng nên không phân công được.")
    draft = plan_assignment(locked, seed=seed)
    if draft.digest != digest:
        raise DomainError(
            "Hồ sơ, thành viên hoặc quan hệ vừa thay đổi. Hãy xem lại bản phân công dưới đây rồi xác nhận."
        )
    new = sorted(draft.plan.pairs - draft.held)
    Review.objects.bulk_create(
        Review(round=locked, nomination_id=nomination, member_id=member, assigned_by=actor)
        for nomination, member in new
    )
    audit.record(locked, "reviews_assign", actor=actor, changes={"reviews": [None, len(new)]})
    if locked.is_open:
        _tell(locked, [draft.readers[member] for _, member in new])
    return len(new)


def _tell(review_round: ReviewRound, members: list[CommitteeMember]) -> None:
    for member in set(members):
        message = ReviewsOpened.about(review_round, members.count(member), timezone.localdate())
        notify(message, [member.user])


# --- by hand ------------------------------------------------------------------------------------------------------------
def _seen(review_round: ReviewRound, nomination: Nomination, actor: Any) -> Nomination:
    row = readable_nominations(actor, review_round.cycle).filter(pk=nomination.pk).first()
    if row is None:
        raise PermissionDenied
    return row


@transaction.atomic
def add_reviewer(review_round: ReviewRound, nomination: Nomination, member: CommitteeMember, *, actor: Any) -> Review:
    """One more reader of one dossier. A member in conflict is refused, with nothing said but that."""
    locked = lock_round(review_round, actor)
    row = _seen(locked, nomination, actor)
    if locked.closed_at is not None:
        raise DomainError("Vòng chấm đã đóng nên không phân công được.")
    if not to_score(locked).filter(pk=row.pk).exists():
        raise DomainError("Hồ sơ này không còn trong vòng chấm.")
    seats = locked.committee.members.on(timezone.localdate()).filter(votes=True, pk=member.pk)
    if not seats.exists():
        raise DomainError(f"{member} không phải thành viên có quyền biểu quyết của hội đồng.")
    if conflicts_of([member], [row])[member.pk]:
        raise DomainError(f"{member} không được xét hồ sơ này. Hãy chọn người khác.")
    review, is_new = Review.objects.get_or_create(
        round=locked, nomination=row, member=member, defaults={"assigned_by": actor}
    )
    if not is_new:
        raise DomainError(f"{member} đã được giao hồ sơ này.")
    audit.record(review, "review_assign", actor=actor)
    if locked.is_open:
        _tell(locked, [member])
    return review


@transaction.atomic
def remove_reviewer(review: Review, *, actor: Any) -> ReviewRound:
    """Take a review back that its reader has not finished; one that is done stays."""
    locked = lock_round(review.round, actor)
    _seen(locked, review.nomination, actor)
    row = Review.objects.select_for_update(of=("self",)).select_related("member__user", "nomination").get(pk=review.pk)
    if locked.closed_at is not None:
        raise DomainError("Vòng chấm đã đóng nên không đổi người chấm được.")
    if row.done_at is not None:
        raise DomainError(f"{row.member} đã chấm xong hồ sơ này nên không đổi được.")
    audit.record(row, "review_unassign", actor=actor)
    row.delete()
    return locked
