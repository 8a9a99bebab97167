"""Pages inside the portal that decide what of a model the public sees."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, View

from dvk_portal.core.files import serve
from dvk_portal.core.views import ActionView, FormErrorsMixin, PageTitleMixin
from pledges.forms.exemplary.publishing import ConsentForm, StoryForm
from pledges.models import ExemplaryModel, PublicationConsent
from pledges.services.exemplary import gallery, publishing
from pledges.views.exemplary.gallery import page_of


def get_model_or_404(user: Any, pk: int) -> ExemplaryModel:
    return get_object_or_404(ExemplaryModel.objects.visible_to(user).with_names(), pk=pk)


class PublicityForm(PageTitleMixin, FormErrorsMixin, FormView):
    template_name = "pledges/models/gallery/form.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.record = get_model_or_404(request.user, kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not publishing.may_write_story(request.user, self.record):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.record)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Sổ mô hình", reverse("model-list")), (self.record.name, self.record.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record, cancel_url=self.record.get_absolute_url(), **context)


class ModelStory(PublicityForm):
    form_class = StoryForm
    page_title = "Câu chuyện để công khai"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.record, name) for name in ("story", "public_results", "public_contact")}

    def form_valid(self, form: StoryForm) -> HttpResponse:
        publishing.write_story(self.record, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã lưu câu chuyện.")
        return redirect(self.record)


class ModelConsent(PublicityForm):
    form_class = ConsentForm
    page_title = "Ghi nhận đồng ý công khai"

    def get_initial(self) -> dict[str, Any]:
        return {"given_on": timezone.localdate()}

    def form_valid(self, form: ConsentForm) -> HttpResponse:
        publishing.record_consent(self.record, form.consent, actor=self.request.user, today=timezone.localdate())
        messages.success(self.request, "Đã ghi nhận đồng ý công khai.")
        return redirect(self.record)


class ConsentWithdraw(ActionView):
    success_message = "Đã rút đồng ý. Mô hình không còn trên trang công khai."

    def get_record(self) -> PublicationConsent:
        visible = ExemplaryModel.objects.visible_to(self.request.user)
        rows = PublicationConsent.objects.select_related("model__unit")
        return get_object_or_404(rows, pk=self.kwargs["pk"], model__in=visible)

    def act(self, record: PublicationConsent) -> ExemplaryModel:
        return publishing.withdraw_consent(record, actor=self.request.user, today=timezone.localdate(), note=self.note)

    def back_url(self, record: Any) -> str:
        return (record.model if isinstance(record, PublicationConsent) else record).get_absolute_url()


class ConsentFile(View):
    """The signed paper; for those who see the model in the register."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        rows = PublicationConsent.objects.select_related("file")
        row = get_object_or_404(rows, pk=pk, model__in=ExemplaryModel.objects.visible_to(request.user))
        if row.file is None:
            raise Http404
        return serve(row.file)


class ModelSwitch(ActionView):
    def get_record(self) -> ExemplaryModel:
        return get_model_or_404(self.request.user, self.kwargs["pk"])


class ModelPublish(ModelSwitch):
    success_message = "Mô hình đã lên trang công khai."

    def act(self, record: ExemplaryModel) -> ExemplaryModel:
        return publishing.publish_model(record, actor=self.request.user)


class ModelUnpublish(ModelSwitch):
    success_message = "Mô hình không còn trên trang công khai."

    def act(self, record: ExemplaryModel) -> ExemplaryModel:
        return publishing.unpublish_model(record, actor=self.request.user, note=self.note)


class ModelPreview(View):
    """The public page as it would be, for those who see the model in the register."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        visible = gallery.with_public_parts(ExemplaryModel.objects.visible_to(request.user))
        model = get_object_or_404(visible, pk=pk)
        context = page_of(request, model)
        context.update(is_preview=True, learn_url="", back_url=model.get_absolute_url())
        response = render(request, "pledges/models/gallery/detail.html", context)
        response["Cache-Control"] = "private, no-store"
        return response
