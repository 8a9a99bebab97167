"""The rules for reading, and another rule set for one dossier."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from awards.forms.recipients import RebaseForm
from awards.models import Nomination
from awards.services.rules.catalogue import rule_set_on
from awards.services.rules.reading import lapsing_for, rule_sets, rules_in_words, salaries
from awards.services.rules.rebasing import may_rebase, rebase_nomination
from dvk_portal.core.views import FormErrorsMixin, PageTitleMixin


class Rules(PermissionRequiredMixin, PageTitleMixin, TemplateView):
    """Rule sets and what each award demands; ?bo= chooses the rule set, first the one in force today."""

    permission_required = "award.view"
    raise_exception = True
    template_name = "awards/recipients/rules.html"
    page_title = "Quy định khen thưởng"
    page_subtitle = (
        "Mỗi danh hiệu, hình thức đòi hỏi gì theo từng bộ quy định. Hồ sơ xét theo bộ áp dụng ngày nhận đủ hồ sơ."
    )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today, sets = timezone.localdate(), rule_sets()
        asked = self.request.GET.get("bo", "")
        current = rule_set_on("state", today)
        shown = next((row for row in sets if row.code == asked), None) if asked else current or next(iter(sets), None)
        if asked and shown is None:
            raise Http404
        return super().get_context_data(
            tabs=[(row, f"{self.request.path}?bo={row.code}", shown == row) for row in sets],
            rule_set=shown,
            in_force=bool(shown and shown.valid_from <= today and (shown.valid_to is None or today <= shown.valid_to)),
            rules=rules_in_words(shown) if shown else [],
            salaries=salaries(),
            lapsing=lapsing_for(self.request.user, today),
            **context,
        )


class NominationRebase(PageTitleMixin, FormErrorsMixin, FormView):
    """Judge one dossier by another rule set, with the reason."""

    template_name = "awards/recipients/part_form.html"
    form_class = RebaseForm
    page_title = "Đổi bộ quy định áp dụng"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Nomination.objects.visible_to(request.user).with_names()
        self.nomination = get_object_or_404(rows, pk=kwargs["pk"])
        if not request.user.has_perm("award.appraise", self.nomination):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        row = self.nomination
        return f"{row.name}, {row.award_type.name}. Đang xét theo: {row.rule_set or 'chưa chọn'}."

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [
            ("Hồ sơ đề nghị", reverse("nomination-list")), (self.nomination.name, self.nomination.get_absolute_url())
        ]  # fmt: skip

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "nomination": self.nomination}

    def form_valid(self, form: RebaseForm) -> HttpResponse:
        rebase_nomination(self.nomination, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã đổi bộ quy định và xét lại điều kiện.")
        return HttpResponseRedirect(self.nomination.get_absolute_url())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may = may_rebase(self.nomination, self.request.user)
        return super().get_context_data(
            cancel_url=self.nomination.get_absolute_url(),
            notice="" if may else "Hồ sơ không ở bước thẩm định nên không đổi bộ quy định được.",
            **context,
        )
