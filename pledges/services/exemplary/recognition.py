"""What the page of a model shows about visits, appraisals, recognitions and reviews, and which buttons it has."""

from typing import Any

from django.utils import timezone

from pledges.models import ExemplaryModel, RecognitionBatch
from pledges.services.exemplary.appraisals import levels_to_appraise
from pledges.services.exemplary.nominations import levels_to_propose, may_withdraw, proposable
from pledges.services.exemplary.reviews import may_review
from pledges.services.exemplary.visits import may_visit
from pledges.workflows import MODEL


def region(model: ExemplaryModel, user: Any) -> dict[str, Any]:
    """Constant queries; nothing at all for a draft."""
    if model.status == ExemplaryModel.Status.DRAFT:
        return {}
    today = timezone.localdate()
    rows = list(model.recognitions.select_related("level", "batch__unit"))
    reviews = list(model.reviews.select_related("reviewed_by"))
    appraisals = model.appraisals.select_related("level", "appraised_by").prefetch_related("answers__item")
    reviewed = any(row.year == today.year for row in reviews)
    opens = RecognitionBatch.objects.visible_to(user).filter(pk__in=[row.batch_id for row in rows if row.batch_id])
    return {
        "visits": list(model.visits.select_related("minutes", "added_by").prefetch_related("pictures")),
        "appraisals": [(f"{row.level} năm {row.year}", row) for row in appraisals],
        "recognitions": [(row, may_withdraw(row, user)) for row in rows],
        "batches": set(opens.values_list("pk", flat=True)),
        "reviews": reviews,
        "may_visit": may_visit(user, model),
        "may_appraise": bool(levels_to_appraise(model, user, today)),
        "may_propose": _may_propose(model, user, today.year),
        "may_review": not reviewed and may_review(user, model),
        "may_make_exemplary": "make_exemplary" in {move.name for move in MODEL.available(model, user)},
        "year": today.year,
    }


def _may_propose(model: ExemplaryModel, user: Any, year: int) -> bool:
    """Whether the page for putting models forward would offer this one for some level of ``year``."""
    if not user.has_perm("model.register", model):
        return False
    levels = levels_to_propose(timezone.localdate())
    return any(proposable(user, level, year).filter(pk=model.pk).exists() for level in levels)
