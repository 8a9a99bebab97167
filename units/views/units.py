"""Pages of units, of the people in them and of one's own account."""

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView, TemplateView

from dvk_portal.core import auditwords
from dvk_portal.core.audit import trail
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.forms import PortalForm
from dvk_portal.core.views import FilteredListView, FormErrorsMixin, PageTitleMixin
from units import access
from units.forms import units as forms
from units.models import Membership, Unit, UnitVersion
from units.services import memberships, structure


class UnitList(FilteredListView):
    page_title = "Đơn vị"
    template_name = "units/unit_list.html"
    partial_template_name = "units/_unit_list.html"
    filterset_class = forms.UnitFilter
    sort_fields = {"name": "unit__sort_key", "code": "unit__code", "kind": "kind__order", "from": "valid_from"}
    default_sort = "name"
    empty_title, empty_text = "Không có đơn vị nào", "Đơn vị trong phạm vi của bạn sẽ hiện ở đây."

    @property
    def day(self) -> datetime.date:
        form = forms.UnitFilter(self.request.GET, queryset=UnitVersion.objects.none()).form
        return (form.is_valid() and form.cleaned_data["day"]) or timezone.localdate()

    def get_page_subtitle(self) -> str:
        return f"Tên và cấp trên như trong ngày {self.day:%d/%m/%Y}."

    def get_queryset(self) -> QuerySet:
        """One version of each unit: the last that had begun by the day."""
        begun = UnitVersion.objects.filter(unit=OuterRef("unit"), valid_from__lte=self.day).order_by("-valid_from")
        versions = UnitVersion.objects.filter(valid_from=Subquery(begun.values("valid_from")[:1]))
        rows = access.scope(versions, self.request.user, "unit.view")
        alive = Q(valid_to=None) | Q(valid_to__gte=self.day)
        state = self.request.GET.get("state")
        rows = rows if state == "all" else rows.exclude(alive) if state == "closed" else rows.filter(alive)
        return rows.select_related("unit", "kind", "parent")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(day=self.day, **context)
        for row in context["object_list"]:
            row.is_alive = row.valid_to is None or row.valid_to >= self.day
        return context


class UnitDetail(PageTitleMixin, DetailView):
    template_name = "units/unit_detail.html"
    context_object_name = "unit"
    breadcrumbs = (("Đơn vị", "/don-vi/"),)

    def get_queryset(self) -> QuerySet:
        return access.scope(Unit.objects.select_related("kind", "parent"), self.request.user, "unit.view")

    def get_page_title(self) -> str:
        return self.object.name

    def get_page_subtitle(self) -> str:
        return f"{self.object.kind}, mã {self.object.code}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        unit, user, today = self.object, self.request.user, timezone.localdate()
        children = list(unit.children.on(today))
        people = unit.memberships.select_related("user").order_by("role", "user__full_name")
        return super().get_context_data(
            is_active=unit.is_active_on(today),
            versions=unit.versions.select_related("kind", "parent").order_by("-valid_from"),
            predecessors=unit.predecessor_links.select_related("predecessor").order_by("-effective_on"),
            successors=unit.successor_links.select_related("successor").order_by("-effective_on"),
            children=children,
            children_title=f"{len(children)} đơn vị",
            children_few=len(children) <= 8,
            people=people.on(today),
            coming=people.filter(valid_from__gt=today).order_by("valid_from"),
            former=people.filter(valid_to__lt=today).order_by("-valid_to")[:50],
            may_manage=user.has_perm("unit.manage", unit),
            may_see=access.reach_ids(user, "unit.view"),
            trail=trail(unit)[:20] if user.has_perm("portal.audit") else (),
            audit_labels=auditwords.ACTIONS,
            **context,
        )


class ManageView(PermissionRequiredMixin, FormErrorsMixin, PageTitleMixin, FormView):
    """A form whose saving is one service; what the service refuses is shown above the fields."""

    permission_required = "unit.manage"
    raise_exception = True
    template_name = "layouts/form.html"
    success_sentence = ""

    @property
    def unit(self) -> Unit | None:
        if not hasattr(self, "_unit"):
            units = Unit.objects.select_related("kind", "parent")
            self._unit = get_object_or_404(
                access.scope(units, self.request.user, self.permission_required), pk=self.kwargs["pk"]
            )
        return self._unit

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "unit": self.unit}

    def get_page_subtitle(self) -> str:
        return str(self.unit or "")

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        own = [(self.unit.name, self.unit.get_absolute_url())] if self.unit else []
        return [("Đơn vị", reverse("unit-list")), *own]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        cancel_url = self.unit.get_absolute_url() if self.unit else reverse("unit-list")
        return super().get_context_data(cancel_url=cancel_url, **context)

    def form_valid(self, form: PortalForm) -> HttpResponse:
        unit = self.save(form)
        messages.success(self.request, self.success_sentence)
        return redirect(self.get_done_url(unit))

    def get_done_url(self, unit: Unit) -> str:
        return unit.get_absolute_url()

    def save(self, form: PortalForm) -> Unit:
        return self.act(form.cleaned_data)

    def act(self, data: dict[str, Any]) -> Unit:
        raise NotImplementedError


class UnitCreate(ManageView):
    page_title, form_class, unit = "Thêm đơn vị", forms.CreateUnitForm, None
    success_sentence = "Đã thêm đơn vị."

    def act(self, data: dict[str, Any]) -> Unit:
        return structure.create_unit(actor=self.request.user, **data)


class UnitRename(ManageView):
    page_title, form_class = "Đổi tên, đổi loại", forms.RenameUnitForm
    success_sentence = "Đã đổi tên; tên cũ vẫn còn trong lịch sử."

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.unit.name, "kind": self.unit.kind_id}

    def act(self, data: dict[str, Any]) -> Unit:
        return structure.rename_unit(self.unit, actor=self.request.user, today=timezone.localdate(), **data)


class UnitMove(ManageView):
    page_title, form_class = "Chuyển cấp trên", forms.MoveUnitForm
    success_sentence = "Đã chuyển đơn vị cùng các đơn vị trực thuộc."

    def act(self, data: dict[str, Any]) -> Unit:
        return structure.move_unit(self.unit, actor=self.request.user, today=timezone.localdate(), **data)


class UnitClose(ManageView):
    page_title, form_class = "Kết thúc hoạt động", forms.CloseUnitForm
    success_sentence = "Đã ghi nhận kết thúc hoạt động. Hãy kết thúc hoặc bàn giao các vai trò còn lại."

    def act(self, data: dict[str, Any]) -> Unit:
        return structure.close_unit(self.unit, actor=self.request.user, **data)


class UnitMerge(ManageView):
    page_title, form_class = "Nhập các đơn vị khác vào đơn vị này", forms.MergeUnitForm
    success_sentence = "Đã sáp nhập."

    def act(self, data: dict[str, Any]) -> Unit:
        return structure.merge_units(into=self.unit, actor=self.request.user, **data)


class MembershipGrant(ManageView):
    page_title, form_class = "Giao vai trò", forms.GrantForm
    success_sentence = "Đã giao vai trò."

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": timezone.localdate()}

    def act(self, data: dict[str, Any]) -> Unit:
        user, role = data.pop("user"), data.pop("role")
        memberships.grant_membership(user, self.unit, role, actor=self.request.user, **data)
        return self.unit


class MembershipView(ManageView):
    """About one role of one person."""

    @property
    def membership(self) -> Membership:
        if not hasattr(self, "_membership"):
            rows = Membership.objects.select_related("user", "unit__kind", "unit__parent")
            self._membership = get_object_or_404(
                access.scope(rows, self.request.user, "unit.manage"), pk=self.kwargs["pk"]
            )
        return self._membership

    @property
    def unit(self) -> Unit:
        return self.membership.unit

    def get_page_subtitle(self) -> str:
        return str(self.membership)


class MembershipEnd(MembershipView):
    page_title, form_class = "Kết thúc vai trò", forms.EndForm
    success_sentence = "Đã kết thúc vai trò."

    def get_initial(self) -> dict[str, Any]:
        return {"last_day": timezone.localdate()}

    def act(self, data: dict[str, Any]) -> Unit:
        return memberships.end_membership(self.membership, actor=self.request.user, **data).unit


class MembershipHandOver(MembershipView):
    page_title, form_class = "Bàn giao vai trò", forms.HandOverForm
    success_sentence = "Đã bàn giao. Việc đang mở của đơn vị chuyển theo vai trò."

    def act(self, data: dict[str, Any]) -> Unit:
        if self.membership.valid_to is not None:
            raise DomainError("Vai trò này đã có ngày kết thúc nên không bàn giao được. Hãy giao vai trò mới.")
        return memberships.hand_over(self.membership, actor=self.request.user, **data).unit


class Account(PageTitleMixin, TemplateView):
    """Who I am here: name, roles, password."""

    template_name = "units/account.html"
    page_title = "Trang cá nhân"

    def get_page_subtitle(self) -> str:
        return str(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        held = self.request.user.memberships.select_related("unit").order_by("-valid_from")
        today = timezone.localdate()
        return super().get_context_data(
            current=held.on(today),
            former=held.filter(valid_to__lt=today),
            delegations=self.request.user.delegations.on(today).select_related("unit"),
            **context,
        )
