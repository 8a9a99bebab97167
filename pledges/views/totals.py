"""Totals of a campaign: the table of all indicators, one indicator unit by unit, the workbook."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import DetailView

from campaigns.models import Campaign, Cluster
from dvk_portal.core.views import PageTitleMixin
from pledges.exports import attachment, totals_book
from pledges.services.recalculation import latest_rollup
from pledges.services.totalspage import UnitLine, best_and_worst, indicator_lines, totals_table
from pledges.views.ranking import campaigns_for


class TotalsMixin(PageTitleMixin):
    """A campaign whose figures the person may see as a whole; ``?cluster=`` narrows them to one cluster."""

    context_object_name = "campaign"

    def get_queryset(self) -> QuerySet[Campaign]:
        return campaigns_for(self.request.user)

    def get_object(self, queryset: Any = None) -> Campaign:
        campaign = super().get_object(queryset)
        if not self.request.user.has_perm("ranking.view_draft", campaign):
            raise Http404
        return campaign

    @cached_property
    def clusters(self) -> list[Cluster]:
        found = list(self.object.clusters.order_by("order", "id"))
        for row in found:
            row.tab_url, row.is_chosen = f"?cluster={row.pk}", self.request.GET.get("cluster") == str(row.pk)
        return found

    @cached_property
    def cluster(self) -> Cluster | None:
        asked = self.request.GET.get("cluster", "")
        if not asked:
            return None
        found = next((row for row in self.clusters if str(row.pk) == asked), None)
        if found is None:
            raise Http404
        return found

    def get_page_subtitle(self) -> str:
        return self.object.title

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Phong trào", self.object.get_absolute_url())]


class Totals(TotalsMixin, DetailView):
    template_name = "pledges/totals/detail.html"
    page_title = "Tổng hợp số liệu"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        periods, groups = totals_table(self.object, self.cluster)
        return super().get_context_data(
            periods=periods,
            groups=groups,
            clusters=self.clusters,
            cluster=self.cluster,
            province_active=self.cluster is None,
            query=f"?cluster={self.cluster.pk}" if self.cluster else "",
            job=latest_rollup(self.object),
            **context,
        )


class TotalsExport(TotalsMixin, DetailView):
    def render_to_response(self, context: Any, **options: Any) -> HttpResponse:
        name = f"Tong hop {self.object.starts_on:%Y}"
        return attachment(totals_book(self.object, self.cluster), name)


class TotalsIndicator(TotalsMixin, DetailView):
    """One indicator: every unit and period, the highest and the lowest; texts joined by unit."""

    template_name = "pledges/totals/indicator.html"

    def get_page_title(self) -> str:
        return self.found[0].name

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Tổng hợp số liệu", reverse("totals", args=[self.object.pk]))]

    @cached_property
    def found(self) -> tuple[Any, ...]:
        found = indicator_lines(self.object, self.kwargs["indicator"], self.cluster)
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        indicator, periods, lines = self.found
        best, worst = best_and_worst(indicator, lines)
        return super().get_context_data(
            indicator=indicator,
            periods=periods,
            lines=ordered(lines, self.request.GET.get("sort", "")),
            best=best,
            worst=worst,
            clusters=self.clusters,
            cluster=self.cluster,
            province_active=self.cluster is None,
            **context,
        )


def ordered(lines: list[UnitLine], name: str) -> list[UnitLine]:
    """By name of the unit or by value; units without a value come last either way."""
    if name.removeprefix("-") == "unit":
        return sorted(lines, key=lambda line: line.participation.sort_key, reverse=name.startswith("-"))
    if name.removeprefix("-") == "value":
        sign = -1 if name.startswith("-") else 1
        return sorted(lines, key=lambda line: (line.value is None, sign * (line.value or 0)))
    return lines
