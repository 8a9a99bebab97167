"""Forms of decisions, money, the fund and the register of awards."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from awards.models import Award, AwardType, Decision, FundEntry, Recipient, RecipientKind
from awards.services.decisions.drawing import Group
from awards.services.decisions.register import FIRST_YEAR, with_predecessors
from dvk_portal.core.forms import DateField, DecimalField, NumberInput, PortalForm
from dvk_portal.core.text import search_key
from units.models import Unit


def _text(label: str, length: int, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea({"rows": rows}), **options)


def _year(label: str, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=FIRST_YEAR, max_value=2100,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "input-number"}), **options,
    )  # fmt: skip


class MoneyField(forms.Field):
    """Whole đồng as people write them: "1.234.000"."""

    widget = NumberInput

    def __init__(self, **options: Any) -> None:
        self.decimal = DecimalField(
            max_digits=14, decimal_places=0, min_value=1, required=options.get("required", True)
        )
        super().__init__(**options)

    def clean(self, value: Any) -> int | None:
        found = self.decimal.clean(value)
        return None if found is None else int(found)


# --- decisions -------------------------------------------------------------------------------------------------------
class DecisionForm(PortalForm):
    """Which decision to draw up: ``groups`` by the key of the cycle and of the group."""

    submit_label = "Lập dự thảo"

    what = forms.ChoiceField(label="Lập quyết định cho", widget=forms.RadioSelect)
    title = forms.CharField(
        label="Trích yếu", max_length=300, help_text="Ví dụ: Khen thưởng thành tích “Dân vận khéo” năm 2026."
    )

    def __init__(self, groups: dict[str, tuple[Any, Group]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = groups
        self.fields["what"].choices = [
            (key, f"{group.authority}: {len(group.nominations)} đề nghị của {cycle}{self._outside(group)}")
            for key, (cycle, group) in groups.items()
        ]

    @staticmethod
    def _outside(group: Group) -> str:
        return "" if group.decided_here else " (cơ quan khác quyết định, cổng ghi nhận)"

    def clean_what(self) -> tuple[Any, Group]:
        return self.groups[self.cleaned_data["what"]]


class TextsForm(PortalForm):
    title = forms.CharField(label="Trích yếu", max_length=300)
    authority = forms.CharField(label="Thẩm quyền quyết định", max_length=150)
    grounds = _text(
        "Căn cứ", 3000, 8, required=False, help_text="Mỗi căn cứ một dòng; cổng tự thêm dấu chấm phẩy khi in."
    )
    signer = forms.CharField(
        label="Người ký", max_length=100, required=False, help_text="Để trống: lãnh đạo Ban đang giữ chức vụ."
    )
    signer_post = forms.CharField(label="Chức vụ người ký", max_length=150, required=False)
    pays_here = forms.BooleanField(label="Cơ quan lập quyết định chi tiền thưởng", required=False)
    paid_from = forms.CharField(label="Nguồn tiền thưởng", max_length=200, required=False)


class LineForm(PortalForm):
    submit_label = "Lưu dòng này"

    granted = forms.TypedChoiceField(
        label="Quyết định", choices=[("yes", "Khen thưởng"), ("no", "Không khen thưởng")], widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )  # fmt: skip
    reason = _text(
        "Lý do khác ý kiến hội đồng", 500, required=False,
        help_text="Bắt buộc khi khen mà hội đồng không đề nghị, hoặc không khen mà hội đồng đề nghị. Đơn vị sẽ đọc lý do này.",
    )  # fmt: skip
    posthumous = forms.BooleanField(label="Truy tặng", required=False)


class SignForm(PortalForm):
    submit_label = "Ghi đã ký"
    error_title = "Chưa ghi ký được. Hãy sửa các mục sau:"

    signer = forms.CharField(label="Người ký", max_length=100)
    signer_post = forms.CharField(label="Chức vụ người ký", max_length=150)


class NumberForm(PortalForm):
    """``made_here``: number from the register unless one is typed; otherwise what the other authority's paper says."""

    error_title = "Chưa vào sổ được. Hãy sửa các mục sau:"

    number = forms.CharField(label="Số quyết định", max_length=60, required=False)
    dated_on = DateField(label="Ngày quyết định")
    signer = forms.CharField(label="Người ký", max_length=100)
    signer_post = forms.CharField(label="Chức vụ người ký", max_length=150, required=False)
    file = forms.FileField(label="Bản quyết định", required=False, help_text="PDF hoặc ảnh chụp bản đã ký, đóng dấu.")
    sure = forms.BooleanField(
        label="Tôi đã đối chiếu danh sách với quyết định",
        error_messages={"required": "Hãy đánh dấu sau khi đã đối chiếu danh sách."},
    )

    def __init__(self, *args: Any, made_here: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = "Vào sổ" if made_here else "Ghi nhận quyết định"
        if made_here:
            self.fields["number"].help_text = "Để trống: cổng lấy số tiếp theo trong sổ văn bản đi."
            del self.fields["signer"], self.fields["signer_post"]
        else:
            self.fields["number"].required = True
            self.fields["number"].help_text = "Ví dụ: 120/QĐ-UBND."


class GiveUpForm(PortalForm):
    """A draft had no effect: only the reason is asked."""

    submit_label = "Hủy dự thảo"
    error_title = "Chưa hủy được. Hãy sửa các mục sau:"

    reason = _text("Lý do hủy", 1000)


class RevokeForm(GiveUpForm):
    """The decision that cancels, and that one has read what follows."""

    submit_label = "Hủy khen thưởng"

    decision_no = forms.CharField(label="Quyết định hủy số", max_length=60)
    decided_on = DateField(label="Ngày quyết định hủy")
    received_on = DateField(
        label="Ngày nhận quyết định hủy",
        help_text="Ngày tập thể, cá nhân nhận được quyết định; hạn nộp lại tiền và hiện vật tính từ ngày này.",
    )
    sure = forms.BooleanField(
        label="Tôi đã đọc những hệ quả ở trên",
        error_messages={"required": "Hãy đánh dấu sau khi đã đọc các hệ quả."},
    )


class RevokeDecisionForm(RevokeForm):
    """Of a whole decision: every award in it."""

    submit_label = "Hủy quyết định"


class DecisionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tìm số, trích yếu", method="search")
    year = django_filters.NumberFilter(label="Năm", field_name="dated_on__year")
    status = django_filters.ChoiceFilter(
        label="Trạng thái", choices=Decision.Status.choices, empty_label="Mọi trạng thái"
    )

    class Meta:
        model = Decision
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        words = search_key(value).split()
        keys = [
            pk
            for pk, *texts in queryset.order_by().values_list("pk", "number", "title", "authority")
            if all(word in search_key(" ".join(texts)) for word in words)
        ]
        return queryset.filter(pk__in=keys)


# --- money and fund --------------------------------------------------------------------------------------------------
class PayForm(PortalForm):
    """Beside the ticked lines; ``reason`` is asked only when the fund is short."""

    day = DateField(label="Ngày chi")
    document_no = forms.CharField(label="Chứng từ số", max_length=60, required=False)
    reason = forms.CharField(
        label="Lý do chi vượt quỹ", max_length=250, required=False, help_text="Chỉ ghi khi quỹ không đủ."
    )


class CoefficientForm(PortalForm):
    submit_label = "Áp dụng hệ số"

    coefficient = DecimalField(label="Hệ số", max_digits=6, decimal_places=3, min_value=0)
    reason = forms.CharField(label="Lý do", max_length=250)


class ReturnForm(PortalForm):
    submit_label = "Ghi đã thu hồi"

    day = DateField(label="Ngày nộp lại")
    document_no = forms.CharField(label="Chứng từ số", max_length=60, required=False)


class EntryForm(PortalForm):
    submit_label = "Ghi vào quỹ"

    unit = forms.ModelChoiceField(label="Quỹ của", queryset=Unit.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label="Loại", choices=FundEntry.Kind.choices, widget=forms.RadioSelect)
    day = DateField(label="Ngày")
    amount = MoneyField(label="Số tiền (đồng)", help_text="Ví dụ 12.000.000.")
    text = forms.CharField(label="Nội dung", max_length=250)
    document_no = forms.CharField(label="Chứng từ số", max_length=60, required=False)
    reason = forms.CharField(
        label="Lý do chi vượt quỹ", max_length=250, required=False, help_text="Chỉ ghi khi quỹ không đủ."
    )

    def __init__(self, units: Iterable[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])


# --- the register ----------------------------------------------------------------------------------------------------
class AwardFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tìm tên, đơn vị, số quyết định", method="search")
    year = django_filters.NumberFilter(label="Năm")
    award_type = django_filters.ModelChoiceFilter(
        label="Danh hiệu, hình thức", queryset=AwardType.objects.all(), empty_label="Tất cả"
    )
    kind = django_filters.ChoiceFilter(
        label="Đối tượng", field_name="subject_kind", choices=RecipientKind.choices, empty_label="Mọi đối tượng"
    )
    unit = django_filters.ModelChoiceFilter(
        label="Đơn vị (cả đơn vị đã nhập vào)", queryset=Unit.objects.all(), empty_label="Mọi đơn vị", method="of_unit"
    )
    status = django_filters.ChoiceFilter(label="Trạng thái", choices=Award.Status.choices, empty_label="Mọi trạng thái")
    flagged = django_filters.ChoiceFilter(
        label="Cần xem lại", choices=[("yes", "Chỉ dòng cần xem lại")], empty_label="Tất cả", method="only_flagged"
    )

    class Meta:
        model = Award
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = self.queryset.order_by().values("unit")
        self.filters["unit"].queryset = Unit.objects.filter(pk__in=seen)

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in search_key(value).split():
            queryset = queryset.filter(search_key__contains=word)
        return queryset

    def of_unit(self, queryset: QuerySet, name: str, value: Unit) -> QuerySet:
        return queryset.filter(unit__in=with_predecessors(value))

    def only_flagged(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.exclude(flag="")


class RecipientSearch(PortalForm):
    q = forms.CharField(label="Tên cá nhân, tập thể, hộ gia đình", max_length=100, help_text="Không cần gõ dấu.")


class EarlierForm(PortalForm):
    """An award of before the portal; ``knows_duplicates`` appears once something alike was found."""

    submit_label = "Ghi vào sổ"

    award_type = forms.ModelChoiceField(label="Danh hiệu, hình thức", queryset=AwardType.objects.none())
    award_kind = forms.ChoiceField(label="Loại khen thưởng", choices=Award._meta.get_field("award_kind").choices)
    year = _year("Năm", help_text="Năm của thành tích, ví dụ 2024.")
    decision_no = forms.CharField(label="Quyết định số", max_length=60)
    decided_on = DateField(label="Ngày quyết định")
    authority = forms.CharField(label="Thẩm quyền quyết định", max_length=150)
    name = forms.CharField(label="Tên khi khen thưởng", max_length=150)
    post = forms.CharField(label="Chức vụ khi khen thưởng", max_length=150, required=False)
    unit_name = forms.CharField(label="Đơn vị khi khen thưởng", max_length=150)
    period_from = DateField(label="Thành tích từ ngày", required=False)
    period_to = DateField(label="Đến ngày", required=False)
    achievement = _text("Thành tích", 500, required=False)
    gold_book_no = forms.CharField(label="Số sổ vàng", max_length=30, required=False)
    posthumous = forms.BooleanField(label="Truy tặng", required=False)
    knows_duplicates = forms.BooleanField(label="Không trùng: đây là khen thưởng khác", required=False)

    def __init__(self, recipient: Recipient, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = AwardType.objects.filter(**{f"for_{recipient.kind}": True})
        self.fields["award_type"].queryset = kinds
