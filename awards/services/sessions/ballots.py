"""A ballot until it is counted: prepare, open, cancel, another round; who comes late is admitted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Avg, F, Max, Q, QuerySet
from django.utils import timezone

from awards.ballotbox import Contents
from awards.models import Attendance, Ballot, BallotBox, BallotCandidate, CommitteeMeeting, Nomination, Turnout
from awards.notifications.sessions import BallotOpened
from awards.services.sessions.access import RUNNING, locked
from awards.services.sessions.boxes import write_box
from awards.services.sessions.electorate import FEW, electorates, electors, groups_of, may_judge, recusals_of
from awards.services.sessions.frozen import Rule, Setting, setting_of
from awards.services.sessions.quorum import presence_of, quorum_of
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from units.models import User

_S = CommitteeMeeting.Status
_B = Ballot.State
LIVE = (_B.DRAFT, _B.OPEN, _B.CLOSED)


@dataclass(frozen=True)
class Electorate:
    """What stands before the opening of a ballot: groups in which few vote (``few``: sentences), and what is in the way."""

    blockers: list[str]
    few: list[str]


def rule_of(ballot: Ballot) -> Rule:
    return Rule(**ballot.rule)


def setting_for(meeting: CommitteeMeeting) -> Setting:
    return setting_of(meeting, timezone.localdate())


# --- preparing ----------------------------------------------------------------------------------------------------------
def left_to_vote(meeting: CommitteeMeeting) -> set[int]:
    """Nominations of its cycle that are eligible and on no ballot of the meeting, whatever the award. One query."""
    return set(_left(meeting).order_by().values_list("pk", flat=True))


def _left(meeting: CommitteeMeeting) -> QuerySet[Nomination]:
    taken = BallotCandidate.objects.filter(ballot__meeting=meeting, ballot__state__in=LIVE).values("nomination")
    rows = Nomination.objects.filter(cycle=meeting.cycle_id, status=Nomination.Status.ELIGIBLE)
    return rows.exclude(pk__in=taken)


def unvoted(meeting: CommitteeMeeting, rule: Rule) -> list[Nomination]:
    """Candidates of ``rule`` as frozen, still eligible, on no ballot of this meeting: by the mean of the closed review rounds,
    then by points, then by name."""
    rows = _left(meeting).filter(pk__in=rule.nominations)
    mean = Avg("reviews__total", filter=Q(reviews__round__closed_at__isnull=False))
    return list(
        rows.annotate(mean=mean).order_by(
            F("mean").desc(nulls_last=True), F("score").desc(nulls_last=True), "name", "pk"
        )
    )


@transaction.atomic
def prepare_ballot(
    meeting: CommitteeMeeting, key: int, *, actor: Any, secret: bool | None = None, max_choices: int | None = None,
    only: Collection[int] | None = None,
) -> Ballot:  # fmt: skip
    """A ballot on the candidates of rule ``key`` (``only``: these of them). ``secret`` None: as the rule says.

    ``max_choices``: choose at most so many; None = a yes or a no for each.
    """
    row = locked(meeting, actor=actor, states=(_S.OPEN,))
    rule = setting_for(row).rule(key)
    rows = [one for one in unvoted(row, rule) if only is None or one.pk in only]
    if not rows:
        raise DomainError("Không còn đề nghị nào chưa đưa ra bỏ phiếu. Hãy chọn ít nhất một đề nghị.")
    secret = rule.secret if secret is None else secret
    ballot = _create(row, rule, [one.pk for one in rows], secret=secret, max_choices=max_choices, actor=actor)
    return ballot


@transaction.atomic
def next_round(
    ballot: Ballot, *, actor: Any, only: Collection[int] | None = None, max_choices: int | None = None
) -> Ballot:
    """Another round on those that have not passed (T-V14: never more rounds than the rule allows)."""
    row = locked(ballot.meeting, actor=actor, states=(_S.OPEN,))
    last = Ballot.objects.select_for_update(of=("self",)).get(pk=ballot.pk, meeting=row)
    rule = rule_of(last)
    if last.state != _B.CLOSED or last.next_rounds.filter(state__in=LIVE).exists():
        raise DomainError("Chỉ bỏ phiếu vòng tiếp theo sau khi vòng này đã kiểm phiếu, và chỉ một lần.")
    most = rule.parameters["max_rounds"]
    if last.round >= most:
        raise DomainError(
            f"Đã bỏ phiếu {last.round} vòng, quy định cho tối đa {most} vòng. Không bỏ phiếu thêm: "
            "hội đồng báo cáo kết quả để cấp có thẩm quyền quyết định."
        )
    rows = last.candidates.filter(passed=False, nomination__status=Nomination.Status.ELIGIBLE)
    keys = [pk for pk in rows.values_list("nomination", flat=True) if only is None or pk in only]
    if not keys:
        raise DomainError("Không còn đề nghị nào chưa đạt để bỏ phiếu tiếp. Hãy chọn ít nhất một đề nghị.")
    if last.max_choices is not None and max_choices is None:
        max_choices = max(last.max_choices - last.candidates.filter(passed=True).count(), 1)
    return _create(
        row, rule, keys, secret=last.secret, max_choices=max_choices, actor=actor, round=last.round + 1, previous=last
    )  # fmt: skip


def _create(
    meeting: CommitteeMeeting, rule: Rule, keys: list[int], *, secret: bool, max_choices: int | None, actor: Any,
    **fields: Any,
) -> Ballot:  # fmt: skip
    if max_choices is not None and not 1 <= max_choices <= len(keys):
        raise DomainError(f"Số được chọn tối đa phải từ 1 đến {len(keys)} (số đề nghị đưa ra bỏ phiếu).")
    number = (meeting.ballots.aggregate(last=Max("number"))["last"] or 0) + 1
    ballot = Ballot.objects.create(
        meeting=meeting, award_type_id=rule.award_type, number=number, secret=secret, rule=vars(rule),
        max_choices=max_choices, **fields,
    )  # fmt: skip
    groups = groups_of(keys, recusals_of(meeting), setting_for(meeting), rule)
    BallotCandidate.objects.bulk_create(
        BallotCandidate(ballot=ballot, nomination_id=pk, order=place, group=groups[pk])
        for place, pk in enumerate(keys, 1)
    )
    audit.record(ballot, "prepare_ballot", actor=actor)
    return ballot


# --- opening ------------------------------------------------------------------------------------------------------------
def before_opening(ballot: Ballot) -> Electorate:
    """What a chair reads before he opens: what is in the way, and groups in which the result would tell who chose what."""
    meeting, rule = ballot.meeting, rule_of(ballot)
    setting, recusals = setting_for(meeting), recusals_of(meeting)
    candidates = list(ballot.candidates.select_related("nomination"))
    found = [*quorum_of(rule, presence_of(meeting, setting)).vote_blockers]
    found += [
        f"“{row.nomination.name}” không còn ở trạng thái đủ điều kiện. Hãy hủy lượt này và lập lượt khác."
        for row in candidates
        if row.nomination.status != Nomination.Status.ELIGIBLE
    ]
    few = []
    for group, number in electorates(ballot, candidates, recusals, setting, rule).items():
        names = ", ".join(row.nomination.name for row in candidates if row.group == group)
        if number == 0:
            found.append(f"Không ai có mặt được bỏ phiếu cho: {names}.")
        elif ballot.secret and number < FEW:
            few.append(f"Chỉ {number} người có mặt được bỏ phiếu cho: {names}. Kết quả cho biết mỗi người đã chọn gì.")
    return Electorate(found, few)


@transaction.atomic
def open_ballot(ballot: Ballot, *, actor: Any, accept_few: bool = False) -> Ballot:
    """Open it: who may vote is written in one statement, the boxes are sealed empty. ``accept_few``: the chair has read that
    so few vote on somebody that secrecy cannot hold."""
    meeting = locked(ballot.meeting, actor=actor, states=(_S.OPEN,))
    row = _ballot(ballot, meeting, _B.DRAFT)
    found = before_opening(row)
    if found.blockers:
        raise DomainError("Chưa mở được lượt bỏ phiếu.", found.blockers)
    if found.few and not accept_few:
        raise DomainError(
            "Số người bỏ phiếu quá ít nên phiếu kín không giữ kín được. Hãy đổi sang biểu quyết, hoặc xác nhận rồi mở.",
            found.few,
        )
    row.state, row.held_on = _B.OPEN, timezone.localdate()
    row.save(update_fields=["state", "held_on"])
    voters = _admit(row)
    if row.secret:
        _seal_empty(row)
    audit.record(row, "open_ballot", actor=actor, note=" ".join(found.few))
    if row.secret:
        notify(BallotOpened.about(row), voters)
    return row


def _seal_empty(ballot: Ballot) -> None:
    seats = len(setting_for(ballot.meeting).members)
    sizes: dict[int, int] = {}
    for group in ballot.candidates.values_list("group", flat=True):
        sizes[group] = sizes.get(group, 0) + 1
    for group, candidates in sorted(sizes.items()):
        write_box(BallotBox.objects.create(ballot=ballot, group=group), Contents(), seats=seats, candidates=candidates)


def _admit(ballot: Ballot, only: Collection[int] | None = None) -> list[User]:
    """Write who may vote on at least one candidate, in the order of the seats (``only``: of these seats)."""
    meeting, rule = ballot.meeting, rule_of(ballot)
    recusals, nominations = recusals_of(meeting), list(ballot.candidates.values_list("nomination", flat=True))
    rows = [
        Turnout(ballot=ballot, member_id=one.seat, voter_id=one.voter)
        for one in electors(meeting, setting_for(meeting), rule)
        if (only is None or one.seat in only) and any(may_judge(one, pk, recusals) for pk in nominations)
    ]
    Turnout.objects.bulk_create(rows)
    return list(User.objects.filter(pk__in=[row.voter_id for row in rows]))


def admit_to_open_ballots(meeting: CommitteeMeeting, lines: Iterable[Attendance]) -> None:
    """Who came late votes on whatever is open. The caller holds the meeting's lock."""
    seats = {line.member_id for line in lines}
    if not seats:
        return
    for ballot in Ballot.objects.select_for_update(of=("self",)).filter(meeting=meeting, state=_B.OPEN).order_by("pk"):
        ballot.meeting = meeting
        voters = _admit(ballot, seats)
        if ballot.secret:
            notify(BallotOpened.about(ballot), voters)


def _ballot(ballot: Ballot, meeting: CommitteeMeeting, *states: str) -> Ballot:
    row = Ballot.objects.select_for_update(of=("self",)).select_related("award_type").get(pk=ballot.pk, meeting=meeting)
    if row.state not in states:
        raise DomainError(
            f"Lượt bỏ phiếu đang ở trạng thái “{row.get_state_display()}” nên không làm được việc này. Hãy tải lại trang."
        )
    row.meeting = meeting
    return row


# --- ending without a count ---------------------------------------------------------------------------------------------
@transaction.atomic
def cancel_ballot(ballot: Ballot, *, actor: Any, note: str) -> Ballot:
    """Give it up; papers already cast are destroyed unread, and the candidates may stand on another ballot."""
    if not note.strip():
        raise DomainError("Hãy ghi lý do hủy lượt bỏ phiếu.")
    meeting = locked(ballot.meeting, actor=actor, states=RUNNING)
    row = _ballot(ballot, meeting, _B.DRAFT, _B.OPEN)
    _cancel(row, actor=actor, note=note.strip())
    return row


def drop_open_ballots(meeting: CommitteeMeeting, *, actor: Any, note: str) -> None:
    """Cancel what was prepared or opened and not counted. The caller holds the meeting's lock."""
    for row in Ballot.objects.select_for_update(of=("self",)).filter(meeting=meeting, state__in=[_B.DRAFT, _B.OPEN]):
        _cancel(row, actor=actor, note=note)


def _cancel(row: Ballot, *, actor: Any, note: str) -> None:
    before, row.state, row.end_note = row.state, _B.CANCELLED, note
    row.save(update_fields=["state", "end_note"])
    empty_boxes(row)
    audit.record(row, "cancel_ballot", actor=actor, changes={"state": [before, row.state]}, note=note)


def empty_boxes(ballot: Ballot) -> None:
    """Destroy contents and salts: without them nothing can be opened any more."""
    BallotBox.objects.filter(ballot=ballot).update(salt=b"", contents=b"")
