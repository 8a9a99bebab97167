"""Days and due moments of reports, counted in the province's own time zone."""

import datetime

from django.utils import timezone

from dvk_portal.core.calendar import WorkingCalendar


def days_from_due(sent: datetime.datetime, due: datetime.datetime, calendar: WorkingCalendar) -> dict[str, int]:
    """Days between the due day and the day of sending, and how many of them people work: negative = early (W-19)."""
    day, due_day = timezone.localdate(sent), timezone.localdate(due)
    first, last = sorted((day, due_day))
    days = (last - first).days
    working = sum(calendar.is_working(first + datetime.timedelta(days=n)) for n in range(1, days + 1))
    sign = 1 if day > due_day else -1
    return {"days_from_due": sign * days, "working_days_from_due": sign * working}


def end_of(day: datetime.date) -> datetime.datetime:
    """The last second of a day: a due date holds until 24:00 (BLDS 2015, Điều 148)."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 59, 59)))
