"""The order of a ceremony: higher first; titles before forms; collective, household, person; living before posthumous (R-52)."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from awards.ceremony import KINDS, Honour, in_order, ranks_of

HONOURS = st.lists(
    st.builds(
        Honour,
        authority=st.sampled_from(["Thủ tướng", "Chủ tịch tỉnh", "Thủ trưởng"]),
        level=st.integers(0, 5),
        is_title=st.booleans(),
        award=st.sampled_from(["A", "B"]),
        kind=st.sampled_from(KINDS),
        posthumous=st.booleans(),
        unit=st.sampled_from(["an", "binh"]),
        name=st.sampled_from(["a", "b", "c"]),
    ),
    max_size=30,
)
FLAG = Honour("Chủ tịch tỉnh", 75, True, "CO-T", "collective", False, "an", "a")
FORM = Honour("Chủ tịch tỉnh", 60, False, "BK-T", "collective", False, "an", "a")
LOCAL = Honour("Thủ trưởng", 35, True, "CSTDCS", "person", False, "an", "a")


def ordered(honours):
    return in_order(honours, lambda row: row)


def test_the_order_of_the_decree():
    rows = [
        FLAG,
        FORM,
        replace(FORM, kind="collective", posthumous=True),
        replace(FORM, kind="household"),
        replace(FORM, kind="person"),
        replace(FORM, kind="person", posthumous=True),
        LOCAL,
    ]

    assert ordered(reversed(rows)) == rows


def test_a_title_comes_before_a_form_of_the_same_authority_even_a_higher_one():
    title = Honour("Thủ tướng", 88, True, "CSTDTQ", "person", False, "an", "a")
    form = Honour("Thủ tướng", 90, False, "BK-TTg", "collective", False, "an", "a")

    assert ordered([form, title]) == [title, form]


def test_a_form_of_a_higher_authority_comes_before_a_title_of_a_lower():
    assert ordered([LOCAL, FORM]) == [FORM, LOCAL]


@given(HONOURS)
def test_nobody_is_lost_and_nobody_comes_twice(honours):
    assert sorted(map(repr, ordered(honours))) == sorted(map(repr, honours))


@given(HONOURS, st.randoms())
def test_the_order_does_not_depend_on_how_they_came(honours, chance):
    mixed = list(honours)
    chance.shuffle(mixed)

    assert ordered(mixed) == ordered(honours)


@given(HONOURS)
def test_each_rule_holds_between_any_two_neighbours(honours):
    ranks = ranks_of(honours)
    for first, second in pairwise(ordered(honours)):
        assert ranks[first.authority] >= ranks[second.authority]
        if first.authority != second.authority:
            continue
        assert first.is_title >= second.is_title
        if first.is_title != second.is_title:
            continue
        assert first.level >= second.level
        if (first.level, first.award) != (second.level, second.award):
            continue
        assert KINDS.index(first.kind) <= KINDS.index(second.kind)
        if first.kind == second.kind:
            assert first.posthumous <= second.posthumous
