"""Award cycles in a real browser: results → nominations → publicity → council → decision → certificate → cancellation."""

import datetime

import pytest
from django.db import transaction

from awards.models import RuleSet
from awards.services.cycles.editing import create_cycle, save_phase
from awards.services.cycles.moves import move_cycle
from tests import factories as f
from tests.architecture.everything import Everything, later_campaign
from tests.factories import awards as af
from tests.journeys.award_life import AwardLife
from tests.personas import build_world, person

SEATS = 15


@pytest.fixture
def ground(transactional_db):
    """The result of a campaign is published; committed, so that the server sees it."""
    with transaction.atomic():
        world = build_world()
        world.result = later_campaign(Everything(world), 2028, published=True)
    return world


@pytest.fixture
def cycle(ground):
    """Open for dossiers, on that result; the Bằng khen needs one day of publicity and more than half in secret."""
    af.standard_rules()
    today = datetime.date.today()
    award = af.AwardTypeFactory(decided_here=True, authority="Trưởng Ban Tuyên giáo và Dân vận Tỉnh ủy")
    af.RuleSetFactory()
    for rules in RuleSet.objects.filter(family="state"):
        af.AwardRuleFactory(rule_set=rules, award_type=award, publicity_days=1, attendance="80%")
    made = create_cycle(
        actor=ground.director, award_types=[award], campaigns=[ground.result], today=today,
        title="Khen thưởng Dân vận khéo năm 2025", kind="yearly", family="state", award_kind="movement", year_from=2025,
        year_to=2025, guidance="", decide_on=today,
    )  # fmt: skip
    for stage in ("nominating", "reviewing", "publication", "voting", "deciding"):
        save_phase(
            made, stage, actor=ground.director, opens_on=today - datetime.timedelta(days=30), reason="", closes_on=today,
            units_may_send=True, units_may_change=True, units_see_findings=True, units_see_outcome=False,
            members_may_score=False,
        )  # fmt: skip
    return move_cycle(made, "open", actor=ground.director, today=today)


@pytest.fixture
def council(ground):
    """Fifteen votes and a secretary without one; one member led An until the year before, another is away."""
    committee = af.council_of(ground)
    for number in range(4, SEATS + 1):
        user = person(f"uyvien{number}.hd", f"Ủy viên Thứ {number}", ground.ban, "member", "Ủy viên")
        af.CommitteeMemberFactory(committee=committee, user=user, order=number)
    f.MembershipFactory(
        user=ground.member, unit=ground.commune, role="leader", valid_from=datetime.date(2024, 1, 1),
        valid_to=datetime.date(2025, 12, 31),
    )  # fmt: skip
    return committee, user


@pytest.mark.browser
def test_a_published_result_becomes_a_certificate_that_a_cancellation_takes_back(stage, axe, cycle, council):
    committee, away = council
    journey = AwardLife(stage(1366, 768), cycle, committee, away)
    journey.stage.axe = axe

    journey.propose_from_results()
    journey.complete_dossiers()
    journey.publish()
    move_cycle(
        cycle,
        "start_reviewing",
        actor=journey.people.director,
        today=datetime.date.today() + datetime.timedelta(days=1),
    )
    move_cycle(cycle, "start_voting", actor=journey.people.director, today=datetime.date.today())
    journey.gather()
    receipts = journey.vote()
    journey.count(receipts)
    journey.close_with_minutes()
    journey.decide()
    journey.confirm_certificate()
    journey.cancel()

    assert journey.stage.faults == [], journey.stage.faults
