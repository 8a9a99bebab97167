"""The unit's side: saving cells, telling the leader, sending."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.models import CampaignIndicator, ReportingPeriod
from dvk_portal.core import jobs, tasks
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, CalendarDay, Job, Notification
from pledges.models import QuarterlyReport, ReportedValue, Target
from pledges.services.questions import questions_of
from pledges.services.reports import save_cells, submit_report, tell_leader
from pledges.services.reportsheet import build_sheet
from tests import factories as f
from tests.pledges.report_steps import NOT_APPLICABLE, NOTHING, cell, fill, report_of, send, value

TODAY = datetime.date(2026, 4, 3)


def test_an_empty_cell_is_not_zero(world):
    report = report_of(world)

    save_cells(
        report, [cell(world.flow, 0, answer=NOTHING), cell(world.stock, answer=NOT_APPLICABLE)], actor=world.editor
    )

    assert value(report, world.flow).amount == 0
    assert value(report, world.flow).shown == "không phát sinh"
    assert value(report, world.stock).amount is None
    assert not ReportedValue.objects.filter(report=report, indicator=world.plan).exists()
    assert build_sheet(report).line(world.plan.pk).is_missing


def test_a_cell_written_by_somebody_else_meanwhile_is_refused_and_kept(world):
    report = report_of(world)
    save_cells(report, [cell(world.flow, 5)], actor=world.editor)

    (outcome,) = save_cells(report, [cell(world.flow, 7)], actor=world.leader)

    assert outcome.is_stale
    assert value(report, world.flow).amount == 5
    assert outcome.value.entered_by == world.editor


def test_the_same_answer_twice_writes_nothing(world):
    report = report_of(world)
    save_cells(report, [cell(world.flow, 5)], actor=world.editor)
    before = AuditEntry.objects.count()

    save_cells(report, [cell(world.flow, 5)], actor=world.editor)

    assert value(report, world.flow).revision == 1
    assert AuditEntry.objects.count() == before


def test_every_entry_leaves_old_and_new_in_the_trail(world):
    report = report_of(world)
    save_cells(report, [cell(world.flow, 5)], actor=world.editor)
    save_cells(report, [cell(world.flow, 1234, rev=1)], actor=world.editor)

    entry = AuditEntry.objects.filter(action="enter").first()

    assert entry.changes == {"Cuộc vận động": ["5", "1.234"]}
    assert entry.actor == world.editor


@pytest.mark.parametrize("who", ["other_editor", "verifier", "director", "viewer", "admin", "stranger"])
def test_nobody_else_enters_figures(world, who):
    with pytest.raises(PermissionDenied):
        save_cells(report_of(world), [cell(world.flow, 5)], actor=getattr(world, who))


def test_an_indicator_of_another_campaign_is_not_taken(world):
    with pytest.raises(DomainError, match="không hỏi"):
        save_cells(report_of(world), [cell(f.IndicatorFactory(), 5)], actor=world.editor)


def test_a_closed_campaign_takes_no_figures(world):
    world.campaign.status = "cancelled"
    world.campaign.save()

    with pytest.raises(DomainError, match="không đổi được"):
        save_cells(report_of(world), [cell(world.flow, 5)], actor=world.editor)


def test_sending_needs_every_demanded_line_and_lists_what_is_missing(world):
    report = report_of(world)
    save_cells(report, [cell(world.flow, 5)], actor=world.editor)

    with pytest.raises(DomainError) as refused:
        submit_report(report, actor=world.leader, confirmed=True)

    assert refused.value.findings == ["Chưa có “Chi bộ” (Chỉ tiêu).", "Chưa có “Có kế hoạch” (Chỉ tiêu)."]


def test_sending_needs_the_confirmation_of_the_content(world):
    report = report_of(world)
    fill(world, report)

    with pytest.raises(DomainError, match="xác nhận"):
        submit_report(report, actor=world.leader, confirmed=False)


def test_the_editor_cannot_send(world):
    report = report_of(world)
    fill(world, report)

    with pytest.raises(PermissionDenied):
        submit_report(report, actor=world.editor, confirmed=True)


@pytest.mark.parametrize(
    ("sent", "days", "working"),
    [
        ("2026-04-10 23:59", 0, 0),
        ("2026-04-08 09:00", -2, -2),
        ("2026-04-13 09:00", 3, 1),  # Friday → Monday
        ("2026-04-03 09:00", -7, -5),
    ],
)
def test_days_from_the_due_date_are_stored_at_sending(world, time_machine, sent, days, working):
    moment = datetime.datetime.fromisoformat(f"{sent}+07:00")
    time_machine.move_to(moment, tick=False)

    report = send(world, report_of(world))

    assert (report.days_from_due, report.working_days_from_due) == (days, working)
    assert report.first_submitted_at == moment


def test_a_day_that_the_province_declared_off_is_no_working_day(world, time_machine):
    CalendarDay.objects.create(date=datetime.date(2026, 4, 13), is_working=False, name="Nghỉ bù")
    time_machine.move_to(datetime.datetime.fromisoformat("2026-04-14 09:00+07:00"), tick=False)

    report = send(world, report_of(world))

    assert (report.days_from_due, report.working_days_from_due) == (4, 1)


def test_a_second_leader_who_sends_is_told_that_somebody_was_faster(world):
    report = report_of(world)
    fill(world, report)
    second = QuarterlyReport.objects.get(pk=report.pk)
    submit_report(report, actor=world.leader, confirmed=True)

    with pytest.raises(DomainError, match="tải lại trang"):
        submit_report(second, actor=world.leader, confirmed=True)


def test_officers_hear_of_a_sent_report_once_and_the_totals_are_asked_for(world):
    send(world, report_of(world))

    heard = Notification.objects.filter(kind="report_submitted").values_list("recipient", flat=True)
    assert sorted(heard) == sorted([world.verifier.pk, world.other_verifier.pk])
    assert Job.objects.filter(kind="rollup", key=str(world.campaign.pk)).count() == 1


def test_a_saved_cell_alone_asks_for_no_totals(world):
    Job.objects.all().delete()
    save_cells(report_of(world), [cell(world.flow, 5)], actor=world.editor)

    assert not Job.objects.filter(kind="rollup").exists()


def test_the_leader_is_told_once_a_day_that_the_report_is_ready(world):
    report = report_of(world)
    fill(world, report)

    tell_leader(report, actor=world.editor, today=TODAY)
    tell_leader(report, actor=world.editor, today=TODAY)

    told = Notification.objects.filter(kind="report_ready")
    assert [row.recipient for row in told] == [world.leader]


def test_the_leader_is_not_told_of_an_incomplete_report(world):
    with pytest.raises(DomainError, match="phải hoàn thành"):
        tell_leader(report_of(world), actor=world.editor, today=TODAY)


@pytest.fixture
def dead_broker():
    """Celery talks to a Redis port where nobody listens."""
    app = tasks.run_job.app
    was = {"broker_url": app.conf.broker_url, "broker_transport_options": app.conf.broker_transport_options}

    def use(conf):
        app.conf.update(conf)
        app.amqp._producer_pool = None
        app.pool.force_close_all()
        app._pool = None

    use({"broker_url": "redis://127.0.0.1:1/0", "broker_transport_options": {"socket_connect_timeout": 0.3}})
    yield
    use(was)


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_down_sending_succeeds_and_its_messages_are_paid_by_the_sweep(
    world, dead_broker, mailoutbox, caplog, monkeypatch
):
    report = report_of(world)
    fill(world, report)
    Notification.objects.update(mail_state="none")
    caplog.clear()

    submit_report(report, actor=world.leader, confirmed=True)

    assert "on_commit" in caplog.text
    assert QuarterlyReport.objects.get(pk=report.pk).status == "submitted"
    assert Job.objects.filter(kind="rollup", state="queued").exists()
    assert Notification.objects.mail_owed().count() == 2
    assert mailoutbox == []

    monkeypatch.setattr(jobs, "sweep", lambda: 0)  # the roll-up itself is tested elsewhere
    tasks.sweep()

    assert {letter.to[0] for letter in mailoutbox} == {world.verifier.email, world.other_verifier.email}


def test_a_yearly_indicator_is_demanded_only_in_the_last_period_of_the_year(world):
    yearly = f.IndicatorFactory(frequency="year")
    f.CampaignIndicatorFactory(campaign=world.campaign, indicator=yearly)
    asked = list(CampaignIndicator.objects.filter(campaign=world.campaign).select_related("indicator__group"))
    periods = list(ReportingPeriod.objects.filter(campaign=world.campaign))

    demanded = [
        next(row.required for row in questions_of(period, asked, periods) if row.indicator == yearly)
        for period in periods
    ]

    assert demanded == [False, False, False, True]


def test_province_wide_and_expired_indicators_are_not_asked(world):
    for options in ({"scope": "province"}, {"valid_to": datetime.date(2026, 3, 30)}):
        f.CampaignIndicatorFactory(campaign=world.campaign, indicator=f.IndicatorFactory(**options))
    until_the_end = f.IndicatorFactory(valid_to=datetime.date(2026, 3, 31))
    f.CampaignIndicatorFactory(campaign=world.campaign, indicator=until_the_end)

    asked = {line.indicator for line in build_sheet(report_of(world)).lines}

    assert asked == {world.flow, world.stock, world.plan, world.words, until_the_end}


def test_progress_of_a_target_adds_the_periods_of_the_campaign(world):
    report = report_of(world)
    pledge = report.participation.pledge
    Target.objects.create(pledge=pledge, indicator=world.flow, amount=Decimal(20))
    send(world, report, flow=5)
    second = report_of(world, number=2)
    save_cells(second, [cell(world.flow, 9)], actor=world.editor)

    progress = build_sheet(second).line(world.flow.pk).progress

    assert (progress.reached, progress.percent) == (Decimal(14), Decimal(70))


def test_a_ratio_is_computed_from_its_parts_and_never_typed(world):
    part = f.IndicatorFactory(code="tham_gia")
    ratio = f.IndicatorFactory(
        kind="ratio", over_time="recompute", over_units="recompute", ask=False, decimals=1,
        numerator=["tham_gia"], denominator=["chi_bo"], measure="%",
    )  # fmt: skip
    for indicator in (part, ratio):
        f.CampaignIndicatorFactory(campaign=world.campaign, indicator=indicator)
    report = report_of(world)
    save_cells(report, [cell(part, 1), cell(world.stock, 3)], actor=world.editor)

    assert build_sheet(report).line(ratio.pk).shown == "33,3%"
    with pytest.raises(DomainError):
        save_cells(report, [cell(ratio, 50)], actor=world.editor)


def test_past_figures_stand_beside_and_drafts_of_the_past_do_not(world):
    send(world, report_of(world), flow=5)
    second = report_of(world, number=2)
    save_cells(second, [cell(world.flow, 8)], actor=world.editor)

    assert build_sheet(second).line(world.flow.pk).shown_last == "5"
    assert build_sheet(report_of(world, number=3)).line(world.flow.pk).shown_last == ""


def test_the_same_period_of_last_year_comes_from_the_units_earlier_campaign(world):
    old = f.CampaignFactory(
        owner=world.ban, launched=True, starts_on=datetime.date(2025, 1, 1), ends_on=datetime.date(2025, 12, 31)
    )
    period = f.ReportingPeriodFactory(campaign=old, year=2025, number=1)
    for unit, amount in ((world.commune, 3), (world.other_commune, 99)):
        row = f.ParticipationFactory(campaign=old, unit=unit)
        past = f.QuarterlyReportFactory(participation=row, period=period, submitted=True)
        f.ReportedValueFactory(report=past, indicator=world.flow, amount=Decimal(amount))

    assert build_sheet(report_of(world)).line(world.flow.pk).shown_year_ago == "3"
