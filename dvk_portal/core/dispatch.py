"""Telling a worker, after commit, that something is owed. A broker that is away never turns a saved record into an error."""

from celery import current_app
from django.db import transaction


def later(task: str, *ids: int) -> None:
    """Send the task by name once the surrounding transaction has committed. Lost messages are paid by ``core.sweep``."""
    transaction.on_commit(lambda: current_app.send_task(task, args=ids), robust=True)
