"""Pictures of a model inside the portal, and taking over the models of merged units."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import DetailView, TemplateView, View

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import serve
from dvk_portal.core.views import ActionView, PageTitleMixin
from pledges.forms.exemplary.register import AddPicturesForm, PicturesForm
from pledges.models import ExemplaryModel, ModelPicture
from pledges.services.exemplary import takeover
from pledges.services.exemplary.pictures import add_pictures, describe_pictures, may_illustrate, remove_picture
from pledges.views.exemplary.register import ModelPageMixin
from units.models import Unit


class ModelPictures(ModelPageMixin, DetailView):
    """Adding, describing and ordering: two forms, one page."""

    template_name = "pledges/models/register/pictures.html"
    context_object_name = "record"

    def get_object(self, queryset: Any = None) -> ExemplaryModel:
        record = super().get_object(queryset)
        if not may_illustrate(record, self.request.user):
            raise PermissionDenied
        return record

    def get_page_title(self) -> str:
        return "Ảnh của mô hình"

    def get_page_subtitle(self) -> str:
        return self.object.name

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.object.name, self.object.get_absolute_url())]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        adding = request.POST.get("op") == "add"
        form = AddPicturesForm(request.POST, request.FILES) if adding else self._described(request.POST)
        if form.is_valid():
            try:
                self._keep(form)
                return redirect("model-pictures", pk=self.object.pk)
            except DomainError as error:
                form.add_domain_error(error)
        return self.render_to_response(self.get_context_data(**{"adding" if adding else "describing": form}))

    def _keep(self, form: Any) -> None:
        user = self.request.user
        if isinstance(form, AddPicturesForm):
            rows = add_pictures(self.object, form.cleaned_data["files"], actor=user)
            messages.success(
                self.request, f"Đã thêm {len(rows)} ảnh. Hãy ghi chú thích và sự đồng ý của người trong ảnh."
            )
        else:
            describe_pictures(self.object, form.entries, actor=user)
            messages.success(self.request, "Đã lưu chú thích, sự đồng ý và thứ tự của ảnh.")

    def _described(self, data: Any) -> PicturesForm:
        pictures = self.object.pictures.filter(visit=None).select_related("thumbnail", "original")
        return PicturesForm(data, pictures=list(pictures))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        own = {"adding": AddPicturesForm(), "describing": self._described(None)}
        return super().get_context_data(**{**own, **context})


def picture_for(user: Any, pk: int) -> ModelPicture:
    """A picture of a model that the person may see; anybody else's is not found."""
    models = ExemplaryModel.objects.visible_to(user)
    rows = ModelPicture.objects.select_related("model__unit", "web", "thumbnail", "original")
    return get_object_or_404(rows, pk=pk, model__in=models)


class PictureFile(View):
    """The picture as shown inside; ``part`` is "web" or "thumbnail". Never the original: that one carries where it was taken."""

    http_method_names = ["get"]
    part = "web"

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        response = serve(getattr(picture_for(request.user, pk), self.part))
        # The bytes of a picture never change; whoever may no longer see it loses it with the hour.
        response["Cache-Control"] = "private, max-age=3600"
        return response


class PictureRemove(ActionView):
    success_message = "Đã gỡ ảnh."

    def get_record(self) -> ModelPicture:
        return picture_for(self.request.user, self.kwargs["pk"])

    def act(self, record: ModelPicture) -> None:
        remove_picture(record, actor=self.request.user)

    def back_url(self, record: ModelPicture) -> str:
        return reverse("model-pictures", args=[record.model_id])


class TakeOver(PageTitleMixin, TemplateView):
    """Models that predecessors of a unit left, to be ticked and taken."""

    template_name = "pledges/models/register/take_over.html"
    page_title = "Nhận mô hình của đơn vị tiền thân"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.unit = get_object_or_404(Unit, pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not takeover.may_take_over(self.unit, request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.unit.name

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Sổ mô hình", reverse("model-list"))]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = [int(pk) for pk in request.POST.getlist("model") if pk.isdecimal() and len(pk) < 19]
        try:
            number = takeover.take_over_models(self.unit, actor=request.user, chosen=chosen)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("model-take-over", pk=self.unit.pk)
        messages.success(request, f"Đã nhận {number} mô hình về sổ của {self.unit}.")
        return redirect("model-list")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            unit=self.unit,
            rows=list(takeover.models_to_take_over(self.unit, self.request.user)),
            divided=takeover.is_divided(self.unit),
            **context,
        )
