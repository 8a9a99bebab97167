"""The list of documents, the page of one, its files; confirming, checking again, cancelling."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.generic import DetailView, View

from dvk_portal.core import audit, files
from dvk_portal.core.documentpages import pictures
from dvk_portal.core.documentpages.forms import DocumentFilter
from dvk_portal.core.documentpages.overview import bodies_of, overview_of, place_of, title_of
from dvk_portal.core.documents.access import documents_for, get_document_or_404
from dvk_portal.core.documents.cancelling import cancel_document, why_not_cancelled
from dvk_portal.core.documents.content import Content
from dvk_portal.core.documents.freezing import is_intact
from dvk_portal.core.documents.kinds import kind_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, DocumentFile, Signature
from dvk_portal.core.signatures import checking, outside
from dvk_portal.core.signatures.signing import slots_for, slots_of
from dvk_portal.core.views import ActionView, FilteredListView, PageTitleMixin, Where

PAGES_SHOWN = 20


class DocumentList(FilteredListView):
    page_title = "Văn bản"
    page_subtitle = "Văn bản đã chốt nội dung: đang chờ ký, đã ban hành, đã hết hiệu lực."
    template_name = "layouts/list.html"
    partial_template_name = "core/documents/_list.html"
    filterset_class = DocumentFilter
    sort_fields = {"date": "dated_on", "title": "title", "status": "status"}
    default_sort = "-date"
    empty_title = "Chưa có văn bản nào"
    empty_text = "Văn bản xuất hiện ở đây khi nội dung được chốt để ký, ví dụ khi hai bên thống nhất giao ước."

    def get_queryset(self) -> Any:
        rows = documents_for(self.request.user).select_related("unit", "number", "format")
        return rows.prefetch_related("signatures")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        for row in context["object_list"]:
            slots = slots_of(row)
            signed = {each.slot for each in row.signatures.all() if each.counts}
            row.bodies = bodies_of(row)
            row.signed, row.to_sign = len([slot for slot in slots if slot.slot in signed]), len(slots)
        return context


class DocumentPageMixin(PageTitleMixin):
    """A page about one document that the person may read; anybody else's is not found."""

    object: Document

    def get_object(self, queryset: Any = None) -> Document:
        return get_document_or_404(self.request.user, self.kwargs["pk"])

    def get_page_title(self) -> str:
        return title_of(self.object)

    def get_page_subtitle(self) -> str:
        return self.object.subject

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Văn bản", reverse("document-list"))]


class DocumentDetail(DocumentPageMixin, DetailView):
    template_name = "core/documents/detail.html"
    context_object_name = "document"

    def get_object(self, queryset: Any = None) -> Document:
        rows = documents_for(self.request.user).select_related(
            "unit", "format", "number", "frozen", "current", "ended_by"
        )
        related = ("signatures__decided_by", "files__stored", "files__created_by")
        return get_object_or_404(rows.prefetch_related(*related), pk=self.kwargs["pk"])

    def get_where(self) -> Where:
        return place_of(self.object, self.overview)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        document, user = self.object, self.request.user
        self.overview = overview_of(document)
        waits = bool(self.overview.pending) and document.status == Document.Status.FROZEN
        pages, damage = _pages_of(document)
        return super().get_context_data(
            overview=self.overview,
            intact=is_intact(document),
            damage=damage,
            pages=range(1, min(pages, PAGES_SHOWN) + 1),
            page_count=pages,
            may_sign=bool(slots_for(document, user)),
            may_confirm=waits and outside.may_decide(document, user),
            may_cancel=user.has_perm("document.cancel", document) and not why_not_cancelled(document),
            histories=[_row_of(file) for file in readable_files(document, self.request.user)],
            downloads=_downloads(document),
            entries=_trail(document),
            **context,
        )


def _trail(document: Document) -> list[Any]:
    """The trail without the frozen content itself, which the pages show better."""
    entries = list(audit.trail(document))
    for entry in entries:
        entry.changes = {name: value for name, value in entry.changes.items() if name != "content"}
    return entries


def _pages_of(document: Document) -> tuple[int, str]:
    """How many pages the newest revision has; 0 and the reason when it cannot be shown."""
    try:
        return pictures.picture(document.current, 1).pages, ""
    except DomainError as error:
        return 0, error.message


def _row_of(file: DocumentFile) -> dict[str, Any]:
    report = checking.report_of(file)
    return {
        "file": file,
        "verdict": report.verdict if report and report.checks else None,
        "refusals": file.report.get("refusals", []),
        "flags": file.report.get("flags", []),
        "url": reverse("document-file", args=[file.document_id, file.pk]),
    }


def readable_files(document: Document, user: Any) -> list[DocumentFile]:
    """The files of ``document`` that ``user`` may open: what somebody handed in and was not taken may be anything at all,
    so it is for him and for those who confirm. Load ``files__stored`` beforehand."""
    confirms = kind_of(document.kind).may_confirm(user, document)
    kept = DocumentFile.Role.UPLOAD
    return [file for file in document.files.all() if file.role != kept or confirms or file.created_by_id == user.pk]


def _downloads(document: Document) -> list[tuple[str, str, str]]:
    """Label, address, icon of each form in which the document can be taken along."""
    roles = (DocumentFile.Role.FROZEN, DocumentFile.Role.SIGNED)
    rows = [file for file in document.files.all() if file.role in roles]
    found = []
    newest = [file for file in rows if file.stored_id == document.current_id]
    if newest and document.current_id != document.frozen_id:
        found.append(("PDF có chữ ký (bản mới nhất)", _file_url(newest[-1]), "download"))
    found += [("PDF bản chốt, chưa có chữ ký", _file_url(file), "download") for file in rows if file.role == roles[0]]
    found.append(("Word", reverse("document-word", args=[document.pk]), "file"))
    if Content.from_json(document.content).tables:
        found.append(("Bảng Excel", reverse("document-xlsx", args=[document.pk]), "file"))
    return found


def _file_url(file: DocumentFile) -> str:
    return reverse("document-file", args=[file.document_id, file.pk])


class DocumentPicture(View):
    """One page of the newest revision as a picture."""

    def get(self, request: HttpRequest, pk: int, page: int) -> HttpResponse:
        found = pictures.picture(get_document_or_404(request.user, pk).current, page)
        response = HttpResponse(found.png, content_type="image/png")
        response["X-Content-Type-Options"] = "nosniff"
        # The page asks with the hash of the revision, so a new one is a new address.
        patch_cache_control(response, private=True, max_age=86_400)
        return response


class DocumentFileDownload(View):
    """A file of a document, as an attachment; its hash is checked before a byte leaves."""

    def get(self, request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
        document = get_document_or_404(request.user, pk)
        shown = readable_files(document, request.user)
        row = next((row for row in shown if row.pk == file), None)
        if row is None:
            raise Http404
        try:
            return files.serve(row.stored)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect(document)


class DocumentAction(ActionView):
    def get_record(self) -> Document:
        return get_document_or_404(self.request.user, self.kwargs["pk"])


class DocumentCheck(DocumentAction):
    success_message = "Đã kiểm tra lại chữ ký của bản mới nhất."

    def act(self, record: Document) -> None:
        checking.check_again(record, actor=self.request.user, now=timezone.now())


class DocumentCancel(DocumentAction):
    success_message = "Đã hủy văn bản. Trang tra cứu công khai ghi rõ văn bản đã hủy."

    def act(self, record: Document) -> Document:
        return cancel_document(record, actor=self.request.user, reason=self.note, now=timezone.now())


class SignatureAction(ActionView):
    """A decision on a signature that waits; whoever may not read the document does not find it."""

    def get_record(self) -> Signature:
        readable = documents_for(self.request.user)
        rows = Signature.objects.filter(document__in=readable).select_related("document")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_success_url(self, record: Signature) -> str:
        return record.document.get_absolute_url()

    def back_url(self, record: Signature) -> str:
        return record.document.get_absolute_url()


class SignatureConfirm(SignatureAction):
    success_message = "Đã xác nhận chữ ký."

    def act(self, record: Signature) -> Signature:
        return outside.confirm_signature(record, actor=self.request.user)


class SignatureRefuse(SignatureAction):
    success_message = "Đã ghi không nhận chữ ký; bên ký được báo để ký lại."

    def act(self, record: Signature) -> Signature:
        return outside.refuse_signature(record, actor=self.request.user, note=self.note)
