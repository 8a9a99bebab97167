"""The calendar of a cycle, worked out backwards from the day of the decision, with the reason of every day (R-35, R-36).

Plain Python: no Django, no clock, no database. How long a list is public and an appraisal takes are rows of the rule sets;
the other lengths are what the office wants. All in working days.
"""

import datetime
from dataclasses import dataclass

from dvk_portal.core.calendar import ONE_DAY, WorkingCalendar

NOMINATING, SUPPLEMENT, REVIEWING = "nominating", "supplement", "reviewing"
PUBLICATION, SCORING, VOTING, DECIDING = "publication", "scoring", "voting", "deciding"


class ScheduleError(ValueError):
    """The dates cannot be worked out; the text is a Vietnamese sentence."""


@dataclass(frozen=True)
class Wish:
    """When the decision is wanted, and how many working days each step gets. 0 leaves the step out.

    ``before``: the dossiers or the decision must be with somebody *before* this day; the last day is then the one before
    (R-36). ``publication``: full working days between the list and the meeting.
    """

    decide_on: datetime.date
    before: datetime.date | None = None
    nominating: int = 15
    supplement: int = 5
    reviewing: int = 20
    publication: int = 10
    scoring: int = 5
    deciding: int = 5

    def __post_init__(self) -> None:
        lengths = (self.nominating, self.supplement, self.reviewing, self.publication, self.scoring, self.deciding)
        if any(not 0 <= days <= 250 for days in lengths):
            raise ScheduleError("Số ngày làm việc của mỗi bước phải từ 0 đến 250.")
        if self.nominating < 1 or self.reviewing < 1 or self.deciding < 1:
            raise ScheduleError("Nhận hồ sơ, thẩm định và trình quyết định phải có ít nhất 1 ngày làm việc.")


@dataclass(frozen=True)
class Step:
    """One phase as proposed: both days included, and why."""

    stage: str
    opens_on: datetime.date
    closes_on: datetime.date
    reason: str


def propose(wish: Wish, calendar: WorkingCalendar) -> list[Step]:
    """Every step of the calendar, the first first. Each day that begins or ends one is a working day."""
    decided, why = _last_day(wish, calendar)
    meeting = calendar.add_working_days(decided, -wish.deciding)
    steps = [
        Step(DECIDING, calendar.next_working(meeting), decided, f"{why} Trình trong {wish.deciding} ngày làm việc sau phiên họp."),
        Step(VOTING, meeting, meeting, f"{wish.deciding} ngày làm việc trước ngày quyết định {decided:%d/%m/%Y}."),
    ]  # fmt: skip
    until = calendar.previous_working(meeting)
    if wish.scoring:
        begin = calendar.add_working_days(meeting, -wish.scoring)
        steps.append(
            Step(SCORING, begin, until, f"{wish.scoring} ngày làm việc ngay trước phiên họp {meeting:%d/%m/%Y}.")
        )
        until = calendar.previous_working(begin)
    if wish.publication:
        step = _publication(meeting, wish.publication, calendar)
        steps.append(step)
        # The list is made of what has been appraised.
        until = min(until, calendar.previous_working(step.opens_on))
    return sorted([*steps, *_before_the_list(wish, until, calendar)], key=lambda step: (step.opens_on, step.closes_on))


def _last_day(wish: Wish, calendar: WorkingCalendar) -> tuple[datetime.date, str]:
    """The last working day on which the decision may fall, with the reason."""
    if wish.before is not None and wish.before - ONE_DAY <= wish.decide_on:
        last = wish.before - ONE_DAY
        why = f"“Trước ngày {wish.before:%d/%m/%Y}” nghĩa là muộn nhất ngày {last:%d/%m/%Y}."
    else:
        last, why = wish.decide_on, f"Dự kiến quyết định ngày {wish.decide_on:%d/%m/%Y}."
    if not calendar.is_working(last):
        rolled = calendar.roll_back(last)
        why += f" Ngày {last:%d/%m} nghỉ ({calendar.why_off(last)}) nên lấy ngày {rolled:%d/%m/%Y}."
        last = rolled
    return last, why


def _publication(meeting: datetime.date, days: int, calendar: WorkingCalendar) -> Step:
    latest = calendar.latest_publication(meeting, days)
    opens = calendar.roll_back(latest)
    rolled = f"; ngày {latest:%d/%m} nghỉ nên công khai từ {opens:%d/%m/%Y}" if opens != latest else ""
    reason = (
        f"{days} ngày làm việc trọn vẹn trước phiên họp {meeting:%d/%m/%Y}: muộn nhất ngày {latest:%d/%m/%Y}{rolled}."
    )
    return Step(PUBLICATION, opens, calendar.previous_working(meeting), reason)


def _before_the_list(wish: Wish, until: datetime.date, calendar: WorkingCalendar) -> list[Step]:
    """Nominating, supplement and appraisal, which ends on ``until``."""
    complete = calendar.add_working_days(until, -wish.reviewing)
    sent = calendar.add_working_days(complete, -wish.supplement) if wish.supplement else complete
    after = calendar.next_working(sent)
    steps = [
        Step(
            NOMINATING, calendar.add_working_days(sent, -wish.nominating), sent,
            f"{wish.nominating} ngày làm việc, để thẩm định kịp trước ngày {until:%d/%m/%Y}.",
        ),
        Step(REVIEWING, after, until, f"{wish.reviewing} ngày làm việc kể từ ngày đủ hồ sơ {complete:%d/%m/%Y}."),
    ]  # fmt: skip
    if wish.supplement:
        steps.append(
            Step(SUPPLEMENT, after, complete, f"{wish.supplement} ngày làm việc sau hạn nhận hồ sơ {sent:%d/%m/%Y}.")
        )
    return steps
