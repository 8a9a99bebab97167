"""Steps that the tests of scoring share: sheets of the small world brought to each state through the real services."""

from campaigns.services.campaigns import start_scoring
from pledges.models import ScoreLine, ScoreSheet
from pledges.services import acceptance, rollup, scoresheets


def sheet_of(world, unit=None):
    return ScoreSheet.objects.select_related("participation__campaign", "scheme").get(
        participation__unit=unit or world.commune, participation__campaign=world.campaign
    )


def line_of(world, code, unit=None):
    return ScoreLine.objects.get(sheet=sheet_of(world, unit), code=code)


def enter(world, code, value, stage="self", unit=None, actor=None, reason=""):
    actor = actor or {"self": world.editor, "verified": world.verifier, "final": world.director}[stage]
    return scoresheets.enter_input(sheet_of(world, unit), code, value, stage=stage, actor=actor, reason=reason)


def send(world, unit=None, leader=None):
    begin_scoring(world)
    return scoresheets.send_self_assessment(sheet_of(world, unit), actor=leader or world.leader)


def begin_scoring(world):
    """Once: sending comes only after it."""
    world.campaign.refresh_from_db()
    if world.campaign.status == "open":
        start_scoring(world.campaign, actor=world.director)
        world.campaign.refresh_from_db()


def settle(world, unit, points="4", has_plan=True):
    """Verified and agreed by the director, who may judge everything."""
    enter(world, "1.2", has_plan, "verified", unit, world.director, "theo hồ sơ")
    enter(world, "2.2", points, "verified", unit, world.director)
    scoresheets.finish_verification(sheet_of(world, unit), actor=world.director)
    return scoresheets.agree_scores(sheet_of(world, unit), actor=world.director)


def settle_all(world, points=("4", "3", "2")):
    """Every unit agreed, with totals that differ."""
    begin_scoring(world)
    for unit, given in zip((world.commune, world.other_commune, world.third_commune), points, strict=True):
        settle(world, unit, given)
    rollup.recalculate(world.campaign)


def accept(world, unit=None, actor=None):
    return acceptance.accept_self_scores(sheet_of(world, unit), actor=actor or world.verifier)
