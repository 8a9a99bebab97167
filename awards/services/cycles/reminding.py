"""Reminders of award cycles: dossiers not sent, appraisals that end, comments that nobody read. Each rung is owed once."""

import datetime
from collections import Counter, defaultdict

from django.db.models import Count

from awards.models import AwardCycle, CyclePhase, Nomination, Publication, PublicationComment
from awards.notifications.cycles import AppraisalsDue, CommentsWaiting, DossiersDue
from awards.services.cycles.comments import people_who_handle
from awards.services.cycles.proposing import people_of
from dvk_portal.core.notifications import notify
from pledges.reminders import Rung, rung_due

_N, _Y = Nomination.Status, AwardCycle.Status
# Days from the due day; the newest rung reached is owed (pledges/reminders.py).
TO_UNITS = tuple(Rung(days, to_leader=True, to_officer=False) for days in (-10, -5, -2, 0))
TO_STAFF = tuple(Rung(days, to_leader=False, to_officer=True) for days in (-5, -1, 1))
# From the day a list was opened no rung is past: comments may come at once.
_ALWAYS = datetime.date(2000, 1, 1)


def send_reminders(today: datetime.date) -> int:
    """Everything that is due on ``today``. Returns how many messages are new; safe to run as often as one likes."""
    return _remind_units(today) + _remind_appraisers(today) + _remind_of_comments(today)


def _remind_units(today: datetime.date) -> int:
    """Units with drafts or returned dossiers, as the last day on which they may send comes near."""
    new = 0
    cycles = AwardCycle.objects.filter(status__in=(_Y.NOMINATING, _Y.REVIEWING)).prefetch_related("phases")
    for cycle in cycles:
        if (phase := _sending_phase(cycle, today)) is None:
            continue
        rung = rung_due(TO_UNITS, phase.closes_on, phase.opens_on, today)
        if rung is None:
            continue
        owing = cycle.nominations.filter(status__in=Nomination.EDITABLE).order_by()
        counted = dict(owing.values_list("unit").annotate(n=Count("pk")))
        people = people_of(counted)
        for unit, count in counted.items():
            new += notify(DossiersDue.about(cycle, phase.closes_on, rung.days, unit, count), people.get(unit, []))
    return new


def _sending_phase(cycle: AwardCycle, today: datetime.date) -> CyclePhase | None:
    """The phase that runs and lets units send or change; of several the one that ends last."""
    running = [row for row in cycle.phases.all() if row.runs_on(today) and (row.units_may_send or row.units_may_change)]
    return max(running, key=lambda row: row.closes_on, default=None)


def _remind_appraisers(today: datetime.date) -> int:
    """Staff, of dossiers whose appraisal ends soon or is overdue: one letter per cycle and due day, not one per dossier."""
    rows = Nomination.objects.filter(
        status__in=Nomination.UNDER_APPRAISAL, due_on__isnull=False, cycle__status__in=AwardCycle.RUNNING
    )  # fmt: skip
    groups: Counter = Counter()
    since: dict[tuple[int, datetime.date], datetime.date] = {}
    for cycle, due_on, received_on in rows.values_list("cycle", "due_on", "received_on"):
        groups[cycle, due_on] += 1
        since[cycle, due_on] = min(since.get((cycle, due_on), received_on), received_on)
    cycles = AwardCycle.objects.select_related("owner").in_bulk({cycle for cycle, _ in groups})
    new = 0
    for (cycle, due_on), count in groups.items():
        rung = rung_due(TO_STAFF, due_on, since[cycle, due_on], today)
        if rung is not None:
            people = people_who_handle(cycles[cycle].owner)
            new += notify(AppraisalsDue.about(cycles[cycle], due_on, rung.days, count), people)
    return new


def _remind_of_comments(today: datetime.date) -> int:
    """Staff, of comments still unread as the window of a list ends and after."""
    unread = PublicationComment.objects.filter(state=PublicationComment.State.OPEN, publication__closed_at=None)
    counted: dict[int, int] = defaultdict(int)
    for pk in unread.values_list("publication", flat=True):
        counted[pk] += 1
    new = 0
    for row in Publication.objects.filter(pk__in=counted).select_related("cycle__owner"):
        rung = rung_due(TO_STAFF, row.closes_on, _ALWAYS, today)
        if rung is not None:
            new += notify(CommentsWaiting.about(row, rung.days, counted[row.pk]), people_who_handle(row.cycle.owner))
    return new
