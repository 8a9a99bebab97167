"""Pages of a campaign: the list, its home, making one, launching it and the other moves."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView, View

from campaigns import panels
from campaigns.forms.campaigns import CampaignFilter, CreateCampaignForm
from campaigns.models import Campaign, CampaignAttachment
from campaigns.services.assignments import unassigned
from campaigns.services.campaigns import (
    archive_campaign,
    cancel_campaign,
    create_campaign,
    launch_campaign,
    reopen_campaign,
    start_scoring,
)
from campaigns.services.progress import STEPS, clusters_with_heads, current_step, next_step
from campaigns.services.readiness import ISSUING, checklist, review_launch
from campaigns.views.campaigns_words import CRUMBS, LABELS, PART_URLS, files_of, with_urls
from campaigns.workflows import CAMPAIGN
from dvk_portal.core import audit
from dvk_portal.core.files import serve
from dvk_portal.core.views import ActionView, FilteredListView, FormErrorsMixin, PageTitleMixin, Where

ON_PAGES_OF_THEIR_OWN = ("launch", "close")


class CampaignList(FilteredListView):
    page_title = "Đợt thi đua"
    template_name = "campaigns/list.html"
    partial_template_name = "campaigns/_list.html"
    filterset_class = CampaignFilter
    sort_fields = {"title": "search_key", "start": "starts_on", "end": "ends_on", "status": "status", "due": "next_due"}
    default_sort = "-start"
    empty_title = "Chưa có đợt thi đua nào"
    empty_text = "Khi tỉnh phát động một phong trào có đơn vị của bạn, phong trào sẽ hiện ở đây."

    def get_queryset(self) -> QuerySet[Campaign]:
        ahead = Q(periods__due_at__gte=timezone.now())
        return (
            Campaign.objects.visible_to(self.request.user)
            .select_related("owner")
            .annotate(units=Count("participations", distinct=True), next_due=Min("periods__due_at", filter=ahead))
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(may_create=self.request.user.has_perm("campaign.manage"), **context)


class CampaignCreate(PermissionRequiredMixin, FormErrorsMixin, PageTitleMixin, FormView):
    permission_required = "campaign.manage"
    raise_exception = True
    template_name = "campaigns/create.html"
    form_class = CreateCampaignForm
    page_title = "Lập phong trào mới"
    page_subtitle = "Lập bản nháp trước; các đơn vị chỉ thấy sau khi phát động."

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [(CRUMBS[0], reverse(CRUMBS[1]))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: CreateCampaignForm) -> HttpResponse:
        self.campaign = create_campaign(actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã lập bản nháp. Hãy điền tiếp các mục trong danh sách dưới đây.")
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return self.campaign.get_absolute_url()


class CampaignDetail(PageTitleMixin, DetailView):
    """The home of a campaign for every role."""

    template_name = "campaigns/detail.html"
    context_object_name = "campaign"

    def get_queryset(self) -> QuerySet[Campaign]:
        return Campaign.objects.visible_to(self.request.user).select_related("owner", "scheme", "contact", "previous")

    def get_page_title(self) -> str:
        return self.object.title

    def get_page_subtitle(self) -> str:
        return f"{self.object.owner} · {self.object.get_form_display()}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [(CRUMBS[0], reverse(CRUMBS[1]))]

    def get_where(self) -> Where:
        words, due = next_step(self.object, timezone.now())
        return Where(status=self.object, holder=str(self.object.owner), next_step=words, due=due)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        campaign, user = self.object, self.request.user
        manages = user.has_perm("campaign.manage", campaign)
        return super().get_context_data(
            path=STEPS,
            current=current_step(campaign, timezone.localdate()),
            manages=manages,
            may_edit=manages and campaign.status not in Campaign.FINISHED,
            **self.preparation(manages),
            may_launch=campaign.is_draft and user.has_perm("campaign.launch", campaign),
            moves=[move for move in CAMPAIGN.available(campaign, user) if move.name not in ON_PAGES_OF_THEIR_OWN],
            panels=panels.render_panels(self.request, campaign),
            span=f"{campaign.starts_on:%d/%m/%Y} – {campaign.ends_on:%d/%m/%Y}",
            now=timezone.now(),
            periods=campaign.periods.all(),
            clusters=clusters_with_heads(campaign, timezone.localdate()),
            roster_words=f"{campaign.participations.count()} đơn vị.",
            files=files_of(campaign),
            nobody=unassigned(campaign) if manages and campaign.is_running else [],
            trail=audit.trail(campaign)[:15] if manages else [],
            labels=LABELS | CAMPAIGN.transitions,
            **context,
        )

    def preparation(self, manages: bool) -> dict[str, Any]:
        """The checklist of a draft, for those who prepare it."""
        if not (manages and self.object.is_draft):
            return {}
        steps = checklist(self.object)
        done = sum(step.is_done for step in steps)
        return {"steps": with_urls(self.object, steps), "progress": f"Đã xong {done}/{len(steps)} mục."}


class CampaignLaunch(PageTitleMixin, DetailView):
    """The review before the launch, and the launch."""

    template_name = "campaigns/launch.html"
    context_object_name = "campaign"
    page_title = "Phát động phong trào"

    def get_queryset(self) -> QuerySet[Campaign]:
        return Campaign.objects.visible_to(self.request.user).select_related("owner", "scheme", "contact")

    def get_object(self, queryset: Any = None) -> Campaign:
        campaign = super().get_object(queryset)
        if not self.request.user.has_perm("campaign.launch", campaign):
            raise PermissionDenied
        return campaign

    def get_page_subtitle(self) -> str:
        return self.object.title

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [(CRUMBS[0], reverse(CRUMBS[1])), (self.object.title, self.object.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        campaign = self.object
        steps = checklist(campaign) if campaign.is_draft else []
        review = review_launch(campaign)
        return super().get_context_data(
            steps=with_urls(campaign, [step for step in steps if not step.is_done]),
            is_ready=campaign.is_draft and all(step.is_done for step in steps),
            review=review,
            warnings=[(text, self.mended_at(campaign, part)) for text, part in review.warnings],
            **context,
        )

    def mended_at(self, campaign: Campaign, part: str) -> str:
        if part == ISSUING:
            return reverse("unit-issuing", args=[campaign.owner_id])
        return reverse(PART_URLS[part], args=[campaign.pk])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return LaunchAction.as_view()(request, *args, **kwargs)


class CampaignMove(ActionView):
    """Base of the moves: the campaign as this person sees it."""

    def get_record(self) -> Campaign:
        return get_object_or_404(Campaign.objects.visible_to(self.request.user), pk=self.kwargs["pk"])


class LaunchAction(CampaignMove):
    def act(self, campaign: Campaign) -> Campaign:
        return launch_campaign(campaign, actor=self.request.user)

    def get_success_message(self, campaign: Campaign) -> str:
        return f"Đã phát động phong trào và báo tin đến {campaign.participations.count()} đơn vị."

    def get_success_url(self, campaign: Campaign) -> str:
        return campaign.get_absolute_url()


class StartScoring(CampaignMove):
    success_message = "Phong trào đã chuyển sang bước chấm điểm."

    def act(self, campaign: Campaign) -> Campaign:
        return start_scoring(campaign, actor=self.request.user)


class ReopenCampaign(CampaignMove):
    success_message = "Phong trào đã trở lại bước thực hiện."

    def act(self, campaign: Campaign) -> Campaign:
        return reopen_campaign(campaign, actor=self.request.user, note=self.note)


class ArchiveCampaign(CampaignMove):
    success_message = "Đã đưa phong trào vào lưu trữ."

    def act(self, campaign: Campaign) -> Campaign:
        return archive_campaign(campaign, actor=self.request.user)


class CancelCampaign(CampaignMove):
    success_message = "Đã hủy phong trào."

    def act(self, campaign: Campaign) -> Campaign:
        return cancel_campaign(campaign, actor=self.request.user, note=self.note)


class AttachmentDownload(View):
    """Whoever sees the campaign may have its documents."""

    def get(self, request: HttpRequest, pk: int, attachment: int) -> FileResponse:
        seen = CampaignAttachment.objects.filter(campaign__in=Campaign.objects.visible_to(request.user))
        return serve(get_object_or_404(seen.select_related("file"), pk=attachment, campaign=pk).file)
