"""Criteria of a scheme that count models: from the register, over the days of the campaign, frozen by publication."""

import copy
import datetime

import pytest
from django.utils import timezone

from dvk_portal.core.models import Job
from pledges.models import ScoreSheet
from pledges.services import rollup
from pledges.services.exemplary.register import withdraw_model
from pledges.services.exemplary.reportcounts import register_changed
from pledges.services.schemes import parsed_scheme
from pledges.services.scoring_inputs import InputGatherer
from tests import factories as f
from tests.personas import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """The small scheme with one more criterion, half a point for each model registered."""
    world = build_world()
    scheme = world.campaign.scheme
    document = copy.deepcopy(scheme.document)
    document["sections"][0]["children"][1]["rules"] = [
        {"code": "1.2.1", "kind": "yes_no", "points": "4"},
        {"code": "9.1", "kind": "per_case", "role": "bonus", "points": "0.5", "cap": "2", "label": "mô hình",
         "source": {"models": "registered"}},
    ]  # fmt: skip
    scheme.document, scheme.revision = document, scheme.revision + 1
    scheme.save()
    return world


def sourced(world, unit):
    gatherer = InputGatherer(world.campaign, parsed_scheme(world.campaign.scheme), timezone.now())
    participation = world.campaign.participations.get(unit=unit)
    return [gatherer.inputs(participation.pk, stage).get("9.1") for stage in ("self", "verified", "final")]


def test_each_unit_has_its_own_count_at_every_stage(world):
    f.ExemplaryModelFactory.create_batch(2, unit=world.commune, registered_on=world.campaign.starts_on)
    f.ExemplaryModelFactory(unit=world.commune, draft=True)
    f.ExemplaryModelFactory(unit=world.other_commune, registered_on=world.campaign.starts_on)

    assert sourced(world, world.commune) == [2, 2, 2]
    assert sourced(world, world.other_commune) == [1, 1, 1]
    assert sourced(world, world.third_commune) == [0, 0, 0]


def test_a_withdrawal_reaches_the_score_through_the_rollup(world):
    model = f.ExemplaryModelFactory(unit=world.commune, registered_on=world.campaign.starts_on)
    rollup.recalculate(world.campaign)
    Job.objects.all().delete()

    withdraw_model(model, actor=world.leader, note="Không làm nữa", day=world.campaign.starts_on)

    assert Job.objects.filter(kind="rollup", key=str(world.campaign.pk)).exists()
    assert rollup.recalculate(world.campaign) == 1
    sheet = ScoreSheet.objects.get(participation__unit=world.commune, participation__campaign=world.campaign)
    assert sheet.sourced["self"]["9.1"] == 0


def test_a_change_after_the_campaign_s_last_day_asks_for_nothing(world):
    Job.objects.all().delete()
    register_changed([world.commune.pk], world.campaign.ends_on + datetime.timedelta(days=1))
    register_changed([world.ban.pk], world.campaign.starts_on)

    assert not Job.objects.exists()


def test_a_published_campaign_keeps_the_counts_with_which_it_was_scored(world):
    f.ExemplaryModelFactory(unit=world.commune, registered_on=world.campaign.starts_on)
    rollup.recalculate(world.campaign)
    world.campaign.status, world.campaign.closed_at = "closed", timezone.now()
    f.ExemplaryModelFactory(unit=world.commune, registered_on=world.campaign.starts_on)

    assert sourced(world, world.commune)[0] == 1


@pytest.mark.parametrize("count", [1, 10])
def test_gathering_costs_one_query_however_many_models_there_are(world, count, django_assert_max_num_queries):
    f.ExemplaryModelFactory.create_batch(count, unit=world.commune, registered_on=world.campaign.starts_on)
    scheme = parsed_scheme(world.campaign.scheme)

    with django_assert_max_num_queries(12):
        InputGatherer(world.campaign, scheme, timezone.now())
