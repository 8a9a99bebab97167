"""How a pledge gets from state to state in tests, through the real services."""

from decimal import Decimal

from pledges.models import Pledge
from pledges.models.pledge import Side
from pledges.services.pledges import agree_pledge, propose_pledge, return_pledge, supersede_pledge, withdraw_pledge
from pledges.services.proposals import TargetEntry, save_proposal, version_of
from pledges.services.signing import sign_pledge
from tests import factories as f


def pledge_of(world, unit=None):
    return Pledge.objects.with_content().get(participation__unit=unit or world.commune)


def fill(world, unit=None, editor=None, amount="12", text="Vận động nhân dân hiến đất làm đường"):
    pledge = pledge_of(world, unit)
    entries = {world.flow.pk: TargetEntry(Decimal(amount), "at_least", "")}
    return save_proposal(
        pledge, actor=editor or world.editor, targets=entries, commitments=[text], seen=version_of(pledge)
    )


def proposed(world, unit=None, editor=None, leader=None):
    return propose_pledge(fill(world, unit, editor), actor=leader or world.leader)


def agreed(world, unit=None, editor=None, leader=None):
    return agree_pledge(proposed(world, unit, editor, leader), actor=world.director)


def sign(world, pledge, side=Side.UNIT, actor=None):
    actor = actor or (world.leader if side == Side.UNIT else world.director)
    return sign_pledge(
        pledge, actor=actor, side=side, password=f.PASSWORD, seen_hash=Pledge.objects.get(pk=pledge.pk).document_hash
    )


def part_signed(world):
    """The unit has signed, the province has not."""
    sign(world, agreed(world), Side.UNIT)
    return pledge_of(world)


def signed(world):
    pledge = agreed(world)
    sign(world, pledge, Side.UNIT)
    sign(world, pledge, Side.PROVINCE)
    return pledge_of(world)


STATES = {
    "draft": fill,
    "proposed": proposed,
    "returned": lambda world: return_pledge(proposed(world), actor=world.verifier, note="Chỉ tiêu còn thấp"),
    "agreed": agreed,
    "part_signed": part_signed,
    "signed": signed,
    "withdrawn": lambda world: withdraw_pledge(proposed(world), actor=world.leader, note="Ghi nhầm"),
    "superseded": lambda world: supersede_pledge(agreed(world), actor=world.director, note="Thay bằng bản khác"),
}
