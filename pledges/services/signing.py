"""Signing a pledge: what exactly is agreed, who signs for which side in what capacity; and whether it still is what was signed.

The signatures themselves are the documents' (dvk_portal/core/signatures); here stand the rules that are the pledge's own.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.documents import freezing
from dvk_portal.core.documents.content import digest
from dvk_portal.core.documents.kinds import Mandate
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Document, Job, Signature
from dvk_portal.core.notifications import notify
from dvk_portal.core.numbers import format_number
from dvk_portal.core.signatures.identity import confirm_identity
from dvk_portal.core.signatures.signing import seal_later, sign_by_consent
from pledges.models import Pledge, Target
from pledges.models.pledge import Side
from pledges.notifications import PledgeSigned
from pledges.services.locking import lock_with_documents
from pledges.services.proposals import lock_pledge
from pledges.services.recalculation import ask_for_rollup
from pledges.workflows import PLEDGE
from units.access import matrix, reach_ids, rights
from units.models import Delegation, User
from units.roles import Role

PERMISSIONS = {
    Side.UNIT: "pledge.sign_unit",
    Side.PROVINCE: "pledge.sign_province",
    Side.WITNESS: "pledge.witness",
}


# --- the content ----------------------------------------------------------------------------------------------------
def canonical_content(pledge: Pledge) -> dict[str, Any]:
    """Everything both sides agree on, as plain JSON: equal content gives equal bytes (see :func:`digest`).

    The unit's name is that of the roster and the owner is named by its code, so that a body renamed later has still signed
    the same document. Load with ``Pledge.objects.with_content()``.
    """
    row, campaign = pledge.participation, pledge.participation.campaign
    return {
        "format": "dvk-pledge/2",
        "campaign": {
            "title": campaign.title,
            "document_no": campaign.document_no,
            "document_date": _date(campaign.document_date),
            "starts_on": _date(campaign.starts_on),
            "ends_on": _date(campaign.ends_on),
        },
        "parties": {
            "province": {"code": campaign.owner.code},
            "unit": {"code": row.unit.code, "name": row.name},
        },
        "representatives": [
            {
                "side": party.side,
                "body": party.unit_name,
                "name": party.name,
                "position": party.position,
                "authority": party.authority,
                "delegation": party.delegation,
            }
            for party in pledge.parties.all()
        ],
        "copies": pledge.copies,
        "targets": [
            {
                "indicator": target.indicator.code,
                "name": target.indicator.name,
                "measure": target.indicator.measure,
                "form": target.form,
                "amount": _number(target.amount),
                "baseline": _number(target.baseline),
                "due_on": _date(target.due_on),
                "weight": _number(target.weight),
                "common": target.common,
                "note": target.note,
            }
            for target in sorted(pledge.targets.all(), key=lambda target: target.indicator.code)
        ],
        "commitments": [
            {"side": line.side, "text": line.text, "common": line.common} for line in pledge.commitments.all()
        ],
    }


def _date(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""


def _number(number: Decimal | None) -> str | None:
    """Without trailing zeros: 12, 12.0 and 12.0000 are the same promise."""
    return None if number is None else format_number(number).replace(".", "").replace(",", ".")


def is_intact(pledge: Pledge) -> bool:
    """Whether the content is the one that was agreed, its document too, and every signature is of that one."""
    if not pledge.document_hash:
        return True
    if digest(canonical_content(pledge)) != pledge.document_hash:
        return False
    document = pledge.document
    return document is None or (
        freezing.is_intact(document) and all(row.content_hash == document.content_hash for row in pledge.signatures)
    )


def differences(pledge: Pledge) -> list[str]:
    """Sentences on what is no longer as agreed, from the sealed trail; for a pledge that is not intact."""
    entry = AuditEntry.objects.filter(
        record_type=pledge._meta.label_lower, record_id=str(pledge.pk), action="freeze"
    ).first()  # the newest
    if entry is None:
        return []
    agreed, now = _flat(entry.changes["content"]), _flat(canonical_content(pledge))
    found = [
        f"{_WORDS.get(name, name)}: đã thống nhất “{agreed.get(name, 'không có')}”, nay là “{now.get(name, 'không có')}”."
        for name in sorted(agreed.keys() | now.keys())
        if agreed.get(name) != now.get(name)
    ]
    if entry.changes["hash"] != pledge.document_hash:
        found.append("Mã băm lưu trong giao ước khác mã băm ghi khi thống nhất.")
    return found


_WORDS = {
    "title": "Tên phong trào",
    "document_no": "Số văn bản phát động",
    "document_date": "Ngày văn bản phát động",
    "starts_on": "Ngày bắt đầu",
    "ends_on": "Ngày kết thúc",
    "province": "Cơ quan phát động",
    "unit": "Đơn vị",
}


def _flat(content: dict[str, Any]) -> dict[str, str]:
    found = {name: str(value) for name, value in content["campaign"].items()}
    found |= {name: " – ".join(party.values()) for name, party in content["parties"].items()}
    found["Số bản"] = str(content.get("copies", ""))
    for party in content.get("representatives", []):
        facts = (party["body"], party["name"], party["position"], party["authority"], party["delegation"])
        found[f"Đại diện {Side(party['side']).label.lower()}"] = ", ".join(fact for fact in facts if fact)
    for row in content["targets"]:
        found[f"Chỉ tiêu “{row['name']}” ({row['indicator']})"] = _in_words(row)
    for place, row in enumerate(content["commitments"], 1):
        part = "phần chung" if row["common"] else "phần riêng"
        found[f"Cam kết {place:02d}"] = f"{row['text']} ({Side(row['side']).label}, {part})"
    return found


def _in_words(row: dict[str, Any]) -> str:
    parts = [
        f"{Target.Form(row['form']).label} {row['amount'] or 'chưa ghi'} {row['measure']}",
        f"năm trước {row['baseline'] or 'chưa có'}",
        f"thời hạn {row['due_on']}" if row.get("due_on") else "",
        f"trọng số {row['weight']}" if row.get("weight") else "",
        "phần chung" if row["common"] else "phần riêng",
        row["note"],
    ]
    return ", ".join(part for part in parts if part)


# --- who and how ----------------------------------------------------------------------------------------------------
def side_to_sign(pledge: Pledge, user: Any) -> Side | None:
    """For which side ``user`` may sign now; None when he may not, or his side has signed."""
    if pledge.status not in Pledge.SIGNABLE or not pledge.participation.campaign.is_running:
        return None
    done = {row.slot for row in pledge.signatures}
    return next((side for side in Side if side not in done and mandate_of(pledge, side, user) is not None), None)


def mandate_of(pledge: Pledge, side: str, user: User) -> Mandate | None:
    """In what capacity ``user`` signs for ``side`` today, by his post or by a written delegation; None = he may not."""
    permission = PERMISSIONS[Side(side)]
    campaign = pledge.participation.campaign
    if side == Side.WITNESS:
        if campaign.witness_id is None or campaign.witness_id not in (reach_ids(user, permission) or ()):
            return None
        unit = campaign.witness_id
    else:
        if not user.has_perm(permission, pledge):
            return None
        unit = pledge.participation.unit_id if side == Side.UNIT else None
    roles = matrix()[permission]
    for row in rights(user).holders(permission):
        if row.role not in roles or (unit is not None and row.unit_id != unit):
            continue
        if isinstance(row, Delegation):
            return Mandate(f"{row.authority}, {row.post}", row.unit.name, row.document_no)
        return Mandate(row.post or row.get_role_display(), row.unit.name)
    return None


# --- signing --------------------------------------------------------------------------------------------------------
def sign_pledge(
    pledge: Pledge, *, actor: Any, side: str, password: str, code: str = "", seen_hash: str, now: datetime.datetime | None = None
) -> Signature:
    """Sign for one side with the re-entered password (and ``code`` of the second step).

    ``seen_hash`` is the content that was on the signer's screen.

    When all sides have signed, the pledge is signed in the same transaction.
    """
    now = now or timezone.now()
    if side not in PERMISSIONS or mandate_of(pledge, side, actor) is None:
        raise PermissionDenied
    confirm_identity(actor, password, code=code, now=now)
    return _sign(pledge, actor, side, seen_hash, now)


@transaction.atomic
def _sign(
    pledge: Pledge, actor: Any, side: str, seen_hash: str, now: datetime.datetime, *, batch: bool = False
) -> Signature:
    lock_with_documents(pledge)
    locked = Pledge.objects.with_content().get(pk=pledge.pk)
    check_signable(locked, seen_hash)
    return sign_by_consent(locked.document, actor=actor, slot=side, now=now, batch=batch)


def check_signable(pledge: Pledge, seen_hash: str) -> None:
    """Make sure that ``pledge`` waits for signatures and is what was seen. Raises DomainError."""
    if pledge.status not in Pledge.SIGNABLE or pledge.document is None:
        signed = pledge.signatures
        if pledge.status == Pledge.Status.SIGNED and signed:
            when = f"{timezone.localtime(signed[-1].signed_at):%H:%M %d/%m/%Y}"
            raise DomainError(f"Các bên đã ký đủ giao ước này lúc {when}. Không cần ký thêm.")
        raise DomainError(
            f"Giao ước đang ở trạng thái “{pledge.get_status_display()}”, chỉ ký được khi hai bên đã thống nhất nội dung."
        )
    if seen_hash != pledge.document_hash:
        raise DomainError("Nội dung giao ước đã khác bản bạn vừa xem. Hãy tải lại trang, đọc lại rồi ký.")


def check_intact(pledge: Pledge) -> None:
    """Make sure that the rows still say what was agreed. Raises DomainError with the differences."""
    if not is_intact(pledge):
        raise DomainError(
            "Nội dung giao ước không còn đúng bản đã thống nhất nên không ký được. "
            "Hãy báo cơ quan phát động mở lại để thương lượng và thống nhất lại.",
            differences(pledge),
        )


def pledge_signed(pledge: Pledge, signature: Signature, *, actor: Any, tell_officers: bool) -> None:
    """A signature has come to count: move the pledge on. Called inside the signing transaction, by whatever way it came.

    The move is the system's: whoever signed had his own right to sign, by post, delegation or as a witness.
    """
    locked = lock_pledge(pledge)
    side = Side(signature.slot).label
    audit.record(locked, "sign", actor=actor, changes={"Bên ký": ["", f"{side}: {signature}"]})
    if locked.document.status == Document.Status.ISSUED:
        PLEDGE.apply(locked, "complete", actor=None)
        ask_for_rollup(locked.participation.campaign)
        notify(PledgeSigned.about(locked), _readers(locked, actor, tell_officers))
    elif locked.status == Pledge.Status.AGREED:
        PLEDGE.apply(locked, "sign_first", actor=None)


def _readers(pledge: Pledge, actor: Any, tell_officers: bool) -> list[User]:
    row = pledge.participation
    people = list(row.unit.members(Role.EDITOR, Role.LEADER))
    if tell_officers:
        people += [person for person in (row.cluster and row.cluster.officer, row.campaign.contact) if person]
    signatures = pledge.document.signatures.select_related("signer")
    people += [signature.signer for signature in signatures if signature.signer]
    return [person for person in people if person.pk != actor.pk]


@dataclass
class BulkOutcome:
    """What one act of signing many did: names of the signed, and a sentence for each that was left out."""

    signed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    job: Job | None = None  # puts the portal's seal under them


def sign_many(
    pledges: Iterable[Pledge],
    *,
    actor: Any,
    password: str,
    code: str = "",
    seen_hashes: dict[int, str],
    now: datetime.datetime | None = None,
) -> BulkOutcome:
    """Sign for the province, one password for all (the launching conference). One that cannot be signed holds up no other."""
    now = now or timezone.now()
    if not actor.has_perm(PERMISSIONS[Side.PROVINCE]):
        raise PermissionDenied
    pledges = list(pledges)
    if not pledges:
        raise DomainError("Chưa chọn giao ước nào để ký.")
    confirm_identity(actor, password, code=code, now=now)
    outcome, sealed = BulkOutcome(), []
    for pledge in pledges:
        name = pledge.participation.name
        try:
            signature = _sign(pledge, actor, Side.PROVINCE, seen_hashes.get(pledge.pk, ""), now, batch=True)
        except DomainError as error:
            outcome.skipped.append(f"{name}: {error.message}")
        except PermissionDenied:
            outcome.skipped.append(f"{name}: bạn không được ký cho đơn vị mình đang hoặc vừa công tác.")
        else:
            outcome.signed.append(name)
            sealed.append(signature.document_id)
    if sealed:
        outcome.job = seal_later(sealed, owner=actor)
    return outcome
