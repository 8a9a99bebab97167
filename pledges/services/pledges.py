"""The moves of a pledge: propose, return, agree, reopen; and reminding those who have not proposed."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core import audit
from dvk_portal.core.documents.content import digest
from dvk_portal.core.documents.freezing import end_document, freeze
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, Notification
from dvk_portal.core.notifications import notify
from dvk_portal.core.workflow import Transition
from pledges.models import Pledge
from pledges.notifications import (
    PledgeAgreed,
    PledgeProposed,
    PledgeReminder,
    PledgeReturned,
    PledgeSuperseded,
    PledgeWithdrawn,
)
from pledges.services.annexes import end_annexes
from pledges.services.locking import lock_with_documents
from pledges.services.parties import name_parties
from pledges.services.proposals import (
    asked_rows,
    common_part_changes,
    lock_pledge,
    own_commitments,
    store_common_part,
    store_targets,
    target_rows,
)
from pledges.services.recalculation import ask_for_rollup
from pledges.services.signing import canonical_content
from pledges.workflows import PLEDGE
from units.models import Membership, User
from units.roles import Role

# Made by signatures (services/signing.py), never by a button.
_BY_SIGNING = ("sign_first", "complete")


def available_moves(pledge: Pledge, user: Any) -> list[Transition]:
    """The buttons of the pledge's page: the moves that the rules of this module would let ``user`` make now."""
    if not pledge.participation.campaign.is_running:
        return []
    moves = [move for move in PLEDGE.available(pledge, user) if move.name not in _BY_SIGNING]
    return moves


def missing_for_proposal(pledge: Pledge) -> list[str]:
    """Sentences on what still stands between the pledge and its proposal."""
    amounts = dict(pledge.targets.values_list("indicator_id", "amount"))
    missing = [
        f"Chưa ghi chỉ tiêu “{row.indicator.label}” ({row.indicator.measure})."
        for row in asked_rows(pledge)
        if row.common_target is None and amounts.get(row.indicator_id) is None
    ]
    if not own_commitments(pledge):
        missing.append("Chưa có cam kết riêng nào của đơn vị: hãy ghi ít nhất một cam kết bằng lời.")
    return missing


def _authorise(pledge: Pledge, actor: Any, move: str) -> None:
    if not actor.has_perm(PLEDGE.transitions[move].permission, pledge):
        raise PermissionDenied


@transaction.atomic
def propose_pledge(pledge: Pledge, *, actor: Any) -> Pledge:
    """Send targets and commitments to the province; the common part and last year's results are written down with them."""
    locked = lock_pledge(pledge)
    _authorise(locked, actor, "propose")
    if locked.is_editable:
        if missing := missing_for_proposal(locked):
            raise DomainError("Chưa thể gửi đề xuất.", missing)
        store_targets(locked, target_rows(locked))
        store_common_part(locked)
    PLEDGE.apply(locked, "propose", actor=actor)
    notify(PledgeProposed.about(locked), officers(locked))
    return locked


@transaction.atomic
def return_pledge(pledge: Pledge, *, actor: Any, note: str) -> Pledge:
    """Hand the proposal back with what is to be changed."""
    locked = lock_pledge(pledge)
    PLEDGE.apply(locked, "return", actor=actor, note=note, return_note=note.strip())
    notify(PledgeReturned.about(locked), locked.participation.unit.members(Role.EDITOR, Role.LEADER))
    return locked


@transaction.atomic
def agree_pledge(pledge: Pledge, *, actor: Any) -> Pledge:
    """Accept the proposal as it stands: from here its content is frozen by its hash and both sides may sign."""
    locked = lock_pledge(pledge)
    _authorise(locked, actor, "agree")
    if locked.status == Pledge.Status.PROPOSED and (changes := common_part_changes(locked)):
        raise DomainError(
            "Phần chung của phong trào đã thay đổi sau khi đơn vị đề xuất. Hãy trả lại giao ước để đơn vị xem và gửi lại.",
            changes,
        )
    now = timezone.now()
    name_parties(locked, day=timezone.localdate(now))
    whole = Pledge.objects.with_content().get(pk=locked.pk)
    content = canonical_content(whole)
    owner = locked.participation.campaign.owner
    document = freeze("pledge", whole, actor=actor, unit=owner, day=timezone.localdate(now), now=now)
    PLEDGE.apply(locked, "agree", actor=actor, document_hash=digest(content), document=document)
    # The audit trail is sealed: what was agreed can be shown again even when the rows were tampered with.
    audit.record(locked, "freeze", actor=None, changes={"content": content, "hash": locked.document_hash})
    ask_for_rollup(locked.participation.campaign)
    notify(PledgeAgreed.about(locked), locked.participation.unit.members(Role.LEADER))
    return locked


@transaction.atomic
def reopen_pledge(pledge: Pledge, *, actor: Any, note: str) -> Pledge:
    """Back to negotiation, as long as not all have signed; a paper that one side has signed is cancelled with the reason."""
    locked = lock_with_documents(pledge)
    _authorise(locked, actor, "reopen")
    if locked.status == Pledge.Status.SIGNED:
        raise DomainError(
            "Các bên đã ký đủ giao ước này nên không mở lại được. Thay đổi sau khi ký cần một phụ lục giao ước."
        )
    document = locked.document
    PLEDGE.apply(
        locked,
        "reopen",
        actor=actor,
        note=note,
        return_note=note.strip(),
        document_hash="",
        document=None,
        agreed_at=None,
        agreed_by=None,
    )
    if document is not None:
        end_document(document, actor=actor, status=Document.Status.CANCELLED, reason=note, now=timezone.now())
    ask_for_rollup(locked.participation.campaign)
    notify(PledgeReturned.about(locked), locked.participation.unit.members(Role.EDITOR, Role.LEADER))
    return locked


@transaction.atomic
def withdraw_pledge(pledge: Pledge, *, actor: Any, note: str) -> Pledge:
    """The unit takes its proposal back before anything was agreed; it may draw it up anew."""
    locked = lock_pledge(pledge)
    PLEDGE.apply(locked, "withdraw", actor=actor, note=note, end_note=note.strip())
    notify(PledgeWithdrawn.about(locked), officers(locked))
    return locked


@transaction.atomic
def resume_pledge(pledge: Pledge, *, actor: Any) -> Pledge:
    """Draw a withdrawn pledge up anew; what was typed is still there."""
    locked = lock_pledge(pledge)
    PLEDGE.apply(locked, "resume", actor=actor, ended_at=None, ended_by=None, end_note="")
    return locked


@transaction.atomic
def supersede_pledge(pledge: Pledge, *, actor: Any, note: str, by: Pledge | None = None) -> Pledge:
    """Put a pledge out of force, for another that takes its place or because its unit is no more."""
    locked = lock_with_documents(pledge)
    if by is not None and (by.pk == locked.pk or by.participation.campaign_id != locked.participation.campaign_id):
        raise DomainError("Giao ước thay thế phải là giao ước khác trong cùng phong trào.")
    PLEDGE.apply(locked, "supersede", actor=actor, note=note, end_note=note.strip(), superseded_by=by)
    if locked.document is not None and locked.document.is_living:
        status = Document.Status.SUPERSEDED
        end_document(locked.document, actor=actor, status=status, reason=note, now=timezone.now())
    end_annexes(locked, actor=actor, reason=note)
    ask_for_rollup(locked.participation.campaign)
    notify(PledgeSuperseded.about(locked), locked.participation.unit.members(Role.EDITOR, Role.LEADER))
    return locked


def officers(pledge: Pledge) -> list[User]:
    """Who at the province looks after this pledge: officer of the cluster, contact of the campaign, else the directors."""
    row = pledge.participation
    named = [person for person in ((row.cluster and row.cluster.officer), row.campaign.contact) if person is not None]
    found = [person for person in named if person.has_perm("pledge.review", pledge)]
    if found:
        return found
    directors = row.campaign.owner.members(Role.DIRECTOR)
    return [person for person in directors if person.has_perm("pledge.review", pledge)]


def remind_units(campaign: Campaign, *, actor: Any, today: datetime.date) -> int:
    """Tell the people of every unit that has not proposed, at most once a day and unit. Returns how many units were told.

    Units whose people were all told today already, or that have nobody with an account, do not count.
    """
    if not campaign.is_running:
        raise DomainError("Phong trào không còn thực hiện nên không cần nhắc giao ước.")
    pledges = [
        row
        for row in Pledge.objects.visible_to(actor).with_campaign().owing().filter(participation__campaign=campaign)
        if actor.has_perm("pledge.review", row)
    ]
    if not pledges and not actor.has_perm("pledge.review"):
        raise PermissionDenied
    people = _people_of(row.participation.unit_id for row in pledges)
    messages = {row.pk: PledgeReminder.about(row, today) for row in pledges}
    told = set(
        Notification.objects.filter(key__in=[message.key for message in messages.values()]).values_list(
            "key", flat=True
        )
    )
    fresh = [row for row in pledges if messages[row.pk].key not in told and people[row.participation.unit_id]]
    with transaction.atomic():
        for row in fresh:
            notify(messages[row.pk], people[row.participation.unit_id])
        audit.record_many([{"subject": row, "action": "remind", "actor": actor} for row in fresh])
    return len(fresh)


def _people_of(units: Iterable[int]) -> dict[int, list[User]]:
    """Active editors and leaders by unit, in one query."""
    found: dict[int, list[User]] = defaultdict(list)
    held = Membership.objects.current().filter(
        unit__in=set(units), role__in=(Role.EDITOR, Role.LEADER), user__is_active=True
    )
    for row in held.select_related("user"):
        found[row.unit_id].append(row.user)
    return found
