"""Reading ``dvk-money/1``: coefficients and base salaries as rows (awards/data/money.yaml). Plain Python."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from awards.money import BaseSalary, Recipient, Tariff
from dvk_portal.core.datafile import load_yaml

FORMAT = "dvk-money/1"
STANDARD = Path(__file__).parent / "data" / "money.yaml"


@dataclass(frozen=True)
class MoneyTable:
    """Tariffs by code, base salaries, and to how many đồng is rounded up."""

    tariffs: dict[str, Tariff]
    salaries: tuple[BaseSalary, ...]
    round_up_to: int


@cache
def standard_table() -> MoneyTable:
    """The table that the project brings along."""
    document = load_yaml(STANDARD.read_bytes())
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f"{STANDARD.name} is not of format {FORMAT}.")
    tariffs = {
        row["code"]: Tariff(
            code=row["code"],
            is_title=row["kind"] == "title",
            coefficients={kind: Decimal(row[kind]) for kind in Recipient if kind in row},
        )
        for row in document["awards"]
    }
    salaries = tuple(
        BaseSalary(int(row["amount"]), _day(row["from"]), row["source"], not row.get("unconfirmed", False))
        for row in document["base_salaries"]
    )
    return MoneyTable(tariffs, salaries, int(document["rounding"]["up_to"]))


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
