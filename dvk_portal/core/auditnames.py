"""Words for actions and fields of the audit trail that no workflow and no model names; filled from ``ready``."""

ACTIONS: dict[str, str] = {}
FIELDS: dict[str, str] = {}


def register(*, actions: dict[str, str] | None = None, fields: dict[str, str] | None = None) -> None:
    """``actions`` maps the name of an action to its word, ``fields`` the key of a change."""
    ACTIONS.update(actions or {})
    FIELDS.update(fields or {})
