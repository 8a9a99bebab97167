"""Written delegations: somebody signs in place of the holder of a role, at one unit, from one day to another.

What a delegation gives is in dvk_portal/permissions.py (DELEGABLE) and units/access.py; here it is kept.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from units.access import delegable, matrix
from units.models import Delegation, Membership, Unit, User
from units.roles import Role

ONE_DAY = datetime.timedelta(days=1)


def _authorise(actor: Any, unit: Unit) -> None:
    if actor is not None and not actor.has_perm("document.delegate", unit):
        raise PermissionDenied


def delegable_roles() -> list[Role]:
    """Roles that hold some permission which a delegation passes on."""
    return [role for role in Role if any(role in matrix()[permission] for permission in delegable())]


def roles_held(unit: Unit) -> list[Role]:
    """Of those, the ones that somebody holds at the unit today or later."""
    rows = Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()), unit=unit)
    held = set(rows.values_list("role", flat=True))
    return [role for role in delegable_roles() if role in held]


def possible_delegates(unit: Unit) -> QuerySet[User]:
    """People with a role at the unit or its departments: they know the files and can open them. Never an administrator."""
    inside = Membership.objects.current().filter(unit__path__startswith=unit.path)
    administrators = Membership.objects.current().filter(role=Role.ADMIN)
    people = User.objects.filter(is_active=True, pk__in=inside.values("user"))
    return people.exclude(pk__in=administrators.values("user")).order_by("full_name", "pk")


def delegation_findings(row: Delegation, *, actor: Any) -> list[str]:
    """Sentences about what forbids this delegation; empty when it may be given."""
    found, delegate, unit = [], row.delegate, row.unit
    if row.role not in delegable_roles():
        found.append("Vai trò này không có quyền ký nào để ủy quyền.")
    holders = Membership.objects.on(row.valid_from).filter(unit=unit, role=row.role)
    if not holders.exists():
        found.append(f"Ngày {row.valid_from:%d/%m/%Y} không có ai giữ vai trò “{row.get_role_display()}” tại {unit}.")
    if holders.filter(user=delegate).exists():
        found.append(f"{delegate} đang giữ chính vai trò này nên không cần ủy quyền.")
    if not delegate.is_active:
        found.append(f"Tài khoản của {delegate} đã ngừng hoạt động.")
    elif not possible_delegates(unit).filter(pk=delegate.pk).exists():
        found.append(
            f"{delegate} không nhận ủy quyền của {unit} được: người nhận phải đang giữ vai trò tại đơn vị hoặc cơ quan "
            "trực thuộc, và không phải là quản trị hệ thống."
        )
    if actor is not None and actor == delegate:
        found.append("Không ai tự ghi ủy quyền cho chính mình. Người ủy quyền hoặc văn thư khác ghi.")
    if row.valid_to is not None and row.valid_to < row.valid_from:
        found.append("Ngày hết hiệu lực phải sau ngày bắt đầu.")
    if not unit.is_active_on(row.valid_from):
        found.append(f"{unit} không hoạt động vào ngày {row.valid_from:%d/%m/%Y}.")
    same = Delegation.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=row.valid_from), unit=unit, role=row.role, delegate=delegate
    )
    if (same.filter(valid_from__lte=row.valid_to) if row.valid_to else same).exists():
        found.append(f"{delegate} đã được ủy quyền như vậy trong khoảng thời gian đó.")
    return found


@transaction.atomic
def grant_delegation(
    unit: Unit,
    *,
    actor: Any,
    role: str,
    delegate: User,
    post: str,
    authority: str,
    document_no: str,
    valid_from: datetime.date,
    valid_to: datetime.date | None = None,
) -> Delegation:
    """Write down that ``delegate`` signs in place of the holder of ``role``. ``authority`` is printed above his signature."""
    _authorise(actor, unit)
    # The person's row serialises two clerks who write the same thing at once.
    delegate = User.objects.select_for_update(of=("self",)).get(pk=delegate.pk)
    row = Delegation(
        unit=unit, role=role, delegate=delegate, post=post.strip(), authority=authority.strip(),
        document_no=document_no.strip(), valid_from=valid_from, valid_to=valid_to, created_by=actor,
    )  # fmt: skip
    if found := delegation_findings(row, actor=actor):
        raise DomainError("Chưa ghi được ủy quyền.", found)
    row.save()
    audit.record(
        row, "grant_delegation", actor=actor, note=row.document_no,
        changes={"role": [None, row.role], "valid_from": [None, valid_from], "valid_to": [None, valid_to]},
    )  # fmt: skip
    return row


@transaction.atomic
def end_delegation(
    delegation: Delegation, *, actor: Any, last_day: datetime.date, note: str = "", today: datetime.date | None = None
) -> Delegation | None:
    """End it after ``last_day``. One that has not begun yet and shall not begin is withdrawn (None is returned).

    What was signed on past days was signed rightly, so the last day is yesterday at the earliest.
    """
    _authorise(actor, delegation.unit)
    today = today or timezone.localdate()
    locked = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    if locked.valid_to is not None and locked.valid_to < today:
        raise DomainError(f"Ủy quyền này đã kết thúc ngày {locked.valid_to:%d/%m/%Y}.")
    if last_day < locked.valid_from and locked.valid_from > today:
        audit.record(delegation, "withdraw_delegation", actor=actor, note=note)
        locked.delete()
        return None
    earliest = max(locked.valid_from, today - ONE_DAY)
    if last_day < earliest:
        raise DomainError(f"Ngày cuối sớm nhất là {earliest:%d/%m/%Y}: những gì đã ký trước đó vẫn theo ủy quyền này.")
    old, delegation.valid_to = locked.valid_to, last_day
    delegation.save(update_fields=["valid_to"])
    audit.record(delegation, "end_delegation", actor=actor, changes={"valid_to": [old, last_day]}, note=note)
    return delegation
