"""Search and filter above the lists of schemes and indicators."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from campaigns.models import CampaignIndicator, Indicator, IndicatorGroup, IndicatorKind, Scheme
from dvk_portal.core.forms import PortalForm
from dvk_portal.core.text import search_key


class SchemeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tên hoặc mã bảng", method="search")
    status = django_filters.ChoiceFilter(
        label="Trạng thái", choices=Scheme.Status.choices, empty_label="Mọi trạng thái"
    )

    class Meta:
        model = Scheme
        fields: list[str] = []
        form = PortalForm

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """A province has few tables: they are compared here, so that diacritics do not matter on any database."""
        words = search_key(value).split()
        rows = queryset.values_list("pk", "code", "title")
        found = [pk for pk, *texts in rows if all(word in search_key(" ".join(texts)) for word in words)]
        return queryset.filter(pk__in=found)


class IndicatorFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tên, nhãn hoặc mã", method="search")
    kind = django_filters.ChoiceFilter(label="Loại", choices=IndicatorKind.choices, empty_label="Mọi loại")
    group = django_filters.ModelChoiceFilter(
        label="Nhóm", queryset=IndicatorGroup.objects.all(), empty_label="Mọi nhóm"
    )
    asked = django_filters.ChoiceFilter(
        label="Đang hỏi",
        choices=[("yes", "Phong trào đã phát động đang hỏi"), ("no", "Chưa phong trào nào hỏi")],
        empty_label="Tất cả",
        method="only_asked",
    )

    class Meta:
        model = Indicator
        fields: list[str] = []
        form = PortalForm

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.search(value)

    def only_asked(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        asked = Exists(CampaignIndicator.objects.filter(indicator=OuterRef("pk"), campaign__launched_at__isnull=False))
        return queryset.filter(asked if value == "yes" else ~asked)
