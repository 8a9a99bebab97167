"""Outlines of units for maps: a dry run first, then they replace what was loaded before (docs/formats-shapes.md)."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from units.models import Unit, UnitShape
from units.services.shapefile import Outline, ShapeFile, simplify

SHOWN = 20


@dataclass
class ShapePlan:
    """What loading would do: (unit, outline) new and replaced; codes that no unit has; the points before and after."""

    new: list[tuple[Unit, Outline]] = field(default_factory=list)
    replaced: list[tuple[Unit, Outline]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    points_before: int = 0
    points_after: int = 0

    @property
    def sentences(self) -> list[str]:
        """What a person reads before deciding."""
        found = [f"{len(self.new)} đơn vị được nạp mới, {len(self.replaced)} đơn vị được thay."]
        if self.points_after < self.points_before:
            found.append(f"Ranh giới được làm gọn từ {self.points_before} xuống {self.points_after} điểm.")
        if self.unknown:
            rest = f" và {len(self.unknown) - SHOWN} mã khác" if len(self.unknown) > SHOWN else ""
            found.append(f"Bỏ qua mã không có trên cổng: {', '.join(self.unknown[:SHOWN])}{rest}.")
        return found


def plan_shapes(file: ShapeFile) -> ShapePlan:
    """Match and make small; writes nothing. DomainError with every finding, or when no code is known."""
    if file.findings:
        raise DomainError("Chưa nạp ranh giới nào: tệp có chỗ cần sửa.", file.findings[:SHOWN])
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=[outline.code for outline in file.outlines])}
    known = [outline for outline in file.outlines if outline.code in units]
    plan = ShapePlan(unknown=[outline.code for outline in file.outlines if outline.code not in units])
    if not known:
        raise DomainError(
            f"Không mã nào trong thuộc tính “{file.code_name}” là mã đơn vị trên cổng. Hãy chọn thuộc tính khác.",
            [f"Mã trong tệp: {', '.join(plan.unknown[:SHOWN])}."],
        )
    plan.points_before = sum(outline.points for outline in known)
    simplify(known)
    plan.points_after = sum(outline.points for outline in known)
    there = set(UnitShape.objects.filter(unit__in=units.values()).values_list("unit_id", flat=True))
    for outline in known:
        unit = units[outline.code]
        (plan.replaced if unit.pk in there else plan.new).append((unit, outline))
    return plan


@transaction.atomic
def load_shapes(file: ShapeFile, *, actor: Any, source: str = "") -> ShapePlan:
    """Keep the outlines of the file; units that it does not name keep theirs."""
    if actor is not None and not actor.has_perm("unit.manage"):
        raise PermissionDenied
    plan = plan_shapes(file)
    now = timezone.now()
    rows = [
        UnitShape(unit=unit, geometry=outline.geometry, source=source[:200], loaded_at=now, loaded_by=actor)
        for unit, outline in [*plan.new, *plan.replaced]
    ]
    UnitShape.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["unit"],
        update_fields=["geometry", "source", "loaded_at", "loaded_by"],
        batch_size=100,
    )
    audit.record_many([{"subject": row.unit, "action": "load_shape", "actor": actor, "note": source} for row in rows])
    return plan
