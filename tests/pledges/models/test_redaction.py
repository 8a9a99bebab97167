"""A name that nobody agreed to is found and taken out, whatever it is written like; other words stay."""

import unicodedata

import pytest

from pledges.redaction import holds_name, without_name

WHO = "Bà Nguyễn Thị Hoa, ấp Bình Hòa"


@pytest.mark.parametrize(
    "text",
    [
        "Điển hình bà Nguyễn Thị Hoa nuôi dạy trẻ mồ côi",
        "NGUYỄN THỊ HOA giúp dân",
        "gương nguyen thi hoa",
        unicodedata.normalize("NFD", "Nhà của Nguyễn Thị Hoa"),
        "Mỗi tối bà Hoa lại sang",
        "Chị Hoa vận động",
        "Nguyễn  Thị\nHoa",
    ],
)
def test_a_name_is_found_however_it_is_written(text):
    assert holds_name(text, WHO)
    assert not holds_name(without_name(text, WHO, "một cá nhân"), WHO)


@pytest.mark.parametrize(
    "text", ["Tuyến đường hoa ở ấp Bình Hòa", "Hoa nở ven đường", "chỉ hòa giải ở cơ sở", "", "Nguyễn Thị Hoài"]
)
def test_other_words_stay_as_they_are(text):
    assert without_name(text, WHO, "một cá nhân") == text


def test_the_sentence_still_reads():
    text = "Điển hình bà Nguyễn Thị Hoa: bà Hoa dạy học"

    assert without_name(text, WHO, "một cá nhân") == "Điển hình một cá nhân: một cá nhân dạy học"
    assert without_name("Bà Hoa dạy học", WHO, "một cá nhân") == "Một cá nhân dạy học"


def test_a_second_person_is_found_too():
    who = "Ông Trần Văn Bảy và bà Lê Thị Sáu"

    assert without_name("Ông Bảy, bà Lê Thị Sáu hiến đất", who, "một cá nhân") == "Một cá nhân, một cá nhân hiến đất"


def test_a_single_word_names_nobody():
    assert without_name("Hoa nở", "Hoa", "một cá nhân") == "Hoa nở"


def test_a_collective_is_found_by_its_words():
    assert without_name("Mô hình của Chi bộ ấp Một", "Chi bộ ấp Một", "một tập thể") == "Mô hình của một tập thể"
