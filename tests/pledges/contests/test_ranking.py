"""The arithmetic of a contest: laws that hold for all points, however many jurors and entries."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledges.services.contests.ranking import average, cut, half_up, rank

POINTS = st.decimals(min_value=0, max_value=100, places=2)
CARD = st.lists(POINTS, min_size=1, max_size=5)
CARDS = st.lists(CARD, max_size=6)
FIELD = st.dictionaries(st.integers(1, 50), CARDS, max_size=12)


def cards(*sums):
    return [[Decimal(str(value))] for value in sums]


def test_the_result_is_the_average_of_the_jurors_sums():
    assert average([[Decimal("5.5"), Decimal(3)], [Decimal(6), Decimal(4)]]) == Fraction("9.25")


def test_nobody_judged_is_not_zero():
    assert average([]) is None
    assert [row.place for row in rank({1: [], 2: cards(0)})] == [1, None]


@pytest.mark.parametrize(
    ("value", "shown"), [("1.005", "1.01"), ("1.0049999", "1.00"), ("2.675", "2.68"), ("0", "0.00"), ("8", "8.00")]
)
def test_a_half_is_rounded_up(value, shown):
    assert half_up(Fraction(value)) == Decimal(shown)


def test_results_that_look_alike_after_rounding_are_ranked_by_what_they_are():
    found = rank({1: cards("8", "8", "8.01"), 2: cards("8", "8", "8")})

    assert [(row.entry, row.place) for row in found] == [(1, 1), (2, 2)]
    assert [row.shown for row in found] == [Decimal("8.00"), Decimal("8.00")]


def test_thirds_are_equal_to_thirds():
    """What floats and rounded decimals get wrong: 1/3 of 10 is 1/3 of 10, whoever gave it."""
    found = rank({1: cards(10, 0, 0), 2: cards(0, 10, 0), 3: cards("3.33", "3.33", "3.34")})

    assert [(row.entry, row.place, row.tied) for row in found] == [(1, 1, True), (2, 1, True), (3, 1, True)]


def test_places_after_a_shared_one_are_skipped():
    found = rank({1: cards(9), 2: cards(9), 3: cards(8)})

    assert [row.place for row in found] == [1, 1, 3]


@pytest.mark.parametrize(
    ("sums", "places", "sure", "tied", "left"),
    [
        ((9, 8, 7), 2, {1, 2}, set(), 0),
        ((9, 8, 8), 2, {1}, {2, 3}, 1),
        ((9, 9, 9), 2, set(), {1, 2, 3}, 2),
        ((9, 8), 5, {1, 2}, set(), 0),
        ((9, 8, 8), 1, {1}, set(), 0),
    ],
)
def test_the_cut(sums, places, sure, tied, left):
    found = cut(rank({number: cards(value) for number, value in enumerate(sums, 1)}), places)

    assert (found.sure, found.tied, found.left) == (sure, tied, left)


@given(CARDS)
def test_an_average_lies_between_the_least_and_the_greatest_sum(given_cards):
    sums = [sum(map(Fraction, card), Fraction(0)) for card in given_cards]

    found = average(given_cards)

    assert (found is None) == (not sums)
    if sums:
        assert min(sums) <= found <= max(sums)


@given(st.fractions(min_value=0, max_value=1000))
def test_what_is_shown_is_at_most_half_a_hundredth_away_and_never_below_by_a_half(value):
    away = Fraction(half_up(value)) - value

    assert -Fraction(1, 200) < away <= Fraction(1, 200)


@given(st.decimals(min_value=0, max_value=1000, places=4))
def test_rounding_agrees_with_the_decimal_module_where_that_is_exact(value):
    assert half_up(Fraction(value)) == value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(FIELD)
def test_a_place_is_one_more_than_the_number_of_better_ones(field):
    found = rank(field)
    totals = {row.entry: row.total for row in found if row.total is not None}

    assert sorted(row.entry for row in found) == sorted(field)
    for row in found:
        if row.total is not None:
            assert row.place == 1 + sum(other > row.total for other in totals.values())
            assert row.tied == (list(totals.values()).count(row.total) > 1)


@given(FIELD, st.randoms())
def test_the_order_in_which_jurors_and_entries_come_changes_nothing(field, chance):
    shuffled = [(entry, chance.sample(given_cards, len(given_cards))) for entry, given_cards in field.items()]
    chance.shuffle(shuffled)

    assert rank(dict(shuffled)) == rank(field)


@given(FIELD, st.integers(1, 15))
def test_the_cut_never_lets_on_too_many_and_never_a_worse_one_before_a_better(field, places):
    found = rank(field)
    totals = {row.entry: row.total for row in found}

    edge = cut(found, places)

    judged = sum(total is not None for total in totals.values())
    assert len(edge.sure) + edge.left == min(places, judged)
    assert edge.left < len(edge.tied) or not edge.tied
    others = [totals[row.entry] for row in found if row.entry not in edge.sure and row.total is not None]
    assert all(totals[entry] > other for entry in edge.sure for other in others)
