"""Celery's doors into this app. Each only fetches and delegates, and is safe to run twice."""

import logging

from celery import shared_task
from django.utils import timezone

from campaigns.models import Campaign
from pledges import exports
from pledges.services import reminding, rollup
from pledges.services.contests import voting
from pledges.services.exemplary import learning, reviews

logger = logging.getLogger(__name__)

# The worker knows the jobs of these modules because they are imported here.
JOBS = (rollup.run_rollup, exports.run_gap_export)


@shared_task(name="pledges.send_reminders")
def send_reminders() -> None:
    now = timezone.now()
    reminding.send_reminders(now)
    reviews.send_review_reminders(now)
    learning.remind_of_outcomes(timezone.localdate(now))


@shared_task(name="pledges.forget_unconfirmed_votes")
def forget_unconfirmed_votes() -> None:
    voting.forget_unconfirmed(timezone.now())


@shared_task(name="pledges.verify_rollups")
def verify_rollups() -> None:
    """Recompute every running campaign in full and raise an alarm when what is stored differs."""
    for campaign in Campaign.objects.running().select_related("scheme"):
        rollup.recalculate(campaign)
        problems = rollup.compare(campaign)
        if problems:
            logger.error("Roll-up of campaign %s differs from a full recomputation: %s", campaign.pk, problems[:5])
