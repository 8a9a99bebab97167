"""Who holds which role where: give it, end it, hand it over. Rights follow at once and end with the day."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from units.models import Membership, Unit, User
from units.roles import Role

ONE_DAY = datetime.timedelta(days=1)


def _authorise(actor: Any, unit: Unit) -> None:
    if actor is not None and not actor.has_perm("unit.manage", unit):
        raise PermissionDenied


def grant_findings(
    user: User, unit: Unit, role: str, *, actor: Any, valid_from: datetime.date, valid_to: datetime.date | None
) -> list[str]:
    """Sentences about what forbids this role; empty when it may be given."""
    found = []
    if role not in Role.values:
        found.append("Vai trò không có trong danh mục.")
    if actor is not None and user == actor:
        found.append("Không ai tự giao vai trò cho chính mình. Hãy nhờ một quản trị hệ thống khác.")
    if not user.is_active:
        found.append(f"Tài khoản của {user} đã ngừng hoạt động. Hãy mở lại tài khoản trước.")
    if valid_to is not None and valid_to < valid_from:
        found.append("Ngày thôi giữ vai trò phải sau ngày bắt đầu.")
    if not unit.is_active_on(valid_from):
        found.append(f"“{unit}” không hoạt động vào ngày {valid_from:%d/%m/%Y}.")
    elif unit.valid_to is not None and (valid_to is None or valid_to > unit.valid_to):
        found.append(f"“{unit}” kết thúc ngày {unit.valid_to:%d/%m/%Y}; vai trò không thể kéo dài hơn.")
    overlapping = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=valid_from), user=user, unit=unit, role=role
    )
    if valid_to is not None:
        overlapping = overlapping.filter(valid_from__lte=valid_to)
    if overlapping.exists():
        found.append(f"{user} đã giữ vai trò này tại “{unit}” trong khoảng thời gian đó.")
    return found


@transaction.atomic
def grant_membership(
    user: User,
    unit: Unit,
    role: str,
    *,
    actor: Any,
    valid_from: datetime.date,
    valid_to: datetime.date | None = None,
    post: str = "",
) -> Membership:
    """Give ``user`` the role at the unit from ``valid_from`` to the end of ``valid_to``. ``post`` is the person's title."""
    _authorise(actor, unit)
    # The person's row serialises two administrators who grant the same thing at once.
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if found := grant_findings(user, unit, role, actor=actor, valid_from=valid_from, valid_to=valid_to):
        raise DomainError("Chưa giao được vai trò.", found)
    membership = Membership.objects.create(
        user=user, unit=unit, role=role, valid_from=valid_from, valid_to=valid_to, post=post.strip()
    )
    audit.record(
        membership, "grant", actor=actor,
        changes={"valid_from": [None, f"{valid_from:%d/%m/%Y}"], "valid_to": [None, valid_to and f"{valid_to:%d/%m/%Y}"]},
    )  # fmt: skip
    return membership


def end_findings(membership: Membership, *, last_day: datetime.date) -> list[str]:
    """Sentences about what forbids ending the role on that day; empty when it may end."""
    found = []
    if last_day < membership.valid_from:
        found.append(f"Vai trò bắt đầu ngày {membership.valid_from:%d/%m/%Y}; ngày kết thúc phải từ ngày đó trở đi.")
    if membership.role == Role.ADMIN and not (
        Membership.objects.on(last_day + ONE_DAY)
        .filter(role=Role.ADMIN, user__is_active=True)
        .exclude(pk=membership.pk)
        .exists()
    ):
        found.append("Đây là quản trị hệ thống cuối cùng. Hãy giao vai trò này cho người khác trước.")
    return found


@transaction.atomic
def end_membership(membership: Membership, *, actor: Any, last_day: datetime.date, note: str = "") -> Membership:
    """End the role after ``last_day``; a row that had an effect is never deleted."""
    _authorise(actor, membership.unit)
    locked = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if found := end_findings(locked, last_day=last_day):
        raise DomainError("Chưa kết thúc được vai trò.", found)
    old, membership.valid_to = locked.valid_to, last_day
    membership.save(update_fields=["valid_to"])
    days = [old and f"{old:%d/%m/%Y}", f"{last_day:%d/%m/%Y}"]
    audit.record(membership, "end", actor=actor, changes={"valid_to": days}, note=note)
    return membership


@transaction.atomic
def hand_over(
    membership: Membership, *, actor: Any, to: User, on: datetime.date, post: str = "", note: str = ""
) -> Membership:
    """Hand the role over: ``to`` holds it from the day ``on``, the predecessor until the day before.

    Open reports, tasks and reminders hang on the unit and the role, so they pass with it.
    """
    if to == membership.user:
        raise DomainError("Người nhận bàn giao phải khác người đang giữ vai trò.")
    unit, role = membership.unit, membership.role
    successor = grant_membership(to, unit, role, actor=actor, valid_from=on, post=post or membership.post)
    end_membership(membership, actor=actor, last_day=on - ONE_DAY, note=note or f"Bàn giao cho {to}")
    return successor
