"""Forms about units and clusters of a campaign."""

import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.forms.campaigns import officers
from campaigns.forms.parts import CampaignFormMixin, CampaignPartForm
from campaigns.models import Cluster, Participation
from campaigns.services.editing import Part
from campaigns.services.roster import SPLIT_MAX
from dvk_portal.core.forms import DateField, PortalModelForm
from dvk_portal.core.text import search_key
from units.models import Unit, UnitKind, User


class CandidateFilter(django_filters.FilterSet):
    """Units that may still join, by kind, superior and words."""

    q = django_filters.CharFilter(label="Tên hoặc mã", method="search")
    kind = django_filters.ModelChoiceFilter(
        label="Loại", queryset=UnitKind.objects.current(), empty_label="Mọi loại đơn vị"
    )

    class Meta:
        model = Unit
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.search(value)


class RosterFilter(django_filters.FilterSet):
    """Units on the roster."""

    q = django_filters.CharFilter(label="Tên hoặc mã", method="search")
    cluster = django_filters.ModelChoiceFilter(
        label="Cụm, khối", queryset=Cluster.objects.none(), empty_label="Mọi cụm", null_label="Chưa xếp cụm"
    )

    class Meta:
        model = Participation
        fields: list[str] = []

    def __init__(self, *args: Any, campaign: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["cluster"].queryset = campaign.clusters.all()

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Q(search_key__contains=search_key(value)) | Q(unit__code__iexact=value.strip()))


class LinesForm(CampaignPartForm):
    submit_label = "Kiểm tra danh sách"

    file = forms.FileField(
        label="Tệp Excel", required=False, help_text="Tệp .xlsx có cột “Mã đơn vị” và “Cụm, khối”, như tệp tải về."
    )
    lines = forms.CharField(
        label="Hoặc dán danh sách", required=False, widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Mỗi dòng một đơn vị: mã (hoặc tên đúng), dấu chấm phẩy, tên cụm. Ví dụ: 30001; Cụm số 1",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("file") and not (data.get("lines") or "").strip():
            self.add_error("lines", "Hãy chọn tệp Excel hoặc dán danh sách.")
        return data


class ClusterForm(CampaignFormMixin, PortalModelForm):
    submit_label = "Thêm cụm, khối"

    class Meta:
        model = Cluster
        fields = ("name", "order", "officer")
        help_texts = {"order": "Số nhỏ đứng trước."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = officers() | User.objects.filter(pk=self.instance.officer_id).distinct()
        self.fields["order"].required = False
        if self.instance.pk:
            self.submit_label = "Lưu"
            self.fields["name"].disabled = not self.campaign.is_draft

    @property
    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "order": self.cleaned_data.get("order") or 0}


class SplitForm(CampaignPartForm):
    submit_label = "Chia tự động"

    count = forms.IntegerField(label="Số cụm", min_value=1, max_value=SPLIT_MAX, initial=5)
    name_prefix = forms.CharField(label="Tên cụm bắt đầu bằng", max_length=60, initial="Cụm số")
    only_free = forms.BooleanField(
        label="Chỉ chia các đơn vị chưa có cụm", required=False, initial=False,
        help_text="Bỏ chọn thì mọi đơn vị được chia lại từ đầu.",
    )  # fmt: skip


class ClusterTableForm(CampaignPartForm):
    """One select per unit."""

    part = Part.CLUSTERS
    submit_label = "Lưu bảng xếp cụm"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Chưa xếp"), *((cluster.pk, cluster.name) for cluster in self.campaign.clusters.all())]
        rows = self.campaign.participations.order_by("cluster__order", "cluster", "sort_key")
        self.participations = list(rows)
        for row in self.participations:
            self.fields[f"p{row.pk}"] = forms.TypedChoiceField(
                label=f"Cụm của {row.name}", choices=choices, coerce=int, empty_value=None, required=False,
                initial=row.cluster_id or "",
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple[Participation, forms.BoundField]]:
        return [(row, self[f"p{row.pk}"]) for row in self.participations]

    @property
    def choices(self) -> dict[int, int | None]:
        return {row.pk: self.cleaned_data[f"p{row.pk}"] for row in self.participations}


class HeadForm(CampaignPartForm):
    submit_label = "Giao"

    participation = forms.ModelChoiceField(label="Đơn vị", queryset=Participation.objects.none(), empty_label=None)
    is_deputy = forms.TypedChoiceField(
        label="Vai trò", choices=[("", "Trưởng cụm"), ("1", "Phó cụm")], coerce=bool, required=False, empty_value=False
    )
    valid_from = DateField(label="Từ ngày")
    valid_to = DateField(label="Đến hết ngày", required=False)

    def __init__(self, *args: Any, cluster: Cluster, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["participation"].queryset = cluster.participations.order_by("sort_key")
        day: datetime.date = max(self.campaign.starts_on, timezone.localdate())
        self.fields["valid_from"].initial = min(day, self.campaign.ends_on)
