"""Words of the audit trail; see awards/trail/__init__.py."""

ACTIONS: dict[str, str] = {}
FIELDS: dict[str, str] = {}
