"""Forms of the register: one long form for a model, what a person says about its pictures, the filter of the list."""

import copy
from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from dvk_portal.core.forms import DecimalField, MultipleFileField, PortalForm, PortalModelForm, validate_year
from dvk_portal.core.numbers import format_number
from pledges.models import ExemplaryModel, Field, RecognitionLevel, Tag
from pledges.models.exemplary_model import SubjectKind
from pledges.services.exemplary.counts import Counted
from pledges.services.exemplary.pictures import PictureEntry
from pledges.services.exemplary.register import FIELDS, MAX_INDICATORS, IndicatorEntry, open_campaigns, version_of
from pledges.services.exemplary.waiting import to_appraise
from units import access
from units.models import Unit

_TEXTS = {"situation": 4, "objective": 3, "method": 6, "resources": 3, "output": 4, "coordinating_forces": 2}
_HINTS = {
    "kind": "Mô hình: một cách làm. Điển hình: tập thể, cá nhân tiêu biểu.",
    "name": "Ghi tên gọi như trong hồ sơ, ví dụ: Tuyến đường hoa ấp Bình Hòa.",
    "field": "Chọn lĩnh vực chính; nội dung khác ghi bằng nhãn.",
    "target_level": "Cấp mà đơn vị đăng ký để được công nhận.",
    "leading_force": "Ai đứng ra làm, ví dụ: Chi bộ và Ban Công tác Mặt trận ấp.",
    "coordinating_forces": "Ai cùng làm, ví dụ: Hội Phụ nữ, Đoàn Thanh niên, Ban Chỉ huy Quân sự xã.",
    "situation": "Trước khi làm thì thế nào, vì sao cần làm.",
    "objective": "Làm để đạt điều gì.",
    "method": "Làm từng việc gì, ai làm, làm lúc nào, vận động dân ra sao.",
    "resources": "Kinh phí, ngày công, hiện vật; từ đâu có.",
    "output": "Kết quả mà người khác đến xem hoặc đếm được. Có số liệu thì ghi ở bảng chỉ số bên dưới.",
    "evaluation_on": "Ngày đơn vị tự đánh giá kết quả, ví dụ 30/10/2026.",
    "campaign": "Phong trào đang mở mà đơn vị tham gia; trang mô hình sẽ dẫn tới giao ước của đơn vị.",
}
# A draft can do without them; the register asks for them (services: missing_parts).
_LATER = ("subject", "place")
# Stays empty without harm, and the page says so.
OPTIONAL = (
    "coordinating_forces",
    "resources",
    "beneficiaries",
    "beneficiary_count",
    "starts_on",
    "ends_on",
    "campaign",
)
_PARTS = ("name", "measure", "baseline", "target", "achieved")


class ModelForm(PortalModelForm):
    """Everything about a model. ``seen`` names the state that was on the screen; ``rows`` is how many indicators there are."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MAX_INDICATORS)
    unit = forms.ModelChoiceField(label="Đơn vị", queryset=Unit.objects.none(), empty_label=None)
    tags = forms.ModelMultipleChoiceField(
        label="Nhãn", queryset=Tag.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ExemplaryModel
        fields = FIELDS
        widgets = {
            "kind": forms.RadioSelect,
            "subject_kind": forms.RadioSelect,
            **{name: forms.Textarea(attrs={"rows": rows}) for name, rows in _TEXTS.items()},
        }
        help_texts = _HINTS

    def __init__(
        self, data: QueryDict | None, *, model: ExemplaryModel | None, units: list[Unit], **kwargs: Any
    ) -> None:
        # A copy: what was typed shall not change the record that the page shows around the form.
        super().__init__(data, instance=copy.copy(model) if model else None, **kwargs)
        self.model = model
        for name in _LATER:
            self.fields[name].required = False
        self.fields["kind"].choices = ExemplaryModel.Kind.choices
        self.fields["subject_kind"].choices = SubjectKind.choices
        self._offer_catalogues()
        if model is not None or len(units) < 2:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])
        campaigns = open_campaigns([unit.pk for unit in units])
        kept = Q(pk__in=campaigns.order_by().values("pk")) | Q(pk=model.campaign_id if model else None)
        self.fields["campaign"].queryset = self.fields["campaign"].queryset.filter(kept)
        self.fields["campaign"].empty_label = "Không theo phong trào nào"
        self.fields["seen"].initial = version_of(model) if model else ""
        self._add_indicators(data)

    def _offer_catalogues(self) -> None:
        """Rows that may be chosen today, and those that the model already has."""
        chosen = self.model
        for name, rows in (("field", Field.objects), ("target_level", RecognitionLevel.objects)):
            kept = rows.filter(pk=getattr(chosen, f"{name}_id")) if chosen else rows.none()
            self.fields[name].queryset = rows.current() | kept
            self.fields[name].empty_label = "Chọn"
        tags = chosen.tags.all() if chosen else Tag.objects.none()
        self.fields["tags"].queryset = Tag.objects.filter(
            Q(pk__in=Tag.objects.current().values("pk")) | Q(pk__in=tags.values("pk"))
        )
        self.fields["tags"].initial = [tag.pk for tag in tags]
        if chosen is None:
            self.fields["subject_kind"].initial = SubjectKind.COLLECTIVE
            self.fields["target_level"].initial = self.fields["target_level"].queryset.first()

    # --- indicators -------------------------------------------------------------------------------------------------
    def _add_indicators(self, data: QueryDict | None) -> None:
        stored = list(self.model.indicators.all()) if self.model else []
        self.row_count = self._count(len(stored), data)
        for place in range(self.row_count):
            row = stored[place] if place < len(stored) else None
            words = {"name": ("Chỉ số", 150), "measure": ("Đơn vị tính", 40)}
            for part, (label, longest) in words.items():
                self.fields[f"{part}_{place}"] = forms.CharField(
                    label=f"{label} {place + 1}", required=False, max_length=longest, initial=getattr(row, part, "")
                )
            figures = {"baseline": "Trước khi làm", "target": "Mục tiêu", "achieved": "Đạt được"}
            for part, label in figures.items():
                value = getattr(row, part, None)
                self.fields[f"{part}_{place}"] = DecimalField(
                    label=f"{label} {place + 1}", required=False, max_digits=14, decimal_places=2,
                    # Without dots between thousands: "1.234" could be read in two ways.
                    initial="" if value is None else format_number(value).replace(".", ""),
                )  # fmt: skip

    def _count(self, stored: int, data: QueryDict | None) -> int:
        """How many rows to show: those posted, else those stored or two; one more where the button asks for it."""
        raw = data.get("rows", "") if data is not None else ""
        count = int(raw) if raw.isdecimal() and len(raw) < 3 else max(stored, 2)
        if data is not None and data.get("op") == "add_indicator":
            count += 1
        count = min(count, MAX_INDICATORS)
        self.fields["rows"].initial = count
        if data is not None and "rows" in data:
            data["rows"] = str(count)
        return count

    def indicator_rows(self) -> list[dict[str, forms.BoundField]]:
        return [{part: self[f"{part}_{place}"] for part in _PARTS} for place in range(self.row_count)]

    def _typed(self) -> Iterator[IndicatorEntry]:
        for place in range(self.row_count):
            values = {part: self.cleaned_data[f"{part}_{place}"] for part in _PARTS}
            if any(value not in ("", None) for value in values.values()):
                yield IndicatorEntry(**values)

    # --- what was typed ---------------------------------------------------------------------------------------------
    @property
    def content(self) -> dict[str, Any]:
        """The arguments of start_model and save_model."""
        data = self.cleaned_data
        return {
            "values": {name: data[name] for name in FIELDS},
            "tags": list(data["tags"]),
            "indicators": list(self._typed()),
        }


class AddPicturesForm(PortalForm):
    submit_label = "Thêm ảnh"

    files = MultipleFileField(
        label="Ảnh", help_text="JPG, PNG hoặc WEBP; chọn được nhiều ảnh một lần. Ảnh mới chưa hiện ở trang công khai."
    )


class PicturesForm(PortalForm):
    """Caption, consent and place of every picture of the model."""

    submit_label = "Lưu chú thích và thứ tự"

    def __init__(self, *args: Any, pictures: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pictures = pictures
        for number, picture in enumerate(pictures, 1):
            self.fields[f"caption_{picture.pk}"] = forms.CharField(
                label=f"Chú thích ảnh {number}", required=False, max_length=200, initial=picture.caption
            )
            self.fields[f"consented_{picture.pk}"] = forms.BooleanField(
                label="Người trong ảnh đồng ý công khai", required=False, initial=picture.consented
            )
            self.fields[f"order_{picture.pk}"] = forms.IntegerField(
                label=f"Thứ tự ảnh {number}", min_value=0, max_value=9999, initial=picture.order,
                widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "input-number"}),
            )  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        names = ("caption", "consented", "order")
        return [{"picture": row, **{name: self[f"{name}_{row.pk}"] for name in names}} for row in self.pictures]

    @property
    def entries(self) -> dict[int, PictureEntry]:
        data = self.cleaned_data
        return {
            row.pk: PictureEntry(data[f"caption_{row.pk}"], data[f"consented_{row.pk}"], data[f"order_{row.pk}"])
            for row in self.pictures
        }


# --- the filter of the list -----------------------------------------------------------------------------------------
_HIDDEN = {"widget": forms.HiddenInput}
PUBLICITY = [("co", "Đang công khai"), ("khong", "Không công khai")]


def _units(request: Any) -> QuerySet[Unit]:
    shown = ExemplaryModel.objects.visible_to(request.user).order_by().values("unit")
    return Unit.objects.filter(pk__in=shown).order_by("sort_key")


class ModelFilter(django_filters.FilterSet):
    """What a person chooses, and what a count hands over in the address (dem, tu, den, cap, linh_vuc, doi_tuong, don_vi)."""

    q = django_filters.CharFilter(label="Tìm trong sổ", method="search")
    unit = django_filters.ModelChoiceFilter(label="Đơn vị", queryset=_units, empty_label="Mọi đơn vị")
    field = django_filters.ModelChoiceFilter(label="Lĩnh vực", queryset=Field.objects.all(), empty_label="Mọi lĩnh vực")
    status = django_filters.ChoiceFilter(
        label="Trạng thái", choices=ExemplaryModel.Status.choices, empty_label="Mọi trạng thái"
    )
    level = django_filters.ModelChoiceFilter(
        label="Đăng ký cấp", field_name="target_level", queryset=RecognitionLevel.objects.all(), empty_label="Mọi cấp"
    )
    year = django_filters.ChoiceFilter(
        label="Năm đăng ký", field_name="registered_on__year", empty_label="Mọi năm", choices=[]
    )
    kind = django_filters.ChoiceFilter(label="Loại", choices=ExemplaryModel.Kind.choices, empty_label="Mọi loại")
    subject = django_filters.ChoiceFilter(
        label="Tập thể, cá nhân", field_name="subject_kind", choices=SubjectKind.choices, empty_label="Cả hai"
    )
    tag = django_filters.ModelChoiceFilter(
        label="Nhãn", field_name="tags", queryset=Tag.objects.all(), empty_label="Mọi nhãn"
    )
    public = django_filters.ChoiceFilter(label="Công khai", choices=PUBLICITY, method="in_public", empty_label="Tất cả")
    waiting = django_filters.ChoiceFilter(
        label="Chờ việc", choices=[("tham-dinh", "Chờ tôi thẩm định")], method="that_waits", empty_label="Tất cả"
    )
    dem = django_filters.ChoiceFilter(
        choices=[(name, name) for name in Counted.MEASURES], method="unchanged", **_HIDDEN
    )
    tu = django_filters.DateFilter(
        method="unchanged", input_formats=["%Y-%m-%d"], validators=[validate_year], **_HIDDEN
    )
    den = django_filters.DateFilter(
        method="unchanged", input_formats=["%Y-%m-%d"], validators=[validate_year], **_HIDDEN
    )
    cap = django_filters.CharFilter(method="unchanged", **_HIDDEN)
    linh_vuc = django_filters.CharFilter(method="unchanged", **_HIDDEN)
    doi_tuong = django_filters.ChoiceFilter(choices=SubjectKind.choices, method="unchanged", **_HIDDEN)
    don_vi = django_filters.NumberFilter(method="of_unit", min_value=1, max_value=2**31 - 1, **_HIDDEN)

    class Meta:
        model = ExemplaryModel
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = ExemplaryModel.objects.visible_to(self.request.user).order_by()
        years = days.exclude(registered_on=None).dates("registered_on", "year", order="DESC")
        self.filters["year"].extra["choices"] = [(day.year, day.year) for day in years]
        if not any(access.can(self.request.user, name) for name in ("model.appraise", "model.appraise_own")):
            del self.filters["waiting"]

    @property
    def counted(self) -> Counted | None:
        """The count whose list was asked for; None when none was, or not rightly."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        if not (data.get("dem") and data.get("tu") and data.get("den")):
            return None
        return Counted(
            data["dem"],
            data["tu"],
            data["den"],
            level=data["cap"],
            field=data["linh_vuc"],
            subject_kind=data["doi_tuong"],
        )

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        counted = self.counted
        return super().filter_queryset(counted.models(queryset) if counted else queryset)

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.search(value)

    def in_public(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        public = ExemplaryModel.objects.public().values("pk")
        return queryset.filter(pk__in=public) if value == "co" else queryset.exclude(pk__in=public)

    def that_waits(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(pk__in=to_appraise(self.request.user).values("pk"))

    def of_unit(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(unit=int(value))

    def unchanged(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        """Part of the count: read by :attr:`counted`."""
        return queryset
