"""Tiêu chí chấm hồ sơ of a cycle, kept by chair and secretary, frozen once a round of the cycle was opened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from awards.models import AwardCycle, AwardType, ReviewCriterion, ReviewRound
from awards.services.council.conflicts import cycles_before, preparing, seats_of
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError

MAX_CRITERIA = 20
CENT = Decimal("0.01")


@dataclass(frozen=True)
class CriterionEntry:
    """``award_type`` None: for every award of the cycle."""

    name: str
    max_points: Decimal
    weight: Decimal = Decimal(1)
    note_required: bool = False
    award_type: AwardType | None = None


def may_prepare(user: Any, cycle: AwardCycle) -> bool:
    """Whether ``user`` prepares the council's work on ``cycle``: chair or secretary, with a seat for it today."""
    if not user.has_perm("council.prepare", cycle):
        return False
    seats = preparing(user, seats_of(user, timezone.localdate()))
    return cycle.pk in {row.pk for row in cycles_before(user, seats=seats)}


def is_frozen(cycle: AwardCycle) -> bool:
    return ReviewRound.objects.filter(cycle=cycle, opened_at__isnull=False).exists()


def criteria_for(criteria: Iterable[ReviewCriterion], award_type_id: int) -> list[ReviewCriterion]:
    """Those that hold for one award: its own and the common ones."""
    return [row for row in criteria if row.award_type_id in (None, award_type_id)]


def most_points(criteria: Iterable[ReviewCriterion]) -> Decimal:
    """The most that these criteria can give."""
    return sum((row.max_points * row.weight for row in criteria), Decimal(0)).quantize(CENT, ROUND_HALF_UP)


@transaction.atomic
def save_criteria(cycle: AwardCycle, entries: Sequence[CriterionEntry], *, actor: Any) -> list[ReviewCriterion]:
    """Replace the criteria of ``cycle``. Raises DomainError once a round was opened: points may hang on them."""
    locked = AwardCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if not may_prepare(actor, locked):
        raise PermissionDenied
    if is_frozen(locked):
        raise DomainError("Tiêu chí đã chốt vì một vòng chấm của đợt này đã mở.")
    if faults := _faults(locked, entries):
        raise DomainError("Chưa lưu được tiêu chí chấm.", faults)
    old = [str(row) for row in locked.criteria.all()]
    locked.criteria.all().delete()
    rows = ReviewCriterion.objects.bulk_create(
        ReviewCriterion(
            cycle=locked, award_type=entry.award_type, name=entry.name.strip(), weight=entry.weight,
            max_points=entry.max_points, note_required=entry.note_required, order=order,
        )
        for order, entry in enumerate(entries, 1)
    )  # fmt: skip
    changes = {"criteria": ["; ".join(old), "; ".join(row.name for row in rows)]}
    audit.record(locked, "review_criteria", actor=actor, changes=changes)
    return rows


def _faults(cycle: AwardCycle, entries: Sequence[CriterionEntry]) -> list[str]:
    if len(entries) > MAX_CRITERIA:
        return [f"Nhiều nhất {MAX_CRITERIA} tiêu chí."]
    found = []
    types = set(cycle.award_types.values_list("pk", flat=True))
    names = [(entry.name.strip().lower(), entry.award_type and entry.award_type.pk) for entry in entries]
    for number, entry in enumerate(entries, 1):
        if not entry.name.strip():
            found.append(f"Tiêu chí {number} chưa có tên.")
        if names.count(names[number - 1]) > 1 and names.index(names[number - 1]) == number - 1:
            found.append(f"Tiêu chí “{entry.name.strip()}” ghi hai lần.")
        if entry.max_points <= 0 or entry.weight <= 0:
            found.append(f"“{entry.name.strip()}”: điểm tối đa và trọng số phải lớn hơn 0.")
        if entry.award_type is not None and entry.award_type.pk not in types:
            found.append(f"“{entry.name.strip()}”: {entry.award_type} không xét trong đợt này.")
    return found
