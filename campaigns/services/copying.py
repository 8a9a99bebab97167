""" "Nhân bản sang năm sau": the same campaign with new dates, on the units that exist then (practice.md W-5)."""

import datetime
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from campaigns.models import (
    Assignment,
    Campaign,
    CampaignIndicator,
    Cluster,
    Participation,
    ReminderStep,
    ReportingPeriod,
    Scheme,
)
from campaigns.services.campaigns import create_campaign
from campaigns.services.periods import due_moment
from campaigns.services.roster import freeze
from dvk_portal.core import audit
from dvk_portal.core.calendar import WorkingCalendar
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.working_days import province_calendar
from units.models import Lineage, Membership, Unit

Kind = ReportingPeriod.Kind
MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.HALF: 6, Kind.YEAR: 12}
CARRIED = (
    "form", "goal", "slogan", "audience", "content", "criteria", "measures", "document_signer", "common_commitments",
    "province_commitments", "pledge_required", "signing_methods", "pledge_copies",
)  # fmt: skip


@dataclass
class CopyPlan:
    """What the copy will hold and what it will not; shown before it is made."""

    title: str
    starts_on: datetime.date
    ends_on: datetime.date
    months: int
    scheme: Scheme | None = None
    contact: Any = None
    witness: Unit | None = None
    # (unit, cluster of the source) of units that live on; (gone, successor, cluster) of those that were replaced.
    kept: list[tuple[Unit, Cluster | None]] = field(default_factory=list)
    replaced: list[tuple[Unit, Unit, Cluster | None]] = field(default_factory=list)
    periods: list[ReportingPeriod] = field(default_factory=list)
    asked: list[CampaignIndicator] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def successors(self) -> dict[int, Cluster | None]:
        """Successor id → the cluster of the first unit it replaces."""
        found: dict[int, Cluster | None] = {}
        for _, successor, cluster in self.replaced:
            found.setdefault(successor.pk, cluster)
        return found


def shift_day(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months on; the last day of a month stays the last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = monthrange(year, month + 1)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return datetime.date(year, month + 1, length if is_last else min(day.day, length))


def plan_copy(campaign: Campaign, starts_on: datetime.date) -> CopyPlan:
    """Work out the copy that begins on ``starts_on``; changes nothing."""
    if starts_on <= campaign.starts_on:
        raise DomainError(f"Ngày bắt đầu mới phải sau ngày bắt đầu của phong trào này ({campaign.starts_on:%d/%m/%Y}).")
    months = (starts_on.year - campaign.starts_on.year) * 12 + starts_on.month - campaign.starts_on.month
    ends_on = shift_day(campaign.ends_on, months)
    if ends_on <= starts_on:
        raise DomainError(
            "Với ngày bắt đầu này, phong trào mới sẽ kết thúc trước khi bắt đầu. Hãy chọn ngày sớm hơn trong tháng."
        )
    plan = CopyPlan(_next_title(campaign, starts_on), starts_on, ends_on, months)
    _plan_scheme(campaign, plan)
    _plan_witness(campaign, plan)
    _plan_units(campaign, plan)
    _plan_periods(campaign, plan)
    _plan_asked(campaign, plan)
    _plan_assignments(campaign, plan)
    plan.left_out.append("Số, ngày văn bản phát động và tài liệu kèm theo: phong trào mới có văn bản của mình.")
    if campaign.clusters.filter(heads__isnull=False).exists():
        plan.left_out.append("Trưởng cụm, phó cụm: giao theo từng năm.")
    return plan


def _next_title(campaign: Campaign, starts_on: datetime.date) -> str:
    """Years of the old dates, where the title names them, move on with the dates."""
    step = starts_on.year - campaign.starts_on.year
    years = {str(day.year) for day in (campaign.starts_on, campaign.ends_on)}
    return re.sub(r"\d{4}", lambda m: str(int(m[0]) + step) if m[0] in years else m[0], campaign.title)


def _plan_scheme(campaign: Campaign, plan: CopyPlan) -> None:
    old = campaign.scheme
    if old is not None and old.status != Scheme.Status.PUBLISHED:
        newer = Scheme.objects.published().filter(code=old.code).order_by("-published_at").first()
        plan.left_out.append(
            f"Bảng tiêu chí “{old}” không còn áp dụng" + (f": dùng “{newer}”." if newer else ": hãy chọn bảng khác.")
        )
        old = newer
    plan.scheme = old
    contact = campaign.contact
    if contact is not None and _still_serves(contact):
        plan.contact = contact
    elif contact is not None:
        plan.left_out.append(f"Chuyên viên theo dõi {contact}: không còn vai trò trong hệ thống.")


def _plan_witness(campaign: Campaign, plan: CopyPlan) -> None:
    witness = campaign.witness
    if witness is not None and witness.is_active_on(plan.starts_on):
        plan.witness = witness
    elif witness is not None:
        plan.left_out.append(f"Bên chứng kiến {witness}: đã kết thúc hoạt động.")


def _still_serves(user: Any) -> bool:
    return user.is_active and Membership.objects.current().filter(user=user).exists()


def _plan_units(campaign: Campaign, plan: CopyPlan) -> None:
    links: dict[int, list[Unit]] = {}
    for link in Lineage.objects.filter(effective_on__lte=plan.starts_on).select_related(
        "successor__kind", "successor__parent"
    ):
        links.setdefault(link.predecessor_id, []).append(link.successor)
    rows = campaign.participations.select_related("unit__kind", "unit__parent", "cluster").order_by("sort_key")
    staying = {row.unit_id for row in rows if row.unit.is_active_on(plan.starts_on)}
    for row in rows:
        if row.unit_id in staying:
            plan.kept.append((row.unit, row.cluster))
            continue
        heirs = _living_heirs(row.unit, links, plan.starts_on)
        if not heirs:
            plan.left_out.append(f"{row.name}: đã kết thúc hoạt động và không có đơn vị kế thừa.")
        for heir in heirs:
            if heir.pk in staying:
                plan.left_out.append(f"{row.name}: đã nhập vào {heir}, đơn vị này đã có trong danh sách.")
            else:
                plan.replaced.append((row.unit, heir, row.cluster))


def _living_heirs(unit: Unit, links: dict[int, list[Unit]], day: datetime.date) -> list[Unit]:
    """The units that carry on ``unit`` on that day, through successors that ended themselves."""
    found: dict[int, Unit] = {}
    seen, waiting = {unit.pk}, list(links.get(unit.pk, ()))
    while waiting:
        heir = waiting.pop(0)
        if heir.pk in seen:
            continue
        seen.add(heir.pk)
        if heir.is_active_on(day):
            found[heir.pk] = heir
        else:
            waiting += links.get(heir.pk, ())
    return list(found.values())


def _plan_periods(campaign: Campaign, plan: CopyPlan) -> None:
    for old in campaign.periods.all():
        size = MONTHS[old.kind]
        if plan.months % size:
            plan.left_out.append(f"{old}: lùi {plan.months} tháng thì không còn trọn kỳ. Hãy lập lại kỳ báo cáo.")
            continue
        place = old.year * (12 // size) + old.number - 1 + plan.months // size
        year, number = divmod(place, 12 // size)
        data_from, data_to, due_on = (shift_day(day, plan.months) for day in (old.data_from, old.data_to, old.due_on))
        data_from = plan.starts_on if old.data_from == campaign.starts_on else max(data_from, plan.starts_on)
        data_to = min(data_to, plan.ends_on)
        if data_to < data_from:
            plan.left_out.append(f"{old}: không còn ngày nào nằm trong thời gian mới.")
            continue
        plan.periods.append(
            ReportingPeriod(
                year=year, kind=old.kind, number=number + 1, data_from=data_from, data_to=data_to, due_on=due_on
            )
        )


def _plan_asked(campaign: Campaign, plan: CopyPlan) -> None:
    for row in campaign.asked.select_related("indicator"):
        ends = row.indicator.valid_to
        if ends and ends < plan.starts_on:
            plan.left_out.append(f"Chỉ số “{row.indicator.label}”: chỉ hỏi đến hết ngày {ends:%d/%m/%Y}.")
        else:
            plan.asked.append(row)


def _plan_assignments(campaign: Campaign, plan: CopyPlan) -> None:
    for row in campaign.assignments.select_related("department", "group"):
        if row.department.is_active_on(plan.starts_on):
            plan.assignments.append(row)
        else:
            plan.left_out.append(f"Phân công “{row.group or row.assessor}”: {row.department} đã kết thúc hoạt động.")


def _moved_due(row: CampaignIndicator, plan: CopyPlan) -> datetime.date | None:
    """The same day of the new campaign; None (its end) where that day lies outside."""
    day = row.target_due_on and shift_day(row.target_due_on, plan.months)
    return day if day and plan.starts_on <= day <= plan.ends_on else None


@transaction.atomic
def copy_campaign(
    campaign: Campaign,
    *,
    actor: Any,
    starts_on: datetime.date,
    title: str = "",
    successors: Iterable[int] | None = None,
) -> tuple[Campaign, CopyPlan]:
    """A draft for the years after, with ``previous`` set; ``successors``: confirmed ids of replacing units (None = all)."""
    plan = plan_copy(campaign, starts_on)
    fields = {name: getattr(campaign, name) for name in CARRIED}
    copy = create_campaign(
        campaign.owner, actor=actor, title=title.strip() or plan.title, starts_on=plan.starts_on, ends_on=plan.ends_on,
        previous=campaign, scheme=plan.scheme, contact=plan.contact, witness=plan.witness, **fields,
    )  # fmt: skip
    clusters = _copy_clusters(campaign, copy)
    confirmed = plan.successors.keys() if successors is None else plan.successors.keys() & set(successors)
    heirs = Unit.objects.filter(pk__in=confirmed).select_related("kind", "parent")
    wanted = [*plan.kept, *((unit, plan.successors[unit.pk]) for unit in heirs)]
    Participation.objects.bulk_create(
        [
            freeze(Participation(campaign=copy, unit=unit, cluster=clusters.get(cluster.pk) if cluster else None))
            for unit, cluster in wanted
        ],
        batch_size=200,
    )
    _copy_parts(campaign, copy, plan, province_calendar())
    audit.record(copy, "copy", actor=actor, changes={"previous": [None, campaign.title]})
    return copy, plan


def _copy_clusters(campaign: Campaign, copy: Campaign) -> dict[int, Cluster]:
    """Old cluster id → its copy; the officer stays while he still serves."""
    made = {}
    for old in campaign.clusters.select_related("officer"):
        officer = old.officer if old.officer and _still_serves(old.officer) else None
        made[old.pk] = Cluster.objects.create(campaign=copy, name=old.name, order=old.order, officer=officer)
    return made


def _copy_parts(campaign: Campaign, copy: Campaign, plan: CopyPlan, calendar: WorkingCalendar) -> None:
    for period in plan.periods:
        period.campaign, period.due_at = copy, due_moment(period.due_on, calendar)
    ReportingPeriod.objects.bulk_create(plan.periods)
    CampaignIndicator.objects.bulk_create(
        CampaignIndicator(
            campaign=copy, indicator=row.indicator, required=row.required, in_pledge=row.in_pledge,
            common_target=row.common_target, target_due_on=_moved_due(row, plan), weight=row.weight,
        )
        for row in plan.asked
    )  # fmt: skip
    Assignment.objects.bulk_create(
        Assignment(campaign=copy, department=row.department, group=row.group, assessor=row.assessor)
        for row in plan.assignments
    )
    copy.reminder_steps.all().delete()
    ReminderStep.objects.bulk_create(
        ReminderStep(campaign=copy, days=step.days, to_leader=step.to_leader, to_officer=step.to_officer)
        for step in campaign.reminder_steps.all()
    )
