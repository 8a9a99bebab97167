"""Prize money: the base salary of the day of the decision, rounded up, one title per period."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.money import BaseSalary, MoneyError, Recipient, base_salary_on, paid_together, work_out
from awards.moneyfile import standard_table
from campaigns.cases import run_file

TABLE = standard_table()
DAYS = st.dates(datetime.date(2019, 7, 1), datetime.date(2030, 12, 31))
PAYABLE = [(tariff, recipient) for tariff in TABLE.tariffs.values() for recipient in tariff.coefficients]


def test_every_case_of_the_law_page_holds():
    result = run_file(Path("awards/data/cases/money.yaml").read_bytes())

    assert result.errors == ()
    assert [case for case in result.cases if not case.passed] == []


@given(st.sampled_from(PAYABLE), DAYS)
def test_an_amount_is_the_next_ten_thousand_at_or_above_the_product(payable, day):
    tariff, recipient = payable
    found = work_out(tariff, recipient, day, TABLE.salaries)
    assert found.amount % 10_000 == 0
    assert found.raw <= found.amount < found.raw + 10_000
    assert found.raw == tariff.coefficients[recipient] * found.base_salary


@given(st.decimals(Decimal("0.01"), Decimal("0.60"), places=2), DAYS)
def test_an_amount_never_falls_when_the_coefficient_rises(asked, day):
    badge = TABLE.tariffs["KNC"]
    less, most = (
        work_out(badge, Recipient.PERSON, day, TABLE.salaries, asked=each) for each in (asked, Decimal("0.6"))
    )
    assert less.amount <= most.amount


def test_a_collective_gets_twice_and_a_household_one_and_a_half_times_a_person():
    for code in ("BK-T", "GK"):
        share = TABLE.tariffs[code].coefficients
        assert share[Recipient.COLLECTIVE] == 2 * share[Recipient.PERSON]
        assert share[Recipient.HOUSEHOLD] == Decimal("1.5") * share[Recipient.PERSON]


LINES = st.lists(
    st.tuples(
        st.sampled_from(list(TABLE.tariffs.values())),
        st.sampled_from(["2024", "2025"]),
        st.integers(0, 50).map(lambda n: n * 10_000),
    ),
    max_size=6,
)


@given(LINES)
def test_of_titles_of_one_period_the_highest_alone_is_paid_and_every_form(lines):
    paid = paid_together(lines)
    for period in ("2024", "2025"):
        titles = [
            (line[2], given) for line, given in zip(lines, paid, strict=True) if line[0].is_title and line[1] == period
        ]
        if titles:
            assert sum(given for _, given in titles) == max(amount for amount, _ in titles)
    assert all(given == line[2] for line, given in zip(lines, paid, strict=True) if not line[0].is_title)


def test_a_day_before_the_first_row_is_refused_in_words():
    rows = [BaseSalary(1_490_000, datetime.date(2019, 7, 1))]
    with pytest.raises(MoneyError, match="Chưa khai mức lương cơ sở"):
        base_salary_on(datetime.date(2019, 6, 30), rows)
    assert base_salary_on(datetime.date(2019, 7, 1), rows) == 1_490_000
