"""Asking for totals and scores to be worked out again (pledges/services/rollup.py does it)."""

from campaigns.models import Campaign
from dvk_portal.core import jobs
from dvk_portal.core.models import Job

TITLE = "Tính lại điểm, xếp hạng và số tổng hợp"


def ask_for_rollup(campaign: Campaign) -> Job:
    """Owe the campaign a roll-up. Call it once per transaction, after the last change that totals depend on."""
    return jobs.queue("rollup", str(campaign.pk), params={"campaign": campaign.pk}, title=TITLE)


def latest_rollup(campaign: Campaign) -> Job | None:
    """The roll-up under way, or the last one."""
    return Job.objects.filter(kind="rollup", key=str(campaign.pk)).order_by("-id").first()
