"""The calendar of one cycle: proposing it, editing a phase, recomputing when days off change."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import FormView, UpdateView

from awards.forms.cycles import PhaseForm, RenewForm, ScheduleForm
from awards.models import AwardCycle, CyclePhase
from awards.services.cycles.editing import STANDARD_FLAGS, remove_phase, save_phase
from awards.services.cycles.scheduling import apply_schedule, drift_of, plan, renew_schedule, warnings_of
from awards.views.cycles.pages import CycleMoveView, CyclePageMixin
from dvk_portal.core.views import FormErrorsMixin
from dvk_portal.core.working_days import province_calendar


class Schedule(CyclePageMixin, FormErrorsMixin, FormView):
    """What is asked by GET is shown as a proposal; POST with ``apply`` writes it."""

    permission = "award.manage"
    template_name = "awards/cycles/schedule.html"
    page_title = "Lập lịch của đợt"

    def get_form(self, form_class: Any = None) -> ScheduleForm:
        data = self.request.POST if self.request.method == "POST" else None
        return ScheduleForm(data, cycle=self.cycle, day=self.today)

    def form_valid(self, form: ScheduleForm) -> HttpResponse:
        if "apply" in self.request.POST:
            apply_schedule(self.cycle, form.wish, actor=self.request.user)
            messages.success(self.request, "Đã ghi lịch của đợt.")
            return redirect(self.cycle)
        steps = plan(self.cycle, form.wish, province_calendar())
        labels = dict(CyclePhase.Stage.choices)
        return self.render_to_response(
            self.get_context_data(
                form=form,
                proposed=[(labels[step.stage], step) for step in steps],
                warnings=warnings_of(steps, self.today),
            )
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(has_phases=self.cycle.phases.exists(), **context)


class Renew(CyclePageMixin, FormErrorsMixin, FormView):
    """After the days off changed: what would move, and the reason to move it (R-96)."""

    permission = "award.manage"
    form_class = RenewForm
    template_name = "awards/cycles/renew.html"
    page_title = "Tính lại lịch theo ngày nghỉ"

    def form_valid(self, form: RenewForm) -> HttpResponse:
        number = renew_schedule(
            self.cycle, actor=self.request.user, note=form.cleaned_data["note"], today=self.today
        )  # fmt: skip
        messages.success(self.request, f"Đã tính lại {number} bước; bước đã qua và bước ấn định tay giữ nguyên.")
        return redirect(self.cycle)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(drift=drift_of(self.cycle, self.today, province_calendar()), **context)


class PhaseEdit(CyclePageMixin, FormErrorsMixin, UpdateView):
    """One phase: its days, why, what it permits and shows."""

    permission = "award.manage"
    form_class = PhaseForm
    template_name = "awards/cycles/phase.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if kwargs["stage"] not in CyclePhase.Stage.values:
            raise Http404
        self.stage = CyclePhase.Stage(kwargs["stage"])

    def get_object(self, queryset: Any = None) -> CyclePhase:
        found = self.cycle.phases.filter(stage=self.stage).first()
        return found or CyclePhase(cycle=self.cycle, stage=self.stage, **STANDARD_FLAGS.get(self.stage, {}))

    def get_page_title(self) -> str:
        return f"Bước “{self.stage.label}”"

    def form_valid(self, form: PhaseForm) -> HttpResponse:
        save_phase(self.cycle, self.stage, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, f"Đã lưu bước “{self.stage.label}”.")
        return redirect(f"{self.cycle.get_absolute_url()}#lich")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(phase=self.object, **context)


class PhaseRemove(CycleMoveView):
    def act(self, record: AwardCycle) -> None:
        phase = get_object_or_404(record.phases.select_related("cycle"), stage=self.kwargs["stage"])
        self.name = phase.get_stage_display()
        remove_phase(phase, actor=self.request.user)

    def get_success_message(self, record: AwardCycle) -> str:
        return f"Đã bỏ bước “{self.name}”."

    def get_success_url(self, record: AwardCycle) -> str:
        return reverse("cycle-detail", args=[record.pk])
