"""Pages of recognition: batches, what they take in, the decision, proposals of units, rates, what is to be reviewed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView, TemplateView, View

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import serve
from dvk_portal.core.numbers import parse_id, parse_ids
from dvk_portal.core.templatetags.ui import query_with
from dvk_portal.core.views import ActionView, FilteredListView, FormErrorsMixin, PageTitleMixin, Where, describe
from pledges.forms.exemplary.recognition import (
    BatchFilter,
    BatchForm,
    DecisionForm,
    KeepForm,
    OwedFilter,
    ProposalForm,
    RefusalForm,
)
from pledges.models import ExemplaryModel, Recognition, RecognitionBatch, RecognitionLevel, SubjectKind
from pledges.services.exemplary import batches, nominations
from pledges.services.exemplary.candidates import candidates, deciding_units, may_decide, waiting
from pledges.services.exemplary.rates import rates
from pledges.services.exemplary.reviews import keep_models, owed_by
from pledges.workflows import RECOGNITION_BATCH

_S = Recognition.Status
PER_PAGE = 100
WAITING, TAKEN, REFUSED = "cho", "trong-dot", "khong"


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


# --- proposals ------------------------------------------------------------------------------------------------------
class Propose(PageTitleMixin, TemplateView):
    """Several models of the own unit in one act; level and year stand in the address."""

    template_name = "pledges/models/recognition/propose.html"
    page_title = "Đề nghị công nhận"
    page_subtitle = "Chọn các mô hình của đơn vị để đề nghị cấp trên công nhận."
    breadcrumbs = (("Công nhận mô hình", "/cong-nhan-mo-hinh/"),)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        self.levels = list(nominations.levels_to_propose(self.today))
        self.years = nominations.years_to_propose(self.today)
        asked = request.GET.get("cap", "")
        self.level = next((one for one in self.levels if one.code == asked), self.levels[0] if self.levels else None)
        year = parse_id(request.GET.get("nam", ""))
        self.year = year if year in self.years else self.years[0]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("model.register"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        keys = parse_ids(request.POST.getlist("ids"))
        try:
            if self.level is None:
                raise DomainError("Không có cấp nào nhận đề nghị.")
            rows = nominations.propose_models(
                ExemplaryModel.objects.visible_to(request.user).filter(pk__in=keys), actor=request.user,
                level=self.level, year=self.year, reason=request.POST.get("reason", "").replace("\0", "")[:1000],
                today=self.today,
            )  # fmt: skip
        except DomainError as error:
            messages.error(request, describe(error))
            return self.render_to_response(self.get_context_data(picked=keys))
        messages.success(request, f"Đã đề nghị {len(rows)} mô hình công nhận {self.level.name.lower()}.")
        return redirect(request.get_full_path())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user, level, year = self.request.user, self.level, self.year
        models = list(nominations.proposable(user, level, year)) if level else []
        rows = Recognition.objects.visible_to(user).filter(level=level, year=year).exclude(status=_S.REVOKED)
        rows = rows.select_related("model__unit", "level").order_by("model__name")
        return super().get_context_data(
            **{"picked": [], **context},
            level=level,
            year=year,
            level_tabs=[(str(one), f"?cap={one.code}&nam={year}", one == level) for one in self.levels],
            year_tabs=[(str(one), f"?cap={level.code}&nam={one}", one == year) for one in self.years] if level else [],
            models=models,
            sent=[(row, nominations.may_withdraw(row, user)) for row in rows],
            form=ProposalForm(initial={"reason": self.request.POST.get("reason", "")}),
            propose_hint=self._hint(),
        )

    def _hint(self) -> str:
        if self.level is not None and self.level.lower_required:
            return "Cấp này chỉ nhận mô hình đang được công nhận ở cấp dưới."
        return "Mô hình đã đăng ký, chưa được đề nghị hoặc công nhận ở cấp này trong năm."


class ProposalWithdraw(ActionView):
    success_message = "Đã rút đề nghị."

    def get_record(self) -> Recognition:
        rows = Recognition.objects.visible_to(self.request.user).select_related("model", "level")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def act(self, record: Recognition) -> ExemplaryModel:
        return nominations.withdraw_proposal(record, actor=self.request.user)

    def back_url(self, record: Any) -> str:
        return super().back_url(record.model if isinstance(record, Recognition) else record)


# --- what is to be reviewed -----------------------------------------------------------------------------------------
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
