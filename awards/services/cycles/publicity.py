"""Công khai lấy ý kiến: which lists must be public how long before the council meets, and what came of it (R-38, R-39).

How many working days is a row of the rule set that each dossier was received under (AwardRule.publicity_days); a sudden
cycle may do without. Names, posts, units and awards are shown; nothing else of a person ever is.
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable

from django.utils import timezone

from awards.models import AwardCycle, AwardRule, AwardType, Nomination, Publication, PublicationComment
from awards.services.rules.catalogue import rule_set_on
from dvk_portal.core.calendar import WorkingCalendar
from dvk_portal.core.working_days import province_calendar

_N = Nomination.Status
# What the next meeting votes on.
TO_VOTE = (_N.ELIGIBLE, _N.RECOMMENDED, _N.NOT_RECOMMENDED)
NAMES_SHOWN = 5


# --- what is required ---------------------------------------------------------------------------------------------------
def days_demanded(cycle: AwardCycle, day: datetime.date) -> dict[int, int | None]:
    """Award type id → working days of publicity under the rules of ``day``; None = no rule is known. Two queries."""
    rule_set = rule_set_on(cycle.family, day)
    rules = (
        AwardRule.objects.filter(rule_set=rule_set, award_type__cycles=cycle) if rule_set else AwardRule.objects.none()
    )
    known = dict(rules.values_list("award_type", "publicity_days"))
    return {pk: known.get(pk) for pk in cycle.award_types.order_by("pk").values_list("pk", flat=True)}


def least_days(cycle: AwardCycle, day: datetime.date) -> int:
    """Working days that one list of all awards of the cycle must be public: the most that any of them demands."""
    return max((days or 0 for days in days_demanded(cycle, day).values()), default=0)


def closing_day(opened_on: datetime.date, working_days: int, calendar: WorkingCalendar) -> datetime.date:
    """The last day of a window of so many full working days after ``opened_on`` (which does not count)."""
    return calendar.add_working_days(opened_on, working_days) if working_days else opened_on


def window_sentence(opened_on: datetime.date, working_days: int, calendar: WorkingCalendar) -> str:
    """Why the window ends on its day, for people."""
    closes_on = closing_day(opened_on, working_days, calendar)
    span = (opened_on + datetime.timedelta(days=number) for number in range(1, (closes_on - opened_on).days))
    holidays = [day for day in span if day.weekday() < 5 and not calendar.is_working(day)]
    off = f"; nghỉ {', '.join(f'{day:%d/%m}' for day in holidays)}" if holidays else ""
    return (
        f"{working_days} ngày làm việc trọn vẹn, không kể ngày bắt đầu công khai {opened_on:%d/%m/%Y} và ngày nghỉ{off}: "
        f"đến hết ngày {closes_on:%d/%m/%Y}."
    )


# --- seams: what the council asks ---------------------------------------------------------------------------------------
def blockers_of_meeting(cycle: AwardCycle, award_types: Iterable[AwardType], day: datetime.date) -> list[str]:
    """Why the council may not meet on ``day`` about ``award_types``, as sentences; empty = it may (R-38).

    Every dossier to be voted on must stand in a list that has been public for the full working days its own rule set
    demands, and that is closed with its summary.
    """
    wanted = {award_type.pk for award_type in award_types}
    rows = Nomination.objects.filter(cycle=cycle, award_type__in=wanted, status__in=TO_VOTE)
    dossiers = list(rows.select_related("award_type").order_by("award_type__code", "name", "pk"))
    publications = list(cycle.publications.order_by("opened_on", "pk"))
    shown = {row.pk: _shown_in(row) for row in publications}
    of_meeting = {row.pk for row in dossiers}
    found = [
        f"Danh sách công khai từ {row.opened_on:%d/%m/%Y} chưa kết thúc. Hãy xử lý ý kiến, ghi tổng hợp rồi kết thúc."
        for row in publications
        if row.closed_at is None and shown[row.pk] & of_meeting
    ]
    if cycle.kind == AwardCycle.Kind.SUDDEN:
        return found
    return found + _unpublished(dossiers, publications, shown, day)


def _unpublished(
    dossiers: list[Nomination], publications: list[Publication], shown: dict[int, set[int]], day: datetime.date
) -> list[str]:
    """Sentences about dossiers that were not public, or not long enough, one per award."""
    demanded = _demanded_of(dossiers)
    calendar = province_calendar()
    absent: dict[str, list[str]] = {}
    short: dict[tuple[str, int], list[str]] = {}
    unknown: dict[str, list[str]] = {}
    for row in dossiers:
        days, award = demanded.get((row.rule_set_id, row.award_type_id)), row.award_type.name
        if days is None:
            unknown.setdefault(award, []).append(row.name)
            continue
        windows = [one for one in publications if row.pk in shown[one.pk]]
        if days and not windows:
            absent.setdefault(award, []).append(row.name)
        elif days and not any(calendar.working_days_between(one.opened_on, day) >= days for one in windows):
            short.setdefault((award, days), []).append(row.name)
    return [
        *(f"Chưa có quy định về “{award}” trong bộ quy định của hồ sơ nên chưa biết phải công khai bao lâu: {_names(names)}."
          for award, names in unknown.items()),
        *(f"Chưa công khai lấy ý kiến về “{award}”: {_names(names)}." for award, names in absent.items()),
        *(f"Chưa công khai đủ {days} ngày làm việc trọn vẹn trước ngày họp {day:%d/%m/%Y} về “{award}”: {_names(names)}."
          for (award, days), names in short.items()),
    ]  # fmt: skip


def _demanded_of(dossiers: list[Nomination]) -> dict[tuple[int | None, int], int]:
    """(rule set, award) of each dossier → working days; absent = no rule. One query."""
    rules = AwardRule.objects.filter(
        rule_set__in={row.rule_set_id for row in dossiers}, award_type__in={row.award_type_id for row in dossiers}
    )
    return {
        (rule_set, award): days
        for rule_set, award, days in rules.values_list("rule_set", "award_type", "publicity_days")
    }


def _names(names: list[str]) -> str:
    rest = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" và {rest} hồ sơ khác" if rest > 0 else "")


def _shown_in(publication: Publication) -> set[int]:
    return {line["nomination"] for line in publication.snapshot}


def publicity_report(cycle: AwardCycle, *, without: Collection[int] = ()) -> list[str]:
    """What was public how long and what was said, as lines for the council and its minutes (NĐ 152/2025, Điều 44.2).

    Who commented is never told. ``without``: nominations that the reader may not hear of; what concerns them, and a summary
    that may speak of them, is left out.
    """
    publications = list(cycle.publications.prefetch_related("comments__nomination").order_by("opened_on", "pk"))
    if not publications:
        return ["Không công khai lấy ý kiến trong đợt này."]
    return [line for row in publications for line in _report_of(row, set(without))]


def _report_of(row: Publication, without: set[int]) -> list[str]:
    state = f"kết thúc ngày {timezone.localdate(row.closed_at):%d/%m/%Y}" if row.closed_at else "chưa kết thúc"
    lines = [
        f"Công khai danh sách {len(row.snapshot)} đề nghị từ ngày {row.opened_on:%d/%m/%Y} đến hết ngày "
        f"{row.closes_on:%d/%m/%Y} ({row.working_days} ngày làm việc), {state}."
    ]
    comments = [comment for comment in row.comments.all() if comment.nomination_id not in without]
    lines.append(_counted(comments))
    for comment in sorted(comments, key=lambda one: one.pk):
        # What was said of the whole list may speak of whom the reader must not hear.
        if comment.nomination is None and _shown_in(row) & without:
            continue
        if comment.state in (PublicationComment.State.DONE, PublicationComment.State.DROPPED):
            about = f"Về “{comment.nomination.name}”" if comment.nomination else "Về danh sách chung"
            lines.append(f"{about}: {comment.get_state_display().lower()}. {comment.result.strip()}")
    if row.summary and not _shown_in(row) & without:
        lines.append(f"Tổng hợp: {row.summary.strip()}")
    return lines


def _counted(comments: list[PublicationComment]) -> str:
    if not comments:
        return "Không nhận được ý kiến nào."
    states = Counter(comment.state for comment in comments)
    parts = [f"{states[value]} {label.lower()}" for value, label in PublicationComment.State.choices if states[value]]
    late = sum(comment.is_late for comment in comments)
    tail = f"; {late} ý kiến nhận sau hạn" if late else ""
    return f"Nhận {len(comments)} ý kiến: {', '.join(parts)}{tail}."
