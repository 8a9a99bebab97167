"""Messages about annexes of pledges; see pledges/notifications.py."""

from dataclasses import dataclass
from typing import Any, Self

from dvk_portal.core.notifications import Message
from pledges.models import Amendment


def _fields(kind: str, amendment: Amendment, moment: Any, title: str) -> dict[str, Any]:
    """Fields of a message about one annex; ``moment`` tells its rounds apart."""
    return {
        "key": f"{kind}:{amendment.pk}:{moment:%Y%m%d%H%M%S%f}",
        "title": f"{title}: {amendment.pledge.participation.name}",
        "url": amendment.get_absolute_url(),
        "amendment": amendment,
    }


@dataclass(frozen=True)
class AmendmentProposed(Message):
    """To the side that has to answer."""

    kind = "amendment_proposed"

    amendment: Amendment

    @classmethod
    def about(cls, amendment: Amendment) -> Self:
        return cls(**_fields(cls.kind, amendment, amendment.proposed_at, "Đề nghị phụ lục giao ước"))


@dataclass(frozen=True)
class AmendmentReturned(Message):
    """To the side that drafted it."""

    kind = "amendment_returned"

    amendment: Amendment

    @classmethod
    def about(cls, amendment: Amendment) -> Self:
        return cls(**_fields(cls.kind, amendment, amendment.returned_at, "Phụ lục giao ước được trả lại"))


@dataclass(frozen=True)
class AmendmentAgreed(Message):
    """To those who sign."""

    kind = "amendment_agreed"

    amendment: Amendment

    @classmethod
    def about(cls, amendment: Amendment) -> Self:
        return cls(**_fields(cls.kind, amendment, amendment.agreed_at, "Phụ lục giao ước chờ ký"))


@dataclass(frozen=True)
class AmendmentSigned(Message):
    kind = "amendment_signed"

    amendment: Amendment

    @classmethod
    def about(cls, amendment: Amendment) -> Self:
        return cls(**_fields(cls.kind, amendment, amendment.signed_at, "Phụ lục giao ước đã ký xong"))


@dataclass(frozen=True)
class AmendmentWithdrawn(Message):
    """To the side that had been asked."""

    kind = "amendment_withdrawn"

    amendment: Amendment

    @classmethod
    def about(cls, amendment: Amendment) -> Self:
        return cls(**_fields(cls.kind, amendment, amendment.ended_at, "Phụ lục giao ước được rút"))
