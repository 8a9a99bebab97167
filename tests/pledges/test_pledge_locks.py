"""Whoever signs or ends a pledge waits for its documents before he holds the pledge: signing locks them in that order."""

import threading
import time

import pytest
from django.db import transaction

from dvk_portal.core.models import Document
from pledges.models.pledge import Side
from pledges.services.pledges import reopen_pledge, supersede_pledge
from pledges.services.proposals import lock_pledge
from tests.pledges import annex_steps
from tests.pledges.pledge_steps import agreed, pledge_of, sign
from tests.races import at_once, refusals
from units.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def again(person):
    return User.objects.get(pk=person.pk)


MOVES = {
    "sign": lambda world: sign(world, pledge_of(world), Side.UNIT, again(world.leader)),
    "reopen": lambda world: reopen_pledge(pledge_of(world), actor=again(world.director), note="Xem lại"),
    "supersede": lambda world: supersede_pledge(pledge_of(world), actor=again(world.director), note="Sáp nhập"),
}


def while_its_document_is_being_signed(world, document, move):
    """What signing by a file does: the document first, later its pledge; ``move`` comes in between."""
    held = threading.Event()

    def signing():
        with transaction.atomic():
            Document.objects.select_for_update().get(pk=document.pk)
            held.set()
            time.sleep(1)
            lock_pledge(pledge_of(world))

    def moving():
        held.wait(5)
        move(world)

    return at_once(signing, moving)


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_move_and_a_signature_at_once_do_not_block_each_other(move, world):
    found = while_its_document_is_being_signed(world, agreed(world).document, move)

    assert refusals(found) == []


def test_superseding_waits_for_the_annex_that_is_being_signed(world):
    annex = annex_steps.agreed(world)

    found = while_its_document_is_being_signed(world, annex.document, MOVES["supersede"])

    assert refusals(found) == []
