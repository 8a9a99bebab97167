"""Nobody judges an entry of his own unit (architecture.md §3): who must stay away from what, written into the contest's log."""

from typing import Any

from django.db.models import Q

from dvk_portal.core import audit
from dvk_portal.core.models import AuditEntry
from pledges.models import Contest, ContestEntry, Juror
from pledges.models.contest import units_of_conflict

ACTION = "juror_conflict"


def in_conflict(user: Any) -> Q:
    """Entries that ``user`` must not judge: of a unit of his, or entered by himself."""
    return Q(unit__in=units_of_conflict(user)) | Q(entered_by=user)


def conflicts_of(contest: Contest) -> list[tuple[Juror, ContestEntry]]:
    """Every juror with every entry that he stays away from."""
    entries = list(contest.entries.filter(status=ContestEntry.Status.ENTERED).select_related("unit"))
    found = []
    for juror in contest.jurors.select_related("user"):
        units = units_of_conflict(juror.user)
        found += [(juror, row) for row in entries if row.unit_id in units or row.entered_by_id == juror.user_id]
    return found


def record_conflicts(contest: Contest, *, actor: Any) -> None:
    """Write each conflict into the log once; only while the contest is judged (before, the entries still change)."""
    if contest.status != Contest.Status.JUDGING:
        return
    known = set(
        AuditEntry.objects.filter(
            record_type=contest._meta.label_lower, record_id=str(contest.pk), action=ACTION
        ).values_list("note", flat=True)
    )
    for juror, entry in conflicts_of(contest):
        note = f"{juror.user} không chấm bài “{entry.title}” của {entry.unit} (bài số {entry.pk})."
        if note not in known:
            audit.record(contest, ACTION, actor=actor, note=note)
