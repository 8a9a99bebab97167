"""The report at the province: the queue, a verdict per figure, return, completion, lock, correction, extension."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView

from campaigns.models import Assignment, Indicator
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import parse_id, parse_ids
from dvk_portal.core.views import ActionView, FilteredListView, FormErrorsMixin, PageTitleMixin
from pledges.forms.verification import CorrectionForm, ExtensionForm, QueueFilter, ReturnForm
from pledges.models import QuarterlyReport, ReportedValue
from pledges.services.extensions import grant_extension
from pledges.services.reportsheet import Sheet, build_sheet, review_reports
from pledges.services.verification import (
    accept_rest,
    accept_unremarkable,
    correct_value,
    departments_of,
    groups_by_campaign,
    groups_judged_by,
    judge_value,
    lock_report,
    return_report,
    unverify_report,
    verify_report,
)
from pledges.views.reportpage import ReportPageMixin, reports_for
from pledges.workflows import REPORT


def waiting_for(user: Any) -> QuerySet:
    """Sent reports with figures that wait for this person's verdict; ``waiting`` says how many."""
    values = ReportedValue.objects.filter(report=OuterRef("pk"), status=ReportedValue.Status.ENTERED).exclude(answer="")
    if not user.has_perm("report.verify_any"):
        mine = Assignment.objects.filter(
            campaign=OuterRef("report__participation__campaign"),
            group=OuterRef("indicator__group"),
            department__in=departments_of(user),
        )
        values = values.filter(Exists(mine))
    count = values.order_by().values("report").annotate(found=Count("pk")).values("found")
    sent = reports_for(user, "report.verify").filter(status=QuarterlyReport.Status.SUBMITTED)
    return sent.annotate(waiting=Subquery(count)).filter(waiting__gt=0)


class VerificationQueue(FilteredListView):
    """What waits for me, oldest first."""

    page_title = "Chờ thẩm định"
    template_name = "pledges/reports/verification_queue.html"
    partial_template_name = "pledges/reports/_verification_queue.html"
    filterset_class = QueueFilter
    sort_fields = {"sent": "submitted_at", "unit": "participation__sort_key", "waiting": "waiting"}
    default_sort = "sent"
    empty_title = "Không có báo cáo nào chờ bạn thẩm định"
    empty_text = "Báo cáo xuất hiện ở đây khi đơn vị gửi và còn mục thuộc nhóm phòng bạn được giao chưa có kết luận."

    def get_queryset(self) -> QuerySet:
        if not self.request.user.has_perm("report.verify"):
            raise Http404
        return waiting_for(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        reports = list(context["object_list"])
        reviews = review_reports(reports, groups_by_campaign(self.request.user, reports))
        plain = [report for report in reports if not reviews[report.pk].surprises]
        for report in context["object_list"]:
            report.review = reviews[report.pk]
        context.update(plain_ids=",".join(str(report.pk) for report in plain), plain_count=len(plain))
        return context


class VerificationAccept(ActionView):
    """Bulk: accept my part of the listed reports in which nothing is flagged."""

    def get_record(self) -> list[QuarterlyReport]:
        asked = parse_ids(self.request.POST.get("ids", "").split(","))[:100]
        if not self.request.user.has_perm("report.verify"):
            raise PermissionDenied
        return list(waiting_for(self.request.user).filter(pk__in=asked))

    def act(self, record: list[QuarterlyReport]) -> tuple[int, int]:
        return accept_unremarkable(record, actor=self.request.user)

    def get_success_message(self, record: tuple[int, int]) -> str:
        done, left = record
        tail = f" Còn {left} báo cáo có điểm cần xem, hãy mở từng báo cáo." if left else ""
        return f"Đã chấp nhận phần của bạn trong {done} báo cáo.{tail}"

    def back_url(self, record: Any) -> str:
        return reverse("verification-queue")


class ReportVerify(ReportPageMixin, PageTitleMixin, DetailView):
    """Figures with what helps to judge them; POST finishes the verification."""

    template_name = "pledges/reports/report_verify.html"
    permission = "report.verify"
    page_name = "Thẩm định"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        report, user = self.object, self.request.user
        groups = groups_judged_by(user, report)
        sheet = build_sheet(report, groups=groups, with_medians=True)
        mine = [section for section in sheet.sections if section.judged_by_me]
        return super().get_context_data(
            sheet=sheet,
            mine=mine,
            others=[section for section in sheet.sections if not section.judged_by_me],
            my_waiting=sum(section.waiting for section in mine),
            my_flagged=sum(bool(line.findings) for section in mine for line in section.stored),
            is_open=report.status == report.Status.SUBMITTED,
            moves={move.name for move in REPORT.available(report, user)},
            **context,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        return ReportFinish.as_view()(request, pk=self.object.pk)


class ReportMove(ActionView):
    permission = "report.verify"

    def get_record(self) -> QuarterlyReport:
        return get_object_or_404(reports_for(self.request.user, self.permission), pk=self.kwargs["pk"])

    def back_url(self, record: QuarterlyReport) -> str:
        return reverse("report-verify", args=[record.pk])


class ReportFinish(ReportMove):
    success_message = "Đã hoàn tất thẩm định báo cáo; đơn vị được báo tin."

    def act(self, record: QuarterlyReport) -> QuarterlyReport:
        return verify_report(record, actor=self.request.user)

    def get_success_url(self, record: QuarterlyReport) -> str:
        return reverse("verification-queue")


class ReportAccept(ReportMove):
    """Accept all that is left of my department, in one click."""

    def act(self, record: QuarterlyReport) -> int:
        self.report = record
        return accept_rest(record, actor=self.request.user)

    def get_success_message(self, record: int) -> str:
        return f"Đã chấp nhận {record} mục còn lại thuộc phần của bạn."

    def get_success_url(self, record: int) -> str:
        return reverse("report-verify", args=[self.kwargs["pk"]])


class ReportUnverify(ReportMove):
    success_message = "Đã mở lại thẩm định."

    def act(self, record: QuarterlyReport) -> QuarterlyReport:
        return unverify_report(record, actor=self.request.user, note=self.note)


class ReportLock(ReportMove):
    permission = "report.lock"
    success_message = "Đã khóa số liệu của báo cáo."

    def act(self, record: QuarterlyReport) -> QuarterlyReport:
        return lock_report(record, actor=self.request.user)

    def back_url(self, record: QuarterlyReport) -> str:
        return record.get_absolute_url()


class ValueVerdict(ReportMove):
    """One verdict. htmx gets the line and the counters back; without scripts the page comes back at the line."""

    def act(self, record: QuarterlyReport) -> None:
        indicator = get_object_or_404(Indicator, pk=self.kwargs["indicator"])
        data = self.request.POST
        judge_value(
            record,
            indicator,
            actor=self.request.user,
            verdict=data.get("verdict", ""),
            revision=parse_id(data.get("rev", "")) or 0,
            typed=data.get("typed", ""),
            note=self.note,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.htmx:
            return super().post(request, *args, **kwargs)
        report, error = self.get_record(), None
        try:
            self.act(report)
        except DomainError as refused:
            error = refused
        return self.show_line(report, error)

    def show_line(self, report: QuarterlyReport, error: DomainError | None) -> HttpResponse:
        sheet: Sheet = build_sheet(report, groups=groups_judged_by(self.request.user, report), with_medians=True)
        line = sheet.line(self.kwargs["indicator"])
        mine = sum(section.waiting for section in sheet.sections if section.judged_by_me)
        context = {
            "report": report,
            "sheet": sheet,
            "line": line,
            "section": sheet.section_of(line),
            "my_waiting": mine,
        }
        context |= {"error": error.message if error else "", "is_open": report.status == report.Status.SUBMITTED}
        if error:
            context |= {"typed": self.request.POST.get("typed", ""), "note": self.note}
        return render(self.request, "pledges/reports/_verdict_saved.html", context, status=409 if error else 200)

    def back_url(self, record: QuarterlyReport) -> str:
        return f"{reverse('report-verify', args=[record.pk])}#o-{self.kwargs['indicator']}"


class ReportForm(ReportPageMixin, FormErrorsMixin, PageTitleMixin, FormView):
    """Base of the small forms about one report."""

    template_name = "layouts/form.html"
    permission = "report.verify"
    success_message = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(report=self.object, cancel_url=self.get_success_url(), **context)

    def form_valid(self, form: Any) -> HttpResponse:
        self.act(form.cleaned_data)
        messages.success(self.request, self.success_message)
        return super().form_valid(form)

    def act(self, data: dict[str, Any]) -> None:
        raise NotImplementedError

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()


class ReportReturn(ReportForm):
    template_name = "pledges/reports/report_return.html"
    page_name = "Trả lại"
    form_class = ReturnForm
    success_message = "Đã trả lại báo cáo; đơn vị được báo tin kèm các mục phải sửa và hạn mới."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(sheet=build_sheet(self.object), **context)

    def act(self, data: dict[str, Any]) -> None:
        return_report(self.object, actor=self.request.user, today=timezone.localdate(), **data)


class ReportExtend(ReportForm):
    permission = "report.extend"
    page_name = "Gia hạn"
    form_class = ExtensionForm
    success_message = "Đã gia hạn; đơn vị được báo tin."

    def act(self, data: dict[str, Any]) -> None:
        grant_extension(self.object, actor=self.request.user, today=timezone.localdate(), **data)


class ValueCorrect(ReportForm):
    template_name = "pledges/reports/value_correct.html"
    permission = "report.correct"
    page_name = "Điều chỉnh"
    form_class = CorrectionForm
    success_message = "Đã điều chỉnh. Số cũ, số mới và lý do được giữ trong nhật ký."

    def get_line(self) -> Any:
        line = build_sheet(self.object).line(self.kwargs["indicator"])
        if line is None or not line.question.stored:
            raise Http404
        return line

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(line=self.get_line(), **context)

    def act(self, data: dict[str, Any]) -> None:
        correct_value(self.object, self.get_line().indicator, actor=self.request.user, **data)
