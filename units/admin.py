"""People, units and kinds of units in the system administration (/quan-tri/).

The tree of units is only looked at here: it changes on its own pages (/don-vi/), with a day and a decision. Roles too.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html

from dvk_portal.core.admin import AuditedAdmin
from dvk_portal.core.exceptions import DomainError
from units.models import IssuingBody, Lineage, Membership, TermOfOffice, Unit, UnitKind, UnitVersion, User
from units.services import accounts, issuing, memberships


class MembershipForm(forms.ModelForm):
    """A role is given or ended, by the services; what is past is not rewritten."""

    class Meta:
        model = Membership
        fields = ("unit", "role", "post", "valid_from", "valid_to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("unit", "role", "post", "valid_from"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors or not self.has_changed():
            return data
        if self.instance.pk:
            if data.get("valid_to") is None:
                raise ValidationError("Vai trò đã kết thúc thì không mở lại. Hãy thêm một dòng mới.")
            found = memberships.end_findings(self.instance, last_day=data["valid_to"])
        elif not self.instance.user_id:
            found = []  # a new account: the parent form is checked with it
        else:
            found = memberships.grant_findings(
                self.instance.user, data["unit"], data["role"], actor=self.actor, valid_from=data["valid_from"],
                valid_to=data.get("valid_to"),
            )  # fmt: skip
        if found:
            raise ValidationError(found)
        return data


class MembershipInline(admin.TabularInline):
    model = Membership
    form = MembershipForm
    extra = 0
    autocomplete_fields = ("unit",)
    can_delete = False
    verbose_name_plural = "vai trò tại các đơn vị"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.actor = request.user
        return formset

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related("unit", "user")


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ("username", "full_name", "email", "is_active", "must_change_password", "last_login")
    list_filter = ("is_active", "must_change_password", "memberships__role")
    search_fields = ("username", "full_name", "email")
    fields = ("username", "full_name", "email", "phone", "is_active", "last_login", "new_password")
    readonly_fields = ("last_login", "new_password")
    show_facets = admin.ShowFacets.NEVER

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj else ("username", "full_name", "email", "phone")

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [MembershipInline] if obj else []  # first the account, then its roles

    @admin.display(description="mật khẩu")
    def new_password(self, user: User) -> str:
        return format_html('<a href="{}">Đặt lại mật khẩu ban đầu</a>', "mat-khau/")

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form_class = super().get_form(request, obj, **kwargs)

        class AccountForm(form_class):
            def clean_is_active(self) -> bool:
                active = self.cleaned_data["is_active"]
                if self.instance.is_active and not active:
                    found = accounts.deactivation_findings(self.instance, actor=request.user)
                    if found:
                        raise ValidationError(found)
                return active

        return AccountForm

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change:
            changes = {name: [form.initial.get(name), form.cleaned_data[name]] for name in form.changed_data}
            if changes:
                accounts.update_account(obj, actor=request.user, changes=changes)
        else:
            request.initial_password = accounts.create_account(obj, actor=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for row in formset.forms:
            if not row.has_changed():
                continue
            data, user = row.cleaned_data, form.instance
            if row.instance.pk:
                membership = Membership.objects.get(pk=row.instance.pk)
                memberships.end_membership(membership, actor=request.user, last_day=data["valid_to"])
                formset.changed_objects.append((membership, row.changed_data))
            else:
                given = {name: data.get(name) for name in ("valid_from", "valid_to")}
                formset.new_objects.append(
                    memberships.grant_membership(
                        user, data["unit"], data["role"], actor=request.user, post=data.get("post") or "", **given
                    )
                )

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: Any = None) -> HttpResponse:
        return self._show_password(request, obj, request.initial_password)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.reset_view)
        return [path("<int:pk>/change/mat-khau/", view, name="units_user_reset"), *super().get_urls()]

    def reset_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks first; the new password is in the answer to the POST and nowhere else."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        error = ""
        if request.method == "POST":
            try:
                return self._show_password(request, user, accounts.reset_password(user, actor=request.user))
            except DomainError as refused:
                error = refused.message
        return self._page(request, user, title="Đặt lại mật khẩu ban đầu", password="", error=error)

    def _show_password(self, request: HttpRequest, user: User, password: str) -> HttpResponse:
        response = self._page(request, user, title="Mật khẩu ban đầu", password=password, error="")
        response["Cache-Control"] = "no-store"  # the admin adds its own words to it
        return response

    def _page(self, request: HttpRequest, user: User, **extra: Any) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "opts": User._meta, "account": user, **extra}
        return TemplateResponse(request, "admin/units/initial_password.html", context)


@admin.register(UnitKind)
class UnitKindAdmin(AuditedAdmin):
    list_display = ("name", "code", "order", "is_organ", "valid_from", "valid_to")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


class VersionInline(admin.TabularInline):
    model = UnitVersion
    fk_name = "unit"
    fields = ("valid_from", "valid_to", "name", "kind", "parent", "reason")
    extra = 0


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "kind", "parent", "valid_from", "valid_to")
    list_filter = ("kind",)
    list_select_related = ("kind", "parent")
    search_fields = ("search_key", "code", "name")
    fields = ("code", "name", "kind", "parent", "valid_from", "valid_to")
    inlines = (VersionInline,)

    def get_search_results(self, request: HttpRequest, queryset: models.QuerySet, search_term: str) -> Any:
        """Also answers the search box of the roles: with or without marks, active units first to hand."""
        found = queryset.search(search_term) if search_term else queryset
        return (found.on(timezone.localdate()) if "autocomplete" in request.path else found), False


@admin.register(Lineage)
class LineageAdmin(admin.ModelAdmin):
    list_display = ("predecessor", "successor", "effective_on", "decision")
    list_select_related = ("predecessor", "successor")


class DatedRowForm(forms.ModelForm):
    """Days that overlap, or what numbers were given under, are refused here as on the pages of the unit."""

    findings: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "unit" in self.fields:
            self.fields["unit"].disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors:
            row = type(self.instance)(pk=self.instance.pk, **data)
            if found := type(self).findings(row):
                raise ValidationError(found)
        return data


class IssuingBodyForm(DatedRowForm):
    findings = staticmethod(issuing.issuing_findings)


class TermForm(DatedRowForm):
    findings = staticmethod(issuing.term_findings)


@admin.register(IssuingBody)
class IssuingBodyAdmin(AuditedAdmin):
    form = IssuingBodyForm
    list_display = ("unit", "name", "symbol", "place", "system", "valid_from", "valid_to")
    list_filter = ("system",)
    list_select_related = ("unit",)
    search_fields = ("unit__search_key", "unit__code", "symbol")
    autocomplete_fields = ("unit",)


@admin.register(TermOfOffice)
class TermOfOfficeAdmin(AuditedAdmin):
    form = TermForm
    list_display = ("unit", "name", "valid_from", "valid_to")
    list_select_related = ("unit",)
    search_fields = ("unit__search_key", "unit__code", "name")
    autocomplete_fields = ("unit",)
