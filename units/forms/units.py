"""Forms of units and roles."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from dvk_portal.core.filters import DayFilter
from dvk_portal.core.forms import DateField, PortalForm
from dvk_portal.core.text import search_key
from units.models import Unit, UnitKind, UnitVersion, User
from units.roles import Role


class UnitChoiceField(forms.ModelChoiceField):
    """Active units by name with their code, because names repeat between provinces and years."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Unit.objects.none(), **options)

    def label_from_instance(self, unit: Unit) -> str:
        return f"{unit.name} ({unit.code})"


class UnitMultipleChoiceField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, unit: Unit) -> str:
        return f"{unit.name} ({unit.code})"


class DecisionForm(PortalForm):
    """Every change of the tree has a day and a decision."""

    on = DateField(label="Có hiệu lực từ ngày")
    decision = forms.CharField(
        label="Nghị quyết, quyết định", max_length=200, help_text="Số, ký hiệu, ngày và cơ quan ban hành."
    )

    def __init__(self, *args: Any, unit: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        active = Unit.objects.current()
        for name in ("parent", "into"):
            if name in self.fields:
                self.fields[name].queryset = active.exclude(pk=unit.pk) if unit else active
        for name in ("kind",):
            if name in self.fields:
                self.fields[name].queryset = UnitKind.objects.on(timezone.localdate())


class CreateUnitForm(DecisionForm):
    submit_label = "Thêm đơn vị"

    code = forms.CharField(label="Mã đơn vị", max_length=35, help_text="Ghi cả số 0 ở đầu, ví dụ 00070.")
    name = forms.CharField(label="Tên đơn vị", max_length=150)
    kind = forms.ModelChoiceField(label="Loại", queryset=UnitKind.objects.none(), empty_label="Chọn loại")
    parent = UnitChoiceField(label="Đơn vị cấp trên", required=False)
    field_order = ["code", "name", "kind", "parent", "on", "decision"]


class RenameUnitForm(DecisionForm):
    submit_label = "Đổi tên"

    name = forms.CharField(label="Tên mới", max_length=150)
    kind = forms.ModelChoiceField(
        label="Loại",
        queryset=UnitKind.objects.none(),
        empty_label="Chọn loại",
        help_text="Đổi khi xã trở thành phường, đặc khu.",
    )
    field_order = ["name", "kind", "on", "decision"]


class MoveUnitForm(DecisionForm):
    submit_label = "Chuyển"

    parent = UnitChoiceField(label="Đơn vị cấp trên mới")
    field_order = ["parent", "on", "decision"]


class CloseUnitForm(DecisionForm):
    submit_label = "Kết thúc hoạt động"

    on = DateField(label="Chấm dứt từ ngày", help_text="Ngày đầu tiên đơn vị không còn hoạt động, ví dụ 01/07/2025.")
    field_order = ["on", "decision"]


class MergeUnitForm(DecisionForm):
    submit_label = "Sáp nhập"

    predecessors = UnitMultipleChoiceField(
        label="Các đơn vị nhập vào",
        queryset=Unit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Các đơn vị này kết thúc hoạt động ngay trước ngày có hiệu lực. Cần đơn vị mới thì thêm đơn vị trước.",
    )
    field_order = ["predecessors", "on", "decision"]

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, unit=unit, **kwargs)
        # One merges neighbours: units under the same superior.
        self.fields["predecessors"].queryset = Unit.objects.current().filter(parent=unit.parent_id).exclude(pk=unit.pk)


class GrantForm(PortalForm):
    submit_label = "Giao vai trò"

    user = forms.ModelChoiceField(
        label="Người",
        queryset=User.objects.none(),
        empty_label="Chọn người",
        help_text="Gõ vài chữ đầu của họ tên để tìm.",
    )
    role = forms.ChoiceField(label="Vai trò", choices=[("", "Chọn vai trò"), *Role.choices])
    post = forms.CharField(label="Chức danh", max_length=100, required=False)
    valid_from = DateField(label="Từ ngày")
    valid_to = DateField(label="Đến hết ngày", required=False)

    def __init__(self, *args: Any, unit: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.filter(is_active=True).order_by("full_name")
        self.fields["user"].label_from_instance = lambda user: f"{user.full_name} ({user.username})"


class EndForm(PortalForm):
    submit_label = "Kết thúc vai trò"

    last_day = DateField(label="Ngày cuối giữ vai trò")
    note = forms.CharField(label="Ghi chú", max_length=200, required=False)

    def __init__(self, *args: Any, unit: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class HandOverForm(PortalForm):
    submit_label = "Bàn giao"

    to = forms.ModelChoiceField(
        label="Người nhận",
        queryset=User.objects.none(),
        empty_label="Chọn người",
        help_text="Người nhận phải có tài khoản trước; gõ vài chữ đầu của họ tên để tìm.",
    )
    on = DateField(label="Từ ngày", help_text="Người cũ giữ vai trò đến hết ngày trước đó.")
    post = forms.CharField(label="Chức danh của người nhận", max_length=100, required=False)

    def __init__(self, *args: Any, unit: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = User.objects.filter(is_active=True).order_by("full_name")
        self.fields["to"].label_from_instance = lambda user: f"{user.full_name} ({user.username})"


class UnitFilter(django_filters.FilterSet):
    """Over versions: what units were called on the day; the view has already chosen one version of each unit."""

    q = django_filters.CharFilter(label="Tên hoặc mã", method="search")
    kind = django_filters.ModelChoiceFilter(label="Loại", queryset=UnitKind.objects.all(), empty_label="Mọi loại")
    state = django_filters.ChoiceFilter(
        label="Tình trạng",
        choices=[("closed", "Đã kết thúc"), ("all", "Tất cả")],
        empty_label="Đang hoạt động",
        method="by_state",
    )
    day = DayFilter(label="Tại ngày", method="keep", help_text="Để trống là hôm nay.")

    class Meta:
        model = UnitVersion
        fields: list[str] = []
        form = PortalForm

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """With or without marks. Old names have no search column; a province has some hundred units, matched here."""
        key, code = search_key(value), value.strip().lower()
        rows = queryset.values_list("pk", "name", "unit__code")
        return queryset.filter(pk__in=[pk for pk, name, own in rows if key in search_key(name) or own.lower() == code])

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset  # the view reads it together with the day

    def keep(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset
