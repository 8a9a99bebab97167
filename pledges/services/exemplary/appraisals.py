"""Thẩm định: the checklist of one level, line by line, with a conclusion."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.models import Appraisal, AppraisalAnswer, ChecklistItem, ExemplaryModel, Recognition, RecognitionLevel
from pledges.services.exemplary.rights import may_appraise
from pledges.workflows import MODEL

Status = ExemplaryModel.Status
APPRAISABLE = (Status.REGISTERED, Status.APPRAISED, *ExemplaryModel.STANDING)


@dataclass(frozen=True)
class Answer:
    """What was said to one line: ``passed`` None = not judged."""

    passed: bool | None = None
    points: Decimal | None = None
    note: str = ""


def stands_below(model: ExemplaryModel, level: RecognitionLevel) -> bool:
    """Whether the model is recognised, and still so, at a level below ``level``."""
    granted = model.recognitions.filter(status=Recognition.Status.GRANTED, level__order__lt=level.order)
    return model.is_standing and granted.exists()


def fits(model: ExemplaryModel, level: RecognitionLevel) -> bool:
    """Whether the model may be appraised at ``level`` in its present state.

    A new model first at a level that asks for nothing below, up to the one it was registered for; one that stands at any
    level, at those with ``lower_required`` only above one where it stands.
    """
    if model.status not in APPRAISABLE:
        return False
    if not model.is_standing:
        return not level.lower_required and level.order <= model.target_level.order
    return not level.lower_required or stands_below(model, level)


def levels_to_appraise(model: ExemplaryModel, user: Any, today: datetime.date) -> list[RecognitionLevel]:
    """The levels at which ``user`` may appraise the model now, lowest first."""
    if model.status not in APPRAISABLE:
        return []
    levels = RecognitionLevel.objects.on(today)
    return [level for level in levels if may_appraise(user, model, level) and fits(model, level)]


def checklist(level: RecognitionLevel, today: datetime.date) -> list[ChecklistItem]:
    """The lines valid on ``today`` for ``level``: its own and those for every level."""
    return list(ChecklistItem.objects.on(today).filter(Q(levels=level) | Q(levels=None)).distinct())


@transaction.atomic
def appraise_model(
    model: ExemplaryModel,
    *,
    actor: Any,
    level: RecognitionLevel,
    year: int,
    answers: Mapping[int, Answer],
    passed: bool,
    conclusion: str,
    today: datetime.date,
) -> Appraisal:
    """Keep the appraisal (``answers`` by item) and move the model: to "appraised" or "not recognised".

    A model that stands recognised stays as it is: the appraisal alone counts for its next recognition. Raises DomainError
    with everything that is missing, PermissionDenied.
    """
    locked = ExemplaryModel.objects.select_for_update(of=("self",)).select_related("target_level").get(pk=model.pk)
    if not may_appraise(actor, locked, level):
        raise PermissionDenied
    _check_place(locked, level, year, today)
    items = checklist(level, today)
    conclusion = conclusion.strip()
    _check_answers(items, answers, passed, conclusion)
    given = [answers[item.pk].points for item in items if item.pk in answers and answers[item.pk].points is not None]
    appraisal = Appraisal.objects.create(
        model=locked, level=level, year=year, passed=passed, points=sum(given, Decimal(0)) if given else None,
        conclusion=conclusion, appraised_by=actor,
    )  # fmt: skip
    AppraisalAnswer.objects.bulk_create(
        AppraisalAnswer(appraisal=appraisal, item=item, **vars(answers.get(item.pk, Answer()))) for item in items
    )
    _move(locked, appraisal, actor)
    return appraisal


def _check_place(model: ExemplaryModel, level: RecognitionLevel, year: int, today: datetime.date) -> None:
    if model.status not in APPRAISABLE:
        raise DomainError(f"Mô hình đang ở trạng thái “{model.get_status_display()}” nên không thẩm định được.")
    if not RecognitionLevel.objects.on(today).filter(pk=level.pk).exists():
        raise DomainError(f"{level} không còn dùng. Hãy chọn cấp khác.")
    if not fits(model, level):
        raise DomainError(f"Mô hình phải đang được công nhận ở cấp dưới trước khi thẩm định để công nhận {level}.")
    if year not in (today.year, today.year - 1):
        raise DomainError(f"Chỉ thẩm định cho năm {today.year} hoặc năm {today.year - 1}.")


def _check_answers(items: list[ChecklistItem], answers: Mapping[int, Answer], passed: bool, conclusion: str) -> None:
    findings = []
    for item in items:
        answer = answers.get(item.pk, Answer())
        if item.required and answer.passed is None:
            findings.append(f"Chưa kết luận đạt hay không đạt: “{item.text}”.")
        if item.required and answer.passed is False and passed:
            findings.append(f"Không thể kết luận đạt khi mục phải đạt này không đạt: “{item.text}”.")
        if answer.points is not None and not 0 <= answer.points <= (item.max_points or 0):
            findings.append(f"Điểm của “{item.text}” phải từ 0 đến {item.max_points or 0:f}.")
    if not conclusion:
        findings.append("Hãy ghi kết luận thẩm định.")
    if findings:
        raise DomainError("Chưa lưu được kết quả thẩm định.", findings)


def _move(model: ExemplaryModel, appraisal: Appraisal, actor: Any) -> None:
    said = f"{appraisal}: {'đạt' if appraisal.passed else 'không đạt'}. {appraisal.conclusion}"[:1000]
    if model.status == Status.REGISTERED:
        MODEL.apply(model, "pass" if appraisal.passed else "fail", actor=actor, note=said)
    elif model.status == Status.APPRAISED and not appraisal.passed:
        MODEL.apply(model, "refuse", actor=actor, note=said)
    else:
        audit.record(model, "appraise", actor=actor, note=said)
