"""What a signature looks like: readable, complete, in Vietnamese, of the size of its field."""

import ctypes
import unicodedata
from datetime import UTC, datetime

import pypdfium2
import pytest
from pypdfium2 import raw

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.signatures import pades, stamps
from tests.core.signatures import papers

AT = datetime(2026, 5, 30, 1, 5, 12, tzinfo=UTC)
LONG = "Phó Bí thư Thường trực Đảng ủy, Chủ tịch Hội đồng nhân dân xã Nguyễn Nghiêm Mỹ Đức Ô Lâm"


def _lines(pdf: bytes, page: int = 0) -> list[str]:
    text = pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range()
    return [unicodedata.normalize("NFC", line.strip()) for line in text.splitlines() if line.strip()]


def test_a_consent_names_person_capacity_time_way_and_code():
    assert _lines(stamps.consent("Trần Thị Bưởi", "Chủ tịch UBND xã Mẫu", AT, "K7QX-M2PA")) == [
        "ĐÃ ĐỒNG Ý KÝ TRÊN CỔNG",
        "Trần Thị Bưởi",
        "Chủ tịch UBND xã Mẫu",
        "Thời gian: 08:05:12 30/05/2026 +07:00",
        "Niêm phong bằng chứng thư số của cổng",
        "Mã tra cứu: K7QX-M2PA",
    ]


def test_a_certificate_names_subject_capacity_time_and_issuer():
    assert _lines(stamps.certificate("Nguyễn Văn Ước", "Trưởng ban", AT, "CA thử")) == [
        "ĐÃ KÝ SỐ",
        "Nguyễn Văn Ước",
        "Trưởng ban",
        "Thời gian ký: 08:05:12 30/05/2026 +07:00",
        "Chứng thư số do CA thử cấp",
    ]


@pytest.mark.parametrize("size", [(200, 72), (120, 40), (300, 110), (90, 60)])
def test_a_stamp_has_the_size_of_its_field_and_loses_no_word(size):
    pdf = stamps.consent("Nguyễn Thị Hồng Phượng", LONG, AT, "K7QX-M2PA", size=size)

    [page] = pypdfium2.PdfDocument(pdf)
    assert page.get_size() == size
    assert " ".join(_lines(pdf)) == (
        f"ĐÃ ĐỒNG Ý KÝ TRÊN CỔNG Nguyễn Thị Hồng Phượng {LONG} Thời gian: 08:05:12 30/05/2026 +07:00 "
        "Niêm phong bằng chứng thư số của cổng Mã tra cứu: K7QX-M2PA"
    )
    boxes = [page.get_textpage().get_charbox(i) for i in range(page.get_textpage().count_chars())]
    assert min(box[1] for box in boxes) >= 0
    assert max(box[3] for box in boxes) <= size[1]
    assert max(box[2] for box in boxes) <= size[0]


def test_text_is_tinos_and_only_tinos():
    pdf = stamps.consent("Trần Thị Bưởi", "Chủ tịch", AT, "K7QX")

    assert {line.split("+")[-1].split("-")[0] for line in _font_names(pdf)} == {"Tinos"}


def _font_names(pdf: bytes) -> list[str]:
    names = []
    for item in pypdfium2.PdfDocument(pdf)[0].get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        buffer = ctypes.create_string_buffer(200)
        raw.FPDFFont_GetBaseFontName(raw.FPDFTextObj_GetFont(item.raw), buffer, 200)
        names.append(buffer.value.decode())
    return names


def test_the_same_words_give_the_same_bytes():
    assert stamps.consent("A", "B", AT, "C") == stamps.consent("A", "B", AT, "C")


def test_decomposed_letters_are_joined_and_spaces_tidied():
    decomposed = unicodedata.normalize("NFD", "Trần  Thị\nBưởi")

    assert stamps.consent(decomposed, "B", AT, "C") == stamps.consent("Trần Thị Bưởi", "B", AT, "C")


def test_a_letter_that_cannot_be_printed_is_told_before_anything_is_signed():
    with pytest.raises(DomainError, match="có ký tự không in được"):
        stamps.consent("Trần Thị B 😀", "Chủ tịch", AT, "K7QX")


def test_a_name_is_never_read_as_markup():
    lines = _lines(stamps.consent('#panic("x") *B* $a$ \\ "', "[C] <d> @e", AT, ""))

    assert lines[1:3] == ['#panic("x") *B* $a$ \\ "', "[C] <d> @e"]


def test_the_stamp_stands_in_the_signed_page():
    stamp = stamps.consent("Trần Thị Bưởi", "Chủ tịch UBND xã Mẫu", AT, "K7QX", size=papers.UNIT.size)
    sealed = pades.seal_consent(
        papers.prepared(), slot="unit", stamp=stamp, name="Trần Thị Bưởi", capacity="Chủ tịch", at=AT
    )

    assert _picture(sealed) != _picture(papers.prepared())


def _picture(pdf: bytes) -> bytes:
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    return bytes(document[1].render().buffer)
