"""Forms of the council's site: a sheet of points, criteria, rounds, seats, relations."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Prefetch, Q, QuerySet

from awards.models import (
    AwardCycle,
    AwardType,
    Committee,
    CommitteeMember,
    Nomination,
    Recipient,
    Review,
    ReviewCriterion,
    ReviewRound,
)
from awards.services.council.committees import SeatEntry
from awards.services.council.criteria import MAX_CRITERIA, CriterionEntry
from awards.services.council.reviewing import Given
from dvk_portal.core.forms import DateField, DecimalField, PortalForm, PortalModelForm
from dvk_portal.core.numbers import format_number
from dvk_portal.core.text import search_key
from pledges.forms.contests import PersonField
from units.models import Membership, Unit, User

SPARE_LINES = 3


# --- dossiers -----------------------------------------------------------------------------------------------------------
class DossierFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tên, đơn vị", method="by_words")
    cycle = django_filters.ModelChoiceFilter(label="Đợt", queryset=AwardCycle.objects.none(), empty_label="Mọi đợt")
    award_type = django_filters.ModelChoiceFilter(
        label="Danh hiệu, hình thức", queryset=AwardType.objects.none(), empty_label="Mọi danh hiệu, hình thức"
    )

    class Meta:
        model = Nomination
        fields = ("q", "cycle", "award_type")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Only what the reader may read: a choice of an award would tell that a dossier is hidden from him.
        readable = self.queryset.order_by()
        self.filters["cycle"].queryset = AwardCycle.objects.filter(pk__in=readable.values("cycle"))
        self.filters["award_type"].queryset = AwardType.objects.filter(pk__in=readable.values("award_type"))

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in search_key(value).split():
            queryset = queryset.filter(Q(recipient__search_key__contains=word) | Q(unit__search_key__contains=word))
        return queryset


class ReviewForm(PortalForm):
    """A reader's sheet beside the dossier. ``revision`` is the sending that he had before him; a draft may be incomplete."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label="Nhận xét chung", max_length=2000, required=False, widget=forms.Textarea({"rows": 4}),
        help_text="Thành viên hội đồng đọc được sau khi đóng vòng, trừ người không tham gia xét hồ sơ này.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, criteria: list[ReviewCriterion], review: Review) -> None:
        super().__init__(data, initial={"revision": review.nomination.revision, "comment": review.comment})
        self.criteria = criteria
        stored = {row.criterion_id: (row.points, row.note) for row in review.points.all()}
        for row in criteria:
            points, note = stored.get(row.pk, (None, ""))
            self.fields[f"points_{row.pk}"] = DecimalField(
                label="Điểm", max_digits=5, decimal_places=2, min_value=0, max_value=row.max_points, required=False,
                initial="" if points is None else format_number(points),
                error_messages={
                    "max_value": f"{row.name}: tối đa {format_number(row.max_points)} điểm.",
                    "min_value": f"{row.name}: điểm không được âm.",
                },
            )  # fmt: skip
            self.fields[f"note_{row.pk}"] = forms.CharField(
                label="Nhận xét" + (" (bắt buộc)" if row.note_required else ""), max_length=500, required=False,
                initial=note, widget=forms.Textarea({"rows": 2}),
            )  # fmt: skip

    @property
    def lines(self) -> Iterator[tuple[ReviewCriterion, str, Any, Any]]:
        """Criterion, how much it is worth in words, and its two controls."""
        for row in self.criteria:
            worth = f"Từ 0 đến {format_number(row.max_points)} điểm"
            worth += f", nhân {format_number(row.weight)}" if row.weight != 1 else ""
            yield row, worth, self[f"points_{row.pk}"], self[f"note_{row.pk}"]

    @property
    def is_done(self) -> bool:
        return "done" in self.data

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for row in self.criteria:
            points, note = f"points_{row.pk}", f"note_{row.pk}"
            if points not in self.errors and data.get(points) is None and (self.is_done or data.get(note)):
                self.add_error(points, f"{row.name}: hãy cho điểm.")
            if self.is_done and row.note_required and note not in self.errors and not data.get(note):
                self.add_error(note, f"{row.name}: tiêu chí này cần nhận xét.")
        return data

    @property
    def given(self) -> dict[int, Given]:
        data = self.cleaned_data
        return {row.pk: (data[f"points_{row.pk}"], data[f"note_{row.pk}"]) for row in self.criteria}


# --- criteria and rounds ------------------------------------------------------------------------------------------------
class CriteriaForm(PortalForm):
    """The criteria of a cycle, line by line; a line without a name is left out."""

    submit_label = "Lưu tiêu chí"

    def __init__(self, data: Any = None, *, cycle: AwardCycle) -> None:
        super().__init__(data)
        stored = list(cycle.criteria.all())
        types = cycle.award_types.all()
        self.count = min(len(stored) + SPARE_LINES, MAX_CRITERIA)
        for place in range(self.count):
            self._add_line(place, stored[place] if place < len(stored) else None, types)

    def _add_line(self, place: int, row: ReviewCriterion | None, types: QuerySet[AwardType]) -> None:
        number = f"tiêu chí {place + 1}"
        own = {
            "name": forms.CharField(label=f"Tên {number}", max_length=200, initial=row and row.name),
            "most": DecimalField(
                label=f"Điểm tối đa, {number}", max_digits=5, decimal_places=2, initial=row and format_number(row.max_points)
            ),
            "weight": DecimalField(
                label=f"Trọng số, {number}", max_digits=5, decimal_places=2, initial=format_number(row.weight) if row else "1"
            ),
            "type": forms.ModelChoiceField(
                label=f"Áp dụng cho, {number}", queryset=types, empty_label="Mọi danh hiệu, hình thức",
                initial=row and row.award_type_id,
            ),
            "note": forms.BooleanField(label=f"Bắt buộc nhận xét, {number}", initial=bool(row and row.note_required)),
        }  # fmt: skip
        for name, control in own.items():
            control.required = False
            self.fields[f"{name}_{place}"] = control

    @property
    def lines(self) -> Iterator[dict[str, Any]]:
        names = ("name", "most", "weight", "type", "note")
        return ({name: self[f"{name}_{place}"] for name in names} for place in range(self.count))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.entries: list[CriterionEntry] = []
        for place in range(self.count):
            name, most = data.get(f"name_{place}"), data.get(f"most_{place}")
            if f"name_{place}" in self.errors or f"most_{place}" in self.errors or f"weight_{place}" in self.errors:
                continue
            if name and most is None:
                self.add_error(f"most_{place}", "Hãy ghi điểm tối đa.")
            elif most is not None and not name:
                self.add_error(f"name_{place}", "Hãy ghi tên tiêu chí.")
            elif name:
                weight = data.get(f"weight_{place}")
                self.entries.append(
                    CriterionEntry(
                        name,
                        most,
                        Decimal(1) if weight is None else weight,
                        data[f"note_{place}"],
                        data[f"type_{place}"],
                    )
                )
        return data


class RoundForm(PortalModelForm):
    class Meta:
        model = ReviewRound
        fields = ("reviewers", "spread_alert", "closes_on")
        help_texts = {
            "reviewers": "Cổng chia đều cho các thành viên có quyền biểu quyết, trừ người không được xét hồ sơ ấy.",
            "spread_alert": "Điểm cao nhất trừ điểm thấp nhất; từ mức này cổng nêu hồ sơ để hội đồng bàn.",
        }


class CloseRoundForm(PortalForm):
    submit_label = "Đóng vòng chấm"

    note = forms.CharField(
        label="Lý do đóng khi còn thiếu phiếu", max_length=500, required=False, widget=forms.Textarea({"rows": 3}),
        help_text="Chỉ cần khi còn phiếu chưa chấm xong.",
    )  # fmt: skip


class ReaderForm(PortalForm):
    """One more reader of one dossier, by hand."""

    submit_label = "Giao thêm"

    nomination = forms.ModelChoiceField(label="Hồ sơ", queryset=Nomination.objects.none(), empty_label="Chọn hồ sơ")
    member = forms.ModelChoiceField(
        label="Người chấm", queryset=CommitteeMember.objects.none(), empty_label="Chọn thành viên"
    )

    def __init__(self, *args: Any, nominations: QuerySet, members: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nomination"].queryset = nominations.select_related("award_type").order_by("name")
        self.fields["member"].queryset = members


# --- the council --------------------------------------------------------------------------------------------------------
class CommitteeForm(PortalModelForm):
    upload = forms.FileField(label="Bản quyết định", required=False, help_text="Tệp PDF hoặc ảnh chụp, nếu có.")

    class Meta:
        model = Committee
        fields = ("name", "decision_no", "decision_date", "valid_from", "valid_to", "conflict_years")
        help_texts = {
            "valid_to": "Để trống khi chưa kết thúc. Khi ghi ngày, nhiệm kỳ của mọi thành viên kết thúc cùng ngày.",
            "conflict_years": "Thành viên không xét hồ sơ của đơn vị nơi đã công tác trong số năm này.",
        }


class SeatForm(PortalForm):
    submit_label = "Ghi thành viên"

    user = PersonField(label="Người", queryset=User.objects.none(), empty_label="Chọn người")
    role = forms.ChoiceField(
        label="Vai trò", choices=CommitteeMember.Role.choices, initial=CommitteeMember.Role.MEMBER,
        help_text="Ghi chủ tịch mới thì nhiệm kỳ của chủ tịch cũ kết thúc ngày trước đó.",
    )  # fmt: skip
    post = forms.CharField(label="Chức vụ ghi trong quyết định", max_length=150, required=False)
    votes = forms.BooleanField(
        label="Có quyền biểu quyết", required=False, initial=True, help_text="Bỏ dấu với thư ký không phải thành viên."
    )
    substitute_for = forms.ModelChoiceField(
        label="Dự thay cho",
        queryset=CommitteeMember.objects.none(),
        required=False,
        empty_label="Không: là thành viên chính thức",
    )
    valid_from = DateField(label="Từ ngày")
    valid_to = DateField(label="Đến hết ngày", required=False)

    def __init__(self, *args: Any, committee: Committee, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.committee = committee
        held = Membership.objects.current().select_related("unit")
        self.fields["user"].queryset = people.prefetch_related(Prefetch("memberships", held, to_attr="held"))
        self.fields["substitute_for"].queryset = committee.members.filter(substitute_for=None).select_related("user")
        self.fields["valid_from"].initial = committee.valid_from

    @property
    def entry(self) -> SeatEntry:
        last = self.committee.members.order_by("-order").values_list("order", flat=True).first()
        return SeatEntry(**self.cleaned_data, order=(last or 0) + 1)


class SeatEndForm(PortalForm):
    submit_label = "Kết thúc nhiệm kỳ"

    last_day = DateField(label="Ngày cuối của nhiệm kỳ")
    note = forms.CharField(
        label="Lý do", max_length=250, help_text="Ví dụ: Quyết định số 44-QĐ/TU ngày 05/11/2026 thay đổi thành viên."
    )


# --- relations ------------------------------------------------------------------------------------------------------------
class RecipientSearchForm(PortalForm):
    q = forms.CharField(label="Tên người hoặc tập thể", max_length=100, required=False)


class RelationForm(PortalForm):
    """To a recipient whom the search found, or to a unit. ``member`` is asked only of who records for others."""

    submit_label = "Khai quan hệ"

    member = forms.ModelChoiceField(label="Thành viên", queryset=CommitteeMember.objects.none(), empty_label=None)
    recipient = forms.ModelChoiceField(
        label="Với người, tập thể", queryset=Recipient.objects.none(), required=False, empty_label="Không chọn"
    )
    unit = forms.ModelChoiceField(
        label="Hoặc với đơn vị", queryset=Unit.objects.none(), required=False, empty_label="Không chọn"
    )
    relation = forms.CharField(label="Quan hệ", max_length=200, help_text="Ví dụ: vợ, chồng; em ruột; cùng góp vốn.")

    def __init__(self, *args: Any, members: QuerySet, recipients: QuerySet[Recipient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = members
        self.fields["recipient"].queryset = recipients
        self.fields["recipient"].label_from_instance = lambda row: f"{row.name} – {row.unit}"
        self.fields["unit"].queryset = Unit.objects.filter(valid_to=None).order_by("sort_key")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if bool(data.get("recipient")) == bool(data.get("unit")):
            self.add_error("recipient", "Hãy chọn một người (tập thể) hoặc một đơn vị, không chọn cả hai.")
        return data
