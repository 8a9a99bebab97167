"""Pages of replication: taking a model over, results, judgement, and the graph of who learned from whom."""

import csv
import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.generic import FormView, TemplateView, View

from dvk_portal.core.sheets import Book, safe
from dvk_portal.core.views import FormErrorsMixin, PageTitleMixin
from pledges.exports import attachment
from pledges.forms.exemplary.replication import OutcomeForm, ReplicateForm, ReplicationFilter, ResultsForm
from pledges.models import ExemplaryModel, Replication
from pledges.services.exemplary import forest, learning
from pledges.services.exemplary.credit import credits_for
from pledges.services.exemplary.replication import may_judge, may_record_results, year_after

TREES_PER_PAGE = 10


class ModelReplicate(PageTitleMixin, FormErrorsMixin, FormView):
    """What is adapted; then a draft of the own unit, which is registered like every other."""

    form_class = ReplicateForm
    template_name = "pledges/models/replication/replicate.html"
    page_title = "Học theo mô hình"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.units = []
        self.origin = learning.find_origin(kwargs["pk"], request.user)
        if self.origin is not None:
            self.units = learning.learning_units(request.user, self.origin)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.origin is None:
            raise Http404
        if not self.units:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def credit(self) -> Any:
        return credits_for(self.request.user, [self.origin])[self.origin.pk]

    def get_page_subtitle(self) -> str:
        return f"{self.credit.name} – {self.credit.unit}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Nhân rộng", reverse("replication-graph"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "units": self.units}

    def get_initial(self) -> dict[str, Any]:
        return {"taken_on": timezone.localdate()}

    def form_valid(self, form: ReplicateForm) -> HttpResponse:
        row = learning.replicate_model(
            self.origin, actor=self.request.user, today=timezone.localdate(), **form.cleaned_data
        )
        messages.success(self.request, "Đã tạo bản nháp. Hãy sửa cho đúng với đơn vị, ghi nơi thực hiện rồi đăng ký.")
        return redirect("model-edit", pk=row.model_id)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(credit=self.credit, cancel_url=self.credit.url, **context)


class ReplicationForm(PageTitleMixin, FormErrorsMixin, FormView):
    """A form about one replication; ``allowed`` says who may send it."""

    template_name = "pledges/models/replication/form.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = Replication.objects.select_related("origin__unit", "model__unit", "model__target_level")
        visible = ExemplaryModel.objects.visible_to(request.user)
        self.row = get_object_or_404(rows, pk=kwargs["pk"], model__in=visible)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.allowed():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def allowed(self) -> bool:
        raise NotImplementedError

    def get_page_subtitle(self) -> str:
        return f"{self.row.model} – {self.row.model.unit}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Sổ mô hình", reverse("model-list")), (self.row.model.name, self.row.model.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        origin = credits_for(self.request.user, [self.row.origin])[self.row.origin_id]
        back = self.row.model.get_absolute_url()
        return super().get_context_data(row=self.row, origin=origin, cancel_url=back, **context)


class ReplicationResults(ReplicationForm):
    form_class = ResultsForm
    page_title = "Kết quả học theo"

    def allowed(self) -> bool:
        return may_record_results(self.request.user, self.row)

    def get_initial(self) -> dict[str, Any]:
        return {"results": self.row.results}

    def form_valid(self, form: ResultsForm) -> HttpResponse:
        learning.record_results(self.row, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã lưu kết quả học theo.")
        return redirect(self.row.model)


class ReplicationJudge(ReplicationForm):
    form_class = OutcomeForm
    page_title = "Đánh giá sau một năm"

    def allowed(self) -> bool:
        return may_judge(self.request.user, self.row)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        due = year_after(self.row.taken_on)
        if timezone.localdate() < due:
            messages.info(request, f"Đánh giá được từ ngày {due:%d/%m/%Y}, khi đã học theo đủ một năm.")
            return redirect(self.row.model)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"outcome": self.row.outcome, "note": self.row.outcome_note}

    def form_valid(self, form: OutcomeForm) -> HttpResponse:
        learning.judge_outcome(self.row, actor=self.request.user, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, "Đã ghi đánh giá sau một năm.")
        return redirect(self.row.model)


# --- the graph ------------------------------------------------------------------------------------------------------
class GraphMixin(PermissionRequiredMixin):
    """The replications that the person may see, narrowed by the filter in the address."""

    permission_required = "model.view"
    raise_exception = True

    def get_filter(self) -> ReplicationFilter:
        rows = forest.visible_replications(self.request.user)
        return ReplicationFilter(self.request.GET, queryset=rows, request=self.request)


class ReplicationGraph(GraphMixin, PageTitleMixin, TemplateView):
    page_title = "Nhân rộng mô hình"
    page_subtitle = "Đơn vị nào học từ đơn vị nào: mô hình gốc ở bên trái, nơi học theo ở bên phải."

    def get_template_names(self) -> list[str]:
        return [f"pledges/models/replication/{'_forest' if self.request.htmx else 'graph'}.html"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        # The same address answers with a page or with its part: caches must not mix them.
        patch_vary_headers(response, ["HX-Request"])
        response["Cache-Control"] = "private, no-store"
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        chosen = self.get_filter()
        graph = forest.build_graph(self.request.user, chosen.qs)
        page = Paginator(forest.grow_trees(graph), TREES_PER_PAGE).get_page(self.request.GET.get("page"))
        query = self.request.GET.copy()
        query.pop("page", None)
        return super().get_context_data(
            filter=chosen,
            graph=graph,
            page_obj=page,
            is_filtered=any(self.request.GET.get(name) for name in chosen.form.fields),
            query=f"?{query.urlencode()}" if query else "",
            **context,
        )


class ReplicationData(GraphMixin, View):
    """The same graph as a file: json (nodes and edges), csv or xlsx (one line per replication)."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        graph = forest.build_graph(request.user, self.get_filter().qs)
        if kind == "json":
            response: HttpResponse = JsonResponse(forest.as_data(graph), json_dumps_params={"ensure_ascii": False})
        elif kind == "csv":
            response = _csv(graph)
        else:
            response = attachment(_book(graph), "nhan-rong-mo-hinh")
        response["Cache-Control"] = "private, no-store"
        return response


def _csv(graph: forest.Graph) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(forest.HEADINGS)
    writer.writerows([safe(value) for value in row] for row in forest.as_rows(graph))
    # Excel takes a file without the mark at its beginning for one in another alphabet.
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="nhan-rong-mo-hinh.csv"'
    return response


def _book(graph: forest.Graph) -> bytes:
    book = Book()
    note = f"Lúc {timezone.localtime():%H:%M ngày %d/%m/%Y}"
    page = book.sheet("Nhân rộng", "NHÂN RỘNG MÔ HÌNH DÂN VẬN KHÉO", note, [42, 26, 24, 42, 26, 13, 20])
    for column, label in enumerate(forest.HEADINGS):
        book.text(page, 3, column, label, book.head)
    for number, row in enumerate(forest.as_rows(graph), 4):
        for column, value in enumerate(row):
            book.text(page, number, column, value)
    page.freeze_panes(4, 0)
    return book.close()
