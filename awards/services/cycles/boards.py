"""What waits for whom in award cycles: a unit's dossiers while a cycle is open, the staff's next steps. Few queries."""

import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.urls import reverse

from awards.models import AwardCycle, CyclePhase, Nomination, Publication, PublicationComment
from campaigns.models import Campaign
from pledges.hometasks import HomePart
from pledges.services.dashboards import Task
from units import access
from units.roles import Role

_Y, _N = AwardCycle.Status, Nomination.Status
TITLE = "Khen thưởng"
SHOWN = 5
# Staff see a comment, an overdue appraisal or a list to close as soon as there is one.
_WAITING = (_N.SUBMITTED, _N.COMPLETE, _N.TO_CHECK)


def unit_part(user: Any, today: datetime.date) -> HomePart | None:
    """Cycles that take dossiers, with the days left and what the person's units still have to send. Three queries."""
    if not access.can(user, "award.nominate"):
        return None
    units = access.reach_ids(user, "award.nominate") or set()
    phases = CyclePhase.objects.filter(
        Q(units_may_send=True) | Q(units_may_change=True), opens_on__lte=today, closes_on__gte=today
    )
    rows = (
        AwardCycle.objects.filter(status__in=(_Y.NOMINATING, _Y.REVIEWING), phases__in=phases)
        .distinct()
        .prefetch_related(Prefetch("phases", phases.order_by("-closes_on"), to_attr="running"))
        .annotate(
            drafts=Count("nominations", filter=Q(nominations__unit__in=units, nominations__status=_N.DRAFT), distinct=True),
            returned=Count("nominations", filter=Q(nominations__unit__in=units, nominations__status=_N.RETURNED), distinct=True),
        )
        .order_by("pk")
    )  # fmt: skip
    tasks = [_unit_task(cycle, access.has_role(user, Role.LEADER)) for cycle in rows[:SHOWN]]
    return HomePart(TITLE, tasks, "Mọi đợt", reverse("cycle-list")) if tasks else None


def _unit_task(cycle: AwardCycle, leads: bool) -> Task:
    closes_on = cycle.running[0].closes_on
    if cycle.returned:
        note, tone = f"{cycle.returned} hồ sơ bị trả lại: bổ sung rồi gửi lại.", "bad"
    elif cycle.drafts:
        note, tone = (
            f"{cycle.drafts} hồ sơ nháp: {'hoàn thiện rồi gửi' if leads else 'hoàn thiện; lãnh đạo đơn vị gửi'}.",
            "waiting",
        )
    else:
        note, tone = "Đang nhận hồ sơ đề nghị khen thưởng.", "active"
    return Task(cycle.title, cycle.get_absolute_url(), closes_on, note, tone)


def staff_part(user: Any, today: datetime.date) -> HomePart | None:
    """Running cycles of the person's body with what they wait for. One query."""
    if not access.can(user, "award.manage"):
        return None
    late = Q(nominations__due_on__lt=today, nominations__status__in=Nomination.UNDER_APPRAISAL)
    # Subqueries: joined beside the nominations, comments and phases would multiply them.
    mine = {"cycle": OuterRef("pk")}
    unread = PublicationComment.objects.filter(publication__cycle=OuterRef("pk"), state=PublicationComment.State.OPEN)
    running = CyclePhase.objects.filter(**mine, opens_on__lte=today, closes_on__gte=today).order_by("closes_on")
    ended = Publication.objects.filter(**mine, closed_at=None, closes_on__lt=today)
    rows = (
        access.scope(AwardCycle.objects.filter(status__in=AwardCycle.RUNNING), user, "award.manage")
        .annotate(
            waiting=Count("nominations", filter=Q(nominations__status__in=_WAITING)),
            late=Count("nominations", filter=late),
            unread=Subquery(unread.order_by().values("publication__cycle").annotate(n=Count("pk")).values("n")),
            to_close=Exists(ended),
            due_on=Subquery(running.values("closes_on")[:1]),
        )
        .order_by("pk")
    )
    tasks = [_staff_task(cycle) for cycle in rows[:SHOWN]]
    return HomePart(TITLE, tasks, "Lịch khen thưởng", reverse("cycle-calendar")) if tasks else None


def _staff_task(cycle: AwardCycle) -> Task:
    parts = [
        f"{cycle.waiting} hồ sơ chờ thẩm định" if cycle.waiting else "",
        f"{cycle.late} quá hạn thẩm định" if cycle.late else "",
        f"{cycle.unread} ý kiến chưa xử lý" if cycle.unread else "",
        "danh sách công khai chờ kết thúc" if cycle.to_close else "",
    ]
    note = "; ".join(part for part in parts if part)
    words = (
        f"{cycle.get_status_display()}. {note[:1].upper() + note[1:]}." if note else f"{cycle.get_status_display()}."
    )
    tone = "bad" if cycle.late else "waiting" if note else "active"
    return Task(cycle.title, cycle.get_absolute_url(), cycle.due_on, words, tone)


def cycles_of_campaign(campaign: Campaign, user: Any) -> list[AwardCycle]:
    """Cycles that use the results of ``campaign``, as the person may see them. One query beyond rights."""
    return list(AwardCycle.objects.visible_to(user).filter(campaigns=campaign))
