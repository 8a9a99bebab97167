"""The council's own site at /hoi-dong/: an AdminSite apart from the system administration, with only what a council needs.

No model is registered and none of Django's stock pages is served: whatever opens under /hoi-dong/ stands in
awards/views/council/urls.py or awards/views/sessions/urls.py, and each of it is wrapped here.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import URLPattern
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from awards.views.council import urls as council
from awards.views.sessions import urls as sessions

# Whoever establishes a council comes in for that page alone; every page asks for its own right (CouncilAccess).
DOORS = ("council.enter", "award.open")


class CouncilSite(AdminSite):
    site_title = "Hội đồng"
    site_header = "Hội đồng Thi đua – Khen thưởng"
    index_title = "Việc của tôi"
    site_url = None
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """The role decides; which seat in which council, each page asks for itself."""
        return any(request.user.has_perm(permission) for permission in DOORS)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One sign-in for the whole portal. Whoever is signed in without a place here is refused, not asked again."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect(f"{resolve_url('account_login')}?{urlencode({'next': request.get_full_path()})}")

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """As Django's, with the portal's sign-in: nothing of this site is kept by a browser or a proxy."""

        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                return self.login(request)
            return view(request, *args, **kwargs)

        return never_cache(csrf_protect(inside))

    def get_urls(self) -> list[URLPattern]:
        return [
            URLPattern(row.pattern, self.admin_view(row.callback), row.default_args, row.name)
            for row in [*council.urlpatterns, *sessions.urlpatterns]
        ]

    @property
    def urls(self) -> tuple[list[URLPattern], str, str]:
        return self.get_urls(), "council", self.name


council_site = CouncilSite(name="council")
