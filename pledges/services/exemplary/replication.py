"""Models that another unit took over."""

from typing import Any

from pledges.models import ExemplaryModel


def warn_children(model: ExemplaryModel) -> None:
    """Tell the units that took ``model`` over that it was withdrawn or ended."""


def region(model: ExemplaryModel, user: Any) -> dict[str, Any]:
    """What the page of a model shows about its origin and about who took it over."""
    return {}
