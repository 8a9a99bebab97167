"""Forms of the document pages: the filter of the list, and one form for each way of signing."""

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from dvk_portal.core.documents.kinds import all_kinds
from dvk_portal.core.forms import DateField, IdentityMixin, PortalForm
from dvk_portal.core.models import Document
from dvk_portal.core.text import search_key


def _kinds() -> list[tuple[str, str]]:
    return [(kind.code, kind.title) for kind in all_kinds()]


class DocumentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tìm văn bản, số, đơn vị", method="search")
    kind = django_filters.ChoiceFilter(label="Loại", choices=_kinds, empty_label="Tất cả")
    state = django_filters.ChoiceFilter(
        label="Trạng thái", field_name="status", choices=Document.Status.choices, empty_label="Tất cả"
    )

    class Meta:
        model = Document
        fields: list[str] = []
        form = PortalForm

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(search_key__contains=search_key(value))


def _file(label: str, accept: str, hint: str) -> forms.FileField:
    return forms.FileField(
        label=label,
        help_text=hint,
        widget=forms.ClearableFileInput({"accept": accept}),
        error_messages={"required": "Hãy chọn tệp.", "empty": "Tệp trống. Hãy chọn lại tệp có nội dung."},
    )


NOT_SIGNED = "Chưa ký được. Hãy xem lại các mục sau:"


class SlotForm(PortalForm):
    """``slot`` is the place to sign; a person who may sign at several chooses one."""

    error_title = NOT_SIGNED
    slot = forms.ChoiceField(label="Ký cho")

    def __init__(self, *args: Any, places: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["slot"]
        field.choices = [(slot.slot, f"{slot.party}: {mandate.organisation}") for slot, mandate in places]
        if len(places) == 1:
            field.widget = forms.HiddenInput()
            field.initial = places[0][0].slot


class ConsentForm(IdentityMixin, SlotForm):
    """``seen`` is the hash of the content on the signer's screen."""

    submit_label = "Ký văn bản"
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class UploadForm(SlotForm):
    submit_label = "Tải lên và kiểm tra"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = settings.UPLOAD_MAX_BYTES // 1_000_000
        self.fields["file"] = _file("Tệp PDF đã ký số", ".pdf", f"Tệp vừa ký, không quá {limit} MB.")


class KeyForm(SlotForm):
    submit_label = "Ký số"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = _file(
            "Tệp khóa ký (.p12, .pfx)",
            ".p12,.pfx",
            "Chỉ dùng để ký một lần này; cổng không lưu tệp và mật khẩu của tệp.",
        )
        self.fields["secret"] = forms.CharField(
            label="Mật khẩu của tệp khóa",
            widget=forms.PasswordInput({"autocomplete": "off"}),
            max_length=200,
            required=False,
            strip=False,
        )


class ServerTokenForm(IdentityMixin, SlotForm):
    submit_label = "Ký bằng thiết bị của máy chủ"


class CertificateForm(SlotForm):
    submit_label = "Lấy mã băm để ký"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = _file(
            "Chứng thư số của người ký", ".cer,.crt,.pem,.der", "Xuất từ phần mềm của thiết bị ký; không có khóa riêng."
        )


class TokenSignatureForm(PortalForm):
    """The signature comes back as a file or as text, whichever the tool gives."""

    submit_label = "Hoàn tất ký"
    error_title = NOT_SIGNED
    prepared = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="Chữ ký (base64 hoặc hex)",
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(label="hoặc tệp chữ ký", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if not data.get("text") and not upload:
            self.add_error("text", "Hãy dán chữ ký hoặc chọn tệp chữ ký.")
        data["signature"] = upload.read(20_000) if upload else data.get("text", "").encode()
        return data


class ScanForm(SlotForm):
    submit_label = "Gửi bản quét"
    name = forms.CharField(label="Họ tên người ký trên giấy", max_length=50)
    capacity = forms.CharField(label="Chức danh ghi trên giấy", max_length=120)
    signed_on = DateField(label="Ngày ký ghi trên giấy")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = _file(
            "Bản quét", ".pdf,.jpg,.jpeg,.png", "PDF hoặc ảnh, đủ mọi trang, thấy rõ chữ ký và con dấu."
        )
        self.fields["signed_on"].initial = timezone.localdate()
