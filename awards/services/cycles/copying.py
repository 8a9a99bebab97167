"""Last year's cycle again with its dates moved: years, phases with their flags, quotas (W-39)."""

import datetime
from typing import Any

from django.db import transaction

from awards.models import AwardCycle, AwardType, CyclePhase
from awards.services.cycles.editing import PHASE_FIELDS, STANDARD_FLAGS, organiser_of
from campaigns.services.copying import shift_day
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.working_days import province_calendar

LEFT_OUT = (
    "Hạn mức theo cụm không mang sang: cụm thuộc phong trào của năm trước. Hãy ghi lại sau khi chọn phong trào mới."
)


def step_of(cycle: AwardCycle) -> int:
    """How many years later the next one comes: one, or as many as the cycle covers."""
    return cycle.year_to - cycle.year_from + 1


def next_title(cycle: AwardCycle) -> str:
    """The title with every year moved on; without a year in it the years are added."""
    step, title = step_of(cycle), cycle.title
    for year in range(cycle.year_to, cycle.year_from - 1, -1):
        title = title.replace(str(year), str(year + step))
    return title if title != cycle.title else f"{cycle.title} ({cycle.year_to + step})"


@transaction.atomic
def copy_cycle(cycle: AwardCycle, *, actor: Any, title: str, today: datetime.date) -> tuple[AwardCycle, list[str]]:
    """A draft for the next years. Returns it and sentences about what was not carried over."""
    step = step_of(cycle)
    left = []
    types, gone = _types_in_force(cycle, today)
    left += [f"{row.name} không còn áp dụng nên không mang sang." for row in gone]
    copy = AwardCycle(
        owner=organiser_of(actor), title=title.strip(), family=cycle.family, kind=cycle.kind, award_kind=cycle.award_kind,
        year_from=cycle.year_from + step, year_to=cycle.year_to + step, guidance=cycle.guidance, created_by=actor,
        decide_on=shift_day(cycle.decide_on, 12 * step) if cycle.decide_on else None,
    )  # fmt: skip
    if copy.year_to > today.year + 2:
        raise DomainError(f"Đợt tiếp theo xét đến năm {copy.year_to}, còn quá xa. Hãy lập khi đến gần.")
    copy.save()
    copy.award_types.set(types)
    _copy_phases(cycle, copy, step)
    clustered = cycle.quotas.filter(cluster__isnull=False).exists()
    _copy_quotas(cycle, copy, types)
    if clustered:
        left.append(LEFT_OUT)
    if cycle.campaigns.exists():
        left.append("Phong trào không mang sang. Hãy chọn phong trào của các năm mới.")
    audit.record(copy, "cycle_copy", actor=actor, note=cycle.title)
    return copy, left


def _types_in_force(cycle: AwardCycle, today: datetime.date) -> tuple[list[AwardType], list[AwardType]]:
    current = set(AwardType.objects.on(today).values_list("pk", flat=True))
    rows = list(cycle.award_types.all())
    return [row for row in rows if row.pk in current], [row for row in rows if row.pk not in current]


def _copy_phases(cycle: AwardCycle, copy: AwardCycle, step: int) -> None:
    """Each day so many years later; one that falls on a day off moves to the next working day, and says so."""
    calendar = province_calendar()
    for phase in cycle.phases.all():
        opens_on = calendar.roll_on(shift_day(phase.opens_on, 12 * step))
        closes_on = max(opens_on, calendar.roll_on(shift_day(phase.closes_on, 12 * step)))
        fields = {name: getattr(phase, name) for name in PHASE_FIELDS}
        reason = f"Theo đợt {cycle.years}, dời {step} năm. Hãy dùng “Lập lịch” để tính lại theo ngày nghỉ."
        CyclePhase.objects.create(
            cycle=copy, stage=phase.stage,
            **{**STANDARD_FLAGS.get(phase.stage, {}), **fields, "opens_on": opens_on, "closes_on": closes_on, "reason": reason},
        )  # fmt: skip


def _copy_quotas(cycle: AwardCycle, copy: AwardCycle, types: list[AwardType]) -> None:
    for quota in cycle.quotas.filter(cluster=None, award_type__in=types):
        quota.pk, quota.cycle = None, copy
        quota._state.adding = True
        quota.save()
