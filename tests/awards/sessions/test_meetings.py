"""Calling, presence, opening, late comers, written opinions, hands, minutes, and what each reader is shown."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from awards.documents.minutes import CountMinutes, MeetingMinutes
from awards.models import Attendance, CommitteeMember, Turnout
from awards.services.sessions.attending import Mark, mark_attendance
from awards.services.sessions.ballots import cancel_ballot, open_ballot, prepare_ballot
from awards.services.sessions.hands import record_names, record_sums
from awards.services.sessions.meetings import (
    call_meeting,
    call_off,
    change_call,
    close_meeting,
    open_meeting,
    write_texts,
)
from awards.services.sessions.opinions import record_opinion
from dvk_portal.core.documents.content import missing
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Notification
from pledges.services.recorddocuments import issue_document
from tests.awards.sessions.meeting_steps import attend, ballot_of, council, count, join, opened, results, vote
from tests.factories import awards as af

pytestmark = pytest.mark.django_db
# The page of a meeting, for who prepares it, whatever lies before it.
MEETING_QUERIES = 27


def call(made, actor, **fields):
    given = {"title": "Phiên họp", "starts_at": timezone.now() + datetime.timedelta(days=3), "place": "Phòng 1"}
    return call_meeting(made.meeting.committee, made.meeting.cycle, actor=actor, **{**given, **fields})


def test_everybody_with_a_seat_is_invited_and_told_of_another_time():
    made = council(3, 1)
    meeting = call(made, made.chair)

    change_call(
        meeting, actor=made.secretary, title="Phiên họp", starts_at=timezone.now() + datetime.timedelta(days=4),
        place="Phòng 2", agenda="", guests="",
    )  # fmt: skip

    assert sorted(Notification.objects.values_list("kind", flat=True)) == ["meeting_called"] * 4 + ["meeting_moved"] * 4
    assert meeting.attendances.count() == 4


@pytest.mark.parametrize("who", ["member", "director", "stranger", "verifier"])
def test_nobody_but_chair_and_secretary_calls_the_council(who):
    made = council(3, 1)

    with pytest.raises(PermissionDenied):
        call(made, getattr(made.province, who))


def test_t_v13_a_substitute_is_rejected_where_the_rules_admit_none():
    made = council(3, 1)
    stand_in = af.CommitteeMemberFactory(committee=made.meeting.committee, substitute_for=made.seats[2], order=9)
    line = made.meeting.attendances.get(member=made.seats[2])

    with pytest.raises(DomainError) as refused:
        mark_attendance(made.meeting, {line.pk: Mark("proxy", stand_in.pk)}, actor=made.secretary)

    assert refused.value.findings[0].startswith("Đoàn Thị Viên: quy định không cho người dự thay bỏ phiếu.")
    assert Attendance.objects.get(pk=line.pk).state == "expected"


def test_a_substitute_votes_for_the_seat_and_judges_nothing_that_either_must_not():
    made = council(3, 2, proxies=True)
    stand_in = af.CommitteeMemberFactory(
        committee=made.meeting.committee, substitute_for=made.seats[2], order=9, user=made.province.viewer
    )
    made.nominations[0].recipient.user = stand_in.user
    made.nominations[0].recipient.save()
    attend(made, 2)
    line = made.meeting.attendances.get(member=made.seats[2])
    mark_attendance(made.meeting, {line.pk: Mark("proxy", stand_in.pk)}, actor=made.secretary)
    open_meeting(made.meeting, actor=made.secretary)
    ballot = prepare_ballot(made.fresh(), made.meeting.frozen["rules"][0]["key"], actor=made.secretary)
    open_ballot(ballot, actor=made.secretary, accept_few=True)

    for user in made.voters()[:2]:
        vote(ballot, user, "++")
    turnout = Turnout.objects.get(member=made.seats[2])
    count(made)

    assert turnout.voter_id == stand_in.user_id
    first, second = results(ballot).values()
    assert (first["out"], second["out"], first["proxies"], first["absent"]) == (2, 3, 1, 0)


def test_who_comes_late_votes_on_what_is_not_yet_counted():
    made = opened(council(5, 1), 4)
    ballot = ballot_of(made)
    line = made.meeting.attendances.get(member=made.seats[4])

    mark_attendance(made.meeting, {line.pk: Mark("present")}, actor=made.secretary)

    assert len(vote(ballot, made.voters()[4], "+")) == 1
    with pytest.raises(DomainError):
        mark_attendance(made.meeting, {line.pk: Mark("absent")}, actor=made.secretary)


def test_members_rules_and_candidates_stay_as_they_were_at_the_opening():
    made = opened(council(5, 1, passes="80%"))
    af.CommitteeMemberFactory(committee=made.meeting.committee, order=20)
    af.AwardRuleFactory._meta.model.objects.update(passes="majority")
    af.NominationFactory(cycle=made.meeting.cycle, eligible=True)
    ballot = ballot_of(made)

    for user in made.voters()[:3]:
        vote(ballot, user, "+")
    count(made)

    assert [(row["members"], row["threshold"], row["passed"]) for row in results(ballot).values()] == [
        (5, "80%", False)
    ]


def test_who_is_there_writes_no_opinion_and_an_opinion_is_not_counted_once_he_votes():
    made = opened(council(5, 1), 4)
    choices = {made.nominations[0].pk: "aye"}
    today = timezone.localdate()
    with pytest.raises(DomainError):
        record_opinion(made.meeting, made.seats[0], actor=made.secretary, received_on=today, choices=choices)
    record_opinion(made.meeting, made.seats[4], actor=made.secretary, received_on=today, choices=choices)
    line = made.meeting.attendances.get(member=made.seats[4])
    mark_attendance(made.meeting, {line.pk: Mark("present")}, actor=made.secretary)
    ballot = ballot_of(made)

    vote(ballot, made.voters()[4], "-")
    count(made)

    row = results(ballot)["Trần Thị Khen 1"]
    assert (row["written"], row["total_ayes"], row["nays"]) == (0, 0, 1)


def test_a_show_of_hands_is_counted_by_sums_or_by_names():
    made = opened(council(5, 2, secret=False))
    ballot = ballot_of(made)
    one, two = ballot.candidates.all()

    with pytest.raises(DomainError):
        record_sums(one, actor=made.secretary, ayes=4, nays=2)
    record_sums(one, actor=made.secretary, ayes=3, nays=1)
    record_names(two, {made.seats[0].pk: "nay"}, actor=made.secretary)
    count(made)

    assert [(row["ayes"], row["nays"], row["passed"]) for row in results(ballot).values()] == [
        (3, 1, True),
        (0, 1, False),
    ]


def test_a_meeting_called_off_destroys_what_was_cast_unread():
    made = opened(council(5, 1))
    ballot = ballot_of(made)
    vote(ballot, made.voters()[0], "+")

    call_off(made.fresh(), actor=made.chair, note="Mất điện")

    assert [(bytes(box.salt), bytes(box.contents)) for box in ballot.boxes.all()] == [(b"", b"")]
    assert (made.fresh().status, ballot.papers.count()) == ("invalid", 0)


def test_a_cancelled_ballot_frees_its_candidates():
    made = opened(council(5, 1))
    ballot = ballot_of(made)
    vote(ballot, made.voters()[0], "+")

    cancel_ballot(ballot, actor=made.secretary, note="Nhầm danh sách")

    assert len(vote(ballot_of(made), made.voters()[0], "+")) == 1


# --- minutes ------------------------------------------------------------------------------------------------------------
def test_the_minutes_hold_every_number_and_the_papers_and_are_signed_by_secretary_and_chair():
    made = council(5, 2)
    join(made, made.province.commune)
    attend(made, 5)
    open_meeting(made.meeting, actor=made.secretary)
    ballot = ballot_of(made)
    codes = [receipt.readable for user in made.voters()[:4] for receipt in vote(ballot, user, "+-")]
    count(made)
    write_texts(
        made.meeting,
        actor=made.secretary,
        agenda="Bỏ phiếu",
        discussion="Nhất trí",
        conclusion="Đề nghị",
        counters="Ba người",
    )
    close_meeting(made.fresh(), actor=made.chair)

    for kind in (MeetingMinutes(), CountMinutes()):
        content = kind.content(made.fresh())
        text = str(content.as_json())
        assert missing(content) == []
        assert all(code in text for code in codes)
        assert [slot.name for slot in content.slots] == ["Lâm Thị Ký", "Hồ Văn Chủ"]
        assert "Trần Thị Khen 1" in text
        document = issue_document(kind, made.meeting, actor=made.secretary)
        assert kind.mandate(made.chair, document, "chair").capacity == "Ủy viên"
        assert kind.mandate(made.province.member, document, "chair") is None
        assert not kind.records_for(made.province.member).exists()


# --- what each is shown ---------------------------------------------------------------------------------------------------
def test_results_and_papers_of_a_conflict_are_shown_to_everybody_but_him(sign_in):
    made = council(5, 2)
    join(made, made.province.commune)
    opened(made)
    ballot = ballot_of(made)
    for user in made.voters()[:4]:
        vote(ballot, user, "+-")
    count(made)
    url = reverse("council:results", args=[ballot.pk])

    his = sign_in(made.seats[4].user).get(url)
    hers = sign_in(made.seats[1].user).get(url)

    assert [row.nomination.name for row in his.context["rows"]] == ["Trần Thị Khen 2"]
    assert len(his.context["sheets"]) == 1
    assert "Trần Thị Khen 1" not in his.content.decode()
    assert "Trần Thị Khen 1" in hers.content.decode()
    assert len(hers.context["sheets"]) == 2


def test_no_tally_is_shown_while_the_boxes_are_closed_and_not_counted(sign_in):
    made = opened(council(5, 1))
    ballot = ballot_of(made)
    vote(ballot, made.voters()[0], "+")
    client = sign_in(made.secretary)

    page = client.get(reverse("council:meeting-progress", args=[made.meeting.pk]))

    assert page.context["progress"]["open"] == [(ballot, 1, 5)]
    assert client.get(reverse("council:results", args=[ballot.pk])).status_code == 302


@pytest.mark.parametrize("who", ["secretary", "member"])
def test_who_has_not_voted_is_named_to_preparers_alone(who, sign_in):
    made = opened(council(5, 1))
    ballot_of(made)

    page = sign_in(getattr(made.province, who)).get(reverse("council:meeting-progress", args=[made.meeting.pk]))

    assert ("Hồ Văn Chủ" in page.content.decode()) == (who == "secretary")


def test_another_councils_meeting_is_not_found(sign_in):
    made = council(3, 1)
    other = af.MeetingFactory(committee=af.CommitteeFactory(unit=made.province.ban), cycle=made.meeting.cycle)

    for name in ("meeting", "meeting-presence", "meeting-opinions", "meeting-documents"):
        assert sign_in(made.chair).get(reverse(f"council:{name}", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_of_meetings_costs_the_same_queries(number, sign_in, django_assert_max_num_queries):
    made = council(3, 1)
    for _ in range(number):
        af.MeetingFactory(committee=made.meeting.committee, cycle=made.meeting.cycle)
    client = sign_in(made.secretary)

    with django_assert_max_num_queries(15):
        assert client.get(reverse("council:meetings")).status_code == 200


@pytest.mark.parametrize("ballots", [1, 3])
def test_a_meeting_with_more_ballots_and_candidates_is_read_in_no_more_queries(ballots, sign_in):
    made = opened(council(5, 3 * ballots))
    keys = [row.pk for row in made.nominations]
    for place in range(ballots):
        ballot_of(made, only=set(keys[3 * place : 3 * place + 3]))
    client = sign_in(made.secretary)

    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("council:meeting", args=[made.meeting.pk])).status_code == 200

    assert len(asked) <= MEETING_QUERIES


def test_what_was_typed_stays_when_presence_is_refused(sign_in):
    made = council(3, 1)
    lines = list(made.meeting.attendances.all())
    data = {f"state_{line.pk}": "present" for line in lines} | {f"state_{lines[0].pk}": "excused"}

    page = sign_in(made.secretary).post(reverse("council:meeting-presence", args=[made.meeting.pk]), data)

    assert page.status_code == 200
    assert "hãy ghi lý do vắng" in page.content.decode()
    assert CommitteeMember.objects.count() == 4
    assert set(Attendance.objects.values_list("state", flat=True)) == {"expected"}
