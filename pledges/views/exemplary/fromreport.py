"""From a report to the register: the button beside a "cách làm hay"."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from campaigns.models import Indicator
from dvk_portal.core.views import ActionView
from pledges.models import ExemplaryModel, QuarterlyReport
from pledges.services.exemplary.fromreport import draft_from_report
from pledges.views.reportpage import reports_for


class ModelFromReport(ActionView):
    """Opens the draft; a second press opens the same one."""

    success_message = "Đây là bản nháp lập từ báo cáo. Hãy sửa tên cho gọn, điền các mục còn thiếu rồi đăng ký."

    def get_record(self) -> QuarterlyReport:
        return get_object_or_404(reports_for(self.request.user, "report.view"), pk=self.kwargs["pk"])

    def act(self, record: QuarterlyReport) -> ExemplaryModel:
        indicator = get_object_or_404(Indicator, pk=self.kwargs["indicator"])
        return draft_from_report(record, indicator, actor=self.request.user)

    def get_success_message(self, record: ExemplaryModel) -> str:
        return self.success_message if record.is_editable else ""

    def get_success_url(self, record: ExemplaryModel) -> str:
        return reverse("model-edit", args=[record.pk]) if record.is_editable else record.get_absolute_url()
