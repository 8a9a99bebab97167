"""The form of a rule, made from what its class declares (campaigns.scoring.rules): a new kind needs nothing here.

Bands, options and rows are tables of plain inputs with empty lines at the end; an empty line is no line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from campaigns.forms.schemes import Choices, NumberField, RevisionForm, number, optional_number, shown_number, text
from campaigns.scoring import editing
from campaigns.scoring.bands import BOUND_KEYS
from campaigns.scoring.inputs import InputKind
from campaigns.scoring.params import Param, ParamType
from campaigns.scoring.rulebase import ROLE_LABELS, ROLES, RULE_KINDS, Rule
from campaigns.scoring.wording import LEVELS, MODEL_COUNTS, REPORT_COUNTS, SOURCE_TARGET

BOUND_LABELS = {"eq": "Đúng", "ge": "Từ (≥)", "gt": "Trên (>)", "le": "Đến (≤)", "lt": "Dưới (<)"}
EMPTY_LINES = 3
MAX_LINES = 60
NUMERIC = (ParamType.POINTS, ParamType.POSITIVE, ParamType.NONNEGATIVE, ParamType.NUMBER)
SOURCE_KINDS = [
    ("", "Người chấm nhập"),
    ("indicator", "Từ chỉ số báo cáo"),
    ("reports", "Từ việc gửi báo cáo"),
    ("models", "Từ sổ mô hình Dân vận khéo"),
]
SOURCE_TITLES = {
    "indicator": "Chọn chỉ số báo cáo",
    "reports": "Chọn cách đếm báo cáo",
    "models": "Chọn cách đếm mô hình",
}
SOURCE_KEYS = {
    "indicator": ("indicator", "of"),
    "reports": ("reports", "form", "days", "working_days"),
    "models": ("models", "level"),
}


@dataclass(frozen=True)
class Table:
    """A table of inputs for the template. ``columns``: labels; ``lines``: bound fields; ``heading`` of a matrix row."""

    title: str
    columns: list[str]
    lines: list[list[Any]]
    hidden: list[Any]
    heading: list[Any]

    @property
    def heading_lines(self) -> list[list[Any]]:
        return [self.heading]

    @property
    def heading_columns(self) -> list[str]:
        return [str(bound.label) for bound in self.heading]


def kind_choices() -> list[tuple[str, str, str]]:
    """(kind, title, description) of every kind of rule."""
    return [(kind, cls.title_vi, cls.description_vi) for kind, cls in RULE_KINDS.items()]


class RuleForm(RevisionForm):
    """One rule of a criterion. ``sisters``: codes of the leaf's other rules; ``indicators``: code → name."""

    submit_label = "Lưu quy tắc"

    def __init__(
        self,
        *args: Any,
        kind: type[Rule],
        rule: editing.Document,
        sisters: Sequence[str],
        indicators: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.rule, self.sisters = kind, rule, list(sisters)
        self.indicators = dict(indicators)
        self.table_params = [param for param in kind.params if param.type not in (*NUMERIC, ParamType.FLAG)]
        self._add_identity()
        for param in kind.params:
            self._add_param(param)
        self._add_conditions()
        self.source_prefixes = ["row", "column"] if kind.input_kind is InputKind.MATRIX else [""]
        for prefix in self.source_prefixes:
            self._add_source(prefix)
        self.fields["note"] = text("Ghi chú", 4000, rows=2)
        self.initial.setdefault("note", rule.get("note") or "")

    # --- fields

    def _add(self, name: str, field: forms.Field, initial: Any) -> None:
        self.fields[name] = field
        self._speak_vietnamese(field)
        self.initial.setdefault(name, initial)

    def _add_identity(self) -> None:
        rule = self.rule
        hint = "Duy nhất trong bảng. Có thể để trống khi tiêu chí chỉ có một quy tắc."
        self._add("code", text("Mã quy tắc", 60, hint=hint), rule.get("code") or "")
        self._add("label", text("Nội dung tính điểm", 500, rows=2), rule.get("label") or "")
        usual = self.kind.default_role
        choices: Choices = [] if usual else [("", "(chọn)")]
        choices += [(role, ROLE_LABELS[role].capitalize()) for role in ROLES]
        self._add("role", forms.ChoiceField(label="Điểm này là", choices=choices), rule.get("role") or usual or "")

    def _add_param(self, param: Param) -> None:
        raw = self.rule.get(param.file_key)
        if param.type in NUMERIC:
            default = "" if raw is not None or param.default is None else shown_number(param.default)
            field = NumberField(label=param.label, required=param.required)
            self._add(param.name, field, shown_number(raw) or default)
        elif param.type is ParamType.FLAG:
            self._add(param.name, forms.BooleanField(label=param.label, required=False), bool(raw or param.default))
        elif param.type is ParamType.BANDS:
            self._add_bands("bands", raw if isinstance(raw, list) else [])
        elif param.type is ParamType.OPTIONS:
            self._add_options(raw if isinstance(raw, dict) else {})
        else:
            self._add_rows(raw if isinstance(raw, list) else [])

    def _count(self, prefix: str, stored: int) -> int:
        """Lines of the table ``prefix``: those sent, else those stored and some empty ones."""
        if not self.is_bound:
            return stored + EMPTY_LINES
        sent = [name[len(prefix) + 1 :].partition("-")[0] for name in self.data if name.startswith(f"{prefix}-")]
        return min(max((int(part) + 1 for part in sent if part.isdecimal() and len(part) < 4), default=0), MAX_LINES)

    def _add_bounds(self, prefix: str, raw: Mapping[str, Any]) -> None:
        for key in BOUND_KEYS:
            self._add(f"{prefix}-{key}", optional_number(BOUND_LABELS[key]), shown_number(raw.get(key)))
        note = forms.CharField(required=False, widget=forms.HiddenInput)
        self._add(f"{prefix}-note", note, raw.get("note") or "")

    def _add_bands(self, prefix: str, raw: list[Any]) -> None:
        for index in range(self._count(prefix, len(raw))):
            band = raw[index] if index < len(raw) else {}
            self._add_bounds(f"{prefix}-{index}", band)
            self._add(f"{prefix}-{index}-points", optional_number("Điểm"), shown_number(band.get("points")))

    def _add_options(self, raw: Mapping[str, Any]) -> None:
        stored = [(key, value) for key, value in raw.items() if isinstance(value, dict)]
        for index in range(self._count("options", len(stored))):
            key, option = stored[index] if index < len(stored) else ("", {})
            self._add(f"options-{index}-key", text("Mã mức", 60), key)
            self._add(f"options-{index}-label", text("Nội dung mức", 500), option.get("label") or "")
            self._add(f"options-{index}-points", optional_number("Điểm"), shown_number(option.get("points")))
            note = forms.CharField(required=False, widget=forms.HiddenInput)
            self._add(f"options-{index}-note", note, option.get("note") or "")

    def _add_rows(self, raw: list[Any]) -> None:
        for index in range(self._count("rows", len(raw))):
            row = raw[index] if index < len(raw) else {}
            self._add_bounds(f"rows-{index}", row)
            self._add_bands(f"rows-{index}-bands", row.get("bands") or [])

    def _add_conditions(self) -> None:
        rule, requires, unless = self.rule, self.rule.get("requires"), self.rule.get("unless")
        self._add("cap", optional_number("Điểm tối đa của quy tắc"), shown_number(rule.get("cap")))
        hint = "Các quy tắc cùng tên nhóm: chỉ tính quy tắc được nhiều điểm nhất."
        self._add("group", text("Nhóm", 60, hint=hint), rule.get("group") or "")
        full = forms.BooleanField(label="Chỉ thưởng khi đạt đủ điểm chuẩn và không bị trừ", required=False)
        self._add("full_base", full, requires == "full_base")
        own = unless if isinstance(unless, dict) else {}
        label = "Câu hỏi loại trừ (có thì không tính quy tắc này)"
        self._add("unless_label", text(label, 300, hint="Ví dụ: đơn vị tự phát hiện và xử lý."), own.get("label") or "")
        self._add("unless_code", text("Mã của câu hỏi loại trừ", 60), own.get("code") or "")
        if self.sisters:
            choices = [(code, code) for code in self.sisters]
            for name, label, chosen in (
                ("requires", "Chỉ tính khi có điểm ở", requires),
                ("unless_rules", "Không tính khi đã có điểm ở", unless),
            ):
                field = forms.MultipleChoiceField(
                    label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
                )
                self._add(name, field, chosen if isinstance(chosen, list) else [])
            reads = forms.ChoiceField(
                label="Dùng chung số liệu với quy tắc", required=False, choices=[("", "(số liệu riêng)"), *choices]
            )
            self._add("input", reads, rule.get("input") or "")
        later = forms.BooleanField(label="Chỉ nhập khi thẩm định, đơn vị không tự chấm", required=False)
        self._add("verified_only", later, bool(rule.get("verified_only")))

    def _add_source(self, prefix: str) -> None:
        raw = self._raw_source(prefix)
        kind = next((key for key, _ in SOURCE_KINDS if key and key in raw), "")
        codes = dict(self.indicators)
        for code in (raw.get("indicator"), raw.get("of")):
            if code and code != SOURCE_TARGET:
                codes.setdefault(code, "chưa có trong danh mục")
        known = [(code, f"{name} ({code})") for code, name in codes.items()]
        levels = {**LEVELS, **({raw["level"]: raw["level"]} if raw.get("level") else {}), **LEVELS}
        parts: dict[str, tuple[forms.Field, Any]] = {
            "kind": (forms.ChoiceField(label="Số liệu lấy từ", required=False, choices=SOURCE_KINDS), kind),
            "indicator": (_choice("Chỉ số", known), raw.get("indicator", "")),
            "of": (_choice("So với", [(SOURCE_TARGET, "Chỉ tiêu trong giao ước"), *known]), raw.get("of", "")),
            "reports": (_choice("Đếm", list(REPORT_COUNTS.items())), raw.get("reports", "")),
            "form": (text("Mẫu báo cáo", 60), raw.get("form", "")),
            "days": (forms.IntegerField(label="Từ bao nhiêu ngày", required=False, min_value=0), raw.get("days")),
            "working_days": (
                forms.IntegerField(label="Từ bao nhiêu ngày làm việc", required=False, min_value=0),
                raw.get("working_days"),
            ),
            "models": (_choice("Đếm", list(MODEL_COUNTS.items())), raw.get("models", "")),
            "level": (_choice("Cấp công nhận", list(levels.items())), raw.get("level", "")),
        }
        for name, (field, initial) in parts.items():
            self._add(_source_name(prefix, name), field, initial)

    def _raw_source(self, prefix: str) -> dict[str, Any]:
        source = self.rule.get("source") or {}
        return (source.get(prefix) or {}) if prefix else source

    # --- for the template

    def main_fields(self) -> list[Any]:
        names = [param.name for param in self.kind.params if param.type in (*NUMERIC, ParamType.FLAG)]
        return [self[name] for name in ("code", "label", "role", *names)]

    def condition_fields(self) -> list[Any]:
        names = ("cap", "group", "full_base", "requires", "unless_label", "unless_code", "unless_rules", "input")
        return [self[name] for name in (*names, "verified_only", "note") if name in self.fields]

    @property
    def has_conditions(self) -> bool:
        return any(
            self.rule.get(key) for key in ("cap", "group", "requires", "unless", "input", "verified_only", "note")
        )

    def sources(self) -> list[tuple[str, Any, list[tuple[str, bool, list[Any]]]]]:
        """(title, the choice, (title, whether it is the chosen one, its fields) of each kind) of every input."""
        titles = {"": "Số liệu lấy từ đâu", "row": "Số liệu của hàng", "column": "Số liệu của cột"}
        found = []
        for prefix in self.source_prefixes:
            chosen = self[_source_name(prefix, "kind")]
            groups = [
                (SOURCE_TITLES[kind], chosen.value() == kind, [self[_source_name(prefix, name)] for name in names])
                for kind, names in SOURCE_KEYS.items()
            ]
            found.append((titles[prefix], chosen, groups))
        return found

    def tables(self) -> list[Table]:
        found = []
        for param in self.table_params:
            if param.type is ParamType.OPTIONS:
                found.append(self._table(param.label, "options", ["key", "label", "points"]))
            elif param.type is ParamType.BANDS:
                found.append(self._table(param.label, "bands", [*BOUND_KEYS, "points"]))
            else:
                for index in range(self._lines("rows")):
                    found.append(self._matrix_row(index))
        return found

    def _lines(self, prefix: str) -> int:
        last = {"options": "key"}.get(prefix, "ge")
        index = 0
        while f"{prefix}-{index}-{last}" in self.fields:
            index += 1
        return index

    def _table(self, title: str, prefix: str, columns: list[str], heading: Sequence[Any] = ()) -> Table:
        count = range(self._lines(prefix))
        lines = [[self[f"{prefix}-{index}-{name}"] for name in columns] for index in count]
        labels = [str(bound.label) for bound in lines[0]] if lines else []
        return Table(title, labels, lines, [self[f"{prefix}-{index}-note"] for index in count], list(heading))

    def _matrix_row(self, index: int) -> Table:
        heading = [self[f"rows-{index}-{key}"] for key in BOUND_KEYS]
        table = self._table(f"Hàng {index + 1}", f"rows-{index}-bands", [*BOUND_KEYS, "points"], heading)
        table.hidden.append(self[f"rows-{index}-note"])
        return table

    # --- what was typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for param in self.table_params:
            prefix = param.name
            if param.required and not self._table_value(param) and not self.errors:
                first = {"options": "options-0-key", "rows": "rows-0-ge", "bands": "bands-0-points"}[prefix]
                self.add_error(first if first in self.fields else None, "Hãy điền ít nhất một dòng.")
        for name in [name for name in self.fields if name.endswith("-points")]:
            line = name.removesuffix("points")
            filled = any(data.get(f"{line}{key}") not in (None, "") for key in (*BOUND_KEYS, "key", "label"))
            if filled and data.get(name) is None and name not in self.errors:
                self.add_error(name, "Hãy điền điểm của dòng này.")
        for prefix in self.source_prefixes:
            kind = data.get(_source_name(prefix, "kind"))
            if kind and not data.get(_source_name(prefix, kind)):
                self.add_error(_source_name(prefix, kind), "Hãy chọn một mục.")
        if data.get("unless_label") and not data.get("unless_code"):
            self.add_error("unless_code", "Hãy đặt mã cho câu hỏi loại trừ.")
        return data

    def document(self) -> editing.Document:
        """The rule as in the file, in the order of the file."""
        data = self.cleaned_data
        rule: dict[str, Any] = {"code": data["code"], "kind": self.kind.kind}
        rule["role"] = None if data["role"] == self.kind.default_role else data["role"]
        rule["label"] = data["label"]
        for param in self.kind.params:
            rule[param.file_key] = self._param_value(param)
        rule |= {"cap": number(data["cap"]), "group": data["group"], "input": data.get("input")}
        rule |= {"source": self._source_document(), "note": data["note"]}
        rule["requires"] = "full_base" if data["full_base"] else data.get("requires")
        rule["unless"] = self._unless_document() or data.get("unless_rules")
        rule["verified_only"] = data["verified_only"] or None
        return {key: value for key, value in rule.items() if value not in (None, "", [], {})}

    def _param_value(self, param: Param) -> Any:
        if param.type in NUMERIC:
            value = self.cleaned_data[param.name]
            return None if not param.required and value == param.default else number(value)
        if param.type is ParamType.FLAG:
            return self.cleaned_data[param.name] or None
        return self._table_value(param)

    def _table_value(self, param: Param) -> Any:
        if param.type is ParamType.BANDS:
            return self._bands("bands")
        if param.type is ParamType.ROWS:
            rows = [(self._bounds(f"rows-{i}"), self._bands(f"rows-{i}-bands"), i) for i in range(self._lines("rows"))]
            return [bounds | {"bands": bands} | self._note(f"rows-{i}") for bounds, bands, i in rows if bounds or bands]
        options = {}
        for index in range(self._lines("options")):
            key = self.cleaned_data.get(f"options-{index}-key")
            if key:
                label = self.cleaned_data.get(f"options-{index}-label")
                option = {"points": number(self.cleaned_data.get(f"options-{index}-points"))}
                options[key] = option | ({"label": label} if label else {}) | self._note(f"options-{index}")
        return options

    def _bands(self, prefix: str) -> list[dict[str, Any]]:
        found = []
        for index in range(self._lines(prefix)):
            bounds = self._bounds(f"{prefix}-{index}")
            points = self.cleaned_data.get(f"{prefix}-{index}-points")
            if bounds or points is not None:
                found.append(bounds | {"points": number(points)} | self._note(f"{prefix}-{index}"))
        return found

    def _bounds(self, prefix: str) -> dict[str, Any]:
        typed = {key: self.cleaned_data.get(f"{prefix}-{key}") for key in BOUND_KEYS}
        return {key: number(value) for key, value in typed.items() if value is not None}

    def _note(self, prefix: str) -> dict[str, str]:
        note = self.cleaned_data.get(f"{prefix}-note")
        return {"note": note} if note else {}

    def _unless_document(self) -> dict[str, Any] | None:
        if not self.cleaned_data["unless_code"]:
            return None
        old = self.rule.get("unless")
        parts = {"code": self.cleaned_data["unless_code"], "label": self.cleaned_data["unless_label"]}
        parts["note"] = old.get("note") if isinstance(old, dict) else None
        return {key: value for key, value in parts.items() if value}

    def _source_document(self) -> dict[str, Any] | None:
        found = {prefix: self._one_source(prefix) for prefix in self.source_prefixes}
        if "" in found:
            return found[""]
        parts = {prefix: source for prefix, source in found.items() if source}
        note = (self.rule.get("source") or {}).get("note")
        return parts and (parts | ({"note": note} if note else {}))

    def _one_source(self, prefix: str) -> dict[str, Any] | None:
        kind = self.cleaned_data[_source_name(prefix, "kind")]
        keys = SOURCE_KEYS.get(kind, ())
        values = {key: self.cleaned_data[_source_name(prefix, key)] for key in keys}
        source = {key: value for key, value in values.items() if value not in (None, "")}
        note = self._raw_source(prefix).get("note")
        return (source and (source | ({"note": note} if note else {}))) or None


def _source_name(prefix: str, name: str) -> str:
    return "_".join(filter(None, ("source", prefix, name)))


def _choice(label: str, choices: Choices) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", "(không)"), *choices])
