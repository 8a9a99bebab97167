"""Forms of contests: the contest, its rounds and jury, an entry, a juror's sheet, prizes, the people's vote."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Prefetch, QuerySet

from campaigns.models import Campaign
from dvk_portal.core.forms import DateField, DecimalField, PortalForm, PortalModelForm
from dvk_portal.core.numbers import format_number
from dvk_portal.core.text import search_key
from pledges.models import Contest, ContestCriterion, ContestEntry, ContestRound, ExemplaryModel, Field
from pledges.services.contests.judging import Given
from pledges.services.contests.results import Line
from pledges.services.contests.setup import MAX_CRITERIA, Criterion
from units.models import Membership, Unit, User

SPARE_BOXES = 3


class ContestForm(PortalModelForm):
    class Meta:
        model = Contest
        fields = (
            "title", "rules", "campaign", "entries_until", "max_entries", "public_vote", "vote_opens_at", "vote_closes_at",
        )  # fmt: skip
        widgets = {"rules": forms.Textarea({"rows": 10})}
        help_texts = {
            "rules": "Đối tượng, nội dung, cách trình bày, cách chấm, cơ cấu giải. Mọi đơn vị đọc được.",
            "campaign": "Để trống nếu hội thi không thuộc phong trào nào.",
            "public_vote": "Ai có hộp thư điện tử cũng bình chọn được; số phiếu nêu bên cạnh, không thay điểm của ban giám khảo.",
        }

    def __init__(self, *args: Any, organiser: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = Campaign.objects.filter(owner__path__startswith=organiser.path).exclude(
            status__in=(Campaign.Status.DRAFT, Campaign.Status.CANCELLED)
        )
        self.fields["campaign"].empty_label = "Không thuộc phong trào nào"
        self.fields["max_entries"].min_value = 1
        self.fields["max_entries"].widget.attrs["min"] = 1

    def clean_max_entries(self) -> int:
        if self.cleaned_data["max_entries"] < 1:
            raise forms.ValidationError("Mỗi đơn vị phải được dự thi ít nhất 1 bài.")
        return self.cleaned_data["max_entries"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("public_vote"):
            for name in ("vote_opens_at", "vote_closes_at"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, "Có bình chọn thì phải ghi thời điểm này.")
            opens, closes = data.get("vote_opens_at"), data.get("vote_closes_at")
            if opens and closes and closes <= opens:
                self.add_error("vote_closes_at", "Thời điểm đóng phải sau thời điểm mở.")
        return data

    def validate_constraints(self) -> None:
        """The one constraint that this form could break has its sentences above."""


class RoundForm(PortalForm):
    """One round with its criteria, line by line; an empty line is left out."""

    name = forms.CharField(label="Tên vòng", max_length=100)
    advance = forms.IntegerField(label="Số bài vào vòng sau (vòng cuối: số giải dự kiến)", min_value=1, max_value=500)

    def __init__(self, data: Any = None, *, contest_round: ContestRound) -> None:
        super().__init__(data, initial={"name": contest_round.name, "advance": contest_round.advance})
        stored = list(contest_round.criteria.all())
        self.count = min(len(stored) + SPARE_BOXES, MAX_CRITERIA)
        for place in range(self.count):
            row = stored[place] if place < len(stored) else None
            self.fields[f"text_{place}"] = forms.CharField(
                label=f"Tiêu chí {place + 1}", max_length=200, required=False, initial=row.name if row else ""
            )
            self.fields[f"points_{place}"] = DecimalField(
                label=f"Điểm tối đa của tiêu chí {place + 1}", max_digits=5, decimal_places=2, required=False,
                initial=format_number(row.max_points) if row else "",
            )  # fmt: skip

    @property
    def lines(self) -> Iterator[tuple[Any, Any]]:
        return ((self[f"text_{place}"], self[f"points_{place}"]) for place in range(self.count))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.criteria: list[Criterion] = []
        for place in range(self.count):
            text, points = data.get(f"text_{place}"), data.get(f"points_{place}")
            if f"points_{place}" in self.errors or f"text_{place}" in self.errors:
                continue
            if text and points is None:
                self.add_error(f"points_{place}", "Hãy ghi điểm tối đa.")
            elif points is not None and not text:
                self.add_error(f"text_{place}", "Hãy ghi tên tiêu chí.")
            elif points is not None and points <= 0:
                self.add_error(f"points_{place}", "Điểm tối đa phải lớn hơn 0.")
            elif text:
                self.criteria.append((text, points))
        return data


class PersonField(forms.ModelChoiceField):
    """A person with post and unit, so that namesakes are told apart."""

    def label_from_instance(self, user: User) -> str:
        held = user.held[0] if user.held else None
        return f"{user} – {held.post}, {held.unit}" if held else str(user)


class JurorForm(PortalForm):
    submit_label = "Thêm vào ban giám khảo"

    user = PersonField(label="Người", queryset=User.objects.none(), empty_label="Chọn người")
    post = forms.CharField(
        label="Chức danh trong ban giám khảo", max_length=100, required=False, help_text="Ví dụ: Ủy viên; Thư ký."
    )
    is_head = forms.BooleanField(
        label="Trưởng ban giám khảo",
        required=False,
        help_text="Quyết định khi các bài đồng điểm ở ranh giới vào vòng sau.",
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Membership.objects.current().select_related("unit")
        self.fields["user"].queryset = people.prefetch_related(Prefetch("memberships", held, to_attr="held"))


class ExtendForm(PortalForm):
    submit_label = "Gia hạn nhận bài"

    until = DateField(label="Nhận bài đến hết ngày")
    note = forms.CharField(label="Lý do", max_length=500, widget=forms.Textarea({"rows": 3}))


class EntryForm(PortalModelForm):
    submit_label = "Nộp bài dự thi"

    unit = forms.ModelChoiceField(label="Đơn vị dự thi", queryset=Unit.objects.none(), empty_label=None)

    class Meta:
        model = ContestEntry
        fields = ("unit", "model", "title", "field", "presenter", "summary", "public_consent")
        widgets = {"summary": forms.Textarea({"rows": 8})}
        help_texts = {
            "model": "Bài lấy từ sổ mô hình thì kết quả hội thi hiện ở trang của mô hình.",
            "summary": "Tình hình, cách làm, kết quả; tối đa 3000 ký tự.",
            "public_consent": "Tên bài, đơn vị, người trình bày, tóm tắt hiện ở trang bình chọn. Rút lại lúc nào cũng được.",
        }

    def __init__(
        self, *args: Any, units: QuerySet[Unit], models: QuerySet[ExemplaryModel], day: Any, contest: Contest, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        if self.instance.pk or units.count() == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.fields["unit"].initial = self.instance.unit_id or units.get().pk
            self.initial["unit"] = self.fields["unit"].initial
        self.fields["model"].queryset = models
        self.fields["model"].empty_label = "Bài mới, không có trong sổ"
        self.fields["field"].queryset = Field.objects.on(day)
        self.fields["field"].empty_label = "Chọn lĩnh vực"
        if not contest.public_vote:
            del self.fields["public_consent"]

    def validate_constraints(self) -> None:
        """Said by the service, which knows the contest."""

    @property
    def values(self) -> dict[str, Any]:
        return {"public_consent": False, **{k: v for k, v in self.cleaned_data.items() if k != "unit"}}


class ScoreForm(PortalForm):
    """A juror's sheet for one entry: points of each criterion and, if he likes, a remark."""

    submit_label = "Lưu điểm"

    def __init__(
        self, data: Any = None, *, criteria: list[ContestCriterion], stored: dict[int, tuple[Decimal, str]]
    ) -> None:
        super().__init__(data)
        self.criteria = criteria
        for row in criteria:
            points, note = stored.get(row.pk, (None, ""))
            self.fields[f"points_{row.pk}"] = DecimalField(
                label=f"Điểm – {row.name}", max_digits=5, decimal_places=2, min_value=0, max_value=row.max_points,
                initial="" if points is None else format_number(points),
                error_messages={
                    "max_value": f"Tối đa {format_number(row.max_points)} điểm.", "min_value": "Điểm không được âm.",
                },
            )  # fmt: skip
            self.fields[f"note_{row.pk}"] = forms.CharField(
                label=f"Nhận xét – {row.name}", max_length=500, required=False, initial=note
            )

    @property
    def lines(self) -> Iterator[tuple[ContestCriterion, str, Any, Any]]:
        """Criterion, how much it is worth in words, and its two controls."""
        for row in self.criteria:
            worth = f"Tối đa {format_number(row.max_points)} điểm"
            yield row, worth, self[f"points_{row.pk}"], self[f"note_{row.pk}"]

    @property
    def given(self) -> dict[int, Given]:
        data = self.cleaned_data
        return {row.pk: (data[f"points_{row.pk}"], data[f"note_{row.pk}"]) for row in self.criteria}


class CloseRoundForm(PortalForm):
    submit_label = "Đóng chấm vòng này"

    note = forms.CharField(
        label="Lý do, nếu còn giám khảo chưa chấm xong", max_length=500, required=False,
        widget=forms.Textarea({"rows": 3}), help_text="Được ghi vào quá trình cùng tên giám khảo còn thiếu.",
    )  # fmt: skip


class TieForm(PortalForm):
    submit_label = "Quyết định"

    chosen = forms.TypedMultipleChoiceField(label="Bài vào vòng sau", coerce=int, widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(label="Lý do", max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, tied: list[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [
            (line.entry.pk, f"{line.entry.title} ({line.entry.unit})") for line in tied if not line.goes_on
        ]


class PrizeForm(PortalForm):
    submit_label = "Lưu giải"

    def __init__(self, *args: Any, lines: list[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines_by_entry = lines
        for line in lines:
            self.fields[f"prize_{line.entry.pk}"] = forms.CharField(
                label=f"Giải – {line.entry.title}", max_length=60, required=False, initial=line.entry.prize
            )

    @property
    def lines(self) -> Iterator[tuple[Line, Any]]:
        return ((line, self[f"prize_{line.entry.pk}"]) for line in self.lines_by_entry)

    @property
    def prizes(self) -> dict[int, str]:
        return {line.entry.pk: self.cleaned_data[f"prize_{line.entry.pk}"] for line in self.lines_by_entry}


class VoteForm(PortalForm):
    submit_label = "Gửi thư xác nhận"
    error_title = "Chưa gửi được. Hãy sửa các mục sau:"

    email = forms.EmailField(
        label="Thư điện tử của bạn", max_length=200,
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
        help_text="Cổng gửi một thư có liên kết xác nhận. Địa chỉ bị xóa ngay sau khi gửi thư.",
        error_messages={"invalid": "Địa chỉ thư điện tử chưa đúng, ví dụ đúng: ten@gmail.com."},
    )  # fmt: skip


class ContestFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tên hội thi", method="search")
    status = django_filters.ChoiceFilter(
        label="Tình trạng", choices=Contest.Status.choices, empty_label="Mọi tình trạng"
    )

    class Meta:
        model = Contest
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """With or without diacritics; contests are few, so their titles are folded here."""
        words = search_key(value).split()
        keys = ((pk, search_key(text)) for pk, text in queryset.values_list("pk", "title"))
        return queryset.filter(pk__in=[pk for pk, key in keys if all(word in key for word in words)])


class EntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tên đơn vị", method="search")
    field = django_filters.ModelChoiceFilter(label="Lĩnh vực", queryset=Field.objects.all(), empty_label="Mọi lĩnh vực")
    status = django_filters.ChoiceFilter(
        label="Tình trạng", choices=ContestEntry.Status.choices, empty_label="Mọi tình trạng"
    )

    class Meta:
        model = ContestEntry
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in search_key(value).split():
            queryset = queryset.filter(unit__search_key__contains=word)
        return queryset
