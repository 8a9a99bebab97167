"""Cancelling: states change, nothing is deleted; money comes back, what rested on it is looked at again (R-50, Luật Điều 93)."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from awards.models import Award, Decision, Payment
from awards.notifications.decisions import tell_revoked
from awards.services.decisions.locking import lock_decision, move_many
from awards.services.decisions.money import settle_titles, standing_payments
from awards.services.decisions.resting import Resting, resting_on
from awards.workflows import AWARD, DECISION, NOMINATION
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document
from dvk_portal.core.numbers import format_number
from dvk_portal.core.working_days import province_calendar
from pledges.services.recorddocuments import end_documents_of

_S = Payment.State
NEVER_PAID = "Khen thưởng bị hủy trước khi chi."


@dataclass(frozen=True)
class Order:
    """The decision that cancels; ``received_on``: when who was honoured received it, from which the return of money counts."""

    reason: str
    decision_no: str
    decided_on: datetime.date
    received_on: datetime.date

    def faults(self, awards: list[Award], today: datetime.date) -> list[str]:
        found = [] if self.reason.strip() else ["Hãy ghi lý do hủy."]
        found += [] if self.decision_no.strip() else ["Hãy ghi số quyết định hủy."]
        if self.decided_on > today or self.received_on > today:
            found.append("Ngày quyết định hủy, ngày nhận quyết định không được ở tương lai.")
        if self.received_on < self.decided_on:
            found.append("Ngày nhận quyết định hủy phải bằng hoặc sau ngày quyết định hủy.")
        if any(award.decided_on > self.decided_on for award in awards):
            found.append("Ngày quyết định hủy phải bằng hoặc sau ngày quyết định khen thưởng.")
        return found


@dataclass
class Consequences:
    """What cancelling ``awards`` brings, for the page before the act and for the act itself."""

    awards: list[Award]
    to_return: list[Payment] = field(default_factory=list)
    never_paid: list[Payment] = field(default_factory=list)
    resting: list[Resting] = field(default_factory=list)
    documents: int = 0
    due_on: datetime.date | None = None

    @property
    def money(self) -> int:
        """đồng to come back."""
        return sum(row.amount for row in self.to_return)


def return_due(received_on: datetime.date) -> datetime.date:
    """Until when money and objects come back: working days after receiving the decision (NĐ 152/2025, Điều 58.2)."""
    return province_calendar().add_working_days(received_on, settings.AWARD_RETURN_DAYS)


def consequences_of(awards: Iterable[Award], received_on: datetime.date | None = None) -> Consequences:
    """What cancelling these standing awards would bring. Nothing is changed."""
    awards = list(awards)
    found = Consequences(awards, due_on=return_due(received_on) if received_on else None)
    rows = Payment.objects.filter(award__in=awards).select_related("award__award_type", "award__decision")
    for payment in rows.order_by("pk"):
        if payment.state == _S.PAID:
            found.to_return.append(payment)
        elif payment.state == _S.OWED:
            found.never_paid.append(payment)
    found.resting = resting_on(awards)
    found.documents = _documents_of(awards).count()
    return found


def _documents_of(awards: list[Award]) -> Any:
    keys = [str(award.pk) for award in awards]
    return Document.objects.filter(record_type=Award._meta.label_lower, record_id__in=keys).living()


# --- the acts --------------------------------------------------------------------------------------------------------
@transaction.atomic
def revoke_award(
    award: Award, *, actor: Any, reason: str, decision_no: str, decided_on: datetime.date, received_on: datetime.date
) -> Award:
    """Cancel one award by a decision of its own. Raises PermissionDenied, or DomainError in sentences."""
    if not actor.has_perm("award.decide", award):
        raise PermissionDenied
    order = Order(reason.strip(), decision_no.strip(), decided_on, received_on)
    locked = _lock([award.pk])
    if locked[0].status != Award.Status.GRANTED:
        raise DomainError("Khen thưởng này đã bị hủy trước đó. Hãy tải lại trang.")
    if faults := order.faults(locked, timezone.localdate()):
        raise DomainError("Chưa hủy được khen thưởng.", faults)
    _revoke(locked, order, actor)
    return locked[0]


@transaction.atomic
def revoke_decision(
    decision: Decision,
    *,
    actor: Any,
    reason: str,
    decision_no: str = "",
    decided_on: datetime.date | None = None,
    received_on: datetime.date | None = None,
) -> Decision:
    """Give up a draft (its nominations wait again), or cancel a decision with every award that still stands."""
    locked = lock_decision(decision, actor)
    had_effect = locked.status in Decision.IN_FORCE
    awards = _lock(locked.awards.standing().values_list("pk", flat=True)) if had_effect else []
    if had_effect:
        order = Order(reason.strip(), decision_no.strip(), *_days(decided_on, received_on))
        if faults := order.faults(awards, timezone.localdate()):
            raise DomainError("Chưa hủy được quyết định.", faults)
    DECISION.apply(locked, "revoke", actor=actor, note=reason, end_note=reason.strip())
    end_documents_of(locked, actor=actor, reason=reason.strip())
    if not had_effect:
        locked.lines.all().delete()
    elif awards:
        _revoke(awards, order, actor)
    return locked


def _days(
    decided_on: datetime.date | None, received_on: datetime.date | None
) -> tuple[datetime.date, datetime.date]:  # fmt: skip
    if decided_on is None or received_on is None:
        raise DomainError("Hãy ghi ngày quyết định hủy và ngày nhận quyết định.")
    return decided_on, received_on


def _lock(keys: Iterable[int]) -> list[Award]:
    """The awards and their payments: nobody pays meanwhile."""
    rows = Award.objects.select_for_update(of=("self",)).filter(pk__in=list(keys)).order_by("pk")
    found = list(rows.select_related("award_type", "unit", "recipient", "decision", "nomination__award_type"))
    list(Payment.objects.select_for_update(of=("self",)).filter(award__in=found).order_by("pk"))
    return found


def _revoke(awards: list[Award], order: Order, actor: Any) -> None:
    """Everything that follows, in a number of statements that does not grow with the awards (what rests on them aside)."""
    found = consequences_of(awards, order.received_on)
    _end_awards(awards, order, actor)
    _end_payments(found)
    words = f"Hủy theo Quyết định số {order.decision_no}: {order.reason}"
    move_many([(row.nomination, words) for row in awards if row.nomination_id], "revoke", actor)
    _pay_lower_titles(awards)
    for award in awards if found.documents else ():
        end_documents_of(award, actor=actor, reason=order.reason)
    _flag(found.resting)
    tell_revoked(awards, order.reason, _sentences(found))


def _end_awards(awards: list[Award], order: Order, actor: Any) -> None:
    now, target = timezone.now(), AWARD.transitions["revoke"].target
    written = {
        "status": target, "ended_at": now, "ended_by": actor, "end_note": order.reason,
        "end_decision_no": order.decision_no, "end_decided_on": order.decided_on,
    }  # fmt: skip
    audit.record_many(
        [
            {
                "subject": award, "action": "revoke", "actor": actor, "note": order.reason,
                "changes": {
                    "status": [award.status, target], "end_decision_no": ["", order.decision_no],
                    "end_decided_on": [None, order.decided_on],
                },
            }
            for award in awards
        ]
    )  # fmt: skip
    Award.objects.filter(pk__in=[award.pk for award in awards]).update(**written)
    for award in awards:
        for name, value in written.items():
            setattr(award, name, value)


def _end_payments(found: Consequences) -> None:
    for row in found.to_return:
        row.state, row.due_on = _S.RECEIVABLE, found.due_on
    for row in found.never_paid:
        row.state, row.note = _S.NOT_PAID, NEVER_PAID
    Payment.objects.bulk_update([*found.to_return, *found.never_paid], ["state", "due_on", "note"], batch_size=200)


def _pay_lower_titles(awards: list[Award]) -> None:
    """Beside a cancelled title a lower one of the same period is owed after all (R-42)."""
    by_day: dict[datetime.date, set[int]] = defaultdict(set)
    for award in awards:
        if award.award_type.is_title:
            by_day[award.decided_on].add(award.recipient_id)
    changed = [row for day, keys in by_day.items() for row in settle_titles(standing_payments(keys, day))]
    Payment.objects.bulk_update(changed, ["state", "amount", "note"], batch_size=200)


def _flag(resting: list[Resting]) -> None:
    """Later awards are marked, nominations go back to be checked: by the system, since the cancelling itself demands it."""
    for one in resting:
        if isinstance(one.record, Award):
            earlier = f"{one.record.flag} " if one.record.flag else ""
            one.record.flag = f"{earlier}{one.sentence}"[:300]
            one.record.save(update_fields=["flag"])
            audit.record(one.record, "flag_award", actor=None, note=one.sentence)
        else:
            NOMINATION.apply(one.record, "set_to_check", actor=None, note=one.sentence)


def _sentences(found: Consequences) -> dict[int, list[str]]:
    """By award: what the letter to the unit says besides."""
    sentences: dict[int, list[str]] = defaultdict(list)
    for row in found.to_return:
        sentences[row.award_id].append(
            f"{row.award.name}: nộp lại {format_number(row.amount)} đồng, chậm nhất ngày {row.due_on:%d/%m/%Y}."
        )
    for one in found.resting:
        sentences[one.cause.pk].append(f"{one.record}: {one.sentence}")
    return sentences
