"""Award cycles: the list, one cycle, writing it, its moves, the calendar of all."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import CreateView, FormView, TemplateView, UpdateView, View

from awards.forms.cycles import CopyForm, CycleFilter, CycleForm
from awards.models import AwardCycle, CyclePhase
from awards.services.cycles.copying import copy_cycle, next_title
from awards.services.cycles.dates import by_month, calendar_for, icalendar
from awards.services.cycles.editing import create_cycle, edit_cycle, organiser_of
from awards.services.cycles.moves import blockers_of_move, move_cycle, next_move
from awards.services.cycles.overview import lapsing_rules, overview_of
from awards.services.cycles.scheduling import drift_of
from awards.views.cycles.pages import PATH, CycleMoveView, CyclePageMixin, place_of
from awards.workflows import AWARD_CYCLE
from dvk_portal.core import audit
from dvk_portal.core.views import FilteredListView, FormErrorsMixin, PageTitleMixin, Where
from dvk_portal.core.working_days import province_calendar


class CycleList(PermissionRequiredMixin, FilteredListView):
    permission_required = "award.view"
    raise_exception = True
    page_title = "Đợt khen thưởng"
    page_subtitle = "Mỗi đợt có năm xét, lịch, hạn mức riêng và dùng kết quả của một hoặc nhiều phong trào."
    template_name = "awards/cycles/list.html"
    partial_template_name = "awards/cycles/_list.html"
    filterset_class = CycleFilter
    sort_fields = {"title": "title", "year": "year_to", "status": "status", "decide": "decide_on"}
    default_sort = "-year"
    empty_title = "Chưa có đợt khen thưởng nào"
    empty_text = "Khi Ban mở nhận hồ sơ, đợt khen thưởng hiện ở đây và các đơn vị được báo tin."

    def get_queryset(self) -> QuerySet:
        phases = CyclePhase.objects.filter(stage=CyclePhase.Stage.NOMINATING)
        rows = AwardCycle.objects.visible_to(self.request.user).select_related("owner")
        return rows.prefetch_related(Prefetch("phases", phases, to_attr="nominating"))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_create=self.request.user.has_perm("award.manage"), today=timezone.localdate(), **context
        )


class CycleCreate(PermissionRequiredMixin, PageTitleMixin, FormErrorsMixin, CreateView):
    permission_required = "award.manage"
    raise_exception = True
    model = AwardCycle
    form_class = CycleForm
    template_name = "layouts/form.html"
    page_title = "Lập đợt khen thưởng"
    page_subtitle = "Ghi năm xét, danh hiệu và phong trào trước; lịch và hạn mức ghi ở trang của đợt."

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"organiser": organiser_of(self.request.user), "day": timezone.localdate()}
        return {**super().get_form_kwargs(), **own}

    def get_initial(self) -> dict[str, Any]:
        year = timezone.localdate().year
        return {"year_from": year, "year_to": year}

    def form_valid(self, form: CycleForm) -> HttpResponse:
        cycle = create_cycle(actor=self.request.user, today=timezone.localdate(), **form.values)
        messages.success(self.request, "Đã lập đợt khen thưởng. Hãy lập lịch của đợt.")
        return redirect("cycle-schedule", cycle.pk)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Đợt khen thưởng", reverse("cycle-list"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("cycle-list"), **context)


class CycleEdit(CyclePageMixin, FormErrorsMixin, UpdateView):
    permission = "award.manage"
    form_class = CycleForm
    template_name = "layouts/form.html"
    page_title = "Sửa đợt khen thưởng"

    def get_object(self, queryset: Any = None) -> AwardCycle:
        return AwardCycle.objects.get(pk=self.cycle.pk)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "organiser": self.cycle.owner, "day": self.today}

    def form_valid(self, form: CycleForm) -> HttpResponse:
        edit_cycle(self.cycle, actor=self.request.user, today=self.today, **form.values)
        messages.success(self.request, "Đã lưu đợt khen thưởng.")
        return redirect(self.cycle)


class CycleCopy(CyclePageMixin, FormErrorsMixin, FormView):
    permission = "award.manage"
    form_class = CopyForm
    template_name = "awards/cycles/copy.html"
    page_title = "Lập đợt tiếp theo"

    def get_initial(self) -> dict[str, Any]:
        return {"title": next_title(self.cycle)}

    def form_valid(self, form: CopyForm) -> HttpResponse:
        copy, left = copy_cycle(
            self.cycle, actor=self.request.user, title=form.cleaned_data["title"], today=self.today
        )  # fmt: skip
        messages.success(self.request, f"Đã lập “{copy}” ở trạng thái nháp, các ngày đã dời.")
        for sentence in left:
            messages.info(self.request, sentence)
        return redirect(copy)


class CycleDetail(CyclePageMixin, TemplateView):
    template_name = "awards/cycles/detail.html"

    def get_page_title(self) -> str:
        return self.cycle.title

    def get_page_subtitle(self) -> str:
        return f"{self.cycle.owner} xét thành tích năm {self.cycle.years}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return super().get_breadcrumbs()[:1]

    def get_where(self) -> Where:
        return place_of(self.cycle)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        cycle, user = self.cycle, self.request.user
        manages = user.has_perm("award.manage", cycle)
        return super().get_context_data(
            path=PATH,
            moves=AWARD_CYCLE.available(cycle, user),
            manages=manages,
            alive=cycle.status not in AwardCycle.OVER,
            phases=list(cycle.phases.all()),
            overview=overview_of(cycle, user, self.today),
            campaigns=list(cycle.campaigns.all()),
            may_nominate=cycle.status == AwardCycle.Status.NOMINATING and user.has_perm("award.nominate"),
            lapsing=lapsing_rules(cycle, self.today),
            related=self._related(manages),
            **(self._for_staff() if manages else {"publications": []}),
            **context,
        )

    def _related(self, manages: bool) -> list[tuple[str, str]]:
        """Where the work of the cycle is done: dossiers, appraisal, decisions, the pages of the council."""
        cycle, user = self.cycle, self.request.user
        found = [("Hồ sơ đề nghị", f"{reverse('nomination-list')}?cycle={cycle.pk}")]
        if manages and cycle.status != AwardCycle.Status.DRAFT:
            found += [
                ("Hồ sơ chờ thẩm định", f"{reverse('appraisal-queue')}?cycle={cycle.pk}"),
                ("Báo cáo tổng hợp thẩm định", reverse("appraisal-documents", args=[cycle.pk])),
                ("Quyết định khen thưởng", reverse("decision-list")),
            ]
        if user.has_perm("council.enter"):
            found.append(("Trang của hội đồng", reverse("council:index")))
        if user.has_perm("council.prepare"):
            found += [
                ("Vòng chấm của hội đồng", reverse("council:rounds")),
                ("Phiên họp hội đồng", reverse("council:meetings")),
            ]
        if user.has_perm("award.open", cycle):
            found.append(("Thành phần hội đồng", reverse("council:committees")))
        return found

    def _for_staff(self) -> dict[str, Any]:
        cycle, user = self.cycle, self.request.user
        forward = next_move(cycle, user)
        return {
            "publications": list(cycle.publications.all()),
            "may_publish": user.has_perm("award.open", cycle),
            "forward_label": f"“{forward.label}”" if forward else "",
            "missing": blockers_of_move(cycle, forward.name, self.today) if forward else [],
            "drift": drift_of(cycle, self.today, province_calendar()),
            "trail": audit.trail(cycle)[:12],
            "words": {name: move.label for name, move in AWARD_CYCLE.transitions.items()},
        }


DONE = {
    "open": "Đã mở nhận hồ sơ. Các đơn vị đã được báo tin.",
    "reopen": "Đã nhận hồ sơ tiếp. Các đơn vị đã được báo tin.",
    "start_reviewing": "Đã chuyển sang thẩm định.",
    "start_voting": "Đã chuyển sang họp hội đồng.",
    "start_deciding": "Đã chuyển sang trình quyết định.",
    "back_to_voting": "Đã chuyển lại bước họp hội đồng.",
    "close": "Đã kết thúc đợt khen thưởng.",
    "cancel": "Đã hủy đợt. Các đơn vị đã được báo tin.",
}


class CycleMove(CycleMoveView):
    """Any move of the table; what is missing is said by the service."""

    def act(self, record: AwardCycle) -> AwardCycle:
        move = self.kwargs["move"]
        if move not in DONE:
            raise Http404
        return move_cycle(record, move, actor=self.request.user, note=self.note, today=timezone.localdate())

    def get_success_message(self, record: AwardCycle) -> str:
        return DONE[self.kwargs["move"]]


# --- the calendar of all ------------------------------------------------------------------------------------------------
class Calendar(PermissionRequiredMixin, PageTitleMixin, TemplateView):
    permission_required = "award.view"
    raise_exception = True
    template_name = "awards/cycles/calendar.html"
    page_title = "Lịch khen thưởng"
    page_subtitle = "Mọi mốc của các đợt đang tiến hành."

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Đợt khen thưởng", reverse("cycle-list"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        months = by_month(calendar_for(self.request.user))
        return super().get_context_data(months=months, today=timezone.localdate(), **context)


class CalendarFile(PermissionRequiredMixin, View):
    permission_required = "award.view"
    raise_exception = True

    def get(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(icalendar(calendar_for(request.user)), content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="lich-khen-thuong.ics"'
        return response
