"""A unit's list of models as an Excel file: the template that is handed out, and the rows that come back."""

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.sheets import Book
from dvk_portal.core.text import search_key
from dvk_portal.core.workbooks import read_sheet
from pledges.models import ExemplaryModel, Field, RecognitionLevel
from pledges.models.exemplary_model import SubjectKind

MAX_ROWS = 300
MAX_BYTES = 1_000_000
# Name in the file, field of the model (None: not a field), width, hint.
COLUMNS: tuple[tuple[str, str, int, str], ...] = (
    ("Mã đơn vị", "unit", 14, "Để trống: đơn vị của người nhập. Chỉ cần khi nhập cho nhiều đơn vị."),
    ("Tên mô hình, điển hình", "name", 40, "Bắt buộc. Cùng tên và nơi thực hiện trong một đơn vị là cùng một mô hình."),
    ("Loại", "kind", 12, "Mô hình hoặc Điển hình. Để trống: Mô hình."),
    ("Tập thể hay cá nhân", "subject_kind", 14, "Tập thể hoặc Cá nhân. Để trống: Tập thể."),
    ("Tập thể, cá nhân thực hiện", "subject", 30, "Ví dụ: Chi bộ ấp Bình Hòa."),
    ("Lĩnh vực", "field", 22, "Bắt buộc. Chọn trong danh sách ở trang “Danh mục”."),
    ("Đăng ký cấp", "target_level", 16, "Bắt buộc. Chọn trong danh sách ở trang “Danh mục”."),
    ("Nơi thực hiện", "place", 26, "Ấp, khóm, khu dân cư, trường, chợ…"),
    ("Lực lượng chủ trì", "leading_force", 28, "Ai đứng ra làm."),
    ("Lực lượng phối hợp", "coordinating_forces", 28, "Ai cùng làm."),
    ("Tình hình, lý do", "situation", 36, "Trước khi làm thì thế nào."),
    ("Mục tiêu", "objective", 36, "Làm để đạt điều gì."),
    ("Nội dung, cách làm", "method", 50, "Làm từng việc gì, ai làm, vận động ra sao."),
    ("Nguồn lực", "resources", 28, "Kinh phí, ngày công, hiện vật."),
    ("Kết quả kiểm chứng được", "output", 36, "Kết quả mà người khác đến xem hoặc đếm được."),
    ("Đối tượng thụ hưởng", "beneficiaries", 26, ""),
    ("Số người, hộ thụ hưởng", "beneficiary_count", 14, "Số nguyên."),
    ("Từ ngày", "starts_on", 13, "Ngày/tháng/năm."),
    ("Đến ngày", "ends_on", 13, "Ngày/tháng/năm."),
    ("Ngày đánh giá", "evaluation_on", 13, "Ngày/tháng/năm."),
    ("Lý do vẫn đăng ký", "reason", 40, "Chỉ khi cổng báo có mô hình giống và đơn vị vẫn đăng ký."),
)
_BY_KEY = {search_key(label): name for label, name, _, _ in COLUMNS} | {"ten mo hinh": "name", "ten": "name"}
_LABELS = {name: label for label, name, _, _ in COLUMNS}
_DAYS = ("starts_on", "ends_on", "evaluation_on")


@dataclass
class ModelRow:
    """One line of the file. ``values`` by field, only of columns that the file has; ``faults`` are sentences."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    unit_code: str = ""
    reason: str = ""
    faults: list[str] = field(default_factory=list)


def write_template() -> bytes:
    """Header, an empty table with lists to choose from, the hints of every column, and the catalogues."""
    book = Book()
    page = book.book.add_worksheet("Mô hình")
    for column, (label, _, width, hint) in enumerate(COLUMNS):
        page.set_column(column, column, width)
        book.text(page, 0, column, label, book.head)
        if hint:
            page.write_comment(0, column, hint)
    page.freeze_panes(1, 2)
    lists = _lists()
    for column, (_, name, _, _) in enumerate(COLUMNS):
        if name in lists:
            page.data_validation(1, column, MAX_ROWS, column, {"validate": "list", "source": lists[name]})
    hints = book.sheet("Hướng dẫn", "Cách điền danh sách mô hình", "Không đổi tên cột ở trang “Mô hình”", [34, 90])
    for row, (label, _, _, hint) in enumerate(COLUMNS, start=3):
        book.text(hints, row, 0, label, book.strong)
        book.text(hints, row, 1, hint)
    names = book.sheet("Danh mục", "Các giá trị được chọn", "", [30, 30, 30, 30])
    for column, (name, values) in enumerate(lists.items()):
        book.text(names, 3, column, _LABELS[name], book.head)
        for row, value in enumerate(values, start=4):
            book.text(names, row, column, value)
    return book.close()


def _lists() -> dict[str, list[str]]:
    return {
        "kind": [str(word) for word in ExemplaryModel.Kind.labels],
        "subject_kind": [str(word) for word in SubjectKind.labels],
        "field": [row.name for row in Field.objects.current()],
        "target_level": [row.name for row in RecognitionLevel.objects.current()],
    }


def read_models(data: bytes) -> list[ModelRow]:
    """Rows of the first sheet, whose first row names the columns. DomainError when the file as a whole cannot be read."""
    sheet = read_sheet(data, max_rows=MAX_ROWS + 1, max_columns=len(COLUMNS) + 5, max_bytes=MAX_BYTES)
    if not sheet:
        raise DomainError("Tệp không có dòng nào. Hãy tải tệp mẫu, điền rồi nhập lại.")
    columns: dict[int, str] = {}
    for position, cell in enumerate(sheet[0][1]):
        name = _BY_KEY.get(search_key(str(cell.value or "")))
        if name in columns.values():
            raise DomainError(f"Dòng tiêu đề có hai cột “{cell.value}”. Hãy bỏ một cột.")
        if name:
            columns[position] = name
    absent = [_LABELS[name] for name in ("name", "field", "target_level") if name not in columns.values()]
    if absent:
        raise DomainError(f"Dòng tiêu đề thiếu cột: {', '.join(absent)}. Hãy dùng tệp mẫu tải về từ trang này.")
    if len(sheet) == 1:
        raise DomainError("Bảng chỉ có dòng tiêu đề. Hãy điền ít nhất một mô hình.")
    reader = _RowReader()
    return [
        reader.row(number, {columns[at]: cell.value for at, cell in enumerate(cells) if at in columns})
        for number, cells in sheet[1:]
    ]


class _RowReader:
    """Turns cells into what the model holds; the catalogues are read once."""

    def __init__(self) -> None:
        self.choices: dict[str, dict[str, Any]] = {
            "kind": {search_key(str(word)): value for value, word in ExemplaryModel.Kind.choices},
            "subject_kind": {search_key(str(word)): value for value, word in SubjectKind.choices},
            "field": _catalogue(Field),
            "target_level": _catalogue(RecognitionLevel),
        }

    def row(self, number: int, cells: dict[str, Any]) -> ModelRow:
        row = ModelRow(number)
        row.unit_code, row.reason = _code(cells.pop("unit", None)), _text(cells.pop("reason", None))
        for name, value in cells.items():
            row.values[name] = self.value(row, name, value)
        row.values["kind"] = row.values.get("kind") or ExemplaryModel.Kind.MODEL
        row.values["subject_kind"] = row.values.get("subject_kind") or SubjectKind.COLLECTIVE
        if not row.values.get("name"):
            row.faults.append("chưa ghi tên mô hình.")
        for name in ("field", "target_level"):
            if row.values.get(name) is None and not any(_LABELS[name] in fault for fault in row.faults):
                row.faults.append(f"chưa ghi cột “{_LABELS[name]}”.")
        return row

    def value(self, row: ModelRow, name: str, raw: Any) -> Any:
        if name in self.choices:
            text = _text(raw)
            found = self.choices[name].get(search_key(text)) if text else None
            if text and found is None:
                row.faults.append(
                    f"cột “{_LABELS[name]}” không nhận “{text[:40]}”; hãy chọn trong trang Danh mục của tệp mẫu."
                )
            return found
        if name in _DAYS:
            return _day(row, name, raw)
        if name == "beneficiary_count":
            return _count(row, raw)
        text = _text(raw, lines=name in ("situation", "objective", "method", "resources", "output"))
        longest = ExemplaryModel._meta.get_field(name).max_length
        if longest and len(text) > longest:
            row.faults.append(f"cột “{_LABELS[name]}” dài quá {longest} ký tự.")
        return text


def _catalogue(model: Any) -> dict[str, Any]:
    rows = list(model.objects.current())
    return {search_key(row.code): row for row in rows} | {search_key(row.name): row for row in rows}


def _text(value: Any, *, lines: bool = False) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).replace("\0", "").replace("\r\n", "\n")
    # An apostrophe in front keeps a spreadsheet from reading a formula (core/sheets.py); it is not part of the text.
    text = text.removeprefix("'") if text[1:2] in "=+-@" else text
    return text.strip() if lines else " ".join(text.split())


def _code(value: Any) -> str:
    """A code that Excel took for a number is padded back to five digits (law.md R-100)."""
    if isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer():
        return f"{int(value):05d}"
    return _text(value)


def _count(row: ModelRow, value: Any) -> int | None:
    text = _text(value).replace(".", "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        row.faults.append(f"cột “{_LABELS['beneficiary_count']}” phải là số nguyên.")
        return None
    return int(text)


def _day(row: ModelRow, name: str, value: Any) -> datetime.date | None:
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
    row.faults.append(f"cột “{_LABELS[name]}”: “{str(value)[:20]}” không phải ngày; hãy ghi ngày/tháng/năm.")
    return None
