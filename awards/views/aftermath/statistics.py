"""Statistics of awards: one year, the years before it, Excel."""

from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from awards.services.aftermath.statistics import (
    UNKNOWN_FORM,
    Period,
    known_years,
    period_of,
    statistics_book,
    statistics_of,
    year_of,
)
from dvk_portal.core.numbers import parse_id
from dvk_portal.core.views import PageTitleMixin
from pledges.exports import attachment


class StatisticsMixin(PermissionRequiredMixin):
    permission_required = "award.manage"
    raise_exception = True

    def asked_year(self) -> int:
        """``?nam=``; a year that cannot be is this one."""
        year = parse_id(self.request.GET.get("nam", ""))
        return year if year is not None and 1945 < year < 2100 else year_of(timezone.localdate())

    def period(self) -> Period:
        return period_of(self.asked_year())


class AwardStatistics(StatisticsMixin, PageTitleMixin, TemplateView):
    template_name = "awards/aftermath/statistics.html"
    page_title = "Thống kê khen thưởng"

    def get_page_subtitle(self) -> str:
        return f"Năm {self.asked_year()}: quyết định {self.period()}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user, period = self.request.user, self.period()
        years = sorted({*known_years(user, timezone.localdate()), period.year}, reverse=True)
        found = statistics_of(user, period)
        return super().get_context_data(
            found=found,
            book_url=f"{reverse('award-statistics-xlsx')}?nam={period.year}",
            period=period,
            years=[(year, f"Năm {year}") for year in years],
            is_empty=all(table.is_empty for table in found.families),
            state_trend=[(str(year), state) for year, state, _ in found.trend],
            party_trend=[(str(year), party) for year, _, party in found.trend],
            unknown_form=UNKNOWN_FORM,
            **context,
        )


class AwardStatisticsBook(StatisticsMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        period = self.period()
        return attachment(statistics_book(statistics_of(request.user, period)), f"thong-ke-khen-thuong-{period.year}")
