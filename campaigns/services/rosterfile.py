"""The roster as an Excel file, out and in. What comes in becomes the same lines that one may paste (services/roster.py)."""

import io

import xlsxwriter

from campaigns.models import Campaign
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from dvk_portal.core.workbooks import read_sheet

COLUMNS = (("Mã đơn vị", 14), ("Tên đơn vị", 42), ("Loại", 18), ("Cấp trên", 36), ("Cụm, khối", 24))
MAX_ROWS = 5000


def write_roster(campaign: Campaign) -> bytes:
    """One row per unit; fill in the last column and import the file again to arrange the clusters."""
    target = io.BytesIO()
    # Names are text, whatever they begin with: a cell never becomes a formula or a link.
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Đơn vị tham gia")
    head = book.add_format({"bold": True, "bg_color": "#F1E4E2", "border": 1})
    text = book.add_format({"num_format": "@"})
    for column, (label, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width, text)
        sheet.write_string(0, column, label, head)
    rows = campaign.participations.select_related("unit", "cluster").order_by("cluster__order", "sort_key")
    for number, row in enumerate(rows, start=1):
        cells = (row.unit.code, row.name, row.kind_name, row.parent_name, row.cluster.name if row.cluster else "")
        for column, value in enumerate(cells):
            sheet.write_string(number, column, value, text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(campaign.participations.count(), 1), len(COLUMNS) - 1)
    book.close()
    return target.getvalue()


def read_roster(data: bytes) -> str:
    """The lines "code ⇥ cluster" of an Excel file whose first row names its columns. Raises DomainError."""
    rows = read_sheet(data, max_rows=MAX_ROWS)
    if not rows:
        raise DomainError("Tệp không có dòng nào. Hãy tải danh sách mẫu, điền rồi nhập lại.")
    heads = [search_key(str(cell.value or "")) for cell in rows[0][1]]
    code = _column(heads, ("ma don vi", "ma"))
    if code is None:
        raise DomainError("Dòng đầu của tệp phải có cột “Mã đơn vị”. Hãy dùng tệp tải về từ trang này làm mẫu.")
    cluster = _column(heads, ("cum, khoi", "cum", "khoi", "cum khoi", "cum thi dua"))
    lines = []
    for _, cells in rows[1:]:
        unit, place = _text(cells, code), _text(cells, cluster)
        if unit or place:
            lines.append(f"{unit}\t{place}")
    return "\n".join(lines)


def _column(heads: list[str], names: tuple[str, ...]) -> int | None:
    return next((heads.index(name) for name in names if name in heads), None)


def _text(cells: tuple, column: int | None) -> str:
    """A cell as one line of text. A code that Excel took for a number is padded back to five digits (law.md R-100)."""
    value = cells[column].value if column is not None and column < len(cells) else None
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, int | float) and float(value).is_integer():
        return f"{int(value):05d}"
    return " ".join(str(value).replace(";", ",").split())
