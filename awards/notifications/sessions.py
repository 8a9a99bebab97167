"""Messages about meetings of a council. None is ever sent because of one vote."""

from dataclasses import dataclass
from typing import Self

from django.urls import reverse
from django.utils import timezone

from awards.models import Ballot, CommitteeMeeting
from dvk_portal.core.notifications import Message


@dataclass(frozen=True)
class _OfMeeting(Message):
    meeting: CommitteeMeeting

    @property
    def when(self) -> str:
        return f"{timezone.localtime(self.meeting.starts_at):%H:%M ngày %d/%m/%Y}"


@dataclass(frozen=True)
class MeetingCalled(_OfMeeting):
    """To everybody with a seat. The list of nominations is behind the link: it is not the same for everybody."""

    kind = "meeting_called"

    @classmethod
    def about(cls, meeting: CommitteeMeeting) -> Self:
        return cls(
            key=f"meeting_called:{meeting.pk}",
            title=f"Mời họp: {meeting.title}",
            url=reverse("council:meeting", args=[meeting.pk]),
            meeting=meeting,
        )


@dataclass(frozen=True)
class MeetingMoved(_OfMeeting):
    kind = "meeting_moved"

    @classmethod
    def about(cls, meeting: CommitteeMeeting) -> Self:
        return cls(
            key=f"meeting_moved:{meeting.pk}:{meeting.starts_at:%Y%m%d%H%M}:{meeting.place}"[:150],
            title=f"Thay đổi lịch họp: {meeting.title}",
            url=reverse("council:meeting", args=[meeting.pk]),
            meeting=meeting,
        )


@dataclass(frozen=True)
class MeetingCalledOff(_OfMeeting):
    kind = "meeting_called_off"

    @classmethod
    def about(cls, meeting: CommitteeMeeting) -> Self:
        return cls(
            key=f"meeting_called_off:{meeting.pk}",
            title=f"Không họp: {meeting.title}",
            url=reverse("council:meeting", args=[meeting.pk]),
            meeting=meeting,
        )


@dataclass(frozen=True)
class BallotOpened(Message):
    """To who may vote, all at once when the ballot opens."""

    kind = "ballot_opened"

    ballot: Ballot

    @classmethod
    def about(cls, ballot: Ballot) -> Self:
        return cls(
            key=f"ballot_opened:{ballot.pk}",
            title=f"Mời bỏ phiếu: {ballot}",
            url=reverse("council:vote", args=[ballot.pk]),
            ballot=ballot,
        )
