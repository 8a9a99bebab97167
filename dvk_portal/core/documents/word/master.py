"""Making the portal's own Word template: the placeholders where an official document has its parts."""

from typing import Any

from docx import Document
from docx.document import Document as OpenDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from dvk_portal.core.documents import measures
from dvk_portal.core.documents.word.styles import add_styles, apply_layout

_LINE = 165  # mm of an A4 line between the margins of the standard layouts
_HEADER, _HALVES = (70, 95), (82.5, 82.5)


def make() -> OpenDocument:
    """The template, before it is saved."""
    document = Document()
    for element in list(document.element.body):
        if element.tag != qn("w:sectPr"):
            document.element.body.remove(element)
    add_styles(document)
    apply_layout(document, measures.PARTY_2026)
    _page(document)
    _head(document)
    _parties(document)
    _sections(document, "cac_phan")
    _each(document, "dong", "ket_thuc", "Nội dung", "{{ dong }}")
    _signatures(document)
    _lines(document, "{%p if ma_tra_cuu %}")
    _line(
        document, "Dòng tra cứu", "Mã tra cứu: {{ ma_tra_cuu }}. Tra cứu văn bản và chữ ký tại: {{ dia_chi_tra_cuu }}"
    )
    _lines(document, "{%p endif %}")
    _annexes(document)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "", "Mẫu văn bản", ""
    return document


def _line(where: Any, style: str, text: str) -> Any:
    return where.add_paragraph(text, style=f"DVK {style}")


def _lines(where: Any, *texts: str) -> None:
    """Lines of code, each alone in its paragraph: they leave no trace in the document."""
    for text in texts:
        where.add_paragraph(text)


def _each(where: Any, row: str, rows: str, style: str, text: str) -> None:
    _lines(where, f"{{%p for {row} in {rows} %}}")
    _line(where, style, text)
    _lines(where, "{%p endfor %}")


def _when(where: Any, condition: str, style: str, text: str) -> None:
    _lines(where, f"{{%p if {condition} %}}")
    _line(where, style, text)
    _lines(where, "{%p endif %}")


def _table(document: OpenDocument, widths: tuple[float, ...]) -> Any:
    """A table without rules, each cell empty."""
    table = document.add_table(rows=1, cols=len(widths))
    table.style = document.styles["Normal Table"]
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)
    row = table.rows[0]._tr.get_or_add_trPr()
    row.append(OxmlElement("w:cantSplit"))
    for place, width in enumerate(widths):
        table.columns[place].width = Mm(width)
        table.cell(0, place).width = Mm(width)
    return table


def _drop_first(cell: Any) -> None:
    """The empty paragraph that every new cell has; called once the cell holds others."""
    first = cell.paragraphs[0]._p
    first.getparent().remove(first)


def _page(document: OpenDocument) -> None:
    """The number of the page in the middle of the upper margin, from the second page on."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    header = section.header
    line = header.paragraphs[0]
    line.style = document.styles["DVK Số trang"]
    for kind, words in (("begin", None), (None, " PAGE "), ("end", None)):
        run = line.add_run()
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.text = words
        run._r.append(mark)
    for empty in (section.first_page_header, section.footer, section.first_page_footer):
        empty.is_linked_to_previous = False


def _head(document: OpenDocument) -> None:
    _lines(document, "{%p if phu_luc %}")
    for text in ("{{ phu_luc }}", "{{ ten_loai }}", "{{ trich_yeu }}"):
        _line(document, "Tên phụ lục", text)
    _lines(document, "{%p else %}")
    header = _table(document, _HEADER)
    left, right = header.cell(0, 0), header.cell(0, 1)
    _when(left, "co_quan_cap_tren", "Cơ quan cấp trên", "{{ co_quan_cap_tren }}")
    _line(left, "Cơ quan ban hành", "{{ co_quan }}")
    _lines(left, "{{p gach_co_quan }}")
    _when(left, "so_ky_hieu", "Số, ký hiệu", "{{ so_ky_hieu }}")
    _when(left, "trich_yeu_cong_van", "Trích yếu công văn", "{{ trich_yeu_cong_van }}")
    _line(left, "Cơ quan cấp trên", "")
    _when(right, "quoc_hieu", "Quốc hiệu", "{{ quoc_hieu }}")
    _when(right, "tieu_ngu", "Tiêu ngữ", "{{ tieu_ngu }}")
    _lines(right, "{{p gach_quoc_hieu }}")
    _line(right, "Địa danh, ngày", "{{ dia_danh_ngay }}")
    for cell in (left, right):
        _drop_first(cell)
    _lines(document, "{%p if ten_loai %}")
    _line(document, "Tên loại văn bản", "{{ ten_loai }}")
    _when(document, "trich_yeu", "Trích yếu", "{{ trich_yeu }}")
    _lines(document, "{{p gach_trich_yeu }}", "{%p endif %}", "{%p endif %}")
    _lines(document, "{%p for dong in noi_gui_den %}", "{%p if loop.first and loop.last %}")
    _line(document, "Kính gửi", "{{ kinh_gui }}: {{ dong }}")
    _lines(document, "{%p else %}")
    _when(document, "loop.first", "Kính gửi", "{{ kinh_gui }}:")
    _line(document, "Nơi gửi đến", "- {{ dong }}")
    _lines(document, "{%p endif %}", "{%p endfor %}")
    _each(document, "dong", "can_cu", "Căn cứ", "{{ dong }}")


def _parties(document: OpenDocument) -> None:
    _lines(document, "{%p if cac_ben %}")
    _line(
        document,
        "Nội dung",
        "Hôm nay, {{ ngay_thang }}{% if dia_danh %}, tại {{ dia_danh }}{% endif %}, chúng tôi gồm:",
    )
    _lines(document, "{%p for ben in cac_ben %}")
    _line(document, "Bên giao ước", "{{ loop.index }}. {{ ben.ben }}: {{ ben.ten }}")
    _line(
        document, "Nội dung", "Đại diện: {{ ben.dai_dien }}{% if ben.chuc_vu %}; chức vụ: {{ ben.chuc_vu }}{% endif %}"
    )
    _when(document, "ben.uy_quyen", "Nội dung", "Ký theo ủy quyền: {{ ben.uy_quyen }}")
    _lines(document, "{%p endfor %}")
    _line(document, "Nội dung", "Các bên thống nhất những nội dung sau:")
    _lines(document, "{%p endif %}")


def _sections(document: OpenDocument, rows: str) -> None:
    _lines(document, f"{{%p for phan in {rows} %}}")
    _when(document, "phan.tieu_de", "Tên phần", "{{ phan.tieu_de }}")
    _each(document, "dong", "phan.cac_doan", "Nội dung", "{{ dong }}")
    _each(document, "dong", "phan.cac_muc", "Nội dung", "{{ loop.index }}. {{ dong }}")
    _lines(document, "{%p for bang in phan.cac_bang %}")
    _when(document, "bang.tieu_de", "Tên bảng", "{{ bang.tieu_de }}")
    _lines(document, "{{p bang.noi_dung }}")
    _when(document, "bang.ghi_chu", "Ghi chú bảng", "{{ bang.ghi_chu }}")
    _lines(document, "{%p endfor %}", "{%p endfor %}")


def _recipients(where: Any) -> None:
    _lines(where, "{%p if noi_nhan %}")
    _line(where, "Nhãn nơi nhận", "{{ nhan_noi_nhan }}")
    _each(where, "dong", "noi_nhan", "Nơi nhận", "- {{ dong }}")
    _lines(where, "{%p endif %}")


def _signature(cell: Any) -> None:
    _when(cell, "ben_ky.ben", "Quyền hạn ký", "{{ ben_ky.ben }}")
    _when(cell, "ben_ky.quyen_han", "Quyền hạn ký", "{{ ben_ky.quyen_han }}")
    _when(cell, "ben_ky.chuc_vu", "Chức vụ ký", "{{ ben_ky.chuc_vu }}")
    _line(cell, "Chỗ ký", "")
    _line(cell, "Họ tên ký", "{{ ben_ky.ho_ten }}")


def _signatures(document: OpenDocument) -> None:
    """One signature: recipients left, the signature right. More: a column for each side, recipients below."""
    _line(document, "Nơi nhận", "")
    _lines(document, "{%p if mot_ben_ky %}")
    table = _table(document, _HALVES)
    left, right = table.cell(0, 0), table.cell(0, 1)
    _recipients(left)
    _line(left, "Nơi nhận", "")
    _lines(right, "{%p for hang_ky in cac_hang_ky %}", "{%p for ben_ky in hang_ky.cac_ben_ky %}")
    _signature(right)
    _lines(right, "{%p endfor %}", "{%p endfor %}")
    _line(right, "Nơi nhận", "")
    for cell in (left, right):
        _drop_first(cell)
    _lines(document, "{%p else %}", "{%p for hang_ky in cac_hang_ky %}")
    columns = _table(document, (_LINE / 3,) * 3)
    columns.cell(0, 0).paragraphs[0].text = "{%tc for ben_ky in hang_ky.cac_ben_ky %}"
    _signature(columns.cell(0, 1))
    _drop_first(columns.cell(0, 1))
    columns.cell(0, 2).paragraphs[0].text = "{%tc endfor %}"
    for cell in columns.row_cells(0):
        # The columns of the grid decide: how many there will be is known only when it is filled.
        cell._tc.tcPr.remove(cell._tc.tcPr.find(qn("w:tcW")))
    _lines(document, "{%p endfor %}")
    _recipients(document)
    _lines(document, "{%p endif %}")


def _annexes(document: OpenDocument) -> None:
    _lines(document, "{%p for phu_luc in cac_phu_luc %}", "{{p phu_luc.sang_trang }}")
    _line(document, "Tên phụ lục", "{{ phu_luc.ten }}")
    _when(document, "phu_luc.tieu_de", "Tên phụ lục", "{{ phu_luc.tieu_de }}")
    _line(document, "Kèm theo", "{{ phu_luc.kem_theo }}")
    _sections(document, "phu_luc.cac_phan")
    _lines(document, "{%p endfor %}")
