"""Pages of the analysis: the funnel, units, fields, age and survival, the map. Each figure opens its list in the register."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.generic import TemplateView

from dvk_portal.core.templatetags.ui import query_with
from dvk_portal.core.views import PageTitleMixin
from pledges.forms.exemplary.analysis import AnalysisForm
from pledges.models import Field
from pledges.services.exemplary import modelmap
from pledges.services.exemplary.analysis import (
    ENOUGH,
    FAR,
    MARKS,
    YEARS_SHOWN,
    Funnel,
    Scope,
    Step,
    UnitLine,
    ages,
    field_balance,
    funnel_steps,
    unit_lines,
)
from pledges.services.exemplary.rates import rate

TABS = (
    ("model-analysis", "Tổng quan"),
    ("model-analysis-units", "Theo đơn vị"),
    ("model-analysis-fields", "Lĩnh vực"),
    ("model-analysis-ages", "Tuổi, duy trì"),
    ("model-analysis-map", "Bản đồ"),
)
CHOICES = ("nam", "cum", "don_vi", "linh_vuc", "doi_tuong")


@dataclass(frozen=True)
class Figure:
    """A count with the address of its list; ``percent`` of what is registered."""

    step: Step
    count: int
    percent: Any
    url: str


def register_address(scope: Scope, step: Step, unit: int | None = None, field: str = "") -> str:
    """The list of what is counted; empty where no list of the register shows just that (a cluster)."""
    if scope.units is not None and unit is None:
        if len(scope.units) != 1:
            return ""
        (unit,) = scope.units
    counted = step.counted(scope)
    parts = {
        "dem": counted.measure,
        "tu": counted.start.isoformat(),
        "den": counted.end.isoformat(),
        "cap": counted.level,
        "linh_vuc": field or counted.field,
        "doi_tuong": counted.subject_kind,
        "don_vi": unit or "",
    }
    return f"{reverse('model-list')}?{urlencode({key: value for key, value in parts.items() if value})}"


class AnalysisPage(PageTitleMixin, TemplateView):
    """The frame: choice, tabs, the part that htmx swaps."""

    template_name = "pledges/models/analysis/page.html"
    page_title = "Phân tích mô hình"
    url_name = ""
    part = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("model.view"):
            raise Http404
        response = super().get(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_template_names(self) -> list[str]:
        htmx = self.request.htmx
        whole = not htmx or htmx.boosted or htmx.history_restore_request
        return [self.template_name if whole else f"pledges/models/analysis/{self.part}.html"]

    @cached_property
    def form(self) -> AnalysisForm:
        return AnalysisForm(self.request.GET, user=self.request.user, today=timezone.localdate())

    @cached_property
    def scope(self) -> Scope:
        return self.form.scope()

    @cached_property
    def steps(self) -> list[Step]:
        return funnel_steps(self.scope.today)

    @cached_property
    def fields(self) -> list[Field]:
        return list(Field.objects.all())

    def figures(
        self, counts: Counter[str], *, unit: int | None = None, field: str = "", scope: Scope | None = None
    ) -> list[Figure]:
        scope, base = scope or self.scope, counts["registered"]
        return [
            Figure(
                step,
                counts[step.code],
                rate(base, counts[step.code]),
                register_address(scope, step, unit, field) if counts[step.code] else "",
            )
            for step in self.steps
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        kept = {name: self.request.GET[name] for name in CHOICES if self.request.GET.get(name)}
        query = f"?{urlencode(kept)}" if kept else ""
        return super().get_context_data(
            filter=self,
            scope=self.scope,
            part=f"pledges/models/analysis/{self.part}.html",
            tabs=[(word, f"{reverse(name)}{query}", name == self.url_name) for name, word in TABS],
            steps=self.steps,
            **context,
        )


class Overview(AnalysisPage):
    url_name = "model-analysis"
    part = "_overview"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        funnel = Funnel(self.scope, self.steps)
        total = funnel.total()
        years = [year for year in self.form.years if year <= self.scope.year][:YEARS_SHOWN]
        by_field, by_year = funnel.by_field(), funnel.by_year(years)
        lines = [
            (row, self.figures(by_field.get(row.pk, Counter()), field=row.code))
            for row in self.fields
            if self.scope.field in ("", row.code)
        ]
        return super().get_context_data(
            total=self.figures(total),
            bars=[(step.label, total[step.code]) for step in self.steps],
            by_field=lines,
            by_year=[(year, self.figures(by_year[year], scope=self.scope.in_year(year))) for year in years],
            year_bars=[(year, by_year[year]["registered"]) for year in reversed(years)],
            **context,
        )


class Units(AnalysisPage):
    url_name = "model-analysis-units"
    part = "_units"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = self.ordered(unit_lines(Funnel(self.scope, self.steps)))
        return super().get_context_data(
            lines=[(line, self.figures(line.counts, unit=line.unit.pk)) for line in lines],
            taking_all=[line for line in lines if line.takes_all],
            silent=[line for line in lines if not line.counts["registered"]],
            enough=ENOUGH,
            **context,
        )

    def ordered(self, lines: list[UnitLine]) -> list[UnitLine]:
        name = self.request.GET.get("sort", "")
        down = name.startswith("-")
        name = name.removeprefix("-")
        if name == "share":
            known = sorted(
                (line for line in lines if line.share is not None), key=lambda line: line.share, reverse=down
            )
            return [*known, *(line for line in lines if line.share is None)]
        if name in {step.code for step in self.steps}:
            return sorted(lines, key=lambda line: line.counts[name], reverse=down)
        if name == "unit":
            return sorted(lines, key=lambda line: line.unit.sort_key, reverse=down)
        return lines


class Fields(AnalysisPage):
    url_name = "model-analysis-fields"
    part = "_fields"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        together, balances = field_balance(unit_lines(Funnel(self.scope, self.steps[:1])), self.fields)
        rows = [(balance, self._cells(balance)) for balance in balances if any(balance.line.fields.values())]
        step = self.steps[0]
        return super().get_context_data(
            together=[
                (share, register_address(self.scope, step, field=share.field.code) if share.count else "")
                for share in together
            ],
            together_bars=[(share.field.name, share.percent) for share in together],
            rows=sorted(rows, key=lambda row: -len(row[0].remarks)),
            remarked=sum(1 for row in rows if row[0].remarks),
            words=[share.field.name for share in together],
            enough=ENOUGH,
            far=FAR,
            **context,
        )

    def _cells(self, balance: Any) -> list[tuple[Any, str]]:
        unit, step = balance.line.unit.pk, self.steps[0]
        return [
            (share, register_address(self.scope, step, unit, share.field.code) if share.count else "")
            for share in balance.shares
        ]


class Ages(AnalysisPage):
    url_name = "model-analysis-ages"
    part = "_ages"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = ages(self.scope, self.fields)
        bars = [(cohort.year, round(100 * cohort.now / cohort.registered)) for cohort in reversed(found.cohorts)]
        return super().get_context_data(
            ages=found, marks=[f"Sau {number} năm" for number in MARKS], bars=bars, **context
        )


class Map(AnalysisPage):
    url_name = "model-analysis-map"
    part = "_map"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = self.request.GET.get("do", "")
        measure = modelmap.MEASURES.get(asked, modelmap.MEASURES[modelmap.DEFAULT])
        found = modelmap.model_map(unit_lines(Funnel(self.scope, self.steps)), measure)
        return super().get_context_data(
            map=found,
            shapes=[(*self._tile(area), area.path) for area in found.shaped],
            tiles=[self._tile(area) for area in found.tiles],
            rows=[(area, self._tile(area)[3]) for area in found.areas],
            measures=[
                (row.label, query_with(self.request.GET, do=row.code), row is measure)
                for row in modelmap.MEASURES.values()
            ],
            may_load=self.request.user.has_perm("unit.manage"),
            **context,
        )

    def _tile(self, area: modelmap.Area) -> tuple[str, str, int, str]:
        step = self._step_of_map
        return (
            area.line.unit.name,
            area.words,
            area.level,
            register_address(self.scope, step, area.line.unit.pk),
        )

    @cached_property
    def _step_of_map(self) -> Step:
        """The list behind a unit on the map: what is shown, a rate shows the recognised."""
        wanted = {"cong-nhan": "recognised", "ty-le": "recognised", "nhan-rong": "replicated"}
        code = wanted.get(self.request.GET.get("do", ""), "registered")
        return next(step for step in self.steps if step.code == code)
