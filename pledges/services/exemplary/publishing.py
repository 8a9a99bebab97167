"""What of a model the public sees."""

from typing import Any

from pledges.models import ExemplaryModel


def refresh_public_key(model: ExemplaryModel) -> None:
    """Set ``public_search_key`` from the public text of the model; the caller saves."""


def region(model: ExemplaryModel, user: Any) -> dict[str, Any]:
    """What the page of a model shows about its publicity."""
    return {}
