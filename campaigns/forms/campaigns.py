"""Forms about a campaign itself: finding one, making one, describing it, copying it."""

import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.forms.parts import CampaignFormMixin, CampaignModelForm, CampaignPartForm
from campaigns.models import Campaign, Scheme
from campaigns.models.campaign import CampaignForm
from campaigns.services.campaigns import owners_for
from campaigns.services.editing import Part
from dvk_portal.core.forms import DateField, MultipleFileField, PortalModelForm
from dvk_portal.core.models import Signature
from dvk_portal.core.text import search_key
from units.models import Membership, Unit, User
from units.roles import Role


class CampaignFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tìm", method="search")
    status = django_filters.ChoiceFilter(label="Trạng thái", choices=Campaign.Status, empty_label="Mọi trạng thái")
    form = django_filters.ChoiceFilter(label="Hình thức", choices=CampaignForm, empty_label="Mọi hình thức")
    year = django_filters.ChoiceFilter(label="Năm", method="in_year", empty_label="Mọi năm")

    class Meta:
        model = Campaign
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this_year = timezone.localdate().year
        years = range(this_year + 2, min(this_year, 2024) - 1, -1)
        self.filters["year"].extra["choices"] = [(year, str(year)) for year in years]

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(search_key__contains=search_key(value))

    def in_year(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Campaigns that run on some day of that year."""
        first, last = datetime.date(int(value), 1, 1), datetime.date(int(value), 12, 31)
        return queryset.filter(starts_on__lte=last, ends_on__gte=first)


def officers() -> QuerySet[User]:
    """People of the province who may follow a campaign or a cluster."""
    held = Membership.objects.current().filter(role__in=(Role.VERIFIER, Role.DIRECTOR))
    return User.objects.filter(is_active=True, memberships__in=held).distinct().order_by("full_name")


class _Basics:
    """Shared by making and editing: dates that follow each other."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", "Ngày kết thúc phải sau ngày bắt đầu.")
        return data


_HINTS = {
    "title": "Ghi đủ như trong văn bản, ví dụ: Thi đua “Dân vận khéo” năm 2026.",
    "starts_on": "Không nhất thiết theo năm dương lịch: có thể từ tháng 10 năm nay đến tháng 10 năm sau.",
    "contact": "Đơn vị nhìn thấy tên để liên hệ.",
    "pledge_required": (
        "Tắt: chưa ký giao ước chỉ bị nhắc. Bật: chưa ký giao ước thì không được đề nghị khen thưởng; "
        "chỉ bật khi kế hoạch quy định rõ, vì Luật Thi đua, khen thưởng 2022 không bắt buộc."
    ),
}


class CreateCampaignForm(_Basics, PortalModelForm):
    submit_label = "Lập phong trào"

    class Meta:
        model = Campaign
        fields = ("owner", "title", "form", "starts_on", "ends_on", "contact")
        widgets = {"form": forms.RadioSelect}
        help_texts = _HINTS

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = owners_for(user)
        self.fields["owner"].queryset = self.fields["owner"].queryset.filter(pk__in=[unit.pk for unit in owners])
        self.fields["owner"].initial = owners[0] if owners else None
        self.fields["owner"].empty_label = None
        self.fields["contact"].queryset = officers()
        self.fields["contact"].initial, self.fields["contact"].empty_label = user.pk, "Chưa chọn"
        self.fields["form"].choices = CampaignForm.choices


class BasicsForm(_Basics, CampaignModelForm):
    part = Part.BASICS

    signing_methods = forms.MultipleChoiceField(
        label="Cách ký giao ước được dùng",
        choices=Signature.Method.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Chọn ít nhất một cách. Có thể ký trên giấy rồi tải bản quét ngay từ đầu, cách khác dùng dần sau.",
        error_messages={"required": "Hãy chọn ít nhất một cách ký."},
    )

    class Meta:
        model = Campaign
        fields = (
            "title", "form", "starts_on", "ends_on", "contact", "previous",
            "pledge_required", "signing_methods", "witness", "pledge_copies",
        )  # fmt: skip
        widgets = {"form": forms.RadioSelect}
        help_texts = _HINTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = officers() | User.objects.filter(pk=self.campaign.contact_id).distinct()
        self.fields["form"].choices = CampaignForm.choices
        witnesses = Unit.objects.on(timezone.localdate()).exclude(pk=self.campaign.owner_id)
        self.fields["witness"].queryset = witnesses | Unit.objects.filter(pk=self.campaign.witness_id)
        others = Campaign.objects.visible_to(self.user).exclude(pk=self.campaign.pk)
        self.fields["previous"].queryset = others.filter(starts_on__lt=self.campaign.starts_on)


class ContentForm(CampaignModelForm):
    part = Part.CONTENT

    class Meta:
        model = Campaign
        fields = (
            "goal", "slogan", "audience", "content", "criteria", "measures", "common_commitments",
            "province_commitments",
        )  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": rows})
            for name, rows in {"goal": 3, "audience": 3, "content": 6, "criteria": 5, "measures": 5,
                               "common_commitments": 5, "province_commitments": 5}.items()
        }  # fmt: skip


class DocumentForm(CampaignModelForm):
    part = Part.DOCUMENT

    class Meta:
        model = Campaign
        fields = ("document_no", "document_date", "document_signer")
        help_texts = {"document_no": "Ví dụ: 15-KH/BTGDVTU.", "document_signer": "Chức danh, họ và tên."}


class AttachForm(CampaignPartForm):
    submit_label = "Tải lên"

    files = MultipleFileField(label="Tệp", help_text="PDF, ảnh, Word, Excel hoặc OpenDocument; chọn được nhiều tệp.")
    title = forms.CharField(label="Tên tài liệu", max_length=200, required=False, help_text="Để trống thì lấy tên tệp.")


class SchemeForm(CampaignFormMixin, PortalModelForm):
    part = Part.SCHEME

    class Meta:
        model = Campaign
        fields = ("scheme",)
        help_texts = {"scheme": "Chỉ gồm các bảng đang áp dụng."}

    def __init__(self, *args: Any, campaign: Campaign, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, user=user, **kwargs)
        field = self.fields["scheme"]
        field.required = True
        field.queryset = Scheme.objects.published() | Scheme.objects.filter(pk=campaign.scheme_id)
        field.initial = campaign.scheme_id
        if not campaign.is_draft:
            field.disabled, field.help_text = True, "Đã chốt khi phát động."


class CopyDateForm(CampaignPartForm):
    """The first step of a copy: when the new campaign begins."""

    starts_on = DateField(label="Ngày bắt đầu mới")
