"""Reporting periods: when figures are cut off, when a report is due, and what a changed due date moves."""

import datetime
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from campaigns import observers
from campaigns.models import Campaign, ReminderStep, ReportingPeriod
from campaigns.services.editing import Part, StaleEditError, open_for_editing, require_draft
from dvk_portal.core import audit
from dvk_portal.core.calendar import WorkingCalendar
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.working_days import province_calendar

ONE_DAY = datetime.timedelta(days=1)
Kind = ReportingPeriod.Kind


def due_moment(due_on: datetime.date, calendar: WorkingCalendar | None = None) -> datetime.datetime:
    """The end of the day on which a report due ``due_on`` really falls due: a day off rolls on (BLDS 2015, Điều 148)."""
    day = (calendar or province_calendar()).roll_on(due_on)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 59, 59)))


@dataclass(frozen=True)
class QuarterPlan:
    """How quarters get their dates. ``cut_off_before``: figures close so many days before the quarter ends.

    ``due_day`` is a day of the quarter's last month, or of the month after when ``due_next_month``.
    """

    cut_off_before: int = 0
    due_day: int = 10
    due_next_month: bool = True

    def due_on(self, last_day: datetime.date) -> datetime.date:
        month = last_day + ONE_DAY if self.due_next_month else last_day
        return month.replace(day=min(self.due_day, monthrange(month.year, month.month)[1]))


def quarters_of(campaign: Campaign, plan: QuarterPlan, year: int | None = None) -> list[ReportingPeriod]:
    """The quarters that the campaign's own dates touch (of one ``year`` or of all), unsaved and without ``due_at``.

    Nothing is lost between two quarters: each begins the day after the cut-off of the one before. The first and the last
    end where the campaign does, and the last falls due after that end.
    """
    found = []
    for each in range(campaign.starts_on.year, campaign.ends_on.year + 1):
        for number in (1, 2, 3, 4):
            first = datetime.date(each, 3 * number - 2, 1)
            last = datetime.date(each, 3 * number, monthrange(each, 3 * number)[1])
            if last < campaign.starts_on or first > campaign.ends_on or year not in (None, each):
                continue
            back = datetime.timedelta(days=plan.cut_off_before)
            data_from = max(first - back, campaign.starts_on)
            data_to = min(last - back, campaign.ends_on)
            if data_to < data_from:
                continue
            found.append(
                ReportingPeriod(
                    campaign=campaign,
                    year=each,
                    kind=Kind.QUARTER,
                    number=number,
                    data_from=data_from,
                    data_to=data_to,
                    due_on=plan.due_on(last if data_to < campaign.ends_on else _month_end(data_to)),
                )
            )
    return found


def _month_end(day: datetime.date) -> datetime.date:
    return day.replace(day=monthrange(day.year, day.month)[1])


@transaction.atomic
def add_quarters(
    campaign: Campaign, *, actor: Any, plan: QuarterPlan, year: int | None = None
) -> tuple[list[ReportingPeriod], list[ReportingPeriod]]:
    """Add the quarters of a year at once; returns those added and those the campaign had already."""
    locked = open_for_editing(campaign, actor=actor, part=Part.PERIODS)
    existing = set(locked.periods.filter(kind=Kind.QUARTER).values_list("year", "number"))
    wanted = quarters_of(locked, plan, year)
    fresh = [period for period in wanted if (period.year, period.number) not in existing]
    if not wanted:
        raise DomainError("Không có quý nào của năm này nằm trong thời gian của phong trào.")
    _add(locked, fresh, actor=actor)
    return fresh, [period for period in wanted if period not in fresh]


@transaction.atomic
def add_period(campaign: Campaign, *, actor: Any, **fields: Any) -> ReportingPeriod:
    """Add one period; in a running campaign every unit gets its report at once. ``fields``: those of the model."""
    locked = open_for_editing(campaign, actor=actor, part=Part.PERIODS)
    period = ReportingPeriod(campaign=locked, **fields)
    _add(locked, [period], actor=actor)
    return period


def _add(campaign: Campaign, periods: Iterable[ReportingPeriod], *, actor: Any) -> None:
    calendar = province_calendar()
    participations = [] if campaign.is_draft else list(campaign.participations.all())
    for period in periods:
        period.due_at = due_moment(period.due_on, calendar)
        check_period(period)
        period.save()
        audit.record(campaign, "add_period", actor=actor, changes={str(period): [None, f"{period.due_on:%d/%m/%Y}"]})
        if campaign.is_running:
            observers.tell_period_added(period, participations, actor=actor)


def check_period(period: ReportingPeriod) -> None:
    """Refuse dates that contradict each other, the campaign, or a period of the same kind."""
    try:
        period.full_clean(exclude=["due_at", "campaign"])
        period.validate_constraints()
    except ValidationError as error:
        raise DomainError(f"Kỳ báo cáo {_name(period)} chưa đúng.", list(dict.fromkeys(error.messages))) from error
    campaign = period.campaign
    if period.data_from < campaign.starts_on or period.data_to > campaign.ends_on:
        raise DomainError(
            f"Số liệu của kỳ {period} phải nằm trong thời gian của phong trào "
            f"({campaign.starts_on:%d/%m/%Y} – {campaign.ends_on:%d/%m/%Y})."
        )
    clash = (
        campaign.periods.filter(kind=period.kind, data_from__lte=period.data_to, data_to__gte=period.data_from)
        .exclude(pk=period.pk)
        .first()
    )
    if clash:
        raise DomainError(
            f"Kỳ {period} trùng ngày với {clash} ({clash.data_from:%d/%m/%Y} – {clash.data_to:%d/%m/%Y}): "
            "một số liệu sẽ bị tính hai lần. Hãy sửa ngày bắt đầu hoặc ngày chốt số liệu."
        )


def _name(period: ReportingPeriod) -> str:
    in_range = period.kind != Kind.QUARTER or 1 <= period.number <= 4
    return str(period) if in_range else f"thứ {period.number} năm {period.year}"


@transaction.atomic
def change_period(
    period: ReportingPeriod, *, actor: Any, seen: dict[str, Any] | None = None, **fields: Any
) -> ReportingPeriod:
    """Change the dates of a period. After launch only ``due_on``; reports still owed move with it.

    ``seen`` holds the values the form showed when it was opened; a period changed since then is not overwritten.
    """
    campaign = open_for_editing(period.campaign, actor=actor, part=Part.PERIODS)
    locked = ReportingPeriod.objects.select_for_update(of=("self",)).get(pk=period.pk)
    locked.campaign = campaign
    _refuse_stale(locked, seen)
    changes = {name: [getattr(locked, name), value] for name, value in fields.items() if getattr(locked, name) != value}
    if not changes:
        return locked
    if set(changes) - {"due_on"}:
        require_draft(campaign, "đổi thời gian lấy số liệu của kỳ báo cáo")
    for name, value in fields.items():
        setattr(locked, name, value)
    check_period(locked)
    old_due_at = locked.due_at
    locked.due_at = due_moment(locked.due_on)
    locked.save()
    audit.record(
        campaign, "change_period", actor=actor, changes={f"{locked}: {name}": pair for name, pair in changes.items()}
    )
    _tell_due(locked, old_due_at, actor=actor)
    return locked


def _refuse_stale(period: ReportingPeriod, seen: dict[str, Any] | None) -> None:
    for name, value in (seen or {}).items():
        now = getattr(period, name)
        if now != value:
            label = period._meta.get_field(name).verbose_name
            shown = f"{now:%d/%m/%Y}" if isinstance(now, datetime.date) else now
            raise StaleEditError(
                f"{period} vừa được người khác sửa: {label} nay là {shown}. Hãy đối chiếu rồi lưu lại."
            )


def _tell_due(period: ReportingPeriod, old_due_at: datetime.datetime, *, actor: Any) -> None:
    if period.campaign.is_running and period.due_at != old_due_at:
        observers.tell_due_changed(period, old_due_at, actor=actor)


@transaction.atomic
def remove_period(period: ReportingPeriod, *, actor: Any) -> Campaign:
    """Take a period out of a draft."""
    campaign = open_for_editing(period.campaign, actor=actor, part=Part.PERIODS)
    require_draft(campaign, "bỏ kỳ báo cáo")
    audit.record(campaign, "remove_period", actor=actor, changes={str(period): [f"{period.due_on:%d/%m/%Y}", None]})
    period.delete()
    return campaign


def periods_to_renew(campaign: Campaign, now: datetime.datetime) -> list[ReportingPeriod]:
    """Periods not yet due whose due moment no longer agrees with the province's calendar of working days."""
    if campaign.status in Campaign.FINISHED:
        return []
    calendar = province_calendar()
    ahead = campaign.periods.filter(due_at__gt=now)
    return [period for period in ahead if period.due_at != due_moment(period.due_on, calendar)]


@transaction.atomic
def renew_due_moments(campaign: Campaign, *, actor: Any, now: datetime.datetime) -> list[ReportingPeriod]:
    """Reckon due moments again after the calendar of days off was changed; only what is still ahead (law.md R-96)."""
    locked = open_for_editing(campaign, actor=actor, part=Part.PERIODS)
    renewed = periods_to_renew(locked, now)
    calendar = province_calendar()
    for period in renewed:
        period.campaign = locked
        old, period.due_at = period.due_at, due_moment(period.due_on, calendar)
        period.save(update_fields=["due_at"])
        audit.record(locked, "renew_due", actor=actor, changes={str(period): [old, period.due_at]})
        _tell_due(period, old, actor=actor)
    return renewed


@transaction.atomic
def set_reminder_steps(campaign: Campaign, steps: list[tuple[int, bool, bool]], *, actor: Any) -> Campaign:
    """Replace the reminder ladder by ``(days from due, also the leader, also the officer)``."""
    locked = open_for_editing(campaign, actor=actor, part=Part.PERIODS)
    days = [step[0] for step in steps]
    if len(days) != len(set(days)):
        raise DomainError("Có hai mốc nhắc vào cùng một ngày. Hãy bỏ bớt một mốc.")
    if any(abs(day) > 60 for day in days):
        raise DomainError("Mốc nhắc chỉ trong vòng 60 ngày trước hoặc sau hạn nộp.")
    old = list(locked.reminder_steps.values_list("days", "to_leader", "to_officer"))
    if sorted(old) == sorted(steps):
        return locked
    locked.reminder_steps.all().delete()
    ReminderStep.objects.bulk_create(
        ReminderStep(campaign=locked, days=day, to_leader=leader, to_officer=officer) for day, leader, officer in steps
    )
    changes = {"Mốc nhắc": [[_step(*row) for row in sorted(old)], [_step(*row) for row in sorted(steps)]]}
    audit.record(locked, "set_reminders", actor=actor, changes=changes)
    return locked


def _step(days: int, to_leader: bool, to_officer: bool) -> str:
    """A step of the ladder as the trail keeps it: "7 (lãnh đạo, chuyên viên)"."""
    also = ", ".join(word for word, told in (("lãnh đạo", to_leader), ("chuyên viên", to_officer)) if told)
    return f"{days} ({also})" if also else str(days)
