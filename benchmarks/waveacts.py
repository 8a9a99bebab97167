"""The acts of a wave of signing on a copy of the demonstration (benchmarks/wave.py); needs Django set up."""

import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from django.utils import timezone

from awards.demonstration.structure import PASSWORD
from campaigns.models import Campaign
from dvk_portal.core import files, jobs
from dvk_portal.core.models import AuditEntry, Document, DocumentFile, Job, Signature
from dvk_portal.core.signatures import checking, pades
from dvk_portal.core.signatures.signing import SEAL_JOB, sign_by_consent
from pledges.models import Pledge
from pledges.services.pledges import agree_pledge
from pledges.services.signing import sign_many
from units.roles import Role

ROOT = Path(__file__).resolve().parent.parent
_WORKER = """
import sys, django
django.setup()
from dvk_portal.core import jobs
getattr(jobs, sys.argv[1])(*map(int, sys.argv[2:]))
"""


class Wave:
    """``seconds`` holds how long each act took for all pledges together."""

    def __init__(self, count: int) -> None:
        campaign = Campaign.objects.running().latest("starts_on")
        self.director = campaign.owner.members(Role.DIRECTOR)[0]
        Job.objects.all().delete()
        rows = Pledge.objects.filter(participation__campaign=campaign, amendments=None).exclude(targets=None)
        self.ids = list(rows.order_by("pk").distinct().values_list("pk", flat=True)[:count])
        # As they were when the units had sent them.
        Pledge.objects.filter(pk__in=self.ids).update(
            status="proposed", document=None, document_hash="", agreed_at=None, agreed_by=None, signed_at=None
        )
        self.seconds: dict[str, float] = {"documents": len(self.ids)}
        # Of this process alone: what the acts cost on a machine that others use too.
        self.cpu: dict[str, float] = {}
        self.seals_before = AuditEntry.objects.filter(action="seal").count()

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        began, cpu = time.perf_counter(), time.process_time()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 2)
        self.cpu[name] = time.process_time() - cpu

    def agree(self) -> None:
        """Each agreement freezes one document: content, layout, PDF, signature fields."""
        with self.timed("freeze"):
            for pledge in Pledge.objects.with_campaign().filter(pk__in=self.ids):
                agree_pledge(pledge, actor=self.director)
        pledges = Pledge.objects.filter(pk__in=self.ids)
        self.documents = list(Document.objects.filter(pk__in=pledges.values("document")).order_by("pk"))

    def sign(self) -> None:
        """Every leader for his unit, then the director for all of them in one act; the seals are owed to one job."""
        pledges = list(Pledge.objects.with_content().filter(pk__in=self.ids))
        with self.timed("units"):
            for pledge in pledges:
                leader = pledge.participation.unit.members(Role.LEADER)[0]
                sign_by_consent(pledge.document, actor=leader, slot="unit", now=timezone.now(), batch=True)
        seen = {pledge.pk: pledge.document_hash for pledge in pledges}
        with self.timed("province"):
            outcome = sign_many(pledges, actor=self.director, password=PASSWORD, seen_hashes=seen)
        if outcome.skipped:
            raise RuntimeError(f"not signed: {outcome.skipped}")
        self.job = Job.objects.get(kind=SEAL_JOB, state=Job.State.QUEUED)

    def seal(self) -> None:
        with self.timed("seal"):
            jobs.run(self.job.pk)

    def seal_with_a_killed_worker(self) -> None:
        """A process of its own, ended outright when half of the seals are there; then the sweep, as the beat runs it."""
        with self.timed("seal"):
            worker = self._worker("run", str(self.job.pk))
            self._wait(lambda: self.seals() >= len(self.ids), worker)
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
            self.seconds["seals when killed"] = self.seals()
            Job.objects.filter(pk=self.job.pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
            if code := self._worker("sweep").wait():
                raise RuntimeError(f"the second worker ended with code {code}")

    def _worker(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", _WORKER, *arguments], cwd=ROOT)

    def _wait(self, true: Callable[[], bool], worker: subprocess.Popen[bytes]) -> None:
        while not true():
            if worker.poll() is not None:
                raise RuntimeError("the worker ended before it could be killed")
            time.sleep(0.05)

    def seals(self) -> int:
        return Signature.objects.filter(document__in=self.documents).exclude(sealed=None).count()

    # --- what came of it ------------------------------------------------------------------------------------------------
    def look(self) -> list[str]:
        """A sentence for everything that is not as it should be."""
        self.job.refresh_from_db()
        wanted, faults = 2 * len(self.documents), []
        made = AuditEntry.objects.filter(action="seal").count() - self.seals_before
        for what, found, right in (
            ("job", self.job.state, "done"), ("documents", len(self.documents), len(self.ids)),
            ("sealed consents", self.seals(), wanted), ("seals in the trail", made, wanted),
        ):  # fmt: skip
            if found != right:
                faults.append(f"{what}: {found}, not {right} ({self.job.message})")
        with self.timed("verify"):
            for document in Document.objects.filter(pk__in=[row.pk for row in self.documents]):
                faults += [f"{document.code}: {sentence}" for sentence in _faults_of(document)]
        return faults

    def report(self) -> str:
        """Seconds in all and per document, with the processor's share."""
        count = self.seconds["documents"]
        lines = [f"{count} documents; the job ended as {self.job.state} in attempt {self.job.attempts}"]
        if killed := self.seconds.get("seals when killed"):
            lines.append(f"the first worker was killed after {killed} of {2 * count} seals")
        lines += [
            f"{name:10} {self.seconds[name]:8.2f} s = {self.seconds[name] / count:6.3f} s per document "
            f"(processor {cpu / count:.3f} s)"
            for name, cpu in self.cpu.items()
        ]
        return "\n".join(lines)


def _faults_of(document: Document) -> Iterator[str]:
    roles = (DocumentFile.Role.FROZEN, DocumentFile.Role.SIGNED)
    revisions = [files.read(row.stored) for row in document.files.filter(role__in=roles).order_by("id")]
    if len(revisions) != 3:
        yield f"{len(revisions)} revisions, not 3"
    if any(not after.startswith(before) for before, after in pairwise(revisions)):
        yield "a revision does not begin with the one before it"
    newest = files.read(document.current)
    if newest != revisions[-1]:
        yield "the newest revision is not the current file"
    if sorted(field.name for field in pades.slots(newest) if field.signed) != ["province", "unit"]:
        yield "not every field is signed"
    report = checking.check(newest, now=timezone.now())
    if [check.verdict.is_good for check in report.signatures] != [True, True]:
        yield f"verification says {report.verdict.label}"
