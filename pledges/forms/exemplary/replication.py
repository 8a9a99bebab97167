"""Forms of taking a model over and of what came of it; the filter of the graph."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from dvk_portal.core.forms import DateField, PortalForm
from pledges.models import Field, Replication
from units.models import Unit

MAX_TEXT = 2000


class ReplicateForm(PortalForm):
    """``units``: those for which the person may write."""

    submit_label = "Tạo bản nháp"

    unit = forms.ModelChoiceField(label="Đơn vị học theo", queryset=Unit.objects.none())
    adaptations = forms.CharField(
        label="Điều chỉnh cho phù hợp",
        max_length=MAX_TEXT,
        widget=forms.Textarea({"rows": 5}),
        help_text="Giữ gì, đổi gì so với nơi gốc: đối tượng, cách vận động, nguồn lực, quy mô.",
    )
    taken_on = DateField(
        label="Bắt đầu học theo từ ngày", help_text="Kết quả được đánh giá sau một năm kể từ ngày này."
    )

    def __init__(self, units: list[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])  # type: ignore[attr-defined]
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["unit"].initial = units[0].pk


class ResultsForm(PortalForm):
    submit_label = "Lưu kết quả"

    results = forms.CharField(
        label="Kết quả đến nay",
        max_length=MAX_TEXT,
        widget=forms.Textarea({"rows": 6}),
        help_text="Việc đã làm được, số liệu kiểm chứng được, điều chưa được.",
    )


class OutcomeForm(PortalForm):
    submit_label = "Ghi đánh giá"

    outcome = forms.ChoiceField(
        label="Kết luận", choices=[row for row in Replication.Outcome.choices if row[0]], widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="Nhận xét", max_length=1000, widget=forms.Textarea({"rows": 4}), help_text="Căn cứ của kết luận."
    )


class ReplicationFilter(django_filters.FilterSet):
    """``field`` is that of the origin; ``unit`` stands at either end."""

    field = django_filters.ModelChoiceFilter(
        field_name="origin__field", label="Lĩnh vực", queryset=Field.objects.all(), empty_label="Mọi lĩnh vực"
    )
    year = django_filters.NumberFilter(field_name="taken_on__year", label="Năm bắt đầu", min_value=1900, max_value=2100)
    unit = django_filters.ModelChoiceFilter(
        label="Đơn vị", queryset=Unit.objects.none(), empty_label="Mọi đơn vị", method="of_unit"
    )

    class Meta:
        model = Replication
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = self.queryset.order_by()
        self.filters["unit"].field.queryset = Unit.objects.filter(
            Q(pk__in=shown.values("origin__unit")) | Q(pk__in=shown.values("model__unit"))
        )

    def of_unit(self, rows: QuerySet, name: str, unit: Unit) -> QuerySet:
        return rows.filter(Q(origin__unit=unit) | Q(model__unit=unit))
