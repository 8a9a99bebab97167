"""Sổ khen thưởng: the list, one award with its history, lines of before the portal, cancelling one award."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView, TemplateView, View

from awards.forms.decisions import AwardFilter, EarlierForm, RecipientSearch, RevokeForm
from awards.models import Award, AwardKind, Decision, Payment, Recipient
from awards.services.decisions import register, revoking
from awards.services.decisions.sheets import register_book
from awards.workflows import AWARD
from dvk_portal.core import audit
from dvk_portal.core.templatetags.ui import query_with
from dvk_portal.core.views import FilteredListView, FormErrorsMixin, PageTitleMixin
from pledges.exports import attachment
from units import access

PER_PAGE = 25
WORDS = {name: move.label for name, move in AWARD.transitions.items()}


class AwardList(FilteredListView):
    page_title = "Sổ khen thưởng"
    page_subtitle = "Danh hiệu, hình thức khen thưởng của từng tập thể, hộ gia đình, cá nhân, kể cả trước khi có cổng."
    template_name = "awards/register/list.html"
    partial_template_name = "awards/register/_list.html"
    filterset_class = AwardFilter
    sort_fields = {"name": "recipient__sort_key", "year": "year", "date": "decided_on", "unit": "unit__sort_key"}
    empty_title = "Sổ chưa có khen thưởng nào"
    empty_text = "Khen thưởng vào sổ khi quyết định có số; khen thưởng trước đây được ghi tay."

    def get_queryset(self) -> QuerySet:
        if not self.request.user.has_perm("award.view"):
            raise Http404
        return register.visible_awards(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_enter=self.request.user.has_perm("award.manage"),
            export_url=reverse("award-export") + query_with(self.request.GET, page=None, size=None),
            **context,
        )


class AwardExport(View):
    """The lines of the list, with its filter and order, as an Excel file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = AwardList(request=request)
        rows = AwardFilter(request.GET, queryset=page.get_queryset(), request=request).qs
        return attachment(register_book(page.order(rows)), f"so-khen-thuong-{timezone.localdate():%Y%m%d}")


class AwardDetail(PageTitleMixin, DetailView):
    """One award as the decision says, its money, and every award of the same recipient, through mergers."""

    template_name = "awards/register/detail.html"
    context_object_name = "award"

    def get_queryset(self) -> QuerySet:
        return register.visible_awards(self.request.user).select_related(
            "award_type", "unit", "recipient__of_unit", "recipient__unit", "decision", "nomination", "registered_by"
        )

    def get_page_title(self) -> str:
        return f"{self.object.award_type}: {self.object.name}"

    def get_page_subtitle(self) -> str:
        award = self.object
        return f"Quyết định số {award.decision_no} ngày {award.decided_on:%d/%m/%Y}, {award.authority}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Sổ khen thưởng", reverse("award-list"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        award, user = self.object, self.request.user
        manages = user.has_perm("award.manage", award)
        stands = award.status == Award.Status.GRANTED
        return super().get_context_data(
            payment=Payment.objects.filter(award=award).first(),
            history=register.history_of(award, user),
            may_revoke=stands and user.has_perm("award.decide", award),
            may_see_decision=award.decision is not None and user.has_perm("award.manage", award.decision),
            may_print=stands
            and award.decision is not None
            and award.decision.status in Decision.IN_FORCE
            and user.has_perm("award.certificate", award),
            may_complain=user.has_perm("award.complaint", award),
            entries=audit.trail(award)[:30] if manages else [],
            manages=manages,
            words=WORDS,
            **context,
        )


class AwardRevoke(PageTitleMixin, FormErrorsMixin, FormView):
    """What cancelling brings, then the decision that cancels."""

    form_class = RevokeForm
    template_name = "awards/register/revoke.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.award = get_object_or_404(register.visible_awards(request.user), pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("award.decide", self.award):
            raise PermissionDenied
        if self.award.status != Award.Status.GRANTED and request.method != "POST":
            messages.info(request, "Khen thưởng này đã bị hủy.")
            return redirect(self.award)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return "Hủy khen thưởng"

    def get_page_subtitle(self) -> str:
        return str(self.award)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Sổ khen thưởng", reverse("award-list")), (self.award.name, self.award.get_absolute_url())]

    def get_initial(self) -> dict[str, Any]:
        return {"received_on": timezone.localdate()}

    def form_valid(self, form: RevokeForm) -> HttpResponse:
        data = {name: value for name, value in form.cleaned_data.items() if name != "sure"}
        revoking.revoke_award(self.award, actor=self.request.user, **data)
        messages.success(self.request, "Đã hủy khen thưởng; đơn vị đã được báo.")
        return redirect(self.award)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = revoking.consequences_of([self.award], timezone.localdate())
        return super().get_context_data(
            award=self.award, found=found, cancel_url=self.award.get_absolute_url(), **context
        )


# --- what was before the portal --------------------------------------------------------------------------------------
class AwardEnter(PageTitleMixin, TemplateView):
    """Whose award it is: looked for by name, then the form."""

    template_name = "awards/register/choose.html"
    page_title = "Ghi khen thưởng trước đây"
    page_subtitle = "Tìm tập thể, hộ gia đình hoặc cá nhân trước, rồi ghi theo quyết định."
    breadcrumbs = (("Sổ khen thưởng", "/khen-thuong/so/"),)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = self.request.user
        if not user.has_perm("award.manage"):
            raise PermissionDenied
        form = RecipientSearch(self.request.GET if "q" in self.request.GET else None)
        asked = form.is_valid()
        found = register.recipients_to_enter(user, form.cleaned_data["q"]) if asked else Recipient.objects.none()
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(form=form, asked=asked, page_obj=page, rows=page.object_list, **context)


class AwardEnterFor(PageTitleMixin, FormErrorsMixin, FormView):
    form_class = EarlierForm
    template_name = "awards/register/enter.html"
    page_title = "Ghi khen thưởng trước đây"
    breadcrumbs = (("Sổ khen thưởng", "/khen-thuong/so/"),)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = access.scope(Recipient.objects.select_related("unit"), request.user, "award.manage")
        self.recipient = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return f"{self.recipient.name}, {self.recipient.unit.name}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"recipient": self.recipient, **super().get_form_kwargs()}

    def get_initial(self) -> dict[str, Any]:
        row = self.recipient
        return {"name": row.name, "post": row.post, "unit_name": row.unit.name, "award_kind": AwardKind.MERIT}

    def form_valid(self, form: EarlierForm) -> HttpResponse:
        data = dict(form.cleaned_data)
        knows = data.pop("knows_duplicates")
        award = register.enter_earlier_award(
            self.recipient, register.Earlier(**data), actor=self.request.user, today=timezone.localdate(),
            knows_duplicates=knows,
        )  # fmt: skip
        messages.success(self.request, "Đã ghi vào sổ khen thưởng.")
        return redirect(award)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        known = Award.objects.filter(recipient=self.recipient).select_related("award_type")
        return super().get_context_data(known=known, cancel_url=reverse("award-list"), **context)
