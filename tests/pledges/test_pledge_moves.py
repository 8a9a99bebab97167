"""Every move of the pledge from every state by every persona, and what each move leaves behind."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.models import Campaign, CampaignIndicator
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Job, Notification
from pledges.models import Commitment, Pledge, Target
from pledges.models.pledge import Side
from pledges.services.baselines import Baselines, cluster_medians
from pledges.services.pledges import (
    agree_pledge,
    available_moves,
    officers,
    propose_pledge,
    remind_units,
    reopen_pledge,
    return_pledge,
)
from pledges.services.proposals import (
    StaleProposalError,
    TargetEntry,
    own_commitments,
    save_proposal,
    target_rows,
    version_of,
)
from tests import factories as f
from tests.pledges.pledge_steps import STATES, agreed, fill, pledge_of, proposed, sign
from units.models import Lineage

TODAY = datetime.date(2026, 3, 2)

MOVES = {
    "propose": lambda pledge, actor: propose_pledge(pledge, actor=actor),
    "return": lambda pledge, actor: return_pledge(pledge, actor=actor, note="Xem lại"),
    "agree": lambda pledge, actor: agree_pledge(pledge, actor=actor),
    "reopen": lambda pledge, actor: reopen_pledge(pledge, actor=actor, note="Xem lại"),
}
SOURCES = {"propose": {"draft", "returned"}, "return": {"proposed"}, "agree": {"proposed"}, "reopen": {"agreed", "part_signed"}}
TARGETS = {"propose": "proposed", "return": "returned", "agree": "agreed", "reopen": "returned"}
MAY = {
    "propose": {"leader"},
    "return": {"verifier", "other_verifier", "director"},
    "agree": {"verifier", "other_verifier", "director"},
    "reopen": {"verifier", "other_verifier", "director"},
}
PERSONAS = (
    "editor", "leader", "other_editor", "other_leader", "verifier", "other_verifier", "director", "viewer", "admin", "stranger",
)  # fmt: skip


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("person", PERSONAS)
def test_each_move_is_for_its_people_from_its_states(state, move, person, world):
    pledge, actor = STATES[state](world), getattr(world, person)
    offered = move in [row.name for row in available_moves(pledge_of(world), actor)]

    if person not in MAY[move]:
        assert not offered
        with pytest.raises(PermissionDenied):
            MOVES[move](pledge, actor)
    elif state not in SOURCES[move]:
        assert not offered
        with pytest.raises(DomainError):
            MOVES[move](pledge, actor)
    else:
        assert offered
        MOVES[move](pledge, actor)
    moved = person in MAY[move] and state in SOURCES[move]
    assert pledge_of(world).status == (TARGETS[move] if moved else state)


@pytest.mark.parametrize("move", MOVES)
def test_nothing_moves_in_a_finished_campaign(move, world):
    pledge = STATES[min(SOURCES[move])](world)
    Campaign.objects.filter(pk=world.campaign.pk).update(status="closed", closed_at="2026-12-31T08:00:00+07:00")

    with pytest.raises(DomainError, match="Đã kết thúc"):
        MOVES[move](pledge, world.leader if move == "propose" else world.director)


@pytest.mark.parametrize("state", ["proposed", "agreed", "signed"])
def test_nothing_is_edited_once_it_is_with_the_province(state, world):
    pledge = STATES[state](world)
    entries = {world.flow.pk: TargetEntry(Decimal(99), "at_least", "")}

    with pytest.raises(StaleProposalError):
        save_proposal(pledge, actor=world.editor, targets=entries, commitments=["Khác"], seen=version_of(pledge))
    assert pledge.targets.get().amount == 12


def test_a_returned_pledge_is_edited_and_proposed_again(world):
    pledge = STATES["returned"](world)
    propose_pledge(fill(world, amount="20"), actor=world.leader)

    assert pledge_of(world).status == "proposed"
    assert pledge.targets.get().amount == 20


def test_a_return_needs_a_reason_and_shows_it(world):
    pledge = proposed(world)
    with pytest.raises(DomainError, match="lý do"):
        return_pledge(pledge, actor=world.verifier, note="  ")
    return_pledge(pledge, actor=world.verifier, note="Chỉ tiêu còn thấp ")

    assert pledge_of(world).return_note == "Chỉ tiêu còn thấp"


def test_a_proposal_lacks_targets_and_commitments(world):
    with pytest.raises(DomainError) as error:
        propose_pledge(pledge_of(world), actor=world.leader)

    assert error.value.findings == [
        "Chưa ghi chỉ tiêu “Cuộc vận động” (cuộc).",
        "Chưa có cam kết riêng nào của đơn vị: hãy ghi ít nhất một cam kết bằng lời.",
    ]


def test_the_common_part_stands_in_the_pledge_from_the_proposal_on(world):
    Campaign.objects.filter(pk=world.campaign.pk).update(
        common_commitments="Chung một\n\n Chung hai ", province_commitments="Hỗ trợ kịp thời"
    )
    CampaignIndicator.objects.filter(indicator=world.stock).update(in_pledge=True, common_target=Decimal(3))
    pledge = proposed(world)

    common = Commitment.objects.filter(pledge=pledge, common=True).values_list("side", "text")
    assert sorted(common) == [("province", "Hỗ trợ kịp thời"), ("unit", "Chung hai"), ("unit", "Chung một")]
    assert Target.objects.get(pledge=pledge, indicator=world.stock).amount == 3
    assert Target.objects.get(pledge=pledge, indicator=world.stock).common


def test_a_common_target_is_not_the_units_to_change(world):
    CampaignIndicator.objects.filter(indicator=world.flow).update(common_target=Decimal(30))
    pledge = fill(world, amount="1")

    assert (pledge.targets.get().amount, pledge.targets.get().common) == (30, True)


def test_a_common_part_that_changed_since_is_not_agreed_unseen(world):
    pledge = proposed(world)
    CampaignIndicator.objects.filter(indicator=world.flow).update(common_target=Decimal(30))

    with pytest.raises(DomainError, match="Phần chung") as error:
        agree_pledge(pledge, actor=world.director)
    assert error.value.findings == ["Chỉ tiêu chung “Cuộc vận động” đã thay đổi."]


def test_words_and_yes_no_are_never_asked_as_targets(world):
    CampaignIndicator.objects.filter(campaign=world.campaign).update(in_pledge=True)

    assert {row.indicator for row in target_rows(pledge_of(world))} == {world.flow, world.stock}


def test_a_pledge_that_all_have_signed_is_not_reopened(world):
    pledge = STATES["signed"](world)

    assert "reopen" not in [move.name for move in available_moves(pledge_of(world), world.director)]
    with pytest.raises(DomainError, match="cần một phụ lục"):
        reopen_pledge(pledge, actor=world.director, note="Sửa")


def test_a_paper_that_one_side_has_signed_is_cancelled_when_negotiation_is_reopened(world):
    pledge = agreed(world)
    signature = sign(world, pledge, Side.UNIT)
    reopen_pledge(pledge, actor=world.director, note="Đổi người đại diện")

    assert pledge_of(world).status == "returned"
    assert pledge_of(world).signatures == []
    signature.document.refresh_from_db()
    assert (signature.document.status, signature.document.end_reason) == ("cancelled", "Đổi người đại diện")


def test_reopening_forgets_what_was_agreed(world):
    reopen_pledge(agreed(world), actor=world.director, note="Sửa")
    pledge = pledge_of(world)

    assert (pledge.document_hash, pledge.agreed_at, pledge.agreed_by) == ("", None, None)


@pytest.mark.parametrize("move", ["agree", "reopen"])
def test_scores_are_worked_out_again_when_targets_begin_or_cease_to_count(move, world):
    pledge = STATES[min(SOURCES[move])](world)
    Job.objects.all().delete()
    MOVES[move](pledge, world.director)

    assert Job.objects.get().params == {"campaign": world.campaign.pk}


# --- who is told ------------------------------------------------------------------------------------------------------
def told(kind):
    return set(Notification.objects.filter(kind=kind).values_list("recipient__username", flat=True))


@pytest.mark.parametrize(
    ("state", "kind", "people"),
    [
        ("proposed", "pledge_proposed", {"thamdinh"}),
        ("returned", "pledge_returned", {"nhap.an", "lanhdao.an"}),
        ("agreed", "pledge_agreed", {"lanhdao.an"}),
        ("signed", "pledge_signed", {"nhap.an", "lanhdao.an", "thamdinh"}),
    ],
)
def test_each_move_tells_those_whose_turn_it_is(state, kind, people, world):
    STATES[state](world)

    assert told(kind) == people


def test_without_a_named_officer_the_directors_are_told(world):
    Campaign.objects.filter(pk=world.campaign.pk).update(contact=None)
    world.cluster.officer = None
    world.cluster.save()

    assert officers(pledge_of(world)) == [world.director]


def test_units_are_reminded_once_a_day(world):
    proposed(world, world.other_commune, world.other_editor, world.other_leader)

    assert remind_units(world.campaign, actor=world.verifier, today=TODAY) == 1
    assert remind_units(world.campaign, actor=world.director, today=TODAY) == 0
    assert told("pledge_reminder") == {"nhap.an", "lanhdao.an"}
    assert remind_units(world.campaign, actor=world.verifier, today=TODAY + datetime.timedelta(days=1)) == 1


@pytest.mark.parametrize("person", ["editor", "leader", "viewer", "stranger", "admin"])
def test_units_do_not_remind_units(person, world):
    with pytest.raises(PermissionDenied):
        remind_units(world.campaign, actor=getattr(world, person), today=TODAY)
    assert told("pledge_reminder") == set()


# --- comparison -------------------------------------------------------------------------------------------------------
def year_before(world, **amounts):
    """A finished campaign in which the named units have a verified figure; it becomes the previous one."""
    before = f.CampaignFactory(owner=world.ban, launched=True)
    period = f.ReportingPeriodFactory(campaign=before, year=2025)
    f.CampaignIndicatorFactory(campaign=before, indicator=world.flow)
    for unit, amount in amounts.values():
        row = f.ParticipationFactory(campaign=before, unit=unit)
        report = f.QuarterlyReportFactory(participation=row, period=period, verified=True)
        f.ReportedValueFactory(
            report=report,
            indicator=world.flow,
            amount=Decimal(amount),
            status="accepted",
            verdict_at="2026-01-10T08:00:00+07:00",
        )
    Campaign.objects.filter(pk=world.campaign.pk).update(previous=before)


@pytest.mark.parametrize(
    ("amount", "form", "note", "warning"),
    [
        ("20", "at_least", "", ""),
        (
            "19",
            "at_least",
            "",
            "Chỉ tiêu thấp hơn kết quả năm trước (20 cuộc). Vẫn được đề xuất, nhưng hãy ghi lý do vào ô Ghi chú.",
        ),
        ("19", "at_least", "Dân số giảm", "Chỉ tiêu thấp hơn kết quả năm trước (20 cuộc)."),
        ("20", "at_most", "", ""),
        ("21", "at_most", "ok", "Chỉ tiêu cao hơn kết quả năm trước (20 cuộc)."),
    ],
)
def test_a_target_below_last_years_result_is_flagged_and_not_forbidden(amount, form, note, warning, world):
    year_before(world, own=(world.commune, 20))
    pledge = pledge_of(world)
    entries = {world.flow.pk: TargetEntry(Decimal(amount), form, note)}
    save_proposal(pledge, actor=world.editor, targets=entries, commitments=["Một"], seen=version_of(pledge))
    propose_pledge(pledge, actor=world.leader)

    assert [row.warning for row in target_rows(pledge_of(world))] == [warning]


def test_a_lower_is_better_indicator_begins_as_a_limit(world):
    world.flow.better = "lower"
    world.flow.save()

    assert target_rows(pledge_of(world))[0].target.form == "at_most"


def test_predecessors_are_shown_and_never_added_up(world):
    old = f.UnitFactory(name="Xã Cũ", parent=world.province)
    older = f.UnitFactory(name="Xã Rất Cũ", parent=world.province)
    for predecessor, successor in ((old, world.commune), (older, old)):
        Lineage.objects.create(
            predecessor=predecessor, successor=successor, effective_on=datetime.date(2025, 7, 1), decision="NQ 1"
        )
    year_before(world, a=(old, 20), b=(older, 5), c=(world.other_commune, 9))

    row = target_rows(pledge_of(world))[0]

    assert row.baseline.value is None
    assert row.target.baseline is None
    assert row.baseline.predecessors == (("Xã Cũ", 20), ("Xã Rất Cũ", 5))


@pytest.mark.parametrize("count", [1, 30])
def test_baselines_cost_the_same_queries_whatever_the_number_of_units(count, world, django_assert_num_queries):
    units = [f.UnitFactory(parent=world.province) for _ in range(count)]
    rows = [f.ParticipationFactory(campaign=world.campaign, unit=unit, cluster=world.cluster) for unit in units]
    year_before(world, **{f"u{unit.pk}": (unit, 7) for unit in units})
    campaign = Campaign.objects.select_related("previous").get(pk=world.campaign.pk)

    with django_assert_num_queries(5):
        found = Baselines(campaign, rows, [world.flow])
    assert {found.of(row, world.flow).value for row in rows} == {7}


def test_the_clusters_middle_needs_three_other_units(world):
    own = fill(world, amount="1000")
    for amount in (10, 30):
        other(world, amount)
    assert cluster_medians(own) == {}
    other(world, 20)

    assert cluster_medians(own)[world.flow.pk].amount == 20


def other(world, amount):
    row = f.ParticipationFactory(
        campaign=world.campaign, cluster=world.cluster, unit=f.UnitFactory(parent=world.province)
    )
    pledge = f.PledgeFactory(participation=row, status="proposed")
    Target.objects.create(pledge=pledge, indicator=world.flow, amount=Decimal(amount))


def test_commitments_keep_their_lines_and_their_place(world):
    pledge = fill(world, text="Dòng một\r\nDòng hai")
    assert own_commitments(pledge_of(world)) == ["Dòng một\nDòng hai"]
    save_proposal(
        pledge, actor=world.editor, targets={}, commitments=["Mới", " ", "Dòng một\nDòng hai"], seen=version_of(pledge)
    )

    assert own_commitments(pledge_of(world)) == ["Mới", "Dòng một\nDòng hai"]


def test_an_entry_left_out_keeps_its_target(world):
    pledge = fill(world)
    save_proposal(pledge, actor=world.editor, targets={}, commitments=["Một"], seen=version_of(pledge))

    assert pledge.targets.get().amount == 12


def test_saving_the_same_again_leaves_no_trace(world):
    fill(world)
    before = version_of(pledge_of(world))
    fill(world)

    assert version_of(pledge_of(world)) == before


def test_only_the_own_unit_writes_its_pledge(world):
    pledge = pledge_of(world)
    for person in ("other_editor", "verifier", "director", "admin", "stranger"):
        with pytest.raises(PermissionDenied):
            save_proposal(pledge, actor=getattr(world, person), targets={}, commitments=["x"], seen=version_of(pledge))
    assert not Commitment.objects.exists()
    assert Pledge.objects.get(pk=pledge.pk).status == "draft"
