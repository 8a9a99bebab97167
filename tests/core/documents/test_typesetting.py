"""From content to PDF: an archive file in the one face, equal bytes for equal content, text stays text, places to sign."""

import io
import re

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from dvk_portal.core.documents import kinds, typesetting
from dvk_portal.core.documents.content import Annex, Column, Content, Section, Table
from dvk_portal.core.documents.glyphs import printable, unprintable
from dvk_portal.core.exceptions import DomainError
from tests.core.documents import pages, trial

CODES = ["PARTY_2026", "PARTY_2018", "STATE_ND30", "NEUTRAL"]
HOSTILE = r'#set page(width: 1cm) $x^2$ *b* _i_ `c` <l> @r \ "q" // /* [n] = h -- ~ #import "/etc/passwd"'


@pytest.fixture(autouse=True)
def _a_kind_to_try(monkeypatch):
    monkeypatch.setitem(kinds._kinds, "trial", trial.Trial())


def render(code="PARTY_2026", **changes):
    return typesetting.render(trial.report(**changes), trial.layout(code))


# ---------------------------------------------------------------- the file


def test_the_same_content_gives_the_same_bytes():
    assert render().pdf == render().pdf


def test_content_read_back_from_its_frozen_form_gives_the_same_bytes():
    content = trial.report(annexes=[Annex("Phụ lục I", "BẢNG", [Section(tables=[trial.table(2)])], landscape=True)])

    again = Content.from_json(content.as_json())

    assert again == content
    assert typesetting.render(again, trial.layout("PARTY_2026")).pdf == render(annexes=content.annexes).pdf


def test_content_frozen_before_annexes_existed_is_still_read():
    old = {name: value for name, value in trial.report().as_json().items() if name not in ("annexes", "address_word")}

    assert Content.from_json(old) == trial.report()


@pytest.mark.parametrize("code", CODES)
def test_the_file_says_that_it_is_pdf_a_2b(code):
    root = PdfFileReader(io.BytesIO(render(code).pdf)).root
    metadata = root["/Metadata"].data.decode()

    assert re.findall(r"<pdfaid:(?:part|conformance)>(\w)<", metadata) == ["2", "B"]
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"


def test_the_file_carries_title_issuer_language_date_and_structure():
    pdf = render().pdf
    root, facts = PdfFileReader(io.BytesIO(pdf)).root, pypdfium2.PdfDocument(pdf).get_metadata_dict()

    assert facts["Title"] == "BÁO CÁO Kết quả phong trào thi đua quý I năm 2026"
    assert facts["Author"] == "BAN TUYÊN GIÁO VÀ DÂN VẬN"
    assert facts["CreationDate"].startswith("D:20260205")
    assert root["/Lang"] == "vi"
    assert root["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("code", CODES)
def test_every_face_is_tinos_and_embedded(code):
    faces = pages.fonts(render(code).pdf)

    assert all(faces.values())
    assert set(faces) <= {"Tinos-Regular", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"}


def test_a_draft_without_a_day_is_set_with_dots():
    assert pages.line(render(dated_on="").pdf, "Mẫu, ngày … tháng … năm …")


def test_decomposed_letters_are_printed_composed():
    pdf = render(closing=["Vie\u0302\u0323t Nam"]).pdf

    assert pages.line(pdf, "Việt Nam").text == "Việt Nam"


# ---------------------------------------------------------------- text stays text


def test_markup_in_a_text_is_printed_as_it_was_typed():
    column = Column(HOSTILE, 1)
    pdf = render(
        subject=HOSTILE,
        grounds=[HOSTILE],
        addressees=[HOSTILE],
        sections=[Section(HOSTILE, [HOSTILE], [HOSTILE], [Table(HOSTILE, [column], [[HOSTILE]], note=HOSTILE)])],
        slots=[trial.slot(position=HOSTILE)],
        recipients=[HOSTILE],
    ).pdf

    # The post is printed in capitals.
    assert pages.words(pdf).count(pages.squeezed(HOSTILE)) == 11
    assert pages.squeezed(HOSTILE.upper()) in pages.words(pdf)
    assert pypdfium2.PdfDocument(pdf)[0].get_width() == pytest.approx(210 * pages.MM, abs=0.1)


@pytest.mark.parametrize("word", ["x" * 300, "W" * 300, "ộ" * 300, "https://cong.example/" + "a1/" * 90])
@pytest.mark.parametrize("code", ["PARTY_2026", "STATE_ND30"])
def test_a_word_without_spaces_stays_inside_the_page(code, word):
    heading = type(trial.PARTY)("party", word, word, "X", word[:60])
    pdf = render(
        code,
        heading=heading,
        subject=word,
        addressees=[word],
        sections=[Section(word, [word], [word], [Table(word, trial.COLUMNS, [[word] * 3], note=word)])],
        slots=[trial.slot(n, name=word, position=word, party=word) for n in ("a", "b", "c")],
        recipients=[word],
    ).pdf

    found = pages.lines(pdf)
    assert max(line.right for line in found) <= (210 - 15) * pages.MM + 1
    assert min(line.left for line in found) >= 30 * pages.MM - 1
    assert pages.words(pdf).count(pages.squeezed(word)) >= 8


def test_a_text_of_ten_thousand_letters_is_printed_whole():
    text = " ".join(["đoàn kết"] * 1_200) + " hết."
    pdf = render(sections=[Section("", [text], tables=[Table("", trial.COLUMNS, [["1", text, "2"]])])], closing=[text])

    assert pages.words(pdf.pdf).count("đoàn") == 3 * 1_200
    assert pages.words(pdf.pdf).count("hết.") == 3


def test_lines_of_a_text_become_paragraphs_and_control_characters_vanish():
    pdf = render(sections=[Section("", ["Dòng một\r\nDòng\thai\x07\x00\n\n\nDòng ba"])], slots=[]).pdf

    starts = [line.text for line in pages.lines(pdf) if line.text.startswith("Dòng")]
    assert starts == ["Dòng một", "Dòng hai", "Dòng ba"]


def test_what_is_missing_stands_out():
    pdf = render(sections=[Section("", ["Người ký: [CẦN BỔ SUNG: chức danh] của xã."])]).pdf
    line = pages.line(pdf, "Người ký:")

    assert line.text == "Người ký: [CẦN BỔ SUNG: chức danh] của xã."
    assert line.fonts == {"Tinos-Regular", "Tinos-Bold"}
    assert any(line.left < left and right < line.right and 0 < y - line.y < 4 for left, right, y in pages.rules(pdf))


# ---------------------------------------------------------------- characters without a glyph


def test_a_character_without_glyph_is_named_with_its_place():
    with pytest.raises(DomainError) as caught:
        render(sections=[Section("I", ["Bà con rất vui 😀 với mô hình mới"])])

    assert caught.value.message == (
        "Ký tự “😀” trong “Bà con rất vui 😀 với mô hình mới” không in được trên văn bản. Hãy bỏ hoặc thay bằng chữ."
    )


def test_every_such_character_is_listed_once():
    with pytest.raises(DomainError) as caught:
        render(
            subject="✓ xong", sections=[Section("I", ["中"], tables=[Table("", trial.COLUMNS, [["1", "✓ xong", ""]])])]
        )

    assert caught.value.findings == [
        f"Ký tự “{char}” trong “{text}” không in được trên văn bản. Hãy bỏ hoặc thay bằng chữ."
        for char, text in (("✓", "✓ xong"), ("中", "中"))
    ]


def test_forms_can_ask_beforehand():
    assert unprintable("Dân vận khéo: ≥ 95%, 1.000₫, “tốt” – ½…\n") == []
    assert unprintable("👍🏽 rất tốt 👍 中") == ["👍", "🏽", "中"]


def test_joiners_and_direction_marks_do_not_keep_a_document_from_being_set():
    assert unprintable("a\u200bb\u200d\ufe0f\u200e\ufeff\u00adc\x07") == []
    assert render(closing=["a\u200bb\u200d\ufe0f\u200e\ufeff\u00adc\x07 xong"]).pdf


def test_whatever_the_check_lets_through_can_be_set():
    every = "".join(sorted(char for char in printable() if char.isprintable()))

    assert len(every) > 2_500
    assert render(closing=[every[n : n + 60] for n in range(0, len(every), 60)]).pdf


# ---------------------------------------------------------------- places to sign


def _texts_in(pdf, box):
    page = pypdfium2.PdfDocument(pdf)[box.page]
    return page.get_textpage().get_text_bounded(box.x1, box.y1, box.x2, box.y2).strip()


def _demand_free_room(rendered, slots):
    """Each box is empty, inside the margins, 38 mm high, below the post and above the name."""
    sheets = pypdfium2.PdfDocument(rendered.pdf)
    assert [box.slot for box in rendered.boxes] == [slot.slot for slot in slots]
    for box, slot in zip(rendered.boxes, slots, strict=True):
        width, height = sheets[box.page].get_size()
        assert 30 * pages.MM - 0.1 <= box.x1 < box.x2 <= width - 15 * pages.MM + 0.1
        assert 20 * pages.MM <= box.y1 < box.y2 <= height - 20 * pages.MM
        assert box.size[1] == pytest.approx(38 * pages.MM, abs=0.1)
        assert _texts_in(rendered.pdf, box) == ""
        [name] = [
            line
            for line in pages.lines(rendered.pdf)
            if line.page == box.page and line.text == slot.name and box.x1 < (line.left + line.right) / 2 < box.x2
        ]
        assert 0 < name.y - (height - box.y1) < 20


@pytest.mark.parametrize("landscape", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_a_box_is_the_empty_room_between_post_and_name(count, landscape):
    names = ["Nguyễn Văn Mẫu", "Trần Thị Ví Dụ", "Lê Văn Thử", "Phạm Thị Mẫu", "Võ Văn Dụ"][:count]
    slots = [trial.slot(f"s{n}", name=name, position="Trưởng Ban" * (n + 1)) for n, name in enumerate(names)]

    _demand_free_room(render(slots=slots, landscape=landscape), slots)


def test_a_box_on_the_third_page_is_found_there():
    slots = [trial.slot()]
    rendered = render(sections=[Section("I", [trial.TEXT] * 28)], slots=slots)

    _demand_free_room(rendered, slots)
    assert rendered.boxes[0].page == 2


def test_a_document_without_places_to_sign_has_no_box():
    assert render(slots=[]).boxes == []


def _last_lines(rendered, count=2):
    """The last lines of the text: above the signature's first line."""
    found = pages.lines(rendered.pdf)
    place = next(n for n, line in enumerate(found) if line.text.startswith(("K/T TRƯỞNG BAN", "Nơi nhận:")))
    return found[place - count : place]


@pytest.mark.parametrize("paragraphs", range(18, 30))
def test_the_signature_is_never_parted_from_the_last_two_lines(paragraphs):
    rendered = render(sections=[Section("I", [f"Việc thứ {n}." for n in range(paragraphs)])])

    assert {line.page for line in _last_lines(rendered)} == {rendered.boxes[0].page}


@pytest.mark.parametrize("paragraphs", [4, 6, 8])
def test_a_long_last_paragraph_stays_with_the_signature(paragraphs):
    rendered = render(sections=[Section("I", [trial.TEXT] * paragraphs)], closing=[trial.TEXT * 3])

    assert {line.page for line in _last_lines(rendered)} == {rendered.boxes[0].page}


@pytest.mark.parametrize("rows", range(14, 44, 3))
@pytest.mark.parametrize("closing", [[], ["Hết."]])
def test_a_table_at_the_end_leaves_its_last_rows_to_the_signature(rows, closing):
    rendered = render(sections=[Section("I", tables=[trial.table(rows)])], closing=closing)

    found = pages.lines(rendered.pdf)
    pages_of_rows = {line.text: line.page for line in found if line.text.startswith("Xã Mẫu")}
    assert len(pages_of_rows) == rows
    assert pages_of_rows[f"Xã Mẫu {rows}"] == rendered.boxes[0].page
    # The header stands above the rows of each page, and only once.
    heads = [line.page for line in found if line.text == "Đơn vị"]
    assert heads == sorted(set(pages_of_rows.values()))


def test_a_last_paragraph_longer_than_a_page_is_still_printed_with_its_signature():
    slots = [trial.slot()]
    rendered = render(closing=[trial.TEXT * 30], slots=slots)

    _demand_free_room(rendered, slots)
    assert {line.page for line in _last_lines(rendered)} == {rendered.boxes[0].page}


def test_a_long_list_of_recipients_stands_below_the_signature():
    slots = [trial.slot()]
    rendered = render(recipients=[f"Đảng ủy xã Mẫu {n}" for n in range(1, 121)], slots=slots)

    _demand_free_room(rendered, slots)
    assert pages.line(rendered.pdf, "- Đảng ủy xã Mẫu 120").text == "- Đảng ủy xã Mẫu 120."


# ---------------------------------------------------------------- tables, annexes, pictures


def test_the_header_row_of_a_long_table_comes_again_on_every_page():
    pdf = render(sections=[Section("I", tables=[trial.table(100)])], slots=[]).pdf

    heads = [line.page for line in pages.lines(pdf) if line.text == "Đơn vị"]
    assert heads == list(range(pages.count(pdf)))
    assert pages.count(pdf) > 2


def test_a_row_is_not_broken_between_pages():
    rows = [[str(n), "Nội dung " * 60, "1"] for n in range(1, 16)]
    pdf = render(sections=[Section("I", tables=[Table("", trial.COLUMNS, rows)])], slots=[], closing=[]).pdf

    found = [line for line in pages.lines(pdf) if line.text.startswith("Nội dung")]
    per_row = len(found) // 15
    assert len(found) == 15 * per_row
    assert all(len({line.page for line in found[n : n + per_row]}) == 1 for n in range(0, len(found), per_row))


def test_figures_stand_at_the_right_and_strong_rows_are_bold():
    pdf = render(sections=[Section("I", tables=[trial.table(3, strong=[1])])], slots=[]).pdf
    figures = [pages.line(pdf, text) for text in ("1,5", "2,5", "3,5")]

    assert len({round(line.right) for line in figures}) == 1
    assert [line.fonts for line in figures] == [{"Tinos-Regular"}, {"Tinos-Bold"}, {"Tinos-Regular"}]


def test_a_date_stays_on_one_line_in_a_narrow_column():
    columns = [Column("Chỉ tiêu", 12), Column("Thời hạn", 1), Column("Trọng số", 1, "right")]
    rows = [["Số mô hình " * 5, "30/11/2026", "1.234.567,89"]]
    pdf = render(sections=[Section("I", tables=[Table("", columns, rows)])], slots=[]).pdf

    assert pages.line(pdf, "30/11/2026")
    assert pages.line(pdf, "1.234.567,89")


def test_rows_that_are_too_short_or_too_long_do_not_shift_the_table():
    rows = [["1"], ["2", "Xã Hai", "2,5", "thừa"], ["3", "Xã Ba", "3,5"]]
    pdf = render(sections=[Section("I", tables=[Table("", trial.COLUMNS, rows)])], slots=[]).pdf

    assert "thừa" not in pages.words(pdf)
    assert round(pages.line(pdf, "Xã Hai").left) == round(pages.line(pdf, "Xã Ba").left)


def test_an_annex_lies_if_wanted_and_counts_its_own_pages():
    pdf = render(
        annexes=[
            Annex("Phụ lục I", "BẢNG XẾP HẠNG", [Section(tables=[trial.table(60)])], landscape=True),
            Annex("Phụ lục II", "DANH SÁCH", [Section("", [trial.TEXT] * 16)]),
        ]
    ).pdf
    sheets = [page.get_size() for page in pypdfium2.PdfDocument(pdf)]
    found = pages.lines(pdf)
    starts = {line.text: line.page for line in found if line.text.startswith("Phụ lục")}
    numbers = {line.page: line.text for line in found if line.y < 20 * pages.MM and line.text.isdigit()}

    first, second = starts["Phụ lục I"], starts["Phụ lục II"]
    assert [width > height for width, height in sheets] == [first <= n < second for n in range(len(sheets))]
    own = {n: n - (second if n >= second else first if n >= first else 0) + 1 for n in range(len(sheets))}
    assert numbers == {n: str(number) for n, number in own.items() if number > 1}
    assert second - first > 1
    assert len(sheets) - second > 1


def test_the_code_and_its_address_stand_on_the_last_page_only():
    address = "https://cong.example/tra-cuu/K7M2QX9TRB4D/"
    pdf = render(sections=[Section("I", [trial.TEXT] * 12)], lookup=address).pdf
    found = [line for line in pages.lines(pdf) if "tra cứu" in line.text.lower()]

    assert [line.text for line in found] == ["Mã tra cứu: K7M2 QX9T RB4D", f"Tra cứu văn bản và chữ ký tại: {address}"]
    assert {line.page for line in found} == {pages.count(pdf) - 1}
    assert all(line.y > (297 - 20) * pages.MM for line in found)


def test_a_page_can_be_had_as_a_picture():
    picture = typesetting.png(trial.report(), trial.layout("PARTY_2026"), page=1, ppi=72)

    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20]) == pytest.approx(595, abs=1)


def test_a_page_that_does_not_exist_is_said_so():
    with pytest.raises(DomainError, match=r"^Văn bản này có \d trang, không có trang 9\.$"):
        typesetting.png(trial.report(), trial.layout("PARTY_2026"), page=9)
