"""Excel files from outside, read with bounds: size, zip bombs, rows, columns; entities and formulas are never resolved."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from dvk_portal.core.exceptions import DomainError

MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000
MAX_ENTRIES = 500
_BROKEN = "Tệp Excel hỏng hoặc không đúng định dạng .xlsx. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi thử lại."


def read_sheet(
    data: bytes, *, max_rows: int, max_columns: int = 30, max_bytes: int = MAX_BYTES
) -> list[tuple[int, tuple[Any, ...]]]:
    """Rows of the first sheet as (number as Excel shows it, cells); empty rows are left out.

    Raises DomainError with a sentence, quickly, whatever the bytes are.
    """
    check_archive(data, max_bytes=max_bytes)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            return list(_rows(book, max_rows, max_columns))
        finally:
            book.close()
    # What broken and hostile files make the reader raise; defusedxml's refusals are ValueErrors.
    except (
        InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError,
        IndexError, OSError, EOFError, NotImplementedError,
    ) as error:  # fmt: skip
        raise DomainError(_BROKEN) from error


def check_archive(data: bytes, *, max_bytes: int = MAX_BYTES, max_unpacked: int = MAX_UNPACKED) -> None:
    """Refuse what is too large, not a zip, or would unpack to far more than it seems."""
    if len(data) > max_bytes:
        raise DomainError(f"Tệp lớn hơn {max_bytes // 1_000_000} MB. Hãy kiểm tra xem có chọn nhầm tệp không.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise DomainError(_BROKEN) from error
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > max_unpacked:
        raise DomainError(
            "Tệp Excel giải nén ra quá lớn nên không được nhận. Hãy chép riêng bảng dữ liệu sang tệp mới."
        )


def _rows(book: Any, max_rows: int, max_columns: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
    sheet = book.worksheets[0]
    # Files may state a false size; what counts is what is there, up to the bound.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(max_row=max_rows + 1, max_col=max_columns), start=1):
        if number > max_rows:
            raise DomainError(
                f"Bảng có nhiều hơn {max_rows} dòng. Hãy xóa các dòng trống ở cuối hoặc chia thành nhiều tệp."
            )
        if any(cell.value not in (None, "") for cell in row):
            yield number, row
