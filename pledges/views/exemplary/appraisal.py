"""Pages of one model between registration and review: a field visit, the checklist, the yearly review, "tiêu biểu"."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, View

from dvk_portal.core.files import serve
from dvk_portal.core.views import ActionView, FormErrorsMixin, PageTitleMixin
from pledges.forms.exemplary.recognition import YES, AppraisalForm, ReviewForm, VisitForm
from pledges.models import ExemplaryModel, FieldVisit, ModelReview
from pledges.services.exemplary.appraisals import appraise_model, checklist, levels_to_appraise
from pledges.services.exemplary.reviews import make_exemplary, may_review, review_model
from pledges.services.exemplary.rights import may_appraise
from pledges.services.exemplary.visits import may_visit, record_visit


class ModelFormPage(PageTitleMixin, FormErrorsMixin, FormView):
    """A form about one model that the person may see; ``may_write`` says whether it is his to fill in."""

    template_name = "layouts/form.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        models = ExemplaryModel.objects.visible_to(request.user).with_names()
        self.record = get_object_or_404(models, pk=kwargs["pk"])

    def may_write(self) -> bool:
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_write():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return f"{self.record.name}, {self.record.unit}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Sổ mô hình", reverse("model-list")), (self.record.name, self.record.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record, cancel_url=self.record.get_absolute_url(), **context)


class VisitCreate(ModelFormPage):
    form_class = VisitForm
    page_title = "Ghi khảo sát thực tế"

    def may_write(self) -> bool:
        return may_visit(self.request.user, self.record)

    def form_valid(self, form: VisitForm) -> HttpResponse:
        record_visit(self.record, actor=self.request.user, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, "Đã ghi buổi khảo sát.")
        return redirect(self.record)


class VisitMinutes(View):
    """The minutes of a visit, for whoever may read the model."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        models = ExemplaryModel.objects.visible_to(request.user)
        visit = get_object_or_404(FieldVisit.objects.select_related("minutes"), pk=pk, model__in=models)
        if visit.minutes is None:
            raise Http404
        return serve(visit.minutes)


class AppraisalCreate(ModelFormPage):
    form_class = AppraisalForm
    template_name = "pledges/models/recognition/appraise.html"
    page_title = "Thẩm định mô hình"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        self.levels = levels_to_appraise(self.record, request.user, self.today)
        asked = request.GET.get("cap", "")
        self.level = next(
            (level for level in self.levels if level.code == asked), self.levels[0] if self.levels else None
        )

    def may_write(self) -> bool:
        return self.level is not None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"items": checklist(self.level, self.today), "today": self.today, **super().get_form_kwargs()}

    def form_valid(self, form: AppraisalForm) -> HttpResponse:
        data = form.cleaned_data
        appraisal = appraise_model(
            self.record, actor=self.request.user, level=self.level, year=data["year"], answers=form.answers(),
            passed=data["passed"] == YES, conclusion=data["conclusion"], today=self.today,
        )  # fmt: skip
        said = "đạt" if appraisal.passed else "không đạt"
        messages.success(self.request, f"Đã lưu kết quả thẩm định {self.level.name.lower()}: {said}.")
        return redirect(self.record)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tabs = [(str(level), f"?cap={level.code}", level == self.level) for level in self.levels]
        visits = list(self.record.visits.all())
        return super().get_context_data(
            level=self.level, level_tabs=tabs, visits=visits, may_ask_more=self._may_ask_more(), **context
        )

    def _may_ask_more(self) -> bool:
        """The move is the register's; its button stands here too, where one finds that something is missing."""
        registered = self.record.status == ExemplaryModel.Status.REGISTERED
        return registered and may_appraise(self.request.user, self.record, self.record.target_level)


class ReviewCreate(ModelFormPage):
    form_class = ReviewForm
    page_title = "Rà soát mô hình"

    def may_write(self) -> bool:
        return may_review(self.request.user, self.record)

    def get_form_kwargs(self) -> dict[str, Any]:
        year = timezone.localdate().year
        done = set(ModelReview.objects.filter(model=self.record).values_list("year", flat=True))
        years = [one for one in (year, year - 1) if one not in done]
        return {"model": self.record, "years": years, **super().get_form_kwargs()}

    def get_initial(self) -> dict[str, Any]:
        return {"reviewed_on": timezone.localdate()}

    def form_valid(self, form: ReviewForm) -> HttpResponse:
        data = form.cleaned_data
        review_model(
            self.record, actor=self.request.user, year=data["year"], verdict=data["verdict"],
            findings=data["findings"], reviewed_on=data["reviewed_on"], achieved=form.achieved(),
            today=timezone.localdate(),
        )  # fmt: skip
        messages.success(self.request, f"Đã lưu kết quả rà soát năm {data['year']}.")
        return redirect(self.record)


class MakeExemplary(ActionView):
    success_message = "Đã ghi mô hình tiêu biểu."

    def get_record(self) -> ExemplaryModel:
        return get_object_or_404(ExemplaryModel.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def act(self, record: ExemplaryModel) -> ExemplaryModel:
        return make_exemplary(record, actor=self.request.user, reason=self.note)
