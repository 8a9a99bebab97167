"""The count of a meeting: cases of law.md (T-V…) through the services, with the papers and the written opinions."""

import datetime

import pytest

from awards.models import Ballot, BallotBox, BallotPaper, Nomination, Recusal, Turnout, WrittenOpinion
from awards.services.sessions.ballots import next_round, open_ballot, prepare_ballot
from awards.services.sessions.counting import close_voting, count_ballots, reopen_voting
from awards.services.sessions.meetings import close_meeting, open_meeting
from awards.services.sessions.opinions import record_opinion
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from tests.awards.sessions.meeting_steps import attend, ballot_of, council, count, join, opened, results, vote

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 1, 6)


def opinion(made, place, *choices):
    rows = dict(zip([row.pk for row in made.nominations], choices, strict=False))
    member = made.seats[place]
    return record_opinion(made.meeting, member, actor=made.secretary, received_on=TODAY, choices=rows)


def fifteen(present, **rule):
    return opened(council(15, 1, **rule), present)


@pytest.mark.parametrize(("passes", "passed"), [("80%", False), ("90%", False), ("majority", True)])
def test_t_v1_eleven_ayes_of_fifteen_pass_a_majority_alone(passes, passed):
    made = fifteen(12, passes=passes, attendance="80%")
    ballot = ballot_of(made)

    for place, user in enumerate(made.voters()[:12]):
        vote(ballot, user, "+" if place < 11 else "-")
    count(made)

    row = results(ballot)["Trần Thị Khen 1"]
    assert (row["quorum"], row["may_vote"], row["passed"]) == (True, True, passed)
    assert (row["total_ayes"], row["base"], row["share"]) == (11, 15, "73.33")
    assert row["base_name"] == "tổng số thành viên hội đồng"


@pytest.mark.parametrize(("passes", "passed"), [("80%", True), ("90%", False)])
def test_t_v2_a_written_aye_counts(passes, passed):
    made = fifteen(12, passes=passes)
    opinion(made, 14, "aye")
    ballot = ballot_of(made)

    for place, user in enumerate(made.voters()[:12]):
        vote(ballot, user, "+" if place < 11 else "-")
    count(made)

    row = results(ballot)["Trần Thị Khen 1"]
    assert (row["written"], row["written_ayes"], row["ayes"], row["total_ayes"]) == (1, 1, 11, 12)
    assert (row["share"], row["passed"]) == ("80.00", passed)


def test_t_v8_seven_of_eleven_cannot_open():
    made = council(11, 1)
    attend(made, 7)

    with pytest.raises(DomainError) as refused:
        open_meeting(made.meeting, actor=made.secretary)

    assert refused.value.findings == ["Bằng khen thử: có mặt 7/11 thành viên, cần ít nhất 8 (2/3 tổng số thành viên)."]


@pytest.mark.parametrize(
    ("base", "number", "share", "passed"), [("total", 15, "73.33", False), ("valid", 13, "84.61", True)]
)
def test_t_v10_blank_papers_stay_in_the_total_and_leave_the_valid_ones(base, number, share, passed):
    made = fifteen(15, passes="80%", base=base)
    ballot = ballot_of(made)

    for place, user in enumerate(made.voters()):
        vote(ballot, user, "+" if place < 11 else "0" if place < 13 else "-")
    count(made)

    row = results(ballot)["Trần Thị Khen 1"]
    assert (row["base"], row["share"], row["passed"]) == (number, share, passed)
    assert (row["out"], row["in"], row["valid"], row["invalid"], row["blank"], row["nays"]) == (15, 15, 13, 0, 2, 2)


def test_t_v11_an_opinion_after_the_count_is_kept_and_not_counted():
    made = fifteen(12)
    ballot = ballot_of(made)
    for user in made.voters()[:12]:
        vote(ballot, user, "+")
    count(made)
    before = results(ballot)

    late = opinion(made, 14, "nay")

    assert results(ballot) == before
    assert (late.late_for, WrittenOpinion.objects.count()) == ([ballot.pk], 1)
    assert AuditEntry.objects.filter(action="late_opinion").count() == 1


def test_t_v14_a_third_round_is_refused_and_the_authority_decides():
    made = opened(council(5, 2, passes="80%"))
    ballot = ballot_of(made)
    for user in made.voters():
        vote(ballot, user, "-+")
    count(made)
    second = open_ballot(next_round(ballot, actor=made.secretary), actor=made.secretary)
    for user in made.voters()[:3]:
        vote(second, user, "-")
    count(made)

    with pytest.raises(DomainError) as refused:
        next_round(second, actor=made.secretary)

    assert "cấp có thẩm quyền quyết định" in refused.value.message
    assert [row.status for row in Nomination.objects.order_by("pk")] == ["not_recommended", "recommended"]


def test_who_has_not_voted_holds_nothing_up_and_the_boxes_can_be_opened_again():
    made = opened(council(5, 1))
    ballot = ballot_of(made)
    voters = made.voters()
    for user in voters[:3]:
        vote(ballot, user, "+")

    close_voting(made.fresh(), actor=made.chair)
    with pytest.raises(DomainError):
        vote(ballot, voters[3], "+")
    reopen_voting(made.fresh(), actor=made.chair)
    vote(ballot, voters[3], "-")
    count(made)

    row = results(ballot)["Trần Thị Khen 1"]
    assert (row["out"], row["in"], row["ayes"], row["nays"], row["passed"]) == (5, 4, 3, 1, True)
    assert Turnout.objects.filter(ballot=ballot, voted=True).count() == 4


def test_the_papers_are_published_and_the_boxes_destroyed():
    made = opened(council(5, 2))
    ballot = ballot_of(made)
    receipts = [vote(ballot, user, "+-")[0].code for user in made.voters()]
    assert BallotPaper.objects.count() == 0

    count(made)

    assert sorted(receipts) == list(BallotPaper.objects.values_list("receipt", flat=True))
    one, two = ballot.candidates.all()
    assert {str(row.choices) for row in BallotPaper.objects.all()} == {str({str(one.pk): "aye", str(two.pk): "nay"})}
    assert [(bytes(box.salt), bytes(box.contents)) for box in BallotBox.objects.all()] == [(b"", b"")]


def test_a_conflicted_members_shorter_vote_is_a_paper_of_another_group():
    made = council(5, 3)
    join(made, made.province.commune)
    opened(made)
    ballot = ballot_of(made)

    for user in made.voters()[:4]:
        assert len(vote(ballot, user, "+++")) == 2
    assert len(vote(ballot, made.voters()[4], "+-")) == 1
    count(made)

    assert [row.nomination_id for row in Recusal.objects.filter(member=made.seats[4])] == [made.nominations[0].pk]
    papers = {group: [set(row.choices.values()) for row in BallotPaper.objects.filter(group=group)] for group in (1, 2)}
    assert sorted(map(len, papers.values())) == [4, 5]
    row = results(ballot)["Trần Thị Khen 1"]
    assert (row["conflicted"], row["out"], row["in"], row["base"], row["total_ayes"]) == (1, 4, 4, 5, 4)


def test_a_conflicted_member_leaves_the_base_where_the_rules_say_so():
    made = council(5, 1, conflicted_in_base=False, passes="80%")
    join(made, made.province.commune)
    opened(made)
    ballot = ballot_of(made)

    for user in made.voters()[:4]:
        vote(ballot, user, "+")
    count(made)

    row = results(ballot)["Trần Thị Khen 1"]
    assert (row["base"], row["share"], row["out_of_base"]) == (4, "100.00", 1)


@pytest.mark.parametrize(("switch", "sheets", "base"), [("allow", 5, 5), ("abstain", 4, 5), ("removed", 4, 4)])
def test_a_member_who_is_a_candidate_follows_the_switch(switch, sheets, base):
    made = council(5, 1, self_vote=switch)
    made.nominations[0].recipient.user = made.seats[2].user
    made.nominations[0].recipient.save()
    opened(made)
    ballot = ballot_of(made)

    for seat in made.seats:
        if switch == "allow" or seat != made.seats[2]:
            vote(ballot, seat.user, "+")
    count(made)

    row = results(ballot)["Trần Thị Khen 1"]
    assert (row["in"], row["base"]) == (sheets, base)


def test_of_a_quota_ballot_the_most_chosen_pass_and_a_tie_for_the_last_place_passes_nobody():
    made = opened(council(5, 4, passes="2/5"))
    ballot = ballot_of(made, max_choices=2)

    for user, marks in zip(made.voters(), ("++00", "++00", "+0+0", "+0+0", "0000"), strict=True):
        vote(ballot, user, marks)
    count(made)

    found = results(ballot)
    assert [row["total_ayes"] for row in found.values()] == [4, 2, 2, 0]
    assert [row["passed"] for row in found.values()] == [True, False, False, False]
    assert [row["blank"] for row in found.values()] == [1, 1, 1, 1]
    assert found["Trần Thị Khen 2"]["note"].startswith("Bằng phiếu ở vị trí cuối")
    assert next_round(ballot, actor=made.chair).max_choices == 1


def test_more_than_n_choices_are_refused_and_fewer_taken():
    made = opened(council(5, 3))
    ballot = ballot_of(made, max_choices=1)
    voter = made.voters()[0]

    with pytest.raises(DomainError) as refused:
        vote(ballot, voter, "++0")
    vote(ballot, voter, "000")

    assert refused.value.message == "Bạn chọn 2 đề nghị, phiếu này chọn tối đa 1. Hãy bỏ bớt 1 lựa chọn."


def test_what_failed_is_not_recommended_when_the_meeting_ends():
    made = opened(council(5, 2))
    ballot = ballot_of(made)
    for user in made.voters():
        vote(ballot, user, "+-")
    count(made)
    assert [row.status for row in Nomination.objects.order_by("pk")] == ["recommended", "eligible"]

    close_meeting(made.fresh(), actor=made.chair)

    assert [row.status for row in Nomination.objects.order_by("pk")] == ["recommended", "not_recommended"]


def test_a_meeting_does_not_end_before_its_boxes_are_counted():
    made = opened(council(5, 1))
    ballot_of(made)

    with pytest.raises(DomainError):
        close_meeting(made.fresh(), actor=made.chair)


def test_a_ballot_on_whom_two_may_vote_warns_before_it_opens():
    made = council(3, 1)
    join(made, made.province.commune)
    opened(made)
    key = made.meeting.frozen["rules"][0]["key"]
    ballot = prepare_ballot(made.meeting, key, actor=made.chair)

    with pytest.raises(DomainError) as refused:
        open_ballot(ballot, actor=made.chair)
    open_ballot(ballot, actor=made.chair, accept_few=True)

    assert refused.value.findings == [
        "Chỉ 2 người có mặt được bỏ phiếu cho: Trần Thị Khen 1. Kết quả cho biết mỗi người đã chọn gì."
    ]
    assert Ballot.objects.get().state == "open"


def test_counting_needs_closed_boxes():
    made = opened(council(5, 1))
    ballot_of(made)

    with pytest.raises(DomainError):
        count_ballots(made.fresh(), actor=made.chair)
