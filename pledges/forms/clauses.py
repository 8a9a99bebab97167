"""Forms of the clause library."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from campaigns.models import Indicator
from campaigns.models.indicator import IndicatorKind
from dvk_portal.core.forms import PortalForm
from dvk_portal.core.text import search_key
from pledges.models import Clause
from pledges.models.pledge import Side
from pledges.services.clauses import topics
from pledges.services.proposals import MAX_COMMITMENT_LENGTH

_NUMERIC = (IndicatorKind.FLOW, IndicatorKind.STOCK, IndicatorKind.RATIO)


class ClauseForm(PortalForm):
    submit_label = "Lưu điều khoản"

    topic = forms.CharField(
        label="Nhóm nội dung",
        max_length=120,
        help_text="Ví dụ: Xây dựng nông thôn mới. Ghi đúng tên nhóm đang có để điều khoản vào nhóm đó.",
    )
    side = forms.ChoiceField(
        label="Bên cam kết",
        choices=[(Side.UNIT.value, "Đơn vị"), (Side.PROVINCE.value, "Cơ quan phát động")],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="Nội dung điều khoản", max_length=MAX_COMMITMENT_LENGTH, widget=forms.Textarea({"rows": 4})
    )
    indicator = forms.ModelChoiceField(
        label="Theo dõi bằng chỉ số",
        queryset=Indicator.objects.none(),
        required=False,
        empty_label="Không theo dõi bằng số liệu",
        help_text="Trang giao ước sẽ hiện số liệu này bên cạnh cam kết.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = topics()
        self.fields["topic"].widget = forms.TextInput({"autocomplete": "off"})
        if known:
            self.fields["topic"].help_text = f"Các nhóm đang có: {'; '.join(known)}. Ghi tên khác để lập nhóm mới."
        self.fields["indicator"].queryset = Indicator.objects.filter(kind__in=_NUMERIC)


class ClauseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tìm trong nội dung", method="search")
    topic = django_filters.ChoiceFilter(label="Nhóm nội dung", empty_label="Mọi nhóm")
    side = django_filters.ChoiceFilter(
        label="Bên",
        choices=[(Side.UNIT.value, "Đơn vị"), (Side.PROVINCE.value, "Cơ quan phát động")],
        empty_label="Cả hai bên",
    )
    state = django_filters.ChoiceFilter(
        label="Tình trạng",
        choices=[("on", "Đang dùng"), ("off", "Ngừng dùng")],
        method="in_state",
        empty_label="Mọi tình trạng",
    )

    class Meta:
        model = Clause
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["topic"].extra["choices"] = [(topic, topic) for topic in topics()]

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """With or without diacritics. A library is short: its texts are folded here rather than kept in a column."""
        words = search_key(value).split()
        keys = ((pk, search_key(text)) for pk, text in Clause.objects.values_list("pk", "text"))
        return queryset.filter(pk__in=[pk for pk, key in keys if all(word in key for word in words)])

    def in_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(is_active=value == "on")
