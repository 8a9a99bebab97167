"""Messages of this app. To add one: a class here and a template ``notifications/<kind>.txt``."""

from dataclasses import dataclass
from typing import Self

from django.urls import reverse

from campaigns.models import Campaign
from dvk_portal.core.notifications import Message


@dataclass(frozen=True)
class CampaignLaunched(Message):
    kind = "campaign_launched"

    campaign: Campaign

    @classmethod
    def about(cls, campaign: Campaign) -> Self:
        return cls(
            key=f"campaign_launched:{campaign.pk}",
            title=f"Phát động: {campaign.title}",
            url=reverse("campaign-detail", args=[campaign.pk]),
            campaign=campaign,
        )
