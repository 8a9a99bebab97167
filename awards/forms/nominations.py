"""Forms of nominations: the filters of their lists, choosing whom to propose, the nomination itself, its files, its meeting."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from awards.models import AwardCycle, AwardType, Nomination, NominationSet, RecipientKind
from awards.services.nominations import grounds
from awards.services.nominations.editing import version_of
from awards.services.nominations.grounds import MAX_ACHIEVEMENTS, AchievementEntry
from dvk_portal.core.forms import DateField, DateTimeField, PortalForm, PortalModelForm
from dvk_portal.core.text import search_key
from units.models import Unit

_STATES = Nomination.Status.choices
WAITING = [
    ("submitted", "Chờ soát thành phần"),
    ("complete", "Chờ thẩm định"),
    ("to_check", "Cần kiểm tra"),
    ("held", "Tạm dừng"),
]


# --- the filters of the lists ---------------------------------------------------------------------------------------
def _seen(request: Any) -> QuerySet[Nomination]:
    return Nomination.objects.visible_to(request.user).order_by()


def _cycles(request: Any) -> QuerySet[AwardCycle]:
    return AwardCycle.objects.filter(pk__in=_seen(request).values("cycle"))


def _awards(request: Any) -> QuerySet[AwardType]:
    return AwardType.objects.filter(pk__in=_seen(request).values("award_type"))


def _units(request: Any) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=_seen(request).values("unit")).order_by("sort_key")


class NominationFilter(django_filters.FilterSet):
    """``status`` filters the state as the person may know it (services/nominations/visibility.py)."""

    q = django_filters.CharFilter(label="Tìm tên", method="search")
    cycle = django_filters.ModelChoiceFilter(label="Đợt", queryset=_cycles, empty_label="Mọi đợt")
    award_type = django_filters.ModelChoiceFilter(
        label="Danh hiệu, hình thức", queryset=_awards, empty_label="Mọi hình thức"
    )
    unit = django_filters.ModelChoiceFilter(label="Đơn vị", queryset=_units, empty_label="Mọi đơn vị")
    kind = django_filters.ChoiceFilter(
        label="Đối tượng", field_name="subject_kind", choices=RecipientKind.choices, empty_label="Mọi đối tượng"
    )
    status = django_filters.ChoiceFilter(
        label="Trạng thái", field_name="shown", choices=_STATES, empty_label="Mọi trạng thái"
    )

    class Meta:
        model = Nomination
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in search_key(value).split():
            queryset = queryset.filter(recipient__search_key__contains=word)
        return queryset


class QueueFilter(NominationFilter):
    """What waits for those who appraise."""

    status = django_filters.ChoiceFilter(label="Chờ việc", choices=WAITING, empty_label="Tất cả")


# --- whom to propose, for what ---------------------------------------------------------------------------------------
class SearchForm(PortalForm):
    q = forms.CharField(label="Tên hoặc chức vụ", max_length=100, required=False)


class NewRecipientForm(PortalForm):
    """Somebody who is not in the register yet; more is written on the recipient's own page."""

    submit_label = "Thêm vào sổ và lập đề nghị"

    kind = forms.ChoiceField(label="Đối tượng", widget=forms.RadioSelect)
    name = forms.CharField(
        label="Họ tên, tên tập thể hoặc chủ hộ", max_length=150, help_text="Ghi như sẽ in trên bằng, không viết tắt."
    )
    post = forms.CharField(label="Chức vụ, nghề nghiệp", max_length=150, required=False)
    managed_by_btv = forms.BooleanField(
        label="Cán bộ diện Ban Thường vụ quản lý",
        required=False,
        help_text="Khi đó hồ sơ cần văn bản của Ban Thường vụ.",
    )
    is_unit = forms.BooleanField(label="Tập thể này chính là đơn vị", required=False)
    knows_namesakes = forms.BooleanField(label="Không trùng với người, tập thể cùng tên đã có", required=False)

    def __init__(self, *args: Any, award_type: AwardType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(value, label) for value, label in RecipientKind.choices if award_type.is_for(value)]
        self.fields["kind"].choices = choices
        self.fields["kind"].initial = choices[0][0] if choices else None

    @property
    def content(self) -> dict[str, Any]:
        """The arguments of save_recipient."""
        data = self.cleaned_data
        values = {name: data[name] for name in ("kind", "name", "post", "managed_by_btv")}
        return {"values": values, "is_unit": data["is_unit"], "knows_namesakes": data["knows_namesakes"]}


# --- the nomination ---------------------------------------------------------------------------------------------------
_PARTS = ("text", "from", "to", "campaign", "proof")


class NominationForm(PortalForm):
    """Period, summary and achievements. ``seen`` names the state that was on the screen; ``rows`` how many achievements."""

    submit_label = "Lưu"

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MAX_ACHIEVEMENTS)
    period_from = DateField(label="Thành tích từ ngày")
    period_to = DateField(label="Đến ngày")
    summary = forms.CharField(
        label="Tóm tắt thành tích",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Việc đã làm, kết quả đo được, tác dụng với nơi khác. Cần có khi gửi.",
    )
    transferred = forms.BooleanField(
        label="Chuyển công tác trong kỳ, ở đơn vị cũ từ 6 tháng trở lên",
        required=False,
        help_text="Khi đó hồ sơ cần nhận xét của đơn vị cũ.",
    )

    def __init__(self, data: QueryDict | None, *, nomination: Nomination, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.nomination = nomination
        for name in ("period_from", "period_to", "summary", "transferred"):
            self.fields[name].initial = getattr(nomination, name)
        self.fields["seen"].initial = version_of(nomination)
        if nomination.subject_kind != RecipientKind.PERSON:
            del self.fields["transferred"]
        self._add_rows(data)

    def _add_rows(self, data: QueryDict | None) -> None:
        stored = list(self.nomination.achievements.all())
        self.row_count = self._count(len(stored), data)
        campaigns = [("", "Không theo phong trào"), *_pairs(grounds.campaigns_as_grounds(self.nomination))]
        self.proofs = _Proofs(self.nomination)
        for place in range(self.row_count):
            row = stored[place] if place < len(stored) else None
            label = place + 1
            self.fields[f"text_{place}"] = forms.CharField(
                label=f"Thành tích {label}", required=False, max_length=500, initial=row.text if row else "",
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip
            for part, name in (("from", "period_from"), ("to", "period_to")):
                words = "từ ngày" if part == "from" else "đến ngày"
                self.fields[f"{part}_{place}"] = DateField(
                    label=f"Thành tích {label} {words}", required=False,
                    initial=getattr(row or self.nomination, name),
                )  # fmt: skip
            self.fields[f"campaign_{place}"] = forms.ChoiceField(
                label=f"Phong trào của thành tích {label}", required=False, choices=campaigns,
                initial=row.campaign_id if row else "",
            )  # fmt: skip
            self.fields[f"proof_{place}"] = forms.ChoiceField(
                label=f"Căn cứ của thành tích {label}", required=False, choices=self.proofs.choices,
                initial=self.proofs.value_of(row) if row else "",
            )  # fmt: skip

    def _count(self, stored: int, data: QueryDict | None) -> int:
        """How many rows to show: those posted, else those stored or one; one more where the button asks for it."""
        raw = data.get("rows", "") if data is not None else ""
        count = int(raw) if raw.isdecimal() and len(raw) < 3 else max(stored, 1)
        if data is not None and data.get("op") == "add_row":
            count += 1
        count = min(count, MAX_ACHIEVEMENTS)
        self.fields["rows"].initial = count
        if data is not None and "rows" in data:
            data["rows"] = str(count)
        return count

    def achievement_rows(self) -> list[dict[str, forms.BoundField]]:
        return [
            {"number": place + 1, **{part: self[f"{part}_{place}"] for part in _PARTS}}
            for place in range(self.row_count)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for place in range(self.row_count):
            if data.get(f"text_{place}"):
                for part in ("from", "to"):
                    name = f"{part}_{place}"
                    if not data.get(name) and name not in self.errors:
                        self.add_error(name, "Hãy ghi ngày của thành tích này.")
        return data

    def _typed(self) -> Iterator[AchievementEntry]:
        """A row without a text is left out: that is how one is taken away."""
        data = self.cleaned_data
        campaigns = grounds.campaigns_as_grounds(self.nomination).in_bulk()
        for place in range(self.row_count):
            if not data[f"text_{place}"]:
                continue
            chosen = data[f"campaign_{place}"]
            yield AchievementEntry(
                data[f"text_{place}"],
                data[f"from_{place}"],
                data[f"to_{place}"],
                campaign=campaigns[int(chosen)] if chosen else None,
                **self.proofs.chosen(data[f"proof_{place}"]),
            )

    @property
    def content(self) -> dict[str, Any]:
        """The arguments of save_nomination."""
        data = self.cleaned_data
        return {
            "period_from": data["period_from"],
            "period_to": data["period_to"],
            "summary": data["summary"],
            "transferred": data.get("transferred", False),
            "achievements": list(self._typed()),
            "seen": data["seen"],
        }


def _pairs(rows: Any) -> list[tuple[str, str]]:
    return [(str(row.pk), str(row)) for row in rows]


class _Proofs:
    """Model, initiative or earlier award that proves an achievement, as one list to choose from: "model:5"."""

    def __init__(self, nomination: Nomination) -> None:
        offered = {
            "model": ("Mô hình được công nhận", grounds.models_as_grounds(nomination)),
            "initiative": ("Sáng kiến, đề tài chưa dùng", grounds.initiatives_as_grounds(nomination)),
            "award": ("Khen thưởng đã có", grounds.awards_as_grounds(nomination)),
        }
        self.rows = {f"{kind}:{row.pk}": row for kind, (_, rows) in offered.items() for row in rows}
        kept = nomination.achievements.select_related("model", "initiative", "award__award_type")
        for row in kept:  # what no longer may be chosen stays readable until somebody takes it out
            if (value := self.value_of(row)) and value not in self.rows:
                self.rows[value] = getattr(row, value.partition(":")[0])
        groups = [
            (label, [(value, self._words(row)) for value, row in self.rows.items() if value.startswith(f"{kind}:")])
            for kind, (label, _) in offered.items()
        ]
        self.choices = [("", "Không có"), *(group for group in groups if group[1])]

    @staticmethod
    def _words(row: Any) -> str:
        year = getattr(row, "year", None)
        return f"{getattr(row, 'award_type', row)} ({year})" if year else str(row)

    @staticmethod
    def value_of(row: Any) -> str:
        for kind in ("model", "initiative", "award"):
            if pk := getattr(row, f"{kind}_id"):
                return f"{kind}:{pk}"
        return ""

    def chosen(self, value: str) -> dict[str, Any]:
        return {value.partition(":")[0]: self.rows[value]} if value else {}


# --- files, sending ---------------------------------------------------------------------------------------------------
class FileForm(PortalForm):
    """One file for one line of the checklist, or besides."""

    submit_label = "Tải lên"

    item = forms.ChoiceField(label="Thành phần hồ sơ", required=False)
    file = forms.FileField(
        label="Tệp", help_text="PDF, ảnh, Word, Excel hoặc OpenDocument. Ảnh chụp bằng điện thoại cũng được."
    )
    title = forms.CharField(
        label="Tên tệp trong hồ sơ", max_length=200, required=False, help_text="Để trống thì lấy tên của thành phần."
    )

    def __init__(self, *args: Any, slots: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [(slot.item.code, slot.item.name) for slot in slots if slot.may_upload]
        self.fields["item"].choices = [*lines, ("", "Tài liệu khác")]


class SendForm(PortalForm):
    submit_label = "Gửi hồ sơ"
    error_title = "Chưa gửi được hồ sơ."

    vouched = forms.BooleanField(
        label="", error_messages={"required": "Hãy đánh dấu xác nhận hồ sơ đúng sự thật trước khi gửi."}
    )

    def __init__(self, *args: Any, pledge: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vouched"].label = pledge


class ReturnForm(PortalForm):
    """Which parts to mend, a remark for each, and why it goes back at all."""

    submit_label = "Trả lại hồ sơ"
    error_title = "Chưa trả lại được hồ sơ."

    def __init__(self, *args: Any, names: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        for place, (_, name) in enumerate(names.items()):
            self.fields[f"item_{place}"] = forms.BooleanField(label=name, required=False)
            self.fields[f"text_{place}"] = forms.CharField(label=f"Cần gì ở “{name}”", required=False, max_length=500)
        self.fields["note"] = forms.CharField(
            label="Lý do trả lại", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
            help_text="Ghi chung cho cả hồ sơ, kèm hạn gửi lại nếu có.",
        )  # fmt: skip

    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"item_{place}"], self[f"text_{place}"]) for place in range(len(self.names))]

    @property
    def items(self) -> dict[str, str]:
        """What return_nomination takes: a part with a remark is meant, ticked or not."""
        data = self.cleaned_data
        return {
            code: data[f"text_{place}"]
            for place, code in enumerate(self.names)
            if data[f"item_{place}"] or data[f"text_{place}"]
        }


# --- the unit's own meeting ---------------------------------------------------------------------------------------------
class MeetingForm(PortalModelForm):
    """What the minutes of the unit's meeting say, with the votes for each candidate."""

    submit_label = "Lưu biên bản"

    opened_at = DateTimeField(label="Khai mạc", required=False)
    closed_at = DateTimeField(label="Bế mạc", required=False)

    class Meta:
        model = NominationSet
        fields = (
            "opened_at", "closed_at", "place", "chair", "secretary", "members", "present", "absent", "secret", "discussion",
        )  # fmt: skip
        widgets = {"absent": forms.Textarea(attrs={"rows": 2}), "discussion": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "chair": "Ghi cả chức vụ, ví dụ: Lê Văn Mẫu, Bí thư Đảng ủy.",
            "absent": "Ai vắng, lý do.",
        }

    def __init__(self, *args: Any, nominations: list[Nomination], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nominations = nominations
        stored = {row.nomination_id: row.ayes for row in self.instance.votes.all()}
        for row in nominations:
            self.fields[f"ayes_{row.pk}"] = forms.IntegerField(
                label=f"Số phiếu đồng ý: {row.name}, {row.award_type}", required=False, min_value=0, max_value=9999,
                initial=stored.get(row.pk),
                widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "input-number"}),
            )  # fmt: skip

    def vote_rows(self) -> list[dict[str, Any]]:
        return [{"nomination": row, "ayes": self[f"ayes_{row.pk}"]} for row in self.nominations]

    @property
    def content(self) -> dict[str, Any]:
        """The arguments of save_meeting."""
        data = self.cleaned_data
        votes = {row.pk: data[f"ayes_{row.pk}"] for row in self.nominations}
        return {"values": {name: data[name] for name in self.Meta.fields}, "votes": votes}
