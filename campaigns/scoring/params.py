"""Parameters of rule kinds: what a form asks for, what a file may hold, how it is checked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ParamType(StrEnum):
    """What a parameter holds. The sign of POINTS is free for `adjust`, otherwise not negative."""

    POINTS = "points"
    POSITIVE = "positive"
    NONNEGATIVE = "nonnegative"
    NUMBER = "number"
    FLAG = "flag"
    OPTIONS = "options"
    BANDS = "bands"
    ROWS = "rows"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    ParamType.POINTS: "số điểm",
    ParamType.POSITIVE: "số lớn hơn 0",
    ParamType.NONNEGATIVE: "số từ 0 trở lên",
    ParamType.NUMBER: "số",
    ParamType.FLAG: "có / không",
    ParamType.OPTIONS: "các lựa chọn, mỗi lựa chọn có điểm",
    ParamType.BANDS: "các mức, mỗi mức có cận và điểm",
    ParamType.ROWS: "các hàng, mỗi hàng có cận và các mức",
}


@dataclass(frozen=True)
class Param:
    """One key of a rule in the file, one field of the rule's class, one entry of its form and of its documentation."""

    name: str
    label: str
    type: ParamType
    required: bool = False
    default: object = None
    key: str = ""  # where the file's key is a Python keyword

    @property
    def file_key(self) -> str:
        return self.key or self.name


@dataclass(frozen=True)
class Option:
    """A choice with its points."""

    key: str
    points: Decimal
    label: str | None = None
    note: str | None = None
