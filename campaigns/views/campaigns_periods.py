"""Reporting periods of a campaign and its reminder ladder."""

from functools import cached_property
from typing import Any

from django.forms import BaseForm
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaigns.forms.periods import PeriodForm, QuartersForm, RemindersForm
from campaigns.models import Campaign, ReportingPeriod
from campaigns.services.editing import Part
from campaigns.services.periods import (
    add_period,
    add_quarters,
    change_period,
    periods_to_renew,
    remove_period,
    renew_due_moments,
    set_reminder_steps,
)
from campaigns.views.campaigns_parts import PartView, managed_campaign
from dvk_portal.core.views import ActionView
from dvk_portal.core.working_days import province_calendar


class PeriodsView(PartView):
    part = Part.PERIODS
    template_name = "campaigns/periods.html"
    form_classes = {"quarters": QuartersForm, "period": PeriodForm, "reminders": RemindersForm}

    def save_quarters(self, form: QuartersForm) -> str:
        plan, year = form.plan, form.cleaned_data["year"]
        fresh, present = add_quarters(self.campaign, actor=self.request.user, plan=plan, year=year)
        if not fresh:
            return "Các quý này đã có đủ, không thêm gì."
        kept = f" Giữ nguyên {len(present)} quý đã có." if present else ""
        return f"Đã thêm {', '.join(map(str, fresh))}.{kept}"

    def save_period(self, form: PeriodForm) -> str:
        period = add_period(self.campaign, actor=self.request.user, **form.values)
        told = " và mở báo cáo cho các đơn vị" if self.campaign.is_running else ""
        return f"Đã thêm kỳ báo cáo {period}{told}."

    def save_reminders(self, form: RemindersForm) -> str:
        set_reminder_steps(self.campaign, form.steps, actor=self.request.user)
        return "Đã lưu các mốc nhắc việc."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        calendar, rows = province_calendar(), []
        for period in self.campaign.periods.all():
            why = calendar.why_off(period.due_on)
            rows.append((period, why))
        stale = periods_to_renew(self.campaign, timezone.now())
        renew_url = reverse("campaign-periods-renew", args=[self.campaign.pk])
        open_quarters = not rows or "quarters" in self.bound
        return super().get_context_data(
            periods=rows, stale=stale, renew_url=renew_url, open_quarters=open_quarters, **context
        )


class PeriodEdit(PartView):
    part = Part.PERIODS
    template_name = "campaigns/period.html"
    form_classes = {"period": PeriodForm}

    @cached_property
    def period(self) -> ReportingPeriod:
        return get_object_or_404(self.campaign.periods, pk=self.kwargs["period"])

    def get_page_title(self) -> str:
        return f"Kỳ báo cáo {self.period}"

    def build(self, key: str, **data: Any) -> BaseForm:
        instance = get_object_or_404(self.campaign.periods, pk=self.kwargs["period"])
        return super().build(key, instance=instance, **data)

    def save_period(self, form: PeriodForm) -> str:
        seen = {"due_on": form.cleaned_data["seen"]} if form.cleaned_data.get("seen") else None
        period = change_period(self.period, actor=self.request.user, seen=seen, **form.values)
        return f"Đã lưu {period}: hạn nộp {timezone.localdate(period.due_at):%d/%m/%Y}."

    def get_success_url(self) -> str:
        return reverse("campaign-periods", args=[self.campaign.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        own = {"period": self.period, "back_url": self.get_success_url()}
        return super().get_context_data(**{**context, **own})


class PeriodRemove(ActionView):
    success_message = "Đã bỏ kỳ báo cáo."

    def get_record(self) -> ReportingPeriod:
        campaign = managed_campaign(self.request, self.kwargs["pk"])
        return get_object_or_404(campaign.periods, pk=self.kwargs["period"])

    def act(self, period: ReportingPeriod) -> Campaign:
        return remove_period(period, actor=self.request.user)

    def back_url(self, record: Any) -> str:
        return reverse("campaign-periods", args=[self.kwargs["pk"]])

    def get_success_url(self, record: Any) -> str:
        return self.back_url(record)


class PeriodsRenew(ActionView):
    def get_record(self) -> Campaign:
        return managed_campaign(self.request, self.kwargs["pk"])

    def act(self, campaign: Campaign) -> Campaign:
        self.renewed = renew_due_moments(campaign, actor=self.request.user, now=timezone.now())
        return campaign

    def get_success_message(self, campaign: Campaign) -> str:
        return f"Đã tính lại hạn nộp của {len(self.renewed)} kỳ theo lịch nghỉ hiện hành."

    def get_success_url(self, campaign: Campaign) -> str:
        return reverse("campaign-periods", args=[campaign.pk])
