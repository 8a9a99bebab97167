"""Which models wait for whom: the unit's own, and those that somebody is to appraise."""

from typing import Any

from django.db.models import Q, QuerySet, Subquery

from pledges.models import ExemplaryModel, RecognitionLevel
from units import access

Status = ExemplaryModel.Status


def to_appraise(user: Any) -> QuerySet[ExemplaryModel]:
    """Registered models that ``user`` may visit and appraise: at a level that asks for nothing below, up to the one they aim
    at (services/exemplary/appraisals.py ``fits``). One that aims at the province waits for its own unit first."""
    own = Q(decided_by=RecognitionLevel.DecidedBy.OWN)
    first = RecognitionLevel.objects.current().filter(lower_required=False)
    found = Q(pk__in=[])
    for permission, deciding in (("model.appraise_own", own), ("model.appraise", ~own)):
        lowest = first.filter(deciding).order_by("order").values("order")[:1]
        ids = access.reach_ids(user, permission)
        fitting = Q(target_level__order__gte=Subquery(lowest))
        found |= fitting if ids is None else fitting & Q(unit__in=ids)
    return ExemplaryModel.objects.filter(found, status=Status.REGISTERED)


def with_unit(user: Any) -> QuerySet[ExemplaryModel]:
    """Drafts and models to be completed, of the units for which ``user`` writes; what is to be completed first."""
    mine = access.scope(ExemplaryModel.objects.all(), user, "model.edit")
    found = mine.filter(status__in=(Status.MORE_INFORMATION, Status.DRAFT))
    return found.order_by("-returned_at", "-created_at")
