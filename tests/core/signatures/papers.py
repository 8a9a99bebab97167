"""Papers to sign in the tests: a real PDF/A-2b of two pages, its boxes, and what Debian's tools say about a file."""

import functools
import os
import shutil
import subprocess

import pytest
import typst

from dvk_portal.core.signatures import pades, stamps

SOURCE = """
#set document(title: "Giao ước thi đua", date: datetime(year: 2026, month: 2, day: 3))
#set page(paper: "a4")
#set text(font: "Tinos", lang: "vi", size: 14pt)
= GIAO ƯỚC THI ĐUA
Hai bên cùng thực hiện phong trào thi đua "Dân vận khéo" năm 2026.
#pagebreak()
Trang hai: chữ ký của hai bên.
"""
HOST = pades.Box("host", 1, 70, 500, 270, 580)
UNIT = pades.Box("unit", 1, 320, 500, 520, 580)


@functools.cache
def plain() -> bytes:
    """An unsigned pledge without fields."""
    return typst.Compiler(font_paths=stamps._fonts()).compile(
        SOURCE.encode(), format="pdf", pdf_standards=["a-2b"], timestamp=1_770_000_000
    )


@functools.cache
def prepared() -> bytes:
    """The pledge with its two empty fields."""
    return pades.prepare(plain(), [HOST, UNIT])


def debian(*command: str) -> str:
    """What a tool of Debian prints. A missing tool skips the test, except where CI demands it."""
    if shutil.which(command[0]) is None:
        if os.environ.get("REQUIRE_TOOLS"):
            pytest.fail(f"{command[0]} is not installed, and REQUIRE_TOOLS is set")
        pytest.skip(f"{command[0]} is not installed (apt-get install poppler-utils qpdf softhsm2)")
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    return f"{done.stdout}{done.stderr}"
