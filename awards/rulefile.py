"""Reading ``dvk-awards/1``: rule sets, catalogue of awards, rules and checklists as rows (awards/data/rules.yaml). Plain Python.

Coefficients come from awards/data/money.yaml, so that there is one source of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from awards.eligibility import validate
from awards.moneyfile import standard_table
from awards.tally import Threshold
from dvk_portal.core.datafile import load_yaml

FORMAT = "dvk-awards/1"
STANDARD = Path(__file__).parent / "data" / "rules.yaml"
_STATE = "state"
# What a council's meeting on titles and forms demands, unless a row says otherwise (Bắc Ninh 86/2025, Điều 8.4b).
_ATTENDANCE = "80%"


@dataclass(frozen=True)
class RuleTable:
    """Rows as the models hold them. ``rules`` also have rule_set, award_type (codes) and checklist (rows)."""

    rule_sets: tuple[dict[str, Any], ...]
    awards: tuple[dict[str, Any], ...]
    rules: tuple[dict[str, Any], ...]


@cache
def standard_rules() -> RuleTable:
    """The rules that the project brings along. Raises ValueError when the file contradicts itself."""
    return read_rules(load_yaml(STANDARD.read_bytes()))


def read_rules(document: object) -> RuleTable:
    """From the content of a file. Raises ValueError."""
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise ValueError(f"The file is not of format {FORMAT}.")
    table = RuleTable(
        tuple(_rule_set(row) for row in document["rule_sets"]),
        tuple(_award(row) for row in document["awards"]),
        tuple(rule for row in document["rules"] for rule in _rules(row, document)),
    )
    _check(table)
    return table


def _rule_set(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "name": row["name"],
        "family": row["family"],
        "legal_basis": row["basis"],
        "valid_from": _day(row["from"]),
        "valid_to": _day(row["to"]) if "to" in row else None,
        "transition": row.get("transition", ""),
        "is_confirmed": row.get("confirmed", True),
        "round_up_to": standard_table().round_up_to,
    }


def _award(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "name": row["name"],
        "kind": row["kind"],
        "family": row.get("family", _STATE),
        **{f"for_{kind}": kind in row["for"] for kind in ("person", "collective", "household")},
        "authority": row["authority"],
        "decided_here": row.get("here", False),
        "level": row["level"],
        "object_name": row.get("object", ""),
        **({"valid_to": _day(row["to"])} if "to" in row else {}),
    }


def _rules(row: Mapping[str, Any], document: Mapping[str, Any]) -> list[dict[str, Any]]:
    state = [one["code"] for one in document["rule_sets"] if one["family"] == _STATE]
    tariff = standard_table().tariffs.get(row["award"])
    coefficients = {f"coefficient_{kind}": value for kind, value in tariff.coefficients.items()} if tariff else {}
    shared = {
        "award_type": row["award"],
        "legal_basis": row["basis"],
        "is_confirmed": row.get("confirmed", True),
        "conditions": row["conditions"],
        "passes": row.get("passes", "majority"),
        "attendance": row.get("attendance", _ATTENDANCE),
        "secret": row.get("secret", False),
        "publicity_days": row.get("publicity_days", 0),
        "appraisal_days": row.get("appraisal_days", 20),
        "checklist": [_item(code, order, document) for order, code in enumerate(row["checklist"], start=1)],
        **coefficients,
    }
    return [{"rule_set": code, **shared} for code in row.get("in", state)]


def _item(code: str, order: int, document: Mapping[str, Any]) -> dict[str, Any]:
    row = document["items"][code]
    return {
        "code": code,
        "name": row["name"],
        "need": row.get("need", "required"),
        "when": row.get("when", ""),
        "source": row.get("source", "either" if "document" in row else "upload"),
        "document_kind": row.get("document", ""),
        "confirmed_by": row.get("confirmed_by", ""),
        "order": order,
    }


def _check(table: RuleTable) -> None:
    codes = [row["code"] for row in table.awards]
    faults = [f"{code} stands twice." for code in codes if codes.count(code) > 1]
    for rule in table.rules:
        name = f"{rule['rule_set']}, {rule['award_type']}"
        faults += [f"{name}: {fault}" for fault in validate(rule["conditions"], codes)]
        if rule["award_type"] not in codes:
            faults.append(f"{name}: no such award.")
        for share in (rule["passes"], rule["attendance"]):
            Threshold.parse(share)
    if faults:
        raise ValueError(" ".join(faults))


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
