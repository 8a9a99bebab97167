"""Addresses of nominations: An's dossier with marks everywhere, one that is sent, one that went back."""

import datetime
from typing import Any

from awards.models import Achievement, DossierFile, DossierItem, Nomination, NominationRevision, NominationSet
from awards.services.nominations.batches import BATCH_JOB
from dvk_portal.core.files import store_bytes
from dvk_portal.core.models import Job
from tests.architecture.everything import INTERNAL, PDF, SECRET
from tests.architecture.rows import HIDDEN, REFUSED, SHARED, Row, post
from tests.factories import awards as af

PUBLIC: set[str] = set()
ROWS: dict[str, Row] = {
    "nomination-list": Row("editor", SHARED, shows=True),
    "nomination-create": Row("editor", SHARED),
    "nomination-detail": Row("editor", HIDDEN, ("nomination_sent",), shows=True),
    "nomination-edit": Row("editor", HIDDEN, ("nomination_back",), shows=True),
    "nomination-files": Row("editor", HIDDEN, ("nomination_back",), shows=True),
    "nomination-file": Row("editor", HIDDEN, ("nomination_sent", "nomination_file"), page=False),
    "nomination-file-remove": post("editor", HIDDEN, "nomination_back", "nomination_back_file"),
    "nomination-send": Row("leader", HIDDEN, ("nomination_back",), shows=True),
    "nomination-withdraw": post("leader", HIDDEN, "nomination_back"),
    "nomination-revisions": Row("editor", HIDDEN, ("nomination_sent",), shows=True),
    "nomination-archive": post("editor", HIDDEN, "nomination_sent"),
    "nomination-documents": Row("editor", HIDDEN, ("nomination_back",)),
    "nomination-document-preview": Row("editor", HIDDEN, ("nomination_back", "=bao-cao-thanh-tich"), page=False),
    "nomination-document-issue": post("editor", HIDDEN, "nomination_back", "=bao-cao-thanh-tich"),
    "nominationset-detail": Row("editor", HIDDEN, ("nomination_set",), shows=True),
    "nominationset-minutes": Row("editor", HIDDEN, ("nomination_set",), shows=True),
    "nominationset-documents": Row("editor", HIDDEN, ("nomination_set",)),
    "nominationset-document-preview": Row("editor", HIDDEN, ("nomination_set", "=danh-sach"), page=False),
    "nominationset-document-issue": post("editor", HIDDEN, "nomination_set", "=danh-sach"),
    "appraisal-queue": Row("verifier", REFUSED, shows=True),
    "appraisal-batch": post("verifier", REFUSED),
    "appraisal-batch-result": Row("verifier", HIDDEN, ("nomination_job",), shows=True),
    "nomination-appraise": Row("verifier", HIDDEN, ("nomination_sent",), shows=True),
    "nomination-complete": post("verifier", HIDDEN, "nomination_sent"),
    "nomination-return": Row("verifier", HIDDEN, ("nomination_sent",)),
    "nomination-to-check": post("verifier", HIDDEN, "nomination_sent"),
    "nomination-eligible": post("verifier", HIDDEN, "nomination_sent"),
    "nomination-reject": post("verifier", HIDDEN, "nomination_sent"),
    "nomination-overlap": post("verifier", HIDDEN, "nomination_sent"),
    "appraisal-documents": Row("verifier", HIDDEN, ("nomination_cycle",)),
    "appraisal-document-preview": Row("verifier", HIDDEN, ("nomination_cycle", "=tong-hop"), page=False),
    "appraisal-document-issue": post("director", HIDDEN, "nomination_cycle", "=tong-hop"),
    "appraisal-archive": post("verifier", HIDDEN, "nomination_cycle"),
}


def build(made: Any) -> None:
    """What the addresses need, in a world of everything (tests/architecture/everything.py)."""
    award = af.AwardTypeFactory(code="THU-HS", name="Bằng khen của hồ sơ thử")
    rule = af.AwardRuleFactory(award_type=award)
    DossierItem.objects.create(rule=rule, code="bao-cao", name="Báo cáo thành tích", document_kind="achievement_report")
    cycle = af.AwardCycleFactory(owner=made.ban, title="Đợt của hồ sơ thử", award_types=[award])
    cycle.phases.create(
        stage="nominating", opens_on=datetime.date(2026, 1, 1), closes_on=datetime.date(2027, 12, 31),
        units_may_send=True, units_may_change=True, units_see_findings=True,
    )  # fmt: skip
    sent = _nomination(made, cycle, award, submitted=True)
    back = _nomination(made, cycle, award, status=Nomination.Status.RETURNED)
    Nomination.objects.filter(pk=back.pk).update(
        return_items=[{"code": "bao-cao", "name": "Báo cáo", "text": SECRET}], returned_at=sent.submitted_at
    )
    NominationRevision.objects.create(
        nomination=sent, number=1, digest="0" * 64, sent_at=sent.submitted_at, sent_by=made.leader,
        content={"name": SECRET, "achievements": [], "files": []},
    )  # fmt: skip
    NominationRevision.objects.create(
        nomination=sent, number=2, digest="1" * 64, sent_at=sent.submitted_at, sent_by=made.leader,
        content={"name": f"{SECRET} hai", "achievements": [], "files": []},
    )  # fmt: skip
    group = NominationSet.objects.create(cycle=cycle, unit=made.commune, place=SECRET, chair=SECRET)
    job = Job.objects.create(
        kind=BATCH_JOB, key="thu", title=f"Thẩm định {INTERNAL}", owner=made.verifier, state=Job.State.DONE,
        result={"rows": [{"pk": sent.pk, "name": SECRET, "award": "x", "url": "/", "done": False, "text": INTERNAL}]},
    )  # fmt: skip
    made.things.update(
        nomination_sent=sent, nomination_back=back, nomination_cycle=cycle, nomination_set=group, nomination_job=job,
        nomination_file=sent.files.get(), nomination_back_file=back.files.get(),
    )  # fmt: skip


def _nomination(made: Any, cycle: Any, award: Any, **traits: Any) -> Nomination:
    """Of An, with its mark in name, summary, grounds and file."""
    recipient = af.RecipientFactory(unit=made.commune, name=f"Người {SECRET}", post=SECRET)
    row = af.NominationFactory(cycle=cycle, award_type=award, recipient=recipient, summary=SECRET, **traits)
    Achievement.objects.create(
        nomination=row, text=SECRET, period_from=datetime.date(2026, 1, 1), period_to=datetime.date(2026, 6, 30)
    )
    stored = store_bytes(PDF, f"{SECRET}.pdf", kind="application/pdf", actor=made.editor)
    DossierFile.objects.create(nomination=row, item_code="bao-cao", title=SECRET, stored=stored, added_by=made.editor)
    return row
