"""Messages about nominations: sent, sent back with items, complete with its due date, result of the appraisal."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from awards.models import Nomination
from dvk_portal.core.notifications import Message


def _fields(kind: str, nomination: Nomination, moment: Any, title: str) -> dict[str, Any]:
    """Fields of a message about one nomination; ``moment`` tells its rounds apart."""
    return {
        "key": f"{kind}:{nomination.pk}:{moment:%Y%m%d%H%M%S%f}",
        "title": f"{title}: {nomination.name}, {nomination.award_type.name}",
        "url": nomination.get_absolute_url(),
        "nomination": nomination,
    }


@dataclass(frozen=True)
class NominationSubmitted(Message):
    """To those who appraise. In the inbox alone: near the deadline they come by the dozen, and the queue counts them."""

    kind: ClassVar[str] = "nomination_submitted"
    by_mail: ClassVar[bool] = False

    nomination: Nomination

    @classmethod
    def about(cls, nomination: Nomination) -> Self:
        return cls(**_fields(cls.kind, nomination, nomination.submitted_at, "Hồ sơ khen thưởng chờ thẩm định"))


@dataclass(frozen=True)
class NominationReturned(Message):
    """To the unit's editors and leaders, with what is to be mended."""

    kind: ClassVar[str] = "nomination_returned"

    nomination: Nomination

    @classmethod
    def about(cls, nomination: Nomination) -> Self:
        return cls(**_fields(cls.kind, nomination, nomination.returned_at, "Hồ sơ khen thưởng cần bổ sung"))


@dataclass(frozen=True)
class NominationComplete(Message):
    """To the unit: the clock runs from today, with its end."""

    kind: ClassVar[str] = "nomination_complete"

    nomination: Nomination

    @classmethod
    def about(cls, nomination: Nomination) -> Self:
        return cls(**_fields(cls.kind, nomination, nomination.completed_at, "Đã nhận đủ hồ sơ"))


@dataclass(frozen=True)
class NominationAppraised(Message):
    """To the unit: eligible and on its way to the council, or refused with the reason."""

    kind: ClassVar[str] = "nomination_appraised"

    nomination: Nomination

    @classmethod
    def about(cls, nomination: Nomination) -> Self:
        eligible = nomination.status == Nomination.Status.ELIGIBLE
        moment = nomination.appraised_at if eligible else nomination.ended_at
        title = "Hồ sơ đủ điều kiện" if eligible else "Hồ sơ không đủ điều kiện"
        return cls(**_fields(cls.kind, nomination, moment, title))
