"""Outlines of units: what is loaded, and a file checked or taken in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import PageTitleMixin
from units.forms.shapes import ShapesForm
from units.models import UnitShape
from units.services.shapes import ShapePlan, load_shapes, plan_shapes


class Shapes(PermissionRequiredMixin, PageTitleMixin, FormView):
    permission_required = "unit.manage"
    raise_exception = True
    template_name = "units/shapes.html"
    form_class = ShapesForm
    page_title = "Ranh giới đơn vị"
    page_subtitle = "Nạp tệp GeoJSON để bản đồ vẽ theo hình dạng thật; chưa nạp thì mỗi đơn vị là một ô."
    plan: ShapePlan | None = None

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Đơn vị", reverse("unit-list"))]

    def form_valid(self, form: ShapesForm) -> HttpResponse:
        """A dry run stays on the page; the browser asks for the file again before it is taken in."""
        try:
            if form.cleaned_data["apply"]:
                plan = load_shapes(form.content(), actor=self.request.user, source=form.cleaned_data["source"])
                messages.success(self.request, f"Đã nạp. {' '.join(plan.sentences)}")
                return redirect("unit-shapes")
            self.plan = plan_shapes(form.content())
        except DomainError as error:
            form.add_domain_error(error)
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        loaded = UnitShape.objects.aggregate(count=Count("pk"), newest=Max("loaded_at"))
        return super().get_context_data(plan=self.plan, loaded=loaded, **context)
