"""Statistics: every award once, State and Party apart, cancelled ones apart, what is not known of a person apart."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from awards.models import AwardType
from awards.services.aftermath.statistics import (
    NO_CLUSTER,
    period_of,
    statistics_book,
    statistics_of,
    year_of,
)
from campaigns.models import Cluster
from tests.factories import awards as af

YEAR = 2026
DAY = datetime.date(2026, 6, 15)
DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2090, 12, 31))


def given_to(unit, code="BK-T", *, day=DAY, sex="f", is_leader=False, kind="person", **changes):
    recipient = af.RecipientFactory(unit=unit, kind=kind, sex=sex if kind == "person" else "", is_leader=is_leader)
    own = {
        "award_type": AwardType.objects.get(code=code),
        "decided_on": day,
        "recipient": recipient,
        "subject_kind": kind,
    }
    return af.AwardFactory(**{**own, **changes})


def found(province, year=YEAR):
    return statistics_of(province.verifier, period_of(year))


def state(province):
    return found(province).families[0]


# --- the year ---------------------------------------------------------------------------------------------------------------
def test_a_calendar_year_and_a_year_from_15_12():
    assert (period_of(2026, "01/01").first, period_of(2026, "01/01").last) == (
        datetime.date(2026, 1, 1), datetime.date(2026, 12, 31),
    )  # fmt: skip
    assert (period_of(2026, "15/12").first, period_of(2026, "15/12").last) == (
        datetime.date(2025, 12, 15), datetime.date(2026, 12, 14),
    )  # fmt: skip


@given(DAYS, st.sampled_from(["01/01", "15/12", "01/07"]))
def test_every_day_lies_in_exactly_one_year(day, starts):
    year = year_of(day, starts)

    inside = [
        one for one in (year - 1, year, year + 1) if period_of(one, starts).first <= day <= period_of(one, starts).last
    ]
    assert inside == [year]


@pytest.mark.django_db
def test_the_setting_moves_the_cut(province, settings):
    given_to(province.commune, day=datetime.date(2026, 12, 20))

    assert state(province).total.total == 1
    settings.AWARD_STATISTICS_FROM = "15/12"
    assert state(province).total.total == 0
    assert found(province, 2027).families[0].total.total == 1


# --- counts -----------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_awards_are_counted_by_authority_award_and_recipient(province):
    given_to(province.commune, "BK-T")
    given_to(province.commune, "BK-T", kind="collective")
    given_to(province.commune, "BK-T", kind="household")
    given_to(province.other_commune, "CO-T", kind="collective")
    given_to(province.commune, "GK", sex="m")

    groups = state(province).groups

    assert [
        (name, [(row.label, row.collective, row.household, row.person) for row in rows]) for name, rows in groups
    ] == [
        (
            "Chủ tịch Ủy ban nhân dân tỉnh",
            [
                ("Cờ thi đua của Ủy ban nhân dân tỉnh", 1, 0, 0),
                ("Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh", 1, 1, 1),
            ],
        ),
        ("Thủ trưởng cơ quan, đơn vị", [("Giấy khen", 0, 0, 1)]),
    ]


@pytest.mark.django_db
def test_what_is_not_known_of_a_person_is_no_man_and_no_woman(province):
    for sex in ("f", "f", "m", ""):
        given_to(province.commune, sex=sex, is_leader=sex == "m")

    total = state(province).total

    assert (total.person, total.women, total.unknown_sex, total.leaders) == (4, 2, 1, 1)
    assert total.women_share == Decimal("66.7")


@pytest.mark.django_db
def test_a_cancelled_award_is_in_no_other_number(province):
    given_to(province.commune)
    given_to(province.commune, revoked=True)

    total = state(province).total

    assert (total.total, total.women, total.revoked) == (1, 1, 1)
    assert found(province).trend[-1] == (2026, 1, 0)


@pytest.mark.django_db
def test_the_party_is_never_added_to_the_state(province):
    given_to(province.commune, "BK-T")
    given_to(province.commune, "BK-TU")

    result = found(province)

    assert [(table.family, table.total.total) for table in result.families] == [("state", 1), ("party", 1)]
    assert [(word, one.total, other.total) for word, one, other in result.units] == [("Xã An Hòa", 1, 1)]
    assert result.trend[-1] == (2026, 1, 1)


@pytest.mark.django_db
def test_units_and_clusters_add_up_to_the_whole(world):
    nomination = af.NominationFactory(
        recipient=af.RecipientFactory(unit=world.commune), cluster=Cluster.objects.get(pk=world.cluster.pk)
    )
    given_to(world.commune, nomination=nomination)
    given_to(world.other_commune)

    result = statistics_of(world.verifier, period_of(YEAR))

    assert [(word, one.total) for word, one, _ in result.units] == [("Xã An Hòa", 1), ("Xã Bình Đức", 1)]
    assert [(word, one.total) for word, one, _ in result.clusters] == [("Cụm số 1", 1), (NO_CLUSTER, 1)]


@pytest.mark.django_db
def test_the_trend_goes_over_five_years(province):
    for year in (2022, 2024, 2024, 2026):
        given_to(province.commune, day=datetime.date(year, 3, 1))

    assert [(year, count) for year, count, _ in found(province).trend] == [
        (2022, 1),
        (2023, 0),
        (2024, 2),
        (2025, 0),
        (2026, 1),
    ]


# --- the page and the file ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_page_says_that_the_official_form_is_not_known(province, sign_in):
    given_to(province.commune)

    text = sign_in(province.verifier).get(reverse("award-statistics"), {"nam": "2026"}).content.decode()

    assert "Mẫu chính thức chưa có trong hệ thống" in text
    assert "Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh" in text


@pytest.mark.django_db
@pytest.mark.parametrize("year", ["abc", "0", "99999", "²", ""])
def test_a_year_that_cannot_be_is_this_one(year, province, sign_in):
    assert sign_in(province.verifier).get(reverse("award-statistics"), {"nam": year}).status_code == 200


@pytest.mark.django_db
def test_the_spreadsheet_holds_the_numbers_of_the_page(province):
    given_to(province.commune)
    given_to(province.commune, "BK-TU", sex="m")

    book = openpyxl.load_workbook(io.BytesIO(statistics_book(found(province))))

    rows = list(book["Khen thưởng của Nhà nước"].iter_rows(min_row=5, values_only=True))
    assert [row[1:4] + row[4:5] for row in rows] == [
        ("Chủ tịch Ủy ban nhân dân tỉnh", None, None, None),
        ("Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh", 0, 0, 1),
        ("Cộng", 0, 0, 1),
    ]
    assert len(book.sheetnames) == 8


@pytest.mark.django_db
def test_only_who_manages_awards_counts_them(province, sign_in):
    for person in ("leader", "clerk", "viewer", "chair", "stranger"):
        for name in ("award-statistics", "award-statistics-xlsx"):
            assert sign_in(getattr(province, person)).get(reverse(name)).status_code == 403, (person, name)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, 20])
def test_the_page_costs_the_same_queries(count, province, sign_in, django_assert_max_num_queries):
    for number in range(count):
        given_to(province.commune, "BK-T" if number % 2 else "GK", day=datetime.date(2022 + number % 5, 5, 5))
    client = sign_in(province.verifier)

    with django_assert_max_num_queries(13):
        client.get(reverse("award-statistics"), {"nam": "2026"})
