"""Messages about models that another unit took over; see pledges/notifications.py."""

from dataclasses import dataclass
from typing import Self

from dvk_portal.core.notifications import Message
from pledges.models import Replication


@dataclass(frozen=True)
class OriginEnded(Message):
    """To the unit that took it over. The reason is the origin's own matter and is not passed on."""

    kind = "origin_ended"

    replication: Replication

    @classmethod
    def about(cls, replication: Replication) -> Self:
        return cls(
            key=f"origin_ended:{replication.pk}:{replication.origin.ended_on:%Y%m%d}",
            title=f"Mô hình gốc không còn được công nhận: {replication.model}",
            url=replication.model.get_absolute_url(),
            replication=replication,
        )


@dataclass(frozen=True)
class ReplicationYearPassed(Message):
    """To the unit, once: a year after the beginning its results are asked for."""

    kind = "replication_year_passed"

    replication: Replication

    @classmethod
    def about(cls, replication: Replication) -> Self:
        return cls(
            key=f"replication_year:{replication.pk}",
            title=f"Đã một năm học theo: {replication.model}",
            url=replication.model.get_absolute_url(),
            replication=replication,
        )


@dataclass(frozen=True)
class ReplicationToJudge(Message):
    """To who appraises the model: after a year he says what became of it."""

    kind = "replication_to_judge"

    replication: Replication

    @classmethod
    def about(cls, replication: Replication) -> Self:
        return cls(
            key=f"replication_to_judge:{replication.pk}",
            title=f"Cần đánh giá sau một năm: {replication.model}",
            url=replication.model.get_absolute_url(),
            replication=replication,
        )
