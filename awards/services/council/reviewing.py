"""A member's own sheets: what he is asked to read, his points and notes, pinned to the dossier that he read."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from awards.models import AwardCycle, Nomination, Review, ReviewCriterion, ReviewPoint, ReviewRound
from awards.services.council.conflicts import readable_nominations
from awards.services.council.criteria import CENT, criteria_for
from awards.services.council.rounds import to_score
from awards.services.cycles.phases import phase_allows
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import format_number

# Points and a note of one criterion; None = not given yet.
Given = tuple[Decimal | None, str]


def open_reviews(user: Any, readable: Iterable[int] | QuerySet | None = None) -> QuerySet[Review]:
    """What ``user`` has to read in rounds that are open; ``readable``: nominations he may read, when the caller knows them."""
    if readable is None:
        readable = readable_nominations(user).values("pk")
    today = timezone.localdate()
    in_office = Q(member__valid_to=None) | Q(member__valid_to__gte=today)
    rows = Review.objects.filter(
        in_office, member__user=user, member__valid_from__lte=today, nomination__in=readable,
        nomination__status=Nomination.Status.ELIGIBLE, round__opened_at__isnull=False, round__closed_at=None,
    )  # fmt: skip
    return rows.select_related("round__cycle", "nomination__award_type").order_by(
        "round__closes_on", "nomination__name"
    )


def total_of(criteria: Iterable[ReviewCriterion], given: Mapping[int, Given]) -> Decimal:
    """Points × weight over the criteria, to two places."""
    found = sum((given[row.pk][0] * row.weight for row in criteria), Decimal(0))
    return found.quantize(CENT, ROUND_HALF_UP)


def scoring_days(cycle: AwardCycle, day: Any) -> str:
    """Why the calendar forbids scoring on ``day``; "" when it does not, or says nothing about scoring."""
    scoring = [phase for phase in cycle.phases.all() if phase.members_may_score]
    if not scoring or phase_allows(cycle, "members_may_score", day):
        return ""
    days = "; ".join(f"{phase.opens_on:%d/%m/%Y} – {phase.closes_on:%d/%m/%Y}" for phase in scoring)
    return f"Lịch của đợt cho thành viên hội đồng chấm: {days}."


@transaction.atomic
def save_review(
    review: Review, *, actor: Any, revision: int, given: Mapping[int, Given], comment: str, done: bool
) -> Review:
    """Keep the reader's sheet, as a draft or as done. ``revision`` is the sending that he had before him.

    Raises PermissionDenied (not his, or he may not read the dossier), DomainError (round not open, newer dossier, points
    missing or too high, a note that is required). The log says that he scored, never how.
    """
    locked_round = ReviewRound.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=review.round_id)
    row = Review.objects.select_for_update(of=("self",)).select_related("nomination", "member").get(pk=review.pk)
    nomination = row.nomination
    is_own = row.member.user_id == actor.pk
    if not is_own or not readable_nominations(actor, locked_round.cycle).filter(pk=nomination.pk).exists():
        raise PermissionDenied
    if not locked_round.is_open or not to_score(locked_round).filter(pk=nomination.pk).exists():
        raise DomainError("Vòng chấm không mở nên không ghi điểm được.")
    if why := scoring_days(locked_round.cycle, timezone.localdate()):
        raise DomainError(why)
    if revision != nomination.revision:
        raise DomainError("Đơn vị vừa gửi bản hồ sơ mới. Hãy đọc bản mới ở bên cạnh rồi lưu lại phiếu.")
    criteria = criteria_for(locked_round.cycle.criteria.all(), nomination.award_type_id)
    if faults := _faults(criteria, given, done=done):
        raise DomainError("Chưa lưu được phiếu chấm.", faults)
    _write_points(row, criteria, given)
    row.revision, row.comment = revision, comment.strip()
    row.total = total_of(criteria, given) if done else None
    row.done_at = timezone.now() if done else None
    row.save(update_fields=["revision", "comment", "total", "done_at"])
    audit.record(row, "review_done" if done else "review_draft", actor=actor, changes={"revision": [None, revision]})
    return row


def _write_points(review: Review, criteria: list[ReviewCriterion], given: Mapping[int, Given]) -> None:
    for criterion in criteria:
        points, note = given.get(criterion.pk, (None, ""))
        stored = ReviewPoint.objects.filter(review=review, criterion=criterion)
        if points is None:
            stored.delete()
        else:
            ReviewPoint.objects.update_or_create(
                review=review, criterion=criterion, defaults={"points": points, "note": note.strip()}
            )


def _faults(criteria: list[ReviewCriterion], given: Mapping[int, Given], *, done: bool) -> list[str]:
    found = []
    for row in criteria:
        points, note = given.get(row.pk, (None, ""))
        if points is None and (done or note.strip()):
            found.append(f"“{row.name}” chưa có điểm.")
        elif points is not None and not 0 <= points <= row.max_points:
            found.append(f"“{row.name}”: điểm từ 0 đến {format_number(row.max_points)}.")
        if done and row.note_required and not note.strip():
            found.append(f"“{row.name}” cần nhận xét.")
    return found
