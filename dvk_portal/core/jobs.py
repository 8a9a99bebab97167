"""Jobs as rows: queued in the transaction that causes them, run by a worker under a lease, safe to run twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from dvk_portal.core.dispatch import later
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Job

MAX_ATTEMPTS = 5
_handlers: dict[str, Callable[["Progress"], str]] = {}


class Progress:
    """What a handler is given: its job's parameters, a way to report progress, and to hear of cancellation."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params

    def report(self, done: int, total: int, message: str = "") -> None:
        """Show ``done`` of ``total`` and renew the lease. Raises CancelledError when the person has cancelled."""
        alive = Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING).update(
            done=done, total=total, message=message, lease_until=_lease_end()
        )
        if not alive:
            raise CancelledError


class CancelledError(Exception):
    """The job was cancelled while it ran."""


def handler(kind: str) -> Callable[[Callable[[Progress], str]], Callable[[Progress], str]]:
    """Register the function that does jobs of ``kind``. It returns the closing sentence."""

    def register(function: Callable[[Progress], str]) -> Callable[[Progress], str]:
        _handlers[kind] = function
        return function

    return register


def _lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


@transaction.atomic
def queue(kind: str, key: str, *, params: dict[str, Any], title: str = "", owner: Any = None) -> Job:
    """Ask for a job. One of the same kind and key that waits is reused; one that runs is told to run once more.

    The row stays locked until the caller commits: a worker that takes it up sees the change that asked for it.
    """
    alive = Job.objects.select_for_update().filter(kind=kind, key=key, state__in=Job.LIVE).first()
    if alive is None:
        try:
            with transaction.atomic():
                alive = Job.objects.create(kind=kind, key=key, params=params, title=title, owner=owner)
        except IntegrityError:  # somebody queued it in the same instant
            alive = Job.objects.get(kind=kind, key=key, state__in=Job.LIVE)
    if alive.state == Job.State.RUNNING:
        Job.objects.filter(pk=alive.pk, state=Job.State.RUNNING).update(rerun=True)
    later("core.run_job", alive.pk)
    return alive


def run(pk: int) -> bool:
    """Run one job if it is free: waiting, or running under a lease that has lapsed. Returns whether this call ran it."""
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, pk=pk).update(
        state=Job.State.RUNNING, lease_until=_lease_end(), attempts=F("attempts") + 1, rerun=False
    )
    if not taken:
        return False
    job = Job.objects.get(pk=pk)
    if job.attempts > MAX_ATTEMPTS:
        _finish(job, Job.State.FAILED, "Đã thử nhiều lần nhưng không xong. Hãy báo quản trị hệ thống.")
        return True
    try:
        message = _handlers[job.kind](Progress(job))
    except CancelledError:
        return True
    except DomainError as error:
        _finish(job, Job.State.FAILED, " ".join([error.message, *error.findings]))
        return True
    _finish(job, Job.State.DONE, message)
    return True


def _finish(job: Job, state: str, message: str) -> None:
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(
        state=state, message=message, finished_at=timezone.now(), lease_until=None
    )
    again = Job.objects.filter(pk=job.pk, rerun=True).exists()
    if again and state == Job.State.DONE:
        queue(job.kind, job.key, params=job.params, title=job.title, owner=job.owner)


def cancel(job: Job) -> None:
    """Stop a job that waits or runs; the handler notices at its next report."""
    Job.objects.filter(pk=job.pk, state__in=Job.LIVE).update(
        state=Job.State.CANCELLED, message="Đã hủy theo yêu cầu.", finished_at=timezone.now()
    )


def sweep() -> int:
    """Run again what a lost message or a killed worker left behind."""
    now = timezone.now()
    left = Q(state=Job.State.QUEUED, created_at__lt=now - timedelta(seconds=5)) | Q(
        state=Job.State.RUNNING, lease_until__lt=now
    )
    return sum(run(pk) for pk in list(Job.objects.filter(left).order_by("id").values_list("pk", flat=True)))
