"""The page on which the unit draws up its proposal."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import parse_ids
from dvk_portal.core.views import describe
from pledges.forms.pledges import ProposalForm, rearranged
from pledges.models.pledge import Side
from pledges.services.clauses import clauses_to_insert, library
from pledges.services.pledges import propose_pledge
from pledges.services.proposals import (
    StaleProposalError,
    common_lines,
    own_promises,
    save_proposal,
    target_rows,
    version_of,
    watchable,
    weight_hint,
)
from pledges.views.pledges import PledgePageMixin, may_edit


class PledgeEdit(PledgePageMixin, TemplateView):
    """What the unit proposes. Every button saves; nothing that was typed is lost when it cannot be saved."""

    template_name = "pledges/pledges/edit.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return "Đề xuất giao ước"

    def get_page_subtitle(self) -> str:
        return f"{self.object.participation.name} – {self.object.participation.campaign.title}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.object.participation.name, self.object.get_absolute_url())]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._authorise()
        if not may_edit(self.object, request.user):
            messages.info(request, "Giao ước đang không ở đơn vị nên không sửa được.")
            return redirect(self.object)
        promises = [(row.text, row.indicator_id) for row in own_promises(self.object)]
        if not promises or "them" in request.GET:
            promises.append(("", None))
        seen = {"seen": version_of(self.object)}
        return self._show(ProposalForm(target_rows(self.object), promises, watchable(self.object), initial=seen))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._authorise()
        chosen = parse_ids(request.POST.getlist("clause"))
        data = rearranged(request.POST, clauses_to_insert(self.object, chosen))
        boxes = [("", None)] * int(data["boxes"])
        form = ProposalForm(target_rows(self.object), boxes, watchable(self.object), data)
        if form.is_valid():
            try:
                return self._save(form)
            except StaleProposalError as error:
                form.add_domain_error(error)
                # Having read what changed, the person may save again over it.
                data["seen"] = version_of(self.object)
            except DomainError as error:
                form.add_domain_error(error)
        return self._show(form)

    def _authorise(self) -> None:
        if not self.request.user.has_perm("pledge.edit", self.object):
            raise PermissionDenied

    def _save(self, form: ProposalForm) -> HttpResponse:
        save_proposal(
            self.object,
            actor=self.request.user,
            targets=form.entries,
            commitments=form.texts,
            watched=form.watched,
            seen=form.cleaned_data["seen"],
        )
        op = self.request.POST.get("op", "")
        if op == "propose":
            return self._propose()
        messages.success(self.request, "Đã lưu giao ước.")
        here = reverse("pledge-edit", args=[self.object.pk])
        return redirect(f"{here}{'?them=1' if op == 'add' else ''}{'#cam-ket' if op else ''}")

    def _propose(self) -> HttpResponse:
        try:
            propose_pledge(self.object, actor=self.request.user)
        except DomainError as error:
            messages.error(self.request, describe(error))
            return redirect("pledge-edit", pk=self.object.pk)
        messages.success(self.request, "Đã gửi đề xuất giao ước.")
        return redirect(self.object)

    def _show(self, form: ProposalForm) -> HttpResponse:
        pledge, common = self.object, common_lines(self.object)
        return self.render_to_response(
            self.get_context_data(
                pledge=pledge,
                form=form,
                common_commitments=[text for side, text in common if side == Side.UNIT],
                province_commitments=[text for side, text in common if side == Side.PROVINCE],
                library=library(Side.UNIT),
                weight_hint=weight_hint(row.target for row in form.rows),
                may_propose=self.request.user.has_perm("pledge.propose", pledge),
            )
        )
