"""The fields that a Word template may use: their names for the office, what they hold, and their values for one content.

``FIELDS`` is the only list: the check of uploaded templates, the trial rendering, the page and the guide follow it.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dvk_portal.core.documents.content import Annex, Content, Section, Slot, Table
from dvk_portal.core.documents.formats import address_word, annex_source, date_words, number_line, numbers_of
from dvk_portal.core.documents.word import blocks
from dvk_portal.core.models.documents import DocumentFormat

TEXT, FLAG, BLOCK, TEXTS, RECORDS = "text", "flag", "block", "texts", "records"
# A side has a column to sign in; beyond three columns the names no longer fit on one line.
MAX_COLUMNS = 3
# A longer list of recipients stands below the signature instead of beside it, as in print.
BESIDE = 20


@dataclass(frozen=True)
class Field:
    """``kind``: TEXT, FLAG (for conditions), BLOCK (finished paragraphs or tables, alone in their paragraph), TEXTS (lines) or
    RECORDS (rows, each with ``fields``). A template that leaves out a ``required`` field is not accepted; a ``spare`` one says
    what another field says too."""

    name: str
    words: str
    kind: str = TEXT
    fields: tuple["Field", ...] = ()
    required: bool = False
    spare: bool = False


_TABLE = (
    Field("tieu_de", "Tên bảng", required=True),
    Field("noi_dung", "Bảng đã kẻ sẵn, dòng đầu lặp lại ở mỗi trang", BLOCK, required=True),
    Field("ghi_chu", "Ghi chú dưới bảng", required=True),
)
_SECTION = (
    Field("tieu_de", "Tên phần, ví dụ “I. CHỈ TIÊU THI ĐUA”", required=True),
    Field("cac_doan", "Các đoạn văn của phần", TEXTS, required=True),
    Field("cac_muc", "Các mục đánh số của phần", TEXTS, required=True),
    Field("cac_bang", "Các bảng của phần", RECORDS, _TABLE, required=True),
)
_PARTY = (
    Field("ben", "Tên gọi của bên, ví dụ “BÊN GIAO ƯỚC”", required=True),
    Field("ten", "Tên đơn vị", required=True),
    Field("dai_dien", "Người đại diện", required=True),
    Field("chuc_vu", "Chức vụ người đại diện", required=True),
    Field("uy_quyen", "Văn bản ủy quyền (nếu có)"),
)
_SLOT = (
    Field("ben", "Tên gọi của bên ký (khi có nhiều bên)"),
    Field("quyen_han", "Quyền hạn ký: “T/M BAN THƯỜNG VỤ”, “KT. TRƯỞNG BAN”", required=True),
    Field("chuc_vu", "Chức vụ người ký", required=True),
    Field("ho_ten", "Họ tên người ký", required=True),
)
_ANNEX = (
    Field("sang_trang", "Ngắt trang; khổ giấy dọc hoặc ngang của phụ lục", BLOCK),
    Field("ten", "“Phụ lục I”", required=True),
    Field("tieu_de", "Tên phụ lục", required=True),
    Field("kem_theo", "“(Kèm theo Báo cáo số 05-BC/BTGDVTU ngày 05 tháng 02 năm 2026)”"),
    Field("cac_phan", "Các phần của phụ lục, dùng như các phần của văn bản", RECORDS, _SECTION, required=True),
)

FIELDS: tuple[Field, ...] = (
    Field("quoc_hieu", "Tiêu đề bên phải: “ĐẢNG CỘNG SẢN VIỆT NAM” hoặc Quốc hiệu", required=True),
    Field("tieu_ngu", "“Độc lập - Tự do - Hạnh phúc” (văn bản hành chính)", required=True),
    Field("gach_quoc_hieu", "Đường kẻ dưới tiêu đề bên phải", BLOCK),
    Field("co_quan_cap_tren", "Cơ quan cấp trên trực tiếp", required=True),
    Field("co_quan", "Cơ quan ban hành", required=True),
    Field("gach_co_quan", "Đường kẻ hoặc dấu * dưới cơ quan ban hành", BLOCK),
    Field("so_ky_hieu", "Dòng số, ký hiệu: “Số 05-BC/BTGDVTU”, “Số: 05/BC-SNV”", required=True),
    Field("dia_danh_ngay", "Địa danh và ngày: “An Mẫu, ngày 05 tháng 02 năm 2026”", required=True),
    Field("ngay_thang", "Chỉ ngày tháng: “ngày 05 tháng 02 năm 2026”", spare=True),
    Field("dia_danh", "Chỉ địa danh", spare=True),
    Field("ten_loai", "Tên loại văn bản: “BÁO CÁO”", required=True),
    Field("trich_yeu", "Trích yếu", required=True),
    Field("trich_yeu_cong_van", "Trích yếu công văn “V/v …” dưới số, ký hiệu", required=True),
    Field("gach_trich_yeu", "Đường kẻ hoặc dấu ----- dưới trích yếu", BLOCK),
    Field("phu_luc", "“Phụ lục I” khi văn bản là một phụ lục", required=True),
    Field("kinh_gui", "“Kính gửi” hoặc “Kính trình”"),
    Field("noi_gui_den", "Các nơi gửi đến", TEXTS, required=True),
    Field("can_cu", "Các dòng “Căn cứ …”", TEXTS, required=True),
    Field("cac_ben", "Các bên của giao ước", RECORDS, _PARTY, required=True),
    Field("cac_phan", "Các phần của nội dung", RECORDS, _SECTION, required=True),
    Field("ket_thuc", "Các đoạn kết thúc", TEXTS, required=True),
    Field("mot_ben_ky", "Đúng khi chỉ có một chữ ký, nơi nhận đứng bên trái", FLAG),
    Field("cac_hang_ky", "Các hàng chữ ký, mỗi hàng có nhiều nhất ba bên", RECORDS,
          (Field("cac_ben_ky", "Các bên ký trong hàng", RECORDS, _SLOT, required=True),), required=True),
    Field("nhan_noi_nhan", "Chữ “Nơi nhận:”"),
    Field("noi_nhan", "Các nơi nhận", TEXTS, required=True),
    Field("cac_phu_luc", "Các phụ lục đi cùng", RECORDS, _ANNEX, required=True),
    Field("ma_tra_cuu", "Mã tra cứu của văn bản"),
    Field("dia_chi_tra_cuu", "Địa chỉ trang tra cứu"),
)  # fmt: skip


def by_name(fields: tuple[Field, ...]) -> dict[str, Field]:
    return {field.name: field for field in fields}


def clean(text: str) -> str:
    """NFC without what XML cannot hold; line ends and tabs stay."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs", "Cn"))


# --- values ---------------------------------------------------------------------------------------------------------
def values_of(content: Content, layout: DocumentFormat) -> dict[str, Any]:
    """What each field holds for ``content`` in the layout: plain text, lists and finished blocks, nothing else."""
    numbers = numbers_of(layout)
    letter = not content.title
    subject = clean(content.subject)
    return {
        **_header(content, layout, numbers),
        "ngay_thang": date_words(content.day),
        "dia_danh": clean(content.heading.place),
        "ten_loai": clean(content.title),
        "trich_yeu": "" if letter else subject,
        "trich_yeu_cong_van": _letter_subject(subject) if letter else "",
        "gach_trich_yeu": "" if letter or content.annex else blocks.title_rule(content, numbers),
        "phu_luc": clean(content.annex),
        "kinh_gui": clean(address_word(content, layout)) if content.addressees else "",
        "noi_gui_den": _lines(content.addressees),
        "can_cu": _ended(content.grounds, ";"),
        "cac_ben": [_party(party) for party in content.parties],
        "cac_phan": [_section(section, numbers, content.landscape) for section in content.sections],
        "ket_thuc": _paragraphs(content.closing),
        "mot_ben_ky": len(content.slots) == 1 and len(content.recipients) <= BESIDE,
        "cac_hang_ky": _rows_of_slots(content.slots),
        "nhan_noi_nhan": clean(numbers["recipients_label"]) if content.recipients else "",
        "noi_nhan": _ended(content.recipients, numbers["recipients_end"]),
        "cac_phu_luc": [_annex(annex, annex_source(content), numbers) for annex in content.annexes],
        "ma_tra_cuu": clean(content.code),
        "dia_chi_tra_cuu": clean(content.lookup),
    }


def _header(content: Content, layout: DocumentFormat, numbers: dict[str, Any]) -> dict[str, Any]:
    """Who issues it, number and date; an annex in a file of its own has none of that."""
    left, right = blocks.header_widths(content, numbers)
    found = {
        "quoc_hieu": clean(numbers["national_first"]),
        "tieu_ngu": clean(numbers["national_second"]),
        "gach_quoc_hieu": blocks.national_rule(numbers, right),
        "co_quan_cap_tren": clean(content.heading.superior),
        "co_quan": clean(content.heading.issuer),
        "gach_co_quan": blocks.issuer_rule(content.heading.issuer, numbers, left),
        "so_ky_hieu": clean(number_line(content, layout)),
        "dia_danh_ngay": clean(", ".join(filter(None, [content.heading.place, date_words(content.day)]))),
    }
    return dict.fromkeys(found, "") if content.annex else found


def _letter_subject(subject: str) -> str:
    return subject if not subject or subject.startswith("V/v") else f"V/v {subject}"


def _lines(texts: list[str]) -> list[str]:
    return [line for text in texts if (line := clean(text).strip())]


def _paragraphs(texts: list[str]) -> list[str]:
    return [line.strip() for text in texts for line in clean(text).split("\n") if line.strip()]


def _ended(texts: list[str], mark: str) -> list[str]:
    """Lines of a list end with ``mark``, the last one with a full stop."""
    bare = [line.rstrip(" ;,.") for line in _lines(texts)]
    return [line + (mark if place < len(bare) else ".") for place, line in enumerate(bare, 1)]


def _party(party: dict[str, str]) -> dict[str, str]:
    names = {"ben": "label", "ten": "name", "dai_dien": "representative", "chuc_vu": "position", "uy_quyen": "mandate"}
    return {name: clean(party.get(key, "")) for name, key in names.items()}


def _section(section: Section, numbers: dict[str, Any], landscape: bool) -> dict[str, Any]:
    return {
        "tieu_de": clean(section.heading),
        "cac_doan": _paragraphs(section.paragraphs),
        "cac_muc": _lines(section.items),
        "cac_bang": [_table(table, numbers, landscape) for table in section.tables],
    }


def _table(table: Table, numbers: dict[str, Any], landscape: bool) -> dict[str, Any]:
    return {
        "tieu_de": clean(table.title),
        "noi_dung": blocks.table(table, numbers, landscape=landscape, clean=clean),
        "ghi_chu": clean(table.note),
    }


def _annex(annex: Annex, source: str, numbers: dict[str, Any]) -> dict[str, Any]:
    return {
        "sang_trang": blocks.section_break(),
        "ten": clean(annex.label),
        "tieu_de": clean(annex.title),
        "kem_theo": clean(source),
        "cac_phan": [_section(section, numbers, annex.landscape) for section in annex.sections],
    }


def _rows_of_slots(slots: list[Slot]) -> list[dict[str, Any]]:
    across = 2 if len(slots) > MAX_COLUMNS and len(slots) % MAX_COLUMNS else min(len(slots), MAX_COLUMNS)
    rows = [slots[place : place + across] for place in range(0, len(slots), across)] if slots else []
    return [{"cac_ben_ky": [_slot(slot, named=len(slots) > 1) for slot in row]} for row in rows]


def _slot(slot: Slot, *, named: bool) -> dict[str, str]:
    side = clean(slot.party).upper() if named or not (slot.authority or slot.position) else ""
    authority, position = clean(slot.authority), clean(slot.position).upper()
    if not side and not authority:
        # A post with nothing above it is itself the authority to sign, as in print.
        authority, position = position, ""
    return {"ben": side, "quyen_han": authority, "chuc_vu": position, "ho_ten": clean(slot.name)}


# --- what a rendered file must show ---------------------------------------------------------------------------------
def shown_texts(
    values: dict[str, Any], fields: tuple[Field, ...] = FIELDS, path: str = ""
) -> Iterator[tuple[Field, str, str]]:
    """Every text of ``values`` that a page can show, as (field, its path, text)."""
    for field in fields:
        value, name = values[field.name], f"{path}{field.name}"
        if field.spare:
            continue
        if field.kind == TEXT and value:
            yield field, name, value
        elif field.kind == TEXTS:
            yield from ((field, name, text) for text in value)
        elif field.kind == RECORDS:
            for row in value:
                yield from shown_texts(row, field.fields, f"{name}.")
        elif field.kind == BLOCK and value:
            yield from ((field, name, text) for text in value.texts)
