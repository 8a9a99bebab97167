"""Messages about models in the register; see pledges/notifications.py."""

import datetime
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from dvk_portal.core.notifications import Message
from pledges.models import ExemplaryModel


def _fields(kind: str, model: ExemplaryModel, moment: Any, title: str) -> dict[str, Any]:
    """Fields of a message about one model; ``moment`` tells its rounds apart."""
    return {
        "key": f"{kind}:{model.pk}:{moment:%Y%m%d%H%M%S%f}",
        "title": f"{title}: {model.name}",
        "url": model.get_absolute_url(),
        "model": model,
    }


@dataclass(frozen=True)
class ModelRegistered(Message):
    """To those who appraise. In the inbox alone: in December they come by the dozen, and the first page counts them."""

    kind: ClassVar[str] = "model_registered"
    by_mail: ClassVar[bool] = False

    model: ExemplaryModel

    @classmethod
    def about(cls, model: ExemplaryModel, now: datetime.datetime) -> Self:
        return cls(**_fields(cls.kind, model, now, "Mô hình chờ thẩm định"))


@dataclass(frozen=True)
class ModelNeedsMore(Message):
    """To the unit's editors and leaders."""

    kind: ClassVar[str] = "model_needs_more"

    model: ExemplaryModel

    @classmethod
    def about(cls, model: ExemplaryModel) -> Self:
        return cls(**_fields(cls.kind, model, model.returned_at, "Cần bổ sung mô hình"))
