"""Every page of the portal, as the person who may open it, on a desk and on a phone: readable, usable, quiet.

The table of tests/architecture/addresses.py says which pages there are. For each: no accessibility violation (axe), every
control has a name of its own (axe accepts a placeholder, we do not), nothing wider than the screen, no error in the console.
"""

import pytest
from django.conf import settings
from django.test import Client

from tests.architecture.addresses import ROWS, every_address
from tests.architecture.everything import build_everything
from units.models import Membership

SIZES = {"desk": (1366, 768), "phone": (390, 844)}
# A control is named by a label, by what stands in it (buttons), by aria-label(ledby) or a title; never by its placeholder.
NAMELESS = """() => [...document.querySelectorAll("input, select, textarea, button")].filter((control) => {
  if (control.type === "hidden" || control.closest("[hidden]")) return false;
  if (control.labels && [...control.labels].some((label) => label.textContent.trim())) return false;
  if ((control.getAttribute("aria-label") || "").trim()) return false;
  const by = (control.getAttribute("aria-labelledby") || "").split(/\\s+/).map((id) => document.getElementById(id));
  if (by.some((one) => one && one.textContent.trim())) return false;
  return !(control.tagName === "BUTTON" && control.textContent.trim());
}).map((control) => control.outerHTML.slice(0, 120))"""
SURPLUS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDEST = """() => [...document.querySelectorAll("main *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 2).map((one) => one.outerHTML.slice(0, 80))"""


@pytest.fixture
def pages(transactional_db):
    """(name, person, path) of every whole page."""
    made = build_everything()
    made.things["membership"] = Membership.objects.get(user=made.editor)
    made.things["indicator_group"] = made.flow.group
    known = dict(every_address())
    rows = [(name, row.person, row.path(name, made)) for name, row in ROWS.items() if row.page and name in known]
    return made, rows


def cookie_of(user, address):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": address,
    }


def faults_of(page, axe, size):
    found = [f"axe: {line}" for line in axe(page)]
    found += [f"no name: {line}" for line in page.evaluate(NAMELESS)]
    surplus = page.evaluate(SURPLUS)
    if surplus > 0:
        found.append(f"{surplus} px too wide: {page.evaluate(WIDEST)}")
    return [f"{size}: {line}" for line in found]


@pytest.mark.browser
def test_every_page_is_usable_on_a_desk_and_on_a_phone(pages, live_server, page_at, axe):
    made, rows = pages
    faults, open_pages = [], {}
    for name, person, path in rows:
        if person not in open_pages:
            page = page_at()
            page.context.add_cookies([cookie_of(getattr(made, person), live_server.url)])
            heard = []
            page.on("console", lambda message, heard=heard: message.type == "error" and heard.append(message.text))
            page.on("pageerror", lambda error, heard=heard: heard.append(str(error)))
            open_pages[person] = (page, heard)
        page, heard = open_pages[person]
        heard.clear()
        page.set_viewport_size({"width": 1366, "height": 768})
        answer = page.goto(f"{live_server.url}{path}")
        found = [] if answer.status == 200 else [f"answers {answer.status}"]
        if page.locator("html").get_attribute("lang") != "vi":
            found.append("does not say that it is Vietnamese")
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            found += faults_of(page, axe, size)
        faults += [f"{name} ({person}, {path}): {line}" for line in [*found, *heard]]

    assert faults == []


@pytest.mark.browser
def test_the_net_catches_what_it_is_for(page_at, axe):
    """A page with one fault of each kind: what the test above finds nowhere, it would find."""
    page = page_at(390, 844)
    page.set_content(
        '<!doctype html><html lang="vi"><title>Thử</title><main><h1>Thử</h1><input placeholder="Họ tên">'
        '<img src="data:,"><div><p>' + "x" * 200 + "</p></div></main></html>"
    )

    found = faults_of(page, axe, "phone")

    assert [line for line in found if "image-alt" in line]
    assert [line for line in found if "no name" in line]
    assert [line for line in found if "too wide" in line]
