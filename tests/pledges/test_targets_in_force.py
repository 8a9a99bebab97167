"""What a pledge promises on a day: the signed pledge, overlaid by annexes in their order (practice.md W-9)."""

import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from pledges import tasks
from pledges.models import AmendmentChange, Pledge, QuarterlyReport, ScoreLine
from pledges.models.scoresheet import Stage
from pledges.services import rollup
from pledges.services.achievements import Achievement, performance_of
from pledges.services.reportsheet import build_sheet
from pledges.services.schemes import parsed_scheme
from pledges.services.scoring_inputs import InputGatherer
from pledges.services.targets import EffectiveTarget, apply_target, content_in_force, targets_in_force
from tests import factories as f
from tests.pledges.annex_steps import Action, agreed, in_force, raise_target, sign_annex
from tests.pledges.pledge_steps import agreed as agreed_pledge
from tests.pledges.pledge_steps import fill, pledge_of

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


def amounts(world, day=TODAY, **options):
    found = targets_in_force(Pledge.objects.filter(participation__campaign=world.campaign), day, **options)
    return {unit: {code: target.amount for code, target in own.items()} for unit, own in found.items()}


def test_a_pledge_without_annex_counts_as_agreed(world):
    pledge = agreed_pledge(world)

    found = targets_in_force(Pledge.objects.all(), TODAY)[pledge.participation_id]["van_dong"]

    assert found == EffectiveTarget(world.flow, Decimal(12), "at_least", world.campaign.ends_on, None, False, "", None)


def test_a_proposal_counts_only_where_negotiated_ones_are_asked_for(world):
    pledge = fill(world)

    assert amounts(world) == {}
    assert amounts(world, negotiated=True) == {pledge.participation_id: {"van_dong": Decimal(12)}}


def test_an_annex_counts_from_its_day_and_not_before(world):
    last_day = world.campaign.ends_on
    annex = in_force(world, effective_on=last_day)
    unit = annex.pledge.participation_id

    assert amounts(world, last_day - DAY) == {unit: {"van_dong": Decimal(12)}}
    assert amounts(world, last_day) == {unit: {"van_dong": Decimal(20)}}


def test_an_annex_that_not_all_have_signed_counts_for_nothing(world):
    annex = agreed(world)
    sign_annex(world, annex, world.leader)

    assert amounts(world, world.campaign.ends_on) == {annex.pledge.participation_id: {"van_dong": Decimal(12)}}


def test_later_annexes_lie_over_earlier_ones(world):
    first = in_force(world)
    second = in_force(
        world,
        raise_target(world, "9", due_on=datetime.date(2026, 12, 1), weight=Decimal(40)),
        AmendmentChange(action=Action.SET_TARGET, indicator=world.stock, amount=Decimal(30)),
        pledge=first.pledge,
    )

    found = targets_in_force(Pledge.objects.all(), TODAY)[first.pledge.participation_id]

    assert {code: (row.amount, row.due_on, row.weight, row.source) for code, row in found.items()} == {
        "van_dong": (Decimal(9), datetime.date(2026, 12, 1), Decimal(40), second),
        "chi_bo": (Decimal(30), world.campaign.ends_on, None, second),
    }


def test_a_dropped_target_is_gone_and_may_come_back(world):
    first = in_force(world, AmendmentChange(action=Action.DROP_TARGET, indicator=world.flow))
    assert amounts(world) == {first.pledge.participation_id: {}}

    in_force(world, raise_target(world, "7"), pledge=first.pledge)

    assert amounts(world) == {first.pledge.participation_id: {"van_dong": Decimal(7)}}


def test_what_one_annex_adds_the_next_may_reword_and_drop(world):
    first = in_force(world, AmendmentChange(action=Action.ADD_COMMITMENT, side="unit", text="Lời thứ nhất"))
    added = first.changes.get()
    second = in_force(
        world,
        AmendmentChange(action=Action.SET_COMMITMENT, origin=added, side="unit", text="Lời thứ hai"),
        pledge=first.pledge,
    )

    _, promises = content_in_force(pledge_of(world), TODAY)
    assert (promises[f"a{added.pk}"].text, promises[f"a{added.pk}"].source) == ("Lời thứ hai", second)

    in_force(
        world,
        AmendmentChange(action=Action.DROP_COMMITMENT, origin=added, side="unit"),
        pledge=first.pledge,
    )
    _, promises = content_in_force(pledge_of(world), TODAY)
    assert f"a{added.pk}" not in promises


def test_a_superseded_pledge_promises_nothing_any_more(world):
    annex = in_force(world)
    Pledge.objects.filter(pk=annex.pledge_id).update(status="superseded", ended_at=timezone.now(), end_note="x")

    assert amounts(world) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_many(world, count, django_assert_num_queries):
    pledges = []
    for unit, editor, leader in (
        (world.commune, world.editor, world.leader),
        (world.other_commune, world.other_editor, world.other_leader),
    )[:count]:
        pledges.append(agreed_pledge(world, unit, editor, leader))

    with django_assert_num_queries(2):
        found = targets_in_force(Pledge.objects.filter(participation__campaign=world.campaign), TODAY)

    assert len(found) == len(pledges)


# --- who reads it ---------------------------------------------------------------------------------------------------
def test_scores_are_worked_out_against_the_target_in_force_that_day(world):
    last_day = world.campaign.ends_on
    annex = in_force(world, effective_on=last_day)
    unit = annex.pledge.participation_id

    def asked(day):
        now = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
        gatherer = InputGatherer(world.campaign, parsed_scheme(world.campaign.scheme), now)
        return gatherer.inputs(unit, Stage.SELF)["1.1"]

    assert asked(last_day - DAY)["target"] == "12.0000"
    assert asked(last_day)["target"] == "20.0000"


def test_the_report_form_counts_against_the_annex(world):
    annex = in_force(world)
    report = annex.pledge.participation.reports.first()

    line = build_sheet(report).line(world.flow.pk)

    assert line.progress.target.amount == Decimal(20)


def test_the_nightly_recomputation_takes_up_an_annex_whose_day_has_come(world, time_machine):
    last_day = world.campaign.ends_on
    reported(in_force(world, effective_on=last_day).pledge, world.flow, 6)
    rollup.recalculate(world.campaign)
    before = points_of_line(world)

    time_machine.move_to(datetime.datetime.combine(last_day, datetime.time(2, 30), tzinfo=datetime.UTC))
    tasks.verify_rollups()

    # 8 points for the whole target: 6 of 12, then 6 of 20.
    assert (before, points_of_line(world)) == (Decimal(4), Decimal("2.4"))


def points_of_line(world):
    return ScoreLine.objects.get(sheet__participation__unit=world.commune, code="1.1").self_points


def reported(pledge, indicator, amount):
    """The report of the first quarter is sent with this figure."""
    report = pledge.participation.reports.get(period__number=1)
    f.ReportedValueFactory(report=report, indicator=indicator, amount=Decimal(amount))
    stamps = {"first_submitted_at": timezone.now(), "submitted_at": timezone.now()}
    QuarterlyReport.objects.filter(pk=report.pk).update(
        status="submitted", days_from_due=0, working_days_from_due=0, **stamps
    )


# --- committed versus achieved --------------------------------------------------------------------------------------
def _achieved(amount, form="at_least", done=None, due=TODAY + DAY):
    target = EffectiveTarget(None, None if amount is None else Decimal(amount), form, due)
    return Achievement(target, None if done is None else Decimal(done), TODAY)


@pytest.mark.parametrize(
    ("line", "words", "tone", "percent"),
    [
        (_achieved(10), "Chưa có số liệu", "neutral", None),
        (_achieved(10, done=4), "Đang thực hiện", "active", Decimal("40.0")),
        (_achieved(10, done=12), "Đã đạt", "good", Decimal("120.0")),
        (_achieved(10, done=4, due=TODAY), "Đang thực hiện", "active", Decimal("40.0")),
        (_achieved(10, done=4, due=TODAY - DAY), "Quá thời hạn, chưa đạt", "bad", Decimal("40.0")),
        (_achieved(10, due=TODAY - DAY), "Quá thời hạn, chưa có số liệu", "bad", None),
        (_achieved(10, done=12, due=TODAY - DAY), "Đã đạt", "good", Decimal("120.0")),
        (_achieved(3, "at_most", done=3), "Trong mức cam kết", "good", None),
        (_achieved(3, "at_most", done=4), "Đã vượt mức cam kết", "bad", None),
        (_achieved(0, done=0), "Đã đạt", "good", None),
    ],
)
def test_a_line_says_how_far_and_whether_it_is_late(line, words, tone, percent):
    assert (line.words, line.tone, line.percent) == (words, tone, percent)


def test_what_is_achieved_is_set_against_the_annex_and_the_watched_promise(world):
    annex = in_force(world)
    annex.pledge.commitments.filter(common=False).update(indicator=world.flow)
    reported(annex.pledge, world.flow, 5)

    found = performance_of(pledge_of(world), TODAY)

    [line], [watched] = found.targets, found.watched
    assert (line.target.amount, line.target.source, line.achieved, line.percent) == (
        Decimal(20), annex, Decimal(5), Decimal("25.0"),
    )  # fmt: skip
    assert (watched.commitment.text, watched.achieved, watched.against) == (
        "Vận động nhân dân hiến đất làm đường", Decimal(5), line,
    )  # fmt: skip


# --- laws -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.sampled_from(["set", "drop"]), st.integers(0, 99)), max_size=12))
def test_the_last_change_of_a_target_decides(changes):
    targets = {}

    for action, amount in changes:
        row = SimpleNamespace(
            action=Action.SET_TARGET if action == "set" else Action.DROP_TARGET, indicator=SimpleNamespace(code="a"),
            amount=amount, form="at_least", due_on=None, weight=None, note="", amendment=None,
        )  # fmt: skip
        apply_target(targets, row, TODAY)

    expected = None if not changes or changes[-1][0] == "drop" else changes[-1][1]
    assert (targets["a"].amount if targets else None) == expected
