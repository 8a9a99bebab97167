"""Pictures of a document's pages for the screen, drawn by a program of its own: PDFium reads files of strangers there."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.core.cache import cache

from dvk_portal.core import files
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import StoredFile

DPI = 110
SECONDS = 20
MEMORY = 2_000_000_000
KEEP_SECONDS = 3600
_PROGRAM = Path(__file__).with_name("picturework.py")


@dataclass(frozen=True)
class Picture:
    png: bytes
    pages: int
    width: int
    height: int


def picture(stored: StoredFile, page: int) -> Picture:
    """Page ``page`` (from 1) of a PDF. DomainError when the file is damaged or has no such page."""
    key = f"page-picture:{stored.sha256}:{page}:{DPI}"
    found = cache.get(key)
    if found is None:
        found = _draw(files.read(stored), page)
        cache.set(key, found, KEEP_SECONDS)
    return found


def _draw(pdf: bytes, page: int) -> Picture:
    order = {"page": page, "dpi": DPI, "memory": MEMORY, "seconds": SECONDS}
    try:
        # Fixed program and arguments; the file comes through standard input only.
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)],
            input=json.dumps(order).encode() + b"\n" + pdf,
            capture_output=True,
            timeout=SECONDS + 5,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise DomainError("Không vẽ được trang này của văn bản. Hãy tải tệp PDF về để xem.") from error
    head, _, png = done.stdout.partition(b"\n")
    facts = json.loads(head)
    if not png:
        raise DomainError(f"Văn bản có {facts['pages']} trang, không có trang {page}.")
    return Picture(png, facts["pages"], facts["width"], facts["height"])
