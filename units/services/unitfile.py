"""Files of units (docs/formats-units.md): YAML ``dvk-units/1``, Excel, and the national list of 1/7/2025, all as rows."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from vietnam_provinces import Province, ProvinceCode, VietNamDivisionType, Ward

from dvk_portal.core.datafile import DataFileError, load_yaml
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from dvk_portal.core.workbooks import read_sheet

FORMAT = "dvk-units/1"
MAX_ROWS = 5_000
MAX_BYTES = 5_000_000
# Nghị quyết 202/2025/QH15 (provinces) and the resolutions of UBTVQH of 16/6/2025 (communes): from 1/7/2025.
REORGANISED_ON = datetime.date(2025, 7, 1)
PROVINCE_DECISION = "Nghị quyết 202/2025/QH15 ngày 12/6/2025"
COMMUNE_DECISION = "Nghị quyết của Ủy ban Thường vụ Quốc hội ngày 16/6/2025 về sắp xếp đơn vị hành chính cấp xã"
_KINDS = {
    VietNamDivisionType.TINH: "tinh",
    VietNamDivisionType.THANH_PHO_TRUNG_UONG: "thanh_pho",
    VietNamDivisionType.XA: "xa",
    VietNamDivisionType.PHUONG: "phuong",
    VietNamDivisionType.DAC_KHU: "dac_khu",
}


@dataclass
class UnitRow:
    """One unit as a file states it. ``kind`` is a code or a name; ``faults`` are sentences found while reading."""

    place: str
    code: str = ""
    name: str = ""
    kind: str = ""
    parent: str | None = None
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    decision: str = ""
    faults: list[str] = field(default_factory=list)


@dataclass
class UnitFile:
    rows: list[UnitRow]
    kinds: list[dict[str, Any]] = field(default_factory=list)


def read_units(data: bytes) -> UnitFile:
    """Rows of a YAML or Excel file, told apart by content. Raises DomainError when the file as a whole cannot be read."""
    if len(data) > MAX_BYTES:
        raise DomainError(f"Tệp lớn hơn {MAX_BYTES // 1_000_000} MB. Hãy kiểm tra xem có chọn nhầm tệp không.")
    if data.startswith(b"PK"):
        return UnitFile(list(_excel_rows(data)))
    try:
        content = load_yaml(data, max_bytes=MAX_BYTES)
    except DataFileError as error:
        raise DomainError(error.message) from error
    return _yaml_file(content, data)


def province_rows(code: str) -> UnitFile:
    """The province and its communes in the national list (package vietnam_provinces); codes of 2 and 5 digits."""
    try:
        province = Province.from_code(ProvinceCode(int(code)))
    except ValueError as error:
        known = ", ".join(f"{row.code:02d} {row.name}" for row in Province.iter_all())
        raise DomainError(f"Không có tỉnh, thành phố mã “{code}”. Các mã: {known}.") from error
    top = f"{province.code:02d}"
    rows = [_national(top, province.name, province.division_type, None, PROVINCE_DECISION)]
    for ward in sorted(Ward.iter_by_province(province.code), key=lambda ward: ward.code):
        rows.append(_national(f"{ward.code:05d}", ward.name, ward.division_type, top, COMMUNE_DECISION))
    return UnitFile(rows)


def _national(code: str, name: str, division: VietNamDivisionType, parent: str | None, decision: str) -> UnitRow:
    if division == VietNamDivisionType.TINH:
        name = f"Tỉnh {name}"
    return UnitRow(f"mã {code}", code, name, _KINDS[division], parent, REORGANISED_ON, None, decision)


# --- YAML -----------------------------------------------------------------------------------------------------------
_KEYS = {"code", "name", "kind", "parent", "from", "to", "decision"}
_KIND_KEYS = {"code", "name", "order", "is_organ", "from", "to"}


def _yaml_file(content: object, data: bytes) -> UnitFile:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise DomainError(f"Tệp phải bắt đầu bằng “format: {FORMAT}” (xem docs/formats-units.md).")
    unknown = set(map(str, content)) - {"format", "from", "decision", "kinds", "units"}
    if unknown:
        raise DomainError(f"Tệp có mục không hiểu được: {', '.join(sorted(unknown))}. Hãy bỏ hoặc sửa tên mục.")
    units, kinds = content.get("units"), content.get("kinds") or []
    if not isinstance(units, list) or not units:
        raise DomainError("Mục “units” phải là danh sách có ít nhất một đơn vị.")
    if len(units) > MAX_ROWS:
        raise DomainError(f"Tệp có nhiều hơn {MAX_ROWS} đơn vị. Hãy chia thành nhiều tệp.")
    lines = _lines(data)
    rows = [
        _yaml_row(item, f"dòng {line}", content.get("from"), content.get("decision"))
        for item, line in zip(units, lines, strict=True)
    ]
    return UnitFile(rows, _yaml_kinds(kinds))


def _lines(data: bytes) -> list[int]:
    """Line of each unit, for messages. The content has passed load_yaml: bounded, no aliases, no tags."""
    root = yaml.compose(data.decode("utf-8-sig"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    node = next(value for key, value in root.value if key.value == "units")
    return [item.start_mark.line + 1 for item in node.value]


def _yaml_kinds(kinds: object) -> list[dict[str, Any]]:
    if not isinstance(kinds, list) or not all(isinstance(kind, dict) and kind.get("code") for kind in kinds):
        raise DomainError("Mục “kinds” phải là danh sách các loại đơn vị, mỗi loại có “code” và “name”.")
    for kind in kinds:
        dates = [kind[key] for key in ("from", "to") if kind.get(key) is not None]
        good = (
            set(kind) <= _KIND_KEYS
            and isinstance(kind["code"], str)
            and len(kind["code"]) <= 30
            and isinstance(kind.get("name"), str)
            and 0 < len(kind["name"]) <= 60
            and isinstance(kind.get("is_organ", False), bool)
            and isinstance(kind.get("order", 0), int)
            and 0 <= kind.get("order", 0) <= 32_767
            and all(type(day) is datetime.date for day in dates)
        )
        if not good:
            raise DomainError(f"Loại đơn vị “{kind['code']}” ghi chưa đúng (xem docs/formats-units.md, mục kinds).")
    return kinds


def _yaml_row(item: object, place: str, day: object, decision: object) -> UnitRow:
    row = UnitRow(place)
    if not isinstance(item, dict):
        row.faults.append("phải là một đơn vị với code, name, kind.")
        return row
    if unknown := set(map(str, item)) - _KEYS:
        row.faults.append(f"có mục không hiểu được: {', '.join(sorted(unknown))}.")
    row.code = _text(item.get("code"), "code", row)
    row.name = _text(item.get("name"), "name", row)
    row.kind = _text(item.get("kind"), "kind", row)
    row.parent = _text(item["parent"], "parent", row) if item.get("parent") is not None else None
    row.valid_from = _date(item.get("from", day), "from", row)
    row.valid_to = _date(item.get("to"), "to", row)
    row.decision = _text(item.get("decision", decision), "decision", row)
    return row


def _text(value: object, name: str, row: UnitRow) -> str:
    if value is None:
        return ""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return " ".join(str(value).split())
    row.faults.append(f"mục “{name}” phải là văn bản; hãy đặt trong dấu nháy.")
    return ""


def _date(value: object, name: str, row: UnitRow) -> datetime.date | None:
    if value in (None, ""):
        return None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", str(value).strip())
    try:
        if found:
            return datetime.date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    row.faults.append(f"ngày “{str(value)[:20]}” ở mục “{name}” không đúng; hãy ghi ngày/tháng/năm, ví dụ 01/07/2025.")
    return None


# --- Excel ----------------------------------------------------------------------------------------------------------
_COLUMNS = {
    "ma": "code",
    "ma don vi": "code",
    "ten": "name",
    "ten don vi": "name",
    "loai": "kind",
    "loai don vi": "kind",
    "ma cap tren": "parent",
    "tu ngay": "from",
    "den ngay": "to",
    "den het ngay": "to",
    "can cu": "decision",
}


def _excel_rows(data: bytes) -> Iterator[UnitRow]:
    sheet = read_sheet(data, max_rows=MAX_ROWS + 1, max_columns=20, max_bytes=MAX_BYTES)
    if not sheet:
        raise DomainError("Bảng trống. Hãy điền dòng tiêu đề: Mã, Tên, Loại, Mã cấp trên, Từ ngày, Đến ngày, Căn cứ.")
    columns = {}
    for position, cell in enumerate(sheet[0][1]):
        name = _COLUMNS.get(search_key(str(cell.value or "")))
        if name in columns.values():
            raise DomainError(f"Dòng tiêu đề có hai cột “{cell.value}”. Hãy bỏ một cột.")
        if name:
            columns[position] = name
    missing = {"code": "Mã", "name": "Tên", "kind": "Loại"}
    absent = [label for name, label in missing.items() if name not in columns.values()]
    if absent:
        raise DomainError(
            f"Dòng tiêu đề thiếu cột: {', '.join(absent)}. Hãy dùng đúng tên cột như docs/formats-units.md."
        )
    if len(sheet) == 1:
        raise DomainError("Bảng chỉ có dòng tiêu đề. Hãy điền ít nhất một đơn vị.")
    for number, cells in sheet[1:]:
        yield _excel_row(number, {columns[at]: cell for at, cell in enumerate(cells) if at in columns})


def _excel_row(number: int, cells: dict[str, Any]) -> UnitRow:
    row = UnitRow(f"dòng {number}")
    values = {name: cell.value for name, cell in cells.items()}
    row.code = _code(cells["code"], row)
    row.name = _text(values["name"], "Tên", row)
    row.kind = _text(values["kind"], "Loại", row)
    parent = cells.get("parent")
    row.parent = (_code(parent, row) or None) if parent is not None else None
    row.valid_from = _date(values.get("from"), "Từ ngày", row)
    row.valid_to = _date(values.get("to"), "Đến ngày", row)
    row.decision = _text(values.get("decision"), "Căn cứ", row)
    return row


def _code(cell: Any, row: UnitRow) -> str:
    """A code typed as a number has lost its leading zeros, unless it is long enough or the format shows them."""
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        digits = len(cell.number_format) if set(cell.number_format or "x") == {"0"} else 0
        if digits > 1:
            return f"{value:0{digits}d}"
        if len(str(value)) == 5 or 10 <= value <= 99:
            return str(value)
        row.faults.append(
            f"mã “{value}” đang là số nên có thể đã mất số 0 ở đầu; hãy định dạng cột mã là Văn bản (Text)."
        )
        return str(value)
    return _text(value, "Mã", row)
