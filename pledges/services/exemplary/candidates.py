"""Which models a batch may take in, and what keeps each from being recognised, in words (practice.md W-32, W-35)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from pledges.models import Appraisal, ExemplaryModel, Recognition, RecognitionBatch, RecognitionLevel
from pledges.services.exemplary.rights import recognition_permission
from pledges.services.exemplary.visits import counted_visits
from units import access
from units.models import Unit

Status = ExemplaryModel.Status
RECOGNISABLE = (Status.APPRAISED, *ExemplaryModel.STANDING)
PROPOSABLE = (Status.REGISTERED, *RECOGNISABLE)
_OWN, _OUTSIDE = RecognitionLevel.DecidedBy.OWN, RecognitionLevel.DecidedBy.OUTSIDE


@dataclass
class Candidate:
    """A model that waits for recognition at the batch's level and year. ``recognition`` None: nobody proposed it yet."""

    model: ExemplaryModel
    recognition: Recognition | None
    visits: int = 0
    appraisal: Appraisal | None = None
    blockers: list[str] = field(default_factory=list)


# --- the deciding body ----------------------------------------------------------------------------------------------
def deciding_units(user: Any, level: RecognitionLevel) -> list[Unit]:
    """The bodies for which ``user`` decides at ``level``: those where he holds the post that the matrix asks for."""
    if not user.is_authenticated or not user.is_active:
        return []
    roles = access.matrix()[recognition_permission(level)]
    found = {row.unit_id: row.unit for row in access.rights(user).memberships if row.role in roles}
    return list(found.values())


def may_decide(user: Any, batch: RecognitionBatch) -> bool:
    """Whether ``user`` draws up, decides and cancels the batch; each model is asked about once more."""
    return batch.unit_id in {unit.pk for unit in deciding_units(user, batch.level)}


def models_within(batch: RecognitionBatch) -> QuerySet[ExemplaryModel]:
    """The models for which the body of the batch decides at its level: its own, or those of every unit below."""
    if batch.level.decided_by == _OWN:
        return ExemplaryModel.objects.filter(unit=batch.unit_id)
    return ExemplaryModel.objects.filter(unit__path__startswith=access.base_unit(batch.unit).path)


# --- who waits ------------------------------------------------------------------------------------------------------
def waiting(batch: RecognitionBatch, user: Any) -> QuerySet[ExemplaryModel]:
    """Models that the batch may take in: proposed to its level and year, or appraised for it and not yet recognised."""
    rows = Recognition.objects.filter(model=OuterRef("pk"), level=batch.level_id, year=batch.year)
    proposed = rows.filter(status=Recognition.Status.PROPOSED, batch=None)
    passed = Appraisal.objects.filter(model=OuterRef("pk"), level=batch.level_id, year=batch.year, passed=True)
    appraised = Q(Exists(passed), ~Exists(rows.filter(status__in=Recognition.LIVE)), status__in=RECOGNISABLE)
    found = models_within(batch).filter(Q(Exists(proposed)) | appraised)
    visible = ExemplaryModel.objects.visible_to(user).values("pk")
    return found.filter(pk__in=visible).select_related("unit", "field").order_by("unit__sort_key", "name", "pk")


def candidates(
    batch: RecognitionBatch, models: Iterable[ExemplaryModel], user: Any, day: datetime.date
) -> list[Candidate]:
    """``models`` with what blocks each on ``day``. A constant number of queries."""
    models = list(models)
    rows = Recognition.objects.filter(
        model__in=[model.pk for model in models], level=batch.level_id, year=batch.year,
        status=Recognition.Status.PROPOSED,
    )  # fmt: skip
    proposed = {row.model_id: row for row in rows.select_related("proposed_by")}
    found = [Candidate(model, proposed.get(model.pk)) for model in models]
    judge(found, batch.level, batch.year, user, day)
    return found


def judge(found: list[Candidate], level: RecognitionLevel, year: int, user: Any, day: datetime.date) -> None:
    """Fill in visits, appraisal and blockers of every candidate for a decision of ``day`` by ``user``."""
    keys = [one.model.pk for one in found]
    visits = counted_visits(keys, level, year, day)
    appraisals: dict[int, Appraisal] = {}
    for row in Appraisal.objects.filter(model__in=keys, level=level, year=year).order_by("appraised_at", "pk"):
        appraisals[row.model_id] = row  # the newest counts
    below = Recognition.objects.filter(model__in=keys, status=Recognition.Status.GRANTED, level__order__lt=level.order)
    stands_below = set(below.values_list("model_id", flat=True)) if level.lower_required else set()
    reach = access.reach_ids(user, recognition_permission(level))
    for one in found:
        one.visits, one.appraisal = visits.get(one.model.pk, 0), appraisals.get(one.model.pk)
        one.blockers = [
            *_of_rights(one.model, reach),
            *_of_state(one.model),
            *_of_visits(one.visits, level),
            *_of_appraisal(one.appraisal, level),
        ]
        if level.lower_required and not (one.model.is_standing and one.model.pk in stands_below):
            one.blockers.append("chưa được công nhận cấp dưới")


def _of_rights(model: ExemplaryModel, reach: set[int] | None) -> list[str]:
    if reach is None or model.unit_id in reach:
        return []
    return ["bạn không quyết định cho đơn vị này"]


def _of_state(model: ExemplaryModel) -> list[str]:
    if model.status in RECOGNISABLE or model.status == Status.REGISTERED:
        return []
    return [f"mô hình đang ở trạng thái “{model.get_status_display()}”"]


def _of_visits(visits: int, level: RecognitionLevel) -> list[str]:
    if visits >= level.visits_required:
        return []
    if not visits:
        return ["chưa khảo sát thực tế"]
    return [f"mới khảo sát thực tế {visits} trên {level.visits_required} lần"]


def _of_appraisal(appraisal: Appraisal | None, level: RecognitionLevel) -> list[str]:
    """What is recognised outside of the portal was judged there."""
    if level.decided_by == _OUTSIDE or (appraisal is not None and appraisal.passed):
        return []
    return ["chưa thẩm định đạt" if appraisal is None else "chưa thẩm định đạt (lần gần nhất: không đạt)"]
