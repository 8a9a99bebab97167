"""Casting a paper (R-22, ADR 0012). Nothing here is written to the trail, to a log, a message or a session.

A paper goes into the sealed box of its group in the transaction that marks its voter as having voted; the whole turnout is
rewritten with it, so that not even the database's own row versions tell who came when.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.views.decorators.debug import sensitive_variables

from awards import ballotbox
from awards.ballotbox import AYE, BLANK, MARKS, Contents, Paper
from awards.models import Ballot, BallotBox, BallotCandidate, CommitteeMeeting, Recusal, Turnout
from awards.services.sessions.ballots import setting_for
from awards.services.sessions.boxes import read_box, write_box
from dvk_portal.core.exceptions import DomainError

_SALT = "awards.sessions.ticket"
_VOTED = (
    "Bạn đã bỏ phiếu trong lượt này, mỗi người bỏ một lần. Phiếu đã bỏ không xem lại và không đổi được: "
    "chỉ mã biên nhận bạn đã giữ tìm được phiếu đó sau khi kiểm phiếu."
)
_CLOSED = "Hòm phiếu đã đóng hoặc chưa mở, phiếu này chưa được bỏ. Hãy tải lại trang phiên họp."
_STALE = "Phiếu này không còn dùng được. Hãy mở lại trang bỏ phiếu và chọn lại."


@dataclass(frozen=True)
class Sheet:
    """What one voter may vote on: candidates by group, in the order of the ballot. ``seat``: for whose seat."""

    ballot: Ballot
    turnout: Turnout
    candidates: list[BallotCandidate]

    @property
    def groups(self) -> dict[int, list[BallotCandidate]]:
        found: dict[int, list[BallotCandidate]] = {}
        for row in self.candidates:
            found.setdefault(row.group, []).append(row)
        return found


@dataclass(frozen=True)
class Ticket:
    """The receipts made for one form, by group. They live in the form alone until the paper is in the box."""

    receipts: dict[int, str]


@dataclass(frozen=True)
class Receipt:
    """What the voter keeps: the code of one paper and on whom it speaks."""

    code: str
    names: list[str]

    @property
    def readable(self) -> str:
        return ballotbox.readable(self.code)


def sheet_for(ballot: Ballot, user: Any) -> Sheet | None:
    """The paper of ``user``; None when he has no vote in this ballot."""
    turnout = Turnout.objects.filter(ballot=ballot, voter=user).select_related("member__user").first()
    if turnout is None or not ballot.secret:
        return None
    bound = Recusal.objects.filter(Q(member=turnout.member_id) | Q(member__user=user), meeting=ballot.meeting_id)
    rows = ballot.candidates.exclude(nomination__in=bound.values("nomination"))
    return Sheet(ballot, turnout, list(rows.select_related("nomination").order_by("order")))


def new_ticket(sheet: Sheet) -> str:
    """Fresh receipts for a form that is about to be shown, signed for this ballot and this voter; nothing is stored."""
    receipts = {str(group): ballotbox.new_receipt() for group in sheet.groups}
    return signing.dumps(receipts, salt=_salt(sheet))


@sensitive_variables()
def read_ticket(sheet: Sheet, text: str) -> Ticket:
    """Raises DomainError for a form of another ballot or voter, or a forged one."""
    try:
        receipts = {int(group): code for group, code in signing.loads(text, salt=_salt(sheet)).items()}
    except (signing.BadSignature, AttributeError, ValueError):
        raise DomainError(_STALE) from None
    if receipts.keys() != sheet.groups.keys():
        raise DomainError(_STALE)
    return Ticket(receipts)


def _salt(sheet: Sheet) -> str:
    turnout = sheet.turnout
    return f"{_SALT}.{turnout.ballot_id}.{turnout.member_id}.{turnout.voter_id}"


@sensitive_variables()
def check_choices(sheet: Sheet, marks: Mapping[int, str]) -> None:
    """Raises DomainError when more are chosen than may be; fewer, or none, is a vote."""
    most, chosen = sheet.ballot.max_choices, sum(mark == AYE for mark in marks.values())
    if most is not None and chosen > most:
        raise DomainError(
            f"Bạn chọn {chosen} đề nghị, phiếu này chọn tối đa {most}. Hãy bỏ bớt {chosen - most} lựa chọn."
        )


@sensitive_variables()
@transaction.atomic
def cast_ballot(ballot: Ballot, *, actor: Any, ticket: str, marks: Mapping[int, str]) -> list[Receipt]:
    """Put the paper of ``actor`` into the boxes. ``marks``: candidate pk → mark; what is missing is left blank.

    The same form sent again, by an impatient finger or a broken line, finds its paper and gets the same answer. Raises
    DomainError: closed, voted already, too many chosen, form not valid any more.
    """
    row = Ballot.objects.select_for_update(of=("self",)).get(pk=ballot.pk)
    row.meeting = CommitteeMeeting.objects.select_related("committee__unit").get(pk=row.meeting_id)
    sheet = sheet_for(row, actor)
    if sheet is None or not actor.has_perm("council.vote", row.meeting):
        raise PermissionDenied
    receipts, papers = read_ticket(sheet, ticket).receipts, _papers(sheet, marks)
    if row.state != Ballot.State.OPEN or row.meeting.status != CommitteeMeeting.Status.OPEN:
        raise DomainError(_CLOSED)
    boxes = {box.group: box for box in row.boxes.select_for_update(of=("self",)).order_by("group")}
    sizes = Counter(row.candidates.values_list("group", flat=True))
    opened = {group: read_box(box, candidates=sizes[group]) for group, box in boxes.items()}
    made = {group: Paper(receipts[group], papers[group]) for group in sheet.groups}
    found = {group: opened[group].find(receipts[group]) for group in sheet.groups}
    if sheet.turnout.voted:
        if found != made:
            raise DomainError(_VOTED)
        return _receipts(sheet, made)
    if any(found.values()):
        raise DomainError(_STALE)
    check_choices(sheet, marks)
    _put(sheet, boxes, opened, made, sizes)
    return _receipts(sheet, made)


@sensitive_variables()
def _papers(sheet: Sheet, marks: Mapping[int, str]) -> dict[int, str]:
    if not set(marks.values()) <= set(MARKS) or not marks.keys() <= {row.pk for row in sheet.candidates}:
        raise DomainError(_STALE)
    return {group: "".join(marks.get(row.pk, BLANK) for row in rows) for group, rows in sheet.groups.items()}


@sensitive_variables()
def _put(
    sheet: Sheet, boxes: dict[int, BallotBox], opened: dict[int, Contents], made: dict[int, Paper], sizes: Counter[int]
) -> None:
    blank = all(set(paper.marks) == {BLANK} for paper in made.values())
    seats = len(setting_for(sheet.ballot.meeting).members)
    # Every box is written anew, those of groups he may not vote in as well: which ones change tells nothing about him.
    for group, box in boxes.items():
        contents = opened[group].with_paper(made[group], blank=blank) if group in made else opened[group]
        write_box(box, contents, seats=seats, candidates=sizes[group])
    mine = Case(When(pk=sheet.turnout.pk, then=Value(value=True)), default=F("voted"))
    Turnout.objects.filter(ballot=sheet.ballot).update(voted=mine)


def _receipts(sheet: Sheet, made: Mapping[int, Paper]) -> list[Receipt]:
    return [Receipt(made[group].receipt, [row.nomination.name for row in rows]) for group, rows in sheet.groups.items()]
