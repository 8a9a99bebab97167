"""A pledge's document and the people who sign it: certificates under a root that the portal trusts."""

import datetime
import io

import pypdfium2
from django.core.files.uploadedfile import SimpleUploadedFile

from dvk_portal.core import files, jobs
from dvk_portal.core.models import Document, DocumentFile, Job, TrustAnchor
from dvk_portal.core.signatures import keys, pades
from tests.core.signatures import pki

P12_PASSWORD = "mật khẩu của khóa"


def trust_the_root() -> TrustAnchor:
    return TrustAnchor.objects.create(
        name="Gốc chứng thực thử", pem=pki.root().pem.decode(), valid_from=datetime.date(2020, 1, 1)
    )


def certificate_of(user, unit, **options) -> pki.Identity:
    """The certificate of a person of the small province."""
    return pki.person(user.full_name, organisation=unit.name, **options)


def fresh(document: Document) -> Document:
    return Document.objects.select_related("current", "frozen").get(pk=document.pk)


def current_bytes(document: Document) -> bytes:
    return files.read(fresh(document).current)


def revisions(document: Document) -> list[bytes]:
    """The bytes of every revision, oldest first."""
    roles = (DocumentFile.Role.FROZEN, DocumentFile.Role.SIGNED)
    return [files.read(row.stored) for row in document.files.filter(role__in=roles).order_by("id")]


def signed_fields(document: Document) -> list[str]:
    return [field.name for field in pades.slots(current_bytes(document)) if field.signed]


def signed_outside(pdf: bytes, by: pki.Identity, slot: str, now: datetime.datetime) -> bytes:
    """What a tool outside makes of a downloaded file."""
    key = keys.Pkcs12Key(by.p12(P12_PASSWORD), P12_PASSWORD)
    return pades.sign(pdf, slot=slot, key=key, stamp=None, reason="", now=now)


def upload(data: bytes, name: str = "giao-uoc-da-ky.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/pdf")


def run_jobs() -> list[Job]:
    """Let a worker do everything that waits."""
    waiting = list(Job.objects.filter(state=Job.State.QUEUED).order_by("id"))
    for job in waiting:
        jobs.run(job.pk)
        job.refresh_from_db()
    return waiting


def text_of(pdf: bytes) -> str:
    """The words of all pages, the signatures' stamps included."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    document.init_forms()
    for page in document:
        page.flatten()
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)
