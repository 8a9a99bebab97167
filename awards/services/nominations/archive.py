"""Dossiers as one ZIP (law.md R-31): index, files, Word of memo and list, manifest with the SHA-256 of every file."""

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Sequence
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.utils import timezone

from awards.models import AwardCycle, AwardType, DossierFile, Nomination, NominationSet
from awards.services.nominations.dossier import living_files
from awards.services.nominations.visibility import shown_status, with_shown_status
from dvk_portal.core import audit, files, jobs
from dvk_portal.core.documents.exporting import word_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, StoredFile
from dvk_portal.core.text import search_key

ARCHIVE_JOB = "awards.archive"
FORMAT = "dvk-dossier/1"
MANIFEST, INDEX_CSV, INDEX_HTML = "manifest.json", "muc-luc.csv", "muc-luc.html"
NAME_MAX = 50  # of exchanged files (law.md §14)
HEADINGS = (
    "TT",
    "Đơn vị",
    "Đề nghị cho",
    "Danh hiệu, hình thức",
    "Trạng thái",
    "Thành phần",
    "Tệp",
    "SHA-256",
    "Ghi chú",
)
# The unit's documents that the law wants as Word too (NĐ 152/2025, Điều 33.12).
WORD_KINDS = ("award_memo", "award_list")
_DAMAGED = "Tệp không còn đúng như lúc lưu; báo quản trị hệ thống."


def plain_name(text: str, extension: str, *, limit: int = NAME_MAX) -> str:
    """Lower-case letters, digits and hyphens, no marks, at most ``limit`` characters with its extension."""
    words = "".join(char if char.isascii() and char.isalnum() else " " for char in search_key(text)).split()
    ending = f".{extension}" if extension else ""
    return ("-".join(words) or "tep")[: limit - len(ending)].rstrip("-") + ending


class Bundle:
    """A ZIP being written: every file goes through :meth:`add`, so the manifest lists exactly what is in it."""

    def __init__(self, target: IO[bytes], title: str, actor: Any) -> None:
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
        self._title, self._actor = title, actor
        self._files: list[dict[str, Any]] = []
        self._lines: list[list[str]] = []
        self._names: set[str] = set()

    def add(self, name: str, data: bytes) -> tuple[str, str]:
        """Store ``data``; returns the name it got (told apart from a twin by a number) and its SHA-256."""
        name = self._free(name)
        found = hashlib.sha256(data).hexdigest()
        self._archive.writestr(name, data)
        self._files.append({"name": name, "size": len(data), "sha256": found})
        return name, found

    def _free(self, name: str) -> str:
        stem, _, extension = name.rpartition(".")
        folder, slash, short = stem.rpartition("/")
        number = 1
        while name in self._names:
            number += 1
            tail = f"-{number}"
            name = f"{folder}{slash}{short[: NAME_MAX - len(tail) - len(extension) - 1]}{tail}.{extension}"
        self._names.add(name)
        return name

    def line(self, *cells: str) -> None:
        self._lines.append(list(cells))

    def close(self) -> None:
        """Index for people and for programs, then the manifest over all of it."""
        table = [list(HEADINGS), *([str(n), *cells] for n, cells in enumerate(self._lines, 1))]
        text = io.StringIO()
        csv.writer(text).writerows([[_safe(cell) for cell in row] for row in table])
        self.add(INDEX_CSV, text.getvalue().encode("utf-8-sig"))
        self.add(INDEX_HTML, _page(self._title, table).encode())
        manifest = {
            "format": FORMAT,
            "title": self._title,
            "made_at": timezone.localtime().isoformat(timespec="seconds"),
            "made_by": str(self._actor),
            "files": self._files,
        }
        self._archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        self._archive.close()


def _safe(cell: str) -> str:
    """A spreadsheet shall not take a name for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell


def _page(title: str, table: list[list[str]]) -> str:
    head, *rows = [[_escaped(cell) for cell in row] for row in table]
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    heads = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{_escaped(title)}</title></head>'
        f"<body><h1>{_escaped(title)}</h1><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></body></html>"
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def check_manifest(archive: zipfile.ZipFile) -> list[str]:
    """What is wrong with a ZIP of ours, as sentences: a file changed, missing, or not in the manifest."""
    listed = {row["name"]: row["sha256"] for row in json.loads(archive.read(MANIFEST))["files"]}
    present = set(archive.namelist()) - {MANIFEST}
    found = [f"Thiếu tệp {name}." for name in sorted(listed.keys() - present)]
    found += [f"Tệp {name} không có trong danh mục." for name in sorted(present - listed.keys())]
    for name in sorted(listed.keys() & present):
        if hashlib.sha256(archive.read(name)).hexdigest() != listed[name]:
            found.append(f"Tệp {name} đã bị thay đổi.")
    return found


# --- what goes in -------------------------------------------------------------------------------------------------------
def _put_dossier(bundle: Bundle, nomination: Nomination, shown: str, folder: str) -> None:
    head = (
        nomination.unit.name,
        nomination.name,
        nomination.award_type.name,
        Nomination.Status(shown).label,
    )
    rows = living_files(nomination)
    for place, row in enumerate(rows, 1):
        _put_file(bundle, row, head, folder, place)
    if not rows:
        bundle.line(*head, "", "", "", "Chưa có tệp nào.")


def _put_file(bundle: Bundle, row: DossierFile, head: Sequence[str], folder: str, place: int) -> None:
    stored: StoredFile = row.stored or row.document.current
    extension = stored.name.rpartition(".")[2]
    try:
        data = files.read(stored)
    except DomainError:
        bundle.line(*head, row.title, "", stored.sha256, _DAMAGED)
        return
    name, found = bundle.add(f"{folder}{plain_name(f'{place:02d} {row.title}', extension)}", data)
    state = row.document.get_status_display() if row.document else ""
    bundle.line(*head, row.title, name, found, state)


def _put_words(bundle: Bundle, groups: Sequence[NominationSet], actor: Any) -> None:
    """Word of memo and list of each unit, for whoever works on them further."""
    for group in groups:
        for document in Document.objects.of(group).living().filter(kind__in=WORD_KINDS).select_related("format"):
            name = plain_name(f"{document.title} {group.unit.name}", "docx")
            given, found = bundle.add(f"word/{name}", word_of(document, actor=actor))
            bundle.line(group.unit.name, "", "", "", document.title, given, found, "Bản Word để làm việc")


# --- one dossier, or all of a cycle ---------------------------------------------------------------------------------------
def archive_of(nomination: Nomination, *, actor: Any) -> tuple[str, bytes]:
    """Name and bytes of the ZIP of one dossier, for one who may see it; logged (law.md R-83)."""
    if not actor.has_perm("award.view", nomination):
        raise PermissionDenied
    data = io.BytesIO()
    bundle = Bundle(data, f"{nomination.award_type.name}: {nomination.name}", actor)
    shown = shown_status(nomination, actor, timezone.localdate())
    _put_dossier(bundle, nomination, shown, "")
    groups = NominationSet.objects.filter(cycle=nomination.cycle_id, unit=nomination.unit_id).select_related("unit")
    _put_words(bundle, list(groups), actor)
    bundle.close()
    audit.record(nomination, "archive", actor=actor)
    return plain_name(f"ho so {nomination.name} {nomination.award_type.code}", "zip"), data.getvalue()


def ask_for_archive(cycle: AwardCycle, award_type: AwardType | None, *, actor: Any) -> jobs.Job:
    """Queue the ZIP of everything sent in the cycle (of one award) that ``actor`` may read; the file is his alone."""
    if not actor.has_perm("award.manage", cycle):
        raise PermissionDenied
    params = {"cycle": cycle.pk, "award": award_type.pk if award_type else None}
    title = f"Tải hồ sơ: {cycle.title}{f', {award_type.name}' if award_type else ''}"[:200]
    key = f"{cycle.pk}:{params['award'] or 'all'}:{actor.pk}"
    return jobs.queue(ARCHIVE_JOB, key, params=params, title=title, owner=actor)


@jobs.handler(ARCHIVE_JOB)
def run_archive(progress: jobs.Progress) -> str:
    """Write it; reads files and changes none. A folder per dossier."""
    owner = progress.job.owner
    if owner is None:
        raise DomainError("Không còn người yêu cầu tệp này.")
    cycle = AwardCycle.objects.get(pk=progress.params["cycle"])
    rows = with_shown_status(Nomination.objects.visible_to(owner), owner, timezone.localdate())
    rows = rows.filter(cycle=cycle, revision__gte=1).exclude(status=Nomination.Status.WITHDRAWN)
    if award := progress.params["award"]:
        rows = rows.filter(award_type=award)
    rows = rows.select_related("unit", "award_type").order_by(
        "-award_type__level", "unit__sort_key", "recipient__sort_key", "id"
    )
    found = list(rows)
    with tempfile.SpooledTemporaryFile(max_size=5_000_000) as kept:
        bundle = Bundle(kept, progress.job.title, owner)
        for place, row in enumerate(found, 1):
            progress.report(place - 1, len(found), f"Đang gom hồ sơ của {row.name}")
            _put_dossier(bundle, row, row.shown, f"{plain_name(f'{place:04d} {row.name}', '')}/")
        units = {row.unit_id for row in found}
        _put_words(
            bundle, list(NominationSet.objects.filter(cycle=cycle, unit__in=units).select_related("unit")), owner
        )
        bundle.close()
        kept.seek(0)
        name = f"Ho so khen thuong {timezone.localtime():%Y%m%d %H%M}.zip"
        stored = files.store_bytes(File(kept, name=name), name, kind="application/zip", actor=owner)
    progress.report(len(found), len(found))
    progress.keep(file=stored)
    audit.record(cycle, "archive", actor=owner)
    return f"Đã gom {len(found)} hồ sơ, kèm mục lục và danh mục mã kiểm tra."
