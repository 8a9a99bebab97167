"""What the page of a model shows about contests: those it entered, and what it won once they were decided."""

from typing import Any

from pledges.models import Contest, ContestEntry, ExemplaryModel


def region(model: ExemplaryModel, user: Any) -> dict[str, Any]:
    """``rows``: entries of the model that ``user`` may see, newest first; a prize stands there only after publication."""
    entries = ContestEntry.objects.visible_to(user).filter(model=model).select_related("contest").order_by("-pk")
    rows = [
        {"entry": entry, "contest": entry.contest, "prize": entry.prize if _is_published(entry.contest) else ""}
        for entry in entries
    ]
    return {"rows": rows}


def _is_published(contest: Contest) -> bool:
    return contest.status == Contest.Status.CLOSED
