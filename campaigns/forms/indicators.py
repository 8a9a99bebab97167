"""Forms around indicators: one indicator, a file, a group."""

from typing import Any

from django import forms

from campaigns.formulas import FormulaError, parse_formula
from campaigns.indicatorfile import MODEL_TIME, MODELS, RULES, Derived, IndicatorSpec
from campaigns.models import Indicator, IndicatorGroup
from campaigns.services.indicators import GUARDED
from dvk_portal.core.forms import PortalForm, PortalModelForm

MODEL_LABELS = {
    "registered": "số mô hình đã đăng ký (cuối kỳ)",
    "effective": "số mô hình đang phát huy hiệu quả (cuối kỳ)",
    "newly_registered": "số mô hình đăng ký mới (trong kỳ)",
    "replicated": "số lượt nhân rộng (trong kỳ)",
}
# Key of the file → field of the form, where they differ.
_COMPUTED = ("part_of", "numerator", "denominator", "formula", "models")
FIELD_OF = {"en": "name_en", "of": "part_of", "derived": "formula"}


class IndicatorFileForm(PortalForm):
    submit_label = "Xem trước"
    file = forms.FileField(
        label="Tệp danh mục chỉ số",
        help_text="Tệp .yaml theo định dạng dvk-indicators/1, tối đa 1 MB. Bước sau cho xem trước, chưa ghi ngay.",
    )


class IndicatorGroupForm(PortalModelForm):
    submit_label = "Lưu nhóm"

    class Meta:
        model = IndicatorGroup
        fields = ["code", "title", "title_en", "order"]
        help_texts = {"code": "Chữ thường không dấu, số, dấu gạch dưới."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True
        else:
            self.fields["code"] = forms.RegexField(
                r"^[a-z][a-z0-9_]*$", label="Mã", max_length=30, help_text=self.fields["code"].help_text,
                error_messages={"invalid": "Chỉ dùng chữ thường không dấu, số, dấu gạch dưới, bắt đầu bằng chữ."},
            )  # fmt: skip


class IndicatorForm(PortalModelForm):
    """One indicator. What figures hang on is closed while a launched campaign asks it (``is_asked``)."""

    numerator = forms.MultipleChoiceField(
        label="Tử số", required=False, widget=forms.SelectMultiple(attrs={"size": 7}),
        help_text="Chỉ cho loại tỷ lệ. Chọn nhiều mã thì các số được cộng lại (giữ Ctrl để chọn nhiều).",
    )  # fmt: skip
    denominator = forms.MultipleChoiceField(
        label="Mẫu số", required=False, widget=forms.SelectMultiple(attrs={"size": 7}), help_text="Chỉ cho loại tỷ lệ."
    )
    part_of = forms.ChoiceField(
        label="Là một phần của", required=False, help_text="Cổng nhắc khi phần lớn hơn tổng và tự tính tỷ lệ."
    )
    formula = forms.CharField(
        label="Công thức tự tính", required=False, max_length=1000,
        help_text="Chỉ gồm mã chỉ số, dấu + và dấu -, ví dụ: tiep_nhan + chuyen_truoc - giai_quyet.",
    )  # fmt: skip
    models = forms.ChoiceField(
        label="Lấy từ sổ mô hình",
        required=False,
        choices=[("", "(không)"), *((key, MODEL_LABELS[key]) for key in MODELS)],
    )

    class Meta:
        model = Indicator
        fields = [
            "code", "group", "label", "name", "name_en", "measure", "kind", "over_time", "over_units", "part_of",
            "numerator", "denominator", "formula", "models", "ask", "scope", "frequency", "better", "decimals",
            "chapter", "valid_to", "hint",
        ]  # fmt: skip
        help_texts = {
            "code": "Chữ thường không dấu, số, dấu gạch dưới. Bảng tiêu chí dùng mã này nên không đổi về sau.",
            "over_time": "Phát sinh: cộng các kỳ. Lũy kế: lấy kỳ cuối. Tỷ lệ: tính lại từ hai số.",
            "over_units": "Lời văn: nối theo đơn vị. Có/không: đếm đơn vị có.",
        }

    # Written through the service alone; the row itself is never saved by the form.
    def __init__(self, *args: Any, is_asked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_asked = is_asked
        numeric = [
            (row.code, f"{row.label} ({row.code})")
            for row in Indicator.objects.filter(kind__in=("flow", "stock")).exclude(pk=self.instance.pk)
        ]
        self.fields["numerator"].choices = self.fields["denominator"].choices = numeric
        self.fields["part_of"].choices = [("", "(không)"), *numeric]
        if self.instance.pk:
            self.fields["code"].disabled = True
            self.initial |= self._initial(self.instance)
        for key in GUARDED if is_asked else ():
            self.fields[FIELD_OF.get(key, key)].disabled = True
        if is_asked:
            self.fields["models"].disabled = True

        for name in ("kind", "over_time", "over_units", "scope", "frequency", "better", "chapter"):
            blank = {"better": "(không xét)", "chapter": "(cùng nhóm)"}.get(name, "(chọn)")
            self.fields[name].choices = [(key, word if key else blank) for key, word in self.fields[name].choices]
        self.fields["group"].empty_label = "(chọn)"

    def main_fields(self) -> list[Any]:
        return [self[name] for name in self.Meta.fields if name not in _COMPUTED]

    def computed_fields(self) -> list[Any]:
        return [self[name] for name in _COMPUTED]

    @property
    def opens_computed(self) -> bool:
        row = self.instance
        return bool(row.numerator or row.derived or row.part_of_id) or any(
            bound.errors for bound in self.computed_fields()
        )

    @staticmethod
    def _initial(row: Indicator) -> dict[str, Any]:
        return {
            "part_of": row.part_of.code if row.part_of else "",
            "formula": row.derived.get("formula", ""),
            "models": row.derived.get("models", ""),
        }

    def clean_formula(self) -> str:
        formula = self.cleaned_data["formula"]
        if formula:
            try:
                parse_formula(formula)
            except FormulaError as error:
                raise forms.ValidationError(str(error)) from error
        return formula

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("formula") and data.get("models"):
            self.add_error("models", "Chỉ chọn một cách: công thức, hoặc sổ mô hình.")
        times, units = RULES.get(data.get("kind", ""), ((), ()))
        if times and data.get("over_time") and data["over_time"] not in times:
            words = ", ".join(str(dict(Indicator._meta.get_field("over_time").choices)[key]) for key in times)
            self.add_error("over_time", f"Loại này chỉ tổng hợp theo thời gian bằng cách: {words}.")
        if units and data.get("over_units") and data["over_units"] not in units and data.get("scope") != "province":
            words = ", ".join(str(dict(Indicator._meta.get_field("over_units").choices)[key]) for key in units)
            self.add_error("over_units", f"Loại này chỉ tổng hợp theo đơn vị bằng cách: {words}.")
        return data

    def _post_clean(self) -> None:
        """The file check of the service judges the whole, so the half-filled row is not validated here."""

    def spec(self) -> IndicatorSpec:
        data = self.cleaned_data
        keys = ("code", "label", "name", "measure", "kind", "over_time", "over_units", "ask", "scope", "frequency")
        return IndicatorSpec(
            **{key: data[key] for key in keys},
            group=data["group"].code,
            en=data["name_en"],
            of=data["part_of"] or None,
            numerator=tuple(data["numerator"]),
            denominator=tuple(data["denominator"]),
            derived=self._derived(),
            better=data["better"] or None,
            decimals=data["decimals"],
            chapter=data["chapter"] or None,
            valid_to=data["valid_to"],
            hint=data["hint"],
            origin=self.instance.origin or None,
        )

    def _derived(self) -> Derived | None:
        formula, models = self.cleaned_data["formula"], self.cleaned_data["models"]
        if models:
            return Derived(models=models, **{MODELS[models]: MODEL_TIME[MODELS[models]]})
        return Derived(formula=formula) if formula else None

    def add_findings(self, sentences: list[str]) -> None:
        """Sentences of the service, each at the field that its path names."""
        for sentence in sentences:
            path, _, message = sentence.partition(": ")
            key = path.rpartition(".")[2] if path.count(".") == 2 else ""
            name = FIELD_OF.get(key, key)
            self.add_error(
                name if name in self.fields else None, message if path.startswith("indicators.") else sentence
            )
