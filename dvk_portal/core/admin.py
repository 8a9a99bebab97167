"""Catalogues of the kernel in the system administration; the audit trail and the jobs to look at only."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from dvk_portal.core import jobs
from dvk_portal.core.audit import record
from dvk_portal.core.documents.layoutform import FIELDSETS, DocumentFormatForm
from dvk_portal.core.models import AuditEntry, CalendarDay, DocumentFormat, Job, TrustAnchor
from dvk_portal.core.signatures.anchorform import TrustAnchorForm


class AuditedAdmin(admin.ModelAdmin):
    """A catalogue whose every change leaves a line in the portal's own audit trail."""

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changes = {name: [form.initial.get(name), form.cleaned_data.get(name)] for name in form.changed_data}
        record(obj, "change_row" if change else "add_row", actor=request.user, changes=changes)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        record(obj, "delete_row", actor=request.user)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        for obj in queryset:
            self.delete_model(request, obj)


@admin.register(CalendarDay)
class CalendarDayAdmin(AuditedAdmin):
    list_display = ("date", "name", "is_working", "legal_basis")
    list_filter = ("is_working",)
    date_hierarchy = "date"
    ordering = ("-date",)


@admin.register(DocumentFormat)
class DocumentFormatAdmin(AuditedAdmin):
    """Numbers of the rules on layout, with the days from and to which they hold. Issued documents keep their look."""

    form = DocumentFormatForm
    fieldsets = FIELDSETS
    list_display = ("name", "code", "system", "valid_from", "valid_to")
    list_filter = ("system",)
    ordering = ("system", "-valid_from")


@admin.register(TrustAnchor)
class TrustAnchorAdmin(AuditedAdmin):
    """Whose certificates are trusted, from which day to which. Ending the trust is a date, never a deletion."""

    form = TrustAnchorForm
    list_display = ("name", "use", "valid_from", "valid_to", "note")
    list_filter = ("use",)


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):
    list_display = ("at", "actor", "action", "record_type", "record_text")
    list_filter = ("record_type",)
    list_select_related = ("actor",)
    search_fields = ("record_text", "note")
    show_full_result_count = False
    ordering = ("-id",)


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    list_display = ("id", "title", "kind", "state", "done", "total", "attempts", "created_at", "finished_at")
    list_filter = ("state", "kind")
    exclude = ("params",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).exclude(kind__in=jobs.private_kinds())
