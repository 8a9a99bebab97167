"""The form of a model: drawing up, editing, handing in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import PageTitleMixin, describe
from pledges.forms.exemplary.register import OPTIONAL, ModelForm
from pledges.models import ExemplaryModel
from pledges.services.exemplary import register
from pledges.views.exemplary.register import ModelPageMixin
from units import access
from units.models import Unit

# The move that hands the model in, by state.
_HAND_IN = {
    ExemplaryModel.Status.DRAFT: ("register", "Lưu và đăng ký"),
    ExemplaryModel.Status.MORE_INFORMATION: ("supplement", "Lưu và gửi lại"),
    ExemplaryModel.Status.NOT_RECOGNISED: ("register_again", "Lưu và đăng ký lại"),
}


class ModelFormPage(PageTitleMixin, TemplateView):
    """Every button saves; nothing typed is lost."""

    template_name = "pledges/models/register/edit.html"
    object: ExemplaryModel | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(self.form(None))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = request.POST.copy()
        form = self.form(data)
        # A button that only adds a row keeps what was typed on the page and saves nothing yet.
        if data.get("op") == "add_indicator":
            return self.show(form)
        if form.is_valid():
            try:
                return self.leave(self.save(form), data.get("op", ""))
            except register.StaleModelError as error:
                form.add_domain_error(error)
                data["seen"] = register.version_of(self.object)
            except DomainError as error:
                form.add_domain_error(error)
        return self.show(form)

    def form(self, data: Any) -> ModelForm:
        return ModelForm(data, model=self.object, units=self.units())

    def units(self) -> list[Unit]:
        raise NotImplementedError

    def save(self, form: ModelForm) -> ExemplaryModel:
        raise NotImplementedError

    def leave(self, saved: ExemplaryModel, op: str) -> HttpResponse:
        if op != "hand_in":
            messages.success(self.request, "Đã lưu mô hình.")
            return redirect(saved)
        try:
            done = self._hand_in(saved)
        except DomainError as error:
            messages.success(self.request, "Đã lưu nội dung vừa nhập.")
            messages.error(self.request, describe(error))
            return redirect("model-edit", pk=saved.pk)
        messages.success(self.request, f"Đã gửi mô hình, số trong sổ {done.register_no}.")
        return redirect(done)

    def _hand_in(self, saved: ExemplaryModel) -> ExemplaryModel:
        user, move = self.request.user, _HAND_IN[ExemplaryModel.Status(saved.status)][0]
        if move == "register":
            return register.register_model(saved, actor=user, day=timezone.localdate())
        if move == "supplement":
            return register.supplement_model(saved, actor=user)
        return register.register_again(saved, actor=user)

    def show(self, form: ModelForm) -> HttpResponse:
        status = self.object.status if self.object else ExemplaryModel.Status.DRAFT
        may_register = any(self.request.user.has_perm("model.register", unit) for unit in self.units())
        context = self.get_context_data(
            form=form,
            record=self.object,
            optional=OPTIONAL,
            save_label="Lưu nháp" if status == ExemplaryModel.Status.DRAFT else "Lưu",
            hand_in=_HAND_IN[ExemplaryModel.Status(status)][1] if may_register else "",
            cancel_url=self.object.get_absolute_url() if self.object else reverse("model-list"),
        )
        return self.render_to_response(context)


class ModelCreate(ModelFormPage):
    page_title = "Lập mô hình, điển hình"
    page_subtitle = "Lưu nháp bất cứ lúc nào. Bản nháp chỉ đơn vị nhìn thấy; đăng ký rồi thì cấp trên mới thấy."

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Sổ mô hình", reverse("model-list"))]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.units():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def units(self) -> list[Unit]:
        """Active units for which the person writes."""
        if not hasattr(self, "_units"):
            rows = access.scope(Unit.objects.on(timezone.localdate()), self.request.user, "model.edit")
            self._units = list(rows.select_related("kind"))
        return self._units

    def save(self, form: ModelForm) -> ExemplaryModel:
        unit = form.cleaned_data.get("unit") or self.units()[0]
        return register.start_model(unit, actor=self.request.user, **form.content)


class ModelEdit(ModelPageMixin, ModelFormPage):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("model.edit", self.object):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not register.may_edit(self.object, request.user):
            messages.info(
                request, f"Mô hình đang ở trạng thái “{self.object.get_status_display()}” nên không sửa được."
            )
            return redirect(self.object)
        return super().get(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return "Soạn mô hình"

    def get_page_subtitle(self) -> str:
        return self.object.name

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.object.name, self.object.get_absolute_url())]

    def units(self) -> list[Unit]:
        return [self.object.unit]

    def save(self, form: ModelForm) -> ExemplaryModel:
        seen = form.cleaned_data["seen"]
        return register.save_model(self.object, actor=self.request.user, seen=seen, **form.content)

    def show(self, form: ModelForm) -> HttpResponse:
        if not self.object.is_editable:
            # Handed in by a colleague meanwhile: what was typed stays on the page, with the sentence that says so.
            return self.render_to_response(
                self.get_context_data(form=form, record=self.object, hand_in="", optional=OPTIONAL, closed=True)
            )
        return super().show(form)
