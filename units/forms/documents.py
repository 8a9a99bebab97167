"""Forms of the register of numbers, of issuing bodies, terms of office and delegations."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from dvk_portal.core.documents.numbering import SUBJECT
from dvk_portal.core.forms import DateField, PortalForm, PortalModelForm
from dvk_portal.core.models import DocumentNumber, NumberSeries
from dvk_portal.core.text import search_key
from units.forms.units import UnitChoiceField
from units.models import IssuingBody, TermOfOffice, Unit, User
from units.roles import Role
from units.services import numbers
from units.services.delegations import possible_delegates, roles_held


# --- the register ----------------------------------------------------------------------------------------------------
class TakeForm(PortalForm):
    """``confirmed`` holds the number that the person was shown; another one is shown to him again first."""

    submit_label = "Xem số sẽ cấp"

    unit = UnitChoiceField(label="Cơ quan ban hành", empty_label="Chọn cơ quan")
    type_code = forms.CharField(
        label="Tên loại văn bản viết tắt",
        max_length=20,
        help_text="Ví dụ: BC báo cáo, TB thông báo, KH kế hoạch, QĐ quyết định, TTr tờ trình, CV công văn.",
    )
    day = DateField(label="Ngày văn bản")
    subject = forms.CharField(label="Trích yếu nội dung", max_length=SUBJECT, widget=forms.Textarea(attrs={"rows": 3}))
    confirmed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = numbers.numbering_units(user)

    def ask_to_confirm(self, text: str, label: str) -> None:
        """Show the same form once more, now with the number that the button stands for."""
        self.data = self.data.copy()
        self.data["confirmed"] = text
        self.submit_label = label


class RecordForm(TakeForm):
    submit_label = "Kiểm tra số"

    number = forms.IntegerField(
        label="Số", min_value=1, max_value=numbers.LARGEST, help_text="Chỉ ghi phần số, ví dụ 7 cho số 07-BC/BTGDVTU.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-number"}),
    )  # fmt: skip
    field_order = ["unit", "type_code", "number", "day", "subject", "confirmed"]


def _units(request: HttpRequest) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=numbers.visible_numbers(request.user).order_by().values("unit"))


class NumberFilter(django_filters.FilterSet):
    """Over the lines that the person keeps; ``request`` is required."""

    q = django_filters.CharFilter(label="Số, ký hiệu, trích yếu", method="search")
    unit = django_filters.ModelChoiceFilter(label="Cơ quan", queryset=_units, empty_label="Mọi cơ quan")
    type = django_filters.ChoiceFilter(label="Loại", field_name="series__type_code", empty_label="Mọi loại")
    scope = django_filters.ChoiceFilter(
        label="Năm, nhiệm kỳ", field_name="series__scope", empty_label="Mọi năm, nhiệm kỳ"
    )
    status = django_filters.ChoiceFilter(
        label="Trạng thái", choices=DocumentNumber.Status.choices, empty_label="Mọi trạng thái"
    )

    class Meta:
        model = DocumentNumber
        fields: list[str] = []
        form = PortalForm

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        runs = NumberSeries.objects.filter(unit__in=_units(self.request)).order_by().values_list("type_code", "scope")
        known = set(runs.distinct())
        self.filters["type"].extra["choices"] = [
            (code, code or "không tên loại") for code in sorted({row[0] for row in known})
        ]
        self.filters["scope"].extra["choices"] = [
            (name, name) for name in sorted({row[1] for row in known}, reverse=True)
        ]

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in search_key(value).split():
            queryset = queryset.filter(search_key__contains=word)
        return queryset


# --- issuing bodies, terms of office ----------------------------------------------------------------------------------
class _DatedRowForm(PortalModelForm):
    """A new row may end the one in force; a changed one keeps its place."""

    replace = forms.BooleanField(
        label="Kết thúc dòng đang có hiệu lực vào ngày trước ngày bắt đầu của dòng mới", required=False
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["replace"]
        else:
            self.instance.unit = unit


class IssuingBodyForm(_DatedRowForm):
    submit_label = "Lưu thông tin ban hành"

    class Meta:
        model = IssuingBody
        fields = ("system", "superior", "name", "symbol", "place", "valid_from", "valid_to")
        help_texts = {
            "superior": "Dòng trên ở góc trái, ví dụ “Tỉnh ủy An Giang”; để trống nếu không có.",
            "name": "Dòng dưới, ví dụ “Ban Tuyên giáo và Dân vận”. Cổng tự in hoa.",
            "symbol": "Viết liền, ví dụ BTGDVTU trong 05-BC/BTGDVTU. Cổng tự thêm số và tên loại.",
            "place": "Địa danh trước ngày tháng, ví dụ An Giang.",
            "valid_to": "Để trống khi đang dùng.",
        }


class TermForm(_DatedRowForm):
    submit_label = "Lưu nhiệm kỳ"

    class Meta:
        model = TermOfOffice
        fields = ("name", "valid_from", "valid_to")
        help_texts = {
            "name": "Ví dụ 2025-2030. Số văn bản của Đảng bắt đầu lại từ 01 khi sang nhiệm kỳ mới.",
            "valid_from": "Ngày bắt đầu đánh số theo nhiệm kỳ này, ví dụ 02/10/2025.",
            "valid_to": "Để trống khi chưa kết thúc.",
        }


# --- delegations --------------------------------------------------------------------------------------------------------
class DelegationForm(PortalForm):
    submit_label = "Ghi ủy quyền"

    role = forms.ChoiceField(label="Ký thay cho vai trò")
    delegate = forms.ModelChoiceField(
        label="Người được ủy quyền",
        queryset=User.objects.none(),
        empty_label="Chọn người",
        help_text="Người đang giữ vai trò tại đơn vị hoặc cơ quan trực thuộc.",
    )
    post = forms.CharField(
        label="Chức danh của người được ủy quyền", max_length=100, help_text="Ví dụ: Phó Bí thư Thường trực."
    )
    authority = forms.CharField(
        label="Quyền hạn ghi trên chữ ký",
        max_length=100,
        help_text="Văn bản của Đảng: K/T BÍ THƯ, K/T TRƯỞNG BAN. Văn bản hành chính: KT. GIÁM ĐỐC.",
    )
    document_no = forms.CharField(
        label="Văn bản ủy quyền", max_length=100, help_text="Số, ký hiệu và ngày, ví dụ 12-QĐ/ĐU ngày 05/01/2026."
    )
    valid_from = DateField(label="Từ ngày")
    valid_to = DateField(label="Đến hết ngày", required=False, help_text="Để trống nếu đến khi có văn bản thay thế.")

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(Role.choices)
        self.fields["role"].choices = [(role, words[role]) for role in roles_held(unit)]
        self.fields["delegate"].queryset = possible_delegates(unit)
        self.fields["delegate"].label_from_instance = lambda user: f"{user.full_name} ({user.username})"


class EndDelegationForm(PortalForm):
    submit_label = "Kết thúc ủy quyền"

    last_day = DateField(label="Ngày cuối còn hiệu lực")
    note = forms.CharField(label="Lý do", max_length=200, required=False)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
