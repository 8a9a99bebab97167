"""Khảo sát thực tế: recording a visit, and which visits count before a recognition (W-35)."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_upload
from pledges.models import ExemplaryModel, FieldVisit, RecognitionLevel
from pledges.services.exemplary.pictures import add_pictures
from units.models import Membership

Status = ExemplaryModel.Status
CLOSED = (Status.DRAFT, *ExemplaryModel.OVER)
_OWN = RecognitionLevel.DecidedBy.OWN


def may_visit(user: Any, model: ExemplaryModel) -> bool:
    """Whoever appraises the model at some level visits it."""
    if model.status in CLOSED:
        return False
    return user.has_perm("model.appraise_own", model) or user.has_perm("model.appraise", model)


@transaction.atomic
def record_visit(
    model: ExemplaryModel,
    *,
    actor: Any,
    visited_on: datetime.date,
    team: str,
    met: str,
    findings: str,
    minutes_no: str = "",
    minutes: UploadedFile | None = None,
    pictures: Sequence[UploadedFile] = (),
    today: datetime.date,
) -> FieldVisit:
    """Keep what the team saw and whom it met; there are minutes: their number, their file or both (practice.md W-35)."""
    locked = ExemplaryModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    if not (actor.has_perm("model.appraise_own", locked) or actor.has_perm("model.appraise", locked)):
        raise PermissionDenied
    if locked.status in CLOSED:
        raise DomainError(f"Mô hình đang ở trạng thái “{locked.get_status_display()}” nên không ghi khảo sát.")
    if visited_on > today:
        raise DomainError("Ngày khảo sát ở tương lai. Chỉ ghi buổi khảo sát đã thực hiện.")
    if not minutes_no.strip() and minutes is None:
        raise DomainError("Hãy ghi số biên bản khảo sát hoặc tải lên tệp biên bản.")
    visit = FieldVisit.objects.create(
        model=locked,
        visited_on=visited_on,
        team=team.strip(),
        met=met.strip(),
        findings=findings.strip(),
        minutes_no=minutes_no.strip(),
        minutes=store_upload(minutes, actor=actor) if minutes else None,
        added_by=actor,
    )
    if pictures:
        add_pictures(locked, pictures, actor=actor, visit=visit)
    audit.record(locked, "visit", actor=actor, changes={"visited_on": [None, visited_on]}, note=visit.findings[:300])
    return visit


def counted_visits(models: QuerySet | Sequence[int], level: RecognitionLevel, year: int, day: datetime.date) -> dict:
    """How many visits of each model count for a recognition of ``year`` decided on ``day``. One query.

    Those of the twelve months before the decision, or since 1 January of the year if that is earlier. At a level that the
    unit does not decide itself, what people of the unit recorded is no visit of the appraising body.
    """
    since = min(datetime.date(year, 1, 1), day - datetime.timedelta(days=365))
    visits = FieldVisit.objects.filter(model__in=models, visited_on__range=(since, day))
    if level.decided_by != _OWN:
        own = Membership.objects.filter(user=OuterRef("added_by"), unit=OuterRef("model__unit"))
        visits = visits.exclude(Exists(own))
    return dict(visits.order_by().values_list("model").annotate(n=Count("pk")))
