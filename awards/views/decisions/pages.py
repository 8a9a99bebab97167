"""Pages of decisions: the list, drawing up, one decision with its lines, the texts, one line."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView, View

from awards.forms.decisions import DecisionFilter, DecisionForm, LineForm, TextsForm
from awards.models import BallotCandidate, Decision, DecisionLine, Nomination, Payment
from awards.services.decisions import drawing, granting
from awards.workflows import DECISION
from dvk_portal.core import audit
from dvk_portal.core.files import serve
from dvk_portal.core.views import FilteredListView, FormErrorsMixin, PageTitleMixin, Where

_S = Decision.Status
PER_PAGE = 100
GRANTED, REFUSED, ADDABLE = "khen", "khong", "them"
WORDS = {
    **{name: move.label for name, move in DECISION.transitions.items()},
    "create": "Lập dự thảo",
    "change": "Sửa nội dung",
}
NEXT = {
    _S.DRAFT: "Rà soát các dòng, lập văn bản để ký hoặc ghi đã ký",
    _S.SIGNED: "Vào sổ: lấy số, ngày; khen thưởng có hiệu lực",
    _S.NUMBERED: "Công bố cho các đơn vị, chi tiền thưởng",
}


class DecisionList(FilteredListView):
    page_title = "Quyết định khen thưởng"
    page_subtitle = "Mỗi quyết định của một thẩm quyền, cho những gì hội đồng đã đề nghị."
    template_name = "awards/decisions/list.html"
    partial_template_name = "awards/decisions/_list.html"
    filterset_class = DecisionFilter
    sort_fields = {"date": "dated_on", "number": "number", "status": "status"}
    empty_title = "Chưa có quyết định nào"
    empty_text = "Khi hội đồng đã bỏ phiếu, lập quyết định từ những đề nghị được hội đồng đề nghị khen thưởng."

    def get_queryset(self) -> QuerySet:
        if not self.request.user.has_perm("award.manage"):
            raise Http404
        rows = Decision.objects.visible_to(self.request.user).select_related("unit", "cycle")
        return rows.annotate(granted=Count("lines", filter=Q(lines__granted=True)), all_lines=Count("lines"))

    def get_empty_action(self) -> tuple[str, str]:
        return "Lập quyết định", reverse("decision-create")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = [] if self.is_partial else drawing.cycles_to_decide(self.request.user)
        return super().get_context_data(cycles=[row for row in waiting if drawing.groups_of(row)], **context)


class DecisionCreate(PageTitleMixin, FormErrorsMixin, FormView):
    """One cycle, one family, one authority per decision; nothing to decide is said, not refused."""

    form_class = DecisionForm
    template_name = "awards/decisions/create.html"
    page_title = "Lập quyết định khen thưởng"
    page_subtitle = "Dự thảo gồm mọi đề nghị mà hội đồng đề nghị khen thưởng và chưa nằm trong quyết định nào."
    breadcrumbs = (("Quyết định", "/khen-thuong/quyet-dinh/"),)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("award.manage"):
            raise PermissionDenied
        self.groups = {
            f"{cycle.pk}:{group.key}": (cycle, group)
            for cycle in drawing.cycles_to_decide(request.user)
            for group in drawing.groups_of(cycle)
        }
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"groups": self.groups, **super().get_form_kwargs()}

    def get_initial(self) -> dict[str, Any]:
        first = next(iter(self.groups.items()), None)
        if first is None:
            return {}
        title = first[1][0].title
        return {"what": first[0], "title": f"Về việc {title[:1].lower()}{title[1:]}"}

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        cycle, group = form.cleaned_data["what"]
        decision = drawing.draw_up_decision(
            cycle, family=group.family, authority=group.authority, title=form.cleaned_data["title"],
            actor=self.request.user,
        )  # fmt: skip
        messages.success(self.request, "Đã lập dự thảo. Hãy rà soát từng dòng trước khi ký.")
        return redirect(decision)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(groups=self.groups, cancel_url=reverse("decision-list"), **context)


class DecisionPage(PageTitleMixin):
    """A page about one decision that the person may see; another's is not found."""

    model = Decision
    context_object_name = "decision"

    def get_queryset(self) -> QuerySet:
        rows = Decision.objects.visible_to(self.request.user)
        return rows.select_related("unit__kind", "cycle", "file", "created_by")

    def get_page_title(self) -> str:
        return str(self.object)

    def get_page_subtitle(self) -> str:
        when = f"Ngày {self.object.dated_on:%d/%m/%Y}, " if self.object.dated_on else ""
        return f"{when}{self.object.authority}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Quyết định", reverse("decision-list"))]


class PartOfDecision(DecisionPage, FormErrorsMixin, FormView):
    """A form about one decision; ``permission`` is asked on it, ``states`` are those in which it makes sense."""

    permission = "award.manage"
    states: tuple[str, ...] = ()
    template_name = "layouts/form.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(self.permission, self.object):
            raise PermissionDenied
        if self.object.status not in self.states and request.method != "POST":
            messages.info(request, f"Quyết định này đang ở trạng thái “{self.object.get_status_display()}”.")
            return redirect(self.object)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (str(self.object), self.object.get_absolute_url())]

    def get_page_subtitle(self) -> str:
        return f"{self.object.title} ({self.object.authority})"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        values = {"decision": self.object, "cancel_url": self.object.get_absolute_url()}
        return super().get_context_data(**{**values, **context})


class DecisionDetail(DecisionPage, DetailView):
    """Lines beside what the council said, what is in the way, the moves."""

    template_name = "awards/decisions/detail.html"

    def get_where(self) -> Where:
        decision = self.object
        return Where(decision.unit.name, NEXT.get(_S(decision.status), ""), decision.created_at, None, decision)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        decision, user = self.object, self.request.user
        is_draft = decision.status == _S.DRAFT
        lines = drawing.lines_of(decision)
        groups: dict[str, list[Any]] = {
            GRANTED: [line for line in lines if line.granted],
            REFUSED: [line for line in lines if not line.granted],
            ADDABLE: list(drawing.addable(decision)) if is_draft else [],
        }
        asked = self.request.GET.get("muc", "")
        shown = asked if groups.get(asked) else GRANTED
        page = Paginator(groups[shown], PER_PAGE).get_page(self.request.GET.get("page"))
        moves = drawing.moves_of(decision, user)
        undecided = decision.status in (_S.DRAFT, _S.SIGNED)
        return super().get_context_data(
            is_draft=is_draft,
            may_edit=is_draft and user.has_perm("award.manage", decision),
            may_fund=user.has_perm("award.fund", decision),
            may_sign="sign" in moves and decision.decided_here,
            may_record="sign" in moves and not decision.decided_here,
            may_unsign="unsign" in moves,
            may_number="number" in moves,
            may_publish="publish" in moves,
            may_revoke="revoke" in moves,
            has_effect=decision.status in Decision.IN_FORCE,
            may_print=decision.status in Decision.IN_FORCE and user.has_perm("award.certificate", decision),
            tabs=[(name, label, len(groups[name]), name == shown) for name, label in self._tabs(is_draft)],
            shows_addable=shown == ADDABLE,
            page_obj=page,
            rows=self._rows(page.object_list, undecided=undecided, addable=shown == ADDABLE),
            missing=drawing.why_not_decided(decision, lines, timezone.localdate()) if undecided else [],
            money=self._money(),
            document=granting.living_document(decision),
            entries=audit.trail(decision)[:50],
            words=WORDS,
            **context,
        )

    def _tabs(self, is_draft: bool) -> list[tuple[str, str]]:
        tabs = [(GRANTED, "Khen thưởng"), (REFUSED, "Không khen thưởng")]
        return [*tabs, (ADDABLE, "Có thể thêm")] if is_draft else tabs

    def _rows(self, listed: list[Any], *, undecided: bool, addable: bool) -> list[dict[str, Any]]:
        """Each with the count of the council and whether the line differs from it."""
        nominations = [row if addable else row.nomination for row in listed]
        votes = _votes([row.pk for row in nominations])
        awards = dict(self.object.awards.values_list("nomination", "pk"))
        return [
            {
                "line": None if addable else row, "nomination": nomination, "vote": votes.get(nomination.pk, ""),
                "award": awards.get(nomination.pk),
                "differs": not addable and (drawing.differs(row) if undecided else bool(row.reason)),
            }
            for row, nomination in zip(listed, nominations, strict=True)
        ]  # fmt: skip

    def _money(self) -> int | None:
        rows = Payment.objects.filter(award__decision=self.object).exclude(state=Payment.State.NOT_PAID)
        return rows.aggregate(sum=Sum("amount"))["sum"]


def _votes(keys: list[int]) -> dict[int, str]:
    """By nomination: ayes of the base in the last count of the council."""
    rows = BallotCandidate.objects.filter(nomination__in=keys, passed__isnull=False).order_by("ballot_id")
    found = {}
    for row in rows:
        ayes, base = row.result.get("total_ayes"), row.result.get("base")
        found[row.nomination_id] = f"{ayes}/{base}" if isinstance(ayes, int) and isinstance(base, int) else ""
    return found


class DecisionEdit(PartOfDecision):
    form_class = TextsForm
    states = (_S.DRAFT,)

    def get_page_title(self) -> str:
        return "Sửa nội dung quyết định"

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in drawing.TEXTS}

    def form_valid(self, form: TextsForm) -> HttpResponse:
        drawing.change_texts(self.object, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã lưu nội dung quyết định.")
        return redirect(self.object)


class DecisionLineEdit(PartOfDecision):
    """Grant or not, with the reason where that differs from the council."""

    form_class = LineForm
    states = (_S.DRAFT,)
    template_name = "awards/decisions/line.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = DecisionLine.objects.filter(decision=self.object).select_related(
            "decision", "nomination__award_type", "nomination__unit"
        )
        self.line = get_object_or_404(rows, pk=kwargs["line"])

    def get_page_title(self) -> str:
        return self.line.nomination.name

    def get_page_subtitle(self) -> str:
        return f"{self.line.nomination.award_type}, {self.line.nomination.unit_name}"

    def get_initial(self) -> dict[str, Any]:
        line = self.line
        return {"granted": "yes" if line.granted else "no", "reason": line.reason, "posthumous": line.posthumous}

    def form_valid(self, form: LineForm) -> HttpResponse:
        drawing.set_line(self.line, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, f"Đã lưu dòng của {self.line.nomination.name}.")
        return redirect(self.object)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        nomination = self.line.nomination
        return super().get_context_data(
            line=self.line,
            nomination=nomination,
            vote=_votes([nomination.pk]).get(nomination.pk, ""),
            recommended=nomination.status == Nomination.Status.RECOMMENDED,
            **context,
        )


class DecisionFile(View):
    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        decision = get_object_or_404(Decision.objects.visible_to(request.user).select_related("file"), pk=pk)
        if decision.file is None:
            raise Http404
        return serve(decision.file)
