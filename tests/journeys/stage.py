"""What a journey needs: people who sign in through the form, and the few gestures that recur on every page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from dvk_portal.core import jobs, notifications
from dvk_portal.core.models import Job
from tests.factories import PASSWORD

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Stage:
    """Everybody has a browser window of his own, opened when he first acts, and signs in there as people do."""

    def __init__(
        self, open_page: Callable[..., Page], address: str, people: Any, width: int, height: int, shots: Path
    ) -> None:
        self.open_page, self.address, self.people, self.shots = open_page, address, people, shots
        self.size = (width, height)
        # Who sits at another screen than the rest, and how pages are looked at for people who cannot see (None: not at all).
        self.sizes: dict[str, tuple[int, int]] = {}
        self.axe: Callable[[Page], list[str]] | None = None
        self.pages: dict[str, Page] = {}
        self.faults: list[str] = []

    def person(self, name: str) -> Page:
        if name not in self.pages:
            self._sign_in(self._open(name), getattr(self.people, name))
        return self.pages[name]

    def visitor(self) -> Page:
        """Somebody from the street: a window in which nobody has signed in."""
        return self.pages.get("visitor") or self._open("visitor")

    def _open(self, name: str) -> Page:
        page = self.open_page(*self.sizes.get(name, self.size))
        page.on("console", lambda message: self._heard(name, message))
        page.on("pageerror", lambda error: self.faults.append(f"{name}: {error}"))
        page.on(
            "response",
            lambda answer: answer.status >= 500 and self.faults.append(f"{name}: {answer.status} {answer.url}"),
        )
        self.pages[name] = page
        return page

    def _heard(self, name: str, message: Any) -> None:
        # A refused form answers 422, which the browser notes as a failed resource: that is no fault of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"{name}: {message.text}")

    def _sign_in(self, page: Page, user: Any) -> None:
        page.goto(self.address)
        page.get_by_label("Tên đăng nhập").fill(user.username)
        page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập", exact=True).click()
        expect(page.get_by_label("Mật khẩu", exact=True)).to_have_count(0)

    def visit(self, page: Page, path: str) -> None:
        """Open an address, and look whether the page fits the screen."""
        answer = page.goto(f"{self.address}{path}")
        assert answer is not None
        assert answer.status < 400, f"{path} answers {answer.status}"
        self.fits(page)
        self.look(page)

    def fits(self, page: Page) -> None:
        surplus = page.evaluate(OVERFLOW)
        assert surplus <= 0, f"{page.url} is {surplus} px wider than the screen"

    def look(self, page: Page) -> None:
        """What axe says of the page as it stands, kept with the other faults."""
        if self.axe is not None:
            self.faults += [f"{page.url}: {line}" for line in self.axe(page)]

    def says(self, page: Page, words: str) -> None:
        """The page tells this to the person."""
        expect(page.get_by_text(words).first).to_be_visible()
        self.fits(page)


def open_all(page: Page) -> None:
    """Unfold what is folded, as a person does who looks for a field."""
    page.evaluate("document.querySelectorAll('main details:not([data-sheet])').forEach((box) => { box.open = true; })")


def form_of(page: Page, action: str) -> Locator:
    return page.locator(f"form[action$='{action}']").first


def act(page: Page, label: str, note: str = "") -> None:
    """Press the button of a move; confirm and give the reason where it asks."""
    sheet = page.locator("details[data-sheet]").filter(has=page.locator("summary", has_text=label)).first
    if sheet.count():
        sheet.locator("summary").click()
        if note:
            sheet.locator("textarea[name=note]").fill(note)
        sheet.locator("form").get_by_role("button", name=label, exact=True).click()
    else:
        page.get_by_role("button", name=label, exact=True).first.click()


def pay_what_is_owed() -> None:
    """What the worker does: run the jobs that wait, send the letters that are owed."""
    for pk in Job.objects.filter(state=Job.State.QUEUED).values_list("pk", flat=True):
        jobs.run(pk)
    notifications.send_owed_mail()
