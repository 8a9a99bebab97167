"""Quotas with the line drawn among candidates; proposals from results."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from awards.eligibility import ELIGIBLE, NOT_ELIGIBLE, TO_CHECK
from awards.forms.cycles import QuotaForm
from awards.models import AwardCycle, Quota, RecipientKind
from awards.quotas import Place
from awards.services.cycles.candidates import award_types_of, sections_of
from awards.services.cycles.proposing import propose_from_results
from awards.services.cycles.quotas import cuts_of, limit_words, remove_quota, save_quota
from awards.views.cycles.pages import CycleMoveView, CyclePageMixin
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import FormErrorsMixin, describe

# Word and tone of what the quota says of a candidate.
PLACES = {
    Place.WITHIN: ("Trong hạn mức", "good"),
    Place.AT_LINE: ("Ở ranh giới", "waiting"),
    Place.OVER: ("Vượt hạn mức", "bad"),
    Place.OVER_UNIT: ("Vượt mức đơn vị", "bad"),
    Place.OVER_LEADERS: ("Vượt tỷ lệ lãnh đạo", "bad"),
    Place.BELOW: ("Dưới ngưỡng", "neutral"),
}


VERDICTS = {ELIGIBLE: "good", NOT_ELIGIBLE: "bad", TO_CHECK: "waiting"}


def title_of(quota: Quota) -> str:
    """What the row speaks of: award, kind of recipient, cluster."""
    kind = RecipientKind(quota.subject_kind).label.lower() if quota.subject_kind else ""
    return ", ".join(part for part in (str(quota.award_type), kind, str(quota.cluster or "")) if part)


class Quotas(CyclePageMixin, TemplateView):
    """Every row with the ranking of its present candidates. The portal shows the cut; the council decides."""

    permission = "award.manage"
    template_name = "awards/cycles/quotas.html"
    page_title = "Hạn mức"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        cuts = [
            {
                "cut": cut,
                "title": title_of(cut.quota),
                "words": limit_words(cut.quota, cut.number, cut.base),
                "rows": [(line, row, *PLACES[line.place]) for line, row in cut.rows],
            }
            for cut in cuts_of(self.cycle)
        ]
        return super().get_context_data(cuts=cuts, alive=self.cycle.status not in AwardCycle.OVER, **context)


class QuotaWrite(CyclePageMixin, FormErrorsMixin, FormView):
    permission = "award.manage"
    template_name = "layouts/form.html"
    quota: Quota | None = None

    def get_form(self, form_class: Any = None) -> QuotaForm:
        data = self.request.POST if self.request.method == "POST" else None
        return QuotaForm(data, instance=self.quota, cycle=self.cycle)

    def form_valid(self, form: QuotaForm) -> HttpResponse:
        save_quota(self.cycle, self.quota, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã lưu hạn mức.")
        return redirect("cycle-quotas", self.cycle.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{**context, "cancel_url": reverse("cycle-quotas", args=[self.cycle.pk])}
        )  # fmt: skip


class QuotaCreate(QuotaWrite):
    page_title = "Thêm hạn mức"


class QuotaEdit(QuotaWrite):
    page_title = "Sửa hạn mức"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.quota = get_object_or_404(self.cycle.quotas, pk=kwargs["quota"])


class QuotaRemove(CycleMoveView):
    success_message = "Đã bỏ hạn mức."

    def act(self, record: AwardCycle) -> None:
        quota = get_object_or_404(record.quotas.select_related("cycle", "award_type"), pk=self.kwargs["quota"])
        remove_quota(quota, actor=self.request.user)

    def get_success_url(self, record: AwardCycle) -> str:
        return reverse("cycle-quotas", args=[self.kwargs["pk"]])


# Of each row of the quota, the best so many; the rest on demand: hundreds of recognised models may be below the line.
SHOWN_FIRST = 50


class Proposals(CyclePageMixin, TemplateView):
    """Candidates from results for one award (``?award=``); POST draws up drafts for those ticked."""

    permission = "award.manage"
    template_name = "awards/cycles/proposals.html"
    page_title = "Đề nghị từ kết quả"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.types = award_types_of(self.cycle)
        asked = request.GET.get("award", "")
        self.award = next((row for row in self.types if str(row.pk) == asked), self.types[0] if self.types else None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.award is None:
            return self.get(request, *args, **kwargs)
        try:
            drafts, left = propose_from_results(
                self.cycle, self.award, request.POST.getlist("candidate"), actor=request.user, day=self.today
            )
        except DomainError as error:
            messages.error(request, describe(error))
        else:
            messages.success(request, f"Đã lập {len(drafts)} đề nghị. Các đơn vị đã được báo để hoàn thiện hồ sơ.")
            for sentence in left:
                messages.warning(request, sentence)
        return redirect(f"{reverse('cycle-proposals', args=[self.cycle.pk])}?award={self.award.pk}")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        most = None if "tat-ca" in self.request.GET else SHOWN_FIRST
        user, today = self.request.user, timezone.localdate()
        sections = sections_of(self.cycle, self.award, user, today, most=most) if self.award else []
        shown = [
            {
                "title": section.title,
                "words": limit_words(section.quota, section.number, section.base) if section.quota else "",
                "rows": [(row, *PLACES[row.line.place], VERDICTS[row.verdict.outcome]) for row in section.rows[:most]],
                "left": 0 if most is None else max(len(section.rows) - most, 0),
            }
            for section in sections
        ]
        open_now = self.cycle.status in (AwardCycle.Status.NOMINATING, AwardCycle.Status.REVIEWING)
        return super().get_context_data(
            types=[(row.name, f"?award={row.pk}", row == self.award) for row in self.types],
            sections=shown, may_propose=open_now, award=self.award.pk if self.award else "", **context
        )  # fmt: skip
