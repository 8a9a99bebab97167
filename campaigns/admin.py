"""Catalogues of campaigns in the system administration."""

from django.contrib import admin

from campaigns.models import IndicatorGroup
from dvk_portal.core.admin import AuditedAdmin


@admin.register(IndicatorGroup)
class IndicatorGroupAdmin(AuditedAdmin):
    list_display = ("title", "code", "order")
    search_fields = ("title", "code")
    ordering = ("order", "code")
