"""Jobs whose parameters nobody else shall read, and jobs that wait for a server."""

import datetime

import pytest
from django.utils import timezone

from dvk_portal.core import jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Job

pytestmark = pytest.mark.django_db


def fail(error):
    def work(progress):
        raise error

    return work


@pytest.fixture
def kind(monkeypatch):
    """``kind(function)`` registers a private handler for this test only."""
    monkeypatch.setattr(jobs, "_handlers", {})
    monkeypatch.setattr(jobs, "_private", set())

    def register(function, **options):
        jobs.handler("kin", private=True)(function)
        return jobs.queue("kin", "k", params={"to": "bí mật"})

    return register


def params(job):
    return Job.objects.values_list("params", flat=True).get(pk=job.pk)


@pytest.mark.parametrize("work", [lambda progress: "Xong.", fail(DomainError("Không được."))])
def test_a_private_job_forgets_when_it_ends(work, kind):
    job = kind(work)
    assert params(job) == {"to": "bí mật"}

    jobs.run(job.pk)

    assert params(job) == {}


def test_a_private_job_forgets_when_it_is_cancelled_or_given_up(kind):
    job = kind(fail(RuntimeError("hỏng")))
    for _ in range(jobs.MAX_ATTEMPTS - 1):
        jobs.run(job.pk)
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    assert params(job) == {"to": "bí mật"}
    jobs.run(job.pk)
    assert params(job) == {}

    second = jobs.queue("kin", "k2", params={"to": "bí mật"})
    jobs.cancel(second)
    assert params(second) == {}


def test_other_jobs_keep_their_parameters(kind):
    jobs.handler("thu")(lambda progress: "Xong.")
    job = jobs.queue("thu", "k", params={"a": 1})

    jobs.run(job.pk)

    assert params(job) == {"a": 1}


def test_a_job_that_waits_for_a_server_loses_no_attempt_and_is_swept_later(kind):
    job = kind(fail(jobs.NotNowError()))
    for _ in range(3 * jobs.MAX_ATTEMPTS):
        jobs.run(job.pk)
        assert jobs.sweep() == 0  # not before a while
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))

    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.RUNNING, 0)
    jobs.handler("kin", private=True)(lambda progress: "Xong.")
    assert jobs.sweep() == 1
    assert params(job) == {}
