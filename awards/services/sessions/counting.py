"""Closing the boxes and counting them: numbers of R-24 per candidate, papers published at once, nominations moved (R-20…R-26)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from awards.ballotbox import AYE, BLANK, NAY, Contents
from awards.models import (
    Ballot,
    BallotCandidate,
    BallotPaper,
    CommitteeMeeting,
    Nomination,
    Turnout,
    WrittenOpinion,
)
from awards.services.sessions.access import locked
from awards.services.sessions.ballots import empty_boxes, rule_of, setting_for
from awards.services.sessions.boxes import read_box
from awards.services.sessions.electorate import recusals_of
from awards.services.sessions.frozen import Rule, Setting
from awards.services.sessions.opinions import counted_in
from awards.services.sessions.quorum import Presence, presence_of
from awards.tally import VALID, Count, count_vote
from awards.workflows import MEETING, NOMINATION
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError

_S = CommitteeMeeting.Status
_B = Ballot.State
_CHOICES = {AYE: "aye", NAY: "nay", BLANK: ""}


# --- closing ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def close_voting(meeting: CommitteeMeeting, *, actor: Any) -> CommitteeMeeting:
    """Close the boxes of everything that is open; who has not voted holds nothing up."""
    row = locked(meeting, actor=actor, states=(_S.OPEN,))
    # Whoever is casting at this moment is waited for; whoever comes after finds the box closed.
    if not list(Ballot.objects.select_for_update(of=("self",)).filter(meeting=row, state=_B.OPEN)):
        raise DomainError("Không có lượt bỏ phiếu nào đang mở.")
    MEETING.apply(row, "start_counting", actor=actor)
    return row


@transaction.atomic
def reopen_voting(meeting: CommitteeMeeting, *, actor: Any) -> CommitteeMeeting:
    """Open the boxes again before anything is counted."""
    row = locked(meeting, actor=actor, states=(_S.COUNTING,))
    MEETING.apply(row, "resume", actor=actor)
    return row


@sensitive_variables()
@transaction.atomic
def count_ballots(meeting: CommitteeMeeting, *, actor: Any) -> list[Ballot]:
    """Count every open ballot and go on with the meeting."""
    row = locked(meeting, actor=actor, states=(_S.COUNTING,))
    found = Ballot.objects.select_for_update(of=("self",)).filter(meeting=row, state=_B.OPEN).order_by("number")
    ballots = list(found.select_related("award_type"))
    for ballot in ballots:
        ballot.meeting = row
        _count(ballot, actor)
    MEETING.apply(row, "resume", actor=actor)
    return ballots


@sensitive_variables()
def _count(ballot: Ballot, actor: Any) -> None:
    candidates = list(ballot.candidates.select_related("nomination__recipient").order_by("order"))
    heard = _secret_votes(ballot, candidates) if ballot.secret else _hands(ballot, candidates)
    counter = _Counter(ballot)
    for row in candidates:
        row.result = counter.result(row, heard[row.pk])
        row.passed = row.result["passed"]
    if ballot.max_choices is not None:
        _cut(candidates, ballot.max_choices)
    BallotCandidate.objects.bulk_update(candidates, ["result", "passed"])
    ballot.state = _B.CLOSED
    ballot.save(update_fields=["state"])
    _move(ballot, candidates, rule_of(ballot))
    audit.record(ballot, "count_ballot", actor=actor, changes={"state": [_B.OPEN, _B.CLOSED]})


# --- what was said --------------------------------------------------------------------------------------------------------
class Heard(dict[str, int]):
    """Of one candidate: ``out`` may vote, ``in`` did, ``ayes``, ``nays``, ``blank``."""


@sensitive_variables()
def _secret_votes(ballot: Ballot, candidates: list[BallotCandidate]) -> dict[int, Heard]:
    """Open the boxes, publish the papers in one statement in the order of their receipts, destroy the boxes."""
    heard, papers = {}, []
    for box in ballot.boxes.select_for_update(of=("self",)).order_by("group"):
        rows = [row for row in candidates if row.group == box.group]
        contents = read_box(box, candidates=len(rows))
        papers += _published(ballot, box.group, rows, contents)
        for place, row in enumerate(rows):
            marks = [paper.marks[place] for paper in contents.papers]
            # Not to be chosen on a quota ballot is no blank: blank is who chose nobody at all.
            blank = marks.count(BLANK) if ballot.max_choices is None else contents.blank
            heard[row.pk] = Heard(ayes=marks.count(AYE), nays=marks.count(NAY), blank=blank, **{"in": len(marks)})
    BallotPaper.objects.bulk_create(sorted(papers, key=lambda paper: paper.receipt))
    empty_boxes(ballot)
    return heard


def _published(ballot: Ballot, group: int, rows: list[BallotCandidate], contents: Contents) -> list[BallotPaper]:
    return [
        BallotPaper(
            ballot=ballot, group=group, receipt=paper.receipt,
            choices={str(row.pk): _CHOICES[mark] for row, mark in zip(rows, paper.marks, strict=True)},
        )
        for paper in contents.papers
    ]  # fmt: skip


def _hands(ballot: Ballot, candidates: list[BallotCandidate]) -> dict[int, Heard]:
    missing = [row.nomination.name for row in candidates if "hands" not in row.result]
    if missing:
        raise DomainError(f"{ballot}: chưa ghi kết quả biểu quyết của {', '.join(missing)}.")
    heard = {}
    for row in candidates:
        ayes, nays = row.result["hands"]["ayes"], row.result["hands"]["nays"]
        heard[row.pk] = Heard(ayes=ayes, nays=nays, blank=0, **{"in": ayes + nays})
    return heard


# --- numbers ------------------------------------------------------------------------------------------------------------
class _Counter:
    """What is the same for all candidates of a ballot."""

    def __init__(self, ballot: Ballot) -> None:
        self.ballot, self.rule = ballot, rule_of(ballot)
        meeting = ballot.meeting
        self.setting: Setting = setting_for(meeting)
        self.presence: Presence = presence_of(meeting, self.setting)
        self.recusals = recusals_of(meeting)
        self.voters = {
            row.member_id: {row.member_id, *seats} for row, seats in _voters_with_seats(ballot, self.setting)
        }
        opinions = list(WrittenOpinion.objects.filter(meeting=meeting))
        self.opinions = counted_in(ballot, opinions, self.presence.opinions(self.rule))
        self.users = {seat.seat: seat.user for seat in self.setting.seats}

    def result(self, candidate: BallotCandidate, heard: Heard) -> dict[str, Any]:
        """The numbers of R-24, exact; ``count_vote`` decides."""
        barred = self.recusals.get(candidate.nomination_id, frozenset())
        there = self.presence.with_proxies(self.rule)
        leaving = self._leave_the_base(candidate, barred)
        present = there - leaving
        written = self._written(candidate, barred, leaving)
        ayes_in_writing = sum(choice == "aye" for choice in written)
        valid = heard["in"] - heard["blank"]
        out = sum(not barred & seats for seats in self.voters.values())
        count = Count(
            members=len(self.presence.members), present=len(present), ayes=heard["ayes"], written=len(written),
            written_ayes=ayes_in_writing, blank=len(present) - valid, conflicted=len(leaving), round=self.ballot.round,
        )  # fmt: skip
        outcome = count_vote(replace(self.rule.vote, conflicted_in_base=False), count)
        proxied = len(there & self.presence.proxied)
        return {
            "members": len(self.presence.members), "present": len(there) - proxied, "proxies": proxied,
            "absent": len(self.presence.members) - len(there), "conflicted": len(barred & self.presence.members),
            "out_of_base": len(leaving), "written": len(written), "written_ayes": ayes_in_writing, "out": out,
            "in": heard["in"], "valid": valid, "invalid": 0, "blank": heard["blank"], "ayes": heard["ayes"],
            "nays": heard["nays"], "total_ayes": outcome.ayes, "base": outcome.base, "base_name": self.rule.base,
            "share": outcome.share, "threshold": self.rule.passes, "needed": self.rule.vote.passes.needed(outcome.base),
            "quorum": outcome.quorum, "may_vote": outcome.may_vote, "passed": outcome.passed, "note": "",
        }  # fmt: skip

    def _leave_the_base(self, candidate: BallotCandidate, barred: frozenset[int]) -> frozenset[int]:
        """Members who do not judge ``candidate`` and whom the rules do not count: himself by R-23, others by their own switch."""
        himself = {seat for seat in barred if self.users.get(seat) == candidate.nomination.recipient.user_id}
        others = barred - himself
        leaving = himself if self.rule.is_self_removed else set()
        if not self.rule.parameters["conflicted_in_base"]:
            leaving = leaving | others
        return frozenset(leaving) & self.presence.members

    def _written(self, candidate: BallotCandidate, barred: frozenset[int], leaving: frozenset[int]) -> list[str]:
        """What the written opinions say of ``candidate``: nothing from whom the rules keep away from him."""
        found = [self._choice(one, candidate) for one in self.opinions if one.member_id not in barred | leaving]
        # Of valid ballots one that says nothing is none.
        return [choice for choice in found if choice or self.rule.parameters["base"] != VALID]

    def _choice(self, opinion: WrittenOpinion, candidate: BallotCandidate) -> str:
        return opinion.choices.get(str(candidate.nomination_id), "")


def _voters_with_seats(ballot: Ballot, setting: Setting) -> Iterable[tuple[Turnout, list[int]]]:
    by_user: dict[int, list[int]] = {}
    for seat in setting.seats:
        by_user.setdefault(seat.user, []).append(seat.seat)
    for row in Turnout.objects.filter(ballot=ballot):
        yield row, by_user.get(row.voter_id, [])


# --- what follows -------------------------------------------------------------------------------------------------------
def _cut(candidates: list[BallotCandidate], places: int) -> None:
    """Of a quota ballot at most ``places`` pass, those with most ayes; who shares the last place passes only if all do."""
    passed = [row for row in candidates if row.passed]
    if len(passed) <= places:
        return
    ranked = sorted((row.result["total_ayes"] for row in passed), reverse=True)
    last = ranked[places - 1]
    tied = ranked[places] == last
    for row in passed:
        ayes = row.result["total_ayes"]
        if ayes < last:
            row.result["note"] = f"Đạt tỷ lệ nhưng ngoài {places} người được nhiều phiếu nhất."
        elif tied and ayes == last:
            row.result["note"] = (
                "Bằng phiếu ở vị trí cuối, chưa chọn được ai: bỏ phiếu vòng tiếp theo, hoặc cấp có thẩm quyền quyết định "
                "(điều kiện như nhau thì ưu tiên nữ, tập thể có từ 70% nữ: NĐ 152/2025/NĐ-CP, Điều 4.6)."
            )
        if row.result["note"]:
            row.passed = row.result["passed"] = False


def _move(ballot: Ballot, candidates: list[BallotCandidate], rule: Rule) -> None:
    """Recommended at once; not recommended when no round is left, else when the meeting ends (R-25, R-26)."""
    is_last = ballot.round >= rule.parameters["max_rounds"]
    for row in candidates:
        nomination = row.nomination
        if nomination.status != Nomination.Status.ELIGIBLE:
            continue
        if row.passed:
            NOMINATION.apply(nomination, "recommend", actor=None, note=f"{ballot} ({ballot.meeting})")
        elif is_last:
            NOMINATION.apply(nomination, "not_recommend", actor=None, note=f"{ballot} ({ballot.meeting})")


def not_voted_yet(meeting: CommitteeMeeting) -> list[Turnout]:
    """Members who may still vote on something that is open, in the order of the seats."""
    rows = Turnout.objects.filter(ballot__meeting=meeting, ballot__state=_B.OPEN, ballot__secret=True, voted=False)
    return list(
        rows.select_related("member__user", "voter", "ballot__award_type").order_by("ballot__number", "member__order")
    )
