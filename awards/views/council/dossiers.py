"""Dossiers as the council reads them: the list, one beside its scoring form, its files. What is not readable is not there."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from awards.eligibility import open_findings
from awards.forms.council import DossierFilter, ReviewForm
from awards.models import DossierFile, Nomination, Review
from awards.services.council.criteria import criteria_for, most_points
from awards.services.council.dossier import compare_nominees, earlier_awards, files_of, stored_file
from awards.services.council.results import results_and_own, results_of
from awards.services.council.reviewing import open_reviews, save_review, scoring_days
from awards.services.council.rounds import is_stale
from awards.services.council.sheet import comparison_sheet
from awards.views.council.pages import CouncilAccess, CouncilPage
from dvk_portal.core import files
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import FilteredListView
from pledges.exports import attachment

# What a browser shows by itself without running anything of it.
_SHOWN = ("application/pdf", "image/jpeg", "image/png", "image/webp")

# A sandbox, which every other file gets, shuts out the browser's own viewer as well.
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"


class DossierList(CouncilPage, FilteredListView):
    template_name = "awards/council/dossiers.html"
    partial_template_name = "awards/council/_dossiers.html"
    filterset_class = DossierFilter
    page_title = "Hồ sơ trước hội đồng"
    page_subtitle = "Hồ sơ đủ điều kiện của các đợt hội đồng xét, trừ hồ sơ mà bạn không tham gia xét."
    sort_fields = {"name": "recipient__sort_key"}
    default_sort = "name"
    empty_title = "Chưa có hồ sơ nào"
    empty_text = "Hồ sơ hiện ở đây khi đợt khen thưởng chuyển sang thẩm định và hồ sơ được xác nhận đủ điều kiện."

    def get_queryset(self) -> QuerySet[Nomination]:
        return self.readable.select_related("award_type", "cycle")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        rows = list(context["object_list"])
        results, own = results_and_own([row.pk for row in rows], self.seats)
        return context | {"lines": [(row, _state_of(own.get(row.pk)), results.get(row.pk)) for row in rows]}


def _state_of(review: Review | None) -> tuple[str, str]:
    """(value, word) of the reader's own newest sheet; ("", "") without one."""
    if review is None:
        return ("", "")
    if review.round.closed_at is not None:
        return ("done", "Đã chấm") if review.done_at else ("over", "Không chấm")
    if is_stale(review):
        return ("to_check", "Đọc bản cũ")
    return ("done", "Đã chấm") if review.done_at else ("waiting", "Chờ chấm")


class DossierPage(CouncilPage, TemplateView):
    """One dossier; for who is asked to read it, the form beside it. Results show once the round is closed."""

    template_name = "awards/council/dossier.html"

    @cached_property
    def nomination(self) -> Nomination:
        rows = self.readable.select_related("award_type", "cycle", "cluster", "model")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def review(self) -> Review | None:
        rows = open_reviews(self.request.user, [self.nomination.pk])
        row = rows.prefetch_related("points", "round__cycle__criteria", "round__cycle__phases").first()
        if row is not None:
            row.nomination = self.nomination
        return row

    def get_page_title(self) -> str:
        return self.nomination.name

    def get_page_subtitle(self) -> str:
        return f"{self.nomination.award_type} · {self.nomination.cycle}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Hồ sơ", reverse("council:dossiers"))]

    def get_form(self) -> ReviewForm | None:
        if self.review is None:
            return None
        criteria = criteria_for(self.review.round.cycle.criteria.all(), self.nomination.award_type_id)
        data = self.request.POST if self.request.method == "POST" else None
        return ReviewForm(data, criteria=criteria, review=self.review)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        nomination, review = self.nomination, self.review
        if "form" not in context:
            context["form"] = self.get_form()
        return super().get_context_data(
            nomination=nomination,
            findings=open_findings(nomination.findings),
            achievements=list(nomination.achievements.select_related("campaign", "model", "initiative", "award")),
            files=[_file(row) for row in files_of(nomination)],
            earlier=earlier_awards([nomination.recipient_id]).get(nomination.recipient_id, []),
            result=results_of([nomination.pk]).get(nomination.pk),
            review=review,
            is_stale=review is not None and is_stale(review),
            closed_days=scoring_days(review.round.cycle, self.today) if review else "",
            most=most_points(context["form"].criteria) if context["form"] else None,
            **context,
        )


def _file(row: DossierFile) -> dict[str, Any]:
    stored = stored_file(row)
    return {
        "title": row.title, "url": reverse("council:file", args=[row.pk]), "name": stored.name, "size": stored.size,
        "opens": stored.kind in _SHOWN,
    }  # fmt: skip


class ReviewSave(DossierPage):
    """POST: the sheet, as a draft or as done; a refused one is shown again beside the dossier as it was filled in."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.review is None:
            raise Http404
        form = self.get_form()
        if form.is_valid():
            try:
                return self.save(form)
            except DomainError as error:
                form.add_domain_error(error)
        return self.render_to_response(self.get_context_data(form=form))

    def save(self, form: ReviewForm) -> HttpResponse:
        data = form.cleaned_data
        save_review(
            self.review, actor=self.request.user, revision=data["revision"], given=form.given, comment=data["comment"],
            done=form.is_done,
        )  # fmt: skip
        if not form.is_done:
            messages.success(
                self.request, f"Đã lưu nháp phiếu chấm của {self.nomination.name}. Phiếu chưa tính là xong."
            )
            return redirect("council:dossier", self.nomination.pk)
        messages.success(self.request, f"Đã chấm xong hồ sơ của {self.nomination.name}.")
        left = open_reviews(self.request.user, self.readable.values("pk")).filter(done_at=None).first()
        return redirect("council:dossier", left.nomination_id) if left else redirect("council:index")


class DossierFileView(CouncilAccess, View):
    """A file of a dossier that the person may read; what a browser can show opens in it, the rest is handed out."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        rows = DossierFile.objects.filter(nomination__in=self.readable, removed_at=None)
        row = get_object_or_404(rows.select_related("stored", "document__current"), pk=pk)
        stored = stored_file(row)
        response = files.serve(stored)
        if stored.kind in _SHOWN:
            asked = response.headers["Content-Disposition"]
            response.headers["Content-Disposition"] = asked.replace("attachment", "inline", 1)
        if stored.kind == "application/pdf":
            response.headers["Content-Security-Policy"] = _PDF_POLICY
        return response


# --- comparison ---------------------------------------------------------------------------------------------------------
class ComparisonPage(CouncilPage, TemplateView):
    """The nominees of one award side by side."""

    template_name = "awards/council/comparison.html"
    page_title = "So sánh các đề nghị"

    @cached_property
    def comparison(self) -> Any:
        asked = self.request.GET
        return compare_nominees(self.readable, key=asked.get("field", ""), sort=asked.get("sort", ""))

    def get_page_subtitle(self) -> str:
        chosen = self.comparison.chosen
        return f"{chosen.award_name} · {chosen.cycle_title}" if chosen else ""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        chosen = self.comparison.chosen
        fields = [(row.key, f"{row.award_name} – {row.cycle_title} ({row.count})") for row in self.comparison.fields]
        query = self.request.GET.urlencode()
        return super().get_context_data(
            comparison=self.comparison,
            fields=fields,
            chosen=chosen.key if chosen else "",
            export_url=reverse("council:comparison-export") + (f"?{query}" if query else ""),
            **context,
        )


class ComparisonExport(ComparisonPage):
    """The same lines as an Excel file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.comparison.chosen is None:
            raise Http404
        name = f"So sanh {self.comparison.chosen.award_code}"
        return attachment(comparison_sheet(self.comparison, now=timezone.now()), name)
