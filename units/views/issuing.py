"""How a unit appears on its documents: header, symbol, place, terms of office, each from one day to another."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView

from dvk_portal.core.documents.numbering import date_text, number_line
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import PageTitleMixin
from units import access
from units.forms.documents import IssuingBodyForm, TermForm
from units.models import IssuingBody, TermOfOffice, Unit
from units.services import issuing
from units.views.units import ManageView


class UnitDocumentsPage(PageTitleMixin, DetailView):
    """Base of the two pages about how a unit issues documents; read by whoever reads the unit."""

    context_object_name = "unit"

    def get_queryset(self) -> QuerySet:
        return access.scope(Unit.objects.select_related("kind", "parent"), self.request.user, "unit.view")

    def get_page_subtitle(self) -> str:
        return self.object.name

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Đơn vị", reverse("unit-list")), (self.object.name, self.object.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        here = self.request.resolver_match.url_name
        tabs = {"is_issuing": here == "unit-issuing", "is_delegations": here == "unit-delegations"}
        return super().get_context_data(today=timezone.localdate(), **{**tabs, **context})


class UnitIssuing(UnitDocumentsPage):
    template_name = "units/documents/issuing.html"
    page_title = "Thông tin ban hành văn bản"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        unit, user, term = self.object, self.request.user, self.term()
        return super().get_context_data(
            bodies=unit.issuing.order_by("-valid_from"),
            terms=unit.terms.order_by("-valid_from"),
            sample=self.sample(),
            term_name=term.name if term else "",
            term_words=f"Dùng nhiệm kỳ {term.name} của {term.unit}." if term else "",
            may_keep=user.has_perm("document.bodies", unit),
            may_number=user.has_perm("document.number", unit),
            **context,
        )

    def sample(self) -> dict[str, str] | None:
        """What a report of today would carry at its head; None when the unit is not declared for today."""
        today = timezone.localdate()
        body = self.object.issuing.on(today).first()
        if body is None:
            return None
        return {
            "superior": body.superior.upper(),
            "issuer": body.name.upper(),
            "number": number_line(body.system, "BC", body.symbol, 1),
            "date": f"{body.place}, {date_text(today)}",
            "system": body.get_system_display(),
        }

    def term(self) -> TermOfOffice | None:
        try:
            return issuing.term_of(self.object, timezone.localdate())
        except DomainError:
            return None


class DatedRowView(ManageView):
    """Form of a dated row; ``unit`` comes from the address, or from the row that is changed."""

    permission_required = "document.bodies"
    row: Any = None

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Thông tin ban hành văn bản", self.get_done_url(self.unit))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.row}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {**super().get_context_data(**context), "cancel_url": self.get_done_url(self.unit)}

    def get_done_url(self, unit: Unit) -> str:
        return reverse("unit-issuing", args=[unit.pk])


class IssuingCreate(DatedRowView):
    page_title, form_class = "Thêm thông tin ban hành", IssuingBodyForm
    success_sentence = "Đã ghi thông tin ban hành văn bản."

    def get_initial(self) -> dict[str, Any]:
        """As the body in force, else as the unit itself is called."""
        unit = self.unit
        if last := unit.issuing.order_by("-valid_from").first():
            names = ("system", "superior", "name", "symbol", "place")
            return {**{name: getattr(last, name) for name in names}, "replace": last.valid_to is None}
        superior = unit.parent.name if unit.parent else ""
        return {"system": unit.kind.document_system, "superior": superior, "name": unit.name}

    def save(self, form: Any) -> Unit:
        replace = form.cleaned_data.get("replace", False)
        return issuing.keep_issuing_body(form.instance, actor=self.request.user, replace=replace).unit


class TermCreate(DatedRowView):
    page_title, form_class = "Thêm nhiệm kỳ", TermForm
    success_sentence = "Đã ghi nhiệm kỳ."

    def save(self, form: Any) -> Unit:
        replace = form.cleaned_data.get("replace", False)
        return issuing.keep_term(form.instance, actor=self.request.user, replace=replace).unit


class _RowEditMixin:
    """About one row of the unit."""

    model: Any = None

    @property
    def row(self) -> Any:
        if not hasattr(self, "_row"):
            rows = self.model.objects.select_related("unit__kind", "unit__parent")
            self._row = get_object_or_404(
                access.scope(rows, self.request.user, self.permission_required), pk=self.kwargs["pk"]
            )
        return self._row

    @property
    def unit(self) -> Unit:
        return self.row.unit


class IssuingEdit(_RowEditMixin, IssuingCreate):
    model = IssuingBody
    page_title = "Sửa thông tin ban hành"

    def get_initial(self) -> dict[str, Any]:
        return {}


class TermEdit(_RowEditMixin, TermCreate):
    model = TermOfOffice
    page_title = "Sửa nhiệm kỳ"
