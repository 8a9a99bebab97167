from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dvk_portal.core.numbers import (
    AmbiguousNumberError,
    NumberError,
    format_number,
    parse_id,
    parse_ids,
    parse_number,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,5", "1234.5"),
        ("1234.5", "1234.5"),
        ("1234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1 234", "1234"),
        ("1\u00a0234,50", "1234.5"),
        ("1\u202f234.5", "1234.5"),
        ("12,5%", "12.5"),
        ("12,5 %", "12.5"),
        ("  7 ", "7"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1.234.567,891", "1234567.891"),
        ("1 234.567", "1234.567"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        (",5", "0.5"),
        ("+3", "3"),
        ("007", "7"),
        ("12,0", "12"),
        ("１２", "12"),
        (7, "7"),
        (Decimal("1E+3"), "1000"),
    ],
)
def test_what_officers_type_is_understood(text, number):
    parsed = parse_number(text)

    assert str(parsed) == number


@pytest.mark.parametrize(
    "text",
    ["", "   ", "abc", "12 người", "1e5", "NaN", "Infinity", "٣", "12,", "1.", ".", ",", "-", "1.23,4", "1.234.56",
     "1,234,56.7", "1.2.3", "1 2", "1,2 3", "0.123.456", "1 234.567,8.9", "--1", "1-2", "½", "0x10", "1_000", "9" * 500],
)  # fmt: skip
def test_what_is_not_a_number_is_refused_with_a_sentence(text):
    with pytest.raises(NumberError, match=r"\.$"):
        parse_number(text)


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.500"])
def test_a_number_that_may_be_a_thousand_times_larger_is_asked_about(text):
    with pytest.raises(AmbiguousNumberError, match="hàng nghìn"):
        parse_number(text)
    with pytest.raises(AmbiguousNumberError):
        parse_number(text, decimals=2)


def test_a_count_reads_the_only_separator_as_thousands():
    assert parse_number("1.234", decimals=0) == 1234
    assert parse_number("1,234", decimals=0) == 1234


def test_a_comma_is_the_decimal_mark_where_three_places_fit():
    assert parse_number("1,234", decimals=3) == Decimal("1.234")
    with pytest.raises(AmbiguousNumberError):
        parse_number("1.234", decimals=3)


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("-5", {}, "âm"),
        ("\u22125", {}, "âm"),
        ("12,5", {"decimals": 0}, "số nguyên"),
        ("12,555", {"decimals": 4, "max_digits": 4}, "quá dài"),
        ("12,55", {"decimals": 1}, "1 chữ số thập phân"),
        ("123456789012345", {}, "tối đa 14"),
        ("5%", {"allow_percent": False}, "phần trăm"),
        (Decimal("NaN"), {}, "không phải là số"),
        (Decimal("1E+400"), {}, "quá dài"),
    ],
)
def test_a_number_outside_the_rules_of_its_field_is_refused(text, options, sentence):
    with pytest.raises(NumberError, match=sentence):
        parse_number(text, **options)


def test_negative_numbers_are_a_choice_of_the_field():
    assert parse_number("-1.234,5", allow_negative=True) == Decimal("-1234.5")
    assert str(parse_number("-0")) == "0"


@pytest.mark.parametrize("value", [1.5, True, None, b"1"])
def test_a_float_is_a_programming_error(value):
    with pytest.raises(TypeError):
        parse_number(value)


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        ("1234.5", None, "1.234,5"),
        ("1234.50", None, "1.234,5"),
        ("1234567", None, "1.234.567"),
        ("90.25", 1, "90,3"),
        ("-90.25", 1, "-90,3"),
        ("-0.04", 1, "0,0"),
        ("7", 2, "7,00"),
        ("0", None, "0"),
        ("99999999999999999999999999999999.5", 0, "100.000.000.000.000.000.000.000.000.000.000"),
    ],
)
def test_numbers_are_printed_the_vietnamese_way(number, decimals, text):
    assert format_number(Decimal(number), decimals) == text


@given(st.decimals(0, 10**10, places=2, allow_nan=False))
@settings(max_examples=100)
def test_what_the_portal_prints_it_reads_back(number):
    assert parse_number(format_number(number, 2), decimals=2) == number
    # Without its places a round number is grouped like a count, and is read as one.
    places = 0 if number == number.to_integral_value() else 2
    assert parse_number(format_number(number), decimals=places) == number


@given(st.integers(0, 10**13))
@settings(max_examples=50)
def test_a_count_is_read_back_however_it_is_grouped(number):
    for text in (str(number), f"{number:,}", f"{number:,}".replace(",", "."), f"{number:,}".replace(",", " ")):
        assert parse_number(text, decimals=0) == number


@given(st.text(max_size=40))
@settings(max_examples=200)
def test_any_text_is_a_finite_decimal_or_a_number_error(text):
    try:
        number = parse_number(text)
    except NumberError:
        return
    assert number.is_finite()
    assert number >= 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("٣", 3),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("²", None),
        ("-1", None),
        ("", None),
        ("\0", None),
    ],
)
def test_the_number_of_a_row_is_one_that_a_row_can_have(text, number):
    assert parse_id(text) == number


def test_numbers_of_rows_leave_out_what_is_none():
    assert parse_ids(["1", "²", "x", "9" * 30, "2"]) == [1, 2]
