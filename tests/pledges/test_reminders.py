"""The reminder ladder: only those who owe, each rung once, whatever happened to the scheduler."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dvk_portal.core.models import Notification
from dvk_portal.core.notifications import send_owed_mail
from pledges.models import QuarterlyReport
from pledges.reminders import Rung, rung_due
from pledges.services.reminding import send_reminders

LADDER = [Rung(-14, False, False), Rung(-3, False, False), Rung(1, True, True), Rung(7, True, True)]
DUE = datetime.date(2026, 4, 10)
LONG_AGO = datetime.date(2026, 1, 1)


@given(st.integers(min_value=-40, max_value=40))
def test_a_rung_is_due_from_its_day_until_the_next_one(offset):
    rung = rung_due(LADDER, DUE, LONG_AGO, DUE + datetime.timedelta(days=offset))
    reached = [step.days for step in LADDER if step.days <= offset]
    assert (rung.days if rung else None) == (max(reached) if reached else None)


def test_rungs_before_the_unit_had_the_report_are_not_sent_late():
    returned = datetime.date(2026, 4, 8)
    assert rung_due(LADDER, DUE, returned, datetime.date(2026, 4, 9)) is None


def at(day, hour=8):
    return datetime.datetime(2026, *day, hour, tzinfo=timezone.get_default_timezone())


def told(world, person):
    return list(Notification.objects.filter(recipient=person, kind="report_reminder").values_list("title", flat=True))


@pytest.fixture
def world(world):
    """The campaign was launched on 15 January; the first report is due on Friday 10 April."""
    world.campaign.launched_at = at((1, 15))
    world.campaign.save()
    return world


def test_the_editor_is_told_before_the_due_date_and_nobody_else(world):
    send_reminders(at((3, 27)))

    assert told(world, world.editor) == ["Báo cáo Quý I/2026: còn 14 ngày"]
    assert told(world, world.leader) == []
    assert told(world, world.stranger) == []


def test_who_has_sent_is_left_in_peace(world):
    QuarterlyReport.objects.filter(participation__unit=world.commune, period=world.periods[0]).update(
        status="submitted", submitted_at=at((3, 20)), first_submitted_at=at((3, 20)), days_from_due=-21
    )
    send_reminders(at((3, 27)))

    assert told(world, world.editor) == []
    assert told(world, world.other_editor) == ["Báo cáo Quý I/2026: còn 14 ngày"]


def test_running_twice_a_day_or_every_hour_repeats_nothing(world):
    first = send_reminders(at((3, 27)))
    assert first == 2  # Cường has no editor and no leader
    assert [send_reminders(at((3, 27), hour)) for hour in (9, 10, 11)] == [0, 0, 0]
    assert send_reminders(at((3, 28))) == 0


def test_a_missed_day_is_made_up_for_on_the_next(world):
    send_reminders(at((4, 5)))  # the machine was off from 27 March to 5 April: the rung "7 days before" was on 3 April

    assert told(world, world.editor) == ["Báo cáo Quý I/2026: còn 5 ngày"]


def test_after_the_due_date_leader_and_officer_are_told_too(world):
    send_reminders(at((4, 11)))

    assert told(world, world.leader) == ["Báo cáo Quý I/2026: quá hạn 1 ngày"]
    digest = Notification.objects.get(recipient=world.verifier, kind="overdue_digest")
    assert digest.title == "3 đơn vị chưa gửi báo cáo Quý I/2026"
    assert "Xã An Hòa" in digest.body
    assert "Phường Cường Thịnh" in digest.body


def test_the_officer_gets_one_letter_per_rung_however_many_units_owe(world):
    for day in (11, 12, 13, 14, 17, 18):
        send_reminders(at((4, day)))

    assert Notification.objects.filter(recipient=world.verifier, kind="overdue_digest").count() == 3


def test_an_extension_starts_the_ladder_again_from_the_new_date(world):
    send_reminders(at((4, 11)))
    QuarterlyReport.objects.filter(participation__unit=world.commune, period=world.periods[0]).update(
        due_at=at((4, 20), 23)
    )
    send_reminders(at((4, 13)))

    assert told(world, world.editor)[0] == "Báo cáo Quý I/2026: còn 7 ngày"


def test_a_unit_without_an_editor_has_its_leader_reminded(world):
    world.editor.memberships.update(valid_to=datetime.date(2026, 2, 1))
    send_reminders(at((3, 27)))

    assert told(world, world.leader) == ["Báo cáo Quý I/2026: còn 14 ngày"]


def test_the_letter_goes_out_by_mail_once(world):
    send_reminders(at((3, 27)))
    send_owed_mail()
    send_owed_mail()

    mine = [letter for letter in mail.outbox if letter.to == [world.editor.email] and "còn 14 ngày" in letter.subject]
    assert len(mine) == 1
    assert "Không phát sinh" in mine[0].body
