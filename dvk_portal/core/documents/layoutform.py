"""The form of a layout in the system administration: one field for each of its numbers and words."""

from collections.abc import Callable
from typing import Any

from django import forms

from dvk_portal.core.documents import measures
from dvk_portal.core.documents.formats import numbers_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import DocumentFormat


class NumberField(forms.FloatField):
    """A number of a layout; whole ones are kept as such."""

    def to_python(self, value: Any) -> float | None:
        number = super().to_python(value)
        return int(number) if number is not None and number.is_integer() else number


def _field(measure: measures.Measure) -> forms.Field:
    if measure.unit == measures.SWITCH:
        return forms.BooleanField(label=measure.label, required=False)
    if measure.unit == measures.CHOICE:
        return forms.ChoiceField(label=measure.label, choices=list(measures.LABEL_STYLES.items()))
    if measure.unit == measures.TEXT:
        return forms.CharField(label=measure.label, required=measure.low > 0, max_length=int(measure.high))
    bounds = {"min": measure.low, "max": measure.high, "step": "any"}
    return NumberField(
        label=f"{measure.label} ({measure.unit})",
        help_text=f"Từ {measures.as_written(measure.low)} đến {measures.as_written(measure.high)} {measure.unit}.",
        widget=forms.NumberInput(attrs=bounds),
        validators=[_within(measure)],
    )


def _within(measure: measures.Measure) -> Callable[[float], None]:
    def check(value: float) -> None:
        if problem := measure.problem(value):
            raise forms.ValidationError(problem)

    return check


class LayoutForm(forms.ModelForm):
    """What the row itself says; the measures come as fields of their own (below)."""

    class Meta:
        model = DocumentFormat
        fields = ["code", "name", "system", "legal_basis", "valid_from", "valid_to"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row = kwargs.get("instance") or DocumentFormat(system=DocumentFormat._meta.get_field("system").choices[0][0])
        kwargs["initial"] = {**numbers_of(row), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "Ngày hết hiệu lực phải từ ngày có hiệu lực trở đi.")
        if not self.errors:
            layout = {measure.name: data[measure.name] for measure in measures.MEASURES}
            try:
                measures.validate_layout(layout)
            except DomainError as error:
                raise forms.ValidationError(error.findings or error.message) from error
            self.instance.layout = layout
        return data


DocumentFormatForm = type(
    "DocumentFormatForm", (LayoutForm,), {measure.name: _field(measure) for measure in measures.MEASURES}
)
FIELDSETS = [
    (None, {"fields": LayoutForm.Meta.fields}),
    *(
        (group, {"fields": [measure.name for measure in measures.MEASURES if measure.group == group]})
        for group in dict.fromkeys(measure.group for measure in measures.MEASURES)
    ),
]
