"""Reading mappings of a file into exact values, collecting findings instead of raising."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from campaigns.scoring.exact import read_number

MISSING = object()


@dataclass(frozen=True)
class Finding:
    """`path` and `code` are stable; `message` is a Vietnamese sentence that says what to do."""

    path: str
    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {"path": self.path, "code": self.code, "message": self.message}


FREE_TEXT = (str, int, Decimal, dt.date)
SUM_CODES = frozenset({"children_sum", "base_sum"})


@dataclass
class Findings:
    """Errors and warnings found so far, and the codes used in the file."""

    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    _seen: set[Finding] = field(default_factory=set)

    def error(self, path: str, code: str, message: str) -> None:
        finding = Finding(path, code, message)
        if finding not in self._seen:
            self._seen.add(finding)
            self.errors.append(finding)

    def shape(self, path: str, message: str) -> None:
        self.error(path, "rule_shape", message)

    def warn(self, path: str, code: str, message: str) -> None:
        self.warnings.append(Finding(path, code, message))

    @property
    def only_sums(self) -> bool:
        return all(error.code in SUM_CODES for error in self.errors)

    def claim(self, code: str, path: str) -> None:
        """Use a code of the shared set once."""
        if code in self.codes:
            self.error(path, "duplicate_code", f"Mã “{short(code)}” đã dùng ở chỗ khác. Hãy đặt mã khác cho mục này.")
        self.codes.add(code)

    def code(self, item: Mapping[object, object], path: str, what: str) -> str | None:
        """The code of an item; None (reported at `path`) when there is none or it is no text."""
        raw = item.get("code")
        if isinstance(raw, str) and raw.strip():
            return raw
        if raw is None or isinstance(raw, str):
            message = f"{what} chưa có mã. Hãy thêm “code”."
        else:
            message = f"Mã {short(raw)} của {what.lower()} phải là chữ. Hãy đặt mã trong dấu nháy."
        self.error(path, "missing_code", message)
        return None

    def mapping(self, raw: object, path: str, what: str, allowed: Iterable[str]) -> Mapping[object, object] | None:
        """The raw value if it is a mapping; unknown keys are reported."""
        if not isinstance(raw, Mapping):
            self.shape(path, f"{what} phải là một bảng các khóa và giá trị. Hãy sửa lại.")
            return None
        names = {*allowed, "note"}
        for key in raw:
            if not isinstance(key, str) or key not in names:
                self.shape(path, f"{what} có khóa “{short(key)}” không được dùng ở đây. Hãy sửa tên khóa hoặc bỏ đi.")
        self.note(raw, path)
        return raw

    def note(self, item: Mapping[object, object], path: str) -> str | None:
        """Free text under `note`."""
        return self.free(item, "note", path)

    def free(self, item: Mapping[object, object], key: str, path: str) -> str | None:
        raw = item.get(key)
        if raw is None or isinstance(raw, FREE_TEXT):
            return free_text(raw)
        self.shape(path, f"“{key}” phải là văn bản. Hãy viết thành một câu.")
        return None

    def text(self, item: Mapping[object, object], key: str, path: str, *, required: bool = False) -> str | None:
        raw = item.get(key)
        if isinstance(raw, str) and raw.strip():
            return raw
        if raw is None or raw == "":
            if required:
                self.shape(path, f"Thiếu “{key}”. Hãy bổ sung.")
            return None
        self.shape(path, f"“{key}” phải là chữ. Hãy đặt {short(raw)} trong dấu nháy.")
        return None

    def flag(self, item: Mapping[object, object], key: str, path: str) -> bool | None:
        raw = item.get(key)
        if raw is None or isinstance(raw, bool):
            return raw
        self.shape(path, f"“{key}” chỉ nhận true hoặc false, không nhận {short(raw)}.")
        return None

    def number(
        self, item: Mapping[object, object], key: str, path: str, *, required: bool = False, low: int | None = None,
        above: int | None = None, whole: bool = False,
    ) -> Decimal | None:
        """The number under `key`; absent and null alike are None. `low`: at least, `above`: more than."""
        raw = item.get(key)
        if raw is None:
            if required:
                self.shape(path, f"Thiếu số ở “{key}”. Hãy bổ sung.")
            return None
        number = read_number(raw)
        if number is None:
            self.shape(path, f"“{key}” phải là số, không phải {short(raw)}. Hãy viết như 12 hoặc \"12,5\".")
        elif low is not None and number < low:
            self.shape(path, f"“{key}” phải từ {low} trở lên, không nhận {short(raw)}. Hãy viết số dương.")
        elif above is not None and number <= above:
            self.shape(path, f"“{key}” phải lớn hơn {above}, không nhận {short(raw)}.")
        elif whole and number != number.to_integral_value():
            self.shape(path, f"“{key}” phải là số nguyên, không nhận {short(raw)}.")
        else:
            return number
        return None

    def items(self, item: Mapping[object, object], key: str, path: str) -> list[object]:
        """The list under `key`; absent is empty."""
        raw = item.get(key)
        if raw is None:
            return []
        if isinstance(raw, (list, tuple)):
            return list(raw)
        self.shape(path, f"“{key}” phải là một danh sách. Hãy viết mỗi mục trên một dòng có dấu gạch đầu dòng.")
        return []

    def texts(self, item: Mapping[object, object], key: str, path: str) -> tuple[str, ...]:
        """A list of texts."""
        found = []
        for raw in self.items(item, key, path):
            if isinstance(raw, str) and raw.strip():
                found.append(raw)
            else:
                self.shape(path, f"Danh sách “{key}” chỉ nhận chữ. Hãy đặt {short(raw)} trong dấu nháy.")
        return tuple(found)


def free_text(raw: object) -> str | None:
    """Free text as text, also where YAML reads a number, a date or a truth value."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return str(raw) if isinstance(raw, FREE_TEXT) else None


def note_of(item: Mapping[object, object]) -> str | None:
    return free_text(item.get("note"))


def short(raw: object) -> str:
    """The value, cut for a sentence."""
    if isinstance(raw, (Mapping, list, tuple)):
        return "một danh sách hoặc bảng"
    text = str(raw) if not isinstance(raw, bool) else ("true" if raw else "false")
    return text if len(text) <= 40 else f"{text[:40]}…"
