"""Forms of a report at its unit: one cell, its evidence, sending; and the filter of the list."""

from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.models import Campaign, Cluster, Indicator, ReportingPeriod
from campaigns.value_kinds import BLANK, Figure, kind_of
from dvk_portal.core.forms import MultipleFileField, PortalForm
from dvk_portal.core.numbers import parse_id
from dvk_portal.core.text import search_key
from pledges.models import QuarterlyReport, ReportedValue
from pledges.services.reports import CellInput, figure_for
from pledges.services.reportsheet import Line

Answer = ReportedValue.Answer
Status = QuarterlyReport.Status


class CellForm(forms.Form):
    """One cell as it is posted, alone (htmx) or with its group. ``mark``: "không phát sinh" or "không áp dụng"."""

    value = forms.CharField(required=False, strip=False)
    mark = forms.MultipleChoiceField(choices=[(Answer.NOTHING, ""), (Answer.NOT_APPLICABLE, "")], required=False)
    note = forms.CharField(
        required=False, max_length=500, error_messages={"max_length": "Giải thích dài quá 500 ký tự. Hãy viết gọn lại."}
    )
    rev = forms.IntegerField(required=False, min_value=0)

    def __init__(self, indicator: Indicator, data: Any) -> None:
        super().__init__(data, prefix=f"c{indicator.pk}")
        self.indicator = indicator
        self.figure: Figure = BLANK
        self.answer = ""

    def clean(self) -> None:
        marks, typed = self.cleaned_data.get("mark", []), self.cleaned_data.get("value", "").strip()
        if len(marks) > 1:
            self.add_error("mark", "Chỉ chọn một: không phát sinh hoặc không áp dụng.")
        elif marks and typed not in ("", "0"):
            self.add_error("mark", f"Đã nhập “{typed[:40]}” nhưng lại chọn không có số liệu. Hãy bỏ một trong hai.")
        else:
            self._read(marks[0] if marks else Answer.GIVEN, typed)

    def _read(self, answer: str, typed: str) -> None:
        kind = kind_of(self.indicator)
        if (answer == Answer.NOTHING and not kind.nothing_word) or (
            answer == Answer.NOT_APPLICABLE and not kind.none_word
        ):
            self.add_error("mark", "Mục này không có lựa chọn đó.")
            return
        try:
            self.figure = figure_for(self.indicator, answer, typed)
        except ValueError as error:
            self.add_error("value", str(error))
            return
        blank = answer == Answer.GIVEN and kind.is_blank(self.figure)
        self.answer = Answer.NOT_REPORTED if blank else answer

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence."""
        return " ".join(error for errors in self.errors.values() for error in errors)

    def raw(self, name: str) -> str:
        return self.data.get(self.add_prefix(name), "")

    def to_input(self) -> CellInput:
        data = self.cleaned_data
        return CellInput(self.indicator, self.answer, self.figure, data["note"], data["rev"] or 0)


@dataclass
class Cell:
    """A line with its input as it stands on the screen: what is stored, or what was typed and could not be saved."""

    line: Line
    form: CellForm | None = None
    is_stale: bool = False
    refusal: str = ""
    just_saved: bool = False

    @property
    def name(self) -> str:
        return f"c{self.line.indicator.pk}"

    @property
    def error(self) -> str:
        return self.refusal or (self.form.sentence if self.form and self.form.errors else "")

    @property
    def keeps_typed(self) -> bool:
        return bool(self.form and (self.error or self.is_stale))

    @property
    def typed(self) -> str:
        return self.form.raw("value") if self.keeps_typed else self.line.typed

    @property
    def mark(self) -> str:
        if self.keeps_typed:
            return self.form.raw("mark")
        value = self.line.value
        return value.answer if value and value.answer in (Answer.NOTHING, Answer.NOT_APPLICABLE) else ""

    @property
    def note(self) -> str:
        if self.keeps_typed:
            return self.form.raw("note")
        return self.line.value.note if self.line.value else ""

    @property
    def revision(self) -> int:
        return self.line.value.revision if self.line.value else 0

    @property
    def mine(self) -> str:
        """What this person typed, in words, to stand beside the other person's."""
        words = {Answer.NOTHING: self.line.kind.nothing_word.lower(), Answer.NOT_APPLICABLE: "không áp dụng"}
        yes_no = {"co": "Có", "khong": "Không"}
        return words.get(self.mark) or yes_no.get(self.typed, self.typed) or "để trống"

    @property
    def opens_note(self) -> bool:
        return bool(self.note or self.line.asks_note or self.line.is_returned)


class EvidenceForm(PortalForm):
    files = MultipleFileField(
        label="Tệp", required=False, help_text="PDF, ảnh, Word, Excel hoặc OpenDocument; mỗi tệp tối đa 20 MB."
    )
    citation = forms.CharField(
        label="Hoặc trích dẫn văn bản",
        required=False,
        max_length=250,
        help_text="Số, ký hiệu, ngày, trang. Ví dụ: Kế hoạch 12-KH/ĐU ngày 05/3/2026, trang 2.",
    )
    submit_label = "Thêm minh chứng"


class SubmitForm(PortalForm):
    confirmed = forms.BooleanField(
        label="Tôi đã xem lại số liệu và chịu trách nhiệm về nội dung báo cáo.",
        error_messages={"required": "Hãy đánh dấu xác nhận đã kiểm tra nội dung trước khi gửi."},
    )
    submit_label = "Gửi báo cáo"


STATES = [
    ("owing", "Chưa gửi"),
    ("overdue", "Quá hạn"),
    ("draft", "Đang nhập"),
    ("returned", "Trả lại"),
    ("submitted", "Đã gửi, chờ thẩm định"),
    ("verified", "Đã thẩm định"),
    ("locked", "Đã khóa"),
    ("early", "Gửi trước hạn"),
    ("late", "Gửi trễ hạn"),
]


def _campaigns(request: Any) -> QuerySet:
    """Of the campaign chosen in the filter, else of all that the person sees."""
    campaigns = Campaign.objects.visible_to(request.user)
    chosen = parse_id(request.GET.get("campaign", ""))
    return campaigns.filter(pk=chosen) if chosen else campaigns


def _periods(request: Any) -> QuerySet:
    return ReportingPeriod.objects.filter(campaign__in=_campaigns(request)).order_by("-data_from", "id")


def _clusters(request: Any) -> QuerySet:
    return Cluster.objects.filter(campaign__in=_campaigns(request)).order_by("-campaign__starts_on", "order", "id")


class ReportFilter(django_filters.FilterSet):
    """Filter of the list of reports; the states "quá hạn", "trước hạn", "trễ hạn" are derived from dates."""

    q = django_filters.CharFilter(label="Tìm đơn vị", method="search")
    campaign = django_filters.ModelChoiceFilter(
        label="Phong trào",
        field_name="participation__campaign",
        queryset=lambda request: Campaign.objects.visible_to(request.user).exclude(status=Campaign.Status.DRAFT),
        empty_label="Tất cả",
    )
    period = django_filters.ModelChoiceFilter(label="Kỳ", queryset=_periods, empty_label="Tất cả")
    cluster = django_filters.ModelChoiceFilter(
        label="Cụm, khối",
        field_name="participation__cluster",
        queryset=_clusters,
        empty_label="Tất cả",
    )
    state = django_filters.ChoiceFilter(label="Tình trạng", choices=STATES, method="by_state", empty_label="Tất cả")

    class Meta:
        model = QuarterlyReport
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(participation__search_key__contains=search_key(value))

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        now = timezone.now()
        derived = {
            "owing": Q(status__in=QuarterlyReport.WITH_UNIT),
            "overdue": Q(status__in=QuarterlyReport.WITH_UNIT, due_at__lt=now),
            "early": Q(days_from_due__lt=0),
            "late": Q(days_from_due__gt=0),
        }
        return queryset.filter(derived.get(value, Q(status=value)))
