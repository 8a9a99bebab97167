"""The named styles of the portal's Word template. Their sizes follow the row of the layout; offices edit them in Word."""

from dataclasses import dataclass
from typing import Any

from docx.document import Document as OpenDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"
_SCRIPTS = ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs")
LEFT, CENTER, JUSTIFY = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY


@dataclass(frozen=True)
class Style:
    """``size`` names the measure of the layout that gives the size; ``body``: indented, with the lines of the body.

    ``bold`` and ``italic`` may name a switch of the layout instead of being fixed.
    """

    key: str
    name: str
    size: str
    bold: bool | str = False
    italic: bool | str = False
    align: Any = CENTER
    body: bool = False
    before: float = 0
    after: float = 0
    keep: bool = False


STYLES: tuple[Style, ...] = (
    Style("DVKQuocHieu", "DVK Quốc hiệu", "national_first_size", bold=True),
    Style("DVKTieuNgu", "DVK Tiêu ngữ", "national_second_size", bold=True),
    Style("DVKCapTren", "DVK Cơ quan cấp trên", "superior_size"),
    Style("DVKCoQuan", "DVK Cơ quan ban hành", "issuer_size", bold=True),
    Style("DVKSo", "DVK Số, ký hiệu", "number_size", before=6),
    Style("DVKNgay", "DVK Địa danh, ngày", "date_size", italic=True, before=6),
    Style(
        "DVKTrichYeuCongVan", "DVK Trích yếu công văn", "letter_subject_size", italic="letter_subject_italic", before=6
    ),
    Style("DVKTenLoai", "DVK Tên loại văn bản", "title_size", bold=True, before=18, keep=True),
    Style("DVKTrichYeu", "DVK Trích yếu", "subject_size", bold=True, keep=True),
    Style("DVKKinhGui", "DVK Kính gửi", "body_size", before=10, after=6),
    Style("DVKNoiGui", "DVK Nơi gửi đến", "body_size", align=LEFT),
    Style("DVKCanCu", "DVK Căn cứ", "body_size", italic="grounds_italic", align=JUSTIFY, body=True),
    Style("DVKBen", "DVK Bên giao ước", "body_size", bold=True, align=JUSTIFY, body=True, keep=True),
    Style("DVKTenPhan", "DVK Tên phần", "body_size", bold=True, align=JUSTIFY, body=True, keep=True),
    Style("DVKNoiDung", "DVK Nội dung", "body_size", align=JUSTIFY, body=True),
    Style("DVKTenBang", "DVK Tên bảng", "body_size", bold=True, before=6, after=4, keep=True),
    Style("DVKGhiChuBang", "DVK Ghi chú bảng", "table_size", italic=True, align=LEFT, after=6),
    Style("DVKTenPhuLuc", "DVK Tên phụ lục", "annex_size", bold=True, after=4, keep=True),
    Style("DVKKemTheo", "DVK Kèm theo", "annex_size", italic=True, after=8, keep=True),
    Style("DVKQuyenHan", "DVK Quyền hạn ký", "signature_size", bold=True, keep=True),
    Style("DVKChucVu", "DVK Chức vụ ký", "signature_size", bold="position_bold", keep=True),
    Style("DVKChoKy", "DVK Chỗ ký", "signature_size", keep=True),
    Style("DVKHoTen", "DVK Họ tên ký", "signature_size", bold=True),
    Style("DVKNhanNoiNhan", "DVK Nhãn nơi nhận", "recipients_label_size", align=LEFT),
    Style("DVKNoiNhan", "DVK Nơi nhận", "recipients_size", align=LEFT),
    Style("DVKTraCuu", "DVK Dòng tra cứu", "lookup_size", align=LEFT, before=12),
    Style("DVKSoTrang", "DVK Số trang", "page_number_size"),
)


def add_styles(document: OpenDocument) -> None:
    """Create the styles in a fresh document."""
    normal = document.styles["Normal"]
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        fonts.attrib.clear()  # the face of the theme, which would win
    _set_font(normal)
    for script in _SCRIPTS:
        document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:rFonts')}").set(qn(script), FONT)
    normal.font.size = Pt(14)
    for style in STYLES:
        made = document.styles.add_style(style.key, WD_STYLE_TYPE.PARAGRAPH)
        made.name = style.name
        made.base_style = normal
        made.quick_style = True
        _set_font(made)


def apply_layout(document: OpenDocument, numbers: dict[str, Any]) -> None:
    """Give the styles the sizes and distances of a layout."""
    for style in STYLES:
        made = document.styles[style.name]
        made.font.size = Pt(numbers[style.size])
        made.font.bold = numbers[style.bold] if isinstance(style.bold, str) else style.bold
        made.font.italic = numbers[style.italic] if isinstance(style.italic, str) else style.italic
        shape = made.paragraph_format
        shape.alignment = style.align
        shape.keep_with_next = style.keep
        shape.space_before, shape.space_after = Pt(style.before), Pt(style.after)
        shape.first_line_indent, shape.line_spacing = Mm(0), 1.0
        if style.body:
            shape.first_line_indent, shape.space_after = Mm(numbers["body_indent"]), Pt(numbers["body_gap"])
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(numbers["body_line"])
    room = document.styles["DVK Chỗ ký"].paragraph_format
    room.line_spacing_rule, room.line_spacing = WD_LINE_SPACING.EXACTLY, Mm(numbers["signature_room"])
    label = document.styles["DVK Nhãn nơi nhận"].font
    underlined = numbers["recipients_label_style"] == "underline"
    label.underline, label.bold, label.italic = underlined, not underlined, not underlined


def _set_font(style: Any) -> None:
    style.font.name = FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in _SCRIPTS:
        fonts.set(qn(script), FONT)
