"""Indicators as data: plan what a file (or a form) would change, then change it; the whole catalogue as a file.

Form and file go the same way: a set of specs laid over the catalogue, checked as one file (campaigns/indicatorfile.py), so
that what is stored can always be written out and read back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from campaigns.fieldreader import Finding
from campaigns.indicatorfile import (
    Derived,
    GroupSpec,
    IndicatorFile,
    IndicatorSpec,
    Reading,
    dump_indicators,
    read_indicators,
)
from campaigns.models import CampaignIndicator, Indicator, IndicatorGroup
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError

DEFAULT_CATALOGUE = Path(settings.BASE_DIR) / "campaigns" / "data" / "indicators.yaml"
BATCH = 100

# Key of the file → words for people; in the order of the comparison.
LABELS = {
    "group": "nhóm",
    "label": "nhãn ngắn",
    "name": "tên đầy đủ",
    "en": "tên tiếng Anh",
    "measure": "đơn vị tính",
    "kind": "loại",
    "over_time": "theo thời gian",
    "over_units": "theo đơn vị",
    "of": "là một phần của",
    "numerator": "tử số",
    "denominator": "mẫu số",
    "derived": "tự tính từ",
    "ask": "đơn vị tự nhập",
    "scope": "phạm vi",
    "frequency": "tần suất",
    "better": "chiều tốt",
    "decimals": "số chữ số thập phân",
    "chapter": "mục trong văn bản báo cáo",
    "valid_to": "hỏi đến hết ngày",
    "hint": "chỉ dẫn khi nhập",
    "origin": "nguồn gốc",
}
# What figures already reported hang on: a launched campaign that asks the indicator keeps these as they are.
GUARDED = ("measure", "kind", "over_time", "over_units", "of", "numerator", "denominator", "derived", "scope")
_COLUMNS = {"en": "name_en", "of": "part_of"}
_LIMITED = ("code", "label", "name", "en", "measure", "hint")
_WORDS = {
    "kind": dict(Indicator._meta.get_field("kind").choices),
    "over_time": dict(Indicator._meta.get_field("over_time").choices),
    "over_units": dict(Indicator._meta.get_field("over_units").choices),
    "scope": dict(Indicator._meta.get_field("scope").choices),
    "frequency": dict(Indicator._meta.get_field("frequency").choices),
    "better": dict(Indicator._meta.get_field("better").choices),
    "chapter": dict(Indicator._meta.get_field("chapter").choices),
}


@dataclass(frozen=True)
class Change:
    """What would happen to one indicator. ``differences``: (what, before, after) in words."""

    spec: IndicatorSpec
    status: str  # new, changed, unchanged, refused
    differences: tuple[tuple[str, str, str], ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What an import would do. Nothing is written while there are ``findings`` or refused rows."""

    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    new_groups: tuple[GroupSpec, ...] = ()
    changed_groups: tuple[GroupSpec, ...] = ()
    kept: int = 0  # indicators that the file does not name; they stay

    def of(self, status: str) -> list[Change]:
        return [change for change in self.changes if change.status == status]

    @property
    def sentences(self) -> list[str]:
        found = [f"{finding.path}: {finding.message}" if finding.path else finding.message for finding in self.findings]
        return found + [f"indicators.{row.spec.code}: {text}" for row in self.of("refused") for text in row.problems]

    @property
    def may_apply(self) -> bool:
        return not self.sentences

    @property
    def is_empty(self) -> bool:
        return not (self.of("new") or self.of("changed") or self.new_groups or self.changed_groups)


def spec_of(indicator: Indicator, codes: dict[int, str]) -> IndicatorSpec:
    """``indicator`` as in the file; ``codes`` maps primary keys to codes. Its group must be loaded."""
    return IndicatorSpec(
        code=indicator.code,
        group=indicator.group.code,
        label=indicator.label,
        name=indicator.name,
        kind=str(indicator.kind),
        over_time=str(indicator.over_time),
        over_units=str(indicator.over_units),
        en=indicator.name_en,
        measure=indicator.measure,
        of=codes[indicator.part_of_id] if indicator.part_of_id else None,
        numerator=tuple(indicator.numerator),
        denominator=tuple(indicator.denominator),
        derived=Derived(**indicator.derived) if indicator.derived else None,
        ask=indicator.ask,
        scope=str(indicator.scope),
        frequency=str(indicator.frequency),
        better=str(indicator.better) or None,
        decimals=indicator.decimals,
        chapter=str(indicator.chapter) or None,
        valid_to=indicator.valid_to,
        hint=indicator.hint,
        origin=indicator.origin or None,
    )


def catalogue() -> IndicatorFile:
    """All groups and indicators as they are stored."""
    rows = list(Indicator.objects.select_related("group").order_by("group__order", "group__code", "order", "code"))
    codes = {row.pk: row.code for row in rows}
    groups = tuple(
        GroupSpec(group.code, group.title, group.title_en, group.order) for group in IndicatorGroup.objects.all()
    )
    return IndicatorFile(groups, tuple(spec_of(row, codes) for row in rows), title="Danh mục chỉ số báo cáo")


def export_indicators() -> bytes:
    """The catalogue as a file that imports without any change."""
    return dump_indicators(catalogue())


def plan_file(data: bytes) -> Plan:
    """What the file would change. Never raises; a bad file gives findings with their place."""
    reading = read_indicators(data)
    if reading.file is None:
        return Plan(findings=reading.findings)
    return plan_specs(reading.file.groups, reading.file.indicators)


def plan_specs(groups: Sequence[GroupSpec], specs: Sequence[IndicatorSpec]) -> Plan:
    """What storing these specs would change, the rest of the catalogue staying as it is."""
    stored = catalogue()
    merged = _laid_over(stored, groups, specs)
    findings = [*_checked(merged).findings, *_limits(groups, specs)]
    before = {spec.code: spec for spec in stored.indicators}
    asked = set(
        CampaignIndicator.objects.filter(campaign__launched_at__isnull=False).values_list("indicator__code", flat=True)
    )
    old_groups = {group.code: group for group in stored.groups}
    return Plan(
        changes=tuple(_change(before.get(spec.code), spec, spec.code in asked) for spec in specs),
        findings=tuple(findings),
        new_groups=tuple(group for group in groups if group.code not in old_groups),
        changed_groups=tuple(group for group in groups if old_groups.get(group.code, group) != group),
        kept=len(before.keys() - {spec.code for spec in specs}),
    )


def _laid_over(stored: IndicatorFile, groups: Sequence[GroupSpec], specs: Sequence[IndicatorSpec]) -> IndicatorFile:
    all_groups = {group.code: group for group in (*stored.groups, *groups)}
    all_specs = {spec.code: spec for spec in (*stored.indicators, *specs)}
    return IndicatorFile(tuple(all_groups.values()), tuple(all_specs.values()))


def _checked(file: IndicatorFile) -> Reading:
    """The file check on what would be stored."""
    return read_indicators(dump_indicators(file)) if file.indicators else Reading(file, ())


def _limits(groups: Iterable[GroupSpec], specs: Iterable[IndicatorSpec]) -> list[Finding]:
    """Texts longer than their column, and a percentage that units would type."""
    found = []
    for group in groups:
        if len(group.title) > IndicatorGroup._meta.get_field("title").max_length:
            found.append(Finding(f"groups.{group.code}.title", "too_long", "Tên nhóm dài quá 150 ký tự."))
        if len(group.code) > IndicatorGroup._meta.get_field("code").max_length:
            found.append(Finding(f"groups.{group.code}", "too_long", "Mã nhóm dài quá 30 ký tự."))
    for spec in specs:
        for key in _LIMITED:
            limit = Indicator._meta.get_field(_COLUMNS.get(key, key)).max_length
            if len(getattr(spec, key)) > limit:
                path = f"indicators.{spec.code}.{key}"
                found.append(Finding(path, "too_long", f"“{key}” dài quá {limit} ký tự. Hãy viết ngắn lại."))
        if spec.kind == "ratio" and spec.ask:
            path = f"indicators.{spec.code}.ask"
            found.append(
                Finding(path, "ratio_asked", "Tỷ lệ không nhập trực tiếp. Hãy ghi “ask: false” và khai hai số.")
            )
    return found


def _change(old: IndicatorSpec | None, new: IndicatorSpec, is_asked: bool) -> Change:
    if old is None:
        return Change(new, "new")
    differing = [key for key in LABELS if getattr(old, key) != getattr(new, key)]
    if not differing:
        return Change(new, "unchanged")
    differences = tuple((LABELS[key], in_words(old, key), in_words(new, key)) for key in differing)
    guarded = [LABELS[key] for key in differing if key in GUARDED] if is_asked else []
    if guarded:
        problem = (
            f"Phong trào đã phát động đang hỏi chỉ số này nên không đổi được {', '.join(guarded)}. "
            "Hãy lập chỉ số mới với mã khác."
        )
        return Change(new, "refused", differences, (problem,))
    return Change(new, "changed", differences)


def in_words(spec: IndicatorSpec, key: str) -> str:
    """One property for the comparison, as people read it."""
    value = getattr(spec, key)
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, Derived):
        return value.formula or f"sổ mô hình: {value.models}"
    if isinstance(value, tuple):
        value = " + ".join(value)
    if value in (None, ""):
        return "–"
    if hasattr(value, "strftime"):
        return f"{value:%d/%m/%Y}"
    return str(_WORDS.get(key, {}).get(value, value))


@transaction.atomic
def import_indicators(data: bytes, *, actor: Any) -> Plan:
    """Store the file: new codes are added, known ones brought up to date, the others stay. All or nothing."""
    _authorise(actor)
    plan = plan_file(data)
    _apply(plan, actor)
    return plan


@transaction.atomic
def save_indicator(spec: IndicatorSpec, *, actor: Any, is_new: bool) -> Indicator:
    """Store one indicator from the screen. Raises DomainError with findings that begin with their path."""
    _authorise(actor)
    if is_new and Indicator.objects.filter(code=spec.code).exists():
        raise DomainError(f"Mã “{spec.code}” đã có. Hãy đặt mã khác, hoặc sửa chỉ số đang có.")
    _apply(plan_specs((), (spec,)), actor)
    return Indicator.objects.get(code=spec.code)


def _authorise(actor: Any) -> None:
    """``actor`` None is the system (a management command, the demonstration)."""
    if actor is not None and not actor.has_perm("indicator.manage"):
        raise PermissionDenied


def _apply(plan: Plan, actor: Any) -> None:
    if not plan.may_apply:
        raise DomainError("Danh mục chỉ số có lỗi nên chưa nhập gì.", plan.sentences)
    _store_groups((*plan.new_groups, *plan.changed_groups), actor)
    _store([*plan.of("new"), *plan.of("changed")], actor)
    _reorder([change.spec for change in plan.changes])


def _store_groups(groups: Iterable[GroupSpec], actor: Any) -> None:
    for spec in groups:
        group, _ = IndicatorGroup.objects.update_or_create(
            code=spec.code, defaults={"title": spec.title, "title_en": spec.en, "order": spec.order}
        )
        audit.record(group, "import_group", actor=actor)


def _store(changes: Sequence[Change], actor: Any) -> None:
    """Write new and changed rows in a few statements; references between them once all exist."""
    groups = {group.code: group for group in IndicatorGroup.objects.all()}
    stored = Indicator.objects.in_bulk([change.spec.code for change in changes], field_name="code")
    fresh, known = [], []
    for change in changes:
        row = stored.get(change.spec.code)
        (fresh if row is None else known).append(row := row or Indicator(code=change.spec.code))
        _fill(row, change.spec, groups)
    Indicator.objects.bulk_create(fresh, batch_size=BATCH)
    columns = [field.name for field in Indicator._meta.fields if field.name not in ("id", "code", "order", "part_of")]
    Indicator.objects.bulk_update(known, columns, batch_size=BATCH)
    ids = dict(Indicator.objects.values_list("code", "pk"))
    rows = {row.code: row for row in (*fresh, *known)}
    for change in changes:
        rows[change.spec.code].part_of_id = ids[change.spec.of] if change.spec.of else None
    Indicator.objects.bulk_update(rows.values(), ["part_of"], batch_size=BATCH)
    audit.record_many(
        [
            {
                "subject": rows[change.spec.code],
                "action": "create_indicator" if change.status == "new" else "edit_indicator",
                "actor": actor,
                "changes": {what: [before, after] for what, before, after in change.differences},
            }
            for change in changes
        ]
    )


def _fill(row: Indicator, spec: IndicatorSpec, groups: dict[str, IndicatorGroup]) -> None:
    for key in LABELS:
        if key not in ("group", "of", "numerator", "denominator", "derived"):
            value = getattr(spec, key)
            is_text = key in ("better", "chapter", "origin")
            setattr(row, _COLUMNS.get(key, key), (value or "") if is_text else value)
    row.group = groups[spec.group]
    row.numerator, row.denominator = list(spec.numerator), list(spec.denominator)
    row.derived = derived_document(spec.derived)
    row.set_keys()


def derived_document(derived: Derived | None) -> dict[str, str]:
    if derived is None:
        return {}
    parts = {key: getattr(derived, key) for key in ("models", "at", "within", "formula")}
    return {key: value for key, value in parts.items() if value is not None}


def _reorder(specs: Sequence[IndicatorSpec]) -> None:
    """The order of the file inside each group that it names completely; elsewhere new rows go to the end."""
    rows = list(Indicator.objects.select_related("group").only("code", "order", "group__code"))
    place = {spec.code: number for number, spec in enumerate(specs, start=1)}
    changed = []
    for group in {row.group.code for row in rows}:
        own = sorted(
            (row for row in rows if row.group.code == group), key=lambda row: (row.order == 0, row.order, row.code)
        )
        if all(row.code in place for row in own):
            own.sort(key=lambda row: place[row.code])
        for number, row in enumerate(own, start=1):
            if row.order != number:
                row.order = number
                changed.append(row)
    Indicator.objects.bulk_update(changed, ["order"], batch_size=BATCH)


@transaction.atomic
def save_group(group: IndicatorGroup, *, actor: Any) -> IndicatorGroup:
    """Add or rename a heading of the report form."""
    _authorise(actor)
    is_new = group.pk is None
    group.save()
    audit.record(group, "create_group" if is_new else "edit_group", actor=actor)
    return group


def import_default_catalogue(*, actor: Any = None) -> Plan:
    """The catalogue that comes with the portal (campaigns/data/indicators.yaml)."""
    return import_indicators(DEFAULT_CATALOGUE.read_bytes(), actor=actor)
