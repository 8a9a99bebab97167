"""The clause library: the list, adding, editing, switching off."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import FormView

from dvk_portal.core.views import ActionView, FilteredListView, FormErrorsMixin, PageTitleMixin
from pledges.forms.clauses import ClauseFilter, ClauseForm
from pledges.models import Clause
from pledges.services.clauses import save_clause, switch_clause


class ClausePermission(PermissionRequiredMixin):
    permission_required = "clause.manage"
    raise_exception = True


class ClauseList(ClausePermission, FilteredListView):
    page_title = "Thư viện điều khoản giao ước"
    page_subtitle = "Câu cam kết mẫu để đơn vị đưa vào phần riêng của giao ước. Điều khoản không xóa, chỉ ngừng dùng."
    breadcrumbs = (("Giao ước", "/giao-uoc/"),)
    template_name = "pledges/clauses/list.html"
    partial_template_name = "pledges/clauses/_list.html"
    filterset_class = ClauseFilter
    sort_fields = {"order": "order", "topic": "topic", "side": "side"}
    default_sort = "order"
    empty_title = "Chưa có điều khoản nào"
    empty_text = "Hãy thêm điều khoản, hoặc nhập cả thư viện từ tệp bằng lệnh import_clauses."

    def get_queryset(self) -> QuerySet:
        return Clause.objects.select_related("indicator")


class ClausePage(ClausePermission, PageTitleMixin, FormErrorsMixin, FormView):
    form_class = ClauseForm
    template_name = "layouts/form.html"
    clause: Clause | None = None

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Giao ước", reverse("pledge-list")), ("Thư viện điều khoản", reverse("clause-list"))]

    def form_valid(self, form: ClauseForm) -> HttpResponse:
        save_clause(self.clause, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã lưu điều khoản.")
        return redirect("clause-list")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("clause-list"), **context)


class ClauseCreate(ClausePage):
    page_title = "Thêm điều khoản"


class ClauseEdit(ClausePage):
    page_title = "Sửa điều khoản"
    page_subtitle = "Giao ước đã chép điều khoản này giữ nguyên nội dung cũ."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.clause = get_object_or_404(Clause, pk=kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        row = self.clause
        return {"topic": row.topic, "side": row.side, "text": row.text, "indicator": row.indicator_id}


class ClauseSwitch(ActionView):
    on = False

    def get_record(self) -> Clause:
        if not self.request.user.has_perm("clause.manage"):
            raise PermissionDenied
        return get_object_or_404(Clause, pk=self.kwargs["pk"])

    def act(self, record: Clause) -> Clause:
        return switch_clause(record, actor=self.request.user, on=self.on)

    def back_url(self, record: Any) -> str:
        return reverse("clause-list")


class ClauseOn(ClauseSwitch):
    on = True
    success_message = "Điều khoản được dùng lại."


class ClauseOff(ClauseSwitch):
    success_message = "Đã ngừng dùng điều khoản. Giao ước đã chép vẫn giữ."
