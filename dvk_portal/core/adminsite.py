"""The system administration at /quan-tri/: Django's own admin; the matrix alone says who enters and what he may touch."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string


class PortalAdminSite(AdminSite):
    site_title = "Quản trị"
    site_header = "Thi đua Dân vận khéo: quản trị"
    index_title = "Danh mục và tài khoản"
    site_url = None  # templates/admin/base_site.html has the way back
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what dvk_portal.permissions.ADMIN_MODELS lists; installed packages bring catalogues of their own."""
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        listed = import_string(settings.ADMIN_MODELS)
        super().register([model for model in models if model._meta.label_lower in listed], admin_class, **options)

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
