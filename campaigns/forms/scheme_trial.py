"""The try-out calculator: inputs for one criterion, as many as its rules read."""

from decimal import Decimal
from typing import Any

from django import forms

from campaigns.forms.schemes import NumberField
from campaigns.scoring.entry import Entry, leaf_entries
from campaigns.scoring.inputs import InputKind
from campaigns.scoring.types import Node, Scheme
from dvk_portal.core.forms import PortalForm

YES_NO = [("", "Chưa có số liệu"), ("true", "Có"), ("false", "Không")]
# kind of input → (part, label) of each box; a value may be one number or two.
PARTS: dict[InputKind, tuple[tuple[str, str], ...]] = {
    InputKind.RATIO: (("achieved", "đạt được"), ("target", "chỉ tiêu")),
    InputKind.VALUE: (("value", "giá trị"), ("numerator", "hoặc tử số"), ("denominator", "mẫu số")),
    InputKind.MATRIX: (("row", "giá trị chọn hàng"), ("column", "giá trị chọn cột")),
}


class TrialForm(PortalForm):
    """Sent by GET: trying out leaves nothing behind. ``inputs`` gives what campaigns.scoring.engine reads."""

    submit_label = "Tính thử"

    def __init__(self, *args: Any, scheme: Scheme, leaf: Node, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leaf = leaf
        self.entries = leaf_entries(scheme, leaf.code)
        self.groups: list[tuple[str, list[str]]] = []
        for number, entry in enumerate(self.entries):
            self.groups.append((entry.label, self._add(f"i{number}", entry)))
        if leaf.not_applicable != "forbidden":
            self.fields["na"] = forms.BooleanField(label="Đơn vị không thuộc diện áp dụng", required=False)
        for field in self.fields.values():
            self._speak_vietnamese(field)

    def _add(self, name: str, entry: Entry) -> list[str]:
        label = entry.label if len(entry.label) <= 120 else f"{entry.label[:120]}…"
        if entry.kind is InputKind.FLAG:
            self.fields[name] = forms.ChoiceField(label=label, choices=YES_NO, required=False)
            return [name]
        if entry.kind is InputKind.OPTION:
            choices = [("", "Chưa có số liệu"), *entry.choices]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
            return [name]
        parts = PARTS.get(entry.kind, (("", entry.kind.label),))
        whole = getattr(entry.rule, "whole", False)
        parts = parts[:1] if whole else parts
        for part, words in parts:
            self.fields[f"{name}{part}"] = NumberField(label=f"{label}: {words}", required=False)
        return [f"{name}{part}" for part, _ in parts]

    def fieldsets(self) -> list[tuple[str, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.groups]

    @property
    def na_field(self) -> Any:
        return self["na"] if "na" in self.fields else None

    def inputs(self) -> dict[str, object]:
        if self.cleaned_data.get("na"):
            return {self.leaf.code: "n/a"}
        return {entry.code: self._value(f"i{number}", entry) for number, entry in enumerate(self.entries)}

    def _value(self, name: str, entry: Entry) -> object:
        if entry.kind is InputKind.FLAG:
            return {"true": True, "false": False}.get(self.cleaned_data.get(name, ""))
        if entry.kind is InputKind.OPTION:
            return self.cleaned_data.get(name) or None
        if entry.kind not in PARTS:
            return self.cleaned_data.get(name)
        parts: dict[str, Decimal | None] = {
            part: self.cleaned_data.get(f"{name}{part}") for part, _ in PARTS[entry.kind]
        }
        single = parts.pop("value", None)
        if single is not None:
            return single
        return None if all(part is None for part in parts.values()) else parts
