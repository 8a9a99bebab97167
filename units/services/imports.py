"""Taking in many units at once: everything is checked before anything is written; the same file twice changes nothing."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from units.kinds import STANDARD_KINDS, ensure_kind
from units.models import Unit, UnitKind, UnitVersion
from units.services.unitfile import UnitFile, UnitRow

MAX_LEVELS = 12  # keeps Unit.path within its column


@dataclass
class ImportPlan:
    """What an import would do. ``findings`` are sentences with their place; with any of them nothing is written."""

    new: list[UnitRow] = field(default_factory=list)
    unchanged: int = 0
    kinds: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


class _Planner:
    def __init__(self, file: UnitFile, under: str | None, default_from: datetime.date | None) -> None:
        self.file, self.under, self.default_from = file, under, default_from
        self.known = {unit.code: unit for unit in Unit.objects.select_related("kind", "parent")}
        self.kinds = {kind.code: kind for kind in UnitKind.objects.all()}
        self.plan = ImportPlan()
        self.seen: dict[str, UnitRow] = {}

    def say(self, row: UnitRow, sentence: str) -> None:
        shown = f" ({row.code})" if row.code and row.code not in row.place else ""
        self.plan.findings.append(f"{row.place[:1].upper()}{row.place[1:]}{shown}: {sentence}")

    def run(self) -> ImportPlan:
        if self.under is not None and self.under not in self.known:
            raise DomainError(f"Không có đơn vị mã “{self.under}” để đặt các đơn vị mới vào dưới.")
        for kind in self.file.kinds:
            self.new_kind(kind)
        for row in self.file.rows:
            self.check_row(row)
        for row in self.file.rows:
            self.check_parent(row)
        self.check_circles()
        for row in self.plan.new:
            self.check_parent_days(row)
        return self.plan

    def new_kind(self, data: dict[str, Any]) -> None:
        code = data["code"]
        if code not in self.kinds:
            self.kinds[code] = UnitKind(code=code, **_kind_fields(data))
            self.plan.kinds.append(code)

    def kind_of(self, text: str) -> UnitKind | None:
        """By code, then by name without regard to marks and capitals, then from the standard table."""
        if text in self.kinds:
            return self.kinds[text]
        key = search_key(text)
        for kind in self.kinds.values():
            if search_key(kind.name) == key:
                return kind
        for code, fields in STANDARD_KINDS.items():
            if text == code or search_key(fields["name"]) == key:
                self.kinds[code] = UnitKind(code=code, **fields)
                self.plan.kinds.append(code)
                return self.kinds[code]
        return None

    def check_row(self, row: UnitRow) -> None:
        for fault in row.faults:
            self.say(row, fault)
        if row.faults:
            return
        row.parent = row.parent or (self.under if row.code != self.under else None)
        row.valid_from = row.valid_from or self.default_from
        if not row.code or len(row.code) > 35 or " " in row.code:
            self.say(row, "mã đơn vị phải có 1 đến 35 ký tự, không dấu cách.")
        elif row.code in self.seen:
            self.say(row, f"mã này đã có ở {self.seen[row.code].place}.")
        self.seen.setdefault(row.code, row)
        if not row.name or len(row.name) > 150:
            self.say(row, "tên đơn vị phải có 1 đến 150 ký tự.")
        if len(row.decision) > 200:
            self.say(row, "căn cứ dài quá 200 ký tự.")
        kind = self.kind_of(row.kind)
        if kind is None:
            self.say(row, f"không có loại đơn vị “{row.kind}”. Các loại: {', '.join(sorted(STANDARD_KINDS))}.")
            return
        row.kind = kind.code
        if row.code in self.known:
            self.compare(row, self.known[row.code])
            return
        self.plan.new.append(row)
        if row.valid_from is None:
            self.say(row, "thiếu ngày thành lập (mục “from”, cột “Từ ngày” hoặc tùy chọn --from).")
        elif row.valid_to is not None and row.valid_to < row.valid_from:
            self.say(row, "ngày kết thúc phải sau ngày thành lập.")
        elif kind.valid_from > row.valid_from or (
            kind.valid_to and kind.valid_to < (row.valid_to or datetime.date.max)
        ):
            self.say(row, f"loại “{kind}” chỉ có từ {kind.valid_from:%d/%m/%Y}{_until(kind)}.")

    def compare(self, row: UnitRow, unit: Unit) -> None:
        """A unit that is there already is never changed by a file: changes need a day and a decision."""
        before = len(self.plan.findings)
        if row.name != unit.name:
            self.say(
                row, f"đơn vị này đang có tên “{unit.name}”. Hãy dùng “Đổi tên” với ngày và quyết định, không nạp đè."
            )
        if row.kind != unit.kind.code:
            self.say(
                row, f"đơn vị này đang là loại “{unit.kind}”. Hãy dùng “Đổi tên, đổi loại” với ngày và quyết định."
            )
        if row.parent is not None and (unit.parent is None or row.parent != unit.parent.code):
            self.say(row, f"đơn vị này đang trực thuộc “{unit.parent or '(không có)'}”. Hãy dùng “Chuyển cấp trên”.")
        if row.valid_to is not None and row.valid_to != unit.valid_to:
            self.say(row, "ngày kết thúc khác với dữ liệu đang có. Hãy dùng “Kết thúc hoạt động” với quyết định.")
        self.plan.unchanged += len(self.plan.findings) == before

    def check_parent(self, row: UnitRow) -> None:
        if row.parent is not None and row.parent not in self.seen and row.parent not in self.known:
            self.say(row, f"không có đơn vị cấp trên mã “{row.parent}” trong tệp cũng như trên cổng.")

    def check_circles(self) -> None:
        for row in self.plan.new:
            chain, above = {row.code}, row.parent
            while above in self.seen and above not in chain and len(chain) <= MAX_LEVELS:
                chain.add(above)
                above = self.seen[above].parent
            top = self.known.get(above or "")
            if above in chain:
                self.say(row, "cấp trên nối thành vòng tròn.")
            elif len(chain) + (top.path.count("/") if top else 0) > MAX_LEVELS:
                self.say(row, f"cây đơn vị sâu quá {MAX_LEVELS} cấp.")

    def check_parent_days(self, row: UnitRow) -> None:
        parent: Any = self.known.get(row.parent or "") or self.seen.get(row.parent or "")
        if parent is None or row.valid_from is None or parent.valid_from is None:
            return
        if row.valid_from < parent.valid_from:
            self.say(row, f"thành lập trước đơn vị cấp trên “{parent.name}” ({parent.valid_from:%d/%m/%Y}).")
        if parent.valid_to is not None and (row.valid_to is None or row.valid_to > parent.valid_to):
            self.say(row, f"còn hoạt động sau khi cấp trên “{parent.name}” kết thúc ({parent.valid_to:%d/%m/%Y}).")


def _until(kind: UnitKind) -> str:
    return f" đến {kind.valid_to:%d/%m/%Y}" if kind.valid_to else ""


def _kind_fields(data: dict[str, Any]) -> dict[str, Any]:
    fields = {"name": data["name"], "order": data.get("order", 0), "is_organ": data.get("is_organ", False)}
    if data.get("from"):
        fields["valid_from"] = data["from"]
    return fields | {"valid_to": data.get("to")}


def plan_import(file: UnitFile, *, under: str | None = None, default_from: datetime.date | None = None) -> ImportPlan:
    """Check every row and say what would happen; writes nothing."""
    return _Planner(file, under, default_from).run()


@transaction.atomic
def import_units(
    file: UnitFile, *, actor: Any, under: str | None = None, default_from: datetime.date | None = None
) -> ImportPlan:
    """Write the units that are not there yet. Raises DomainError with all findings when a single row is wrong."""
    if actor is not None and not actor.has_perm("unit.manage"):
        raise PermissionDenied
    list(Unit.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    plan = plan_import(file, under=under, default_from=default_from)
    if plan.findings:
        raise DomainError("Chưa nạp đơn vị nào: tệp có chỗ cần sửa.", plan.findings)
    own_kinds = {data["code"]: data for data in file.kinds}
    for code in plan.kinds:
        if code in own_kinds:
            UnitKind.objects.create(code=code, **_kind_fields(own_kinds[code]))
    kinds = {code: ensure_kind(code) for code in {row.kind for row in plan.new}}
    created = _write(plan.new, kinds)
    audit.record_many(
        [
            {"subject": unit, "action": "import", "actor": actor, "note": row.decision,
             "changes": {"valid_from": [None, f"{unit.valid_from:%d/%m/%Y}"]}}
            for unit, row in created
        ]
    )  # fmt: skip
    return plan


def _write(rows: list[UnitRow], kinds: dict[str, UnitKind]) -> list[tuple[Unit, UnitRow]]:
    """Level by level, because a path needs the key of the parent; a handful of statements per level."""
    units = {unit.code: unit for unit in Unit.objects.filter(code__in={row.parent for row in rows if row.parent})}
    waiting, written = list(rows), []
    while waiting:
        level = [row for row in waiting if row.parent is None or row.parent in units]
        waiting = [row for row in waiting if not (row.parent is None or row.parent in units)]
        fresh = [_unit(row, kinds[row.kind], units.get(row.parent or "")) for row in level]
        Unit.objects.bulk_create(fresh, batch_size=100)
        for unit in fresh:
            unit.path = f"{unit.parent.path if unit.parent else '/'}{unit.pk}/"
        Unit.objects.bulk_update(fresh, ["path"], batch_size=200)
        written += zip(fresh, level, strict=True)
        units |= {unit.code: unit for unit in fresh}
    UnitVersion.objects.bulk_create(
        [
            UnitVersion(
                unit=unit, name=unit.name, kind=unit.kind, parent=unit.parent, valid_from=unit.valid_from,
                valid_to=unit.valid_to, reason=row.decision,
            )
            for unit, row in written
        ],
        batch_size=100,
    )  # fmt: skip
    return written


def _unit(row: UnitRow, kind: UnitKind, parent: Unit | None) -> Unit:
    unit = Unit(
        code=row.code, name=row.name, kind=kind, parent=parent, valid_from=row.valid_from, valid_to=row.valid_to
    )
    unit.set_keys()
    return unit
