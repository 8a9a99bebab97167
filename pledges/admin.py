"""Catalogues of the register of models in the system administration."""

from django.contrib import admin

from dvk_portal.core.admin import AuditedAdmin
from pledges.models import ChecklistItem, Field, RecognitionLevel, Tag


@admin.register(Field)
class FieldAdmin(AuditedAdmin):
    list_display = ("name", "code", "order", "valid_from", "valid_to")
    search_fields = ("name", "code")
    ordering = ("order", "code")


@admin.register(Tag)
class TagAdmin(AuditedAdmin):
    list_display = ("name", "order", "valid_from", "valid_to")
    search_fields = ("name",)
    ordering = ("order", "name")


@admin.register(RecognitionLevel)
class RecognitionLevelAdmin(AuditedAdmin):
    """The order says what is higher; an ended level keeps what it recognised."""

    list_display = ("name", "code", "order", "decided_by", "visits_required", "lower_required", "valid_to")
    ordering = ("order", "code")


@admin.register(ChecklistItem)
class ChecklistItemAdmin(AuditedAdmin):
    list_display = ("text", "code", "order", "required", "max_points", "valid_from", "valid_to")
    list_filter = ("levels", "required")
    search_fields = ("text", "code")
    filter_horizontal = ("levels",)
    ordering = ("order", "code")
