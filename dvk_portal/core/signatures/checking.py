"""Verification where it meets the database: whom the portal trusts, the report that is kept with each file, checking again."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dvk_portal.core import audit, files
from dvk_portal.core.documents.access import may_read
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, DocumentFile, TrustAnchor
from dvk_portal.core.signatures import keys, trust, verification
from dvk_portal.core.signatures.verdicts import Report


def anchors() -> trust.Anchors:
    """The configured certificates and the root of the portal's own seal, when it has one."""
    try:
        portal = keys.portal_anchor()
    except DomainError:  # no seal: consent is not offered, the other ways are
        portal = None
    return trust.anchors_from(TrustAnchor.objects.all(), portal)


def check(pdf: bytes, *, now: datetime.datetime) -> Report:
    """What the portal says of the signatures of ``pdf`` as of ``now``."""
    return verification.verify(pdf, anchors=anchors(), now=now)


def keep(report: Report | None, **further: Any) -> dict[str, Any]:
    """What ``DocumentFile.report`` holds: the report and, beside it, how the file was taken in.

    ``slots`` {place to sign: name of the signature field}, ``base`` SHA-256 of the file that was signed, ``flags`` and
    ``refusals`` sentences.
    """
    return {**(report.as_json() if report else {}), **further}


def report_of(file: DocumentFile) -> Report | None:
    """The report kept with ``file``."""
    return Report.from_json(file.report) if "verdict" in file.report else None


@transaction.atomic
def check_again(document: Document, *, actor: Any, now: datetime.datetime) -> DocumentFile:
    """Verify the newest revision anew, with the anchors of today, and keep the new report."""
    if not may_read(actor, document):
        raise PermissionDenied
    locked = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    revision = revision_of(locked)
    before, after = report_of(revision), check(files.read(locked.current), now=now)
    revision.report = {**revision.report, **after.as_json()}
    revision.save(update_fields=["report"])
    verdicts = ["" if before is None else before.verdict.label, after.verdict.label]
    audit.record(locked, "check_signatures", actor=actor, changes={"Kết quả": verdicts})
    return revision


def revision_of(document: Document) -> DocumentFile:
    """The row of the newest revision. Its first one may have the same bytes as an upload that was refused."""
    roles = (DocumentFile.Role.SIGNED, DocumentFile.Role.FROZEN)
    return document.files.filter(stored=document.current_id, role__in=roles).latest("id")
