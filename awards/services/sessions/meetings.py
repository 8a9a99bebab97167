"""A meeting from the call to its end: call, change, open (what freezes, what is in the way), texts, close, call off."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from awards.models import (
    Attendance,
    AwardCycle,
    AwardType,
    Ballot,
    BallotCandidate,
    Committee,
    CommitteeMeeting,
    Nomination,
    Recusal,
    SelfVote,
)
from awards.notifications.sessions import MeetingCalled, MeetingCalledOff, MeetingMoved
from awards.services.council.conflicts import conflicts_of, preparing, seats_of
from awards.services.cycles.publicity import blockers_of_meeting
from awards.services.sessions.access import RUNNING, locked
from awards.services.sessions.ballots import drop_open_ballots
from awards.services.sessions.frozen import Setting, candidates_of, seats_on, setting_of, without_rule
from awards.services.sessions.quorum import quorums
from awards.tally import TallyError
from awards.workflows import MEETING, NOMINATION
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from units.models import User

_S = CommitteeMeeting.Status
_TEXTS = ("agenda", "discussion", "conclusion", "counters", "guests")
_CALL = ("title", "starts_at", "place", "agenda", "guests")
CALLABLE = (AwardCycle.Status.REVIEWING, AwardCycle.Status.VOTING)


# --- calling ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def call_meeting(
    committee: Committee, cycle: AwardCycle, *, actor: Any, title: str, starts_at: datetime.datetime, place: str,
    agenda: str = "", guests: str = "",
) -> CommitteeMeeting:  # fmt: skip
    """Call the council together; everybody with a seat on that day is invited."""
    meeting = CommitteeMeeting(
        committee=committee, cycle=cycle, title=title.strip(), starts_at=starts_at, place=place.strip(),
        agenda=agenda.strip(), guests=guests.strip(), called_by=actor,
    )  # fmt: skip
    today = timezone.localdate()
    if all(seat.committee_id != committee.pk for seat in preparing(actor, seats_of(actor, today))):
        raise PermissionDenied
    if cycle.status not in CALLABLE:
        raise DomainError(
            f"Đợt xét đang ở bước “{cycle.get_status_display()}” nên chưa triệu tập được hội đồng. "
            "Chỉ triệu tập khi đợt đang thẩm định hoặc họp hội đồng."
        )
    _ask_for_a_day_to_come(starts_at, today)
    meeting.save()
    _name_members(meeting, timezone.localdate(starts_at))
    audit.record(meeting, "call_meeting", actor=actor)
    notify(MeetingCalled.about(meeting), _invited(meeting))
    return meeting


@transaction.atomic
def change_call(meeting: CommitteeMeeting, *, actor: Any, **fields: Any) -> CommitteeMeeting:
    """Change title, time, place, agenda or guests before the opening; a new time or place is told to everybody."""
    row = locked(meeting, actor=actor, states=(_S.CALLED,))
    changes = {name: [getattr(row, name), fields[name]] for name in _CALL if fields[name] != getattr(row, name)}
    if "starts_at" in changes:
        _ask_for_a_day_to_come(fields["starts_at"], timezone.localdate())
    for name, (_, value) in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    if not changes:
        return row
    audit.record(row, "change_call", actor=actor, changes=changes)
    if {"starts_at", "place"} & changes.keys():
        _name_members(row, timezone.localdate(row.starts_at))
        notify(MeetingMoved.about(row), _invited(row))
    return row


def _ask_for_a_day_to_come(starts_at: datetime.datetime, today: datetime.date) -> None:
    if timezone.localdate(starts_at) < today:
        raise DomainError("Ngày họp đã qua. Hãy chọn ngày từ hôm nay trở đi.")


def _name_members(meeting: CommitteeMeeting, day: datetime.date) -> None:
    """One line of presence for each seat of its own that is valid on ``day``; what was marked stays."""
    named = {row.pk for row in seats_on(meeting, day) if row.substitute_for_id is None}
    known = dict(meeting.attendances.values_list("member", "pk"))
    Attendance.objects.filter(pk__in=[pk for member, pk in known.items() if member not in named]).delete()
    Attendance.objects.bulk_create(Attendance(meeting=meeting, member_id=pk) for pk in named if pk not in known)


def _invited(meeting: CommitteeMeeting) -> list[User]:
    return [seat.user for seat in seats_on(meeting, timezone.localdate(meeting.starts_at))]


# --- opening ------------------------------------------------------------------------------------------------------------
def blockers_of_opening(meeting: CommitteeMeeting, day: datetime.date) -> list[str]:
    """Sentences on everything that keeps the meeting from being opened on ``day``; empty = it may be."""
    found = []
    if meeting.cycle.status != AwardCycle.Status.VOTING:
        found.append(f"Đợt “{meeting.cycle}” chưa chuyển sang bước “Họp hội đồng”.")
    if day < timezone.localdate(meeting.starts_at):
        found.append(f"Chưa đến ngày họp {timezone.localdate(meeting.starts_at):%d/%m/%Y}.")
    found += [f"Chưa có quy định về bỏ phiếu cho {award}." for award in without_rule(meeting)]
    try:
        setting = setting_of(meeting, day)
        # One award under two rule sets asks for the same number of members: said once.
        found += dict.fromkeys(sentence for line in quorums(meeting, setting) for sentence in line.blockers)
    except TallyError as error:
        return [*found, str(error)]
    if not setting.nominations and not without_rule(meeting):
        found.append("Đợt chưa có đề nghị nào đủ điều kiện để đưa ra hội đồng.")
    awards = AwardType.objects.filter(pk__in={rule.award_type for rule in setting.rules})
    return [*found, *blockers_of_meeting(meeting.cycle, list(awards), day)]


@transaction.atomic
def open_meeting(meeting: CommitteeMeeting, *, actor: Any, day: datetime.date | None = None) -> CommitteeMeeting:
    """Open: from here members, rules and candidates are fixed (R-21); who may not judge whom is written down."""
    row = locked(meeting, actor=actor, states=(_S.CALLED,))
    day = day or timezone.localdate()
    _name_members(row, day)
    if found := blockers_of_opening(row, day):
        raise DomainError("Chưa khai mạc được phiên họp.", found)
    setting = setting_of(row, day)
    row.attendances.filter(state=Attendance.State.EXPECTED).update(state=Attendance.State.ABSENT)
    _write_recusals(row, setting)
    MEETING.apply(row, "open", actor=actor, frozen=setting.as_json())
    return row


def _write_recusals(meeting: CommitteeMeeting, setting: Setting) -> None:
    """Of every seat, substitutes too: who comes in somebody's place judges nothing that either of them must not judge."""
    seats, rows = seats_on(meeting, setting.day), candidates_of(meeting)
    recipients = {row.pk: row.recipient.user_id for row in rows}
    allowed = {pk for rule in setting.rules if rule.self_vote == SelfVote.ALLOW for pk in rule.nominations}
    found = conflicts_of(seats, rows, day=setting.day)
    Recusal.objects.bulk_create(
        Recusal(meeting=meeting, member=seat, nomination_id=pk, reason=reason)
        for seat in seats
        for pk, reason in found.get(seat.pk, {}).items()
        if not (pk in allowed and recipients[pk] == seat.user_id)
    )


# --- texts, end ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def write_texts(meeting: CommitteeMeeting, *, actor: Any, **texts: str) -> CommitteeMeeting:
    """Agenda as it was followed, discussion, conclusion, counters (ban kiểm phiếu), guests, for the minutes."""
    row = locked(meeting, actor=actor, states=(*RUNNING, _S.CLOSED))
    changes = {name: [getattr(row, name), text.strip()] for name, text in texts.items() if name in _TEXTS}
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    for name, (_, value) in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    if changes:
        # The words may speak of somebody whom a reader of the trail must not hear of: only that they changed is kept.
        audit.record(row, "write_texts", actor=actor, changes={name: ["", "…"] for name in changes})
    return row


@transaction.atomic
def close_meeting(meeting: CommitteeMeeting, *, actor: Any) -> CommitteeMeeting:
    """End the meeting: what was voted on and has not passed is not recommended; what was not voted on stays as it is."""
    row = locked(meeting, actor=actor, states=(_S.OPEN,))
    left = [str(ballot) for ballot in row.ballots.filter(state=Ballot.State.OPEN).select_related("award_type")]
    if left:
        raise DomainError("Chưa bế mạc được: còn lượt bỏ phiếu chưa kiểm.", left)
    drop_open_ballots(row, actor=actor, note="Phiên họp bế mạc.")
    failed = BallotCandidate.objects.filter(ballot__meeting=row, ballot__state=Ballot.State.CLOSED)
    for nomination in Nomination.objects.filter(
        pk__in=failed.values("nomination"), status=Nomination.Status.ELIGIBLE
    ).order_by("pk"):
        NOMINATION.apply(nomination, "not_recommend", actor=None, note=f"Kết quả bỏ phiếu tại {row}")
    MEETING.apply(row, "close", actor=actor)
    return row


@transaction.atomic
def call_off(meeting: CommitteeMeeting, *, actor: Any, note: str) -> CommitteeMeeting:
    """The meeting does not take place or is not valid (T-V8). Papers cast in it are destroyed unread."""
    row = locked(meeting, actor=actor, states=(_S.CALLED, _S.OPEN))
    if row.ballots.filter(state=Ballot.State.CLOSED).exists():
        raise DomainError("Đã có lượt bỏ phiếu được kiểm nên không hủy phiên họp được. Hãy bế mạc phiên họp.")
    MEETING.apply(row, "call_off", actor=actor, note=note, end_note=note.strip())
    drop_open_ballots(row, actor=actor, note="Phiên họp không đủ điều kiện.")
    notify(MeetingCalledOff.about(row), _invited(row))
    return row
