import datetime
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.cases import run_case
from dvk_portal.core.documents.numbering import (
    CODE_NOTATION,
    CODE_NUMBER,
    NumberingError,
    date_text,
    line_of,
    number_line,
    number_text,
    spell_type,
)

SEQUENCES = st.integers(1, 10**CODE_NUMBER - 1)
SYSTEMS = st.sampled_from(["party", "state", "neutral"])
CODES = st.text("ABCDĐHKLNQTUƯrs", min_size=1, max_size=10)


def test_the_party_writes_no_colon_and_the_state_does():
    """T-F1"""
    assert number_line("party", "BC", "BTGDVTU", 5) == "Số 05-BC/BTGDVTU"
    assert number_line("state", "BC", "SNV", 5) == "Số: 05/BC-SNV"


def test_the_register_holds_the_number_without_its_word():
    assert number_text("party", "BC", "BTGDVTU", 5) == "05-BC/BTGDVTU"
    assert number_text("state", "BC", "SNV", 5) == "05/BC-SNV"
    assert line_of("party", "05-BC/BTGDVTU") == number_line("party", "BC", "BTGDVTU", 5)


def test_an_official_letter_of_the_state_names_no_type():
    assert number_text("state", "", "SNV-VP", 15) == "15/SNV-VP"


@given(SYSTEMS, CODES, CODES, SEQUENCES)
def test_the_number_can_be_read_back_and_only_small_ones_have_a_zero(system, type_code, body, sequence):
    text = number_text(system, type_code, body, sequence)

    digits = re.match(r"[0-9]+", text)[0]
    assert int(digits) == sequence
    assert digits.startswith("0") == (sequence < 10)
    assert text[len(digits) :] == (f"-{type_code}/{body}" if system == "party" else f"/{type_code}-{body}")


@given(SYSTEMS, CODES, CODES, SEQUENCES, SEQUENCES)
def test_two_numbers_of_one_series_are_never_written_alike(system, type_code, body, one, other):
    texts = {number_text(system, type_code, body, sequence) for sequence in (one, other)}

    assert len(texts) == len({one, other})


@given(st.dates())
def test_a_date_is_written_in_full_and_can_be_read_back(day):
    text = date_text(day)

    read = re.fullmatch(r"ngày ([0-9]{2}) tháng ([0-9]{1,2}) năm ([0-9]+)", text)
    assert datetime.date(*(int(part) for part in reversed(read.groups()))) == day
    assert read[2].startswith("0") == (day.month <= 2)


@pytest.mark.parametrize("sequence", [0, -1, 10**CODE_NUMBER, True, 1.5, "5"])
def test_a_sequence_that_is_none_is_refused_with_a_sentence(sequence):
    with pytest.raises(NumberingError, match=r"^Số văn bản "):
        number_text("party", "BC", "BTGDVTU", sequence)


@pytest.mark.parametrize(
    ("system", "type_code", "body", "sentence"),
    [
        ("church", "BC", "TU", "Không có hệ văn bản “church”"),
        ("party", "", "TU", "Thiếu tên loại văn bản"),
        ("party", "BC", " ", "Thiếu ký hiệu cơ quan"),
        ("state", "BC", "X" * CODE_NOTATION, "dài quá 30 ký tự"),
    ],
)
def test_what_cannot_be_a_number_is_refused_with_a_sentence(system, type_code, body, sentence):
    with pytest.raises(NumberingError, match=sentence):
        number_text(system, type_code, body, 1)


def test_the_notation_may_be_as_long_as_the_metadata_allow():
    body = "X" * (CODE_NOTATION - len("BC/"))

    assert number_text("party", "BC", body, 1) == f"01-BC/{body}"


@pytest.mark.parametrize(
    ("typed", "spelled"), [("bc", "BC"), (" ttr ", "TTr"), ("qđ", "QĐ"), ("HĐ", "HĐ"), ("hd", "HD"), ("GƯ", "GƯ")]
)
def test_one_type_has_one_spelling(typed, spelled):
    assert spell_type(typed) == spelled


def test_a_spelling_in_use_comes_before_the_usual_one():
    assert spell_type("gưtđ", ("GƯTĐ",)) == "GƯTĐ"
    assert spell_type("TTR", ("TTR",)) == "TTR"


def test_composed_and_decomposed_letters_are_the_same_type():
    assert spell_type("QU\u031b\u200b") == "QƯ"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"system": "party", "type": "BC", "body": "TU", "sequence": 0}, "số nguyên từ 1"),
        ({"system": "party", "type": "BC", "body": "TU", "sequence": "x"}, "số nguyên không âm"),
        ({"system": "church", "type": "BC", "body": "TU", "sequence": 1}, "không phải hệ văn bản"),
        ({"system": "neutral", "type": "BC", "body": "TU", "sequence": 1}, "không phải hệ văn bản"),
        ({"system": ["party"], "type": "BC", "body": "TU", "sequence": 1}, "không phải hệ văn bản"),
        ({"system": "party", "type": None, "body": "TU", "sequence": 1}, "phải là chữ"),
        ({"system": "party", "type": "BC", "sequence": 1}, "Ví dụ number cần"),
        ({"date": "2026-02-30"}, "không phải là ngày"),
        ({}, "Ví dụ number cần"),
    ],
)
def test_a_case_that_cannot_be_evaluated_says_why(given, sentence):
    result = run_case({"id": "x", "kind": "number", "given": given, "expect": {"text": ""}})

    assert not result.passed
    assert sentence in result.actual["error"]
