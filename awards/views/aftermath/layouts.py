"""Layouts of certificates: the list, one with its picture, changing it beside the picture, copying, calibrating."""

import base64
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.generic import FormView, TemplateView, View

from awards.certificates import CROSS
from awards.forms.aftermath import WORDS, CalibrationForm, LayoutForm
from awards.models import CertificateLayout
from awards.services.aftermath.layouts import (
    calibrate_layout,
    copy_layout,
    may_keep_layouts,
    picture_of,
    save_layout,
    trial_sheet,
    tried,
)
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import ActionView, FilteredListView, FormErrorsMixin, PageTitleMixin, describe


def png(data: bytes) -> HttpResponse:
    """A picture that nobody keeps: what it shows changes."""
    return _private(HttpResponse(data, content_type="image/png"))


def pdf(data: bytes, name: str, *, inline: bool) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


class LayoutKeeperMixin:
    """For those who print certificates; layouts are the same for everybody."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not request.user.is_authenticated:
            return
        if not may_keep_layouts(request.user):
            raise PermissionDenied
        if "pk" in kwargs:
            rows = CertificateLayout.objects.select_related("background").prefetch_related("award_types")
            self.layout = get_object_or_404(rows, pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A layout that cannot be read says so on the list."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except DomainError as error:
            messages.error(request, describe(error))
            return redirect("certificate-layout-list")


class LayoutPageMixin(LayoutKeeperMixin, PageTitleMixin):
    def get_page_subtitle(self) -> str:
        return str(self.layout)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Mẫu bằng, giấy", reverse("certificate-layout-list")), (str(self.layout), _url(self.layout))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        urls = {
            f"{name}_url": reverse(f"certificate-layout-{name}", args=[self.layout.pk])
            for name in ("edit", "test", "calibrate", "copy", "picture")
        }
        own = {"layout": self.layout, "cancel_url": _url(self.layout), "picture_label": f"Hình của {self.layout}"}
        return super().get_context_data(**{**urls, **own, **context})


def _url(layout: CertificateLayout) -> str:
    return reverse("certificate-layout-detail", args=[layout.pk])


class LayoutList(LayoutKeeperMixin, FilteredListView):
    page_title = "Mẫu bằng, giấy chứng nhận"
    page_subtitle = "Cỡ giấy, các khối chữ và cân chỉnh máy in. Mẫu dùng chung cho cả tỉnh."
    template_name = "layouts/list.html"
    partial_template_name = "awards/aftermath/_layouts.html"
    sort_fields = {"name": "name", "width": "width_mm"}
    default_sort = ""
    empty_title = "Chưa có mẫu nào"
    empty_text = "Quản trị hệ thống nạp lại các mẫu chuẩn (bước cài đặt dữ liệu)."

    def get_queryset(self) -> QuerySet[CertificateLayout]:
        return CertificateLayout.objects.prefetch_related("award_types").order_by("-is_active", "family", "name")


class LayoutDetail(LayoutPageMixin, TemplateView):
    template_name = "awards/aftermath/layout.html"

    def get_page_title(self) -> str:
        return str(self.layout)

    def get_page_subtitle(self) -> str:
        return self.layout.get_family_display()

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Mẫu bằng, giấy", reverse("certificate-layout-list"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(trail=audit.trail(self.layout)[:20], **context)


class LayoutPicture(LayoutKeeperMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return png(picture_of(self.layout))


class LayoutEdit(LayoutPageMixin, FormErrorsMixin, FormView):
    """The boxes beside their picture; "Xem thử" (or any change, where scripts run) draws it anew without saving."""

    template_name = "awards/aftermath/layout_edit.html"
    page_title = "Sửa mẫu"

    def get_form(self, form_class: Any = None) -> LayoutForm:
        sent = self.request.method == "POST"
        return LayoutForm(
            self.request.POST if sent else None, self.request.FILES if sent else None, instance=self.layout
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "preview" not in request.POST and "xem-thu" not in request.GET:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        context = self._preview(form)
        if request.htmx:
            return render(request, "awards/aftermath/_layout_preview.html", {"layout": self.layout, **context})
        return self.render_to_response(self.get_context_data(form=form, **context))

    def _preview(self, form: LayoutForm) -> dict[str, Any]:
        if not form.is_valid():
            return {"faults": form.non_field_errors() or ["Hãy sửa các mục được đánh dấu."]}
        try:
            data = picture_of(tried(self.layout, form.values, form.kept_boxes))
        except DomainError as error:
            return {"faults": error.findings or [error.message]}
        return {"picture": "data:image/png;base64," + base64.b64encode(data).decode()}

    def form_valid(self, form: LayoutForm) -> HttpResponse:
        save_layout(
            self.layout,
            actor=self.request.user,
            values=form.values,
            boxes=form.kept_boxes,
            award_types=list(form.cleaned_data["award_types"]),
            background=form.cleaned_data.get("background_file"),
            drop_background=form.cleaned_data.get("drop_background", False),
        )
        messages.success(self.request, "Đã lưu mẫu.")
        return redirect(self.request.get_full_path() if "more" in self.request.POST else _url(self.layout))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(words=WORDS, try_url=f"{self.request.path}?xem-thu", **context)


class LayoutTestSheet(LayoutKeeperMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return pdf(trial_sheet(self.layout), f"trang-in-thu-{slugify(self.layout.code)}.pdf", inline=True)


class LayoutCalibrate(LayoutPageMixin, FormErrorsMixin, FormView):
    form_class = CalibrationForm
    template_name = "awards/aftermath/calibrate.html"
    page_title = "Cân chỉnh máy in"

    def get_initial(self) -> dict[str, Any]:
        return {"printed_x": self.layout.offset_x_mm, "printed_y": self.layout.offset_y_mm}

    def form_valid(self, form: CalibrationForm) -> HttpResponse:
        data: dict[str, Decimal] = form.cleaned_data
        changed = calibrate_layout(
            self.layout,
            actor=self.request.user,
            printed=(data["printed_x"], data["printed_y"]),
            measured=(data["measured_x"], data["measured_y"]),
        )
        words = f"Đã lưu: chữ dịch ngang {changed.offset_x_mm:f} mm, dọc {changed.offset_y_mm:f} mm.".replace(".", ",")
        messages.success(self.request, f"{words[:-1]}. In thử lần nữa để kiểm tra.")
        return redirect("certificate-layout-calibrate", self.layout.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cross=CROSS, **context)


class LayoutCopy(LayoutKeeperMixin, ActionView):
    success_message = "Đã sao chép mẫu. Sửa các khối và cân chỉnh cho bản mới ở trang này."

    def get_record(self) -> CertificateLayout:
        return self.layout

    def act(self, record: CertificateLayout) -> CertificateLayout:
        return copy_layout(record, actor=self.request.user, name=self.note)

    def get_success_url(self, record: CertificateLayout) -> str:
        return _url(record)

    def back_url(self, record: CertificateLayout) -> str:
        return _url(record)
