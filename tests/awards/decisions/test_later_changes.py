"""What happens after a decision was numbered: money already paid, lines taken back, discipline entered late, what is announced."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from awards.models import Discipline, FundEntry, Nomination
from awards.services.decisions import fund
from awards.services.decisions.granting import publish_decision
from awards.services.decisions.revoking import revoke_award
from dvk_portal.core.exceptions import DomainError
from tests.awards.decisions import decision_steps as steps
from tests.factories import awards as af

TODAY, DAY = steps.TODAY, steps.DAY


@pytest.fixture
def made(province):
    steps.salaries()
    province.cycle = steps.cycle_of(province)
    province.person = af.RecipientFactory(unit=province.commune)
    fund.add_entry(
        province.ban, actor=province.director, kind="income", day=DAY, amount=100_000_000, text="Cấp đầu năm", today=TODAY
    )  # fmt: skip
    return province


def decided(made, kind):
    steps.recommended(made.cycle, kind, made.person)
    return steps.numbered(steps.drawn(made.cycle, kind, made.verifier), made.director)


def pay(made, decision):
    keys = fund.payments_of(decision).values_list("pk", flat=True)
    return fund.pay_lines(decision, keys, actor=made.director, day=TODAY, document_no="PC1", today=TODAY)


def cancel(made, award):
    return revoke_award(
        award, actor=made.director, reason="Khai sai", decision_no="9-QĐ", decided_on=TODAY, received_on=TODAY
    )


def lower_paid_then_higher(made):
    """The lower title is paid; a later decision of the same day grants the higher one of the same period."""
    lower = decided(made, steps.award_type("CSTDCS", "1"))
    pay(made, lower)
    higher = decided(made, steps.award_type("CSTD-T", "3"))
    assert fund.payments_of(higher).get().amount == 7_020_000 - 2_340_000
    return lower, higher


# --- money -----------------------------------------------------------------------------------------------------------
def test_another_coefficient_does_not_pay_the_lower_title_a_second_time(made):
    _, higher = lower_paid_then_higher(made)

    fund.set_coefficient(
        fund.payments_of(higher).get(), actor=made.director, coefficient=Decimal("2.5"), reason="Quy chế"
    )

    line = fund.payments_of(higher).get()
    assert line.amount == 5_850_000 - 2_340_000
    assert "Quy chế" in line.note
    assert "Đã trừ 2.340.000 đồng" in line.note


def test_the_higher_title_is_owed_whole_when_the_paid_lower_one_must_be_given_back(made):
    lower, higher = lower_paid_then_higher(made)

    cancel(made, lower.awards.get())

    assert fund.payments_of(lower).get().state == "receivable"
    line = fund.payments_of(higher).get()
    assert (line.amount, line.state, line.note) == (7_020_000, "owed", "")


def test_the_outgo_of_money_that_came_back_is_not_taken_back_as_well(made):
    decision = decided(made, steps.award_type("CSTDCS", "1"))
    pay(made, decision)
    cancel(made, decision.awards.get())
    fund.take_back(
        fund.payments_of(decision).get(), actor=made.director, day=TODAY, document_no="PT1", today=TODAY
    )  # fmt: skip
    outgo = FundEntry.objects.get(kind="outgo")

    with pytest.raises(DomainError):
        fund.reverse_entry(outgo, actor=made.director, reason="Nhầm", today=TODAY)

    assert fund.payments_of(decision).get().state == "returned"
    assert fund.balance(made.ban, TODAY.year).left == 100_000_000


def test_an_outgo_of_an_earlier_year_may_not_leave_a_later_year_below_nothing(made):
    income = {"actor": made.director, "kind": "income", "text": "Thu", "today": TODAY}
    fund.add_entry(made.ban, day=datetime.date(2025, 3, 1), amount=10_000_000, **income)
    spend = income | {"kind": "outgo", "text": "Chi"}
    fund.add_entry(made.ban, day=TODAY, amount=108_000_000, **spend)

    with pytest.raises(DomainError, match=r"Quỹ năm 2026"):
        fund.add_entry(made.ban, day=datetime.date(2025, 6, 1), amount=5_000_000, **spend)


# --- discipline ------------------------------------------------------------------------------------------------------
def test_nothing_is_granted_while_a_discipline_runs_that_was_entered_after_the_vote(made):
    kind = steps.award_type("CSTDCS", "1")
    steps.recommended(made.cycle, kind, made.person)
    decision = steps.drawn(made.cycle, kind, made.verifier)
    Discipline.objects.create(
        recipient=made.person, level="canh_cao", from_day=datetime.date(2026, 6, 1), to_day=datetime.date(2027, 5, 31)
    )

    with pytest.raises(DomainError) as refused:
        steps.numbered(decision, made.director)

    assert "chưa quyết định được" in " ".join(refused.value.findings)


# --- what is announced -----------------------------------------------------------------------------------------------
def test_a_unit_hears_nothing_of_an_award_before_its_decision_is_published(made, sign_in):
    decision = decided(made, steps.award_type("CSTDCS", "1"))
    row = Nomination.objects.get()
    pages = [
        reverse("nomination-list"),
        reverse("nomination-detail", args=[row.pk]),
        reverse("cycle-detail", args=[row.cycle_id]),
    ]
    client = sign_in(made.leader)

    for page in pages:
        text = client.get(page).content.decode()
        assert f"Quyết định số {decision.number}" not in text
    assert "Được khen thưởng" not in client.get(pages[0]).content.decode().split("</form>")[-1]
    found = client.get(pages[0], {"status": "granted"})
    assert row.name not in found.content.decode().split("</form>")[-1]

    publish_decision(decision, actor=made.director)
    assert f"Quyết định số {decision.number}" in client.get(pages[1]).content.decode()
