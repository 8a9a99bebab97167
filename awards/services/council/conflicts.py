"""Conflict of interest as a border of access: what a member must neither read nor judge, with the reason (law.md R-23).

A member is in conflict with a nomination when

* he is its recipient, or he drew it up, sent it, received it or appraised it;
* its unit, the recipient's unit or the recipient as a collective is a unit where he serves, or served within the years that
  his committee names, an organ above that unit up to the one for which it acts, or a unit merged with or split from one of these;
* he has declared a relation to the recipient or to one of these units which has not ended.

A unit above his own, or below it, is no ground by itself: otherwise whoever serves at the province could judge nobody. A seat on
a council is none either (units.roles.COUNCIL). Who sits in the chair or writes the minutes is treated like everybody else.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from awards.models import AwardCycle, CommitteeMember, DeclaredRelation, Nomination
from units.access import base_unit
from units.models import Lineage, Membership, Unit
from units.roles import COUNCIL

# Cycles whose nominations lie before the council.
BEFORE_COUNCIL = (
    AwardCycle.Status.REVIEWING,
    AwardCycle.Status.VOTING,
    AwardCycle.Status.DECIDING,
    AwardCycle.Status.CLOSED,
)
_ACTS = (
    ("created_by", "Đã lập hồ sơ đề nghị này."),
    ("submitted_by", "Đã gửi hồ sơ đề nghị này."),
    ("returned_by", "Đã thẩm định hồ sơ này."),
    ("completed_by", "Đã thẩm định hồ sơ này."),
    ("appraised_by", "Đã thẩm định hồ sơ này."),
)
_NOMINATION = (
    "pk", "unit", "recipient", "recipient__unit", "recipient__of_unit", "recipient__user",
    "created_by", "submitted_by", "returned_by", "completed_by", "appraised_by",
)  # fmt: skip
_REASON_LENGTH = 250
_PREPARE = (CommitteeMember.Role.CHAIR, CommitteeMember.Role.SECRETARY)


def seats_of(user: Any, day: datetime.date) -> list[CommitteeMember]:
    """The seats that ``user`` holds on ``day`` on committees that exist on it."""
    if not user.is_authenticated or not user.is_active:
        return []
    return list(
        CommitteeMember.objects.on(day)
        .filter(
            Q(committee__valid_to=None) | Q(committee__valid_to__gte=day), user=user, committee__valid_from__lte=day
        )
        .select_related("user", "committee__unit__kind", "committee__unit__parent__kind")
    )


def preparing(user: Any, seats: Iterable[CommitteeMember]) -> list[CommitteeMember]:
    """Those of ``seats`` on which ``user`` prepares the council's work: he sits there as its chair or its secretary. Whoever
    writes for one council is a plain member of another."""
    return [seat for seat in seats if seat.role in _PREPARE and user.has_perm("council.prepare", seat)]


def base_of(unit: Unit) -> int:
    """The unit for which ``unit`` acts: a council of an organ and the cycles of another organ of the same unit go together."""
    return base_unit(unit).pk


def cycles_of(committee_units: Iterable[Unit], cycles: QuerySet[AwardCycle]) -> list[AwardCycle]:
    """Those of ``cycles`` which are for a council of these units: run by the unit itself or by an organ that acts for it."""
    bases = {base_of(unit) for unit in committee_units}
    found = cycles.select_related("owner__kind", "owner__parent__kind", "owner__parent__parent__kind")
    return [cycle for cycle in found if base_of(cycle.owner) in bases]


def cycles_before(
    user: Any, *, day: datetime.date | None = None, seats: list[CommitteeMember] | None = None
) -> list[AwardCycle]:
    """Cycles whose nominations lie before a council on which ``user`` has a seat today, the newest first.

    ``seats``: those of ``seats_of``, when the caller has them already.
    """
    seats = seats_of(user, day or timezone.localdate()) if seats is None else seats
    if not seats or not user.has_perm("council.enter"):
        return []
    return cycles_of([seat.committee.unit for seat in seats], AwardCycle.objects.filter(status__in=BEFORE_COUNCIL))


def readable_nominations(
    user: Any,
    cycle: AwardCycle | None = None,
    *,
    day: datetime.date | None = None,
    seats: list[CommitteeMember] | None = None,
) -> QuerySet[Nomination]:
    """What ``user`` may read as a member of a council: what lies before it, without what he is in conflict with.

    Holds for the chair and the secretary as well. The same number of queries for one nomination or a thousand.
    ``seats``: those of ``seats_of``, when the caller has them already.
    """
    day = day or timezone.localdate()
    seats = seats_of(user, day) if seats is None else seats
    if not seats or not user.has_perm("council.enter"):
        return Nomination.objects.none()
    cycles = AwardCycle.objects.filter(status__in=BEFORE_COUNCIL)
    if cycle is not None:
        cycles = cycles.filter(pk=cycle.pk)
    found = Nomination.objects.filter(
        cycle__in=[row.pk for row in cycles_of([seat.committee.unit for seat in seats], cycles)],
        status__in=Nomination.BEFORE_COUNCIL,
    )
    rows = [(seat.pk, seat.user_id, seat.committee.conflict_years) for seat in seats]
    away = _conflicts(rows, list(found.order_by().values(*_NOMINATION)), day)
    kept_away = {pk for reasons in away.values() for pk in reasons}
    return found.exclude(pk__in=kept_away)


def conflicts_of(
    members: Iterable[CommitteeMember], nominations: Iterable[Nomination], *, day: datetime.date | None = None
) -> dict[int, dict[int, str]]:
    """``{member pk: {nomination pk: reason}}``; every member has an entry. Five queries, whatever the numbers.

    ``day`` (default: today) is the day from which the years of past service are counted back.
    """
    wanted = [member.pk for member in members]
    rows = list(CommitteeMember.objects.filter(pk__in=wanted).values_list("pk", "user", "committee__conflict_years"))
    asked = Nomination.objects.filter(pk__in=[row.pk for row in nominations]).order_by().values(*_NOMINATION)
    return _conflicts(rows, list(asked), day or timezone.localdate())


def _conflicts(
    rows: list[tuple[int, int, int]], asked: list[dict[str, Any]], day: datetime.date
) -> dict[int, dict[int, str]]:
    """``rows``: member, person, years of past service that count; ``asked``: nominations as ``_NOMINATION``."""
    found: dict[int, dict[int, str]] = {pk: {} for pk, _, _ in rows}
    if not (rows and asked):
        return found
    service, relations, kin = _service(rows, day), _relations(rows), _kin()
    for pk, user, years in rows:
        units = _units_of(service[user], _years_before(day, years), kin)
        for unit, relation in relations[user].units.items():
            for near in {unit, *kin.get(unit, {})}:
                units.setdefault(near, relation)
        for nomination in asked:
            if reason := _reason(user, nomination, units, relations[user].recipients):
                found[pk][nomination["pk"]] = reason[:_REASON_LENGTH]
    return found


def _reason(user: int, nomination: dict[str, Any], units: dict[int, str], recipients: dict[int, str]) -> str:
    if nomination["recipient__user"] == user:
        return "Là người được đề nghị khen thưởng."
    for name, sentence in _ACTS:
        if nomination[name] == user:
            return sentence
    if relation := recipients.get(nomination["recipient"]):
        return relation
    for name in ("unit", "recipient__unit", "recipient__of_unit"):
        if sentence := units.get(nomination[name], ""):
            return sentence
    return ""


def _years_before(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years earlier; 29 February becomes 28 February."""
    year = max(day.year - years, 1)
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


# --- where somebody serves or served ------------------------------------------------------------------------------------
def _service(rows: list[tuple[int, int, int]], day: datetime.date) -> dict[int, list[tuple[Membership, bool]]]:
    """Memberships begun by ``day``, by person, with whether they last; council seats are none."""
    found: dict[int, list[tuple[Membership, bool]]] = defaultdict(list)
    held = (
        Membership.objects.filter(user__in={user for _, user, _ in rows}, valid_from__lte=day)
        .exclude(role__in=COUNCIL)
        .select_related("unit__kind", "unit__parent__kind", "unit__parent__parent__kind")
        .order_by("id")
    )
    for row in held:
        found[row.user_id].append((row, row.valid_to is None or row.valid_to >= day))
    return found


def _units_of(
    service: list[tuple[Membership, bool]], since: datetime.date, kin: dict[int, dict[int, str]]
) -> dict[int, str]:
    """Units that count as his, each with the sentence why; what lasts is named before what is past."""
    found: dict[int, str] = {}
    for membership, lasts in sorted(service, key=lambda pair: not pair[1]):
        if not lasts and membership.valid_to < since:
            continue
        when = "Đang công tác" if lasts else f"Đã công tác (đến {membership.valid_to:%d/%m/%Y})"
        for unit in _office(membership.unit):
            found.setdefault(unit.pk, f"{when} tại {unit}.")
            for pk, name in kin.get(unit.pk, {}).items():
                found.setdefault(pk, f"{when} tại {unit}, cùng gốc sáp nhập, chia tách với {name}.")
    return found


def _office(unit: Unit) -> list[Unit]:
    """``unit``, and when it is an organ every unit above it up to the one for which it acts."""
    found, last = [unit], base_unit(unit)
    while unit.pk != last.pk:
        unit = unit.parent
        found.append(unit)
    return found


def _kin() -> dict[int, dict[int, str]]:
    """Unit → all that it came from and all that came from it, however many steps, with their names."""
    down: dict[int, set[int]] = defaultdict(set)
    up: dict[int, set[int]] = defaultdict(set)
    names: dict[int, str] = {}
    for row in Lineage.objects.select_related("predecessor", "successor"):
        down[row.predecessor_id].add(row.successor_id)
        up[row.successor_id].add(row.predecessor_id)
        names |= {row.predecessor_id: row.predecessor.name, row.successor_id: row.successor.name}
    return {pk: {near: names[near] for near in _reached(pk, down) | _reached(pk, up)} for pk in names}


def _reached(start: int, steps: dict[int, set[int]]) -> set[int]:
    found: set[int] = set()
    ahead = [start]
    while ahead:
        for pk in steps.get(ahead.pop(), ()):
            if pk not in found and pk != start:
                found.add(pk)
                ahead.append(pk)
    return found


# --- what he declared ---------------------------------------------------------------------------------------------------
@dataclass
class _Declared:
    recipients: dict[int, str] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)


def _relations(rows: list[tuple[int, int, int]]) -> dict[int, _Declared]:
    """Relations that have not ended, by person: what he declared on one council holds on every other."""
    found: dict[int, _Declared] = defaultdict(_Declared)
    declared = DeclaredRelation.objects.filter(member__user__in={user for _, user, _ in rows}, ended_at=None)
    for user, recipient, unit, relation in declared.order_by("id").values_list(
        "member__user", "recipient", "unit", "relation"
    ):
        sentence = f"Đã khai quan hệ: {relation}."
        if recipient is not None:
            found[user].recipients.setdefault(recipient, sentence)
        else:
            found[user].units.setdefault(unit, sentence)
    return found
