"""The roster of a campaign: which units take part, in which cluster, frozen as they were at launch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns import observers
from campaigns.models import Campaign, Cluster, Participation
from campaigns.services.editing import Part, open_for_editing, require_draft
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from units.models import Unit

BATCH = 200
SPLIT_MAX = 50


def freeze(row: Participation) -> Participation:
    """Copy name, kind and superior of the unit as they are now."""
    unit = row.unit
    row.name, row.kind_name = unit.name, unit.kind.name
    row.parent_name = unit.parent.name if unit.parent else ""
    row.sort_key, row.search_key = unit.sort_key, unit.search_key
    return row


@transaction.atomic
def add_units(
    campaign: Campaign, units: Iterable[Unit], *, actor: Any, cluster: Cluster | None = None
) -> list[Participation]:
    """Put units on the roster; those already there are passed over. In a running campaign they join at once."""
    locked = open_for_editing(campaign, actor=actor, part=Part.ROSTER)
    return _add(locked, [(unit, cluster) for unit in units], actor=actor)


def add_participation(campaign: Campaign, unit: Unit, *, actor: Any, cluster: Cluster) -> Participation:
    """One unit joins a running campaign late: its pledge, reports and score sheet are prepared, its people are told."""
    rows = add_units(campaign, [unit], actor=actor, cluster=cluster)
    if not rows:
        raise DomainError(f"{unit} đã có trong danh sách tham gia.")
    return rows[0]


def _add(campaign: Campaign, wanted: Sequence[tuple[Unit, Cluster | None]], *, actor: Any) -> list[Participation]:
    today = timezone.localdate()
    present = set(campaign.participations.values_list("unit_id", flat=True))
    fresh = {unit.pk: cluster for unit, cluster in wanted if unit.pk not in present}
    units = Unit.objects.filter(pk__in=fresh).select_related("kind", "parent")
    if ended := [unit.name for unit in units if unit.valid_to and unit.valid_to < today]:
        raise DomainError("Có đơn vị đã kết thúc hoạt động nên không đưa vào danh sách được.", ended)
    if campaign.is_running and not all(fresh.values()):
        raise DomainError("Phong trào đã phát động: hãy chọn cụm, khối cho đơn vị tham gia sau.")
    if any(cluster and cluster.campaign_id != campaign.pk for cluster in fresh.values()):
        raise DomainError("Cụm, khối này thuộc phong trào khác.")
    rows = [freeze(Participation(campaign=campaign, unit=unit, cluster=fresh[unit.pk])) for unit in units]
    Participation.objects.bulk_create(rows, batch_size=BATCH)
    if rows:
        audit.record(
            campaign, "add_units", actor=actor, changes={row.name: [None, str(row.cluster or "")] for row in rows}
        )
    if rows and campaign.is_running:
        observers.tell_joined(campaign, rows, actor=actor)
    return rows


@transaction.atomic
def remove_units(campaign: Campaign, participation_ids: Iterable[int], *, actor: Any) -> int:
    """Take units off the roster of a draft; returns how many."""
    locked = open_for_editing(campaign, actor=actor, part=Part.ROSTER)
    require_draft(locked, "bỏ đơn vị khỏi danh sách")
    rows = list(locked.participations.filter(pk__in=list(participation_ids)))
    if rows:
        audit.record(locked, "remove_units", actor=actor, changes={row.name: ["có", None] for row in rows})
        locked.participations.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@transaction.atomic
def assign_clusters(
    campaign: Campaign, choices: Mapping[int, int | None], *, actor: Any, version: str | None = None
) -> int:
    """Put participations (by id) into clusters (by id) of a draft; returns how many moved."""
    locked = open_for_editing(campaign, actor=actor, part=Part.CLUSTERS, version=version)
    require_draft(locked, "xếp lại cụm, khối")
    clusters = {cluster.pk: cluster for cluster in locked.clusters.all()}
    if any(pk is not None and pk not in clusters for pk in choices.values()):
        raise DomainError("Có cụm, khối không còn trong phong trào. Hãy tải lại trang.")
    return _move(locked, {pk: clusters.get(to) if to else None for pk, to in choices.items()}, actor=actor)


def _move(campaign: Campaign, choices: Mapping[int, Cluster | None], *, actor: Any) -> int:
    moved, changes = [], {}
    for row in campaign.participations.filter(pk__in=choices).select_related("cluster"):
        to = choices[row.pk]
        if row.cluster_id == (to.pk if to else None):
            continue
        changes[row.name] = [str(row.cluster or ""), str(to or "")]
        row.cluster = to
        moved.append(row)
    Participation.objects.bulk_update(moved, ["cluster"], batch_size=BATCH)
    if moved:
        audit.record(campaign, "assign_clusters", actor=actor, changes=changes)
    return len(moved)


@transaction.atomic
def split_into_clusters(
    campaign: Campaign, count: int, *, actor: Any, prefix: str = "Cụm số", only_free: bool = False
) -> int:
    """Spread the roster of a draft over ``count`` clusters named "``prefix`` 1", "… 2"; like units stand together.

    Sizes differ by one at most. ``only_free`` leaves units that have a cluster where they are. Returns how many moved.
    """
    locked = open_for_editing(campaign, actor=actor, part=Part.CLUSTERS)
    require_draft(locked, "chia lại cụm, khối")
    rows = locked.participations.filter(cluster=None) if only_free else locked.participations.all()
    ids = list(rows.order_by("unit__kind__order", "unit__kind__code", "sort_key").values_list("pk", flat=True))
    if not 1 <= count <= SPLIT_MAX or count > len(ids):
        raise DomainError(f"Chia {len(ids)} đơn vị thì số cụm phải từ 1 đến {min(SPLIT_MAX, max(len(ids), 1))}.")
    clusters = [
        ensure_cluster(locked, f"{prefix.strip() or 'Cụm số'} {number}", actor=actor) for number in range(1, count + 1)
    ]
    small, larger = divmod(len(ids), count)
    choices, start = {}, 0
    for number, cluster in enumerate(clusters):
        end = start + small + (number < larger)
        choices |= dict.fromkeys(ids[start:end], cluster)
        start = end
    return _move(locked, choices, actor=actor)


def ensure_cluster(campaign: Campaign, name: str, *, actor: Any) -> Cluster:
    """The cluster of that name, made at the end of the order when there is none. Within an open edit."""
    key = search_key(name)
    existing = list(campaign.clusters.all())
    for cluster in existing:
        if search_key(cluster.name) == key:
            return cluster
    order = max((cluster.order for cluster in existing), default=0) + 1
    made = Cluster.objects.create(campaign=campaign, name=name.strip()[:120], order=order)
    audit.record(campaign, "add_cluster", actor=actor, changes={made.name: [None, order]})
    return made


@dataclass
class RosterPlan:
    """What a list of lines would do to the roster, before anything is done."""

    add: list[tuple[Unit, str]] = field(default_factory=list)
    move: list[tuple[Participation, str]] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    new_clusters: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.add or self.move)


def parse_lines(text: str) -> list[tuple[int, str, str]]:
    """``(line number, unit code or name, cluster name)`` of what was pasted: columns parted by a tab or a semicolon."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in line.replace(";", "\t").split("\t")]
        if any(cells):
            found.append((number, cells[0], cells[-1] if len(cells) > 1 else ""))
    return found


def plan_roster(campaign: Campaign, text: str) -> RosterPlan:
    """Read pasted lines against the units and the roster of today; changes nothing (the dry run)."""
    lines, plan, seen = parse_lines(text), RosterPlan(), {}
    by_code, by_name = _find_units([entry for _, entry, _ in lines])
    rows = {row.unit_id: row for row in campaign.participations.select_related("cluster")}
    clusters = {search_key(cluster.name): cluster.name for cluster in campaign.clusters.all()}
    for number, entry, cluster in lines:
        matches = by_code.get(entry.upper()) or by_name.get(search_key(entry), [])
        if len(matches) != 1:
            trouble = "không có đơn vị nào mang mã hoặc tên này" if not matches else "nhiều đơn vị cùng tên, hãy ghi mã"
            plan.errors.append(f"Dòng {number}: “{entry}”: {trouble}.")
            continue
        unit = matches[0]
        if unit.pk in seen:
            plan.errors.append(f"Dòng {number}: {unit} đã có ở dòng {seen[unit.pk]}.")
            continue
        seen[unit.pk] = number
        trouble = _plan_unit(campaign, plan, unit, rows.get(unit.pk), _cluster_name(plan, clusters, cluster))
        if trouble:
            plan.errors.append(f"Dòng {number}: {unit} {trouble}.")
    return plan


def _cluster_name(plan: RosterPlan, known: dict[str, str], wanted: str) -> str:
    """The name under which the cluster goes; a new one is noted in the plan."""
    key = search_key(wanted)
    if key and key not in known:
        known[key] = wanted
        plan.new_clusters.append(wanted)
    return known.get(key, "")


def _plan_unit(campaign: Campaign, plan: RosterPlan, unit: Unit, row: Participation | None, cluster: str) -> str:
    """Enter one unit into the plan; returns what is wrong with it, or nothing."""
    if row is None:
        if unit.valid_to and unit.valid_to < timezone.localdate():
            return f"đã kết thúc hoạt động ngày {unit.valid_to:%d/%m/%Y}"
        if campaign.is_running and not cluster:
            return "tham gia sau khi phát động nên phải ghi cụm, khối"
        plan.add.append((unit, cluster))
    elif cluster and (row.cluster is None or search_key(row.cluster.name) != search_key(cluster)):
        if not campaign.is_draft:
            return f"đã phát động ở {row.cluster}, không chuyển cụm được nữa"
        plan.move.append((row, cluster))
    else:
        plan.same.append(unit.name)
    return ""


def _find_units(entries: Sequence[str]) -> tuple[dict[str, list[Unit]], dict[str, list[Unit]]]:
    codes, keys = {entry.upper() for entry in entries}, {search_key(entry) for entry in entries}
    by_code: dict[str, list[Unit]] = {}
    by_name: dict[str, list[Unit]] = {}
    for start in range(0, len(entries), 400):  # SQLite takes 999 parameters
        part = {entry.upper() for entry in entries[start : start + 400]} & codes
        for unit in Unit.objects.filter(code__in=part):
            by_code[unit.code.upper()] = [unit]
    names = {key for key in keys if key}
    for start in range(0, len(names), 400):
        for unit in Unit.objects.current().filter(search_key__in=sorted(names)[start : start + 400]):
            by_name.setdefault(unit.search_key, []).append(unit)
    return by_code, by_name


@transaction.atomic
def apply_roster_lines(campaign: Campaign, text: str, *, actor: Any) -> RosterPlan:
    """Do what :func:`plan_roster` shows; one faulty line and nothing is done."""
    locked = open_for_editing(campaign, actor=actor, part=Part.ROSTER)
    plan = plan_roster(locked, text)
    if plan.errors:
        raise DomainError("Danh sách còn dòng sai nên chưa ghi gì. Hãy sửa các dòng sau rồi kiểm tra lại.", plan.errors)
    wanted = {name for _, name in [*plan.add, *plan.move] if name}
    clusters = {name: ensure_cluster(locked, name, actor=actor) for name in sorted(wanted)}
    _add(locked, [(unit, clusters.get(name)) for unit, name in plan.add], actor=actor)
    _move(locked, {row.pk: clusters[name] for row, name in plan.move}, actor=actor)
    return plan
