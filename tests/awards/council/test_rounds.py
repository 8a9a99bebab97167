"""A round from its preparation to its results: assigned without conflicts, sealed while it is open, pinned to what was read."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from awards.models import CyclePhase, DeclaredRelation, Nomination, Review, ReviewRound
from awards.services.council.assigning import (
    add_reviewer,
    assign_reviews,
    plan_assignment,
    readers_of,
    remove_reviewer,
    show_plan,
)
from awards.services.council.conflicts import readable_nominations
from awards.services.council.criteria import CriterionEntry, save_criteria
from awards.services.council.results import Result, results_of
from awards.services.council.reviewing import open_reviews, save_review
from awards.services.council.rounds import (
    change_round,
    close_round,
    is_stale,
    open_round,
    opening_faults,
    owed_words,
    prepare_round,
    progress_of,
    remind_readers,
    reviews_seen_by,
)
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Notification
from tests import factories as f
from tests.awards.council.conftest import seat
from tests.awards.council.steps import assign, give, opened, points, score
from tests.factories import awards as af

TODAY = datetime.date(2026, 11, 22)


@pytest.fixture
def going(council, round_of_council):
    """An open round: ``member`` and ``other`` read both dossiers, ``away`` reads Bình's."""
    for member, nomination in (
        (council.member, council.an), (council.member, council.binh), (council.other, council.an), (council.away, council.binh),
    ):  # fmt: skip
        give(round_of_council, member, nomination)
    council.round = open_round(round_of_council, actor=council.secretary.user)
    return council


def review(council, member, nomination):
    return Review.objects.select_related("round__cycle", "nomination", "member__user").get(
        round=council.round, member=member, nomination=nomination
    )


# --- criteria -----------------------------------------------------------------------------------------------------------
def entry(name="Kết quả", most=50, weight=1, **more):
    return CriterionEntry(name, Decimal(most), Decimal(weight), **more)


def test_chair_and_secretary_keep_the_criteria(council):
    save_criteria(council.cycle, [entry(), entry("Lan tỏa", note_required=True)], actor=council.secretary.user)

    assert list(council.cycle.criteria.values_list("name", "note_required", "order")) == [
        ("Kết quả", False, 1), ("Lan tỏa", True, 2),
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["member", "other"])
def test_members_do_not_keep_criteria_and_neither_does_the_director(council, who):
    for actor in (getattr(council, who).user, council.province.director):
        with pytest.raises(PermissionDenied):
            save_criteria(council.cycle, [entry()], actor=actor)


def test_criteria_are_frozen_once_a_round_was_opened(going):
    with pytest.raises(DomainError, match="đã chốt"):
        save_criteria(going.cycle, [entry()], actor=going.secretary.user)


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([entry(""), entry("b")], "Tiêu chí 1 chưa có tên."),
        ([entry("a"), entry("A ")], "Tiêu chí “a” ghi hai lần."),
        ([entry("a", most=0)], "“a”: điểm tối đa và trọng số phải lớn hơn 0."),
    ],
)
def test_criteria_that_cannot_be_scored_are_refused(council, entries, sentence):
    with pytest.raises(DomainError) as refused:
        save_criteria(council.cycle, entries, actor=council.chair.user)

    assert refused.value.findings == [sentence]


# --- preparing and opening ----------------------------------------------------------------------------------------------
def test_rounds_are_numbered_and_the_next_waits_for_the_one_before(council):
    setting = {"reviewers": 3, "spread_alert": Decimal(10), "closes_on": datetime.date(2026, 12, 1)}
    first = prepare_round(council.cycle, council.committee, actor=council.chair.user, **setting)
    with pytest.raises(DomainError) as refused:
        prepare_round(council.cycle, council.committee, actor=council.chair.user, **setting)
    ReviewRound.objects.filter(pk=first.pk).update(closed_at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC))

    assert refused.value.findings == ["Đợt này còn một vòng chấm chưa đóng. Hãy đóng vòng ấy trước."]
    assert prepare_round(council.cycle, council.committee, actor=council.chair.user, **setting).number == 2


def test_a_round_without_criteria_readers_or_days_is_not_opened(council, round_of_council):
    council.cycle.criteria.all().delete()
    ReviewRound.objects.filter(pk=round_of_council.pk).update(closes_on=datetime.date(2026, 11, 1))
    round_of_council.refresh_from_db()

    assert opening_faults(round_of_council, TODAY) == [
        "Bằng khen thử chưa có tiêu chí chấm.",
        "Ngày cuối của vòng (01/11/2026) đã qua. Hãy sửa vòng chấm.",
        "Chưa phân công ai chấm.",
    ]


def test_a_round_lies_within_the_days_that_the_calendar_gives_to_scoring(council, round_of_council):
    CyclePhase.objects.create(
        cycle=council.cycle,
        stage="scoring",
        opens_on=TODAY,
        closes_on=datetime.date(2026, 11, 30),
        members_may_score=True,
    )
    give(round_of_council, council.member, council.an)

    assert opening_faults(round_of_council, TODAY) == [
        "Lịch của đợt cho thành viên hội đồng chấm: 22/11/2026 – 30/11/2026. Vòng chấm phải nằm trong những ngày ấy."
    ]


def test_opening_tells_each_reader_how_much_is_his(going):
    told = dict(Notification.objects.filter(kind="reviews_opened").values_list("recipient__username", "title"))

    assert told == {
        "uyvien.hd": f"Mời chấm 2 hồ sơ: {going.cycle.title}",
        "uyvien2.hd": f"Mời chấm 1 hồ sơ: {going.cycle.title}",
        "uyvien3.hd": f"Mời chấm 1 hồ sơ: {going.cycle.title}",
    }


def test_an_open_round_may_only_last_longer(going):
    setting = {"reviewers": 2, "spread_alert": Decimal(10)}
    change_round(going.round, actor=going.chair.user, closes_on=datetime.date(2026, 12, 5), **setting)
    for wrong in ({"closes_on": datetime.date(2026, 12, 1)}, {"closes_on": datetime.date(2026, 12, 9), "reviewers": 1}):
        with pytest.raises(DomainError):
            change_round(going.round, actor=going.chair.user, **{**setting, **wrong})

    going.round.refresh_from_db()
    assert (going.round.closes_on, going.round.reviewers) == (datetime.date(2026, 12, 5), 2)


# --- assignment ---------------------------------------------------------------------------------------------------------
def test_readers_are_those_who_vote_and_nobody_who_only_stands_in(council, round_of_council):
    seat(council, f.UserFactory(), substitute_for=council.member)

    assert readers_of(round_of_council) == [council.chair, council.member, council.other, council.away]


def test_the_plan_writes_nothing_and_is_carried_out_as_it_was_shown(council, round_of_council):
    draft = plan_assignment(round_of_council, seed=3)
    assert not Review.objects.exists()

    assert assign_reviews(round_of_council, actor=council.chair.user, seed=3, digest=draft.digest) == 4
    assert set(Review.objects.values_list("nomination", "member")) == set(draft.plan.pairs)
    assert (council.an.pk, council.away.pk) not in draft.plan.pairs


def test_a_plan_that_is_no_longer_the_same_is_shown_again(council, round_of_council):
    digest = plan_assignment(round_of_council).digest
    DeclaredRelation.objects.create(member=council.member, recipient=council.an.recipient, relation="anh")
    af.NominationFactory(cycle=council.cycle, eligible=True)

    with pytest.raises(DomainError, match="vừa thay đổi"):
        assign_reviews(round_of_council, actor=council.chair.user, seed=1, digest=digest)
    assert not Review.objects.exists()


def test_a_dossier_that_too_few_may_read_is_named_with_the_reason(council, round_of_council):
    for member in (council.chair, council.member, council.other):
        DeclaredRelation.objects.create(member=member, recipient=council.binh.recipient, relation="anh")

    shown = show_plan(round_of_council, plan_assignment(round_of_council), readable_nominations(council.secretary.user))

    assert shown.sentences == ["Trần Văn Bình: chỉ có 1 trên 2 người chấm, vì những thành viên khác không được xét."]


def test_chair_and_secretary_see_nothing_of_a_dossier_from_which_they_are_kept_away(council, round_of_council):
    DeclaredRelation.objects.create(member=council.secretary, recipient=council.an.recipient, relation="anh")
    assign(round_of_council, council.secretary.user)

    shown = show_plan(round_of_council, plan_assignment(round_of_council), readable_nominations(council.secretary.user))

    assert [line.nomination for line in shown.lines] == [council.binh]
    assert (shown.hidden, sum(load for _, load in shown.loads)) == (True, 2)
    # It is divided all the same.
    assert Review.objects.filter(nomination=council.an).count() == 2
    assert {row.nomination for row in reviews_seen_by(round_of_council, council.secretary.user)} == {council.binh}


def test_assigning_again_keeps_what_is_there_and_fills_what_is_missing(council, round_of_council):
    kept = give(round_of_council, council.chair, council.an)
    assign(round_of_council, council.chair.user)
    extra = af.NominationFactory(cycle=council.cycle, eligible=True)

    assert assign(round_of_council, council.chair.user) == 2
    assert Review.objects.filter(pk=kept.pk).exists()
    assert Review.objects.filter(nomination=extra).count() == 2


def test_by_hand_nobody_is_given_what_he_must_not_judge(going):
    with pytest.raises(DomainError, match="Kiều Thị Tránh không được xét hồ sơ này"):
        add_reviewer(going.round, going.an, going.away, actor=going.secretary.user)
    with pytest.raises(DomainError, match="không phải thành viên có quyền biểu quyết"):
        add_reviewer(going.round, going.an, going.secretary, actor=going.secretary.user)
    added = add_reviewer(going.round, going.binh, going.other, actor=going.secretary.user)

    assert (added.member, added.assigned_by) == (going.other, going.secretary.user)


def test_who_is_kept_away_from_a_dossier_does_not_choose_its_readers(going):
    DeclaredRelation.objects.create(member=going.secretary, recipient=going.an.recipient, relation="anh")

    with pytest.raises(PermissionDenied):
        add_reviewer(going.round, going.an, going.chair, actor=going.secretary.user)
    with pytest.raises(PermissionDenied):
        remove_reviewer(review(going, going.member, going.an), actor=going.secretary.user)


def test_a_finished_review_is_not_taken_back(going):
    row = review(going, going.member, going.an)
    score(row, 50, 15)

    with pytest.raises(DomainError, match="đã chấm xong"):
        remove_reviewer(row, actor=going.chair.user)
    remove_reviewer(review(going, going.other, going.an), actor=going.chair.user)
    assert not Review.objects.filter(member=going.other).exists()


# --- scoring ------------------------------------------------------------------------------------------------------------
def test_points_times_weight_make_the_total_and_the_review_names_what_was_read(going):
    row = score(review(going, going.member, going.an), "50.5", "15.25", comment=" Tốt ")

    assert (row.total, row.revision, row.comment) == (Decimal("81.00"), 1, "Tốt")


def test_a_draft_may_be_incomplete_and_has_no_total(going):
    row = save_review(
        review(going, going.member, going.an), actor=going.member.user, revision=1,
        given=points(going.round, 50, None, note=""), comment="", done=False,
    )  # fmt: skip

    assert (row.total, row.done_at, row.points.count()) == (None, None, 1)


def test_a_finished_sheet_needs_every_point_within_its_most_and_the_notes_that_are_required(going):
    with pytest.raises(DomainError) as refused:
        save_review(
            review(going, going.member, going.an), actor=going.member.user, revision=1,
            given=points(going.round, "60.01", None, note=""), comment="", done=True,
        )  # fmt: skip

    assert refused.value.findings == [
        "“Kết quả”: điểm từ 0 đến 60.", "“Sức lan tỏa” chưa có điểm.", "“Sức lan tỏa” cần nhận xét.",
    ]  # fmt: skip


def test_nobody_writes_anothers_sheet_and_nobody_one_of_his_own_unit(going):
    row = review(going, going.member, going.an)
    with pytest.raises(PermissionDenied):
        save_review(row, actor=going.chair.user, revision=1, given=points(going.round, 1, 1), comment="", done=True)
    DeclaredRelation.objects.create(member=going.member, recipient=going.an.recipient, relation="anh")
    with pytest.raises(PermissionDenied):
        score(row, 50, 15)


def test_a_newer_dossier_asks_the_reader_to_look_again(going):
    row = score(review(going, going.member, going.an), 50, 15)
    Nomination.objects.filter(pk=going.an.pk).update(revision=2)
    row = review(going, going.member, going.an)
    assert is_stale(row)
    with pytest.raises(DomainError, match="bản hồ sơ mới"):
        save_review(row, actor=going.member.user, revision=1, given=points(going.round, 1, 1), comment="", done=True)

    row = score(row, 40, 10)

    assert (row.revision, row.total) == (2, Decimal("60.00"))


def test_nobody_scores_before_the_opening_or_after_the_closing(council, round_of_council):
    row = give(round_of_council, council.member, council.an)
    with pytest.raises(DomainError, match="không mở"):
        score(row, 50, 15)
    open_round(round_of_council, actor=council.chair.user)
    close_round(round_of_council, actor=council.chair.user, note="Thử")

    with pytest.raises(DomainError, match="không mở"):
        score(Review.objects.get(), 50, 15)


def test_the_calendar_of_the_cycle_says_when_members_may_score(going):
    CyclePhase.objects.create(
        cycle=going.cycle, stage="scoring", opens_on=datetime.date(2026, 10, 1), closes_on=datetime.date(2026, 10, 5),
        members_may_score=True,
    )  # fmt: skip

    with pytest.raises(DomainError, match="01/10/2026 – 05/10/2026"):
        score(review(going, going.member, going.an), 50, 15)


def test_the_trail_says_that_somebody_scored_and_never_how(going):
    score(review(going, going.member, going.an), 57, 19, comment="Lời riêng")

    entry = AuditEntry.objects.get(action="review_done")
    assert entry.changes == {"revision": [None, 1]}
    assert entry.note == ""


# --- closing and results ------------------------------------------------------------------------------------------------
def finish(going):
    score(review(going, going.member, going.an), 60, 20, comment="Rất tốt")
    score(review(going, going.other, going.an), 50, 20)
    score(review(going, going.member, going.binh), 40, 10)
    score(review(going, going.away, going.binh), 35, 10)


def test_nothing_is_summed_before_the_round_is_closed(going):
    finish(going)

    assert results_of([going.an.pk, going.binh.pk]) == {}


def test_after_the_closing_mean_and_spread_are_told_and_wide_ones_stand_out(going):
    finish(going)
    closed = close_round(going.round, actor=going.chair.user)

    found = results_of([going.an.pk, going.binh.pk])

    told = {pk: (row.mean, row.spread, row.is_disputed, row.count) for pk, row in found.items()}
    assert told == {
        going.an.pk: (Decimal("95.00"), Decimal("10.00"), True, 2),
        going.binh.pk: (Decimal("57.50"), Decimal("5.00"), False, 2),
    }
    assert closed.closed_by == going.chair.user


def test_closing_while_reviews_are_owed_needs_a_reason(going):
    score(review(going, going.member, going.an), 60, 20)
    with pytest.raises(DomainError) as refused:
        close_round(going.round, actor=going.secretary.user)

    assert refused.value.findings == [
        "Tạ Văn Ủy: còn 1 hồ sơ", "Đoàn Thị Viên: còn 1 hồ sơ", "Kiều Thị Tránh: còn 1 hồ sơ",
    ]  # fmt: skip
    close_round(going.round, actor=going.secretary.user, note="Hết hạn")
    assert AuditEntry.objects.get(action="round_close").note == "Hết hạn"


def test_what_is_owed_on_a_hidden_dossier_is_said_without_names(going):
    DeclaredRelation.objects.create(member=going.secretary, recipient=going.an.recipient, relation="anh")

    assert owed_words(going.round, going.secretary.user) == [
        "Tạ Văn Ủy: còn 1 hồ sơ", "Kiều Thị Tránh: còn 1 hồ sơ", "Còn phiếu chưa xong ở hồ sơ mà bạn không tham gia xét.",
    ]  # fmt: skip


def test_a_review_of_an_older_dossier_is_owed_again(going):
    finish(going)
    Nomination.objects.filter(pk=going.binh.pk).update(revision=2)

    told = {
        str(row.member): (row.due, row.done, row.stale)
        for row in progress_of(reviews_seen_by(going.round, going.chair.user))
    }

    assert told == {"Tạ Văn Ủy": (2, 2, 1), "Đoàn Thị Viên": (1, 1, 0), "Kiều Thị Tránh": (1, 1, 1)}


def test_points_of_who_came_into_conflict_meanwhile_do_not_count(going):
    finish(going)
    DeclaredRelation.objects.create(member=going.member, recipient=going.an.recipient, relation="anh")
    close_round(going.round, actor=going.chair.user)

    found = results_of([going.an.pk])[going.an.pk]

    assert [row.member for row in found.reviews] == [going.other]
    assert AuditEntry.objects.get(action="review_out").note == "Đã khai quan hệ: anh."


def test_a_reader_no_longer_finds_what_he_came_into_conflict_with(going):
    DeclaredRelation.objects.create(member=going.member, recipient=going.an.recipient, relation="anh")

    assert [row.nomination for row in open_reviews(going.member.user)] == [going.binh]


def test_a_reminder_reaches_who_owes_something_once_a_day(going):
    score(review(going, going.other, going.an), 50, 20)

    assert [remind_readers(going.round, actor=going.secretary.user) for _ in range(2)] == [2, 0]
    told = dict(Notification.objects.filter(kind="reviews_owed").values_list("recipient__username", "title"))
    assert told == {
        "uyvien.hd": f"Còn 2 hồ sơ chờ bạn chấm: {going.cycle.title}",
        "uyvien3.hd": f"Còn 1 hồ sơ chờ bạn chấm: {going.cycle.title}",
    }


def test_the_whole_way_by_the_plan(council, round_of_council):
    opened(round_of_council, council.secretary.user)
    for row in Review.objects.select_related("round__cycle", "nomination", "member__user"):
        score(row, 30, 10)
    close_round(round_of_council, actor=council.secretary.user)

    assert {row.mean for row in results_of([council.an.pk]).values()} == {Decimal("50.00")}


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=9))
def test_the_mean_lies_between_the_lowest_and_the_highest_to_two_places(totals):
    found = Result(ReviewRound(spread_alert=10), [Review(total=total, done_at=1) for total in totals], 0)

    assert min(totals) <= found.mean <= max(totals)
    assert found.mean == found.mean.quantize(Decimal("0.01"))
    assert found.is_disputed == (len(totals) > 1 and max(totals) - min(totals) >= 10)
