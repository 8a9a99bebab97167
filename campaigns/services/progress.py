"""Where a campaign stands and what comes next, in words for every reader."""

import datetime

from django.db.models import Count, Prefetch, QuerySet

from campaigns.models import Campaign, Cluster, ClusterHead

Status = Campaign.Status
STEPS = [
    ("launch", "Phát động"),
    ("pledge", "Giao ước"),
    ("reports", "Báo cáo quý"),
    ("scoring", "Chấm điểm"),
    ("published", "Công bố"),
]


def current_step(campaign: Campaign, today: datetime.date) -> str:
    """The step of :data:`STEPS` under way. Pledges are signed until the first figures are cut off."""
    if campaign.status in (Status.CLOSED, Status.ARCHIVED):
        return "published"
    if campaign.status == Status.SCORING:
        return "scoring"
    if campaign.status != Status.OPEN:
        return "launch"
    first = min((period.data_to for period in campaign.periods.all()), default=None)
    return "pledge" if first is None or today <= first else "reports"


def next_step(campaign: Campaign, now: datetime.datetime) -> tuple[str, datetime.datetime | None]:
    """What happens next and until when."""
    if campaign.status == Status.OPEN:
        ahead = campaign.periods.filter(due_at__gte=now).order_by("due_at").first()
        if ahead:
            return f"Các đơn vị nộp báo cáo {ahead}", ahead.due_at
        return "Đã hết các kỳ báo cáo: lãnh đạo Ban chuyển sang chấm điểm", None
    words = {
        Status.DRAFT: "Hoàn thiện các mục còn thiếu rồi phát động",
        Status.SCORING: "Thẩm định, thống nhất điểm rồi công bố kết quả",
        Status.CLOSED: "Nhân bản sang năm sau hoặc đưa vào lưu trữ",
    }
    return words.get(campaign.status, ""), None


def clusters_with_heads(campaign: Campaign, today: datetime.date) -> QuerySet[Cluster]:
    """Clusters with ``members`` counted and those who head them today in ``heads_now``."""
    heads = ClusterHead.objects.on(today).select_related("participation")
    return (
        campaign.clusters.select_related("officer")
        .annotate(members=Count("participations"))
        .prefetch_related(Prefetch("heads", queryset=heads, to_attr="heads_now"))
        .order_by("order", "id")
    )
