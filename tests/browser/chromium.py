"""Where is a Chromium that can be driven? And what is said when there is none."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
# As root in a container, without a screen, and without connections of its own.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = (
    "Không có Chromium nên bỏ qua kiểm thử trên trình duyệt. Hãy cài (sudo apt install chromium) hoặc đặt biến CHROMIUM; "
    "REQUIRE_BROWSER=1 biến việc thiếu thành lỗi."
)


def find() -> str | None:
    """Path of the executable: the one named by ``CHROMIUM``, else the first usual name on the path."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for path in map(shutil.which, NAMES) if path), None)


def required() -> bool:
    """Whether a missing browser is a failure (CI) and not a reason to skip."""
    return os.environ.get("REQUIRE_BROWSER") == "1"
