"""Nobody works with an initial password: every page leads to the change of it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class InitialPasswordMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password:
            allowed = {
                reverse("account_change_password"),
                reverse("account_logout"),
                reverse("healthz"),
                reverse("readyz"),
            }
            if request.path not in allowed:
                return redirect("account_change_password")
        return self.get_response(request)
