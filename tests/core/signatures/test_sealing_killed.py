"""A wave of signing whose worker is killed in the middle: real processes, a real SIGKILL, real files.

The same with a hundred documents: ``python -m benchmarks.wave --kill``.
"""

import datetime
import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dvk_portal.core.models import AuditEntry, Document, Job, Signature
from dvk_portal.core.signatures import checking
from dvk_portal.core.signatures.signing import seal_later
from pledges.models.pledge import Side
from tests import factories as f
from tests.core.signatures.signing_steps import current_bytes, revisions, signed_fields
from tests.personas import build_world, person
from tests.pledges.pledge_steps import agreed, sign
from units.models import User

DOCUMENTS = 12
# Seals that are there when the first worker is killed: it stands between two seals of one document, or inside one.
WHEN_KILLED = 7

WORKER = """
import os, pathlib, django
django.setup()
from django.conf import settings
from django.db import connections
from django.test.utils import override_settings
from dvk_portal.core import jobs
files = pathlib.Path(os.environ["FILES"])
with override_settings(MEDIA_ROOT=files, STATE_DIR=files.parent):
    connections.settings["default"]["NAME"] = os.environ["DATABASE"]
    getattr(jobs, os.environ["CALL"])(*map(int, os.environ["GIVEN"].split()))
"""


@pytest.fixture
def documents(transactional_db, settings, tmp_path):
    """A dozen pledges to which both sides have consented; the seals are owed."""
    settings.STATE_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    settings.MEDIA_ROOT.mkdir()
    with transaction.atomic():
        world = build_world()
        units = [f.UnitFactory(parent=world.province) for _ in range(DOCUMENTS)]
        world.director = User.objects.get(pk=world.director.pk)  # whom his rights reach is kept on the object
        return [_consented(world, unit) for unit in units]


def _consented(world, unit):
    f.PledgeFactory(participation__campaign=world.campaign, participation__unit=unit)
    leader = person(f"lanhdao.{unit.code}", f"Lê Thị Lãnh {unit.code}", unit, "leader", "Bí thư Đảng ủy")
    pledge = agreed(world, unit, leader, leader)
    sign(world, pledge, Side.UNIT, leader)
    sign(world, pledge, Side.PROVINCE)
    return pledge.document


def test_a_worker_killed_in_the_middle_of_many_ends_with_all_and_none_twice(documents, settings):
    Job.objects.all().delete()
    job = seal_later([document.pk for document in documents], owner=None)

    worker = _worker("run", job.pk, settings)
    _wait_for_seals(worker)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    killed_at = _seals()
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    assert _worker("sweep", "", settings).wait(timeout=300) == 0

    assert WHEN_KILLED <= killed_at < 2 * DOCUMENTS
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert (job.done, job.total, job.message) == (DOCUMENTS, DOCUMENTS, f"Đã đóng dấu điện tử {DOCUMENTS} văn bản.")
    assert AuditEntry.objects.filter(action="seal").count() == 2 * DOCUMENTS
    assert Document.objects.filter(status="issued").count() == DOCUMENTS
    for document in documents:
        _whole_and_sealed_once(document)


def _whole_and_sealed_once(document):
    """One revision for each consent, each grown out of the one before; what verification finds today is what was kept."""
    bare, first, second = revisions(document)
    assert first.startswith(bare)
    assert second.startswith(first)
    assert current_bytes(document) == second
    assert sorted(signed_fields(document)) == ["province", "unit"]
    rows = Signature.objects.filter(document=document).order_by("signed_at")
    assert len({row.sealed_id for row in rows} - {None}) == 2
    report = checking.check(second, now=timezone.now())
    assert [check.verdict.is_good for check in report.signatures] == [True, True]
    assert report.signatures[-1].covers_whole_file
    assert checking.report_of(checking.revision_of(Document.objects.get(pk=document.pk))).verdict == report.verdict


def _worker(call, given, settings):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dvk_portal.settings.test",
        "CALL": call,
        "GIVEN": str(given),
        "FILES": str(settings.MEDIA_ROOT),
        "DATABASE": str(connection.settings_dict["NAME"]),
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=settings.BASE_DIR)


def _seals():
    return Signature.objects.exclude(sealed=None).count()


def _wait_for_seals(worker):
    until = time.monotonic() + 120
    while _seals() < WHEN_KILLED:
        assert worker.poll() is None, "the worker ended before it could be killed"
        assert time.monotonic() < until, "the worker is too slow"
        time.sleep(0.02)
