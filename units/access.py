"""The one engine of rights: ``can`` for a record, ``scope`` for a list, from the same set of unit ids.

The matrix (permission → role → reach) is dvk_portal/permissions.py, named by ``settings.PERMISSION_MATRIX``.
"""

import datetime
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from units.models import Delegation, Lineage, Membership, Unit
from units.roles import COUNCIL, Reach, Role


@cache
def matrix() -> dict[str, dict[str, str]]:
    return import_string(settings.PERMISSION_MATRIX)


@cache
def delegable() -> frozenset[str]:
    """Permissions that a written delegation may pass on."""
    return frozenset(import_string(settings.DELEGABLE_PERMISSIONS))


class _Rights:
    """What one signed-in person reaches today; three queries, kept on the user object for the length of a request."""

    def __init__(self, user: Any) -> None:
        today = timezone.localdate()
        since = today - datetime.timedelta(days=settings.CONFLICT_DAYS)
        held = list(
            Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gte=since), user=user, valid_from__lte=today)
            .select_related("unit__kind", "unit__parent__kind", "unit__parent__parent__kind")
            .order_by("id")
        )
        self.memberships = [row for row in held if row.valid_to is None or row.valid_to >= today]
        # Present and recent units: nobody verifies them, whatever his role (architecture.md §3).
        self.own_ids = {row.unit_id for row in held if row.role not in COUNCIL}
        self.roles = {row.role for row in self.memberships}
        self._user = user
        self._reached: dict[str, set[int] | None] = {}

    @cached_property
    def delegations(self) -> list[Delegation]:
        """In whose place he may sign today."""
        if self._user.pk is None:
            return []
        return list(
            Delegation.objects.current().filter(delegate=self._user).select_related("unit__kind", "unit__parent__kind")
        )

    def holders(self, permission: str) -> list[Membership | Delegation]:
        """What may give him ``permission``: his memberships, and delegations where the permission may be passed on."""
        passed_on = self.delegations if permission in delegable() else []
        return [*self.memberships, *passed_on]

    @cached_property
    def _units(self) -> list[tuple[int, str, bool]]:
        """Every unit: id, path, and whether one of his units was merged into it: its figures hold those of his own."""
        heirs = Lineage.objects.filter(predecessor__in=self.own_ids, successor=OuterRef("pk"))
        return list(Unit.objects.annotate(is_heir=Exists(heirs)).order_by().values_list("id", "path", "is_heir"))

    @property
    def conflict_ids(self) -> set[int]:
        """His present and recent units, and those that they were merged into: there he judges nobody."""
        return self.own_ids | {pk for pk, _, is_heir in self._units if is_heir}

    def reach(self, permission: str) -> set[int] | None:
        """Unit ids that ``permission`` reaches; None = every unit and records of no unit."""
        if permission not in self._reached:
            self._reached[permission] = self._compute(permission)
        return self._reached[permission]

    def holds(self, permission: str) -> bool:
        """Whether some role of his has the permission at all; costs no query beyond memberships and delegations."""
        return any(row.role in matrix()[permission] for row in self.holders(permission))

    def _compute(self, permission: str) -> set[int] | None:
        row = matrix()[permission]
        ids: set[int] = set()
        for membership in self.holders(permission):
            reach = row.get(membership.role)
            if reach == Reach.ALL:
                return None
            if reach == Reach.OWN:
                ids.add(membership.unit_id)
            elif reach in (Reach.SUBTREE, Reach.BELOW):
                base = base_unit(membership.unit)
                below = {pk for pk, path, _ in self._units if path.startswith(base.path)}
                ids |= below - self.conflict_ids - {base.pk} if reach == Reach.BELOW else below
        return ids


def base_unit(unit: Unit) -> Unit:
    """The unit for which ``unit`` acts: itself, or the first one above it that is not an organ."""
    while unit.kind.is_organ and unit.parent is not None:
        unit = unit.parent
    return unit


def rights(user: Any) -> _Rights:
    if not hasattr(user, "_rights"):
        user._rights = _Rights(user)
    return user._rights


def reach_ids(user: Any, permission: str) -> set[int] | None:
    """Unit ids that ``permission`` reaches for ``user`` today; None = all."""
    if not user.is_authenticated or not user.is_active:
        return set()
    return rights(user).reach(permission)


def owner_ids(record: models.Model) -> set[int]:
    """The unit that owns ``record``, found along its class's ``unit_path``; none when it belongs to no unit (path None)."""
    value: Any = record
    if record.unit_path is None:  # type: ignore[attr-defined]
        return set()
    for step in record.unit_path.split("__"):  # type: ignore[attr-defined]
        value = getattr(value, step)
        if value is None:
            return set()
    return {value.pk if isinstance(value, models.Model) else value}


def can(user: Any, permission: str, record: models.Model | None = None) -> bool:
    """Whether ``user`` holds ``permission`` on ``record``; without a record: on anything at all."""
    if record is None:
        return user.is_authenticated and user.is_active and rights(user).holds(permission)
    ids = reach_ids(user, permission)
    return ids is None or bool(owner_ids(record) & ids)


def scope(queryset: models.QuerySet, user: Any, permission: str) -> models.QuerySet:
    """The rows of ``queryset`` on which ``can`` says yes."""
    ids = reach_ids(user, permission)
    if ids is None:
        return queryset
    if queryset.model.unit_path is None:
        return queryset.none()
    return queryset.filter(**{f"{queryset.model.unit_path}__in": ids})


def has_role(user: Any, *roles: Role) -> bool:
    """Whether ``user`` holds one of ``roles`` anywhere today."""
    return user.is_authenticated and bool(rights(user).roles & set(roles))
