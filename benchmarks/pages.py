"""How long the pages take that people open all day, against a page that does one trivial query."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from benchmarks.harness import Result, compare
from pledges.models import ScoreSheet


@dataclass(frozen=True)
class Page:
    """``name`` as in the formats; ``role`` who opens it; ``address`` finds its path for that person."""

    name: str
    role: str
    address: Callable[[Client], str]
    goal: float | None = None


def _link(start: str, marker: str) -> Callable[[Client], str]:
    """The first link on page ``start`` whose path contains ``marker``: pages are found as a person finds them."""

    def find(client: Client) -> str:
        text = client.get(reverse(start), follow=True).content.decode()
        for part in text.split('href="')[1:]:
            path = part.partition('"')[0]
            if marker in path and path.startswith("/") and any(char.isdigit() for char in path):
                return path
        raise LookupError(f"no link with “{marker}” on {start}")

    return find


# A row per page; a row whose page does not exist is reported as missing, never guessed.
PAGES = (
    Page("page_dashboard", "director", lambda client: reverse("home")),
    Page("page_report_list", "verifier", lambda client: reverse("report-list")),
    Page("page_report_form", "editor", _link("home", "/nhap/")),
    Page("page_scoresheet", "director", lambda client: ScoreSheet.objects.latest("pk").get_absolute_url()),
    Page("page_ranking", "director", _link("home", "/xep-hang/")),
)

_TEMPLATE = engines["django"].from_string("<!doctype html><title>{{ one }}</title><p>{{ one }}</p>")


def floor() -> HttpResponse:
    """One trivial SELECT and one trivial template: what any page must cost."""
    request: HttpRequest = RequestFactory().get("/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        row = cursor.fetchone()
    return HttpResponse(_TEMPLATE.render({"one": row[0]}, request))


def signed_in(role: str) -> Client:
    accounts = json.loads(Path(settings.STATE_DIR, "accounts.json").read_text("utf-8"))
    name = next((account["username"] for account in accounts if account["role"] == role), None)
    if name is None:
        raise LookupError(f"the demonstration has no account of the role {role}")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(
        get_user_model().objects.get(username=name), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def measure(n: int) -> Iterator[Result | str]:
    """One result per page, or a sentence about why a page could not be measured."""
    for page in PAGES:
        try:
            client = signed_in(page.role)
            path = page.address(client)
        except (NoReverseMatch, LookupError) as problem:
            yield f"{page.name}: {problem}"
            continue
        status = client.get(path).status_code
        if status != 200:
            yield f"{page.name}: {path} answers {status}"
            continue
        yield compare(page.name, lambda client=client, path=path: client.get(path), floor, n=n, goal=page.goal)
