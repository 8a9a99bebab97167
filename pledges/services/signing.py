"""Signing a pledge: what exactly is signed, by whom, confirmed how; and whether it still is what was signed."""

import datetime
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from dvk_portal.core.notifications import notify
from dvk_portal.core.numbers import format_number
from pledges.models import Pledge, Signature, Target
from pledges.models.pledge import Side
from pledges.notifications import PledgeSigned
from pledges.services.proposals import lock_pledge
from pledges.services.recalculation import ask_for_rollup
from pledges.workflows import PLEDGE
from units.access import matrix, rights
from units.models import User
from units.roles import Role

MAX_TRIES = 5
WINDOW = datetime.timedelta(minutes=15)
_REFUSED = "signing_password_refused"

PERMISSIONS = {Side.UNIT: "pledge.sign_unit", Side.PROVINCE: "pledge.sign_province"}


# --- the content ----------------------------------------------------------------------------------------------------
def canonical_content(pledge: Pledge) -> dict[str, Any]:
    """Everything both sides agree on, as plain JSON: equal content gives equal bytes (see :func:`digest`).

    The unit's name is that of the roster and the owner is named by its code, so that a body renamed later has still signed
    the same document. Load with ``Pledge.objects.with_content()``.
    """
    row, campaign = pledge.participation, pledge.participation.campaign
    return {
        "format": "dvk-pledge/1",
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
        "targets": [
            {
                "indicator": target.indicator.code,
                "name": target.indicator.name,
                "measure": target.indicator.measure,
                "form": target.form,
                "amount": _number(target.amount),
                "baseline": _number(target.baseline),
                "common": target.common,
                "note": target.note,
            }
            for target in sorted(pledge.targets.all(), key=lambda target: target.indicator.code)
        ],
        "commitments": [
            {"side": line.side, "text": line.text, "common": line.common} for line in pledge.commitments.all()
        ],
    }


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the content's one canonical writing."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _date(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""


def _number(number: Decimal | None) -> str | None:
    """Without trailing zeros: 12, 12.0 and 12.0000 are the same promise."""
    return None if number is None else format_number(number).replace(".", "").replace(",", ".")


def is_intact(pledge: Pledge) -> bool:
    """Whether the content is the one that was agreed, and every signature is of that one."""
    if not pledge.document_hash:
        return True
    return digest(canonical_content(pledge)) == pledge.document_hash and all(
        row.document_hash == pledge.document_hash for row in pledge.signatures.all()
    )


def differences(pledge: Pledge) -> list[str]:
    """Sentences on what is no longer as agreed, from the sealed trail; for a pledge that is not intact."""
    entry = AuditEntry.objects.filter(
        record_type=pledge._meta.label_lower, record_id=str(pledge.pk), action="freeze"
    ).first()
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
        "phần chung" if row["common"] else "phần riêng",
        row["note"],
    ]
    return ", ".join(part for part in parts if part)


# --- who and how ----------------------------------------------------------------------------------------------------
def side_to_sign(pledge: Pledge, user: Any) -> Side | None:
    """For which side ``user`` may sign now; None when he may not, or his side has signed."""
    if pledge.status != Pledge.Status.AGREED or not pledge.participation.campaign.is_running:
        return None
    done = {row.side for row in pledge.signatures.all()}
    return next(
        (side for side, permission in PERMISSIONS.items() if side not in done and user.has_perm(permission, pledge)),
        None,
    )


def capacity_of(pledge: Pledge, side: str, user: User) -> str:
    """Post and unit in which ``user`` signs for ``side`` today."""
    roles = matrix()[PERMISSIONS[Side(side)]]
    for row in rights(user).memberships:
        if row.role in roles and (side == Side.PROVINCE or row.unit_id == pledge.participation.unit_id):
            return f"{row.post or row.get_role_display()}, {row.unit.name}"[:150]
    raise PermissionDenied


def confirm_password(user: User, password: str, *, now: datetime.datetime) -> None:
    """Make sure that it is really ``user``. Raises DomainError; after five wrong tries nobody may try for a while.

    Tries are counted in the audit trail: the count holds over all processes and a wrong password leaves a trace. Call it
    outside of a transaction, or the refusal would take its own trace along.
    """
    with transaction.atomic():
        # One try at a time: ten sent at once would all see the same count.
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        refused = AuditEntry.objects.filter(
            record_type=user._meta.label_lower, record_id=str(user.pk), action=_REFUSED, at__gt=now - WINDOW
        ).order_by("at")
        tries = list(refused.values_list("at", flat=True))
        may_try = len(tries) < MAX_TRIES
        is_right = may_try and user.check_password(password)
        if may_try and not is_right:
            audit.record(user, _REFUSED, actor=user)
    if not may_try:
        wait = int((tries[-MAX_TRIES] + WINDOW - now).total_seconds() // 60) + 1
        raise DomainError(f"Mật khẩu đã bị nhập sai {MAX_TRIES} lần nên việc ký tạm dừng. Hãy thử lại sau {wait} phút.")
    if not is_right:
        left = MAX_TRIES - len(tries) - 1
        rest = f"Còn {left} lần thử." if left else f"Hãy chờ {WINDOW.seconds // 60} phút rồi thử lại."
        raise DomainError(f"Mật khẩu chưa đúng nên giao ước chưa được ký. {rest}")


# --- signing --------------------------------------------------------------------------------------------------------
def sign_pledge(
    pledge: Pledge, *, actor: Any, side: str, password: str, seen_hash: str, now: datetime.datetime | None = None
) -> Signature:
    """Sign for one side with the re-entered password. ``seen_hash`` is the content that was on the signer's screen.

    When both sides have signed, the pledge is signed in the same transaction.
    """
    now = now or timezone.now()
    _authorise(pledge, actor, side)
    confirm_password(actor, password, now=now)
    return _sign(pledge, actor, side, seen_hash, now)


def _authorise(pledge: Pledge, actor: Any, side: str) -> None:
    if side not in PERMISSIONS or not actor.has_perm(PERMISSIONS[Side(side)], pledge):
        raise PermissionDenied


@transaction.atomic
def _sign(
    pledge: Pledge, actor: Any, side: str, seen_hash: str, now: datetime.datetime, *, tell_officers: bool = True
) -> Signature:
    lock_pledge(pledge)
    locked = Pledge.objects.with_content().get(pk=pledge.pk)
    _authorise(locked, actor, side)
    _check_signable(locked, side, seen_hash)
    signature = Signature.objects.create(
        pledge=locked,
        side=side,
        signer=actor,
        name=actor.full_name,
        capacity=capacity_of(locked, side, actor),
        method=Signature.Method.PASSWORD,
        signed_at=now,
        document_hash=locked.document_hash,
    )
    audit.record(locked, "sign", actor=actor, changes={"Bên ký": ["", f"{signature.get_side_display()}: {signature}"]})
    # Asked anew: the signatures that came with the pledge do not hold this one.
    if Signature.objects.filter(pledge=locked).count() == len(PERMISSIONS):
        PLEDGE.apply(locked, "complete", actor=actor)
        ask_for_rollup(locked.participation.campaign)
        notify(PledgeSigned.about(locked), _readers(locked, actor, tell_officers))
    return signature


def _check_signable(pledge: Pledge, side: str, seen_hash: str) -> None:
    earlier = next((row for row in pledge.signatures.all() if row.side == side), None)
    if earlier is not None:
        when = f"{timezone.localtime(earlier.signed_at):%H:%M %d/%m/%Y}"
        raise DomainError(f"{earlier.name} đã ký cho bên này lúc {when}. Không cần ký thêm.")
    if pledge.status != Pledge.Status.AGREED:
        raise DomainError(
            f"Giao ước đang ở trạng thái “{pledge.get_status_display()}”, chỉ ký được khi hai bên đã thống nhất nội dung."
        )
    if seen_hash != pledge.document_hash:
        raise DomainError("Nội dung giao ước đã khác bản bạn vừa xem. Hãy tải lại trang, đọc lại rồi ký.")
    if not is_intact(pledge):
        raise DomainError(
            "Nội dung giao ước không còn đúng bản đã thống nhất nên không ký được. "
            "Hãy báo cơ quan phát động mở lại để thương lượng và thống nhất lại.",
            differences(pledge),
        )


def _readers(pledge: Pledge, actor: Any, tell_officers: bool) -> list[User]:
    row = pledge.participation
    people = list(row.unit.members(Role.EDITOR, Role.LEADER))
    if tell_officers:
        people += [person for person in (row.cluster and row.cluster.officer, row.campaign.contact) if person]
        people += [signature.signer for signature in pledge.signatures.select_related("signer")]
    return [person for person in people if person.pk != actor.pk]


@dataclass
class BulkOutcome:
    """What one act of signing many did: names of the signed, and a sentence for each that was left out."""

    signed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def sign_many(
    pledges: Iterable[Pledge],
    *,
    actor: Any,
    password: str,
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
    confirm_password(actor, password, now=now)
    outcome = BulkOutcome()
    for pledge in pledges:
        name = pledge.participation.name
        try:
            _sign(pledge, actor, Side.PROVINCE, seen_hashes.get(pledge.pk, ""), now, tell_officers=False)
        except DomainError as error:
            outcome.skipped.append(f"{name}: {error.message}")
        except PermissionDenied:
            outcome.skipped.append(f"{name}: bạn không được ký cho đơn vị mình đang hoặc vừa công tác.")
        else:
            outcome.signed.append(name)
    return outcome
