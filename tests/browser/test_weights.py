"""Pages stay light: bytes, requests, scripts and layout shift of the demonstration, served as production serves it.

Times depend on the machine and are written in docs/performance.md (``python -m benchmarks.weights --write``).
"""

import pytest

from benchmarks import weights


@pytest.mark.browser
def test_the_main_pages_keep_their_limits(browser, tmp_path):
    accounts = weights.prepare(tmp_path / "state")
    with weights.serve(tmp_path / "state") as address:
        rows = list(weights.measure(browser, address, accounts, {"width": 390, "height": 844}, slow=False))

    assert [row.name for row in rows if row.bytes > weights.MOST_BYTES] == []
    assert [row.name for row in rows if row.first_bytes > weights.MOST_FIRST_BYTES] == []
    assert [row.name for row in rows if row.requests > weights.MOST_REQUESTS] == []
    assert [row.name for row in rows if row.script > weights.MOST_SCRIPT] == []
    assert [row.name for row in rows if row.shift > weights.MOST_SHIFT] == []
    assert len(rows) == len(weights.PAGES)
