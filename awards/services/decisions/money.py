"""Tiền thưởng from rows: base salary of the day of the decision (R-12), rule set of the dossier, one title per period (R-42)."""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from awards.models import Award, AwardRule, AwardType, BaseSalary, Payment, RuleSet
from awards.money import BaseSalary as Salary
from awards.money import MoneyError, Recipient, Tariff, base_salary_on, paid_together, rounded_up, work_out
from awards.services.rules.catalogue import tariff
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import format_number

# How the note of a title begins that is not paid beside a higher one; it is paid again when the higher is cancelled.
ONLY_HIGHEST = "Cùng thời gian thành tích chỉ chi cho danh hiệu cao nhất"
DEFAULT_STEP = 10_000
PAID_ELSEWHERE = "Cơ quan quyết định khen thưởng chi."
# The end of a note: of a higher title that is paid less what a lower one of the same time has had already.
_LESS = re.compile(r"(; )?Đã trừ [\d.]+ đồng đã chi cho .*", re.DOTALL)
_S = Payment.State


@dataclass(frozen=True)
class Worth:
    """The money of one award in đồng with what it came from (R-40); ``why_not``: a sentence when there is none."""

    base_salary: int
    coefficient: Decimal
    raw: Decimal
    amount: int
    legal_basis: str
    why_not: str = ""


class MoneyTable:
    """Coefficients and base salaries, read once for any number of awards."""

    def __init__(self, rule_sets: Iterable[RuleSet | None], award_types: Iterable[AwardType]) -> None:
        rules = AwardRule.objects.filter(
            rule_set__in={row.pk for row in rule_sets if row}, award_type__in={row.pk for row in award_types}
        )
        self._rules = {
            (row.rule_set_id, row.award_type_id): row for row in rules.select_related("rule_set", "award_type")
        }
        self._bases = {row.valid_from: row for row in BaseSalary.objects.all()}
        self._salaries = [Salary(row.amount, day) for day, row in self._bases.items()]

    def worth(
        self, award_type: AwardType, rule_set: RuleSet | None, subject_kind: str, day: datetime.date,
        asked: Decimal | None = None,
    ) -> Worth:  # fmt: skip
        """The money of an award decided on ``day``. DomainError: no base salary of the day, coefficient above the ceiling."""
        base = self._base(day)
        rule = self._rules.get((rule_set.pk, award_type.pk)) if rule_set else None
        nothing = Worth(base.amount, Decimal(0), Decimal(0), 0, base.legal_basis[:250])
        if rule is None:
            where = rule_set.name if rule_set else "Bộ quy định"
            return _without(nothing, f"{where} chưa có mức tiền thưởng của {award_type}.")
        if getattr(rule, f"coefficient_{subject_kind}") is None:
            return _without(nothing, f"{award_type} không kèm tiền thưởng cho đối tượng này.")
        try:
            found = work_out(
                tariff(rule), Recipient(subject_kind), day, self._salaries, asked=asked,
                round_up_to=rule.rule_set.round_up_to,
            )  # fmt: skip
        except MoneyError as error:
            raise DomainError(str(error)) from error
        basis = "; ".join(filter(None, [rule.legal_basis or rule.rule_set.name, _basis(base)]))
        return Worth(found.base_salary, found.coefficient, found.raw, found.amount, basis[:250])

    def _base(self, day: datetime.date) -> BaseSalary:
        try:
            base_salary_on(day, self._salaries)
        except MoneyError as error:
            raise DomainError(str(error)) from error
        return self._bases[max(since for since in self._bases if since <= day)]


def _without(worth: Worth, why_not: str) -> Worth:
    return Worth(worth.base_salary, worth.coefficient, worth.raw, worth.amount, worth.legal_basis, why_not[:250])


def _basis(base: BaseSalary) -> str:
    return base.legal_basis if base.is_confirmed else f"{base.legal_basis} (chờ đối chiếu)"


def payments_for(awards: list[Award], day: datetime.date, *, pays_here: bool) -> list[Payment]:
    """Payment lines of ``awards`` decided on ``day``, in their order, nothing saved. Load nomination and award type."""
    table = MoneyTable((row.nomination.rule_set for row in awards), (row.award_type for row in awards))
    return [_payment(row, table, day, pays_here=pays_here) for row in awards]


def _payment(award: Award, table: MoneyTable, day: datetime.date, *, pays_here: bool) -> Payment:
    worth = table.worth(award.award_type, award.nomination.rule_set, award.subject_kind, day)
    note = worth.why_not or ("" if pays_here else PAID_ELSEWHERE)
    return Payment(
        award=award, base_salary=worth.base_salary, coefficient=worth.coefficient, raw=worth.raw, amount=worth.amount,
        legal_basis=worth.legal_basis, note=note, state=_S.NOT_PAID if note else _S.OWED,
    )  # fmt: skip


def standing_payments(recipients: Iterable[int], day: datetime.date) -> list[Payment]:
    """What stands of these recipients from decisions of that day, the earlier first."""
    rows = Payment.objects.filter(
        award__recipient__in=set(recipients), award__decided_on=day, award__status=Award.Status.GRANTED
    )
    return list(rows.select_related("award__award_type", "award__nomination__rule_set").order_by("pk"))


def settle_titles(payments: Iterable[Payment]) -> list[Payment]:
    """Of titles of one recipient, family and period, decided at one time, only the highest is paid (R-42).

    ``payments``: everything of that day, earlier decisions first. Changes states, amounts and notes of those concerned and
    returns them; the caller saves.
    """
    groups: dict[tuple[int, str], list[Payment]] = defaultdict(list)
    for row in payments:
        if row.raw:
            groups[row.award.recipient_id, row.award.award_type.family].append(row)
    return [row for group in groups.values() for row in _settle(group)]


def _settle(group: list[Payment]) -> list[Payment]:
    lines = [
        (Tariff(row.award.award_type.code, row.award.award_type.is_title, {}), _period(row.award), row) for row in group
    ]
    # All rest on one base salary: the product tells the higher title, the rounded amount might not.
    paid = paid_together([(rate, period, row.raw) for rate, period, row in lines])
    best = {period: row for (rate, period, row), raw in zip(lines, paid, strict=True) if rate.is_title and raw}
    changed = [row for row in group if _make_whole(row)]
    for (rate, period, row), raw in zip(lines, paid, strict=True):
        if rate.is_title and not raw:
            changed += _give_way(row, best[period])
        elif row.state == _S.NOT_PAID and row.note.startswith(ONLY_HIGHEST):
            row.state, row.note = _S.OWED, ""
            changed.append(row)
    return list({id(row): row for row in changed}.values())


def _make_whole(row: Payment) -> bool:
    """Undo what was taken off a title that is still owed: it is worked out anew, for the lower one may have fallen since."""
    if row.state != _S.OWED or not _LESS.search(row.note):
        return False
    rule_set = row.award.nomination.rule_set if row.award.nomination else None
    row.amount = rounded_up(row.raw, rule_set.round_up_to if rule_set else DEFAULT_STEP)
    row.note = _LESS.sub("", row.note)
    return True


def _give_way(row: Payment, best: Payment) -> list[Payment]:
    """``row`` is not paid beside ``best``; when it was paid already, the higher one is paid less that much."""
    if row.state == _S.OWED:
        row.state, row.note = _S.NOT_PAID, f"{ONLY_HIGHEST} ({best.award.award_type})."[:250]
        return [row]
    if row.state == _S.PAID and best.state == _S.OWED:
        best.amount = max(best.amount - row.amount, 0)
        less = f"Đã trừ {format_number(row.amount)} đồng đã chi cho {row.award.award_type} cùng thời gian."
        # The reason gives way to the sum: from it the amount is worked out again.
        room = 250 - len(less) - 2
        best.note = f"{best.note[:room]}; {less}" if best.note else less[:250]
        return [best]
    return []


def _period(award: Award) -> str:
    return f"{award.period_from}–{award.period_to}"
