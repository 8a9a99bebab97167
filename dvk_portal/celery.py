"""The Celery application and THE table of periodic jobs."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dvk_portal.settings.dev")

app = Celery("dvk_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Each row: name → task and when. Every task is safe to run twice and safe to miss (docs/architecture.md, "What is owed is a row").
app.conf.beat_schedule = {
    "pay-what-is-owed": {"task": "core.sweep", "schedule": 30.0},
    "seal-the-audit-trail": {"task": "core.seal_audit", "schedule": 60.0},
    "remind-those-who-owe": {"task": "pledges.send_reminders", "schedule": crontab(minute=5)},
    "forget-unconfirmed-votes": {"task": "pledges.forget_unconfirmed_votes", "schedule": crontab(hour=3, minute=15)},
    "remind-of-award-dates": {"task": "awards.send_reminders", "schedule": crontab(hour=7, minute=10)},
    "recompute-and-compare": {"task": "pledges.verify_rollups", "schedule": crontab(hour=2, minute=30)},
}
