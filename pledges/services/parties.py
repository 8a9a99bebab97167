"""Who stands for each side of a pledge: written down when the content is agreed, from posts and delegations of that day."""

import datetime

from django.utils import timezone

from campaigns.models import Campaign
from pledges.models import Party, Pledge
from pledges.models.pledge import Side
from units.models import Delegation, Membership, Unit
from units.roles import Role

_ROLES = {Side.UNIT: Role.LEADER, Side.PROVINCE: Role.DIRECTOR, Side.WITNESS: Role.LEADER}


def sides_of(campaign: Campaign) -> list[tuple[Side, Unit | None]]:
    """The sides a pledge of this campaign has; the unit of the unit's side is the pledge's own (None here)."""
    found: list[tuple[Side, Unit | None]] = [(Side.PROVINCE, campaign.owner), (Side.UNIT, None)]
    return [*found, (Side.WITNESS, campaign.witness)] if campaign.witness_id else found


def representative(unit: Unit, side: Side, day: datetime.date) -> dict[str, str]:
    """Name, position, authority and delegation of whoever may sign for ``unit`` on ``day``; empty when nobody is known.

    A written delegation in force goes before the post: whoever gave it meant the other to sign.
    """
    role = _ROLES[side]
    delegation = Delegation.objects.on(day).filter(unit=unit, role=role).select_related("delegate").first()
    if delegation is not None:
        return {
            "name": delegation.delegate.full_name,
            "position": delegation.post,
            "authority": delegation.authority,
            "delegation": delegation.document_no,
        }
    holders = Membership.objects.on(day).filter(unit=unit, role=role).select_related("user")
    if day >= timezone.localdate():  # an account closed since then stood for its unit all the same
        holders = holders.filter(user__is_active=True)
    holder = holders.order_by("valid_from", "id").first()
    if holder is None:
        return {}
    return {"name": holder.user.full_name, "position": holder.post or holder.get_role_display()}


def parties_on(pledge: Pledge, *, day: datetime.date) -> list[Party]:
    """The sides of ``pledge`` as they are on ``day``, not stored; names of bodies are those of the day and of the roster."""
    rows = []
    for side, body in sides_of(pledge.participation.campaign):
        unit = body or pledge.participation.unit
        version = unit.as_of(day)
        name = pledge.participation.name if body is None else (version or unit).name
        rows.append(Party(pledge=pledge, side=side, unit=unit, unit_name=name, **representative(unit, side, day)))
    return rows


def name_parties(pledge: Pledge, *, day: datetime.date) -> list[Party]:
    """Write down who stands for each side on ``day``: from here the pledge says so whatever changes later."""
    pledge.parties.all().delete()
    return Party.objects.bulk_create(parties_on(pledge, day=day))
