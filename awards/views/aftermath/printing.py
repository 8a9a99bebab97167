"""Printing certificates: of a decision (preview, print, many in the background) and of one award. Each print is noted."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from awards.forms.aftermath import AwardNameFilter, PrintForm
from awards.models import Award, CertificateLayout, Decision
from awards.services.aftermath.printing import (
    awards_of,
    decisions_to_print,
    file_name,
    in_print_order,
    layouts_for,
    preview_award,
    preview_awards,
    print_awards,
    print_decision,
    printable_awards,
    prints_of,
)
from awards.views.aftermath.layouts import pdf, png
from dvk_portal.core import jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import parse_id
from dvk_portal.core.views import FilteredListView, PageTitleMixin, describe

# More pages than this nobody looks through on a screen.
MOST_PREVIEWED = 20


class DecisionMixin:
    """A decision whose awards the person hands over; any other is not found."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.decision: Decision = get_object_or_404(decisions_to_print(request.user), pk=kwargs["pk"])

    @property
    def page_url(self) -> str:
        return reverse("decision-certificates", args=[self.decision.pk])

    def print_form(self, data: Any = None) -> PrintForm:
        awards = list(awards_of(self.decision, self.request.user))
        return PrintForm(data, layouts=layouts_for(awards))


class DecisionCertificates(DecisionMixin, FilteredListView):
    page_title = "In bằng, giấy khen"
    template_name = "awards/aftermath/decision_certificates.html"
    partial_template_name = "awards/aftermath/_certificates.html"
    filterset_class = AwardNameFilter
    sort_fields = {"name": "name", "unit": "unit__sort_key", "award": "-award_type__level", "book": "gold_book_no"}
    default_sort = "unit"
    empty_title = "Không có bằng nào để in"
    empty_text = "Chỉ in khen thưởng của quyết định đã vào sổ và chưa bị hủy."

    def get_page_subtitle(self) -> str:
        return f"{self.decision} – {self.decision.title}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [decision_place(self.decision, self.request.user)]

    def get_queryset(self) -> QuerySet[Award]:
        return awards_of(self.decision, self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        printed = prints_of(context["object_list"])
        for award in context["object_list"]:
            award.printed_times, award.printed_last = printed.get(award.pk, (0, None))
        if not self.is_partial:
            context["print_form"] = self.print_form()
        return {**context, "decision": self.decision}


def decision_place(decision: Decision, user: Any) -> tuple[str, str]:
    """A clerk prints and hands over without reading the draft: for him the way back is the ceremony."""
    if user.has_perm("award.manage", decision):
        return str(decision), decision.get_absolute_url()
    return str(decision), reverse("decision-ceremony", args=[decision.pk])


class DecisionPrint(DecisionMixin, View):
    """POST: the file, or the page of the job that makes it. With "preview" the first pages with a mark across, which is
    noted nowhere."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.print_form(request.POST)
        if not form.is_valid():
            messages.error(request, "Hãy chọn mẫu cùng hệ với các khen thưởng và thứ tự trang rồi in.")
            return redirect(self.page_url)
        try:
            return self.preview(form) if "preview" in request.POST else self.print(form)
        except DomainError as error:
            messages.error(request, describe(error))
            return redirect(self.page_url)

    def preview(self, form: PrintForm) -> HttpResponse:
        awards = in_print_order(awards_of(self.decision, self.request.user), form.cleaned_data["order"])
        data = preview_awards(awards[:MOST_PREVIEWED], form.cleaned_data["layout"])
        return pdf(data, f"xem-thu-{file_name(self.decision)}", inline=True)

    def print(self, form: PrintForm) -> HttpResponse:
        made = print_decision(self.decision, actor=self.request.user, **form.cleaned_data)
        if isinstance(made, jobs.Job):
            return redirect("job-detail", made.pk)
        return pdf(made, file_name(self.decision), inline=False)


class AwardMixin:
    """One award that may be printed: standing, of a decision in force, in reach; any other is not found."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.award: Award = get_object_or_404(printable_awards(request.user), pk=kwargs["pk"])

    def layouts(self) -> QuerySet[CertificateLayout]:
        return layouts_for([self.award])

    def chosen(self) -> CertificateLayout | None:
        """``?mau=``; without one the first that suits."""
        asked = parse_id(self.request.GET.get("mau", ""))
        layouts = self.layouts()
        return (layouts.filter(pk=asked).first() if asked else None) or layouts.first()


class AwardCertificate(AwardMixin, PageTitleMixin, TemplateView):
    template_name = "awards/aftermath/award_certificate.html"

    def get_page_title(self) -> str:
        return f"In bằng: {self.award.name}"

    def get_page_subtitle(self) -> str:
        return f"{self.award.award_type} – {self.award.decision}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        url = reverse("decision-certificates", args=[self.award.decision_id])
        return [decision_place(self.award.decision, self.request.user), ("In bằng", url)]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        times, last = prints_of([self.award]).get(self.award.pk, (0, None))
        layouts = list(self.layouts())
        asked = parse_id(self.request.GET.get("mau", ""))
        layout = next((row for row in layouts if row.pk == asked), layouts[0] if layouts else None)
        pictured = f"?mau={layout.pk}" if layout else ""
        return super().get_context_data(
            picture_url=reverse("award-certificate-picture", args=[self.award.pk]) + pictured,
            picture_label=f"Bằng của {self.award.name}, bản xem thử",
            award=self.award,
            layout=layout,
            layouts=layouts,
            times=times,
            last=last,
            **context,
        )


class AwardCertificatePicture(AwardMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        layout = self.chosen()
        if layout is None:
            raise Http404
        try:
            return png(preview_award(self.award, layout))
        except DomainError as error:
            raise Http404(error.message) from error


class AwardCertificatePrint(AwardMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = PrintForm(request.POST, layouts=self.layouts(), ordered=False)
        back = reverse("award-certificate", args=[pk])
        if not form.is_valid():
            messages.error(request, "Hãy chọn mẫu rồi in.")
            return redirect(back)
        try:
            data = print_awards([self.award], form.cleaned_data["layout"], actor=request.user)
        except DomainError as error:
            messages.error(request, describe(error))
            return redirect(back)
        return pdf(data, f"bang-khen-{self.award.code}.pdf", inline=False)
