"""Forms of the pledge: what the unit proposes, the password of a signature, the filter of the wall."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from campaigns.models import Campaign, Cluster, Indicator
from dvk_portal.core.forms import DateField, DecimalField, IdentityMixin, PortalForm
from dvk_portal.core.models import Signature
from dvk_portal.core.numbers import format_number, parse_id, parse_ids
from dvk_portal.core.text import search_key
from pledges.models import Clause, Pledge, Target
from pledges.models.pledge import Side
from pledges.services.proposals import (
    MAX_COMMITMENT_LENGTH,
    MAX_COMMITMENTS,
    TargetEntry,
    TargetRow,
    decimals_of,
    due_of,
)


class ProposalForm(PortalForm):
    """One row per target and one box per commitment; ``seen`` marks what stood there when the form was opened."""

    seen = forms.CharField(widget=forms.HiddenInput)
    boxes = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        rows: list[TargetRow],
        promises: Sequence[tuple[str, int | None]],
        watchable: list[Indicator],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """``promises``: text and watching indicator (id) of each box; ``watchable``: what may be chosen there."""
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            if not row.target.common:
                self._add_target(row)
        choices = [
            ("", "Không theo dõi bằng số liệu"),
            *((row.pk, f"{row.label} ({row.measure})") for row in watchable),
        ]
        for place, (text, watched) in enumerate(promises):
            self._add_promise(place, text, watched, choices)
        self.initial["boxes"] = len(promises)

    def _add_promise(self, place: int, text: str, watched: int | None, choices: list[tuple[Any, str]]) -> None:
        self.fields[f"text_{place}"] = forms.CharField(
            label=f"Cam kết {place + 1}",
            required=False,
            max_length=MAX_COMMITMENT_LENGTH,
            initial=text,
            widget=forms.Textarea({"rows": 2}),
            error_messages={"max_length": f"Mỗi cam kết dài tối đa {MAX_COMMITMENT_LENGTH} ký tự. Hãy viết gọn lại."},
        )
        self.fields[f"watch_{place}"] = forms.TypedChoiceField(
            label=f"Theo dõi cam kết {place + 1} bằng",
            required=False,
            choices=choices,
            coerce=int,
            empty_value=None,
            initial=watched,
        )

    def _add_target(self, row: TargetRow) -> None:
        target, name = row.target, row.indicator.label
        self.fields[f"amount_{target.indicator_id}"] = DecimalField(
            label=f"Chỉ tiêu – {name}",
            required=False,
            max_digits=14,
            decimal_places=decimals_of(row.indicator),
            initial=_typed(row),
        )
        self.fields[f"form_{target.indicator_id}"] = forms.ChoiceField(
            label=f"Dạng chỉ tiêu – {name}", choices=Target.Form.choices, initial=target.form
        )
        self.fields[f"due_{target.indicator_id}"] = DateField(
            label=f"Thời hạn – {name}", required=False, initial=due_of(target)
        )
        self.fields[f"weight_{target.indicator_id}"] = DecimalField(
            label=f"Trọng số – {name}",
            required=False,
            max_digits=6,
            decimal_places=2,
            min_value=0,
            initial="" if target.weight is None else format_number(target.weight),
            disabled=row.fixed_weight,
        )
        self.fields[f"note_{target.indicator_id}"] = forms.CharField(
            label=f"Ghi chú – {name}", required=False, max_length=250, initial=target.note
        )

    def target_fields(self) -> Iterator[dict[str, Any]]:
        """Each row with its bound fields (none for a common one)."""
        for row in self.rows:
            key = row.target.indicator_id
            own = {} if row.target.common else {part: self[f"{part}_{key}"] for part in _PARTS}
            yield {"row": row, **own}

    def text_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("text_")]

    def text_lines(self) -> list[dict[str, Any]]:
        """Each commitment with the buttons it has: their value and their name for screen readers."""
        bounds = self.text_fields()
        return [
            {
                "bound": bound,
                "watch": self[f"watch_{place}"],
                "moves": [
                    (label, icon, f"{move}:{place}", f"{label} cam kết {place + 1}")
                    for label, icon, move, shown in (
                        ("Chuyển lên", "arrow-up", "up", place > 0),
                        ("Chuyển xuống", "arrow-down", "down", place < len(bounds) - 1),
                        ("Bỏ", "cross", "remove", True),
                    )
                    if shown
                ],
            }
            for place, bound in enumerate(bounds)
        ]

    @property
    def entries(self) -> dict[int, TargetEntry]:
        return {
            row.target.indicator_id: TargetEntry(
                *(self.cleaned_data[f"{part}_{row.target.indicator_id}"] for part in _PARTS)
            )
            for row in self.rows
            if not row.target.common
        }

    @property
    def texts(self) -> list[str]:
        return [self.cleaned_data[bound.name] for bound in self.text_fields()]

    @property
    def watched(self) -> list[int | None]:
        return [self.cleaned_data[f"watch_{place}"] for place in range(len(self.text_fields()))]


# In the order of TargetEntry.
_PARTS = ("amount", "form", "note", "due", "weight")


def _typed(row: TargetRow) -> str:
    """Without dots between thousands where decimals are taken: "1.234" would be ambiguous there."""
    if row.target.amount is None:
        return ""
    shown = format_number(row.target.amount)
    return shown.replace(".", "") if decimals_of(row.indicator) else shown


def rearranged(posted: QueryDict, clauses: Iterable[Clause] = ()) -> QueryDict:
    """What was posted, with the commitments as the pressed button asks: "up:2", "down:0", "remove:1", "add", "insert".

    ``clauses`` of the library come into empty boxes first, then behind the others; one that stands there already does not.
    """
    data = posted.copy()
    count = min(_number(posted.get("boxes", "")) or 0, MAX_COMMITMENTS)
    lines = [(posted.get(f"text_{place}", ""), posted.get(f"watch_{place}", "")) for place in range(count)]
    move, _, raw_place = posted.get("op", "").partition(":")
    place = _number(raw_place)
    if place is not None and place < count:
        if move == "remove":
            lines.pop(place)
        elif (other := place + {"up": -1, "down": 1}.get(move, 0)) != place and 0 <= other < count:
            lines[place], lines[other] = lines[other], lines[place]
    elif move == "add" and count < MAX_COMMITMENTS:
        lines.append(("", ""))
    elif move == "insert":
        _insert(lines, clauses)
    for number in range(count):
        data.pop(f"text_{number}", None)
        data.pop(f"watch_{number}", None)
    for number, (text, watched) in enumerate(lines):
        data[f"text_{number}"], data[f"watch_{number}"] = text, watched
    data["boxes"] = str(len(lines))
    return data


def _number(raw: str) -> int | None:
    """A number of boxes or a place as posted; None for nonsense."""
    return int(raw) if raw.isdecimal() and len(raw) < 4 else None


def _insert(lines: list[tuple[str, str]], clauses: Iterable[Clause]) -> None:
    there = {text.strip() for text, _ in lines}
    empty = [place for place, (text, _) in enumerate(lines) if not text.strip()]
    for clause in clauses:
        if clause.text in there:
            continue
        line = (clause.text, str(clause.indicator_id or ""))
        if empty:
            lines[empty.pop(0)] = line
        elif len(lines) < MAX_COMMITMENTS:
            lines.append(line)


class SigningForm(IdentityMixin, PortalForm):
    error_title = "Chưa ký được. Hãy xem lại các mục sau:"


class SignForm(SigningForm):
    """``seen`` is the hash of the content on the signer's screen."""

    seen = forms.CharField(widget=forms.HiddenInput)
    submit_label = "Ký giao ước"


class BulkSignForm(SigningForm):
    """One tick per pledge; the hash beside it is the content that was on the signer's screen."""

    submit_label = "Ký các giao ước đã chọn"

    def __init__(self, *args: Any, pledges: list[Pledge], tick: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pledges = pledges
        for pledge in pledges:
            self.fields[f"pick_{pledge.pk}"] = forms.BooleanField(
                label=pledge.participation.name, required=False, initial=tick
            )
            self.fields[f"seen_{pledge.pk}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=pledge.document_hash
            )

    @staticmethod
    def posted_ids(posted: QueryDict) -> list[int]:
        """Pledges on the sent form, ticked or not."""
        found = (name.removeprefix("seen_") for name in posted if name.startswith("seen_"))
        return parse_ids(found)

    def pledge_fields(self) -> Iterator[dict[str, Any]]:
        for pledge in self.pledges:
            yield {"pledge": pledge, "pick": self[f"pick_{pledge.pk}"], "seen": self[f"seen_{pledge.pk}"]}

    def clean(self) -> dict[str, Any]:
        if not self.chosen:
            self.add_error(None, "Chưa chọn giao ước nào để ký.")
        return self.cleaned_data

    @property
    def chosen(self) -> list[Pledge]:
        return [pledge for pledge in self.pledges if self.cleaned_data.get(f"pick_{pledge.pk}")]

    @property
    def seen_hashes(self) -> dict[int, str]:
        return {pledge.pk: self.cleaned_data.get(f"seen_{pledge.pk}", "") for pledge in self.pledges}


STATES = [
    ("unsigned", "Chưa ký đủ"),
    ("signed", "Đã ký"),
    ("owing", "Chưa gửi đề xuất"),
    ("proposed", "Chờ thống nhất"),
    ("agreed", "Đã thống nhất, chờ ký"),
    ("wait_unit", "Chờ đơn vị ký"),
    ("wait_province", "Chờ cơ quan phát động ký"),
    ("ended", "Đã rút, đã thay thế"),
]


def _without(side: str) -> Q:
    held = Signature.objects.exclude(status=Signature.Status.REFUSED).filter(document=OuterRef("document"), slot=side)
    return Q(status__in=Pledge.SIGNABLE) & ~Exists(held)


CONDITIONS = {
    "unsigned": ~Q(status__in=(Pledge.Status.SIGNED, Pledge.Status.WITHDRAWN, Pledge.Status.SUPERSEDED)),
    "signed": Q(status=Pledge.Status.SIGNED),
    "owing": Q(status__in=Pledge.EDITABLE),
    "proposed": Q(status=Pledge.Status.PROPOSED),
    "agreed": Q(status__in=Pledge.SIGNABLE),
    "wait_unit": _without(Side.UNIT),
    "wait_province": _without(Side.PROVINCE),
    "ended": Q(status__in=(Pledge.Status.WITHDRAWN, Pledge.Status.SUPERSEDED)),
}


def _campaigns(request: Any) -> QuerySet:
    shown = Pledge.objects.visible_to(request.user).values("participation__campaign")
    return Campaign.objects.filter(pk__in=shown)


def _clusters(request: Any) -> QuerySet:
    found = Cluster.objects.filter(campaign__in=_campaigns(request)).select_related("campaign")
    asked = parse_id(request.GET.get("campaign", ""))
    return found.filter(campaign=asked) if asked else found


class PledgeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tên đơn vị", method="search")
    campaign = django_filters.ModelChoiceFilter(
        label="Phong trào", field_name="participation__campaign", queryset=_campaigns, empty_label="Mọi phong trào"
    )
    cluster = django_filters.ModelChoiceFilter(
        label="Cụm, khối", field_name="participation__cluster", queryset=_clusters, empty_label="Mọi cụm, khối"
    )
    state = django_filters.ChoiceFilter(
        label="Tình trạng", choices=STATES, method="in_state", empty_label="Mọi tình trạng"
    )

    class Meta:
        model = Pledge
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in search_key(value).split():
            queryset = queryset.filter(participation__search_key__contains=word)
        return queryset

    def in_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(CONDITIONS[value])
