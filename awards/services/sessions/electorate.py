"""Who may vote on whom: seats there, less recusals; candidates gathered by who may vote on them (ADR 0012)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from awards.models import Attendance, Ballot, BallotCandidate, CommitteeMeeting
from awards.services.sessions.frozen import Rule, Setting

# In a group this small the result alone tells who chose what.
FEW = 3


@dataclass(frozen=True)
class Elector:
    """A seat for which somebody is there. ``voter``: the person (user pk) who votes for it; ``seats``: whose recusals bind him."""

    seat: int
    voter: int
    seats: frozenset[int]


def recusals_of(meeting: CommitteeMeeting) -> dict[int, frozenset[int]]:
    """Nomination pk → seats that do not judge it. One query."""
    found: dict[int, set[int]] = defaultdict(set)
    for nomination, member in meeting.recusals.order_by().values_list("nomination", "member"):
        found[nomination].add(member)
    return {nomination: frozenset(seats) for nomination, seats in found.items()}


def electors(meeting: CommitteeMeeting, setting: Setting, rule: Rule) -> list[Elector]:
    """In the order of the seats: members present, and substitutes where ``rule`` admits them. One query."""
    members = {seat.seat: seat for seat in setting.members}
    users = {seat.seat: seat.user for seat in setting.seats}
    found = []
    for line in meeting.attendances.filter(member__in=members):
        if line.state == Attendance.State.PRESENT:
            found.append(Elector(line.member_id, members[line.member_id].user, frozenset({line.member_id})))
        elif line.state == Attendance.State.PROXY and rule.parameters["proxies"]:
            both = frozenset({line.member_id, line.substitute_id})
            found.append(Elector(line.member_id, users[line.substitute_id], both))
    return found


def groups_of(
    nominations: Iterable[int], recusals: Mapping[int, frozenset[int]], setting: Setting, rule: Rule
) -> dict[int, int]:
    """Nomination pk → number of its group: those from which the same seats are kept away, whether they are there or not, so
    that somebody who comes late fits in. Numbered in the order in which they appear."""
    substitutes = rule.parameters["proxies"]
    voting = frozenset(seat.seat for seat in setting.seats if seat.is_member or (seat.votes and substitutes))
    numbers: dict[frozenset[int], int] = {}
    return {pk: numbers.setdefault(recusals.get(pk, frozenset()) & voting, len(numbers) + 1) for pk in nominations}


def may_judge(elector: Elector, nomination: int, recusals: Mapping[int, frozenset[int]]) -> bool:
    return not recusals.get(nomination, frozenset()) & elector.seats


def electorates(
    ballot: Ballot,
    candidates: list[BallotCandidate],
    recusals: Mapping[int, frozenset[int]],
    setting: Setting,
    rule: Rule,
) -> Counter[int]:
    """Group → how many may vote in it now."""
    found = electors(ballot.meeting, setting, rule)
    first = {row.group: row.nomination_id for row in reversed(candidates)}
    return Counter(
        {group: sum(may_judge(one, nomination, recusals) for one in found) for group, nomination in first.items()}
    )
