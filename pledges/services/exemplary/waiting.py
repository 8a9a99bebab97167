"""Which models wait for whom: the unit's own, and those that somebody is to appraise."""

from typing import Any

from django.db.models import Q, QuerySet

from pledges.models import ExemplaryModel, RecognitionLevel
from units import access

Status = ExemplaryModel.Status


def to_appraise(user: Any) -> QuerySet[ExemplaryModel]:
    """Registered models that ``user`` may visit and appraise at the level they aim at."""
    own = Q(target_level__decided_by=RecognitionLevel.DecidedBy.OWN)
    found = Q(pk__in=[])
    for permission, level in (("model.appraise_own", own), ("model.appraise", ~own)):
        ids = access.reach_ids(user, permission)
        found |= level if ids is None else level & Q(unit__in=ids)
    return ExemplaryModel.objects.filter(found, status=Status.REGISTERED)


def with_unit(user: Any) -> QuerySet[ExemplaryModel]:
    """Drafts and models to be completed, of the units for which ``user`` writes; what is to be completed first."""
    mine = access.scope(ExemplaryModel.objects.all(), user, "model.edit")
    found = mine.filter(status__in=(Status.MORE_INFORMATION, Status.DRAFT))
    return found.order_by("-returned_at", "-created_at")
