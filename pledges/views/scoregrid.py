"""A verifier's real work: one criterion for all units on one page."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from campaigns.models import Campaign
from campaigns.scoring.entry import leaf_entries
from campaigns.scoring.types import Leaf
from dvk_portal.core.numbers import parse_ids
from dvk_portal.core.views import ActionView, FilteredListView, PageTitleMixin
from pledges.forms.scores import GridFilter
from pledges.models import ScoreInput, ScoreLine, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services.acceptance import accept_criterion
from pledges.services.queue import waiting_counts
from pledges.services.schemes import parsed_scheme
from pledges.services.scorepage import rows_of_criterion
from pledges.services.scoring_rights import assessed_by, assessors_for
from pledges.views.scoresheets import criterion_form, sheets_for


class CriterionMixin:
    """A campaign that is being marked, and the criteria that the person's department appraises in it."""

    @cached_property
    def campaign(self) -> Campaign:
        shown = Campaign.objects.visible_to(self.request.user).exclude(scheme=None).select_related("scheme", "owner")
        found = get_object_or_404(shown, pk=self.kwargs["campaign"])
        if not self.request.user.has_perm("score.verify"):
            raise Http404
        return found

    @cached_property
    def assessors(self) -> set[str] | None:
        return assessors_for(self.request.user, self.campaign)

    @cached_property
    def leaves(self) -> list[Leaf]:
        scheme = parsed_scheme(self.campaign.scheme)
        mine = assessed_by(scheme, self.assessors)
        return [leaf for leaf in scheme.leaf_list if leaf.node.code in mine]

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Chấm điểm", f"{reverse('scoresheet-list')}?campaign={self.campaign.pk}")]

    def get_page_subtitle(self) -> str:
        return self.campaign.title


class ScoreGridIndex(CriterionMixin, PageTitleMixin, TemplateView):
    """The criteria of my department with what still waits in each."""

    template_name = "pledges/scores/grid_index.html"
    page_title = "Thẩm định theo tiêu chí"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        _, waiting = waiting_counts(self.request.user, self.campaign)
        rows = [(leaf, waiting.get(leaf.node.code, 0)) for leaf in self.leaves]
        return super().get_context_data(**{**context, "campaign": self.campaign, "rows": rows})


class ScoreGrid(CriterionMixin, FilteredListView):
    template_name = "pledges/scores/grid.html"
    partial_template_name = "pledges/scores/_grid.html"
    filterset_class = GridFilter
    sort_fields = {"unit": "participation__sort_key", "cluster": "participation__cluster__order", "self": "claimed"}
    default_sort = "unit"
    empty_title = "Không có phiếu điểm nào bạn được thẩm định"

    @cached_property
    def leaf(self) -> Leaf:
        found = next((leaf for leaf in self.leaves if leaf.node.code == self.kwargs["criterion"]), None)
        if found is None:
            raise Http404
        return found

    def get_page_title(self) -> str:
        return f"{self.leaf.node.code} {self.leaf.node.title}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [
            *super().get_breadcrumbs(),
            ("Thẩm định theo tiêu chí", reverse("score-grid-index", args=[self.campaign.pk])),
        ]

    def get_queryset(self) -> QuerySet[ScoreSheet]:
        code = self.leaf.node.code
        entries = leaf_entries(parsed_scheme(self.campaign.scheme), code)
        codes = {code, *(entry.code for entry in entries)}
        line = ScoreLine.objects.filter(sheet=OuterRef("pk"), code=code)
        verified = ScoreInput.objects.filter(sheet=OuterRef("pk"), stage=Stage.VERIFIED, code__in=codes)
        return (
            sheets_for(self.request.user, "score.verify")
            .filter(participation__campaign=self.campaign)
            .annotate(
                claimed=line.values("self_points")[:1],
                decided=Exists(verified),
                proofs=Count("evidence", filter=Q(evidence__criterion=code)),
            )
            .prefetch_related(
                Prefetch("lines", ScoreLine.objects.filter(code=code), to_attr="own_lines"),
                Prefetch("inputs", ScoreInput.objects.filter(code__in=codes), to_attr="own_inputs"),
            )
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        sheets = list(context["object_list"])
        # One campaign for all rows, so that none fetches it.
        for sheet in sheets:
            sheet.participation.campaign = self.campaign
        rows = rows_of_criterion(
            sheets, self.leaf, parsed_scheme(self.campaign.scheme), self.request.user, self.assessors
        )
        for sheet in context["object_list"]:
            row = rows[sheet.pk]
            if row.stage:
                row.form = criterion_form(row, row.stage, prefix=f"p{sheet.pk}")
            sheet.row = row
        waiting = [sheet.pk for sheet in sheets if rows[sheet.pk].waits and sheet.status == ScoreSheet.Status.SENT]
        place = self.leaves.index(self.leaf)
        context.update(
            campaign=self.campaign,
            leaf=self.leaf,
            previous=self.leaves[place - 1] if place else None,
            following=self.leaves[place + 1] if place + 1 < len(self.leaves) else None,
            acceptable=",".join(map(str, waiting)),
            acceptable_count=len(waiting),
        )
        return context


class ScoreGridAccept(CriterionMixin, ActionView):
    """Take over the self-scores of the listed units for one criterion."""

    def get_record(self) -> Campaign:
        return self.campaign

    def act(self, record: Campaign) -> int:
        ids = parse_ids(self.request.POST.get("ids", "").split(","))[:200]
        return accept_criterion(record, self.kwargs["criterion"], ids, actor=self.request.user)

    def get_success_message(self, record: int) -> str:
        return f"Đã chấp nhận {record} số liệu tự chấm của tiêu chí này."

    def get_success_url(self, record: Any) -> str:
        return reverse("score-grid", args=[self.campaign.pk, self.kwargs["criterion"]])

    def back_url(self, record: Any) -> str:
        return self.get_success_url(record)
