"""The ceremony of a decision: who is called up in which turn, documents, Excel, marking what was handed out."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, View

from awards.documents.aftermath import CeremonyList, CeremonyScript
from awards.forms.aftermath import HandOutForm
from awards.models import Award, Decision
from awards.services.aftermath.handing import (
    awards_to_hand,
    ceremony_book,
    hand_out,
    hand_out_due,
    take_back_hand_out,
    turns_of,
    with_handing,
)
from awards.services.aftermath.order import ceremony_order
from awards.services.aftermath.printing import decisions_to_print, file_name
from awards.views.aftermath.printing import DecisionMixin
from dvk_portal.core.numbers import parse_ids
from dvk_portal.core.views import ActionView, FilteredListView, FormErrorsMixin, PageTitleMixin
from pledges.exports import attachment
from pledges.views.documents import DESKS, Desk

DESKS["ceremony"] = Desk(
    "ceremony", {"danh-sach": CeremonyList(), "loi-dan": CeremonyScript()}, ("unit__kind", "unit__parent__kind")
)


class HandingList(FilteredListView):
    """Decisions with awards to print and to hand over: where a clerk begins."""

    page_title = "In bằng, trao thưởng"
    page_subtitle = "Quyết định đã vào sổ, mới nhất ở trên."
    template_name = "layouts/list.html"
    partial_template_name = "awards/aftermath/_handing.html"
    sort_fields = {"day": "dated_on", "left": "left"}
    default_sort = "-day"
    empty_title = "Chưa có quyết định nào"
    empty_text = "Quyết định khen thưởng hiện ở đây sau khi vào sổ."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated and not request.user.has_perm("award.certificate"):
            raise PermissionDenied

    def get_queryset(self) -> QuerySet[Decision]:
        return with_handing(decisions_to_print(self.request.user), self.request.user)


class Ceremony(DecisionMixin, FormErrorsMixin, PageTitleMixin, FormView):
    """The list in the legal order; POST: the day for those that are ticked, or with "all" for everybody left."""

    form_class = HandOutForm
    template_name = "awards/aftermath/ceremony.html"
    page_title = "Lễ trao thưởng"

    def get_page_subtitle(self) -> str:
        return f"{self.decision} – {self.decision.title}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        handing = ("In bằng, trao thưởng", reverse("handing-list"))
        if self.request.user.has_perm("award.manage", self.decision):
            return [handing, (str(self.decision), self.decision.get_absolute_url())]
        return [handing]

    def get_initial(self) -> dict[str, Any]:
        return {"day": timezone.localdate()}

    def form_valid(self, form: HandOutForm) -> HttpResponse:
        ticked = parse_ids(self.request.POST.getlist("award"))
        count = hand_out(
            self.decision,
            actor=self.request.user,
            day=form.cleaned_data["day"],
            today=timezone.localdate(),
            only=None if "all" in self.request.POST else ticked,
        )
        messages.success(self.request, f"Đã ghi trao {count} khen thưởng ngày {form.cleaned_data['day']:%d/%m/%Y}.")
        return redirect("decision-ceremony", self.decision.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        awards = ceremony_order(awards_to_hand(self.decision, self.request.user))
        left = [award for award in awards if award.handed_on is None]
        ticked = set(parse_ids(self.request.POST.getlist("award")))
        for award in left:
            award.ticked = award.pk in ticked
        due = hand_out_due(self.decision.dated_on, len(awards)) if self.decision.dated_on and left else None
        return super().get_context_data(
            due_words=f"hạn trao {due:%d/%m/%Y}" if due else "",
            due_tone="bad" if due and due < timezone.localdate() else "waiting",
            decision=self.decision,
            turns=turns_of(awards),
            total=len(awards),
            left=len(left),
            handed=len(awards) - len(left),
            undo=[award for award in awards if award.handed_on is not None],
            **context,
        )


class CeremonyBook(DecisionMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        awards = list(awards_to_hand(self.decision, request.user))
        name = file_name(self.decision).removesuffix(".pdf").replace("bang-khen", "trao-thuong")
        return attachment(ceremony_book(self.decision, awards), name)


class HandOutUndo(ActionView):
    success_message = "Đã bỏ ngày trao; khen thưởng trở lại danh sách chưa trao."

    def get_record(self) -> Award:
        rows = Award.objects.visible_to(self.request.user).select_related("unit", "award_type")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def act(self, record: Award) -> Award:
        return take_back_hand_out(record, actor=self.request.user, note=self.note)

    def get_success_url(self, record: Award) -> str:
        return self.back_url(record)

    def back_url(self, record: Award) -> str:
        if record.decision_id is None:
            return record.get_absolute_url()
        return reverse("decision-ceremony", args=[record.decision_id])
