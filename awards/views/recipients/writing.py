"""Entering recipients, a year of a whole unit, initiatives."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from awards.forms.recipients import GridChoiceForm, InitiativeForm, RecipientForm, YearRowForm
from awards.models import Initiative, Recipient, RecipientKind
from awards.services.recipients.initiatives import FIELDS as IDEA_FIELDS
from awards.services.recipients.initiatives import save_initiative
from awards.services.recipients.register import FIELDS, may_write, namesakes, save_recipient, writable_units
from awards.services.recipients.years import fields_of, rows_of, save_years, version_of
from awards.views.recipients.pages import IDEAS, RecipientPageMixin
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import FormErrorsMixin, PageTitleMixin


class WritingMixin:
    """Only for those who keep recipients: of this one, or of some."""

    recipient: Recipient | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.recipient = self.get_recipient() if "pk" in kwargs else None
        if not may_write(request.user, self.recipient):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


# --- one recipient ----------------------------------------------------------------------------------------------------
class RecipientCreate(WritingMixin, RecipientPageMixin, FormErrorsMixin, FormView):
    template_name = "awards/recipients/form.html"
    form_class = RecipientForm
    page_title = "Thêm tập thể, cá nhân"

    def get_initial(self) -> dict[str, Any]:
        return {"kind": RecipientKind.PERSON}

    def get_form_kwargs(self) -> dict[str, Any]:
        units = writable_units(self.request.user, timezone.localdate())
        return {**super().get_form_kwargs(), "units": units, "recipient": self.recipient}

    def form_valid(self, form: RecipientForm) -> HttpResponse:
        data = form.cleaned_data
        saved = save_recipient(
            self.recipient, actor=self.request.user, unit=data["unit"], is_unit=data["is_unit"],
            values={name: data[name] for name in FIELDS if name in data},
            knows_namesakes=data.get("knows_namesakes", False),
        )  # fmt: skip
        messages.success(self.request, f"Đã lưu {saved.name}.")
        return HttpResponseRedirect(saved.get_absolute_url())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(cancel_url=self.get_cancel_url(), **context)
        return context | {"asks_namesakes": self._asks_namesakes(context["form"])}

    def _asks_namesakes(self, form: RecipientForm) -> bool:
        """The tick "Không trùng" is offered once there is somebody of the same name."""
        data = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
        if not data.get("unit") or not data.get("name") or "knows_namesakes" not in form.fields:
            return False
        return bool(namesakes(data["unit"], data.get("kind", ""), data["name"]))

    def get_cancel_url(self) -> str:
        return reverse("recipient-list")


class RecipientEdit(RecipientCreate):
    page_title = "Sửa thông tin"

    def get_page_subtitle(self) -> str:
        return self.recipient.name

    def get_initial(self) -> dict[str, Any]:
        row = self.recipient
        return {name: getattr(row, name) for name in FIELDS} | {"unit": row.unit, "is_unit": row.of_unit_id is not None}

    def get_cancel_url(self) -> str:
        return self.recipient.get_absolute_url()


# --- a year of a unit -------------------------------------------------------------------------------------------------
class YearGrid(WritingMixin, PageTitleMixin, TemplateView):
    """The results of one year of all people or collectives of one unit, in one table: Tab moves from cell to cell."""

    template_name = "awards/recipients/years.html"
    page_title = "Kết quả theo năm"
    page_subtitle = "Ghi cho nhiều người cùng lúc. Ô để trống nghĩa là chưa có dữ liệu."

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Tập thể, cá nhân", reverse("recipient-list"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = timezone.localdate()
        units = writable_units(self.request.user, today)
        context = super().get_context_data(**context)
        if not units:
            return context | {"nothing": True}
        choice = GridChoiceForm(self.request.GET or None, units=units, today=today)
        unit, year, kind = choice.chosen
        if not choice.is_bound:
            choice = GridChoiceForm({"don_vi": unit.pk, "nam": year, "loai": kind}, units=units, today=today)
            choice.is_valid()
        rows = rows_of(unit, kind, year)
        posted = self.request.POST or None
        forms = [
            (row, YearRowForm(posted, kind=kind, name=row.name, record=record)) for row, record in rows
        ]  # fmt: skip
        return context | {
            "choice": choice, "unit": unit, "year": year, "kind": kind, "rows": forms,
            "seen": self.request.POST.get("seen") or version_of(rows),
            "is_collective": kind == RecipientKind.COLLECTIVE, "fields": fields_of(kind),
        }  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(**kwargs)
        if context.get("nothing"):
            raise PermissionDenied
        faulty = [form for _, form in context["rows"] if not form.is_valid()]
        if not faulty:
            entries = {row.pk: form.cleaned_data for row, form in context["rows"]}
            try:
                count = save_years(
                    context["unit"], actor=request.user, kind=context["kind"], year=context["year"], entries=entries,
                    seen=request.POST.get("seen", ""),
                )  # fmt: skip
            except DomainError as error:
                return self.render_to_response(context | {"refused": [error.message, *error.findings]})
            messages.success(request, f"Đã lưu {count} dòng." if count else "Không có gì thay đổi.")
            return HttpResponseRedirect(request.get_full_path())
        sentences = [
            f"{form[name].label}: {error}" for form in faulty for name, found in form.errors.items() for error in found
        ]
        return self.render_to_response(context | {"refused": sentences})


# --- initiatives ------------------------------------------------------------------------------------------------------
class InitiativeCreate(WritingMixin, RecipientPageMixin, FormErrorsMixin, FormView):
    template_name = "awards/recipients/part_form.html"
    form_class = InitiativeForm
    page_title = "Thêm sáng kiến, đề tài"
    initiative: Initiative | None = None

    def get_page_subtitle(self) -> str:
        return f"{self.recipient.name}, {self.recipient.unit.name}"

    def get_initial(self) -> dict[str, Any]:
        return {"kind": Initiative.Kind.INITIATIVE, "year": timezone.localdate().year}

    def form_valid(self, form: InitiativeForm) -> HttpResponse:
        data = form.cleaned_data
        save_initiative(
            self.initiative, recipient=self.recipient, actor=self.request.user, upload=data["upload"],
            values={name: data[name] for name in IDEA_FIELDS}, today=timezone.localdate(),
        )  # fmt: skip
        messages.success(self.request, "Đã lưu sáng kiến, đề tài.")
        return HttpResponseRedirect(self.get_success_url())

    def get_success_url(self) -> str:
        return f"{self.recipient.get_absolute_url()}?muc={IDEAS}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.get_success_url(), **context)


class InitiativeEdit(InitiativeCreate):
    page_title = "Sửa sáng kiến, đề tài"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.initiative, name) for name in IDEA_FIELDS}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = Initiative.objects.filter(recipient__in=Recipient.objects.visible_to(request.user))
        self.initiative = get_object_or_404(rows, pk=kwargs["idea"], recipient=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)
