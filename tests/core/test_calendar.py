from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dvk_portal.core.calendar import CalendarError, StatutoryDay, WorkingCalendar, add_hours

STANDARD = WorkingCalendar()
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
COUNTS = st.integers(1, 60)


def days(year, *spans):
    """Dates from (month, first day, last day)."""
    return {date(year, month, day) for month, first, last in spans for day in range(first, last + 1)}


# The table of law.md §13: days off beside ordinary weekends, and weekend days worked.
OFF = {
    2024: days(2024, (1, 1, 1), (2, 8, 14), (4, 18, 18), (4, 29, 30), (5, 1, 1), (9, 2, 3)),
    2025: days(2025, (1, 1, 1), (1, 27, 31), (2, 1, 1), (4, 7, 7), (4, 30, 30), (5, 1, 2), (9, 1, 2)),
    2026: days(2026, (1, 1, 1), (2, 16, 20), (4, 26, 27), (4, 30, 30), (5, 1, 1), (8, 31, 31), (9, 1, 2), (11, 24, 24)),
    2027: days(2027, (1, 1, 1), (2, 4, 10), (4, 16, 16), (4, 30, 30), (5, 1, 3), (9, 2, 3), (11, 24, 24)),
}
WORKED = {date(2024, 5, 4), date(2025, 4, 26), date(2026, 8, 22)}


@pytest.mark.parametrize("year", sorted(OFF))
def test_every_day_of_a_checked_year_is_as_the_table_says(year):
    every = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]

    expected = {day for day in every if day in WORKED or (day.weekday() < 5 and day not in OFF[year])}

    assert {day for day in every if STANDARD.is_working(day)} == expected


def test_a_day_off_has_a_vietnamese_reason():
    calendar = WorkingCalendar({date(2026, 1, 2): False})

    assert STANDARD.why_off(date(2026, 11, 24)) == "Ngày Văn hóa Việt Nam"
    assert STANDARD.why_off(date(2026, 11, 21)) == "Thứ Bảy"
    assert STANDARD.why_off(date(2026, 11, 20)) == ""
    assert calendar.why_off(date(2026, 1, 2)) == "Ngày nghỉ theo quyết định"


def test_a_statutory_day_holds_only_in_its_years():
    rule = StatutoryDay(11, 24, "x", "y", valid_from=2026, valid_to=2027)

    assert [rule.in_year(year) is not None for year in (2025, 2026, 2027, 2028)] == [False, True, True, False]


def test_an_override_wins_both_ways():
    calendar = WorkingCalendar({date(2026, 1, 2): False, date(2026, 1, 10): True, date(2026, 11, 24): True})

    assert not calendar.is_working(date(2026, 1, 2))
    assert calendar.is_working(date(2026, 1, 10))
    assert calendar.is_working(date(2026, 11, 24))
    assert STANDARD.is_working(date(2026, 1, 2))
    assert calendar.roll_on(date(2026, 1, 2)) == date(2026, 1, 5)


def test_publication_leaves_full_working_days_between():
    assert STANDARD.latest_publication(date(2026, 12, 8), 10) == date(2026, 11, 22)
    assert STANDARD.roll_back(date(2026, 11, 22)) == date(2026, 11, 20)
    assert STANDARD.latest_publication(date(2026, 12, 11), 10) == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("start", "months", "due"),
    [
        (date(2026, 1, 31), 1, date(2026, 3, 2)),  # 28/2/2026 is a Saturday
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 10), 0, date(2026, 12, 10)),
        (date(2026, 11, 10), 14, date(2028, 1, 10)),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_last(start, months, due):
    assert STANDARD.add_months(start, months) == due


def test_hours_never_roll_and_count_elapsed_time():
    berlin = ZoneInfo("Europe/Berlin")

    naive = datetime.fromisoformat("2026-11-20T16:00")

    assert add_hours(naive, 72).isoformat() == "2026-11-23T16:00:00"
    assert (
        add_hours(datetime(2026, 11, 20, 16, tzinfo=HANOI), Decimal("0.5")).isoformat() == "2026-11-20T16:30:00+07:00"
    )
    assert add_hours(datetime(2026, 3, 28, 12, tzinfo=berlin), 24) == datetime(2026, 3, 29, 13, tzinfo=berlin)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: STANDARD.add_days(date(2026, 1, 1), -1),
        lambda: STANDARD.add_working_days(date(2026, 1, 1), 10**9),
        lambda: STANDARD.add_days(date(9999, 12, 31), 1),
        lambda: STANDARD.add_months(date(9999, 12, 31), 1),
        lambda: STANDARD.next_working(date(9999, 12, 31)),
        lambda: STANDARD.latest_publication(date(1, 1, 1), 5),
        lambda: add_hours(datetime(9999, 12, 31, tzinfo=HANOI), 48),
    ],
)
def test_what_cannot_be_computed_is_a_sentence(ask):
    with pytest.raises(CalendarError, match=r"^Thời hạn .*\.$"):
        ask()


@given(DAYS, COUNTS)
@settings(max_examples=60, deadline=None)
def test_counting_on_and_back_returns_to_a_working_day(day, count):
    start = STANDARD.roll_on(day)

    assert STANDARD.add_working_days(STANDARD.add_working_days(start, count), -count) == start


@given(DAYS, DAYS, COUNTS)
@settings(max_examples=60, deadline=None)
def test_a_later_start_never_gives_an_earlier_deadline(one, other, count):
    early, late = sorted([one, other])

    assert STANDARD.add_working_days(early, count) <= STANDARD.add_working_days(late, count)
    assert STANDARD.add_working_days(early, count) < STANDARD.add_working_days(early, count + 1)
    assert STANDARD.add_days(early, count) <= STANDARD.add_days(late, count)


@given(DAYS, COUNTS)
@settings(max_examples=60, deadline=None)
def test_between_publication_and_event_lie_the_working_days_asked_for(event, count):
    latest = STANDARD.latest_publication(event, count)

    assert STANDARD.working_days_between(latest, event) == count
    assert STANDARD.working_days_between(latest + timedelta(days=1), event) < count


@given(DAYS)
@settings(max_examples=60, deadline=None)
def test_rolling_on_ends_on_a_working_day_and_skips_none(day):
    rolled = STANDARD.roll_on(day)

    assert STANDARD.is_working(rolled)
    assert STANDARD.roll_on(rolled) == rolled
    assert not any(STANDARD.is_working(day + timedelta(days=n)) for n in range((rolled - day).days))
