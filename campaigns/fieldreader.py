"""Reading the fields of a data file typed by people: every value is checked, whatever is wrong becomes a finding."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from campaigns.formulas import CODE

MAX_FINDINGS = 500


class Finding(NamedTuple):
    """One thing to correct: where (``indicators.nq_tyle.of``), which rule (stable code), what to do (a sentence)."""

    path: str
    code: str
    message: str


class FieldReader:
    """Collects findings while it reads; a wrong value becomes a harmless one, so that reading goes on."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, path: str, code: str, message: str) -> None:
        """Note a finding."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(path, code, message))

    def keys(self, item: Mapping[Any, object], path: str, known: set[str]) -> None:
        """Report keys the format does not know."""
        for key in item:
            if key not in known:
                where = ".".join(filter(None, (path, short(key))))
                self.add(where, "unknown_key", f"Khóa “{short(key)}” không có trong định dạng. Hãy xem lại chính tả.")

    def items(
        self, item: Mapping[Any, object], key: str, *, required: bool = False
    ) -> list[tuple[Mapping[Any, object], str]]:
        """The rows of a list, each with its path."""
        raw = item.get(key)
        if raw is None and not required:
            return []
        if not isinstance(raw, list) or (required and not raw):
            self.add(key, "wrong_type", f"Mục {key} phải là một danh sách{' có ít nhất một dòng' if required else ''}.")
            return []
        rows = []
        for number, row in enumerate(raw):
            if isinstance(row, Mapping):
                code = row.get("code")
                rows.append((row, f"{key}.{code if isinstance(code, str) and CODE.fullmatch(code) else number}"))
            else:
                self.add(f"{key}.{number}", "wrong_type", f"Dòng {number + 1} của {key} phải là các cặp khóa: giá trị.")
        return rows

    def missing(self, path: str, key: str) -> None:
        """Report a key that must be there."""
        self.add(f"{path}.{key}".lstrip("."), "missing", f"Thiếu “{key}”.")

    def text(self, item: Mapping[Any, object], key: str, path: str, limit: int, *, required: bool = False) -> str:
        """A text of bounded length."""
        raw = item.get(key)
        if raw is None or raw == "":
            if required:
                self.missing(path, key)
            return ""
        where = f"{path}.{key}".lstrip(".")
        if not isinstance(raw, str):
            self.add(where, "wrong_type", f"“{key}” phải là chữ. Nếu là số, hãy đặt trong dấu nháy.")
            return ""
        if len(raw) > limit:
            self.add(where, "too_long", f"“{key}” dài quá {limit} ký tự.")
        return raw

    def code(self, item: Mapping[Any, object], key: str, path: str) -> str:
        """A code: small ASCII letters, digits, underscore."""
        code = self.text(item, key, path, 1000, required=True)
        if code and not CODE.fullmatch(code):
            self.add(
                f"{path}.{key}",
                "bad_code",
                f"Mã “{short(code)}” không hợp lệ: chỉ dùng chữ thường không dấu, số, dấu gạch dưới, tối đa 50 ký tự.",
            )
            return ""
        return code

    def codes(self, item: Mapping[Any, object], key: str, path: str) -> tuple[str, ...]:
        """One code or a list of codes."""
        raw = item.get(key)
        if raw is None:
            return ()
        rows = raw if isinstance(raw, list) else [raw]
        found = tuple(filter(None, (self.code({key: row}, key, path) for row in rows)))
        if len(set(found)) < len(found):
            self.add(f"{path}.{key}", "duplicate_code", f"“{key}” ghi một mã hai lần.")
        return found

    def choice(
        self,
        item: Mapping[Any, object],
        key: str,
        path: str,
        allowed: Sequence[str],
        default: str,
        *,
        required: bool = False,
        known: Sequence[str] = (),
    ) -> str:
        """One of ``allowed``. A value of ``known`` exists but does not fit here (``wrong_rule``)."""
        raw = item.get(key)
        if raw is None:
            if required:
                self.missing(path, key)
            return str(default)
        if isinstance(raw, str) and raw in allowed:
            return raw
        code = "wrong_rule" if isinstance(raw, str) and raw in known else "unknown_value"
        advice = f"Chọn một trong: {', '.join(allowed)}."
        self.add(f"{path}.{key}", code, f"“{key}: {short(raw)}” không dùng được ở đây. {advice}")
        return str(default)

    def flag(self, item: Mapping[Any, object], key: str, path: str) -> bool:
        """True or false; true when absent."""
        raw = item.get(key, True)
        if isinstance(raw, bool):
            return raw
        self.add(f"{path}.{key}", "wrong_type", f"“{key}” phải là true hoặc false.")
        return True

    def whole(self, item: Mapping[Any, object], key: str, path: str, default: int, top: int) -> int:
        """A whole number between 0 and ``top``."""
        raw = item.get(key)
        if raw is None:
            return default
        if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= top:
            return raw
        self.add(f"{path}.{key}", "wrong_type", f"“{key}” phải là số nguyên từ 0 đến {top}.")
        return default

    def day(self, item: Mapping[Any, object], key: str, path: str) -> date | None:
        """A date, or text in the form 2026-12-31."""
        raw = item.get(key)
        if raw is None or (isinstance(raw, date) and not isinstance(raw, datetime)):
            return raw
        try:
            return date.fromisoformat(raw if isinstance(raw, str) else "")
        except ValueError:
            self.add(f"{path}.{key}", "bad_date", f"“{key}” phải là ngày có thật, ghi theo dạng 2026-12-31.")
            return None


def short(value: object) -> str:
    """The start of a value, to be shown in a sentence."""
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
