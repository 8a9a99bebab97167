"""Two-step signing with a token or a remote service: for people (two pages) and for a local signing tool (JSON)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import View

from dvk_portal.core.documentpages import forms
from dvk_portal.core.documentpages.signing import LimitedUploadMixin, Method, SignForm
from dvk_portal.core.documents.access import get_document_or_404
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import PreparedSignature, Signature
from dvk_portal.core.signatures import withkey


class SignToken(LimitedUploadMixin, SignForm):
    """Page 1 takes the certificate, page 2 shows the digest and takes the signature. Which one: whether a digest is out.

    With ``Accept: application/json`` both steps answer in JSON (docs/signing.md).
    """

    method = Method.TOKEN
    intro_template = "core/documents/_sign_token.html"

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    @property
    def prepared(self) -> PreparedSignature | None:
        """The digest that went out for this person and has not come back."""
        rows = self.object.prepared.filter(started_by=self.request.user).select_related("base", "file")
        places = [slot.slot for slot, _ in self.places]
        return rows.filter(slot__in=places).order_by("-started_at").first()

    @property
    def is_second(self) -> bool:
        sent = self.request.method == "POST"
        return "prepared" in self.request.POST if sent else self.prepared is not None and "lai" not in self.request.GET

    def get_form_class(self) -> Any:
        return forms.TokenSignatureForm if self.is_second else forms.CertificateForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.is_second:
            del kwargs["places"]
        return kwargs

    def get_initial(self) -> dict[str, Any]:
        return {"prepared": self.prepared.pk} if self.is_second and self.prepared else {}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.prepared if self.is_second else None
        stale = row is not None and row.base_id != self.object.current_id
        waiting = withkey.prepared_of(row) if row is not None else None
        return super().get_context_data(prepared=row, waiting=waiting, stale=stale, **context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.wants_json:
            return super().post(request, *args, **kwargs)
        try:
            return self._answer()
        except DomainError as error:
            return JsonResponse({"error": error.message, "findings": error.findings}, status=409)

    def _answer(self) -> HttpResponse:
        """The same two steps for a signing tool."""
        form = self.get_form()
        if not form.is_valid():
            return JsonResponse({"error": "Yêu cầu thiếu thông tin.", "fields": form.errors}, status=400)
        if not self.is_second:
            row = self._begin(form.cleaned_data)
            waiting = withkey.prepared_of(row)
            return JsonResponse(
                {
                    "prepared": row.pk,
                    "slot": row.slot,
                    "algorithm": waiting.algorithm,
                    "digest_hex": waiting.digest_hex,
                    "digest_base64": waiting.digest_base64,
                },
                status=201,
            )
        signature = self.sign(form.cleaned_data)
        return JsonResponse(
            {
                "signature": signature.pk,
                "status": signature.status,
                "flags": signature.flags,
                "url": self.request.build_absolute_uri(self.object.get_absolute_url()),
            }
        )

    def form_valid(self, form: Any) -> HttpResponse:
        if self.is_second:
            return super().form_valid(form)
        self._begin(form.cleaned_data)
        return redirect(self.request.path)

    def _begin(self, data: dict[str, Any]) -> PreparedSignature:
        certificate = data["file"].read(withkey.CERTIFICATE_MAX_BYTES + 1)
        return withkey.begin_token(self.object, actor=self.request.user, slot=data["slot"], certificate=certificate)

    def sign(self, data: dict[str, Any]) -> Signature:
        rows = PreparedSignature.objects.filter(started_by=self.request.user, document=self.object)
        row = rows.select_related("document", "base", "file").filter(pk=data["prepared"]).first()
        if row is None:
            raise DomainError("Lượt ký này đã kết thúc hoặc được bắt đầu lại. Hãy lấy mã băm mới rồi ký.")
        signature = withkey.read_signature(data["signature"])
        return withkey.finish_token(row, actor=self.request.user, signature=signature)


class SignDigest(View):
    """The digest that waits, as a file of 32 bytes for tools that read files."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        document = get_document_or_404(request.user, pk)
        rows = document.prepared.filter(started_by=request.user).select_related("file").order_by("-started_at")
        row = rows.first()
        if row is None:
            return redirect(reverse("document-sign-token", args=[pk]))
        response = HttpResponse(withkey.prepared_of(row).digest, content_type="application/octet-stream")
        response["Content-Disposition"] = f'attachment; filename="ma-bam-{document.code}.bin"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
