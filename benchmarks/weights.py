"""How heavy the pages are and how soon they show, in a real Chromium on a slow line: ``python -m benchmarks.weights``.

Serves the demonstration as production does (gunicorn, compressed statics with hashed names), signs in through the form, and
asks the browser itself: bytes on the wire, requests, scripts, largest paint at 400 kbit/s, layout shift. ``--write`` puts the
table into docs/performance.md; without it the table is only printed. Exit code 1 when a page is over a limit.
"""

import argparse
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "performance.md"
# The limits: bytes, requests, script bytes, seconds, score.
MOST_BYTES, MOST_FIRST_BYTES, MOST_REQUESTS, MOST_SCRIPT, SLOWEST_PAINT, MOST_SHIFT = (
    100_000,
    200_000,
    15,
    30_000,
    2.5,
    0.05,
)
LINE = 400_000 / 8  # bytes a second
DELAY = 100  # milliseconds before the first byte of every answer
CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
# role, name, address or the part of an address that a link on the page before it has ("home > /bao-cao/").
PAGES = (
    ("editor", "Trang chủ của đơn vị", "/"),
    ("editor", "Nhập báo cáo", "/bao-cao/ > /nhap/"),
    ("editor", "Giao ước", "/giao-uoc/ > /giao-uoc/N/"),
    ("editor", "Phiếu điểm", "/phieu-diem/ > /phieu-diem/N/"),
    ("verifier", "Trang chủ của tỉnh", "/"),
    ("verifier", "Danh sách báo cáo", "/bao-cao/"),
    ("verifier", "Hàng đợi thẩm định", "/tham-dinh/"),
    ("verifier", "Thẩm định một báo cáo", "/tham-dinh/ > /bao-cao/N/tham-dinh/"),
    ("verifier", "Danh sách phiếu điểm", "/phieu-diem/"),
    ("verifier", "Bức tường giao ước", "/giao-uoc/"),
    ("verifier", "Phong trào", "/dot-thi-dua/ > /dot-thi-dua/N/"),
    ("verifier", "Xếp hạng", "/xep-hang/ > /xep-hang/N/"),
    ("verifier", "Bảng tiêu chí", "/bang-tieu-chi/ > /bang-tieu-chi/N/"),
    ("verifier", "Tổng hợp số liệu", "/xep-hang/ > /xep-hang/N/ > /tong-hop/N/"),
    ("director", "Hộp thư", "/hop-thu/"),
)
_WATCH = """
window.__shift = 0; window.__paint = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.__shift += one.value; })
  .observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.__paint = one.startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
"""


@dataclass
class Weight:
    """One page: on the wire with a filled cache and with an empty one, and what the browser saw at 400 kbit/s."""

    role: str
    name: str
    path: str
    bytes: int = 0
    requests: int = 0
    first_bytes: int = 0
    first_requests: int = 0
    script: int = 0
    paint: float = 0.0
    first_paint: float = 0.0
    shift: float = 0.0
    faults: list[str] = field(default_factory=list)

    def judge(self) -> None:
        for value, most, words in (
            (self.bytes, MOST_BYTES, "byte"), (self.requests, MOST_REQUESTS, "yêu cầu"),
            (self.first_bytes, MOST_FIRST_BYTES, "byte lần đầu"), (self.script, MOST_SCRIPT, "byte kịch bản"),
            (self.paint, SLOWEST_PAINT, "giây"), (self.shift, MOST_SHIFT, "độ xê dịch"),
        ):  # fmt: skip
            if value > most:
                self.faults.append(f"{value:g} {words} (tối đa {most:g})")


class Counter:
    """What one page load brings over the network, told by the browser."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.kinds: dict[str, str] = {}
        self.cached: set[str] = set()
        self.sizes: dict[str, int] = {}
        self.session = context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.on("Network.responseReceived", self._answered)
        self.session.on("Network.requestServedFromCache", lambda event: self.cached.add(event["requestId"]))
        self.session.on("Network.loadingFinished", self._finished)

    def _answered(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]
        if event["response"].get("fromDiskCache") or event["response"]["url"].startswith("data:"):
            self.cached.add(event["requestId"])

    def _finished(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = int(event["encodedDataLength"])

    def slow_down(self) -> None:
        self.session.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": DELAY, "downloadThroughput": LINE, "uploadThroughput": LINE},
        )

    @property
    def sent(self) -> dict[str, int]:
        return {key: size for key, size in self.sizes.items() if key not in self.cached}

    def script_bytes(self) -> int:
        return sum(size for key, size in self.sent.items() if self.kinds.get(key) == "Script")


# --- the server --------------------------------------------------------------------------------------------------------
def environment(state: Path) -> dict[str, str]:
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DEBUG")
    }
    return {**env, "DVK_STATE_DIR": str(state), "DJANGO_SETTINGS_MODULE": "dvk_portal.settings.dev", "DVK_DEMO": "1"}


def prepare(state: Path) -> list[dict[str, str]]:
    """Load the demonstration into ``state`` when it is not there. Returns its accounts."""
    state.mkdir(parents=True, exist_ok=True)
    for command in (["migrate", "-v0", "--noinput"], ["collectstatic", "-v0", "--noinput"], ["load_demo"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment(state),
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return json.loads((state / "accounts.json").read_text("utf-8"))


@contextmanager
def serve(state: Path) -> Iterator[str]:
    """gunicorn on a free port, as the demonstration and production run it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "dvk_portal.wsgi", f"--bind=127.0.0.1:{port}", "--worker-class=gthread",
        "--workers=1", "--threads=8", "--no-control-socket",
    ]  # fmt: skip
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment(state), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(20)


# --- the measurement ---------------------------------------------------------------------------------------------------
def sign_in(browser: Browser, address: str, account: dict[str, str]) -> Any:
    """The session of a person who signed in through the form."""
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    page.goto(f"{address}/tai-khoan/login/")
    page.get_by_label("Tên đăng nhập").fill(account["username"])
    page.get_by_label("Mật khẩu", exact=True).fill(account["password"])
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.get_by_label("Mật khẩu", exact=True).wait_for(state="detached")
    state = context.storage_state()
    context.close()
    return state


def find(page: Page, address: str, route: str) -> str:
    """Follow links as a person does: "/bao-cao/ > /nhap/" is the first link on the list that has "/nhap/"; N is a number."""
    start, *steps = (part.strip() for part in route.split(">"))
    path = start
    for step in steps:
        page.goto(f"{address}{path}")
        pattern = re.compile(re.escape(step).replace("N", r"\d+") + ("$" if step.endswith("N/") else ""))
        links = page.locator("a[href]").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
        path = next((link for link in links if pattern.search(link.split("?")[0])), "")
        if not path and step == "/nhap/":  # the list leads to the record, the record to its form
            record = next((link for link in links if re.search(r"/bao-cao/\d+/$", link)), "")
            path = f"{record}nhap/"
        if not path:
            raise LookupError(f"no link “{step}” on {page.url}")
    return path


def load(context: BrowserContext, url: str, *, slow: bool) -> tuple[Counter, float, float]:
    page = context.new_page()
    counter = Counter(context, page)
    if slow:
        counter.slow_down()
    page.add_init_script(_WATCH)
    answer = page.goto(url, wait_until="networkidle", timeout=60_000)
    if answer is None or answer.status != 200:
        raise LookupError(f"{url} answers {answer and answer.status}")
    page.wait_for_timeout(200)
    paint, shift = page.evaluate("[window.__paint / 1000, window.__shift]")
    page.close()
    return counter, paint, shift


def measure_page(
    browser: Browser, address: str, session: Any, row: tuple[str, str, str], size: dict[str, int], *, slow: bool = True
) -> Weight:
    role, name, route = row
    options = {"storage_state": session, "viewport": size, "locale": "vi-VN"}
    with browser.new_context(**options) as context:
        page = context.new_page()
        path = find(page, address, route)
        page.close()
    found = Weight(role, name, path)
    with browser.new_context(**options) as context:
        counter, found.first_paint, first_shift = load(context, f"{address}{path}", slow=slow)
        found.first_bytes, found.first_requests = sum(counter.sent.values()), len(counter.sent)
        found.script = counter.script_bytes()
    with browser.new_context(**options) as context:
        # What a person has seen before he comes here: the home page.
        load(context, f"{address}/", slow=False)
        counter, found.paint, shift = load(context, f"{address}{path}", slow=slow)
        found.bytes, found.requests = sum(counter.sent.values()), len(counter.sent)
    found.shift = max(first_shift, shift)
    found.judge()
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM))
        yield browser
        browser.close()


def measure(
    browser: Browser, address: str, accounts: list[dict[str, str]], size: dict[str, int], *, slow: bool = True,
    pages: Sequence[tuple[str, str, str]] = PAGES,
) -> Iterator[Weight]:  # fmt: skip
    """One result per row of ``pages``; without ``slow`` nothing is throttled and the times say nothing."""
    sessions: dict[str, Any] = {}
    for row in pages:
        if row[0] not in sessions:
            account = next(one for one in accounts if one["role"] == row[0])
            sessions[row[0]] = sign_in(browser, address, account)
        yield measure_page(browser, address, sessions[row[0]], row, size, slow=slow)


# --- the document ------------------------------------------------------------------------------------------------------
def table(rows: list[Weight]) -> str:
    head = (
        "| Trang | kB | yêu cầu | kB lần đầu | yêu cầu lần đầu | kB kịch bản | vẽ lớn nhất (s) | lần đầu (s) | xê dịch |\n"
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    return head + "\n".join(
        f"| {row.name} | {row.bytes / 1000:.1f} | {row.requests} | {row.first_bytes / 1000:.1f} | {row.first_requests} "
        f"| {row.script / 1000:.1f} | {row.paint:.2f} | {row.first_paint:.2f} | {row.shift:.3f} |"
        for row in rows
    )


def write(tables: dict[str, str]) -> None:
    """Replace what stands between the marks of docs/performance.md."""
    text = DOCUMENT.read_text("utf-8")
    parts = [f"Đo ngày {datetime.now(UTC):%d/%m/%Y} trên {platform.system()}, {os.cpu_count()} nhân.\n"]
    parts += [f"### {title}\n\n{body}\n" for title, body in tables.items()]
    begin, end = "<!-- do: weights -->", "<!-- het: weights -->"
    before, rest = text.split(begin)
    DOCUMENT.write_text(f"{before}{begin}\n{chr(10).join(parts)}{end}{rest.split(end)[1]}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(os.environ.get("DVK_STATE_DIR", str(ROOT / ".demo"))))
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    options = parser.parse_args()
    accounts = prepare(options.state.resolve())
    tables, faults = {}, []
    with serve(options.state.resolve()) as address, chromium() as browser:
        for title, size in (
            ("Bàn làm việc (1366×768)", {"width": 1366, "height": 768}),
            ("Điện thoại (390×844)", {"width": 390, "height": 844}),
        ):
            rows = list(measure(browser, address, accounts, size))
            tables[title] = table(rows)
            print(f"\n{title}\n{tables[title]}")
            faults += [f"{title}: {row.name} ({row.path}): {fault}" for row in rows for fault in row.faults]
    if options.write:
        write(tables)
    for sentence in faults:
        print(f"over the limit: {sentence}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
