"""Editing a draft table on the screen: each form changes one part of the document, at the place named in the address."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView, TemplateView

from campaigns.forms.scheme_rules import RuleForm, kind_choices
from campaigns.forms.schemes import ClassForm, GateForm, GeneralForm, NodeForm, TieForm
from campaigns.models import Scheme
from campaigns.scoring import editing
from campaigns.scoring.outline import NodeLine, Outline, outline
from campaigns.scoring.rulebase import RULE_KINDS
from campaigns.services import schemes as services
from campaigns.views.schemes import SchemeAccess, SchemeAction, indicator_names
from dvk_portal.core.exceptions import DomainError

# Part of the address → list of the document, form, words.
ITEMS: dict[str, tuple[str, Any, str]] = {
    "dieu-kien": ("gates", GateForm, "điều kiện"),
    "xep-loai": ("classes", ClassForm, "loại"),
    "bang-diem": ("ties", TieForm, "cách xét khi bằng điểm"),
}


class DraftAccess(SchemeAccess):
    """Only a draft is edited; whoever comes to a published table is led to its page and told why."""

    permission_required = "scheme.manage"
    scheme: Scheme

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_permission():
            return self.handle_no_permission()
        self.scheme = self.get_scheme()
        if not self.scheme.is_draft:
            messages.error(request, "Bảng đã công bố nên không sửa được nữa. Muốn đổi, hãy lập phiên bản mới.")
            return redirect(self.scheme)
        try:
            return super().dispatch(request, *args, **kwargs)
        except editing.NoSuchPlaceError as error:
            raise Http404("Mục này không còn trong bảng.") from error

    @property
    def place(self) -> editing.Place:
        return editing.read_place(self.kwargs.get("place", ""))

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [
            *super().get_breadcrumbs(),
            (self.scheme.title, self.scheme.get_absolute_url()),
            ("Soạn bảng", self.edit_url),
        ]

    @property
    def edit_url(self) -> str:
        return reverse("scheme-edit", args=[self.scheme.pk])

    def get_page_subtitle(self) -> str:
        return str(self.scheme)

    def table(self) -> Outline:
        checked = services.check_document(self.scheme.document)
        return outline(self.scheme.document, checked.errors, checked.warnings, indicator_names())

    def node_url(self, place: editing.Place) -> str:
        return reverse("scheme-node-edit", args=[self.scheme.pk, editing.place_text(place)])


class SchemeEdit(DraftAccess, TemplateView):
    """The draft as a tree: findings beside the nodes, a link to edit each."""

    template_name = "campaigns/schemes/edit.html"
    page_title = "Soạn bảng tiêu chí"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return super().get_breadcrumbs()[:-1]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            scheme=self.scheme,
            table=self.table(),
            may_publish=self.request.user.has_perm("scheme.publish"),
            **context,
        )


class DocumentFormView(DraftAccess, FormView):
    """A form over one part of the document. What was typed stays when the table has changed meanwhile."""

    template_name = "layouts/form.html"
    what = ""

    def identity(self, document: editing.Document) -> str:
        """Whether the address still means the same part: its code."""
        return ""

    def change(self, form: Any) -> services.Change:
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        return {"revision": self.scheme.revision, "was": self.identity(self.scheme.document)}

    def form_valid(self, form: Any) -> HttpResponse:
        change, was = self.change(form), form.cleaned_data["was"]

        def guarded(document: editing.Document) -> editing.Document:
            if self.identity(document) != was:
                raise DomainError(
                    "Vị trí này nay là một mục khác vì người khác vừa sắp xếp lại bảng. "
                    "Hãy chép nội dung bạn nhập, mở lại mục cần sửa rồi dán vào."
                )
            return change(document)

        revision = form.cleaned_data["revision"]
        try:
            self.scheme = services.change_scheme(
                self.scheme, guarded, actor=self.request.user, revision=revision, what=self.what_changed(form)
            )
        except DomainError as error:
            return self.refuse(form, error)
        messages.success(self.request, self.said())
        return redirect(self.get_success_url())

    def refuse(self, form: Any, error: DomainError) -> HttpResponse:
        """Show the sentence above what was typed; the next save is made from the table as it is now."""
        form.add_domain_error(error)
        form.data = form.data.copy()
        form.data["revision"] = Scheme.objects.only("revision").get(pk=self.scheme.pk).revision
        return self.form_invalid(form)

    def what_changed(self, form: Any) -> str:
        return self.what

    def said(self) -> str:
        checked = services.check_document(self.scheme.document)
        if checked.errors:
            return f"Đã lưu. Bảng còn {len(checked.errors)} lỗi phải sửa trước khi công bố."
        count = len(checked.warnings)
        return f"Đã lưu. Bảng không có lỗi{f', {count} cảnh báo nên xem lại' if count else ''}."

    def get_success_url(self) -> str:
        return self.edit_url

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(scheme=self.scheme, cancel_url=self.get_success_url(), **context)


class SchemeEditGeneral(DocumentFormView):
    page_title = "Thông tin chung của bảng"
    form_class = GeneralForm
    what = "Thông tin chung"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "document": self.scheme.document}

    def change(self, form: GeneralForm) -> services.Change:
        return lambda document: editing.set_general(document, form.values())


class SchemeNodeCreate(DocumentFormView):
    """A new last node below the one in the address, or a new section of the table."""

    form_class = NodeForm
    template_name = "campaigns/schemes/node_create.html"

    def get_page_title(self) -> str:
        return "Thêm mục con" if self.place else "Thêm phần mới"

    def get_form_kwargs(self) -> dict[str, Any]:
        if self.place:
            editing.node_at(self.scheme.document, self.place)
        return {**super().get_form_kwargs(), "node": {}}

    def identity(self, document: editing.Document) -> str:
        return str(editing.node_at(document, self.place).get("code") or "") if self.place else ""

    def change(self, form: NodeForm) -> services.Change:
        def add(document: editing.Document) -> editing.Document:
            document, self.added = editing.add_node(document, self.place, form.values())
            return document

        return add

    def what_changed(self, form: NodeForm) -> str:
        return f"Thêm mục {form.cleaned_data['code']}"

    def get_success_url(self) -> str:
        added = getattr(self, "added", None)
        return self.node_url(added) if added else self.node_url(self.place) if self.place else self.edit_url


class SchemeNodeEdit(DocumentFormView):
    """One node: its own properties, and what lies directly below it."""

    form_class = NodeForm
    template_name = "campaigns/schemes/node.html"

    @property
    def node(self) -> editing.Document:
        return editing.node_at(self.scheme.document, self.place)

    def get_page_title(self) -> str:
        return f"Mục {self.node.get('code') or ''}".strip()

    def get_page_subtitle(self) -> str:
        return str(self.node.get("title") or "")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "node": self.node}

    def identity(self, document: editing.Document) -> str:
        return str(editing.node_at(document, self.place).get("code") or "")

    def change(self, form: NodeForm) -> services.Change:
        return lambda document: editing.set_node(document, self.place, form.values())

    def what_changed(self, form: NodeForm) -> str:
        return f"Sửa mục {form.cleaned_data['code']}"

    def get_success_url(self) -> str:
        return f"{self.edit_url}#muc-{editing.place_text(self.place)}"

    def line(self) -> NodeLine:
        shown = editing.place_text(self.place)
        return next(line for line in self.table().lines() if line.place == shown)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        return {**context, "line": self.line()}


class SchemeRuleForm(DocumentFormView):
    """A rule of a criterion, new or old; without a kind the ten kinds are offered first."""

    form_class = RuleForm
    template_name = "campaigns/schemes/rule.html"

    @property
    def index(self) -> int | None:
        return self.kwargs.get("index")

    @property
    def rule(self) -> editing.Document:
        if self.index is None:
            editing.node_at(self.scheme.document, self.place)
            return {}
        return editing.rule_at(self.scheme.document, self.place, self.index)

    @property
    def kind(self) -> Any:
        return RULE_KINDS.get(self.request.GET.get("kind") or self.rule.get("kind") or "")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.kind else self.choose()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs) if self.kind else self.choose()

    def choose(self) -> HttpResponse:
        self.template_name = "campaigns/schemes/rule_kinds.html"
        context = PageContext.of(self, kinds=kind_choices(), scheme=self.scheme, node_url=self.node_url(self.place))
        return self.render_to_response(context)

    def get_page_title(self) -> str:
        if not self.kind:
            return "Chọn cách tính điểm"
        return f"{'Sửa' if self.rule else 'Thêm'} quy tắc: {self.kind.title_vi}"

    def get_page_subtitle(self) -> str:
        node = editing.node_at(self.scheme.document, self.place)
        return f"Tiêu chí {node.get('code') or ''}: {node.get('title') or ''}"

    def get_form_kwargs(self) -> dict[str, Any]:
        rules = editing.node_at(self.scheme.document, self.place).get("rules") or []
        sisters = [rule["code"] for index, rule in enumerate(rules) if index != self.index and rule.get("code")]
        return {
            **super().get_form_kwargs(),
            "kind": self.kind,
            "rule": self.rule,
            "sisters": sisters,
            "indicators": indicator_names(),
        }

    def identity(self, document: editing.Document) -> str:
        node = str(editing.node_at(document, self.place).get("code") or "")
        rule = editing.rule_at(document, self.place, self.index) if self.index is not None else {}
        return f"{node}/{rule.get('code') or rule.get('kind') or ''}"

    def change(self, form: RuleForm) -> services.Change:
        return lambda document: editing.set_rule(document, self.place, self.index, form.document())

    def what_changed(self, form: RuleForm) -> str:
        return (
            f"{'Sửa' if self.rule else 'Thêm'} quy tắc {form.cleaned_data['code']} ở {self.get_page_subtitle()[:100]}"
        )

    def get_success_url(self) -> str:
        return f"{self.node_url(self.place)}#quy-tac"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        kinds = [] if self.index is None else kind_choices()
        return super().get_context_data(kind=self.kind, kinds=kinds, **context)


class SchemeItemForm(DocumentFormView):
    """A gate, a class or a tie."""

    @property
    def names(self) -> tuple[str, Any, str]:
        return ITEMS[self.kwargs["name"]]

    @property
    def item(self) -> Any:
        index = self.kwargs.get("index")
        return {} if index is None else editing.item_at(self.scheme.document, self.names[0], index)

    def get_form_class(self) -> Any:
        return self.names[1]

    def get_page_title(self) -> str:
        return f"{'Thêm' if self.kwargs.get('index') is None else 'Sửa'} {self.names[2]}"

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {"indicators": indicator_names()} if self.names[0] == "ties" else {}
        return {**super().get_form_kwargs(), "document": self.scheme.document, "item": self.item, **more}

    def identity(self, document: editing.Document) -> str:
        index = self.kwargs.get("index")
        item = {} if index is None else editing.item_at(document, self.names[0], index)
        return str(item.get("code") or item.get("label") or "") if isinstance(item, dict) else item

    def change(self, form: Any) -> services.Change:
        return lambda document: editing.set_item(document, self.names[0], self.kwargs.get("index"), form.document())

    def what_changed(self, form: Any) -> str:
        return self.get_page_title()

    def get_success_url(self) -> str:
        return f"{self.edit_url}#{self.kwargs['name']}"


class PageContext:
    """The page's own context without a form."""

    @staticmethod
    def of(view: Any, **context: Any) -> dict[str, Any]:
        return {
            "view": view,
            "page_title": view.get_page_title(),
            "page_subtitle": view.get_page_subtitle(),
            "breadcrumbs": [("Trang chủ", "/"), *view.get_breadcrumbs()],
            "where": None,
            **context,
        }


class DraftAction(SchemeAction):
    """A move or removal by one button; ``revision`` comes with it."""

    words = ""

    def change(self) -> services.Change:
        raise NotImplementedError

    @property
    def place(self) -> editing.Place:
        return editing.read_place(self.kwargs.get("place", ""))

    @property
    def step(self) -> int:
        return -1 if self.request.POST.get("step") == "-1" else 1

    @property
    def revision(self) -> int:
        sent = self.request.POST.get("revision", "")
        return int(sent) if sent.isdecimal() and len(sent) < 10 else 0

    def act(self, record: Scheme) -> Scheme:
        try:
            change = self.change()
        except editing.NoSuchPlaceError as error:
            raise Http404("Mục này không còn trong bảng.") from error
        return services.change_scheme(
            record, change, actor=self.request.user, revision=self.revision, what=self.success_message
        )

    def get_success_url(self, record: Scheme) -> str:
        return reverse("scheme-edit", args=[record.pk])

    def back_url(self, record: Scheme) -> str:
        return self.get_success_url(record) if record.is_draft else record.get_absolute_url()


class SchemeNodeMove(DraftAction):
    success_message = "Đã đổi thứ tự mục."

    def change(self) -> services.Change:
        place, step = self.place, self.step
        return lambda document: editing.move_node(document, place, step)


class SchemeNodeDelete(DraftAction):
    success_message = "Đã xóa mục. Bấm “Hoàn tác” nếu xóa nhầm."

    def change(self) -> services.Change:
        place = self.place
        return lambda document: editing.delete_node(document, place)


class _RuleAction(DraftAction):
    def get_success_url(self, record: Scheme) -> str:
        return f"{reverse('scheme-node-edit', args=[record.pk, self.kwargs['place']])}#quy-tac"


class SchemeRuleMove(_RuleAction):
    success_message = "Đã đổi thứ tự quy tắc."

    def change(self) -> services.Change:
        place, index, step = self.place, self.kwargs["index"], self.step
        return lambda document: editing.move_rule(document, place, index, step)


class SchemeRuleDelete(_RuleAction):
    success_message = "Đã xóa quy tắc. Bấm “Hoàn tác” nếu xóa nhầm."

    def change(self) -> services.Change:
        place, index = self.place, self.kwargs["index"]
        return lambda document: editing.delete_rule(document, place, index)


class _ItemAction(DraftAction):
    operation: Callable[..., editing.Document]

    def get_success_url(self, record: Scheme) -> str:
        return f"{reverse('scheme-edit', args=[record.pk])}#{self.kwargs['name']}"


class SchemeItemMove(_ItemAction):
    success_message = "Đã đổi thứ tự."

    def change(self) -> services.Change:
        name, index, step = ITEMS[self.kwargs["name"]][0], self.kwargs["index"], self.step
        return lambda document: editing.move_item(document, name, index, step)


class SchemeItemDelete(_ItemAction):
    success_message = "Đã xóa. Bấm “Hoàn tác” nếu xóa nhầm."

    def change(self) -> services.Change:
        name, index = ITEMS[self.kwargs["name"]][0], self.kwargs["index"]
        return lambda document: editing.delete_item(document, name, index)


class SchemeUndo(DraftAction):
    success_message = "Đã trở lại nội dung trước thay đổi cuối. Bấm “Hoàn tác” lần nữa để lấy lại."

    def act(self, record: Scheme) -> Scheme:
        return services.undo_change(record, actor=self.request.user, revision=self.revision)
