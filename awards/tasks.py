"""Celery's doors into this app. Each only fetches and delegates, and is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from awards.services.cycles import reminding
from awards.services.nominations import archive, batches

# The worker knows the jobs of these modules because they are imported here.
JOBS = (batches.run_batch, archive.run_archive)


@shared_task(name="awards.send_reminders")
def send_reminders() -> None:
    reminding.send_reminders(timezone.localdate())
