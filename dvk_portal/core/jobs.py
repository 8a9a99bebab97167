"""Jobs as rows: queued in the transaction that causes them, run by a worker under a lease, safe to run twice."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from dvk_portal.core.dispatch import later
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Job, StoredFile

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
GAVE_UP = "Đã thử nhiều lần nhưng không xong. Hãy báo quản trị hệ thống."
# When a server that a job needs is away.
LATER = timedelta(minutes=2)
_handlers: dict[str, Callable[["Progress"], str]] = {}
_private: set[str] = set()


class Progress:
    """What a handler is given: its job's parameters, a way to report progress, and to hear of cancellation.

    It is bound to one attempt: when the lease has lapsed and another worker took over, the late one hears of it too.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, attempts=self.job.attempts)

    def report(self, done: int, total: int, message: str = "") -> None:
        """Show ``done`` of ``total`` and renew the lease. Raises CancelledError when the job is no longer ours to do."""
        if not self._mine().update(done=done, total=total, message=message, lease_until=_lease_end()):
            raise CancelledError

    def keep(self, *, file: StoredFile | None = None, result: dict[str, Any] | None = None) -> None:
        """Leave the file or the figures that the job ends in. Raises as :meth:`report`."""
        if not self._mine().update(file=file, result=result or {}, lease_until=_lease_end()):
            raise CancelledError


class CancelledError(Exception):
    """The job was cancelled while it ran, or another worker took it over."""


class NotNowError(Exception):
    """Nothing is wrong with the job, a server that it needs is away: it is tried again in a while and loses no attempt."""


def handler(kind: str, *, private: bool = False) -> Callable[[Callable[[Progress], str]], Callable[[Progress], str]]:
    """Register the function that does jobs of ``kind``. It returns the closing sentence.

    ``private``: the parameters hold what nobody else shall read. They are emptied when the job ends, however it ends, and no
    page of the administration lists such jobs.
    """

    def register(function: Callable[[Progress], str]) -> Callable[[Progress], str]:
        _handlers[kind] = function
        if private:
            _private.add(kind)
        return function

    return register


def private_kinds() -> frozenset[str]:
    return frozenset(_private)


def _lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def queue(kind: str, key: str, *, params: dict[str, Any], title: str = "", owner: Any = None) -> Job:
    """Ask for a job. One of the same kind and key that waits is reused; one that runs is told to run once more.

    ``key`` must say everything that ``params`` says. The row is written to in every case, so a worker that wants to
    begin waits for the end of this transaction and sees what it changed.
    """
    while True:
        alive = Job.objects.filter(kind=kind, key=key, state__in=Job.LIVE).first()
        if alive is None:
            try:
                with transaction.atomic():
                    alive = Job.objects.create(kind=kind, key=key, params=params, title=title, owner=owner)
                break
            except IntegrityError:  # somebody queued it in the same instant
                continue
        # Told to run again only if it is already running at the moment of the write; if it has just ended, start anew.
        if Job.objects.filter(pk=alive.pk, state=Job.State.QUEUED).update(created_at=F("created_at")):
            break
        if Job.objects.filter(pk=alive.pk, state=Job.State.RUNNING).update(rerun=True):
            break
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
        _finish(job, Job.State.FAILED, GAVE_UP)
        return True
    if job.kind not in _handlers:
        _finish(job, Job.State.FAILED, f"Phiên bản này không có việc “{job.kind}”. Hãy báo quản trị hệ thống.")
        return True
    try:
        message = _handlers[job.kind](Progress(job))
    except CancelledError:
        return True
    except NotNowError:
        _put_off(job)
        return True
    except DomainError as error:
        _finish(job, Job.State.FAILED, " ".join([error.message, *error.findings]))
        return True
    except Exception:
        logger.exception("Job %s (%s) failed at attempt %s", job.pk, job.kind, job.attempts)
        _stumble(job)
        return True
    _finish(job, Job.State.DONE, message)
    return True


def _stumble(job: Job) -> None:
    """After an unexpected fault: the lease runs out and the sweep tries again, a few times."""
    if job.attempts >= MAX_ATTEMPTS:
        _finish(job, Job.State.FAILED, GAVE_UP)
        return
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts).update(
        message="Gặp sự cố; hệ thống sẽ tự thử lại sau ít phút."
    )


def _put_off(job: Job) -> None:
    """Leave the job to a later sweep, as if this attempt had not been made."""
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts).update(
        attempts=F("attempts") - 1, lease_until=timezone.now() + LATER
    )


def _forgotten(job: Job) -> dict[str, Any]:
    """What is emptied when ``job`` ends."""
    return {"params": {}} if job.kind in _private else {}


def _finish(job: Job, state: str, message: str) -> None:
    """Close this attempt. What was asked for while it ran is queued anew, however it ended."""
    ours = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
    closed = {"state": state, "message": message, "finished_at": timezone.now(), "lease_until": None}
    if not ours.update(**closed, **_forgotten(job)):
        return
    if Job.objects.filter(pk=job.pk, rerun=True).exists():
        queue(job.kind, job.key, params=job.params, title=job.title, owner=job.owner)


def cancel(job: Job) -> bool:
    """Stop a job that waits or runs; the handler notices at its next report. Returns whether there was one to stop."""
    return bool(
        Job.objects.filter(pk=job.pk, state__in=Job.LIVE).update(
            state=Job.State.CANCELLED,
            message="Đã hủy theo yêu cầu.",
            finished_at=timezone.now(),
            lease_until=None,
            **_forgotten(job),
        )
    )


def sweep() -> int:
    """Run again what a lost message or a killed worker left behind."""
    now = timezone.now()
    left = Q(state=Job.State.QUEUED, created_at__lt=now - timedelta(seconds=5)) | Q(
        state=Job.State.RUNNING, lease_until__lt=now
    )
    return sum(run(pk) for pk in list(Job.objects.filter(left).order_by("id").values_list("pk", flat=True)))
