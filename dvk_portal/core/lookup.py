"""The public page of a document: what it is, who signed when, whether a file is that document. No sign-in.

It says nothing beyond names and posts of the signers; nothing that is dropped there is kept.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import View

from dvk_portal.core import codes
from dvk_portal.core.documentpages.overview import overview_of
from dvk_portal.core.documentpages.signing import drain, too_large
from dvk_portal.core.models import Document, DocumentFile, Signature
from dvk_portal.core.signatures import intake
from dvk_portal.core.visitors import source_address

# Codes are of 59 bits; this only keeps a machine from asking all day. Only wrong codes count: a whole office may look up.
MOST_MISSES, MISSES_SECONDS = 30, 600
STATES = {
    Document.Status.FROZEN: ("waiting", "Đang chờ ký"),
    Document.Status.ISSUED: ("good", "Đã ban hành"),
    Document.Status.SUPERSEDED: ("neutral", "Đã thay thế"),
    Document.Status.CANCELLED: ("bad", "Đã hủy"),
}


@dataclass(frozen=True)
class Answer:
    """Whether a file is the document; ``tone`` colours it."""

    tone: str
    title: str
    text: str


NEWEST = Answer("good", "Đúng bản mới nhất", "Tệp giống hệt bản mới nhất của văn bản này, từng byte một.")
UNSIGNED = Answer("waiting", "Đúng bản đã chốt, chưa ký", "Nội dung đúng là văn bản này, nhưng tệp chưa có chữ ký nào.")
OLDER = Answer(
    "waiting", "Một bản cũ của văn bản này", "Nội dung đúng là văn bản này, nhưng tệp có ít chữ ký hơn bản mới nhất."
)
OTHER = Answer(
    "bad",
    "Không phải văn bản này",
    "Tệp khác mọi bản của văn bản này: là văn bản khác, bản in hoặc quét lại, hoặc đã bị sửa. Hãy xin lại tệp từ nơi gửi.",
)


@method_decorator(login_not_required, name="dispatch")
class PublicPage(View):
    """A page that no search engine keeps and that no cache shares."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "private, no-store"
        return response


def plain_code(text: str) -> str:
    """A code as stored, however it was typed: "k7m2 qx9t-rb4d" → "K7M2QX9TRB4D"."""
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())[:20]


class LookupForm(PublicPage):
    """Type the code that stands under the QR code of the paper."""

    def get(self, request: HttpRequest) -> HttpResponse:
        typed = request.GET.get("ma", "")
        if code := plain_code(typed):
            return redirect("lookup", code=code)
        error = "Hãy nhập mã tra cứu in dưới mã QR của văn bản." if "ma" in request.GET else ""
        return form_page(request, error=error)


@method_decorator([login_not_required, csrf_exempt], name="dispatch")
class Lookup(PublicPage):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and (refusal := too_large(request)):
            drain(request)
            self.refusal = refusal
            return super().dispatch(request, *args, **kwargs)
        self.refusal = ""
        return csrf_protect(super().dispatch)(request, *args, **kwargs)

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.answer(request, code)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        upload = None if self.refusal else request.FILES.get("tep")
        if self.refusal:
            return self.answer(request, code, error=self.refusal)
        if upload is None:
            return self.answer(request, code, error="Hãy chọn tệp PDF cần đối chiếu.")
        if refusal := intake.examine_size(upload.size, max_bytes=settings.UPLOAD_MAX_BYTES):
            return self.answer(request, code, error=refusal)
        return self.answer(request, code, upload=upload)

    def answer(self, request: HttpRequest, code: str, *, upload: File | None = None, error: str = "") -> HttpResponse:
        if plain_code(code) != code:
            return redirect("lookup", code=plain_code(code))
        if too_many_misses(request):
            words = "Mã tra cứu đã bị nhập sai nhiều lần. Hãy chờ ít phút rồi thử lại."
            return form_page(request, error=words, code=code, status=429)
        rows = Document.objects.select_related("unit", "number", "frozen", "current")
        document = rows.prefetch_related("signatures", "files").filter(code=code).first()
        if document is None and (other := codes.address_of(code)):
            return redirect(other)
        if document is None:
            count_miss(request)
            words = "Không có văn bản nào mang mã này. Hãy đối chiếu từng ký tự với mã in dưới mã QR (không có O, 0, I, 1, L, U)."
            return form_page(request, error=words, code=code, status=404)
        tone, state = STATES[Document.Status(document.status)]
        overview = overview_of(document)
        context = {
            "page_title": "Tra cứu văn bản",
            "document": document,
            "tone": tone,
            "state": state,
            "signed": [place for place in overview.places if place.state == Signature.Status.ACCEPTED],
            "unsigned": [place for place in overview.places if place.state != Signature.Status.ACCEPTED],
            "answer": compare(document, upload) if upload is not None else None,
            "upload_name": upload.name if upload is not None else "",
            "error": error,
            "limit": settings.UPLOAD_MAX_BYTES // 1_000_000,
        }
        return render(request, "core/lookup.html", context, status=413 if self.refusal else 200)


def compare(document: Document, upload: File) -> Answer:
    """Whether ``upload`` is one of the revisions of ``document``; only its hash is made of it."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    found = digest.hexdigest()
    if found == document.current.sha256 and document.current_id != document.frozen_id:
        return NEWEST
    if found == document.frozen.sha256:
        return UNSIGNED
    roles = (DocumentFile.Role.FROZEN, DocumentFile.Role.SIGNED)
    older = document.files.filter(role__in=roles, stored__sha256=found).exists()
    return OLDER if older else OTHER


def form_page(request: HttpRequest, *, error: str = "", code: str = "", status: int = 200) -> HttpResponse:
    context = {"page_title": "Tra cứu văn bản", "error": error, "code": code, "form_url": reverse("lookup-form")}
    return render(request, "core/lookup_form.html", context, status=status)


# --- guessing -----------------------------------------------------------------------------------------------------------
def _misses_key(request: HttpRequest) -> str:
    return "lookup-misses:" + hashlib.sha256(source_address(request).encode()).hexdigest()


def too_many_misses(request: HttpRequest) -> bool:
    """Whether this visitor typed too many codes that do not exist; one count for every page that takes a code."""
    return cache.get(_misses_key(request), 0) >= MOST_MISSES


def count_miss(request: HttpRequest) -> None:
    key = _misses_key(request)
    cache.add(key, 0, MISSES_SECONDS)
    try:
        cache.incr(key)
    except ValueError:  # it expired in this instant
        cache.add(key, 1, MISSES_SECONDS)
