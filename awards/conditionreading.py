"""How a condition is read from its row: which entries it has, of which form. Plain Python."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field
from typing import Any, ClassVar, Protocol

from awards.evidence import Facts
from awards.tally import TallyError, Threshold

MET, UNMET, UNKNOWN = "met", "unmet", "unknown"
MAX_YEARS = 60


class ConditionError(ValueError):
    """A condition that cannot be read; the text is a Vietnamese sentence."""


@dataclass(frozen=True)
class Answer:
    """What one condition gave: the outcome and the clause that says why, without the words of the outcome."""

    outcome: str
    clause: str


class Condition(Protocol):
    need: ClassVar[str]

    def words(self, facts: Facts) -> str: ...

    def check(self, facts: Facts) -> Answer: ...


# --- reading ---------------------------------------------------------------------------------------------------------
def whole(least: int, most: int) -> Callable[[Any, str], int]:
    def read(raw: Any, name: str) -> int:
        if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
            raise ConditionError(f"“{name}” phải là số nguyên từ {least} đến {most}.")
        return raw

    return read


def one_of(known: Mapping[str, str] | tuple[str, ...]) -> Callable[[Any, str], str]:
    def read(raw: Any, name: str) -> str:
        if not isinstance(raw, str) or raw not in known:
            raise ConditionError(f"“{name}” phải là một trong: {', '.join(known)}.")
        return raw

    return read


def some_of(known: Mapping[str, str] | None = None) -> Callable[[Any, str], tuple[str, ...]]:
    def read(raw: Any, name: str) -> tuple[str, ...]:
        values = [raw] if isinstance(raw, str) else raw
        if not isinstance(values, list) or not values or not all(isinstance(one, str) and one for one in values):
            raise ConditionError(f"“{name}” phải là một mã hoặc một danh sách mã.")
        unknown = [one for one in values if known is not None and one not in known]
        if unknown:
            raise ConditionError(f"“{name}” không nhận “{unknown[0][:40]}”. Các giá trị: {', '.join(known or ())}.")
        return tuple(values)

    return read


def sentence(raw: Any, name: str) -> str:
    if not isinstance(raw, str) or not 0 < len(raw.strip()) <= 300:
        raise ConditionError(f"“{name}” phải là một câu không quá 300 ký tự.")
    return raw.strip().rstrip(".")


def share(raw: Any, name: str) -> str:
    try:
        if Threshold.parse(str(raw)).share is None:
            raise ConditionError(f"“{name}” phải là tỷ lệ như 70% hoặc 2/3.")
    except TallyError as error:
        raise ConditionError(str(error)) from error
    return str(raw)


def asks(read: Callable[[Any, str], Any], default: Any = MISSING) -> Any:
    return field(default=default, metadata={"read": read})
