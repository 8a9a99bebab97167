"""Recognition of models."""

from typing import Any

from pledges.models import ExemplaryModel


def region(model: ExemplaryModel, user: Any) -> dict[str, Any]:
    """What the page of a model shows about visits, appraisals, recognitions and reviews."""
    return {}
