"""Addresses of aftermath."""

from typing import Any

from tests.architecture.rows import Row

PUBLIC: set[str] = {"award-public"}
ROWS: dict[str, Row] = {}


def build(made: Any) -> None:
    """What the addresses need, in a world of everything (tests/architecture/everything.py)."""
