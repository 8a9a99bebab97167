"""Roll-up: from reported figures to score sheets, ranks and totals."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core import jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Job
from pledges.models import (
    GateDeclaration,
    IndicatorTotal,
    Pledge,
    QuarterlyReport,
    ReportedValue,
    ScoreInput,
    ScoreLine,
    ScoreSheet,
    Target,
    TieDecision,
)
from pledges.services import rollup
from pledges.services.recalculation import ask_for_rollup
from tests import factories as f


def send(report, when=None, days=0, **answers):
    """Mark a report as sent with these figures, accepted as they are."""
    when = when or report.due_at
    QuarterlyReport.objects.filter(pk=report.pk).update(
        status="submitted", submitted_at=when, first_submitted_at=when, days_from_due=days, working_days_from_due=days
    )
    for indicator, amount in answers.values():
        ReportedValue.objects.create(
            report=report, indicator=indicator, answer="given", amount=amount, status="accepted", verdict_at=when
        )


def report_of(world, unit, number):
    return QuarterlyReport.objects.get(participation__unit=unit, period=world.periods[number - 1])


def sheet_of(world, unit):
    return ScoreSheet.objects.get(participation__unit=unit)


def pledge_target(world, unit, amount):
    pledge = Pledge.objects.get(participation__unit=unit)
    Pledge.objects.filter(pk=pledge.pk).update(
        status="agreed", agreed_at=world.campaign.launched_at, document_hash="x" * 64
    )
    Target.objects.create(pledge=pledge, indicator=world.flow, amount=amount)


@pytest.fixture
def reported(world, time_machine):
    """An pledges 20 and reports 6 + 8 in two quarters; Bình has sent one late report; Cường none."""
    time_machine.move_to("2026-08-01 09:00+07:00")
    pledge_target(world, world.commune, Decimal(20))
    send(report_of(world, world.commune, 1), flow=(world.flow, Decimal(6)), stock=(world.stock, Decimal(30)))
    send(report_of(world, world.commune, 2), flow=(world.flow, Decimal(8)), stock=(world.stock, Decimal(31)))
    send(report_of(world, world.other_commune, 1), days=3, flow=(world.flow, Decimal(5)))
    return world


def line(world, unit, code):
    return ScoreLine.objects.get(sheet__participation__unit=unit, code=code)


def test_a_figure_typed_once_becomes_the_score_with_its_reason(reported):
    rollup.recalculate(reported.campaign)

    row = line(reported, reported.commune, "1.1")
    assert row.verified_points == Decimal("5.6")
    assert "70%" in row.verified_reason


def test_late_and_missing_reports_are_deducted_by_the_calendar(reported):
    rollup.recalculate(reported.campaign)

    # Bình: quarter I three days late (−1), quarter II not sent on 1/8 (−2).
    assert line(reported, reported.other_commune, "2.1").final_points == Decimal(1)
    # Cường: two reports missing (−4).
    assert line(reported, reported.third_commune, "2.1").final_points == Decimal(0)


def test_what_was_not_reported_has_no_score_and_is_not_zero(reported):
    rollup.recalculate(reported.campaign)

    row = line(reported, reported.other_commune, "1.1")
    assert (row.final_points, row.final_state) == (None, "missing")
    assert sheet_of(reported, reported.other_commune).provisional is True


def test_totals_sum_flows_and_take_the_last_stock(reported):
    rollup.recalculate(reported.campaign)

    flow = IndicatorTotal.objects.get(campaign=reported.campaign, indicator=reported.flow, slot="0:0")
    stock = IndicatorTotal.objects.get(campaign=reported.campaign, indicator=reported.stock, slot="0:0")
    assert (flow.value, flow.reported, flow.expected) == (Decimal(19), 3, 12)
    assert stock.value == Decimal(31)


def test_running_twice_changes_nothing_the_second_time(reported):
    rollup.recalculate(reported.campaign)
    before = list(ScoreLine.objects.order_by("pk").values()), list(IndicatorTotal.objects.order_by("pk").values())

    assert rollup.recalculate(reported.campaign) == 0
    assert before == (
        list(ScoreLine.objects.order_by("pk").values()),
        list(IndicatorTotal.objects.order_by("pk").values()),
    )


def test_the_self_score_ignores_what_only_the_superior_enters(reported):
    sheet = sheet_of(reported, reported.commune)
    ScoreInput.objects.create(sheet=sheet, code="1.2", stage="self", value=True)
    ScoreInput.objects.create(sheet=sheet, code="2.2", stage="self", value="4")
    ScoreInput.objects.create(sheet=sheet, code="1.2", stage="verified", value=False, reason="kế hoạch không có")
    ScoreInput.objects.create(sheet=sheet, code="2.2", stage="verified", value="3.5")
    rollup.recalculate(reported.campaign)

    sheet.refresh_from_db()
    assert sheet.self_total == Decimal("13.6")  # 5.6 + 4 + 4 (no late report) + nothing for 2.2
    assert sheet.verified_total == Decimal("13.1")  # 5.6 + 0 + 4 + 3.5
    # Like with like: 1.2 claimed and not granted; 2.2 is the superior's alone.
    assert sheet.gap == Decimal(4)


def test_the_agreed_score_stands_beside_the_verified_one(reported):
    sheet = sheet_of(reported, reported.commune)
    ScoreInput.objects.create(sheet=sheet, code="2.2", stage="verified", value="3")
    ScoreInput.objects.create(sheet=sheet, code="2.2", stage="final", value="3.5", reason="thống nhất tại cuộc họp")
    rollup.recalculate(reported.campaign)

    row = line(reported, reported.commune, "2.2")
    assert (row.self_points, row.verified_points, row.final_points) == (None, Decimal(3), Decimal("3.5"))


def test_a_declared_gate_limits_the_class_and_says_why(reported):
    sheet = sheet_of(reported, reported.commune)
    for code, value in (("1.2", True), ("2.2", "4")):
        ScoreInput.objects.create(sheet=sheet, code=code, stage="verified", value=value)
    GateDeclaration.objects.create(sheet=sheet, code="KL", reason="Quyết định 12", declared_by=reported.director)
    rollup.recalculate(reported.campaign)

    sheet.refresh_from_db()
    assert sheet.final_total == Decimal("17.6")
    assert sheet.score_class == "Hoàn thành"
    assert [gate["code"] for gate in sheet.gates] == ["KL"]


def test_equal_totals_share_a_rank_until_a_person_decides(reported):
    rollup.recalculate(reported.campaign)
    ScoreSheet.objects.update(final_total=Decimal(10))
    ScoreLine.objects.update(final_points=Decimal(5))
    ranks = rollup.rank_clusters(reported.campaign)
    assert {ranked.rank for ranked in ranks.values()} == {1}

    order = list(ScoreSheet.objects.order_by("-pk").values_list("participation_id", flat=True))
    TieDecision.objects.create(
        cluster=reported.cluster, order=order, reason="biểu quyết của cụm", decided_by=reported.director
    )
    ranks = rollup.rank_clusters(reported.campaign)
    assert [ranks[pk].rank for pk in ScoreSheet.objects.order_by("-pk").values_list("pk", flat=True)] == [1, 2, 3]


def test_a_published_campaign_is_never_recalculated(reported):
    Campaign.objects.filter(pk=reported.campaign.pk).update(status="closed")

    with pytest.raises(DomainError):
        rollup.recalculate(reported.campaign)


def test_verify_is_silent_when_equal_and_names_the_place_when_not(reported, capsys):
    rollup.recalculate(reported.campaign)
    call_command("recalculate", reported.campaign.pk, "--verify")

    ScoreLine.objects.filter(sheet__participation__unit=reported.commune, code="1.1").update(final_points=Decimal(8))
    with pytest.raises(CommandError, match=r"Xã An Hòa, mục 1\.1"):
        call_command("recalculate", reported.campaign.pk, "--verify")


def test_changes_while_a_roll_up_waits_share_it(reported):
    ask_for_rollup(reported.campaign)
    ask_for_rollup(reported.campaign)

    job = Job.objects.get(kind="rollup")
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert "3 phiếu điểm" in job.message


@pytest.mark.parametrize("extra", [0, 20])
def test_gathering_costs_the_same_queries_for_any_number_of_units(reported, extra, django_assert_max_num_queries):
    for _ in range(extra):
        participation = f.ParticipationFactory(campaign=reported.campaign, cluster=reported.cluster)
        f.ScoreSheetFactory(participation=participation)
    with django_assert_max_num_queries(16):
        rollup.score_sheets(Campaign.objects.select_related("scheme").get(), timezone.now(), skip_unchanged=False)
