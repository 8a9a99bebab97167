"""Taking in lists from Excel: the template, the dry run, the confirmation."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, View

from awards.forms.recipients import ListForm
from awards.services.recipients.imports import (
    RECIPIENT_FILE,
    ImportPlan,
    award_file,
    import_awards,
    import_recipients,
    plan_awards,
    plan_recipients,
)
from awards.services.recipients.listfile import ListFile
from awards.services.recipients.register import may_write
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import PageTitleMixin
from pledges.exports import attachment


class ListImport(PageTitleMixin, FormView):
    """Only "apply" writes; everything else is the dry run."""

    template_name = "awards/recipients/import.html"
    form_class = ListForm
    page_subtitle = "Cổng kiểm tra trước và cho xem sẽ ghi gì; chưa ghi gì cho đến khi bạn xác nhận."
    hint = ""
    url_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_import():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def may_import(self) -> bool:
        raise NotImplementedError

    def get_file(self) -> ListFile:
        raise NotImplementedError

    def plan(self, rows: Any, **who: Any) -> ImportPlan:
        raise NotImplementedError

    def write(self, rows: Any, **who: Any) -> ImportPlan:
        raise NotImplementedError

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Tập thể, cá nhân", reverse("recipient-list"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            hint=self.hint, template_url=reverse(f"{self.url_name}-template"), cancel_url=reverse("recipient-list"),
            **context,
        )  # fmt: skip

    def form_valid(self, form: ListForm) -> HttpResponse:
        who = {"actor": self.request.user, "day": timezone.localdate()}
        plan = None
        try:
            rows = self.get_file().read(form.cleaned_data["bytes"])
            if "apply" in self.request.POST:
                done = self.write(rows, **who)
                messages.success(self.request, _told(done))
                return HttpResponseRedirect(reverse("recipient-list"))
            plan = self.plan(rows, **who)
        except DomainError as error:
            form.add_domain_error(error)
        return self.render_to_response(self.get_context_data(form=form, plan=plan, carried=form.carried))


def _told(plan: ImportPlan) -> str:
    if not plan.new and not plan.changed:
        return "Tệp không có gì mới: không dòng nào thay đổi."
    changed = f", sửa {plan.changed} dòng" if plan.changed else ""
    return f"Đã thêm {plan.new} dòng{changed}; {plan.unchanged} dòng giữ nguyên."


class RecipientImport(ListImport):
    page_title = "Nhập tập thể, cá nhân từ Excel"
    hint = "Mỗi dòng một người, tập thể hoặc hộ. Cùng tên trong một đơn vị là cùng một đối tượng; ô trống không xóa gì."
    url_name = "recipient-import"

    def may_import(self) -> bool:
        return may_write(self.request.user)

    def get_file(self) -> ListFile:
        return RECIPIENT_FILE

    def plan(self, rows: Any, **who: Any) -> ImportPlan:
        return plan_recipients(rows, **who)

    def write(self, rows: Any, **who: Any) -> ImportPlan:
        return import_recipients(rows, **who)


class AwardImport(ListImport):
    page_title = "Nhập khen thưởng đã có từ Excel"
    hint = "Mỗi dòng một khen thưởng có trước khi dùng cổng. Ai chưa có trong danh sách sẽ được thêm."
    url_name = "recipient-award-import"

    def may_import(self) -> bool:
        return self.request.user.has_perm("award.manage")

    def get_file(self) -> ListFile:
        return award_file()

    def plan(self, rows: Any, **who: Any) -> ImportPlan:
        return plan_awards(rows, **who)

    def write(self, rows: Any, **who: Any) -> ImportPlan:
        return import_awards(rows, **who)


class RecipientTemplate(View):
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if not may_write(request.user):
            raise PermissionDenied
        return attachment(RECIPIENT_FILE.template(), "mau-tap-the-ca-nhan")


class AwardTemplate(View):
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("award.manage"):
            raise PermissionDenied
        return attachment(award_file().template(), "mau-khen-thuong-da-co")
