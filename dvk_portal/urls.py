"""Addresses of the portal (formats.md). Paths are Vietnamese without diacritics."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("dvk_portal.core.urls")),
    path("", include("pledges.urls")),
    path("", include("campaigns.urls")),
    path("", include("units.urls")),
    path("tai-khoan/", include("allauth.account.urls")),
    path("quan-tri/", admin.site.urls),
]
