"""Indicators: the catalogue, one indicator, groups, files in and out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import FormView, ListView, View

from campaigns.forms.filters import IndicatorFilter
from campaigns.forms.indicators import IndicatorFileForm, IndicatorForm, IndicatorGroupForm
from campaigns.models import Campaign, CampaignIndicator, Indicator, IndicatorGroup
from campaigns.services import indicators as services
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import FilteredListView, PageTitleMixin

MAX_BYTES = 1_000_000
AUDIT_LABELS = {"create_indicator": "Thêm chỉ số", "edit_indicator": "Sửa chỉ số"}


class IndicatorAccess(PermissionRequiredMixin, PageTitleMixin):
    permission_required = "indicator.view"
    raise_exception = True

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Chỉ số", reverse("indicator-list"))]


class IndicatorList(IndicatorAccess, FilteredListView):
    page_title = "Chỉ số báo cáo"
    page_subtitle = "Danh mục số liệu đơn vị báo cáo; phong trào chọn hỏi những chỉ số nào."
    template_name = "campaigns/indicators/list.html"
    partial_template_name = "campaigns/indicators/_list.html"
    filterset_class = IndicatorFilter
    sort_fields = {"code": "code", "label": "label", "kind": "kind", "group": "group__order"}
    empty_title = "Danh mục chưa có chỉ số nào"
    empty_text = "Hãy nhập tệp danh mục chỉ số, hoặc thêm từng chỉ số."

    def get_queryset(self) -> QuerySet:
        asked = CampaignIndicator.objects.filter(indicator=OuterRef("pk"), campaign__launched_at__isnull=False)
        rows = Indicator.objects.visible_to(self.request.user).select_related("group")
        return rows.annotate(is_asked=Exists(asked)).order_by("group__order", "group__code", "order", "code")

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return []

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may_manage = self.request.user.has_perm("indicator.manage")
        return super().get_context_data(may_manage=may_manage, **context)


class _IndicatorFormView(IndicatorAccess, FormView):
    permission_required = "indicator.manage"
    template_name = "campaigns/indicators/form.html"
    form_class = IndicatorForm
    indicator: Indicator | None = None

    def form_valid(self, form: IndicatorForm) -> HttpResponse:
        try:
            saved = services.save_indicator(form.spec(), actor=self.request.user, is_new=self.indicator is None)
        except DomainError as error:
            form.add_findings(error.findings or [error.message])
            return self.form_invalid(form)
        messages.success(self.request, f"Đã lưu chỉ số “{saved.label}”.")
        return redirect("indicator-list")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("indicator-list"), **context)


class IndicatorCreate(_IndicatorFormView):
    page_title = "Thêm chỉ số"


class IndicatorEdit(_IndicatorFormView):
    """One indicator; what figures hang on is closed once a launched campaign asks it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_permission():
            return self.handle_no_permission()
        rows = Indicator.objects.visible_to(request.user).select_related("group", "part_of")
        self.indicator = get_object_or_404(rows, pk=kwargs["pk"])
        self.campaigns = list(
            Campaign.objects.filter(asked__indicator=self.indicator, launched_at__isnull=False).order_by("-starts_on")
        )
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return f"Chỉ số: {self.indicator.label}"

    def get_page_subtitle(self) -> str:
        return f"Mã {self.indicator.code}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.indicator, "is_asked": bool(self.campaigns)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            campaigns=self.campaigns, trail=audit.trail(self.indicator)[:20], audit_labels=AUDIT_LABELS, **context
        )


class IndicatorExport(IndicatorAccess, View):
    """The whole catalogue as a file that imports without any change."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(
            services.export_indicators(),
            content_type="application/yaml; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="chi-so.yaml"'},
        )


class IndicatorImport(IndicatorAccess, FormView):
    """First what the file would change, then, when the person says so, the change itself."""

    permission_required = "indicator.manage"
    page_title = "Nhập danh mục chỉ số từ tệp"
    template_name = "campaigns/indicators/upload.html"
    form_class = IndicatorFileForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (
            self.store(request.POST["content"]) if "content" in request.POST else super().post(request, *args, **kwargs)
        )

    def form_valid(self, form: IndicatorFileForm) -> HttpResponse:
        # One byte more than is accepted is enough to say that the file is too large.
        return self.show(form.cleaned_data["file"].read(MAX_BYTES + 1))

    def show(self, data: bytes) -> HttpResponse:
        plan = services.plan_file(data)
        content = data.decode("utf-8-sig") if plan.may_apply and not plan.is_empty else ""
        context = self.get_context_data(
            plan=plan,
            content=content,
            counts={status: len(plan.of(status)) for status in ("new", "changed", "unchanged")},
            rows=[*plan.of("refused"), *plan.of("changed"), *plan.of("new")],
        )
        return render(self.request, "campaigns/indicators/preview.html", context)

    def store(self, content: str) -> HttpResponse:
        data = content.encode()
        try:
            plan = services.import_indicators(data, actor=self.request.user)
        except DomainError:
            # The catalogue changed since the preview: show what now stands in the way.
            return self.show(data)
        added, changed = len(plan.of("new")), len(plan.of("changed"))
        messages.success(self.request, f"Đã nhập: {added} chỉ số mới, {changed} chỉ số thay đổi.")
        return redirect("indicator-list")


class IndicatorGroupList(IndicatorAccess, ListView):
    permission_required = "indicator.manage"
    page_title = "Nhóm chỉ số"
    page_subtitle = "Mỗi nhóm là một đầu mục của biểu báo cáo."
    template_name = "campaigns/indicators/groups.html"

    def get_queryset(self) -> QuerySet:
        return IndicatorGroup.objects.annotate(count=Count("indicators"))


class IndicatorGroupEdit(IndicatorAccess, FormView):
    """A new group, or the one in the address."""

    permission_required = "indicator.manage"
    template_name = "layouts/form.html"
    form_class = IndicatorGroupForm

    def get_group(self) -> IndicatorGroup:
        pk = self.kwargs.get("pk")
        return IndicatorGroup() if pk is None else get_object_or_404(IndicatorGroup, pk=pk)

    def get_page_title(self) -> str:
        return "Thêm nhóm chỉ số" if self.kwargs.get("pk") is None else "Sửa nhóm chỉ số"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Nhóm", reverse("indicator-group-list"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.get_group()}

    def form_valid(self, form: IndicatorGroupForm) -> HttpResponse:
        services.save_group(form.save(commit=False), actor=self.request.user)
        messages.success(self.request, "Đã lưu nhóm chỉ số.")
        return redirect("indicator-group-list")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("indicator-group-list"), **context)
