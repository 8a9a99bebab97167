"""Changes of the tree of units: found, rename, move, close, merge. Each has a day and a decision, and leaves history.

The newest version of a unit is repeated on :class:`units.models.Unit` (name, kind, parent, path, keys), so a change of
name, kind or place is recorded on its day or later, never ahead of it: until then the old name is the true one.
``actor`` None is the system (imports, demonstration).
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from units.models import Lineage, Unit, UnitKind, UnitVersion

ONE_DAY = datetime.timedelta(days=1)
_PATH_MAX = Unit._meta.get_field("path").max_length


def _authorise(actor: Any, unit: Unit | None = None) -> None:
    if actor is not None and not actor.has_perm("unit.manage", unit):
        raise PermissionDenied


def _lock_tree() -> None:
    """One change of the tree at a time: two moves that are each right can make a circle together."""
    list(Unit.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def _decision(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise DomainError("Hãy ghi nghị quyết hoặc quyết định làm căn cứ.")
    if len(text) > 200:
        raise DomainError("Căn cứ dài quá 200 ký tự. Hãy ghi gọn: số, ký hiệu, ngày và cơ quan ban hành.")
    return text


def _name(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise DomainError("Hãy ghi tên đơn vị.")
    if len(text) > 150:
        raise DomainError("Tên đơn vị dài quá 150 ký tự. Hãy ghi tên chính thức, bỏ phần chú thích.")
    return text


def _check_parent(parent: Unit | None, on: datetime.date, until: datetime.date | None = None) -> None:
    if parent is None:
        return
    if not parent.is_active_on(on):
        raise DomainError(
            f"Đơn vị cấp trên “{parent}” không hoạt động vào ngày {on:%d/%m/%Y}. Hãy chọn đơn vị khác hoặc ngày khác."
        )
    if parent.valid_to is not None and (until is None or until > parent.valid_to):
        raise DomainError(
            f"Đơn vị cấp trên “{parent}” kết thúc ngày {parent.valid_to:%d/%m/%Y}, trước đơn vị này. "
            "Hãy chọn đơn vị cấp trên còn hoạt động."
        )


def _check_kind(kind: UnitKind, on: datetime.date) -> None:
    if kind.valid_from > on or (kind.valid_to is not None and kind.valid_to < on):
        raise DomainError(f"Loại đơn vị “{kind}” không còn hoặc chưa có vào ngày {on:%d/%m/%Y}. Hãy chọn loại khác.")


def _child_path(parent: Unit | None, pk: int) -> str:
    path = f"{parent.path if parent else '/'}{pk}/"
    if len(path) > _PATH_MAX:
        raise DomainError("Cây đơn vị quá nhiều cấp. Hãy đặt đơn vị ở cấp cao hơn.")
    return path


@transaction.atomic
def create_unit(
    *,
    actor: Any,
    code: str,
    name: str,
    kind: UnitKind,
    parent: Unit | None,
    on: datetime.date,
    decision: str,
    until: datetime.date | None = None,
) -> Unit:
    """Found a unit that begins on the day ``on``; ``until`` is its last day when it is recorded as history only."""
    _authorise(actor, parent)
    code, name, decision = code.strip(), _name(name), _decision(decision)
    if not code or len(code) > 35 or any(char.isspace() for char in code):
        raise DomainError("Mã đơn vị gồm 1 đến 35 ký tự, không có dấu cách.")
    if Unit.objects.filter(code__iexact=code).exists():
        raise DomainError(f"Mã “{code}” đã thuộc về một đơn vị khác. Mã của đơn vị đã kết thúc cũng không dùng lại.")
    if until is not None and until < on:
        raise DomainError("Ngày kết thúc phải sau ngày thành lập.")
    _check_kind(kind, on)
    _check_parent(parent, on, until)
    unit = Unit(code=code, name=name, kind=kind, parent=parent, valid_from=on, valid_to=until)
    unit.set_keys()
    unit.save()
    unit.path = _child_path(parent, unit.pk)
    unit.save(update_fields=["path"])
    UnitVersion.objects.create(
        unit=unit, name=name, kind=kind, parent=parent, valid_from=on, valid_to=until, reason=decision
    )
    audit.record(unit, "create", actor=actor, changes={"valid_from": [None, f"{on:%d/%m/%Y}"]}, note=decision)
    return unit


def _newest(unit: Unit) -> UnitVersion:
    return unit.versions.select_for_update(of=("self",)).order_by("-valid_from")[0]


def _check_change_day(unit: Unit, on: datetime.date, today: datetime.date) -> None:
    if on > today:
        raise DomainError(
            f"Ngày hiệu lực {on:%d/%m/%Y} chưa đến. Hãy ghi nhận vào ngày đó hoặc sau đó, để tên đang dùng luôn đúng."
        )
    if not unit.is_active_on(on):
        raise DomainError(f"“{unit}” không hoạt động vào ngày {on:%d/%m/%Y}. Hãy xem lại ngày hiệu lực.")


def _new_version(unit: Unit, on: datetime.date, decision: str, changes: dict[str, Any]) -> None:
    """Let a new version begin on ``on``. A second change of the same day (renamed and moved at once) joins the first."""
    newest = _newest(unit)
    if on < newest.valid_from:
        raise DomainError(
            f"Đã có thay đổi từ ngày {newest.valid_from:%d/%m/%Y}; ngày hiệu lực phải sau ngày đó. "
            "Lịch sử đã ghi không chèn thêm vào giữa."
        )
    if on == newest.valid_from:
        before = unit.versions.filter(valid_from__lt=on).order_by("-valid_from").first()
        if before is None:
            raise DomainError(f"“{unit}” mới thành lập ngày {on:%d/%m/%Y}; ngày hiệu lực phải sau ngày đó.")
        if any(getattr(before, field) != getattr(newest, field) for field in changes):
            raise DomainError(f"Ngày {on:%d/%m/%Y} đã ghi một thay đổi cùng loại của “{unit}”. Hãy xem lại lịch sử.")
        for field, value in changes.items():
            setattr(newest, field, value)
        newest.reason = newest.reason if decision in newest.reason else f"{newest.reason}; {decision}"[:200]
        newest.save()
        return
    fields = {"name": newest.name, "kind": newest.kind, "parent": newest.parent, **changes}
    until, newest.valid_to = newest.valid_to, on - ONE_DAY
    newest.save(update_fields=["valid_to"])
    UnitVersion.objects.create(unit=unit, valid_from=on, valid_to=until, reason=decision, **fields)


@transaction.atomic
def rename_unit(
    unit: Unit,
    *,
    actor: Any,
    name: str,
    on: datetime.date,
    decision: str,
    today: datetime.date,
    kind: UnitKind | None = None,
) -> Unit:
    """Give the unit a new name, and a new kind when it is promoted (xã → phường), from the day ``on``."""
    _authorise(actor, unit)
    name, decision = _name(name), _decision(decision)
    _lock_tree()
    unit.refresh_from_db()
    _check_change_day(unit, on, today)
    changes: dict[str, Any] = {}
    if name != unit.name:
        changes["name"] = name
    if kind is not None and kind != unit.kind:
        _check_kind(kind, on)
        changes["kind"] = kind
    if not changes:
        raise DomainError(f"Tên và loại mới trùng với hiện tại (“{unit}”). Không có gì để đổi.")
    _new_version(unit, on, decision, changes)
    noted = {field: [str(getattr(unit, field)), str(value)] for field, value in changes.items()}
    for field, value in changes.items():
        setattr(unit, field, value)
    unit.set_keys()
    unit.save(update_fields=["name", "kind", "search_key", "sort_key"])
    audit.record(
        unit, "rename", actor=actor, changes={**noted, "effective_on": [None, f"{on:%d/%m/%Y}"]}, note=decision
    )
    return unit


@transaction.atomic
def move_unit(
    unit: Unit, *, actor: Any, parent: Unit | None, on: datetime.date, decision: str, today: datetime.date
) -> Unit:
    """Put the unit, with all that is below it, under another one from the day ``on``."""
    _authorise(actor, unit)
    _authorise(actor, parent)
    decision = _decision(decision)
    _lock_tree()
    unit.refresh_from_db()
    if parent is not None:
        parent.refresh_from_db()
        if parent.path.startswith(unit.path):
            raise DomainError(f"“{parent}” nằm trong “{unit}” nên không thể là cấp trên của đơn vị này.")
    if unit.parent == parent:
        raise DomainError("Đơn vị đã trực thuộc nơi này. Không có gì để đổi.")
    _check_change_day(unit, on, today)
    _check_parent(parent, on, unit.valid_to)
    _new_version(unit, on, decision, {"parent": parent})
    old_parent = str(unit.parent or "")
    _move_subtree(unit, parent)
    changes = {"parent": [old_parent, str(parent or "")], "effective_on": [None, f"{on:%d/%m/%Y}"]}
    audit.record(unit, "move", actor=actor, changes=changes, note=decision)
    return unit


def _move_subtree(unit: Unit, parent: Unit | None) -> None:
    old, new = unit.path, _child_path(parent, unit.pk)
    below = list(Unit.objects.filter(path__startswith=old))
    for row in below:
        row.path = new + row.path.removeprefix(old)
        if len(row.path) > _PATH_MAX:
            raise DomainError("Cây đơn vị quá nhiều cấp sau khi chuyển. Hãy đặt đơn vị ở cấp cao hơn.")
    Unit.objects.bulk_update(below, ["path"], batch_size=200)
    unit.parent, unit.path = parent, new
    unit.save(update_fields=["parent"])


@transaction.atomic
def close_unit(unit: Unit, *, actor: Any, on: datetime.date, decision: str) -> Unit:
    """End the unit: the day before ``on`` is its last. Roles held there stay until somebody hands them over or ends them."""
    _authorise(actor, unit)
    decision = _decision(decision)
    _lock_tree()
    _close(unit, on)
    last = on - ONE_DAY
    audit.record(unit, "close", actor=actor, changes={"valid_to": [None, f"{last:%d/%m/%Y}"]}, note=decision)
    return unit


def _close(unit: Unit, on: datetime.date) -> None:
    unit.refresh_from_db()
    last = on - ONE_DAY
    if unit.valid_to is not None:
        raise DomainError(f"“{unit}” đã kết thúc ngày {unit.valid_to:%d/%m/%Y}.")
    newest = _newest(unit)
    if last < newest.valid_from:
        raise DomainError(
            f"“{unit}” có thay đổi từ ngày {newest.valid_from:%d/%m/%Y}; ngày kết thúc phải sau ngày đó ít nhất một ngày."
        )
    alive = [child for child in unit.children.all() if child.valid_to is None or child.valid_to > last]
    if alive:
        raise DomainError(
            f"“{unit}” còn {len(alive)} đơn vị trực thuộc hoạt động sau ngày này. Hãy chuyển hoặc kết thúc các đơn vị đó trước.",
            [f"{child.code} {child.name}" for child in alive[:20]],
        )
    unit.valid_to = newest.valid_to = last
    newest.save(update_fields=["valid_to"])
    unit.save(update_fields=["valid_to"])


@transaction.atomic
def merge_units(predecessors: Sequence[Unit], *, actor: Any, into: Unit, on: datetime.date, decision: str) -> Unit:
    """Merge n units into one that exists on the day ``on``: new, or one that takes the others in and goes on.

    The predecessors end the day before; :class:`Lineage` keeps who became what. Returns the successor.
    """
    decision = _decision(decision)
    for unit in (*predecessors, into):
        _authorise(actor, unit)
    _lock_tree()
    ending = list({unit.pk: unit for unit in predecessors if unit.pk != into.pk}.values())
    if not ending:
        raise DomainError("Hãy chọn ít nhất một đơn vị được sáp nhập, khác với đơn vị kế thừa.")
    into.refresh_from_db()
    if not into.is_active_on(on) or into.valid_to is not None:
        raise DomainError(f"Đơn vị kế thừa “{into}” không hoạt động từ ngày {on:%d/%m/%Y}. Hãy chọn đơn vị khác.")
    inside = [unit for unit in ending if into.path.startswith(unit.path)]
    if inside:
        raise DomainError(f"“{into}” đang trực thuộc “{inside[0]}”. Hãy chuyển đơn vị kế thừa ra ngoài trước.")
    # From the leaves up, so that a unit and its own parent can go in one decision.
    for unit in sorted(ending, key=lambda row: -row.path.count("/")):
        _close(unit, on)
    Lineage.objects.bulk_create(
        Lineage(predecessor=unit, successor=into, effective_on=on, decision=decision) for unit in ending
    )
    day = f"{on:%d/%m/%Y}"
    audit.record_many(
        [
            {"subject": unit, "action": "merge", "actor": actor, "note": decision,
             "changes": {"successor": [None, str(into)], "effective_on": [None, day]}}
            for unit in ending
        ]
        + [
            {"subject": into, "action": "take_in", "actor": actor, "note": decision,
             "changes": {"predecessors": [None, ", ".join(map(str, ending))], "effective_on": [None, day]}}
        ]
    )  # fmt: skip
    return into


@transaction.atomic
def merge_into_new_unit(
    predecessors: Sequence[Unit],
    *,
    actor: Any,
    code: str,
    name: str,
    kind: UnitKind,
    parent: Unit | None,
    on: datetime.date,
    decision: str,
) -> Unit:
    """Found a unit "on the basis of" at least two others, which end (as in the reorganisation of 1/7/2025)."""
    if len({unit.pk for unit in predecessors}) < 2:
        raise DomainError("Hãy chọn từ hai đơn vị trở lên để nhập thành đơn vị mới.")
    new = create_unit(actor=actor, code=code, name=name, kind=kind, parent=parent, on=on, decision=decision)
    return merge_units(predecessors, actor=actor, into=new, on=on, decision=decision)
