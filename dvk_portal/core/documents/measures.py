"""The numbers and words of a layout: what each means, in which unit, within which bounds, and its value in each standard layout.

``MEASURES`` is the only list: the form of the administration, the validation and templates/documents/layout.typ follow it.
The bounds keep a page printable; what the rules prescribe is the value of the row, because the rules change (R-60).
"""

from dataclasses import dataclass
from typing import Any

from dvk_portal.core.exceptions import DomainError

SWITCH, TEXT, CHOICE = "switch", "text", "choice"
LABEL_STYLES = {"bold-italic": "nghiêng, đậm", "underline": "gạch chân"}


@dataclass(frozen=True)
class Measure:
    """One entry of ``DocumentFormat.layout``. ``unit``: "mm", "pt", a share of the line, or SWITCH, TEXT, CHOICE;
    ``low`` and ``high`` bound a number, and the length of a text."""

    name: str
    label: str
    unit: str
    low: float = 0
    high: float = 0
    group: str = ""

    def problem(self, value: Any) -> str:
        """What is wrong with ``value``, as a sentence; "" = nothing."""
        if self.unit == SWITCH:
            return "" if isinstance(value, bool) else f"{self.label}: chỉ nhận có (true) hoặc không (false)."
        if self.unit == CHOICE:
            words = ", ".join(f"{key} ({word})" for key, word in LABEL_STYLES.items())
            return "" if value in LABEL_STYLES else f"{self.label}: chọn một trong {words}."
        if self.unit == TEXT:
            fits = isinstance(value, str) and self.low <= len(value.strip()) <= self.high
            least = "được để trống" if self.low == 0 else "không để trống"
            return "" if fits else f"{self.label}: là chữ, {least}, không quá {self.high:g} ký tự."
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and self.low <= value <= self.high:
            return ""
        return f"{self.label}: là số từ {as_written(self.low)} đến {as_written(self.high)} {self.unit} (đang ghi “{value}”)."


def as_written(value: float) -> str:
    """A number as it is written in Vietnamese: "12,7"."""
    return f"{value:g}".replace(".", ",")


_PAGE, _HEADER, _TEXT, _FOOT = "Trang giấy", "Phần đầu văn bản", "Nội dung", "Chữ ký, nơi nhận"

MEASURES: list[Measure] = [
    Measure("margin_top", "Lề trên", "mm", 10, 50, _PAGE),
    Measure("margin_bottom", "Lề dưới", "mm", 18, 50, _PAGE),
    Measure("margin_left", "Lề trái", "mm", 10, 50, _PAGE),
    Measure("margin_right", "Lề phải", "mm", 10, 50, _PAGE),
    Measure("mirrored", "In hai mặt: đổi lề trái, phải ở trang chẵn", SWITCH, group=_PAGE),
    Measure("page_number_size", "Cỡ chữ số trang", "pt", 10, 16, _PAGE),
    Measure("national_first", "Tiêu đề bên phải, dòng đầu", TEXT, 0, 60, _HEADER),
    Measure("national_first_size", "Cỡ chữ tiêu đề bên phải, dòng đầu", "pt", 10, 18, _HEADER),
    Measure("national_second", "Tiêu đề bên phải, dòng sau", TEXT, 0, 60, _HEADER),
    Measure("national_second_size", "Cỡ chữ tiêu đề bên phải, dòng sau", "pt", 10, 18, _HEADER),
    Measure("superior_size", "Cỡ chữ cơ quan cấp trên", "pt", 10, 18, _HEADER),
    Measure("issuer_size", "Cỡ chữ cơ quan ban hành", "pt", 10, 18, _HEADER),
    Measure("issuer_rule", "Đường kẻ dưới cơ quan ban hành (0 = không kẻ)", "phần của dòng chữ", 0, 1, _HEADER),
    Measure("issuer_mark", "Dấu dưới cơ quan ban hành", TEXT, 0, 5, _HEADER),
    Measure("number_label", "Chữ trước số văn bản", TEXT, 1, 10, _HEADER),
    Measure("number_size", "Cỡ chữ số, ký hiệu", "pt", 10, 16, _HEADER),
    Measure("date_size", "Cỡ chữ địa danh, ngày tháng", "pt", 10, 16, _HEADER),
    Measure("letter_subject_size", "Cỡ chữ trích yếu công văn", "pt", 10, 16, _HEADER),
    Measure("letter_subject_italic", "Trích yếu công văn in nghiêng", SWITCH, group=_HEADER),
    Measure("title_size", "Cỡ chữ tên loại văn bản", "pt", 11, 20, _TEXT),
    Measure("subject_size", "Cỡ chữ trích yếu", "pt", 11, 20, _TEXT),
    Measure("title_rule", "Đường kẻ dưới trích yếu (0 = không kẻ)", "phần của dòng chữ", 0, 1, _TEXT),
    Measure("title_mark", "Dấu dưới trích yếu", TEXT, 0, 10, _TEXT),
    Measure("address_word", "Chữ trước nơi nhận gửi đến", TEXT, 1, 20, _TEXT),
    Measure("submission_word", "Chữ trước nơi nhận của tờ trình", TEXT, 1, 20, _TEXT),
    Measure("grounds_italic", "Căn cứ in nghiêng", SWITCH, group=_TEXT),
    Measure("body_size", "Cỡ chữ nội dung", "pt", 11, 16, _TEXT),
    Measure("body_indent", "Lùi đầu dòng", "mm", 0, 20, _TEXT),
    Measure("body_line", "Khoảng cách dòng", "pt", 13, 30, _TEXT),
    Measure("body_gap", "Khoảng cách đoạn", "pt", 0, 18, _TEXT),
    Measure("table_size", "Cỡ chữ trong bảng", "pt", 9, 14, _TEXT),
    Measure("table_small_size", "Cỡ chữ trong bảng nhiều cột", "pt", 7, 14, _TEXT),
    Measure("annex_size", "Cỡ chữ “Phụ lục”", "pt", 11, 18, _TEXT),
    Measure("signature_size", "Cỡ chữ khối ký", "pt", 11, 16, _FOOT),
    Measure("signature_room", "Chiều cao chừa cho chữ ký", "mm", 25, 60, _FOOT),
    Measure("position_bold", "Chức vụ người ký in đậm", SWITCH, group=_FOOT),
    Measure("recipients_label", "Chữ “Nơi nhận”", TEXT, 1, 20, _FOOT),
    Measure("recipients_label_size", "Cỡ chữ “Nơi nhận”", "pt", 9, 16, _FOOT),
    Measure("recipients_label_style", "Kiểu chữ “Nơi nhận”", CHOICE, group=_FOOT),
    Measure("recipients_size", "Cỡ chữ danh sách nơi nhận", "pt", 9, 16, _FOOT),
    Measure("recipients_end", "Dấu cuối mỗi nơi nhận", TEXT, 1, 1, _FOOT),
    Measure("lookup_size", "Cỡ chữ dòng tra cứu", "pt", 7, 11, _FOOT),
    Measure("lookup_code_size", "Cạnh mã QR", "mm", 10, 14, _FOOT),
]

_COMMON: dict[str, Any] = {
    "margin_top": 20,
    "margin_bottom": 20,
    "margin_left": 30,
    "margin_right": 15,
    "mirrored": False,
    "page_number_size": 14,
    "letter_subject_size": 12,
    "address_word": "Kính gửi",
    "submission_word": "Kính gửi",
    "grounds_italic": True,
    "body_size": 14,
    "body_indent": 10,
    "body_line": 18,
    "body_gap": 6,
    "table_size": 12,
    "table_small_size": 10,
    "annex_size": 14,
    "signature_size": 14,
    "signature_room": 38,
    "recipients_label": "Nơi nhận:",
    "lookup_size": 8,
    "lookup_code_size": 13,
}

_STATE: dict[str, Any] = {
    **_COMMON,
    "national_first": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "national_first_size": 12,
    "national_second": "Độc lập - Tự do - Hạnh phúc",
    "national_second_size": 13,
    "superior_size": 12,
    "issuer_size": 12,
    "issuer_rule": 0.4,
    "issuer_mark": "",
    "number_label": "Số:",
    "number_size": 13,
    "date_size": 13,
    "letter_subject_italic": False,
    "title_size": 14,
    "subject_size": 14,
    "title_rule": 0.4,
    "title_mark": "",
    "body_indent": 12.7,
    "position_bold": True,
    "recipients_label_size": 12,
    "recipients_label_style": "bold-italic",
    "recipients_size": 11,
    "recipients_end": ";",
}

_PARTY: dict[str, Any] = {
    **_COMMON,
    "national_first": "ĐẢNG CỘNG SẢN VIỆT NAM",
    "national_first_size": 14,
    "national_second": "",
    "national_second_size": 14,
    "superior_size": 14,
    "issuer_size": 14,
    "issuer_rule": 0,
    "issuer_mark": "*",
    "number_label": "Số",
    "number_size": 14,
    "date_size": 14,
    "letter_subject_italic": True,
    "title_size": 16,
    "subject_size": 14,
    "title_rule": 0,
    "title_mark": "-----",
    "submission_word": "Kính trình",
    "position_bold": False,
    "recipients_label_size": 14,
    "recipients_label_style": "underline",
    "recipients_size": 12,
    "recipients_end": ";",
}

PARTY_2026 = _PARTY
PARTY_2018 = {**_PARTY, "national_first_size": 15, "recipients_end": ","}
STATE_ND30 = _STATE
# No rule of its own: the sizes of the State, neither of the two national headings.
NEUTRAL = {**_STATE, "national_first": "", "national_second": "", "superior_size": 13, "issuer_size": 13}


def validate_layout(layout: Any) -> None:
    """DomainError with one sentence per entry that is unknown or out of bounds. An entry left out takes the standard value."""
    if not isinstance(layout, dict):
        raise DomainError("Số đo thể thức phải là một bảng tên và giá trị. Hãy nhập lại theo mẫu.")
    known = {measure.name: measure for measure in MEASURES}
    findings = [f"Không có số đo tên “{name}”. Hãy bỏ dòng này." for name in layout if name not in known]
    findings += [problem for name, value in layout.items() if name in known and (problem := known[name].problem(value))]
    if not findings and layout.get("body_line", 30) < layout.get("body_size", 0):
        findings.append("Khoảng cách dòng phải lớn hơn hoặc bằng cỡ chữ nội dung, nếu không các dòng đè lên nhau.")
    if findings:
        raise DomainError("Số đo thể thức chưa dùng được.", findings)
