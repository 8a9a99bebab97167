"""The register of models in a real browser: a good way of working becomes a model, known to all, and learned by another."""

import pytest
from django.db import transaction

from campaigns.models import Indicator
from campaigns.models.indicator import Chapter
from tests.journeys.model_life import ModelLife
from tests.personas import build_world


@pytest.fixture
def ground(transactional_db):
    """A campaign under way whose reports ask for good ways of working; committed, so that the server sees it."""
    with transaction.atomic():
        world = build_world()
        Indicator.objects.filter(pk=world.words.pk).update(chapter=Chapter.MODELS)
    return world


@pytest.mark.browser
def test_a_good_way_of_working_becomes_a_public_model_that_another_unit_learns_from(stage, axe):
    journey = ModelLife(stage(1366, 768))
    journey.stage.axe = axe

    journey.report_a_good_way()
    journey.complete_the_draft()
    journey.visit_and_appraise()
    journey.decide()
    journey.make_public()
    journey.read_as_a_visitor()
    journey.learn()
    journey.see_the_credit()

    assert journey.stage.faults == []
