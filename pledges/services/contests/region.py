"""What the page of a model shows about contests."""

from typing import Any

from pledges.models import ExemplaryModel


def region(model: ExemplaryModel, user: Any) -> dict[str, Any]:
    return {}
