"""Rà soát hằng năm: keep, strengthen or end what is recognised; make it exemplary; remind whoever owes reviews (W-33)."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Notification
from dvk_portal.core.notifications import notify
from pledges.models import ExemplaryModel, ModelIndicator, ModelReview, Recognition, RecognitionLevel
from pledges.recognition_notifications import ReviewOwed, people_who_review, tell_ended
from pledges.services.exemplary.replication import warn_children
from pledges.services.exemplary.reportcounts import register_changed
from pledges.workflows import MODEL
from units import access

Status, Verdict = ExemplaryModel.Status, ModelReview.Verdict
_OWN = RecognitionLevel.DecidedBy.OWN


# --- who owes what --------------------------------------------------------------------------------------------------
def owed(year: int) -> QuerySet[ExemplaryModel]:
    """Models recognised before ``year`` that still stand and lack its review; ``highest``: who decides their highest level.

    What was recognised within the year was visited and appraised in it, and is reviewed from the next year on.
    """
    granted = Recognition.objects.filter(model=OuterRef("pk"), status=Recognition.Status.GRANTED)
    reviews = ModelReview.objects.filter(model=OuterRef("pk"), year=year)
    return _with_highest().filter(
        Exists(granted.filter(decided_on__lt=datetime.date(year, 1, 1))),
        ~Exists(granted.filter(year=year)),
        ~Exists(reviews),
        status__in=ExemplaryModel.STANDING,
    )


def _with_highest() -> QuerySet[ExemplaryModel]:
    granted = Recognition.objects.filter(model=OuterRef("pk"), status=Recognition.Status.GRANTED)
    highest = granted.order_by("-level__order")
    return ExemplaryModel.objects.annotate(
        highest=Subquery(highest.values("level__decided_by")[:1]),
        highest_name=Subquery(highest.values("level__name")[:1]),
    )


def owed_by(user: Any, year: int) -> QuerySet[ExemplaryModel]:
    """What of it ``user`` reviews: the leader his own unit's at its own level, the province what stands higher."""
    own, above = (access.reach_ids(user, name) for name in ("model.appraise_own", "model.appraise"))
    his = Q(highest=_OWN) & _within(own) | ~Q(highest=_OWN) & _within(above)
    return owed(year).filter(his)


def _within(units: set[int] | None) -> Q:
    return Q() if units is None else Q(unit__in=units)


def may_review(user: Any, model: ExemplaryModel) -> bool:
    """By the highest level at which the model stands (rights.py says who judges at a level)."""
    if not model.is_standing:
        return False
    highest = _with_highest().values_list("highest", flat=True).get(pk=model.pk)
    return user.has_perm("model.appraise_own" if highest == _OWN else "model.appraise", model)


# --- reviewing ------------------------------------------------------------------------------------------------------
@transaction.atomic
def review_model(
    model: ExemplaryModel,
    *,
    actor: Any,
    year: int,
    verdict: str,
    findings: str,
    reviewed_on: datetime.date,
    achieved: Mapping[int, Decimal | None] | None = None,
    today: datetime.date,
) -> ModelReview:
    """Keep the review of ``year`` and what follows from it. ``achieved``: results by indicator, None leaves one as it is."""
    locked = ExemplaryModel.objects.select_for_update(of=("self",)).select_related("unit").get(pk=model.pk)
    if not locked.is_standing:
        raise DomainError(f"Mô hình đang ở trạng thái “{locked.get_status_display()}” nên không rà soát.")
    if not may_review(actor, locked):
        raise PermissionDenied
    findings = findings.strip()
    _check_review(locked, year, verdict, findings, reviewed_on, today)
    try:
        with transaction.atomic():
            review = ModelReview.objects.create(
                model=locked, year=year, verdict=verdict, findings=findings, reviewed_on=reviewed_on,
                reviewed_by=actor,
            )  # fmt: skip
    except IntegrityError as error:
        raise DomainError(f"Mô hình này đã được rà soát năm {year}. Hãy tải lại trang để xem.") from error
    _write_achieved(locked, achieved or {})
    _follow(locked, review, actor)
    register_changed([locked.unit_id], reviewed_on)
    return review


def _check_review(
    model: ExemplaryModel, year: int, verdict: str, findings: str, reviewed_on: datetime.date, today: datetime.date
) -> None:
    faults = []
    if year not in (today.year, today.year - 1):
        faults.append(f"Chỉ rà soát cho năm {today.year} hoặc năm {today.year - 1}.")
    if not datetime.date(year, 1, 1) <= reviewed_on <= today:
        faults.append(f"Ngày rà soát phải từ 01/01/{year} đến hôm nay.")
    if not findings:
        faults.append("Hãy ghi nhận xét, hiệu quả của mô hình.")
    first = model.recognitions.granted().order_by("decided_on").values_list("decided_on", flat=True).first()
    if verdict == Verdict.WITHDRAW and first is not None and reviewed_on < first:
        faults.append("Ngày thôi công nhận không được trước ngày quyết định công nhận.")
    if faults:
        raise DomainError("Chưa lưu được kết quả rà soát.", faults)


def _write_achieved(model: ExemplaryModel, achieved: Mapping[int, Decimal | None]) -> None:
    rows = list(model.indicators.filter(pk__in=[key for key, value in achieved.items() if value is not None]))
    for row in rows:
        row.achieved = achieved[row.pk]
    ModelIndicator.objects.bulk_update(rows, ["achieved"])


def _follow(model: ExemplaryModel, review: ModelReview, actor: Any) -> None:
    note = f"Rà soát năm {review.year}: {review.findings}"[:1000]
    if review.verdict == Verdict.WITHDRAW:
        _end(model, review, actor, note)
        return
    move = "keep" if review.verdict == Verdict.KEEP else "strengthen"
    if model.status in MODEL.transitions[move].sources:
        MODEL.apply(model, move, actor=actor, note=note)
    else:  # exemplary and kept, or to be strengthened once more: the state says it already
        audit.record(model, "review", actor=actor, note=note)


def _end(model: ExemplaryModel, review: ModelReview, actor: Any, note: str) -> None:
    MODEL.apply(
        model, "end", actor=actor, note=note, ended_on=review.reviewed_on, end_note=review.findings, is_public=False
    )
    model.recognitions.filter(status=Recognition.Status.GRANTED).update(
        status=Recognition.Status.ENDED, ended_on=review.reviewed_on, end_note=review.findings
    )
    # A proposal that no batch has taken in is void; one in a draft batch is named there as blocked.
    model.recognitions.filter(status=Recognition.Status.PROPOSED, batch=None).delete()
    warn_children(model)
    tell_ended(model, review.findings)


@transaction.atomic
def keep_models(findings: Mapping[int, str], *, actor: Any, year: int, today: datetime.date) -> list[ModelReview]:
    """Keep several models, each with its own ``findings`` by its id; all or none."""
    models = list(owed_by(actor, year).filter(pk__in=list(findings)).order_by("pk"))
    if not models:
        raise DomainError("Hãy chọn ít nhất một mô hình còn phải rà soát.")
    empty = [model.name for model in models if not findings[model.pk].strip()]
    if empty:
        raise DomainError(
            "Hãy ghi nhận xét cho từng mô hình đã chọn.", [f"“{name}” chưa có nhận xét." for name in empty]
        )
    return [
        review_model(
            model, actor=actor, year=year, verdict=Verdict.KEEP, findings=findings[model.pk], reviewed_on=today,
            today=today,
        )
        for model in models
    ]  # fmt: skip


@transaction.atomic
def make_exemplary(model: ExemplaryModel, *, actor: Any, reason: str) -> ExemplaryModel:
    """Tiêu biểu: the director says why."""
    if not reason.strip():
        raise DomainError("Hãy ghi lý do chọn mô hình tiêu biểu.")
    return MODEL.apply(model, "make_exemplary", actor=actor, note=reason)


# --- reminding ------------------------------------------------------------------------------------------------------
def send_review_reminders(now: datetime.datetime) -> int:
    """In the months of ``settings.MODEL_REVIEW_MONTHS``, one letter a month to whoever owes reviews. Safe to run often."""
    today = timezone.localdate(now)
    if today.month not in settings.MODEL_REVIEW_MONTHS:
        return 0
    waiting = list(owed(today.year).values_list("unit_id", "highest"))
    if not waiting:
        return 0
    key = ReviewOwed.about(today.year, today.month, 0).key
    told = set(Notification.objects.filter(key=key).values_list("recipient_id", flat=True))
    new = 0
    for person in people_who_review().exclude(pk__in=told):
        count = _count_for(person, waiting)
        if count:
            new += notify(ReviewOwed.about(today.year, today.month, count), [person])
    return new


def _count_for(person: Any, waiting: Iterable[tuple[int, str]]) -> int:
    own, above = (access.reach_ids(person, name) for name in ("model.appraise_own", "model.appraise"))
    reach = {True: own, False: above}
    return sum(
        reach[highest == _OWN] is None or unit in reach[highest == _OWN]  # type: ignore[operator]
        for unit, highest in waiting
    )
