"""Taking in a list of models: the template, the dry run, the confirmation."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, View

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import KINDS
from dvk_portal.core.views import PageTitleMixin
from pledges.forms.exemplary.imports import ImportForm
from pledges.services.exemplary.imports import ImportPlan, import_models, plan_import
from pledges.services.exemplary.modelfile import read_models, write_template


class ModelImport(PermissionRequiredMixin, PageTitleMixin, FormView):
    """Only "apply" writes; everything else is the dry run."""

    permission_required = "model.edit"
    raise_exception = True
    template_name = "pledges/models/imports/import.html"
    form_class = ImportForm
    page_title = "Nhập mô hình từ Excel"
    page_subtitle = "Cổng kiểm tra trước và cho xem sẽ ghi gì; chưa ghi gì cho đến khi bạn xác nhận."

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Sổ mô hình", reverse("model-list"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "may_register": self.request.user.has_perm("model.register")}

    def form_valid(self, form: ImportForm) -> HttpResponse:
        user, today = self.request.user, timezone.localdate()
        register = form.cleaned_data.get("register", False)
        plan = None
        try:
            rows = read_models(form.cleaned_data["bytes"])
            if "apply" in self.request.POST:
                done = import_models(rows, actor=user, day=today, register=register)
                messages.success(self.request, _told(done, register))
                return HttpResponseRedirect(reverse("model-list"))
            plan = plan_import(rows, actor=user, day=today, register=register)
        except DomainError as error:
            form.add_domain_error(error)
        context = self.get_context_data(form=form, plan=plan, carried=form.carried, register=register)
        return self.render_to_response(context)


def _told(plan: ImportPlan, register: bool) -> str:
    if not plan.new and not plan.changed:
        return "Tệp không có gì mới: không mô hình nào thay đổi."
    where = "đăng ký vào sổ" if register else "lập bản nháp"
    changed = f", sửa {plan.changed} bản nháp" if plan.changed else ""
    return f"Đã {where} {plan.new} mô hình{changed}; {plan.unchanged} mô hình giữ nguyên."


class ModelTemplate(PermissionRequiredMixin, View):
    permission_required = "model.edit"
    raise_exception = True
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(write_template(), content_type=KINDS["xlsx"])
        response["Content-Disposition"] = 'attachment; filename="mau-danh-sach-mo-hinh.xlsx"'
        return response
