"""Who is honoured: a unit keeps its own people and collectives, the province those below; nobody twice unknowingly."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from awards.models import Recipient, RecipientKind
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from units import access
from units.models import Unit

# A unit's editor or leader on the own unit; those who propose and appraise on the units below them.
WRITING = ("award.nominate", "award.propose", "award.appraise")
FIELDS = ("kind", "name", "post", "sex", "is_leader", "managed_by_btv", "is_active", "user")


def may_write(user: Any, record: Any = None) -> bool:
    """Whether ``user`` keeps this recipient (or the recipients of this unit); without a record: any at all."""
    return any(user.has_perm(right, record) if record is not None else user.has_perm(right) for right in WRITING)


def writable_units(user: Any, day: datetime.date) -> list[Unit]:
    """The active units whose recipients ``user`` keeps."""
    ids: set[int] = set()
    for right in WRITING:
        reached = access.reach_ids(user, right)
        if reached is None:
            return list(Unit.objects.on(day).select_related("kind"))
        ids |= reached
    return list(Unit.objects.on(day).filter(pk__in=ids).select_related("kind"))


def namesakes(unit: Unit, kind: str, name: str, *, besides: int | None = None) -> list[Recipient]:
    """Recipients of the unit with the same name, however it is written; with accents or without."""
    key = search_key(name)
    rows = Recipient.objects.filter(unit=unit, kind=kind).exclude(pk=besides).search(name)
    return [row for row in rows if search_key(row.name) == key]


@transaction.atomic
def save_recipient(
    recipient: Recipient | None, *, actor: Any, unit: Unit, values: Mapping[str, Any], is_unit: bool = False,
    knows_namesakes: bool = False,
) -> Recipient:  # fmt: skip
    """Enter or change a recipient. ``is_unit``: the collective is the unit itself, whose history goes through mergers.

    DomainError names those of the same name in the unit, unless he says that they are others (``knows_namesakes``).
    """
    row = recipient or Recipient(created_by=actor)
    if not may_write(actor, unit) or (row.pk and not may_write(actor, row)):
        raise PermissionDenied
    # Two people entering the same name at once meet here.
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    before = {name: getattr(row, name) for name in (*FIELDS, "unit", "of_unit")} if row.pk else {}
    moved = bool(row.pk) and row.unit_id != unit.pk
    row.unit = unit
    for name, value in values.items():
        if name not in FIELDS:
            raise ValueError(name)
        setattr(row, name, " ".join(value.split()) if name in ("name", "post") else value)
    row.of_unit = unit if is_unit else None
    _check(row, moved=moved, knows_namesakes=knows_namesakes)
    row.set_keys()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise DomainError(f"{unit.name} đã có một dòng là chính đơn vị. Hãy dùng dòng đó.") from error
    changes = {name: [old, getattr(row, name)] for name, old in before.items() if old != getattr(row, name)}
    audit.record(row, "change" if before else "create", actor=actor, changes=changes)
    return row


def _check(row: Recipient, *, moved: bool, knows_namesakes: bool) -> None:
    findings = []
    if not row.name:
        findings.append("Hãy ghi họ tên hoặc tên tập thể, chủ hộ.")
    if row.kind != RecipientKind.PERSON:
        row.sex, row.is_leader, row.managed_by_btv, row.user = "", False, False, None
    if row.of_unit is not None and row.kind != RecipientKind.COLLECTIVE:
        findings.append("Chỉ tập thể mới có thể chính là đơn vị.")
    if row.user is not None and not row.user.memberships.filter(unit=row.unit).exists():
        findings.append(f"Tài khoản {row.user} không thuộc {row.unit.name}.")
    if findings:
        raise DomainError("Chưa lưu được.", findings)
    alike = [] if knows_namesakes else namesakes(row.unit, row.kind, row.name, besides=row.pk)
    if alike and (row.pk is None or moved):
        raise DomainError(
            f"{row.unit.name} đã có người, tập thể cùng tên. Nếu không phải là một, hãy đánh dấu “Không trùng” rồi lưu lại.",
            [f"{one.name}{f', {one.post}' if one.post else ''}." for one in alike[:5]],
        )
