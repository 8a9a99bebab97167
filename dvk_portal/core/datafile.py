"""Data files typed by people: YAML (and so JSON) read exactly and safely, with errors a person can act on.

Numbers stay what was typed: `95.5` is `Decimal("95.5")`, never a binary float. What YAML 1.1 would read in surprising
ways (octal, hexadecimal, 1:30, 1_000, .inf) stays text. Plain Python: no Django, so pure packages and scripts may use it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import yaml

MAX_DEPTH = 50
MAX_NODES = 200_000
MAX_DIGITS = 60
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_DATETIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[-+][0-9]{2}:[0-9]{2})?\Z")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_TRUE_1_1 = {"yes", "Yes", "YES", "on", "On", "ON"}
_FALSE_1_1 = {"no", "No", "NO", "off", "Off", "OFF"}
_STR_TAGS = {"!", "tag:yaml.org,2002:str"}


class DataFileError(ValueError):
    """The file cannot be read; `str(error)` is a Vietnamese sentence that says what, where and what to do."""

    def __init__(self, message_vi: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message_vi)
        self.message = message_vi
        self.line = line
        self.column = column


def load_yaml(data: bytes | str, *, max_bytes: int = 1_000_000, yaml_1_1_booleans: bool = False) -> object:
    """The content of one YAML or JSON document as dict, list, str, int, Decimal, bool, date, datetime or None.

    `yaml_1_1_booleans` reads yes/no/on/off as YAML 1.1 does (for formats that tell people to quote them); otherwise they
    are text. Raises `DataFileError`.
    """
    text = _decode(data, max_bytes)
    try:
        return _Builder(yaml.parse(text, Loader=_LOADER), yaml_1_1_booleans).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _syntax_error(mark) from error
    except yaml.YAMLError as error:
        raise _syntax_error(None) from error


def dump_yaml(obj: object) -> str:
    """YAML text that `load_yaml` reads back: whole Decimals as integers, others as quoted text, keys in their order."""
    return str(yaml.dump(obj, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120, default_flow_style=False))


def read_plain(text: str, *, yaml_1_1_booleans: bool = False) -> object:
    """What an unquoted word means. Raises ValueError for a number too long or a date that does not exist."""
    if text in _NULL:
        return None
    if text in _TRUE or (yaml_1_1_booleans and text in _TRUE_1_1):
        return True
    if text in _FALSE or (yaml_1_1_booleans and text in _FALSE_1_1):
        return False
    first = text[0]
    if not (first.isdigit() or first in "+-."):
        return text
    if _INT.match(text) or _DECIMAL.match(text):
        return _number(text)
    if _DATE.match(text):
        return dt.date.fromisoformat(text)
    if _DATETIME.match(text):
        return dt.datetime.fromisoformat(text)
    return text


def _number(text: str) -> int | Decimal:
    if len(text) > MAX_DIGITS:
        raise ValueError("số quá dài")
    if _INT.match(text):
        return int(text)
    value = Decimal(text)
    if value and not -MAX_DIGITS <= value.adjusted() <= MAX_DIGITS:
        raise ValueError("số quá lớn hoặc quá nhỏ")
    return value


def _decode(data: bytes | str, max_bytes: int) -> str:
    size = len(data) if isinstance(data, bytes) else (len(data) if len(data) > max_bytes else len(data.encode("utf-8", "replace")))
    if size > max_bytes:
        limit = f"{max_bytes:,}".replace(",", ".")
        raise DataFileError(f"Tệp quá lớn: chỉ nhận tối đa {limit} byte. Hãy kiểm tra xem có chọn nhầm tệp không.")
    if isinstance(data, bytes):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line, column = _position(data[: error.start].decode("utf-8", "replace"))
            raise DataFileError(
                f"Tệp không phải văn bản UTF-8 (dòng {line}, cột {column}). Hãy lưu lại tệp với bảng mã UTF-8.", line, column
            ) from error
    else:
        text = data.removeprefix("\ufeff")
    if found := _CONTROL.search(text):
        line, column = _position(text[: found.start()])
        raise DataFileError(
            f"Tệp có ký tự điều khiển không đọc được (dòng {line}, cột {column}). Hãy xóa ký tự đó hoặc chọn đúng tệp văn bản.",
            line, column,
        )
    return text


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _at(mark: Any) -> tuple[int | None, int | None, str]:
    if mark is None:
        return None, None, ""
    return mark.line + 1, mark.column + 1, f" (dòng {mark.line + 1}, cột {mark.column + 1})"


def _syntax_error(mark: Any) -> DataFileError:
    line, column, where = _at(mark)
    return DataFileError(
        f"Tệp sai cú pháp YAML{where}. Hãy kiểm tra thụt lề, dấu hai chấm, dấu ngoặc và dấu nháy ở gần chỗ đó.", line, column
    )


def _refusal(mark: Any, what: str, advice: str) -> DataFileError:
    line, column, where = _at(mark)
    return DataFileError(f"{what}{where}. {advice}", line, column)


class _Builder:
    """Builds values from parser events: no tags, no aliases, nothing executed, depth and number of nodes bounded."""

    def __init__(self, events: Iterator[Any], yaml_1_1_booleans: bool) -> None:
        self.events = events
        self.yaml_1_1_booleans = yaml_1_1_booleans
        self.nodes = 0

    def document(self) -> object:
        next(self.events)  # stream start
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return None
        value = self.node(next(self.events), 0)
        next(self.events)  # document end
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise _refusal(event.start_mark, "Tệp có nhiều tài liệu YAML", "Hãy bỏ dòng “---” và tách thành nhiều tệp.")
        return value

    def node(self, event: Any, depth: int) -> object:
        self.nodes += 1
        mark = event.start_mark
        if self.nodes > MAX_NODES:
            raise _refusal(mark, "Tệp có quá nhiều phần tử", "Hãy chia thành nhiều tệp nhỏ hơn.")
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _refusal(mark, "Tệp dùng tham chiếu YAML (& hoặc *)",
                           "Hãy chép đầy đủ nội dung, hoặc đặt chữ trong dấu nháy nếu đó là văn bản.")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        if event.tag is not None and event.tag not in {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}:
            raise self.unknown_tag(event)
        if depth >= MAX_DEPTH:
            raise _refusal(mark, f"Tệp lồng nhau quá {MAX_DEPTH} cấp", "Hãy giảm số cấp.")
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(depth)
        return self.mapping(depth)

    def sequence(self, depth: int) -> list[object]:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return items

    def mapping(self, depth: int) -> dict[object, object]:
        result: dict[object, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if isinstance(key, (dict, list)):
                raise _refusal(event.start_mark, "Tên khóa phải là một từ, không phải danh sách hay bảng",
                               "Hãy đặt tên khóa trong dấu nháy nếu đó là văn bản.")
            if key in result:
                raise _refusal(event.start_mark, f"Khóa “{key}” được viết hai lần trong cùng một mục",
                               "Hãy bỏ hoặc đổi tên một khóa.")
            result[key] = self.node(next(self.events), depth + 1)
        return result

    def scalar(self, event: Any) -> object:
        text: str = event.value
        if _CONTROL.search(text):
            raise _refusal(event.start_mark, "Tệp có ký tự điều khiển trong văn bản", "Hãy xóa ký tự đó.")
        if event.tag is not None:
            if event.tag in _STR_TAGS:
                return text
            raise self.unknown_tag(event)
        if not event.implicit[0]:
            return text
        try:
            return read_plain(text, yaml_1_1_booleans=self.yaml_1_1_booleans)
        except ValueError as error:
            shown = text if len(text) <= 20 else text[:20] + "…"
            raise _refusal(event.start_mark, f"Không đọc được “{shown}” như một số hoặc một ngày",
                           "Hãy sửa lại, hoặc đặt trong dấu nháy nếu đó là văn bản.") from error

    @staticmethod
    def unknown_tag(event: Any) -> DataFileError:
        return _refusal(event.start_mark, "Tệp dùng nhãn kiểu YAML (!…) không được phép",
                        "Hãy bỏ nhãn, hoặc đặt chữ trong dấu nháy nếu đó là văn bản.")


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent_str(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    try:
        plain_is_text = read_plain(text, yaml_1_1_booleans=True) == text and text[:1] not in "&*!"
    except ValueError:
        plain_is_text = False
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain_is_text else '"')


def _represent_decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    if not value.is_finite():
        raise ValueError("Số không hữu hạn không ghi ra tệp được.")
    if value == value.to_integral_value() and value.adjusted() < MAX_DIGITS - 2:
        return dumper.represent_scalar("tag:yaml.org,2002:int", str(int(value)))
    return dumper.represent_scalar("tag:yaml.org,2002:str", f"{value:f}", style='"')


def _represent_mapping(dumper: yaml.SafeDumper, value: Mapping[object, object]) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items())


_Dumper.add_representer(str, _represent_str)
_Dumper.add_representer(Decimal, _represent_decimal)
_Dumper.add_representer(dict, _represent_mapping)
