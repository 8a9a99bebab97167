"""What looks wrong in reported figures. Checks warn and ask for a sentence; they never forbid (practice.md W-22).

Source: ``semantics: checks`` of campaigns/data/indicators.yaml. Pure: everything is handed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.conf import settings

from campaigns.figures import as_decimal
from campaigns.formulas import parse_formula
from campaigns.models import Indicator
from campaigns.models.indicator import OverTime
from campaigns.value_kinds import Holder, kind_of
from dvk_portal.core.numbers import format_number
from pledges.models import ReportedValue
from pledges.services.questions import Question

Values = Mapping[int, ReportedValue]
Answer = ReportedValue.Answer


@dataclass(frozen=True)
class Finding:
    """One surprising thing about one figure. ``entry``: the unit is asked for a sentence (else only a verifier sees it)."""

    indicator_id: int
    text: str
    entry: bool = True


def find_surprises(
    questions: Sequence[Question], now: Values, before: Values, medians: Mapping[int, Decimal] | None = None
) -> dict[int, list[Finding]]:
    """Findings by indicator: ``now`` and ``before`` are values of this period and the last, ``medians`` of the cluster."""
    found: list[Finding] = []
    for question in questions:
        value = now.get(question.indicator.pk)
        if value is not None and value.is_reported and question.stored:
            of_one = _of_one(question.indicator, value, now, before.get(question.indicator.pk))
            # Nobody at the unit typed a count, so nobody there is asked about it.
            found += [replace(finding, entry=False) for finding in of_one] if question.counted else of_one
            if medians:
                found += _against_cluster(question.indicator, value, medians)
    found += _of_balances(questions, now, before)
    by_indicator: dict[int, list[Finding]] = {}
    for finding in found:
        by_indicator.setdefault(finding.indicator_id, []).append(finding)
    return by_indicator


def _of_one(indicator: Indicator, value: ReportedValue, now: Values, before: ReportedValue | None) -> list[Finding]:
    if value.answer == Answer.NOT_APPLICABLE:
        return [Finding(indicator.pk, "Hãy ghi vì sao chỉ số này không áp dụng cho đơn vị.")]
    texts = []
    whole = now.get(indicator.part_of_id) if indicator.part_of_id else None
    if whole is not None and value.amount is not None and whole.amount is not None and value.amount > whole.amount:
        name = indicator.part_of.label
        texts.append(f"Số này lớn hơn “{name}” ({format_number(whole.amount)}), trong khi chỉ là một phần của số đó.")
    if before is not None and before.is_reported:
        texts.append(
            kind_of(indicator).warn(
                indicator,
                value,
                best_of(before),
                percent=settings.REPORT_JUMP_PERCENT,
                least=settings.REPORT_JUMP_LEAST,
            )
        )
    return [Finding(indicator.pk, text) for text in texts if text]


def _against_cluster(indicator: Indicator, value: ReportedValue, medians: Mapping[int, Decimal]) -> list[Finding]:
    median = medians.get(indicator.pk)
    if not median or value.amount is None:
        return []
    times = settings.REPORT_OUTLIER_TIMES
    if abs(value.amount - median) < settings.REPORT_JUMP_LEAST or median <= value.amount * times <= median * times**2:
        return []
    word = "cao" if value.amount > median else "thấp"
    return [
        Finding(indicator.pk, f"Số này {word} khác thường so với trung vị của cụm ({format_number(median)}).", False)
    ]


def _of_balances(questions: Sequence[Question], now: Values, before: Values) -> list[Finding]:
    """Formulas that go below zero, and opening balances that are not the closing ones of the last period."""
    found: list[Finding] = []
    by_code = {question.indicator.code: question.indicator for question in questions}
    for question in questions:
        text = question.indicator.derived.get("formula")
        if not text:
            continue
        formula = parse_formula(text)
        closing = formula.evaluate(amounts(formula.codes, by_code, now))
        typed_last = by_code.get(formula.terms[-1][1])
        if closing is not None and closing < 0 and typed_last is not None:
            label = question.indicator.label
            found.append(Finding(typed_last.pk, f"Cân đối không khớp: “{label}” tính ra {_shown(closing)}, nhỏ hơn 0."))
        last_closing = formula.evaluate(amounts(formula.codes, by_code, before))
        for opening in (by_code[code] for code in formula.codes if code in by_code):
            value = now.get(opening.pk)
            if opening.over_time != OverTime.FIRST or last_closing is None or value is None or value.amount is None:
                continue
            if Fraction(value.amount) != last_closing:
                name = question.indicator.label
                found.append(
                    Finding(
                        opening.pk, f"Khác “{name}” cuối kỳ trước ({_shown(last_closing)}); hai số này phải bằng nhau."
                    )
                )
    return found


def _shown(number: Fraction) -> str:
    return format_number(as_decimal(number) or Decimal(0))


def amounts(
    codes: Sequence[str], by_code: Mapping[str, Indicator], values: Mapping[int, Holder]
) -> dict[str, Decimal | None]:
    """The numbers behind the codes; None where one was not given."""
    found: dict[str, Decimal | None] = {}
    for code in codes:
        value = values.get(by_code[code].pk) if code in by_code else None
        found[code] = None if value is None else best_of(value).amount
    return found


@dataclass(frozen=True)
class Best:
    """The best known figure of a cell: the verifier's where he changed it, else the unit's."""

    amount: Decimal | None
    text: str
    flag: bool | None


def best_of(value: Holder) -> Best:
    if getattr(value, "status", "") == ReportedValue.Status.CORRECTED:
        return Best(value.verified_amount, value.text, value.verified_flag)  # type: ignore[attr-defined]
    return Best(value.amount, value.text, value.flag)
