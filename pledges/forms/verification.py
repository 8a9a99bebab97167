"""Forms of verification: return, extension, correction; and the filter of the queue."""

import django_filters
from django import forms

from campaigns.models import Campaign, Cluster
from dvk_portal.core.forms import DateField, PortalForm
from pledges.forms.reports import ReportFilter
from pledges.models import QuarterlyReport


class ReturnForm(PortalForm):
    note = forms.CharField(
        label="Lý do trả lại",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Nói chung cho cả báo cáo; lý do của từng mục đã ghi ở từng mục.",
    )
    due_on = DateField(label="Hạn nộp lại", help_text="Ngày nghỉ được chuyển sang ngày làm việc kế tiếp.")
    submit_label = "Trả lại đơn vị"


class ExtensionForm(PortalForm):
    due_on = DateField(label="Hạn mới", help_text="Ngày nghỉ được chuyển sang ngày làm việc kế tiếp.")
    reason = forms.CharField(label="Lý do gia hạn", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    submit_label = "Gia hạn"


class CorrectionForm(PortalForm):
    """A late correction; the number is read by the indicator's kind, in the service."""

    typed = forms.CharField(label="Số đúng", max_length=64, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    note = forms.CharField(
        label="Lý do điều chỉnh",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ghi cả căn cứ, nếu có.",
    )
    submit_label = "Điều chỉnh"


class QueueFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tìm đơn vị", method="search")
    cluster = django_filters.ModelChoiceFilter(
        label="Cụm, khối",
        field_name="participation__cluster",
        queryset=lambda request: Cluster.objects.filter(
            campaign__in=Campaign.objects.visible_to(request.user).running()
        ),
        empty_label="Tất cả",
    )

    class Meta:
        model = QuarterlyReport
        fields: list[str] = []

    search = ReportFilter.search
