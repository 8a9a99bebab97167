"""Two people at once, in transactions of their own. Runs on both engines; row locks are what PostgreSQL is asked about."""

import time
from typing import Any

import pytest

from dvk_portal.core.models import AuditEntry, Job, Signature
from pledges.models import Pledge, QuarterlyReport
from pledges.models.pledge import Side
from pledges.services.reports import save_cells, submit_report
from pledges.services.signing import sign_pledge
from pledges.services.verification import RETURN, accept_rest, accept_unremarkable, judge_value, return_report
from tests import factories as f
from tests.personas import TODAY
from tests.pledges.pledge_steps import agreed
from tests.pledges.report_steps import cell, fill, report_of, send, value
from tests.races import at_once, refusals
from units.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def again(person: User) -> User:
    """The person as another request sees him."""
    return User.objects.get(pk=person.pk)


def test_one_cell_written_by_four_people_is_written_once_and_the_others_are_told(world):
    report = report_of(world)

    found = at_once(
        *(lambda n=n: save_cells(report, [cell(world.flow, n)], actor=again(world.editor))[0] for n in range(1, 5))
    )

    assert refusals(found) == []
    assert sorted(row.is_stale for row in found) == [False, True, True, True]
    assert value(report, world.flow).revision == 1


def test_the_editor_writes_while_the_leader_sends(world):
    report = report_of(world)
    fill(world, report, flow=5)

    found = at_once(
        lambda: submit_report(report, actor=again(world.leader), confirmed=True),
        lambda: save_cells(report, [cell(world.flow, 9, rev=1)], actor=again(world.editor)),
    )

    written = value(report, world.flow).amount == 9
    assert QuarterlyReport.objects.get(pk=report.pk).status == "submitted"
    assert len(refusals(found)) == (0 if written else 1)


def test_a_report_sent_twice_at_once_is_sent_once(world):
    report = report_of(world)
    fill(world, report)

    found = at_once(*[lambda: submit_report(report, actor=again(world.leader), confirmed=True)] * 2)

    assert len(refusals(found)) == 1
    assert AuditEntry.objects.filter(action="submit").count() == 1


def test_one_returns_while_another_accepts(world):
    report = send(world, report_of(world))
    judge_value(report, world.flow, actor=world.verifier, verdict=RETURN, revision=1, note="Thiếu")

    found = at_once(
        lambda: return_report(report, actor=again(world.verifier), note="Thiếu", due_on=TODAY, today=TODAY),
        lambda: accept_rest(report, actor=again(world.other_verifier)),
    )

    assert QuarterlyReport.objects.get(pk=report.pk).status == "returned"
    accepted = value(report, world.stock).status == "accepted"
    assert len(refusals(found)) == (0 if accepted else 1)


def test_two_who_accept_many_never_wait_for_each_other(world):
    reports = [
        send(world, report_of(world, unit, number))
        for unit in (world.commune, world.other_commune)
        for number in (1, 2)
    ]
    Job.objects.all().delete()

    for _ in range(3):
        rows = list(QuarterlyReport.objects.filter(pk__in=[row.pk for row in reports]).select_related("participation"))
        found = at_once(
            lambda rows=rows: accept_unremarkable(rows, actor=again(world.verifier)),
            lambda rows=rows: accept_unremarkable(rows[::-1], actor=again(world.other_verifier)),
            lambda rows=rows: accept_unremarkable(rows[::2] + rows[1::2], actor=again(world.director)),
        )
        assert refusals(found) == []
        for report in reports:
            report.values.update(status="entered")


def test_a_verdict_between_two_of_many_does_not_lock_them_up(world):
    first, second = send(world, report_of(world)), send(world, report_of(world, world.other_commune))
    rows = [QuarterlyReport.objects.select_related("participation").get(pk=row.pk) for row in (first, second)]

    found = at_once(
        lambda: accept_unremarkable(rows, actor=again(world.verifier)),
        lambda: judge_value(second, world.stock, actor=again(world.other_verifier), verdict="accept", revision=1),
        lambda: judge_value(first, world.plan, actor=again(world.other_verifier), verdict="accept", revision=1),
    )

    assert refusals(found) == []


def test_both_sides_sign_at_once_and_the_pledge_is_signed(world):
    pledge = Pledge.objects.get(pk=agreed(world).pk)

    def sign(side: str, person: User) -> Any:
        return sign_pledge(pledge, actor=again(person), side=side, password=f.PASSWORD, seen_hash=pledge.document_hash)

    found = at_once(lambda: sign(Side.UNIT, world.leader), lambda: sign(Side.PROVINCE, world.director))

    assert refusals(found) == []
    assert Pledge.objects.get(pk=pledge.pk).status == "signed"


def test_one_side_never_signs_twice(world):
    pledge = Pledge.objects.get(pk=agreed(world).pk)

    found = at_once(
        *[
            lambda: sign_pledge(
                pledge, actor=again(world.leader), side=Side.UNIT, password=f.PASSWORD, seen_hash=pledge.document_hash
            )
        ]
        * 3
    )

    assert len(refusals(found)) == 2
    assert Signature.objects.count() == 1


def test_guessing_the_password_of_a_signature_all_at_once_gives_no_more_guesses(world, monkeypatch):
    pledge = Pledge.objects.get(pk=agreed(world).pk)
    # As slow as the hasher of a real installation, so that the tries do overlap.
    monkeypatch.setattr(User, "check_password", lambda user, raw: time.sleep(0.1))

    found = at_once(
        *[
            lambda: sign_pledge(
                pledge, actor=again(world.leader), side=Side.UNIT, password="sai", seen_hash=pledge.document_hash
            )
        ]
        * 10
    )

    assert len(refusals(found)) == 10
    assert AuditEntry.objects.filter(action="signing_password_refused").count() == 5
