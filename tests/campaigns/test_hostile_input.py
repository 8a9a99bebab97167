"""What no button sends, sent all the same: the page says so or does nothing, and never breaks."""

import pytest
from django.urls import reverse

from tests import factories as f

pytestmark = pytest.mark.django_db
NO_ROW = ["²", "9" * 30, "x", "-1", "\0", ""]


@pytest.fixture
def draft(province):
    return f.CampaignFactory(owner=province.ban)


@pytest.mark.parametrize("sent", NO_ROW)
@pytest.mark.parametrize(
    ("name", "field"), [("campaign-roster-add", "unit"), ("campaign-roster-remove", "participation")]
)
def test_numbers_of_no_row_choose_no_unit(province, sign_in, draft, name, field, sent):
    response = sign_in(province.verifier).post(
        reverse(name, args=[draft.pk]), {field: sent, "cluster": sent}, follow=True
    )

    assert "Chưa chọn đơn vị nào" in response.content.decode()


@pytest.mark.parametrize("sent", NO_ROW)
def test_a_copy_takes_no_successor_that_does_not_exist(province, sign_in, draft, sent):
    response = sign_in(province.verifier).post(
        reverse("campaign-copy", args=[draft.pk]), {"starts_on": "01/01/2027", "successor": sent}
    )

    assert response.status_code in (200, 302)


@pytest.mark.parametrize("day", ["31/12/9999", "01/01/0001", "31/12/2101"])
def test_a_year_at_the_end_of_the_calendar_is_a_slip_of_the_finger(province, sign_in, draft, day):
    response = sign_in(province.verifier).post(reverse("campaign-copy", args=[draft.pk]), {"starts_on": day})

    assert "Năm chưa đúng" in response.content.decode()


def test_the_last_day_of_a_unit_is_not_before_the_calendar(province, sign_in):
    response = sign_in(province.admin).post(
        reverse("unit-close", args=[province.commune.pk]), {"on": "01/01/0001", "decision": "NQ 1"}
    )

    assert "Năm chưa đúng" in response.content.decode()


def test_a_sign_that_the_database_refuses_does_not_break_a_move(province, sign_in, draft):
    sign_in(province.director).post(reverse("campaign-cancel", args=[draft.pk]), {"note": "Không\0 đủ kinh phí"})

    draft.refresh_from_db()
    assert draft.status == "cancelled"


@pytest.mark.parametrize("number", ["9" * 20, "9" * 30])
def test_an_address_beyond_all_rows_is_not_found(province, sign_in, draft, number):
    for path in (f"/dot-thi-dua/{number}/", f"/dot-thi-dua/{number}/tai-lieu/{number}/", f"/don-vi/{number}/"):
        assert sign_in(province.verifier).get(path).status_code == 404
