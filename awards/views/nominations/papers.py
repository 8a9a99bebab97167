"""The documents of nominations, offered as everywhere else; and the pages of what a unit proposes in a cycle."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView

from awards.documents.nominations import (
    AchievementReport,
    AppraisalSummary,
    NominationListDocument,
    NominationMemo,
    UnitMinutes,
)
from awards.forms.nominations import MeetingForm
from awards.models import Nomination, NominationSet
from awards.services.nominations.dossier import Checklist
from awards.services.nominations.papers import make_paper
from awards.services.nominations.sets import may_write_minutes, nominations_of, save_meeting
from awards.services.nominations.visibility import with_shown_status
from dvk_portal.core.models import Document
from dvk_portal.core.views import FormErrorsMixin, PageTitleMixin
from pledges.views import documents

DESKS = {
    desk.name: desk
    for desk in (
        documents.Desk(
            "nomination",
            {"bao-cao-thanh-tich": AchievementReport()},
            ("cycle__owner", "award_type", "recipient__unit", "unit"),
        ),
        documents.Desk(
            "nominationset",
            {"bien-ban": UnitMinutes(), "danh-sach": NominationListDocument(), "to-trinh": NominationMemo()},
            ("cycle__owner", "unit"),
        ),
        documents.Desk("appraisal", {"tong-hop": AppraisalSummary()}, ("owner",)),
    )
}


class _DeskMixin(documents.DeskMixin):
    @property
    def desk(self) -> documents.Desk:
        return DESKS[self.desk_name]


class Papers(_DeskMixin, documents.RecordDocuments):
    pass


class PaperPreview(_DeskMixin, documents.DocumentPreview):
    pass


class PaperIssue(_DeskMixin, documents.DocumentIssue):
    def act(self, record: Any) -> Document:
        return make_paper(self.desk.kind(self.kwargs["kind"]), record, actor=self.request.user)


def offer_papers(checklist: Checklist) -> None:
    """Lead from each line to the page that makes its document: the nomination's own, or that of the unit's set."""
    record = checklist.nomination
    group = NominationSet.objects.filter(cycle=record.cycle_id, unit=record.unit_id).first()
    places = {kind.code: ("nomination", record.pk) for kind in DESKS["nomination"].kinds.values()}
    if group is not None:
        places |= {kind.code: ("nominationset", group.pk) for kind in DESKS["nominationset"].kinds.values()}
    for slot in checklist.slots:
        if slot.item.document_kind in places:
            desk, pk = places[slot.item.document_kind]
            slot.paper_url = reverse(f"{desk}-documents", args=[pk])


# --- what a unit proposes in a cycle ----------------------------------------------------------------------------------
class SetDetail(PageTitleMixin, DetailView):
    """The unit's nominations of one cycle side by side, its meeting, its documents."""

    template_name = "awards/nominations/set.html"
    context_object_name = "record"

    def get_queryset(self) -> QuerySet[NominationSet]:
        return NominationSet.objects.visible_to(self.request.user).select_related("cycle__owner", "unit")

    def get_page_title(self) -> str:
        return f"Bộ đề nghị của {self.object.unit.name}"

    def get_page_subtitle(self) -> str:
        return self.object.cycle.title

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Hồ sơ đề nghị", reverse("nomination-list"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = self.request.user
        rows = nominations_of(self.object)
        told = Nomination.objects.filter(pk__in=[row.pk for row in rows])
        shown = dict(with_shown_status(told, user, timezone.localdate()).values_list("pk", "shown"))
        labels = dict(Nomination.Status.choices)
        return super().get_context_data(
            rows=[(row, shown[row.pk], labels[shown[row.pk]]) for row in rows],
            may_write=may_write_minutes(self.object, user),
            votes=self.object.votes.count(),
            **context,
        )


class SetMinutes(FormErrorsMixin, PageTitleMixin, FormView):
    """The unit's own meeting, typed in once for all its nominations."""

    template_name = "awards/nominations/minutes.html"
    form_class = MeetingForm
    page_title = "Cuộc họp bình xét"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = NominationSet.objects.visible_to(request.user).select_related("cycle", "unit")
        self.object = get_object_or_404(rows, pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_write_minutes(self.object, request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.object)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Hồ sơ đề nghị", reverse("nomination-list")), ("Bộ đề nghị", self.object.get_absolute_url())]

    def get_form_kwargs(self) -> dict[str, Any]:
        # A record of its own: what was typed shall not change the one that the page shows around the form.
        instance = NominationSet.objects.get(pk=self.object.pk)
        return super().get_form_kwargs() | {"instance": instance, "nominations": nominations_of(self.object)}

    def form_valid(self, form: MeetingForm) -> HttpResponse:
        save_meeting(self.object, actor=self.request.user, **form.content)
        return redirect(self.object)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.object, **context)
