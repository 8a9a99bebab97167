"""Documents as Word files: the same texts as the content, in the layout, whatever the texts are."""

import dataclasses
import io

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from dvk_portal.core.documents import word
from dvk_portal.core.documents.content import Annex, Column, Section, Slot, Table
from dvk_portal.core.documents.kinds import all_kinds, kind_of
from dvk_portal.core.documents.previews import filled, sample_in
from dvk_portal.core.documents.word import fields, master, rendering
from dvk_portal.core.documents.word.package import printed_fields
from tests.core.documents import trial

KINDS = pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.code)
LAYOUTS = pytest.mark.parametrize("code", ["PARTY_2018", "PARTY_2026", "STATE_ND30", "NEUTRAL"])


def layout(code="PARTY_2026"):
    return trial.layout(code)


HOSTILE = "{{ 7*7 }} {% for x in y %} {_{ a }_} <w:p/> </w:t> & \" ' ]]> \x00\x07\x0b\x0c\ud800\ufffe =1+1"


def opened(data):
    return Document(io.BytesIO(data))


def said(data):
    return " ".join(word.texts_of(data).split())


def sample(**changes):
    return dataclasses.replace(kind_of("report").sample(), **changes)


# --- everything is there --------------------------------------------------------------------------------------------
@KINDS
@LAYOUTS
def test_every_kind_says_in_word_what_its_content_says(kind, code):
    content = sample_in(kind, layout(code))

    page = said(word.render(content, layout(code))).casefold()

    for text in [
        content.subject, content.title, *(section.heading for section in content.sections),
        *(text for section in content.sections for text in [*section.paragraphs, *section.items]),
        *(text for table in content.tables for row in table.rows for text in row),
        *(column.title for table in content.tables for column in table.columns),
        *(slot.name for slot in content.slots), *(slot.position for slot in content.slots),
        *(party["representative"] for party in content.parties),
        *(annex.title for annex in content.annexes), content.lookup,
    ]:  # fmt: skip
        assert " ".join(text.split()).casefold() in page


@KINDS
def test_the_portals_template_loses_nothing_that_a_document_may_hold(kind):
    content = filled(sample_in(kind, layout()))

    page = said(word.render(content, layout())).casefold()

    lost = [
        path
        for _, path, text in fields.shown_texts(fields.values_of(content, layout()))
        if " ".join(text.split()).casefold() not in page
    ]
    assert lost == []


def test_the_header_of_the_party_and_of_the_state():
    """T-F1, T-F5: words, number and date as each prescribes."""
    kind = kind_of("report")

    party, state = (
        said(word.render(sample_in(kind, layout(code)), layout(code))) for code in ("PARTY_2026", "STATE_ND30")
    )

    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in party
    assert "Số 05-BC/ĐU" in party
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc" in state
    assert "Số: 05/BC-SNV" in state
    assert "ngày 08 tháng 10 năm 2026" in state


def test_grounds_and_recipients_end_as_in_print():
    content = sample(grounds=["Căn cứ A", "Căn cứ B;"], recipients=["Như trên", "Lưu VT"])

    page = said(word.render(content, layout("STATE_ND30")))

    assert "Căn cứ A; Căn cứ B." in page
    assert "Nơi nhận: - Như trên; - Lưu VT." in page


def test_one_addressee_follows_the_word_and_several_stand_below_it():
    one = said(word.render(sample(addressees=["Tỉnh ủy"]), layout()))
    two = said(word.render(sample(addressees=["Tỉnh ủy", "Ban Tổ chức"]), layout()))

    assert "Kính gửi: Tỉnh ủy" in one
    assert "Kính gửi: - Tỉnh ủy - Ban Tổ chức" in two


def test_an_official_letter_has_its_subject_below_the_number():
    letter = sample(title="", subject="gửi báo cáo")

    header = opened(word.render(letter, layout("STATE_ND30"))).tables[0].cell(0, 0).text

    assert header.strip().endswith("V/v gửi báo cáo")


def test_a_column_for_each_side_that_signs():
    slots = [Slot(f"s{place}", f"Bên {place}", "Bí thư", f"Người {place}") for place in range(1, 6)]

    tables = opened(word.render(sample(slots=slots), layout())).tables[-3:]

    assert [len(table.columns) for table in tables] == [2, 2, 1]
    assert [cell.text.split("\n") for cell in tables[0].row_cells(0)] == [
        ["BÊN 1", "BÍ THƯ", "", "Người 1"],
        ["BÊN 2", "BÍ THƯ", "", "Người 2"],
    ]


# --- layout ---------------------------------------------------------------------------------------------------------
@LAYOUTS
def test_paper_and_margins_are_those_of_the_layout(code):
    numbers = rendering.numbers_of(layout(code))

    section = opened(word.render(sample(), layout(code))).sections[0]

    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert [round(getattr(section, f"{side}_margin").mm) for side in ("top", "bottom", "left", "right")] == [
        numbers[f"margin_{side}"] for side in ("top", "bottom", "left", "right")
    ]


def test_a_layout_of_later_years_gives_its_own_sizes():
    later = layout()
    later.layout = {**later.layout, "margin_left": 35, "body_size": 13, "position_bold": True, "mirrored": True}

    document = opened(word.render(sample(), later))

    assert round(document.sections[0].left_margin.mm) == 35
    assert document.styles["DVK Nội dung"].font.size.pt == 13
    assert document.styles["DVK Chức vụ ký"].font.bold is True
    assert document.settings.element.find(qn("w:mirrorMargins")) is not None


def test_the_number_of_the_page_stands_at_the_top_from_the_second_page_on():
    """T-F4."""
    section = opened(word.render(sample(), layout())).sections[0]

    assert section.different_first_page_header_footer is True
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml


def test_an_annex_has_its_own_paper_and_counts_its_pages_anew():
    annex = Annex("Phụ lục I", "SỐ LIỆU", [Section(paragraphs=["Nội dung"])], landscape=True)

    sections = opened(word.render(sample(annexes=[annex]), layout())).sections

    assert [section.orientation for section in sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE]
    assert [section._sectPr.xpath("w:pgNumType/@w:start") for section in sections] == [[], ["1"]]


def test_a_table_repeats_its_header_and_keeps_figures_to_the_right_and_totals_bold():
    columns = [Column("Đơn vị", 3), Column("Số", 1, "right")]
    table = Table("", columns, [["Xã An", "7"], ["Cộng", "7"]], strong=[1])

    made = opened(word.render(sample(sections=[Section(tables=[table])]), layout())).tables[1]

    assert [bool(row._tr.xpath("w:trPr/w:tblHeader")) for row in made.rows] == [True, False, False]
    assert [cell.paragraphs[0].paragraph_format.alignment for cell in made.column_cells(1)] == [1, 2, 2]
    assert [bool(cell.paragraphs[0].runs[0].bold) for cell in made.column_cells(0)] == [True, False, True]
    assert sum(column.width for column in made.columns) == pytest.approx(rendering.Mm(165), rel=0.01)


def test_everything_is_set_in_times_new_roman():
    document = opened(word.render(sample(), layout()))

    named = {value for style in document.styles for value in style.element.xpath(".//w:rFonts/@w:ascii")}
    assert named == {"Times New Roman"}
    assert not document.styles.element.xpath(".//w:rFonts/@w:asciiTheme")


# --- text stays text ------------------------------------------------------------------------------------------------
def test_hostile_text_is_printed_as_it_was_written():
    table = Table(HOSTILE, [Column(HOSTILE)], [[HOSTILE]], note=HOSTILE)
    content = sample(
        subject=HOSTILE, grounds=[HOSTILE], recipients=[HOSTILE], closing=[HOSTILE],
        sections=[Section(HOSTILE, [HOSTILE], [HOSTILE], [table])],
        slots=[Slot("a", HOSTILE, HOSTILE, HOSTILE, HOSTILE)],
    )  # fmt: skip

    page = said(word.render(content, layout()))

    wanted = "{{ 7*7 }} {% for x in y %} {_{ a }_} <w:p/> </w:t> & \" ' ]]> =1+1"
    assert page.count(wanted) >= 10
    assert "49" not in page


def test_ten_thousand_letters_and_decomposed_letters_come_through():
    long, decomposed = "ữ" * 10_000, "Đa\u0309ng u\u0309y xa\u0303"

    page = said(word.render(sample(closing=[long, decomposed]), layout()))

    assert long in page
    assert "Đảng ủy xã" in page


def test_lines_and_tabs_of_a_text_stay_lines_and_tabs():
    data = word.render(sample(sections=[Section(items=["Một\nHai\tBa"])]), layout())

    item = next(paragraph for paragraph in opened(data).paragraphs if "Một" in paragraph.text)
    assert item.text == "1. Một\nHai\tBa"


def test_the_mark_stands_at_the_foot_of_every_page():
    annex = Annex("Phụ lục I", "SỐ LIỆU", [Section(paragraphs=["Nội dung"])], landscape=True)

    document = opened(word.render(sample(annexes=[annex]), layout(), mark="Bản trích <từ> cổng"))

    for section in document.sections:
        for footer in (section.footer, section.first_page_footer):
            assert [line.text for line in footer.paragraphs] == ["Bản trích <từ> cổng"]


# --- the file -------------------------------------------------------------------------------------------------------
def test_equal_content_gives_equal_bytes():
    assert word.render(sample(), layout()) == word.render(sample(), layout())


def test_the_file_names_its_document_and_nobody_else():
    properties = opened(word.render(sample(), layout())).core_properties

    assert properties.title == f"{sample().title} {sample().subject}"
    assert properties.author == sample().heading.issuer
    assert properties.created.date() == sample().day


def test_the_committed_template_is_the_one_that_the_program_makes():
    """``manage.py make_word_template`` after a change of word/master.py."""
    assert rendering.saved(master.make()) == word.standard_template()


def test_the_portals_own_template_passes_the_check_of_templates():
    printed = printed_fields(word.standard_template())

    assert {"ten_loai", "cac_phan.tieu_de", "cac_phu_luc.cac_phan.cac_bang.noi_dung"} <= printed


def test_every_field_has_a_value_and_every_value_a_field():
    def shape(value, known):
        if isinstance(value, dict):
            assert sorted(value) == sorted(field.name for field in known)
            for field in known:
                shape(value[field.name], field.fields)
        elif isinstance(value, list):
            for row in value:
                shape(row, known)

    shape(fields.values_of(filled(kind_of("pledge").sample()), layout()), fields.FIELDS)
