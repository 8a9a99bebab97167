"""Take the pictures of the guides again, against a running demonstration province.

    make demo                                            # or: manage.py load_demo, then runserver
    .venv/bin/python docs/pictures/take.py               # all pictures, from http://127.0.0.1:8000
    .venv/bin/python docs/pictures/take.py --base http://127.0.0.1:8118 --only ranking scoresheet

Only looks: no report is sent, nothing is judged. Take them from a freshly loaded demonstration so that the numbers agree between
pictures. ``pngquant`` (Debian package) makes the files smaller when it is installed. A picture above the limit is an error.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
PASSWORD = "Trinh-dien-2026"
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
TABLET = {"width": 1024, "height": 768}
LIMIT = 150_000
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=vi",
]


def stay(page: Page) -> None:
    """The page after sign-in is the picture."""


def follow(page: Page, selector: str) -> None:
    page.goto(page.locator(selector).first.evaluate("link => link.href"))


def open_path(path: str) -> Callable[[Page], None]:
    return lambda page: page.goto(path)


def running(page: Page) -> str:
    """Address of the running campaign, by the newest year in the list."""
    page.goto("/dot-thi-dua/?sort=-start")
    return page.locator("main table tbody tr", has_text="Đang thực hiện").locator("a").first.get_attribute("href")


def report_form(page: Page) -> None:
    follow(page, "main a:has-text('Báo cáo Quý IV')")
    page.locator("main section, main .panel").nth(1).scroll_into_view_if_needed()


def report_check(page: Page) -> None:
    follow(page, "main a:has-text('Báo cáo Quý IV')")
    follow(page, "main a:has-text('Kiểm tra và gửi')")


def verify(page: Page) -> None:
    page.goto("/tham-dinh/?sort=-waiting")
    # One report with something flagged shows what the page is for.
    flagged = page.locator("main table tbody tr:not(:has-text('không'))").locator("a")
    page.goto(flagged.first.evaluate("link => link.href"))


def extend(page: Page) -> None:
    page.goto("/bao-cao/?state=overdue")
    follow(page, "main table tbody a")
    follow(page, "main a:has-text('Gia hạn')")


def campaign(page: Page) -> None:
    page.goto(running(page))


def copy_campaign(page: Page) -> None:
    page.goto(running(page) + "nhan-ban/")


def pledge(page: Page) -> None:
    page.goto("/giao-uoc/")
    follow(page, "main table tbody a")


def scoresheet(page: Page) -> None:
    page.goto("/phieu-diem/?q=binh+duc")
    follow(page, "main table tbody a")
    follow(page, "main .tabs a:has-text('Có chênh lệch')")
    page.evaluate("document.querySelector('main .tabs').scrollIntoView()")
    page.mouse.wheel(0, -70)  # free of the bar on top
    page.wait_for_timeout(300)


def ranking(page: Page) -> None:
    page.goto(running(page).replace("dot-thi-dua", "xep-hang"))


def totals(page: Page) -> None:
    page.goto(running(page).replace("dot-thi-dua", "tong-hop"))


def public_model(page: Page) -> None:
    page.goto("/mo-hinh/")
    follow(page, ".gallery-card a")


def people(page: Page) -> None:
    page.goto("/don-vi/?q=binh+duc")
    follow(page, "main table tbody a")


def grant(page: Page) -> None:
    people(page)
    follow(page, "main a:has-text('Giao vai trò')")


def award_cycle(page: Page) -> None:
    page.goto("/khen-thuong/dot/")
    follow(page, "main table tbody tr:has-text('Họp hội đồng') a")


def meeting(page: Page) -> None:
    page.goto("/hoi-dong/phien-hop/")
    follow(page, "main table tbody tr:has-text('Đã triệu tập') a")


def council_results(page: Page) -> None:
    page.goto("/hoi-dong/phien-hop/")
    follow(page, "main table tbody tr:has-text('Đã kết thúc') a")
    follow(page, "main a:has-text('Xem kết quả')")


def certificates(page: Page) -> None:
    page.goto("/khen-thuong/trao/")
    follow(page, "main table tbody a")


# name of the file → who looks ("" = nobody signed in), at which size, how he gets there
PICTURES: dict[str, tuple[str, dict[str, int], Callable[[Page], None]]] = {
    "sign-in": ("", DESK, stay),
    "home-unit": ("nhap.30301", DESK, stay),
    "home-unit-phone": ("nhap.30301", PHONE, stay),
    "report-form": ("nhap.30301", DESK, report_form),
    "report-phone": ("nhap.30301", PHONE, report_form),
    "report-check": ("nhap.30301", DESK, report_check),
    "pledge": ("lanhdao.30292", DESK, pledge),
    "home-province": ("truongban", DESK, stay),
    "verification-queue": ("thamdinh.dth", DESK, open_path("/tham-dinh/")),
    "verification": ("thamdinh.dth", DESK, verify),
    "extend": ("thamdinh.dth", DESK, extend),
    "campaign": ("truongban", DESK, campaign),
    "campaign-copy": ("thamdinh.dth", DESK, copy_campaign),
    "unit-people": ("quantri", DESK, people),
    "role-grant": ("quantri", DESK, grant),
    "scoresheet": ("truongban", DESK, scoresheet),
    "ranking": ("truongban", DESK, ranking),
    "totals": ("xem.btv", DESK, totals),
    "model-register": ("truongban", DESK, open_path("/so-mo-hinh/")),
    "model-analysis": ("truongban", DESK, open_path("/phan-tich-mo-hinh/")),
    "recognition-rates": ("truongban", DESK, open_path("/cong-nhan-mo-hinh/")),
    "replication": ("truongban", DESK, open_path("/nhan-rong-mo-hinh/")),
    "award-cycle": ("truongban", DESK, award_cycle),
    "award-register": ("truongban", DESK, open_path("/khen-thuong/so/")),
    "award-rules": ("truongban", DESK, open_path("/khen-thuong/quy-dinh/")),
    "council-tasks": ("uyvien03.hd", TABLET, open_path("/hoi-dong/")),
    "council-meeting": ("thuky.hd", TABLET, meeting),
    "council-results": ("chutich.hd", TABLET, council_results),
    "award-handing": ("vanthu", DESK, certificates),
    "gallery": ("", DESK, open_path("/mo-hinh/")),
    "gallery-phone": ("", PHONE, public_model),
}


def sign_in(browser: Browser, base: str, username: str, size: dict[str, int]) -> Page:
    page = browser.new_context(base_url=base, viewport=size, locale="vi-VN").new_page()
    page.goto("/")
    if username:
        page.fill("[name=login]", username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(base + "/")
        page.goto("/")  # without the greeting
    return page


def save(page: Page, name: str) -> Path:
    page.wait_for_load_state("networkidle")
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--skip-if-larger", "--output", path, "128", path], check=False)
    return path


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--base", default="http://127.0.0.1:8000")
    options.add_argument("--only", nargs="*", choices=PICTURES, default=list(PICTURES), metavar="NAME")
    options.add_argument("--chromium", default="/usr/bin/chromium")
    asked = options.parse_args()
    large = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=CHROMIUM)
        for name in asked.only:
            username, size, go = PICTURES[name]
            page = sign_in(browser, asked.base.rstrip("/"), username, size)
            go(page)
            path = save(page, name)
            print(f"{path.name}: {path.stat().st_size // 1000} kB")
            large += [path.name] if path.stat().st_size > LIMIT else []
            page.context.close()
        browser.close()
    if large:
        print(f"Larger than {LIMIT // 1000} kB: {', '.join(large)}", file=sys.stderr)
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
