"""Pages of nominations: the list, one nomination, what differs between its sendings."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, View

from awards.eligibility import open_findings
from awards.forms.nominations import NominationFilter
from awards.models import AwardCycle, DossierFile, Nomination, NominationRevision, NominationSet
from awards.services.cycles.phases import phase_allows
from awards.services.nominations import grounds
from awards.services.nominations.differences import differences
from awards.services.nominations.dossier import checklist_of, may_edit, may_write, why_closed
from awards.services.nominations.sending import obstacles
from awards.services.nominations.visibility import sees_outcomes, shown_status, with_shown_status
from awards.services.rules.rebasing import may_rebase
from awards.views.nominations.whereabouts import where_is
from awards.workflows import NOMINATION
from dvk_portal.core import audit, files
from dvk_portal.core.views import FilteredListView, PageTitleMixin, Where
from units import access

Status = Nomination.Status
# The way of every nomination; what lies to the side of a step is told in words.
PATH = [
    (value, value.label)
    for value in (Status.DRAFT, Status.SUBMITTED, Status.COMPLETE, Status.ELIGIBLE, Status.RECOMMENDED, Status.GRANTED)
]
STEP = {
    Status.RETURNED: Status.DRAFT,
    Status.TO_CHECK: Status.COMPLETE,
    Status.HELD: Status.COMPLETE,
    Status.NOT_RECOMMENDED: Status.RECOMMENDED,
}
_OVER = (Status.REFUSED, Status.REVOKED, Status.WITHDRAWN)
_WORDS = {name: move.label for name, move in NOMINATION.transitions.items()} | {"create": "Lập đề nghị"}
# Lines of the trail that would tell a unit what the council or the authority found.
_OUTCOME_ACTS = ("recommend", "not_recommend", "refuse")
# What only those read who handle discipline and complaints (P4).
_HOLD_ACTS = ("hold", "release")
# What the appraisers note for themselves.
_INNER_ACTS = ("set_to_check", "allow_overlap")


class NominationList(FilteredListView):
    page_title = "Hồ sơ đề nghị khen thưởng"
    page_subtitle = "Ai được đề nghị gì, hồ sơ đang ở đâu, bước sau là gì."
    template_name = "awards/nominations/list.html"
    partial_template_name = "awards/nominations/_list.html"
    filterset_class = NominationFilter
    sort_fields = {
        "name": "recipient__sort_key",
        "award": "award_type__level",
        "unit": "unit__sort_key",
        "status": "shown",
        "since": "submitted_at",
        "due": "due_on",
    }
    empty_title = "Chưa có hồ sơ nào"
    empty_text = "Hồ sơ hiện ở đây khi đơn vị lập đề nghị trong một đợt đang nhận hồ sơ."

    def get_empty_action(self) -> tuple[str, str]:
        return ("Lập đề nghị đầu tiên", reverse("nomination-create")) if self._may_write() else ("", "")

    def get_queryset(self) -> QuerySet:
        user = self.request.user
        rows = with_shown_status(Nomination.objects.visible_to(user), user, timezone.localdate())
        return rows.select_related("cycle", "award_type", "unit")

    def _may_write(self) -> bool:
        return any(access.can(self.request.user, name) for name in ("award.nominate", "award.propose"))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        user = self.request.user
        mine = access.scope(NominationSet.objects.all(), user, "award.nominate").exclude(
            cycle__status__in=("closed", "cancelled")
        )
        return context | {
            "may_write": self._may_write(),
            "may_appraise": access.can(user, "award.appraise"),
            "labels": dict(Status.choices),
            "sets": list(mine.select_related("cycle", "unit")[:6]),
        }


class NominationPageMixin(PageTitleMixin):
    """A page about one nomination that the person may see; anybody else's is not found."""

    model = Nomination

    def get_queryset(self) -> QuerySet:
        rows = Nomination.objects.visible_to(self.request.user).with_names()
        return rows.select_related(
            "cycle__owner", "award_type", "recipient__unit", "unit", "rule_set", "cluster", "model", "created_by",
            "submitted_by", "appraised_by",
        )  # fmt: skip

    def get_page_title(self) -> str:
        return self.object.name

    def get_page_subtitle(self) -> str:
        row = self.object
        return f"{row.award_type.name} · {row.unit.name} · {row.cycle.title}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Hồ sơ đề nghị", reverse("nomination-list"))]

    @property
    def shown(self) -> str:
        return shown_status(self.object, self.request.user, timezone.localdate())

    def get_where(self) -> Where:
        return where_is(self.object, self.shown)


class InnerPageMixin(NominationPageMixin):
    """A page below that of the nomination."""

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.object.name, self.object.get_absolute_url())]

    def get_page_subtitle(self) -> str:
        return f"{self.object.name} · {self.object.award_type.name}"


class NominationDetail(NominationPageMixin, DetailView):
    template_name = "awards/nominations/detail.html"
    context_object_name = "record"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        record, user, today = self.object, self.request.user, timezone.localdate()
        editable, writes = may_edit(record, user, today), may_write(record, user)
        appraises = user.has_perm("award.appraise", record)
        shown, told = self.shown, sees_outcomes(user, record, today)
        return super().get_context_data(
            shown=shown,
            shown_label=Status(shown).label,
            path=[] if shown in _OVER else PATH,
            step=STEP.get(Status(shown), shown),
            may_edit=editable,
            closed_why=why_closed(record, user, today) if writes and record.status in Nomination.EDITABLE else "",
            may_send=record.status in Nomination.EDITABLE and user.has_perm("award.send", record),
            may_withdraw=self._may_withdraw(),
            may_appraise=appraises and record.status not in Nomination.EDITABLE,
            may_rebase=record.rule_set is not None and may_rebase(record, user),
            lacking=obstacles(record, day=today) if editable else [],
            checklist=checklist_of(record, day=today),
            achievements=record.achievements.select_related("campaign", "model", "initiative", "award__award_type"),
            findings=self._findings(appraises),
            appraisal_note=record.appraisal_note if appraises else "",
            end_note=record.end_note if shown == record.status else "",
            revisions=list(record.revisions.select_related("sent_by")),
            others=grounds.others_of_recipient(record) if appraises else [],
            group=NominationSet.objects.visible_to(user).filter(cycle=record.cycle, unit=record.unit).first(),
            entries=self._trail(told, appraises, shown),
            words=_WORDS,
            **context,
        )

    def _may_withdraw(self) -> bool:
        """Never once the council meets: a button that comes and goes would tell what it found."""
        early = self.object.cycle.status in (AwardCycle.Status.NOMINATING, AwardCycle.Status.REVIEWING)
        return early and any(move.name == "withdraw" for move in NOMINATION.available(self.object, self.request.user))

    def _findings(self, appraises: bool) -> list[Any]:
        """The unit reads them when the calendar says so; discipline and holds only who handles them."""
        record, user = self.object, self.request.user
        if not appraises and not phase_allows(record.cycle, "units_see_findings", timezone.localdate()):
            return []
        integrity = user.has_perm("award.integrity", record)
        return list(record.findings) if integrity else list(open_findings(record.findings))

    def _trail(self, told: bool, appraises: bool, shown: str) -> list[Any]:
        entries = audit.trail(self.object)
        if not appraises:
            entries = entries.exclude(action__in=_INNER_ACTS)
        if not told:
            entries = entries.exclude(action__in=_OUTCOME_ACTS)
        if shown != self.object.status:
            entries = entries.exclude(action="grant")
        if not self.request.user.has_perm("award.integrity", self.object):
            entries = entries.exclude(action__in=_HOLD_ACTS)
        found = list(entries)
        for entry in found:
            if entry.action == "find_eligible" and not appraises:
                entry.note = ""
        return found


class NominationRevisions(InnerPageMixin, DetailView):
    """What was sent each time, and what differs between two sendings (``tu`` and ``den`` in the address)."""

    template_name = "awards/nominations/revisions.html"
    context_object_name = "record"
    page_title = "Các lần gửi"

    def get_page_title(self) -> str:
        return self.page_title

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = list(self.object.revisions.select_related("sent_by"))
        newer = self._chosen(rows, "den", 0)
        older = self._chosen(rows, "tu", 1)
        compared = older is not None and newer is not None and older.number != newer.number
        if compared and older.number > newer.number:
            older, newer = newer, older
        return super().get_context_data(
            revisions=rows,
            choices=[(row.number, f"Lần {row.number}") for row in rows],
            older=older,
            newer=newer,
            compared=compared,
            found=differences(older, newer) if compared else [],
            **context,
        )

    def _chosen(self, rows: list[NominationRevision], name: str, place: int) -> NominationRevision | None:
        asked = self.request.GET.get(name, "")
        found = next((row for row in rows if str(row.number) == asked), None)
        return found or (rows[place] if len(rows) > place else None)


class NominationFile(View):
    """Hand out a file of a dossier that the person may see; what was taken out stays readable, it was sent once."""

    http_method_names = ["get"]

    def get(self, request: Any, pk: int, file_pk: int) -> HttpResponseBase:
        rows = DossierFile.objects.select_related("stored", "document__current")
        seen = Nomination.objects.visible_to(request.user)
        row = get_object_or_404(rows, pk=file_pk, nomination=pk, nomination__in=seen)
        return files.serve(row.stored or row.document.current)
