"""Forms from appraisal to yearly review of models."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import django_filters
from django import forms

from dvk_portal.core.forms import DateField, DecimalField, MultipleFileField, PortalForm
from pledges.models import ChecklistItem, ExemplaryModel, ModelReview, RecognitionBatch, RecognitionLevel
from pledges.services.exemplary.appraisals import Answer
from pledges.services.exemplary.batches import FIRST_YEAR
from units.models import Unit

YES, NO = "yes", "no"
_VERDICTS = [(YES, "Đạt"), (NO, "Không đạt")]


def _text(label: str, length: int, rows: int = 4, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, widget=forms.Textarea({"rows": rows}), **options)


class VisitForm(PortalForm):
    submit_label = "Lưu khảo sát"

    visited_on = DateField(label="Ngày khảo sát")
    team = _text("Thành phần đoàn", 1000, 3, help_text="Mỗi người một dòng: họ tên, chức vụ, cơ quan.")
    met = forms.CharField(label="Đã gặp", max_length=500, help_text="Cấp ủy, chi bộ, người dân liên quan…")
    findings = _text("Ghi nhận", 4000, 8, help_text="Việc đã làm, kết quả thấy được, ý kiến người dân, điều còn thiếu.")
    minutes_no = forms.CharField(
        label="Biên bản số", max_length=60, required=False, help_text="Ghi số biên bản hoặc tải lên tệp biên bản."
    )
    minutes = forms.FileField(label="Tệp biên bản", required=False)
    pictures = MultipleFileField(
        label="Ảnh khảo sát", required=False, help_text="JPG, PNG hoặc WEBP; chọn được nhiều ảnh một lần."
    )


class AppraisalForm(PortalForm):
    """The checklist as fields: verdict, points and note of each item, then the conclusion."""

    submit_label = "Lưu kết quả thẩm định"

    year = forms.TypedChoiceField(label="Thẩm định để công nhận năm", coerce=int)
    passed = forms.ChoiceField(label="Kết luận chung", choices=_VERDICTS, widget=forms.RadioSelect)
    conclusion = _text("Ghi kết luận", 2000, 5, help_text="Nêu lý do đạt hoặc chưa đạt; đơn vị sẽ đọc phần này.")

    def __init__(self, items: Iterable[ChecklistItem], today: datetime.date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        years = (today.year, today.year - 1)
        self.fields["year"].choices = [(year, str(year)) for year in years]
        # With a hyphen: "passed_1" would be the id of a button of ``passed``.
        for item in self.items:
            for name, field in self._fields_of(item).items():
                self._speak_vietnamese(field)
                self.fields[f"{name}-{item.pk}"] = field

    @staticmethod
    def _fields_of(item: ChecklistItem) -> dict[str, forms.Field]:
        verdicts = _VERDICTS if item.required else [*_VERDICTS, ("", "Không xét")]
        found: dict[str, forms.Field] = {
            "passed": forms.ChoiceField(
                label=f"Kết luận: {item.text}", choices=verdicts, widget=forms.RadioSelect, required=item.required,
                error_messages={"required": "Hãy chọn đạt hoặc không đạt."},
            ),
            "note": forms.CharField(label=f"Ghi chú: {item.text}", max_length=300, required=False),
        }  # fmt: skip
        if item.max_points is not None:
            found["points"] = DecimalField(
                label=f"Điểm: {item.text}", min_value=0, max_value=item.max_points, max_digits=5, decimal_places=2,
                required=False,
            )  # fmt: skip
        return found

    @property
    def has_points(self) -> bool:
        return any(item.max_points is not None for item in self.items)

    @property
    def lines(self) -> list[dict[str, Any]]:
        names = ("passed", "points", "note")
        return [
            {"item": item, **{name: self[f"{name}-{item.pk}"] if f"{name}-{item.pk}" in self.fields else None for name in names}}
            for item in self.items
        ]  # fmt: skip

    def answers(self) -> dict[int, Answer]:
        data = self.cleaned_data
        verdicts = {YES: True, NO: False}
        return {
            item.pk: Answer(
                verdicts.get(data[f"passed-{item.pk}"]), data.get(f"points-{item.pk}"), data[f"note-{item.pk}"].strip()
            )
            for item in self.items
        }


def year_field(label: str = "Năm công nhận") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=FIRST_YEAR, max_value=2100,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "input-number"}),
    )  # fmt: skip


class BatchForm(PortalForm):
    """``places``: the bodies and levels for which the person decides."""

    submit_label = "Lập đợt"

    place = forms.ChoiceField(label="Cấp công nhận")
    year = year_field()
    title = forms.CharField(label="Tên đợt", max_length=200, help_text="Ví dụ: Công nhận mô hình năm 2026, đợt 1.")
    certificate_suffix = forms.CharField(
        label="Ký hiệu giấy chứng nhận", max_length=30, required=False, strip=True,
        help_text="Phần sau số thứ tự, ví dụ /GCN-DVK. Số thứ tự được cấp tự động, tiếp theo đợt trước trong năm.",
    )  # fmt: skip

    def __init__(self, places: list[tuple[RecognitionLevel, Unit]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {f"{level.pk}-{unit.pk}": (level, unit) for level, unit in places}
        self.fields["place"].choices = [
            (key, f"{level}: {unit}{self._outside(level)}") for key, (level, unit) in self.places.items()
        ]

    @staticmethod
    def _outside(level: RecognitionLevel) -> str:
        outside = level.decided_by == RecognitionLevel.DecidedBy.OUTSIDE
        return " ghi nhận quyết định của cơ quan ngoài cổng" if outside else ""

    def clean_place(self) -> tuple[RecognitionLevel, Unit]:
        return self.places[self.cleaned_data["place"]]


class DecisionForm(PortalForm):
    decision_no = forms.CharField(label="Quyết định số", max_length=60, help_text="Ví dụ: 125-QĐ/BTGDVTU.")
    decision_date = DateField(label="Ngày quyết định")
    certificate_suffix = forms.CharField(
        label="Ký hiệu giấy chứng nhận", max_length=30, required=False, help_text="Phần sau số thứ tự, ví dụ /GCN-DVK."
    )
    decision_file = forms.FileField(label="Bản quyết định", required=False)
    sure = forms.BooleanField(
        label="Tôi đã đối chiếu danh sách với quyết định",
        error_messages={"required": "Hãy đánh dấu sau khi đã đối chiếu danh sách."},
    )
    seen = forms.CharField(widget=forms.HiddenInput)
    error_title = "Chưa ghi được quyết định. Hãy sửa các mục sau:"


class ReviewForm(PortalForm):
    """One review; the results of the model's indicators beside it."""

    submit_label = "Lưu kết quả rà soát"

    year = forms.TypedChoiceField(label="Rà soát năm", coerce=int)
    verdict = forms.ChoiceField(label="Kết luận", choices=ModelReview.Verdict.choices, widget=forms.RadioSelect)
    findings = _text(
        "Nhận xét, hiệu quả", 2000, 5,
        help_text="Cần củng cố: nêu việc phải làm. Thôi công nhận: nêu lý do; đơn vị sẽ đọc phần này.",
    )  # fmt: skip
    reviewed_on = DateField(label="Ngày rà soát")

    def __init__(self, model: ExemplaryModel, years: list[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in years]
        self.indicators = list(model.indicators.all())
        for row in self.indicators:
            field = DecimalField(
                label=f"Đạt được: {row.name} ({row.measure})", max_digits=14, decimal_places=2, required=False,
                initial=row.achieved, help_text="Để trống: giữ số đã ghi.",
            )  # fmt: skip
            self._speak_vietnamese(field)
            self.fields[f"achieved_{row.pk}"] = field

    def achieved(self) -> dict[int, Decimal | None]:
        return {row.pk: self.cleaned_data[f"achieved_{row.pk}"] for row in self.indicators}


class BatchFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(label="Năm")
    level = django_filters.ModelChoiceFilter(
        label="Cấp", queryset=RecognitionLevel.objects.all(), empty_label="Mọi cấp"
    )
    status = django_filters.ChoiceFilter(
        label="Trạng thái", choices=RecognitionBatch.Status.choices, empty_label="Mọi trạng thái"
    )

    class Meta:
        model = RecognitionBatch
        fields: list[str] = []


class OwedFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tìm mô hình, đơn vị", method="search")

    class Meta:
        model = ExemplaryModel
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.search(value)


class RefusalForm(PortalForm):
    """The reason beside a list of ticked models; read by the view as the note of the move."""

    note = _text("Lý do không công nhận", 1000, 3, required=False, help_text="Đơn vị sẽ đọc lý do này.")


class ProposalForm(PortalForm):
    reason = _text("Lý do đề nghị", 1000, 3, required=False, help_text="Ghi chung cho các mô hình đã đánh dấu.")


class KeepForm(PortalForm):
    """Words on each of ``models``; which of them are kept is ticked beside it."""

    def __init__(self, models: Iterable[ExemplaryModel], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.models = list(models)
        for model in self.models:
            self.fields[f"findings_{model.pk}"] = _text(f"Nhận xét về {model.name}", 2000, 2, required=False)
