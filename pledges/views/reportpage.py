"""What all pages of one report share: who may open it, its title, where it is."""

from django.db.models import QuerySet
from django.urls import reverse

from dvk_portal.core.views import Where
from pledges.models import QuarterlyReport
from units import access

Status = QuarterlyReport.Status


def reports_for(user, permission: str) -> QuerySet:
    """Reports on which the person holds ``permission``, with what a page of one report names."""
    return access.scope(QuarterlyReport.objects.all(), user, permission).select_related(
        "period",
        "participation__campaign__owner",
        "participation__unit",
        "participation__cluster",
        "submitted_by",
        "returned_by",
        "verified_by",
        "locked_by",
    )


def whereabouts(report: QuarterlyReport) -> Where:
    """Where the report is, who holds it since when, what comes next (practice.md §13)."""
    unit, owner = report.participation.name, str(report.participation.campaign.owner)
    return {
        Status.DRAFT: Where(holder=unit, next_step="Lãnh đạo đơn vị gửi báo cáo", due=report.due_at, status=report),
        Status.RETURNED: Where(
            holder=unit,
            since=report.returned_at,
            next_step="Đơn vị sửa các mục được trả lại rồi gửi lại",
            due=report.due_at,
            status=report,
        ),
        Status.SUBMITTED: Where(
            holder=owner, since=report.submitted_at, next_step="Các phòng thẩm định từng mục", status=report
        ),
        Status.VERIFIED: Where(
            holder=owner, since=report.verified_at, next_step="Lãnh đạo Ban khóa số liệu", status=report
        ),
        Status.LOCKED: Where(
            holder="Đã khóa", since=report.locked_at, next_step="Không còn việc gì với báo cáo này", status=report
        ),
    }[report.status]


class ReportPageMixin:
    """Title, path and whereabouts of a page of one report. ``permission`` decides who finds it; others get 404."""

    permission = "report.view"
    page_name = ""
    context_object_name = "report"

    def get_queryset(self) -> QuerySet:
        return reports_for(self.request.user, self.permission)

    def get_page_title(self) -> str:
        title = f"Báo cáo {self.object.period}"
        return f"{self.page_name}: {title[0].lower()}{title[1:]}" if self.page_name else title

    def get_page_subtitle(self) -> str:
        return f"{self.object.participation.name} · {self.object.participation.campaign}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        found = [("Báo cáo", reverse("report-list"))]
        if self.page_name:
            found.append((f"{self.object.period}, {self.object.participation.name}", self.object.get_absolute_url()))
        return found

    def get_where(self) -> Where:
        return whereabouts(self.object)
