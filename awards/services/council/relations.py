"""Relations that a member declares, or that chair or secretary record for him: to a recipient or to a unit (law.md R-23)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from awards.models import CommitteeMember, DeclaredRelation, Recipient
from awards.services.council.conflicts import preparing, seats_of
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from units.models import Unit


def _is_own(user: Any, member: CommitteeMember) -> bool:
    return member.user_id == user.pk and user.has_perm("council.enter")


def _may_declare(user: Any, member: CommitteeMember) -> bool:
    """A member for himself; chair and secretary of his council for him."""
    return _is_own(user, member) or member.committee_id in _kept(user)


def _kept(user: Any) -> set[int]:
    """Councils of which ``user`` is the chair or the secretary today."""
    return {seat.committee_id for seat in preparing(user, seats_of(user, timezone.localdate()))}


def relations_for(user: Any) -> QuerySet[DeclaredRelation]:
    """His own, and for chair and secretary those of their council. A relation is nobody else's business."""
    own = Q(member__user=user)
    rows = DeclaredRelation.objects.filter(own | Q(member__committee__in=_kept(user)))
    return rows.select_related("member__user", "member__committee", "recipient__unit", "unit", "declared_by")


def has_declared(user: Any) -> bool:
    """Whether he has declared a relation that lasts."""
    return DeclaredRelation.objects.filter(member__user=user, ended_at=None).exists()


@transaction.atomic
def declare_relation(
    member: CommitteeMember, *, actor: Any, relation: str, recipient: Recipient | None = None, unit: Unit | None = None
) -> DeclaredRelation:
    """From now on ``member`` neither reads nor judges what concerns the recipient or the unit."""
    if not _may_declare(actor, member):
        raise PermissionDenied
    if (recipient is None) == (unit is None):
        raise DomainError("Hãy chọn một người (tập thể) hoặc một đơn vị.")
    if not relation.strip():
        raise DomainError("Hãy ghi quan hệ, ví dụ: vợ, em ruột, cùng góp vốn.")
    same = DeclaredRelation.objects.filter(member__user=member.user_id, recipient=recipient, unit=unit, ended_at=None)
    if same.exists():
        raise DomainError("Quan hệ này đã được khai.")
    row = DeclaredRelation.objects.create(
        member=member, recipient=recipient, unit=unit, relation=relation.strip(), declared_by=actor
    )
    audit.record(row, "relation_declare", actor=actor, changes={"relation_to": [None, str(recipient or unit)]})
    return row


@transaction.atomic
def end_relation(row: DeclaredRelation, *, actor: Any, note: str) -> DeclaredRelation:
    """The relation is over; the row stays. Only chair and secretary, and nobody in his own case: it opens what was shut."""
    locked = DeclaredRelation.objects.select_for_update(of=("self",)).select_related("member").get(pk=row.pk)
    if locked.member.committee_id not in _kept(actor) or locked.member.user_id == actor.pk:
        raise PermissionDenied
    if locked.ended_at is not None:
        raise DomainError("Quan hệ này đã được ghi là không còn.")
    if not note.strip():
        raise DomainError("Hãy ghi lý do vì sao quan hệ không còn.")
    locked.ended_at = timezone.now()
    locked.save(update_fields=["ended_at"])
    audit.record(locked, "relation_end", actor=actor, note=note.strip())
    return locked
