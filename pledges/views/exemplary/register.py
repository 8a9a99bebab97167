"""Pages of the register of models: the list, one model."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.views.generic import DetailView

from dvk_portal.core import audit
from dvk_portal.core.views import FilteredListView, PageTitleMixin
from pledges.models import ExemplaryModel
from pledges.services.contests import region as contest
from pledges.services.exemplary import publishing, recognition, replication, resemblance


class ModelList(FilteredListView):
    page_title = "Sổ mô hình “Dân vận khéo”"
    template_name = "layouts/list.html"
    partial_template_name = "pledges/models/register/_list.html"
    empty_title = "Chưa có mô hình nào"

    def get_queryset(self) -> QuerySet:
        return ExemplaryModel.objects.visible_to(self.request.user).with_names()


class ModelPageMixin(PageTitleMixin):
    """A page about one model that the person may see; anybody else's is not found."""

    model = ExemplaryModel

    def get_queryset(self) -> QuerySet:
        return ExemplaryModel.objects.visible_to(self.request.user).with_names()

    def get_page_title(self) -> str:
        return self.object.name

    def get_page_subtitle(self) -> str:
        return self.object.unit.name

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Sổ mô hình", reverse("model-list"))]


class ModelDetail(ModelPageMixin, DetailView):
    template_name = "pledges/models/register/detail.html"
    context_object_name = "record"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        model, user = self.object, self.request.user
        return super().get_context_data(
            resemblance=resemblance.region(model, user),
            recognition=recognition.region(model, user),
            replication=replication.region(model, user),
            publicity=publishing.region(model, user),
            contest=contest.region(model, user),
            entries=audit.trail(model),
            **context,
        )
