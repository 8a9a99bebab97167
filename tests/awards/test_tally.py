"""The count of a council: whole numbers, the base that the rule names, what a substitute or a late opinion is worth."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.tally import BASES, MAJORITY, Count, TallyError, Threshold, VoteRule, count_vote, share_text
from campaigns.cases import evaluate, run_file

SHARES = st.sampled_from(["50%", "2/3", "80%", "90%", "100%", "66,7%", MAJORITY])


@st.composite
def votes(draw):
    """The numbers of a possible vote."""
    members = draw(st.integers(1, 60))
    present = draw(st.integers(0, members))
    written = draw(st.integers(0, members - present))
    ayes = draw(st.integers(0, present))
    blank = draw(st.integers(0, present - ayes))
    return Count(members, present, ayes, written=written, written_ayes=draw(st.integers(0, written)), blank=blank)


RULES = st.builds(
    VoteRule,
    passes=SHARES.map(Threshold.parse),
    base=st.sampled_from(BASES),
    written_counts_for_vote=st.booleans(),
    conflicted_in_base=st.booleans(),
)


def test_every_case_of_the_law_page_holds():
    result = run_file(Path("awards/data/cases/vote.yaml").read_bytes())

    assert result.errors == ()
    assert [case for case in result.cases if not case.passed] == []


@pytest.mark.parametrize(
    ("total", "needed"),
    [
        (5, (4, 3, 4, 5)),
        (9, (6, 5, 8, 9)),
        (11, (8, 6, 9, 10)),
        (13, (9, 7, 11, 12)),
        (15, (10, 8, 12, 14)),
        (21, (14, 11, 17, 19)),
    ],
)
def test_the_seats_of_the_law_page(total, needed):
    found = tuple(Threshold.parse(text).needed(total) for text in ("2/3", MAJORITY, "80%", "90%"))
    assert found == needed


@given(SHARES, st.integers(1, 3000))
def test_the_seats_needed_are_the_fewest_that_reach_the_share(text, base):
    threshold = Threshold.parse(text)
    needed = threshold.needed(base)
    assert threshold.reached(needed, base)
    assert not threshold.reached(needed - 1, base)


@given(RULES, votes())
def test_one_more_aye_never_turns_a_pass_into_a_failure(rule, count):
    if count.ayes + count.blank == count.present:
        return
    more = Count(**{**vars(count), "ayes": count.ayes + 1})
    assert not (count_vote(rule, count).passed and not count_vote(rule, more).passed)


@given(RULES, votes())
def test_nothing_passes_without_a_quorum_and_the_base_is_never_exceeded(rule, count):
    outcome = count_vote(rule, count)
    assert outcome.ayes <= outcome.base or outcome.base == 0
    assert not (outcome.passed and not outcome.quorum)
    if outcome.passed:
        assert rule.passes.share is None or Fraction(outcome.ayes, outcome.base) >= rule.passes.share


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_printed_share_never_says_more_than_there_was(part, base):
    assert (
        Fraction(share_text(part, base))
        <= Fraction(part * 100, base)
        < Fraction(share_text(part, base)) + Fraction(1, 100)
    )


def test_a_substitute_where_none_is_admitted_casts_no_ballot():
    rule = VoteRule(passes=Threshold.parse("80%"))
    assert count_vote(rule, Count(15, present=11, proxies=1, ayes=12)).ayes == 11


@pytest.mark.parametrize(
    "numbers",
    [
        {"members": 5, "present": 6},
        {"members": 5, "present": 5, "ayes": 6},
        {"members": 5, "present": 3, "ayes": 2, "blank": 2},
        {"members": 5, "present": 3, "written": 1, "written_ayes": 2},
        {"members": 5, "present": 3, "written": 3},
    ],
)
def test_numbers_that_cannot_be_one_vote_are_refused_in_words(numbers):
    with pytest.raises(TallyError, match="Hãy kiểm tra lại"):
        evaluate("vote", {**numbers, "rule": {"pass": "80%"}})


@pytest.mark.parametrize("text", ["", "0%", "101%", "3/2", "0/0", "nhiều", "80", "1/0"])
def test_a_share_that_cannot_be_read_is_refused(text):
    with pytest.raises(TallyError):
        Threshold.parse(text)
