"""What an officer says about a model that looks like another one; what is on the screen while a model is typed."""

from typing import Any

from django import forms

from dvk_portal.core.forms import PortalForm
from pledges.models import Field, Resemblance
from pledges.services.exemplary.resemblance import Similar, TypedModel
from units.models import Unit


class DecisionForm(PortalForm):
    """One decision; the fields of each row of the page have its number before them."""

    decision = forms.ChoiceField(
        label="Kết luận", choices=[("", "Chọn"), *Resemblance.Decision.choices], required=False
    )
    note = forms.CharField(
        label="Lý do vẫn đăng ký",
        required=False,
        max_length=500,
        help_text="Ví dụ: khác cách làm, chỉ trùng tên; làm tiếp phần việc năm trước chưa xong.",
    )

    def __init__(self, *args: Any, similar: Similar, **kwargs: Any) -> None:
        row = similar.said
        initial = {"decision": row.decision, "note": row.note} if row else {}
        super().__init__(*args, prefix=f"m{similar.model.pk}", initial=initial, **kwargs)
        self.similar = similar


class TypedForm(forms.Form):
    """The form of the model as far as it is typed; nothing is demanded."""

    name = forms.CharField(required=False, max_length=250)
    place = forms.CharField(required=False, max_length=150)
    method = forms.CharField(required=False, max_length=6000)
    objective = forms.CharField(required=False, max_length=6000)
    field = forms.ModelChoiceField(Field.objects.all(), required=False)

    def typed(self, unit: Unit, pk: int | None) -> TypedModel | None:
        """None while there is too little to compare."""
        self.is_valid()
        data = self.cleaned_data
        if len(data.get("name", "")) < 4:
            return None
        field = data.get("field")
        return TypedModel(
            data["name"],
            data.get("place", ""),
            unit,
            data.get("method", ""),
            data.get("objective", ""),
            field.pk if field else None,
            pk,
        )
