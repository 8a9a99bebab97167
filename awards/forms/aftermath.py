"""Forms after the decision: layouts of certificates, printing, ceremonies, complaints, statistics."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from awards.certificates import MOST_BOXES, PLACES, Box, BoxKind, Fit, box_of
from awards.models import Award, AwardType, CertificateLayout, Complaint, Recipient
from awards.services.aftermath.certificates import boxes_in
from awards.services.aftermath.printing import ORDERS
from dvk_portal.core.forms import DateField, DecimalField, PortalForm, PortalModelForm
from dvk_portal.core.text import search_key

SPARE_BOXES = 1
_KINDS = {
    BoxKind.TEXT: "Chữ",
    BoxKind.QR: "Mã QR",
    BoxKind.SIGNATURE: "Chỗ ký (để trống)",
    BoxKind.SEAL: "Chỗ đóng dấu (để trống)",
    BoxKind.EMBLEM: "Chỗ Quốc huy, Đảng kỳ (để trống)",
    BoxKind.BORDER: "Khung viền",
    BoxKind.LINE: "Đường gạch",
}
_FITS = {Fit.SHRINK: "Một dòng, dài thì thu nhỏ", Fit.WRAP: "Xuống dòng, dài thì thu nhỏ"}
_ALIGNMENTS = (("left", "Trái"), ("center", "Giữa"), ("right", "Phải"))
_WEIGHTS = (("regular", "Thường"), ("bold", "Đậm"))
WORDS = ", ".join(f"{{{name}}} {label.lower()}" for name, (label, _) in PLACES.items())


def _mm(label: str) -> DecimalField:
    return DecimalField(label=label, max_digits=6, decimal_places=2)


class BoxForm(PortalForm):
    """One box of a layout, lengths in millimetres. ``is_spare``: not stored yet, may stay empty."""

    is_spare = False

    label = forms.CharField(label="Tên khối", max_length=40)
    kind = forms.ChoiceField(label="Loại", choices=list(_KINDS.items()))
    x = _mm("Cách mép trái (mm)")
    y = _mm("Cách mép trên (mm)")
    width = _mm("Rộng (mm)")
    height = _mm("Cao (mm)")
    text = forms.CharField(label="Chữ", max_length=500, required=False, widget=forms.Textarea({"rows": 2}))
    size = DecimalField(label="Cỡ chữ, bề rộng viền, độ dày nét", max_digits=5, decimal_places=2)
    weight = forms.ChoiceField(label="Kiểu chữ", choices=_WEIGHTS)
    align = forms.ChoiceField(label="Căn", choices=_ALIGNMENTS)
    fit = forms.ChoiceField(label="Khi chữ dài", choices=list(_FITS.items()))
    colour = forms.CharField(label="Màu (ví dụ #c8102e)", max_length=7)
    italic = forms.BooleanField(label="Nghiêng", required=False)
    upper = forms.BooleanField(label="Viết hoa", required=False)
    on_stock = forms.BooleanField(label="Phôi có sẵn, không in", required=False)
    remove = forms.BooleanField(label="Bỏ khối này", required=False)

    @property
    def title(self) -> str:
        return str(self["label"].value() or "Khối mới")

    @property
    def is_blank(self) -> bool:
        """A new box in which nothing was typed: a browser sends its choices all the same."""
        typed = ("label", "x", "y", "width", "height", "text")
        return self.is_spare and not any(str(self[name].value() or "").strip() for name in typed)

    @property
    def box(self) -> Box:
        return box_of({name: value for name, value in self.cleaned_data.items() if name != "remove"})


class LayoutForm(PortalModelForm):
    """A layout with its boxes; ``boxes`` are forms of their own, an empty new one is left out."""

    background_file = forms.FileField(
        label="Ảnh nền", required=False, help_text="PNG hoặc JPG phủ kín trang; không in khi chỉ in chữ lên phôi."
    )
    drop_background = forms.BooleanField(label="Bỏ ảnh nền đang dùng", required=False)

    class Meta:
        model = CertificateLayout
        fields = ("name", "family", "award_types", "width_mm", "height_mm", "on_stock", "is_active", "note")
        widgets = {"award_types": forms.CheckboxSelectMultiple}
        help_texts = {
            "award_types": "Không chọn: dùng cho mọi danh hiệu, hình thức cùng hệ.",
            "on_stock": "Những khối ghi “Phôi có sẵn” không được in.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["award_types"].queryset = AwardType.objects.order_by("family", "-level", "code")
        if self.instance.background_id is None:
            del self.fields["drop_background"]
        self.boxes = list(self._box_forms())

    def _box_forms(self) -> Iterator[BoxForm]:
        stored = boxes_in(self.instance)
        count = min(len(stored) + SPARE_BOXES, MOST_BOXES)
        if self.is_bound:
            sent = str(self.data.get("boxes", ""))
            count = min(int(sent), MOST_BOXES) if sent.isdecimal() and len(sent) < 4 else count
        for place in range(count):
            box = stored[place] if place < len(stored) else None
            initial = {name: getattr(box, name) for name in BoxForm.base_fields if name != "remove"} if box else {}
            fresh = {"size": Decimal(14), "colour": "#000000", "align": "center"}
            data = self.data if self.is_bound else None
            form = BoxForm(data, prefix=f"b{place}", initial=initial or fresh, use_required_attribute=False)
            form.is_spare = place >= len(stored)
            yield form

    @property
    def count(self) -> int:
        return len(self.boxes)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for form in self.boxes:
            if form.is_blank or form.is_valid():
                continue
            for errors in form.errors.values():
                for sentence in errors:
                    self.add_error(None, f"Khối “{form.title}”: {sentence}")
        return data

    @property
    def kept_boxes(self) -> list[Box]:
        kept = (form for form in self.boxes if not form.is_blank and form.is_valid())
        return [form.box for form in kept if not form.cleaned_data["remove"]]

    @property
    def values(self) -> dict[str, Any]:
        names = ("name", "family", "width_mm", "height_mm", "on_stock", "is_active", "note")
        return {name: self.cleaned_data[name] for name in names}

    def _post_clean(self) -> None:
        """The instance stays as it is stored: the service writes it."""


class CalibrationForm(PortalForm):
    """What was measured on a test sheet; ``printed_…`` are the offsets with which it was printed."""

    submit_label = "Lưu cân chỉnh"

    measured_x = DecimalField(label="Từ mép trái đến dấu + (mm)", max_digits=5, decimal_places=2, min_value=0)
    measured_y = DecimalField(label="Từ mép trên đến dấu + (mm)", max_digits=5, decimal_places=2, min_value=0)
    printed_x = forms.DecimalField(max_digits=5, decimal_places=2, widget=forms.HiddenInput)
    printed_y = forms.DecimalField(max_digits=5, decimal_places=2, widget=forms.HiddenInput)


class PrintForm(PortalForm):
    """Which layout, in which order."""

    layout = forms.ModelChoiceField(label="Mẫu bằng, giấy", queryset=CertificateLayout.objects.none(), empty_label=None)
    order = forms.ChoiceField(label="Thứ tự các trang", choices=list(ORDERS.items()))

    def __init__(self, *args: Any, layouts: QuerySet[CertificateLayout], ordered: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["layout"].queryset = layouts
        if not ordered:
            del self.fields["order"]


class HandOutForm(PortalForm):
    """The day on which the ticked awards were handed out."""

    day = DateField(label="Ngày trao")


class AwardNameFilter(django_filters.FilterSet):
    """Awards of one decision, by name or unit."""

    q = django_filters.CharFilter(label="Tên, đơn vị", method="search")

    class Meta:
        model = Award
        fields: list[str] = []
        form = PortalForm

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in search_key(value).split():
            queryset = queryset.filter(search_key__contains=word)
        return queryset


class ComplaintForm(PortalModelForm):
    """A complaint as it came in; what it is about comes from the address."""

    submit_label = "Nhận đơn"

    holds = forms.BooleanField(
        label="Tạm dừng xét đối tượng này đến khi có kết luận",
        required=False,
        initial=True,
        help_text="Bỏ chọn khi chính đối tượng khiếu nại vì không được khen.",
    )

    class Meta:
        model = Complaint
        fields = ("complainant", "contact", "text", "received_on", "learned_on", "obstacle_days", "obstacle")
        widgets = {"text": forms.Textarea({"rows": 6})}
        help_texts = {
            "contact": "Địa chỉ, điện thoại để trả lời. Chỉ người giải quyết khiếu nại thấy.",
            "learned_on": "Thời hiệu khiếu nại tính từ ngày này.",
            "obstacle_days": "Ốm đau, thiên tai, địch họa, đi công tác, học tập ở nơi xa: không tính vào thời hiệu.",
        }

    def _post_clean(self) -> None:
        """The instance is made by the service."""

    @property
    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "obstacle_days": self.cleaned_data["obstacle_days"] or 0}


class SubjectForm(PortalForm):
    """Whom a complaint is about."""

    q = forms.CharField(label="Tên người, tập thể, hộ", max_length=100)


class ObstacleForm(PortalForm):
    submit_label = "Lưu trở ngại"

    days = forms.IntegerField(label="Số ngày trở ngại không tính", min_value=0, max_value=3650)
    obstacle = forms.CharField(label="Trở ngại", max_length=300, required=False)


class SettleForm(PortalForm):
    submit_label = "Ghi kết quả giải quyết"

    verdict = forms.ChoiceField(
        label="Kết luận",
        choices=[choice for choice in Complaint.Verdict.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    result = forms.CharField(
        label="Kết quả giải quyết",
        max_length=4000,
        widget=forms.Textarea({"rows": 8}),
        help_text="Số, ngày quyết định giải quyết; nội dung đúng, sai; việc phải làm tiếp.",
    )


class ComplaintFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Đối tượng, người khiếu nại", method="search")
    status = django_filters.ChoiceFilter(
        label="Tình trạng", choices=Complaint.Status.choices, empty_label="Mọi tình trạng"
    )

    class Meta:
        model = Complaint
        fields: list[str] = []
        form = PortalForm

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        by_subject = Recipient.objects.search(value).values("pk")
        return queryset.filter(Q(recipient__in=by_subject) | Q(complainant__icontains=value))
