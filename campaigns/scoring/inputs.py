"""What is entered for a rule: kinds of input, their exact values, and their JSON form (decimals as strings)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from campaigns.scoring.exact import read_number

NOT_APPLICABLE = "n/a"


class InputKind(StrEnum):
    """How an input is entered; `label` is for the screen."""

    COUNT = "count"
    FLAG = "flag"
    OPTION = "option"
    RATIO = "ratio"
    VALUE = "value"
    MATRIX = "matrix"
    SCORE = "score"
    POINTS = "points"

    @property
    def label(self) -> str:
        return _KIND_LABELS[self]


_KIND_LABELS = {
    InputKind.COUNT: "số lượng (số nguyên)",
    InputKind.FLAG: "có / không",
    InputKind.OPTION: "chọn một mức",
    InputKind.RATIO: "đạt được và chỉ tiêu",
    InputKind.VALUE: "một số, hoặc tử số và mẫu số (%)",
    InputKind.MATRIX: "hai giá trị: hàng và cột",
    InputKind.SCORE: "điểm do cơ quan khác đánh giá",
    InputKind.POINTS: "điểm",
}


class BadInput(ValueError):
    """The rule or leaf cannot take this input. `message` is a Vietnamese sentence; `code` the input's code."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True)
class RatioPair:
    achieved: Decimal | None
    target: Decimal | None


@dataclass(frozen=True)
class Share:
    """A percentage that keeps its numerator and denominator."""

    numerator: Decimal | None
    denominator: Decimal | None


Value: TypeAlias = Decimal | Share | None


@dataclass(frozen=True)
class Cell:
    row: Value
    column: Value


InputValue: TypeAlias = int | bool | str | Decimal | RatioPair | Share | Cell | None


def is_absent(value: InputValue) -> bool:
    """Whether nothing, or only a part of a pair, was reported."""
    match value:
        case None:
            return True
        case RatioPair(achieved, target):
            return achieved is None or target is None
        case Share(numerator, denominator):
            return numerator is None or denominator is None
        case Cell(row, column):
            return is_absent(row) or is_absent(column)
    return False


def quotient(value: Decimal | Share) -> Fraction | None:
    """The number, or the percentage exactly; None when it divides by 0."""
    if isinstance(value, Decimal):
        return Fraction(value)
    assert value.numerator is not None
    assert value.denominator is not None
    return Fraction(value.numerator) * 100 / Fraction(value.denominator) if value.denominator else None


def parse_number(raw: object, *, lowest: int | None = 0) -> Decimal | None:
    if raw is None:
        return None
    number = read_number(raw)
    if number is None:
        raise BadInput(f"{_quoted(raw)} không phải là số. Hãy nhập một số, ví dụ 12 hoặc 12,5.")
    if lowest is not None and number < lowest:
        raise BadInput("Số không được âm. Hãy nhập số từ 0 trở lên.")
    return number


def parse_count(raw: object) -> int | None:
    number = parse_number(raw)
    if number is not None and number != number.to_integral_value():
        raise BadInput(f"{_quoted(raw)} không phải là số nguyên. Hãy nhập số nguyên như 0, 1, 2.")
    return None if number is None else int(number)


def parse_flag(raw: object) -> bool | None:
    if raw is None or isinstance(raw, bool):
        return raw
    raise BadInput(f"{_quoted(raw)} không phải là có hoặc không. Hãy chọn “Có” hoặc “Không”.")


def parse_value(raw: object) -> Value:
    if isinstance(raw, Share):
        raw = {"numerator": raw.numerator, "denominator": raw.denominator}
    if isinstance(raw, Mapping):
        parts = _parts(raw, ("numerator", "denominator"), parse_number, "tử số (numerator) và mẫu số (denominator)")
        return Share(*parts)
    return parse_number(raw, lowest=None)


def parse_ratio(raw: object) -> RatioPair | None:
    if raw is None:
        return None
    if isinstance(raw, RatioPair):
        raw = {"achieved": raw.achieved, "target": raw.target}
    if not isinstance(raw, Mapping):
        raise BadInput(f"{_quoted(raw)} không đủ. Hãy nhập cả số đạt được (achieved) và chỉ tiêu (target).")
    return RatioPair(*_parts(raw, ("achieved", "target"), parse_number, "số đạt được (achieved) và chỉ tiêu (target)"))


def parse_cell(raw: object) -> Cell | None:
    if raw is None:
        return None
    if isinstance(raw, Cell):
        raw = {"row": raw.row, "column": raw.column}
    if not isinstance(raw, Mapping):
        raise BadInput(f"{_quoted(raw)} không đủ. Hãy nhập cả giá trị hàng (row) và cột (column).")
    return Cell(*_parts(raw, ("row", "column"), parse_value, "giá trị hàng (row) và cột (column)"))


def input_to_json(value: InputValue) -> object:
    """The value as JSON data; decimals become strings. `Rule.parse_input` reads it back."""
    match value:
        case Decimal():
            return f"{value:f}"
        case RatioPair():
            return {"achieved": input_to_json(value.achieved), "target": input_to_json(value.target)}
        case Share():
            return {"numerator": input_to_json(value.numerator), "denominator": input_to_json(value.denominator)}
        case Cell():
            return {"row": input_to_json(value.row), "column": input_to_json(value.column)}
    return value


def from_form(kind: InputKind, raw: object) -> object:
    """Form data as JSON-like data: blank text is absent; a flag may be written as a form does ("on", "1", "true")."""
    if isinstance(raw, Mapping):
        parts = {key: from_form(InputKind.VALUE, part) for key, part in raw.items()}
        return None if all(part is None for part in parts.values()) else parts
    if isinstance(raw, str):
        raw = raw.strip()
        if not raw:
            return None
        if kind is InputKind.FLAG:
            return {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}.get(raw.lower(), raw)
    return raw


def _parts(
    raw: Mapping[object, object], keys: tuple[str, str], parse: Callable[[object], Decimal | Share | None], words: str
) -> list:  # type: ignore[type-arg]  # heterogeneous parts of a pair
    if set(raw) - {*keys, "note"}:
        raise BadInput(f"Dữ liệu có phần không hiểu được. Chỉ nhập {words}.")
    return [parse(raw.get(key)) for key in keys]


def _quoted(raw: object) -> str:
    if isinstance(raw, (Mapping, list, tuple)):
        return "Danh sách hoặc bảng này"
    return f"“{str(raw)[:40]}”"
