"""Word and Excel files of a document, for those who may read it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.generic import View

from dvk_portal.core import files
from dvk_portal.core.documents.access import get_document_or_404
from dvk_portal.core.documents.content import Content
from dvk_portal.core.documents.exporting import word_of, workbook_of
from dvk_portal.core.documents.freezing import file_name
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document
from dvk_portal.core.views import describe


class _DocumentExport(View):
    extension = ""
    make: Callable[..., bytes]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        document = get_document_or_404(request.user, pk)
        try:
            data = self.make(document, actor=request.user)
        except DomainError as error:
            messages.error(request, describe(error))
            return redirect(document)
        return self.answer(document, data)

    def answer(self, document: Document, data: bytes) -> FileResponse:
        name = file_name(Content.from_json(document.content), self.extension)
        return files.serve_bytes(data, name, kind=files.KINDS[self.extension])


class DocumentWord(_DocumentExport):
    extension = "docx"
    make: Any = staticmethod(word_of)


class DocumentWorkbook(_DocumentExport):
    extension = "xlsx"
    make: Any = staticmethod(workbook_of)
