"""What this app adds to the page of a campaign, and to the home page."""

import datetime
from typing import Any

from django.http import HttpRequest

from awards.services.cycles.boards import cycles_of_campaign, staff_part, unit_part
from campaigns.models import Campaign
from campaigns.panels import Panel, register_panel
from pledges.hometasks import HomePart, register_home


@register_panel
def award_cycles(request: HttpRequest, campaign: Campaign) -> Panel | None:
    """The award cycles that use the results of this campaign."""
    cycles = cycles_of_campaign(campaign, request.user)
    return {"template": "awards/cycles/_panel_campaign.html", "context": {"cycles": cycles}} if cycles else None


@register_home
def award_tasks(user: Any, today: datetime.date) -> HomePart | None:
    """Open cycles: for units what they have to send, for staff what waits."""
    return staff_part(user, today) or unit_part(user, today)
