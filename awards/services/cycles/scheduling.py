"""The calendar of a cycle: proposed from the day of the decision, renewed when days off change (R-35, R-36, R-96)."""

import dataclasses
import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from awards.models import AwardCycle, AwardRule, CyclePhase
from awards.schedule import ScheduleError, Step, Wish, propose
from awards.services.cycles.editing import STANDARD_FLAGS, lock_living
from awards.services.cycles.publicity import least_days
from awards.services.rules.catalogue import rule_set_on
from dvk_portal.core import audit
from dvk_portal.core.calendar import CalendarError, WorkingCalendar
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.working_days import province_calendar

# Where no rule is known and the office says nothing else; every length is a field of the form.
USUAL_APPRAISAL = 20
SUDDEN = {"nominating": 3, "supplement": 0, "reviewing": 5, "publication": 0, "scoring": 0, "deciding": 2}


# --- what to propose ----------------------------------------------------------------------------------------------------
def usual_lengths(cycle: AwardCycle, day: datetime.date) -> dict[str, int]:
    """Working days of each step to begin with: appraisal and publicity from the rules of ``day``, short for a sudden cycle."""
    if cycle.kind == AwardCycle.Kind.SUDDEN:
        return dict(SUDDEN)
    usual = {field.name: field.default for field in dataclasses.fields(Wish) if isinstance(field.default, int)}
    return {**usual, "reviewing": appraisal_days(cycle, day), "publication": least_days(cycle, day)}


def appraisal_days(cycle: AwardCycle, day: datetime.date) -> int:
    """The longest appraisal that a rule of the cycle's awards gives on ``day``."""
    rules = AwardRule.objects.filter(rule_set=rule_set_on(cycle.family, day), award_type__cycles=cycle)
    return max(rules.values_list("appraisal_days", flat=True), default=USUAL_APPRAISAL)


def plan(cycle: AwardCycle, wish: Wish, calendar: WorkingCalendar) -> list[Step]:
    """The steps of ``wish``. Raises DomainError: impossible lengths, or publicity below the rule of the cycle's awards."""
    if cycle.kind != AwardCycle.Kind.SUDDEN and wish.publication < (least := least_days(cycle, wish.decide_on)):
        raise DomainError(f"Theo quy định phải công khai ít nhất {least} ngày làm việc. Hãy ghi {least} trở lên.")
    try:
        return propose(wish, calendar)
    except (ScheduleError, CalendarError) as error:
        raise DomainError(str(error)) from error


def warnings_of(steps: list[Step], today: datetime.date) -> list[str]:
    """What the office should see before it takes the proposal."""
    first = steps[0]
    if first.opens_on >= today:
        return []
    return [
        f"Muốn kịp thì phải nhận hồ sơ từ {first.opens_on:%d/%m/%Y}, đã qua. Hãy rút ngắn một bước hoặc lùi ngày quyết định."
    ]


@transaction.atomic
def apply_schedule(cycle: AwardCycle, wish: Wish, *, actor: Any) -> AwardCycle:
    """Write the proposed steps as the phases of the cycle; a phase that is there keeps its flags."""
    locked = lock_living(cycle, actor)
    steps = plan(locked, wish, province_calendar())
    had = {phase.stage: phase for phase in locked.phases.all()}
    for step in steps:
        _write(locked, had.get(step.stage), step)
    before, locked.decide_on = locked.decide_on, wish.decide_on
    _remember(locked, wish, steps)
    locked.save(update_fields=["decide_on", "schedule"])
    audit.record(
        locked, "schedule_apply", actor=actor, changes={"decide_on": [before, wish.decide_on]} if before != wish.decide_on else {},
        note="; ".join(f"{CyclePhase.Stage(step.stage).label} {step.opens_on:%d/%m}–{step.closes_on:%d/%m}" for step in steps),
    )  # fmt: skip
    return locked


def _write(cycle: AwardCycle, phase: CyclePhase | None, step: Step) -> None:
    if phase is None:
        phase = CyclePhase(cycle=cycle, stage=step.stage, **STANDARD_FLAGS.get(step.stage, {}))
    phase.opens_on, phase.closes_on, phase.reason = step.opens_on, step.closes_on, step.reason
    phase.save()


def _remember(cycle: AwardCycle, wish: Wish, steps: list[Step]) -> None:
    kept = {name: value.isoformat() if isinstance(value, datetime.date) else value
            for name, value in dataclasses.asdict(wish).items()}  # fmt: skip
    cycle.schedule = {
        "wish": kept,
        "steps": {step.stage: [step.opens_on.isoformat(), step.closes_on.isoformat()] for step in steps},
    }


def wish_of(cycle: AwardCycle) -> Wish | None:
    """How the calendar was last worked out; None = by hand."""
    kept = cycle.schedule.get("wish")
    if not kept:
        return None
    days = {name: datetime.date.fromisoformat(kept[name]) if kept[name] else None for name in ("decide_on", "before")}
    return Wish(**{**kept, **days})


# --- when the days off change -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Drift:
    """A phase not over yet that the calendar of today would put elsewhere."""

    phase: CyclePhase
    step: Step


def drift_of(cycle: AwardCycle, today: datetime.date, calendar: WorkingCalendar) -> list[Drift]:
    """Phases that stand as they were worked out, are not over, and would now fall on other days (R-96).

    One set by hand, or over, is never among them.
    """
    wish = wish_of(cycle)
    if wish is None or cycle.status in AwardCycle.OVER:
        return []
    steps = {step.stage: step for step in propose(wish, calendar)}
    kept = cycle.schedule["steps"]
    found = []
    for phase in cycle.phases.all():
        dates = [phase.opens_on.isoformat(), phase.closes_on.isoformat()]
        step = steps.get(phase.stage)
        if step is None or phase.closes_on < today or dates != kept.get(phase.stage):
            continue
        if (step.opens_on, step.closes_on) != (phase.opens_on, phase.closes_on):
            found.append(Drift(phase, step))
    return found


@transaction.atomic
def renew_schedule(cycle: AwardCycle, *, actor: Any, note: str, today: datetime.date) -> int:
    """Recompute the open phases after the days off changed; a phase that has begun keeps its first day. Returns how many."""
    locked = lock_living(cycle, actor)
    if not note.strip():
        raise DomainError("Hãy ghi lý do tính lại, ví dụ văn bản hoán đổi ngày nghỉ.")
    found = drift_of(locked, today, province_calendar())
    if not found:
        raise DomainError("Lịch nghỉ không làm thay đổi bước nào còn lại của đợt.")
    changes = {}
    for one in found:
        phase, step = one.phase, one.step
        opens_on = phase.opens_on if phase.opens_on <= today else step.opens_on
        closes_on = max(step.closes_on, opens_on, today if phase.opens_on <= today else step.closes_on)
        old = f"{phase.opens_on:%d/%m/%Y}–{phase.closes_on:%d/%m/%Y}"
        changes[phase.get_stage_display()] = [old, f"{opens_on:%d/%m/%Y}–{closes_on:%d/%m/%Y}"]
        reason = f"{step.reason} Tính lại ngày {today:%d/%m/%Y}."
        phase.opens_on, phase.closes_on, phase.reason = opens_on, closes_on, reason[:250]
        phase.save()
        locked.schedule["steps"][phase.stage] = [opens_on.isoformat(), closes_on.isoformat()]
    locked.save(update_fields=["schedule"])
    audit.record(locked, "schedule_renew", actor=actor, changes=changes, note=note.strip())
    return len(found)
