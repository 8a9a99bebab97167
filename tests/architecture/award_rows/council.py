"""Addresses of council."""

from typing import Any

from tests.architecture.rows import REFUSED, Row

PUBLIC: set[str] = set()
ROWS: dict[str, Row] = {
    "council:index": Row("chair", REFUSED),
}


def build(made: Any) -> None:
    """What the addresses need, in a world of everything (tests/architecture/everything.py)."""
