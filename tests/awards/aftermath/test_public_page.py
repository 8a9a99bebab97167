"""The page behind the QR code: what stands on the certificate and whether it still counts; nothing else (R-67, T-P8)."""

import datetime

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.lookup import MOST_MISSES
from tests.factories import awards as af

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_misses_yet():
    cache.clear()


def page(code, **options):
    return Client().get(reverse("award-public", args=[code]), **options)


def text(response):
    return response.content.decode()


def test_it_says_name_award_decision_and_authority():
    award = af.AwardFactory(name="Trần Thị Khen", decision_no="12/QĐ-UBND", decided_on=datetime.date(2026, 11, 20))

    shown = text(page(award.code))

    for words in (
        "Trần Thị Khen", "Bằng khen thử", "12/QĐ-UBND", "20/11/2026", "Chủ tịch Ủy ban nhân dân tỉnh", "Đang có giá trị",
    ):  # fmt: skip
        assert words in shown
    assert "ĐÃ HỦY" not in shown


def test_it_says_nothing_else_of_the_person():
    award = af.AwardFactory(
        post="Chức-vụ-kín",
        unit_name="Đơn-vị-kín",
        achievement="Thành-tích-kín",
        gold_book_no="VÀNG-7",
        flag="Cần-xem-kín",
    )

    shown = text(page(award.code))

    for words in ("Chức-vụ-kín", "Đơn-vị-kín", "Thành-tích-kín", "VÀNG-7", "Cần-xem-kín"):
        assert words not in shown


def test_a_cancelled_award_says_so_with_day_and_number_of_the_cancelling_decision():
    award = af.AwardFactory(revoked=True)

    shown = text(page(award.code))

    assert "ĐÃ HỦY" in shown
    assert "Quyết định 30-QĐ ngày 01/11/2026" in shown
    assert "Khai man" not in shown
    assert "Đang có giá trị" not in shown


def test_an_award_of_a_cancelled_decision_says_so_too():
    decision = af.DecisionFactory(numbered=True, status="revoked", ended_at=timezone.now(), end_note="Sai thẩm quyền")
    award = af.AwardFactory(decision=decision)

    shown = text(page(award.code))

    assert "ĐÃ HỦY" in shown
    assert "Sai thẩm quyền" not in shown


def test_no_search_engine_and_no_cache_keeps_it():
    response = page(af.AwardFactory().code)

    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "private, no-store"


def test_a_code_typed_in_small_letters_with_spaces_is_found():
    award = af.AwardFactory(code="K7M2QX9TRB4D")

    response = page("k7m2-qx9t-rb4d", follow=True)

    assert response.redirect_chain == [(reverse("award-public", args=[award.code]), 302)]
    assert award.name in text(response)


def test_an_unknown_code_gets_a_page_that_helps():
    response = page("K7M2QX9TRB4E")

    assert response.status_code == 404
    assert "Hãy đối chiếu từng ký tự" in text(response)


def test_after_many_wrong_codes_a_visitor_waits():
    award = af.AwardFactory()
    for number in range(MOST_MISSES):
        page(f"SAI{number:09d}")

    assert page(award.code).status_code == 429


def test_right_codes_are_never_counted():
    award = af.AwardFactory()

    assert {page(award.code).status_code for _ in range(MOST_MISSES + 1)} == {200}


def test_typing_the_code_at_the_lookup_leads_to_the_award():
    award = af.AwardFactory()

    response = Client().get(reverse("lookup-form"), {"ma": award.code.lower()}, follow=True)

    assert response.redirect_chain[-1] == (reverse("award-public", args=[award.code]), 302)
    assert award.name in text(response)


def test_the_lookup_still_counts_codes_that_nothing_carries():
    for number in range(MOST_MISSES):
        Client().get(reverse("lookup", args=[f"SAI{number:09d}"]))

    assert page(af.AwardFactory().code).status_code == 429
