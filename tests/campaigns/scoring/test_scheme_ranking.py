from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.scoring.ranking import Contender, Decision, rank
from campaigns.scoring.types import Tie
from tests.campaigns.scoring.scheme_builder import D


def ranks(contenders, *ties, decision=None):
    return [(item.unit, item.rank) for item in rank(contenders, ties, decision)]


def test_equal_totals_share_a_rank_and_the_next_is_skipped():
    units = [Contender("A", D(5)), Contender("B", D(7)), Contender("C", D(5)), Contender("D", D(4))]

    assert ranks(units) == ranks(units, Tie("shared")) == [("B", 1), ("A", 2), ("C", 2), ("D", 4)]
    assert rank(units, [])[1].shared
    assert not rank(units, [])[0].shared


@pytest.mark.parametrize(
    ("tie", "better", "worse"),
    [
        (Tie("women_share"), {"women_share": D("0.7")}, {"women_share": D("0.69")}), (Tie("women_share"), {"women_share": D("0.1")}, {}),
        (Tie("fewer_deductions"), {"deductions": D(1)}, {"deductions": D(2)}), (Tie("fewer_deductions"), {"deductions": D(9)}, {}),
        (Tie("fewer_late_reports"), {"late_reports": D(0)}, {"late_reports": D(1)}), (Tie("section", "7"), {"sections": {"7": D(3)}}, {"sections": {"7": D(2)}}),
        (Tie("section", "7"), {"sections": {"7": D(0)}}, {}), (Tie("indicator", "i"), {"indicators": {"i": D(3)}}, {"indicators": {"i": None}}),
    ],
)
def test_a_tie_is_broken_as_the_scheme_says_and_the_unknown_comes_last(tie, better, worse):
    units = [Contender("B", D(5), **worse), Contender("A", D(5), **better)]

    ranked = rank(units, [tie])
    assert [(item.unit, item.rank, item.shared) for item in ranked] == [("A", 1, False), ("B", 2, False)]
    assert "bằng điểm" in ranked[0].reason


def test_a_share_of_women_of_at_least_seven_tenths_is_no_better_for_being_higher():
    units = [Contender("A", D(5), women_share=D("0.7")), Contender("B", D(5), women_share=D("0.9"))]

    assert ranks(units, Tie("women_share")) == [("A", 1), ("B", 1)]


def test_ties_apply_in_order_and_only_to_those_still_equal():
    units = [
        Contender("A", D(5), sections={"7": D(1)}, deductions=D(0)), Contender("B", D(5), sections={"7": D(2)}, deductions=D(9)),
        Contender("C", D(5), sections={"7": D(1)}, deductions=D(3)),
    ]

    assert ranks(units, Tie("section", "7"), Tie("fewer_deductions")) == [("B", 1), ("A", 2), ("C", 3)]


def test_nothing_after_shared_counts():
    units = [Contender("A", D(5), deductions=D(2)), Contender("B", D(5), deductions=D(1))]

    assert ranks(units, Tie("shared"), Tie("fewer_deductions")) == [("A", 1), ("B", 1)]


def test_a_decision_is_awaited_and_then_followed_with_its_reason():
    units = [Contender("A", D(5)), Contender("B", D(5)), Contender("C", D(6))]

    waiting = rank(units, [Tie("decision")])
    assert [(item.unit, item.rank, item.needs_decision) for item in waiting] == [("C", 1, False), ("A", 2, True), ("B", 2, True)]
    decided = rank(units, [Tie("decision")], Decision(["B", "A"], "nhiều mô hình hơn"))
    assert [(item.unit, item.rank, item.shared) for item in decided] == [("C", 1, False), ("B", 2, False), ("A", 3, False)]
    assert decided[1].reason.endswith("nhiều mô hình hơn")


numbers = st.none() | st.integers(0, 3).map(Decimal)
contender = st.builds(
    Contender, unit=st.just(""), total=st.integers(0, 3).map(Decimal), women_share=st.none() | st.sampled_from([D("0.5"), D("0.7"), D("0.8")]),
    deductions=numbers, late_reports=numbers, sections=st.fixed_dictionaries({"7": numbers}), indicators=st.fixed_dictionaries({"i": numbers}),
)
ties = st.lists(st.sampled_from([
    Tie("women_share"), Tie("fewer_deductions"), Tie("fewer_late_reports"), Tie("section", "7"), Tie("indicator", "i"), Tie("shared"), Tie("decision"),
]), max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.lists(contender, max_size=8), ties, st.randoms(use_true_random=False))
def test_ranks_do_not_depend_on_the_order_given(contenders, rules, random):
    units = [Contender(**{**vars(item), "unit": str(index)}) for index, item in enumerate(contenders)]
    shuffled = random.sample(units, len(units))

    first, second = rank(units, rules), rank(shuffled, rules)
    assert sorted((item.unit, item.rank, item.reason) for item in first) == sorted((item.unit, item.rank, item.reason) for item in second)
    assert sorted(item.unit for item in first) == sorted(item.unit for item in units)
    for place, item in enumerate(first, start=1):
        assert item.rank <= place
        assert item.rank == place or first[place - 2].rank == item.rank
    assert [item.total for item in first] == sorted((item.total for item in units), reverse=True)
