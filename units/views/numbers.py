"""The register of outgoing documents: the list, taking a number, entering one of the paper register, voiding one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.generic import FormView, View

from dvk_portal.core.forms import PortalForm
from dvk_portal.core.models import DocumentNumber
from dvk_portal.core.templatetags.ui import query_with
from dvk_portal.core.views import ActionView, FilteredListView, FormErrorsMixin, PageTitleMixin
from units import access
from units.forms.documents import NumberFilter, RecordForm, TakeForm
from units.services import numbers, register

DOWNLOADS = (("Excel", "xlsx"), ("CSV", "csv"))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def readable_numbers(user: Any) -> QuerySet[DocumentNumber]:
    return numbers.visible_numbers(user).select_related("series", "unit", "taken_by", "document")


class NumberList(PermissionRequiredMixin, FilteredListView):
    permission_required = "document.number"
    raise_exception = True
    page_title = "Sổ văn bản đi"
    page_subtitle = "Số đã cấp không cấp lại; số không dùng thì khai bỏ số, dòng vẫn ở trong sổ."
    template_name = "units/documents/number_list.html"
    partial_template_name = "units/documents/_number_list.html"
    filterset_class = NumberFilter
    sort_fields = {"number": "number", "date": "dated_on", "taken": "taken_at", "unit": "unit__sort_key"}
    default_sort = "-taken"
    empty_title, empty_text = (
        "Sổ chưa có số nào",
        "Lấy số đầu tiên, hoặc ghi số cuối cùng của sổ giấy để cổng cấp tiếp.",
    )

    def get_queryset(self) -> QuerySet:
        return readable_numbers(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        for row in context["object_list"]:
            row.carried_by = getattr(row, "document", None)
            row.may_be_voided = numbers.may_be_voided(row, row.carried_by)
        return {**context, "downloads": [(label, self.download(kind)) for label, kind in DOWNLOADS]}

    def download(self, kind: str) -> str:
        """The address of the file with the lines that the filter leaves."""
        return reverse("number-export") + query_with(self.request.GET, format=kind, page=None, size=None, sort=None)


class NumberExport(PermissionRequiredMixin, View):
    """The lines of the list, with its filter, in the order of the register."""

    permission_required = "document.number"
    raise_exception = True

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = NumberFilter(request.GET, queryset=readable_numbers(request.user), request=request).qs
        rows = rows.order_by("unit__sort_key", "series__scope", "series__type_code", "number", "pk")
        if request.GET.get("format") == "csv":
            return self.file(register.register_csv(rows), "text/csv; charset=utf-8", "csv")
        return self.file(register.register_book(rows), XLSX, "xlsx")

    def file(self, data: bytes, kind: str, extension: str) -> HttpResponse:
        name = f"so-van-ban-di-{timezone.localdate():%Y%m%d}.{extension}"
        headers = {"Content-Disposition": content_disposition_header(True, name), "X-Content-Type-Options": "nosniff"}
        return HttpResponse(data, content_type=kind, headers=headers)


class NumberFormView(PermissionRequiredMixin, FormErrorsMixin, PageTitleMixin, FormView):
    """Two steps: the number is shown with what deserves a second look, then taken."""

    permission_required = "document.number"
    raise_exception = True
    template_name = "units/documents/number_form.html"
    breadcrumbs = (("Sổ văn bản đi", "/van-ban/so/"),)
    confirm_label = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        home = next((row.unit_id for row in access.rights(self.request.user).memberships), None)
        return {"day": timezone.localdate(), "unit": self.request.GET.get("unit") or home}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(cancel_url=reverse("number-list"), **context)
        return {**context, "has_units": context["form"].fields["unit"].queryset.exists()}

    def form_valid(self, form: PortalForm) -> HttpResponse:
        data = dict(form.cleaned_data)
        confirmed, unit = data.pop("confirmed"), data.pop("unit")
        preview = numbers.preview_number(unit, **data)
        if confirmed != preview.text:
            form.ask_to_confirm(preview.text, f"{self.confirm_label} {preview.text}")
            return self.render_to_response(self.get_context_data(form=form, preview=preview, unit=unit))
        number = self.act(unit, data)
        messages.success(self.request, f"{self.done_words} {number.text}.")
        return redirect(reverse("number-list"))

    done_words = ""

    def act(self, unit: Any, data: dict[str, Any]) -> DocumentNumber:
        raise NotImplementedError


class NumberTake(NumberFormView):
    page_title, form_class = "Lấy số văn bản", TakeForm
    page_subtitle = "Số tiếp theo của cơ quan ban hành, theo loại văn bản."
    confirm_label, done_words = "Lấy số", "Đã cấp số"

    def act(self, unit: Any, data: dict[str, Any]) -> DocumentNumber:
        return numbers.take_number(unit, actor=self.request.user, **data)


class NumberRecord(NumberFormView):
    page_title, form_class = "Ghi số cấp ngoài cổng", RecordForm
    page_subtitle = "Số đã cấp trong sổ giấy hoặc phần mềm khác, để cổng không cấp trùng."
    confirm_label, done_words = "Ghi số", "Đã ghi vào sổ số"

    def act(self, unit: Any, data: dict[str, Any]) -> DocumentNumber:
        return numbers.record_external(unit, actor=self.request.user, **data)


class NumberVoid(ActionView):
    success_url = ""

    def get_record(self) -> DocumentNumber:
        return get_object_or_404(readable_numbers(self.request.user), pk=self.kwargs["pk"])

    def act(self, record: DocumentNumber) -> DocumentNumber:
        return numbers.void_number(record, actor=self.request.user, reason=self.note)

    def get_success_message(self, record: DocumentNumber) -> str:
        return f"Đã bỏ số {record.text}. Số này không cấp lại."

    def back_url(self, record: DocumentNumber) -> str:
        back = super().back_url(record)
        return reverse("number-list") if back == "/" else back
