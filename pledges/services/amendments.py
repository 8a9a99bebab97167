"""The moves of an annex: draw it up, send it, return or agree, sign, withdraw (practice.md W-9).

Which right a move demands depends on the side that acts: the drafting side sends and withdraws, the other one answers.
"""

import datetime
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from campaigns.models import Indicator
from dvk_portal.core import audit
from dvk_portal.core.documents.freezing import end_document, freeze
from dvk_portal.core.documents.kinds import Mandate
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, Signature
from dvk_portal.core.notifications import notify
from dvk_portal.core.signatures.identity import confirm_identity
from dvk_portal.core.signatures.signing import sign_by_consent
from dvk_portal.core.workflow import Transition
from pledges.annex_notifications import (
    AmendmentAgreed,
    AmendmentProposed,
    AmendmentReturned,
    AmendmentSigned,
    AmendmentWithdrawn,
)
from pledges.models import Amendment, AmendmentChange, Pledge
from pledges.models.pledge import Side
from pledges.services.annexes import DECIDING, DRAFTING, canonical_changes, change_lines, is_intact, side_of
from pledges.services.pledges import officers
from pledges.services.proposals import MAX_COMMITMENT_LENGTH, clean_text, lock_pledge, watchable
from pledges.services.recalculation import ask_for_rollup
from pledges.services.signing import mandate_of
from pledges.services.targets import Commitments, Targets, content_before, key_of
from pledges.workflows import AMENDMENT
from units.models import User
from units.roles import Role

Action = AmendmentChange.Action
_BY_SIGNING = ("sign_first", "complete")
MAX_CHANGES = 100


class StaleAmendmentError(DomainError):
    """Somebody changed the annex since the form was opened."""


# --- who may what ---------------------------------------------------------------------------------------------------
def available_moves(amendment: Amendment, user: Any) -> list[Transition]:
    """The buttons of the annex's page: the moves that the rules of this module would let ``user`` make now."""
    pledge = amendment.pledge
    if not pledge.participation.campaign.is_running:
        return []
    living = pledge.status == Pledge.Status.SIGNED
    moves = [
        move
        for move in AMENDMENT.available(amendment, user)
        if move.name not in _BY_SIGNING
        and (living or move.name == "withdraw")
        and user.has_perm(_right(amendment, move.name), pledge)
    ]
    return [move for move in moves if move.name != "withdraw" or not amendment.signatures]


def may_edit(amendment: Amendment, user: Any) -> bool:
    """Whether ``user`` may change what the annex says now."""
    pledge = amendment.pledge
    running = pledge.participation.campaign.is_running and pledge.status == Pledge.Status.SIGNED
    return amendment.is_editable and running and user.has_perm(DRAFTING[Side(amendment.by_side)], pledge)


def side_to_sign(amendment: Amendment, user: Any) -> Side | None:
    """For which side ``user`` may sign the annex now; None = for none."""
    done = {row.slot for row in amendment.signatures}
    return next((side for side in Side if side not in done and mandate_for(amendment, side, user) is not None), None)


def mandate_for(amendment: Amendment, side: str, user: User) -> Mandate | None:
    """In what capacity ``user`` signs the annex for ``side`` now, as for the pledge itself."""
    pledge = amendment.pledge
    if amendment.status not in Amendment.SIGNABLE or pledge.status != Pledge.Status.SIGNED:
        return None
    return mandate_of(pledge, side, user) if pledge.participation.campaign.is_running else None


def _right(amendment: Amendment, move: str) -> str:
    if move in ("return", "agree"):
        return DECIDING[Side(amendment.other_side)]
    if move == "withdraw" and amendment.status == Amendment.Status.DRAFT:
        return DRAFTING[Side(amendment.by_side)]
    return DECIDING[Side(amendment.by_side)]


# --- drawing up -----------------------------------------------------------------------------------------------------
@transaction.atomic
def start_amendment(
    pledge: Pledge, *, actor: Any, reason: str, effective_on: datetime.date, today: datetime.date
) -> Amendment:
    """A draft of the side to which ``actor`` belongs. Raises DomainError while another annex is under way."""
    locked = lock_pledge(pledge)
    side = side_of(locked, actor)
    if side is None:
        raise PermissionDenied
    _require_signed(locked)
    amendment = Amendment(
        pledge=locked, by_side=side, reason=clean_text(reason), effective_on=effective_on, created_by=actor
    )
    amendment.number = (locked.amendments.aggregate(Max("number"))["number__max"] or 0) + 1
    _check_frame(amendment, today)
    try:
        with transaction.atomic():
            amendment.save()
    except IntegrityError as error:
        raise DomainError("Giao ước đang có một phụ lục chưa xong. Hãy hoàn tất hoặc rút phụ lục đó trước.") from error
    audit.record(amendment, "create", actor=actor)
    return amendment


def version_of(amendment: Amendment) -> str:
    """A mark of what the annex holds now."""
    plain = [amendment.status, amendment.reason, str(amendment.effective_on), canonical_changes(amendment)]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:20]


@transaction.atomic
def save_amendment(
    amendment: Amendment,
    *,
    actor: Any,
    reason: str,
    effective_on: datetime.date,
    changes: Sequence[AmendmentChange],
    seen: str,
    today: datetime.date,
) -> Amendment:
    """Keep what the drafting side has typed: ``changes`` (not stored yet) replace the earlier ones."""
    locked = _lock(amendment)
    if not actor.has_perm(DRAFTING[Side(locked.by_side)], locked.pledge):
        raise PermissionDenied
    _require_signed(locked.pledge)
    if not locked.is_editable:
        raise StaleAmendmentError(
            f"Phụ lục đang ở trạng thái “{locked.get_status_display()}” nên không sửa được. Nội dung vừa nhập chưa được lưu."
        )
    if seen != version_of(locked):
        raise StaleAmendmentError(
            "Phụ lục vừa được người khác sửa trong lúc bạn đang nhập. Nội dung bạn nhập vẫn còn dưới đây: "
            "hãy đối chiếu, rồi bấm lưu lần nữa nếu vẫn muốn thay."
        )
    before = version_of(locked)
    locked.reason, locked.effective_on = clean_text(reason), effective_on
    _check_frame(locked, today)
    _check_changes(locked, changes)
    locked.save(update_fields=["reason", "effective_on"])
    locked.changes.all().delete()
    for change in changes:
        change.amendment = locked
    AmendmentChange.objects.bulk_create(changes)
    fresh = _fresh(locked)
    if version_of(fresh) != before:
        lines = {f"{place}. {line.kind}": [line.old, line.new] for place, line in enumerate(change_lines(fresh), 1)}
        audit.record(fresh, "edit", actor=actor, changes=lines)
    return fresh


def _require_signed(pledge: Pledge) -> None:
    if pledge.status != Pledge.Status.SIGNED:
        raise DomainError(
            f"Giao ước đang ở trạng thái “{pledge.get_status_display()}”; chỉ giao ước đã ký đủ mới lập phụ lục. "
            "Chưa ký thì sửa ngay trong giao ước."
        )


def _check_frame(amendment: Amendment, today: datetime.date) -> None:
    """Reason and date: not in the past, inside the campaign, not before an annex signed earlier."""
    campaign, day = amendment.pledge.participation.campaign, amendment.effective_on
    findings = []
    if not amendment.reason:
        findings.append("Hãy ghi lý do lập phụ lục.")
    if day < today:
        findings.append(f"Ngày có hiệu lực không được trước hôm nay ({today:%d/%m/%Y}).")
    if not campaign.starts_on <= day <= campaign.ends_on:
        findings.append(
            f"Ngày có hiệu lực phải nằm trong thời gian của phong trào: từ {campaign.starts_on:%d/%m/%Y} "
            f"đến {campaign.ends_on:%d/%m/%Y}."
        )
    earlier = amendment.pledge.amendments.filter(status=Amendment.Status.SIGNED).order_by("-effective_on").first()
    if earlier is not None and day < earlier.effective_on:
        findings.append(
            f"{earlier.title} có hiệu lực từ {earlier.effective_on:%d/%m/%Y}; phụ lục sau không được có hiệu lực sớm hơn."
        )
    if findings:
        raise DomainError("Chưa lưu được phụ lục.", findings)


def _check_changes(amendment: Amendment, changes: Sequence[AmendmentChange]) -> None:
    targets, promises = content_before(amendment)
    known = {indicator.pk: indicator for indicator in watchable(amendment.pledge)}
    findings = [] if len(changes) <= MAX_CHANGES else [f"Mỗi phụ lục có tối đa {MAX_CHANGES} thay đổi."]
    for change in changes:
        if change.action in (Action.SET_TARGET, Action.DROP_TARGET):
            findings += _faults_of_target(amendment, change, targets, known)
        else:
            findings += _faults_of_promise(change, promises)
    if findings:
        raise DomainError("Chưa lưu được phụ lục.", list(dict.fromkeys(findings)))


def _faults_of_target(
    amendment: Amendment, change: AmendmentChange, targets: Targets, known: dict[int, Indicator]
) -> list[str]:
    label, campaign = change.indicator.label, amendment.pledge.participation.campaign
    if change.action == Action.DROP_TARGET:
        return [] if change.indicator.code in targets else [f"Giao ước không có chỉ tiêu “{label}” để bỏ."]
    found = []
    if change.indicator_id not in known and change.indicator.code not in targets:
        found.append(f"“{label}” không phải chỉ số bằng số mà phong trào yêu cầu báo cáo.")
    if change.amount is None:
        found.append(f"Chưa ghi mức mới của chỉ tiêu “{label}” ({change.indicator.measure}).")
    if change.due_on and not campaign.starts_on <= change.due_on <= campaign.ends_on:
        found.append(f"Thời hạn của “{label}” phải nằm trong thời gian của phong trào.")
    if change.amount is not None and change.amount < 0:
        found.append(f"Chỉ tiêu “{label}” không được âm.")
    if change.weight is not None and change.weight < 0:
        found.append(f"Trọng số của “{label}” không được âm.")
    return found


def _faults_of_promise(change: AmendmentChange, promises: Commitments) -> list[str]:
    change.text = clean_text(change.text)
    if change.action != Action.ADD_COMMITMENT and key_of(change) not in promises:
        return ["Một cam kết định sửa hoặc bỏ không còn trong giao ước. Hãy tải lại trang."]
    if change.action != Action.DROP_COMMITMENT and not change.text:
        return ["Cam kết mới không được để trống; muốn bỏ cam kết, hãy đánh dấu vào ô bỏ."]
    if len(change.text) > MAX_COMMITMENT_LENGTH:
        return [f"Mỗi cam kết dài tối đa {MAX_COMMITMENT_LENGTH} ký tự. Hãy viết gọn lại hoặc tách thành hai."]
    return []


# --- moves ----------------------------------------------------------------------------------------------------------
def _lock(amendment: Amendment) -> Amendment:
    """The annex as it stands now. Its document is locked before its pledge, in the order in which signing locks them."""
    document = Amendment.objects.filter(pk=amendment.pk).values_list("document_id", flat=True).first()
    if document is not None:
        Document.objects.select_for_update(of=("self",)).get(pk=document)
    lock_pledge(amendment.pledge)
    return _fresh(amendment)


def _fresh(amendment: Amendment) -> Amendment:
    return Amendment.objects.with_content().get(pk=amendment.pk)


def _begin(amendment: Amendment, actor: Any, move: str) -> Amendment:
    """Lock, then make sure that ``actor`` belongs to the side whose turn this is."""
    locked = _lock(amendment)
    if not actor.has_perm(_right(locked, move), locked.pledge):
        raise PermissionDenied
    if move != "withdraw":
        _require_signed(locked.pledge)
    return locked


@transaction.atomic
def propose_amendment(amendment: Amendment, *, actor: Any, today: datetime.date) -> Amendment:
    """Send the annex to the other side."""
    locked = _begin(amendment, actor, "propose")
    if locked.is_editable:
        _check_frame(locked, today)
        changes = list(locked.changes.all())
        if not changes:
            raise DomainError("Phụ lục chưa thay đổi gì. Hãy ghi ít nhất một chỉ tiêu hoặc cam kết cần thay đổi.")
        _check_changes(locked, changes)
    AMENDMENT.apply(locked, "propose", actor=actor)
    notify(AmendmentProposed.about(locked), people_of_side(locked, locked.other_side))
    return locked


@transaction.atomic
def return_amendment(amendment: Amendment, *, actor: Any, note: str) -> Amendment:
    """Hand it back to the side that drafted it, with what is to be changed."""
    locked = _begin(amendment, actor, "return")
    AMENDMENT.apply(locked, "return", actor=actor, note=note, return_note=note.strip())
    notify(AmendmentReturned.about(locked), people_of_side(locked, locked.by_side))
    return locked


@transaction.atomic
def agree_amendment(amendment: Amendment, *, actor: Any, today: datetime.date) -> Amendment:
    """Accept the annex as it stands: its document is frozen and the sides may sign."""
    locked = _begin(amendment, actor, "agree")
    document = None
    if locked.status == Amendment.Status.PROPOSED:
        if locked.effective_on < today:
            raise DomainError(
                f"Ngày có hiệu lực {locked.effective_on:%d/%m/%Y} đã qua. Hãy trả lại phụ lục để ghi ngày khác."
            )
        owner = locked.pledge.participation.campaign.owner
        document = freeze("amendment", locked, actor=actor, unit=owner, day=today, now=timezone.now())
    AMENDMENT.apply(locked, "agree", actor=actor, document=document)
    notify(AmendmentAgreed.about(locked), _signers(locked))
    return locked


@transaction.atomic
def withdraw_amendment(amendment: Amendment, *, actor: Any, note: str) -> Amendment:
    """The drafting side takes the annex back, as long as nobody has signed it."""
    locked = _begin(amendment, actor, "withdraw")
    if signed := next(iter(locked.signatures), None):
        raise DomainError(f"{signed.name} đã ký phụ lục này ngày {signed.signed_at:%d/%m/%Y} nên không rút được nữa.")
    was_sent = locked.proposed_at is not None
    AMENDMENT.apply(locked, "withdraw", actor=actor, note=note, end_note=note.strip())
    if locked.document is not None:
        status = Document.Status.CANCELLED
        end_document(locked.document, actor=actor, status=status, reason=note, now=timezone.now())
    if was_sent:
        notify(AmendmentWithdrawn.about(locked), people_of_side(locked, locked.other_side))
    return locked


# --- signing --------------------------------------------------------------------------------------------------------
def sign_amendment(
    amendment: Amendment, *, actor: Any, password: str, code: str = "", seen_hash: str, now: datetime.datetime | None = None
) -> Signature:
    """Sign for the side of ``actor`` with the re-entered password; ``seen_hash`` is the content that was on his screen."""
    now = now or timezone.now()
    side = side_to_sign(_fresh(amendment), actor)
    if side is None:
        raise PermissionDenied
    confirm_identity(actor, password, code=code, now=now)
    return _sign(amendment, actor, side, seen_hash, now)


@transaction.atomic
def _sign(amendment: Amendment, actor: Any, side: str, seen_hash: str, now: datetime.datetime) -> Signature:
    locked = _lock(amendment)
    if locked.document is None or seen_hash != locked.document.content_hash:
        raise DomainError("Nội dung phụ lục đã khác bản bạn vừa xem. Hãy tải lại trang, đọc lại rồi ký.")
    return sign_by_consent(locked.document, actor=actor, slot=side, now=now)


def amendment_signed(amendment: Amendment, signature: Signature, *, actor: Any) -> None:
    """A signature has come to count: move the annex on. Called inside the signing transaction, by whatever way it came.

    The move is the system's: whoever signed had his own right to sign, by post, delegation or as a witness.
    An annex whose date is still to come enters the scores with the nightly full recomputation of that day
    (``pledges.verify_rollups``).
    """
    locked = _lock(amendment)
    if not is_intact(locked):
        raise DomainError(
            "Nội dung phụ lục không còn đúng bản đã thống nhất nên không ký được. Hãy báo quản trị hệ thống."
        )
    audit.record(locked, "sign", actor=actor, changes={"Bên ký": ["", f"{Side(signature.slot).label}: {signature}"]})
    if locked.document.status == Document.Status.ISSUED:
        AMENDMENT.apply(locked, "complete", actor=None)
        if locked.effective_on <= timezone.localdate():
            ask_for_rollup(locked.pledge.participation.campaign)
        people = {*people_of_side(locked, Side.UNIT), *people_of_side(locked, Side.PROVINCE)}
        notify(AmendmentSigned.about(locked), [person for person in people if person.pk != actor.pk])
    elif locked.status == Amendment.Status.AGREED:
        AMENDMENT.apply(locked, "sign_first", actor=None)


# --- people ---------------------------------------------------------------------------------------------------------
def people_of_side(amendment: Amendment, side: str) -> list[User]:
    """Who deals with the annex on one side."""
    if side == Side.UNIT:
        return list(amendment.pledge.participation.unit.members(Role.EDITOR, Role.LEADER))
    return officers(amendment.pledge)


def _signers(amendment: Amendment) -> list[User]:
    campaign = amendment.pledge.participation.campaign
    people = [*amendment.pledge.participation.unit.members(Role.LEADER), *campaign.owner.members(Role.DIRECTOR)]
    if campaign.witness is not None:
        people += campaign.witness.members(Role.LEADER)
    return [person for person in dict.fromkeys(people) if any(mandate_for(amendment, side, person) for side in Side)]
