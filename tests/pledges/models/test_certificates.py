"""Numbers of certificates: unique, in order, never given twice."""

from hypothesis import given
from hypothesis import strategies as st

from pledges.certificates import certificate_no, next_certificates, number_of

SUFFIXES = st.sampled_from(["", "/GCN-DVK", "-GCN", "/GCN (2026)", "/7", ".*"])


def test_numbers_have_two_digits_and_go_on_after_the_last():
    assert next_certificates([], "/GCN", 2) == ["01/GCN", "02/GCN"]
    assert next_certificates(["99/GCN", "07/GCN"], "/GCN", 2) == ["100/GCN", "101/GCN"]


def test_another_suffix_or_a_number_typed_by_hand_does_not_move_the_row():
    assert next_certificates(["15/KHAC", "GCN số 3", "2a/GCN"], "/GCN", 1) == ["01/GCN"]


@given(st.lists(st.integers(1, 3000), unique=True, max_size=40), SUFFIXES, st.integers(0, 40))
def test_new_numbers_are_new_and_as_many_as_asked(numbers, suffix, count):
    used = [certificate_no(number, suffix) for number in numbers]

    found = next_certificates(used, suffix, count)

    assert len(found) == len(set(found)) == count
    assert not set(found) & set(used)
    assert [number_of(one, suffix) for one in found] == list(range(max(numbers, default=0) + 1, max(numbers, default=0) + 1 + count))


@given(st.lists(st.integers(0, 20), max_size=6), SUFFIXES)
def test_batch_after_batch_numbers_without_gap_or_repetition(sizes, suffix):
    used: list[str] = []
    for size in sizes:
        used += next_certificates(used, suffix, size)

    assert [number_of(one, suffix) for one in used] == list(range(1, sum(sizes) + 1))
