import datetime as dt
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dvk_portal.core.datafile import DataFileError, dump_yaml, load_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("95.5", Decimal("95.5")),
        ("1.10", Decimal("1.10")),
        ("7", 7),
        ("-3", -3),
        ("1e3", Decimal("1E+3")),
        (".5", Decimal("0.5")),
        ("0x1F", "0x1F"),
        ("010", "010"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("yes", "yes"),
        ("no", "no"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("2026-01-05", dt.date(2026, 1, 5)),
        ("2026-01-05T10:00:00Z", dt.datetime(2026, 1, 5, 10, tzinfo=dt.UTC)),
        ('"95.5"', "95.5"),
        ('{"a": [1, 2.5, null]}', {"a": [1, Decimal("2.5"), None]}),
        ("\ufeffa: 1", {"a": 1}),
    ],
)
def test_a_scalar_means_what_a_person_would_read(text, value):
    found = load_yaml(text.encode())

    assert (found, type(found)) == (value, type(value))


def test_a_format_that_asks_for_quotes_reads_words_as_yaml_1_1_does():
    assert load_yaml("[yes, no, on, off, 'no']", yaml_1_1_booleans=True) == [True, False, True, False, "no"]


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        ("a: 1\na: 2", 2, 1),
        ("a: &x 1", 1, 4),
        ("a: *x", 1, 4),
        ("a: !!python/object:os.system x", 1, 4),
        ("a: !x [1]", 1, 4),
        (b"a: 1\nb: \xff", 2, 4),
        ("ab\0c", 1, 3),
        ("1\n---\n2", 2, 1),
        ("a: [1", 2, 1),
        ("a: b: c", 1, 5),
        ("[" * 60, 1, 51),
        ("? [1]\n: 2", 1, 3),
        ("a: 2026-13-45", 1, 4),
        ("a: 1e999999999", 1, 4),
        ("a: " + "9" * 5000, 1, 4),
        ('a: "\\0"', 1, 4),
        ("\ta: 1", 1, 1),
        ("{true: 1, 1: 2}", 1, 11),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(content, line, column):
    with pytest.raises(DataFileError) as caught:
        load_yaml(content)

    assert (caught.value.line, caught.value.column) == (line, column)
    assert f"(dòng {line}, cột {column})" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff" * 10_000_000,
        "[" * 10_000_000,
        "a" * 10_000_000,
        "đ" * 999_999,
        "[" * 999_999,
        "- " * 400_000,
        "[" + "a," * 490_000,
    ],
    ids=["bytes", "brackets", "text", "wide", "deep", "dashes", "wide list"],
)
def test_nonsense_is_refused_quickly(content):
    start = time.perf_counter()

    with pytest.raises(DataFileError):
        load_yaml(content)

    assert time.perf_counter() - start < 1


def test_an_alias_bomb_is_refused():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"

    with pytest.raises(DataFileError, match="tham chiếu"):
        load_yaml(bomb)


def test_dumping_keeps_order_unicode_and_exact_numbers():
    text = dump_yaml({"tên": "Dân vận khéo", "b": Decimal("95.50"), "a": Decimal("7.00"), "no": "1.10", "x": None})

    assert text == 'tên: Dân vận khéo\nb: "95.50"\na: 7\n"no": "1.10"\nx: null\n'


plain = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.dates()
    | st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Co")), max_size=20)
    | st.sampled_from(
        ["no", "1e3", "1:30", "2026-01-05", "&a", "*a", "!x", "-", "~", "", " ", "x: y", "#c", "0x1F", "'", '"']
    )
)


@settings(max_examples=80, deadline=None)
@given(
    st.recursive(
        plain,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text("abcno15.~", max_size=4), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_what_is_dumped_is_read_back(value):
    text = dump_yaml(value)

    assert load_yaml(text) == value
    assert load_yaml(text, yaml_1_1_booleans=True) == value


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200) | st.text("ab:-[]{}&*!|>%#\n 1.", max_size=60))
def test_any_bytes_are_read_or_refused(content):
    try:
        load_yaml(content)
    except DataFileError as error:
        assert str(error).endswith(".")
