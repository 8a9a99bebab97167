"""Totals of a campaign: the table by period and cluster, one indicator unit by unit; who may see them."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from pledges.models import QuarterlyReport, ReportedValue
from pledges.services import rollup
from pledges.services.totalspage import totals_table
from tests import factories as f


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime.datetime(2026, 8, 1, 9, tzinfo=datetime.UTC))


def report(world, unit, number, **values):
    """Send a report with these figures: indicator name → amount or text."""
    row = QuarterlyReport.objects.get(participation__unit=unit, period=world.periods[number - 1])
    QuarterlyReport.objects.filter(pk=row.pk).update(
        status="submitted", submitted_at=row.due_at, first_submitted_at=row.due_at, days_from_due=0
    )
    for name, value in values.items():
        field = "text" if isinstance(value, str) else "amount"
        ReportedValue.objects.create(report=row, indicator=getattr(world, name), answer="given", **{field: value})


@pytest.fixture
def reported(world):
    report(world, world.commune, 1, flow=Decimal(6), stock=Decimal(10), words="Tổ dân vận lưu động")
    report(world, world.commune, 2, flow=Decimal(8), stock=Decimal(11))
    report(world, world.other_commune, 1, flow=Decimal(5), stock=Decimal(20))
    rollup.recalculate(world.campaign)
    return world


def row_of(campaign, label, cluster=None):
    _, groups = totals_table(campaign, cluster)
    return next(row for group in groups for row in group.rows if row.indicator.label == label)


def test_each_period_says_what_was_reported_by_how_many_and_how_it_changed(reported):
    cells = row_of(reported.campaign, "Cuộc vận động").cells

    assert [(cell.words, cell.reported, cell.expected, cell.change_words) for cell in cells] == [
        ("11", 2, 3, ""), ("8", 1, 3, "−3"), ("chưa báo cáo", 0, 3, ""), ("chưa báo cáo", 0, 3, ""), ("19", 3, 12, ""),
    ]  # fmt: skip


def test_a_stock_says_that_some_figures_are_from_an_earlier_period(reported):
    whole = row_of(reported.campaign, "Chi bộ").cells[-1]

    assert (whole.words, whole.stale) == ("31", True)


def test_a_cluster_counts_only_its_own_units(reported):
    lone = f.ClusterFactory(campaign=reported.campaign, name="Cụm lẻ")
    reported.campaign.participations.filter(unit=reported.other_commune).update(cluster=lone)
    rollup.recalculate(reported.campaign)

    assert row_of(reported.campaign, "Cuộc vận động", lone).cells[-1].words == "5"


def test_one_indicator_is_shown_unit_by_unit_and_texts_under_their_unit(reported, sign_in):
    client = sign_in(reported.viewer)
    page = client.get(reverse("totals-indicator", args=[reported.campaign.pk, reported.flow.pk]), {"sort": "-value"})
    assert [(line.participation.name, line.cells[-1]) for line in page.context["lines"]] == [
        ("Xã An Hòa", "14"), ("Xã Bình Đức", "5"), ("Phường Cường Thịnh", "chưa báo cáo"),
    ]  # fmt: skip
    words = client.get(reverse("totals-indicator", args=[reported.campaign.pk, reported.words.pk])).content.decode()
    assert "Tổ dân vận lưu động" in words


@pytest.mark.parametrize("name", ["totals", "totals-export"])
def test_only_the_province_sees_the_totals(reported, sign_in, name):
    address = reverse(name, args=[reported.campaign.pk])
    for person in (reported.director, reported.verifier, reported.viewer):
        assert sign_in(person).get(address).status_code == 200
    for person in (reported.editor, reported.leader, reported.stranger, reported.admin):
        assert sign_in(person).get(address).status_code == 404


def test_what_another_campaign_asks_is_not_found(reported, sign_in):
    client = sign_in(reported.director)
    other, foreign = f.IndicatorFactory(), f.ClusterFactory()

    assert client.get(reverse("totals-indicator", args=[reported.campaign.pk, other.pk])).status_code == 404
    for cluster in (foreign.pk, "x"):
        assert client.get(reverse("totals", args=[reported.campaign.pk]), {"cluster": cluster}).status_code == 404
