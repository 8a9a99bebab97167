"""What a seat lets its holder do in its own council, and what it does not let him do in another."""

import datetime

import pytest
from django.urls import reverse

from awards.documents.minutes import MeetingMinutes
from awards.models import Publication
from awards.services.council.committees import SeatEntry, appoint_member, end_seat
from awards.services.council.relations import declare_relation, relations_for
from awards.services.sessions.access import may_prepare
from awards.services.sessions.ballots import next_round, open_ballot
from tests import factories as f
from tests.awards.sessions.meeting_steps import ballot_of, council, count, join, opened, vote
from tests.factories import awards as af
from tests.personas import person

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 22)


# --- a secretary who is a member ----------------------------------------------------------------------------------------
def voting_secretary(made):
    user = f.UserFactory()
    seat = appoint_member(
        made.meeting.committee,
        SeatEntry(user, "secretary", made.meeting.committee.valid_from),
        actor=made.province.director,
    )
    made.meeting.attendances.create(member=seat, state="present")
    return type(user).objects.get(pk=user.pk), seat


def test_a_secretary_whose_seat_has_a_vote_votes(sign_in):
    made = council(3, 1)
    user, _ = voting_secretary(made)
    ballot = ballot_of(opened(made))

    assert sign_in(user).get(reverse("council:vote", args=[ballot.pk])).status_code == 200
    vote(ballot, user, "+")

    assert ballot.turnout.get(voter=user).voted


def test_the_vote_of_a_secretary_ends_with_his_seat():
    made = council(3, 1)
    user, seat = voting_secretary(made)

    end_seat(seat, actor=made.province.director, last_day=TODAY - datetime.timedelta(days=1), note="Thay thư ký")

    user = type(user).objects.get(pk=user.pk)
    assert not user.has_perm("council.vote", made.meeting)
    assert not user.has_perm("council.prepare", made.meeting)


# --- two councils -------------------------------------------------------------------------------------------------------
def secretary_elsewhere(made):
    """A plain member of the council who writes for the council of a commune."""
    user = made.seats[1].user
    other = af.CommitteeFactory(unit=made.province.commune)
    af.CommitteeMemberFactory(committee=other, user=user, role="secretary")
    f.MembershipFactory(user=user, unit=made.province.commune, role="secretary")
    return type(user).objects.get(pk=user.pk)


def test_who_writes_for_another_council_does_not_read_the_minutes_of_this_one():
    made = council(3, 1)
    user = secretary_elsewhere(made)

    assert not may_prepare(user, made.meeting)
    assert made.meeting not in MeetingMinutes().records_for(user)
    assert made.meeting in MeetingMinutes().records_for(made.secretary)


def test_the_secretary_of_the_province_prepares_nothing_of_a_council_where_he_is_a_plain_member(sign_in):
    made = council(3, 1)
    other = af.CommitteeFactory(unit=made.province.commune)
    af.CommitteeMemberFactory(committee=other, user=made.secretary, role="member")
    meeting = af.MeetingFactory(committee=other, cycle=made.meeting.cycle)
    colleague = af.CommitteeMemberFactory(
        committee=other,
        user=person("uyvien.xa", "Ủy viên Xã", made.province.commune, "member", "Ủy viên"),
        role="member",
    )
    declare_relation(colleague, actor=colleague.user, relation="em ruột", unit=made.province.other_commune)

    assert not may_prepare(made.secretary, meeting)
    assert meeting not in MeetingMinutes().records_for(made.secretary)
    assert sign_in(made.secretary).get(reverse("council:meeting-opinions", args=[meeting.pk])).status_code == 403
    assert not relations_for(made.secretary).filter(member=colleague).exists()


# --- what was said of him -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["held", "to_check", "eligible"])
def test_a_member_who_is_proposed_himself_reads_no_comment_on_him_whatever_the_state_of_his_dossier(sign_in, status):
    made = council(3, 2)
    about = made.nominations[0]
    about.recipient.user = made.seats[1].user
    about.recipient.save()
    type(about).objects.filter(pk=about.pk).update(status=status)
    publication = Publication.objects.create(
        cycle=made.meeting.cycle, code="MACONGKHAI01", opened_on=datetime.date(2026, 1, 1), working_days=10,
        closes_on=datetime.date(2026, 1, 20), snapshot=[{"nomination": about.pk}], contact_phone="0292",
    )  # fmt: skip
    publication.comments.create(nomination=about, text="x", state="done", result="Chuyển xác minh tố cáo 7731")
    publication.comments.create(text="x", state="done", result="Về cả danh sách 9142, có ông ấy")

    page = sign_in(made.seats[1].user).get(reverse("council:meeting", args=[made.meeting.pk])).content.decode()
    other = sign_in(made.seats[2].user).get(reverse("council:meeting", args=[made.meeting.pk])).content.decode()

    assert not [word for word in ("7731", "9142") if word in page]
    assert all(word in other for word in ("7731", "9142"))


# --- a second round -----------------------------------------------------------------------------------------------------
def test_a_second_round_does_not_count_for_a_member_what_he_may_not_know(sign_in):
    made = council(5, 2)
    join(made, made.province.commune)
    ballot = ballot_of(opened(made))
    for user in made.voters()[:-1]:
        vote(ballot, user, "--")
    vote(ballot, made.voters()[-1], "-")
    count(made)
    again = open_ballot(next_round(ballot, actor=made.secretary), actor=made.secretary)

    kept_away = sign_in(made.seats[-1].user)
    words = "đề nghị bạn không tham gia xét"

    assert words in kept_away.get(ballot.get_absolute_url(), follow=True).content.decode()
    assert words not in kept_away.get(again.get_absolute_url(), follow=True).content.decode()


# --- presence -----------------------------------------------------------------------------------------------------------
def test_who_has_not_been_called_is_noted_as_there_in_one_act(sign_in):
    made = council(5, 1)
    lines = list(made.meeting.attendances.order_by("pk"))
    sent = {f"state_{line.pk}": "expected" for line in lines} | {
        f"state_{lines[0].pk}": "excused", f"reason_{lines[0].pk}": "Ốm",
    }  # fmt: skip

    sign_in(made.secretary).post(
        reverse("council:meeting-presence", args=[made.meeting.pk]), {**sent, "rest": "present"}
    )

    states = list(made.meeting.attendances.order_by("pk").values_list("state", flat=True))
    assert states == ["excused", *["present"] * (len(lines) - 1)]
