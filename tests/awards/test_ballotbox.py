"""The sealed box of a secret ballot: equal length, no order, opened only by its own key and in its own place."""

import collections

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards import ballotbox as box
from awards.ballotbox import BoxError, Contents, Paper

SECRET, CONTEXT = b"khoa-thu", b"7:1"


def papers(number, candidates):
    return [Paper(box.new_receipt(), "".join(box.MARKS[(n + m) % 3] for m in range(candidates))) for n in range(number)]


@st.composite
def filled(draw):
    seats, candidates = draw(st.integers(1, 20)), draw(st.integers(1, 12))
    marks = draw(st.lists(st.text("+-0", min_size=candidates, max_size=candidates), max_size=seats))
    found = [Paper(box.new_receipt(), row) for row in marks]
    return Contents(found, draw(st.integers(0, len(found)))), seats, candidates


@given(filled())
def test_what_was_packed_and_sealed_is_what_is_opened(made):
    contents, seats, candidates = made

    salt, sealed = box.seal(box.pack(contents, seats=seats, candidates=candidates), secret=SECRET, context=CONTEXT)
    opened = box.unpack(box.unseal(salt, sealed, secrets_=[SECRET], context=CONTEXT), candidates=candidates)

    assert sorted(opened.papers, key=str) == sorted(contents.papers, key=str)
    assert opened.blank == contents.blank


@given(filled(), filled())
def test_the_length_depends_on_seats_and_candidates_alone(one, other):
    lengths = {
        len(box.seal(box.pack(contents, seats=20, candidates=12), secret=SECRET, context=CONTEXT)[1])
        for contents in (_widened(one), _widened(other), Contents())
    }

    assert lengths == {12 + 4 + 20 * (12 + 12) + 16}


def _widened(made):
    contents = made[0]
    rows = [Paper(row.receipt, row.marks.ljust(12, "0")) for row in contents.papers]
    return Contents(rows, contents.blank)


def test_every_order_of_the_papers_is_as_likely_as_any_other():
    three = Contents(papers(3, 2))
    seen = collections.Counter(
        tuple(row.receipt for row in box.unpack(box.pack(three, seats=5, candidates=2), candidates=2).papers)
        for _ in range(6000)
    )

    assert len(seen) == 6
    assert all(800 < count < 1200 for count in seen.values())


def test_the_same_papers_are_never_sealed_alike():
    data = box.pack(Contents(papers(2, 2)), seats=5, candidates=2)
    found = {box.seal(data, secret=SECRET, context=CONTEXT) for _ in range(50)}

    assert len({salt for salt, _ in found}) == 50
    assert len({sealed for _, sealed in found}) == 50


def test_a_changed_box_another_ballots_box_and_another_key_are_refused():
    salt, sealed = box.seal(box.pack(Contents(), seats=3, candidates=1), secret=SECRET, context=CONTEXT)
    damaged = sealed[:-1] + bytes([sealed[-1] ^ 1])

    for given_, secret, context in (
        (damaged, SECRET, CONTEXT), (sealed, b"khac", CONTEXT), (sealed, SECRET, b"8:1"), (b"", SECRET, CONTEXT),
    ):  # fmt: skip
        with pytest.raises(BoxError):
            box.unseal(salt, given_, secrets_=[secret], context=context)


def test_a_box_sealed_before_the_key_was_changed_opens_with_the_former_key():
    salt, sealed = box.seal(box.pack(Contents(), seats=3, candidates=1), secret=b"cu", context=CONTEXT)

    assert box.unpack(box.unseal(salt, sealed, secrets_=[b"moi", b"cu"], context=CONTEXT), candidates=1) == Contents()


def test_a_box_takes_no_more_papers_than_there_are_voters():
    with pytest.raises(BoxError):
        box.pack(Contents(papers(3, 1)), seats=2, candidates=1)


def test_a_paper_of_other_candidates_is_refused():
    with pytest.raises(BoxError):
        box.pack(Contents(papers(1, 2)), seats=2, candidates=3)


@pytest.mark.parametrize(("receipt", "marks"), [("A", "+"), ("0" * 12, "+"), ("A" * 12, "x"), ("A" * 12, "")])
def test_a_paper_that_is_none_is_refused(receipt, marks):
    with pytest.raises(BoxError):
        Paper(receipt, marks)


def test_a_receipt_is_read_in_threes_and_typed_as_one_likes():
    assert box.readable("A2BC3DE4FG6H") == "A2B-C3D-E4F-G6H"
    assert box.typed(" a2b-c3d e4f-g6h ") == "A2BC3DE4FG6H"
