"""Signing a pledge, and many at once."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import FormView

from campaigns.models import Campaign, Cluster
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import parse_id
from dvk_portal.core.signatures.identity import has_second_step
from dvk_portal.core.views import FormErrorsMixin, PageTitleMixin, describe
from pledges.forms.pledges import CONDITIONS, BulkSignForm, SignForm
from pledges.models import Pledge
from pledges.models.pledge import Side
from pledges.services.signing import mandate_of, side_to_sign, sign_many, sign_pledge
from pledges.views.pledges import PledgePageMixin
from units import access

WAVE = 10


class PledgeSign(PledgePageMixin, FormErrorsMixin, FormView):
    """The whole text once more, and the password."""

    template_name = "pledges/pledges/sign.html"
    form_class = SignForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])
        self.side = next((side for side in Side if mandate_of(self.object, side, request.user) is not None), None)

    def get_page_title(self) -> str:
        return f"Ký giao ước: {self.object.participation.name}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.object.participation.name, self.object.get_absolute_url())]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.side is None:
            raise PermissionDenied
        if request.method != "POST" and side_to_sign(self.object, request.user) is None:
            messages.info(request, "Lúc này bạn không có gì phải ký ở giao ước này.")
            return redirect(self.object)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.object.document_hash}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "needs_code": has_second_step(self.request.user)}

    def form_valid(self, form: SignForm) -> HttpResponse:
        data = form.cleaned_data
        proof = {"password": data["password"], "code": data.get("code", "")}
        sign_pledge(self.object, actor=self.request.user, side=self.side, seen_hash=data["seen"], **proof)
        messages.success(self.request, "Đã ký giao ước.")
        return redirect(self.object)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            **self.document(), side=self.side, cancel_url=self.object.get_absolute_url(), **context
        )


class PledgeSignMany(PageTitleMixin, FormErrorsMixin, FormView):
    """Sign many agreed pledges in one act with one password: the launching conference."""

    template_name = "pledges/pledges/sign_many.html"
    form_class = BulkSignForm
    page_title = "Ký loạt giao ước"
    page_subtitle = "Ký thay mặt cơ quan phát động mọi giao ước đã chọn, với một lần nhập mật khẩu."

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Giao ước", reverse("pledge-list"))]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("pledge.sign_province"):
            raise PermissionDenied
        self.signable = access.scope(Pledge.objects.with_campaign(), request.user, "pledge.sign_province").filter(
            participation__campaign__in=Campaign.objects.running()
        )
        return super().dispatch(request, *args, **kwargs)

    def waiting(self) -> list[Pledge]:
        rows = self.signable.filter(CONDITIONS["wait_province"])
        for name in ("campaign", "cluster"):
            if asked := parse_id(self.request.GET.get(name, "")):
                rows = rows.filter(**{f"participation__{name}": asked})
        order = ("participation__campaign", "participation__cluster__order", "participation__sort_key")
        return list(rows.with_signed_sides().order_by(*order))

    def get_form_kwargs(self) -> dict[str, Any]:
        """Of a sent form also those that meanwhile cannot be signed: the service says why."""
        posted = BulkSignForm.posted_ids(self.request.POST)
        rows = list(self.signable.with_signed_sides().filter(pk__in=posted)) if posted else self.waiting()
        own = {"pledges": rows, "tick": "tat-ca" in self.request.GET}
        return {**super().get_form_kwargs(), **own, "needs_code": has_second_step(self.request.user)}

    def form_valid(self, form: BulkSignForm) -> HttpResponse:
        data = form.cleaned_data
        proof = {"password": data["password"], "code": data.get("code", "")}
        outcome = sign_many(form.chosen, actor=self.request.user, seen_hashes=form.seen_hashes, **proof)
        if outcome.signed:
            messages.success(self.request, f"Đã ký {len(outcome.signed)} giao ước.")
        if outcome.skipped:
            problem = DomainError(f"{len(outcome.skipped)} giao ước chưa được ký:", outcome.skipped)
            messages.warning(self.request, describe(problem))
        # A wave takes a while to be sealed: show how far it is. A few are sealed before anybody looks.
        if outcome.job and len(outcome.signed) >= WAVE:
            return redirect("job-detail", pk=outcome.job.pk)
        return redirect("pledge-list")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = self.signable.filter(CONDITIONS["wait_province"])
        clusters = Cluster.objects.filter(participations__pledge__in=waiting).select_related("campaign").distinct()
        asked = self.request.GET.get("cluster", "")
        tabs = [(row.name, f"?cluster={row.pk}", asked == str(row.pk)) for row in clusters]
        tick_url = f"?{urlencode({**self.request.GET.dict(), 'tat-ca': 1})}"
        context = super().get_context_data(tabs=tabs, is_all=not asked, tick_url=tick_url, **context)
        shown = {pledge.participation.campaign_id for pledge in context["form"].pledges}
        return {**context, "many_campaigns": len(shown) > 1}
