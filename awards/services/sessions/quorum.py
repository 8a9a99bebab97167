"""How many are there and whether that is enough, per award, in whole numbers (R-20)."""

from dataclasses import dataclass

from awards.models import Attendance, CommitteeMeeting
from awards.services.sessions.frozen import Rule, Setting, share_words
from awards.tally import Count, count_vote

_A = Attendance.State


@dataclass(frozen=True)
class Presence:
    """Members by seat pk. ``written``: those not there whose written opinion has come."""

    members: frozenset[int]
    present: frozenset[int]
    proxied: frozenset[int]
    written: frozenset[int]

    def with_proxies(self, rule: Rule) -> frozenset[int]:
        """Seats for which somebody is there who may vote under ``rule``."""
        return self.present | (self.proxied if rule.parameters["proxies"] else frozenset())

    def opinions(self, rule: Rule) -> frozenset[int]:
        """Written opinions of those for whom nobody votes under ``rule``."""
        return self.written - self.with_proxies(rule)


@dataclass(frozen=True)
class Quorum:
    """One award's line: numbers beside what is needed."""

    rule: Rule
    members: int
    present: int
    needed: int
    reached: bool
    attending: int
    attendance_needed: int | None
    may_vote: bool

    @property
    def blockers(self) -> list[str]:
        found = []
        if not self.reached:
            found.append(
                f"{self.rule.award}: có mặt {self.present}/{self.members} thành viên, cần ít nhất {self.needed} "
                f"({share_words(self.rule.parameters['quorum'])} tổng số thành viên)."
            )
        return found

    @property
    def vote_blockers(self) -> list[str]:
        if self.reached and not self.may_vote:
            counted = "kể cả" if self.rule.parameters["written_counts_for_attendance"] else "không kể"
            return [
                f"{self.rule.award}: {self.attending}/{self.members} thành viên tham gia ({counted} ý kiến bằng văn bản), "
                f"cần ít nhất {self.attendance_needed} ({share_words(self.rule.parameters['attendance'])})."
            ]
        return self.blockers


def presence_of(meeting: CommitteeMeeting, setting: Setting) -> Presence:
    """Two queries."""
    members = frozenset(seat.seat for seat in setting.members)
    states = dict(meeting.attendances.order_by().values_list("member", "state"))
    there = {state: frozenset(pk for pk, found in states.items() if found == state) & members for state in _A}
    written = frozenset(meeting.opinions.order_by().values_list("member", flat=True))
    return Presence(members, there[_A.PRESENT], there[_A.PROXY], (written & members) - there[_A.PRESENT])


def quorum_of(rule: Rule, presence: Presence) -> Quorum:
    vote = rule.vote
    total, there, written = len(presence.members), len(presence.with_proxies(rule)), len(presence.opinions(rule))
    outcome = count_vote(vote, Count(members=total, present=there, ayes=0, written=written))
    return Quorum(
        rule=rule,
        members=total,
        present=there,
        needed=vote.quorum.needed(total),
        reached=outcome.quorum,
        attending=there + (written if vote.written_counts_for_attendance else 0),
        attendance_needed=vote.attendance.needed(total) if vote.attendance else None,
        may_vote=outcome.may_vote,
    )


def quorums(meeting: CommitteeMeeting, setting: Setting) -> list[Quorum]:
    presence = presence_of(meeting, setting)
    return [quorum_of(rule, presence) for rule in setting.rules]
