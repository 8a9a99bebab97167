"""Fixtures for tests that drive a real Chromium. Loaded by tests/conftest.py (``pytest_plugins``).

Playwright's synchronous interface keeps an asyncio loop running in this thread; Django would take every query for one made
inside async code and refuse it. Nothing here is async: the guard is switched off for the session in which a browser runs.
Tests that open no page see no such loop: to them it would look as if they ran inside async code.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the browser wait for nothing when there is none."""
    if chromium.find() or chromium.required():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=chromium.MISSING))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say aloud that browser tests were skipped: a quiet skip looks like a pass."""
    if not chromium.find():
        terminalreporter.write_line(chromium.MISSING, yellow=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session."""
    executable = chromium.find()
    if executable is None:
        if chromium.required():
            pytest.fail(chromium.MISSING)
        pytest.skip(chromium.MISSING)
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            instance = playwright.chromium.launch(executable_path=executable, args=chromium.ARGUMENTS)
            yield instance
            instance.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(autouse=True)
def without_the_loop_of_the_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hide Playwright's loop from a test that needs no browser: its own ``asyncio.run`` would refuse to start."""
    loop = asyncio._get_running_loop()
    if loop is None or "browser" in request.fixturenames:
        yield
        return
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)


@pytest.fixture
def page_at(browser: Browser) -> Iterator[Callable[..., Page]]:
    """``page_at(1366, 768)`` opens a page of that size in a context of its own (own cookies); further arguments go to it."""
    contexts = []

    def open_page(width: int = 1366, height: int = 768, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **options
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """``axe(page)`` gives one line per accessibility violation: rule, impact and the first places where it occurs."""

    def violations(page: Page, **options: Any) -> list[str]:
        found = Axe().run(page, **options).response["violations"]
        return [
            f"{rule['id']} ({rule['impact']}): " + "; ".join(str(node["target"][0]) for node in rule["nodes"][:3])
            for rule in found
        ]

    return violations
