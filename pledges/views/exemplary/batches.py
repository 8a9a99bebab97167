"""One batch of recognitions: drawn up, filled, decided, cancelled."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView, View

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import serve
from dvk_portal.core.numbers import parse_ids
from dvk_portal.core.templatetags.ui import query_with
from dvk_portal.core.views import ActionView, FormErrorsMixin, PageTitleMixin, Where, describe
from pledges.forms.exemplary.recognition import (
    BatchForm,
    DecisionForm,
    RefusalForm,
)
from pledges.models import ExemplaryModel, Recognition, RecognitionBatch, RecognitionLevel, SubjectKind
from pledges.services.exemplary import batches
from pledges.services.exemplary.candidates import candidates, deciding_units, may_decide, waiting
from pledges.workflows import RECOGNITION_BATCH

_S = Recognition.Status
PER_PAGE = 100
WAITING, TAKEN, REFUSED = "cho", "trong-dot", "khong"


class BatchCreate(PageTitleMixin, FormErrorsMixin, FormView):
    form_class = BatchForm
    template_name = "layouts/form.html"
    page_title = "Lập đợt công nhận"
    page_subtitle = "Sau khi lập, đưa từng mô hình vào đợt; chỉ khi ghi quyết định thì mô hình mới được công nhận."
    breadcrumbs = (("Công nhận mô hình", "/cong-nhan-mo-hinh/"),)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        levels = RecognitionLevel.objects.all()
        self.places = [(level, unit) for level in levels for unit in deciding_units(request.user, level)]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.places:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"places": self.places, **super().get_form_kwargs()}

    def get_initial(self) -> dict[str, Any]:
        return {"year": timezone.localdate().year}

    def form_valid(self, form: BatchForm) -> HttpResponse:
        data = dict(form.cleaned_data)
        level, unit = data.pop("place")
        batch = batches.create_batch(
            actor=self.request.user, unit=unit, level=level, today=timezone.localdate(), **data
        )
        messages.success(self.request, "Đã lập đợt công nhận. Hãy đưa mô hình vào đợt.")
        return redirect(batch)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("recognition-list"), **context)


class BatchPage(PageTitleMixin):
    """A page about one batch that the person may see."""

    context_object_name = "batch"

    def get_queryset(self) -> QuerySet:
        rows = RecognitionBatch.objects.visible_to(self.request.user)
        return rows.select_related("unit__kind", "unit__parent__kind", "level", "decision_file")

    def get_page_title(self) -> str:
        return self.object.title

    def get_page_subtitle(self) -> str:
        return f"{self.object.level}, năm {self.object.year}, {self.object.unit}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Công nhận mô hình", reverse("recognition-list"))]


WORDS = {
    **{name: move.label for name, move in RECOGNITION_BATCH.transitions.items()},
    "create": "Lập đợt",
    "take_in": "Đưa mô hình vào đợt",
    "drop": "Bỏ mô hình khỏi đợt",
    "refuse_models": "Không công nhận",
}


class BatchDetail(BatchPage, DetailView):
    """A draft with who waits and what it holds; after the decision the list with certificates."""

    template_name = "pledges/models/recognition/batch.html"

    def get_where(self) -> Where:
        batch = self.object
        if batch.status == RecognitionBatch.Status.DRAFT:
            return Where(batch.unit.name, "Đưa mô hình vào đợt, rồi ghi quyết định", batch.created_at, None, batch)
        return Where(status=batch)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        batch, user = self.object, self.request.user
        self.is_draft = batch.status == RecognitionBatch.Status.DRAFT
        waits = waiting(batch, user) if self.is_draft else ExemplaryModel.objects.none()
        refused = batch.recognitions.filter(status=_S.REFUSED)
        held = batches.included(batch) if self.is_draft else batch.recognitions.exclude(status=_S.REFUSED)
        counts = {WAITING: waits.count(), TAKEN: held.count(), REFUSED: refused.count()}
        shown = self._shown(counts)
        rows = {WAITING: waits, TAKEN: held, REFUSED: refused}[shown]
        page = Paginator(rows if shown == WAITING else self._ordered(rows), PER_PAGE).get_page(
            self.request.GET.get("page")
        )
        judged = shown != REFUSED and self.is_draft
        listed = self._judged(page) if judged else list(page.object_list)
        return super().get_context_data(
            may_decide=may_decide(user, batch),
            is_draft=self.is_draft,
            shows_waiting=shown == WAITING,
            shows_taken=shown == TAKEN,
            shows_refused=shown == REFUSED,
            taken_label="Đã đưa vào đợt" if self.is_draft else "Được công nhận",
            waiting_count=counts[WAITING],
            taken_count=counts[TAKEN],
            refused_count=counts[REFUSED],
            page_obj=page,
            rows=listed,
            free=sum(not one.blockers for one in listed) if judged else 0,
            tick="tat-ca" in self.request.GET,
            tick_url=query_with(self.request.GET, **{"muc": shown, "tat-ca": 1}),
            refuse_form=RefusalForm(),
            entries=audit.trail(batch),
            words=WORDS,
            **context,
        )

    def _shown(self, counts: dict[str, int]) -> str:
        asked = self.request.GET.get("muc", "")
        if asked in counts and (self.is_draft or asked != WAITING):
            return asked
        return WAITING if self.is_draft and counts[WAITING] else TAKEN

    def _ordered(self, rows: QuerySet) -> QuerySet:
        rows = rows.select_related("model__unit", "model__field")
        if self.is_draft:
            return rows.order_by("model__unit__sort_key", "model__name", "pk")
        return rows.order_by("certificate_no", "pk")

    def _judged(self, page: Page) -> Any:
        """With what blocks each; in the batch, too, since much may have happened since it was taken in."""
        models = [row if isinstance(row, ExemplaryModel) else row.model for row in page.object_list]
        return candidates(self.object, models, self.request.user, timezone.localdate())


class BatchMove(ActionView):
    """A move of a batch that the person may see; ``keys`` are the models that were ticked."""

    def get_record(self) -> RecognitionBatch:
        return get_object_or_404(RecognitionBatch.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    @property
    def keys(self) -> list[int]:
        return parse_ids(self.request.POST.getlist("ids"))


class BatchTake(BatchMove):
    def act(self, record: RecognitionBatch) -> None:
        taken, left = batches.take_in(record, self.keys, actor=self.request.user, today=timezone.localdate())
        if taken:
            messages.success(self.request, f"Đã đưa {len(taken)} mô hình vào đợt.")
        if left:
            lines = [f"“{one.model}”: {'; '.join(one.blockers)}." for one in left]
            error = DomainError(f"{len(left)} mô hình chưa đưa vào được:", lines)
            messages.warning(self.request, describe(error))


class BatchDrop(BatchMove):
    def act(self, record: RecognitionBatch) -> None:
        count = batches.drop(record, self.keys, actor=self.request.user)
        messages.success(self.request, f"Đã bỏ {count} mô hình khỏi đợt.")


class BatchRefuse(BatchMove):
    def act(self, record: RecognitionBatch) -> None:
        rows = batches.refuse(record, self.keys, actor=self.request.user, reason=self.note, today=timezone.localdate())
        messages.success(self.request, f"Đã ghi không công nhận {len(rows)} mô hình và báo cho đơn vị.")


class BatchCancel(BatchMove):
    success_message = "Đã hủy đợt công nhận."

    def act(self, record: RecognitionBatch) -> RecognitionBatch:
        return batches.cancel_batch(record, actor=self.request.user, note=self.note, today=timezone.localdate())


class BatchDecide(BatchPage, FormErrorsMixin, FormView):
    """How many, with which numbers, what cannot be undone; then number and date of the decision."""

    form_class = DecisionForm
    template_name = "pledges/models/recognition/decide.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_decide(request.user, self.object):
            raise PermissionDenied
        if self.object.status != RecognitionBatch.Status.DRAFT and request.method != "POST":
            messages.info(request, f"Đợt này đang ở trạng thái “{self.object.get_status_display()}”.")
            return redirect(self.object)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return "Ghi quyết định công nhận"

    def get_page_subtitle(self) -> str:
        return f"{self.object.title}, {super().get_page_subtitle()}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.object.title, self.object.get_absolute_url())]

    def get_initial(self) -> dict[str, Any]:
        rows = batches.included(self.object)
        return {"certificate_suffix": self.object.certificate_suffix, "seen": batches.mark_of(rows)}

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        data = {name: value for name, value in form.cleaned_data.items() if name != "sure"}
        batch = batches.decide_batch(self.object, actor=self.request.user, today=timezone.localdate(), **data)
        count = batch.recognitions.granted().count()
        messages.success(self.request, f"Đã ghi quyết định: {count} mô hình được công nhận, các đơn vị đã được báo.")
        return redirect(batch)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = timezone.localdate()
        rows = batches.in_order(self.object, batches.included(self.object), today)
        numbers = batches.certificates_for(self.object, self.object.certificate_suffix, len(rows))
        form = context.get("form") or self.get_form()
        form.submit_label = f"Công nhận {len(rows)} mô hình"
        return super().get_context_data(
            batch=self.object,
            form=form,
            lines=list(zip(rows, numbers, strict=True)),
            units=len({row.model.unit_id for row in rows}),
            collectives=sum(row.model.subject_kind == SubjectKind.COLLECTIVE for row in rows),
            individuals=sum(row.model.subject_kind == SubjectKind.INDIVIDUAL for row in rows),
            blocked=batches.blocked(self.object, rows, self.request.user, today),
            cancel_url=self.object.get_absolute_url(),
            **{name: value for name, value in context.items() if name != "form"},
        )


class BatchFile(View):
    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        rows = RecognitionBatch.objects.visible_to(request.user).select_related("decision_file")
        batch = get_object_or_404(rows, pk=pk)
        if batch.decision_file is None:
            raise Http404
        return serve(batch.decision_file)
