"""Conflict of interest is a border: what a member must not judge does not exist for him."""

import datetime
from itertools import pairwise

import pytest

from awards.models import DeclaredRelation, Nomination
from awards.services.council.conflicts import conflicts_of, readable_nominations
from tests import factories as f
from tests.awards.council.conftest import DAY, seat
from tests.factories import awards as af
from units.models import Lineage


def reason(member, nomination):
    return conflicts_of([member], [nomination], day=DAY)[member.pk].get(nomination.pk)


def served(user, unit, until=None, role="editor"):
    f.MembershipFactory(user=user, unit=unit, role=role, valid_from=datetime.date(2018, 1, 1), valid_to=until)


def test_a_member_without_ties_is_in_conflict_with_nothing(council):
    assert conflicts_of([council.member], [council.an, council.binh]) == {council.member.pk: {}}


def test_who_serves_at_the_unit_stays_away_from_its_dossier_and_reads_the_others(council):
    served(council.member.user, council.province.other_commune)

    assert conflicts_of([council.member], [council.an, council.binh], day=DAY) == {
        council.member.pk: {council.binh.pk: "Đang công tác tại Xã Bình Đức."}
    }


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (datetime.date(2023, 11, 21), "Đã công tác (đến 21/11/2023) tại Xã Bình Đức."),
        (datetime.date(2023, 11, 20), None),
    ],
)
def test_past_service_counts_for_the_years_that_the_committee_names(council, until, expected):
    served(council.member.user, council.province.other_commune, until)

    assert reason(council.member, council.binh) == expected


def test_service_that_begins_later_does_not_count_yet(council):
    f.MembershipFactory(
        user=council.member.user, unit=council.province.other_commune, valid_from=datetime.date(2027, 1, 1)
    )

    assert reason(council.member, council.binh) is None


def test_a_seat_on_the_council_is_no_service_at_the_unit_that_has_it(council):
    of_the_ban = af.NominationFactory(
        cycle=council.cycle, recipient=af.RecipientFactory(unit=council.province.ban), eligible=True
    )

    assert reason(council.member, of_the_ban) is None


def test_who_serves_in_an_organ_stays_away_from_the_unit_for_which_it_acts_and_from_what_lies_between(council):
    served(council.member.user, council.province.department)
    rows = {
        unit.name: af.NominationFactory(cycle=council.cycle, recipient=af.RecipientFactory(unit=unit), eligible=True)
        for unit in (council.province.ban, council.province.province, council.province.other_department)
    }

    found = conflicts_of([council.member], [*rows.values(), council.an], day=DAY)[council.member.pk]
    assert set(found) == {rows["Ban Tuyên giáo và Dân vận Tỉnh ủy"].pk, rows["Tỉnh ủy Thử Nghiệm"].pk}


def test_who_serves_above_or_below_may_judge(council):
    below = f.UnitFactory(code="30001.1", name="Thôn Đông", kind_code="phong", parent=council.province.commune)
    served(council.member.user, council.province.province, role="viewer")
    of_the_village = af.NominationFactory(cycle=council.cycle, recipient=af.RecipientFactory(unit=below), eligible=True)

    assert conflicts_of([council.member], [council.an, of_the_village], day=DAY) == {council.member.pk: {}}


@pytest.mark.parametrize("forwards", [True, False])
def test_mergers_carry_the_conflict_both_ways_and_over_several_steps(council, forwards):
    old, middle = f.UnitFactory(name="Xã Cũ"), f.UnitFactory(name="Xã Giữa")
    chain = [old, middle, council.province.other_commune]
    for first, second in pairwise(chain):
        pair = (first, second) if forwards else (second, first)
        Lineage.objects.create(predecessor=pair[0], successor=pair[1], effective_on=datetime.date(2025, 7, 1))
    served(council.member.user, old, until=datetime.date(2025, 6, 30))

    assert (
        reason(council.member, council.binh)
        == "Đã công tác (đến 30/06/2025) tại Xã Cũ, cùng gốc sáp nhập, chia tách với Xã Bình Đức."
    )
    assert reason(council.member, council.an) is None


def test_two_units_that_went_into_one_are_no_kin_of_each_other(council):
    heir, old = f.UnitFactory(name="Xã Mới"), f.UnitFactory(name="Xã Cũ")
    for unit in (old, council.province.other_commune):
        Lineage.objects.create(predecessor=unit, successor=heir, effective_on=datetime.date(2025, 7, 1))
    served(council.member.user, old, until=datetime.date(2025, 6, 30))

    assert reason(council.member, council.binh) is None


def test_the_nominee_himself_stays_away(council):
    council.binh.recipient.user = council.chair.user
    council.binh.recipient.save()

    assert reason(council.chair, council.binh) == "Là người được đề nghị khen thưởng."


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("created_by", "Đã lập hồ sơ đề nghị này."),
        ("submitted_by", "Đã gửi hồ sơ đề nghị này."),
        ("completed_by", "Đã thẩm định hồ sơ này."),
        ("appraised_by", "Đã thẩm định hồ sơ này."),
    ],
)
def test_who_had_the_dossier_in_his_hands_stays_away(council, field, sentence):
    Nomination.objects.filter(pk=council.binh.pk).update(**{field: council.secretary.user})

    assert reason(council.secretary, council.binh) == sentence


@pytest.mark.parametrize("to", ["recipient", "unit"])
def test_a_declared_relation_keeps_away_until_it_ends(council, to):
    thing = {"recipient": council.binh.recipient} if to == "recipient" else {"unit": council.province.other_commune}
    relation = DeclaredRelation.objects.create(member=council.member, relation="em ruột", **thing)

    assert reason(council.member, council.binh) == "Đã khai quan hệ: em ruột."
    assert reason(council.member, council.an) is None

    DeclaredRelation.objects.filter(pk=relation.pk).update(ended_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    assert reason(council.member, council.binh) is None


def test_the_recipients_unit_counts_as_well_as_the_one_that_proposes(council):
    served(council.member.user, council.province.third_commune)
    elsewhere = af.NominationFactory(
        cycle=council.cycle, recipient=af.RecipientFactory(unit=council.province.third_commune),
        unit=council.province.other_commune, eligible=True,
    )  # fmt: skip

    assert reason(council.member, elsewhere) == "Đang công tác tại Phường Cường Thịnh."


@pytest.mark.parametrize("count", [1, 40])
def test_conflicts_cost_the_same_queries_for_any_number(council, count, django_assert_num_queries):
    members = [council.member, council.chair, *(seat(council, f.UserFactory()) for _ in range(count))]
    rows = [council.an, *(af.NominationFactory(cycle=council.cycle, eligible=True) for _ in range(count))]
    for member in members:
        served(member.user, council.province.third_commune)

    with django_assert_num_queries(5):
        conflicts_of(members, rows, day=DAY)


# --- what may be read -------------------------------------------------------------------------------------------------
def readable(user, **extra):
    return set(readable_nominations(user, **extra))


def test_a_conflicted_member_does_not_find_the_dossier_and_reads_the_other(council):
    assert readable(council.member.user) == {council.an, council.binh}
    assert readable(council.conflicted) == {council.binh}


@pytest.mark.parametrize("who", ["chair", "secretary"])
def test_chair_and_secretary_are_kept_away_like_everybody_else(council, who):
    served(getattr(council, who).user, council.province.commune)

    assert readable(getattr(council, who).user) == {council.binh}


@pytest.mark.parametrize("status", ["draft", "nominating", "cancelled"])
def test_nothing_lies_before_the_council_until_the_cycle_is_under_review(council, status):
    fields = {"ended_at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), "end_note": "Hủy"}
    type(council.cycle).objects.filter(pk=council.cycle.pk).update(
        status=status, **(fields if status == "cancelled" else {})
    )

    assert readable(council.member.user) == set()


def test_what_is_not_found_eligible_does_not_lie_before_the_council(council):
    Nomination.objects.filter(pk=council.an.pk).update(status="to_check")

    assert readable(council.member.user) == {council.binh}


def test_a_seat_without_the_role_and_a_role_without_a_seat_read_nothing(council):
    seat(council, council.province.viewer)
    lonely = f.UserFactory()
    f.MembershipFactory(user=lonely, unit=council.province.ban, role="member")

    assert readable(council.province.viewer) == set()
    assert readable(lonely) == set()


def test_a_seat_that_ended_reads_nothing_any_more(council):
    type(council.member).objects.filter(pk=council.member.pk).update(valid_to=datetime.date(2026, 1, 31))

    assert readable(council.member.user) == set()


def test_another_councils_cycles_are_not_read(council):
    elsewhere = f.UnitFactory(name="Tỉnh khác", kind_code="tinh")
    af.NominationFactory(cycle=af.AwardCycleFactory(owner=elsewhere, status="reviewing"), eligible=True)

    assert readable(council.member.user) == {council.an, council.binh}


def test_one_cycle_can_be_asked_for(council):
    other = af.NominationFactory(cycle=af.AwardCycleFactory(owner=council.province.ban, status="voting"), eligible=True)

    assert readable(council.member.user) == {council.an, council.binh, other}
    assert readable(council.member.user, cycle=other.cycle) == {other}
