"""From a "cách làm hay" of a report to a draft of the register, in one step. Which texts: the indicator's chapter says."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from campaigns.models import Indicator
from campaigns.models.indicator import Chapter
from dvk_portal.core.exceptions import DomainError
from pledges.models import ExemplaryModel, Field, QuarterlyReport, RecognitionLevel, ReportedValue
from pledges.models.exemplary_model import SubjectKind
from pledges.services.exemplary.register import start_model
from pledges.services.reportsheet import Line

MAX_NAME = 120


@dataclass
class Way:
    """What stands beside a "cách làm hay": the models made of it, and whether the reader may make one."""

    models: list[ExemplaryModel] = field(default_factory=list)
    may_draft: bool = False


def show_ways(report: QuarterlyReport, lines: Iterable[Line], user: Any) -> None:
    """Give the lines that tell of ways of working their :class:`Way`. One query; none where nothing is told."""
    ways = [line for line in lines if line.indicator.chapter == Chapter.MODELS]
    if not ways:
        return
    may = user.has_perm("model.edit", ExemplaryModel(unit=report.participation.unit))
    found: dict[int, list[ExemplaryModel]] = {}
    made = ExemplaryModel.objects.visible_to(user).exclude(status=ExemplaryModel.Status.WITHDRAWN)
    told = [line.indicator.pk for line in ways if line.is_answered]
    made = made.filter(reported_in__report=report, reported_in__indicator__in=told).select_related("reported_in")
    for model in made.order_by("pk"):
        found.setdefault(model.reported_in.indicator_id, []).append(model)
    for line in ways:
        models = found.get(line.indicator.pk, [])
        line.way = Way(models, may and not models and (line.is_answered or line.editable))


@transaction.atomic
def draft_from_report(report: QuarterlyReport, indicator: Indicator, *, actor: Any) -> ExemplaryModel:
    """The draft made of the text; the one already made when there is one."""
    unit = report.participation.unit
    if not actor.has_perm("model.edit", ExemplaryModel(unit=unit)):
        raise PermissionDenied
    if indicator.chapter != Chapter.MODELS:
        raise DomainError("Chỉ lời văn về mô hình, cách làm hay mới lập được thành mô hình.")
    # Held until the end: two who press at once get one draft.
    held = ReportedValue.objects.select_for_update(of=("self",)).filter(report=report, indicator=indicator)
    value = held.first()
    if value is None or not value.text.strip():
        raise DomainError(f"“{indicator.label}” chưa có nội dung đã lưu. Hãy nhập, lưu rồi đăng ký thành mô hình.")
    earlier = value.models.exclude(status=ExemplaryModel.Status.WITHDRAWN).order_by("pk").first()
    if earlier is not None:
        return earlier
    campaign = report.participation.campaign
    values = {
        "kind": ExemplaryModel.Kind.MODEL,
        "subject_kind": SubjectKind.COLLECTIVE,
        "name": name_from(value.text),
        "field": _first(Field),
        "target_level": _first(RecognitionLevel),
        "method": value.text,
        "campaign": campaign if campaign.is_running else None,
    }
    return start_model(unit, actor=actor, values=values, reported_in=value)


def name_from(text: str) -> str:
    """The first line or sentence as a name: without its number or dash, what it says before a colon, not too long."""
    line = next(line for line in text.splitlines() if line.strip()).strip()
    line = re.sub(r"^(?:[-–—•*+]\s*|\d+[.)]\s+)+", "", line) or line
    name = re.split(r"[.;:](?:\s|$)", line, maxsplit=1)[0].strip(" .;:,")
    if len(name) <= MAX_NAME:
        return name or line[:MAX_NAME]
    return name[:MAX_NAME].rpartition(" ")[0] or name[:MAX_NAME]


def _first(catalogue: Any) -> Any:
    row = catalogue.objects.on(timezone.localdate()).order_by("order", "code").first()
    if row is None:
        name = catalogue._meta.verbose_name
        raise DomainError(f"Danh mục “{name}” đang trống. Hãy báo quản trị hệ thống khai danh mục trước.")
    return row
