"""A council of any size before a meeting, and the steps of its meeting through the real services."""

import datetime
from dataclasses import dataclass

from awards.models import AwardCycle, CommitteeMeeting, CommitteeMember, Nomination
from awards.services.sessions.attending import Mark, mark_attendance
from awards.services.sessions.ballots import open_ballot, prepare_ballot
from awards.services.sessions.counting import close_voting, count_ballots
from awards.services.sessions.meetings import open_meeting
from awards.services.sessions.voting import cast_ballot, new_ticket, sheet_for
from tests import factories as f
from tests.factories import awards as af
from tests.personas import Province, build_province, person
from units.models import User


@dataclass
class Council:
    province: Province
    meeting: CommitteeMeeting
    nominations: list[Nomination]
    seats: list[CommitteeMember]
    secretary: User

    @property
    def chair(self) -> User:
        return self.province.chair

    def voters(self) -> list[User]:
        return [User.objects.get(pk=seat.user_id) for seat in self.seats]

    def fresh(self) -> CommitteeMeeting:
        self.meeting = CommitteeMeeting.objects.get(pk=self.meeting.pk)
        return self.meeting


def council(members: int = 5, nominations: int = 3, province: Province | None = None, **rule) -> Council:
    """``members`` with a vote (the chair is the first) and a secretary without; ``nominations`` eligible of three communes."""
    province = province or build_province()
    committee = af.CommitteeFactory(unit=province.ban)
    people = [province.chair, province.member, province.other_member]
    people += [
        person(f"uyvien{n}.hd", f"Ủy viên Thứ {n}", province.ban, "member", "Ủy viên") for n in range(4, members + 1)
    ]
    seats = [
        af.CommitteeMemberFactory(committee=committee, user=user, role="member" if order else "chair", order=order)
        for order, user in enumerate(people[:members])
    ]
    af.CommitteeMemberFactory(committee=committee, user=province.secretary, role="secretary", order=members)
    cycle = af.AwardCycleFactory(owner=province.ban, status="voting", kind=AwardCycle.Kind.SUDDEN)
    af.AwardRuleFactory(**{"secret": True, **rule})
    units = [province.commune, province.other_commune, province.third_commune]
    rows = [
        af.NominationFactory(
            cycle=cycle,
            eligible=True,
            name=f"Trần Thị Khen {n + 1}",
            recipient=af.RecipientFactory(unit=units[n % 3], name=f"Trần Thị Khen {n + 1}"),
        )
        for n in range(nominations)
    ]
    meeting = af.MeetingFactory(
        committee=committee, cycle=cycle, starts_at=datetime.datetime(2026, 1, 6, 1, tzinfo=datetime.UTC)
    )
    for seat in committee.members.filter(substitute_for=None):
        meeting.attendances.create(member=seat)
    return Council(province, meeting, rows, seats, province.secretary)


def attend(made: Council, present: int | None = None, **states) -> None:
    """Mark the first ``present`` members (default: all) as there, the others as excused."""
    present = len(made.seats) if present is None else present
    places = {seat.pk: place for place, seat in enumerate(made.seats)}
    marks = {}
    for line in made.meeting.attendances.all():
        there = places.get(line.member_id, 0) < present
        marks[line.pk] = Mark("present") if there else Mark("excused", reason="Đi công tác")
    mark_attendance(made.meeting, marks, actor=made.secretary)


def opened(made: Council, present: int | None = None) -> Council:
    attend(made, present)
    open_meeting(made.meeting, actor=made.secretary)
    made.fresh()
    return made


def ballot_of(made: Council, **options):
    """The first rule's ballot, open."""
    key = made.fresh().frozen["rules"][0]["key"]
    ballot = prepare_ballot(made.meeting, key, actor=made.secretary, **options)
    return open_ballot(ballot, actor=made.secretary)


def vote(ballot, user, marks: str | dict, ticket: str | None = None):
    """``marks``: one sign per candidate on his sheet ("+-0"). Returns the receipts."""
    sheet = sheet_for(ballot, user)
    if isinstance(marks, str):
        marks = {row.pk: sign for row, sign in zip(sheet.candidates, marks, strict=True)}
    return cast_ballot(ballot, actor=user, ticket=ticket or new_ticket(sheet), marks=marks)


def count(made: Council):
    close_voting(made.fresh(), actor=made.secretary)
    return count_ballots(made.fresh(), actor=made.secretary)


def results(ballot) -> dict[str, dict]:
    return {row.nomination.name: row.result for row in ballot.candidates.select_related("nomination")}


def join(made: Council, unit) -> None:
    """The last member serves at ``unit`` too: in conflict with whoever is proposed there."""
    f.MembershipFactory(user=made.seats[-1].user, unit=unit, role="editor")
