"""Addresses of the portal (formats.md). Paths are Vietnamese without diacritics."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from awards.views.council.site import council_site

urlpatterns = [
    path("", include("dvk_portal.core.urls")),
    path("", include("awards.urls")),
    path("", include("pledges.urls")),
    path("", include("campaigns.urls")),
    path("", include("units.urls")),
    # Mail addresses are kept by the system administrator: whoever changes one may ask for a new password at it.
    path("tai-khoan/email/", RedirectView.as_view(pattern_name="account"), name="account_email"),
    path("tai-khoan/hai-buoc/", include("allauth.mfa.urls")),
    path("tai-khoan/", include("allauth.account.urls")),
    path("hoi-dong/", council_site.urls),
    path("quan-tri/", admin.site.urls),
]
