"""Every pledge of a campaign in one ZIP with an index: for the conference, the file, the archive."""

import io
import tempfile
import zipfile
from typing import Any

import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core import audit, files, jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from pledges.models import Pledge

BUNDLE_JOB = "pledges.bundle"
INDEX_NAME = "muc-luc.xlsx"
_NAME_MAX = 50  # of exchanged files (law.md §14)
_HEADINGS = ("TT", "Đơn vị", "Cụm, khối", "Trạng thái", "Mã tra cứu", "Số chữ ký", "Tệp", "SHA-256 của tệp", "Ghi chú")
_WIDTHS = (5, 34, 20, 18, 16, 10, 44, 66, 40)
_NO_DOCUMENT = "Chưa thống nhất nên chưa có văn bản."


def ask_for_bundle(campaign: Campaign, *, actor: Any) -> jobs.Job:
    """Queue the bundle of everything that ``actor`` may read; the file is his alone."""
    if not actor.has_perm("pledge.review"):
        raise PermissionDenied
    params = {"campaign": campaign.pk, "owner": actor.pk}
    title = f"Tải mọi giao ước: {campaign.title}"[:200]
    return jobs.queue(BUNDLE_JOB, f"{campaign.pk}:{actor.pk}", params=params, title=title, owner=actor)


@jobs.handler(BUNDLE_JOB)
def run_bundle(progress: jobs.Progress) -> str:
    """Write the newest revision of each pledge's document and the index. Makes no document and changes none."""
    owner = progress.job.owner
    if owner is None:
        raise DomainError("Không còn người yêu cầu tệp này.")
    campaign = Campaign.objects.get(pk=progress.params["campaign"])
    pledges = list(
        Pledge.objects.visible_to(owner)
        .filter(participation__campaign=campaign)
        .with_content()
        .select_related("document__current")
        .order_by("participation__cluster__order", "participation__sort_key")
    )
    rows: list[list[Any]] = []
    with tempfile.SpooledTemporaryFile(max_size=5_000_000) as kept:
        with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, pledge in enumerate(pledges, 1):
                progress.report(place - 1, len(pledges), f"Đang gom văn bản của {pledge.participation.name}")
                rows.append(_add(archive, place, pledge))
            archive.writestr(INDEX_NAME, _index(campaign, rows))
        kept.seek(0)
        name = f"Giao uoc {campaign.starts_on:%Y} {timezone.localtime():%Y%m%d %H%M}.zip"
        stored = files.store_bytes(File(kept, name=name), name, kind="application/zip", actor=owner)
    progress.report(len(pledges), len(pledges))
    progress.keep(file=stored)
    audit.record(campaign, "bundle", actor=owner)
    with_document = sum(1 for row in rows if row[6])
    return f"Đã gom {with_document} văn bản của {len(rows)} đơn vị, kèm mục lục."


def _add(archive: zipfile.ZipFile, place: int, pledge: Pledge) -> list[Any]:
    """Put the pledge's document into the archive; returns its line of the index."""
    row, document = pledge.participation, pledge.document
    line = [place, row.name, row.cluster.name if row.cluster else "", pledge.get_status_display()]
    if document is None:
        return [*line, "", 0, "", "", _NO_DOCUMENT]
    name = f"{place:03d}-{'-'.join(search_key(row.name).split())}"[: _NAME_MAX - 4] + ".pdf"
    try:
        data = files.read(document.current)
    except DomainError as error:
        return [*line, document.code, 0, "", document.current.sha256, error.message]
    archive.writestr(name, data)
    counted = sum(1 for signature in pledge.signatures if signature.counts)
    owed = any(signature.owes_seal for signature in pledge.signatures)
    note = "Con dấu điện tử đang được đóng, tải lại sau ít phút để có bản đủ." if owed else ""
    return [*line, document.code, counted, name, document.current.sha256, note]


def _index(campaign: Campaign, rows: list[list[Any]]) -> bytes:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet("Mục lục"), book.add_format({"bold": True, "text_wrap": True})
    sheet.write(0, 0, f"Giao ước thi đua: {campaign.title}", bold)
    sheet.write_row(2, 0, _HEADINGS, bold)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    for place, row in enumerate(rows, 3):
        sheet.write_row(place, 0, row)
    sheet.freeze_panes(3, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    book.close()
    return data.getvalue()
