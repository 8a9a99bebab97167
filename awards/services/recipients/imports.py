"""Taking in lists from Excel: recipients, and awards of before the portal. Everything is checked before anything is written;
the same file twice changes nothing."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from awards.models import Award, AwardKind, AwardType, Recipient, RecipientKind
from awards.services.decisions.register import Earlier, enter_earlier_award
from awards.services.recipients.listfile import Column, FileRow, ListFile, choices_of
from awards.services.recipients.register import may_write, save_recipient, writable_units
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from units import access
from units.models import Unit

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"
WORDS = {NEW: "Mới", CHANGED: "Sửa", UNCHANGED: "Không đổi"}
_UNIT = Column("Mã đơn vị", "unit", 14, "Để trống: đơn vị của người nhập.", kind="code")
_KIND = Column("Đối tượng", "kind", 14, "Để trống: Cá nhân.", "choice", choices_of(RecipientKind.choices))
_NAME = Column("Họ tên, tên tập thể, chủ hộ", "name", 32, required=True)
_POST = Column("Chức vụ, nghề nghiệp", "post", 26)

RECIPIENT_FILE = ListFile(
    "Cách điền danh sách tập thể, cá nhân",
    (
        _UNIT,
        _NAME,
        _KIND,
        _POST,
        Column("Giới tính", "sex", 12, "", "choice", choices_of(Recipient.Sex.choices)),
        Column("Lãnh đạo, quản lý", "is_leader", 12, "Ghi x nếu đúng.", "flag"),
        Column("Diện Ban Thường vụ quản lý", "managed_by_btv", 14, "Ghi x nếu đúng.", "flag"),
    ),
)


def award_file() -> ListFile:
    """The columns of earlier awards; the catalogue gives the names of awards."""
    types = AwardType.objects.values_list("code", "name")
    return ListFile(
        "Cách điền khen thưởng đã có",
        (
            _UNIT,
            _NAME,
            _KIND,
            Column(
                "Danh hiệu, hình thức",
                "award_type",
                34,
                "Tên hoặc mã trong danh mục.",
                "choice",
                choices_of(types),
                True,
            ),
            Column("Năm", "year", 8, "Năm của danh hiệu, của thành tích.", "year", required=True),
            Column(
                "Loại khen thưởng", "award_kind", 20, "Để trống: Công trạng.", "choice", choices_of(AwardKind.choices)
            ),
            Column("Quyết định số", "decision_no", 20, required=True, length=60),
            Column("Ngày quyết định", "decided_on", 14, "Ngày/tháng/năm.", "day", required=True),
            Column("Thẩm quyền", "authority", 30, "Để trống: theo danh mục."),
            Column("Thành tích từ ngày", "period_from", 14, "", "day"),
            Column("Thành tích đến ngày", "period_to", 14, "", "day"),
            Column("Nội dung thành tích", "achievement", 40, length=500),
            Column("Chức vụ khi khen thưởng", "post", 26),
            Column("Đơn vị khi khen thưởng", "unit_name", 26, "Để trống: tên đơn vị hiện nay."),
            Column("Số sổ vàng", "gold_book_no", 14, length=30),
        ),
    )


@dataclass
class PlannedRow:
    """What would become of one line."""

    row: FileRow
    unit: Unit | None = None
    state: str = NEW
    existing: Any = None
    recipient: Recipient | None = None
    changes: list[str] = field(default_factory=list)

    @property
    def word(self) -> str:
        return WORDS[self.state]


@dataclass
class ImportPlan:
    """What an import would do; with any of ``findings`` nothing is written."""

    rows: list[PlannedRow]
    findings: list[str] = field(default_factory=list)

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def new(self) -> int:
        return self.count(NEW)

    @property
    def changed(self) -> int:
        return self.count(CHANGED)

    @property
    def unchanged(self) -> int:
        return self.count(UNCHANGED)

    def say(self, planned: PlannedRow, sentence: str) -> None:
        self.findings.append(f"Dòng {planned.row.number}: {sentence}")


def _units_found(plan: ImportPlan, units: Sequence[Unit]) -> None:
    by_code = {unit.code: unit for unit in units}
    only = units[0] if len(units) == 1 else None
    for planned in plan.rows:
        code = planned.row.values["unit"]
        planned.unit = by_code.get(code) if code else only
        if planned.unit is None:
            plan.say(
                planned,
                f"không có đơn vị mã “{code[:40]}” mà bạn được nhập." if code
                else "chưa ghi mã đơn vị; bạn nhập cho nhiều đơn vị nên phải ghi cột “Mã đơn vị”.",
            )  # fmt: skip
        for fault in planned.row.faults:
            plan.say(planned, fault)
        planned.row.values["kind"] = planned.row.values["kind"] or RecipientKind.PERSON


def _identity(unit: int, kind: str, name: str) -> tuple[int, str, str]:
    return unit, kind, search_key(name)


def _known(plan: ImportPlan) -> dict[tuple[int, str, str], list[Recipient]]:
    found: dict[tuple[int, str, str], list[Recipient]] = {}
    units = {planned.unit.pk for planned in plan.rows if planned.unit}
    for row in Recipient.objects.filter(unit__in=units).select_related("unit"):
        found.setdefault(_identity(row.unit_id, row.kind, row.name), []).append(row)
    return found


# --- recipients ------------------------------------------------------------------------------------------------------
_CHANGEABLE = ("post", "sex", "is_leader", "managed_by_btv")


def plan_recipients(rows: Sequence[FileRow], *, actor: Any, day: datetime.date) -> ImportPlan:
    """What the list would add and change; writes nothing. Same unit, kind and name is the same recipient."""
    plan = ImportPlan([PlannedRow(row) for row in rows])
    _units_found(plan, writable_units(actor, day))
    known, seen = _known(plan), {}
    for planned in plan.rows:
        if planned.unit is None or planned.row.faults:
            continue
        values = planned.row.values
        key = _identity(planned.unit.pk, values["kind"], values["name"])
        if key in seen:
            plan.say(planned, f"trùng tên với dòng {seen[key]}.")
            continue
        seen[key] = planned.row.number
        same = known.get(key, [])
        if len(same) > 1:
            plan.say(planned, "đơn vị có nhiều người, tập thể cùng tên; hãy sửa trên trang của từng đối tượng.")
        elif same:
            planned.existing = same[0]
            # An empty cell changes nothing.
            planned.changes = [name for name in _CHANGEABLE if values[name] and getattr(same[0], name) != values[name]]
            planned.state = CHANGED if planned.changes else UNCHANGED
    return plan


@transaction.atomic
def import_recipients(rows: Sequence[FileRow], *, actor: Any, day: datetime.date) -> ImportPlan:
    """Write all or nothing. Raises DomainError with every finding."""
    if not may_write(actor):
        raise PermissionDenied
    _lock_units(writable_units(actor, day))
    plan = plan_recipients(rows, actor=actor, day=day)
    _refuse(plan)
    for planned in plan.rows:
        if planned.state == UNCHANGED or planned.unit is None:
            continue
        values = planned.row.values
        names = planned.changes if planned.existing else ("kind", "name", *_CHANGEABLE)
        save_recipient(
            planned.existing, actor=actor, unit=planned.unit, values={name: values[name] for name in names},
            is_unit=bool(planned.existing and planned.existing.of_unit_id), knows_namesakes=True,
        )  # fmt: skip
    return plan


def _lock_units(units: Sequence[Unit]) -> None:
    """One import of a unit at a time: the same file sent twice at once must not write its rows twice."""
    keys = [unit.pk for unit in units]
    list(Unit.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))


def _refuse(plan: ImportPlan) -> None:
    if plan.findings:
        raise DomainError("Chưa nhập dòng nào: tệp có chỗ cần sửa.", plan.findings)


# --- awards of before the portal -------------------------------------------------------------------------------------
def award_units(actor: Any, day: datetime.date) -> list[Unit]:
    """Units whose earlier awards ``actor`` enters: the register is kept by who manages awards, not by the awarded."""
    return list(access.scope(Unit.objects.on(day), actor, "award.manage").select_related("kind"))


def plan_awards(rows: Sequence[FileRow], *, actor: Any, day: datetime.date) -> ImportPlan:
    """What the list would add to the register of awards; writes nothing. Who is not known yet is added as a recipient."""
    plan = ImportPlan([PlannedRow(row) for row in rows])
    _units_found(plan, award_units(actor, day))
    known = _known(plan)
    types = {row.code: row for row in AwardType.objects.all()}
    everyone = [row.pk for same in known.values() for row in same]
    standing = {
        (row.recipient_id, row.award_type.code, search_key(row.decision_no), row.decided_on): row
        for row in Award.objects.standing().filter(recipient__in=everyone).select_related("award_type")
    }
    seen: dict[Any, int] = {}
    for planned in plan.rows:
        if planned.unit is None or planned.row.faults:
            continue
        values = planned.row.values
        values["award_type"] = types[values["award_type"]] if values["award_type"] in types else values["award_type"]
        who = _identity(planned.unit.pk, values["kind"], values["name"])
        same = known.get(who, [])
        if len(same) > 1:
            plan.say(planned, "đơn vị có nhiều người, tập thể cùng tên; hãy ghi khen thưởng trên trang của người đó.")
            continue
        planned.recipient = same[0] if same else None
        code, number = values["award_type"].code, search_key(values["decision_no"])
        if (
            first := seen.setdefault((who, code, number, values["decided_on"]), planned.row.number)
        ) != planned.row.number:
            plan.say(planned, f"trùng với dòng {first}.")
        elif not values["award_type"].is_for(values["kind"]):
            plan.say(planned, f"{values['award_type']} không dành cho đối tượng này.")
        elif planned.recipient and (planned.recipient.pk, code, number, values["decided_on"]) in standing:
            planned.state = UNCHANGED
    return plan


@transaction.atomic
def import_awards(rows: Sequence[FileRow], *, actor: Any, day: datetime.date) -> ImportPlan:
    """Write all or nothing. Raises DomainError with every finding, e.g. an award that is likely to be there already."""
    if not actor.has_perm("award.manage"):
        raise PermissionDenied
    _lock_units(award_units(actor, day))
    plan = plan_awards(rows, actor=actor, day=day)
    _refuse(plan)
    made: dict[tuple[int, str, str], Recipient] = {}
    for planned in plan.rows:
        if planned.state == UNCHANGED or planned.unit is None:
            continue
        try:
            with transaction.atomic():
                _enter(planned, planned.unit, made, actor, day)
        except DomainError as error:
            for sentence in [error.message, *error.findings]:
                plan.say(planned, sentence)
    _refuse(plan)
    return plan


def _enter(
    planned: PlannedRow, unit: Unit, made: dict[tuple[int, str, str], Recipient], actor: Any, day: datetime.date
) -> None:
    values = planned.row.values
    key = _identity(unit.pk, values["kind"], values["name"])
    recipient = planned.recipient or made.get(key)
    if recipient is None:
        shown = {"kind": values["kind"], "name": values["name"], "post": values["post"]}
        recipient = made[key] = save_recipient(None, actor=actor, unit=unit, values=shown)
    earlier = Earlier(
        award_type=values["award_type"], award_kind=values["award_kind"] or AwardKind.MERIT, year=values["year"],
        authority=values["authority"] or values["award_type"].authority, decision_no=values["decision_no"],
        decided_on=values["decided_on"], name=values["name"], post=values["post"], unit_name=values["unit_name"],
        period_from=values["period_from"], period_to=values["period_to"], achievement=values["achievement"],
        gold_book_no=values["gold_book_no"],
    )  # fmt: skip
    enter_earlier_award(recipient, earlier, actor=actor, today=day)
