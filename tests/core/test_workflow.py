import pytest
from django.core.exceptions import PermissionDenied

from campaigns.models import Campaign
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from dvk_portal.core.workflow import Transition, Workflow
from tests import factories as f

pytestmark = pytest.mark.django_db
States = Campaign.Status


@pytest.fixture
def machine(monkeypatch):
    monkeypatch.setattr(Workflow, "all", [])
    return Workflow(
        "Phong trào",
        States,
        [
            Transition("go", "Phát động", (States.DRAFT,), States.OPEN, "campaign.launch", stamp="launched"),
            Transition(
                "drop", "Hủy", (States.DRAFT, States.OPEN), States.CANCELLED, "campaign.close", note_required=True
            ),
            Transition(
                "stuck", "Kẹt", (States.DRAFT,), States.OPEN, "campaign.launch", blockers=lambda record: ["Thiếu tên."]
            ),
        ],
    )


@pytest.fixture
def campaign(province):
    return f.CampaignFactory(owner=province.ban)


def test_a_move_writes_state_stamp_and_one_line(machine, campaign, province):
    machine.apply(campaign, "go", actor=province.director, title="Tên mới")

    campaign.refresh_from_db()
    assert (campaign.status, campaign.launched_by, campaign.title) == (States.OPEN, province.director, "Tên mới")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor) == ("go", province.director)
    assert entry.changes["status"] == ["draft", "open"]
    assert entry.changes["title"][1] == "Tên mới"


@pytest.mark.parametrize("who", ["editor", "leader", "verifier", "viewer", "admin", "stranger"])
def test_without_the_right_nothing_moves(machine, campaign, province, who):
    user = getattr(province, who)

    with pytest.raises(PermissionDenied):
        machine.apply(campaign, "go", actor=user)

    assert [move.name for move in machine.available(campaign, user)] == []
    campaign.refresh_from_db()
    assert campaign.status == States.DRAFT
    assert not AuditEntry.objects.exists()


def test_a_stale_page_is_refused_because_the_stored_state_counts(machine, campaign, province):
    stale = Campaign.objects.get(pk=campaign.pk)
    machine.apply(campaign, "go", actor=province.director)

    with pytest.raises(DomainError, match="Đang thực hiện"):
        machine.apply(stale, "go", actor=province.director)
    assert AuditEntry.objects.count() == 1


def test_a_reason_that_is_demanded_must_say_something(machine, campaign, province):
    with pytest.raises(DomainError, match="lý do"):
        machine.apply(campaign, "drop", actor=province.director, note="  \n")

    machine.apply(campaign, "drop", actor=province.director, note=" Trùng ")

    assert AuditEntry.objects.get().note == "Trùng"


def test_what_is_missing_is_said(machine, campaign, province):
    with pytest.raises(DomainError) as refused:
        machine.apply(campaign, "stuck", actor=province.director)

    assert refused.value.findings == ["Thiếu tên."]


def test_the_system_needs_no_right_but_obeys_the_states(machine, campaign):
    machine.apply(campaign, "go", actor=None)

    with pytest.raises(DomainError):
        machine.apply(campaign, "go", actor=None)
    assert AuditEntry.objects.get().actor is None


def test_the_buttons_are_the_moves_from_here(machine, campaign, province):
    assert [move.name for move in machine.available(campaign, province.director)] == ["go", "drop", "stuck"]
    machine.apply(campaign, "go", actor=province.director)
    assert [move.name for move in machine.available(campaign, province.director)] == ["drop"]
