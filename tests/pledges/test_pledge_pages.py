"""The pages of the pledge: what they show, to whom, at what cost."""

from decimal import Decimal

import pytest
from django.urls import reverse

from pledges.models import Pledge
from pledges.models.pledge import Side
from pledges.services.pledges import agree_pledge, propose_pledge, return_pledge
from pledges.services.proposals import TargetEntry, own_commitments, save_proposal, version_of
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


def proposed(world):
    return propose_pledge(fill(world), actor=world.leader)


def agreed(world):
    return agree_pledge(proposed(world), actor=world.director)


def sign(world, pledge, side=Side.UNIT, actor=None):
    actor = actor or (world.leader if side == Side.UNIT else world.director)
    return sign_pledge(
        pledge, actor=actor, side=side, password=f.PASSWORD, seen_hash=Pledge.objects.get(pk=pledge.pk).document_hash
    )


def signed(world):
    pledge = agreed(world)
    sign(world, pledge, Side.UNIT)
    sign(world, pledge, Side.PROVINCE)
    return pledge_of(world)


STATES = {
    "draft": lambda world: fill(world),
    "proposed": proposed,
    "returned": lambda world: return_pledge(proposed(world), actor=world.verifier, note="Chỉ tiêu còn thấp"),
    "agreed": agreed,
    "signed": signed,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("person", ["editor", "leader", "verifier", "director", "viewer"])
def test_whoever_may_see_a_pledge_reads_it_in_every_state(state, person, world, sign_in):
    pledge = STATES[state](world)
    client = sign_in(getattr(world, person))

    for name in ("pledge-detail", "pledge-print"):
        page = client.get(reverse(name, args=[pledge.pk]))
        assert page.status_code == 200
        assert "Vận động nhân dân hiến đất làm đường" in page.content.decode()
    assert "Xã An Hòa" in client.get(reverse("pledge-list")).content.decode()
