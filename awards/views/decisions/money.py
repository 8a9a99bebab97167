"""Pages of money: prize money of a decision, the fund, what must come back."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView, TemplateView, View

from awards.forms.decisions import CoefficientForm, EntryForm, PayForm, ReturnForm
from awards.models import Decision, FundEntry, Payment
from awards.services.decisions import fund
from awards.services.decisions.sheets import fund_book, money_book
from awards.views.decisions.pages import DecisionPage
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import parse_id, parse_ids
from dvk_portal.core.views import ActionView, FilteredListView, FormErrorsMixin, PageTitleMixin
from pledges.exports import attachment
from units import access

_S = Payment.State
PER_PAGE = 100


# --- prize money of a decision ---------------------------------------------------------------------------------------
class DecisionMoney(DecisionPage, DetailView):
    """Every line with what it came from; the lines that are owed are ticked and paid. POST pays."""

    template_name = "awards/decisions/money.html"
    form: PayForm | None = None
    picked: list[int] | None = None

    def get_page_title(self) -> str:
        return "Tiền thưởng"

    def get_page_subtitle(self) -> str:
        return f"{self.object} của {self.object.authority}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (str(self.object), self.object.get_absolute_url())]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if not request.user.has_perm("award.fund", self.object):
            raise PermissionDenied
        self.form, self.picked = PayForm(request.POST), parse_ids(request.POST.getlist("ids"))
        if self.form.is_valid():
            try:
                paid = fund.pay_lines(
                    self.object, self.picked, actor=request.user, today=timezone.localdate(), **self.form.cleaned_data
                )
            except DomainError as error:
                self.form.add_domain_error(error)
            else:
                messages.success(request, f"Đã chi {len(paid)} dòng và ghi vào quỹ.")
                return redirect("decision-money", self.object.pk)
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        decision, user = self.object, self.request.user
        payments = list(fund.payments_of(decision))
        page = Paginator(payments, PER_PAGE).get_page(self.request.GET.get("page"))
        owed = {row.pk for row in payments if row.state == _S.OWED}
        may_fund = user.has_perm("award.fund", decision)
        return super().get_context_data(
            totals=fund.totals_of(payments),
            page_obj=page,
            rows=page.object_list,
            picked=owed if self.picked is None else self.picked,
            may_pay=may_fund and bool(owed),
            may_fund=may_fund,
            form=self.form or PayForm(initial={"day": timezone.localdate()}),
            balance=fund.balance(decision.unit, timezone.localdate().year) if may_fund else None,
            **context,
        )


class DecisionMoneyExport(View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        decision = get_object_or_404(Decision.objects.visible_to(request.user), pk=pk)
        return attachment(money_book(decision, fund.payments_of(decision)), f"tien-thuong-{decision.pk}")


class PaymentForm(PageTitleMixin, FormErrorsMixin, FormView):
    """A form about one payment that the person may handle."""

    template_name = "awards/decisions/payment.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = Payment.objects.select_related("award__award_type", "award__decision__unit", "award__unit")
        self.payment = get_object_or_404(access.scope(rows, request.user, "award.fund"), pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        award = self.payment.award
        return f"{award.award_type} – {award.name}, Quyết định số {award.decision_no}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Quỹ khen thưởng", reverse("fund"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(payment=self.payment, cancel_url=self.back_url(), **context)

    def back_url(self) -> str:
        decision = self.payment.award.decision
        return reverse("decision-money", args=[decision.pk]) if decision else reverse("fund")


class PaymentCoefficient(PaymentForm):
    """A coefficient below what the rules allow at most (a badge has only a ceiling, R-41)."""

    form_class = CoefficientForm
    page_title = "Đổi hệ số tiền thưởng"

    def get_initial(self) -> dict[str, Any]:
        return {"coefficient": self.payment.coefficient}

    def form_valid(self, form: CoefficientForm) -> HttpResponse:
        fund.set_coefficient(self.payment, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã áp dụng hệ số mới.")
        return redirect(self.back_url())


class PaymentReturn(PaymentForm):
    """Money of a cancelled award came back."""

    form_class = ReturnForm
    page_title = "Ghi thu hồi tiền thưởng"

    def get_initial(self) -> dict[str, Any]:
        return {"day": timezone.localdate()}

    def form_valid(self, form: ReturnForm) -> HttpResponse:
        fund.take_back(self.payment, actor=self.request.user, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, "Đã ghi thu hồi vào quỹ.")
        return redirect("receivable-list")

    def back_url(self) -> str:
        return reverse("receivable-list")


# --- the fund --------------------------------------------------------------------------------------------------------
class FundMixin:
    """Which fund and which year: in the address, else the own one of this year."""

    request: HttpRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.units = fund.funds_of(request.user)
        if not self.units:
            raise Http404
        asked = parse_id(request.GET.get("don-vi", ""))
        self.unit = next((unit for unit in self.units if unit.pk == asked), self.units[0])
        this, year = timezone.localdate().year, parse_id(request.GET.get("nam", ""))
        self.year = year if year and fund.FIRST_YEAR <= year <= this else this


class FundPage(FundMixin, PageTitleMixin, TemplateView):
    template_name = "awards/decisions/fund.html"
    page_title = "Quỹ thi đua, khen thưởng"

    def get_page_subtitle(self) -> str:
        return f"{self.unit.name}, năm {self.year}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        this, query = timezone.localdate().year, f"?don-vi={self.unit.pk}&nam="
        entries = fund.entries_of(self.unit, self.year).order_by("-day", "-pk")
        page = Paginator(entries, PER_PAGE).get_page(self.request.GET.get("page"))
        waiting = fund.receivables(self.request.user)
        return super().get_context_data(
            unit=self.unit,
            units=self.units,
            year=self.year,
            balance=fund.balance(self.unit, self.year),
            page_obj=page,
            rows=[(row, _may_reverse(row)) for row in page.object_list],
            year_tabs=[(str(one), f"{query}{one}", one == self.year) for one in range(this, this - 5, -1)],
            export_query=f"{query}{self.year}",
            receivable_count=waiting.count(),
            organising_percent=settings.AWARD_FUND_ORGANISING_PERCENT,
            overdue=waiting.filter(due_on__lt=timezone.localdate()).count(),
            **context,
        )


def _may_reverse(entry: FundEntry) -> bool:
    return entry.reverses_id is None and not hasattr(entry, "reversed_by")


class FundExport(FundMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        entries = fund.entries_of(self.unit, self.year)
        data = fund_book(self.unit, self.year, entries, fund.balance(self.unit, self.year))
        return attachment(data, f"quy-khen-thuong-{self.year}")


class FundAdd(FundMixin, PageTitleMixin, FormErrorsMixin, FormView):
    form_class = EntryForm
    template_name = "layouts/form.html"
    page_title = "Ghi thu, chi quỹ"
    page_subtitle = "Tiền thưởng của quyết định thì chi ở trang tiền thưởng của quyết định đó."
    breadcrumbs = (("Quỹ khen thưởng", "/khen-thuong/quy/"),)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"units": self.units, **super().get_form_kwargs()}

    def get_initial(self) -> dict[str, Any]:
        return {"unit": self.unit.pk, "kind": FundEntry.Kind.INCOME, "day": timezone.localdate()}

    def form_valid(self, form: EntryForm) -> HttpResponse:
        data = dict(form.cleaned_data)
        unit, day = data.pop("unit"), data["day"]
        fund.add_entry(unit, actor=self.request.user, today=timezone.localdate(), **data)
        messages.success(self.request, "Đã ghi vào quỹ.")
        return redirect(f"{reverse('fund')}?don-vi={unit.pk}&nam={day.year}")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("fund"), **context)


class FundReverse(ActionView):
    success_message = "Đã ghi bút toán hủy."

    def get_record(self) -> FundEntry:
        rows = FundEntry.objects.select_related("unit")
        return get_object_or_404(access.scope(rows, self.request.user, "award.fund"), pk=self.kwargs["pk"])

    def act(self, record: FundEntry) -> FundEntry:
        return fund.reverse_entry(record, actor=self.request.user, reason=self.note, today=timezone.localdate())

    def back_url(self, record: FundEntry) -> str:
        return f"{reverse('fund')}?don-vi={record.unit_id}&nam={record.year}"


class ReceivableList(FilteredListView):
    page_title = "Tiền thưởng phải thu hồi"
    page_subtitle = "Tiền của khen thưởng đã hủy, theo hạn nộp lại."
    template_name = "layouts/list.html"
    partial_template_name = "awards/decisions/_receivables.html"
    breadcrumbs = (("Quỹ khen thưởng", "/khen-thuong/quy/"),)
    sort_fields = {"due": "due_on", "amount": "amount"}
    empty_title = "Không có khoản nào phải thu hồi"
    empty_text = "Khi một khen thưởng đã chi tiền bị hủy, khoản phải nộp lại hiện ở đây với hạn nộp."

    def get_queryset(self) -> QuerySet:
        if not self.request.user.has_perm("award.fund"):
            raise Http404
        return fund.receivables(self.request.user)
