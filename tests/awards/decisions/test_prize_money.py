"""Prize money end to end from rows: the cases T-M of the law page, the fund, what comes back."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from awards.models import Award, AwardRule, BaseSalary, Family, FundEntry, Payment
from awards.services.decisions import fund
from awards.services.decisions.granting import record_decision
from awards.services.decisions.money import ONLY_HIGHEST, settle_titles
from awards.services.decisions.revoking import return_due, revoke_award
from dvk_portal.core.exceptions import DomainError
from tests.awards.decisions import decision_steps as steps
from tests.factories import awards as af

TODAY = steps.TODAY
OLD, NEW = datetime.date(2026, 6, 30), datetime.date(2026, 7, 1)


@pytest.fixture
def made(province):
    steps.salaries()
    province.cycle = steps.cycle_of(province)
    province.person = af.RecipientFactory(unit=province.commune)
    return province


def decided(made, *kinds, day=OLD, recipient=None, **fields):
    """One decision of that day for all ``kinds`` to one recipient."""
    for kind in kinds:
        steps.recommended(made.cycle, kind, recipient or made.person, **fields)
    return steps.numbered(steps.drawn(made.cycle, kinds[0], made.verifier), made.director, day)


def paid(decision):
    return {row.award.award_type.code: (row.amount, row.state) for row in fund.payments_of(decision)}


# --- T-M -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("day", "base", "raw", "amount"), [
    (OLD, 2_340_000, "702000", 710_000),  # T-M1
    (NEW, 2_530_000, "759000", 760_000),  # T-M2
])  # fmt: skip
def test_base_salary_is_that_of_the_day_of_the_decision(made, day, base, raw, amount):
    decision = decided(made, steps.award_type("LDTT", "0.3"), day=day)

    line = Payment.objects.get(award__decision=decision)
    assert (line.base_salary, line.coefficient, line.raw, line.amount) == (base, Decimal("0.3"), Decimal(raw), amount)
    basis = "Nghị định 73/2024/NĐ-CP" if day == OLD else "Nghị định 161/2026/NĐ-CP (chờ đối chiếu)"
    assert line.legal_basis == f"NĐ 152/2025, Điều 54; {basis}"


def test_of_two_titles_of_one_period_the_higher_alone_is_paid(made):
    """T-M4."""
    decision = decided(made, steps.award_type("CSTDCS", "1"), steps.award_type("CSTD-T", "3"))

    assert paid(decision) == {"THU-CSTDCS": (2_340_000, "not_paid"), "THU-CSTD-T": (7_020_000, "owed")}
    note = Payment.objects.values_list("note", flat=True).get(state="not_paid")
    assert note == f"{ONLY_HIGHEST} (Danh hiệu CSTD-T)."


def test_titles_of_other_periods_are_each_paid(made):
    lower, higher = steps.award_type("CSTDCS", "1"), steps.award_type("CSTD-T", "3")
    steps.recommended(
        made.cycle, higher, made.person, period_from=datetime.date(2024, 1, 1), period_to=datetime.date(2026, 12, 31)
    )

    assert paid(decided(made, lower)) == {"THU-CSTDCS": (2_340_000, "owed"), "THU-CSTD-T": (7_020_000, "owed")}


def test_a_title_and_a_form_are_both_paid(made):
    """T-M6."""
    decision = decided(made, steps.award_type("CSTDCS", "1"), steps.award_type("BK-T", "1.5", title=False))

    assert paid(decision) == {"THU-CSTDCS": (2_340_000, "owed"), "THU-BK-T": (3_510_000, "owed")}


def test_a_badge_above_its_ceiling_is_refused_and_below_it_paid(made):
    """T-M7."""
    decision = decided(made, steps.award_type("KNC", "0.6", title=False))
    line = fund.payments_of(decision).get()

    with pytest.raises(DomainError, match=r"Hệ số 0\.7 vượt mức 0\.600 của THU-KNC"):
        fund.set_coefficient(line, actor=made.director, coefficient=Decimal("0.7"), reason="Quy chế")
    fund.set_coefficient(line, actor=made.director, coefficient=Decimal("0.5"), reason="Quy chế của cơ quan")

    assert paid(decision) == {"THU-KNC": (1_170_000, "owed")}


def test_a_higher_title_of_another_decision_of_the_same_day_takes_the_place_of_the_lower(made):
    first = decided(made, steps.award_type("CSTDCS", "1"))
    second = decided(made, steps.award_type("CSTD-T", "3", authority="Thẩm quyền khác"))

    assert (paid(first), paid(second)) == (
        {"THU-CSTDCS": (2_340_000, "not_paid")}, {"THU-CSTD-T": (7_020_000, "owed")}
    )  # fmt: skip


def test_a_lower_title_that_was_paid_already_is_taken_off_the_higher_one(made):
    first = decided(made, steps.award_type("CSTDCS", "1"))
    pay_all(made, first)
    second = decided(made, steps.award_type("CSTD-T", "3", authority="Thẩm quyền khác"))

    line = fund.payments_of(second).get()
    assert (line.amount, line.raw, line.note) == (
        4_680_000, Decimal(7_020_000), "Đã trừ 2.340.000 đồng đã chi cho Danh hiệu CSTDCS cùng thời gian."
    )  # fmt: skip


def test_party_and_state_awards_do_not_take_each_others_place(made):
    state = decided(made, steps.award_type("CSTDCS", "1"))
    party = decided(made, steps.award_type("DV", "1.5", family=Family.PARTY))

    assert (paid(state), paid(party)) == ({"THU-CSTDCS": (2_340_000, "owed")}, {"THU-DV": (3_510_000, "owed")})


def test_an_award_without_a_coefficient_says_why_nothing_is_paid(made):
    decision = decided(made, steps.award_type("CO", None, title=False))

    line = fund.payments_of(decision).get()
    assert (line.amount, line.state, line.note) == (
        0, "not_paid", "Danh hiệu CO không kèm tiền thưởng cho đối tượng này."
    )  # fmt: skip


def test_a_day_without_a_base_salary_is_refused_and_nothing_is_kept(made):
    BaseSalary.objects.filter(valid_from__lt=NEW).delete()

    with pytest.raises(DomainError, match="Chưa khai mức lương cơ sở áp dụng ngày 30/06/2026"):
        decided(made, steps.award_type("LDTT", "0.3"))

    assert (Award.objects.count(), Payment.objects.count()) == (0, 0)


def test_the_rule_set_says_how_amounts_are_rounded(made):
    kind = steps.award_type("LDTT", "0.3")
    AwardRule.objects.get(award_type=kind).rule_set.__class__.objects.update(round_up_to=1)

    assert paid(decided(made, kind)) == {"THU-LDTT": (702_000, "owed")}


def test_of_anothers_decision_the_body_pays_only_when_it_says_so(made):
    kind = steps.award_type("BK", "1.5", title=False, here=False, authority="Chủ tịch tỉnh")
    steps.recommended(made.cycle, kind, made.person)
    decision = steps.drawn(made.cycle, kind, made.verifier)
    decision.pays_here = True
    decision.save()

    decision = record_decision(decision, actor=made.director, paper=steps.paper(number="1/QĐ-UBND"), today=TODAY)

    assert paid(decision) == {"THU-BK": (3_510_000, "owed")}


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([2024, 2025]), st.integers(1, 40)), max_size=6))
def test_one_title_per_period_is_owed_and_every_form(lines):
    """Whatever is decided at one time: the arithmetic of awards.money, carried by rows."""
    payments = []
    for number, (is_title, year, tenths) in enumerate(lines):
        kind = af.AwardTypeFactory.build(code=f"T{number}", kind="title" if is_title else "form")
        award = af.AwardFactory.build(
            recipient=None, unit=None, unit_name="Xã", subject_kind="person", name="A", post="", award_type=kind, recipient_id=1,
            period_from=datetime.date(year, 1, 1), period_to=datetime.date(year, 12, 31),
        )  # fmt: skip
        payments.append(
            Payment(award=award, raw=Decimal(tenths) * 234_000, amount=tenths * 240_000, state="owed", note="")
        )

    settle_titles(payments)

    for year in (2024, 2025):
        titles = [row for row in payments if row.award.award_type.is_title and row.award.period_to.year == year]
        owed = [row for row in titles if row.state == "owed"]
        assert len(owed) == bool(titles)
        assert [row.raw for row in owed] == sorted((row.raw for row in titles), reverse=True)[:1]
    assert all(row.state == "owed" for row in payments if not row.award.award_type.is_title)


# --- the fund --------------------------------------------------------------------------------------------------------
def income(made, amount, day=datetime.date(2026, 1, 10)):
    return fund.add_entry(
        made.ban, actor=made.director, kind="income", day=day, amount=amount, text="Cấp quỹ", today=TODAY
    )


def pay_all(made, decision, **options):
    keys = [row.pk for row in fund.payments_of(decision)]
    values = {"day": TODAY, "document_no": "PC 1", "today": TODAY, "reason": "Ứng trước", **options}
    return fund.pay_lines(decision, keys, actor=made.director, **values)


def test_paying_writes_a_line_of_the_fund_and_lowers_the_balance(made):
    income(made, 10_000_000)
    decision = decided(made, steps.award_type("LDTT", "0.3"))

    pay_all(made, decision, reason="")

    assert paid(decision) == {"THU-LDTT": (710_000, "paid")}
    assert fund.balance(made.ban, 2026) == fund.Balance(0, 10_000_000, 710_000)
    assert fund.balance(made.ban, 2026).left == 9_290_000
    assert fund.balance(made.ban, 2027).carried == 9_290_000


def test_paying_more_than_there_is_wants_a_reason(made):
    income(made, 500_000)
    decision = decided(made, steps.award_type("LDTT", "0.3"))

    with pytest.raises(DomainError, match=r"còn 500\.000 đồng, không đủ chi 710\.000 đồng \(thiếu 210\.000 đồng\)"):
        pay_all(made, decision, reason=" ")

    assert (paid(decision), FundEntry.objects.count()) == ({"THU-LDTT": (710_000, "owed")}, 1)
    pay_all(made, decision, reason="Quyết toán sau")
    assert fund.balance(made.ban, 2026).left == -210_000


def test_a_line_is_paid_once(made):
    decision = decided(made, steps.award_type("LDTT", "0.3"))
    pay_all(made, decision)

    with pytest.raises(DomainError, match="ít nhất một dòng còn phải chi"):
        pay_all(made, decision)

    assert FundEntry.objects.count() == 1


def test_a_mistake_is_cancelled_by_a_counter_entry_and_the_money_is_owed_again(made):
    income(made, 1_000_000)
    decision = decided(made, steps.award_type("LDTT", "0.3"))
    pay_all(made, decision)
    entry = FundEntry.objects.get(kind="outgo")

    counter = fund.reverse_entry(entry, actor=made.director, reason="Chi nhầm", today=TODAY)

    assert (counter.kind, counter.amount, counter.reverses) == ("income", 710_000, entry)
    assert fund.balance(made.ban, 2026) == fund.Balance(0, 1_000_000, 0)
    assert paid(decision) == {"THU-LDTT": (710_000, "owed")}
    for row in (entry, counter):
        with pytest.raises(DomainError, match="đã được hủy hoặc là bút toán hủy"):
            fund.reverse_entry(row, actor=made.director, reason="Nữa", today=TODAY)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 10**9)), max_size=12))
def test_balance_is_income_less_outgo_to_the_dong(lines):
    found = fund.Balance(0, sum(n for is_in, n in lines if is_in), sum(n for is_in, n in lines if not is_in))

    assert found.left == sum(n if is_in else -n for is_in, n in lines)


def test_who_keeps_no_fund_books_nothing(made):
    decision = decided(made, steps.award_type("LDTT", "0.3"))

    for person in (made.leader, made.clerk, made.chair, made.viewer):
        with pytest.raises(PermissionDenied):
            fund.pay_lines(decision, [1], actor=person, day=TODAY, document_no="", today=TODAY)
        with pytest.raises(PermissionDenied):
            fund.add_entry(made.ban, actor=person, kind="income", day=TODAY, amount=1, text="x", today=TODAY)

    assert FundEntry.objects.count() == 0


# --- back again ------------------------------------------------------------------------------------------------------
def revoke(made, award):
    return revoke_award(
        award, actor=made.director, reason="Khai man", decision_no="30-QĐ", decided_on=TODAY, received_on=TODAY
    )


def test_paid_money_of_a_cancelled_award_is_due_after_fifteen_working_days(made):
    decision = decided(made, steps.award_type("LDTT", "0.3"))
    pay_all(made, decision)

    revoke(made, decision.awards.get())

    line = fund.payments_of(decision).get()
    # Sunday 22/11/2026; 24/11 is a day off.
    assert (line.state, line.due_on) == ("receivable", datetime.date(2026, 12, 14))
    assert return_due(TODAY) == datetime.date(2026, 12, 14)
    assert list(fund.receivables(made.director)) == [line]
    fund.take_back(line, actor=made.director, day=TODAY, document_no="PT 1", today=TODAY)
    line.refresh_from_db()
    assert (line.state, line.settled_on) == ("returned", TODAY)
    assert fund.balance(made.ban, 2026) == fund.Balance(0, 710_000, 710_000)
    assert list(fund.receivables(made.director)) == []


def test_money_that_was_never_paid_is_not_asked_back(made):
    decision = decided(made, steps.award_type("LDTT", "0.3"))

    revoke(made, decision.awards.get())

    line = fund.payments_of(decision).get()
    assert (line.state, line.due_on, line.note) == ("not_paid", None, "Khen thưởng bị hủy trước khi chi.")


def test_when_the_higher_title_is_cancelled_the_lower_one_is_owed_after_all(made):
    decision = decided(made, steps.award_type("CSTDCS", "1"), steps.award_type("CSTD-T", "3"))

    revoke(made, decision.awards.get(award_type__code="THU-CSTD-T"))

    assert paid(decision) == {"THU-CSTDCS": (2_340_000, "owed"), "THU-CSTD-T": (7_020_000, "not_paid")}
