"""Who may sign in whose place at a unit, by which document, from when to when."""

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from units import access
from units.forms.documents import DelegationForm, EndDelegationForm
from units.models import Delegation, Unit
from units.services.delegations import end_delegation, grant_delegation, roles_held
from units.views.issuing import UnitDocumentsPage
from units.views.units import ManageView


class UnitDelegations(UnitDocumentsPage):
    template_name = "units/documents/delegations.html"
    page_title = "Ủy quyền ký"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        unit, today = self.object, timezone.localdate()
        rows = unit.delegations.select_related("delegate").order_by("-valid_from", "-pk")
        return super().get_context_data(
            rows=rows.filter(Q(valid_to=None) | Q(valid_to__gte=today)),
            former=rows.filter(valid_to__lt=today)[:50],
            may_delegate=self.request.user.has_perm("document.delegate", unit),
            may_be_given=bool(roles_held(unit)),
            **context,
        )


class DelegationView(ManageView):
    permission_required = "document.delegate"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Ủy quyền ký", self.get_done_url(self.unit))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {**super().get_context_data(**context), "cancel_url": self.get_done_url(self.unit)}

    def get_done_url(self, unit: Unit) -> str:
        return reverse("unit-delegations", args=[unit.pk])


class DelegationCreate(DelegationView):
    page_title, form_class = "Ghi ủy quyền ký", DelegationForm
    success_sentence = "Đã ghi ủy quyền. Người được ủy quyền ký thay được từ ngày có hiệu lực."

    def get_initial(self) -> dict[str, Any]:
        roles = roles_held(self.unit)
        return {"valid_from": timezone.localdate(), "role": roles[0] if roles else None}

    def act(self, data: dict[str, Any]) -> Unit:
        return grant_delegation(self.unit, actor=self.request.user, **data).unit


class DelegationEnd(DelegationView):
    page_title, form_class = "Kết thúc ủy quyền ký", EndDelegationForm
    success_sentence = "Đã kết thúc ủy quyền."

    @property
    def delegation(self) -> Delegation:
        if not hasattr(self, "_delegation"):
            rows = Delegation.objects.select_related("delegate", "unit__kind", "unit__parent")
            self._delegation = get_object_or_404(
                access.scope(rows, self.request.user, self.permission_required), pk=self.kwargs["pk"]
            )
        return self._delegation

    @property
    def unit(self) -> Unit:
        return self.delegation.unit

    def get_page_subtitle(self) -> str:
        return str(self.delegation)

    def get_initial(self) -> dict[str, Any]:
        return {"last_day": timezone.localdate()}

    def act(self, data: dict[str, Any]) -> Unit:
        end_delegation(self.delegation, actor=self.request.user, **data)
        return self.unit
