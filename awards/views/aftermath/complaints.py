"""Complaints: what waits, one complaint, receiving it, its moves. Only for holders of award.complaint."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from awards.forms.aftermath import ComplaintFilter, ComplaintForm, ObstacleForm, SettleForm, SubjectForm
from awards.models import Award, Complaint, Nomination
from awards.services.aftermath.complaints import (
    OPEN,
    accept_complaint,
    body_of,
    in_order_of_need,
    lateness_of,
    make_complex,
    note_obstacle,
    overdue,
    receive_complaint,
    refuse_complaint,
    renew_due_days,
    settle_complaint,
    subjects_matching,
    withdraw_complaint,
)
from awards.workflows import COMPLAINT
from dvk_portal.core import audit
from dvk_portal.core.numbers import parse_id
from dvk_portal.core.views import ActionView, FilteredListView, FormErrorsMixin, PageTitleMixin, Where

PATH = [(value, label) for value, label in Complaint.Status.choices if value in ("received", "accepted", "settled")]
PLACE = ("Khiếu nại", "complaint-list")


class HandlerMixin:
    """Nobody else learns that there are complaints at all."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated and not request.user.has_perm("award.complaint"):
            raise PermissionDenied


class ComplaintList(HandlerMixin, FilteredListView):
    page_title = "Khiếu nại về khen thưởng"
    page_subtitle = "Hạn gần nhất ở trên. Đối tượng bị khiếu nại được tạm dừng xét đến khi có kết luận."
    template_name = "awards/aftermath/complaints.html"
    partial_template_name = "awards/aftermath/_complaints.html"
    filterset_class = ComplaintFilter
    sort_fields = {"received": "received_on", "recipient": "recipient__sort_key"}
    empty_title = "Chưa có đơn khiếu nại nào"
    empty_text = "Đơn về khen thưởng, đề nghị hoặc phiếu bầu được ghi ở đây cùng hạn thụ lý, hạn giải quyết."

    def get_queryset(self) -> QuerySet[Complaint]:
        rows = Complaint.objects.visible_to(self.request.user)
        related = ("recipient", "award__award_type", "nomination__award_type", "unit")
        return in_order_of_need(rows.select_related(*related))

    def get_empty_action(self) -> tuple[str, str]:
        return "Nhận đơn", reverse("complaint-find")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = timezone.localdate()
        own: dict[str, Any] = {"today": today}
        if not self.is_partial:
            rows = Complaint.objects.visible_to(self.request.user)
            own |= {"open_count": rows.filter(status__in=OPEN).count(), "late_count": overdue(rows, today).count()}
        return super().get_context_data(**own, **context)


class ComplaintFind(HandlerMixin, PageTitleMixin, TemplateView):
    """What the complaint is about: an award or a nomination found by name."""

    template_name = "awards/aftermath/complaint_find.html"
    page_title = "Nhận đơn khiếu nại"
    page_subtitle = "Đơn khiếu nại về ai?"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [(PLACE[0], reverse(PLACE[1]))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = SubjectForm(self.request.GET if "q" in self.request.GET else None)
        asked = form.cleaned_data["q"] if form.is_valid() else ""
        awards, nominations = subjects_matching(self.request.user, asked) if asked else ([], [])
        return super().get_context_data(form=form, asked=asked, awards=awards, nominations=nominations, **context)


class ComplaintCreate(HandlerMixin, FormErrorsMixin, PageTitleMixin, FormView):
    """``?khen-thuong=`` or ``?de-nghi=`` names what it is about."""

    form_class = ComplaintForm
    template_name = "layouts/form.html"
    page_title = "Nhận đơn khiếu nại"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return
        self.award = self._named(Award, "khen-thuong")
        self.nomination = self._named(Nomination, "de-nghi")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and self.award is None and self.nomination is None:
            return redirect("complaint-find")
        return super().dispatch(request, *args, **kwargs)

    def _named(self, model: Any, name: str) -> Any:
        if name not in self.request.GET:
            return None
        pk = parse_id(self.request.GET[name])
        if pk is None:
            raise Http404
        rows = model.objects.visible_to(self.request.user).select_related("award_type", "recipient__unit")
        return get_object_or_404(rows, pk=pk)

    def get_page_subtitle(self) -> str:
        return f"Về {self.award or self.nomination}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [(PLACE[0], reverse(PLACE[1]))]

    def get_initial(self) -> dict[str, Any]:
        return {"received_on": timezone.localdate(), "obstacle_days": 0}

    def form_valid(self, form: ComplaintForm) -> HttpResponse:
        subject = self.award or self.nomination
        complaint = receive_complaint(
            body_of(self.request.user),
            actor=self.request.user,
            recipient=subject.recipient,
            award=self.award,
            nomination=self.nomination,
            today=timezone.localdate(),
            **form.values,
        )
        messages.success(self.request, f"Đã nhận đơn. Hạn thụ lý: {complaint.accept_due:%d/%m/%Y}.")
        return redirect(complaint)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("complaint-list"), **context)


def complaint_of(request: HttpRequest, pk: int) -> Complaint:
    rows = Complaint.objects.visible_to(request.user)
    related = ("recipient__unit", "award__award_type", "nomination__award_type", "unit", "hold")
    return get_object_or_404(rows.select_related(*related), pk=pk)


class ComplaintPageMixin(PageTitleMixin):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.complaint = complaint_of(request, kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.complaint)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [(PLACE[0], reverse(PLACE[1])), (str(self.complaint), self.complaint.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        own = {"complaint": self.complaint, "cancel_url": self.complaint.get_absolute_url()}
        return super().get_context_data(**{**own, **context})


class ComplaintDetail(ComplaintPageMixin, TemplateView):
    template_name = "awards/aftermath/complaint.html"

    def get_page_title(self) -> str:
        return str(self.complaint)

    def get_page_subtitle(self) -> str:
        return str(self.complaint.award or self.complaint.nomination or "")

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [(PLACE[0], reverse(PLACE[1]))]

    def get_where(self) -> Where:
        row = self.complaint
        if row.status == Complaint.Status.RECEIVED:
            return Where(row.unit.name, "Thụ lý hoặc không thụ lý", row.received_on, row.accept_due, row)
        if row.status == Complaint.Status.ACCEPTED:
            return Where(row.unit.name, "Xác minh, đối thoại, giải quyết", row.accepted_at, row.settle_due, row)
        return Where("Không ai", "Đã kết thúc", row.ended_at, None, row)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row, user = self.complaint, self.request.user
        return super().get_context_data(
            path=PATH,
            moves={move.name for move in COMPLAINT.available(row, user)},
            late=lateness_of(row) if row.status == Complaint.Status.RECEIVED else "",
            trail=audit.trail(row)[:50],
            labels=COMPLAINT.transitions,
            **context,
        )


class ComplaintSettle(ComplaintPageMixin, FormErrorsMixin, FormView):
    form_class = SettleForm
    template_name = "layouts/form.html"
    page_title = "Ghi kết quả giải quyết"

    def form_valid(self, form: SettleForm) -> HttpResponse:
        settle_complaint(self.complaint, actor=self.request.user, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, "Đã ghi kết quả giải quyết; việc tạm dừng xét đã kết thúc.")
        return redirect(self.complaint)


class ComplaintObstacle(ComplaintPageMixin, FormErrorsMixin, FormView):
    form_class = ObstacleForm
    template_name = "layouts/form.html"
    page_title = "Trở ngại làm chậm việc khiếu nại"

    def get_initial(self) -> dict[str, Any]:
        return {"days": self.complaint.obstacle_days, "obstacle": self.complaint.obstacle}

    def form_valid(self, form: ObstacleForm) -> HttpResponse:
        note_obstacle(self.complaint, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã ghi trở ngại; thời hiệu được tính lại.")
        return redirect(self.complaint)


class ComplaintMove(ActionView):
    def get_record(self) -> Complaint:
        return complaint_of(self.request, self.kwargs["pk"])


class ComplaintAccept(ComplaintMove):
    """POST ``complex`` = "1": the longer time."""

    success_message = "Đã thụ lý. Hạn giải quyết ở trang này."

    def act(self, record: Complaint) -> Complaint:
        is_complex = self.request.POST.get("complex") == "1"
        return accept_complaint(record, actor=self.request.user, is_complex=is_complex, today=timezone.localdate())


class ComplaintComplex(ComplaintMove):
    success_message = "Đã chuyển thành vụ việc phức tạp; hạn giải quyết được tính lại từ ngày thụ lý."

    def act(self, record: Complaint) -> Complaint:
        return make_complex(record, actor=self.request.user, note=self.note)


class ComplaintRefuse(ComplaintMove):
    success_message = "Đã ghi không thụ lý."

    def act(self, record: Complaint) -> Complaint:
        return refuse_complaint(record, actor=self.request.user, note=self.note, today=timezone.localdate())


class ComplaintWithdraw(ComplaintMove):
    success_message = "Đã ghi người khiếu nại rút đơn."

    def act(self, record: Complaint) -> Complaint:
        return withdraw_complaint(record, actor=self.request.user, note=self.note, today=timezone.localdate())


class ComplaintRenew(HandlerMixin, ActionView):
    """Days of open complaints after the calendar of days off was changed."""

    def get_record(self) -> None:
        return None

    def act(self, record: None) -> int:
        return renew_due_days(actor=self.request.user, today=timezone.localdate())

    def get_success_message(self, record: int | None) -> str:
        return f"Đã tính lại hạn của {record} đơn." if record else "Mọi hạn đã đúng theo lịch ngày nghỉ hiện nay."

    def get_success_url(self, record: Any) -> str:
        return reverse("complaint-list")
