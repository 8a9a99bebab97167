"""What a unit proposes in a cycle, taken together: its own meeting with the votes, as its minutes will say them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from awards.models import AwardCycle, Nomination, NominationSet, UnitVote
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.services.proposals import clean_text
from units.models import Unit

MEETING = (
    "opened_at", "closed_at", "place", "chair", "secretary", "members", "present", "absent", "secret", "discussion",
)  # fmt: skip


def set_of(cycle: AwardCycle, unit: Unit) -> NominationSet:
    """The set of ``unit`` in ``cycle``; comes into being with the first nomination."""
    return NominationSet.objects.get_or_create(cycle=cycle, unit=unit)[0]


def nominations_of(group: NominationSet) -> list[Nomination]:
    """What the unit proposes and has not given up, the higher award first; drafts too."""
    over = (Nomination.Status.WITHDRAWN,)
    rows = Nomination.objects.filter(cycle=group.cycle_id, unit=group.unit_id).exclude(status__in=over)
    rows = rows.select_related("award_type", "recipient", "unit", "cycle", "unit_vote")
    return list(rows.order_by("-award_type__level", "award_type__code", "subject_kind", "recipient__sort_key", "id"))


def may_write_minutes(group: NominationSet, user: Any) -> bool:
    return group.cycle.status not in AwardCycle.OVER and user.has_perm("award.nominate", group)


@transaction.atomic
def save_meeting(
    group: NominationSet, *, actor: Any, values: Mapping[str, Any], votes: Mapping[int, int | None]
) -> NominationSet:
    """Keep what was typed of the unit's meeting; ``votes`` maps a nomination to its ayes (None = not voted on)."""
    locked = NominationSet.objects.select_for_update(of=("self",)).select_related("cycle", "unit").get(pk=group.pk)
    if not actor.has_perm("award.nominate", locked):
        raise PermissionDenied
    if locked.cycle.status in AwardCycle.OVER:
        raise DomainError(f"{locked.cycle.title} đã kết thúc nên không sửa biên bản nữa.")
    for name in MEETING:
        value = values.get(name)
        setattr(locked, name, clean_text(value) if isinstance(value, str) else value)
    known = {row.pk: row for row in nominations_of(locked)}
    if found := _faults(locked, known, votes):
        raise DomainError("Chưa lưu được biên bản bình xét.", found)
    locked.save()
    for pk, ayes in votes.items():
        if ayes is None:
            UnitVote.objects.filter(nomination=pk).delete()
        else:
            UnitVote.objects.update_or_create(nomination=known[pk], defaults={"set": locked, "ayes": ayes})
    audit.record(locked, "unit_meeting", actor=actor)
    return locked


def _faults(group: NominationSet, known: Mapping[int, Nomination], votes: Mapping[int, int | None]) -> list[str]:
    found = []
    if group.members is not None and group.present is not None and group.present > group.members:
        found.append("Số người dự họp không được lớn hơn số người được triệu tập.")
    if group.opened_at and group.closed_at and group.closed_at <= group.opened_at:
        found.append("Giờ bế mạc phải sau giờ khai mạc.")
    for pk, ayes in votes.items():
        if pk not in known:
            found.append("Có đề nghị không còn trong đợt. Hãy tải lại trang.")
        elif ayes is not None and group.present is not None and ayes > group.present:
            found.append(f"{known[pk].name}: số phiếu đồng ý ({ayes}) lớn hơn số người dự họp ({group.present}).")
    return found
