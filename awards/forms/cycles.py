"""Forms of award cycles: the cycle, its calendar and phases, quotas, publications, comments."""

import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from awards.models import (
    AwardCycle,
    AwardType,
    CyclePhase,
    Publication,
    PublicationComment,
    Quota,
    RecipientKind,
)
from awards.schedule import ScheduleError, Wish
from awards.services.cycles.editing import campaigns_of
from awards.services.cycles.quotas import class_names, clusters_of
from awards.services.cycles.scheduling import usual_lengths, wish_of
from dvk_portal.core.forms import DateField, PortalForm, PortalModelForm
from dvk_portal.core.text import search_key
from units.models import Unit


class CycleForm(PortalModelForm):
    class Meta:
        model = AwardCycle
        fields = (
            "title", "kind", "family", "award_kind", "year_from", "year_to", "award_types", "campaigns", "decide_on",
            "guidance",
        )  # fmt: skip
        widgets = {
            "guidance": forms.Textarea({"rows": 6}),
            "award_types": forms.CheckboxSelectMultiple,
            "campaigns": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "kind": "Nhiều năm: ví dụ tổng kết 2–3, 5, 10, 15 năm. Đột xuất: lịch ngắn, không bắt buộc công khai.",
            "family": "Khen thưởng của Đảng và của Nhà nước xét thành các đợt riêng.",
            "award_types": "Chỉ chọn danh hiệu, hình thức cùng hệ khen thưởng với đợt.",
            "campaigns": "Kết quả đã công bố của các phong trào này dùng để đề nghị. Để trống nếu đợt không gắn phong trào.",
            "guidance": "Mọi đơn vị đọc được.",
        }

    def __init__(self, *args: Any, organiser: Unit, day: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.instance.award_types.values("pk") if self.instance.pk else AwardType.objects.none().values("pk")
        types = AwardType.objects.on(day) | AwardType.objects.filter(pk__in=chosen)
        self.fields["award_types"].queryset = types.distinct().order_by("family", "-level", "code")
        self.fields["award_types"].label_from_instance = _with_family
        self.fields["campaigns"].queryset = campaigns_of(organiser).select_related("owner")
        if self.instance.pk and self.instance.status != AwardCycle.Status.DRAFT:
            for name in ("kind", "family", "award_kind", "year_from", "year_to"):
                self.fields[name].disabled = True
                self.fields[name].help_text = "Đã chốt khi mở nhận hồ sơ."

    def validate_constraints(self) -> None:
        """Said by the service, in sentences."""

    @property
    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {**data, "award_types": list(data["award_types"]), "campaigns": list(data["campaigns"])}


def _with_family(row: AwardType) -> str:
    return f"{row.name} ({'Đảng' if row.family == 'party' else 'Nhà nước'})"


class CopyForm(PortalForm):
    submit_label = "Lập đợt mới"

    title = forms.CharField(label="Tên đợt mới", max_length=200)


_DAYS = {"min_value": 0, "max_value": 250}


class ScheduleForm(PortalForm):
    """When the decision is wanted and how many working days each step gets."""

    submit_label = "Xem lịch đề xuất"

    decide_on = DateField(label="Dự kiến ngày quyết định")
    before = DateField(
        label="Phải xong trước ngày", required=False,
        help_text="“Trước ngày 10/12” được hiểu là muộn nhất ngày 09/12. Để trống nếu không có hạn như vậy.",
    )  # fmt: skip
    nominating = forms.IntegerField(label="Đơn vị gửi hồ sơ", **{**_DAYS, "min_value": 1})
    supplement = forms.IntegerField(label="Bổ sung hồ sơ", **_DAYS)
    reviewing = forms.IntegerField(label="Thẩm định", **{**_DAYS, "min_value": 1})
    publication = forms.IntegerField(label="Công khai lấy ý kiến", **_DAYS)
    scoring = forms.IntegerField(label="Thành viên hội đồng chấm", **_DAYS)
    deciding = forms.IntegerField(label="Trình quyết định", **{**_DAYS, "min_value": 1})

    LENGTHS = ("nominating", "supplement", "reviewing", "publication", "scoring", "deciding")

    def __init__(self, data: Any = None, *, cycle: AwardCycle, day: datetime.date) -> None:
        kept = wish_of(cycle)
        initial = {**usual_lengths(cycle, cycle.decide_on or day), "decide_on": cycle.decide_on}
        if kept is not None:
            initial |= {name: getattr(kept, name) for name in (*self.LENGTHS, "before", "decide_on")}
        super().__init__(data, initial=initial)
        for name in self.LENGTHS:
            least = "0 là bỏ bước này" if self.fields[name].min_value == 0 else "ít nhất 1"
            self.fields[name].help_text = f"Số ngày làm việc; {least}."

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors:
            try:
                self.wish = Wish(**data)
            except ScheduleError as error:
                raise forms.ValidationError(str(error)) from error
        return data


class PhaseForm(PortalModelForm):
    class Meta:
        model = CyclePhase
        fields = (
            "opens_on", "closes_on", "reason", "units_may_send", "units_may_change", "units_see_findings",
            "units_see_outcome", "members_may_score",
        )  # fmt: skip
        help_texts = {"reason": "In cạnh ngày trong lịch. Đổi ngày mà giữ lý do cũ thì cổng ghi “Ban ấn định”."}

    def validate_constraints(self) -> None:
        """The one constraint that this form could break has its sentence in the service."""


class RenewForm(PortalForm):
    submit_label = "Tính lại các bước còn lại"

    note = forms.CharField(
        label="Lý do tính lại", max_length=500, help_text="Ví dụ: Công văn về hoán đổi ngày nghỉ, số và ngày."
    )


class QuotaForm(PortalModelForm):
    class Meta:
        model = Quota
        fields = (
            "award_type", "subject_kind", "cluster", "maximum", "percent", "percent_of", "per_unit", "leader_percent",
            "least_class", "least_points",
        )  # fmt: skip
        help_texts = {
            "subject_kind": "Để trống: mọi đối tượng.",
            "cluster": "Để trống: chung cả đợt.",
            "percent": "Làm tròn xuống. Có cả số tối đa thì lấy số nhỏ hơn.",
            "leader_percent": "Trong số đề nghị cá nhân, lãnh đạo và quản lý không quá tỷ lệ này.",
            "least_class": "Theo xếp loại của bảng tiêu chí.",
        }

    def __init__(self, *args: Any, cycle: AwardCycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["award_type"].queryset = cycle.award_types.order_by("-level", "code")
        self.fields["award_type"].empty_label = "Chọn danh hiệu, hình thức"
        self.fields["subject_kind"].choices = [("", "Mọi đối tượng"), *RecipientKind.choices]
        self.fields["cluster"].queryset = clusters_of(cycle)
        self.fields["cluster"].empty_label = "Chung cả đợt"
        self.fields["cluster"].label_from_instance = lambda row: f"{row.name} – {row.campaign.title}"
        names = class_names(cycle)
        if self.instance.least_class and self.instance.least_class not in names:
            names = [*names, self.instance.least_class]
        self.fields["least_class"] = forms.ChoiceField(
            label="Xếp loại thấp nhất", required=False, choices=[("", "Không đặt"), *((name, name) for name in names)],
            initial=self.instance.least_class, help_text="Theo xếp loại của bảng tiêu chí.",
        )  # fmt: skip

    def validate_constraints(self) -> None:
        """Said by the service, in sentences."""

    def _post_clean(self) -> None:
        """The service writes the row: the form only reads what was typed."""


class PublicationForm(PortalForm):
    """When the list is public and where comments go; which dossiers are ticked in the table of the page."""

    submit_label = "Công khai danh sách"

    opened_on = DateField(label="Công khai từ ngày")
    working_days = forms.IntegerField(label="Số ngày làm việc", min_value=1, max_value=60)
    contact_mail = forms.EmailField(label="Thư điện tử nhận ý kiến", required=False, max_length=200)
    contact_phone = forms.CharField(label="Điện thoại nhận ý kiến", required=False, max_length=30)


class ExtendForm(PortalForm):
    submit_label = "Gia hạn nhận ý kiến"

    until = DateField(label="Nhận ý kiến đến hết ngày")
    note = forms.CharField(label="Lý do", max_length=500, widget=forms.Textarea({"rows": 3}))


class CloseForm(PortalForm):
    submit_label = "Kết thúc công khai"

    summary = forms.CharField(
        label="Tổng hợp ý kiến báo cáo hội đồng", max_length=4000, widget=forms.Textarea({"rows": 6}),
        help_text="Đưa vào biên bản họp. Không nêu tên người góp ý. Không có ý kiến nào cũng ghi rõ.",
    )  # fmt: skip


def _ask_about(form: PortalForm, publication: Publication) -> None:
    """Put the question "about whom" first: a line of the list, or the whole of it."""
    lines = [
        (line["nomination"], f"{line['name']} – {line['unit']} ({line['award']})") for line in publication.snapshot
    ]
    field = forms.TypedChoiceField(
        label="Ý kiến về", required=False, coerce=int, empty_value=None, choices=[("", "Cả danh sách"), *lines],
        error_messages={"invalid_choice": "Hãy chọn một mục trong danh sách."},
    )  # fmt: skip
    form.fields = {"about": field, **form.fields}


class PublicCommentForm(PortalForm):
    """Anybody's comment. ``website`` is for machines: people never see it."""

    submit_label = "Gửi ý kiến"
    error_title = "Chưa gửi được. Hãy sửa các mục sau:"

    text = forms.CharField(
        label="Nội dung", max_length=3000, widget=forms.Textarea({"rows": 6}),
        help_text="Nêu rõ việc gì, ở đâu, khi nào để cơ quan xác minh được.",
    )  # fmt: skip
    sender = forms.CharField(
        label="Họ tên của bạn", max_length=100, required=False, help_text="Không bắt buộc. Không hiện trên trang này.",
        widget=forms.TextInput({"autocomplete": "name"}),
    )  # fmt: skip
    contact = forms.CharField(
        label="Điện thoại hoặc thư điện tử", max_length=150, required=False,
        help_text="Không bắt buộc. Để cơ quan hỏi lại và trả lời bạn.",
    )  # fmt: skip
    website = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, publication: Publication) -> None:
        super().__init__(data)
        _ask_about(self, publication)

    @property
    def is_from_a_machine(self) -> bool:
        return bool(self.cleaned_data.get("website"))

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("about", "sender", "contact", "text")}


class CommentForm(PortalForm):
    """A comment that came by letter or phone."""

    submit_label = "Ghi ý kiến"

    channel = forms.ChoiceField(
        label="Nhận qua", choices=[row for row in PublicationComment.Channel.choices if row[0] != "web"]
    )
    received_on = DateField(label="Ngày nhận")
    text = forms.CharField(label="Nội dung", max_length=3000, widget=forms.Textarea({"rows": 6}))
    sender = forms.CharField(label="Người góp ý", max_length=100, required=False)
    contact = forms.CharField(label="Liên hệ", max_length=150, required=False)

    def __init__(self, *args: Any, publication: Publication, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_about(self, publication)


class HandleForm(PortalForm):
    submit_label = "Lưu kết quả"

    state = forms.ChoiceField(
        label="Kết quả", choices=[row for row in PublicationComment.State.choices if row[0] != "open"],
        widget=forms.RadioSelect,
    )  # fmt: skip
    result = forms.CharField(
        label="Nội dung xử lý", max_length=2000, required=False, widget=forms.Textarea({"rows": 4}),
        help_text="Hội đồng được báo cáo nội dung này; không nêu tên người góp ý. Bắt buộc khi đã xử lý hoặc không xem xét.",
    )  # fmt: skip


class CycleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tên đợt", method="search")
    year = django_filters.NumberFilter(label="Năm", method="of_year")
    kind = django_filters.ChoiceFilter(label="Loại đợt", choices=AwardCycle.Kind.choices, empty_label="Mọi loại")
    status = django_filters.ChoiceFilter(
        label="Trạng thái", choices=AwardCycle.Status.choices, empty_label="Mọi trạng thái"
    )

    class Meta:
        model = AwardCycle
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """With or without diacritics; cycles are few, so their titles are folded here."""
        words = search_key(value).split()
        keys = ((pk, search_key(text)) for pk, text in queryset.values_list("pk", "title"))
        return queryset.filter(pk__in=[pk for pk, key in keys if all(word in key for word in words)])

    def of_year(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        if not 1900 <= value <= 2200:
            return queryset.none()
        return queryset.filter(year_from__lte=int(value), year_to__gte=int(value))


class CommentFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label="Trạng thái", choices=PublicationComment.State.choices, empty_label="Mọi trạng thái"
    )
    channel = django_filters.ChoiceFilter(
        label="Nhận qua", choices=PublicationComment.Channel.choices, empty_label="Mọi cách"
    )

    class Meta:
        model = PublicationComment
        fields: list[str] = []
