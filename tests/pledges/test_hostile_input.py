"""What no button sends, sent all the same, to reports and pledges."""

import pytest
from django.urls import reverse

from tests.pledges.report_steps import report_of, send

pytestmark = pytest.mark.django_db
LISTS = ["report-list", "pledge-list", "verification-queue", "home", "pledge-sign-many"]
ODD = ["²", "9" * 30, "\0"]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", LISTS)
def test_an_odd_filter_breaks_no_list(world, sign_in, name, odd):
    client = sign_in(world.director)
    fields = ("campaign", "cluster", "period", "page", "sort", "size", "state", "q")

    assert client.get(reverse(name), {"campaign": odd}).status_code == 200
    assert client.get(reverse(name), dict.fromkeys(fields, odd)).status_code == 200


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_verdict_is_refused_in_a_sentence(world, sign_in, odd):
    report = send(world, report_of(world))
    url = reverse("value-verdict", args=[report.pk, world.flow.pk])

    for verdict in ("correct", "return", odd):
        response = sign_in(world.verifier).post(url, {"verdict": verdict, "rev": odd, "typed": odd, "note": "Sai"})
        assert response.status_code == 302

    assert not report.values.exclude(status="entered").exists()


def test_a_reason_longer_than_its_column_is_refused_in_a_sentence(world, sign_in):
    report = send(world, report_of(world))
    value = report.values.get(indicator=world.flow)
    url = reverse("value-verdict", args=[report.pk, world.flow.pk])

    response = sign_in(world.verifier).post(
        url, {"verdict": "return", "rev": value.revision, "note": "x" * 501}, follow=True
    )

    assert "Lý do dài quá 500 ký tự" in response.content.decode()
    assert report.values.get(indicator=world.flow).status == "entered"


def test_reports_that_do_not_exist_are_not_accepted(world, sign_in):
    response = sign_in(world.verifier).post(reverse("verification-accept"), {"ids": "²," + "9" * 30 + ",,x,-1"})

    assert response.status_code == 302


@pytest.mark.parametrize("typed", ["9" * 15, "9" * 5000, "-1", "1e5", "0x10", "٣", "NaN", "Infinity", "1\0"])
def test_a_number_that_is_none_or_does_not_fit_stays_on_the_screen(world, sign_in, typed):
    report = report_of(world)
    name = f"c{world.flow.pk}"

    response = sign_in(world.editor).post(
        reverse("report-cell", args=[report.pk, world.flow.pk]), {f"{name}-value": typed, f"{name}-rev": "0"}
    )

    assert response.status_code == 422
    assert not report.values.exists()


def test_the_largest_number_that_is_taken_fits_its_column(world, sign_in):
    report = report_of(world)
    name = f"c{world.flow.pk}"

    sign_in(world.editor).post(
        reverse("report-cell", args=[report.pk, world.flow.pk]), {f"{name}-value": "9" * 14, f"{name}-rev": "0"}
    )

    assert report.values.get().amount == int("9" * 14)


def test_a_text_of_a_megabyte_is_refused_with_what_was_typed(world, sign_in):
    report = report_of(world)
    name = f"c{world.words.pk}"

    response = sign_in(world.editor).post(
        reverse("report-cell", args=[report.pk, world.words.pk]), {f"{name}-value": "ă" * 1_000_000, f"{name}-rev": "0"}
    )

    assert response.status_code == 422
    assert not report.values.exists()
