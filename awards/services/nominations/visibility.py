"""The state of a nomination as the person who looks may know it: what a council found is announced, not leaked."""

import datetime
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from awards.models import CyclePhase, Decision, DecisionLine, Nomination
from units import access

Day = datetime.date
_S = Nomination.Status
# What the units read in its place.
MASK = _S.ELIGIBLE


def sees_outcomes(user: Any, nomination: Nomination, day: Day) -> bool:
    """Whether the council's finding may be told him: staff always; the unit when the calendar says so."""
    return user.has_perm("award.manage", nomination) or any(
        phase.units_see_outcome and phase.runs_on(day) for phase in nomination.cycle.phases.all()
    )


def with_shown_status(queryset: QuerySet[Nomination], user: Any, day: Day) -> QuerySet[Nomination]:
    """Annotate ``shown``: the state as ``user`` may know it on ``day``. Filter and order by it, never by ``status``.

    A refusal by the appraiser (never found eligible) is told the unit at once; what council and authority find only while a
    phase of the cycle permits it. Granted is told with the publication of its decision.
    """
    announced = CyclePhase.objects.filter(units_see_outcome=True, opens_on__lte=day, closes_on__gte=day)
    ids = access.reach_ids(user, "award.manage")
    if ids is None:
        return queryset.annotate(shown=F("status"))
    hidden = Q(status__in=(_S.RECOMMENDED, _S.NOT_RECOMMENDED)) | Q(status=_S.REFUSED, appraised_at__isnull=False)
    hidden |= Q(status=_S.GRANTED, decision_line__decision__status=Decision.Status.NUMBERED)
    hidden &= ~Q(unit__in=ids) & ~Q(cycle__in=announced.values("cycle"))
    return queryset.annotate(
        shown=Case(When(hidden, then=Value(MASK.value)), default=F("status"), output_field=CharField())
    )


def shown_status(nomination: Nomination, user: Any, day: Day) -> str:
    """The same for one nomination."""
    late = nomination.status in (_S.RECOMMENDED, _S.NOT_RECOMMENDED) or (
        nomination.status == _S.REFUSED and nomination.appraised_at is not None
    )
    late = late or (nomination.status == _S.GRANTED and _is_unpublished(nomination))
    return MASK.value if late and not sees_outcomes(user, nomination, day) else nomination.status


def _is_unpublished(nomination: Nomination) -> bool:
    return DecisionLine.objects.filter(nomination=nomination.pk, decision__status=Decision.Status.NUMBERED).exists()
