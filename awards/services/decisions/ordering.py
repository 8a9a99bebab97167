"""The order of awards in lists, at a ceremony and in the gold book (law.md §8, P/29.5)."""

from typing import Any

from awards.models import AwardType, RecipientKind
from dvk_portal.core.text import sort_key

_WHOM = {RecipientKind.COLLECTIVE: 0, RecipientKind.HOUSEHOLD: 1, RecipientKind.PERSON: 2}


def place_in_order(row: Any) -> tuple[Any, ...]:
    """Sort key of an award (or a nomination) of one authority, as awards/ceremony.py has it for several: titles before forms,
    each the higher first; collective, household, person; living before posthumous; then unit and name in the Vietnamese order."""
    kind: AwardType = row.award_type
    return (
        not kind.is_title,
        -kind.level,
        kind.code,
        _WHOM[RecipientKind(row.subject_kind)],
        getattr(row, "posthumous", False),
        sort_key(row.unit_name),
        sort_key(row.name),
        row.pk or 0,
    )
