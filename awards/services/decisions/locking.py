"""Locks and bulk moves that deciding and cancelling share."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from awards.models import Decision, Nomination
from awards.workflows import NOMINATION
from dvk_portal.core import audit
from units.models import Unit


def lock_decision(decision: Decision, actor: Any, permission: str = "award.decide") -> Decision:
    """The decision as it stands, locked after its body: numbers of the gold book and lines of the fund follow one another."""
    Unit.objects.select_for_update(of=("self",)).get(pk=decision.unit_id)
    rows = Decision.objects.select_for_update(of=("self",)).select_related("unit", "cycle")
    locked = rows.get(pk=decision.pk)
    if not actor.has_perm(permission, locked):
        raise PermissionDenied
    return locked


def move_many(noted: list[tuple[Nomination, str]], move: str, actor: Any) -> None:
    """The move ``move`` of every nomination with its note, in a few statements: a decision may hold hundreds.

    They are locked and in a state from which the move goes; the caller has asked for the right.
    """
    transition, now = NOMINATION.transitions[move], timezone.now()
    audit.record_many(
        [
            {
                "subject": row, "action": move, "actor": actor, "note": note,
                "changes": {"status": [row.status, transition.target]},
            }
            for row, note in noted
        ]
    )  # fmt: skip
    fields = ["status"]
    for row, note in noted:
        row.status = transition.target
        if transition.stamp:
            setattr(row, f"{transition.stamp}_at", now)
            setattr(row, f"{transition.stamp}_by", actor)
            row.end_note = note
    if transition.stamp:
        fields += [f"{transition.stamp}_at", f"{transition.stamp}_by", "end_note"]
    Nomination.objects.bulk_update([row for row, _ in noted], fields, batch_size=200)
