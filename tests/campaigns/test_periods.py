"""Reporting periods: dates that roll on, quarters at once, and due dates that move reports along."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, ReportingPeriod
from campaigns.services.periods import (
    QuarterPlan,
    add_period,
    add_quarters,
    change_period,
    due_moment,
    periods_to_renew,
    quarters_of,
    remove_period,
    renew_due_moments,
    set_reminder_steps,
)
from dvk_portal.core.audit import trail
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import CalendarDay, Notification
from pledges.models import QuarterlyReport
from tests import factories as f

DAY = datetime.date


@pytest.fixture
def october(province):
    """A campaign from October to October."""
    return f.CampaignFactory(owner=province.ban, starts_on=DAY(2026, 10, 15), ends_on=DAY(2027, 10, 14))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "real"),
    [
        (DAY(2026, 10, 9), DAY(2026, 10, 9)),  # a Friday
        (DAY(2026, 10, 10), DAY(2026, 10, 12)),  # a Saturday
        (DAY(2026, 2, 17), DAY(2026, 2, 23)),  # Tết 2026: 16 to 20 February, then the weekend
        (DAY(2026, 4, 30), DAY(2026, 5, 4)),  # 30/4 Thursday, 1/5 Friday, weekend
        (DAY(2026, 11, 24), DAY(2026, 11, 25)),  # Ngày Văn hóa Việt Nam
        (DAY(2026, 8, 22), DAY(2026, 8, 22)),  # a Saturday worked in exchange
    ],
)
def test_a_due_date_on_a_day_off_rolls_on_to_the_end_of_the_next_working_day(written, real):
    due = timezone.localtime(due_moment(written))

    assert due.date() == real
    assert due.time() == datetime.time(23, 59, 59)


@pytest.mark.django_db
def test_a_day_off_declared_by_the_province_counts_too():
    CalendarDay.objects.create(date=DAY(2026, 10, 9), is_working=False, name="Nghỉ bão")
    CalendarDay.objects.create(date=DAY(2026, 10, 10), is_working=True, name="Làm bù")

    assert timezone.localdate(due_moment(DAY(2026, 10, 9))) == DAY(2026, 10, 10)


def test_quarters_of_an_october_campaign_are_cut_to_its_own_dates(october, province):
    fresh, _ = add_quarters(october, actor=province.verifier, plan=QuarterPlan())

    assert [(str(p), p.data_from, p.data_to, p.due_on) for p in fresh] == [
        ("Quý IV/2026", DAY(2026, 10, 15), DAY(2026, 12, 31), DAY(2027, 1, 10)),
        ("Quý I/2027", DAY(2027, 1, 1), DAY(2027, 3, 31), DAY(2027, 4, 10)),
        ("Quý II/2027", DAY(2027, 4, 1), DAY(2027, 6, 30), DAY(2027, 7, 10)),
        ("Quý III/2027", DAY(2027, 7, 1), DAY(2027, 9, 30), DAY(2027, 10, 10)),
        ("Quý IV/2027", DAY(2027, 10, 1), DAY(2027, 10, 14), DAY(2027, 11, 10)),
    ]


def test_an_early_cut_off_loses_no_day_between_two_quarters(province):
    campaign = f.CampaignFactory(owner=province.ban)

    quarters = quarters_of(campaign, QuarterPlan(cut_off_before=15, due_day=20, due_next_month=False))

    assert [(p.data_from, p.data_to, p.due_on) for p in quarters[:2]] == [
        (DAY(2026, 1, 1), DAY(2026, 3, 16), DAY(2026, 3, 20)),
        (DAY(2026, 3, 17), DAY(2026, 6, 15), DAY(2026, 6, 20)),
    ]


def test_adding_the_quarters_twice_adds_them_once(october, province):
    add_quarters(october, actor=province.verifier, plan=QuarterPlan(), year=2026)

    fresh, present = add_quarters(october, actor=province.verifier, plan=QuarterPlan())

    assert (len(fresh), len(present)) == (4, 1)


def test_two_campaigns_may_run_at_the_same_time_and_report_the_same_quarter(october, province):
    other = f.CampaignFactory(owner=province.ban)

    add_quarters(october, actor=province.verifier, plan=QuarterPlan())
    add_quarters(other, actor=province.verifier, plan=QuarterPlan())

    assert ReportingPeriod.objects.filter(year=2026, number=4).count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"data_to": DAY(2026, 1, 1), "data_from": DAY(2026, 2, 1)}, "sau ngày bắt đầu"),
        ({"due_on": DAY(2026, 3, 1)}, "từ ngày chốt"),
        ({"data_from": DAY(2025, 12, 1)}, "thời gian của phong trào"),
        ({"number": 5}, "từ 1 đến 4"),
    ],
)
def test_dates_that_contradict_each_other_are_refused(fields, words, province):
    campaign = f.CampaignFactory(owner=province.ban)
    sound = {
        "year": 2026, "kind": "quarter", "number": 1, "data_from": DAY(2026, 1, 1), "data_to": DAY(2026, 3, 31),
        "due_on": DAY(2026, 4, 10),
    }  # fmt: skip

    with pytest.raises(DomainError) as refused:
        add_period(campaign, actor=province.verifier, **{**sound, **fields})

    assert words in " ".join([refused.value.message, *refused.value.findings])


def test_overlapping_quarters_would_count_a_figure_twice(province):
    campaign = f.CampaignFactory(owner=province.ban)
    f.ReportingPeriodFactory(campaign=campaign)

    with pytest.raises(DomainError, match="trùng ngày"):
        add_period(
            campaign, actor=province.verifier, year=2026, kind="quarter", number=2, data_from=DAY(2026, 3, 20),
            data_to=DAY(2026, 6, 30), due_on=DAY(2026, 7, 10),
        )  # fmt: skip


def test_a_period_added_to_a_running_campaign_opens_a_report_for_every_unit(world):
    period = add_period(
        world.campaign, actor=world.verifier, year=2026, kind="year", number=1, data_from=DAY(2026, 1, 1),
        data_to=DAY(2026, 12, 31), due_on=DAY(2027, 1, 20),
    )  # fmt: skip

    assert period.reports.count() == 3
    assert Notification.objects.filter(kind="period_added").count() == 4


def test_a_new_due_date_moves_what_is_owed_and_nothing_else(world):
    reports = QuarterlyReport.objects.filter(period=world.periods[0])
    first, second, third = (
        reports.get(participation__unit=unit) for unit in (world.commune, world.other_commune, world.third_commune)
    )
    old = first.due_at
    later = old + datetime.timedelta(days=30)
    QuarterlyReport.objects.filter(pk=second.pk).update(
        status="submitted", submitted_at=old, first_submitted_at=old, days_from_due=0
    )
    QuarterlyReport.objects.filter(pk=third.pk).update(due_at=later)

    period = change_period(world.periods[0], actor=world.verifier, due_on=DAY(2026, 4, 17))

    dues = [QuarterlyReport.objects.get(pk=report.pk).due_at for report in (first, second, third)]
    assert dues == [period.due_at, old, later]
    assert trail(first).first().changes["due_at"] == [str(old), str(period.due_at)]
    told = Notification.objects.filter(kind="due_date_changed").values_list("recipient__username", flat=True)
    assert set(told) == {"nhap.an", "lanhdao.an"}


def test_the_dates_of_the_figures_are_fixed_at_launch(world):
    with pytest.raises(DomainError, match="thời gian lấy số liệu"):
        change_period(world.periods[0], actor=world.verifier, data_to=DAY(2026, 3, 20))
    with pytest.raises(DomainError, match="bỏ kỳ báo cáo"):
        remove_period(world.periods[0], actor=world.verifier)


def test_a_period_changed_by_somebody_else_is_not_overwritten(world):
    change_period(world.periods[0], actor=world.director, due_on=DAY(2026, 4, 15))

    with pytest.raises(DomainError, match="15/04/2026"):
        change_period(
            world.periods[0], actor=world.verifier, seen={"due_on": DAY(2026, 4, 10)}, due_on=DAY(2026, 4, 20)
        )


def test_on_the_page_the_second_try_after_a_warning_counts(world, sign_in):
    client = sign_in(world.verifier)
    url = reverse("period-edit", args=[world.campaign.pk, world.periods[0].pk])
    change_period(world.periods[0], actor=world.director, due_on=DAY(2026, 4, 15))

    warned = client.post(url, {"period-due_on": "20/04/2026", "period-seen": "10/04/2026"})
    seen = warned.context["form"].data["period-seen"]
    client.post(url, {"period-due_on": "20/04/2026", "period-seen": seen})

    assert "vừa được người khác sửa" in warned.content.decode()
    assert ReportingPeriod.objects.get(pk=world.periods[0].pk).due_on == DAY(2026, 4, 20)


@pytest.mark.time_machine(datetime.datetime(2026, 9, 1, 9, tzinfo=datetime.UTC), tick=False)
def test_a_new_day_off_moves_only_what_is_still_ahead(province):
    campaign = f.CampaignFactory(owner=province.ban)
    add_quarters(campaign, actor=province.verifier, plan=QuarterPlan(due_day=9))
    CalendarDay.objects.create(date=DAY(2026, 10, 9), is_working=False, name="Nghỉ bão")
    CalendarDay.objects.create(date=DAY(2026, 4, 9), is_working=False, name="Nghỉ")

    renewed = renew_due_moments(campaign, actor=province.verifier, now=timezone.now())

    assert [str(period) for period in renewed] == ["Quý III/2026"]
    assert timezone.localdate(campaign.periods.get(number=3).due_at) == DAY(2026, 10, 12)
    assert periods_to_renew(campaign, timezone.now()) == []


def test_two_reminders_on_one_day_are_refused(world):
    with pytest.raises(DomainError, match="cùng một ngày"):
        set_reminder_steps(world.campaign, [(-3, False, False), (-3, True, False)], actor=world.verifier)


def test_a_finished_campaign_takes_no_new_period(world):
    Campaign.objects.filter(pk=world.campaign.pk).update(status="closed")

    with pytest.raises(DomainError, match="không sửa được nữa"):
        add_quarters(world.campaign, actor=world.director, plan=QuarterPlan())
