"""Reminders of award cycles: to those who still owe, each rung once."""

import datetime

import pytest

from awards.models import Nomination
from awards.services.cycles.reminding import send_reminders
from dvk_portal.core.models import Notification
from tests.awards.cycles.cycle_steps import FRIDAY, commented, eligible, opened, published
from tests.factories import awards as af

D = datetime.date


def told(kind):
    return sorted(Notification.objects.filter(kind=kind).values_list("recipient__username", flat=True))


@pytest.fixture
def cycle(province):
    """Units may send until 15/10/2026, supplement until 22/10."""
    return opened(province)


def test_a_unit_with_a_draft_is_reminded_and_one_without_is_not(cycle, province):
    af.NominationFactory(cycle=cycle, recipient__unit=province.commune)
    af.NominationFactory(cycle=cycle, recipient__unit=province.other_commune, submitted=True)

    assert send_reminders(D(2026, 10, 10)) == 2

    assert told("award_dossiers_due") == ["lanhdao.an", "nhap.an"]


def test_the_same_rung_is_owed_once_and_missed_days_do_not_heap_up(cycle, province):
    af.NominationFactory(cycle=cycle, recipient__unit=province.commune)

    new = [send_reminders(day) for day in (D(2026, 10, 4), D(2026, 10, 10), D(2026, 10, 10), D(2026, 10, 15))]

    assert new == [0, 2, 0, 2]


def test_a_returned_dossier_is_reminded_of_in_the_supplement_too(cycle, province):
    row = af.NominationFactory(cycle=cycle, recipient__unit=province.commune)
    Nomination.objects.filter(pk=row.pk).update(status="returned")

    send_reminders(D(2026, 10, 20))

    assert told("award_dossiers_due") == ["lanhdao.an", "nhap.an"]


def test_the_staff_is_told_of_appraisals_once_per_due_day(cycle, province):
    for _ in range(3):
        af.NominationFactory(cycle=cycle, recipient__unit=province.commune, complete=True, due_on=D(2026, 12, 8))

    assert [send_reminders(D(2026, 12, day)) for day in (2, 3, 4, 9)] == [0, 3, 0, 3]
    assert told("award_appraisals_due").count("thamdinh") == 2


def test_an_unread_comment_is_reminded_of_as_the_window_ends(cycle, province):
    publication = published(cycle, province, eligible(cycle, province.commune))
    commented(publication, today=FRIDAY)

    send_reminders(D(2026, 12, 4))

    assert told("award_comments_waiting") == ["thamdinh", "thamdinh2", "truongban"]
