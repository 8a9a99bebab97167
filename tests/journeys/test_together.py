"""Two people do the same thing in the same moment, each on a connection of his own: one has done it, the other is told."""

import datetime
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from campaigns.models import Campaign
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from pledges.models import Pledge, Publication, QuarterlyReport, ScoreSheet
from pledges.services.pledges import agree_pledge, propose_pledge
from pledges.services.proposals import TargetEntry, save_proposal, version_of
from pledges.services.publishing import publish_results
from pledges.services.reports import submit_report
from pledges.services.scoresheets import agree_scores, finish_verification, send_self_assessment
from pledges.services.signing import sign_pledge
from pledges.services.verification import accept_rest, verify_report
from tests.factories import PASSWORD
from tests.personas import build_world
from tests.pledges.report_steps import fill, report_of, send
from tests.pledges.score_steps import begin_scoring, enter, settle_all, sheet_of
from units.models import User


@pytest.fixture
def world(transactional_db):
    """Committed, so that other connections see it."""
    with transaction.atomic():
        return build_world()


def together(first: Callable[[], Any], second: Callable[[], Any]) -> list[str]:
    """Both at once. Per act: "done", or the words in which it was refused."""
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def run(action: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            action()
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[action]) for action in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes, key=lambda words: words != "done")


def one_is_told(outcomes: list[str]) -> bool:
    return len(outcomes) == 2 and outcomes[0] == "done" and outcomes[1] != "done" and len(outcomes[1]) > 20


def as_(user: User) -> User:
    """The person as another request would load him: rights are kept on the object."""
    return User.objects.get(pk=user.pk)


def moves(record: Any, name: str) -> int:
    return AuditEntry.objects.filter(
        action=name, record_type=record._meta.label_lower, record_id=str(record.pk)
    ).count()


def test_two_send_a_report(world):
    report = report_of(world)
    fill(world, report)

    def act() -> None:
        submit_report(QuarterlyReport.objects.get(pk=report.pk), actor=as_(world.leader), confirmed=True)

    assert one_is_told(together(act, act))
    assert QuarterlyReport.objects.get(pk=report.pk).status == "submitted"
    assert moves(report, "submit") == 1


def test_two_finish_a_verification(world):
    report = send(world, report_of(world))
    for person in (world.verifier, world.other_verifier):
        accept_rest(report, actor=person)

    def by(person: User) -> Callable[[], Any]:
        return lambda: verify_report(QuarterlyReport.objects.get(pk=report.pk), actor=as_(person))

    assert one_is_told(together(by(world.verifier), by(world.director)))
    assert moves(report, "verify") == 1


def test_two_agree_on_a_pledge_and_two_sign_for_one_side(world):
    pledge = Pledge.objects.with_content().get(participation__unit=world.commune)
    entries = {world.flow.pk: TargetEntry(Decimal(12), "at_least", "")}
    save_proposal(
        pledge, actor=world.editor, targets=entries, commitments=["Vận động hiến đất"], seen=version_of(pledge)
    )
    propose_pledge(pledge, actor=world.leader)

    def agree(person: User) -> Callable[[], Any]:
        return lambda: agree_pledge(Pledge.objects.get(pk=pledge.pk), actor=as_(person))

    assert one_is_told(together(agree(world.verifier), agree(world.director)))
    seen = Pledge.objects.get(pk=pledge.pk).document_hash

    def sign() -> None:
        sign_pledge(
            Pledge.objects.get(pk=pledge.pk), actor=as_(world.leader), side="unit", password=PASSWORD, seen_hash=seen
        )

    assert one_is_told(together(sign, sign))
    assert [row.slot for row in Pledge.objects.get(pk=pledge.pk).signatures] == ["unit"]


def test_two_send_verify_and_agree_a_score_sheet(world):
    begin_scoring(world)
    enter(world, "1.2", True)
    sheet = sheet_of(world)

    def once(service: Callable[..., Any], person: User) -> Callable[[], Any]:
        return lambda: service(ScoreSheet.objects.get(pk=sheet.pk), actor=as_(person))

    assert one_is_told(together(*[once(send_self_assessment, world.leader)] * 2))
    enter(world, "1.2", True, "verified", actor=world.director)
    enter(world, "2.2", "3", "verified", actor=world.director)
    assert one_is_told(together(once(finish_verification, world.verifier), once(finish_verification, world.director)))
    assert one_is_told(together(*[once(agree_scores, world.director)] * 2))
    assert ScoreSheet.objects.get(pk=sheet.pk).status == "agreed"


def test_two_publish_the_result(world):
    settle_all(world)
    campaign = world.campaign

    def publish() -> None:
        publish_results(
            Campaign.objects.get(pk=campaign.pk), actor=as_(world.director), decision_no="9-QĐ",
            decision_date=datetime.date(2026, 11, 20), confirmation="9-QĐ",
        )  # fmt: skip

    assert one_is_told(together(publish, publish))
    assert Publication.objects.filter(campaign=campaign).count() == 1
    assert moves(campaign, "close") == 1
