"""Rules as examples a lawyer can read: case files of format ``dvk-cases/1``.

A kind of case has one evaluator: given values in, results out. Kinds whose rules live here are registered below; a
higher app registers its own in ``AppConfig.ready``. Plain Python: no Django, no clock, no database.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from campaigns.aggregation import roll_up
from campaigns.fieldreader import short
from campaigns.figures import Cell, Kind, RollUp, Rule
from dvk_portal.core.calendar import WorkingCalendar, add_hours
from dvk_portal.core.datafile import DataFileError, load_yaml
from dvk_portal.core.documents.numbering import PARTY, STATE, date_text, number_line

FORMAT = "dvk-cases/1"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # of times without a zone

_NUMBER = re.compile(r"[+-]?[0-9]{1,50}(?:[.,][0-9]{1,50})?", re.ASCII)
_DIGITS = re.compile(r"[0-9]+")

Values = Mapping[str, object]
Evaluator = Callable[[Values], Values]


class CaseError(ValueError):
    """The case cannot be evaluated; the text is a Vietnamese sentence."""


@dataclass(frozen=True)
class CaseResult:
    """What one case expected and what the rules gave."""

    id: str
    passed: bool
    expected: object
    actual: Values

    def as_json(self) -> dict[str, object]:
        """Plain values: decimals and dates as text."""
        return {
            "id": self.id,
            "passed": self.passed,
            "expected": to_plain(self.expected),
            "actual": to_plain(self.actual),
        }


@dataclass(frozen=True)
class FileResult:
    """Results of one file, or the sentences that say why it cannot be read."""

    cases: tuple[CaseResult, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the file was read and every case gave what it expects."""
        return not self.errors and all(case.passed for case in self.cases)


_evaluators: dict[str, Evaluator] = {}


def register(kind: str, evaluator: Evaluator) -> None:
    """Make a kind of case known. An evaluator raises ``CaseError`` (a ``ValueError``) for values it cannot use."""
    if _evaluators.setdefault(kind, evaluator) is not evaluator:
        raise ValueError(f"The kind of case {kind!r} is registered twice.")


def run_file(data: bytes) -> FileResult:
    """Evaluate every case of a file. Junk gives sentences, never an exception."""
    try:
        document = load_yaml(data)
    except DataFileError as error:
        return FileResult(errors=(str(error),))
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        return FileResult(errors=(f"Tệp này không theo định dạng {FORMAT}. Hãy ghi “format: {FORMAT}” ở đầu tệp.",))
    cases = document.get("cases")
    if not isinstance(cases, list) or not cases:
        return FileResult(errors=("Mục cases phải là một danh sách có ít nhất một ví dụ.",))
    results = tuple(run_case(case, number) for number, case in enumerate(cases, start=1))
    uses = Counter(result.id for result in results)
    errors = (f"Mã ví dụ “{short(case_id)}” được dùng {count} lần." for case_id, count in uses.items() if count > 1)
    return FileResult(results, tuple(errors))


def run_case(case: object, number: int = 1) -> CaseResult:
    """Evaluate one case; ``number`` names it when it has no id. A case that cannot be evaluated has not passed."""
    if not isinstance(case, Mapping):
        return CaseResult(f"#{number}", False, None, {"error": "Mỗi ví dụ phải là các cặp khóa: giá trị."})
    case_id = str(case["id"]) if case.get("id") is not None else f"#{number}"
    expected = case.get("expect")
    if not isinstance(expected, Mapping) or not expected:
        return CaseResult(case_id, False, expected, {"error": "Thiếu expect: ví dụ phải nói kết quả mong đợi."})
    try:
        actual = evaluate(case.get("kind"), case.get("given"))
    except (ValueError, ArithmeticError) as error:
        return CaseResult(case_id, False, expected, {"error": str(error)})
    return CaseResult(case_id, same(expected, actual), expected, actual)


def evaluate(kind: object, given: object) -> Values:
    """The result of the rules of a kind. Raises ``CaseError``."""
    evaluator = _evaluators.get(kind) if isinstance(kind, str) else None
    if evaluator is None:
        raise CaseError(f"Không có loại ví dụ “{short(kind)}”. Các loại dùng được: {', '.join(sorted(_evaluators))}.")
    if not isinstance(given, Mapping):
        raise CaseError("Thiếu given: ví dụ phải nói dữ kiện đầu vào.")
    return evaluator({str(key): value for key, value in given.items()})


# Comparison and output


def same(expected: object, actual: object) -> bool:
    """Whether a result is the expected one: every key of a mapping, decimals by value, moments by instant."""
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            return False
        found = {_key(key): value for key, value in actual.items()}
        return all(_key(key) in found and same(value, found[_key(key)]) for key, value in expected.items())
    if isinstance(expected, list | tuple):
        if not isinstance(actual, list | tuple) or len(expected) != len(actual):
            return False
        return all(same(one, other) for one, other in zip(expected, actual, strict=True))
    if expected is None or actual is None or isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, date) or isinstance(actual, date):
        moments = _in_zone(expected), _in_zone(actual)
        return None not in moments and type(moments[0]) is type(moments[1]) and moments[0] == moments[1]
    numbers = to_number(expected), to_number(actual)
    return numbers[0] == numbers[1] if None not in numbers else expected == actual


def to_number(value: object) -> Decimal | None:
    """The number a value of a case file stands for (a comma accepted as the decimal mark), or ``None``."""
    if isinstance(value, str):
        text = value.strip()
        return Decimal(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def to_plain(value: object) -> object:
    """The value in the types of JSON; decimals and dates as text."""
    if isinstance(value, Mapping):
        return {_key(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if value is None or isinstance(value, bool | int | str):
        return value
    return _key(value)


def _key(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _moment(value: object) -> date | None:
    """A date, or a datetime, naive or aware as written; ``None`` when the value is neither."""
    if isinstance(value, date):
        return value
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(value) if isinstance(value, str) else None
        except ValueError:
            continue
    return None


def _in_zone(value: object) -> date | None:
    moment = _moment(value)
    return moment.replace(tzinfo=ZONE) if isinstance(moment, datetime) and moment.tzinfo is None else moment


# Kind "rollup"


def evaluate_rollup(given: Values) -> Values:
    """Sums over time and units. The cells written in the case are the expected ones; one not written was not asked."""
    indicator, rows = given.get("indicator"), given.get("values")
    if not isinstance(indicator, Mapping) or not isinstance(rows, Mapping):
        raise CaseError("Ví dụ rollup cần indicator: {kind: …} và values: {đơn vị: {kỳ: giá trị}}.")
    rule = Rule.of(str(indicator.get("kind")), _word(indicator.get("time")), _word(indicator.get("units")))
    cells: dict[tuple[str, str], Cell] = {}
    for unit, row in rows.items():
        if row is not None and not isinstance(row, Mapping):
            raise CaseError(f"Giá trị của đơn vị “{short(unit)}” phải ghi theo kỳ.")
        cells |= {(_key(unit), _key(period)): _cell(raw, rule.kind) for period, raw in (row or {}).items()}
    rolled: RollUp[str, str] = roll_up(
        rule,
        cells,
        units=[_key(unit) for unit in rows],
        periods=sorted({period for _, period in cells}, key=_period_order),
        expected=cells.keys(),
    )
    return {
        "by_unit": {unit: result.value for unit, result in rolled.by_unit.items()},
        "total": rolled.total.value,
        "reported": rolled.total.reported,
        "missing": rolled.total.missing,
        "stale": {unit: result.as_of for unit, result in rolled.by_unit.items() if result.stale},
    }


def _word(value: object) -> str | None:
    return None if value is None else str(value)


def _period_order(key: str) -> tuple[list[tuple[int, str]], str]:
    """Order of the keys as written, numbers inside them by value (2026-9 before 2026-10)."""
    parts = _DIGITS.sub(lambda match: f"\0{match[0].lstrip('0'):0>40}\0", key).split("\0")
    return [(number % 2, part) for number, part in enumerate(parts)], key


def _cell(raw: object, kind: Kind) -> Cell:
    if raw is None:
        return Cell()
    if raw == "none_occurred":
        return Cell.none_occurred()
    if raw == "not_applicable":
        return Cell.not_applicable()
    if isinstance(raw, Mapping):
        if kind is not Kind.RATIO or not raw.keys() <= {"numerator", "denominator"}:
            raise CaseError("Chỉ tỷ lệ (ratio) mới ghi {numerator, denominator}.")
        top, bottom = (_part(raw.get(side)) for side in ("numerator", "denominator"))
        return Cell(numerator=top, denominator=bottom)
    number = to_number(raw)
    if number is None or kind not in (Kind.FLOW, Kind.STOCK, Kind.RATIO):
        raise CaseError(f"“{short(raw)}” không phải giá trị của chỉ tiêu loại “{kind}”.")
    return Cell(number)


def _part(raw: object) -> Decimal | None:
    number = Decimal(0) if raw == "none_occurred" else to_number(raw)
    if raw is not None and number is None:
        raise CaseError(f"“{short(raw)}” không phải là số.")
    return number


# Kind "deadline"


def evaluate_deadline(given: Values) -> Values:
    """Deadlines of law.md §13, by the calendar of the country with the overrides of the case."""
    calendar = WorkingCalendar(_overrides(given.get("overrides")))
    shape = given.keys() - {"overrides"}
    if shape == {"start", "hours"}:
        hours = to_number(given["hours"])
        if hours is None:
            raise CaseError("“hours” phải là một số.")
        return {"due": add_hours(_datetime(given["start"]), hours)}
    if shape == {"start", "working_days"}:
        return {"due": calendar.add_working_days(_date(given["start"]), _count(given["working_days"]))}
    if shape == {"start", "days"}:
        return {"due": calendar.add_days(_date(given["start"]), _count(given["days"]))}
    if shape == {"start", "months"}:
        return {"due": calendar.add_months(_date(given["start"]), _count(given["months"]))}
    if shape == {"due"}:
        return {"due": calendar.roll_on(_date(given["due"]))}
    if shape == {"event", "full_working_days_before"}:
        latest = calendar.latest_publication(_date(given["event"]), _count(given["full_working_days_before"]))
        return {"latest": latest, "latest_working": calendar.roll_back(latest)}
    raise CaseError(
        "Ví dụ deadline cần đúng một trong: start với working_days, days, months hoặc hours; due; event với "
        "full_working_days_before."
    )


def _overrides(raw: object) -> dict[date, bool]:
    rows: Sequence[object] = raw if isinstance(raw, list) else []
    days = {}
    for row in rows:
        if not isinstance(row, Mapping) or not isinstance(row.get("working"), bool):
            raise CaseError("Mỗi dòng overrides phải là {date: ngày, working: true hoặc false}.")
        days[_date(row.get("date"))] = row["working"]
    if raw is not None and not isinstance(raw, list):
        raise CaseError("Mục overrides phải là một danh sách {date, working}.")
    return days


def _date(raw: object) -> date:
    moment = _in_zone(raw)
    if moment is None:
        raise CaseError(f"“{short(raw)}” không phải là ngày. Hãy ghi theo dạng 2026-12-31.")
    return moment.astimezone(ZONE).date() if isinstance(moment, datetime) else moment


def _datetime(raw: object) -> datetime:
    moment = _moment(raw)
    if moment is None:
        raise CaseError(f"“{short(raw)}” không phải là thời điểm. Hãy ghi theo dạng 2026-12-31T16:00:00.")
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time())


def _count(raw: object) -> int:
    number = to_number(raw)
    if number is None or number != number.to_integral_value() or number < 0:
        raise CaseError(f"“{short(raw)}” phải là số nguyên không âm.")
    return int(number)


# Kind "number"


def evaluate_number(given: Values) -> Values:
    """The number or the date as the document prints it (law.md §9)."""
    if given.keys() == {"date"}:
        return {"text": date_text(_date(given["date"]))}
    if given.keys() != {"system", "type", "body", "sequence"}:
        raise CaseError("Ví dụ number cần system, type, body, sequence; hoặc chỉ một mình date.")
    system, type_code, body = (given[name] for name in ("system", "type", "body"))
    if system not in (PARTY, STATE):
        raise CaseError(f"“{short(system)}” không phải hệ văn bản. Hãy ghi {PARTY} (Đảng) hoặc {STATE} (Nhà nước).")
    if not isinstance(type_code, str) or not isinstance(body, str):
        raise CaseError("“type” và “body” phải là chữ, ví dụ BC và BTGDVTU.")
    return {"text": number_line(str(system), type_code, body, _count(given["sequence"]))}


register("rollup", evaluate_rollup)
register("deadline", evaluate_deadline)
register("number", evaluate_number)
