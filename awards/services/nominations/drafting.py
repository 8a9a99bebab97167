"""Draw up a nomination: who, for what, in which cycle; name, post and unit frozen as of today (W-41)."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from awards.models import AwardCycle, AwardType, CyclePhase, Nomination, Quota, Recipient, RecipientKind
from awards.services.cycles.phases import phase_allows
from awards.services.nominations.sets import set_of
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.services.proposals import clean_text
from units.models import Unit

Day = datetime.date
Period = tuple[Day, Day]

# What a proposal from results brings along; everything else of a nomination is written by moves.
FIELDS = ("summary", "score", "cluster", "cluster_rank", "sheet", "model", "award_kind")
# A cycle takes new nominations of the province itself in these states; of units while a phase permits it.
_OPEN = (AwardCycle.Status.NOMINATING, AwardCycle.Status.REVIEWING)


@transaction.atomic
def draft_nomination(
    cycle: AwardCycle,
    award_type: AwardType,
    recipient: Recipient,
    *,
    unit: Unit,
    actor: Any,
    source: str = Nomination.Source.UNIT,
    period: Period | None = None,
    **fields: Any,
) -> Nomination:
    """A draft of ``unit`` (award.nominate there), or of the province on its behalf (award.propose).

    ``period`` is that of the achievement, both days included; default: the years of the cycle. ``fields``: of FIELDS.
    DomainError with everything that forbids it, as sentences.
    """
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"unknown fields: {sorted(unknown)}")
    nomination = Nomination(
        cycle=cycle,
        award_type=award_type,
        recipient=recipient,
        unit=unit,
        source=source,
        created_by=actor,
        **{"award_kind": cycle.award_kind, **fields},
    )
    by_unit = actor.has_perm("award.nominate", nomination)
    if not by_unit and not actor.has_perm("award.propose", nomination):
        raise PermissionDenied
    # Two people at once for one recipient: the second waits here and then finds the first one's nomination.
    recipient = Recipient.objects.select_for_update(of=("self",)).select_related("unit").get(pk=recipient.pk)
    today = timezone.localdate()
    findings = [
        *faults_of_cycle(cycle, today, by_unit=by_unit),
        *faults_of_choice(cycle, award_type, recipient, unit),
        *faults_of_limit(cycle, award_type, recipient, unit),
    ]
    if findings:
        raise DomainError("Chưa lập được đề nghị khen thưởng.", findings)
    nomination.summary = clean_text(nomination.summary)
    nomination.period_from, nomination.period_to = period or years_of(cycle)
    take_snapshot(nomination, recipient)
    nomination.save()
    set_of(cycle, unit)
    audit.record(nomination, "create", actor=actor)
    return nomination


def years_of(cycle: AwardCycle) -> Period:
    """The achievement period of a cycle: its years, from the first to the last day."""
    return Day(cycle.year_from, 1, 1), Day(cycle.year_to, 12, 31)


def take_snapshot(nomination: Nomination, recipient: Recipient) -> None:
    """Name, post, unit and kind as they are today; the caller saves. Never after the first sending (W-41)."""
    nomination.name, nomination.post = recipient.name, recipient.post
    nomination.unit_name, nomination.subject_kind = recipient.unit.name, recipient.kind


# --- what may be chosen ---------------------------------------------------------------------------------------------
def open_cycles(user: Any, day: Day) -> QuerySet[AwardCycle]:
    """Cycles in which ``user`` may draw up a nomination on ``day``."""
    rows = AwardCycle.objects.visible_to(user).filter(status__in=_OPEN)
    if user.has_perm("award.propose"):
        return rows
    running = CyclePhase.objects.filter(units_may_send=True, opens_on__lte=day, closes_on__gte=day)
    return rows.filter(pk__in=running.values("cycle"))


def proposable(unit: Unit, award_type: AwardType) -> QuerySet[Recipient]:
    """Whom ``unit`` may propose for the award: recipients of it and of what lies below it, of the right kind."""
    kinds = [kind for kind in RecipientKind.values if award_type.is_for(kind)]
    return Recipient.objects.filter(unit__path__startswith=unit.path, kind__in=kinds, is_active=True)


# --- what forbids it, as sentences ----------------------------------------------------------------------------------
def faults_of_cycle(cycle: AwardCycle, day: Day, *, by_unit: bool) -> list[str]:
    """Whether the cycle takes nominations on ``day``: of units while a phase permits it, of the province until the council."""
    if cycle.status not in _OPEN:
        return [f"{cycle.title} đang ở bước “{cycle.get_status_display()}” nên không nhận đề nghị mới."]
    if by_unit and not phase_allows(cycle, "units_may_send", day):
        return [
            f"Hôm nay ({day:%d/%m/%Y}) không trong thời gian đơn vị gửi hồ sơ của {cycle.title}. Hãy xem lịch của đợt."
        ]
    return []


def faults_of_choice(cycle: AwardCycle, award_type: AwardType, recipient: Recipient, unit: Unit) -> list[str]:
    """Award in the cycle, award for this kind of recipient, recipient of this unit, not nominated for it already."""
    found = []
    if not cycle.award_types.filter(pk=award_type.pk).exists():
        found.append(
            f"{cycle.title} không xét {award_type.name}. Hãy chọn danh hiệu, hình thức trong danh sách của đợt."
        )
    if not award_type.is_for(recipient.kind):
        found.append(
            f"{award_type.name} không tặng cho {recipient.get_kind_display().lower()}. Hãy chọn hình thức khác."
        )
    if not recipient.unit.path.startswith(unit.path):
        found.append(
            f"{recipient.name} thuộc {recipient.unit.name}, không thuộc {unit.name}. Đơn vị quản lý phải đề nghị."
        )
    if not recipient.is_active:
        found.append(f"{recipient.name} không còn được theo dõi. Hãy mở lại đối tượng trước khi đề nghị.")
    same = Nomination.objects.live().filter(cycle=cycle, award_type=award_type, recipient=recipient).first()
    if same is not None:
        found.append(
            f"{recipient.name} đã được đề nghị {award_type.name} trong đợt này "
            f"(trạng thái “{same.get_status_display()}”). Hãy mở đề nghị đó."
        )
    return found


def faults_of_limit(cycle: AwardCycle, award_type: AwardType, recipient: Recipient, unit: Unit) -> list[str]:
    """A unit's own limit in the quota of this award and kind of recipient (W-40)."""
    quotas = Quota.objects.filter(cycle=cycle, award_type=award_type, per_unit__isnull=False)
    found = []
    for quota in quotas.filter(subject_kind__in=("", recipient.kind)):
        rows = Nomination.objects.live().filter(cycle=cycle, award_type=award_type, unit=unit)
        if quota.subject_kind:
            rows = rows.filter(subject_kind=quota.subject_kind)
        if rows.count() >= quota.per_unit:
            whom = quota.get_subject_kind_display().lower() if quota.subject_kind else "đối tượng"
            found.append(
                f"{unit.name} đã đề nghị đủ {quota.per_unit} {whom} cho {award_type.name}, là mức tối đa của một đơn vị. "
                "Hãy rút bớt một đề nghị trước."
            )
    return found
