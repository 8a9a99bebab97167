"""Pages of the pledge: the wall, the document, the unit's proposal, the moves."""

import re
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView

from campaigns.models import Campaign
from dvk_portal.core import files
from dvk_portal.core.documents.freezing import file_name, preview
from dvk_portal.core.documents.kinds import kind_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import ActionView, FilteredListView, PageTitleMixin, Where, describe
from pledges.forms.pledges import CONDITIONS, PledgeFilter
from pledges.models import Pledge, Target
from pledges.models.pledge import Side
from pledges.services.achievements import Performance, performance_of
from pledges.services.annexes import annexes_of
from pledges.services.bundles import ask_for_bundle
from pledges.services.pledges import (
    agree_pledge,
    available_moves,
    propose_pledge,
    remind_units,
    reopen_pledge,
    resume_pledge,
    return_pledge,
    supersede_pledge,
    withdraw_pledge,
)
from pledges.services.proposals import (
    ACTION_WORDS,
    common_lines,
    history,
    own_commitments,
    stored_common_lines,
    target_rows,
    weight_hint,
)
from pledges.services.signing import differences, is_intact, side_to_sign

# Fewer days than this between signing and the end leave no time to carry out what was signed (practice.md W-6).
SHORT_DAYS = 60
_LESS_AMBITIOUS = Q(targets__form=Target.Form.AT_LEAST, targets__amount__lt=F("targets__baseline")) | Q(
    targets__form=Target.Form.AT_MOST, targets__amount__gt=F("targets__baseline")
)


class PledgeList(FilteredListView):
    page_title = "Giao ước thi đua"
    page_subtitle = "Đơn vị nào đã ký, đơn vị nào chưa, và giao ước đang ở đâu."
    template_name = "pledges/pledges/list.html"
    partial_template_name = "pledges/pledges/_list.html"
    filterset_class = PledgeFilter
    sort_fields = {
        "unit": "participation__sort_key",
        "cluster": "participation__cluster__order",
        "proposed": "proposed_at",
        "signed": "signed_at",
        "flagged": "flagged",
    }
    default_sort = "unit"
    empty_title = "Chưa có giao ước nào"
    empty_text = "Giao ước của từng đơn vị xuất hiện ở đây khi phong trào được phát động."

    def get_queryset(self) -> QuerySet:
        rows = Pledge.objects.visible_to(self.request.user).with_campaign().with_signed_sides()
        return rows.with_annexes().annotate(flagged=Count("targets", filter=_LESS_AMBITIOUS))

    def get_filterset(self, queryset: QuerySet) -> PledgeFilter:
        """Without a choice in the address the wall shows the newest campaign under way."""
        data = self.request.GET.copy()
        if "campaign" not in data and (newest := self._newest()):
            data["campaign"] = str(newest.pk)
        return PledgeFilter(data, queryset=queryset, request=self.request)

    def _newest(self) -> Campaign | None:
        shown = Pledge.objects.visible_to(self.request.user).values("participation__campaign")
        return Campaign.objects.running().filter(pk__in=shown).first()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        campaign = self.filter.form.cleaned_data.get("campaign") if self.filter.form.is_valid() else None
        user = self.request.user
        return super().get_context_data(
            counts=self._counts(),
            campaign=campaign,
            may_review=user.has_perm("pledge.review"),
            may_sign=user.has_perm("pledge.sign_province"),
            may_keep_clauses=user.has_perm("clause.manage"),
            state_urls={name: self._state_url(campaign, name) for name in CONDITIONS}
            | {"all": self._state_url(campaign, "")},
            **context,
        )

    def _counts(self) -> dict[str, int]:
        """How many pledges per state, under the other conditions of the filter; one query."""
        data = self.filter.data.copy()
        data.pop("state", None)
        rows = PledgeFilter(data, queryset=Pledge.objects.visible_to(self.request.user), request=self.request).qs
        wanted = {name: Count("pk", filter=CONDITIONS[name]) for name in ("signed", "owing", "proposed", "agreed")}
        return rows.order_by().aggregate(all=Count("pk"), **wanted)

    def _state_url(self, campaign: Campaign | None, state: str) -> str:
        query = self.request.GET.copy()
        query.pop("page", None)
        query["campaign"], query["state"] = str(campaign.pk) if campaign else "", state
        return f"?{query.urlencode()}"


class PledgePageMixin(PageTitleMixin):
    """A page about one pledge that the person may see; anybody else's is not found."""

    model = Pledge

    def get_queryset(self) -> QuerySet:
        return Pledge.objects.visible_to(self.request.user).with_content()

    def get_page_title(self) -> str:
        return f"Giao ước: {self.object.participation.name}"

    def get_page_subtitle(self) -> str:
        return self.object.participation.campaign.title

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Giao ước", reverse("pledge-list"))]

    def get_where(self) -> Where:
        return place_of(self.object)

    def document(self) -> dict[str, Any]:
        """What the text of the pledge is made of, for the document's template."""
        pledge = self.object
        common = common_lines(pledge) if pledge.is_editable else stored_common_lines(pledge)
        return {
            "pledge": pledge,
            "rows": target_rows(pledge),
            "own_commitments": own_commitments(pledge),
            "common_commitments": [text for side, text in common if side == Side.UNIT],
            "province_commitments": [text for side, text in common if side == Side.PROVINCE],
            "signatures": {row.slot: row for row in pledge.signatures},
            "intact": is_intact(pledge),
            "hash_groups": " ".join(re.findall(".{8}", pledge.document_hash)),
        }


def place_of(pledge: Pledge) -> Where:
    """Who holds the pledge, since when, and what comes next."""
    row, owner = pledge.participation, pledge.participation.campaign.owner.name
    if pledge.is_editable:
        since = pledge.returned_at or row.campaign.launched_at
        return Where(row.name, "Ghi đủ chỉ tiêu và cam kết; lãnh đạo đơn vị gửi đề xuất", since, None, pledge)
    if pledge.status == Pledge.Status.PROPOSED:
        return Where(owner, "Thống nhất nội dung, hoặc trả lại kèm lý do", pledge.proposed_at, None, pledge)
    if pledge.status == Pledge.Status.SIGNED:
        return Where("Hai bên", "Thực hiện và báo cáo kết quả theo kỳ", pledge.signed_at, None, pledge)
    if pledge.status in (Pledge.Status.WITHDRAWN, Pledge.Status.SUPERSEDED):
        return Where("Không ai", pledge.get_status_display(), pledge.ended_at, None, pledge)
    done = {signature.slot for signature in pledge.signatures}
    left = [name for side, name in ((Side.UNIT, row.name), (Side.PROVINCE, owner)) if side not in done]
    return Where(" và ".join(left), "Ký giao ước", pledge.agreed_at, None, pledge)


_ASIDE = (Pledge.Status.RETURNED, Pledge.Status.WITHDRAWN, Pledge.Status.SUPERSEDED)


class PledgeDetail(PledgePageMixin, DetailView):
    template_name = "pledges/pledges/detail.html"
    context_object_name = "pledge"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        pledge, user = self.object, self.request.user
        document = self.document()
        negotiating = pledge.is_editable or pledge.status == Pledge.Status.PROPOSED
        today = timezone.localdate()
        performance = Performance() if negotiating else performance_of(pledge, today)
        return super().get_context_data(
            **document,
            negotiating=negotiating,
            achieved=performance.targets,
            watched=performance.watched,
            annexes=None if negotiating else annexes_of(pledge, user, today),
            weight_hint=weight_hint(row.target for row in document["rows"]),
            flagged=[row for row in document["rows"] if row.warning],
            differences=[] if document["intact"] else differences(pledge),
            moves=available_moves(pledge, user),
            may_edit=may_edit(pledge, user),
            side=side_to_sign(pledge, user),
            entries=history(pledge),
            words=ACTION_WORDS,
            path=[(value, label) for value, label in Pledge.Status.choices if value not in _ASIDE],
            days_to_carry_out=_days_to_carry_out(pledge),
            short_days=SHORT_DAYS,
            **context,
        )


def may_edit(pledge: Pledge, user: Any) -> bool:
    running = pledge.participation.campaign.is_running
    return pledge.is_editable and running and user.has_perm("pledge.edit", pledge)


def _days_to_carry_out(pledge: Pledge) -> int | None:
    if pledge.signed_at is None:
        return None
    return (pledge.participation.campaign.ends_on - timezone.localdate(pledge.signed_at)).days


class PledgePrint(PledgePageMixin, DetailView):
    """The document itself: as agreed and signed so far, or how it would look today."""

    def render_to_response(self, context: Any, **options: Any) -> HttpResponse:
        if self.object.document is not None:
            return files.serve(self.object.document.current)
        content = kind_of("pledge").content(self.object)
        rendered = preview(content, day=timezone.localdate())
        return files.serve_bytes(rendered.pdf, file_name(content, "pdf"), kind=files.KINDS["pdf"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().get(request, *args, **kwargs)
        except DomainError as error:
            messages.error(request, describe(error))
            return redirect(self.object)


class PledgeMove(ActionView):
    def get_record(self) -> Pledge:
        return get_object_or_404(Pledge.objects.visible_to(self.request.user), pk=self.kwargs["pk"])


class PledgePropose(PledgeMove):
    success_message = "Đã gửi đề xuất giao ước."

    def act(self, record: Pledge) -> Pledge:
        return propose_pledge(record, actor=self.request.user)


class PledgeReturn(PledgeMove):
    success_message = "Đã trả lại giao ước cho đơn vị."

    def act(self, record: Pledge) -> Pledge:
        return return_pledge(record, actor=self.request.user, note=self.note)


class PledgeAgree(PledgeMove):
    success_message = "Đã thống nhất nội dung. Hai bên có thể ký."

    def act(self, record: Pledge) -> Pledge:
        return agree_pledge(record, actor=self.request.user)


class PledgeReopen(PledgeMove):
    success_message = "Đã mở lại giao ước để thương lượng."

    def act(self, record: Pledge) -> Pledge:
        return reopen_pledge(record, actor=self.request.user, note=self.note)


class PledgeWithdraw(PledgeMove):
    success_message = "Đã rút giao ước. Nội dung đã nhập vẫn còn để lập lại."

    def act(self, record: Pledge) -> Pledge:
        return withdraw_pledge(record, actor=self.request.user, note=self.note)


class PledgeResume(PledgeMove):
    success_message = "Đã lập lại giao ước từ nội dung cũ."

    def act(self, record: Pledge) -> Pledge:
        return resume_pledge(record, actor=self.request.user)


class PledgeSupersede(PledgeMove):
    success_message = "Giao ước không còn hiệu lực."

    def act(self, record: Pledge) -> Pledge:
        return supersede_pledge(record, actor=self.request.user, note=self.note)


class PledgeBundle(ActionView):
    """Every pledge of the campaign in one ZIP: long, so a job makes it."""

    def get_record(self) -> Campaign:
        return get_object_or_404(Campaign.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def act(self, record: Campaign) -> Any:
        return ask_for_bundle(record, actor=self.request.user)

    def get_success_url(self, record: Any) -> str:
        return reverse("job-detail", args=[record.pk])


class PledgeRemind(ActionView):
    """Remind every unit of one campaign that has not proposed."""

    def get_record(self) -> Campaign:
        return get_object_or_404(Campaign.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def act(self, record: Campaign) -> int:
        return remind_units(record, actor=self.request.user, today=timezone.localdate())

    def get_success_message(self, record: int) -> str:
        if not record:
            return "Không có đơn vị nào cần nhắc thêm hôm nay."
        return f"Đã nhắc {record} đơn vị chưa gửi đề xuất."

    def get_success_url(self, record: int) -> str:
        return f"{reverse('pledge-list')}?campaign={self.kwargs['pk']}"
