"""The portal's seal under a consent: owed, paid once, whatever happens in between (a killed process: test_sealing_killed.py)."""

import datetime
from pathlib import Path

import pytest
from django.utils import timezone

from dvk_portal.core import jobs
from dvk_portal.core.models import AuditEntry, DocumentFile, Job, Signature
from dvk_portal.core.signatures import checking, pades, sealing, timestamps
from dvk_portal.core.signatures.signing import seal_later
from dvk_portal.core.signatures.verdicts import Verdict
from pledges.models.pledge import Side
from tests.core.signatures import pki
from tests.core.signatures.signing_steps import current_bytes, fresh, revisions, run_jobs, signed_fields
from tests.pledges.pledge_steps import agreed, sign

pytestmark = pytest.mark.django_db


def consented(world, *sides):
    """The document of An's pledge after the consent of ``sides``; nothing is sealed yet."""
    pledge = agreed(world)
    for side in sides or (Side.UNIT, Side.PROVINCE):
        sign(world, pledge, side)
    return fresh(pledge.document)


def lapse(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))


def test_consents_are_sealed_in_the_order_of_signing(world):
    document = consented(world, Side.UNIT, Side.PROVINCE)

    done = run_jobs()

    assert {(job.state, job.message) for job in done if job.kind == "documents.seal"} == {
        ("done", "Đã đóng dấu điện tử 1 văn bản.")
    }
    first, second, third = revisions(document)
    assert second.startswith(first)
    assert third.startswith(second)
    rows = list(Signature.objects.order_by("id"))
    assert [row.owes_seal for row in rows] == [False, False]
    assert [row.sealed.stored.sha256 for row in rows] == [
        row.stored.sha256 for row in document.files.filter(role="signed").order_by("id")
    ]
    assert fresh(document).current == rows[1].sealed.stored


def test_the_seal_names_the_person_the_capacity_and_the_time(world):
    document = consented(world, Side.UNIT)
    run_jobs()

    report = checking.report_of(document.files.get(role="signed"))

    assert report.verdict == Verdict.VALID_NO_REVOCATION
    [check] = report.signatures
    assert (check.field, check.label) == ("unit", "Con dấu điện tử của cổng, xác nhận sự đồng ý của Lê Văn Lãnh")
    assert check.claimed_time == Signature.objects.get().signed_at.replace(microsecond=0)
    assert check.covers_whole_file


def test_sealing_leaves_a_trace(world):
    document = consented(world, Side.UNIT)
    run_jobs()

    entry = AuditEntry.objects.get(action="seal")
    assert (entry.record_id, entry.actor) == (str(document.pk), None)
    assert entry.changes == {"Chữ ký": ["", str(Signature.objects.get())]}


def test_running_the_job_again_seals_nothing_twice(world):
    document = consented(world)
    run_jobs()
    before = current_bytes(document)

    seal_later([document.pk], owner=None)
    run_jobs()

    assert current_bytes(document) == before
    assert document.files.filter(role="signed").count() == 2


@pytest.mark.parametrize("place", ["before", "between", "written"])
def test_a_worker_killed_anywhere_leaves_each_seal_once(place, world, monkeypatch):
    """The lease lapses where the worker died, and another one begins anew."""
    document = consented(world)
    job = Job.objects.get(kind="documents.seal", state="queued")
    real = {"seal": sealing._seal}
    died = []

    def dies(signature, now):
        if not died:
            died.append(1)
            if place == "written":
                real["seal"](signature, now)
            if place != "before":
                pades.seal_consent(current_bytes(document), slot="province", stamp=None, name="", capacity="", at=now)
            raise KeyboardInterrupt
        return real["seal"](signature, now)

    monkeypatch.setattr(sealing, "_seal", dies)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(job.pk)
    lapse(job)

    assert jobs.sweep() == 1

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert sorted(signed_fields(document)) == ["province", "unit"]
    assert document.files.filter(role="signed").count() == 2
    assert AuditEntry.objects.filter(action="seal").count() == 2


def test_who_signs_while_a_seal_is_being_made_comes_first_and_the_seal_follows(world, monkeypatch):
    """The slow part holds no lock: here another worker writes a seal in the middle of it."""
    document = consented(world)
    real, other = pades.seal_consent, []

    def interrupted(pdf, **options):
        if not other:
            other.append(1)
            sealing.seal_document(document.pk)
        return real(pdf, **options)

    monkeypatch.setattr(pades, "seal_consent", interrupted)
    sealing.seal_document(document.pk)

    assert signed_fields(document) == ["province", "unit"]
    assert document.files.filter(role="signed").count() == 2
    assert checking.report_of(document.files.last()).verdict == Verdict.VALID_NO_REVOCATION


# --- the timestamp service is away --------------------------------------------------------------------------------------
@pytest.fixture
def nobody_answers(settings):
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    return settings


def test_a_timestamp_service_that_is_away_leaves_the_seal_owed_and_says_so(world, nobody_answers):
    document = consented(world, Side.UNIT)

    [job] = [job for job in run_jobs() if job.kind == "documents.seal"]

    assert job.state == "failed"
    assert job.message == (
        "1 văn bản chưa được đóng dấu điện tử. Chữ ký vẫn có hiệu lực; hệ thống sẽ tự đóng dấu lại. "
        f"Giao ước thi đua: {timestamps.UNAVAILABLE}"
    )
    assert Signature.objects.get().owes_seal
    assert fresh(document).current == document.frozen


def test_the_sweep_pays_when_the_service_is_back(world, nobody_answers):
    document = consented(world, Side.UNIT)
    run_jobs()
    later = timezone.now() + datetime.timedelta(minutes=5)

    assert sealing.sweep(later) == 0
    nobody_answers.TIMESTAMP_URL = ""

    assert sealing.sweep(timezone.now()) == 0  # the job is given its time first
    assert sealing.sweep(later) == 1
    assert not Signature.objects.get().owes_seal
    assert signed_fields(document) == ["unit"]


def test_with_a_timestamp_service_the_seal_carries_its_time(world, monkeypatch):
    at = timezone.now().replace(microsecond=0)
    monkeypatch.setattr(timestamps, "timestamper", lambda: pki.timestamper(at))
    document = consented(world, Side.UNIT)
    from tests.core.signatures.signing_steps import trust_the_root

    anchor = trust_the_root()
    anchor.use = "timestamp"
    anchor.save()
    run_jobs()

    [check] = checking.report_of(document.files.get(role="signed")).signatures
    assert check.trusted_time == at


# --- what must not happen ------------------------------------------------------------------------------------------------
def test_a_file_that_was_changed_in_the_storage_is_not_sealed(world):
    document = consented(world, Side.UNIT)
    path = Path(document.frozen.file.path)
    path.write_bytes(path.read_bytes()[:-1] + b" ")

    [job] = [job for job in run_jobs() if job.kind == "documents.seal"]

    assert job.state == "failed"
    assert "không còn đúng như lúc lưu" in job.message
    assert Signature.objects.get().owes_seal
    assert not DocumentFile.objects.filter(role="signed").exists()


def test_a_document_that_cannot_be_sealed_does_not_keep_the_others(world):
    first = consented(world, Side.UNIT)
    pledge = agreed(world, world.other_commune, world.other_editor, world.other_leader)
    sign(world, pledge, Side.PROVINCE)
    path = Path(first.frozen.file.path)
    path.write_bytes(path.read_bytes()[:-1] + b" ")
    Job.objects.all().delete()

    job = seal_later([first.pk, pledge.document_id], owner=None)
    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("failed", 1, 2)
    assert signed_fields(pledge.document) == ["province"]
