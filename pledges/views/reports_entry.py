"""The report at its unit: the entry form, its cells, evidence, sending."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, View

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import serve
from dvk_portal.core.views import ActionView, PageTitleMixin, describe
from dvk_portal.core.working_days import province_calendar
from pledges.forms.reports import Cell, CellForm, EvidenceForm, SubmitForm
from pledges.models import Evidence, QuarterlyReport
from pledges.services.evidence import add_evidence, remove_evidence
from pledges.services.exemplary.fromreport import show_ways
from pledges.services.figures import part_codes
from pledges.services.reports import save_cells, submit_report, tell_leader
from pledges.services.reportsheet import Line, Section, Sheet, build_sheet
from pledges.services.timing import days_from_due
from pledges.views.reportpage import ReportPageMixin, reports_for
from units import access
from units.roles import Role


def rows_of(sheet: Sheet, cells: dict[int, Cell] | None = None) -> list[tuple[Section, list[Cell]]]:
    """Sections with their lines as inputs; ``cells`` replaces those that could not be saved."""
    cells = cells or {}
    return [
        (section, [cells.get(line.indicator.pk) or Cell(line) for line in section.lines]) for section in sheet.sections
    ]


class ReportEdit(ReportPageMixin, PageTitleMixin, DetailView):
    """The form. With scripts each cell saves itself; without, one button per group saves the group."""

    template_name = "pledges/reports/report_edit.html"
    permission = "report.edit"
    page_name = "Nhập"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if not self.object.is_with_unit:
            messages.info(request, "Báo cáo đã gửi nên chỉ xem được.")
            return HttpResponseRedirect(self.object.get_absolute_url())
        return self.show(build_sheet(self.object))

    def show(self, sheet: Sheet, cells: dict[int, Cell] | None = None, status: int = 200) -> HttpResponse:
        show_ways(self.object, sheet.lines, self.request.user)
        rows = rows_of(sheet, cells)
        context = self.get_context_data(sheet=sheet, rows=rows, problems=list((cells or {}).values()))
        return self.render_to_response(context, status=status)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        sheet = build_sheet(self.object)
        wanted = request.POST.get("group", "")
        section = next((row for row in sheet.sections if str(row.group.pk) == wanted), None)
        if section is None:
            raise Http404
        try:
            cells = save_group(self.object, section, request)
        except DomainError as error:
            messages.error(request, describe(error))
            return HttpResponseRedirect(self.object.get_absolute_url())
        if cells:
            return self.show(refreshed(self.object, cells), cells, status=422)
        messages.success(request, f"Đã lưu nhóm “{section.group.title}”.")
        return HttpResponseRedirect(f"{reverse('report-edit', args=[self.object.pk])}#nhom-{section.group.pk}")


def save_group(report: QuarterlyReport, section: Section, request: HttpRequest) -> dict[int, Cell]:
    """Save the cells of a group that are right; returns the others, with what was typed and why it is not saved."""
    data = request.POST.copy()
    lines = [line for line in section.typed if line.editable]
    taken = data.get("take", "")
    for line in lines:
        if str(line.indicator.pk) == taken and line.takeover:
            data[f"c{taken}-value"] = line.takeover
            data.setlist(f"c{taken}-mark", [])
    forms = {line.indicator.pk: CellForm(line.indicator, data) for line in lines if f"c{line.indicator.pk}-rev" in data}
    by_pk = {line.indicator.pk: line for line in lines}
    cells = {pk: Cell(by_pk[pk], form) for pk, form in forms.items() if not form.is_valid()}
    inputs = [form.to_input() for pk, form in forms.items() if pk not in cells]
    for outcome in save_cells(report, inputs, actor=request.user):
        if outcome.is_stale:
            pk = outcome.indicator.pk
            cells[pk] = Cell(by_pk[pk], forms[pk], is_stale=True)
    return cells


def refreshed(report: QuarterlyReport, cells: dict[int, Cell]) -> Sheet:
    """The sheet after saving, its lines put under the cells that were refused."""
    sheet = build_sheet(report)
    for pk, cell in cells.items():
        cell.line = sheet.line(pk)
    return sheet


class ReportCell(View):
    """One cell. GET shows it as stored; POST saves it and answers with its state and whatever depends on it."""

    http_method_names = ["get", "post"]

    def get_line(self) -> tuple[QuarterlyReport, Sheet, Line]:
        report = get_object_or_404(reports_for(self.request.user, "report.edit"), pk=self.kwargs["pk"])
        sheet = build_sheet(report)
        line = sheet.line(self.kwargs["indicator"])
        if line is None or not line.question.typed:
            raise Http404
        return report, sheet, line

    def get(self, request: HttpRequest, pk: int, indicator: int) -> HttpResponse:
        report, sheet, line = self.get_line()
        show_ways(report, [line], request.user)
        context = {"report": report, "cell": Cell(line), "section": sheet.section_of(line)}
        return self.answer("components/report_cell.html", context)

    def post(self, request: HttpRequest, pk: int, indicator: int) -> HttpResponse:
        report, sheet, line = self.get_line()
        cell = Cell(line, CellForm(line.indicator, request.POST))
        status = 200
        if cell.form.is_valid():
            try:
                cell.is_stale = save_cells(report, [cell.form.to_input()], actor=request.user)[0].is_stale
            except DomainError as error:
                cell.refusal = error.message
            cell.just_saved = not (cell.is_stale or cell.refusal)
            sheet = refreshed(report, {indicator: cell})
            status = 409 if cell.is_stale or cell.refusal else 200
        else:
            status = 422
        context = {"report": report, "sheet": sheet, "cell": cell, "section": sheet.section_of(cell.line)}
        context["touched"] = depending_on(sheet, cell.line) if cell.just_saved else []
        return self.answer("pledges/reports/_cell_saved.html", context, status)

    def answer(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        # The header tells the page's script that this is a cell and not, say, the sign-in page of a lapsed session.
        response = render(self.request, template, context, status=status)
        response["X-Cell"], response["Cache-Control"] = "1", "no-store"
        return response


def depending_on(sheet: Sheet, changed: Line) -> list[Line]:
    """Lines whose computed figure, target or findings may have changed with this one, itself included."""
    code, found = changed.indicator.code, []
    for line in sheet.lines:
        parts = part_codes(line.indicator)
        shares_formula = any(
            code in parts and line.indicator.code in parts for parts in map(part_codes, _computed(sheet))
        )
        if line is changed or code in parts or line.indicator.part_of_id == changed.indicator.pk or shares_formula:
            found.append(line)
    return found


def _computed(sheet: Sheet) -> list[Any]:
    return [line.indicator for line in sheet.lines if not line.question.stored]


class ReportSubmit(ReportPageMixin, PageTitleMixin, DetailView):
    """What is missing before the button, who may send, and the sending itself."""

    template_name = "pledges/reports/report_submit.html"
    permission = "report.edit"
    page_name = "Kiểm tra và gửi"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        report = self.object
        told = audit.trail(report).filter(action="tell_leader").first() if report.is_with_unit else None
        timing = days_from_due(timezone.now(), report.due_at, province_calendar())
        return super().get_context_data(
            sheet=build_sheet(report),
            may_send=self.request.user.has_perm("report.send", report),
            leaders=report.participation.unit.members(Role.LEADER),
            told=told,
            days_late=max(timing["days_from_due"], 0),
            **{"form": SubmitForm(), **context},
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if not self.object.is_with_unit:
            return HttpResponseRedirect(self.object.get_absolute_url())
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = SubmitForm(request.POST)
        form.is_valid()
        try:
            submit_report(self.object, actor=request.user, confirmed=form.cleaned_data.get("confirmed", False))
        except DomainError as error:
            if form.is_valid():
                form.add_domain_error(error)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(request, "Đã gửi báo cáo. Chuyên viên của tỉnh được báo tin; đơn vị chưa phải làm gì thêm.")
        return HttpResponseRedirect(self.object.get_absolute_url())


class ReportReady(ActionView):
    success_message = "Đã báo lãnh đạo. Lãnh đạo đơn vị xem lại và gửi báo cáo."

    def get_record(self) -> QuarterlyReport:
        return get_object_or_404(reports_for(self.request.user, "report.edit"), pk=self.kwargs["pk"])

    def act(self, record: QuarterlyReport) -> QuarterlyReport:
        today: datetime.date = timezone.localdate()
        return tell_leader(record, actor=self.request.user, today=today)


class EvidenceList(ReportPageMixin, PageTitleMixin, DetailView):
    """Evidence of one line: a page of its own, or a part that opens under the cell."""

    template_name = "pledges/reports/evidence_list.html"
    permission = "report.view"
    page_name = "Minh chứng"

    def get_template_names(self) -> list[str]:
        return ["pledges/reports/_evidence.html"] if self.request.htmx else [self.template_name]

    def get_line(self) -> Line:
        line = build_sheet(self.object).line(self.kwargs["indicator"])
        if line is None:
            raise Http404
        return line

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        line = self.get_line()
        may_edit = line.editable and self.request.user.has_perm("report.edit", self.object)
        return super().get_context_data(**{"form": EvidenceForm(), **context, "line": line, "may_edit": may_edit})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = EvidenceForm(request.POST, request.FILES)
        if form.is_valid():
            uploads, citation = form.cleaned_data["files"], form.cleaned_data["citation"]
            line = self.get_line()
            try:
                add_evidence(self.object, line.indicator, actor=request.user, uploads=uploads, citation=citation)
            except DomainError as error:
                form.add_domain_error(error)
        if form.errors:
            return self.render_to_response(self.get_context_data(form=form), status=422)
        if request.htmx:
            return self.render_to_response(self.get_context_data(was_changed=True))
        return HttpResponseRedirect(request.path)


def evidence_for(user: Any, pk: int, permission: str) -> Evidence:
    rows = Evidence.objects.exclude(report=None).select_related("file", "indicator", "report__participation__unit")
    return get_object_or_404(access.scope(rows, user, permission), pk=pk)


class EvidenceDownload(View):
    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        evidence = evidence_for(request.user, pk, "report.view")
        if evidence.file is None:
            raise Http404
        return serve(evidence.file)


class EvidenceRemove(ActionView):
    success_message = "Đã gỡ minh chứng."

    def get_record(self) -> Evidence:
        return evidence_for(self.request.user, self.kwargs["pk"], "report.edit")

    def act(self, record: Evidence) -> Evidence:
        remove_evidence(record, actor=self.request.user)
        return record

    def back_url(self, record: Evidence) -> str:
        return reverse("evidence-list", args=[record.report_id, record.indicator_id])
