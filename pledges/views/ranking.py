"""Ranking: the list of campaigns, the ranking or its draft, ties, recalculation, publication in two steps."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, TemplateView, View

from campaigns.models import Campaign
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import ActionView, PageTitleMixin, Where
from pledges.exports import ask_for_gaps, attachment, ranking_book
from pledges.forms.scores import ConfirmForm, ReviewForm, TieForm, TieReasonForm
from pledges.models import Publication, ScoreSheet
from pledges.services.publishing import check_publication, decide_tie, publish_results, review_publication
from pledges.services.rankpage import TiedGroup, standings, tied_groups
from pledges.services.recalculation import ask_for_rollup, latest_rollup

Status = Campaign.Status


def campaigns_for(user: Any) -> QuerySet[Campaign]:
    return Campaign.objects.visible_to(user).exclude(status=Status.DRAFT).select_related("owner", "scheme")


def readable_sheets(user: Any, campaign: Campaign) -> dict[int, ScoreSheet]:
    """Sheets of the campaign that the person may open, by participation."""
    rows = ScoreSheet.objects.visible_to(user).filter(participation__campaign=campaign)
    found = {row.participation_id: row for row in rows.select_related("participation__cluster")}
    for row in found.values():
        row.participation.campaign = campaign
    return found


class RankingList(PageTitleMixin, TemplateView):
    template_name = "pledges/ranking/list.html"
    page_title = "Xếp hạng"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = self.request.user
        if not user.has_perm("score.view"):
            raise Http404
        campaigns = list(campaigns_for(user).exclude(status=Status.CANCELLED))
        published = {row.campaign_id: row for row in Publication.objects.filter(campaign__in=campaigns)}
        rows = [
            (campaign, published.get(campaign.pk), user.has_perm("ranking.view_draft", campaign))
            for campaign in campaigns
        ]
        return super().get_context_data(rows=rows, **context)


class RankingPageMixin(PageTitleMixin):
    context_object_name = "campaign"
    permission = ""

    def get_queryset(self) -> QuerySet[Campaign]:
        return campaigns_for(self.request.user)

    def get_object(self, queryset: Any = None) -> Campaign:
        campaign = super().get_object(queryset)
        if self.permission and not self.request.user.has_perm(self.permission, campaign):
            raise Http404
        return campaign

    def get_page_subtitle(self) -> str:
        return self.object.title

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Xếp hạng", reverse("ranking-list"))]


class Ranking(RankingPageMixin, DetailView):
    """After publication everything for everybody of the campaign; before it the draft for the province, own scores for units."""

    template_name = "pledges/ranking/detail.html"
    page_title = "Xếp hạng"

    def get_where(self) -> Where:
        return Where(status=self.object)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        campaign, user = self.object, self.request.user
        publication = Publication.objects.filter(campaign=campaign).select_related("published_by").first()
        sees_draft = user.has_perm("ranking.view_draft", campaign)
        readable = readable_sheets(user, campaign)
        shows_all = bool(publication) or sees_draft
        may_publish = user.has_perm("ranking.publish", campaign)
        return super().get_context_data(
            publication=publication,
            problems=check_publication(publication) if publication else [],
            sees_draft=sees_draft,
            clusters=standings(campaign, readable) if shows_all else [],
            own=[] if shows_all else list(readable.values()),
            ties=self.ties(campaign) if may_publish and campaign.is_running else [],
            job=latest_rollup(campaign) if sees_draft and campaign.is_running else None,
            computed_at=max((row.computed_at for row in readable.values() if row.computed_at), default=None),
            may_publish=may_publish and campaign.status == Status.SCORING,
            may_recalculate=campaign.is_running and user.has_perm("campaign.manage", campaign),
            **context,
        )

    def ties(self, campaign: Campaign) -> list[tuple[TiedGroup, TieReasonForm]]:
        return [
            (group, TieReasonForm(auto_id=f"id_bang_diem_{place}_%s"))
            for place, group in enumerate(tied_groups(campaign))
        ]


class RankingMove(ActionView):
    permission = "ranking.publish"

    def get_record(self) -> Campaign:
        campaign = get_object_or_404(campaigns_for(self.request.user), pk=self.kwargs["pk"])
        if not self.request.user.has_perm(self.permission, campaign):
            raise Http404
        return campaign

    def back_url(self, record: Any) -> str:
        return reverse("ranking", args=[self.kwargs["pk"]])


class RankingRecalculate(RankingMove):
    permission = "campaign.manage"
    success_message = "Đang tính lại. Trang này tự cập nhật khi xong."

    def act(self, record: Campaign) -> Campaign:
        if not record.is_running:
            raise DomainError("Kết quả đã chốt nên không tính lại.")
        ask_for_rollup(record)
        return record

    def get_success_url(self, record: Campaign) -> str:
        return self.back_url(record)


class RankingProgress(View):
    """The roll-up under way, asked for every two seconds."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = get_object_or_404(campaigns_for(request.user), pk=pk)
        if not request.user.has_perm("ranking.view_draft", campaign):
            raise Http404
        response = render(request, "pledges/ranking/_job.html", {"campaign": campaign, "job": latest_rollup(campaign)})
        response["Cache-Control"] = "no-store"
        return response


class TieDecide(RankingMove):
    success_message = "Đã ghi quyết định thứ tự; xếp hạng được tính lại."

    def act(self, record: Campaign) -> Any:
        cluster = get_object_or_404(record.clusters.select_related("campaign__owner"), pk=self.kwargs["cluster"])
        form = TieForm(self.request.POST)
        decide_tie(cluster, actor=self.request.user, order=form.order(), reason=self.note)
        return record

    def get_success_url(self, record: Campaign) -> str:
        return self.back_url(record)


class RankingPublish(RankingPageMixin, DetailView):
    """Step one: everything that stands out, each point ticked. Step two: the decision, its number typed twice."""

    template_name = "pledges/ranking/publish.html"
    page_title = "Công bố kết quả"
    permission = "ranking.publish"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.object.title, reverse("ranking", args=[self.object.pk]))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if Publication.objects.filter(campaign=self.object).exists():
            messages.info(request, "Kết quả phong trào này đã được công bố.")
            return HttpResponseRedirect(self.ranking_url)
        return self.show(step=1)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        return self.confirm() if request.POST.get("step") == "2" else self.reviewed()

    def reviewed(self) -> HttpResponse:
        review = review_publication(self.object)
        form = ReviewForm(review.warnings, review.mark, self.request.POST)
        if review.blockers or not form.is_valid():
            return self.show(step=1, review=review, form=form, status=422)
        return self.show(step=2, review=review, form=ConfirmForm(initial={"seen": form.cleaned_data["seen"]}))

    def confirm(self) -> HttpResponse:
        form = ConfirmForm(self.request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                publish_results(
                    self.object, actor=self.request.user, decision_no=data["decision_no"],
                    decision_date=data["decision_date"], confirmation=data["confirmation"],
                    confirmed=self.request.POST.getlist("confirmed"), seen=data["seen"],
                )  # fmt: skip
            except DomainError as error:
                form.add_domain_error(error)
            else:
                messages.success(self.request, "Đã công bố kết quả. Từ nay số liệu của phong trào không thay đổi nữa.")
                return HttpResponseRedirect(self.ranking_url)
        return self.show(step=2, form=form, confirmed=self.request.POST.getlist("confirmed"), status=422)

    def show(
        self, *, step: int, review: Any = None, form: Any = None, confirmed: Any = None, status: int = 200
    ) -> HttpResponse:
        review = review or review_publication(self.object)
        context = self.get_context_data(
            step=step,
            path=[("1", "Rà soát"), ("2", "Quyết định và xác nhận")],
            step_name=str(step),
            review=review,
            form=form or ReviewForm(review.warnings, review.mark),
            confirmed=review.warnings if confirmed is None else confirmed,
            job=latest_rollup(self.object),
            ranking_url=self.ranking_url,
        )
        return self.render_to_response(context, status=status)

    @property
    def ranking_url(self) -> str:
        return reverse("ranking", args=[self.object.pk])


class RankingExport(RankingPageMixin, DetailView):
    """What the reader sees, as a workbook."""

    def render_to_response(self, context: Any, **options: Any) -> HttpResponse:
        campaign, user = self.object, self.request.user
        publication = Publication.objects.filter(campaign=campaign).first()
        if not publication and not user.has_perm("ranking.view_draft", campaign):
            raise Http404
        note = (
            f"Theo Quyết định {publication.decision_no} ngày {publication.decision_date:%d/%m/%Y}"
            if publication
            else f"Bản nháp, chưa công bố, lúc {timezone.localtime():%H:%M %d/%m/%Y}"
        )
        clusters = standings(campaign, readable_sheets(user, campaign))
        return attachment(ranking_book(campaign, clusters, note), f"Xep hang {campaign.starts_on:%Y}")


class GapExport(ActionView):
    """Every unit and criterion: long, so a job makes it."""

    def get_record(self) -> Campaign:
        campaign = get_object_or_404(campaigns_for(self.request.user), pk=self.kwargs["campaign"])
        if not self.request.user.has_perm("ranking.view_draft", campaign):
            raise Http404
        return campaign

    def act(self, record: Campaign) -> Any:
        return ask_for_gaps(record, actor=self.request.user)

    def get_success_url(self, record: Any) -> str:
        return reverse("job-detail", args=[record.pk])
