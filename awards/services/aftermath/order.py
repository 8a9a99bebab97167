"""Awards of the register in the order of a ceremony (awards/ceremony.py)."""

from collections.abc import Iterable

from awards.ceremony import Honour, in_order
from awards.models import Award
from dvk_portal.core.text import sort_key


def honour_of(award: Award) -> Honour:
    """What the order asks of ``award``; reads award_type and unit."""
    kind = award.award_type
    return Honour(
        authority=kind.authority,
        level=kind.level,
        is_title=kind.is_title,
        award=kind.code,
        kind=award.subject_kind,
        posthumous=award.posthumous,
        unit=sort_key(award.unit_name),
        name=sort_key(award.name),
    )


def ceremony_order(awards: Iterable[Award]) -> list[Award]:
    return in_order(sorted(awards, key=lambda row: row.pk), honour_of)
