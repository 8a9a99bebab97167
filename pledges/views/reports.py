"""Reports as everybody reads them: the list and the record page."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.views.generic import DetailView

from campaigns.models import Campaign
from dvk_portal.core import audit
from dvk_portal.core.views import FilteredListView, PageTitleMixin
from pledges.forms.reports import ReportFilter
from pledges.models import QuarterlyReport, ReportedValue
from pledges.services.exemplary.fromreport import show_ways
from pledges.services.reportsheet import build_sheet, count_asked
from pledges.services.verification import groups_judged_by
from pledges.views.reportpage import ReportPageMixin, whereabouts
from pledges.workflows import REPORT

# What happened, in words; moves bring their own label.
AUDIT_WORDS = {
    **REPORT.transitions,
    "enter": "Nhập số liệu",
    "tell_leader": "Báo lãnh đạo gửi",
    "value_accept": "Chấp nhận một mục",
    "value_correct": "Điều chỉnh một mục",
    "value_return": "Đánh dấu trả lại một mục",
    "value_clear": "Bỏ kết luận một mục",
    "value_correct_late": "Điều chỉnh sau thẩm định",
    "accept_rest": "Chấp nhận các mục còn lại",
    "extend": "Gia hạn",
    "add_evidence": "Thêm minh chứng",
    "remove_evidence": "Gỡ minh chứng",
}


class ReportList(FilteredListView):
    page_title = "Báo cáo định kỳ"
    template_name = "pledges/reports/report_list.html"
    partial_template_name = "pledges/reports/_report_list.html"
    filterset_class = ReportFilter
    sort_fields = {
        "unit": "participation__sort_key",
        "cluster": "participation__cluster__order",
        "period": "period__data_from",
        "state": "status",
        "due": "due_at",
        "entered": "last_entry_at",
    }
    default_sort = "-due"
    empty_title = "Chưa có báo cáo nào"
    empty_text = "Báo cáo của từng kỳ xuất hiện ở đây ngay khi phong trào được phát động."

    def get_queryset(self) -> QuerySet:
        answered = ReportedValue.objects.filter(report=OuterRef("pk"), indicator__ask=True).exclude(answer="").order_by()
        count = answered.values("report").annotate(found=Count("pk")).values("found")
        return (
            QuarterlyReport.objects.visible_to(self.request.user)
            .select_related("period", "participation__campaign__owner", "participation__cluster", "participation__unit")
            .annotate(answered=Coalesce(Subquery(count), 0))
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        asked, now = count_asked(context["object_list"]), timezone.now()
        for report in context["object_list"]:
            report.asked = asked[report.pk]
            report.where = whereabouts(report)
            report.is_overdue = report.is_with_unit and report.due_at < now
        return context


class ReportDetail(ReportPageMixin, PageTitleMixin, DetailView):
    """What was reported and what was verified, side by side; history, evidence, moves."""

    template_name = "pledges/reports/report_detail.html"
    permission = "report.view"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        report, user = self.object, self.request.user
        running = report.participation.campaign.status not in Campaign.FINISHED
        moves = {move.name for move in REPORT.available(report, user)} if running else set()
        entries = audit.trail(report)
        full = "nhat-ky" in self.request.GET
        sheet = build_sheet(report)
        show_ways(report, sheet.lines, user)
        return super().get_context_data(
            sheet=sheet,
            moves=moves,
            may_edit=running and report.is_with_unit and user.has_perm("report.edit", report),
            may_judge=running and report.status == report.Status.SUBMITTED and groups_judged_by(user, report) != set(),
            may_write=not report.is_with_unit and user.has_perm("report.send", report),
            may_extend=running and _may_extend(report) and user.has_perm("report.extend", report),
            may_correct=running
            and report.status in (report.Status.VERIFIED, report.Status.LOCKED)
            and user.has_perm("report.correct", report),
            extensions=report.extensions.select_related("granted_by"),
            entries=(entries if full else entries.exclude(action="enter"))[:200],
            full_history=full,
            audit_words=AUDIT_WORDS,
            **context,
        )


def _may_extend(report: QuarterlyReport) -> bool:
    return report.is_with_unit or (report.status == report.Status.SUBMITTED and report.returned_at is None)
