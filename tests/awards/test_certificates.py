"""Boxes of certificates: what a stored row means, what forbids a box, which words stand in it, what a measured cross says."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.certificates import (
    PLACES,
    BoxError,
    BoxKind,
    border_picture,
    box_of,
    corrected,
    fill,
    problems_of,
    samples,
    standard_layouts,
    words_of,
)

PRESETS = standard_layouts()
NAME = next(box for box in PRESETS[0].boxes if box.label == "Tên")
MM = st.decimals(min_value=-50, max_value=50, places=2)


def test_the_presets_are_three_sizes_for_each_family_and_the_large_one_on_stock():
    found = {(row.family, row.width, row.height, row.on_stock) for row in PRESETS}

    sizes = ((400, 300, False), (400, 300, True), (420, 297, False), (297, 210, False))
    assert found == {(family, *size) for family in ("state", "party") for size in sizes}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda row: row.code)
def test_every_box_of_a_preset_may_stand_where_it_is(preset):
    assert [problem for box in preset.boxes for problem in problems_of(box, preset.width, preset.height)] == []


@pytest.mark.parametrize("preset", PRESETS, ids=lambda row: row.code)
def test_a_preset_says_decision_gold_book_number_and_address_of_the_public_page(preset):
    words = " ".join(box.text for box in preset.boxes)

    for place in ("name", "achievement", "decision_no", "decided_on", "gold_book_no", "code", "signer", "place_date"):
        assert f"{{{place}}}" in words
    assert BoxKind.QR in {box.kind for box in preset.boxes}


@pytest.mark.parametrize("preset", [row for row in PRESETS if row.width == 400], ids=lambda row: row.code)
def test_the_large_certificate_leaves_35_millimetres_for_the_signature(preset):
    assert [box.height for box in preset.boxes if box.kind is BoxKind.SIGNATURE] == [35]


def test_only_the_state_names_the_republic_and_only_the_party_the_party():
    for preset in PRESETS:
        words = " ".join(words_of(box, samples(preset.family)) for box in preset.boxes)
        assert ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in words) == (preset.family == "state")
        assert ("ĐẢNG CỘNG SẢN VIỆT NAM" in words) == (preset.family == "party")


@pytest.mark.parametrize("box", [box for preset in PRESETS for box in preset.boxes], ids=lambda box: box.label)
def test_a_box_comes_back_from_its_row(box):
    assert box_of(box.as_row()) == box


@pytest.mark.parametrize("row", [{}, {"kind": "text"}, {"kind": "wheel", "label": "X"}, {**NAME.as_row(), "x": "hai"}])
def test_a_row_that_is_no_box_is_refused_with_a_sentence(row):
    with pytest.raises(BoxError, match="thiếu số đo hoặc có loại không biết"):
        box_of(row)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"x": Decimal(120)}, "Khối “Tên” nằm ngoài trang 400 × 300 mm."),
        ({"y": Decimal(-1)}, "Khối “Tên” nằm ngoài trang 400 × 300 mm."),
        ({"width": Decimal(0)}, "Khối “Tên”: rộng và cao phải lớn hơn 0."),
        ({"size": Decimal(1)}, "Khối “Tên”: cỡ chữ từ 4 đến 200."),
        ({"colour": "red"}, "Khối “Tên”: màu ghi dạng #c8102e."),
        ({"text": " "}, "Khối “Tên” chưa có chữ."),
        ({"text": "{ten}"}, "Khối “Tên”: không có mục {ten}."),
        ({"kind": BoxKind.QR, "height": Decimal(12)}, "Khối “Tên”: mã QR nhỏ hơn 14 mm thì điện thoại khó đọc."),
    ],
)
def test_what_forbids_a_box_is_said(changes, sentence):
    assert problems_of(replace(NAME, **changes), Decimal(400), Decimal(300)) == [sentence]


def test_a_line_of_nothing_but_unknown_words_is_left_out():
    text = "Quyết định số {decision_no}\nSố sổ vàng: {gold_book_no}"

    assert fill(text, {"decision_no": "5-QĐ", "gold_book_no": ""}) == "Quyết định số 5-QĐ"
    assert fill(text, {"decision_no": "5-QĐ", "gold_book_no": "7"}) == "Quyết định số 5-QĐ\nSố sổ vàng: 7"


def test_a_missing_half_leaves_no_comma_behind():
    assert fill("{post}, {unit}", {"post": "", "unit": "Xã An Hòa"}) == "Xã An Hòa"


def test_fixed_words_stay_when_nothing_is_known():
    assert fill("Độc lập - Tự do - Hạnh phúc", {}) == "Độc lập - Tự do - Hạnh phúc"


def test_braces_in_a_name_are_no_place():
    assert fill("{name}", {"name": "{code}", "code": "MẬT"}) == "{code}"


@given(offset=MM, error=MM)
def test_the_corrected_offset_puts_the_cross_where_it_belongs(offset, error):
    """A printer that is off by ``error`` prints the cross at 20 + offset + error; with the new offset it stands at 20."""
    measured = Decimal(20) + offset + error

    assert Decimal(20) + corrected(offset, measured) + error == Decimal(20)


def test_the_frame_has_the_size_of_its_box():
    assert 'viewBox="0 0 350.0 260.0"' in border_picture(Decimal(350), Decimal(260), Decimal(15), "#b58a2a")


def test_every_place_has_a_sample_of_both_families():
    for family in ("state", "party"):
        assert set(samples(family)) == set(PLACES)
        assert all(samples(family).values())
