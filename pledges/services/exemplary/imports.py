"""Taking in a unit's list of models: everything is checked before anything is written; the same file twice changes nothing."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from pledges.models import ExemplaryModel, Resemblance
from pledges.services.exemplary.modelfile import ModelRow
from pledges.services.exemplary.register import (
    IndicatorEntry,
    missing_parts,
    register_model,
    save_model,
    start_model,
    version_of,
)
from pledges.services.exemplary.resemblance import Register, TypedModel, decide_resemblance, undecided
from units import access
from units.models import Unit

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"
WORDS = {NEW: "Mới", CHANGED: "Sửa bản nháp", UNCHANGED: "Không đổi"}


@dataclass
class PlannedRow:
    """What would become of one line of the file."""

    row: ModelRow
    unit: Unit | None = None
    state: str = NEW
    existing: ExemplaryModel | None = None
    changes: list[str] = field(default_factory=list)
    similar: list[tuple[ExemplaryModel, str]] = field(default_factory=list)

    @property
    def word(self) -> str:
        return WORDS[self.state]


@dataclass
class ImportPlan:
    """What an import would do. ``findings`` are sentences with their row; with any of them nothing is written."""

    rows: list[PlannedRow]
    findings: list[str] = field(default_factory=list)

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def new(self) -> int:
        return self.count(NEW)

    @property
    def changed(self) -> int:
        return self.count(CHANGED)

    @property
    def unchanged(self) -> int:
        return self.count(UNCHANGED)

    @property
    def alike(self) -> int:
        return sum(bool(row.similar) for row in self.rows)


def writable_units(user: Any, day: datetime.date) -> list[Unit]:
    """The active units for which ``user`` writes models."""
    return list(access.scope(Unit.objects.on(day), user, "model.edit").select_related("kind"))


def plan_import(rows: Sequence[ModelRow], *, actor: Any, day: datetime.date, register: bool = False) -> ImportPlan:
    """Check every row and say what would happen; writes nothing. ``register``: not as drafts but into the register at once."""
    return _Planner(rows, actor, day, register).run()


class _Planner:
    def __init__(self, rows: Sequence[ModelRow], actor: Any, day: datetime.date, register: bool) -> None:
        self.actor, self.register = actor, register
        units = writable_units(actor, day)
        self.only = units[0] if len(units) == 1 else None
        self.units = {unit.code: unit for unit in units}
        self.plan = ImportPlan([PlannedRow(row) for row in rows])
        self.seen: dict[tuple[int, str, str], int] = {}

    def say(self, planned: PlannedRow, sentence: str) -> None:
        self.plan.findings.append(f"Dòng {planned.row.number}: {sentence}")

    def run(self) -> ImportPlan:
        for planned in self.plan.rows:
            self.find_unit(planned)
        known = self.known_models()
        for planned in self.plan.rows:
            for fault in planned.row.faults:
                self.say(planned, fault)
            if not planned.row.faults and planned.unit is not None:
                self.compare(planned, known)
        self.find_similar()
        return self.plan

    def find_unit(self, planned: PlannedRow) -> None:
        code = planned.row.unit_code
        planned.unit = self.units.get(code) if code else self.only
        if planned.unit is None and code:
            self.say(planned, f"không có đơn vị mã “{code}” mà bạn được lập mô hình.")
        elif planned.unit is None:
            self.say(planned, "chưa ghi mã đơn vị; bạn lập mô hình cho nhiều đơn vị nên phải ghi cột “Mã đơn vị”.")
        elif self.register and not self.actor.has_perm("model.register", planned.unit):
            self.say(planned, f"bạn không được đăng ký mô hình của {planned.unit}; hãy nhập thành bản nháp.")

    def known_models(self) -> dict[tuple[int, str, str], ExemplaryModel]:
        units = {planned.unit.pk for planned in self.plan.rows if planned.unit is not None}
        live = ExemplaryModel.objects.filter(unit__in=units).exclude(status__in=ExemplaryModel.OVER)
        rows = live.select_related("field", "target_level", "unit").order_by("-pk")
        return {_identity(row.unit_id, row.name, row.place): row for row in rows}

    def compare(self, planned: PlannedRow, known: dict[tuple[int, str, str], ExemplaryModel]) -> None:
        values = planned.row.values
        assert planned.unit is not None
        key = _identity(planned.unit.pk, values["name"], values.get("place", ""))
        if key in self.seen:
            self.say(planned, f"trùng tên và nơi thực hiện với dòng {self.seen[key]}.")
            return
        self.seen[key] = planned.row.number
        existing = planned.existing = known.get(key)
        if existing is None:
            self.check_complete(planned)
            return
        planned.changes = [_label(name) for name, value in values.items() if _differs(existing, name, value)]
        if not planned.changes:
            planned.state = UNCHANGED
        elif existing.status != ExemplaryModel.Status.DRAFT:
            planned.state = UNCHANGED
            changed = ", ".join(planned.changes).lower()
            self.say(
                planned,
                f"mô hình này đã vào sổ (số {existing.register_no}); tệp ghi khác ở: {changed}. "
                "Hãy sửa trên trang mô hình hoặc bỏ dòng này.",
            )
        else:
            planned.state = CHANGED

    def check_complete(self, planned: PlannedRow) -> None:
        if not self.register:
            return
        for name in ("subject", "place", "leading_force", "objective", "method", "evaluation_on", "output"):
            if not planned.row.values.get(name):
                self.say(planned, f"chưa ghi cột “{_label(name)}” nên chưa đăng ký được.")

    def find_similar(self) -> None:
        register = Register()
        found: list[tuple[PlannedRow, int, str]] = []
        for planned in self.plan.rows:
            if planned.state == UNCHANGED or planned.unit is None or planned.row.faults:
                continue
            own = planned.existing.pk if planned.existing else None
            alike = register.like(_typed(planned, own))
            found += [(planned, pk, ", ".join(likeness.reasons)) for pk, likeness in alike]
            if self.register and alike and planned.state == NEW and not planned.row.reason:
                self.say(
                    planned,
                    "giống mô hình đã có trong sổ (xem bảng dưới); muốn đăng ký, hãy ghi cột “Lý do vẫn đăng ký”.",
                )
        models = ExemplaryModel.objects.with_names().in_bulk({pk for _, pk, _ in found})
        for planned, pk, why in found:
            planned.similar.append((models[pk], why))


def _identity(unit: int, name: str, place: str) -> tuple[int, str, str]:
    return unit, search_key(name), search_key(place)


def _label(name: str) -> str:
    text = str(ExemplaryModel._meta.get_field(name).verbose_name)
    return text[:1].upper() + text[1:]


def _differs(model: ExemplaryModel, name: str, value: Any) -> bool:
    """An empty cell changes nothing: a list need not repeat what was typed on the page."""
    return value not in (None, "") and getattr(model, name) != value


def _typed(planned: PlannedRow, pk: int | None) -> TypedModel:
    values = planned.row.values
    assert planned.unit is not None
    return TypedModel(
        values["name"], values.get("place", ""), planned.unit, values.get("method", ""), values.get("objective", ""),
        values["field"].pk, pk,
    )  # fmt: skip


@transaction.atomic
def import_models(rows: Sequence[ModelRow], *, actor: Any, day: datetime.date, register: bool = False) -> ImportPlan:
    """Write all new and changed rows or none. Raises DomainError with all findings when a single row is wrong."""
    if not actor.has_perm("model.edit"):
        raise PermissionDenied
    units = [unit.pk for unit in writable_units(actor, day)]
    # One import of a unit at a time: the same file sent twice at once must not write its rows twice.
    list(Unit.objects.select_for_update(of=("self",)).filter(pk__in=units).order_by("pk").values_list("pk", flat=True))
    plan = plan_import(rows, actor=actor, day=day, register=register)
    if plan.findings:
        raise DomainError("Chưa nhập mô hình nào: tệp có chỗ cần sửa.", plan.findings)
    findings: list[str] = []
    for planned in plan.rows:
        try:
            with transaction.atomic():
                _write(planned, actor, day, register)
        except DomainError as error:
            told = [error.message, *error.findings] if not error.findings else error.findings
            findings += [f"Dòng {planned.row.number}: {sentence}" for sentence in told]
    if findings:
        raise DomainError("Chưa nhập mô hình nào: có dòng không ghi được.", findings)
    return plan


def _write(planned: PlannedRow, actor: Any, day: datetime.date, register: bool) -> None:
    if planned.state == UNCHANGED or planned.unit is None:
        return
    values = {name: value for name, value in planned.row.values.items() if value not in (None, "")}
    if planned.existing is not None:
        model = planned.existing
        rows = model.indicators.all()
        kept = [IndicatorEntry(row.name, row.measure, row.baseline, row.target, row.achieved) for row in rows]
        save_model(
            model, actor=actor, values=values, tags=list(model.tags.all()), indicators=kept, seen=version_of(model)
        )
        return
    model = start_model(planned.unit, actor=actor, values=values)
    if register:
        for other in undecided(model) if planned.row.reason and not missing_parts(model) else ():
            decide_resemblance(
                model, other, decision=Resemblance.Decision.DIFFERENT, note=planned.row.reason, actor=actor
            )
        register_model(model, actor=actor, day=day)
