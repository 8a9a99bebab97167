"""What a campaign asks: the whole catalogue by groups, ticked."""

from dataclasses import dataclass
from typing import Any

from django import forms

from campaigns.forms.parts import CampaignPartForm
from campaigns.models import Indicator, IndicatorGroup
from campaigns.services.asked import Asked
from campaigns.services.assignments import scheme_indicators
from campaigns.services.editing import Part
from dvk_portal.core.forms import DateField, DecimalField
from dvk_portal.core.numbers import format_number


@dataclass(frozen=True)
class Row:
    indicator: Indicator
    ask: forms.BoundField
    required: forms.BoundField
    in_pledge: forms.BoundField | None
    target: forms.BoundField | None
    due: forms.BoundField | None
    weight: forms.BoundField | None


# What an indicator in the pledge has besides, in the order of Row and Asked.
_PLEDGE_PARTS = ("pledge", "target", "due", "weight")


class AskedForm(CampaignPartForm):
    """Six controls per indicator. Buttons tick more before saving: ``whole_group``, ``no_group`` and
    ``from_scheme`` (every figure the scoring table takes, ``lacking``)."""

    part = Part.ASKED
    submit_label = "Lưu chỉ số báo cáo"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = {row.indicator_id: row for row in self.campaign.asked.all()}
        catalogue = Indicator.objects.select_related("group").order_by("group__order", "group__code", "order", "code")
        starts_on = self.campaign.starts_on
        self.indicators = [
            row for row in catalogue if row.pk in stored or row.valid_to is None or row.valid_to >= starts_on
        ]
        for row in self.indicators:
            self._add(row, stored.get(row.pk))
        needed = scheme_indicators(self.campaign.scheme)
        self.lacking = {row.pk for row in self.indicators if row.code in needed and row.pk not in stored}

    def _add(self, indicator: Indicator, stored: Any) -> None:
        pk, label = indicator.pk, indicator.label
        own: dict[str, forms.Field] = {
            f"ask_{pk}": forms.BooleanField(label=f"Hỏi: {label}", required=False, initial=stored is not None),
            f"required_{pk}": forms.BooleanField(
                label=f"Bắt buộc: {label}", required=False, initial=stored.required if stored else True
            ),
        }
        if indicator.is_numeric:
            own[f"pledge_{pk}"] = forms.BooleanField(
                label=f"Trong giao ước: {label}", required=False, initial=bool(stored and stored.in_pledge)
            )
            target = stored.common_target if stored else None
            own[f"target_{pk}"] = DecimalField(
                label=f"Chỉ tiêu chung: {label}", required=False, max_digits=18, decimal_places=4,
                initial=None if target is None else format_number(target),
            )  # fmt: skip
            own[f"due_{pk}"] = DateField(
                label=f"Thời hạn: {label}", required=False, initial=stored.target_due_on if stored else None
            )
            weight = stored.weight if stored else None
            own[f"weight_{pk}"] = DecimalField(
                label=f"Trọng số: {label}", required=False, max_digits=6, decimal_places=2, min_value=0,
                initial=None if weight is None else format_number(weight),
            )  # fmt: skip
        self.fields |= own
        if not self.campaign.is_draft:
            for field in own.values():
                field.disabled = True

    @property
    def groups(self) -> list[tuple[IndicatorGroup, list[Row], int, str]]:
        """Groups with their rows, the number ticked, and the heading that says both."""
        found: dict[int, tuple[IndicatorGroup, list[Row]]] = {}
        for row in self.indicators:
            found.setdefault(row.group_id, (row.group, []))[1].append(
                Row(
                    row,
                    self[f"ask_{row.pk}"],
                    self[f"required_{row.pk}"],
                    *(self[f"{part}_{row.pk}"] if row.is_numeric else None for part in _PLEDGE_PARTS),
                )
            )
        counted = [(group, rows, sum(bool(row.ask.value()) for row in rows)) for group, rows in found.values()]
        return [(group, rows, count, f"{group}: hỏi {count}/{len(rows)}") for group, rows, count in counted]

    @property
    def chosen(self) -> list[Asked]:
        data = self.cleaned_data
        whole, none = self.data.get("whole_group", ""), self.data.get("no_group", "")
        needed = self.lacking if "from_scheme" in self.data else set()
        found = []
        for row in self.indicators:
            group = str(row.group_id)
            if group != none and (data[f"ask_{row.pk}"] or group == whole or row.pk in needed):
                in_pledge = bool(data.get(f"pledge_{row.pk}"))
                own = (data.get(f"{part}_{row.pk}") for part in _PLEDGE_PARTS[1:])
                found.append(Asked(row.pk, data[f"required_{row.pk}"], in_pledge, *own))
        return found
