"""The system administration at /quan-tri/: Django's own admin; the matrix alone says who enters and what he may touch."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode


class PortalAdminSite(AdminSite):
    site_title = "Quản trị"
    site_header = "Thi đua Dân vận khéo: quản trị"
    index_title = "Danh mục và tài khoản"
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """The role decides; ``is_staff`` and ``is_superuser`` mean nothing here."""
        return request.user.has_perm("portal.admin")

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """One sign-in for the whole portal. Whoever is signed in without the role is refused, not asked again."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        if request.user.is_authenticated:
            return redirect("admin:index")
        target = request.GET.get("next", reverse("admin:index"))
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    login.login_required = False  # type: ignore[attr-defined]

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_change_password")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_logout")
