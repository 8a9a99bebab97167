"""The documents made of a record: what is missing, how it would look, making it, what has been made.

One pair of views serves every kind of record: to offer another, add a desk.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, View

from campaigns.models import Campaign, ReportingPeriod
from dvk_portal.core.documents.freezing import file_name, preview
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document
from dvk_portal.core.views import ActionView, PageTitleMixin, describe
from pledges.documents.models import RecognitionListDocument
from pledges.documents.reports import ConsolidatedReport, NotReportedList, ReportDocument
from pledges.documents.scores import RankingDocument, ScoreSheetDocument
from pledges.models import QuarterlyReport
from pledges.services.recorddocuments import RecordDocument, documents_of, issue_document, what_is_missing

_CAMPAIGN = ("campaign__owner", "campaign__previous")
_PARTICIPATION = ("participation__campaign__owner", "participation__unit", "participation__cluster")


@dataclass(frozen=True)
class Desk:
    """The kinds of documents made of one kind of record, by their place in the address. ``name`` begins its URL names."""

    name: str
    kinds: dict[str, RecordDocument]
    related: tuple[str, ...]

    def records(self, user: Any) -> QuerySet[Any]:
        first = next(iter(self.kinds.values()))
        return first.records_for(user).select_related(*self.related)

    def kind(self, place: str) -> RecordDocument:
        if place not in self.kinds:
            raise Http404
        return self.kinds[place]


DESKS = {
    desk.name: desk
    for desk in (
        Desk("report", {"bao-cao": ReportDocument()}, ("period", *_PARTICIPATION)),
        Desk(
            "period",
            {
                "tong-hop": ConsolidatedReport(),
                "tong-hop-da-gui": ConsolidatedReport(stage=None),
                "chua-bao-cao": NotReportedList(),
            },
            _CAMPAIGN,
        ),
        Desk("scoresheet", {"phieu-diem": ScoreSheetDocument()}, ("scheme", *_PARTICIPATION)),
        Desk("ranking", {"xep-hang": RankingDocument()}, ("owner", "scheme")),
        Desk("batch", {"danh-sach": RecognitionListDocument()}, ("unit", "level")),
    )
}


@dataclass(frozen=True)
class Offer:
    """One kind on the page: what keeps it from being made now, the one in force and whether that still holds."""

    kind: RecordDocument
    missing: list[str]
    may_issue: bool
    living: Document | None
    is_current: bool
    preview_url: str
    issue_url: str

    @property
    def title(self) -> str:
        return f"{self.kind.title} ({self.kind.variant})" if self.kind.variant else self.kind.title

    @property
    def can_issue(self) -> bool:
        return self.may_issue and not self.missing and not self.is_current

    @property
    def question(self) -> str:
        act = (
            "Cổng lấy số, chốt nội dung và chuyển văn bản chờ ký."
            if self.kind.type_code
            else "Cổng chốt nội dung lúc này."
        )
        return f"{act} Bản đang có ({self.living}) được thay bằng bản mới." if self.living else act


class DeskMixin:
    """Views of one desk; another's record is not found. ``desk`` comes from the address table."""

    desk_name = ""

    @property
    def desk(self) -> Desk:
        return DESKS[self.desk_name]

    def get_record(self) -> Any:
        return get_object_or_404(self.desk.records(self.request.user), pk=self.kwargs["pk"])

    def page_url(self) -> str:
        return reverse(f"{self.desk.name}-documents", args=[self.kwargs["pk"]])


class RecordDocuments(DeskMixin, PageTitleMixin, DetailView):
    """What can be made of the record, what is in the way, what has been made."""

    template_name = "pledges/documents/record.html"
    context_object_name = "record"

    def get_queryset(self) -> QuerySet[Any]:
        return self.desk.records(self.request.user)

    def get_page_title(self) -> str:
        return "Văn bản"

    def get_page_subtitle(self) -> str:
        return describe_record(self.object)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [record_place(self.object)]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        made = list(documents_of(self.object, *self.desk.kinds.values()))
        # Two ways of making one kind lack the same facts, and the content of a whole province is dear.
        unlike = {kind.code: kind for kind in self.desk.kinds.values()}
        lacking = {code: what_is_missing(kind, self.object) for code, kind in unlike.items()}
        offers = [self._offer(place, kind, made, lacking[kind.code]) for place, kind in self.desk.kinds.items()]
        return super().get_context_data(offers=offers, made=made, **context)

    def _offer(self, place: str, kind: RecordDocument, made: list[Document], lacking: list[str]) -> Offer:
        record, name, pk = self.object, self.desk.name, self.object.pk
        living = next((row for row in made if row.kind == kind.code and row.is_living), None)
        return Offer(
            kind=kind,
            missing=lacking,
            may_issue=kind.may_issue(self.request.user, record),
            living=living,
            is_current=living is not None and kind.is_current(living, record),
            preview_url=reverse(f"{name}-document-preview", args=[pk, place]),
            issue_url=reverse(f"{name}-document-issue", args=[pk, place]),
        )


class DocumentPreview(DeskMixin, View):
    """The PDF as it would be today; nothing is stored, gaps are printed as such."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        record, day = self.get_record(), timezone.localdate()
        try:
            content = self.desk.kind(kind).content(record)
            rendered = preview(content, day=day)
        except DomainError as error:
            messages.error(request, describe(error))
            return HttpResponseRedirect(self.page_url())
        response = HttpResponse(rendered.pdf, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{file_name(content, "pdf")}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store"
        return response


class DocumentIssue(DeskMixin, ActionView):
    """Make the document: number, frozen content, PDF; from here it waits for its signatures."""

    def act(self, record: Any) -> Document:
        return issue_document(self.desk.kind(self.kwargs["kind"]), record, actor=self.request.user)

    def get_success_message(self, record: Document) -> str:
        number = f" số {record.number}" if record.number else ""
        waits = " Văn bản chờ ký." if record.status == Document.Status.FROZEN else ""
        return f"Đã lập {record.title.lower()}{number}.{waits}"

    def get_success_url(self, record: Document) -> str:
        """Where it is signed and handed out."""
        return record.get_absolute_url()

    def back_url(self, record: Any) -> str:
        return self.page_url()


def describe_record(record: Model) -> str:
    """What the documents are made of, in words."""
    if isinstance(record, QuarterlyReport):
        return f"Báo cáo {record.period}, {record.participation.name}"
    if isinstance(record, ReportingPeriod):
        return f"{record.name}, {record.campaign.title}"
    return str(record)


def record_place(record: Model) -> tuple[str, str]:
    """The page that shows the record itself."""
    if isinstance(record, ReportingPeriod):
        return "Tổng hợp số liệu", reverse("totals", args=[record.campaign_id])
    if isinstance(record, Campaign):
        return "Xếp hạng", reverse("ranking", args=[record.pk])
    return describe_record(record), record.get_absolute_url()
