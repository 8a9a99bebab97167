"""Scoring tables: the list, the table as on paper, files in and out, versions, publication."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.generic import DetailView, FormView, View

from campaigns.forms.filters import SchemeFilter
from campaigns.forms.schemes import NewSchemeForm, NewVersionForm, PublishForm, SchemeFileForm
from campaigns.models import Indicator, Scheme
from campaigns.scoring.outline import outline
from campaigns.scoring.types import State
from campaigns.services import schemes as services
from campaigns.workflows import SCHEME
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import ActionView, FilteredListView, PageTitleMixin, Where

MAX_BYTES = 1_000_000
AUDIT_LABELS = {
    **SCHEME.transitions,
    "import_scheme": "Nhập từ tệp",
    "create_scheme": "Tạo bảng",
    "start_new_version": "Lập từ phiên bản trước",
    "edit_scheme": "Sửa bảng",
    "undo_scheme": "Hoàn tác thay đổi cuối",
    "discard_scheme": "Xóa bản nháp",
}
OUTCOMES = {
    "created": "Đã lưu bảng thành bản nháp.",
    "replaced": "Đã thay nội dung bản nháp đang có cùng mã và phiên bản.",
    "unchanged": "Bảng này đã có, nội dung không khác nên không có gì thay đổi.",
}


def indicator_names() -> dict[str, str]:
    """Code → label of every indicator, for the sentences about sources and the choosers."""
    return dict(Indicator.objects.values_list("code", "label"))


EXPECTED = {
    "node": "mục",
    "points": "điểm",
    "base": "điểm chuẩn",
    "bonus": "thưởng",
    "deduction": "trừ",
    "state": "trạng thái",
    "total": "tổng điểm",
    "class": "xếp loại",
    "gates": "điều kiện",
    "order": "thứ tự",
    "ranks": "hạng",
    "error": "lỗi",
}


def example_lines(checked: services.CheckedScheme) -> list[dict[str, Any]]:
    """Every example with what it expects and what came out, in words."""
    return [
        {
            "code": example.code,
            "passed": example.passed,
            "expected": _in_words(example.expected),
            "actual": "như mong đợi" if example.passed else _in_words(example.actual),
        }
        for example in checked.examples
    ]


def _in_words(values: dict[str, Any]) -> str:
    return "; ".join(f"{EXPECTED.get(key, key)} {_word(value)}" for key, value in values.items())


def _word(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_word, value)) or "không có"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_word(part)}" for name, part in value.items())
    if value is None:
        return "không có"
    return State(value).label.lower() if value in set(State) else str(value).replace(".", ",")


class SchemeAccess(PermissionRequiredMixin, PageTitleMixin):
    """Whoever may read tables; ``permission_required`` says more where more is needed."""

    permission_required: str = "scheme.view"
    raise_exception = True

    def get_queryset(self) -> QuerySet:
        return Scheme.objects.visible_to(self.request.user).select_related("created_by", "published_by")

    def get_scheme(self) -> Scheme:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Bảng tiêu chí", reverse("scheme-list"))]


class SchemeList(SchemeAccess, FilteredListView):
    page_title = "Bảng tiêu chí"
    page_subtitle = "Thang điểm của các phong trào; bảng đã công bố không đổi, muốn sửa thì lập phiên bản mới."
    template_name = "campaigns/schemes/list.html"
    partial_template_name = "campaigns/schemes/_list.html"
    filterset_class = SchemeFilter
    sort_fields = {"title": "title", "code": "code", "status": "status", "created": "created_at"}
    empty_title = "Chưa có bảng tiêu chí nào"
    empty_text = "Hãy nhập một tệp bảng tiêu chí, hoặc tạo bảng mới rồi soạn trên màn hình."

    def get_queryset(self) -> QuerySet:
        rows = super().get_queryset().defer("document", "previous")
        return rows.annotate(used=Count("campaigns")).order_by("code", "-created_at", "-pk")

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return []

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may_manage = self.request.user.has_perm("scheme.manage")
        return super().get_context_data(may_manage=may_manage, **context)


class SchemeDetail(SchemeAccess, DetailView):
    """The whole table as on paper, with the checker's findings beside what they are about."""

    template_name = "campaigns/schemes/detail.html"
    context_object_name = "scheme"

    def get_page_title(self) -> str:
        return self.object.title

    def get_page_subtitle(self) -> str:
        return f"Mã {self.object.code}, phiên bản {self.object.version}"

    def get_where(self) -> Where:
        steps = {
            Scheme.Status.DRAFT: "Soạn xong, lãnh đạo Ban công bố áp dụng.",
            Scheme.Status.PUBLISHED: "Phong trào chọn bảng này khi phát động. Muốn sửa, hãy lập phiên bản mới.",
            Scheme.Status.RETIRED: "Phong trào mới không chọn được bảng này nữa.",
        }
        return Where(status=self.object, since=self.object.published_at, next_step=steps[self.object.status])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user, scheme = self.request.user, self.object
        checked = services.check_document(scheme.document)
        may_manage = user.has_perm("scheme.manage")
        # What the checker says is for those who keep the table; whoever is scored by it reads the table alone.
        remarks = (checked.errors, checked.warnings) if may_manage else ((), ())
        return super().get_context_data(
            checked=checked,
            examples=example_lines(checked) if may_manage else [],
            table=outline(scheme.document, *remarks, indicator_names()),
            may_manage=may_manage,
            may_publish=user.has_perm("scheme.publish"),
            versions=self.get_queryset().defer("document", "previous").filter(code=scheme.code).exclude(pk=scheme.pk),
            campaigns=scheme.campaigns.visible_to(user),
            trail=audit.trail(scheme)[:20] if user.has_perm("scheme.manage") else None,
            audit_labels=AUDIT_LABELS,
            **context,
        )


class SchemeExport(SchemeAccess, View):
    """The table as a file that can be imported again."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        scheme = self.get_scheme()
        name = slugify(f"{scheme.code}-{scheme.version}".replace("đ", "d").replace("Đ", "D")) or "bang-tieu-chi"
        return HttpResponse(
            services.export_scheme(scheme),
            content_type="application/yaml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}.yaml"'},
        )


class SchemeUpload(SchemeAccess, FormView):
    """First the file is checked and shown; only then, and only without errors, stored as a draft."""

    permission_required = "scheme.manage"
    page_title = "Nhập bảng tiêu chí từ tệp"
    template_name = "campaigns/schemes/upload.html"
    form_class = SchemeFileForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return (
            self.store(request.POST["content"]) if "content" in request.POST else super().post(request, *args, **kwargs)
        )

    def form_valid(self, form: SchemeFileForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        # One byte more than is accepted is enough to say that the file is too large.
        return self.show(file.read(MAX_BYTES + 1), file.name)

    def show(self, data: bytes | str, name: str = "", refusal: DomainError | None = None) -> HttpResponse:
        checked = services.read_scheme_file(data)
        context = self.get_context_data(
            checked=checked,
            examples=example_lines(checked),
            file_name=name,
            refusal=refusal,
            content="" if checked.errors else data if isinstance(data, str) else data.decode("utf-8-sig"),
            table=outline(checked.document, checked.errors, checked.warnings, indicator_names())
            if checked.scheme
            else None,
        )
        return render(self.request, "campaigns/schemes/checked.html", context)

    def store(self, content: str) -> HttpResponse:
        try:
            scheme, outcome = services.import_scheme(services.read_scheme_file(content), actor=self.request.user)
        except DomainError as error:
            return self.show(content, refusal=error)
        messages.success(self.request, OUTCOMES[outcome])
        return redirect(scheme)


class _NewSchemeView(SchemeAccess, FormView):
    permission_required = "scheme.manage"
    template_name = "layouts/form.html"

    def make(self, form: Any) -> Scheme:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            scheme = self.make(form)
        except DomainError as error:
            form.add_domain_error(error)
            return self.form_invalid(form)
        messages.success(self.request, "Đã tạo bản nháp. Hãy soạn nội dung rồi trình lãnh đạo Ban công bố.")
        return redirect("scheme-edit", scheme.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("scheme-list"), **context)


class SchemeCreate(_NewSchemeView):
    page_title = "Tạo bảng tiêu chí mới"
    form_class = NewSchemeForm

    def make(self, form: NewSchemeForm) -> Scheme:
        return services.create_scheme(actor=self.request.user, **form.cleaned_data)


class SchemeNewVersion(_NewSchemeView):
    page_title = "Lập phiên bản mới"
    form_class = NewVersionForm

    def get_page_subtitle(self) -> str:
        return f"Bản nháp bắt đầu từ nội dung của: {self.get_scheme()}"

    def make(self, form: NewVersionForm) -> Scheme:
        return services.start_new_version(self.get_scheme(), actor=self.request.user, **form.cleaned_data)


class SchemePublish(SchemeAccess, FormView):
    """What publishing means, what the checker still says, and the code typed once more."""

    permission_required = "scheme.publish"
    page_title = "Công bố áp dụng"
    template_name = "campaigns/schemes/publish.html"
    form_class = PublishForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_permission():
            return self.handle_no_permission()
        self.scheme = self.get_scheme()
        if not self.scheme.is_draft:
            messages.error(request, "Bảng này đã được công bố rồi.")
            return redirect(self.scheme)
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.scheme)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.scheme.title, self.scheme.get_absolute_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "code": self.scheme.code, "initial": {"revision": self.scheme.revision}}

    def form_valid(self, form: PublishForm) -> HttpResponse:
        try:
            services.publish_scheme(self.scheme, actor=self.request.user, revision=form.cleaned_data["revision"])
        except DomainError as error:
            messages.error(self.request, error.message)
            return redirect("scheme-publish", self.scheme.pk)
        messages.success(self.request, "Đã công bố áp dụng. Từ nay bảng không sửa được nữa.")
        return redirect(self.scheme)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        checked = services.check_document(self.scheme.document)
        return super().get_context_data(
            scheme=self.scheme, checked=checked, cancel_url=self.scheme.get_absolute_url(), **context
        )


class SchemeAction(SchemeAccess, ActionView):
    permission_required = "scheme.manage"

    def get_record(self) -> Scheme:
        return self.get_scheme()


class SchemeRetire(SchemeAction):
    permission_required = "scheme.publish"
    success_message = "Đã cho ngừng áp dụng. Phong trào đã chọn bảng này vẫn dùng tiếp."

    def act(self, record: Scheme) -> Scheme:
        return services.retire_scheme(record, actor=self.request.user, note=self.note)


class SchemeDiscard(SchemeAction):
    success_message = "Đã xóa bản nháp."

    def act(self, record: Scheme) -> None:
        services.discard_draft(record, actor=self.request.user)

    def get_success_url(self, record: Scheme) -> str:
        return reverse("scheme-list")
