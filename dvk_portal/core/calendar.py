"""Working days and deadlines in Viet Nam.

The days off come from the package ``holidays`` (country VN), from a small table of statutory days that an older version
of the package may lack, and from overrides decided by the Government each year. Overrides win (R-95). Counting follows
BLDS 2015: a period starts on the next day (art. 147), a last day off moves to the next working day (art. 148), and a
period in hours never moves (R-97).
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
MAX_COUNT = 20_000  # a longer count is a typing mistake, and would walk day by day for nothing


class CalendarError(ValueError):
    """A question the calendar cannot answer; the text is a Vietnamese sentence."""


@dataclass(frozen=True)
class StatutoryDay:
    """One paid day off on a fixed date of the solar year, with the law it rests on and its validity."""

    month: int
    day: int
    name: str
    legal_basis: str
    valid_from: int
    valid_to: int | None = None

    def in_year(self, year: int) -> date | None:
        """The day in that year, or ``None`` when the rule does not hold then."""
        if year < self.valid_from or (self.valid_to is not None and year > self.valid_to):
            return None
        return date(year, self.month, self.day)


# Only what a version of the package may lack; everything else is an override of the application.
STATUTORY_DAYS = (StatutoryDay(11, 24, "Ngày Văn hóa Việt Nam", "Nghị quyết 28/2026/QH16", valid_from=2026),)


@dataclass(frozen=True)
class CalendarYear:
    """Days off (with their names) and weekend days worked in exchange, of one solar year, before overrides."""

    days_off: Mapping[date, str]
    worked_weekends: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Whether people work on that day of the year."""
        if day in self.worked_weekends:
            return True
        return day.weekday() < SATURDAY and day not in self.days_off


@lru_cache(maxsize=64)
def calendar_year(year: int) -> CalendarYear:
    """The statutory calendar of a year (BLLĐ 2019 art. 111.3 and 112), computed once per process."""
    # Neighbours too: 5/1/2019 was worked in exchange for 31/12/2018, which the package files under 2018.
    source = holidays.country_holidays("VN", years=range(max(year - 1, 1), min(year + 1, 9998) + 1), language="vi")
    days_off = {day: name for day, name in source.items() if day.year == year}
    worked = frozenset(day for day in getattr(source, "weekend_workdays", ()) if day.year == year)
    for rule in STATUTORY_DAYS:
        day = rule.in_year(year)
        if day is None or day in days_off:
            continue
        days_off[day] = rule.name
        if day.weekday() >= SATURDAY:
            lieu = day
            while lieu.weekday() >= SATURDAY or lieu in days_off:
                lieu += ONE_DAY
            days_off[lieu] = f"{rule.name} (nghỉ bù)"
    return CalendarYear(days_off, worked)


class WorkingCalendar:
    """Working days of Viet Nam with the overrides of the application; the overrides win (R-95).

    ``overrides`` maps a date to ``True`` (people work) or ``False`` (a day off). Immutable, cheap to build.
    """

    def __init__(self, overrides: Mapping[date, bool] | None = None) -> None:
        self._overrides = dict(overrides or {})

    def is_working(self, day: date) -> bool:
        """Whether people work on that day."""
        override = self._overrides.get(day)
        return calendar_year(day.year).is_working(day) if override is None else override

    def why_off(self, day: date) -> str:
        """Name of the holiday or of the weekend day; empty on a working day."""
        if self.is_working(day):
            return ""
        name = calendar_year(day.year).days_off.get(day)
        if name:
            return name
        return WEEKDAYS[day.weekday()] if day.weekday() >= SATURDAY else "Ngày nghỉ theo quyết định"

    def roll_on(self, day: date) -> date:
        """The day itself when worked, otherwise the next working day (BLDS art. 148.5)."""
        return day if self.is_working(day) else self.next_working(day)

    def next_working(self, day: date) -> date:
        """The first working day after ``day``."""
        return next(self._working_days(day, ONE_DAY))

    def previous_working(self, day: date) -> date:
        """The last working day before ``day``."""
        return next(self._working_days(day, -ONE_DAY))

    def add_working_days(self, start: date, count: int) -> date:
        """The ``count``-th working day after ``start``; the start day does not count (BLDS art. 147.2).

        A negative ``count`` counts back. ``0`` gives ``start`` itself, rolled on when it is a day off.
        """
        _check_count(abs(count))
        if count == 0:
            return self.roll_on(start)
        days = self._working_days(start, ONE_DAY if count > 0 else -ONE_DAY)
        for _ in range(abs(count) - 1):
            next(days)
        return next(days)

    def add_days(self, start: date, count: int) -> date:
        """The last day of a period of ``count`` calendar days, rolled on (BLDS art. 147–148)."""
        _check_count(count)
        return self.roll_on(_shift(start, timedelta(days=count)))

    def add_months(self, start: date, count: int) -> date:
        """The corresponding day ``count`` months on, or the last day of that month, rolled on (BLDS art. 148)."""
        _check_count(count)
        year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
        if year > date.max.year:
            raise CalendarError("Thời hạn vượt quá lịch có thể tính.")
        return self.roll_on(date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])))

    def latest_publication(self, event: date, full_working_days_before: int) -> date:
        """The last day to publish so that this many *full* working days lie between it and ``event``.

        Neither end counts. The answer may be a day off (T-D5: Sunday 22/11/2026 for Tuesday 8/12/2026); whoever
        publishes on working days only takes ``roll_back`` of it.
        """
        _check_count(full_working_days_before)
        first = self.add_working_days(event, -full_working_days_before) if full_working_days_before else event
        return _shift(first, -ONE_DAY)

    def roll_back(self, day: date) -> date:
        """The day itself when worked, otherwise the last working day before it."""
        return day if self.is_working(day) else self.previous_working(day)

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie strictly between the two dates; 0 when there is no day between."""
        _check_count(abs((end - start).days))
        return sum(self.is_working(start + timedelta(days=n)) for n in range(1, (end - start).days))

    def _working_days(self, day: date, step: timedelta) -> Iterator[date]:
        """Working days after (or before) ``day``, without it."""
        while True:
            day = _shift(day, step)
            if self.is_working(day):
                yield day


def add_hours(start: datetime, hours: int | Decimal) -> datetime:
    """The moment ``hours`` later: real hours, over nights, weekends and holidays (R-97, T-D13).

    An aware ``start`` keeps its zone and counts elapsed time; a naive one stays naive.
    """
    _check_count(hours, limit=MAX_COUNT * 24)
    length = timedelta(microseconds=int(Decimal(hours) * 3_600_000_000))
    try:
        if start.tzinfo is None:
            return start + length
        return (start.astimezone(UTC) + length).astimezone(start.tzinfo)
    except OverflowError:
        raise CalendarError("Thời hạn vượt quá lịch có thể tính.") from None


def _check_count(count: int | Decimal, limit: int = MAX_COUNT) -> None:
    if count < 0:
        raise CalendarError("Thời hạn không được là số âm.")
    if count > limit:
        raise CalendarError(f"Thời hạn quá dài (tối đa {limit}).")


def _shift(day: date, step: timedelta) -> date:
    try:
        return day + step
    except OverflowError:
        raise CalendarError("Thời hạn vượt quá lịch có thể tính.") from None
