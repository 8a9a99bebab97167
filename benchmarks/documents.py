"""What documents cost: a pledge frozen as a PDF, one seal, one verification; and an Excel file taken in.

Everything runs on the demonstration inside transactions that are rolled back, and files go into a folder that is thrown away.
"""

import datetime
import io
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import xlsxwriter
from django.db import transaction
from django.test.utils import override_settings
from django.utils import timezone

from benchmarks.harness import Result, compare
from benchmarks.pages import floor
from campaigns.models import Campaign
from dvk_portal.core import files
from dvk_portal.core.documents.freezing import freeze
from dvk_portal.core.models import Document
from dvk_portal.core.signatures import checking, sealing
from dvk_portal.core.signatures.signing import sign_by_consent
from pledges.models import Pledge
from units.models import Unit
from units.roles import Role
from units.services.imports import import_units
from units.services.unitfile import province_rows, read_units

# Another province than the one of the demonstration.
OTHER_PROVINCE = "92"


def measure(n: int) -> Iterator[Result]:
    """Each result against the floor of a trivial page."""
    pledge = agreed_pledge()
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        yield compare("document_pdf", undone(lambda: frozen(pledge)), floor, n=n)
        with transaction.atomic():
            document = frozen(pledge)
            consent(document, pledge, "unit")
            seal = compare("document_seal", undone(lambda: sealing.seal_document(document.pk)), floor, n=n)
            consent(document, pledge, "province")
            sealing.seal_document(document.pk)
            pdf = files.read(Document.objects.select_related("current").get(pk=document.pk).current)
            verify = compare("verify_pdf", lambda: checking.check(pdf, now=timezone.now()), floor, n=n)
            transaction.set_rollback(True)
        yield seal
        yield verify
    book = units_book()
    yield compare("import_excel", undone(lambda: take_in(book)), floor, n=max(3, n // 4))


def undone(action: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        with transaction.atomic():
            action()
            transaction.set_rollback(True)

    return run


# --- documents ---------------------------------------------------------------------------------------------------------
def agreed_pledge() -> Pledge:
    """A pledge that waits for both signatures, with all its content."""
    running = Campaign.objects.running()
    return Pledge.objects.with_content().filter(participation__campaign__in=running, status="agreed").latest("pk")


def frozen(pledge: Pledge) -> Document:
    """Content, layout, PDF, signature fields, stored with its hash; the pledge waits for the signatures of this document."""
    owner, today = pledge.participation.campaign.owner, timezone.localdate()
    document = freeze("pledge", pledge, actor=director_of(pledge), unit=owner, day=today)
    Pledge.objects.filter(pk=pledge.pk).update(document=document)
    return document


def director_of(pledge: Pledge) -> Any:
    return pledge.participation.campaign.owner.members(Role.DIRECTOR)[0]


def consent(document: Document, pledge: Pledge, slot: str) -> None:
    actor = pledge.participation.unit.members(Role.LEADER)[0] if slot == "unit" else director_of(pledge)
    sign_by_consent(document, actor=actor, slot=slot, now=timezone.now(), batch=True)


# --- Excel -------------------------------------------------------------------------------------------------------------
def units_book() -> bytes:
    """Every commune of a province as an office would hand them in (docs/formats-units.md)."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("Mã", "Tên", "Loại", "Mã cấp trên", "Từ ngày"))
    for number, row in enumerate(province_rows(OTHER_PROVINCE).rows, start=1):
        sheet.write_row(number, 0, (row.code, row.name, row.kind, row.parent or "", f"{row.valid_from:%d/%m/%Y}"))
    book.close()
    return target.getvalue()


def take_in(book: bytes) -> None:
    before = Unit.objects.count()
    import_units(read_units(book), actor=None, default_from=datetime.date(2025, 7, 1))
    if Unit.objects.count() - before < 50:
        raise RuntimeError("the file was not taken in")
