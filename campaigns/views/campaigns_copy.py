""" "Nhân bản sang năm sau": choose the new start, see what comes along, confirm."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.generic import TemplateView

from campaigns.forms.campaigns import CopyDateForm
from campaigns.models import Campaign
from campaigns.services.copying import CopyPlan, copy_campaign, plan_copy, shift_day
from campaigns.views.campaigns_parts import managed_campaign
from campaigns.views.campaigns_words import CRUMBS
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import parse_ids
from dvk_portal.core.views import PageTitleMixin


class CampaignCopy(PageTitleMixin, TemplateView):
    template_name = "campaigns/copy.html"
    page_title = "Nhân bản sang năm sau"

    @cached_property
    def campaign(self) -> Campaign:
        return managed_campaign(self.request, self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.campaign.title

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [(CRUMBS[0], reverse(CRUMBS[1])), (self.campaign.title, self.campaign.get_absolute_url())]

    def date_form(self, data: Any) -> CopyDateForm:
        """The chosen start; at first the same day a year on."""
        data = data if "starts_on" in data else {"starts_on": f"{shift_day(self.campaign.starts_on, 12):%d/%m/%Y}"}
        return CopyDateForm(data, campaign=self.campaign, user=self.request.user)

    def plan(self, form: CopyDateForm) -> CopyPlan | None:
        if not form.is_valid():
            return None
        try:
            return plan_copy(self.campaign, form.cleaned_data["starts_on"])
        except DomainError as error:
            form.add_domain_error(error)
            return None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = self.date_form(self.request.POST or self.request.GET)
        plan = self.plan(form)
        span = f"{plan.starts_on:%d/%m/%Y} – {plan.ends_on:%d/%m/%Y}" if plan else ""
        return super().get_context_data(campaign=self.campaign, form=form, plan=plan, plan_span=span, **context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.date_form(request.POST)
        if not self.plan(form):
            return self.render_to_response(self.get_context_data(**kwargs))
        copy, plan = copy_campaign(
            self.campaign,
            actor=request.user,
            starts_on=form.cleaned_data["starts_on"],
            successors=parse_ids(request.POST.getlist("successor")),
        )
        messages.success(
            request, f"Đã lập bản nháp từ {len(plan.kept)} đơn vị cũ. Hãy ghi văn bản phát động mới và soát lại."
        )
        return HttpResponseRedirect(copy.get_absolute_url())
