"""Who verifies what: one line of departments per assessor and per group of figures."""

from typing import Any

from django import forms

from campaigns.forms.parts import CampaignPartForm
from campaigns.services.assignments import assessors_of, departments_of


class AssignmentForm(CampaignPartForm):
    """Departments (none, one or more) for every assessor of the scheme and every group of what is asked."""

    submit_label = "Lưu phân công"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = list(self.campaign.assignments.select_related("group"))
        choices = [(unit.pk, unit.name) for unit in departments_of(self.campaign)]
        groups = {row.indicator.group for row in self.campaign.asked.select_related("indicator__group")}
        groups |= {row.group for row in stored if row.group}
        self.assessors = list(
            dict.fromkeys([*assessors_of(self.campaign.scheme), *(row.assessor for row in stored if row.assessor)])
        )
        self.groups = sorted(groups, key=lambda group: (group.order, group.code))
        for number, name in enumerate(self.assessors):
            chosen = [row.department_id for row in stored if row.assessor == name]
            self.fields[f"assessor_{number}"] = self._field(name, choices, chosen)
        for group in self.groups:
            chosen = [row.department_id for row in stored if row.group_id == group.pk]
            self.fields[f"group_{group.pk}"] = self._field(f"Nhóm: {group}", choices, chosen)

    @staticmethod
    def _field(label: str, choices: list[tuple[int, str]], chosen: list[int]) -> forms.Field:
        return forms.TypedMultipleChoiceField(
            label=label,
            choices=choices,
            coerce=int,
            required=False,
            initial=chosen,
            widget=forms.CheckboxSelectMultiple,
        )

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "assessors": {name: data[f"assessor_{number}"] for number, name in enumerate(self.assessors)},
            "groups": {group.pk: data[f"group_{group.pk}"] for group in self.groups},
        }
