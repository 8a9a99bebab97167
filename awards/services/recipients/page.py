"""What the page of one recipient shows: years, awards with those of units before a merger, initiatives, what comes next."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from awards.eligibility import Verdict
from awards.models import Achievement, Award, AwardType, Decision, Initiative, Nomination, Recipient, RecipientKind
from awards.services.decisions.register import with_predecessors
from awards.services.recipients.facts import look_ahead_all


@dataclass(frozen=True)
class Ahead:
    """One award and what is still missing for it."""

    award_type: AwardType
    verdict: Verdict


def awards_of(recipient: Recipient, user: Any) -> list[Award]:
    """Awards newest first, whoever sees the recipient; of a unit also those of the units that went into it, named in ``before``.

    Those of a decision not yet published are for who manages awards. ``is_open``: ``user`` may open its page.
    """
    units = with_predecessors(recipient.of_unit) if recipient.of_unit else []
    rows = Award.objects.filter(Q(recipient=recipient) | Q(recipient__of_unit__in=units))
    if not user.has_perm("award.manage", recipient):
        shown = (Decision.Status.PUBLISHED, Decision.Status.REVOKED)
        rows = rows.filter(Q(decision=None) | Q(decision__status__in=shown))
    found = list(rows.select_related("award_type", "unit").order_by("-year", "-decided_on", "-pk"))
    for row in found:
        row.before = row.unit_name if row.recipient_id != recipient.pk else ""
        row.is_open = user.has_perm("award.view", row)
    return found


def initiatives_of(recipient: Recipient) -> list[Initiative]:
    """Newest first; ``is_used``: an award was granted on it (P11)."""
    granted = Achievement.objects.filter(initiative=OuterRef("pk"), nomination__status=Nomination.Status.GRANTED)
    return list(recipient.initiatives.annotate(is_used=Exists(granted)).select_related("file"))


def ahead_of(recipient: Recipient, *, year: int, day: datetime.date, sees_integrity: bool) -> list[Ahead]:
    """For every award that is given to such a recipient, lowest first, what is still missing at the end of ``year``."""
    types = AwardType.objects.on(day).filter(**{f"for_{RecipientKind(recipient.kind)}": True})
    found = look_ahead_all(recipient, list(types.order_by("family", "level", "code")), year=year, day=day)
    return [Ahead(kind, verdict if sees_integrity else verdict.open_part()) for kind, verdict in found]
