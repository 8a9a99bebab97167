"""Preparing a cycle: its years, family, awards, campaigns and the flags of its phases (W-39, R-49)."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from awards.models import AwardCycle, AwardKind, AwardType, CyclePhase
from campaigns.models import Campaign
from campaigns.services.campaigns import owners_for
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from units import access
from units.models import Unit

_Y, _K = AwardCycle.Status, AwardCycle.Kind
FIELDS = ("title", "kind", "family", "award_kind", "year_from", "year_to", "guidance", "decide_on")
# What is fixed once units prepare dossiers by it.
FIXED_WHEN_OPEN = ("kind", "family", "award_kind", "year_from", "year_to")
FIRST_YEAR, YEARS_AHEAD, MOST_YEARS = 1990, 2, 20
HAND_SET = "Ban ấn định."


# --- who runs it --------------------------------------------------------------------------------------------------------
def organiser_of(user: Any) -> Unit:
    """The body that runs a cycle of ``user``: the Ban, whose head decides, numbers and signs. Raises PermissionDenied when
    there is none."""
    if bodies := owners_for(user, "award.manage"):
        return bodies[0]
    raise PermissionDenied


def lock_cycle(cycle: AwardCycle, actor: Any, permission: str = "award.manage") -> AwardCycle:
    """The cycle as it stands, locked; for whoever has ``permission`` on it."""
    locked = AwardCycle.objects.select_for_update(of=("self",)).select_related("owner").get(pk=cycle.pk)
    if not actor.has_perm(permission, locked):
        raise PermissionDenied
    return locked


def lock_living(cycle: AwardCycle, actor: Any) -> AwardCycle:
    """As lock_cycle; a cycle that is over changes no more."""
    locked = lock_cycle(cycle, actor)
    if locked.status in AwardCycle.OVER:
        raise DomainError(f"Đợt ở trạng thái “{locked.get_status_display()}” nên không thay đổi nữa.")
    return locked


def campaigns_of(owner: Unit) -> QuerySet[Campaign]:
    """Campaigns that a cycle of ``owner`` may draw upon."""
    rows = Campaign.objects.filter(owner__path__startswith=access.base_unit(owner).path)
    return rows.exclude(status__in=(Campaign.Status.DRAFT, Campaign.Status.CANCELLED)).order_by("-starts_on", "title")


# --- the cycle ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def create_cycle(
    *, actor: Any, award_types: list[AwardType], campaigns: list[Campaign], today: datetime.date, **fields: Any
) -> AwardCycle:
    """A draft of the actor's body."""
    cycle = AwardCycle(owner=organiser_of(actor), created_by=actor, **{name: fields[name] for name in FIELDS})
    cycle.title = cycle.title.strip()
    _refuse(faults_of(cycle, award_types, campaigns, today))
    cycle.save()
    cycle.award_types.set(award_types)
    cycle.campaigns.set(campaigns)
    audit.record(cycle, "cycle_create", actor=actor)
    return cycle


@transaction.atomic
def edit_cycle(
    cycle: AwardCycle, *, actor: Any, award_types: list[AwardType], campaigns: list[Campaign], today: datetime.date,
    **fields: Any,
) -> AwardCycle:  # fmt: skip
    """Change it; once it is open its kind, family and years stay, and an award that is asked for already is not taken out."""
    locked = lock_living(cycle, actor)
    before = _state(locked)
    for name in FIELDS:
        if locked.status == _Y.DRAFT or name not in FIXED_WHEN_OPEN:
            setattr(locked, name, fields[name])
    locked.title = locked.title.strip()
    faults = faults_of(locked, award_types, campaigns, today)
    asked = (
        AwardType.objects.filter(nominations__cycle=locked).exclude(pk__in=[row.pk for row in award_types]).distinct()
    )
    faults += [f"Đã có đề nghị {row.name} trong đợt nên không bỏ được." for row in asked]
    _refuse(faults)
    locked.save()
    locked.award_types.set(award_types)
    locked.campaigns.set(campaigns)
    after = _state(locked)
    if changes := {name: [old, after[name]] for name, old in before.items() if old != after[name]}:
        audit.record(locked, "cycle_edit", actor=actor, changes=changes)
    return locked


def _state(cycle: AwardCycle) -> dict[str, Any]:
    kept = {name: getattr(cycle, name) for name in FIELDS}
    kept["award_types"] = ", ".join(sorted(row.name for row in cycle.award_types.all()))
    kept["campaigns"] = ", ".join(sorted(row.title for row in cycle.campaigns.all()))
    return kept


def _refuse(faults: list[str]) -> None:
    if faults:
        raise DomainError("Chưa lưu được đợt khen thưởng.", faults)


def faults_of(
    cycle: AwardCycle, award_types: list[AwardType], campaigns: list[Campaign], today: datetime.date
) -> list[str]:
    """What contradicts itself, as sentences. State and Party awards are never mixed (R-49)."""
    found = []
    span = cycle.year_to - cycle.year_from + 1
    if not FIRST_YEAR <= cycle.year_from <= cycle.year_to <= today.year + YEARS_AHEAD:
        found.append(f"Các năm phải theo thứ tự, từ {FIRST_YEAR} đến {today.year + YEARS_AHEAD}.")
    elif cycle.kind in (_K.YEARLY, _K.SUDDEN) and span != 1:
        found.append("Đợt hằng năm hoặc đột xuất chỉ xét một năm. Hãy chọn loại “Nhiều năm” nếu xét nhiều năm.")
    elif cycle.kind == _K.MULTI_YEAR and not 2 <= span <= MOST_YEARS:
        found.append(f"Đợt nhiều năm xét từ 2 đến {MOST_YEARS} năm.")
    if (cycle.kind == _K.SUDDEN) != (cycle.award_kind == AwardKind.SUDDEN):
        found.append("Đợt đột xuất và loại khen thưởng “Đột xuất” đi cùng nhau. Hãy chọn lại một trong hai.")
    mixed = [row.name for row in award_types if row.family != cycle.family]
    if mixed:
        found.append(f"Không xét chung khen thưởng Đảng và Nhà nước. Hãy bỏ: {', '.join(mixed)}.")
    served = access.base_unit(cycle.owner).path
    alien = [row.title for row in campaigns if not row.owner.path.startswith(served)]
    if alien:
        found.append(f"Phong trào thuộc đơn vị khác: {', '.join(alien)}.")
    return found


# --- phases -------------------------------------------------------------------------------------------------------------
S = CyclePhase.Stage
# What a phase permits and shows when it is first made; the office changes it as it likes.
STANDARD_FLAGS: dict[str, dict[str, bool]] = {
    S.NOMINATING: {"units_may_send": True, "units_may_change": True},
    S.SUPPLEMENT: {"units_may_change": True},
    S.SCORING: {"members_may_score": True},
}
PHASE_FIELDS = (
    "opens_on", "closes_on", "reason", "units_may_send", "units_may_change", "units_see_findings", "units_see_outcome",
    "members_may_score",
)  # fmt: skip


@transaction.atomic
def save_phase(cycle: AwardCycle, stage: str, *, actor: Any, **fields: Any) -> CyclePhase:
    """Write one phase with its dates, reason and flags; created when the cycle has none of that stage."""
    locked = lock_living(cycle, actor)
    phase = locked.phases.filter(stage=stage).first() or CyclePhase(cycle=locked, stage=stage)
    if fields["closes_on"] < fields["opens_on"]:
        raise DomainError("Ngày kết thúc phải bằng hoặc sau ngày bắt đầu.")
    moved = phase.pk is None or (phase.opens_on, phase.closes_on) != (fields["opens_on"], fields["closes_on"])
    # A day set by hand is not explained by the rule that once produced another.
    if moved and fields["reason"].strip() == phase.reason:
        fields = {**fields, "reason": HAND_SET}
    before = {name: getattr(phase, name) for name in PHASE_FIELDS} if phase.pk else dict.fromkeys(PHASE_FIELDS)
    for name in PHASE_FIELDS:
        setattr(phase, name, fields[name])
    phase.reason = phase.reason.strip()
    phase.save()
    changes = {name: [old, getattr(phase, name)] for name, old in before.items() if old != getattr(phase, name)}
    if changes:
        audit.record(
            locked, "phase_save", actor=actor, changes=changes, note=phase.get_stage_display()
        )  # fmt: skip
    return phase


@transaction.atomic
def remove_phase(phase: CyclePhase, *, actor: Any) -> AwardCycle:
    locked = lock_living(phase.cycle, actor)
    if phase.stage == S.NOMINATING and locked.status != _Y.DRAFT:
        raise DomainError("Đợt đã mở nên bước nhận hồ sơ không bỏ được.")
    audit.record(locked, "phase_remove", actor=actor, changes={"phase": [phase.get_stage_display(), None]})
    phase.delete()
    return locked
