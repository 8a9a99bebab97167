"""The calendar of this province: the statutory one with the days it declared worked or off (law.md R-95)."""

from dvk_portal.core.calendar import WorkingCalendar
from dvk_portal.core.models import CalendarDay


def province_calendar() -> WorkingCalendar:
    """Built from the rows of today; one query. Build it once per use and pass it on."""
    return WorkingCalendar(dict(CalendarDay.objects.values_list("date", "is_working")))
