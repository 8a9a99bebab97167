"""The tables of a document as an Excel file: figures can be counted with, text stays text."""

import dataclasses
import datetime
import io

import openpyxl
import pytest

from dvk_portal.core.documents import workbook
from dvk_portal.core.documents.content import Annex, Column, Content, Heading, Section, Table
from dvk_portal.core.documents.kinds import all_kinds
from dvk_portal.core.exceptions import DomainError

COLUMNS = [Column("TT", 0.5, "center"), Column("Nội dung", 4), Column("Kết quả", 1, "right")]
HEADING = Heading("party", "TỈNH ỦY MẪU", "BAN TUYÊN GIÁO VÀ DÂN VẬN", "BTGDVTU", "Mẫu")


def content_with(*tables, annexes=()):
    return Content(
        kind="pledge", title="BÁO CÁO", subject="kết quả quý I", heading=HEADING, number="05-BC/BTGDVTU",
        dated_on="2026-02-05", sections=[Section("I. KẾT QUẢ", tables=list(tables))], annexes=list(annexes),
    )  # fmt: skip


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def test_every_table_is_a_sheet_with_its_heading_and_where_it_is_from():
    first = Table("", COLUMNS, [["1", "Mô hình mới", "1.234,5"]], values=[[None, None, "1234.5"]])
    second = Table("Đơn vị chưa gửi", COLUMNS[:2], [["1", "Xã An"]])

    book = opened(workbook.render(content_with(first, second), mark="Bản trích"))

    assert book.sheetnames == ["I. KẾT QUẢ", "Đơn vị chưa gửi"]
    rows = list(book["I. KẾT QUẢ"].iter_rows(values_only=True))
    assert rows[0][0] == "BÁO CÁO kết quả quý I\nI. KẾT QUẢ"
    assert rows[1][0] == ("BAN TUYÊN GIÁO VÀ DÂN VẬN Số 05-BC/BTGDVTU ngày 05 tháng 02 năm 2026. Bản trích")
    assert rows[3] == ("TT", "Nội dung", "Kết quả")
    assert rows[4] == ("1", "Mô hình mới", 1234.5)


def test_a_figure_is_a_number_and_what_was_not_reported_stays_words():
    rows = [["1", "Đã báo cáo", "0"], ["2", "Chưa báo cáo", "chưa báo cáo"], ["3", "Tỷ lệ", "66,67"]]
    values = [[None, None, "0"], [None, None, None], [None, None, "66.67"]]

    page = opened(workbook.render(content_with(Table("", COLUMNS, rows, values=values)))).active

    assert [page.cell(row, 3).value for row in (5, 6, 7)] == [0, "chưa báo cáo", 66.67]
    assert [page.cell(row, 3).number_format for row in (5, 7)] == ["#,##0", "#,##0.00"]


def test_the_header_stays_in_sight_on_the_screen_and_on_paper():
    page = opened(workbook.render(content_with(Table("", COLUMNS, [["1", "a", "2"]])))).active

    assert page.freeze_panes == "A5"
    assert page.print_title_rows == "$4:$4"
    assert page.page_setup.paperSize == 9
    assert page.page_setup.fitToHeight == 0


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)"])
def test_text_that_looks_like_a_formula_is_not_one(text):
    page = opened(workbook.render(content_with(Table("", COLUMNS, [["1", text, "2"]])))).active

    assert page["B5"].value == f"'{text}"
    assert page["B5"].data_type == "s"


def test_hostile_text_stays_text():
    text = "{{ 7*7 }} <w:p> & \x00 \x0b 𝔘"

    page = opened(
        workbook.render(content_with(Table("", COLUMNS, [["1", text, "2"], ["2", "a" * 40_000, "1"]])))
    ).active

    assert page["B5"].value.startswith("{{ 7*7 }} <w:p> & ")
    assert page["B6"].value == "a" * 32_747 + "… (còn tiếp)"


def test_sheets_have_names_that_excel_takes():
    titles = ["Bảng [1]: tổng/hợp?", "x" * 40, "X" * 40, "History", "''"]

    book = opened(workbook.render(content_with(*(Table(title, COLUMNS, []) for title in titles))))

    assert book.sheetnames == ["Bảng 1 tổng hợp", "x" * 31, "X" * 27 + " (2)", "History (2)", "Bảng"]


def test_strong_rows_are_bold_and_the_note_stands_below():
    table = Table("", COLUMNS, [["", "Cộng", "2"]], strong=[0], values=[[None, None, "2"]], note="Số liệu tạm tính")

    page = opened(workbook.render(content_with(table))).active

    assert (page["B5"].font.b, page["C5"].font.b) == (True, True)
    assert page["A6"].value == "Số liệu tạm tính"


def test_tables_of_an_annex_are_there_and_lie_as_the_annex_does():
    annex = Annex("Phụ lục I", "DANH SÁCH", [Section(tables=[Table("", COLUMNS[:1], [["1"]])])], landscape=True)

    page = opened(workbook.render(content_with(annexes=[annex]))).active

    assert page.title == "Phụ lục I. DANH SÁCH"
    assert page.page_setup.orientation == "landscape"


def test_a_document_without_tables_says_so():
    with pytest.raises(DomainError, match="không có bảng số liệu"):
        workbook.render(content_with())


@pytest.mark.parametrize("kind", [kind for kind in all_kinds() if kind.sample().tables], ids=lambda kind: kind.code)
def test_the_sample_of_every_kind_with_tables_becomes_a_workbook(kind):
    content = kind.sample()

    book = opened(workbook.render(content))

    assert len(book.sheetnames) == len(content.tables)
    for page, table in zip(book, content.tables, strict=True):
        assert [page.cell(4, place).value for place in range(1, len(table.columns) + 1)] == [
            column.title for column in table.columns
        ]
        assert page.max_row >= 4 + len(table.rows)


def test_equal_content_gives_equal_bytes():
    content = content_with(Table("", COLUMNS, [["1", "a", "2"]]))

    assert workbook.render(content) == workbook.render(dataclasses.replace(content))
    assert content.day == datetime.date(2026, 2, 5)
