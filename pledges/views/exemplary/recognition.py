"""The pages of recognition beside each other: batches, rates, what is to be reviewed."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import TemplateView

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import parse_id, parse_ids
from dvk_portal.core.views import FilteredListView, PageTitleMixin, describe
from pledges.forms.exemplary.recognition import (
    BatchFilter,
    KeepForm,
    OwedFilter,
)
from pledges.models import Recognition, RecognitionBatch
from pledges.services.exemplary import batches
from pledges.services.exemplary.rates import rates
from pledges.services.exemplary.reviews import keep_models, owed_by

_S = Recognition.Status


class RecognitionTabs(PageTitleMixin):
    """The pages beside each other: batches, rates, reviews; and what the person may begin here."""

    tab = ""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = self.request.user
        if not user.has_perm("recognition.view"):
            raise Http404
        return super().get_context_data(
            tab_batches=self.tab == "batches",
            tab_rates=self.tab == "rates",
            tab_reviews=self.tab == "reviews",
            may_create=user.has_perm("model.recognise_own") or user.has_perm("model.recognise"),
            may_propose=user.has_perm("model.register"),
            may_review=user.has_perm("model.appraise_own") or user.has_perm("model.appraise"),
            **context,
        )


class BatchList(RecognitionTabs, FilteredListView):
    page_title = "Công nhận mô hình"
    page_subtitle = "Mỗi đợt công nhận là một quyết định cho nhiều mô hình, ở một cấp, cho một năm."
    template_name = "pledges/models/recognition/list.html"
    partial_template_name = "pledges/models/recognition/_list.html"
    filterset_class = BatchFilter
    sort_fields = {"year": "year", "level": "level__order", "date": "decision_date"}
    empty_title = "Chưa có đợt công nhận nào"
    empty_text = (
        "Khi có mô hình đã thẩm định đạt, cơ quan công nhận lập đợt, đưa mô hình vào rồi ghi số, ngày quyết định."
    )
    tab = "batches"

    def get_queryset(self) -> QuerySet:
        batches_seen = RecognitionBatch.objects.visible_to(self.request.user).select_related("unit", "level")
        return batches_seen.annotate(
            granted=Count("recognitions", filter=Q(recognitions__status__in=(_S.GRANTED, _S.ENDED))),
            taken=Count("recognitions", filter=Q(recognitions__status=_S.PROPOSED)),
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = parse_id(self.request.GET.get("year", ""))
        this = timezone.localdate().year
        year = asked if asked and batches.FIRST_YEAR <= asked <= this else this
        found = None if self.is_partial else rates(self.request.user, year)
        return super().get_context_data(rates=found, rates_query=f"?nam={year}", **context)


class RateList(RecognitionTabs, TemplateView):
    """Per unit: where everything is recognised every year, there was no selection (W-36)."""

    template_name = "pledges/models/recognition/rates.html"
    page_title = "Tỷ lệ công nhận"
    page_subtitle = "Số mô hình được công nhận so với số mô hình trong sổ, theo đơn vị và năm."
    breadcrumbs = (("Công nhận mô hình", "/cong-nhan-mo-hinh/"),)
    tab = "rates"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        this = timezone.localdate().year
        asked = parse_id(self.request.GET.get("nam", "")) or this
        year = asked if batches.FIRST_YEAR <= asked <= this else this
        tabs = [(str(one), f"?nam={one}", one == year) for one in range(this, this - 6, -1)]
        return super().get_context_data(rates=rates(self.request.user, year), year_tabs=tabs, **context)


class OwedList(RecognitionTabs, FilteredListView):
    """Recognised models without the review of the year; several are kept at once, each with its own words."""

    template_name = "pledges/models/recognition/reviews.html"
    partial_template_name = "pledges/models/recognition/_reviews.html"
    page_title = "Rà soát hằng năm"
    breadcrumbs = (("Công nhận mô hình", "/cong-nhan-mo-hinh/"),)
    filterset_class = OwedFilter
    empty_title = "Không còn mô hình nào phải rà soát"
    empty_text = "Mô hình được công nhận từ năm trước hiện ở đây cho đến khi có kết quả rà soát của năm."
    tab = "reviews"
    typed: dict[int, str] = {}

    @property
    def year(self) -> int:
        this = timezone.localdate().year
        return this - 1 if self.request.GET.get("nam") == str(this - 1) else this

    def get_page_subtitle(self) -> str:
        return f"Mô hình đã được công nhận, chưa rà soát năm {self.year}, do bạn rà soát."

    def get_queryset(self) -> QuerySet:
        rows = owed_by(self.request.user, self.year).select_related("unit", "field")
        return rows.order_by("unit__sort_key", "name", "pk")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        this = timezone.localdate().year
        tabs = [(f"Năm {one}", f"?nam={one}", one == self.year) for one in (this, this - 1)]
        context = super().get_context_data(year_tabs=tabs, **context)
        said = {f"findings_{key}": text for key, text in self.typed.items()}
        form = KeepForm(context["object_list"], initial=said)
        context["lines"] = [(row, form[f"findings_{row.pk}"], row.pk in self.typed) for row in form.models]
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = parse_ids(request.POST.getlist("ids"))
        said = {key: request.POST.get(f"findings_{key}", "").replace("\0", "")[:2000] for key in chosen}
        try:
            rows = keep_models(said, actor=request.user, year=self.year, today=timezone.localdate())
        except DomainError as error:
            messages.error(request, describe(error))
            self.typed = said
            return self.get(request, *args, **kwargs)
        messages.success(request, f"Đã ghi duy trì {len(rows)} mô hình năm {self.year}.")
        return redirect(request.get_full_path())
