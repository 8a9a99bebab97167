"""Asking for totals and scores to be worked out again (pledges/services/rollup.py does it)."""

from campaigns.models import Campaign
from dvk_portal.core import jobs


def ask_for_rollup(campaign: Campaign) -> None:
    """Owe the campaign a roll-up. Call it once per transaction, after the last change that totals depend on."""
    jobs.queue("rollup", str(campaign.pk), params={"campaign": campaign.pk})
