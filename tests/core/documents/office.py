"""What an office does to a template in these tests: opens it, changes a paragraph, saves it."""

import io
import zipfile
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from docx.document import Document as OpenDocument

from dvk_portal.core.documents import word


def edited(*changes: Callable[[OpenDocument], object]) -> bytes:
    """The portal's template after ``changes``, as the bytes that a person uploads."""
    document = Document(io.BytesIO(word.standard_template()))
    for change in changes:
        change(document)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def added(text: str) -> bytes:
    """The template with one more paragraph at its end."""
    return edited(lambda document: document.add_paragraph(text))


def with_entry(name: str, data: bytes, source: bytes | None = None) -> bytes:
    """The template with one entry of its archive added or replaced."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(source or word.standard_template())) as old,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, data)
    return output.getvalue()


def entry(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(word.standard_template())) as archive:
        return archive.read(name)


def upload(data: bytes, name: str = "mau.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)
