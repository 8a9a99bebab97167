"""Quỹ thi đua, khen thưởng: income, outgo, balance; paying prize money and taking it back (law.md §7). Whole đồng, no floats.

A line is never deleted: a mistake is cancelled by a counter-entry. Who books waits for the body's lock, so the balance that was
checked is the one that is booked on.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Sum, When

from awards.models import Decision, FundEntry, Payment
from awards.services.decisions.money import MoneyTable, settle_titles, standing_payments
from campaigns.services.campaigns import owners_for
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import format_number
from units import access
from units.models import Unit

INCOME, OUTGO = FundEntry.Kind.INCOME, FundEntry.Kind.OUTGO
_S = Payment.State
FIRST_YEAR = 2000
# What a counter-entry takes back is subtracted from where it stood, so that totals do not grow by mistakes.
_SIGNED = Case(When(reverses=None, then=F("amount")), default=-F("amount"))


@dataclass(frozen=True)
class Balance:
    """The fund of one body in one year, in đồng. ``carried``: what earlier years left."""

    carried: int
    income: int
    outgo: int

    @property
    def left(self) -> int:
        return self.carried + self.income - self.outgo

    @property
    def for_organising(self) -> int:
        """What the law leaves for organising emulation out of the year's income; for information only."""
        return self.income * settings.AWARD_FUND_ORGANISING_PERCENT // 100


def balance(unit: Unit, year: int) -> Balance:
    """Income and outgo of ``year`` without what counter-entries took back, and what earlier years left. One query."""
    incoming = Q(kind=INCOME, reverses=None) | Q(kind=OUTGO, reverses__isnull=False)
    found = FundEntry.objects.filter(unit=unit, year__lte=year).aggregate(
        income=Sum(_SIGNED, filter=incoming & Q(year=year)),
        outgo=Sum(_SIGNED, filter=~incoming & Q(year=year)),
        before_in=Sum("amount", filter=Q(kind=INCOME, year__lt=year)),
        before_out=Sum("amount", filter=Q(kind=OUTGO, year__lt=year)),
    )
    numbers = {name: int(value or 0) for name, value in found.items()}
    return Balance(numbers["before_in"] - numbers["before_out"], numbers["income"], numbers["outgo"])


def entries_of(unit: Unit, year: int) -> QuerySet[FundEntry]:
    rows = FundEntry.objects.filter(unit=unit, year=year)
    return rows.select_related("added_by", "payment__award__decision", "reverses", "reversed_by")


def funds_of(user: Any) -> list[Unit]:
    """Bodies whose fund ``user`` keeps: his own first, then those that have booked or decided something."""
    if not user.has_perm("award.fund"):
        return []
    own = [unit for unit in owners_for(user) if user.has_perm("award.fund", unit)][:1]
    rows = access.scope(Unit.objects.all(), user, "award.fund").exclude(pk__in=[unit.pk for unit in own])
    return [*own, *rows.filter(Q(fund_entries__isnull=False) | Q(award_decisions__isnull=False)).distinct()]


# --- booking ---------------------------------------------------------------------------------------------------------
def lock_fund(unit: Unit) -> None:
    """Whoever books or decides for this body waits here; taken before any payment is locked."""
    Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)


def _book(unit: Unit, entries: list[FundEntry], *, actor: Any, reason: str = "") -> list[FundEntry]:
    """Write ``entries``. DomainError when the fund would fall below zero and no reason is given."""
    if not actor.has_perm("award.fund", unit):
        raise PermissionDenied
    lock_fund(unit)
    short = _shortage(unit, entries)
    if short and not reason.strip():
        raise DomainError(short, ["Hãy ghi khoản thu trước, hoặc ghi lý do chi vượt quỹ."])
    for entry in entries:
        entry.unit, entry.added_by = unit, actor
    saved = FundEntry.objects.bulk_create(entries, batch_size=500)
    note = f"Chi vượt quỹ: {reason.strip()}" if short else ""
    audit.record_many(
        [
            {
                "subject": entry, "action": "book_entry", "actor": actor, "note": note,
                "changes": {"kind": [None, entry.get_kind_display()], "amount": [None, entry.amount]},
            }
            for entry in saved
        ]
    )  # fmt: skip
    return saved


def _shortage(unit: Unit, entries: list[FundEntry]) -> str:
    """A sentence when ``entries`` would leave less than nothing in some year; "" when they would not, or when they add."""
    change = sum(entry.amount if entry.kind == INCOME else -entry.amount for entry in entries)
    if change >= 0:
        return ""
    first = min(entry.year for entry in entries)
    later = FundEntry.objects.filter(unit=unit, year__gt=first).order_by().values_list("year", flat=True).distinct()
    # What is spent in an earlier year is missing in every later one.
    found = ((year, balance(unit, year).left) for year in sorted({first, *later}))
    year, left = next(((year, left) for year, left in found if left + change < 0), (first, -change))
    if left + change >= 0:
        return ""
    return (
        f"Quỹ năm {year} của {unit.name} còn {format_number(left)} đồng, không đủ chi {format_number(-change)} đồng "
        f"(thiếu {format_number(-(left + change))} đồng)."
    )


@transaction.atomic
def add_entry(
    unit: Unit, *, actor: Any, kind: str, day: datetime.date, amount: int, text: str, document_no: str = "",
    reason: str = "", today: datetime.date,
) -> FundEntry:  # fmt: skip
    """Income or outgo entered by hand, of the year of its day."""
    if not actor.has_perm("award.fund", unit):
        raise PermissionDenied
    _check_day(day, today)
    if amount <= 0:
        raise DomainError("Số tiền phải lớn hơn 0.")
    entry = FundEntry(
        year=day.year, day=day, kind=kind, amount=amount, text=" ".join(text.split()), document_no=document_no.strip()
    )
    return _book(unit, [entry], actor=actor, reason=reason)[0]


def _check_day(day: datetime.date, today: datetime.date) -> None:
    if day > today:
        raise DomainError("Ngày thu, chi không được ở tương lai.")
    if day.year < FIRST_YEAR:
        raise DomainError(f"Ngày thu, chi phải từ năm {FIRST_YEAR}.")


@transaction.atomic
def reverse_entry(entry: FundEntry, *, actor: Any, reason: str, today: datetime.date) -> FundEntry:
    """Cancel a line by its counter-entry of today; money of an award is owed (or to be returned) again."""
    lock_fund(entry.unit)
    locked = FundEntry.objects.select_for_update(of=("self",)).select_related("unit").get(pk=entry.pk)
    if not actor.has_perm("award.fund", locked):
        raise PermissionDenied
    reason = " ".join(reason.split())
    if not reason:
        raise DomainError("Hãy ghi lý do hủy dòng này.")
    if locked.reverses_id or FundEntry.objects.filter(reverses=locked).exists():
        raise DomainError("Dòng này đã được hủy hoặc là bút toán hủy nên không hủy thêm được.")
    counter = FundEntry(
        year=locked.year, day=today, kind=INCOME if locked.kind == OUTGO else OUTGO, amount=locked.amount,
        text=f"Hủy: {locked.text}. {reason}"[:250], document_no=locked.document_no, payment_id=locked.payment_id,
        reverses=locked,
    )  # fmt: skip
    made = _book(locked.unit, [counter], actor=actor, reason=reason)[0]
    if locked.payment_id:
        _unsettle(Payment.objects.select_for_update(of=("self",)).get(pk=locked.payment_id), locked.kind, actor)
    return made


def _unsettle(payment: Payment, kind: str, actor: Any) -> None:
    """One step back, and only by the line that made the step: the outgo of money that has come back stays."""
    back = {(_S.PAID, OUTGO): _S.OWED, (_S.RETURNED, INCOME): _S.RECEIVABLE}
    if (payment.state, kind) not in back:
        raise DomainError(
            f"Tiền thưởng này đang ở trạng thái “{payment.get_state_display()}” nên không hủy được dòng chi. "
            "Hãy ghi khoản thu hồi."
        )
    _settle([payment], back[payment.state, kind], None, actor)


# --- prize money -----------------------------------------------------------------------------------------------------
@transaction.atomic
def pay_lines(
    decision: Decision, keys: Iterable[int], *, actor: Any, day: datetime.date, document_no: str, today: datetime.date,
    reason: str = "",
) -> list[Payment]:  # fmt: skip
    """Pay those of the payments ``keys`` of the decision that are owed; each becomes a line of the fund."""
    if not actor.has_perm("award.fund", decision):
        raise PermissionDenied
    _check_day(day, today)
    lock_fund(decision.unit)
    rows = _locked(keys).filter(award__decision=decision)
    owed = [row for row in rows if row.state == _S.OWED and row.amount > 0]
    if not owed:
        raise DomainError("Hãy chọn ít nhất một dòng còn phải chi.")
    if decision.dated_on is not None and day < decision.dated_on:
        raise DomainError("Ngày chi phải bằng hoặc sau ngày quyết định.")
    entries = [
        FundEntry(
            year=day.year, day=day, kind=OUTGO, amount=row.amount, document_no=document_no.strip(), payment=row,
            text=f"Tiền thưởng {row.award.award_type}: {row.award.name}"[:250],
        )
        for row in owed
    ]  # fmt: skip
    _book(decision.unit, entries, actor=actor, reason=reason)
    return _settle(owed, _S.PAID, day, actor)


@transaction.atomic
def take_back(payment: Payment, *, actor: Any, day: datetime.date, document_no: str, today: datetime.date) -> Payment:
    """Money of a cancelled award came back: it is income of the fund that paid it."""
    unit = payer_of(payment)
    lock_fund(unit)
    row = _locked([payment.pk]).get()
    if not actor.has_perm("award.fund", unit):
        raise PermissionDenied
    _check_day(day, today)
    if row.state != _S.RECEIVABLE:
        raise DomainError(f"Khoản này đang ở trạng thái “{row.get_state_display()}” nên không có gì để thu hồi.")
    if row.settled_on and day < row.settled_on:
        raise DomainError("Ngày thu hồi phải bằng hoặc sau ngày chi.")
    text = f"Thu hồi tiền thưởng {row.award.award_type}: {row.award.name}"[:250]
    entry = FundEntry(
        year=day.year, day=day, kind=INCOME, amount=row.amount, document_no=document_no.strip(), payment=row, text=text
    )
    _book(unit, [entry], actor=actor)
    return _settle([row], _S.RETURNED, day, actor)[0]


def payer_of(payment: Payment) -> Unit:
    """The body whose fund it is."""
    award = payment.award
    return award.decision.unit if award.decision else award.unit


def _locked(keys: Iterable[int]) -> QuerySet[Payment]:
    rows = Payment.objects.select_for_update(of=("self",)).filter(pk__in=list(keys)).order_by("pk")
    return rows.select_related("award__award_type", "award__decision__unit", "award__unit")


def _settle(rows: list[Payment], state: str, day: datetime.date | None, actor: Any) -> list[Payment]:
    words = Payment.State(state).label
    audit.record_many(
        [
            {
                "subject": row, "action": "settle_money", "actor": actor,
                "changes": {"state": [row.get_state_display(), words], "settled_on": [row.settled_on, day]},
            }
            for row in rows
        ]
    )  # fmt: skip
    for row in rows:
        row.state, row.settled_on = state, day
    Payment.objects.bulk_update(rows, ["state", "settled_on"], batch_size=200)
    return rows


@transaction.atomic
def set_coefficient(payment: Payment, *, actor: Any, coefficient: Any, reason: str) -> Payment:
    """Pay less than the tariff allows (a badge has only a ceiling, R-41). DomainError above it, or without a reason."""
    lock_fund(payer_of(payment))
    row = _locked([payment.pk]).get()
    if row.award.decision is None or not actor.has_perm("award.fund", row.award.decision):
        raise PermissionDenied
    if row.state != _S.OWED:
        raise DomainError(f"Khoản này đang ở trạng thái “{row.get_state_display()}” nên không đổi hệ số được.")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do áp dụng hệ số này.")
    award, rule_set = row.award, row.award.nomination.rule_set if row.award.nomination else None
    table = MoneyTable([rule_set], [award.award_type])
    worth = table.worth(award.award_type, rule_set, award.subject_kind, award.decided_on, asked=coefficient)
    before = row.coefficient
    row.coefficient, row.raw, row.amount, row.note = worth.coefficient, worth.raw, worth.amount, reason.strip()[:250]
    row.save(update_fields=["coefficient", "raw", "amount", "note"])
    group = [row if one.pk == row.pk else one for one in standing_payments([award.recipient_id], award.decided_on)]
    Payment.objects.bulk_update(settle_titles(group), ["state", "amount", "note"])
    changes = {"coefficient": [before, row.coefficient], "amount": [None, row.amount]}
    audit.record(row, "set_coefficient", actor=actor, changes=changes, note=reason.strip())
    return row


# --- what is owed ----------------------------------------------------------------------------------------------------
def receivables(user: Any) -> QuerySet[Payment]:
    """Money of cancelled awards that has not come back, the most urgent first."""
    rows = Payment.objects.filter(state=_S.RECEIVABLE).select_related(
        "award__award_type", "award__unit", "award__decision"
    )
    return access.scope(rows, user, "award.fund").order_by("due_on", "pk")


def payments_of(decision: Decision) -> QuerySet[Payment]:
    rows = Payment.objects.filter(award__decision=decision)
    return rows.select_related("award__award_type", "award__recipient", "award__unit").order_by("award__pk")


@dataclass(frozen=True)
class Totals:
    """Sums in đồng over payment lines, by what became of them."""

    owed: int
    paid: int
    not_paid: int
    receivable: int
    returned: int

    @property
    def all(self) -> int:
        """What the decision costs: owed and paid, whatever came back later."""
        return self.owed + self.paid + self.receivable + self.returned


def totals_of(payments: Iterable[Payment]) -> Totals:
    sums = dict.fromkeys(_S.values, 0)
    for row in payments:
        sums[row.state] += row.amount
    return Totals(**sums)
