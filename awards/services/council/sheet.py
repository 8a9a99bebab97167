"""The comparison of nominees as an Excel file: what the page shows the same person, and nothing else."""

import datetime

from django.utils import timezone

from awards.services.council.dossier import Comparison, Nominee
from dvk_portal.core.sheets import Book

_COLUMNS = (
    ("TT", 6), ("Đề nghị", 28), ("Đơn vị", 26), ("Thành tích", 60), ("Điểm phong trào", 12), ("Hạng trong cụm", 10),
    ("Điểm chấm bình quân", 12), ("Chênh lệch", 11), ("Số phiếu", 9), ("Điều kiện", 34), ("Khen thưởng đã có", 40),
)  # fmt: skip


def comparison_sheet(comparison: Comparison, *, now: datetime.datetime) -> bytes:
    """``comparison`` holds what the person who asks may read."""
    book = Book()
    chosen = comparison.chosen
    title = f"SO SÁNH CÁC ĐỀ NGHỊ – {chosen.award_name.upper()}\n{chosen.cycle_title}"
    note = f"Số liệu lúc {timezone.localtime(now):%H:%M ngày %d/%m/%Y}. Tài liệu của hội đồng, không phổ biến."
    page = book.sheet("So sánh", title, note, [width for _, width in _COLUMNS])
    for column, (head, _) in enumerate(_COLUMNS):
        book.text(page, 3, column, head, book.head)
    for number, line in enumerate(comparison.lines, 1):
        _write(book, page, number, line)
    page.freeze_panes(4, 2)
    page.repeat_rows(3)
    return book.close()


def _write(book: Book, page: object, number: int, line: Nominee) -> None:
    row, nomination, result = 3 + number, line.nomination, line.result
    book.figure(page, row, 0, number, book.centre)
    book.text(page, row, 1, f"{nomination.name}\n{nomination.post}".strip())
    book.text(page, row, 2, nomination.unit_name)
    grounds = [achievement.text for achievement in line.achievements] or [nomination.summary]
    book.text(page, row, 3, "\n".join(grounds))
    book.figure(page, row, 4, nomination.score)
    book.figure(page, row, 5, nomination.cluster_rank, book.centre)
    book.figure(page, row, 6, result and result.mean)
    book.figure(page, row, 7, result and result.spread)
    book.figure(page, row, 8, result and result.count, book.centre)
    book.text(page, row, 9, line.eligibility)
    book.text(page, row, 10, "\n".join(f"{award.award_type} ({award.year})" for award in line.earlier))
