"""Taking in and handing out files: content-sniffed kind, limits, SHA-256, served as attachments only."""

import hashlib
import re
import unicodedata
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import StoredFile

# law.md §14, R-103: exchange formats of documents and pictures. Extension → content types the bytes may show.
KINDS: dict[str, tuple[str, ...]] = {
    "pdf": ("application/pdf",),
    "jpg": ("image/jpeg",),
    "jpeg": ("image/jpeg",),
    "png": ("image/png",),
    "webp": ("image/webp",),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/zip"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip"),
    "odt": ("application/vnd.oasis.opendocument.text", "application/zip"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", "application/zip"),
    "doc": ("application/msword", "application/x-ole-storage", "application/CDFV2"),
    "xls": ("application/vnd.ms-excel", "application/x-ole-storage", "application/CDFV2"),
}
_SIGNATURES = {
    "pdf": b"%PDF-",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
    "webp": b"RIFF",
    "docx": b"PK\x03\x04",
    "xlsx": b"PK\x03\x04",
    "odt": b"PK\x03\x04",
    "ods": b"PK\x03\x04",
    "doc": b"\xd0\xcf\x11\xe0",
    "xls": b"\xd0\xcf\x11\xe0",
}


def clean_name(name: str) -> str:
    """A file name without path, control characters or surprises; keeps Vietnamese letters; at most 120 characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    stem = re.sub(r"[^\w\-. ()]", "_", stem if dot else name, flags=re.UNICODE).strip(" .") or "tep"
    return f"{stem[:110]}.{extension.lower()[:8]}" if dot else stem[:110]


def store_upload(upload: UploadedFile, *, actor: Any) -> StoredFile:
    """Keep an uploaded file. Raises DomainError with a sentence when it is empty, too large or not of an allowed kind."""
    name = clean_name(upload.name or "tep")
    if not upload.size:
        raise DomainError(f"Tệp “{name}” trống. Hãy chọn lại tệp có nội dung.")
    if upload.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1_000_000
        raise DomainError(f"Tệp “{name}” lớn hơn {limit} MB. Hãy nén hoặc chia nhỏ rồi tải lại.")
    extension = name.rpartition(".")[2].lower()
    head = upload.read(4096)
    upload.seek(0)
    if extension not in KINDS or not head.startswith(_SIGNATURES[extension]):
        raise DomainError(
            f"Tệp “{name}” không phải loại được nhận hoặc nội dung không đúng với đuôi tệp. "
            "Hãy dùng PDF, ảnh (JPG, PNG, WEBP), Word, Excel hoặc OpenDocument."
        )
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    stored = StoredFile(
        sha256=digest.hexdigest(), name=name, kind=KINDS[extension][0], size=upload.size, uploaded_by=actor
    )
    stored.file.save(f"{stored.sha256[:32]}.{extension}", upload, save=False)
    stored.save()
    return stored


def serve(stored: StoredFile) -> FileResponse:
    """Hand out the bytes as an attachment. The caller has checked that the person may see the record they prove."""
    response = FileResponse(stored.file.open("rb"), as_attachment=True, filename=stored.name, content_type=stored.kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
