"""What people do with a campaign: launch it, close it, cancel it."""

from typing import Any

from django.db import transaction

from campaigns import observers
from campaigns.models import Campaign
from campaigns.workflows import CAMPAIGN


@transaction.atomic
def launch_campaign(campaign: Campaign, *, actor: Any) -> Campaign:
    """Open the campaign and freeze its roster; the apps above prepare pledges, reports and score sheets."""
    CAMPAIGN.apply(campaign, "launch", actor=actor)
    participations = list(campaign.participations.select_related("unit__kind", "unit__parent"))
    for row in participations:
        row.name, row.kind_name = row.unit.name, row.unit.kind.name
        row.parent_name = row.unit.parent.name if row.unit.parent else ""
        row.sort_key, row.search_key = row.unit.sort_key, row.unit.search_key
    campaign.participations.bulk_update(
        participations, ["name", "kind_name", "parent_name", "sort_key", "search_key"], batch_size=100
    )
    observers.tell_launched(campaign, participations, actor=actor)
    return campaign
