"""Word templates of each kind of document: which is used, its versions, a new one; each kind with invented facts."""

from typing import Any

import pypdfium2
from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView, View

from dvk_portal.core import files
from dvk_portal.core.documents import typesetting, word, wordtemplates, workbook
from dvk_portal.core.documents.content import Content
from dvk_portal.core.documents.freezing import file_name
from dvk_portal.core.documents.kinds import DocumentKind, kind_of
from dvk_portal.core.documents.previews import known_layouts, sample_in
from dvk_portal.core.documents.word.fields import BLOCK, FIELDS, FLAG, RECORDS, TEXTS, Field
from dvk_portal.core.documents.word.package import MAX_BYTES
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.forms import PortalForm
from dvk_portal.core.models import DocumentFormat, DocumentTemplate
from dvk_portal.core.views import ActionView, FormErrorsMixin, PageTitleMixin

MARK = "Bản xem thử với dữ liệu mẫu, không phải văn bản thật."


class TemplateUploadForm(PortalForm):
    submit_label = "Kiểm tra và dùng mẫu này"
    file = forms.FileField(
        label="Tệp mẫu",
        help_text=f"Tệp Word dạng .docx, không có macro, tối đa {MAX_BYTES // 1_000_000} MB. "
        "Cổng dựng thử văn bản mẫu; mẫu chưa đúng thì không được nhận và cổng chỉ ra chỗ cần sửa.",
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
    )
    note = forms.CharField(
        label="Thay đổi gì", max_length=250, required=False, help_text="Ví dụ: đổi lời dẫn ở phần đầu."
    )


class OfficeMixin(PermissionRequiredMixin):
    """For those who keep the templates; ``kind`` is the one in the address."""

    permission_required = wordtemplates.PERMISSION
    raise_exception = True

    @cached_property
    def kind(self) -> DocumentKind:
        try:
            return kind_of(self.kwargs["kind"])
        except KeyError as error:
            raise Http404("Không có loại văn bản này.") from error


class TemplatePageMixin(OfficeMixin, PageTitleMixin):
    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Mẫu văn bản", reverse("document-template-list"))]


class TemplateList(TemplatePageMixin, TemplateView):
    template_name = "core/documents/templates.html"
    page_title = "Mẫu văn bản"
    page_subtitle = "Mỗi loại văn bản dùng mẫu Word chung của cổng, hoặc mẫu do cơ quan tải lên."

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return []

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = [
            {"kind": kind, "template": row, "versions": versions}
            for kind, row, versions in wordtemplates.templates_by_kind()
        ]
        return super().get_context_data(rows=rows, **context)


class TemplateDetail(TemplatePageMixin, FormErrorsMixin, FormView):
    template_name = "core/documents/template.html"
    form_class = TemplateUploadForm

    def get_page_title(self) -> str:
        return f"Mẫu: {self.kind.title}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        versions = list(DocumentTemplate.objects.filter(kind=self.kind.code).select_related("file", "uploaded_by"))
        return super().get_context_data(
            kind=self.kind,
            versions=versions,
            active=next((row for row in versions if row.is_active), None),
            fields=field_lines(FIELDS),
            **context,
        )

    def form_valid(self, form: TemplateUploadForm) -> HttpResponse:
        row, warnings = wordtemplates.upload_template(
            self.kind, form.cleaned_data["file"], actor=self.request.user, note=form.cleaned_data["note"]
        )
        messages.success(self.request, f"Đã nhận mẫu, đang dùng phiên bản {row.version}.")
        for sentence in warnings:
            messages.warning(self.request, sentence)
        return redirect("document-template", self.kind.code)


def field_lines(fields: tuple[Field, ...], owner: str = "", known: set[str] | None = None) -> list[dict[str, Any]]:
    """How each field is written in a template, with what it holds; the fields of a list stand below it, once."""
    known = set() if known is None else known
    lines: list[dict[str, Any]] = []
    for field in fields:
        path = f"{owner}{field.name}"
        if field.kind == RECORDS:
            row = field.name.removeprefix("cac_")
            lines.append(_line(f"{{%p for {row} in {path} %}} … {{%p endfor %}}", field))
            if row not in known:
                known.add(row)
                lines += field_lines(field.fields, f"{row}.", known)
        elif field.kind == TEXTS:
            lines.append(_line(f"{{%p for dong in {path} %}} … {{{{ dong }}}} … {{%p endfor %}}", field))
        elif field.kind == FLAG:
            lines.append(_line(f"{{%p if {path} %}} … {{%p endif %}}", field))
        else:
            lines.append(_line(f"{{{{{'p' if field.kind == BLOCK else ''} {path} }}}}", field))
    return lines


def _line(code: str, field: Field) -> dict[str, Any]:
    return {"code": code, "words": field.words, "required": field.required}


# --- files ----------------------------------------------------------------------------------------------------------
class TemplateStandardFile(OfficeMixin, View):
    """The portal's own template, to begin with."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        return files.serve_bytes(word.standard_template(), f"mau-{self.kind.code}.docx", kind=files.KINDS["docx"])


class TemplateFile(OfficeMixin, View):
    """One version that an office has uploaded."""

    def get(self, request: HttpRequest, kind: str, version: int) -> HttpResponseBase:
        rows = DocumentTemplate.objects.select_related("file")
        return files.serve(get_object_or_404(rows, kind=self.kind.code, version=version).file)


class TemplateUse(OfficeMixin, ActionView):
    def get_record(self) -> DocumentTemplate:
        rows = DocumentTemplate.objects.select_related("file")
        return get_object_or_404(rows, kind=self.kind.code, version=self.kwargs["version"])

    def act(self, record: DocumentTemplate) -> DocumentTemplate:
        return wordtemplates.use_template(record, actor=self.request.user)

    def get_success_message(self, record: DocumentTemplate) -> str:
        return f"Từ nay dùng phiên bản {record.version}."

    def back_url(self, record: Any) -> str:
        return reverse("document-template", args=[self.kind.code])


class TemplateUseStandard(OfficeMixin, ActionView):
    success_message = "Từ nay dùng mẫu chung của cổng. Các phiên bản đã tải lên vẫn được giữ."

    def get_record(self) -> DocumentKind:
        return self.kind

    def act(self, record: DocumentKind) -> None:
        wordtemplates.use_standard_template(record, actor=self.request.user)

    def back_url(self, record: Any) -> str:
        return reverse("document-template", args=[self.kind.code])


# --- with invented facts --------------------------------------------------------------------------------------------
class SampleMixin(OfficeMixin):
    """The sample of the kind in one layout: the one in the address, else the one its own body follows."""

    @cached_property
    def layouts(self) -> list[DocumentFormat]:
        return known_layouts()

    @cached_property
    def layout(self) -> DocumentFormat:
        system, code = self.kind.sample().heading.system, self.kwargs.get("layout")
        found = [row for row in self.layouts if (row.code == code if code else row.system == system)]
        if not found:
            raise Http404("Không có thể thức này.")
        return found[0]

    @cached_property
    def sample(self) -> Content:
        return sample_in(self.kind, self.layout)


class TemplatePreview(SampleMixin, TemplatePageMixin, TemplateView):
    template_name = "core/documents/preview.html"
    page_subtitle = "Dữ liệu trong văn bản là dữ liệu mẫu, không có thật."

    def get_page_title(self) -> str:
        return f"Xem trước: {self.kind.title}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.kind.title, reverse("document-template", args=[self.kind.code]))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        own = {
            "kind": self.kind,
            "layouts": [(row, row.code == self.layout.code) for row in self.layouts],
            "layout": self.layout,
            "pages": range(1, _page_count(typesetting.render(self.sample, self.layout).pdf) + 1),
            "has_tables": bool(self.sample.tables),
            "own_template": wordtemplates.template_bytes(self.kind.code) is not None,
        }
        # The view hands on the parts of the address under the same names.
        return super().get_context_data(**{**context, **own})


def _page_count(pdf: bytes) -> int:
    with pypdfium2.PdfDocument(pdf) as opened:
        return len(opened)


class TemplatePicture(SampleMixin, View):
    """One page of the sample."""

    def get(self, request: HttpRequest, kind: str, layout: str, page: int) -> HttpResponse:
        try:
            png = typesetting.png(self.sample, self.layout, page=page, ppi=110)
        except DomainError as error:
            raise Http404(error.message) from error
        response = HttpResponse(png, content_type="image/png")
        response["X-Content-Type-Options"] = "nosniff"
        return response


class TemplateSample(SampleMixin, View):
    """The sample as a file; Word in the template that is in use."""

    def get(self, request: HttpRequest, kind: str, layout: str, extension: str) -> HttpResponseBase:
        makers = {"pdf": self._pdf, "docx": self._word, "xlsx": self._workbook}
        if extension not in makers:
            raise Http404("Không có dạng tệp này.")
        try:
            data = makers[extension]()
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("document-template-preview", self.kind.code, self.layout.code)
        return files.serve_bytes(data, file_name(self.sample, extension), kind=files.KINDS[extension])

    def _pdf(self) -> bytes:
        return typesetting.render(self.sample, self.layout).pdf

    def _word(self) -> bytes:
        return word.render(self.sample, self.layout, wordtemplates.template_bytes(self.kind.code), mark=MARK)

    def _workbook(self) -> bytes:
        return workbook.render(self.sample, mark=MARK)
