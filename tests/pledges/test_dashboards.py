"""The first page: each role finds what waits for it, and nothing of anybody else."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.models import Pledge, QuarterlyReport
from pledges.services.dashboards import province_board, unit_board
from tests import factories as f

NOW = datetime.datetime(2026, 4, 20, 9, tzinfo=timezone.get_default_timezone())


def titles(tasks):
    return [task.title for task in tasks]


def test_an_editor_sees_the_reports_he_owes_and_the_pledge_he_has_not_proposed(world):
    board = unit_board(world.editor, NOW)

    assert titles(board.tasks) == ["Đề xuất giao ước thi đua năm 2026", "Báo cáo Quý I/2026"]
    assert board.tasks[1].tone == "bad"
    assert titles(board.upcoming) == ["Báo cáo Quý II/2026", "Báo cáo Quý III/2026", "Báo cáo Quý IV/2026"]


def test_progress_counts_answers_of_this_report_only(world):
    report = QuarterlyReport.objects.get(participation__unit=world.commune, period=world.periods[0])
    f.ReportedValueFactory(report=report, indicator=world.flow)
    f.ReportedValueFactory(report=report, indicator=world.stock, answer="", amount=None)
    other = QuarterlyReport.objects.get(participation__unit=world.other_commune, period=world.periods[0])
    f.ReportedValueFactory(report=other, indicator=world.flow)

    task = unit_board(world.editor, NOW).tasks[1]
    assert (task.done, task.total) == (1, 4)


def test_a_finished_report_leads_the_leader_to_sending_it(world):
    report = QuarterlyReport.objects.get(participation__unit=world.commune, period=world.periods[0])
    for indicator in [asked.indicator for asked in world.campaign.asked.select_related("indicator")]:
        f.ReportedValueFactory(report=report, indicator=indicator, answer="nothing", amount=None)

    task = next(task for task in unit_board(world.leader, NOW).tasks if task.title == "Báo cáo Quý I/2026")

    assert task.url == reverse("report-submit", args=[report.pk])
    assert task.note == "Quá hạn. Đã nhập đủ: xem lại và gửi."


def test_a_returned_report_is_shown_with_the_reason_whatever_its_date(world):
    QuarterlyReport.objects.filter(participation__unit=world.commune, period=world.periods[3]).update(
        status="returned", return_note="Thiếu minh chứng mục 3"
    )
    task = next(task for task in unit_board(world.editor, NOW).tasks if "Bổ sung" in task.title)
    assert (task.note, task.tone) == ("Thiếu minh chứng mục 3", "bad")


def test_only_the_leader_is_asked_to_sign(world):
    Pledge.objects.filter(participation__unit=world.commune).update(
        status="agreed", agreed_at=NOW, document_hash="a" * 64
    )

    assert "Ký giao ước thi đua năm 2026" in titles(unit_board(world.leader, NOW).tasks)
    assert "Ký giao ước thi đua năm 2026" not in titles(unit_board(world.editor, NOW).tasks)


def test_the_province_sees_who_sent_who_did_not_and_since_when(world):
    QuarterlyReport.objects.filter(participation__unit=world.commune, period=world.periods[0]).update(
        status="submitted", submitted_at=NOW, first_submitted_at=NOW, days_from_due=2, working_days_from_due=2
    )
    board = province_board(world.verifier, world.campaign, NOW)

    line = board.lines[0]
    assert (line.expected, line.sent, line.late, line.overdue) == (3, 1, 1, 2)
    assert {report.participation.name for report in board.overdue} == {"Xã Bình Đức", "Phường Cường Thịnh"}
    assert board.to_verify == 1
    assert board.current.period == world.periods[1]


@pytest.mark.parametrize("persona", ["editor", "leader", "verifier", "director", "viewer", "admin", "stranger"])
def test_every_role_has_a_first_page(world, persona, sign_in):
    page = sign_in(getattr(world, persona)).get(reverse("home"))

    assert page.status_code == 200


def test_the_first_page_of_a_unit_names_no_other_unit(world, sign_in):
    page = sign_in(world.editor).get(reverse("home")).content.decode()

    assert "Xã Bình Đức" not in page
    assert "Phường Cường Thịnh" not in page


@pytest.mark.parametrize("extra", [0, 20])
def test_the_province_page_costs_the_same_queries_for_any_number_of_units(
    world, extra, sign_in, django_assert_max_num_queries
):
    for _ in range(extra):
        row = f.ParticipationFactory(campaign=world.campaign, cluster=world.cluster)
        f.ScoreSheetFactory(participation=row)
        f.QuarterlyReportFactory(participation=row, period=world.periods[0])
    client = sign_in(world.director)
    with django_assert_max_num_queries(15):
        client.get(reverse("home"))


@pytest.mark.parametrize(("persona", "offered"), [("director", True), ("verifier", True), ("viewer", False)])
def test_without_a_campaign_only_who_may_create_one_is_offered_to(province, persona, offered, sign_in):
    page = sign_in(getattr(province, persona)).get(reverse("home")).content.decode()

    assert "Chưa có phong trào nào được phát động" in page
    assert (reverse("campaign-create") in page) is offered
