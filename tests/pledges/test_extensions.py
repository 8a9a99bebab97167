"""A later due date for one unit: with a reason, also after the date has passed."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Notification
from pledges.models import Extension, QuarterlyReport
from pledges.services.extensions import grant_extension
from tests.pledges.report_steps import report_of, send

TODAY = datetime.date(2026, 4, 14)
LATER = datetime.date(2026, 4, 18)  # Saturday


def extend(world, report, **given):
    options = {"actor": world.verifier, "due_on": LATER, "reason": "Mưa lũ", "today": TODAY, **given}
    return grant_extension(report, **options)


def test_an_extension_after_the_date_rolls_on_and_moves_the_due_date_of_this_unit_alone(world):
    report, other = report_of(world), report_of(world, world.other_commune)

    extend(world, report)

    report.refresh_from_db()
    assert timezone.localtime(report.due_at) == datetime.datetime.fromisoformat("2026-04-20T23:59:59+07:00")
    assert QuarterlyReport.objects.get(pk=other.pk).due_at == other.due_at
    assert Extension.objects.get().old_due_at == other.due_at


def test_the_unit_is_told_and_the_trail_holds_both_dates(world):
    extend(world, report_of(world))

    told = Notification.objects.filter(kind="extension_granted").values_list("recipient", flat=True)
    assert sorted(told) == sorted([world.editor.pk, world.leader.pk])
    entry = AuditEntry.objects.get(action="extend")
    assert (entry.changes, entry.note) == ({"hạn nộp": ["10/04/2026", "20/04/2026"]}, "Mưa lũ")


def test_a_report_sent_late_counts_as_on_time_after_an_extension(world, time_machine):
    time_machine.move_to(datetime.datetime.fromisoformat("2026-04-14 09:00+07:00"))
    report = send(world, report_of(world))
    assert report.days_from_due == 4

    extend(world, report)

    report.refresh_from_db()
    assert (report.days_from_due, report.working_days_from_due) == (-6, -4)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reason": " "}, "lý do"),
        ({"due_on": datetime.date(2026, 4, 10)}, "sau hạn cũ"),
        ({"due_on": datetime.date(2026, 4, 13)}, "từ hôm nay"),
    ],
)
def test_an_extension_needs_a_reason_and_a_later_date(world, change, sentence):
    with pytest.raises(DomainError, match=sentence):
        extend(world, report_of(world), **change)


@pytest.mark.parametrize("who", ["editor", "leader", "viewer", "admin", "stranger"])
def test_nobody_grants_it_to_himself(world, who):
    with pytest.raises(PermissionDenied):
        extend(world, report_of(world), actor=getattr(world, who))
