"""Which reminders are due: pure arithmetic over dates, so that a missed day or a double run neither loses nor repeats.

A report owes the *latest* rung of the campaign's ladder that its due date has reached. The rung, not the day of the run,
names the message; a run that comes late sends the newest rung once, and older ones that were missed are not sent in a heap.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rung:
    """``days`` from the due date (negative = before) and whom it tells besides the editors."""

    days: int
    to_leader: bool
    to_officer: bool


def rung_due(ladder: Iterable[Rung], due_on: datetime.date, since: datetime.date, today: datetime.date) -> Rung | None:
    """The latest rung reached by ``today``, or None. Rungs on or before ``since`` (when the unit got the report) are past."""
    reached = [rung for rung in ladder if since < due_on + datetime.timedelta(days=rung.days) <= today]
    return max(reached, key=lambda rung: rung.days, default=None)
