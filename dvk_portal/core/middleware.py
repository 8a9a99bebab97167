"""What a rule forbids where no form could say so, as a page instead of an error of the server."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dvk_portal.core.exceptions import DomainError


class RefusalMiddleware:
    """A ``DomainError`` that a view let through (a damaged file, a page that cannot be drawn) becomes a page with its sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        return render(request, "409.html", {"refusal": exception}, status=409)
