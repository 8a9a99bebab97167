"""Nobody works with an initial password: every page leads to the change of it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect


class InitialPasswordMiddleware:
    """Also turns a redirect to sign-in or to the change of password into one of the whole page when htmx asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._forced_change(request) or self.get_response(request)
        if request.headers.get("HX-Request") and response.status_code == 302:
            target = response["Location"]
            # htmx would follow it unseen and put a sign-in page into a corner of the page.
            if target.startswith((reverse("account_login"), reverse("account_change_password"))):
                return HttpResponseClientRedirect(target.partition("?")[0])
        return response

    def _forced_change(self, request: HttpRequest) -> HttpResponse | None:
        user = request.user
        if not (user.is_authenticated and user.must_change_password):
            return None
        allowed = {reverse(name) for name in ("account_change_password", "account_logout", "healthz", "readyz")}
        return None if request.path in allowed else redirect("account_change_password")
