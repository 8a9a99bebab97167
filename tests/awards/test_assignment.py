"""Dividing dossiers among readers: complete, without conflicts, as even as can be, the same every time."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.assignment import assign_readers


@st.composite
def tasks(draw, most=12, people=7):
    nominations, readers = draw(st.integers(0, most)), draw(st.integers(1, people))
    pairs = list(product(range(nominations), range(100, 100 + readers)))
    conflicts = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    return range(nominations), range(100, 100 + readers), draw(st.integers(1, 4)), conflicts


@given(tasks())
def test_everybody_reads_what_he_may_and_every_dossier_has_as_many_readers_as_there_are(task):
    nominations, readers, each, conflicts = task

    plan = assign_readers(nominations, readers, each=each, conflicts=conflicts)

    assert not plan.pairs & conflicts
    for row in nominations:
        free = sum((row, reader) not in conflicts for reader in readers)
        assert len(plan.readers_of(row)) == min(each, free)
        assert plan.short.get(row) == (free if free < each else None)
    assert plan.loads == {reader: sum(found == reader for _, found in plan.pairs) for reader in readers}


@given(st.integers(0, 60), st.integers(1, 15), st.integers(1, 5), st.integers())
def test_without_conflicts_loads_differ_by_one_at_most(nominations, readers, each, seed):
    plan = assign_readers(range(nominations), range(readers), each=each, seed=seed)

    assert max(plan.loads.values()) - min(plan.loads.values()) <= 1


@given(tasks(), st.integers(), st.randoms())
def test_the_same_seed_gives_the_same_plan_in_whatever_order_the_rows_come(task, seed, dice):
    nominations, readers, each, conflicts = task
    mixed, people = list(nominations), list(readers)
    dice.shuffle(mixed)
    dice.shuffle(people)

    assert assign_readers(mixed, people, each=each, conflicts=conflicts, seed=seed) == assign_readers(
        nominations, readers, each=each, conflicts=conflicts, seed=seed
    )


@given(tasks(most=4, people=4))
def test_no_other_division_is_more_even(task):
    nominations, readers, each, conflicts = task
    plan = assign_readers(nominations, readers, each=each, conflicts=conflicts)

    choices = []
    for row in nominations:
        free = [reader for reader in readers if (row, reader) not in conflicts]
        choices.append(list(combinations(free, min(each, len(free)))))
    best = min(
        sum(sum(reader in chosen for chosen in division) ** 2 for reader in readers) for division in product(*choices)
    )
    assert sum(load**2 for load in plan.loads.values()) == best


@given(tasks(), st.data())
def test_what_is_kept_stays(task, data):
    nominations, readers, each, conflicts = task
    allowed = sorted(set(product(nominations, readers)) - conflicts)
    kept = data.draw(st.sets(st.sampled_from(allowed))) if allowed else set()

    plan = assign_readers(nominations, readers, each=each, conflicts=conflicts, kept=kept)

    assert kept <= plan.pairs
    assert not (plan.pairs - kept) & conflicts


def test_a_dossier_needs_a_reader():
    with pytest.raises(ValueError, match="at least one"):
        assign_readers([1], [2], each=0)


def test_three_hundred_dossiers_for_fifteen_readers_are_divided_evenly():
    conflicts = [(row, row % 15) for row in range(0, 300, 2)]

    plan = assign_readers(range(300), range(15), each=3, conflicts=conflicts)

    assert set(plan.loads.values()) == {60}
    assert plan.short == {}
