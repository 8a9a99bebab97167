"""Forms around a scoring table: file, name, publication, the table's own settings, its nodes, gates, classes and ties."""

from decimal import Decimal
from typing import Any

from django import forms

from campaigns.scoring import editing
from campaigns.scoring.exact import ROUNDING_MODES, read_number
from campaigns.scoring.judgefile import PLAIN_TIES
from campaigns.scoring.outline import NOT_APPLICABLE_LABELS, PROVENANCE_LABELS, ROUNDING_LABELS, TIE_LABELS
from campaigns.scoring.rulefile import dump_number
from campaigns.scoring.types import PROVENANCE_KEYS
from campaigns.services.schemes import LIMITS
from dvk_portal.core.forms import DecimalField, PortalForm
from dvk_portal.core.numbers import NumberError, parse_number

Choices = list[tuple[str, str]]


class NumberField(DecimalField):
    """A number of a table, negative too: what a rule forbids is said by the checker, beside the node."""

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        try:
            return parse_number(str(value), allow_negative=True, allow_percent=False)
        except NumberError as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        number = read_number(value)
        return value if number is None or isinstance(value, str) else f"{number:f}".replace(".", ",")


def shown_number(raw: Any) -> str:
    """A number of the document as it is typed."""
    number = read_number(raw)
    return "" if number is None else f"{number:f}".replace(".", ",")


def optional_number(label: str, hint: str = "") -> NumberField:
    return NumberField(label=label, required=False, help_text=hint)


def text(label: str, limit: int, *, required: bool = False, rows: int = 0, hint: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=limit, required=required, widget=widget, help_text=hint)


class SchemeFileForm(PortalForm):
    submit_label = "Kiểm tra tệp"
    file = forms.FileField(
        label="Tệp bảng tiêu chí",
        help_text="Tệp .yaml theo định dạng dvk-scheme/1, tối đa 1 MB. Tệp được kiểm tra trước, chưa lưu ngay.",
    )


class NewSchemeForm(PortalForm):
    submit_label = "Tạo bảng nháp"
    code = text("Mã bảng", LIMITS["code"], required=True, hint="Chung cho mọi phiên bản, ví dụ danvan-xa.")
    version = text("Phiên bản", LIMITS["version"], required=True, hint="Ví dụ 2026.")
    title = text("Tên bảng", LIMITS["title"], required=True)
    base = NumberField(label="Tổng điểm chuẩn", initial="100")


class NewVersionForm(PortalForm):
    submit_label = "Lập phiên bản mới"
    version = text("Phiên bản mới", LIMITS["version"], required=True, hint="Khác các phiên bản đã có, ví dụ 2027.")


class RevisionForm(PortalForm):
    """Base of every editing form: remembers which state of the table the person was looking at, and which part."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    was = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)


class PublishForm(PortalForm):
    submit_label = "Công bố áp dụng"
    revision = forms.IntegerField(widget=forms.HiddenInput)
    typed = forms.CharField(label="Gõ lại mã bảng để xác nhận", widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code
        self.fields["typed"].help_text = f"Gõ đúng: {code}"

    def clean_typed(self) -> str:
        if self.cleaned_data["typed"].strip() != self.code:
            raise forms.ValidationError(f"Chưa đúng mã bảng. Hãy gõ “{self.code}”.")
        return self.code


FLOOR_CHOICES = [
    ("default", "Theo quy định chung (thấp nhất 0; mục 0 điểm thì không giới hạn)"),
    ("none", "Không giới hạn"),
    ("number", "Theo số ghi bên dưới"),
]


class _FloorMixin(forms.Form):
    """The lowest score: the format's own rule, none, or a number."""

    def add_floor(self) -> None:
        self.fields["floor_kind"] = forms.ChoiceField(label="Điểm thấp nhất", choices=FLOOR_CHOICES)
        self.fields["floor"] = optional_number("Số điểm thấp nhất")

    @staticmethod
    def floor_initial(raw: editing.Document) -> dict[str, Any]:
        if "floor" not in raw:
            return {"floor_kind": "default"}
        return {"floor_kind": "none" if raw["floor"] is None else "number", "floor": shown_number(raw["floor"])}

    def floor_value(self) -> Any:
        kind = self.cleaned_data["floor_kind"]
        return editing.DEFAULT if kind == "default" else None if kind == "none" else number(self.cleaned_data["floor"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("floor_kind") == "number" and cleaned.get("floor") is None and "floor" not in self.errors:
            self.add_error("floor", "Hãy ghi số điểm thấp nhất.")
        return cleaned


def number(value: Decimal | None) -> Any:
    """A typed number as it stands in the document."""
    return None if value is None else dump_number(value)


class GeneralForm(_FloorMixin, RevisionForm):
    """What holds for the whole table."""

    submit_label = "Lưu thông tin chung"

    def __init__(self, *args: Any, document: editing.Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document
        self.fields |= {
            "title": text("Tên bảng", LIMITS["title"], required=True),
            "code": text("Mã bảng", LIMITS["code"], required=True),
            "version": text("Phiên bản", LIMITS["version"], required=True),
            "base": NumberField(label="Tổng điểm chuẩn"),
            "step": optional_number("Làm tròn điểm đến", "Ví dụ 0,01. Để trống là 0,01."),
            "mode": forms.ChoiceField(
                label="Cách làm tròn", choices=[(mode, ROUNDING_LABELS[mode]) for mode in ROUNDING_MODES]
            ),
        }
        self.add_floor()
        self.fields |= {
            "ceiling": optional_number("Tổng điểm cao nhất", "Để trống nếu được vượt tổng điểm chuẩn."),
            "bonus_cap": optional_number("Điểm thưởng tối đa toàn bảng"),
            "deduction_cap": optional_number("Điểm trừ tối đa toàn bảng"),
            **{key: text(PROVENANCE_LABELS[key], 2000, rows=2) for key in PROVENANCE_KEYS},
            "note": text("Ghi chú", 4000, rows=2),
        }
        for name, value in self._initial().items():
            self.initial.setdefault(name, value)

    def _initial(self) -> dict[str, Any]:
        document, rounding = self.document, self.document.get("rounding") or {}
        texts = {key: document.get(key) or "" for key in ("title", "code", "version", "note", *PROVENANCE_KEYS)}
        numbers = {key: shown_number(document.get(key)) for key in ("base", "ceiling", "bonus_cap", "deduction_cap")}
        step, mode = shown_number(rounding.get("step")), rounding.get("mode", "half_up")
        return {**texts, **numbers, "step": step, "mode": mode, **self.floor_initial(document)}

    def values(self) -> dict[str, Any]:
        """For editing.set_general."""
        data = self.cleaned_data
        rounding = {**(self.document.get("rounding") or {}), "mode": data["mode"]}
        rounding["step"] = number(data["step"]) if data["step"] is not None else "0.01"
        is_usual = rounding == {"step": "0.01", "mode": "half_up"}
        texts = {key: data[key] or None for key in ("title", "code", "version", "note", *PROVENANCE_KEYS)}
        numbers = {key: number(data[key]) for key in ("base", "ceiling", "bonus_cap", "deduction_cap")}
        return {**texts, **numbers, "rounding": None if is_usual else rounding, "floor": self.floor_value()}


class NodeForm(_FloorMixin, RevisionForm):
    """A section or a criterion, without what lies below it."""

    submit_label = "Lưu mục"

    def __init__(self, *args: Any, node: editing.Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {
            "code": text("Mã", 60, required=True, hint="Duy nhất trong bảng, ví dụ 1.2."),
            "title": text("Nội dung", 2000, required=True, rows=3),
            "max": NumberField(label="Điểm chuẩn", help_text="0 nếu mục chỉ cộng thưởng hoặc trừ điểm."),
            "assessor": text("Bộ phận thẩm định", 150, hint="Để trống nếu theo mục cấp trên."),
            "self_scored": forms.ChoiceField(
                label="Ai chấm",
                required=False,
                choices=[
                    ("", "Theo mục cấp trên"),
                    ("yes", "Đơn vị tự chấm rồi thẩm định"),
                    ("no", "Chỉ cấp trên chấm"),
                ],
            ),
            "evidence": text("Tài liệu kiểm chứng", 8000, rows=3, hint="Mỗi dòng một loại tài liệu."),
            "bonus_cap": optional_number("Điểm thưởng tối đa của mục"),
            "deduction_cap": optional_number("Điểm trừ tối đa của mục"),
        }
        self.add_floor()
        if not node.get("children"):
            self.fields["not_applicable"] = forms.ChoiceField(
                label="Khi đơn vị không thuộc diện áp dụng", choices=list(NOT_APPLICABLE_LABELS.items())
            )
        self.fields["note"] = text("Ghi chú", 4000, rows=2)
        self.node = node
        for name, value in self._initial(node).items():
            self.initial.setdefault(name, value)

    def main_fields(self) -> list[Any]:
        return [self[name] for name in ("code", "title", "max", "assessor", "self_scored", "evidence")]

    def further_fields(self) -> list[Any]:
        names = ("bonus_cap", "deduction_cap", "floor_kind", "floor", "not_applicable", "note")
        return [self[name] for name in names if name in self.fields]

    @property
    def opens_further(self) -> bool:
        """Whether something stands there, or was typed wrong there."""
        keys = ("bonus_cap", "deduction_cap", "floor", "not_applicable", "note")
        return any(key in self.node for key in keys) or any(bound.errors for bound in self.further_fields())

    def _initial(self, node: editing.Document) -> dict[str, Any]:
        own = node.get("self_scored")
        return {
            **{key: node.get(key) or "" for key in ("code", "title", "assessor", "note")},
            **{key: shown_number(node.get(key)) for key in ("max", "bonus_cap", "deduction_cap")},
            "self_scored": "" if own is None else "yes" if own else "no",
            "evidence": "\n".join(node.get("evidence") or ()),
            "not_applicable": node.get("not_applicable", "forbidden"),
            **self.floor_initial(node),
        }

    def values(self) -> dict[str, Any]:
        """For editing.set_node and add_node."""
        data = self.cleaned_data
        evidence = [line.strip() for line in data["evidence"].splitlines() if line.strip()]
        applies = data.get("not_applicable", "forbidden")
        return {
            "code": data["code"],
            "title": data["title"],
            "max": number(data["max"]),
            "assessor": data["assessor"] or None,
            "self_scored": {"yes": True, "no": False}.get(data["self_scored"]),
            "note": data["note"] or None,
            "evidence": evidence or None,
            "bonus_cap": number(data["bonus_cap"]),
            "deduction_cap": number(data["deduction_cap"]),
            "not_applicable": None if applies == "forbidden" else applies,
            "floor": self.floor_value(),
        }


WHEN_CHOICES = [
    ("declared", "Người thẩm định khai báo"),
    ("no_self_report", "Đơn vị không gửi bản tự chấm điểm"),
    ("zero_any", "Có tiêu chí bất kỳ 0 điểm"),
    ("zero_codes", "Tiêu chí chọn bên dưới có 0 điểm"),
    ("percent_leaves", "Một tiêu chí đạt dưới số phần trăm"),
    ("percent_sections", "Một phần lớn đạt dưới số phần trăm"),
    ("percent_codes", "Mục chọn bên dưới đạt dưới số phần trăm"),
    ("total_below", "Tổng điểm dưới một mức"),
]


def node_choices(document: editing.Document) -> Choices:
    return [
        (node["code"], f"{node['code']}. {str(node.get('title') or '')[:70]}")
        for _, _, node in editing.walk_nodes(document)
        if node.get("code")
    ]


class GateForm(RevisionForm):
    """A condition that limits or bars a class."""

    submit_label = "Lưu điều kiện"
    code = text("Mã", 60, required=True, hint="Duy nhất trong bảng, ví dụ KL1.")
    label = text("Nội dung", 500, rows=2)
    when = forms.ChoiceField(label="Xét khi", choices=WHEN_CHOICES)
    nodes = forms.MultipleChoiceField(
        label="Các mục, tiêu chí", required=False, help_text="Giữ Ctrl để chọn nhiều.",
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )  # fmt: skip
    amount = optional_number("Số phần trăm hoặc mức điểm", "Chỉ điền khi điều kiện ở trên cần số.")
    unranked = forms.BooleanField(label="Không xếp loại, không xếp hạng", required=False)
    best_class = forms.ChoiceField(label="Xếp loại cao nhất chỉ là", required=False)
    class_down = forms.IntegerField(label="Hạ bao nhiêu bậc", required=False, min_value=1)
    points = optional_number("Trừ bao nhiêu điểm", "Ghi số dương.")
    review = forms.BooleanField(label="Phải có người xác nhận", required=False)
    note = text("Ghi chú", 4000, rows=2)

    def __init__(self, *args: Any, document: editing.Document, item: editing.Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = [entry["label"] for entry in document.get("classes") or [] if entry.get("label")]
        self.item = item
        self.fields["nodes"].choices = node_choices(document)
        self.fields["best_class"].choices = [("", "(không giới hạn)"), *((label, label) for label in labels)]
        for name, value in self._initial().items():
            self.initial.setdefault(name, value)

    def _initial(self) -> dict[str, Any]:
        item, when, effect = self.item, self.item.get("when") or {}, self.item.get("effect") or {}
        zero, of = when.get("zero_leaf"), when.get("of")
        kind = next((key for key in ("declared", "no_self_report", "total_below") if key in when), "declared")
        if zero is not None:
            kind = "zero_any" if zero is True else "zero_codes"
        elif "below_percent" in when:
            kind = f"percent_{of}" if isinstance(of, str) else "percent_codes"
        nodes = next((list(value) for value in (zero, of) if isinstance(value, list | tuple)), [])
        return {
            **{key: item.get(key) or "" for key in ("code", "label", "note")},
            "when": kind,
            "nodes": nodes,
            "amount": shown_number(when.get("below_percent", when.get("total_below"))),
            "unranked": bool(effect.get("unranked")),
            "best_class": effect.get("best_class", ""),
            "class_down": effect.get("class_down"),
            "points": shown_number(str(effect["points"]).lstrip("-")) if "points" in effect else "",
            "review": bool(item.get("review")),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        when = data.get("when", "")
        if when.endswith("_codes") and not data.get("nodes"):
            self.add_error("nodes", "Hãy chọn ít nhất một mục.")
        if (when.startswith("percent") or when == "total_below") and data.get("amount") is None:
            self.add_error("amount", "Hãy ghi số phần trăm hoặc mức điểm.")
        return data

    def document(self) -> editing.Document:
        """The gate as in the file."""
        data = self.cleaned_data
        effect: dict[str, Any] = {"unranked": True} if data["unranked"] else {}
        effect |= {"best_class": data["best_class"]} if data["best_class"] else {}
        effect |= {"class_down": data["class_down"]} if data["class_down"] else {}
        effect |= {"points": dump_number(-abs(data["points"]))} if data["points"] else {}
        kept = {key: part["note"] for key in ("when", "effect") if (part := self.item.get(key) or {}).get("note")}
        item: editing.Document = {"code": data["code"]}
        item |= {"label": data["label"]} if data["label"] else {}
        item["when"] = self._when() | ({"note": kept["when"]} if "when" in kept else {})
        if effect:
            item["effect"] = effect | ({"note": kept["effect"]} if "effect" in kept else {})
        item |= {"review": True} if data["review"] else {}
        return item | ({"note": data["note"]} if data["note"] else {})

    def _when(self) -> dict[str, Any]:
        kind, nodes, amount = (self.cleaned_data[key] for key in ("when", "nodes", "amount"))
        if kind.startswith("zero"):
            return {"zero_leaf": True if kind == "zero_any" else nodes}
        if kind.startswith("percent"):
            of = kind.removeprefix("percent_")
            return {"below_percent": number(amount), "of": nodes if of == "codes" else of}
        return {"total_below": number(amount)} if kind == "total_below" else {kind: True}


class ClassForm(RevisionForm):
    """A class with its lower bound."""

    submit_label = "Lưu loại"
    label = text("Tên loại", 100, required=True)
    ge = optional_number("Từ bao nhiêu điểm", "Tính cả mức này.")
    lt = optional_number("Đến dưới bao nhiêu điểm", "Bằng mức bắt đầu của loại liền trên; có thể để trống.")
    below = forms.BooleanField(label="Dành cho mọi trường hợp còn lại (loại cuối cùng)", required=False)
    requires = forms.MultipleChoiceField(
        label="Không được vướng các điều kiện", required=False, widget=forms.CheckboxSelectMultiple
    )
    note = text("Ghi chú", 4000, rows=2)

    def __init__(self, *args: Any, document: editing.Document, item: editing.Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gates = [gate for gate in document.get("gates") or [] if gate.get("code")]
        self.fields["requires"].choices = [
            (gate["code"], f"{gate['code']}: {gate.get('label') or ''}".removesuffix(": ")) for gate in gates
        ]
        if not gates:
            del self.fields["requires"]
        for key in ("label", "note"):
            self.initial.setdefault(key, item.get(key) or "")
        for key in ("ge", "lt"):
            self.initial.setdefault(key, shown_number(item.get(key)))
        self.initial.setdefault("below", bool(item.get("below")))
        self.initial.setdefault("requires", list(item.get("requires") or ()))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("below") and data.get("ge") is None and "ge" not in self.errors:
            self.add_error("ge", "Hãy ghi mức điểm bắt đầu, hoặc chọn “mọi trường hợp còn lại”.")
        if data.get("below") and data.get("ge") is not None:
            self.add_error("ge", "Loại dành cho các trường hợp còn lại không có mức bắt đầu. Hãy bỏ trống.")
        return data

    def document(self) -> editing.Document:
        data = self.cleaned_data
        item = {"label": data["label"], "ge": number(data["ge"]), "lt": number(data["lt"])}
        item |= {"requires": data.get("requires") or None, "below": data["below"] or None, "note": data["note"] or None}
        return {key: value for key, value in item.items() if value is not None}


class TieForm(RevisionForm):
    """How equal totals are told apart."""

    submit_label = "Lưu cách xét"
    kind = forms.ChoiceField(
        label="Khi bằng điểm",
        choices=[
            *((key, TIE_LABELS[key].capitalize()) for key in PLAIN_TIES),
            ("section", "Điểm của một mục cao hơn xếp trước"),
            ("indicator", "Một chỉ số cao hơn xếp trước"),
        ],
    )
    section = forms.ChoiceField(label="Mục", required=False)
    indicator = forms.ChoiceField(label="Chỉ số", required=False)

    def __init__(
        self, *args: Any, document: editing.Document, item: Any, indicators: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.item = item if isinstance(item, dict) else {}
        codes = {**({self.item["indicator"]: self.item["indicator"]} if "indicator" in self.item else {}), **indicators}
        self.fields["section"].choices = [("", "(chọn khi xét theo mục)"), *node_choices(document)]
        self.fields["indicator"].choices = [
            ("", "(chọn khi xét theo chỉ số)"), *((code, f"{name} ({code})") for code, name in codes.items())
        ]  # fmt: skip
        plain = (
            item if isinstance(item, str) else next((key for key in ("section", "indicator") if key in self.item), "")
        )
        self.initial.setdefault("kind", plain or "shared")
        self.initial.setdefault("section", self.item.get("section", ""))
        self.initial.setdefault("indicator", self.item.get("indicator", ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for key, words in (("section", "mục"), ("indicator", "chỉ số")):
            if data.get("kind") == key and not data.get(key):
                self.add_error(key, f"Hãy chọn {words}.")
        return data

    def document(self) -> Any:
        kind = self.cleaned_data["kind"]
        if kind in PLAIN_TIES:
            return kind
        return {kind: self.cleaned_data[kind]} | ({"note": self.item["note"]} if "note" in self.item else {})
