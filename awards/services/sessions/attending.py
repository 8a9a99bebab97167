"""Who is there (R-20): present, somebody in his place, excused, absent. Who comes late votes on what is not yet counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from awards.models import Attendance, CommitteeMeeting, CommitteeMember
from awards.services.sessions.access import locked
from awards.services.sessions.ballots import admit_to_open_ballots
from awards.services.sessions.frozen import Setting, setting_of
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError

_S = CommitteeMeeting.Status
_A = Attendance.State
THERE = (_A.PRESENT, _A.PROXY)


@dataclass(frozen=True)
class Mark:
    """What is noted of one member. ``substitute``: the seat of who came in his place."""

    state: str
    substitute: int | None = None
    reason: str = ""


@transaction.atomic
def mark_attendance(meeting: CommitteeMeeting, marks: Mapping[int, Mark], *, actor: Any) -> list[Attendance]:
    """Note ``marks`` by pk of Attendance. Returns the changed lines.

    Once the meeting is open nobody is marked as gone (R-21); who comes late is admitted, and votes on whatever is not yet
    counted, until the boxes are closed. Raises DomainError with every line that is wrong; then nothing is kept.
    """
    row = locked(meeting, actor=actor, states=(_S.CALLED, _S.OPEN))
    setting = setting_of(row, timezone.localdate())
    known = {line.pk: line for line in row.attendances.select_related("member__user", "substitute__user")}
    substitutes = _substitutes(row, setting)
    changed, found = [], []
    for pk, mark in marks.items():
        line = known.get(pk)
        if line is None or _same(line, mark):
            continue
        found += _faults(row, line, mark, substitutes, setting)
        before = _words(line)
        _write(line, mark)
        changed.append((line, before))
    if found:
        raise DomainError("Chưa lưu được điểm danh.", found)
    Attendance.objects.bulk_update([line for line, _ in changed], ["state", "substitute", "reason"])
    if changed:
        lines = {str(line.member): [before, _words(line)] for line, before in changed}
        audit.record(row, "mark_attendance", actor=actor, changes=lines)
    if row.status == _S.OPEN:
        admit_to_open_ballots(row, [line for line, _ in changed if line.state in THERE])
    return [line for line, _ in changed]


def possible_substitutes(meeting: CommitteeMeeting, setting: Setting) -> dict[int, list[CommitteeMember]]:
    """Seat pk → who may come in its place; nobody where the rules of no award admit it (T-V13)."""
    found: dict[int, list[CommitteeMember]] = {}
    for row in _substitutes(meeting, setting).values():
        found.setdefault(row.substitute_for_id, []).append(row)
    return found


def _substitutes(meeting: CommitteeMeeting, setting: Setting) -> dict[int, CommitteeMember]:
    if not setting.admits_proxies:
        return {}
    named = [seat.seat for seat in setting.seats if seat.substitute_for is not None and seat.votes]
    return {row.pk: row for row in CommitteeMember.objects.filter(pk__in=named).select_related("user")}


def _same(line: Attendance, mark: Mark) -> bool:
    return (line.state, line.substitute_id, line.reason) == (
        mark.state, mark.substitute if mark.state == _A.PROXY else None, _reason(mark),
    )  # fmt: skip


def _faults(
    meeting: CommitteeMeeting,
    line: Attendance,
    mark: Mark,
    substitutes: Mapping[int, CommitteeMember],
    setting: Setting,
) -> list[str]:
    name = str(line.member)
    if mark.state not in _A.values:
        return [f"{name}: hãy chọn một mục trong danh sách."]
    if mark.state == _A.EXCUSED and not mark.reason.strip():
        return [f"{name}: hãy ghi lý do vắng."]
    if mark.state == _A.PROXY:
        if not setting.admits_proxies:
            return [f"{name}: quy định không cho người dự thay bỏ phiếu. Hãy ghi vắng; có thể gửi ý kiến bằng văn bản."]
        chosen = substitutes.get(mark.substitute or 0)
        if chosen is None or chosen.substitute_for_id != line.member_id:
            return [f"{name}: hãy chọn người dự thay mà quyết định thành lập hội đồng nêu tên."]
    if meeting.status != _S.CALLED and (line.state in THERE or mark.state == _A.EXPECTED):
        return [
            f"{name}: phiên họp đã khai mạc, người đã có mặt không đổi thành vắng. Người về sớm chỉ là không bỏ phiếu."
        ]
    return []


def _reason(mark: Mark) -> str:
    return " ".join(mark.reason.split())[:200] if mark.state in (_A.EXCUSED, _A.ABSENT) else ""


def _write(line: Attendance, mark: Mark) -> None:
    line.state, line.reason = mark.state, _reason(mark)
    line.substitute_id = mark.substitute if mark.state == _A.PROXY else None


def _words(line: Attendance) -> str:
    label = _A(line.state).label if line.state in _A.values else line.state
    return f"{label} ({line.reason})" if line.reason else str(label)
