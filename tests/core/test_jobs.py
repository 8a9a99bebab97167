import datetime
import threading
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dvk_portal.core import jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(monkeypatch):
    """``kind(function)`` registers a handler of the kind "thu" for this test only."""
    monkeypatch.setattr(jobs, "_handlers", {})

    def register(function):
        jobs.handler("thu")(function)
        return "thu"

    return register


def lapse(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))


def test_a_job_runs_once_and_ends_in_its_sentence(kind):
    runs = []
    job = jobs.queue(kind(lambda progress: runs.append(1) or "Xong."), "k", params={})

    assert jobs.run(job.pk)
    assert not jobs.run(job.pk)

    job.refresh_from_db()
    assert (runs, job.state, job.message) == ([1], Job.State.DONE, "Xong.")


def test_a_waiting_job_of_the_same_key_is_reused(kind):
    kind(lambda progress: "Xong.")

    first, second = (jobs.queue("thu", "k", params={}) for _ in range(2))

    assert first == second
    assert Job.objects.count() == 1


def test_what_is_asked_while_it_runs_is_done_again(kind):
    kind(lambda progress: jobs.queue("thu", "k", params={}) and "Xong.")
    job = jobs.queue("thu", "k", params={})

    jobs.run(job.pk)

    assert list(Job.objects.order_by("id").values_list("state", flat=True)) == ["done", "queued"]


def test_what_is_asked_while_a_failing_job_runs_is_done_again(kind):
    def fail(progress):
        jobs.queue("thu", "k", params={})
        raise DomainError("Tệp sai.", ["Dòng 3."])

    kind(fail)
    job = jobs.queue("thu", "k", params={})

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.message) == (Job.State.FAILED, "Tệp sai. Dòng 3.")
    assert Job.objects.filter(state=Job.State.QUEUED).count() == 1


def test_what_is_asked_in_the_instant_a_job_ends_is_not_lost(kind, monkeypatch):
    kind(lambda progress: "Xong.")
    job = jobs.queue("thu", "k", params={})
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING)
    real_filter = Job.objects.filter

    def ends_meanwhile(*args, **kwargs):
        if kwargs.get("state") == Job.State.QUEUED:
            real_filter(pk=job.pk).update(state=Job.State.DONE)
        return real_filter(*args, **kwargs)

    monkeypatch.setattr(Job.objects, "filter", ends_meanwhile)
    again = jobs.queue("thu", "k", params={})

    assert again != job
    assert again.state == Job.State.QUEUED


def test_a_killed_workers_job_is_taken_over_when_its_lease_lapses(kind):
    kind(lambda progress: "Xong.")
    job = jobs.queue("thu", "k", params={})
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, attempts=1, lease_until=timezone.now() + datetime.timedelta(seconds=30)
    )

    assert jobs.sweep() == 0
    lapse(job)
    assert jobs.sweep() == 1

    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.DONE, 2)


def test_a_worker_that_lost_its_lease_stops_and_cannot_finish_the_others_attempt(kind):
    seen = []

    def slow(progress):
        if progress.job.attempts == 1:
            lapse(progress.job)
            Job.objects.filter(pk=progress.job.pk).update(attempts=2)  # another worker took it
            try:
                progress.report(1, 2)
            except jobs.CancelledError:
                seen.append("stopped")
                raise
        return "Xong."

    kind(slow)
    job = jobs.queue("thu", "k", params={})

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (seen, job.state) == (["stopped"], Job.State.RUNNING)


def test_one_faulty_job_does_not_keep_the_others_from_running(kind, caplog):
    def fault(progress):
        if progress.job.key == "a":
            raise ZeroDivisionError
        return "Xong."

    kind(fault)
    bad, good = jobs.queue("thu", "a", params={}), jobs.queue("thu", "b", params={})
    Job.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=1))

    jobs.sweep()

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == (Job.State.RUNNING, Job.State.DONE)
    assert "ZeroDivisionError" in caplog.text


def test_a_faulty_job_is_given_up_after_five_attempts(kind):
    kind(lambda progress: 1 // 0)
    job = jobs.queue("thu", "k", params={})

    for _ in range(jobs.MAX_ATTEMPTS + 2):
        jobs.run(job.pk)
        lapse(job)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.message) == (Job.State.FAILED, jobs.MAX_ATTEMPTS, jobs.GAVE_UP)


def test_a_kind_nobody_knows_fails_with_a_sentence(kind):
    job = Job.objects.create(kind="la", key="k")

    assert jobs.run(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "la" in job.message


def test_a_cancelled_job_hears_of_it_and_stays_cancelled(kind):
    kind(lambda progress: (jobs.cancel(progress.job) and progress.report(1, 2)) or "Xong.")
    job = jobs.queue("thu", "k", params={})

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.message) == (Job.State.CANCELLED, "Đã hủy theo yêu cầu.")
    assert not jobs.cancel(job)


def test_a_report_renews_the_lease_and_shows_progress(kind):
    states = []

    def work(progress):
        lapse(progress.job)
        progress.report(3, 4, "Đang đọc")
        states.append(Job.objects.get(pk=progress.job.pk))
        return "Xong."

    kind(work)
    jobs.run(jobs.queue("thu", "k", params={}).pk)

    assert (states[0].percent, states[0].message) == (75, "Đang đọc")
    assert states[0].lease_until > timezone.now()


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: workers cannot meet.")
@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_runs_the_job(kind):
    runs, together = [], threading.Barrier(2)
    kind(lambda progress: runs.append(1) or time.sleep(0.1) or "Xong.")
    job = jobs.queue("thu", "k", params={})

    def work():
        together.wait()
        jobs.run(job.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert runs == [1]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: nothing is seen half done.")
@pytest.mark.django_db(transaction=True)
def test_a_worker_waits_for_the_transaction_that_asked_and_sees_its_change(kind):
    """Two changes ask for the same waiting job; the worker must not begin between the second's asking and its commit."""
    seen = []
    kind(lambda progress: seen.append(Job.objects.filter(kind="dau").exists()) or "Xong.")
    job = jobs.queue("thu", "k", params={})

    def work():
        jobs.run(job.pk)
        connection.close()

    worker = threading.Thread(target=work)
    with transaction.atomic():
        jobs.queue("thu", "k", params={})
        worker.start()
        time.sleep(0.3)
        Job.objects.create(kind="dau", key="1")
    worker.join()

    assert seen == [True]
