"""Rules of a scheme file: reading, checking and writing them, driven by the parameters of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any, cast

from campaigns.scoring import rules as _rules  # noqa: F401  registers the kinds
from campaigns.scoring.bands import BOUND_KEYS, Band, Row
from campaigns.scoring.exact import read_number
from campaigns.scoring.inputs import InputKind
from campaigns.scoring.params import Option, Param, ParamType
from campaigns.scoring.reading import Findings, note_of, short
from campaigns.scoring.rulebase import ROLES, RULE_KINDS, Role, Rule, UnlessInput
from campaigns.scoring.types import input_chain

COMMON_KEYS = ("code", "kind", "label", "role", "cap", "group", "requires", "unless", "input", "verified_only", "source")
NUMERIC_INPUTS = {InputKind.COUNT, InputKind.VALUE, InputKind.SCORE, InputKind.POINTS}


def load_rules(raw_rules: Sequence[object], path: str, findings: Findings) -> tuple[Rule, ...]:
    """The rules of a leaf, with the references between them checked; those that cannot be read are left out."""
    loaded = [_load_rule(raw, path, findings, only=len(raw_rules) == 1) for raw in raw_rules]
    rules = tuple(rule for rule in loaded if rule is not None)
    if len(rules) == len(raw_rules):
        _check_references(rules, path, findings)
    return rules


def rule_path(rule: Rule, leaf_path: str) -> str:
    """A rule without a code is reported at its leaf."""
    return f"{leaf_path}/{rule.code}" if rule.code else leaf_path


def _load_rule(raw: object, leaf_path: str, findings: Findings, *, only: bool) -> Rule | None:
    if not isinstance(raw, Mapping):
        findings.shape(leaf_path, "Mỗi quy tắc phải là một bảng các khóa và giá trị. Hãy sửa lại.")
        return None
    seen = len(findings.errors)
    code = None
    if raw.get("code") is not None or not only:
        code = findings.code(raw, leaf_path, "Quy tắc")
    path = f"{leaf_path}/{code}" if code else leaf_path
    if code:
        findings.claim(code, path)
    kind = raw.get("kind")
    cls = RULE_KINDS.get(kind) if isinstance(kind, str) else None
    if cls is None:
        findings.shape(path, f"Không có loại quy tắc “{short(kind)}”. Hãy chọn một trong: {', '.join(RULE_KINDS)}.")
        return None
    findings.mapping(raw, path, f"Quy tắc {kind}", (*COMMON_KEYS, *(param.file_key for param in cls.params)))
    role = _role(raw, cls, path, findings)
    values: dict[str, Any] = {"role": role or "earn", "code": code, "note": note_of(raw)}
    values["label"] = findings.text(raw, "label", path)
    values["cap"] = findings.number(raw, "cap", path, low=0)
    values["group"] = findings.text(raw, "group", path)
    values["requires"] = _requires(raw, role, path, findings)
    values["unless_input"], values["unless_rules"] = _unless(raw, path, findings)
    values["input"] = findings.text(raw, "input", path)
    values["verified_only"] = findings.flag(raw, "verified_only", path) or False
    values["source"] = _source(raw.get("source"), cls.input_kind, path, findings)
    for param in cls.params:
        values[param.name] = _param(raw, param, role, path, findings)
    if len(findings.errors) > seen and any(
        param.required and values[param.name] in (None, ()) for param in cls.params
    ):
        return None
    rule = cls(**values)
    for problem, message in rule.problems():
        findings.error(path, problem, message)
    return rule


def _role(raw: Mapping[object, object], cls: type[Rule], path: str, findings: Findings) -> Role | None:
    role = raw.get("role")
    if role is None:
        if cls.default_role is None:
            findings.shape(path, f"Quy tắc {cls.kind} phải ghi “role”: {', '.join(ROLES)}.")
        return cls.default_role
    if isinstance(role, str) and role in ROLES:
        return role
    findings.shape(path, f"“role” không nhận {short(role)}. Hãy chọn một trong: {', '.join(ROLES)}.")
    return None


def _param(raw: Mapping[object, object], param: Param, role: Role | None, path: str, findings: Findings) -> object:
    key = param.file_key
    signed = role in (None, "adjust")
    match param.type:
        case ParamType.POINTS:
            value: object = findings.number(raw, key, path, required=param.required, low=None if signed else 0)
        case ParamType.POSITIVE:
            value = findings.number(raw, key, path, required=param.required, above=0)
        case ParamType.NONNEGATIVE:
            value = findings.number(raw, key, path, required=param.required, low=0)
        case ParamType.NUMBER:
            value = findings.number(raw, key, path, required=param.required)
        case ParamType.FLAG:
            value = findings.flag(raw, key, path)
        case ParamType.OPTIONS:
            value = _options(raw.get(key), signed, path, findings)
        case ParamType.BANDS:
            value = _bands(raw.get(key), signed, path, findings)
        case ParamType.ROWS:
            value = _rows(raw.get(key), signed, path, findings)
    return param.default if value is None else value


def _options(raw: object, signed: bool, path: str, findings: Findings) -> tuple[Option, ...]:
    if not isinstance(raw, Mapping) or not raw:
        findings.shape(path, "Quy tắc choice phải có “options” với ít nhất một mức. Hãy bổ sung.")
        return ()
    options = []
    for key, value in raw.items():
        if key == "note" and not isinstance(value, Mapping):
            continue
        if not isinstance(key, str) or not key:
            findings.shape(path, f"Tên mức {short(key)} phải là chữ. Hãy đặt trong dấu nháy.")
            continue
        item = findings.mapping(value, path, f"Mức “{short(key)}”", ("points", "label"))
        if item is not None:
            points = findings.number(item, "points", path, required=True, low=None if signed else 0)
            label = findings.text(item, "label", path)
            if points is not None:
                options.append(Option(key, points, label, note_of(item)))
    if not options:
        findings.shape(path, "Quy tắc choice phải có “options” với ít nhất một mức. Hãy bổ sung.")
    return tuple(options)


def _bands(raw: object, signed: bool, path: str, findings: Findings) -> tuple[Band, ...]:
    if not isinstance(raw, (list, tuple)) or not raw:
        findings.shape(path, "Thiếu “bands”: danh sách các mức, mỗi mức có cận và điểm. Hãy bổ sung.")
        return ()
    bands = []
    for value in raw:
        item = findings.mapping(value, path, "Mức trong “bands”", (*BOUND_KEYS, "points"))
        if item is not None:
            points = findings.number(item, "points", path, required=True, low=None if signed else 0)
            bounds = _bounds(item, path, findings)
            if points is not None and bounds is not None:
                bands.append(Band(**bounds, points=points, note=note_of(item)))
    return tuple(bands) if len(bands) == len(raw) else ()


def _rows(raw: object, signed: bool, path: str, findings: Findings) -> tuple[Row, ...]:
    if not isinstance(raw, (list, tuple)) or not raw:
        findings.shape(path, "Thiếu “rows”: danh sách các hàng, mỗi hàng có cận và “bands”. Hãy bổ sung.")
        return ()
    rows = []
    for value in raw:
        item = findings.mapping(value, path, "Hàng trong “rows”", (*BOUND_KEYS, "bands"))
        if item is not None:
            bands = _bands(item.get("bands"), signed, path, findings)
            bounds = _bounds(item, path, findings)
            if bands and bounds is not None:
                rows.append(Row(**bounds, bands=bands, note=note_of(item)))
    return tuple(rows) if len(rows) == len(raw) else ()


def _bounds(item: Mapping[object, object], path: str, findings: Findings) -> dict[str, Any] | None:
    """The bounds of a band; None when one is there but is no number (null too: a forgotten bound is not "the rest")."""
    bounds: dict[str, Any] = {}
    for key in BOUND_KEYS:
        if key in item:
            number = findings.number(item, key, path, required=True)
            if number is None:
                return None
            bounds[key] = number
    return bounds


def _requires(raw: Mapping[object, object], role: Role | None, path: str, findings: Findings) -> object:
    value = raw.get("requires")
    if value is None:
        return None
    if value == "full_base":
        if role not in (None, "bonus"):
            findings.shape(path, "“requires: full_base” chỉ dùng cho điểm thưởng (role: bonus).")
        return value
    if isinstance(value, (list, tuple)) and value:
        return findings.texts(raw, "requires", path)
    findings.shape(path, "“requires” chỉ nhận full_base hoặc danh sách mã quy tắc, ví dụ [a1, a2].")
    return None


def _unless(
    raw: Mapping[object, object], path: str, findings: Findings
) -> tuple[UnlessInput | None, tuple[str, ...]]:
    value = raw.get("unless")
    if value is None:
        return None, ()
    if isinstance(value, Mapping):
        item = findings.mapping(value, path, "“unless”", ("code", "label")) or {}
        code = findings.code(item, path, "“unless”")
        label = findings.text(item, "label", path)
        if code is None:
            return None, ()
        findings.claim(code, path)
        return UnlessInput(code, label, note_of(item)), ()
    if isinstance(value, (list, tuple)) and value:
        return None, findings.texts(raw, "unless", path)
    findings.shape(path, "“unless” chỉ nhận {code, label} hoặc danh sách mã quy tắc.")
    return None, ()


_SOURCES = {
    "indicator": ("indicator", "of"),
    "reports": ("reports", "form", "days", "working_days"),
    "models": ("models", "level"),
}
_SOURCE_VALUES = {
    "reports": ("late", "missing", "early"),
    "models": ("registered", "newly_registered", "recognised", "effective", "replicated"),
}


def _source(raw: object, kind: InputKind, path: str, findings: Findings) -> Mapping[str, object] | None:
    if raw is None:
        return None
    if kind is InputKind.MATRIX:
        item = findings.mapping(raw, path, "“source” của bảng hai chiều", ("row", "column"))
        if item is None:
            return None
        parts = {key: _one_source(item.get(key), path, findings) for key in ("row", "column")}
        return _with_note({key: part for key, part in parts.items() if part is not None}, item)
    return _one_source(raw, path, findings)


def _one_source(raw: object, path: str, findings: Findings) -> Mapping[str, object] | None:
    names = [name for name in _SOURCES if isinstance(raw, Mapping) and name in raw]
    if len(names) != 1:
        findings.shape(path, "“source” phải có đúng một trong: indicator, reports, models. Hãy sửa lại.")
        return None
    item = findings.mapping(raw, path, "“source”", _SOURCES[names[0]]) or {}
    source: dict[str, object] = {}
    for key in _SOURCES[names[0]]:
        if key in ("days", "working_days"):
            days = findings.number(item, key, path, low=0, whole=True)
            source |= {} if days is None else {key: int(days)}
        else:
            text = findings.text(item, key, path, required=key == names[0])
            source |= {} if text is None else {key: text}
    if "days" in source and "working_days" in source:
        findings.shape(path, "“source” chỉ ghi một trong “days” và “working_days”.")
    allowed = _SOURCE_VALUES.get(names[0])
    if allowed and names[0] in source and source[names[0]] not in allowed:
        findings.shape(path, f"“{names[0]}” chỉ nhận: {', '.join(allowed)}.")
    return _with_note(source, item)


def _with_note(source: dict[str, object], item: Mapping[object, object]) -> dict[str, object]:
    return source | present({"note": note_of(item)})


def _check_references(rules: tuple[Rule, ...], leaf_path: str, findings: Findings) -> None:
    by_code = {rule.code: rule for rule in rules if rule.code}
    groups = Counter(rule.group for rule in rules)
    linked = all(rule.input is None or rule.input in by_code for rule in rules)
    for rule in rules:
        path = rule_path(rule, leaf_path)
        required = rule.requires if isinstance(rule.requires, tuple) else ()
        named = (("requires", required), ("unless", rule.unless_rules), ("input", (rule.input,) if rule.input else ()))
        for key, codes in named:
            for code in codes:
                if code not in by_code:
                    findings.error(path, "unknown_reference",
                                   f"“{key}” nêu mã “{short(code)}” không có trong tiêu chí này. Hãy sửa mã.")
                elif code == rule.code:
                    findings.shape(path, f"“{key}” không được nêu chính quy tắc này. Hãy nêu quy tắc khác.")
        if rule.group is not None and groups[rule.group] == 1:
            findings.error(path, "unknown_reference",
                           f"Nhóm “{short(rule.group)}” chỉ có một quy tắc. Hãy bỏ “group” hoặc thêm quy tắc cùng nhóm.")
        if linked and rule.input and rule.input != rule.code:
            _check_input(rule, by_code, path, findings)


def _check_input(rule: Rule, by_code: Mapping[str, Rule], path: str, findings: Findings) -> None:
    rules = cast("Mapping[str | None, Rule]", by_code)
    chain = input_chain(rule, rules)
    owner = chain[-1]
    if owner.input is not None:
        findings.shape(path, "Các “input” trỏ vòng quanh hoặc quá dài. Hãy trỏ thẳng đến quy tắc nhận số liệu.")
    elif owner.input_kind is not rule.input_kind and not {owner.input_kind, rule.input_kind} <= NUMERIC_INPUTS:
        findings.shape(path, f"“input” đọc số liệu của quy tắc {owner.kind}, quy tắc {rule.kind} không dùng được.")


def dump_rule(rule: Rule) -> dict[str, object]:
    """The rule as in the file, defaults left out."""
    data: dict[str, object] = {"code": rule.code, "kind": rule.kind}
    data["role"] = None if rule.role == rule.default_role else rule.role
    data["label"] = rule.label
    for param in rule.params:
        value = getattr(rule, param.name)
        if param.required or value != param.default:
            data[param.file_key] = _dump_value(value)
    data |= {"cap": rule.cap, "group": rule.group, "input": rule.input, "source": rule.source, "note": rule.note}
    data["requires"] = list(rule.requires) if isinstance(rule.requires, tuple) else rule.requires
    if rule.unless_input is not None:
        unless = rule.unless_input
        data["unless"] = {"code": unless.code} | present({"label": unless.label, "note": unless.note})
    elif rule.unless_rules:
        data["unless"] = list(rule.unless_rules)
    data["verified_only"] = rule.verified_only or None
    return {key: dump_number(value) for key, value in data.items() if value is not None}


def _dump_value(value: object) -> object:
    if isinstance(value, (Band, Row)):
        names = [item.name for item in fields(value) if item.name not in ("bands", "points", "note")]
        data: dict[str, object] = {name: getattr(value, name) for name in names if getattr(value, name) is not None}
        rest = {"points": value.points} if isinstance(value, Band) else {"bands": _dump_value(value.bands)}
        return {key: dump_number(part) for key, part in (data | rest | present({"note": value.note})).items()}
    if isinstance(value, tuple) and value and isinstance(value[0], Option):
        return {
            option.key: {"points": dump_number(option.points)} | present({"label": option.label, "note": option.note})
            for option in value
        }
    return [_dump_value(item) for item in value] if isinstance(value, tuple) else value


def present(data: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in data.items() if value is not None}


def dump_number(value: object) -> object:
    """Whole decimals as int, others as text, exactly."""
    if isinstance(value, Decimal):
        exact = read_number(value)
        if exact is None:
            return str(value)
        return int(exact) if exact == exact.to_integral_value() else f"{exact:f}"
    return value
