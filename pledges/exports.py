"""Excel files in the office's layout: totals, ranking, gap sheet."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from campaigns.models import Campaign, Cluster
from dvk_portal.core import jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import KINDS, clean_name, store_bytes
from dvk_portal.core.sheets import Book, safe
from pledges.models import ScoreInput, ScoreLine, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services.rankpage import Standing
from pledges.services.schemes import parsed_scheme
from pledges.services.totalspage import totals_table

GAP_JOB = "export_gaps"


def attachment(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=KINDS["xlsx"])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{_quoted(clean_name(f'{name}.xlsx'))}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _quoted(name: str) -> str:
    return "".join(
        char if char.isascii() and (char.isalnum() or char in "._-") else "".join(f"%{b:02X}" for b in char.encode())
        for char in name
    )


def _note() -> str:
    return f"Số liệu lúc {timezone.localtime():%H:%M ngày %d/%m/%Y}"


# --- totals ---------------------------------------------------------------------------------------------------------
def totals_book(campaign: Campaign, cluster: Cluster | None) -> bytes:
    """Indicators by group; per period and for the campaign: value, reports received of expected."""
    periods, groups = totals_table(campaign, cluster)
    columns = [*(period.name for period in periods), "Cả phong trào"]
    book = Book()
    place = cluster.name if cluster else "toàn tỉnh"
    page = book.sheet(
        "Tổng hợp",
        f"TỔNG HỢP SỐ LIỆU {place.upper()}\n{campaign.title}",
        _note(),
        [6, 46, 12, *[13, 11] * len(columns)],
    )
    for column, label in enumerate(("TT", "Chỉ số", "Đơn vị tính")):
        page.merge_range(3, column, 4, column, label, book.head)
    for place_no, label in enumerate(columns):
        first = 3 + 2 * place_no
        page.merge_range(3, first, 3, first + 1, safe(label), book.head)
        book.text(page, 4, first, "Số liệu", book.head)
        book.text(page, 4, first + 1, "Đã báo cáo", book.head)
    row, number = 5, 0
    for group in groups:
        page.merge_range(row, 0, row, 2 + 2 * len(columns), safe(group.group.title), book.strong)
        row += 1
        for line in group.rows:
            number += 1
            page.write_number(row, 0, number, book.centre)
            book.text(page, row, 1, line.indicator.name)
            book.text(page, row, 2, line.indicator.measure)
            for place_no, cell in enumerate(line.cells):
                column = 3 + 2 * place_no
                if cell.value is None:
                    book.text(page, row, column, "" if cell.words == "không tổng hợp" else cell.words)
                else:
                    book.figure(page, row, column, cell.value)
                book.text(page, row, column + 1, f"{cell.reported}/{cell.expected}", book.centre)
            row += 1
    page.freeze_panes(5, 2)
    page.repeat_rows(3, 4)
    return book.close()


# --- ranking --------------------------------------------------------------------------------------------------------
def ranking_book(campaign: Campaign, clusters: list[tuple[str, list[Standing]]], note: str) -> bytes:
    """Clusters with rank, score columns, class and the reason of the rank."""
    labels = ["Hạng", "Đơn vị", "Tự chấm", "Thẩm định", "Thống nhất", "Xếp loại", "Căn cứ xếp hạng"]
    book = Book()
    page = book.sheet("Xếp hạng", f"KẾT QUẢ CHẤM ĐIỂM, XẾP HẠNG\n{campaign.title}", note, [7, 34, 11, 11, 11, 22, 50])
    for column, label in enumerate(labels):
        book.text(page, 3, column, label, book.head)
    row = 4
    for cluster, members in clusters:
        page.merge_range(row, 0, row, 6, safe(f"{cluster} ({len(members)} đơn vị)"), book.strong)
        row += 1
        for one in members:
            book.figure(page, row, 0, one.rank, book.centre)
            book.text(page, row, 1, one.unit)
            for column, value in enumerate((one.self_total, one.verified_total, one.final_total), start=2):
                book.figure(page, row, column, value)
            book.text(page, row, 5, class_words(one))
            book.text(page, row, 6, one.reason)
            row += 1
    total = sum(len(members) for _, members in clusters)
    book.text(page, row, 0, "", book.strong)
    book.text(page, row, 1, f"Cộng: {total} đơn vị", book.strong)
    for column in range(2, 7):
        book.text(page, row, column, "", book.strong)
    page.freeze_panes(4, 2)
    page.repeat_rows(3)
    return book.close()


def class_words(one: Standing) -> str:
    if one.tentative:
        return "tạm tính"
    found = "Không xếp loại" if one.unranked else one.score_class
    notes = [*(["tạm tính"] if one.provisional and not one.unranked else []), *one.gates]
    return f"{found} ({'; '.join(notes)})" if notes else found


# --- gap sheet ------------------------------------------------------------------------------------------------------
def gaps_book(campaign: Campaign, sheets: list[ScoreSheet]) -> bytes:
    """Unit × criterion: self, verified, final, difference, reason (practice.md W-29)."""
    scheme = parsed_scheme(campaign.scheme)
    leaves = scheme.leaf_list
    lines = {
        (line.sheet_id, line.code): line
        for line in ScoreLine.objects.filter(sheet__in=sheets, code__in=[leaf.node.code for leaf in leaves])
    }
    reasons = _reasons(sheets, {code: leaf.node.code for leaf in leaves for code in _codes(leaf)})
    labels = [
        "Cụm, khối",
        "Đơn vị",
        "Mã",
        "Tiêu chí",
        "Điểm chuẩn",
        "Tự chấm",
        "Thẩm định",
        "Thống nhất",
        "Chênh lệch",
        "Lý do",
    ]
    book = Book()
    page = book.sheet(
        "Chênh lệch", f"BẢNG SO SÁNH ĐIỂM TỰ CHẤM, THẨM ĐỊNH, THỐNG NHẤT\n{campaign.title}",
        f"{_note()}. Chênh lệch = tự chấm − thẩm định, chỉ ở mục đơn vị tự chấm.", [22, 28, 8, 44, 9, 9, 10, 10, 10, 50],
    )  # fmt: skip
    for column, label in enumerate(labels):
        book.text(page, 3, column, label, book.head)
    row = 4
    for sheet in sheets:
        for leaf in leaves:
            line = lines.get((sheet.pk, leaf.node.code))
            if line is None:
                continue
            for column, value in enumerate(
                (sheet.participation.cluster, sheet.participation.name, leaf.node.code, leaf.node.title)
            ):
                book.text(page, row, column, value)
            both = leaf.self_scored and None not in (line.self_points, line.verified_points)
            gap = line.self_points - line.verified_points if both else None
            figures = (leaf.node.max, line.self_points, line.verified_points, line.final_points, gap)
            for column, value in enumerate(figures, start=4):
                book.figure(page, row, column, value)
            book.text(page, row, 9, reasons.get((sheet.pk, leaf.node.code), ""))
            row += 1
        row = _gap_total(book, page, row, sheet, scheme)
    page.autofilter(3, 0, max(row - 1, 3), len(labels) - 1)
    page.freeze_panes(4, 2)
    page.repeat_rows(3)
    return book.close()


def _gap_total(book: Book, page: Any, row: int, sheet: ScoreSheet, scheme: Any) -> int:
    words = (sheet.participation.cluster, sheet.participation.name, "", "Tổng điểm")
    for column, value in enumerate(words):
        book.text(page, row, column, value, book.strong)
    figures = (scheme.base, sheet.self_total, sheet.verified_total, sheet.final_total, sheet.gap)
    for column, value in enumerate(figures, start=4):
        book.figure(page, row, column, value, book.strong_number)
    book.text(page, row, 9, "tạm tính" if sheet.provisional else sheet.score_class, book.strong)
    return row + 1


def _codes(leaf: Any) -> set[str]:
    unless = {rule.unless_input.code for rule in leaf.node.rules if rule.unless_input is not None}
    return {leaf.node.code, *(rule.code for rule in leaf.node.rules if rule.code), *unless}


def _reasons(sheets: list[ScoreSheet], leaf_of: dict[str, str]) -> dict[tuple[int, str], str]:
    found: dict[tuple[int, str], list[str]] = {}
    rows = ScoreInput.objects.filter(sheet__in=sheets, stage__in=(Stage.VERIFIED, Stage.FINAL)).exclude(reason="")
    for pk, code, reason in rows.order_by("stage", "code").values_list("sheet_id", "code", "reason"):
        told = found.setdefault((pk, leaf_of.get(code, code)), [])
        if reason not in told:
            told.append(reason)
    return {key: "; ".join(told) for key, told in found.items()}


def ask_for_gaps(campaign: Campaign, *, actor: Any) -> Any:
    """Queue the gap sheet for ``actor``; the file is his alone."""
    if not actor.has_perm("ranking.view_draft", campaign):
        raise DomainError("Bạn không có quyền xuất bảng chênh lệch của phong trào này.")
    params = {"campaign": campaign.pk, "owner": actor.pk}
    title = f"Bảng chênh lệch điểm: {campaign.title}"[:200]
    return jobs.queue(GAP_JOB, f"{campaign.pk}:{actor.pk}", params=params, title=title, owner=actor)


@jobs.handler(GAP_JOB)
def run_gap_export(progress: jobs.Progress) -> str:
    campaign = Campaign.objects.select_related("scheme").get(pk=progress.params["campaign"])
    owner = progress.job.owner
    if owner is None or not owner.has_perm("ranking.view_draft", campaign):
        raise DomainError("Bạn không còn quyền xem bảng điểm của phong trào này.")
    sheets = list(
        ScoreSheet.objects.visible_to(owner)
        .filter(participation__campaign=campaign)
        .select_related("participation__cluster")
        .order_by("participation__cluster__order", "participation__sort_key")
    )
    progress.report(0, 1, f"Đang lập bảng của {len(sheets)} đơn vị…")
    data = gaps_book(campaign, sheets)
    name = f"Chenh lech diem {timezone.localdate():%Y-%m-%d}.xlsx"
    progress.keep(file=store_bytes(data, name, kind=KINDS["xlsx"], actor=owner))
    return f"Đã lập bảng chênh lệch của {len(sheets)} đơn vị."
