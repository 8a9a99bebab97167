"""Counts of the register in a report: shown live, written when it is sent, kept as they were verified."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Job
from pledges.models import ExemplaryModel, QuarterlyReport, ReportedValue
from pledges.services.exemplary.reportcounts import register_changed
from pledges.services.figures import CampaignFigures
from pledges.services.reports import save_cells, stored_questions, submit_report
from pledges.services.reportsheet import build_sheet
from pledges.services.verification import accept_rest, judge_value, return_report
from tests import factories as f
from tests.personas import build_world
from tests.pledges.report_steps import cell, fill, report_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return build_world()


def ask_for(world, measure, code="dv_mh", **values):
    when = {"within": "period"} if measure in ("newly_registered", "replicated") else {"at": "period_end"}
    indicator = f.IndicatorFactory(
        code=code, label=f"Mô hình ({measure})", group=world.flow.group, ask=False, measure="mô hình",
        kind="flow" if "within" in when else "stock", over_time="sum" if "within" in when else "last",
        derived={"models": measure, **when}, **values,
    )  # fmt: skip
    f.CampaignIndicatorFactory(campaign=world.campaign, indicator=indicator, required=True)
    return indicator


@pytest.fixture
def indicator(world):
    return ask_for(world, "registered")


@pytest.fixture
def report(world, indicator):
    return report_of(world)


def count(report, indicator):
    row = ReportedValue.objects.filter(report=report, indicator=indicator).first()
    return row.amount if row else None


def test_the_report_shows_what_the_register_holds_and_offers_no_box(world, report, indicator, sign_in):
    f.ExemplaryModelFactory.create_batch(2, unit=world.commune, registered_on=report.period.data_from)
    f.ExemplaryModelFactory(unit=world.other_commune, registered_on=report.period.data_from)
    f.ExemplaryModelFactory(unit=world.commune, registered_on=report.period.data_to + datetime.timedelta(days=1))
    f.ExemplaryModelFactory(unit=world.commune, draft=True)

    line = build_sheet(report).line(indicator.pk)
    page = sign_in(world.editor).get(reverse("report-edit", args=[report.pk])).content.decode()

    assert line.shown == "2"
    assert not line.editable
    assert f"c{indicator.pk}-value" not in page
    assert "Cổng đếm từ sổ mô hình" in page
    assert (
        f"dem=registered&amp;tu={report.period.data_from}&amp;den={report.period.data_to}&amp;don_vi={world.commune.pk}"
        in page
    )


def test_the_link_opens_exactly_the_models_that_are_counted(world, report, indicator, sign_in):
    f.ExemplaryModelFactory(unit=world.commune, name="Mô hình được đếm", registered_on=report.period.data_from)
    f.ExemplaryModelFactory(unit=world.other_commune, name="Mô hình nơi khác", registered_on=report.period.data_from)

    page = sign_in(world.editor).get(build_sheet(report).line(indicator.pk).register_url).content.decode()

    assert "Mô hình được đếm" in page
    assert "Mô hình nơi khác" not in page


def test_nothing_can_be_typed_into_a_counted_line(world, report, indicator, sign_in):
    with pytest.raises(DomainError, match="không hỏi"):
        save_cells(report, [cell(indicator, 99)], actor=world.editor)
    assert sign_in(world.editor).post(reverse("report-cell", args=[report.pk, indicator.pk])).status_code == 404


def test_sending_writes_the_count_and_later_changes_of_the_register_leave_it(world, report, indicator, sign_in):
    first = f.ExemplaryModelFactory(unit=world.commune, registered_on=report.period.data_from)
    send(world, report)
    f.ExemplaryModelFactory(unit=world.commune, registered_on=report.period.data_from)

    assert count(report, indicator) == 1
    page = sign_in(world.verifier).get(reverse("report-verify", args=[report.pk])).content.decode()
    assert "Sổ mô hình hiện có" in page
    assert first.registered_on == report.period.data_from


def test_none_registered_is_zero_and_not_silence(world, report, indicator):
    send(world, report)

    assert count(report, indicator) == 0
    assert build_sheet(report_of(world)).line(indicator.pk).is_answered


def test_a_count_that_was_typed_before_there_was_a_register_is_counted_anew(world, report, indicator):
    ReportedValue.objects.create(report=report, indicator=indicator, answer="given", amount=40, entered_by=world.editor)

    send(world, report)

    assert count(report, indicator) == 0


def test_what_was_verified_stays_when_the_report_is_sent_again(world, report, indicator):
    other = ask_for(world, "newly_registered", "dv_mh_moi")
    f.ExemplaryModelFactory(unit=world.commune, registered_on=report.period.data_from)
    send(world, report)
    value = report.values.get(indicator=indicator)
    judge_value(report, indicator, actor=world.verifier, verdict="accept", revision=value.revision)
    for wanted in (world.flow, other):
        value = report.values.get(indicator=wanted)
        judge_value(report, wanted, actor=world.verifier, verdict="return", revision=value.revision, note="Xem lại sổ")
    return_report(
        report_of(world), actor=world.verifier, note="Sửa", due_on=report.period.data_to + datetime.timedelta(days=90),
        today=report.period.data_to,
    )  # fmt: skip
    f.ExemplaryModelFactory(unit=world.commune, registered_on=report.period.data_to)

    assert build_sheet(report_of(world)).line(other.pk).shown == "2"
    revision = report.values.get(indicator=world.flow).revision
    save_cells(report_of(world), [cell(world.flow, 7, rev=revision)], actor=world.editor)
    submit_report(report_of(world), actor=world.leader, confirmed=True)

    assert count(report, indicator) == 1
    assert count(report, other) == 2
    assert report.values.get(indicator=other).status == ReportedValue.Status.ENTERED


def test_a_counted_line_waits_for_its_verdict_as_every_other(world, report, indicator):
    send(world, report)
    now = report_of(world)

    assert indicator.pk in [line.indicator.pk for line in build_sheet(now).waiting]
    accept_rest(now, actor=world.verifier)
    assert report.values.get(indicator=indicator).status == ReportedValue.Status.ACCEPTED


def test_counts_are_not_among_what_the_unit_has_to_fill_in(world, report, indicator, sign_in):
    fill(world, report)
    sheet = build_sheet(report_of(world))

    assert indicator not in [question.indicator for question in stored_questions(report) if question.typed]
    assert (sheet.answered, sheet.total) == (3, 4)
    page = sign_in(world.editor).get(reverse("report-list")).content.decode()
    assert "3/4" in page


def test_a_change_of_the_register_asks_for_a_rollup_only_where_a_scheme_counts_models(world):
    Job.objects.all().delete()
    register_changed([world.commune.pk], world.campaign.starts_on)

    counts = "models" in str(world.campaign.scheme.document)
    assert Job.objects.filter(kind="rollup").exists() is counts


def test_the_sheet_costs_the_same_queries_however_many_models_there_are(
    world, report, indicator, django_assert_num_queries
):
    build_sheet(report)
    with CaptureQueriesContext(connection) as one:
        build_sheet(report)
    f.ExemplaryModelFactory.create_batch(20, unit=world.commune, registered_on=report.period.data_from)
    with django_assert_num_queries(len(one)):
        build_sheet(report)


def test_totals_take_the_written_counts(world, report, indicator):
    f.ExemplaryModelFactory.create_batch(3, unit=world.commune, registered_on=report.period.data_from)
    send(world, report)

    rolled = CampaignFigures(world.campaign, None).rolled(indicator.code)

    assert rolled.total.value == Decimal(3)
    assert ExemplaryModel.objects.count() == 3
    assert QuarterlyReport.objects.get(pk=report.pk).status == "submitted"
