"""The ways of signing: the choice, and a page for each."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from dvk_portal.core.documentpages import forms
from dvk_portal.core.documentpages.overview import title_of, ways_of
from dvk_portal.core.documentpages.views import DocumentPageMixin
from dvk_portal.core.documents.access import get_document_or_404
from dvk_portal.core.documents.kinds import kind_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, DocumentFile, Signature
from dvk_portal.core.signatures import checks, intake, keys, outside, signing, withkey
from dvk_portal.core.signatures.identity import confirm_identity, has_second_step
from dvk_portal.core.views import FormErrorsMixin

Method = Signature.Method
# What a form adds to the file in it.
FORM_BYTES = 100_000


class SigningPageMixin(DocumentPageMixin):
    """``places`` are where the person may sign now. Without one there is nothing to do here."""

    method = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_document_or_404(request.user, kwargs["pk"])
        self.places = signing.slots_for(self.object, request.user)
        living = self.object.status == Document.Status.FROZEN
        self.allowed = kind_of(self.object.kind).allowed_methods(self.object) if living else []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.places or (self.method and self.method not in self.allowed):
            return self.turn_away()
        return super().dispatch(request, *args, **kwargs)

    def turn_away(self) -> HttpResponse:
        if self.request.method == "POST" and not self.places:
            raise PermissionDenied
        sentence = (
            "Văn bản này không dùng cách ký đó." if self.places else "Lúc này bạn không có gì phải ký ở văn bản này."
        )
        messages.info(self.request, sentence)
        return redirect(self.object)

    def get_page_title(self) -> str:
        return f"Ký: {title_of(self.object)}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (title_of(self.object), self.object.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(document=self.object, places=self.places, **context)


class SignChoice(SigningPageMixin, TemplateView):
    """Which ways are open for this document, each in a sentence."""

    template_name = "core/documents/sign.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        seal = not checks.seal_trouble(timezone.now()) and bool(
            settings.PORTAL_SEAL_FILE or settings.PORTAL_SEAL_SELF_MADE
        )
        ways = [(Method(way), self._url(way), *WORDS[way]) for way in ways_of(self.allowed, seal=seal)]
        return super().get_context_data(ways=ways, **context)

    def _url(self, way: str) -> str:
        own = kind_of(self.object.kind).consent_url(self.object) if way == Method.CONSENT else ""
        return own or reverse(f"document-sign-{NAMES[way]}", args=[self.object.pk])


NAMES = {
    Method.CONSENT: "consent",
    Method.UPLOAD: "upload",
    Method.KEY: "key",
    Method.TOKEN: "token",
    Method.SCAN: "scan",
}
WORDS = {
    Method.CONSENT: (
        "Đồng ý ký ngay trên cổng",
        "Nhập lại mật khẩu để xác nhận. Cổng đóng dấu điện tử của cổng vào văn bản, ghi rõ họ tên, chức danh và thời điểm.",
    ),
    Method.UPLOAD: (
        "Ký bằng phần mềm ký số của đơn vị rồi tải lên",
        "Tải văn bản về, ký bằng công cụ của Ban Cơ yếu, VNPT, Viettel… rồi tải tệp đã ký lên. Cổng kiểm tra chữ ký ngay.",
    ),
    Method.KEY: (
        "Ký số ngay trên cổng bằng khóa",
        "Chọn tệp khóa .p12, .pfx và nhập mật khẩu của tệp. Khóa chỉ dùng cho lần ký này, cổng không lưu.",
    ),
    Method.TOKEN: (
        "Ký hai bước bằng thiết bị hoặc dịch vụ ký từ xa",
        "Cổng đưa mã băm của văn bản, thiết bị ký mã băm đó, rồi gửi chữ ký về cổng. Khóa không rời thiết bị.",
    ),
    Method.SCAN: (
        "Gửi bản quét của bản giấy",
        "In, ký tay và đóng dấu, quét rồi tải lên. Không phải chữ ký số; có hiệu lực khi cấp trên xác nhận.",
    ),
}


class SignForm(SigningPageMixin, FormErrorsMixin, FormView):
    """Base of the ways: a form that ends in a signature."""

    template_name = "core/documents/sign_form.html"
    intro_template = ""

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Chọn cách ký", reverse("document-sign", args=[self.object.pk]))]

    def get_page_title(self) -> str:
        return str(WORDS[self.method][0])

    def get_page_subtitle(self) -> str:
        return f"{title_of(self.object)}. {self.object.subject}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "places": self.places}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        roles = (DocumentFile.Role.FROZEN, DocumentFile.Role.SIGNED)
        current = self.object.files.filter(stored=self.object.current_id, role__in=roles).latest("id")
        return super().get_context_data(
            intro_template=self.intro_template,
            cancel_url=self.object.get_absolute_url(),
            current_url=reverse("document-file", args=[self.object.pk, current.pk]),
            **context,
        )

    def sign(self, data: dict[str, Any]) -> Signature:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        signature = self.sign(form.cleaned_data)
        if signature.counts:
            messages.success(self.request, "Đã ký văn bản.")
        else:
            messages.warning(
                self.request, "Đã nhận tệp. Chữ ký có hiệu lực sau khi được xác nhận; các điểm cần xem ở bên dưới."
            )
        return redirect(self.object)


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class SignConsent(SignForm):
    method = Method.CONSENT
    form_class = forms.ConsentForm
    intro_template = "core/documents/_sign_consent.html"

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.object.content_hash}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "needs_code": has_second_step(self.request.user)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = kind_of(self.object.kind).consent_url(self.object)
        return redirect(own) if own else super().get(request, *args, **kwargs)

    def sign(self, data: dict[str, Any]) -> Signature:
        if kind_of(self.object.kind).consent_url(self.object):
            raise DomainError("Hãy ký ở trang riêng của hồ sơ này.")
        if data["seen"] != self.object.content_hash:
            raise DomainError("Nội dung văn bản đã khác bản bạn vừa xem. Hãy tải lại trang, đọc lại rồi ký.")
        now = timezone.now()
        confirm_identity(self.request.user, data["password"], code=data.get("code", ""), now=now)
        return signing.sign_by_consent(self.object, actor=self.request.user, slot=data["slot"], now=now)


class LimitedUploadMixin:
    """Refuses a request that is far too large before anything of it is kept; the usual CSRF check would read it whole."""

    @method_decorator(csrf_exempt)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if refusal := too_large(request):
            drain(request)
            messages.error(request, refusal)
            return redirect(request.path)
        return csrf_protect(super().dispatch)(request, *args, **kwargs)


def too_large(request: HttpRequest) -> str:
    """Why the body of ``request`` is not read; "" when it may be."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    size = int(length) if length.isdecimal() else 0
    limit = settings.UPLOAD_MAX_BYTES + FORM_BYTES
    return intake.examine_size(size, max_bytes=settings.UPLOAD_MAX_BYTES) if size > limit else ""


def drain(request: HttpRequest, most: int = 500_000_000) -> None:
    """Let the browser finish sending, so that it shows our sentence and not a broken connection. Nothing is kept."""
    with suppress(UnreadablePostError):  # it went away
        while most > 0 and (chunk := request.read(65_536)):
            most -= len(chunk)


class SignUpload(LimitedUploadMixin, SignForm):
    method = Method.UPLOAD
    form_class = forms.UploadForm
    intro_template = "core/documents/_sign_upload.html"

    def sign(self, data: dict[str, Any]) -> Signature:
        return outside.accept_upload(self.object, actor=self.request.user, slot=data["slot"], upload=data["file"])


@method_decorator(sensitive_post_parameters("secret", "password"), name="dispatch")
class SignKey(LimitedUploadMixin, SignForm):
    """A key file, or the token at the server when the installation has one (``?khoa=may-chu``)."""

    method = Method.KEY
    intro_template = "core/documents/_sign_key.html"

    @property
    def uses_token(self) -> bool:
        return self.request.GET.get("khoa") == "may-chu" and keys.configured_token() is not None

    def get_form_class(self) -> Any:
        return forms.ServerTokenForm if self.uses_token else forms.KeyForm

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"needs_code": has_second_step(self.request.user)} if self.uses_token else {}
        return {**super().get_form_kwargs(), **own}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(has_token=keys.configured_token(), uses_token=self.uses_token, **context)

    def sign(self, data: dict[str, Any]) -> Signature:
        if self.uses_token:
            confirm_identity(
                self.request.user, data["password"], code=data.get("code", ""), now=timezone.now()
            )
            key: Any = keys.configured_token()
        else:
            if data["file"].size > withkey.KEY_MAX_BYTES:
                raise DomainError("Tệp này quá lớn, không phải tệp khóa .p12, .pfx. Hãy chọn lại tệp.")
            key = keys.Pkcs12Key(data["file"].read(), data["secret"])
        return withkey.sign_with_key(self.object, actor=self.request.user, slot=data["slot"], key=key)


class SignScan(LimitedUploadMixin, SignForm):
    method = Method.SCAN
    form_class = forms.ScanForm
    intro_template = "core/documents/_sign_scan.html"

    def get_initial(self) -> dict[str, Any]:
        slot, mandate = self.places[0]
        return {"name": slot.expected or slot.name, "capacity": mandate.capacity}

    def sign(self, data: dict[str, Any]) -> Signature:
        return outside.accept_scan(
            self.object,
            actor=self.request.user,
            slot=data["slot"],
            upload=data["file"],
            name=data["name"],
            capacity=data["capacity"],
            signed_on=data["signed_on"],
        )
