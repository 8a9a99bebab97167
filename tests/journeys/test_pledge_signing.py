"""Giao ước in a real browser: from the clause library to the public page that knows the signed file from a changed one."""

import pytest
from django.db import transaction

from tests.journeys.pledge_signing import PledgeSigning
from tests.personas import build_world, person


@pytest.fixture
def ground(transactional_db):
    """A campaign under way with three communes, each with people who can sign; committed, so that the server sees it."""
    with transaction.atomic():
        world = build_world()
        unit = world.third_commune
        world.third_editor = person("nhap.cuong", "Tạ Thị Ghi", unit, "editor", "Công chức")
        world.third_leader = person("lanhdao.cuong", "Hồ Văn Đầu", unit, "leader", "Bí thư Đảng ủy")
    return world


@pytest.mark.browser
def test_a_pledge_is_negotiated_signed_sealed_checked_and_changed(stage, axe):
    journey = PledgeSigning(stage(1366, 768))
    journey.stage.axe = axe

    journey.propose()
    journey.agree()
    journey.take_one_back()
    journey.sign_on_a_phone()
    journey.sign_the_wave()
    journey.see_the_seals()
    journey.check_as_a_visitor()
    journey.draft_annex()
    journey.sign_annex()
    journey.see_what_is_in_force()
    journey.see_what_is_void()

    assert journey.stage.faults == []
