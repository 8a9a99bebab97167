"""Nobody works with an initial password, nor without the second step where his role demands it: every page leads there."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from units import access

_ALWAYS = ("account_logout", "healthz", "readyz")
# Enrolling: the password is asked again, the code is shown, recovery codes are taken down.
_ENROLLING = ("mfa_activate_totp", "account_reauthenticate", "account_change_password")


class InitialPasswordMiddleware:
    """Also turns a redirect to sign-in or to the change of password into one of the whole page when htmx asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._forced_change(request) or self._forced_second_step(request) or self.get_response(request)
        if request.headers.get("HX-Request") and response.status_code == 302:
            target = response["Location"]
            # htmx would follow it unseen and put a sign-in page into a corner of the page.
            forced = ("account_login", "account_change_password", "mfa_activate_totp")
            if target.startswith(tuple(reverse(name) for name in forced)):
                return HttpResponseClientRedirect(target.partition("?")[0])
        return response

    def _forced_change(self, request: HttpRequest) -> HttpResponse | None:
        user = request.user
        if not (user.is_authenticated and user.must_change_password):
            return None
        return None if _is_one_of(request, "account_change_password", *_ALWAYS) else redirect("account_change_password")

    def _forced_second_step(self, request: HttpRequest) -> HttpResponse | None:
        """Whoever holds a role of SECOND_STEP_ROLES enrols before he works (law.md §12: administrators always)."""
        user = request.user
        if not settings.SECOND_STEP_ROLES or _is_one_of(request, *_ALWAYS, *_ENROLLING):
            return None
        if not access.has_role(user, *settings.SECOND_STEP_ROLES) or is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            return None
        words = "Vai trò của bạn bắt buộc xác thực hai bước. Hãy bật theo hướng dẫn dưới đây rồi làm việc tiếp."
        messages.warning(request, words)
        return redirect("mfa_activate_totp")


def _is_one_of(request: HttpRequest, *names: str) -> bool:
    return request.path in {reverse(name) for name in names}
