"""Forms about reporting periods and the reminder ladder."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from campaigns.forms.parts import CampaignFormMixin, CampaignPartForm
from campaigns.models import ReportingPeriod
from campaigns.services.periods import QuarterPlan
from dvk_portal.core.forms import DateField, PortalModelForm


class QuartersForm(CampaignPartForm):
    submit_label = "Thêm các quý"

    year = forms.TypedChoiceField(label="Năm", coerce=int, required=False, empty_value=None)
    cut_off_before = forms.IntegerField(
        label="Chốt số liệu trước khi hết quý (ngày)", min_value=0, max_value=60, initial=0,
        help_text="0: chốt đúng ngày cuối quý. Những ngày sau ngày chốt được tính vào quý tiếp theo.",
    )  # fmt: skip
    due_day = forms.IntegerField(label="Hạn nộp: ngày", min_value=1, max_value=31, initial=10)
    due_month = forms.ChoiceField(
        label="Hạn nộp: tháng", choices=[("next", "tháng sau quý"), ("last", "tháng cuối quý")], initial="next"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(self.campaign.starts_on.year, self.campaign.ends_on.year + 1)
        self.fields["year"].choices = [("", "Cả thời gian phong trào"), *((year, str(year)) for year in years)]

    @property
    def plan(self) -> QuarterPlan:
        data = self.cleaned_data
        return QuarterPlan(data["cut_off_before"], data["due_day"], data["due_month"] == "next")


class PeriodForm(CampaignFormMixin, PortalModelForm):
    """One period. When it exists already, the values shown at opening travel along (``seen``)."""

    submit_label = "Thêm kỳ báo cáo"

    class Meta:
        model = ReportingPeriod
        fields = ("kind", "year", "number", "data_from", "data_to", "due_on")
        help_texts = {
            "number": "Quý: 1–4; tháng: 1–12; 6 tháng: 1–2; năm: 1.",
            "due_on": "Rơi vào ngày nghỉ thì hệ thống tự lùi sang ngày làm việc kế tiếp.",
        }

    def __init__(self, *args: Any, campaign: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, user=user, **kwargs)
        self.instance.campaign = campaign
        if self.instance.pk:
            self.submit_label = "Lưu"
            self.fields["seen"] = DateField(widget=forms.HiddenInput, initial=self.instance.due_on, required=False)
            self.fields["seen"].widget = forms.HiddenInput()
            if not campaign.is_draft:
                for name in ("kind", "year", "number", "data_from", "data_to"):
                    self.fields[name].disabled = True
        else:
            self.fields["year"].initial = campaign.starts_on.year

    def renew(self) -> None:
        stored = ReportingPeriod.objects.get(pk=self.instance.pk)
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = f"{stored.due_on:%d/%m/%Y}"

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class RemindersForm(CampaignPartForm):
    """The ladder as a grid: every row a rung; an empty number of days means no rung."""

    submit_label = "Lưu mốc nhắc"
    ROWS = 10

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = list(self.campaign.reminder_steps.all()) if not self.is_bound else []
        for number in range(self.ROWS):
            step = stored[number] if number < len(stored) else None
            self.fields[f"days_{number}"] = forms.IntegerField(
                label=f"Mốc {number + 1}: số ngày", required=False, min_value=1, max_value=60,
                initial=abs(step.days) if step else None,
            )  # fmt: skip
            self.fields[f"side_{number}"] = forms.ChoiceField(
                label=f"Mốc {number + 1}: trước hay sau hạn", choices=[("before", "trước hạn"), ("after", "sau hạn")],
                initial="after" if step and step.days > 0 else "before", required=False,
            )  # fmt: skip
            for name, word in (("leader", "lãnh đạo đơn vị"), ("officer", "chuyên viên tỉnh")):
                self.fields[f"{name}_{number}"] = forms.BooleanField(
                    label=f"Mốc {number + 1}: báo cả {word}", required=False,
                    initial=bool(step and getattr(step, f"to_{name}")),
                )  # fmt: skip

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        names = ("days", "side", "leader", "officer")
        return [[self[f"{name}_{number}"] for name in names] for number in range(self.ROWS)]

    @property
    def steps(self) -> list[tuple[int, bool, bool]]:
        data, found = self.cleaned_data, []
        for number in range(self.ROWS):
            if days := data.get(f"days_{number}"):
                sign = 1 if data[f"side_{number}"] == "after" else -1
                found.append((sign * days, data[f"leader_{number}"], data[f"officer_{number}"]))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and not self.steps and self.campaign.is_running:
            raise ValidationError("Phong trào đang thực hiện cần ít nhất một mốc nhắc.")
        return data
