"""Đề nghị công nhận: the unit's leader puts models forward to a level that others decide."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.models import ExemplaryModel, Recognition, RecognitionLevel
from pledges.services.exemplary.candidates import PROPOSABLE
from units import access

_OWN = RecognitionLevel.DecidedBy.OWN


def levels_to_propose(today: datetime.date) -> QuerySet[RecognitionLevel]:
    """Levels to which units put models forward: at their own they draw up the batch itself."""
    return RecognitionLevel.objects.on(today).exclude(decided_by=_OWN)


def years_to_propose(today: datetime.date) -> tuple[int, int]:
    return today.year, today.year - 1


def proposable(user: Any, level: RecognitionLevel, year: int) -> QuerySet[ExemplaryModel]:
    """Models of the person's own units that may be put forward to ``level`` for ``year``."""
    rows = Recognition.objects.filter(model=OuterRef("pk"))
    live = rows.filter(level=level, year=year, status__in=Recognition.LIVE)
    found = ExemplaryModel.objects.filter(~Exists(live), status__in=PROPOSABLE)
    if level.lower_required:
        below = rows.filter(status=Recognition.Status.GRANTED, level__order__lt=level.order)
        found = found.filter(Exists(below), status__in=ExemplaryModel.STANDING)
    return access.scope(found, user, "model.register").select_related("unit", "field").order_by("name", "pk")


@transaction.atomic
def propose_models(
    models: Iterable[ExemplaryModel], *, actor: Any, level: RecognitionLevel, year: int, reason: str,
    today: datetime.date,
) -> list[Recognition]:  # fmt: skip
    """Put all of ``models`` forward, or none when one of them cannot be: DomainError names each."""
    keys = [model.pk for model in models]
    chosen = ExemplaryModel.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    chosen = list(chosen)
    if not all(actor.has_perm("model.register", model) for model in chosen):
        raise PermissionDenied
    if not chosen:
        raise DomainError("Hãy chọn ít nhất một mô hình để đề nghị.")
    if not levels_to_propose(today).filter(pk=level.pk).exists():
        raise DomainError(f"{level} không nhận đề nghị. Cấp do đơn vị tự công nhận thì lập đợt công nhận.")
    if year not in years_to_propose(today):
        raise DomainError(f"Chỉ đề nghị công nhận cho năm {today.year} hoặc năm {today.year - 1}.")
    fit = set(proposable(actor, level, year).values_list("pk", flat=True))
    if findings := [_why_not(model, level, year) for model in chosen if model.pk not in fit]:
        raise DomainError("Chưa gửi được đề nghị.", findings)
    rows = [
        Recognition(model=model, level=level, year=year, reason=reason.strip(), proposed_by=actor) for model in chosen
    ]
    try:
        with transaction.atomic():
            Recognition.objects.bulk_create(rows)
    except IntegrityError as error:
        raise DomainError("Một trong các mô hình vừa được đề nghị. Hãy tải lại trang.") from error
    note = f"{level}, năm {year}"
    audit.record_many([{"subject": model, "action": "nominate", "actor": actor, "note": note} for model in chosen])
    return rows


def _why_not(model: ExemplaryModel, level: RecognitionLevel, year: int) -> str:
    live = model.recognitions.filter(level=level, year=year, status__in=Recognition.LIVE).first()
    if live is not None:
        return f"“{model}” đã được đề nghị hoặc công nhận {level.name.lower()} năm {year}."
    if model.status not in PROPOSABLE:
        return f"“{model}” đang ở trạng thái “{model.get_status_display()}” nên không đề nghị được."
    return f"“{model}” chưa được công nhận ở cấp dưới nên chưa đề nghị {level.name.lower()} được."


def may_withdraw(recognition: Recognition, user: Any) -> bool:
    waits = recognition.status == Recognition.Status.PROPOSED and recognition.batch_id is None
    return waits and user.has_perm("model.register", recognition)


@transaction.atomic
def withdraw_proposal(recognition: Recognition, *, actor: Any) -> ExemplaryModel:
    """Take a proposal back before a batch has taken it in. The trail of the model keeps that there was one."""
    if not actor.has_perm("model.register", recognition):
        raise PermissionDenied
    waits = Recognition.objects.filter(pk=recognition.pk, status=Recognition.Status.PROPOSED, batch=None)
    gone, _ = waits.delete()
    if not gone:
        raise DomainError("Đề nghị này đã được đưa vào đợt công nhận hoặc đã xử lý nên không rút được.")
    audit.record(
        recognition.model, "withdraw_nomination", actor=actor, note=f"{recognition.level}, năm {recognition.year}"
    )
    return recognition.model
