"""Celery's doors into the kernel. Each only fetches and delegates, and is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from dvk_portal.core import audit, heartbeat, jobs, notifications
from dvk_portal.core.signatures import sealing


@shared_task(name="core.run_job")
def run_job(pk: int) -> None:
    jobs.run(pk)


@shared_task(name="core.send_owed_mail")
def send_owed_mail() -> None:
    notifications.send_owed_mail()


@shared_task(name="core.sweep")
def sweep() -> None:
    heartbeat.leave()
    jobs.sweep()
    sealing.sweep(timezone.now())
    notifications.send_owed_mail()


@shared_task(name="core.seal_audit")
def seal_audit() -> None:
    while audit.seal() == 2000:
        pass
