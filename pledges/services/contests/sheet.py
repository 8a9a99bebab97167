"""The results of a contest as an Excel file, one sheet per round."""

import datetime
from typing import Any

from django.utils import timezone

from dvk_portal.core.sheets import Book
from pledges.models import Contest, ContestRound
from pledges.services.contests.results import RoundResult, result_of
from pledges.services.contests.voting import tally

_WIDTHS = [8, 44, 30, 24, 12, 12, 20]


def results_sheet(contest: Contest, rounds: list[ContestRound], *, user: Any, now: datetime.datetime) -> bytes:
    """``rounds`` are closed ones that ``user`` may see. Votes stand beside the last round, once the vote is over."""
    book = Book()
    votes = tally(contest, now=now) if contest.public_vote else None
    for contest_round in rounds:
        result = result_of(contest_round, for_user=user)
        _write(book, contest, result, votes if result.is_last else None, now)
    return book.close()


def _write(
    book: Book, contest: Contest, result: RoundResult, votes: dict[int, int] | None, now: datetime.datetime
) -> None:
    heads = [
        "Hạng",
        "Bài dự thi",
        "Đơn vị",
        "Lĩnh vực",
        "Điểm",
        "Số giám khảo",
        "Giải" if result.is_last else "Kết quả",
    ]
    heads += ["Số phiếu bình chọn"] if votes is not None else []
    title = f"KẾT QUẢ VÒNG {result.round.name.upper()} – {contest.title}"
    note = f"Số liệu lúc {timezone.localtime(now):%H:%M ngày %d/%m/%Y}"
    name = f"Vòng {result.round.number}"
    page = book.sheet(name, title, note, [*_WIDTHS, *([14] if votes is not None else [])])
    for column, head in enumerate(heads):
        book.text(page, 3, column, head, book.head)
    published = contest.status == Contest.Status.CLOSED
    for number, line in enumerate(result.lines, 4):
        entry, standing = line.entry, line.standing
        shared = " (đồng hạng)" if standing.tied else ""
        book.text(page, number, 0, f"{standing.place}{shared}" if standing.place else "", book.centre)
        book.text(page, number, 1, entry.title)
        book.text(page, number, 2, entry.unit.name)
        book.text(page, number, 3, entry.field.name)
        book.figure(page, number, 4, standing.shown)
        book.figure(page, number, 5, standing.jurors)
        outcome = (entry.prize if published else "") if result.is_last else ("Vào vòng sau" if line.goes_on else "")
        book.text(page, number, 6, outcome)
        if votes is not None:
            book.figure(page, number, 7, votes.get(entry.pk))
