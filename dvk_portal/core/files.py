"""Taking in and handing out files: content-sniffed kind, limits, SHA-256, served as attachments only."""

import hashlib
import logging
import re
import unicodedata
import zipfile
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.http import FileResponse, Http404

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import StoredFile

logger = logging.getLogger(__name__)

# law.md §14, R-103: exchange formats of documents and pictures. Extension → content type.
KINDS: dict[str, str] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
}
_ZIP_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_MAX_ENTRIES, _MAX_UNPACKED = 5_000, 500_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The streams that make an OLE container a Word or an Excel document (an installer or a letter is one too).
_OLE_STREAMS = {"doc": ("WordDocument",), "xls": ("Workbook", "Book")}
_NAME_MAX_BYTES = 200  # file systems allow 255, and a Vietnamese letter takes up to three
_DEVICES = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}


def clean_name(name: str) -> str:
    """A file name without path, control characters or surprises; keeps Vietnamese letters; fits any file system."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    extension = re.sub(r"[^a-z0-9]", "", extension.lower())[:8] if dot else ""
    stem = re.sub(r"[^\w\-. ()]", "_", stem if dot else name, flags=re.UNICODE).strip(" .")
    if not stem or stem.split(".")[0].lower() in _DEVICES:
        stem = f"tep_{stem}".rstrip("_")
    stem = stem[:110].encode()[:_NAME_MAX_BYTES].decode(errors="ignore").rstrip(" .")
    return f"{stem}.{extension}" if extension else stem


def store_upload(upload: File, *, actor: Any) -> StoredFile:
    """Keep an uploaded file. Raises DomainError with a sentence when it is empty, too large or not of an allowed kind."""
    name = clean_name(upload.name or "tep")
    if not upload.size:
        raise DomainError(f"Tệp “{name}” trống. Hãy chọn lại tệp có nội dung.")
    if upload.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1_000_000
        raise DomainError(f"Tệp “{name}” lớn hơn {limit} MB. Hãy nén hoặc chia nhỏ rồi tải lại.")
    extension = name.rpartition(".")[2]
    if extension not in KINDS:
        raise DomainError(
            f"Tệp “{name}” không phải loại được nhận. "
            "Hãy dùng PDF, ảnh (JPG, PNG, WEBP), Word, Excel hoặc OpenDocument."
        )
    if fault := _content_fault(upload, extension):
        raise DomainError(f"Tệp “{name}” {fault}")
    return _keep(upload, name, KINDS[extension], actor)


def store_bytes(data: bytes | File, name: str, *, kind: str, actor: Any) -> StoredFile:
    """Keep a file that the portal made itself (an export, a signed document); a large one as an open file."""
    content = ContentFile(data) if isinstance(data, bytes) else data
    return _keep(content, clean_name(name), kind, actor)


def _keep(content: File, name: str, kind: str, actor: Any) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    for chunk in content.chunks():
        digest.update(chunk)
        size += len(chunk)
    content.seek(0)
    stored = StoredFile(sha256=digest.hexdigest(), name=name, kind=kind, size=size, uploaded_by=actor)
    twin = StoredFile.objects.filter(sha256=stored.sha256, size=size, kind=kind).first()
    if twin is not None and twin.file.storage.exists(twin.file.name):
        stored.file = twin.file.name  # the same bytes are kept once
    else:
        stored.file.save(f"{stored.sha256[:32]}.{name.rpartition('.')[2]}", content, save=False)
    stored.save()
    return stored


def _content_fault(upload: File, extension: str) -> str:
    """Why the bytes are not what the extension says; "" when they are."""
    wrong = "có nội dung không đúng với đuôi tệp. Hãy mở bằng phần mềm tương ứng, lưu lại rồi tải lên."
    upload.seek(0)
    head = upload.read(16)
    upload.seek(max(0, upload.size - 2048))
    tail = upload.read()
    upload.seek(0)
    if extension in ("docx", "xlsx", "odt", "ods"):
        return _archive_fault(upload, extension, head) if head.startswith(b"PK\x03\x04") else wrong
    if extension in ("doc", "xls"):
        return "" if head.startswith(_OLE) and _has_stream(upload, _OLE_STREAMS[extension]) else wrong
    good = {
        "pdf": head.startswith(b"%PDF-") and b"%%EOF" in tail,
        "png": head.startswith(b"\x89PNG\r\n\x1a\n"),
        "webp": head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    }.get(extension, head.startswith(b"\xff\xd8\xff"))
    if not good:
        return wrong
    # A picture or PDF with an archive behind it is two files in one: one thing to us, another to the program that opens it.
    return "có chứa thêm một tệp nén ở phần sau. Hãy lưu lại tệp gốc rồi tải lên." if zipfile.is_zipfile(upload) else ""


def _archive_fault(upload: BinaryIO | File, extension: str, head: bytes) -> str:
    wrong = "không phải tệp Word, Excel hoặc OpenDocument thật. Hãy mở bằng phần mềm soạn thảo, lưu lại rồi tải lên."
    try:
        with zipfile.ZipFile(upload) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_UNPACKED:
                return "giải nén ra quá lớn nên không được nhận. Hãy giảm kích thước ảnh trong tệp rồi tải lại."
            if extension in _ZIP_PARTS:
                real = {"[Content_Types].xml", _ZIP_PARTS[extension]} <= names
            else:
                first = entries[0] if entries else None
                real = (
                    first is not None
                    and first.filename == "mimetype"
                    and first.file_size < 100
                    and archive.read(first) == KINDS[extension].encode()
                )
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        return wrong
    finally:
        upload.seek(0)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return "có chứa macro. Hãy lưu lại dạng không có macro (.docx, .xlsx) rồi tải lên."
    return "" if real else wrong


def _has_stream(upload: File, streams: tuple[str, ...]) -> bool:
    """Whether the directory of an OLE container names one of ``streams`` (UTF-16, wherever its sectors lie)."""
    wanted = [f"{name}\0".encode("utf-16-le") for name in streams]
    upload.seek(0)
    data = upload.read()
    upload.seek(0)
    return any(name in data for name in wanted)


def read(stored: StoredFile) -> bytes:
    """The bytes as they were stored. Raises DomainError when they are missing or no longer the same (law.md R-71)."""
    with _opened(stored) as content:
        return content.read()


def serve(stored: StoredFile) -> FileResponse:
    """Hand out the bytes as an attachment. The caller has checked that the person may see the record they prove."""
    try:
        content = _opened(stored)
    except MissingFileError as error:
        raise Http404(error.message) from error
    return _attachment(content, stored.name, stored.kind)


def serve_bytes(data: bytes, name: str, *, kind: str) -> FileResponse:
    """Hand out what was made for this answer and is not kept (a preview)."""
    return _attachment(ContentFile(data), name, kind)


def _attachment(content: File, name: str, kind: str) -> FileResponse:
    response = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


class MissingFileError(DomainError):
    """The storage no longer has the file."""


def _opened(stored: StoredFile) -> File:
    """The file at its beginning, once its hash is still the stored one: what was changed in the storage is given to nobody."""
    try:
        content = stored.file.open("rb")
    except FileNotFoundError as error:
        logger.exception("File %s of StoredFile %s is missing from the storage", stored.file.name, stored.pk)
        raise MissingFileError(
            f"Tệp “{stored.name}” không còn trong kho lưu trữ. Hãy báo quản trị hệ thống."
        ) from error
    found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != stored.sha256:
        content.close()
        logger.error("File %s of StoredFile %s is damaged: its SHA-256 is %s", stored.file.name, stored.pk, found)
        audit.record(stored, "file_damaged", actor=None, changes={"SHA-256": [stored.sha256, found]})
        raise DomainError(
            f"Tệp “{stored.name}” trong kho lưu trữ không còn đúng như lúc lưu nên không được dùng. "
            "Hãy báo quản trị hệ thống khôi phục từ bản sao lưu."
        )
    content.seek(0)
    return content
