"""Every move of every workflow, from every state, by every person: it does what its table says and nothing else.

Who may is written here once more, by hand and from the point of view of the records of one commune and of the Ban's campaign:
a slip in the matrix then shows as a difference.
"""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from awards import workflows as award_workflows
from awards.models import Award, AwardCycle, CommitteeMeeting, Complaint, Decision, Nomination
from campaigns import workflows as campaign_workflows
from campaigns.models import Campaign, Scheme
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from dvk_portal.core.workflow import Workflow
from pledges import workflows as pledge_workflows
from pledges.models import Amendment, Contest, ExemplaryModel, Pledge, QuarterlyReport, RecognitionBatch, ScoreSheet
from tests import factories as f
from tests.factories import awards as af
from tests.pledges.annex_steps import in_force
from tests.pledges.contests.contest_steps import drafted

UNIT = {"editor", "leader"}
PROVINCE = {"verifier", "other_verifier", "director"}
READERS = UNIT | PROVINCE | {"viewer", "clerk"}
# Whom the permission lets move the record of commune "An" (or the campaign of the Ban, or a scheme).
ALLOWED = {
    "campaign.launch": {"director"},
    "campaign.close": {"director"},
    "ranking.publish": {"director"},
    "scheme.publish": {"director"},
    "pledge.propose": {"leader"},
    "pledge.review": PROVINCE,
    "pledge.withdraw": {"leader"},
    "pledge.supersede": {"director"},
    "pledge.view": READERS,
    "report.send": {"leader"},
    "report.verify": PROVINCE,
    "report.lock": {"director"},
    "score.send_self": {"leader"},
    "score.verify": PROVINCE,
    "score.agree": {"director"},
    "model.view": READERS,
    "model.register": {"leader"},
    "model.exemplary": {"director"},
    "recognition.view": READERS,
    "contest.manage": PROVINCE,
    "contest.publish": {"director"},
    "award.view": READERS,
    "award.send": {"leader"},
    "award.appraise": PROVINCE,
    "award.integrity": PROVINCE,
    "award.manage": PROVINCE,
    "award.complaint": PROVINCE,
    "award.open": {"director"},
    "award.decide": {"director"},
    "council.prepare": {"chair", "secretary"},
}
WORKFLOWS = {
    "campaign": (campaign_workflows.CAMPAIGN, lambda world: Campaign.objects.get(pk=world.campaign.pk)),
    "scheme": (campaign_workflows.SCHEME, lambda world: Scheme.objects.get(pk=world.campaign.scheme_id)),
    "pledge": (pledge_workflows.PLEDGE, lambda world: Pledge.objects.get(participation__unit=world.commune)),
    # Made once, with the document that later states demand.
    "amendment": (pledge_workflows.AMENDMENT, lambda world: Amendment.objects.first() or in_force(world)),
    "report": (
        pledge_workflows.REPORT,
        lambda world: QuarterlyReport.objects.get(participation__unit=world.commune, period__number=1),
    ),
    "sheet": (pledge_workflows.SHEET, lambda world: ScoreSheet.objects.get(participation__unit=world.commune)),
    "model": (
        pledge_workflows.MODEL,
        lambda world: ExemplaryModel.objects.first() or f.ExemplaryModelFactory(unit=world.commune),
    ),
    "batch": (
        pledge_workflows.RECOGNITION_BATCH,
        lambda world: RecognitionBatch.objects.first() or f.RecognitionBatchFactory(unit=world.commune),
    ),
    "contest": (pledge_workflows.CONTEST, lambda world: Contest.objects.first() or drafted(world)),
    "award cycle": (
        award_workflows.AWARD_CYCLE,
        lambda world: AwardCycle.objects.first() or af.AwardCycleFactory(owner=world.ban),
    ),
    "nomination": (
        award_workflows.NOMINATION,
        lambda world: Nomination.objects.first() or af.NominationFactory(recipient__unit=world.commune, eligible=True),
    ),
    "meeting": (
        award_workflows.MEETING,
        lambda world: CommitteeMeeting.objects.first() or af.MeetingFactory(committee__unit=world.ban),
    ),
    "decision": (
        award_workflows.DECISION,
        lambda world: Decision.objects.first() or af.DecisionFactory(unit=world.ban, numbered=True),
    ),
    "award": (
        award_workflows.AWARD,
        lambda world: Award.objects.first() or af.AwardFactory(recipient__unit=world.commune),
    ),
    "complaint": (
        award_workflows.COMPLAINT,
        lambda world: Complaint.objects.first() or af.ComplaintFactory(unit=world.ban),
    ),
}


def beside(record: models.Model, state: str) -> dict[str, object]:
    """What a CHECK constraint demands of a record in that state and forbids in others."""
    if isinstance(record, ExemplaryModel):
        return {"ended_on": timezone.localdate() if state in ExemplaryModel.OVER else None}
    return {}


def allow_every_state(record: models.Model) -> None:
    """Give the record the stamps of every state, so that no CHECK constraint stands between the test and the table."""
    for field in record._meta.fields:
        if (
            field.name.endswith("_at")
            and isinstance(field, models.DateTimeField)
            and getattr(record, field.name) is None
        ):
            setattr(record, field.name, timezone.now())
    for name, value in (
        ("document_hash", "0" * 64),
        ("end_note", "Lý do"),
        ("end_decision_no", "30-QĐ"),
        ("end_decided_on", timezone.localdate()),
        ("result", "Kết quả"),
        ("days_from_due", 0),
        ("working_days_from_due", 0),
    ):
        if hasattr(record, name):
            setattr(record, name, value)
    record.save()


def outcome(workflow: Workflow, record: models.Model, name: str, person: object, note: str) -> str:
    """What happened: "moved", "refused" (a rule) or "denied" (not his right). Undone afterwards."""
    trail = AuditEntry.objects.filter(action=name, record_id=str(record.pk), record_type=record._meta.label_lower)
    before = trail.count()
    with transaction.atomic():
        try:
            workflow.apply(record, name, actor=person, note=note, **beside(record, workflow.transitions[name].target))
            happened = "moved"
        except PermissionDenied:
            happened = "denied"
        except DomainError:
            happened = "refused"
        stored = type(record)._base_manager.get(pk=record.pk)
        target = workflow.transitions[name].target
        stamp = workflow.transitions[name].stamp
        if happened == "moved":
            if stored.status != target:
                happened = f"moved to {stored.status}"
            elif stamp and getattr(stored, f"{stamp}_by", person) != person:
                happened = "moved without a stamp"
            elif trail.count() != before + 1:
                happened = "moved without an entry in the trail"
        transaction.set_rollback(True)
    return happened


def test_every_workflow_is_in_this_table():
    assert set(map(id, Workflow.all)) == {id(workflow) for workflow, _ in WORKFLOWS.values()}


def test_every_permission_of_a_move_is_in_this_table():
    moves = [move for workflow, _ in WORKFLOWS.values() for move in workflow.transitions.values()]

    assert {move.permission for move in moves} == set(ALLOWED)


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_every_move_from_every_state_by_everybody(kind, world):
    workflow, find = WORKFLOWS[kind]
    record = find(world)
    allow_every_state(record)
    wrong = []
    for state in workflow.states.values:
        type(record)._base_manager.filter(pk=record.pk).update(status=state, **beside(record, state))
        record = find(world)
        for move in workflow.transitions.values():
            incomplete = bool(move.blockers and move.blockers(record))
            for name, person in world.everybody().items():
                may, from_here = name in ALLOWED[move.permission], state in move.sources
                if (move in workflow.available(record, person)) != (may and from_here):
                    wrong.append(f"{state} → {move.name} by {name}: the button is {'missing' if may else 'shown'}")
                if not may and not from_here:
                    continue  # the right is asked before the state: the sources are enough
                expected = "denied" if not may else "moved" if from_here and not incomplete else "refused"
                happened = outcome(workflow, find(world), move.name, person, "Lý do")
                if happened != expected:
                    wrong.append(f"{state} → {move.name} by {name}: {happened}, expected {expected}")
                if move.note_required and expected == "moved":
                    without = outcome(workflow, find(world), move.name, person, "  ")
                    if without != "refused":
                        wrong.append(f"{state} → {move.name} by {name} without a reason: {without}")

    assert wrong == []


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_every_state_is_reached_and_every_move_says_what_it_does(kind):
    workflow, _ = WORKFLOWS[kind]
    reached = {move.target for move in workflow.transitions.values()}
    first = workflow.states.values[0]

    assert set(workflow.states.values) - reached <= {first}
    assert [move.name for move in workflow.transitions.values() if not move.label or not move.sources] == []
