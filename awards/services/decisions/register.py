"""Sổ khen thưởng: who sees what, history through mergers, lines taken over from before the portal."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from awards.models import Award, AwardType, Decision, Recipient
from awards.services.recipients.facts import Ancestry
from dvk_portal.core import audit
from dvk_portal.core.documents.freezing import new_code
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from units import access
from units.models import Unit

FIRST_YEAR = 1945


def visible_awards(user: Any) -> QuerySet[Award]:
    """Awards of the units that ``user`` reaches. Units see those of a decision once it is published."""
    rows = Award.objects.visible_to(user)
    if not user.has_perm("award.manage"):
        rows = rows.filter(
            Q(decision=None) | Q(decision__status__in=(Decision.Status.PUBLISHED, Decision.Status.REVOKED))
        )
    return rows.select_related("award_type", "unit", "recipient", "decision")


def with_predecessors(unit: Unit) -> list[int]:
    """The unit and every unit that went into it (units.Lineage)."""
    return [unit.pk, *Ancestry.load().all_before(unit.pk)]


@dataclass(frozen=True)
class Line:
    """One award in a history; ``before``: the name of the unit that had it before the merger."""

    award: Award
    before: str = ""


def history_of(award: Award, user: Any) -> list[Line]:
    """Every award of the same recipient that ``user`` may see, newest first; of a unit also those of its predecessors."""
    recipient = award.recipient
    units = with_predecessors(recipient.of_unit) if recipient.of_unit_id else []
    rows = Award.objects.filter(Q(recipient=recipient) | Q(recipient__of_unit__in=units))
    seen = visible_awards(user).filter(pk__in=rows.values("pk")).order_by("-decided_on", "-pk")
    return [Line(row, "" if row.recipient_id == recipient.pk else row.unit_name) for row in seen]


def duplicates_of(
    recipient: Recipient, award_type: AwardType, year: int, decision_no: str, decided_on: datetime.date
) -> list[Award]:  # fmt: skip
    """Standing awards that may be the same one: same recipient and award in that year or by that decision, or the same name
    at the same unit."""
    namesakes = Q(recipient=recipient) | Q(recipient__search_key=recipient.search_key, unit=recipient.unit)
    same = Q(year=year) | Q(decision_no__iexact=decision_no.strip(), decided_on=decided_on)
    return list(
        Award.objects.standing().filter(namesakes, same, award_type=award_type).select_related("award_type")[:5]
    )


@dataclass(frozen=True)
class Earlier:
    """An award of before the portal, as its paper says."""

    award_type: AwardType
    award_kind: str
    year: int
    authority: str
    decision_no: str
    decided_on: datetime.date
    name: str
    post: str = ""
    unit_name: str = ""
    period_from: datetime.date | None = None
    period_to: datetime.date | None = None
    achievement: str = ""
    posthumous: bool = False
    gold_book_no: str = ""


@transaction.atomic
def enter_earlier_award(
    recipient: Recipient, earlier: Earlier, *, actor: Any, today: datetime.date, knows_duplicates: bool = False
) -> Award:  # fmt: skip
    """Take an earlier award into the register. DomainError in sentences; of a likely duplicate unless he knows of it."""
    if not actor.has_perm("award.manage", recipient):
        raise PermissionDenied
    if faults := _faults(recipient, earlier, today):
        raise DomainError("Chưa ghi được khen thưởng.", faults)
    Recipient.objects.select_for_update(of=("self",)).get(pk=recipient.pk)
    alike = duplicates_of(recipient, earlier.award_type, earlier.year, earlier.decision_no, earlier.decided_on)
    if alike and not knows_duplicates:
        raise DomainError(
            "Có thể khen thưởng này đã có trong sổ. Hãy kiểm tra; nếu là khen thưởng khác, đánh dấu “Không trùng” rồi ghi.",
            [f"{row}, Quyết định số {row.decision_no} ngày {row.decided_on:%d/%m/%Y}." for row in alike],
        )
    words = f"{earlier.name} {earlier.unit_name} {earlier.award_type.name} {earlier.decision_no}"
    values = vars(earlier) | {"unit_name": earlier.unit_name or recipient.unit.name}
    try:
        with transaction.atomic():
            award = Award.objects.create(
                recipient=recipient, unit=recipient.unit, subject_kind=recipient.kind, code=new_code(),
                search_key=search_key(words)[:600], registered_by=actor, **values,
            )  # fmt: skip
    except IntegrityError as error:
        raise DomainError("Khen thưởng này đã có trong sổ với cùng số và ngày quyết định.") from error
    audit.record(award, "enter_award", actor=actor)
    return award


def _faults(recipient: Recipient, earlier: Earlier, today: datetime.date) -> list[str]:
    found = []
    if not earlier.award_type.is_for(recipient.kind):
        found.append(f"{earlier.award_type} không tặng cho {recipient.get_kind_display().lower()}.")
    if earlier.decided_on > today:
        found.append("Ngày quyết định không được ở tương lai.")
    if not FIRST_YEAR <= earlier.year <= today.year:
        found.append(f"Năm khen thưởng phải từ {FIRST_YEAR} đến {today.year}.")
    if earlier.year > earlier.decided_on.year:
        found.append("Năm khen thưởng không được sau năm của quyết định.")
    if earlier.period_from and earlier.period_to and earlier.period_to < earlier.period_from:
        found.append("Thời gian thành tích: ngày kết thúc phải bằng hoặc sau ngày bắt đầu.")
    return found


def recipients_to_enter(user: Any, text: str) -> QuerySet[Recipient]:
    """Who may be given a line in the register, by words of the name."""
    rows = access.scope(Recipient.objects.search(text), user, "award.manage")
    return rows.select_related("unit")
