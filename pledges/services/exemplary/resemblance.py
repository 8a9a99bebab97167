"""Models that look alike: found when one is registered, decided by an officer with a reason (practice.md W-34).

The whole register is searched, also models of units that the person cannot read: of those he learns name, unit, field,
place, year and level. Drafts never appear.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.models import ExemplaryModel, Replication, Resemblance
from pledges.services.proposals import clean_text
from pledges.similarity import Described, Likeness, Row, Weights, closest, place_key, similarity_key
from units.models import Unit

Status = ExemplaryModel.Status
Decision = Resemblance.Decision
# States before a registration, in which likenesses are decided on.
DECIDABLE = (*ExemplaryModel.EDITABLE, Status.NOT_RECOGNISED)
LIMIT = 10
_OBJECTIVE = 300  # characters of the objective that are compared together with the way of working
_NEXT = {
    Decision.CONTINUED: "Nếu là cùng một mô hình làm tiếp, chỉ giữ một mô hình trong sổ: bỏ bản nháp này hoặc rút mô hình cũ.",
}


@dataclass(frozen=True)
class Similar:
    """A model of the register that looks like the one in question."""

    model: ExemplaryModel
    likeness: Likeness
    decided: Resemblance | None = None
    readable: bool = False

    @property
    def why(self) -> str:
        return ", ".join(self.likeness.reasons)

    @property
    def said(self) -> Resemblance | None:
        """The decision with its reason, where the person may read it: made at his own draft, or at a model that he reads."""
        own = self.decided is not None and self.decided.other_id == self.model.pk
        return self.decided if own or self.readable else None


@dataclass(frozen=True)
class TypedModel:
    """What is on the screen and not stored yet. ``pk`` of the draft being edited, if there is one."""

    name: str
    place: str
    unit: Unit
    method: str = ""
    objective: str = ""
    field_id: int | None = None
    pk: int | None = None

    @property
    def keys(self) -> tuple[str, str]:
        return _keys(self.name, self.method, self.objective, self.place, self.unit)


def _keys(name: str, method: str, objective: str, place: str, unit: Unit) -> tuple[str, str]:
    text = f"{method} {objective[:_OBJECTIVE]}"
    return similarity_key(name, text, place, unit.name), place_key(place, unit.name)


def refresh_keys(model: ExemplaryModel) -> None:
    """Set ``similarity_key`` and ``place_key`` from what the model says; the caller saves."""
    model.similarity_key, model.place_key = _keys(model.name, model.method, model.objective, model.place, model.unit)


# --- searching ------------------------------------------------------------------------------------------------------
def find_similar(subject: ExemplaryModel | TypedModel, limit: int = LIMIT) -> list[tuple[int, Likeness]]:
    """Ids of live models of the whole province that look like ``subject``, the most alike first. One query."""
    return Register(subject.pk).like(subject, limit)


class Register:
    """The live models of the province as they are compared, read once. ``without``: the draft that looks for its like."""

    def __init__(self, without: int | None = None) -> None:
        rows = _live(without).values_list("pk", "similarity_key", "place_key", "unit", "field")
        self.rows = [Row(*row) for row in rows]
        self.weights = Weights.of(row.similarity_key for row in self.rows)

    def like(self, subject: ExemplaryModel | TypedModel, limit: int = LIMIT) -> list[tuple[int, Likeness]]:
        keys = subject.keys if isinstance(subject, TypedModel) else (subject.similarity_key, subject.place_key)
        unit = subject.unit.pk if isinstance(subject, TypedModel) else subject.unit_id
        found = closest(Described.of(*keys, unit, subject.field_id), self.rows, self.weights)
        return [row for row in found if row[0] != subject.pk][:limit]


def _live(pk: int | None) -> Any:
    """Registered and neither ended nor withdrawn, without the model itself and those that learned from the same origin."""
    found = ExemplaryModel.objects.exclude(status__in=(Status.DRAFT, *ExemplaryModel.OVER)).order_by()
    if pk is None:
        return found
    origin = Replication.objects.filter(model=pk).values("origin")
    siblings = Replication.objects.filter(origin__in=origin).values("model")
    return found.exclude(Q(pk=pk) | Q(pk__in=siblings))


def similar_models(subject: ExemplaryModel | TypedModel, user: Any) -> list[Similar]:
    """Models alike, with what was decided and whether ``user`` may open them."""
    found = find_similar(subject)
    decided = _decided(subject.pk) if subject.pk else {}
    models = ExemplaryModel.objects.with_names().in_bulk([pk for pk, _ in found])
    readable = set(ExemplaryModel.objects.visible_to(user).filter(pk__in=models).values_list("pk", flat=True))
    return [Similar(models[pk], likeness, decided.get(pk), pk in readable) for pk, likeness in found]


def _decided(pk: int) -> dict[int, Resemblance]:
    """Decisions by the other model, whichever of the two they were made at."""
    rows = Resemblance.objects.filter(Q(model=pk) | Q(other=pk)).select_related("decided_by")
    return {row.model_id if row.other_id == pk else row.other_id: row for row in rows}


def undecided(model: ExemplaryModel) -> list[ExemplaryModel]:
    """Models that look like ``model`` and about which nobody has decided yet."""
    decided = _decided(model.pk)
    missing = [pk for pk, _ in find_similar(model) if pk not in decided]
    models = ExemplaryModel.objects.with_names().in_bulk(missing)
    return [models[pk] for pk in missing]


# --- deciding -------------------------------------------------------------------------------------------------------
def may_decide(model: ExemplaryModel, user: Any) -> bool:
    return model.status in DECIDABLE and user.has_perm("model.edit", model)


@transaction.atomic
def decide_resemblance(
    model: ExemplaryModel, other: ExemplaryModel, *, decision: str, note: str, actor: Any
) -> Resemblance:
    """Say why ``model`` is registered although ``other`` looks like it. Until the registration it may be said anew.

    One that was learned from a recognised model of another unit is recorded as its replication, so that it has the credit.
    """
    if not actor.has_perm("model.edit", model):
        raise PermissionDenied
    locked = ExemplaryModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    if locked.status not in DECIDABLE:
        raise DomainError(
            f"Mô hình đang ở trạng thái “{locked.get_status_display()}” nên không đổi quyết định được nữa."
        )
    note = " ".join(clean_text(note).split())
    if decision not in Decision.values:
        raise DomainError("Hãy chọn mô hình này khác, tiếp nối hay học theo mô hình kia.")
    if not note:
        raise DomainError("Hãy ghi lý do vẫn đăng ký, để người thẩm định hiểu.")
    if len(note) > 500:
        raise DomainError("Lý do dài quá 500 ký tự. Hãy viết gọn lại.")
    likeness = dict(find_similar(locked)).get(other.pk)
    if likeness is None:
        raise DomainError("Hai mô hình không còn giống nhau nên không cần quyết định. Hãy tải lại trang.")
    row, _ = Resemblance.objects.update_or_create(
        model=locked,
        other=other,
        defaults={
            "score": likeness.score,
            "why": ", ".join(likeness.reasons)[:300],
            "decision": decision,
            "note": note,
            "decided_by": actor,
        },
    )
    _credit(locked, other, row)
    audit.record(
        locked, "decide_resemblance", actor=actor, changes={other.name: ["", row.get_decision_display()]}, note=note
    )
    return row


def _credit(model: ExemplaryModel, other: ExemplaryModel, row: Resemblance) -> None:
    """Keep the replication in step with the decision. A model learns from one origin, never from its own unit or offspring."""
    if row.decision != Decision.LEARNED:
        Replication.objects.filter(model=model, origin=other).delete()
        return
    may = other.unit_id != model.unit_id and other.is_standing and not _descends(other, model)
    if may and not Replication.objects.filter(model=model).exists():
        Replication.objects.create(
            origin=other, model=model, adaptations=row.note, taken_on=timezone.localdate(), created_by=row.decided_by
        )


def _descends(model: ExemplaryModel, ancestor: ExemplaryModel) -> bool:
    """Whether ``model`` was learned from ``ancestor``, directly or over others."""
    seen: set[int] = set()
    above: int | None = model.pk
    while above is not None and above not in seen:
        if above == ancestor.pk:
            return True
        seen.add(above)
        above = Replication.objects.filter(model=above).values_list("origin", flat=True).first()
    return False


# --- the page of a model --------------------------------------------------------------------------------------------
def region(model: ExemplaryModel, user: Any) -> dict[str, Any]:
    """What the page of a model shows about its likenesses: decisions for all who read it, the open ones for its officers."""
    rows = list(model.resemblances.select_related("other__unit", "other__field", "other__target_level", "decided_by"))
    readable = set(
        ExemplaryModel.objects.visible_to(user)
        .filter(pk__in=[row.other_id for row in rows])
        .values_list("pk", flat=True)
    )
    return {
        "decisions": [(row, row.other_id in readable) for row in rows],
        "undecided": undecided(model) if may_decide(model, user) else [],
        "next_steps": next_steps(rows) if may_decide(model, user) else [],
    }


def next_steps(rows: Iterable[Resemblance]) -> list[tuple[Resemblance, str]]:
    """What a decision leads on to."""
    return [(row, _NEXT[Decision(row.decision)]) for row in rows if row.decision in _NEXT]
