"""What is done with a decision: lines in and out, sign, number, publish, cancel."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from awards.forms.decisions import GiveUpForm, NumberForm, RevokeDecisionForm, SignForm
from awards.models import Decision
from awards.services.decisions import drawing, granting, revoking
from awards.views.decisions.pages import PartOfDecision
from dvk_portal.core.numbers import parse_ids
from dvk_portal.core.views import ActionView

_S = Decision.Status


class DecisionMove(ActionView):
    """A move of a decision that the person may see; ``keys`` are the lines that were ticked."""

    def get_record(self) -> Decision:
        rows = Decision.objects.visible_to(self.request.user).select_related("unit")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def keys(self) -> list[int]:
        return parse_ids(self.request.POST.getlist("ids"))


class DecisionTake(DecisionMove):
    def act(self, record: Decision) -> None:
        count = drawing.take_in(record, self.keys, actor=self.request.user)
        messages.success(self.request, f"Đã đưa {count} đề nghị vào quyết định.")


class DecisionDrop(DecisionMove):
    def act(self, record: Decision) -> None:
        count = drawing.drop_lines(record, self.keys, actor=self.request.user)
        messages.success(self.request, f"Đã đưa {count} dòng ra khỏi quyết định; các đề nghị chờ quyết định khác.")


class DecisionUnsign(DecisionMove):
    success_message = "Đã đưa về dự thảo."

    def act(self, record: Decision) -> Decision:
        return granting.unsign_decision(record, actor=self.request.user, note=self.note)


class DecisionPublish(DecisionMove):
    success_message = "Đã công bố; các đơn vị và người thẩm định đã được báo."

    def act(self, record: Decision) -> Decision:
        return granting.publish_decision(record, actor=self.request.user)


class DecisionSign(PartOfDecision):
    """The decision was signed on paper; a signature in the portal notes itself."""

    form_class = SignForm
    permission = "award.decide"
    states = (_S.DRAFT,)
    template_name = "awards/decisions/sign.html"

    def get_page_title(self) -> str:
        return "Ghi đã ký"

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        post = next((row.post for row in user.memberships.current().filter(unit=self.object.unit) if row.post), "")
        return {
            "signer": self.object.signer or user.full_name, "signer_post": self.object.signer_post or post
        }  # fmt: skip

    def form_valid(self, form: SignForm) -> HttpResponse:
        granting.sign_decision(self.object, actor=self.request.user, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, "Đã ghi quyết định được ký. Việc tiếp theo: vào sổ.")
        return redirect(self.object)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = drawing.lines_of(self.object)
        missing = drawing.why_not_decided(self.object, lines, timezone.localdate())
        return super().get_context_data(missing=missing, **context)


class DecisionNumber(PartOfDecision):
    """Number and date; from here the awards exist. Another authority's decision is signed and numbered in one act."""

    form_class = NumberForm
    permission = "award.decide"
    template_name = "awards/decisions/number.html"

    @property
    def states(self) -> tuple[str, ...]:
        return (_S.SIGNED,) if self.object.decided_here else (_S.DRAFT,)

    def get_page_title(self) -> str:
        return "Vào sổ quyết định" if self.object.decided_here else "Ghi nhận quyết định"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"made_here": self.object.decided_here, **super().get_form_kwargs()}

    def get_initial(self) -> dict[str, Any]:
        document = granting.signed_document(self.object) if self.object.decided_here else None
        if document is not None and document.number is not None:
            return {"number": document.number.text, "dated_on": document.dated_on}
        return {"dated_on": timezone.localdate()}

    def form_valid(self, form: NumberForm) -> HttpResponse:
        data, decision = form.cleaned_data, self.object
        paper = granting.Paper(
            dated_on=data["dated_on"], number=data["number"], file=data["file"],
            signer=data.get("signer", decision.signer), signer_post=data.get("signer_post", decision.signer_post),
        )  # fmt: skip
        act = granting.number_decision if decision.decided_here else granting.record_decision
        decision = act(decision, actor=self.request.user, paper=paper, today=timezone.localdate())
        count = decision.awards.count()
        messages.success(
            self.request, f"Quyết định số {decision.number}: {count} khen thưởng đã vào sổ. Việc tiếp theo: công bố."
        )
        return redirect(decision)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = drawing.lines_of(self.object)
        return super().get_context_data(
            granted=sum(line.granted for line in lines),
            refused=sum(not line.granted for line in lines),
            units=len({line.nomination.unit_id for line in lines}),
            document=granting.signed_document(self.object),
            missing=drawing.why_not_decided(self.object, lines, timezone.localdate()),
            **context,
        )


class DecisionRevoke(PartOfDecision):
    """What follows, then number, date and reason; of a draft only the reason."""

    permission = "award.decide"
    states = (_S.DRAFT, _S.SIGNED, _S.NUMBERED, _S.PUBLISHED)
    template_name = "awards/decisions/revoke.html"

    @property
    def had_effect(self) -> bool:
        return self.object.status in Decision.IN_FORCE

    def get_form_class(self) -> type[GiveUpForm]:
        return RevokeDecisionForm if self.had_effect else GiveUpForm

    def get_page_title(self) -> str:
        return "Hủy quyết định" if self.had_effect else "Hủy dự thảo"

    def get_initial(self) -> dict[str, Any]:
        return {"received_on": timezone.localdate()}

    def form_valid(self, form: GiveUpForm) -> HttpResponse:
        data = {name: value for name, value in form.cleaned_data.items() if name != "sure"}
        revoking.revoke_decision(self.object, actor=self.request.user, **data)
        messages.success(self.request, "Đã hủy quyết định." if self.had_effect else "Đã hủy dự thảo.")
        return redirect(self.object)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = None
        if self.had_effect:
            awards = self.object.awards.standing().select_related("award_type", "unit", "recipient")
            found = revoking.consequences_of(awards, timezone.localdate())
        return super().get_context_data(found=found, **context)
