"""A world in which a record of every kind exists, each with a mark that only some may read.

``SECRET`` stands in what belongs to the commune An: names of files, notes, reasons, answers, letters. ``INTERNAL`` stands in
what the province prepares and has not launched. Neither may ever reach a person of another unit.
"""

import datetime
import io
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from campaigns.models import Campaign, CampaignAttachment, Cluster, ClusterHead, Participation, Scheme
from campaigns.services.campaigns import launch_campaign, start_scoring
from campaigns.services.copying import copy_campaign
from campaigns.value_kinds import Figure
from dvk_portal.core.documents import word
from dvk_portal.core.files import KINDS, store_bytes
from dvk_portal.core.models import DocumentTemplate, Job, Notification
from dvk_portal.core.signatures.outside import accept_scan, refuse_signature
from pledges.models import (
    AmendmentChange,
    Clause,
    Evidence,
    GateDeclaration,
    Pledge,
    QuarterlyReport,
    Replication,
    ScoreInput,
    ScoreSheet,
)
from pledges.models.scoresheet import Stage
from pledges.services import rollup
from pledges.services.amendments import save_amendment, start_amendment
from pledges.services.amendments import version_of as amendment_version
from pledges.services.contests.judging import close_round
from pledges.services.evidence import add_evidence
from pledges.services.exemplary.pictures import PictureEntry, add_pictures, describe_pictures
from pledges.services.pledges import agree_pledge, propose_pledge
from pledges.services.proposals import TargetEntry, save_proposal, version_of
from pledges.services.publishing import publish_results
from pledges.services.reports import CellInput, save_cells, submit_report
from pledges.services.signing import sign_pledge
from tests import factories as f
from tests.personas import World, build_world
from tests.pledges.contests import contest_steps
from units.models import Delegation, Membership
from units.services.numbers import take_number

SECRET = "Riêng-của-An-7319"
INTERNAL = "Nội-bộ-tỉnh-4826"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Everything:
    """``world`` has the running campaign; ``things`` the records that addresses are made of, by name."""

    world: World
    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.things[name]
        except KeyError:
            return getattr(self.world, name)


def build_everything() -> Everything:
    made = Everything(build_world())
    Membership.objects.filter(user=made.editor).update(post=f"Công chức {SECRET}")
    _campaign_parts(made)
    _pledges(made)
    _reports(made)
    _sheet(made, made.campaign)
    _drafts(made)
    made.things["scoring_campaign"] = later_campaign(made, 2027, published=False)
    made.things["published_campaign"] = later_campaign(made, 2028, published=True)
    _annex(made)
    _letters_and_jobs(made)
    _register(made)
    _models(made)
    _recognition(made)
    _publicity(made)
    _contests(made)
    # Imported here: its rows are built of this module's world.
    from tests.architecture import award_rows

    for area in award_rows.AREAS:
        area.build(made)
    return made


def _upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def _campaign_parts(made: Everything) -> None:
    file = store_bytes(PDF, "ke-hoach.pdf", kind="application/pdf", actor=made.verifier)
    made.things["attachment"] = CampaignAttachment.objects.create(campaign=made.campaign, title="Kế hoạch", file=file)
    row = Participation.objects.get(campaign=made.campaign, unit=made.third_commune)
    made.things["head"] = ClusterHead.objects.create(
        cluster=made.cluster, participation=row, valid_from=datetime.date(2026, 1, 1)
    )


def _pledges(made: Everything) -> None:
    """An's is agreed and waits for signatures; the others are drafts."""
    pledge = Pledge.objects.with_content().get(participation__campaign=made.campaign, participation__unit=made.commune)
    save_proposal(
        pledge, actor=made.editor, targets={made.flow.pk: TargetEntry(Decimal(12), "at_least", SECRET)},
        commitments=[f"Vận động hiến đất {SECRET}"], seen=version_of(pledge),
    )  # fmt: skip
    propose_pledge(pledge, actor=made.leader)
    agree_pledge(pledge, actor=made.director)
    made.things["pledge"] = Pledge.objects.get(pk=pledge.pk)
    _document(made)


def _document(made: Everything) -> None:
    """The document of An's pledge: a scan was handed in and not accepted, so both sides may still sign."""
    document = made.pledge.document
    scan = accept_scan(
        document, actor=made.leader, slot="unit", upload=_upload(f"{SECRET}.pdf"), name="Lê Văn Lãnh",
        capacity=SECRET, signed_on=timezone.localdate(),
    )  # fmt: skip
    made.things["refused_signature"] = refuse_signature(scan, actor=made.verifier, note=SECRET)
    made.things["document"], made.things["document_scan"] = document, scan.sealed
    file = store_bytes(word.standard_template(), "mau.docx", kind=KINDS["docx"], actor=made.director)
    DocumentTemplate.objects.create(kind="pledge", version=1, file=file, note=INTERNAL, uploaded_by=made.director)


def _reports(made: Everything) -> None:
    """Of An: the first quarter is sent and waits, the second is being filled in."""
    first, second = (
        QuarterlyReport.objects.get(
            participation__campaign=made.campaign, participation__unit=made.commune, period__number=number
        )
        for number in (1, 2)
    )
    for report in (first, second):
        save_cells(
            report,
            [
                CellInput(made.flow, "given", Figure(amount=Decimal(7)), SECRET, 0),
                CellInput(made.stock, "given", Figure(amount=Decimal(20)), "", 0),
                CellInput(made.plan, "given", Figure(flag=True), "", 0),
                CellInput(made.words, "given", Figure(text=f"Cách làm {SECRET}"), "", 0),
            ],
            actor=made.editor,
        )
        rows = add_evidence(report, made.flow, actor=made.editor, uploads=[_upload(f"{SECRET}.pdf")], citation=SECRET)
    submit_report(first, actor=made.leader, confirmed=True)
    made.things.update(
        report=QuarterlyReport.objects.get(pk=first.pk), open_report=second, open_evidence=rows[0],
        evidence=first.evidence.get(), period=first.period,
    )  # fmt: skip


def _sheet(made: Everything, campaign: Any) -> None:
    """An's score sheet in the middle of its verification, with a reason and a declared condition."""
    sheet = ScoreSheet.objects.get(participation__campaign=campaign, participation__unit=made.commune)
    for stage, person, given in ((Stage.SELF, made.editor, True), (Stage.VERIFIED, made.verifier, False)):
        ScoreInput.objects.create(sheet=sheet, code="1.2", stage=stage, value=given, reason=SECRET, entered_by=person)
    GateDeclaration.objects.create(sheet=sheet, code="KL", reason=SECRET, declared_by=made.verifier)
    ScoreSheet.objects.filter(pk=sheet.pk).update(status="sent", sent_at=timezone.now(), sent_by=made.leader)
    rollup.recalculate(campaign)
    made.things["sheet"] = ScoreSheet.objects.get(pk=sheet.pk)
    file = store_bytes(PDF, f"{SECRET}.pdf", kind="application/pdf", actor=made.editor)
    made.things["proof"] = Evidence.objects.create(
        sheet=sheet,
        participation=sheet.participation,
        criterion="1.2",
        file=file,
        citation=SECRET,
        added_by=made.editor,
    )


def _drafts(made: Everything) -> None:
    """What the province prepares: a campaign that nobody has seen, a scheme that is being written."""
    draft, _ = copy_campaign(
        made.campaign, actor=made.verifier, starts_on=datetime.date(2029, 1, 1), title=f"Phong trào {INTERNAL}"
    )
    draft.content = INTERNAL
    draft.save(update_fields=["content"])
    file = store_bytes(PDF, f"{INTERNAL}.pdf", kind="application/pdf", actor=made.verifier)
    made.things.update(
        draft=draft, draft_period=draft.periods.first(), draft_cluster=draft.clusters.first(),
        draft_attachment=CampaignAttachment.objects.create(campaign=draft, title=INTERNAL, file=file),
        draft_scheme=f.SchemeFactory(status=Scheme.Status.DRAFT, published_at=None),
    )  # fmt: skip


def later_campaign(made: Everything, year: int, *, published: bool) -> Any:
    """The same campaign of a later year, being scored or with its result published."""
    campaign, _ = copy_campaign(made.campaign, actor=made.director, starts_on=datetime.date(year, 1, 1))
    for name in ("document_no", "document_signer"):
        setattr(campaign, name, f"{year}")
    campaign.document_date = datetime.date(2026, 11, 1)
    campaign.save()
    launch_campaign(campaign, actor=made.director)
    start_scoring(campaign, actor=made.director)
    sheets = ScoreSheet.objects.filter(participation__campaign=campaign)
    for number, sheet in enumerate(sheets.order_by("pk")):
        for code, value in (("1.2", True), ("2.2", f"{number}")):
            ScoreInput.objects.create(
                sheet=sheet, code=code, stage=Stage.VERIFIED, value=value, entered_by=made.verifier,
                reason=SECRET if sheet.participation.unit_id == made.commune.pk else "",
            )  # fmt: skip
    if published:
        # A result is published after the campaign began: this one is moved into the past.
        Campaign.objects.filter(pk=campaign.pk).update(starts_on="2025-01-01", ends_on="2025-12-31")
        campaign.refresh_from_db()
        sheets.update(status="agreed", agreed_at=timezone.now(), agreed_by=made.director)
        publish_results(
            campaign, actor=made.director, decision_no="12-QĐ", decision_date=datetime.date(2026, 11, 20),
            confirmation="12-QĐ",
        )  # fmt: skip
    else:
        rollup.recalculate(campaign)
        made.things["scoring_sheet"] = sheets.get(participation__unit=made.commune)
        made.things["scoring_cluster"] = Cluster.objects.get(campaign=campaign)
    campaign.refresh_from_db()
    return campaign


def _annex(made: Everything) -> None:
    """An's pledge of the campaign being scored is signed, and its editor writes an annex; the library has a clause."""
    pledge = Pledge.objects.with_content().get(
        participation__campaign=made.scoring_campaign, participation__unit=made.commune
    )
    save_proposal(
        pledge, actor=made.editor, targets={made.flow.pk: TargetEntry(Decimal(12), "at_least", SECRET)},
        commitments=[f"Vận động hiến đất {SECRET}"], seen=version_of(pledge),
    )  # fmt: skip
    propose_pledge(pledge, actor=made.leader)
    content = agree_pledge(pledge, actor=made.director).document_hash
    for side, person in (("unit", made.leader), ("province", made.director)):
        sign_pledge(pledge, actor=person, side=side, password=f.PASSWORD, seen_hash=content)
    made.things["annexed_pledge"] = Pledge.objects.get(pk=pledge.pk)
    annex = start_amendment(
        pledge, actor=made.editor, reason=f"Lý do {SECRET}", effective_on=datetime.date(2027, 2, 1),
        today=timezone.localdate(),
    )  # fmt: skip
    made.things["amendment"] = save_amendment(
        annex, actor=made.editor, reason=annex.reason, effective_on=annex.effective_on,
        changes=[AmendmentChange(action="add_commitment", side="unit", text=f"Làm thêm {SECRET}")],
        seen=amendment_version(annex), today=timezone.localdate(),
    )  # fmt: skip
    made.things["clause"] = Clause.objects.create(topic="Dân vận", side="unit", text="Đối thoại hằng quý", order=1)


def _letters_and_jobs(made: Everything) -> None:
    made.things["notification"] = Notification.objects.create(
        recipient=made.editor, kind="report_reminder", key="mark", title=f"Nhắc {SECRET}", body=SECRET,
        url=made.report.get_absolute_url(),
    )  # fmt: skip
    file = store_bytes(b"a;b", f"{SECRET}.csv", kind="text/csv", actor=made.editor)
    made.things["job"] = Job.objects.create(
        kind="export", key="mark", title=f"Xuất {SECRET}", owner=made.editor, message=SECRET, file=file
    )


def _register(made: Everything) -> None:
    """A number of An, and a delegation that has not begun: it shall not add to what anybody may."""
    made.things["number"] = take_number(
        made.commune, actor=made.leader, type_code="BC", day=datetime.date(2026, 11, 20), subject=f"Báo cáo {SECRET}"
    )
    made.things["delegation"] = Delegation.objects.create(
        unit=made.commune, role="leader", delegate=made.editor, post="Phó Bí thư", authority="K/T BÍ THƯ",
        document_no=f"12-QĐ/ĐU {SECRET}", valid_from=datetime.date(2090, 1, 1), created_by=made.leader,
    )  # fmt: skip
    made.things["issuing_body"] = made.commune.issuing.get()
    made.things["term"] = made.province.terms.get()


def _models(made: Everything) -> None:
    """An's models: registered, draft, recognised, public. The mark stands wherever the public may not read."""
    private = dict.fromkeys(("situation", "objective", "method", "resources", "coordinating_forces"), SECRET)
    for name, title, traits in (
        ("model", f"Mô hình {SECRET}", {}),
        ("draft_model", f"Bản nháp {SECRET}", {"draft": True}),
        ("recognised_model", f"Được công nhận {SECRET}", {"recognised": True}),
        ("public_model", "Tuyến đường hoa", {"public": True}),
    ):
        made.things[name] = f.ExemplaryModelFactory(unit=made.commune, name=title, **private, **traits)
    for name in ("model", "public_model"):
        (picture,) = add_pictures(made.things[name], [_photo(f"{SECRET}.png")], actor=made.editor)
        describe_pictures(picture.model, {picture.pk: PictureEntry(SECRET, False, 1)}, actor=made.editor)
        made.things[f"{name}_picture"] = picture


def _photo(name: str) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), content_type="image/png")


def _publicity(made: Everything) -> None:
    """The paper of An's consent; a model that An took over from Bình's public one, two years ago."""
    consent = made.public_model.consents.get()
    consent.given_by, consent.capacity = f"Bà {SECRET}", SECRET
    consent.file = store_bytes(PDF, f"{SECRET}.pdf", kind=KINDS["pdf"], actor=made.editor)
    consent.save()
    origin = f.ExemplaryModelFactory(unit=made.other_commune, name="Vườn rau sạch", public=True)
    child = f.ExemplaryModelFactory(unit=made.commune, name=f"Vườn rau {SECRET}")
    made.things.update(
        consent=consent,
        replication=Replication.objects.create(
            origin=origin, model=child, adaptations=SECRET, results=SECRET, taken_on=datetime.date(2024, 5, 5)
        ),
    )


def _recognition(made: Everything) -> None:
    """Of An: a model recognised in 2025 by a decided batch, proposed to the province; another taken into a draft batch."""
    minutes, decision = (
        store_bytes(PDF, f"{name} {SECRET}.pdf", kind=KINDS["pdf"], actor=made.leader) for name in ("bb", "qd")
    )
    old = {"year": 2025, "title": f"Đợt cũ {SECRET}", "decision_date": datetime.date(2025, 6, 1), "unit": made.commune}
    decided = f.RecognitionBatchFactory(**old, decision_file=decision)
    standing = f.ExemplaryModelFactory(
        unit=made.commune, name=f"Mô hình {SECRET}", recognised=True, registered_on=datetime.date(2025, 2, 1),
        recognition__batch=decided, recognition__decided_on=decided.decision_date,
    )  # fmt: skip
    proposed = f.RecognitionFactory(model=standing, level=f.standard_level("tinh"), proposed=True, reason=SECRET)
    draft = f.RecognitionBatchFactory(draft=True, unit=made.commune, title=f"Đợt mới {SECRET}")
    waiting = f.ExemplaryModelFactory(unit=made.commune, name=f"Mô hình chờ {SECRET}", status="appraised")
    f.RecognitionFactory(model=waiting, proposed=True, batch=draft)
    made.things.update(
        batch=draft, decided_batch=decided, standing_model=standing, proposed_recognition=proposed,
        visit=f.FieldVisitFactory(model=waiting, minutes=minutes, findings=SECRET),
    )  # fmt: skip


def _contests(made: Everything) -> None:
    """A draft that nobody has seen; one that takes entries; one being judged; one whose first round is closed. An entered each."""
    draft = contest_steps.drafted(made, title=f"Hội thi {INTERNAL}")
    opened = contest_steps.announced(made, public_vote=False)
    made.things["open_entry"] = contest_steps.entered(opened, made.editor, made.commune, SECRET, summary=SECRET)
    judged, (entry, _) = contest_steps.judging(made, (SECRET, "Bài của Bình"))
    closed, entries = contest_steps.judging(made, (f"Bài {SECRET}", "Bài của Bình"))
    contest_steps.all_give(made, entries, [(6, 4), (3, 3)])
    close_round(closed.rounds.get(number=1), actor=made.verifier)
    made.things.update(
        draft_contest=draft, draft_juror=draft.jurors.last(), open_contest=opened, judged_contest=judged,
        contest_entry=entry, closed_contest=closed,
    )  # fmt: skip
