"""Forms of the score sheet: one criterion, its evidence; the filters of the lists; publication, ties, conditions."""

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from campaigns.models import Campaign, Cluster
from campaigns.scoring.entry import Entry
from campaigns.scoring.inputs import NOT_APPLICABLE, InputKind
from campaigns.scoring.types import Leaf
from dvk_portal.core.forms import DateField, DecimalField, MultipleFileField, PortalForm
from dvk_portal.core.numbers import parse_id
from dvk_portal.core.text import search_key
from pledges.models import ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services.queue import waiting_sheets
from pledges.services.scoring_inputs import is_sourced

YES_NO = [("", "Chưa chọn"), ("true", "Có"), ("false", "Không")]
PAIRS = {
    "achieved": "Đạt được",
    "target": "Chỉ tiêu",
    "numerator": "Tử số",
    "denominator": "Mẫu số",
}


class CriterionForm(PortalForm):
    """The inputs of one criterion at one stage. Names: ``e<place>`` and, for pairs, ``e<place>_<part>``.

    ``values``: what is stored at this stage, by code; ``marked``: "không áp dụng" is chosen. Reading: :meth:`raw`.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, leaf: Leaf, entries: list[Entry], *args: Any, stage: str, values: dict[str, Any] | None = None,
        marked: bool = False, reason: str = "", seen: str = "", places: dict[str, int] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.leaf, self.entries, self.stage = leaf, entries, stage
        self.initial["seen"] = seen
        self.groups: list[tuple[Entry, list[str]]] = []
        for place, entry in enumerate(entries):
            before = set(self.fields)
            self._add(f"e{place}", entry.kind, entry, (values or {}).get(entry.code))
            self.groups.append((entry, [name for name in self.fields if name not in before]))
        self.may_mark = leaf.node.not_applicable != "forbidden"
        if self.may_mark:
            self.fields["na"] = forms.BooleanField(label="Không áp dụng", required=False, initial=marked)
        if stage != Stage.SELF:
            self.fields["reason"] = forms.CharField(
                label="Lý do", required=False, max_length=500, initial=reason, widget=forms.TextInput()
            )

    def _add(self, name: str, kind: InputKind, entry: Entry, value: Any) -> None:
        label = entry.label
        if kind == InputKind.FLAG:
            self.fields[name] = forms.ChoiceField(
                label=label, choices=YES_NO, required=False, initial={True: "true", False: "false"}.get(value, "")
            )
        elif kind == InputKind.OPTION:
            choices = [("", "Chưa chọn"), *entry.choices]
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False, initial=value or "")
        elif kind == InputKind.RATIO:
            self._pair(name, label, value, ("achieved", "target"))
        elif kind == InputKind.MATRIX:
            cell = value or {}
            self._value(f"{name}_row", f"{label}: giá trị hàng", cell.get("row"))
            self._value(f"{name}_column", f"{label}: giá trị cột", cell.get("column"))
        elif kind == InputKind.VALUE and not getattr(entry.rule, "whole", False):
            self._value(name, label, value)
        else:
            places = 0 if kind in (InputKind.COUNT, InputKind.VALUE) else 6
            self._number(name, label, value, places)

    def _value(self, name: str, label: str, value: Any) -> None:
        """A number, or two numbers that make a percentage."""
        plain = value if not isinstance(value, dict) else None
        self._number(name, label, plain)
        self._pair(name, label, value if isinstance(value, dict) else None, ("numerator", "denominator"))

    def _pair(self, name: str, label: str, value: Any, parts: tuple[str, str]) -> None:
        for part in parts:
            self._number(f"{name}_{part}", f"{PAIRS[part]} – {label}", (value or {}).get(part))

    def _number(self, name: str, label: str, value: Any, places: int = 6) -> None:
        field = DecimalField(label=label, required=False, max_digits=18, decimal_places=places)
        field.initial = None if value is None else Decimal(str(value))
        self.fields[name] = field

    def clean(self) -> None:
        for entry, names in self.groups:
            shares = [name for name in names if name.endswith(("_numerator", "_denominator"))]
            plain = [name.rpartition("_")[0] for name in shares if name.endswith("_numerator")]
            for name in plain:
                pair = [self.cleaned_data.get(f"{name}_{part}") for part in ("numerator", "denominator")]
                if self.cleaned_data.get(name) is not None and any(part is not None for part in pair):
                    self.add_error(name, f"“{entry.label}”: chỉ nhập một số, hoặc tử số và mẫu số.")

    def raw(self) -> dict[str, Any]:
        """What :func:`enter_criterion` takes."""
        leaf = self.leaf.node.code
        if self.may_mark and self.cleaned_data.get("na"):
            return {leaf: NOT_APPLICABLE}
        found = {entry.code: self._read(f"e{place}", entry) for place, entry in enumerate(self.entries)}
        return found if leaf in found or not self.may_mark else {leaf: None, **found}

    def _read(self, name: str, entry: Entry) -> Any:
        data = self.cleaned_data
        if entry.kind == InputKind.FLAG:
            return {"true": True, "false": False}.get(data.get(name, ""))
        if entry.kind == InputKind.OPTION:
            return data.get(name) or None
        if entry.kind == InputKind.RATIO:
            return self._read_pair(name, ("achieved", "target"))
        if entry.kind == InputKind.MATRIX:
            cell = {part: self._read_value(f"{name}_{part}") for part in ("row", "column")}
            return cell if any(part is not None for part in cell.values()) else None
        return self._read_value(name)

    def _read_value(self, name: str) -> Any:
        pair = self._read_pair(name, ("numerator", "denominator"))
        if pair is not None:
            return pair
        value = self.cleaned_data.get(name)
        return None if value is None else f"{value:f}"

    def _read_pair(self, name: str, parts: tuple[str, str]) -> Any:
        values = {part: self.cleaned_data.get(f"{name}_{part}") for part in parts}
        if all(value is None for value in values.values()):
            return None
        return {part: None if value is None else f"{value:f}" for part, value in values.items()}

    @property
    def shown(self) -> list[tuple[Entry, list[Any], bool]]:
        """(input, its controls, whether the portal fills it); parts of a pair carry a short label under their legend."""
        found = []
        for entry, names in self.groups:
            bounds = [self[name] for name in names]
            for bound, name in zip(bounds, names, strict=True):
                part = name.rpartition("_")[2]
                bound.short_label = PAIRS.get(part) or ("Giá trị" if len(names) > 1 else entry.label)
                bound.is_first_of_share = part == "numerator"
            found.append((entry, bounds, is_sourced(entry)))
        return found

    @property
    def stage_label(self) -> str:
        return Stage(self.stage).label

    @property
    def has_reason(self) -> bool:
        return "reason" in self.fields

    @property
    def reason(self) -> str:
        return self.cleaned_data.get("reason", "")

    @property
    def sentence(self) -> str:
        """What is wrong, in one line."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class ProofForm(PortalForm):
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


class ReviewForm(PortalForm):
    """Step one of publishing: each of the ``warnings`` must be ticked; ``mark``: the result that was on the screen."""

    submit_label = "Tiếp tục: ghi quyết định"

    def __init__(self, warnings: list[str], mark: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, sentence in enumerate(warnings):
            self.fields[f"warning_{place}"] = forms.BooleanField(
                label=f"Đã xem: {sentence}", error_messages={"required": "Hãy đánh dấu sau khi đã xem mục này."}
            )
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, initial=mark)


class ConfirmForm(PortalForm):
    """Step two: the decision, its number typed twice."""

    decision_no = forms.CharField(label="Số quyết định", max_length=60, help_text="Ví dụ: 125-QĐ/BTGDVTU.")
    decision_date = DateField(label="Ngày quyết định")
    confirmation = forms.CharField(
        label="Gõ lại số quyết định để xác nhận", max_length=60, widget=forms.TextInput({"autocomplete": "off"})
    )
    seen = forms.CharField(widget=forms.HiddenInput)
    submit_label = "Công bố kết quả"


class TieReasonForm(PortalForm):
    note = forms.CharField(label="Lý do, căn cứ", max_length=500, widget=forms.TextInput())


class TieForm:
    """Places that a person gave to tied units: ``place_<participation>`` = 1, 2, …"""

    def __init__(self, data: Any) -> None:
        self.data = data

    def order(self) -> list[int]:
        """Participation ids, best first; a place given twice or left out makes the order empty, which the service refuses."""
        places = {
            pk: self.data[name]
            for name in self.data
            if name.startswith("place_") and (pk := parse_id(name.removeprefix("place_"))) is not None
        }
        if sorted(places.values()) != sorted(str(number) for number in range(1, len(places) + 1)):
            return []
        return sorted(places, key=lambda unit: int(places[unit]))


# --- filters --------------------------------------------------------------------------------------------------------
STATES = [
    ("self", "Đang tự chấm"),
    ("sent", "Đã gửi, chờ thẩm định"),
    ("verified", "Đã thẩm định"),
    ("agreed", "Đã thống nhất"),
    ("published", "Đã công bố"),
    ("provisional", "Còn tiêu chí chưa có số liệu"),
    ("unranked", "Không xếp loại"),
    ("gap", "Tự chấm khác thẩm định"),
]


def _clusters(request: Any) -> QuerySet:
    visible = Campaign.objects.visible_to(request.user)
    chosen = parse_id(request.GET.get("campaign", ""))
    campaigns = visible if chosen is None else visible.filter(pk=chosen)
    return Cluster.objects.filter(campaign__in=campaigns).order_by("-campaign__starts_on", "order", "id")


class SheetFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tìm đơn vị", method="search")
    campaign = django_filters.ModelChoiceFilter(
        label="Phong trào",
        field_name="participation__campaign",
        queryset=lambda request: Campaign.objects.visible_to(request.user).exclude(status=Campaign.Status.DRAFT),
        empty_label="Tất cả",
    )
    cluster = django_filters.ModelChoiceFilter(
        label="Cụm, khối", field_name="participation__cluster", queryset=_clusters, empty_label="Tất cả"
    )
    state = django_filters.ChoiceFilter(label="Tình trạng", choices=STATES, method="by_state", empty_label="Tất cả")
    waiting = django_filters.ChoiceFilter(
        label="Việc của tôi", choices=[("1", "Chờ phòng tôi thẩm định")], method="for_me", empty_label="Tất cả"
    )

    class Meta:
        model = ScoreSheet
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.request.user.has_perm("score.verify"):
            del self.filters["waiting"]

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(participation__search_key__contains=search_key(value))

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        derived: dict[str, dict[str, Any]] = {"provisional": {"provisional": True}, "unranked": {"unranked": True}}
        if value == "gap":
            return queryset.exclude(gap=None).exclude(gap=0)
        return queryset.filter(**derived.get(value, {"status": value}))

    def for_me(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(pk__in=waiting_sheets(self.request.user))


class GridFilter(django_filters.FilterSet):
    """Of the page "một tiêu chí, mọi đơn vị"."""

    q = django_filters.CharFilter(label="Tìm đơn vị", method="search")
    cluster = django_filters.ModelChoiceFilter(
        label="Cụm, khối",
        field_name="participation__cluster",
        queryset=lambda request: Cluster.objects.filter(campaign=request.resolver_match.kwargs["campaign"]),
        empty_label="Tất cả",
    )
    left = django_filters.ChoiceFilter(
        label="Hiển thị", choices=[("1", "Chưa thẩm định")], method="undecided", empty_label="Tất cả đơn vị"
    )

    class Meta:
        model = ScoreSheet
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(participation__search_key__contains=search_key(value))

    def undecided(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(decided=False)
