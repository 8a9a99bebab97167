"""Case files of kind ``eligibility`` (law.md §17, T-E): who qualifies for an award, and who goes first when scores are equal.

given: ``award`` and ``received`` (day of receipt: it chooses the rule set of awards/data/rules.yaml), or ``conditions``; then
what is known: ``recipient`` (person), ``year``, ``kind`` (merit), ``day``, ``period`` [from, to], ``awards`` [{award, year, kind}],
``years`` [{year, grade, members, …}], ``initiatives`` [{year, kind, scope, used}], ``disciplines`` [{level, from, to}], ``holds``
[{from, to}], ``sheets``, ``models``. expect: ``outcome``, ``open_outcome`` (without discipline and holds), ``findings`` (outcomes
in order), ``texts``, ``awaits_text``. With ``order`` [{name, points, favoured}]: expect ``order``, ``ranks`` and ``reasons``.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar

from awards.eligibility import AWAITS_TEXT, judge
from awards.evidence import AwardFact, DisciplineFact, Facts, HoldFact, InitiativeFact, ModelFact, SheetFact, YearFact
from awards.quotas import Candidate, Limit, draw_line
from awards.rulefile import standard_rules
from campaigns.cases import CaseError, Values, to_number

_RECORD = TypeVar("_RECORD")
_KEYS = {
    "award", "received", "conditions", "recipient", "year", "kind", "day", "period", "awards", "years", "initiatives",
    "disciplines", "holds", "sheets", "models",
}  # fmt: skip
_LEVELS = {"co_so": (1, "Cấp cơ sở"), "tinh": (3, "Cấp tỉnh"), "trung_uong": (4, "Cấp trung ương")}


def evaluate_eligibility(given: Values) -> Values:
    """One award for one recipient, or the order of equals. Raises CaseError, or ConditionError for a condition."""
    if given.keys() == {"order"}:
        return _order(given["order"])
    unknown = given.keys() - _KEYS
    if unknown:
        raise CaseError(f"Không có mục “{sorted(unknown)[0]}” trong ví dụ eligibility.")
    facts = _facts(given)
    conditions, unconfirmed = _rule(given)
    verdict = judge(conditions, facts, unconfirmed=unconfirmed)
    shown = verdict.open_part()
    return {
        "outcome": verdict.outcome,
        "open_outcome": shown.outcome,
        "findings": [finding.outcome for finding in shown.findings],
        "texts": [finding.text for finding in verdict.findings],
        "awaits_text": any(AWAITS_TEXT in finding.text for finding in verdict.findings),
    }


def _rule(given: Values) -> tuple[object, str]:
    if "conditions" in given:
        return given["conditions"], ""
    if not {"award", "received"} <= given.keys():
        raise CaseError("Ví dụ eligibility cần conditions, hoặc award và received (ngày nhận đủ hồ sơ).")
    table, day = standard_rules(), _day(given["received"], "received")
    sets = {
        row["code"]: row
        for row in table.rule_sets
        if row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])
    }
    rule = next((row for row in table.rules if row["award_type"] == given["award"] and row["rule_set"] in sets), None)
    if rule is None:
        raise CaseError(f"Không có quy định về “{str(given['award'])[:40]}” ngày {day:%d/%m/%Y}.")
    rule_set = sets[rule["rule_set"]]
    confirmed = rule_set["is_confirmed"] and rule["is_confirmed"]
    return rule["conditions"], "" if confirmed else str(rule_set["name"])


def _facts(given: Values) -> Facts:
    year = given.get("year")
    if isinstance(year, bool) or not isinstance(year, int):
        raise CaseError("Ví dụ eligibility cần year (năm cuối của kỳ thành tích).")
    period = given.get("period") or [date(year, 1, 1), date(year, 12, 31)]
    if not isinstance(period, list) or len(period) != 2:
        raise CaseError("period phải là [từ ngày, đến ngày].")
    return Facts(
        recipient=str(given.get("recipient", "person")),
        year=year,
        day=_day(given.get("day") or given.get("received") or date(year, 12, 31), "day"),
        award=str(given.get("award", "")),
        award_kind=str(given.get("kind", "merit")),
        period_from=_day(period[0], "period"),
        period_to=_day(period[1], "period"),
        awards=_rows(given, "awards", AwardFact, {"award": "code"}),
        years=_rows(given, "years", YearFact),
        initiatives=_rows(given, "initiatives", InitiativeFact),
        disciplines=_rows(given, "disciplines", DisciplineFact, {"from": "from_day", "to": "to_day"}),
        holds=_rows(given, "holds", HoldFact, {"from": "from_day", "to": "to_day"}),
        sheets=_rows(given, "sheets", SheetFact),
        models=_rows(given, "models", ModelFact),
        names={row["code"]: row["name"] for row in standard_rules().awards},
        levels=_LEVELS,
    )


def _rows(
    given: Values, name: str, record: Callable[..., _RECORD], renamed: Mapping[str, str] | None = None
) -> tuple[_RECORD, ...]:
    raw = given.get(name, [])
    if not isinstance(raw, list) or not all(isinstance(row, Mapping) for row in raw):
        raise CaseError(f"{name} phải là một danh sách các cặp khóa: giá trị.")
    known = {row.name for row in fields(record)}  # type: ignore[arg-type]
    found = []
    for row in raw:
        values: dict[str, Any] = {(renamed or {}).get(str(key), str(key)): value for key, value in row.items()}
        if values.keys() - known:
            raise CaseError(f"{name} không có mục “{sorted(values.keys() - known)[0]}”.")
        try:
            found.append(record(**values))
        except TypeError:
            raise CaseError(f"Một dòng của {name} thiếu mục.") from None
    return tuple(found)


def _order(raw: object) -> Values:
    """P7: among equals a woman, or a collective of at least 70 % women, goes first; the reason is said."""
    if not isinstance(raw, list) or not all(isinstance(row, Mapping) and "name" in row for row in raw):
        raise CaseError("order phải là một danh sách {name, points, favoured}.")
    candidates = [
        Candidate(key, key, to_number(row.get("points")), favoured=bool(row.get("favoured", False)))
        for key, row in enumerate(raw)
    ]
    lines = draw_line(candidates, Limit())
    names = [str(row["name"]) for row in raw]
    return {
        "order": [names[line.candidate.key] for line in lines],
        "ranks": [line.rank for line in lines],
        "reasons": {names[line.candidate.key]: list(line.reasons) for line in lines if line.reasons},
    }


def _day(raw: object, name: str) -> date:
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        raise CaseError(f"{name} phải là ngày dạng 2026-07-01.") from None
