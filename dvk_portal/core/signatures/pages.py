"""Whether two PDF files show the same pages: starts ``pagework`` under limits of time and memory and says what it found."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

DPI = 72
POINTS_MAX = 3_500  # A0 is 3,370 points high
MEMORY = 2_000_000_000
FAULTS_MAX = 5
# A page of text takes 0.07 s; a page built to keep PDFium busy takes for ever.
SECONDS = 40
_PROGRAM = Path(__file__).with_name("pagework.py")


@dataclass(frozen=True)
class Comparison:
    """``differences`` forbid the file, ``remarks`` want a person to look; both empty: the pages are the same."""

    differences: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def compare(agreed: bytes, given: bytes, *, pages_max: int) -> Comparison:
    """Page count, size, text, annotations and rendered picture of ``given`` against ``agreed``, signatures left out."""
    order = {
        "lengths": [len(agreed), len(given)],
        "pages_max": pages_max,
        "points_max": POINTS_MAX,
        "faults_max": FAULTS_MAX,
        "dpi": DPI,
        "memory": MEMORY,
        "seconds": SECONDS,
    }
    try:
        # Fixed program and arguments; the files of strangers come through standard input only.
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)],
            input=json.dumps(order).encode() + b"\n" + agreed + given,
            capture_output=True,
            timeout=SECONDS + 5,
            check=True,
        )
        result = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, ValueError):
        return Comparison(
            ("Không đọc được các trang của tệp (tệp hỏng hoặc quá nặng). Hãy ký lại đúng tệp tải từ cổng.",)
        )
    return _said(result, pages_max)


def _said(result: dict, pages_max: int) -> Comparison:
    agreed, given = result["pages"]
    if given > pages_max:
        return Comparison((f"Tệp có {given} trang, quá {pages_max} trang được nhận. Hãy kiểm tra lại tệp.",))
    if agreed != given and agreed:
        return Comparison(
            (
                f"Tệp có {given} trang, bản đã thống nhất có {agreed} trang. Hãy tải đúng bản đã thống nhất từ cổng rồi ký.",
            )
        )
    differences, remarks = [], []
    for page, kind, *details in result["faults"]:
        sentence = _SENTENCES[kind].format(page=page)
        if kind == "text":
            sentence = _other_text(page, *details)
        (remarks if kind == "outside" else differences).append(sentence)
    return Comparison(tuple(dict.fromkeys(differences)), tuple(dict.fromkeys(remarks)))


_SENTENCES = {
    "unreadable": "Không đọc được trang của tệp. Hãy ký lại đúng tệp tải từ cổng.",
    "size": "Trang {page} có khổ giấy khác bản đã thống nhất. Hãy tải đúng bản đã thống nhất từ cổng rồi ký.",
    "huge": "Trang {page} có khổ giấy quá lớn nên không đối chiếu được. Hãy kiểm tra lại tệp.",
    "text": "",
    "annotations": "Trang {page} có thêm hoặc mất chú thích, con dấu, ô nhập so với bản đã thống nhất. "
    "Hãy tải đúng bản đã thống nhất từ cổng rồi ký, không thêm gì ngoài chữ ký.",
    "picture": "Trang {page} hiển thị khác bản đã thống nhất. Hãy tải đúng bản đã thống nhất từ cổng rồi ký, "
    "không thêm gì ngoài chữ ký.",
    "hides": "Hình chữ ký ở trang {page} che mất nội dung đã thống nhất. Hãy ký lại, đặt hình chữ ký vào ô ký dành sẵn.",
    "outside": "Hình chữ ký ở trang {page} nằm ngoài ô ký dành sẵn; mở tệp và đối chiếu nội dung quanh chữ ký.",
}


def _other_text(page: int, agreed: str, given: str, alike: int) -> str:
    if alike < 50:
        return (
            f"Trang {page} là một văn bản khác, không phải bản đã thống nhất. Hãy tải đúng văn bản này từ cổng rồi ký."
        )
    return (
        f"Trang {page} khác bản đã thống nhất: bản đã thống nhất ghi “{agreed}”, tệp này ghi “{given}”. "
        "Hãy tải đúng bản đã thống nhất từ cổng rồi ký."
    )
