"""The score sheet: the list, the record, entry of one criterion, moves, conditions, evidence."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.generic import DetailView, View

from campaigns.models import Campaign
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import serve
from dvk_portal.core.templatetags import ui
from dvk_portal.core.views import ActionView, FilteredListView, PageTitleMixin, Where
from pledges.forms.scores import CriterionForm, ProofForm, SheetFilter
from pledges.models import Evidence, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services import acceptance, scoreevidence, scoresheets
from pledges.services.schemes import parsed_scheme
from pledges.services.scorepage import Page, Row, build_page
from pledges.services.spread import Spread, spread_of
from pledges.workflows import SHEET
from units import access

Status = ScoreSheet.Status
AUDIT_WORDS = {
    **SHEET.transitions,
    "score_self": "Nhập tự chấm",
    "score_verified": "Thẩm định một mục",
    "score_final": "Ghi điểm thống nhất",
    "accept_self_scores": "Chấp nhận các mục tự chấm",
    "declare_gate": "Khai điều kiện",
    "withdraw_gate": "Rút điều kiện đã khai",
    "add_evidence": "Thêm minh chứng",
    "remove_evidence": "Gỡ minh chứng",
}
ENTRIES = ("score_self", "score_verified", "score_final")


def sheets_for(user: Any, permission: str) -> QuerySet[ScoreSheet]:
    """Sheets on which the person holds ``permission``, with what a page of one sheet names."""
    return access.scope(ScoreSheet.objects.all(), user, permission).select_related(
        "scheme", "participation__campaign__owner", "participation__unit", "participation__cluster",
        "participation__pledge",
    )  # fmt: skip


def whereabouts(sheet: ScoreSheet) -> Where:
    """Where the sheet is, who holds it since when, what comes next (practice.md §13)."""
    unit, owner = sheet.participation.name, str(sheet.participation.campaign.owner)
    return {
        Status.SELF: Where(unit, "Đơn vị tự chấm, lãnh đạo đơn vị gửi bản tự chấm", status=sheet),
        Status.SENT: Where(owner, "Các phòng thẩm định từng tiêu chí", since=sheet.sent_at, status=sheet),
        Status.VERIFIED: Where(
            owner, "Họp với đơn vị, lãnh đạo Ban thống nhất điểm", since=sheet.verified_at, status=sheet
        ),
        Status.AGREED: Where(owner, "Chờ công bố kết quả phong trào", since=sheet.agreed_at, status=sheet),
        Status.PUBLISHED: Where(
            "Đã công bố", "Không còn việc gì với phiếu này", since=sheet.published_at, status=sheet
        ),
    }[sheet.status]


class ScoreSheetList(FilteredListView):
    page_title = "Chấm điểm"
    page_subtitle = "Điểm tự chấm, thẩm định và thống nhất của từng đơn vị."
    template_name = "pledges/scores/list.html"
    partial_template_name = "pledges/scores/_list.html"
    filterset_class = SheetFilter
    sort_fields = {
        "unit": "participation__sort_key",
        "cluster": "participation__cluster__order",
        "self": "self_total",
        "verified": "verified_total",
        "final": "final_total",
        "gap": "gap",
        "state": "status",
    }
    default_sort = "unit"
    empty_title = "Chưa có phiếu điểm nào"
    empty_text = "Phiếu điểm của từng đơn vị xuất hiện ở đây khi phong trào được phát động."

    def get_queryset(self) -> QuerySet:
        return ScoreSheet.objects.visible_to(self.request.user).select_related(
            "participation__campaign", "participation__cluster", "participation__unit"
        )

    def get_filterset(self, queryset: QuerySet) -> SheetFilter:
        """Without a choice in the address the list shows the newest campaign: scores of two tables do not compare."""
        data = self.request.GET.copy()
        if "campaign" not in data and (newest := self.newest()):
            data["campaign"] = str(newest)
        return SheetFilter(data, queryset=queryset, request=self.request)

    def newest(self) -> int | None:
        rows = ScoreSheet.objects.visible_to(self.request.user).order_by("-participation__campaign__starts_on")
        return rows.values_list("participation__campaign", flat=True).first()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        campaign = self.filter.form.cleaned_data.get("campaign") if self.filter.form.is_valid() else None
        return super().get_context_data(
            campaign=campaign,
            spread=self.spread(campaign) if campaign and not self.is_partial else None,
            may_verify=bool(campaign) and campaign.is_running and self.request.user.has_perm("score.verify"),
            may_rank=bool(campaign) and self.request.user.has_perm("ranking.view_draft", campaign),
            **context,
        )

    def spread(self, campaign: Campaign) -> Spread | None:
        """How high units put themselves against what was found; for those who see all of them."""
        if not self.request.user.has_perm("ranking.view_draft", campaign):
            return None
        return spread_of(ScoreSheet.objects.visible_to(self.request.user), campaign)


class SheetPageMixin:
    """Title, path and whereabouts of a page of one sheet; others' sheets are not found."""

    permission = "score.view"
    page_name = ""

    def get_queryset(self) -> QuerySet[ScoreSheet]:
        return sheets_for(self.request.user, self.permission)

    def get_page_title(self) -> str:
        return f"{self.page_name or 'Phiếu điểm'}: {self.object.participation.name}"

    def get_page_subtitle(self) -> str:
        return self.object.participation.campaign.title

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        campaign = self.object.participation.campaign_id
        found = [("Chấm điểm", f"{reverse('scoresheet-list')}?campaign={campaign}")]
        if self.page_name:
            found.append((self.object.participation.name, self.object.get_absolute_url()))
        return found

    def get_where(self) -> Where:
        return whereabouts(self.object)


FILTERS = [("", "Tất cả", "leaves"), ("viec", "Chờ tôi thẩm định", "my_waiting"), ("phong", "Phần của phòng tôi", "mine"),
           ("lech", "Có chênh lệch", "gaps"), ("thieu", "Chưa có số liệu", "missing")]  # fmt: skip


class ScoreSheetDetail(SheetPageMixin, PageTitleMixin, DetailView):
    """The sheet as officials know it, with entry of each criterion for whoever holds it now."""

    template_name = "pledges/scores/detail.html"
    context_object_name = "sheet"
    refused: tuple[str, CriterionForm, str] | None = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sheet, user = self.object, self.request.user
        page = build_page(sheet, user)
        chosen = self.request.GET.get("xem", "")
        for row in page.leaves:
            fill_form(page, row)
        if self.refused:
            keep_typed(page, *self.refused)
        entries = audit.trail(sheet)
        full = "nhat-ky" in self.request.GET
        return super().get_context_data(
            page=page,
            tabs=tabs(page, chosen),
            shown=shown_sections(page, chosen),
            chosen=chosen,
            moves={move.name for move in SHEET.available(sheet, user)}
            if page.sheet.participation.campaign.is_running
            else set(),
            is_published=sheet.status == Status.PUBLISHED,
            totals=total_tiles(sheet),
            **origin_links(sheet),
            gates_open=page.is_assessor
            and sheet.participation.campaign.is_running
            and sheet.status not in (Status.AGREED, Status.PUBLISHED),
            may_prove=scoreevidence.may_add_proof(sheet, user),
            entries=(entries if full else entries.exclude(action__in=ENTRIES))[:200],
            full_history=full,
            audit_words=AUDIT_WORDS,
            **context,
        )


def total_tiles(sheet: ScoreSheet) -> list[tuple[str, str, str, str]]:
    """(label, value, note, tone) of the four results on top of the sheet."""
    gap, settled = sheet.gap, sheet.status in (Status.AGREED, Status.PUBLISHED)
    compared = "" if gap is None else "không chênh với tự chấm"
    if gap:
        compared = f"tự chấm {'cao' if gap > 0 else 'thấp'} hơn {ui.points(abs(gap))} điểm ở mục đơn vị tự chấm"
    tentative = "tạm tính: còn tiêu chí chưa có số liệu" if sheet.provisional else ""
    return [
        ("Tự chấm", ui.points(sheet.self_total), "" if sheet.sent_at else "chưa gửi", ""),
        ("Thẩm định", ui.points(sheet.verified_total), compared, "waiting" if gap else ""),
        ("Thống nhất" if settled else "Thống nhất (dự kiến)", ui.points(sheet.final_total), tentative, ""),
        ("Xếp loại", class_of(sheet), f"thưởng {ui.points(sheet.bonus)}, trừ {ui.points(sheet.deduction)}", ""),
    ]


def origin_links(sheet: ScoreSheet) -> dict[str, str]:
    """Where the figures that the portal filled in can be read."""
    query = urlencode({"campaign": sheet.participation.campaign_id, "q": sheet.participation.name})
    pledge = getattr(sheet.participation, "pledge", None)
    return {
        "report_url": f"{reverse('report-list')}?{query}",
        "pledge_url": pledge.get_absolute_url() if pledge else "",
    }


def class_of(sheet: ScoreSheet) -> str:
    if sheet.is_tentative:
        return "chưa xếp loại"
    return "Không xếp loại" if sheet.unranked else sheet.score_class or "–"


def fill_form(page: Page, row: Row) -> None:
    """The form of a criterion as stored, where the reader may enter something."""
    if row.stage and row.editable:
        row.form = criterion_form(row, row.stage, prefix=row.anchor)


def criterion_form(row: Row, stage: str, *, prefix: str, data: Any = None) -> CriterionForm:
    own = row.own(stage)
    reasons = dict.fromkeys(given.reason for given in own.values() if given.reason)
    return CriterionForm(
        row.leaf,
        [one.entry for one in row.editable],
        data,
        prefix=prefix,
        stage=stage,
        values={code: given.value for code, given in own.items()},
        marked=row.is_marked(stage),
        reason="; ".join(reasons)[:500],
        seen=row.mark,
    )


def keep_typed(page: Page, criterion: str, form: CriterionForm, error: str) -> None:
    row = page.row(criterion)
    if row is not None:
        row.form, row.error = form, error


def tabs(page: Page, chosen: str) -> list[tuple[str, str, int, bool]]:
    wanted = [one for one in FILTERS if page.is_assessor or one[0] not in ("viec", "phong")]
    return [
        (f"?xem={name}" if name else "?", label, len(getattr(page, part)), name == chosen)
        for name, label, part in wanted
    ]


def shown_sections(page: Page, chosen: str) -> list[tuple[Any, list[Row]]]:
    """Sections with those of their rows that the filter leaves; headings stay while something below them does."""
    part = next((part for name, _, part in FILTERS if name == chosen), "leaves")
    wanted = {row.node.code for row in getattr(page, part)}
    found = []
    for section in page.sections:
        rows = [row for row in section.rows if (row.node.code in wanted if row.leaf else not chosen)]
        if any(row.leaf for row in rows):
            found.append((section, rows))
    return found


class ScoreEntry(SheetPageMixin, View):
    """One criterion is saved. htmx gets its numbers back; without scripts the page comes back at the line."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.sheet = get_object_or_404(self.get_queryset(), pk=pk)
        page = build_page(self.sheet, request.user)
        row = page.row(request.POST.get("criterion", ""))
        stage = request.POST.get("stage", "")
        if row is None or stage not in Stage.values:
            raise Http404
        error, form = self.save(row, stage)
        if request.htmx:
            return self.show_row(row.node.code, error)
        return self.show_page(row, form, error) if error else HttpResponseRedirect(self.back_url(row))

    def save(self, row: Row, stage: str) -> tuple[str, CriterionForm]:
        form = criterion_form(row, stage, prefix=self.request.POST.get("prefix", ""), data=self.request.POST)
        if row.stage == stage and not form.is_valid():
            return form.sentence, form
        form.is_valid()
        # The service decides; with another stage or no field left it says why nothing can be written.
        raw = form.raw() if form.entries else {row.node.code: None}
        try:
            scoresheets.enter_criterion(
                self.sheet, row.node.code, raw, stage=stage, actor=self.request.user, reason=form.reason,
                seen=(form.cleaned_data.get("seen") or None) if row.stage == stage else None,
            )  # fmt: skip
        except DomainError as refused:
            return " ".join([refused.message, *refused.findings]), form
        return "", form

    def show_row(self, criterion: str, error: str) -> HttpResponse:
        sheet = self.get_queryset().get(pk=self.sheet.pk)
        page = build_page(sheet, self.request.user)
        row = page.row(criterion)
        row.error = error
        context = {
            **origin_links(sheet),
            "totals": total_tiles(sheet),
            "sheet": sheet,
            "page": page,
            "row": row,
            "section": page.section_of(row),
            "prefix": self.prefix,
            "in_grid": not self.prefix.startswith("tc-"),
        }
        return render(self.request, "pledges/scores/_saved.html", context)

    @property
    def prefix(self) -> str:
        return self.request.POST.get("prefix", "")

    def show_page(self, row: Row, form: CriterionForm, error: str) -> HttpResponse:
        view = ScoreSheetDetail()
        view.setup(self.request, pk=self.sheet.pk)
        view.object = self.sheet
        view.refused = (row.node.code, form, error)
        return view.render_to_response(view.get_context_data(), status=422)

    def back_url(self, row: Row) -> str:
        return f"{self.sheet.get_absolute_url()}#{row.anchor}"


# --- moves ----------------------------------------------------------------------------------------------------------
class SheetMove(ActionView):
    permission = "score.view"

    def get_record(self) -> ScoreSheet:
        return get_object_or_404(sheets_for(self.request.user, self.permission), pk=self.kwargs["pk"])


class SheetSend(SheetMove):
    success_message = "Đã gửi bản tự chấm. Tỉnh thẩm định từng tiêu chí; đơn vị chưa phải làm gì thêm."

    def act(self, record: ScoreSheet) -> ScoreSheet:
        return scoresheets.send_self_assessment(record, actor=self.request.user)


class SheetReturn(SheetMove):
    success_message = "Đã trả lại bản tự chấm; đơn vị được báo tin kèm lý do."

    def act(self, record: ScoreSheet) -> ScoreSheet:
        return scoresheets.return_self_assessment(record, actor=self.request.user, note=self.note)


class SheetVerify(SheetMove):
    success_message = "Đã hoàn tất thẩm định; đơn vị được báo tin."

    def act(self, record: ScoreSheet) -> ScoreSheet:
        return scoresheets.finish_verification(record, actor=self.request.user)


class SheetAgree(SheetMove):
    success_message = "Đã thống nhất điểm của đơn vị."

    def act(self, record: ScoreSheet) -> ScoreSheet:
        return scoresheets.agree_scores(record, actor=self.request.user)


class SheetReopen(SheetMove):
    success_message = "Đã mở lại thẩm định."

    def act(self, record: ScoreSheet) -> ScoreSheet:
        return scoresheets.reopen_sheet(record, actor=self.request.user, note=self.note)


class SheetAccept(SheetMove):
    def act(self, record: ScoreSheet) -> int:
        self.sheet = record
        return acceptance.accept_self_scores(record, actor=self.request.user)

    def get_success_message(self, record: int) -> str:
        return f"Đã chấp nhận {record} số liệu tự chấm thuộc phần của bạn."

    def get_success_url(self, record: int) -> str:
        return self.back_url(self.sheet)


class GateDeclare(SheetMove):
    success_message = "Đã khai điều kiện; điểm và xếp loại được tính lại."

    def act(self, record: ScoreSheet) -> ScoreSheet:
        code = self.request.POST.get("code", "")
        return scoresheets.declare_gate(record, code, actor=self.request.user, reason=self.note)


class GateWithdraw(SheetMove):
    success_message = "Đã rút điều kiện; điểm và xếp loại được tính lại."

    def act(self, record: ScoreSheet) -> ScoreSheet:
        code = self.request.POST.get("code", "")
        return scoresheets.withdraw_gate(record, code, actor=self.request.user, reason=self.note)


# --- evidence -------------------------------------------------------------------------------------------------------
class ProofPage(SheetPageMixin, PageTitleMixin, DetailView):
    """Evidence of one criterion; POST adds."""

    template_name = "pledges/scores/proof.html"
    context_object_name = "sheet"
    page_name = "Minh chứng"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        node = parsed_scheme(self.object.scheme).nodes.get(self.kwargs["criterion"])
        if node is None or not node.is_leaf:
            raise Http404
        rows = self.object.evidence.filter(criterion=node.code).select_related("file", "added_by")
        may_add = scoreevidence.may_add_proof(self.object, self.request.user)
        return super().get_context_data(
            **{"form": ProofForm(), **context, "node": node, "rows": rows, "may_add": may_add}
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = ProofForm(request.POST, request.FILES)
        if form.is_valid():
            data = form.cleaned_data
            try:
                scoreevidence.add_proof(
                    self.object,
                    kwargs["criterion"],
                    actor=request.user,
                    uploads=data["files"],
                    citation=data["citation"],
                )
            except DomainError as error:
                form.add_domain_error(error)
        if form.errors:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        return HttpResponseRedirect(request.path)


def proof_for(user: Any, pk: int, permission: str) -> Evidence:
    rows = Evidence.objects.exclude(sheet=None).select_related("file", "sheet__participation__unit")
    return get_object_or_404(access.scope(rows, user, permission), pk=pk)


class ProofDownload(View):
    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        evidence = proof_for(request.user, pk, "score.view")
        if evidence.file is None:
            raise Http404
        return serve(evidence.file)


class ProofRemove(ActionView):
    success_message = "Đã gỡ minh chứng."

    def get_record(self) -> Evidence:
        return proof_for(self.request.user, self.kwargs["pk"], "score.view")

    def act(self, record: Evidence) -> Evidence:
        self.where = reverse("score-proof", args=[record.sheet_id, record.criterion])
        scoreevidence.remove_proof(record, actor=self.request.user)
        return record

    def get_success_url(self, record: Evidence) -> str:
        return self.where

    def back_url(self, record: Evidence) -> str:
        return self.where
