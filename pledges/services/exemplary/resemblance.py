"""Models that look alike."""

from typing import Any

from pledges.models import ExemplaryModel


def refresh_keys(model: ExemplaryModel) -> None:
    """Set ``similarity_key`` and ``place_key`` from what the model says; the caller saves."""


def undecided(model: ExemplaryModel) -> list[ExemplaryModel]:
    """Models that look like ``model`` and about which nobody has decided yet."""
    return []


def region(model: ExemplaryModel, user: Any) -> dict[str, Any]:
    """What the page of a model shows about its likenesses."""
    return {}
