"""All dates of the running cycles: one list by month, and the same as iCalendar (RFC 5545)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from awards.models import AwardCycle

PRODUCT = "-//dvk_portal//Khen thuong//VI"
LINE_OCTETS = 75


@dataclass(frozen=True)
class CycleDate:
    """Something that begins, ends or happens on a day. ``key`` names it for good, so that a calendar updates its entry."""

    day: datetime.date
    text: str
    cycle: AwardCycle
    reason: str
    key: str
    is_end: bool = False


def dates_of(cycles: Iterable[AwardCycle]) -> list[CycleDate]:
    """Days of ``cycles`` (their phases and publications prefetched), the earliest first."""
    found = []
    for cycle in cycles:
        for phase in cycle.phases.all():
            label, key = phase.get_stage_display(), f"phase-{phase.pk}"
            if phase.opens_on == phase.closes_on:
                found.append(CycleDate(phase.opens_on, label, cycle, phase.reason, key, True))
                continue
            found.append(CycleDate(phase.opens_on, f"{label}: bắt đầu", cycle, "", f"{key}-opens"))
            found.append(CycleDate(phase.closes_on, f"{label}: ngày cuối", cycle, phase.reason, f"{key}-closes", True))
        for row in cycle.publications.all():
            if row.closed_at is None:
                text, key = "Công khai danh sách: ngày cuối nhận ý kiến", f"publication-{row.pk}"
                found.append(CycleDate(row.closes_on, text, cycle, f"{row.working_days} ngày làm việc.", key, True))
    return sorted(found, key=lambda one: (one.day, one.cycle.pk, one.text))


def calendar_for(user: Any) -> list[CycleDate]:
    """Every day of the running cycles that the person may see. Four queries."""
    rows = AwardCycle.objects.visible_to(user).filter(status__in=AwardCycle.RUNNING)
    return dates_of(rows.select_related("owner").prefetch_related("phases", "publications"))


def by_month(dates: list[CycleDate]) -> list[tuple[str, list[CycleDate]]]:
    """("Tháng 12 năm 2026", its days), the earliest month first."""
    months: dict[str, list[CycleDate]] = {}
    for one in dates:
        months.setdefault(f"Tháng {one.day.month} năm {one.day.year}", []).append(one)
    return list(months.items())


# --- iCalendar ----------------------------------------------------------------------------------------------------------
def icalendar(dates: list[CycleDate]) -> str:
    """The same days as whole-day entries of a calendar file."""
    stamp = timezone.now().astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Lịch khen thưởng",
    ]
    for one in dates:
        lines += [
            "BEGIN:VEVENT",
            f"UID:cycle-{one.cycle.pk}-{one.key}@{_host()}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.day + datetime.timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(f'{one.text} – {one.cycle.title}')}",
            f"DESCRIPTION:{_escaped(one.reason)}",
            f"URL:{settings.SITE_URL}{one.cycle.get_absolute_url()}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _host() -> str:
    return settings.SITE_URL.partition("://")[2].partition("/")[0] or "dvk"


def _escaped(text: str) -> str:
    plain = " ".join(text.split())
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    """Lines of at most 75 octets, never split inside a letter."""
    parts, current = [], ""
    for sign in line:
        if len((current + sign).encode()) > LINE_OCTETS - bool(parts):
            parts.append(current)
            current = ""
        current += sign
    return "\r\n ".join([*parts, current])
