"""Units of a campaign and the clusters they stand in."""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from campaigns.forms.roster import (
    CandidateFilter,
    ClusterForm,
    ClusterTableForm,
    HeadForm,
    LinesForm,
    RosterFilter,
    SplitForm,
)
from campaigns.models import Campaign, Cluster, ClusterHead, Participation
from campaigns.services.clusters import add_cluster, appoint_head, change_cluster, end_headship, remove_cluster
from campaigns.services.editing import Part
from campaigns.services.progress import clusters_with_heads
from campaigns.services.roster import (
    RosterPlan,
    add_units,
    apply_roster_lines,
    assign_clusters,
    plan_roster,
    remove_units,
    split_into_clusters,
)
from campaigns.services.rosterfile import read_roster, write_roster
from campaigns.views.campaigns_parts import PartPage, PartView, managed_campaign
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import parse_id, parse_ids
from dvk_portal.core.views import ActionView, FilteredListView
from units.models import Unit

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RosterView(PartPage, FilteredListView):
    """The units that take part."""

    part = Part.ROSTER
    template_name = "campaigns/roster.html"
    partial_template_name = "campaigns/_roster.html"
    filterset_class = RosterFilter
    sort_fields = {"name": "sort_key", "cluster": "cluster__order", "kind": "kind_name"}
    default_sort = "name"
    empty_title = "Chưa có đơn vị nào trong danh sách"
    empty_text = "Chọn đơn vị từ danh mục, hoặc nhập danh sách có sẵn bằng Excel."

    def get_queryset(self) -> QuerySet[Participation]:
        return self.campaign.participations.select_related("unit", "cluster")

    def get_filterset(self, queryset: QuerySet[Participation]) -> RosterFilter:
        return RosterFilter(self.request.GET, queryset=queryset, request=self.request, campaign=self.campaign)


class CandidatesView(PartPage, FilteredListView):
    """Units that may still join, to be ticked one by one or all that the filter finds."""

    part = Part.ROSTER
    template_name = "campaigns/candidates.html"
    partial_template_name = "campaigns/_candidates.html"
    filterset_class = CandidateFilter
    empty_title = "Không còn đơn vị nào để chọn"
    empty_text = "Mọi đơn vị đang hoạt động đã có trong danh sách tham gia."

    def get_page_title(self) -> str:
        return "Chọn đơn vị tham gia"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Đơn vị tham gia", reverse("campaign-roster", args=[self.campaign.pk]))]

    def get_queryset(self) -> QuerySet[Unit]:
        return candidates(self.campaign)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        filters = {name: self.request.GET.get(name, "") for name in self.filter.form.fields}
        query = urlencode({name: value for name, value in filters.items() if value})
        context = super().get_context_data(clusters=list(self.campaign.clusters.all()), query=query, **context)
        return {**context, "everything_label": f"Thêm tất cả {context['total']} đơn vị đang lọc"}


def candidates(campaign: Campaign) -> QuerySet[Unit]:
    """Active units not on the roster; organs (ban, phòng) are offered last."""
    return (
        Unit.objects.current()
        .exclude(participations__campaign=campaign)
        .select_related("kind", "parent")
        .order_by("kind__is_organ", "kind__order", "sort_key", "id")
    )


class RosterAdd(ActionView):
    """Add the ticked units, or with ``everything`` all that the filter in the address finds."""

    def get_record(self) -> Campaign:
        return managed_campaign(self.request, self.kwargs["pk"])

    def act(self, campaign: Campaign) -> Campaign:
        found = CandidateFilter(self.request.GET, queryset=candidates(campaign), request=self.request).qs
        if "everything" not in self.request.POST:
            ids = parse_ids(self.request.POST.getlist("unit"))
            found = found.filter(pk__in=ids)
        chosen = parse_id(self.request.POST.get("cluster", ""))
        cluster = get_object_or_404(campaign.clusters, pk=chosen) if chosen else None
        self.added = add_units(campaign, list(found), actor=self.request.user, cluster=cluster)
        if not self.added:
            raise DomainError("Chưa chọn đơn vị nào. Hãy đánh dấu các đơn vị rồi bấm thêm.")
        return campaign

    def get_success_message(self, campaign: Campaign) -> str:
        told = " và báo tin cho các đơn vị đó" if campaign.is_running else ""
        return f"Đã thêm {len(self.added)} đơn vị vào danh sách{told}."

    def get_success_url(self, campaign: Campaign) -> str:
        return reverse("campaign-roster", args=[campaign.pk])

    def back_url(self, record: Any) -> str:
        query = self.request.GET.urlencode()
        return reverse("campaign-candidates", args=[self.kwargs["pk"]]) + (f"?{query}" if query else "")


class RosterRemove(ActionView):
    def get_record(self) -> Campaign:
        return managed_campaign(self.request, self.kwargs["pk"])

    def act(self, campaign: Campaign) -> Campaign:
        ids = parse_ids(self.request.POST.getlist("participation"))
        self.count = remove_units(campaign, ids, actor=self.request.user)
        if not self.count:
            raise DomainError("Chưa chọn đơn vị nào. Hãy đánh dấu các đơn vị rồi bấm bỏ.")
        return campaign

    def get_success_message(self, campaign: Campaign) -> str:
        return f"Đã bỏ {self.count} đơn vị khỏi danh sách."

    def back_url(self, record: Any) -> str:
        return reverse("campaign-roster", args=[self.kwargs["pk"]])

    def get_success_url(self, record: Any) -> str:
        return self.back_url(record)


class RosterImport(PartView):
    """Check pasted lines or an Excel file, show what would happen, then do it."""

    part = Part.ROSTER
    template_name = "campaigns/roster_import.html"
    form_classes = {"lines": LinesForm}
    plan: RosterPlan | None = None

    def get_page_title(self) -> str:
        return "Nhập danh sách đơn vị"

    def keep(self, key: str, form: BaseForm) -> bool:
        """Only "apply" writes; everything else is the dry run, and the lines stay in the box to be mended."""
        try:
            upload = form.cleaned_data["file"]
            lines = read_roster(upload.read()) if upload else form.cleaned_data["lines"]
            form.data = form.data.copy()
            form.data[form.add_prefix("lines")] = lines
            if "apply" in self.request.POST:
                apply_roster_lines(self.campaign, lines, actor=self.request.user)
                return True
            self.plan = plan_roster(self.campaign, lines)
        except DomainError as error:
            form.add_domain_error(error)
        return False

    def get_success_url(self) -> str:
        return reverse("campaign-roster", args=[self.campaign.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form = self.bound.get("lines")
        lines = form.data.get(form.add_prefix("lines"), "") if form else ""
        return super().get_context_data(plan=self.plan, lines=lines, back_url=self.get_success_url(), **context)


class RosterExport(View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = managed_campaign(request, pk)
        response = HttpResponse(write_roster(campaign), content_type=SHEET)
        response["Content-Disposition"] = f'attachment; filename="don-vi-tham-gia-{campaign.pk}.xlsx"'
        return response


class ClustersView(PartView):
    part = Part.CLUSTERS
    template_name = "campaigns/clusters.html"
    form_classes = {"table": ClusterTableForm, "add": ClusterForm, "split": SplitForm}

    def save_table(self, form: ClusterTableForm) -> str:
        moved = assign_clusters(self.campaign, form.choices, actor=self.request.user, version=form.version)
        return f"Đã chuyển {moved} đơn vị." if moved else "Không có gì thay đổi."

    def save_add(self, form: ClusterForm) -> str:
        return f"Đã thêm {add_cluster(self.campaign, actor=self.request.user, **form.values)}."

    def save_split(self, form: SplitForm) -> str:
        data = form.cleaned_data
        moved = split_into_clusters(
            self.campaign,
            data["count"],
            actor=self.request.user,
            prefix=data["name_prefix"],
            only_free=data["only_free"],
        )
        return f"Đã chia thành {data['count']} cụm; {moved} đơn vị được xếp lại."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        clusters = clusters_with_heads(self.campaign, timezone.localdate())
        open_split = not clusters or "split" in self.bound
        return super().get_context_data(clusters=clusters, open_split=open_split, **context)


class ClusterEdit(PartView):
    part = Part.CLUSTERS
    template_name = "campaigns/cluster.html"
    form_classes = {"cluster": ClusterForm, "head": HeadForm}

    @cached_property
    def cluster(self) -> Cluster:
        return get_object_or_404(self.campaign.clusters, pk=self.kwargs["cluster"])

    def get_page_title(self) -> str:
        return self.cluster.name

    def build(self, key: str, **data: Any) -> BaseForm:
        if key == "head":
            return super().build(key, cluster=self.cluster, **data)
        return super().build(key, instance=get_object_or_404(self.campaign.clusters, pk=self.cluster.pk), **data)

    def save_cluster(self, form: ClusterForm) -> str:
        cluster = change_cluster(self.cluster, actor=self.request.user, **form.values)
        return f"Đã lưu {cluster}."

    def save_head(self, form: HeadForm) -> str:
        return f"Đã giao {appoint_head(self.cluster, actor=self.request.user, **form.cleaned_data)}."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        heads = self.cluster.heads.select_related("participation").order_by("-valid_from", "is_deputy")
        members = self.cluster.participations.order_by("sort_key")
        own = {
            "cluster": self.cluster,
            "heads": heads,
            "members": members,
            "today": timezone.localdate(),
            "back_url": reverse("campaign-clusters", args=[self.campaign.pk]),
        }
        return super().get_context_data(**{**context, **own})


class ClusterRemove(ActionView):
    success_message = "Đã bỏ cụm, khối."

    def get_record(self) -> Cluster:
        campaign = managed_campaign(self.request, self.kwargs["pk"])
        return get_object_or_404(campaign.clusters, pk=self.kwargs["cluster"])

    def act(self, cluster: Cluster) -> Campaign:
        return remove_cluster(cluster, actor=self.request.user)

    def back_url(self, record: Any) -> str:
        return reverse("campaign-clusters", args=[self.kwargs["pk"]])

    def get_success_url(self, record: Any) -> str:
        return self.back_url(record)


class HeadEnd(ActionView):
    """The unit heads its cluster until the end of today."""

    success_message = "Đã kết thúc vai trò."

    def get_record(self) -> ClusterHead:
        campaign = managed_campaign(self.request, self.kwargs["pk"])
        heads = ClusterHead.objects.filter(cluster__campaign=campaign).select_related(
            "cluster__campaign", "participation"
        )
        return get_object_or_404(heads, pk=self.kwargs["head"])

    def act(self, head: ClusterHead) -> ClusterHead:
        return end_headship(head, actor=self.request.user, valid_to=timezone.localdate())

    def back_url(self, head: ClusterHead) -> str:
        return reverse("cluster-edit", args=[self.kwargs["pk"], head.cluster_id])
