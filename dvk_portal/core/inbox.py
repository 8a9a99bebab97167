"""What waits for a person: notifications, jobs under way; and for those who look after the portal: letters, audit trail."""

from dataclasses import replace
from typing import Any

import django_filters
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import DetailView, View

from dvk_portal.core import auditwords, files, jobs, mailsink
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.filters import DayFilter
from dvk_portal.core.forms import PortalForm
from dvk_portal.core.models import AuditEntry, Job, Notification
from dvk_portal.core.text import search_key
from dvk_portal.core.views import ActionView, FilteredListView, PageTitleMixin


# --- inbox ----------------------------------------------------------------------------------------------------------
class InboxFilter(django_filters.FilterSet):
    unread = django_filters.ChoiceFilter(
        label="Hiển thị", choices=[("1", "Chưa đọc")], empty_label="Tất cả", method="only_unread"
    )

    class Meta:
        model = Notification
        fields: list[str] = []
        form = PortalForm

    def only_unread(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.unread()


class Inbox(FilteredListView):
    page_title = "Hộp thư"
    page_subtitle = "Thông báo gửi đến bạn; chưa đọc đứng trước."
    template_name = "core/inbox.html"
    partial_template_name = "core/_inbox.html"
    filterset_class = InboxFilter
    empty_title, empty_text = "Chưa có thông báo nào", "Khi có việc cần bạn biết hoặc xử lý, thông báo sẽ hiện ở đây."

    def get_queryset(self) -> QuerySet:
        is_read = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
        return self.request.user.notifications.annotate(is_read=is_read).order_by("is_read", "-created_at", "-id")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        for row in context["object_list"]:
            first = row.body.partition("\n")[0][:160]
            mail = (
                f"Thư điện tử: {row.get_mail_state_display()}" if row.mail_state != Notification.MailState.NONE else ""
            )
            row.is_unread = row.read_at is None
            row.summary = " · ".join(filter(None, [first, mail]))
        return context


class InboxRead(View):
    """Open a notification: it counts as read, and the person is where it leads."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(request.user.notifications, pk=pk)
        request.user.notifications.unread().filter(pk=pk).update(read_at=timezone.now())
        # Addresses are made by the portal; a wrong one must still not lead away from it.
        safe = row.url.startswith("/") and url_has_allowed_host_and_scheme(
            row.url, {request.get_host()}, request.is_secure()
        )
        return redirect(row.url if safe else reverse("inbox"))


class InboxReadAll(ActionView):
    success_message = "Đã đánh dấu tất cả là đã đọc."
    success_url = "/hop-thu/"

    def get_record(self) -> QuerySet:
        return self.request.user.notifications.unread()

    def act(self, record: QuerySet) -> QuerySet:
        record.update(read_at=timezone.now())
        return record


# --- jobs -----------------------------------------------------------------------------------------------------------
class OwnJobMixin:
    """A job is its owner's; to anybody else it does not exist."""

    def get_queryset(self) -> QuerySet:
        return Job.objects.filter(owner=self.request.user).select_related("file")


class JobDetail(OwnJobMixin, PageTitleMixin, DetailView):
    context_object_name = "job"

    def get_page_title(self) -> str:
        return str(self.object)

    def get_template_names(self) -> list[str]:
        return ["core/_job.html"] if self.request.htmx else ["core/job_detail.html"]

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        response = super().render_to_response(context, **options)
        response["Cache-Control"] = "no-store"
        return response


class JobCancel(OwnJobMixin, ActionView):
    success_message = "Đã hủy."

    def get_record(self) -> Job:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def act(self, record: Job) -> Job:
        if not jobs.cancel(record):
            raise DomainError("Việc này đã kết thúc nên không hủy được nữa.")
        return record

    def get_success_url(self, record: Job) -> str:
        return reverse("job-detail", args=[record.pk])


class JobFile(OwnJobMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = get_object_or_404(self.get_queryset().exclude(file=None), pk=pk)
        return files.serve(job.file)


# --- letters --------------------------------------------------------------------------------------------------------
FOR_RECIPIENT = "Thư này chỉ dành cho người nhận nên nội dung không hiện ở đây."


class MailSink(PermissionRequiredMixin, FilteredListView):
    """Only where letters go to a folder instead of a mail server."""

    permission_required = "portal.mail_sink"
    raise_exception = True
    page_title = "Thư đã gửi"
    page_subtitle = "Bản này không nối máy chủ thư: thư được ghi vào thư mục và hiện ở đây."
    template_name = "layouts/list.html"
    partial_template_name = "core/_letters.html"
    empty_title, empty_text = "Chưa có thư nào", "Thư báo việc sẽ hiện ở đây ngay sau khi được gửi."

    def get_queryset(self) -> list[mailsink.Letter]:  # type: ignore[override]
        if not settings.MAIL_SINK_DIR:
            raise Http404
        found = mailsink.letters(settings.MAIL_SINK_DIR)
        return [row if self._may_read(row) else replace(row, body=FOR_RECIPIENT) for row in found]

    def _may_read(self, letter: mailsink.Letter) -> bool:
        """A link to a new password would open somebody else's account. The demonstration's accounts are open anyway."""
        return letter.is_notice or settings.DEMO or letter.recipient == self.request.user.email

    def order(self, queryset: Any) -> Any:
        return queryset


# --- audit trail ----------------------------------------------------------------------------------------------------
class AuditFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tên bản ghi, lý do", method="search")
    person = django_filters.CharFilter(label="Người thực hiện", method="by_person")
    kind = django_filters.ChoiceFilter(
        label="Loại bản ghi", field_name="record_type", choices=auditwords.record_types, empty_label="Mọi loại"
    )
    since = DayFilter(label="Từ ngày", field_name="at", lookup_expr="date__gte")
    until = DayFilter(label="Đến ngày", field_name="at", lookup_expr="date__lte")

    class Meta:
        model = AuditEntry
        fields: list[str] = []
        form = PortalForm

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Q(record_text__icontains=value) | Q(note__icontains=value) | Q(record_id=value))

    def by_person(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Names without regard to marks; people are few, so they are matched here."""
        key = search_key(value)
        people = get_user_model().objects.values_list("pk", "full_name", "username")
        return queryset.filter(actor__in=[pk for pk, name, login in people if key in search_key(f"{name} {login}")])


class AuditList(PermissionRequiredMixin, FilteredListView):
    permission_required = "portal.audit"
    raise_exception = True
    page_title = "Nhật ký"
    page_subtitle = "Ai đã làm gì, với bản ghi nào, khi nào. Nhật ký chỉ ghi thêm, không sửa, không xóa."
    template_name = "layouts/list.html"
    partial_template_name = "core/_audit_list.html"
    filterset_class = AuditFilter
    sort_fields = {"at": "id"}
    default_sort = "-at"
    empty_title, empty_text = "Nhật ký trống", "Mỗi thay đổi trên cổng để lại một dòng ở đây."

    def get_queryset(self) -> QuerySet:
        return AuditEntry.objects.select_related("actor")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        for entry in context["object_list"]:
            words = auditwords.type_words(entry)
            # "Phiếu điểm của Xã An Hòa" says its kind itself.
            says_it = entry.record_text.casefold().startswith(words.casefold())
            entry.title = entry.record_text if says_it else f"{words}: {entry.record_text}"
            entry.action_words = auditwords.action_words(entry)
            entry.change_words = auditwords.change_words(entry)
        return context
