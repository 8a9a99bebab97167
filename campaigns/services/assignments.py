"""Which scheme marks the campaign and which department verifies what."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from campaigns.models import Assignment, Campaign, IndicatorGroup, Scheme
from campaigns.services.editing import Part, open_for_editing, write_fields
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from units.models import Unit


def assessors_of(scheme: Scheme | None) -> list[str]:
    """Names of the departments as the scoring table writes them, in its order, each once."""
    if scheme is None:
        return []
    found: list[str] = []
    _collect(scheme.document.get("sections", []), "assessor", found)
    return list(dict.fromkeys(found))


def scheme_indicators(scheme: Scheme | None) -> set[str]:
    """Codes of the indicators from which the scoring table takes its figures."""
    found: list[Any] = []
    if scheme is not None:
        _collect(scheme.document, "indicator", found)
    return {code for code in found if isinstance(code, str)}


def _collect(node: Any, key: str, found: list[Any]) -> None:
    if isinstance(node, dict):
        if isinstance(node.get(key), str) and node[key].strip():
            found.append(node[key].strip())
        for name, value in node.items():
            if name != "examples":
                _collect(value, key, found)
    elif isinstance(node, list):
        for value in node:
            _collect(value, key, found)


def departments_of(campaign: Campaign) -> list[Unit]:
    """Units that may be given something to verify: the owner and the organs below it."""
    below = Unit.objects.current().filter(path__startswith=campaign.owner.path, kind__is_organ=True)
    return [campaign.owner, *below.exclude(pk=campaign.owner_id).order_by("sort_key")]


def match_departments(campaign: Campaign) -> dict[str, Unit]:
    """Assessor → the department of that very name, accents and case aside. What matches nobody is left out."""
    by_key: dict[str, Unit] = {unit.search_key: unit for unit in reversed(departments_of(campaign))}
    names = assessors_of(campaign.scheme)
    return {name: by_key[search_key(name)] for name in names if search_key(name) in by_key}


@transaction.atomic
def choose_scheme(campaign: Campaign, scheme: Scheme, *, actor: Any, version: str | None = None) -> Campaign:
    """Mark the campaign by this published scheme; departments of the same name are assigned at once."""
    locked = open_for_editing(campaign, actor=actor, part=Part.SCHEME, version=version)
    if scheme.pk != locked.scheme_id and scheme.status != Scheme.Status.PUBLISHED:
        raise DomainError("Chỉ chọn được bảng tiêu chí đang áp dụng. Hãy công bố bảng này trước.")
    write_fields(locked, {"scheme": scheme}, actor=actor, action="choose_scheme")
    if locked.is_draft:
        _map(locked, actor=actor)
    return locked


@transaction.atomic
def map_assessors(campaign: Campaign, *, actor: Any) -> int:
    """Assign every assessor of the scheme that is called like a department and has none yet; returns how many."""
    return _map(open_for_editing(campaign, actor=actor, part=Part.SCHEME), actor=actor)


def _map(campaign: Campaign, *, actor: Any) -> int:
    taken = set(campaign.assignments.exclude(assessor="").values_list("assessor", flat=True))
    rows = [
        Assignment(campaign=campaign, department=unit, assessor=name)
        for name, unit in match_departments(campaign).items()
        if name not in taken
    ]
    Assignment.objects.bulk_create(rows)
    if rows:
        changes = {row.assessor: [None, row.department.name] for row in rows}
        audit.record(campaign, "map_assessors", actor=actor, changes=changes)
    return len(rows)


@transaction.atomic
def set_assignments(
    campaign: Campaign, *, actor: Any, assessors: dict[str, list[int]], groups: dict[int, list[int]]
) -> Campaign:
    """Replace the assignments: departments (ids) by assessor name and by indicator group (id)."""
    locked = open_for_editing(campaign, actor=actor, part=Part.SCHEME)
    allowed = {unit.pk: unit for unit in departments_of(locked)}
    asked_groups = IndicatorGroup.objects.in_bulk(list(groups))
    wanted = {(pk, None, name) for name, ids in assessors.items() for pk in ids}
    wanted |= {(pk, group, "") for group, ids in groups.items() if group in asked_groups for pk in ids}
    existing = {(row.department_id, row.group_id, row.assessor): row for row in locked.assignments.all()}
    if any(key[0] not in allowed for key in wanted - existing.keys()):
        raise DomainError("Chỉ phân công được cho cơ quan chủ trì và các phòng trực thuộc.")
    gone, fresh = existing.keys() - wanted, wanted - existing.keys()
    locked.assignments.filter(pk__in=[existing[key].pk for key in gone]).delete()
    rows = [Assignment(campaign=locked, department_id=d, group_id=g, assessor=a) for d, g, a in sorted(fresh, key=str)]
    Assignment.objects.bulk_create(rows)
    if gone or fresh:
        audit.record(locked, "set_assignments", actor=actor, changes={"assignments": [_words(existing, gone), [
            f"{allowed[d]}: {asked_groups[g] if g else a}" for d, g, a in sorted(fresh, key=str)
        ]]})  # fmt: skip
    return locked


def _words(existing: dict[Any, Assignment], keys: Iterable[Any]) -> list[str]:
    return [f"{existing[key].department_id}: {existing[key].group_id or existing[key].assessor}" for key in keys]


def unassigned(campaign: Campaign) -> list[str]:
    """Assessors of the scheme, and groups of what is asked, for which no department answers."""
    rows = list(campaign.assignments.values_list("assessor", "group_id"))
    assessors, groups = {row[0] for row in rows}, {row[1] for row in rows}
    asked = IndicatorGroup.objects.filter(indicators__asked_in__campaign=campaign).distinct()
    return [
        *(name for name in assessors_of(campaign.scheme) if name not in assessors),
        *(f"nhóm chỉ số {group}" for group in asked if group.pk not in groups),
    ]
