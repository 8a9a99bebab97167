"""Nhân rộng: a unit takes another unit's model over, tells what came of it, and is judged after a year."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from pledges.models import ExemplaryModel, RecognitionLevel, Replication, Resemblance
from pledges.replication_notifications import ReplicationToJudge, ReplicationYearPassed
from pledges.services.exemplary import register
from pledges.services.exemplary.gallery import make_public, with_public_parts
from pledges.services.exemplary.register import IndicatorEntry, appraisers
from pledges.services.exemplary.replication import may_judge, may_record_results, year_after
from pledges.services.proposals import clean_text
from units import access
from units.models import Unit
from units.roles import Role

Day = datetime.date
MAX_TEXT = 2000


# --- taking over ----------------------------------------------------------------------------------------------------
def find_origin(pk: int, user: Any) -> ExemplaryModel | None:
    """The model ``pk`` that ``user`` may learn from: public, or one that he sees in the register; and recognised."""
    standing = ExemplaryModel.objects.filter(pk=pk, status__in=ExemplaryModel.STANDING)
    seen = standing.visible_to(user)
    public = ExemplaryModel.objects.public().filter(pk=pk)
    return with_public_parts(ExemplaryModel.objects.filter(pk__in=[*_ids(seen), *_ids(public)])).first()


def _ids(models: Any) -> list[int]:
    return list(models.values_list("pk", flat=True))


def learning_units(user: Any, origin: ExemplaryModel) -> list[Unit]:
    """The units for which ``user`` may write models, without the one whose model it is."""
    ids = access.reach_ids(user, "model.edit") or set()
    return list(Unit.objects.filter(pk__in=ids - {origin.unit_id}))


@transaction.atomic
def replicate_model(
    origin: ExemplaryModel, *, unit: Unit, actor: Any, adaptations: str, taken_on: Day, today: Day
) -> Replication:
    """A draft of ``unit`` that begins with what ``actor`` may read of ``origin``. Pictures and consents belong to the origin."""
    if not actor.has_perm("model.edit", ExemplaryModel(unit=unit)):
        raise PermissionDenied
    found = find_origin(origin.pk, actor)
    if found is None:
        raise PermissionDenied
    # Held until the end: two officers of the unit would take it over twice.
    ExemplaryModel.objects.select_for_update(of=("self",)).get(pk=found.pk)
    text = clean_text(adaptations)
    _refuse_own(found, unit)
    if not text or len(text) > MAX_TEXT:
        raise DomainError(f"Hãy ghi đơn vị điều chỉnh gì cho phù hợp, tối đa {MAX_TEXT} ký tự.")
    if taken_on > today:
        raise DomainError("Ngày bắt đầu học theo không thể sau hôm nay.")
    child = register.start_model(
        unit, actor=actor, values=_copied(found, actor, today), tags=_tags(found, today), indicators=_asked(found, actor)
    )
    row = Replication.objects.create(origin=found, model=child, adaptations=text, taken_on=taken_on, created_by=actor)
    # That it is like its origin is the point: nobody needs to decide it again when the child is registered.
    Resemblance.objects.create(
        model=child, other=found, score=100, why="Học theo mô hình này", decision=Resemblance.Decision.LEARNED,
        note=f"Nhân rộng: {text}"[:500], decided_by=actor,
    )  # fmt: skip
    audit.record(child, "replicate", actor=actor, changes={"mô hình gốc": ["", f"{found} ({found.unit})"]}, note=text)
    return row


def _refuse_own(origin: ExemplaryModel, unit: Unit) -> None:
    """No unit learns from itself, in a circle, or twice from the same model."""
    above: ExemplaryModel | None = origin
    seen: set[int] = set()
    while above is not None and above.pk not in seen:
        seen.add(above.pk)
        if above.unit_id == unit.pk:
            raise DomainError(
                "Đây là mô hình của chính đơn vị nên không cần học theo."
                if above.pk == origin.pk
                else f"Mô hình này vốn học từ mô hình “{above}” của chính đơn vị nên không học ngược lại."
            )
        link = Replication.objects.filter(model=above).select_related("origin").first()
        above = link.origin if link else None
    twin = Replication.objects.filter(origin=origin, model__unit=unit).exclude(model__status__in=ExemplaryModel.OVER)
    if row := twin.select_related("model").first():
        raise DomainError(f"Đơn vị đã học theo mô hình này: “{row.model}”. Hãy mở mô hình đó để làm tiếp.")


def _copied(origin: ExemplaryModel, actor: Any, today: Day) -> dict[str, Any]:
    """What the draft begins with: as much as ``actor`` may read. Of an origin that he knows from the gallery alone this is
    its story, with no name that was not agreed to; the texts of the register are its unit's own."""
    if _reads_register(origin, actor):
        texts = {name: getattr(origin, name) for name in ("name", "objective", "method", "resources", "beneficiaries")}
    else:
        shown = make_public(origin)
        texts = {"name": shown.name, "method": shown.story}
    lowest = RecognitionLevel.objects.on(today).order_by("order").first()
    return {
        **texts,
        "kind": origin.kind,
        "subject_kind": origin.subject_kind,
        "field": origin.field,
        "target_level": lowest or origin.target_level,
    }


def _reads_register(origin: ExemplaryModel, actor: Any) -> bool:
    return actor.has_perm("model.view", origin)


def _tags(origin: ExemplaryModel, today: Day) -> Sequence[Any]:
    return list(origin.tags.on(today))


def _asked(origin: ExemplaryModel, actor: Any) -> list[IndicatorEntry]:
    """The same is measured, as far as ``actor`` may read it; the figures are the new unit's own."""
    rows = origin.public_indicators if _reads_register(origin, actor) else make_public(origin).indicators
    return [IndicatorEntry(row.name, row.measure) for row in rows]


# --- what came of it ------------------------------------------------------------------------------------------------
@transaction.atomic
def record_results(replication: Replication, *, actor: Any, results: str) -> Replication:
    """The unit tells what came of it, any time."""
    locked = _lock(replication)
    if not may_record_results(actor, locked):
        raise PermissionDenied
    text = clean_text(results)
    if not text or len(text) > MAX_TEXT:
        raise DomainError(f"Hãy ghi kết quả, tối đa {MAX_TEXT} ký tự.")
    audit.record(locked.model, "record_replication", actor=actor, changes={"kết quả": [locked.results, text]})
    locked.results = text
    locked.save(update_fields=["results"])
    return locked


@transaction.atomic
def judge_outcome(replication: Replication, *, actor: Any, outcome: str, note: str, today: Day) -> Replication:
    """Who appraises the model says after a year whether it works; a later judgement replaces the earlier one."""
    locked = _lock(replication)
    if not may_judge(actor, locked):
        raise PermissionDenied
    due = year_after(locked.taken_on)
    if today < due:
        raise DomainError(f"Chưa đủ một năm từ ngày bắt đầu học theo. Hãy đánh giá từ ngày {due:%d/%m/%Y}.")
    if outcome not in Replication.Outcome.values or not outcome:
        raise DomainError("Hãy chọn một kết luận.")
    text = clean_text(note)
    if not text:
        raise DomainError("Hãy ghi nhận xét làm căn cứ cho kết luận.")
    before = locked.get_outcome_display()
    locked.outcome, locked.outcome_note, locked.outcome_on, locked.outcome_by = outcome, text[:1000], today, actor
    locked.save(update_fields=["outcome", "outcome_note", "outcome_on", "outcome_by"])
    changes = {"đánh giá sau một năm": [before, locked.get_outcome_display()]}
    audit.record(locked.model, "judge_replication", actor=actor, changes=changes, note=text)
    return locked


def _lock(replication: Replication) -> Replication:
    Replication.objects.select_for_update(of=("self",)).get(pk=replication.pk)
    rows = Replication.objects.select_related("origin__unit", "model__unit", "model__target_level")
    return rows.get(pk=replication.pk)


def remind_of_outcomes(today: Day) -> int:
    """A year after the beginning: ask the unit for its results and who appraises for his judgement, once each.

    Returns how many messages are new; a missed day or a double run neither loses nor repeats one.
    """
    rows = Replication.objects.filter(
        outcome=Replication.Outcome.UNKNOWN, taken_on__lte=today - datetime.timedelta(days=365),
        model__registered_on__isnull=False,
    ).exclude(model__status__in=ExemplaryModel.OVER)  # fmt: skip
    sent = 0
    for row in rows.select_related("origin__unit", "model__unit", "model__target_level"):
        if year_after(row.taken_on) > today:
            continue
        sent += notify(ReplicationYearPassed.about(row), row.model.unit.members(Role.EDITOR, Role.LEADER))
        sent += notify(ReplicationToJudge.about(row), appraisers(row.model))
    return sent
