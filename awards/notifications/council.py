"""Messages of the council; see pledges/notifications.py. None of them says a point, a sum or whom somebody may not judge."""

import datetime
from dataclasses import dataclass
from typing import Self

from django.urls import reverse

from awards.models import CommitteeMember, ReviewRound
from dvk_portal.core.notifications import Message


@dataclass(frozen=True)
class SeatGiven(Message):
    """To whom the establishing decision names."""

    kind = "seat_given"

    seat: CommitteeMember

    @classmethod
    def about(cls, seat: CommitteeMember) -> Self:
        return cls(
            key=f"{cls.kind}:{seat.pk}",
            title=f"Bạn tham gia {seat.committee}",
            url=reverse("council:index"),
            seat=seat,
        )


@dataclass(frozen=True)
class ReviewsOpened(Message):
    """To each reader when a round opens, or when he is given more to read (``day``)."""

    kind = "reviews_opened"

    round: ReviewRound
    count: int

    @classmethod
    def about(cls, review_round: ReviewRound, count: int, day: datetime.date | None = None) -> Self:
        return cls(
            key=f"{cls.kind}:{review_round.pk}:{day or ''}",
            title=f"Mời chấm {count} hồ sơ: {review_round.cycle.title}",
            url=reverse("council:index"),
            round=review_round,
            count=count,
        )


@dataclass(frozen=True)
class ReviewsOwed(Message):
    """A reminder, once a day at most."""

    kind = "reviews_owed"

    round: ReviewRound
    count: int

    @classmethod
    def about(cls, review_round: ReviewRound, count: int, day: datetime.date) -> Self:
        return cls(
            key=f"{cls.kind}:{review_round.pk}:{day}",
            title=f"Còn {count} hồ sơ chờ bạn chấm: {review_round.cycle.title}",
            url=reverse("council:index"),
            round=review_round,
            count=count,
        )


@dataclass(frozen=True)
class ReviewRoundClosed(Message):
    kind = "review_round_closed"

    round: ReviewRound

    @classmethod
    def about(cls, review_round: ReviewRound) -> Self:
        return cls(
            key=f"{cls.kind}:{review_round.pk}",
            title=f"Đã đóng vòng chấm {review_round.number}: {review_round.cycle.title}",
            url=reverse("council:comparison"),
            round=review_round,
        )
