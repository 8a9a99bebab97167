import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.urls import reverse

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import KINDS, clean_name, read, serve, store_bytes, store_upload
from dvk_portal.core.models import AuditEntry, Job, StoredFile
from tests.factories import UserFactory

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 30
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def archive(*names, **contents):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in names:
            target.writestr(name, contents.get("text", "x"))
    return buffer.getvalue()


def utf16(text):
    return f"{text}\0".encode("utf-16-le")


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
ODT = archive("mimetype", "content.xml", text=KINDS["odt"])

GOOD = {
    "a.pdf": PDF,
    "a.png": PNG,
    "a.jpg": JPG,
    "a.JPEG": JPG,
    "a.webp": b"RIFF\0\0\0\0WEBPVP8 ",
    "a.docx": DOCX,
    "a.xlsx": XLSX,
    "a.odt": ODT,
    "a.doc": OLE + utf16("WordDocument"),
    "a.xls": OLE + utf16("Workbook"),
}
BAD = {
    "no extension": ("tep", PDF),
    "a program": ("a.exe", b"MZ" + b"\0" * 50),
    "a page": ("a.html", b"<script>"),
    "a drawing with script": ("a.svg", b"<svg/>"),
    "a program called pdf": ("a.pdf", b"MZ" + b"\0" * 50),
    "a page called png": ("a.png", b"<html>"),
    "a zip called docx": ("a.docx", archive("virus.exe")),
    "a sheet called docx": ("a.docx", XLSX),
    "a document with macros": ("a.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
    "a zip called odt": ("a.odt", archive("mimetype", text="application/zip")),
    "half a zip": ("a.docx", DOCX[:40]),
    "a cut pdf": ("a.pdf", PDF[:20]),
    "a pdf with a zip behind": ("a.pdf", PDF + archive("virus.exe")),
    "a picture with a zip behind": ("a.jpg", JPG + archive("virus.exe")),
    "a wave file called webp": ("a.webp", b"RIFF\0\0\0\0WAVEfmt "),
    "an installer called doc": ("a.doc", OLE + utf16("SummaryInformation")),
    "a document called xls": ("a.xls", OLE + utf16("WordDocument")),
    "an archive that unpacks to a gigabyte": ("a.docx", b""),
}


def bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in ("[Content_Types].xml", "word/document.xml"):
            with target.open(name, "w") as part:
                for _ in range(260):
                    part.write(b"\0" * 1_000_000)
    return buffer.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("name", GOOD)
def test_what_is_what_its_name_says_is_kept(name):
    stored = store_upload(SimpleUploadedFile(name, GOOD[name]), actor=None)

    with stored.file.open("rb") as kept:
        assert (stored.size, kept.read()) == (len(GOOD[name]), GOOD[name])


@pytest.mark.django_db
@pytest.mark.parametrize("case", BAD)
def test_what_is_not_what_its_name_says_is_refused_with_a_sentence(case):
    name, content = BAD[case]

    with pytest.raises(DomainError, match="Hãy"):
        store_upload(SimpleUploadedFile(name, content or bomb()), actor=None)

    assert not StoredFile.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"%PDF-" + b"0" * 100 + b"%%EOF"])
def test_an_empty_and_an_overlong_file_are_refused(content, settings):
    settings.UPLOAD_MAX_BYTES = 50

    with pytest.raises(DomainError, match=r"trống|lớn hơn"):
        store_upload(SimpleUploadedFile("a.pdf", content), actor=None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Temp\\Báo cáo.PDF", "Báo cáo.pdf"),
        ("a\u202efdp.exe", "a_fdp.exe"),
        ("a\x00b.pdf", "a_b.pdf"),
        (".pdf", "tep.pdf"),
        ("CON.pdf", "tep_CON.pdf"),
        ("a.p\ndf", "a.pdf"),
        ("ba\u0301o ca\u0301o.pdf", "báo cáo.pdf"),
        ("", "tep"),
        ("...", "tep"),
    ],
)
def test_names_lose_their_tricks_and_keep_their_letters(given, kept):
    assert clean_name(given) == kept


def test_a_name_fits_any_file_system():
    assert len(clean_name("ệ" * 300 + ".pdf").encode()) <= 255


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once():
    first, second = (store_upload(SimpleUploadedFile(name, PDF), actor=None) for name in ("a.pdf", "b.pdf"))

    assert (first.file.name, first.name, second.name) == (second.file.name, "a.pdf", "b.pdf")


@pytest.mark.django_db
def test_files_are_handed_out_as_attachments_that_no_browser_runs():
    response = serve(store_bytes(PDF, "Bảng điểm.pdf", kind="application/pdf", actor=None))

    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    response.close()


@pytest.mark.django_db
def test_a_file_that_is_gone_from_the_storage_is_not_found():
    stored = store_bytes(PDF, "a.pdf", kind="application/pdf", actor=None)
    stored.file.storage.delete(stored.file.name)

    with pytest.raises(Http404):
        serve(stored)


@pytest.fixture
def spoiled(db):
    """A stored file whose bytes somebody changed in the storage."""
    stored = store_bytes(PDF, "giao-uoc.pdf", kind="application/pdf", actor=None)
    Path(stored.file.path).write_bytes(PDF.replace(b"1.7", b"1.4"))
    return stored


def test_the_bytes_come_back_as_they_were_stored(db):
    assert read(store_bytes(PDF, "a.pdf", kind="application/pdf", actor=None)) == PDF


@pytest.mark.parametrize("use", [read, serve])
def test_a_file_that_was_changed_in_the_storage_is_given_to_nobody(use, spoiled):
    with pytest.raises(DomainError) as refused:
        use(spoiled)

    assert refused.value.message == (
        "Tệp “giao-uoc.pdf” trong kho lưu trữ không còn đúng như lúc lưu nên không được dùng. "
        "Hãy báo quản trị hệ thống khôi phục từ bản sao lưu."
    )
    entry = AuditEntry.objects.get(action="file_damaged")
    assert (entry.record_id, entry.changes["SHA-256"][0]) == (str(spoiled.pk), spoiled.sha256)


def test_a_page_that_would_hand_out_a_changed_file_says_so(spoiled, sign_in):
    person = UserFactory()
    job = Job.objects.create(kind="export", key="k", owner=person, file=spoiled)

    response = sign_in(person).get(reverse("job-file", args=[job.pk]))

    assert response.status_code == 409
    assert "không còn đúng như lúc lưu" in response.content.decode()
