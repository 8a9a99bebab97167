"""Who comes into a meeting, who prepares it, and what of it a person must not see."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone

from awards.models import CommitteeMeeting, CommitteeMember, Nomination, Recusal
from awards.services.council.conflicts import conflicts_of, preparing, seats_of
from dvk_portal.core.exceptions import DomainError

_S = CommitteeMeeting.Status
RUNNING = (_S.OPEN, _S.COUNTING)


def meetings_of(user: Any, day: datetime.date | None = None) -> QuerySet[CommitteeMeeting]:
    """Meetings of the councils on which ``user`` sits today; of no other."""
    return meetings_on(seats_of(user, day or timezone.localdate()))


def meetings_on(seats: Iterable[CommitteeMember]) -> QuerySet[CommitteeMeeting]:
    """Meetings of the councils of ``seats``."""
    committees = {seat.committee_id for seat in seats}
    return CommitteeMeeting.objects.filter(committee__in=committees).select_related("committee__unit", "cycle__owner")


def may_prepare(user: Any, meeting: CommitteeMeeting, day: datetime.date | None = None) -> bool:
    """Chair and secretary of this very council (ban kiểm phiếu reads what they read)."""
    seats = preparing(user, seats_of(user, day or timezone.localdate()))
    return any(seat.committee_id == meeting.committee_id for seat in seats)


def ask_to_prepare(user: Any, meeting: CommitteeMeeting) -> None:
    if not may_prepare(user, meeting):
        raise PermissionDenied


def locked(meeting: CommitteeMeeting, *, actor: Any, states: tuple[str, ...]) -> CommitteeMeeting:
    """``meeting`` as it stands, locked for ``actor`` who prepares it. Raises DomainError when it is in no state of ``states``."""
    found = CommitteeMeeting.objects.select_for_update(of=("self",)).select_related("committee__unit", "cycle")
    row = found.get(pk=meeting.pk)
    ask_to_prepare(actor, row)
    if row.status not in states:
        raise DomainError(
            f"Phiên họp đang ở trạng thái “{row.get_status_display()}” nên không làm được việc này. Hãy tải lại trang."
        )
    return row


def kept_from(user: Any, meeting: CommitteeMeeting) -> set[int]:
    """Nominations of the meeting that ``user`` neither discusses, votes on nor sees counted: recusals fixed at the opening
    and whatever has come up since; in any state, for what was said of a dossier that waits is not his to hear either."""
    seats = list(CommitteeMember.objects.filter(committee=meeting.committee_id, user=user))
    fixed = Recusal.objects.filter(meeting=meeting, member__in=seats).values_list("nomination", flat=True)
    nominations = Nomination.objects.filter(cycle=meeting.cycle_id)
    since = conflicts_of(seats, nominations) if seats else {}
    return {*fixed, *(pk for reasons in since.values() for pk in reasons)}
