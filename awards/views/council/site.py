"""The council's own site at /hoi-dong/: an AdminSite apart from the system administration, with only what a council needs."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode


class CouncilSite(AdminSite):
    site_title = "Hội đồng"
    site_header = "Hội đồng Thi đua – Khen thưởng"
    index_title = "Việc của tôi"
    site_url = None
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """The role decides; which seat in which council, each page asks for itself."""
        return request.user.has_perm("council.enter")

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One sign-in for the whole portal. Whoever is signed in without a seat is refused, not asked again."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        if request.user.is_authenticated:
            return redirect("council:index")
        target = request.GET.get("next", reverse("council:index"))
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    login.login_required = False  # type: ignore[attr-defined]


council_site = CouncilSite(name="council")
