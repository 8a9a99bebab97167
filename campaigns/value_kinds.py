"""Kinds of reported figures. To add a kind: one class here. Forms, checks, lists and progress ask it and nothing else.

A kind knows how its answer is typed, shown, compared with an earlier one, and what a cell without an answer holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Protocol

from campaigns.models.indicator import Indicator, IndicatorKind
from dvk_portal.core.numbers import format_number, parse_number
from dvk_portal.core.text import search_key

PLACES = 4  # of the columns that hold reported numbers


@dataclass(frozen=True)
class Figure:
    """What stands in a cell; at most one of the three is set. All empty = nothing was given, which is not zero."""

    amount: Decimal | None = None
    text: str = ""
    flag: bool | None = None


BLANK = Figure()


class Holder(Protocol):
    """Whatever has the three columns of a cell."""

    amount: Decimal | None
    text: str
    flag: bool | None


class ValueKind:
    """Base of the kinds. ``control`` names the way it is typed; ``nothing_word`` "" = "không phát sinh" is not offered."""

    control: ClassVar[str] = "number"
    nothing_word: ClassVar[str] = "Không phát sinh"
    none_word: ClassVar[str] = "Không áp dụng"
    is_typed: ClassVar[bool] = True
    is_numeric: ClassVar[bool] = True
    # A figure that stands until it changes: the last one may be taken over by an explicit click.
    carries_over: ClassVar[bool] = False

    def parse(self, indicator: Indicator, typed: str) -> Figure:
        """The answer in ``typed``; BLANK when nothing was typed. Raises ValueError with a Vietnamese sentence."""
        raise NotImplementedError

    def nothing(self) -> Figure:
        """What "không phát sinh" holds."""
        return BLANK

    def show(self, indicator: Indicator, figure: Holder) -> str:
        """As printed; "" when nothing was given."""
        raise NotImplementedError

    def typed(self, indicator: Indicator, figure: Holder) -> str:
        """As it stands in the input; parsing it gives the same figure again."""
        return self.show(indicator, figure)

    def is_blank(self, figure: Holder) -> bool:
        return figure.amount is None and figure.flag is None and not figure.text

    def warn(self, indicator: Indicator, now: Holder, before: Holder, *, percent: int, least: int) -> str:
        """A sentence when ``now`` is surprising after ``before`` of the last period; "" when it is not."""
        return ""


class NumberKind(ValueKind):
    def parse(self, indicator: Indicator, typed: str) -> Figure:
        typed = typed.strip()
        if not typed:
            return BLANK
        return Figure(amount=parse_number(typed, min(indicator.decimals, PLACES)))

    def nothing(self) -> Figure:
        return Figure(amount=Decimal(0))

    def show(self, indicator: Indicator, figure: Holder) -> str:
        return "" if figure.amount is None else format_number(figure.amount)

    def typed(self, indicator: Indicator, figure: Holder) -> str:
        """Without dots between thousands where decimals are taken: "1.234" would be ambiguous there."""
        shown = self.show(indicator, figure)
        return shown.replace(".", "") if indicator.decimals else shown

    def warn(self, indicator: Indicator, now: Holder, before: Holder, *, percent: int, least: int) -> str:
        if now.amount is None or before.amount is None:
            return ""
        # Judged by the ratio, so that a fall to a half is as surprising as a rise to the double.
        low, high = sorted((abs(now.amount), abs(before.amount)))
        if abs(now.amount - before.amount) < least or high * 100 <= low * (100 + percent):
            return ""
        word = "tăng" if now.amount > before.amount else "giảm"
        return f"Số này {word} mạnh so với kỳ trước ({format_number(before.amount)})."


class Flow(NumberKind):
    pass


class Stock(NumberKind):
    carries_over = True
    nothing_word = "Không có"


class Ratio(NumberKind):
    """Never typed: computed from its two parts (indicator_ratio_is_not_typed)."""

    is_typed = False

    def show(self, indicator: Indicator, figure: Holder) -> str:
        return "" if figure.amount is None else f"{format_number(figure.amount, indicator.decimals or 1)}%"


class Text(ValueKind):
    control = "text"
    nothing_word = "Không có nội dung"
    none_word = ""
    is_numeric = False
    max_length = 5000
    # Shorter texts ("Không", "Như kỳ trước") say too little to be called copied.
    copied_from = 25

    def parse(self, indicator: Indicator, typed: str) -> Figure:
        typed = "\n".join(line.rstrip() for line in typed.replace("\r\n", "\n").split("\n")).strip()
        if len(typed) > self.max_length:
            raise ValueError(f"Nội dung dài {len(typed)} ký tự; tối đa {self.max_length}. Hãy viết gọn lại.")
        return Figure(text=typed)

    def show(self, indicator: Indicator, figure: Holder) -> str:
        return figure.text

    def warn(self, indicator: Indicator, now: Holder, before: Holder, *, percent: int, least: int) -> str:
        key = search_key(now.text)
        if len(key) < self.copied_from or key != search_key(before.text):
            return ""
        return "Nội dung giống hệt kỳ trước."


class YesNo(ValueKind):
    control = "yes_no"
    nothing_word = ""
    is_numeric = False
    words: ClassVar[Mapping[str, bool]] = {"co": True, "khong": False}

    def parse(self, indicator: Indicator, typed: str) -> Figure:
        typed = typed.strip().lower()
        if not typed:
            return BLANK
        if typed not in self.words:
            raise ValueError("Hãy chọn Có hoặc Không.")
        return Figure(flag=self.words[typed])

    def show(self, indicator: Indicator, figure: Holder) -> str:
        return "" if figure.flag is None else "Có" if figure.flag else "Không"

    def typed(self, indicator: Indicator, figure: Holder) -> str:
        return "" if figure.flag is None else "co" if figure.flag else "khong"

    def warn(self, indicator: Indicator, now: Holder, before: Holder, *, percent: int, least: int) -> str:
        return "Kỳ trước ghi Có, kỳ này ghi Không." if before.flag and now.flag is False else ""


KINDS: dict[str, ValueKind] = {
    IndicatorKind.FLOW: Flow(),
    IndicatorKind.STOCK: Stock(),
    IndicatorKind.RATIO: Ratio(),
    IndicatorKind.TEXT: Text(),
    IndicatorKind.YES_NO: YesNo(),
}


def kind_of(indicator: Indicator) -> ValueKind:
    return KINDS[indicator.kind]
