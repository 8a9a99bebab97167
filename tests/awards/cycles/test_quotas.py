"""Where the line of a quota falls (law.md R-18, P7, T-E9; practice.md W-40)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.models import YearRecord
from awards.quotas import Candidate, Limit, Place, allowed, draw_line, is_mostly_women
from awards.services.cycles.quotas import cuts_of, limit_words, remove_quota, save_quota
from dvk_portal.core.exceptions import DomainError
from tests import factories as f
from tests.awards.cycles.cycle_steps import eligible, opened
from tests.factories import awards as af

P7 = "Bằng điểm: ưu tiên nữ, hoặc tập thể có từ 70 % nữ trở lên (NĐ 152/2025, Điều 4.6)."


def row(key, points, **fields):
    return Candidate(key, fields.pop("unit", key), None if points is None else Decimal(points), **fields)


def places(candidates, limit):
    return {line.candidate.key: line.place for line in draw_line(candidates, limit)}


# --- the number ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("maximum", "percent", "base", "number"),
    [
        (3, None, 17, 3),
        (None, Decimal(20), 17, 3),  # 3.4, rounded down
        (None, Decimal("33.33"), 3, 0),  # 0.9999 is none
        (None, Decimal("66.67"), 3, 2),
        (2, Decimal(20), 17, 2),
        (None, None, 17, None),
        (None, Decimal(100), 0, 0),
    ],
)
def test_a_share_is_rounded_down_and_the_smaller_holds(maximum, percent, base, number):
    assert allowed(maximum, percent, base) == number


@given(st.decimals("0.01", "100", places=2), st.integers(0, 10_000))
def test_a_share_never_allows_more_than_the_exact_part(percent, base):
    number = allowed(None, percent, base)

    assert number <= Fraction(percent) * base / 100 < number + 1


@pytest.mark.parametrize(
    ("women", "members", "mostly"), [(7, 10, True), (69, 99, False), (6, 9, False), (None, 10, False), (0, 0, False)]
)
def test_seventy_percent_of_women_is_counted_exactly(women, members, mostly):
    assert is_mostly_women(women, members) is mostly


# --- the line -----------------------------------------------------------------------------------------------------------
def test_of_two_equals_the_woman_comes_first_and_the_reason_is_said():
    """T-E9."""
    lines = draw_line([row(1, 90), row(2, 90, favoured=True)], Limit(maximum=1))

    assert [(line.candidate.key, line.place, line.reasons) for line in lines] == [
        (2, Place.WITHIN, (P7,)),
        (1, Place.OVER, ("Vượt hạn mức 1.",)),
    ]


def test_equals_are_never_separated_by_the_portal():
    lines = draw_line([row(1, 95), row(2, 90), row(3, 90), row(4, 80)], Limit(maximum=2))

    assert [(line.candidate.key, line.rank, line.place) for line in lines] == [
        (1, 1, Place.WITHIN), (2, 2, Place.AT_LINE), (3, 2, Place.AT_LINE), (4, 4, Place.OVER),
    ]  # fmt: skip
    assert lines[1].reasons == ("Còn 1 chỗ cho 2 đề nghị ngang nhau: hội đồng quyết định.",)


def test_who_is_below_the_threshold_takes_no_place():
    limit = Limit(maximum=1, least_points=Decimal(80), least_class="Tốt", classes=("Xuất sắc", "Tốt", "Khá"))

    found = places(
        [row(1, 99, score_class="Khá"), row(2, 79, score_class="Tốt"), row(3, 85, score_class="Tốt"), row(4, None)],
        limit,
    )

    assert found == {1: Place.BELOW, 2: Place.BELOW, 3: Place.WITHIN, 4: Place.BELOW}


def test_a_unit_and_leaders_have_shares_of_their_own():
    limit = Limit(maximum=4, per_unit=1, leader_percent=Decimal(25))

    found = places(
        [
            row(1, 99, unit=1, is_leader=True),
            row(2, 98, unit=1),
            row(3, 97, unit=2, is_leader=True),
            row(4, 96, unit=3),
        ],
        limit,
    )

    assert found == {1: Place.WITHIN, 2: Place.OVER_UNIT, 3: Place.OVER_LEADERS, 4: Place.WITHIN}


CANDIDATES = st.lists(
    st.builds(
        Candidate, key=st.integers(1, 10**6), unit=st.integers(1, 4), favoured=st.booleans(), is_leader=st.booleans(),
        points=st.none() | st.integers(0, 5).map(Decimal), score_class=st.sampled_from(("", "Tốt", "Khá")),
    ),
    max_size=20, unique_by=lambda one: one.key,
)  # fmt: skip
LIMITS = st.builds(
    Limit, maximum=st.none() | st.integers(0, 8), per_unit=st.none() | st.integers(0, 3),
    leader_percent=st.none() | st.integers(0, 100).map(Decimal), least_points=st.none() | st.integers(0, 5).map(Decimal),
    least_class=st.sampled_from(("", "Tốt", "Khá")), classes=st.just(("Tốt", "Khá")),
)  # fmt: skip


@given(CANDIDATES, LIMITS)
def test_whatever_the_candidates_the_quota_is_never_exceeded_and_nobody_is_lost(candidates, limit):
    lines = draw_line(candidates, limit)

    within = [line.candidate for line in lines if line.place == Place.WITHIN]
    assert sorted(line.candidate.key for line in lines) == sorted(one.key for one in candidates)
    assert limit.maximum is None or len(within) <= limit.maximum
    assert limit.per_unit is None or all(sum(one.unit == unit for one in within) <= limit.per_unit for unit in range(5))
    assert all((line.place == Place.WITHIN) or line.reasons for line in lines)


@given(CANDIDATES, LIMITS, st.randoms())
def test_the_order_in_which_candidates_are_given_changes_nothing(candidates, limit, random):
    shuffled = list(candidates)
    random.shuffle(shuffled)

    assert {line.candidate.key: line for line in draw_line(candidates, limit)} == {
        line.candidate.key: line for line in draw_line(shuffled, limit)
    }


@given(CANDIDATES, LIMITS)
def test_nobody_with_fewer_points_passes_one_who_was_over_the_number(candidates, limit):
    lines = draw_line(candidates, limit)

    first = next((number for number, line in enumerate(lines) if line.place in (Place.OVER, Place.AT_LINE)), len(lines))
    rank = lines[first].rank if first < len(lines) else None
    assert all(line.place != Place.WITHIN for line in lines if rank is not None and line.rank > rank)


# --- rows ---------------------------------------------------------------------------------------------------------------
def quota(cycle, province, **fields):
    values = {"award_type": af.AwardTypeFactory()}
    return save_quota(cycle, None, actor=province.verifier, **{**values, **fields})


def test_a_row_without_any_limit_is_refused(province):
    with pytest.raises(DomainError) as refused:
        quota(opened(province), province)

    assert refused.value.findings == [
        "Hãy ghi ít nhất một giới hạn: số tối đa, tỷ lệ, mức của đơn vị, xếp loại hoặc điểm."
    ]


def test_the_same_row_twice_is_refused(province):
    cycle = opened(province)
    quota(cycle, province, maximum=1)

    with pytest.raises(DomainError, match="Chưa lưu được hạn mức"):
        quota(cycle, province, maximum=2)


def test_a_share_of_units_counts_the_roster_and_of_models_those_recognised(world):
    cycle = opened(world, campaigns=[world.campaign])
    f.ExemplaryModelFactory(unit=world.commune, recognised=True)
    f.ExemplaryModelFactory(unit=world.commune, recognised=True)
    quota(cycle, world, percent=Decimal(70), subject_kind="collective")
    quota(cycle, world, percent=Decimal(50), percent_of="recognised", subject_kind="person")

    found = {cut.quota.subject_kind: (cut.base, cut.number) for cut in cuts_of(cycle)}

    assert found == {"collective": (3, 2), "person": (2, 1)}


def test_the_cut_of_the_present_nominations_is_drawn_with_the_rule_of_women(province):
    cycle = opened(province)
    quota(cycle, province, maximum=1)
    for number, (women, members) in enumerate(((6, 10), (7, 10))):
        unit = (province.commune, province.other_commune)[number]
        recipient = af.RecipientFactory(collective=True, unit=unit)
        YearRecord.objects.create(recipient=recipient, year=2026, members=members, members_women=women)
        af.NominationFactory(cycle=cycle, recipient=recipient, score=Decimal(90))

    (cut,) = cuts_of(cycle)

    assert [(row.unit, line.place, line.reasons) for line, row in cut.rows] == [
        (province.other_commune, Place.WITHIN, (P7,)),
        (province.commune, Place.OVER, ("Vượt hạn mức 1.",)),
    ]


def test_a_row_is_said_in_words(province):
    row = quota(opened(province), province, percent=Decimal("20.00"), maximum=5, per_unit=1, least_class="Tốt")

    assert limit_words(row, 3, 17) == (
        "được 3 (20 % của 17 đơn vị tham gia, làm tròn xuống; không quá 5); mỗi đơn vị tối đa 1; xếp loại từ Tốt"
    )


@pytest.mark.parametrize("count", [1, 30])
def test_the_cuts_cost_the_same_queries(count, province, django_assert_max_num_queries):
    cycle = opened(province)
    quota(cycle, province, maximum=3)
    quota(cycle, province, maximum=3, subject_kind="person")
    for _ in range(count):
        eligible(cycle, province.commune)

    with django_assert_max_num_queries(8):
        cuts_of(cycle)


def test_a_quota_is_taken_out(province):
    cycle = opened(province)

    remove_quota(quota(cycle, province, maximum=1), actor=province.verifier)

    assert cycle.quotas.count() == 0
