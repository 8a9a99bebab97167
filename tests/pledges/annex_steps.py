"""How an annex gets from state to state in tests, through the real services."""

import datetime
from decimal import Decimal

from django.utils import timezone

from pledges.models import Amendment, AmendmentChange
from pledges.models.pledge import Side
from pledges.services.amendments import (
    agree_amendment,
    propose_amendment,
    return_amendment,
    save_amendment,
    sign_amendment,
    start_amendment,
    version_of,
    withdraw_amendment,
)
from tests import factories as f
from tests.pledges.pledge_steps import signed

Action = AmendmentChange.Action


def fresh(amendment):
    return Amendment.objects.with_content().get(pk=amendment.pk)


def raise_target(world, amount="20", **values):
    return AmendmentChange(
        action=Action.SET_TARGET, indicator=world.flow, form="at_least", amount=Decimal(amount), **values
    )


def start(world, pledge=None, *, actor=None, effective_on=None, reason="Địa bàn mở rộng sau sắp xếp"):
    today = timezone.localdate()
    return start_amendment(
        pledge or signed(world), actor=actor or world.editor, reason=reason,
        effective_on=effective_on or today, today=today,
    )  # fmt: skip


def write(world, amendment, *changes, actor=None, today=None):
    drafter = world.editor if amendment.by_side == Side.UNIT else world.verifier
    kept = fresh(amendment)
    return save_amendment(
        kept, actor=actor or drafter, reason=kept.reason, effective_on=kept.effective_on,
        changes=list(changes) or [raise_target(world)], seen=version_of(kept), today=today or timezone.localdate(),
    )  # fmt: skip


def drafted(world, *changes, pledge=None, **options):
    return write(world, start(world, pledge, **options), *changes)


def proposed(world, *changes, **options):
    amendment = drafted(world, *changes, **options)
    sender = world.leader if amendment.by_side == Side.UNIT else world.director
    return propose_amendment(amendment, actor=sender, today=timezone.localdate())


def agreed(world, *changes, **options):
    amendment = proposed(world, *changes, **options)
    answerer = world.director if amendment.by_side == Side.UNIT else world.leader
    return agree_amendment(amendment, actor=answerer, today=timezone.localdate())


def sign_annex(world, amendment, person):
    document = fresh(amendment).document
    return sign_amendment(amendment, actor=person, password=f.PASSWORD, seen_hash=document.content_hash)


def half_signed(world):
    amendment = agreed(world)
    sign_annex(world, amendment, world.leader)
    return fresh(amendment)


def in_force(world, *changes, **options):
    amendment = agreed(world, *changes, **options)
    sign_annex(world, amendment, world.leader)
    sign_annex(world, amendment, world.director)
    return fresh(amendment)


STATES = {
    "draft": drafted,
    "proposed": proposed,
    "returned": lambda world: return_amendment(proposed(world), actor=world.director, note="Cần nêu rõ hơn"),
    "agreed": agreed,
    "part_signed": half_signed,
    "signed": in_force,
    "withdrawn": lambda world: withdraw_amendment(drafted(world), actor=world.leader, note="Không cần nữa"),
}

YESTERDAY = datetime.timedelta(days=-1)
TOMORROW = datetime.timedelta(days=1)
