"""Pages stay light: bytes, requests, scripts and layout shift of the demonstration, served as production serves it.

Times depend on the machine and are written in docs/performance.md (``python -m benchmarks.weights --write``).
"""

import pytest

from benchmarks import weights

# One of each kind; the command weighs all.
CHOSEN = {
    "Trang chủ của tỉnh",
    "Nhập báo cáo",
    "Thẩm định một báo cáo",
    "Phiếu điểm",
    "Danh sách phiếu điểm",
    "Xếp hạng",
}


@pytest.mark.browser
def test_the_main_pages_keep_their_limits(browser, tmp_path):
    accounts = weights.prepare(tmp_path / "state")
    with weights.serve(tmp_path / "state") as address:
        pages = [row for row in weights.PAGES if row[1] in CHOSEN]
        phone = {"width": 390, "height": 844}
        rows = list(weights.measure(browser, address, accounts, phone, slow=False, pages=pages))

    assert [row.name for row in rows if row.bytes > weights.MOST_BYTES] == []
    assert [row.name for row in rows if row.first_bytes > weights.MOST_FIRST_BYTES] == []
    assert [row.name for row in rows if row.requests > weights.MOST_REQUESTS] == []
    assert [row.name for row in rows if row.script > weights.MOST_SCRIPT] == []
    assert [row.name for row in rows if row.shift > weights.MOST_SHIFT] == []
    assert {row.name for row in rows} == CHOSEN
