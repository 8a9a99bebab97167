"""The kinds of rule. One class per kind: its fields are its parameters, its form and its documentation.

To add a kind, write one class here with `@rule_kind`. Points come out as the rule's role states them: positive for
`earn`, `bonus` and `deduct`, signed for `adjust`. `give()` gives points None for "undetermined".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from campaigns.scoring import bands as ranges
from campaigns.scoring.bands import Band, Row
from campaigns.scoring.exact import normal, plain, round_to, vietnamese
from campaigns.scoring.inputs import (
    BadInput,
    Cell,
    InputKind,
    InputValue,
    RatioPair,
    Share,
    parse_cell,
    parse_count,
    parse_flag,
    parse_number,
    parse_ratio,
    parse_value,
    quotient,
)
from campaigns.scoring.params import Option, Param, ParamType
from campaigns.scoring.rulebase import RULE_KINDS, Outcome, Role, Rule, UnlessInput, rule_kind

__all__ = ["RULE_KINDS", "Outcome", "Role", "Rule", "UnlessInput"]

ZERO = Fraction(0)


def _whole_up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


@rule_kind
@dataclass(frozen=True, kw_only=True)
class PerCase(Rule):
    kind = "per_case"
    title_vi = "Mỗi trường hợp"
    description_vi = "Số trường hợp nhân với số điểm của một trường hợp."
    default_role = None
    input_kind = InputKind.COUNT
    params = (Param("points", "Điểm của một trường hợp", ParamType.POINTS, required=True),)

    points: Decimal

    def parse_input(self, raw: object) -> InputValue:
        return parse_count(raw)

    def give(self, value: int) -> Outcome:
        points = value * Fraction(self.points)
        what = (self.label or "trường hợp").removeprefix("mỗi ")
        return Outcome(points, f"{value} {what} × {vietnamese(abs(self.points))} = {self.say(points)}")

    def samples(self) -> list[InputValue]:
        most = [_whole_up(Fraction(self.cap) / abs(Fraction(self.points)))] if self.cap and self.points else []
        return [0, 1, *most]

    def case_cost(self) -> Decimal:
        return self.points

    @property
    def unbounded(self) -> bool:
        return self.cap is None and bool(self.points)


@rule_kind
@dataclass(frozen=True, kw_only=True)
class Once(Rule):
    kind = "once"
    title_vi = "Một lần"
    description_vi = "Có thì được (hoặc bị trừ) số điểm, không thì thôi."
    default_role = None
    input_kind = InputKind.FLAG
    params = (Param("points", "Điểm khi có", ParamType.POINTS, required=True),)

    points: Decimal

    def parse_input(self, raw: object) -> InputValue:
        return parse_flag(raw)

    def give(self, value: bool) -> Outcome:
        points = Fraction(self.points) if value else ZERO
        return Outcome(points, f"{self.name}: {'có, ' + self.say(points) if value else 'không'}")

    def samples(self) -> list[InputValue]:
        return [True, False]

    def case_cost(self) -> Decimal:
        return self.points


@rule_kind
@dataclass(frozen=True, kw_only=True)
class YesNo(Rule):
    kind = "yes_no"
    title_vi = "Có hoặc không"
    description_vi = "Có thì được số điểm này, không thì được số điểm kia (thường là 0)."
    default_role = "earn"
    input_kind = InputKind.FLAG
    params = (
        Param("points", "Điểm khi có", ParamType.POINTS, required=True),
        Param("otherwise", "Điểm khi không", ParamType.POINTS, default=Decimal(0)),
    )

    points: Decimal
    otherwise: Decimal = Decimal(0)

    def parse_input(self, raw: object) -> InputValue:
        return parse_flag(raw)

    def give(self, value: bool) -> Outcome:
        points = Fraction(self.points if value else self.otherwise)
        return Outcome(points, f"{self.name}: {'có' if value else 'không'}, {self.say(points)}")

    def samples(self) -> list[InputValue]:
        return [True, False]

    def case_cost(self) -> Decimal:
        return _dearest(self, [self.points, self.otherwise])


@rule_kind
@dataclass(frozen=True, kw_only=True)
class Choice(Rule):
    kind = "choice"
    title_vi = "Chọn một mức"
    description_vi = "Người chấm chọn một trong các mức, mỗi mức có số điểm riêng."
    default_role = "earn"
    input_kind = InputKind.OPTION
    params = (Param("options", "Các mức", ParamType.OPTIONS, required=True),)

    options: tuple[Option, ...]

    def parse_input(self, raw: object) -> InputValue:
        if raw is None or (isinstance(raw, str) and raw in {option.key for option in self.options}):
            return raw
        keys = ", ".join(option.key for option in self.options)
        raise BadInput(f"Không có mức “{str(raw)[:40]}”. Hãy chọn một trong: {keys}.")

    def give(self, value: str) -> Outcome:
        option = next(option for option in self.options if option.key == value)
        points = Fraction(option.points)
        prefix = f"{self.label}: " if self.label else ""
        return Outcome(points, f"{prefix}{option.label or option.key}: {self.say(points)}")

    def samples(self) -> list[InputValue]:
        return [option.key for option in self.options]

    def amounts(self) -> list[Fraction]:
        return [Fraction(option.points) for option in self.options]

    def case_cost(self) -> Decimal:
        return _dearest(self, [option.points for option in self.options])


@rule_kind
@dataclass(frozen=True, kw_only=True)
class Ratio(Rule):
    kind = "ratio"
    title_vi = "Tỷ lệ so với chỉ tiêu"
    description_vi = "Điểm theo tỷ lệ giữa số đạt được và chỉ tiêu, cao nhất bằng 100% (hoặc mức vượt cho phép)."
    default_role = "earn"
    input_kind = InputKind.RATIO
    params = (
        Param("worth", "Điểm khi đạt 100%", ParamType.POINTS, required=True),
        Param("over", "Tỷ lệ cao nhất được tính (1 = 100%)", ParamType.POSITIVE),
        Param("at_least", "Tỷ lệ thấp nhất để có điểm (0,5 = 50%)", ParamType.NONNEGATIVE, key="from"),
        Param("step", "Làm tròn điểm đến bội của", ParamType.POSITIVE),
        Param("lower_is_better", "Càng thấp càng tốt", ParamType.FLAG, default=False),
        Param("otherwise", "Điểm khi chỉ tiêu bằng 0", ParamType.POINTS),
    )

    worth: Decimal
    over: Decimal | None = None
    at_least: Decimal | None = None
    step: Decimal | None = None
    lower_is_better: bool = False
    otherwise: Decimal | None = None

    def parse_input(self, raw: object) -> InputValue:
        return parse_ratio(raw)

    @property
    def limit(self) -> Fraction:
        return Fraction(1) if self.over is None else Fraction(self.over)

    def give(self, value: RatioPair) -> Outcome:
        assert value.achieved is not None
        assert value.target is not None
        achieved, target = Fraction(value.achieved), Fraction(value.target)
        pair = f"{vietnamese(achieved)}/{vietnamese(target)}"
        bottom, top = (achieved, target) if self.lower_is_better else (target, achieved)
        if not bottom and not self.lower_is_better:
            if self.otherwise is None:
                return Outcome(None, f"chỉ tiêu bằng 0 ({pair}), chưa xác định được tỷ lệ")
            points = Fraction(self.otherwise)
            return Outcome(points, f"chỉ tiêu bằng 0 ({pair}): {self.say(points)}")
        ratio = top / bottom if bottom else None
        if ratio is None:
            text = f"không phát sinh (mức giao {vietnamese(target)})"
        elif self.lower_is_better:
            text = f"thực hiện {vietnamese(achieved)} so với mức giao {vietnamese(target)}"
        else:
            text = f"đạt {vietnamese(round_to(ratio * 100, Decimal('0.01')))}% chỉ tiêu ({pair})"
        if self.at_least is not None and ratio is not None and ratio < self.at_least:
            return Outcome(ZERO, f"{text}, dưới mức {vietnamese(Fraction(self.at_least) * 100)}%: {self.say(ZERO)}")
        points = Fraction(self.worth) * (self.limit if ratio is None else min(self.limit, ratio))
        if self.step is not None:
            points = round_to(points, self.step)
        return Outcome(points, f"{text}: {self.say(points)}")

    def samples(self) -> list[InputValue]:
        most = max(self.limit, Fraction(self.at_least or 0))
        top = Decimal(_whole_up(most * 1000)) / 1000
        if self.lower_is_better:
            return [RatioPair(Decimal(0), Decimal(1)), RatioPair(Decimal(1), Decimal(0))]
        return [RatioPair(top, Decimal(1)), RatioPair(Decimal(0), Decimal(1)), RatioPair(Decimal(1), Decimal(0))]


def _dearest(rule: Rule, amounts: list[Decimal]) -> Decimal:
    """The amount that takes most: the largest, or the most negative of a signed rule."""
    return (min if rule.role == "adjust" else max)(amounts, default=Decimal(0))


def _numeric_text(value: Decimal | Share) -> str:
    if isinstance(value, Decimal):
        return vietnamese(value)
    percent = quotient(value)
    pair = f"{vietnamese(value.numerator or 0)}/{vietnamese(value.denominator or 0)}"
    return pair if percent is None else f"{vietnamese(round_to(percent, Decimal('0.0001')))}% ({pair})"


def _as_value(number: Fraction) -> Decimal | Share:
    exact = plain(number)
    return exact if exact is not None else Share(Decimal(number.numerator), Decimal(number.denominator * 100))


@rule_kind
@dataclass(frozen=True, kw_only=True)
class BandRule(Rule):
    kind = "band"
    title_vi = "Theo mức"
    description_vi = "Giá trị rơi vào mức nào thì được điểm của mức đó."
    default_role = "earn"
    input_kind = InputKind.VALUE
    params = (
        Param("bands", "Các mức", ParamType.BANDS, required=True),
        Param("whole", "Giá trị là số lượng nguyên", ParamType.FLAG, default=False),
        Param("otherwise", "Điểm khi không thuộc mức nào", ParamType.POINTS),
    )

    bands: tuple[Band, ...]
    whole: bool = False
    otherwise: Decimal | None = None

    def parse_input(self, raw: object) -> InputValue:
        if self.whole:
            count = parse_count(raw)
            return None if count is None else Decimal(count)
        return parse_value(raw)

    def give(self, value: Decimal | Share) -> Outcome:
        number = quotient(value)
        band = None if number is None else ranges.find(self.bands, number)
        text = f"{self.label}: {_numeric_text(value)}" if self.label else _numeric_text(value)
        return _banded(self, text, band, self.otherwise, number is None)

    def samples(self) -> list[InputValue]:
        inside: list[InputValue] = [_as_value(x) for x in ranges.samples(self.bands, self.whole) if x is not None]
        if not self.whole:
            inside.append(Share(Decimal(0), Decimal(0)))
        elif (hole := ranges.gap_sample(self.bands)) is not None:
            inside.append(plain(hole))
        return inside

    def amounts(self) -> list[Fraction]:
        reachable = self.otherwise is not None and (not self.whole or bool(self.gaps()))
        return [Fraction(band.points) for band in self.bands] + [Fraction(self.otherwise or 0)] * reachable

    def problems(self) -> list[tuple[str, str]]:
        return _band_problems(self.bands, self.whole, "mức")

    def gaps(self) -> list[str]:
        return ranges.gaps(self.bands, self.whole)

    def case_cost(self) -> Decimal:
        return _dearest(self, [band.points for band in self.bands])


def _banded(rule: Rule, text: str, band: Band | None, otherwise: Decimal | None, by_zero: bool) -> Outcome:
    if band is not None:
        points = Fraction(band.points)
        return Outcome(points, f"{text}, mức {band.text()}: {rule.say(points)}")
    why = "mẫu số bằng 0" if by_zero else "không thuộc mức nào"
    if otherwise is None:
        return Outcome(None, f"{text}: {why}, cần người có thẩm quyền xác định điểm")
    points = Fraction(otherwise)
    return Outcome(points, f"{text}, {why}: {rule.say(points)}")


def _band_problems(items: tuple[Band, ...] | tuple[Row, ...], whole: bool, word: str) -> list[tuple[str, str]]:
    problems = []
    for item in ranges.empty_ones(items, whole):
        text = f"Có một {word} ({item.text()}) không chứa giá trị nào. Hãy sửa cận của {word} đó."
        problems.append(("rule_shape", text))
    twice = ranges.overlaps(items, whole)
    if twice:
        text = f"Các {word} chồng lên nhau ở {'; '.join(twice)}. Hãy sửa cận để mỗi giá trị chỉ thuộc một {word}."
        problems.append(("band_overlap", text))
    return problems


@rule_kind
@dataclass(frozen=True, kw_only=True)
class Matrix(Rule):
    kind = "matrix"
    title_vi = "Bảng hai chiều"
    description_vi = "Giá trị thứ nhất chọn hàng, giá trị thứ hai chọn mức trong hàng."
    default_role = None
    input_kind = InputKind.MATRIX
    params = (
        Param("rows", "Các hàng", ParamType.ROWS, required=True),
        Param("otherwise", "Điểm khi không thuộc ô nào", ParamType.POINTS),
    )

    rows: tuple[Row, ...]
    otherwise: Decimal | None = None

    def parse_input(self, raw: object) -> InputValue:
        return parse_cell(raw)

    def give(self, value: Cell) -> Outcome:
        assert value.row is not None
        assert value.column is not None
        row_number, column_number = quotient(value.row), quotient(value.column)
        row = None if row_number is None else ranges.find(self.rows, row_number)
        band = None if row is None or column_number is None else ranges.find(row.bands, column_number)
        text = f"{_numeric_text(value.row)}; {_numeric_text(value.column)}"
        text = f"{self.label}: {text}" if self.label else text
        return _banded(self, text, band, self.otherwise, row_number is None or column_number is None)

    def samples(self) -> list[InputValue]:
        nothing = Share(Decimal(0), Decimal(0))
        cells: list[InputValue] = [Cell(nothing, nothing)]
        for row, x in zip(self.rows, ranges.samples(self.rows, False), strict=True):
            if x is not None:
                cells += [Cell(_as_value(x), _as_value(y)) for y in ranges.samples(row.bands, False) if y is not None]
        return cells

    def amounts(self) -> list[Fraction]:
        points = [Fraction(band.points) for row in self.rows for band in row.bands]
        return points if self.otherwise is None else [*points, Fraction(self.otherwise)]

    def problems(self) -> list[tuple[str, str]]:
        problems = _band_problems(self.rows, False, "hàng")
        for row in self.rows:
            problems += _band_problems(row.bands, False, "mức")
        return problems

    def gaps(self) -> list[str]:
        found = [f"hàng: {text}" for text in ranges.gaps(self.rows, False)]
        for row in self.rows:
            found += [f"hàng {row.text()}: {text}" for text in ranges.gaps(row.bands, False)]
        return found

    def case_cost(self) -> Decimal:
        return _dearest(self, [band.points for row in self.rows for band in row.bands])


@rule_kind
@dataclass(frozen=True, kw_only=True)
class PerStep(Rule):
    kind = "per_step"
    title_vi = "Mỗi bước vượt"
    description_vi = "Cứ vượt trọn một bước trên mức bắt đầu thì được thêm số điểm."
    default_role = "bonus"
    input_kind = InputKind.VALUE
    params = (
        Param("start", "Bắt đầu trên mức", ParamType.NUMBER, required=True),
        Param("step", "Bước", ParamType.POSITIVE, required=True),
        Param("points", "Điểm của một bước", ParamType.POINTS, required=True),
        Param("otherwise", "Điểm khi mẫu số bằng 0", ParamType.POINTS),
    )

    start: Decimal
    step: Decimal
    points: Decimal
    otherwise: Decimal | None = None

    def parse_input(self, raw: object) -> InputValue:
        return parse_value(raw)

    def give(self, value: Decimal | Share) -> Outcome:
        number = quotient(value)
        text = f"{self.label}: {_numeric_text(value)}" if self.label else _numeric_text(value)
        if number is None:
            return _banded(self, text, None, self.otherwise, True)
        steps = max(0, (number - Fraction(self.start)) // Fraction(self.step))
        points = steps * Fraction(self.points)
        return Outcome(
            points, f"{text}, {steps} bước {vietnamese(self.step)} trên {vietnamese(self.start)}: {self.say(points)}"
        )

    def samples(self) -> list[InputValue]:
        steps = _whole_up(Fraction(self.cap) / abs(Fraction(self.points))) if self.cap and self.points else 1
        return [self.start, self.start + self.step * steps, Share(Decimal(0), Decimal(0))]

    def case_cost(self) -> Decimal:
        return self.points

    @property
    def unbounded(self) -> bool:
        return self.cap is None and bool(self.points)


@rule_kind
@dataclass(frozen=True, kw_only=True)
class Weighted(Rule):
    kind = "weighted"
    title_vi = "Điểm của cơ quan khác nhân hệ số"
    description_vi = "Lấy điểm do cơ quan khác đánh giá nhân với hệ số."
    default_role = "earn"
    input_kind = InputKind.SCORE
    params = (Param("weight", "Hệ số", ParamType.POINTS, required=True),)

    weight: Decimal

    def parse_input(self, raw: object) -> InputValue:
        return parse_number(raw)

    def give(self, value: Decimal) -> Outcome:
        points = Fraction(self.weight) * Fraction(value)
        prefix = f"{self.label}: " if self.label else ""
        return Outcome(points, f"{prefix}{vietnamese(value)} × {vietnamese(self.weight)} = {self.say(points)}")

    def samples(self) -> list[InputValue]:
        most = [Decimal(_whole_up(Fraction(self.cap) / abs(Fraction(self.weight))))] if self.cap and self.weight else []
        return [Decimal(0), Decimal(1), *most]

    @property
    def unbounded(self) -> bool:
        return self.cap is None and bool(self.weight)


@rule_kind
@dataclass(frozen=True, kw_only=True)
class Manual(Rule):
    kind = "manual"
    title_vi = "Chấm trực tiếp"
    description_vi = "Người chấm nhập điểm trong khoảng cho phép."
    default_role = "earn"
    input_kind = InputKind.POINTS
    params = (
        Param("worth", "Điểm cao nhất", ParamType.POINTS, required=True),
        Param("lowest", "Điểm thấp nhất", ParamType.POINTS, default=Decimal(0), key="min"),
        Param("step", "Bội của", ParamType.POSITIVE),
    )

    worth: Decimal
    lowest: Decimal = Decimal(0)
    step: Decimal | None = None

    def parse_input(self, raw: object) -> InputValue:
        number = parse_number(raw, lowest=None)
        if number is None:
            return None
        if not self.lowest <= number <= self.worth:
            raise BadInput(f"Điểm {vietnamese(number)} nằm ngoài khoảng {vietnamese(self.lowest)} đến "
                           f"{vietnamese(self.worth)}. Hãy nhập lại trong khoảng đó.")
        if self.step is not None and Fraction(number) % Fraction(self.step):
            raise BadInput(f"Điểm {vietnamese(number)} không phải bội của {vietnamese(self.step)}. Hãy nhập lại.")
        return number

    def give(self, value: Decimal) -> Outcome:
        points = Fraction(value)
        prefix = f"{self.label}: " if self.label else "chấm trực tiếp: "
        return Outcome(points, prefix + self.say(points))

    def samples(self) -> list[InputValue]:
        if self.step is None:
            return [self.lowest, self.worth]
        step = Fraction(self.step)
        low = _whole_up(Fraction(self.lowest) / step) * step
        high = (Fraction(self.worth) // step) * step
        return [normal(plain(x) or Decimal(0)) for x in (low, high)] if low <= high else []

    def problems(self) -> list[tuple[str, str]]:
        if not self.samples() or self.lowest > self.worth:
            return [("rule_shape", "Không có điểm nào nhập được: điểm thấp nhất (min), cao nhất (worth) và bội (step) "
                     "mâu thuẫn nhau. Hãy sửa lại.")]
        return []

