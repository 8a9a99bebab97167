"""Discipline and holds, for holders of award.integrity only; to anybody else these pages do not exist."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import FormView

from awards.forms.recipients import DisciplineEndForm, DisciplineForm, HoldCloseForm, HoldForm
from awards.models import Discipline, IntegrityHold
from awards.services.recipients.integrity import (
    close_hold,
    end_discipline,
    enter_discipline,
    open_hold,
    sees_integrity,
)
from awards.views.recipients.pages import INTEGRITY, RecipientPageMixin
from dvk_portal.core.views import FormErrorsMixin


class IntegrityFormView(RecipientPageMixin, FormErrorsMixin, FormView):
    """A form about one recipient that leads back to the tab of discipline and holds."""

    template_name = "awards/recipients/part_form.html"
    success_message = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Signing in comes first: LoginRequiredMiddleware runs before any view.
        self.recipient = self.get_recipient()
        if not sees_integrity(request.user, self.recipient):
            raise Http404
        self.prepare()
        return super().dispatch(request, *args, **kwargs)

    def prepare(self) -> None:
        """Find what the form is about besides the recipient."""

    def get_page_subtitle(self) -> str:
        return f"{self.recipient.name}, {self.recipient.unit.name}"

    def act(self, data: dict[str, Any]) -> None:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        self.act(form.cleaned_data)
        messages.success(self.request, self.success_message)
        return HttpResponseRedirect(self.get_success_url())

    def get_success_url(self) -> str:
        return f"{self.recipient.get_absolute_url()}?muc={INTEGRITY}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.get_success_url(), **context)


class DisciplineCreate(IntegrityFormView):
    form_class = DisciplineForm
    page_title = "Ghi kỷ luật"
    success_message = "Đã ghi kỷ luật."

    def act(self, data: dict[str, Any]) -> None:
        enter_discipline(self.recipient, actor=self.request.user, today=timezone.localdate(), **data)


class DisciplineEnd(IntegrityFormView):
    form_class = DisciplineEndForm
    page_title = "Ngày hết thời hạn kỷ luật"
    success_message = "Đã ghi ngày hết thời hạn."

    def prepare(self) -> None:
        self.discipline = get_object_or_404(
            Discipline.objects.select_related("recipient__unit"), pk=self.kwargs["part"], recipient=self.recipient
        )

    def get_initial(self) -> dict[str, Any]:
        return {"to_day": self.discipline.to_day}

    def act(self, data: dict[str, Any]) -> None:
        end_discipline(self.discipline, actor=self.request.user, to_day=data["to_day"])


class HoldCreate(IntegrityFormView):
    form_class = HoldForm
    page_title = "Tạm dừng xét"
    success_message = "Đã tạm dừng xét; hồ sơ đang xử lý được giữ lại."

    def get_initial(self) -> dict[str, Any]:
        return {"from_day": timezone.localdate()}

    def act(self, data: dict[str, Any]) -> None:
        open_hold(self.recipient, actor=self.request.user, today=timezone.localdate(), **data)


class HoldClose(IntegrityFormView):
    form_class = HoldCloseForm
    page_title = "Kết thúc tạm dừng xét"
    success_message = "Đã kết thúc tạm dừng; hồ sơ được giữ lại chuyển về thẩm định."

    def prepare(self) -> None:
        self.hold = get_object_or_404(
            IntegrityHold.objects.select_related("recipient__unit"), pk=self.kwargs["part"], recipient=self.recipient
        )

    def get_initial(self) -> dict[str, Any]:
        return {"to_day": timezone.localdate()}

    def act(self, data: dict[str, Any]) -> None:
        close_hold(self.hold, actor=self.request.user, today=timezone.localdate(), **data)
