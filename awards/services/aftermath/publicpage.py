"""What anybody who holds a certificate may read of its award: name, award, decision, whether it stands. Nothing else (R-67)."""

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from awards.models import Award, Decision
from dvk_portal.core import codes


@dataclass(frozen=True)
class PublicAward:
    """The whole of the public page; ``ended_on`` and ``ended_by`` only of an award that was cancelled."""

    code: str
    name: str
    award: str
    authority: str
    decision_no: str
    decided_on: datetime.date
    is_cancelled: bool
    ended_on: datetime.date | None = None
    ended_by: str = ""


def public_award(code: str) -> PublicAward | None:
    """The award that carries ``code``; None when there is none."""
    award = Award.objects.select_related("award_type", "decision").filter(code=code).first()
    if award is None:
        return None
    whole = award.decision is not None and award.decision.status == Decision.Status.REVOKED
    # Of an award cancelled by itself the day and number of that decision; with its whole decision only the day is known.
    ended_on = award.end_decided_on or (timezone.localdate(award.decision.ended_at) if whole else None)
    return PublicAward(
        code=award.code,
        name=award.name,
        award=str(award.award_type),
        authority=award.authority,
        decision_no=award.decision_no,
        decided_on=award.decided_on,
        is_cancelled=award.status == Award.Status.REVOKED or whole,
        ended_on=ended_on,
        ended_by=award.end_decision_no,
    )


@codes.register
def address_of_award(code: str) -> str:
    """The public page of the award with this code; "" when no award has it."""
    return reverse("award-public", args=[code]) if Award.objects.filter(code=code).exists() else ""
