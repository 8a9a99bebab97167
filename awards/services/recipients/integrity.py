"""Discipline and holds (P4, P5; R-51): kept and read by holders of award.integrity only.

Nothing of their content leaves here: the moves of nominations carry one general sentence, and no letter is sent.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from awards.models import Discipline, IntegrityHold, Nomination, Recipient
from awards.workflows import NOMINATION
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError

# What the unit reads on its nomination: which kind of hold, and that there is one at all, is not told further.
HELD_NOTE = "Tạm dừng xét theo NĐ 152/2025/NĐ-CP, Điều 4.4."
RELEASED_NOTE = "Hết thời gian tạm dừng xét; thẩm định lại."


def sees_integrity(user: Any, recipient: Recipient) -> bool:
    """Whether ``user`` may know of discipline and holds of ``recipient``."""
    return user.has_perm("award.integrity", recipient)


def _lock(recipient: Recipient, actor: Any) -> Recipient:
    if not sees_integrity(actor, recipient):
        raise PermissionDenied
    return Recipient.objects.select_for_update(of=("self",)).select_related("unit").get(pk=recipient.pk)


@transaction.atomic
def enter_discipline(
    recipient: Recipient, *, actor: Any, level: str, from_day: datetime.date, to_day: datetime.date | None,
    document_no: str = "", today: datetime.date,
) -> Discipline:  # fmt: skip
    """Kỷ luật as its decision says. While it lasts nothing is proposed; afterwards achievements count from its end."""
    locked = _lock(recipient, actor)
    if from_day > today:
        raise DomainError("Ngày có hiệu lực ở tương lai. Hãy ghi khi quyết định có hiệu lực.")
    if to_day is not None and to_day < from_day:
        raise DomainError("Ngày hết thời hạn phải bằng hoặc sau ngày có hiệu lực.")
    row = Discipline.objects.create(
        recipient=locked, level=level, from_day=from_day, to_day=to_day, document_no=document_no.strip(),
        entered_by=actor,
    )  # fmt: skip
    audit.record(row, "create", actor=actor)
    return row


@transaction.atomic
def end_discipline(discipline: Discipline, *, actor: Any, to_day: datetime.date) -> Discipline:
    """Set or correct the last day of a discipline."""
    _lock(discipline.recipient, actor)
    if to_day < discipline.from_day:
        raise DomainError("Ngày hết thời hạn phải bằng hoặc sau ngày có hiệu lực.")
    before, discipline.to_day = discipline.to_day, to_day
    discipline.save(update_fields=["to_day"])
    audit.record(discipline, "change", actor=actor, changes={"to_day": [before, to_day]})
    return discipline


@transaction.atomic
def open_hold(
    recipient: Recipient, *, actor: Any, reason: str, note: str, from_day: datetime.date, today: datetime.date
) -> IntegrityHold:
    """Stop what runs: the live nominations of the recipient wait until the hold is closed."""
    locked = _lock(recipient, actor)
    if not note.strip():
        raise DomainError("Hãy ghi nội dung tạm dừng: văn bản nào, về việc gì.")
    if from_day > today:
        raise DomainError("Ngày tạm dừng ở tương lai. Hãy ghi từ hôm nay trở về trước.")
    hold = IntegrityHold.objects.create(
        recipient=locked, reason=reason, note=note.strip(), from_day=from_day, opened_by=actor
    )
    audit.record(hold, "open_hold", actor=actor)
    for nomination in _nominations(locked, NOMINATION.transitions["hold"].sources):
        _move(nomination, "hold", actor, HELD_NOTE)
    return hold


@transaction.atomic
def close_hold(
    hold: IntegrityHold, *, actor: Any, outcome: str, note: str, to_day: datetime.date, today: datetime.date
) -> IntegrityHold:
    """End a hold with what came of it. Nominations that waited go back to appraisal once no other hold is left."""
    recipient = _lock(hold.recipient, actor)
    row = IntegrityHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if row.outcome:
        raise DomainError("Việc tạm dừng này đã kết thúc. Hãy tải lại trang.")
    findings = []
    if outcome not in (IntegrityHold.Outcome.CLEARED, IntegrityHold.Outcome.CONFIRMED):
        findings.append("Hãy chọn kết luận.")
    if not note.strip():
        findings.append("Hãy ghi nội dung kết luận.")
    if not row.from_day <= to_day <= today:
        findings.append(f"Ngày kết thúc phải từ {row.from_day:%d/%m/%Y} đến hôm nay.")
    if findings:
        raise DomainError("Chưa kết thúc được tạm dừng xét.", findings)
    row.outcome, row.outcome_note, row.to_day = outcome, note.strip(), to_day
    row.ended_at, row.ended_by = timezone.now(), actor
    row.save(update_fields=["outcome", "outcome_note", "to_day", "ended_at", "ended_by"])
    audit.record(row, "close_hold", actor=actor)
    if not recipient.holds.filter(outcome=IntegrityHold.Outcome.OPEN).exists():
        for nomination in _nominations(recipient, NOMINATION.transitions["release"].sources):
            _move(nomination, "release", actor, RELEASED_NOTE)
    return row


def _nominations(recipient: Recipient, states: tuple[str, ...]) -> list[Nomination]:
    rows = Nomination.objects.filter(recipient=recipient, status__in=states).select_related("unit")
    return list(rows.order_by("pk"))


def _move(nomination: Nomination, name: str, actor: Any, note: str) -> None:
    """As the actor; of another body, which he does not reach, as the system: the hold is the person's wherever he is proposed."""
    mover = actor if actor.has_perm("award.integrity", nomination) else None
    NOMINATION.apply(nomination, name, actor=mover, note=note)
