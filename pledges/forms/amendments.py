"""Forms of an annex: its frame, and everything in force with room for what is to change."""

import datetime
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from campaigns.models import Indicator
from dvk_portal.core.forms import DateField, DecimalField, PortalForm
from dvk_portal.core.numbers import format_number
from pledges.models import Amendment, AmendmentChange, Target
from pledges.models.pledge import Side
from pledges.services.proposals import MAX_COMMITMENT_LENGTH, clean_text, decimals_of
from pledges.services.targets import EffectiveCommitment, EffectiveTarget, content_before, key_of

Action = AmendmentChange.Action
# Boxes for new targets and new promises of each side.
MAX_BOXES = 20
_TOO_LONG = {"max_length": f"Mỗi cam kết dài tối đa {MAX_COMMITMENT_LENGTH} ký tự. Hãy viết gọn lại."}


class StartForm(PortalForm):
    submit_label = "Lập phụ lục"

    reason = forms.CharField(
        label="Lý do",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Vì sao phải thay đổi giao ước đã ký; lý do được in trên phụ lục.",
    )
    effective_on = DateField(
        label="Có hiệu lực từ ngày", help_text="Từ hôm nay trở đi và trong thời gian của phong trào."
    )


class AmendmentForm(StartForm):
    """What is in force, each line with its new value beside it (prefilled: the same as now), a tick to drop it, and boxes for
    what is new. Lines left as they are become no change."""

    seen = forms.CharField(widget=forms.HiddenInput)
    boxes_target = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MAX_BOXES)
    boxes_unit = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MAX_BOXES)
    boxes_province = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MAX_BOXES)

    def __init__(
        self, amendment: Amendment, watchable: list[Indicator], data: QueryDict | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.amendment = amendment
        self.targets, self.promises = content_before(amendment)
        self.free = [row for row in watchable if row.code not in self.targets]
        stored = list(amendment.changes.all())
        changed = {row.indicator.code: row for row in stored if row.indicator}
        reworded = {key_of(row): row for row in stored if row.action in (Action.SET_COMMITMENT, Action.DROP_COMMITMENT)}
        for target in self.targets.values():
            self._add_target(target, changed.get(target.indicator.code))
        for promise in self.promises.values():
            self._add_promise(promise, reworded.get(promise.key))
        new = [row for code, row in changed.items() if code not in self.targets]
        self._add_new_targets(new, data)
        for side in (Side.UNIT, Side.PROVINCE):
            texts = [row.text for row in stored if row.action == Action.ADD_COMMITMENT and row.side == side]
            self._add_new_promises(side, texts, data)

    # --- fields -----------------------------------------------------------------------------------------------------
    def _add_target(self, target: EffectiveTarget, change: AmendmentChange | None) -> None:
        source = change if change is not None and change.action == Action.SET_TARGET else target
        self._target_fields(
            f"{target.indicator.pk}", target.indicator, target.indicator.label, source,
            source.due_on or target.due_on,
        )  # fmt: skip
        self.fields[f"drop_{target.indicator.pk}"] = forms.BooleanField(
            label=f"Bỏ chỉ tiêu – {target.indicator.label}",
            required=False,
            initial=change is not None and change.action == Action.DROP_TARGET,
        )

    def _target_fields(
        self, key: str, indicator: Indicator | None, label: str, source: Any, due_on: datetime.date | None
    ) -> None:
        places = decimals_of(indicator) if indicator else 4
        amount = "" if source is None or source.amount is None else _typed(source.amount, places)
        weight = "" if source is None or source.weight is None else format_number(source.weight)
        self.fields[f"form_{key}"] = forms.ChoiceField(
            label=f"Dạng chỉ tiêu – {label}",
            choices=Target.Form.choices,
            initial=source.form if source is not None else Target.Form.AT_LEAST,
        )
        self.fields[f"amount_{key}"] = DecimalField(
            label=f"Mức mới – {label}", required=False, max_digits=14, decimal_places=places, initial=amount
        )
        self.fields[f"due_{key}"] = DateField(label=f"Thời hạn – {label}", required=False, initial=due_on)
        self.fields[f"weight_{key}"] = DecimalField(
            label=f"Trọng số – {label}", required=False, max_digits=6, decimal_places=2, min_value=0, initial=weight
        )
        self.fields[f"note_{key}"] = forms.CharField(
            label=f"Ghi chú – {label}",
            required=False,
            max_length=250,
            initial=source.note if source is not None else "",
        )

    def _add_promise(self, promise: EffectiveCommitment, change: AmendmentChange | None) -> None:
        reworded = change is not None and change.action == Action.SET_COMMITMENT
        self.fields[f"text_{promise.key}"] = forms.CharField(
            label=f"Nội dung mới của: {promise.text[:60]}",
            required=False,
            max_length=MAX_COMMITMENT_LENGTH,
            initial=change.text if reworded else promise.text,
            widget=forms.Textarea({"rows": 2}),
            error_messages=_TOO_LONG,
        )
        self.fields[f"drop_{promise.key}"] = forms.BooleanField(
            label=f"Bỏ cam kết: {promise.text[:60]}",
            required=False,
            initial=change is not None and change.action == Action.DROP_COMMITMENT,
        )

    def _add_new_targets(self, stored: list[AmendmentChange], data: QueryDict | None) -> None:
        count = self._count("target", len(stored), data)
        choices = [("", "Chọn chỉ số"), *((row.pk, f"{row.label} ({row.measure})") for row in self.free)]
        for place in range(count):
            change = stored[place] if place < len(stored) else None
            self.fields[f"pick_new{place}"] = forms.TypedChoiceField(
                label=f"Chỉ tiêu thêm {place + 1}",
                required=False,
                choices=choices,
                coerce=int,
                empty_value=None,
                initial=change.indicator_id if change else None,
            )
            self._target_fields(f"new{place}", None, f"thêm {place + 1}", change, change.due_on if change else None)

    def _add_new_promises(self, side: str, stored: list[str], data: QueryDict | None) -> None:
        for place in range(self._count(side, len(stored), data)):
            self.fields[f"text_{side}{place}"] = forms.CharField(
                label=f"Cam kết thêm {place + 1}",
                required=False,
                max_length=MAX_COMMITMENT_LENGTH,
                initial=stored[place] if place < len(stored) else "",
                widget=forms.Textarea({"rows": 2}),
                error_messages=_TOO_LONG,
            )

    def _count(self, name: str, stored: int, data: QueryDict | None) -> int:
        """How many boxes to show: those posted, else those stored; one more where the pressed button asks for it."""
        raw = data.get(f"boxes_{name}", "") if data is not None else ""
        count = int(raw) if raw.isdecimal() and len(raw) < 3 else stored
        if data is not None and data.get("op") == f"add_{name}":
            count += 1
        count = min(count, MAX_BOXES)
        self.fields[f"boxes_{name}"].initial = count
        if data is not None and f"boxes_{name}" in data:
            data[f"boxes_{name}"] = str(count)
        return count

    # --- what the template shows ------------------------------------------------------------------------------------
    def target_lines(self) -> Iterator[dict[str, Any]]:
        for target in self.targets.values():
            yield {"old": target, **self._bound(f"{target.indicator.pk}"), "drop": self[f"drop_{target.indicator.pk}"]}

    def new_target_lines(self) -> list[dict[str, Any]]:
        names = [name.removeprefix("pick_") for name in self.fields if name.startswith("pick_")]
        return [{"pick": self[f"pick_{key}"], **self._bound(key)} for key in names]

    def _bound(self, key: str) -> dict[str, forms.BoundField]:
        return {part: self[f"{part}_{key}"] for part in _PARTS}

    def promise_groups(self) -> list[dict[str, Any]]:
        """Promises of each side: those in force, then the boxes for new ones."""
        return [
            {
                "side": side,
                "title": title,
                "lines": [
                    {"old": row, "text": self[f"text_{row.key}"], "drop": self[f"drop_{row.key}"]}
                    for row in self.promises.values()
                    if row.side == side
                ],
                "new": [self[name] for name in self._new_texts(side)],
                "op": f"add_{side}",
                "add": f"Thêm một mục vào {title.lower()}",
            }
            for side, title in ((Side.UNIT, "Cam kết của đơn vị"), (Side.PROVINCE, "Trách nhiệm của cơ quan phát động"))
        ]

    def _new_texts(self, side: str) -> list[str]:
        return [name for name in self.fields if name.startswith(f"text_{side}")]

    # --- what was typed ---------------------------------------------------------------------------------------------
    @property
    def changes(self) -> list[AmendmentChange]:
        """Only what differs from what is in force, not stored yet."""
        return [*self._target_changes(), *self._new_target_changes(), *self._promise_changes()]

    def _target_changes(self) -> Iterator[AmendmentChange]:
        for target in self.targets.values():
            key = f"{target.indicator.pk}"
            if self.cleaned_data[f"drop_{key}"]:
                yield AmendmentChange(action=Action.DROP_TARGET, indicator=target.indicator)
                continue
            typed = self._typed(key)
            typed["due_on"] = typed["due_on"] or target.due_on
            if any(getattr(target, name) != value for name, value in typed.items()):
                yield AmendmentChange(action=Action.SET_TARGET, indicator=target.indicator, **typed)

    def _new_target_changes(self) -> Iterator[AmendmentChange]:
        free = {row.pk: row for row in self.free}
        for line in self.new_target_lines():
            key = line["pick"].name.removeprefix("pick_")
            if (chosen := self.cleaned_data[line["pick"].name]) is not None:
                yield AmendmentChange(action=Action.SET_TARGET, indicator=free[chosen], **self._typed(key))

    def _typed(self, key: str) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "form": data[f"form_{key}"],
            "amount": data[f"amount_{key}"],
            "due_on": data[f"due_{key}"],
            "weight": data[f"weight_{key}"],
            "note": clean_text(data[f"note_{key}"]),
        }

    def _promise_changes(self) -> Iterator[AmendmentChange]:
        for row in self.promises.values():
            place = {"commitment_id": row.commitment_id, "origin_id": row.origin_id, "side": row.side}
            text = clean_text(self.cleaned_data[f"text_{row.key}"])
            if self.cleaned_data[f"drop_{row.key}"]:
                yield AmendmentChange(action=Action.DROP_COMMITMENT, **place)
            elif text != row.text:
                yield AmendmentChange(action=Action.SET_COMMITMENT, text=text, **place)
        for side in (Side.UNIT, Side.PROVINCE):
            for name in self._new_texts(side):
                if text := clean_text(self.cleaned_data[name]):
                    yield AmendmentChange(action=Action.ADD_COMMITMENT, side=side, text=text)

    def clean(self) -> dict[str, Any]:
        chosen = [self.cleaned_data.get(line["pick"].name) for line in self.new_target_lines()]
        twice = {pk for pk in chosen if pk is not None and chosen.count(pk) > 1}
        if twice:
            self.add_error(None, "Có chỉ tiêu được thêm hai lần. Hãy bỏ bớt một dòng.")
        return self.cleaned_data


_PARTS = ("form", "amount", "due", "weight", "note")


def _typed(amount: Any, places: int) -> str:
    """Without dots between thousands where decimals are taken: "1.234" would be ambiguous there."""
    shown = format_number(amount)
    return shown.replace(".", "") if places else shown
