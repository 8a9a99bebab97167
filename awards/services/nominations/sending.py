"""Sending a dossier: what is in the way, the head's word that it is true, the revision that was sent; withdrawing it."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from awards.models import AwardCycle, DossierFile, IntegrityHold, Nomination, NominationRevision
from awards.notifications.nominations import NominationSubmitted
from awards.services.cycles.phases import phase_allows
from awards.services.nominations import grounds
from awards.services.nominations.dossier import checklist_of, living_files
from awards.services.nominations.drafting import take_snapshot
from awards.workflows import NOMINATION
from dvk_portal.core.documents.content import digest
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from pledges.models import Pledge
from units.access import base_unit
from units.models import Membership, User
from units.roles import Role

Day = datetime.date
# What the head of the proposing body confirms (NĐ 152/2025, Điều 33.3: P10); stands in every revision.
PLEDGE = "Tôi xác nhận thông tin, thành tích và tài liệu trong hồ sơ là đúng sự thật và chịu trách nhiệm về hồ sơ của đơn vị."
_STOPPED = (
    "{name} đang thuộc trường hợp chưa xét khen thưởng (Nghị định 152/2025, Điều 4). Hãy liên hệ cơ quan thẩm định."
)


# --- what is in the way ---------------------------------------------------------------------------------------------
def obstacles(nomination: Nomination, *, day: Day) -> list[str]:
    """Sentences on everything that keeps the dossier from being sent today; empty when it may go."""
    return [
        *_faults_of_day(nomination, day),
        *_faults_of_text(nomination),
        *faults_of_person(nomination, day),
        *grounds.faults_of_grounds(nomination),
        *grounds.faults_of_days(nomination),
        *faults_of_overlap(nomination),
        *_faults_of_pledge(nomination),
        *checklist_of(nomination, day=day).missing,
    ]


def _faults_of_day(nomination: Nomination, day: Day) -> list[str]:
    cycle = nomination.cycle
    if cycle.status not in (AwardCycle.Status.NOMINATING, AwardCycle.Status.REVIEWING):
        return [f"{cycle.title} đang ở bước “{cycle.get_status_display()}” nên không nhận hồ sơ nữa."]
    # What came back may be handed in again while dossiers may be changed; a first sending needs its own time.
    flags = ("units_may_send", "units_may_change") if nomination.revision else ("units_may_send",)
    if any(phase_allows(cycle, flag, day) for flag in flags):
        return []
    return [f"Hôm nay ({day:%d/%m/%Y}) không trong thời gian đơn vị gửi hồ sơ của {cycle.title}. Hãy xem lịch của đợt."]


def _faults_of_text(nomination: Nomination) -> list[str]:
    found = []
    if not nomination.summary.strip():
        found.append("Hãy ghi tóm tắt thành tích.")
    if not nomination.achievements.exists():
        found.append("Hãy ghi ít nhất một thành tích làm căn cứ.")
    if not nomination.award_type.is_for(nomination.recipient.kind):
        kind = nomination.recipient.get_kind_display().lower()
        found.append(f"{nomination.award_type.name} không tặng cho {kind}. Hãy rút đề nghị này và lập đề nghị khác.")
    return found


def faults_of_person(nomination: Nomination, day: Day) -> list[str]:
    """P4: nothing is proposed or decided during discipline, investigation or a complaint being verified.

    What it is about is not told: only those who handle it know (award.integrity).
    """
    running = nomination.recipient.disciplines.filter(from_day__lte=day, to_day__gte=day)
    held = IntegrityHold.objects.on(day).filter(recipient=nomination.recipient_id)
    return [_STOPPED.format(name=nomination.name)] if held.exists() or running.exists() else []


def faults_of_overlap(nomination: Nomination) -> list[str]:
    """P1: one achievement, one award; the appraiser may let it pass with a reason."""
    found = [] if nomination.overlap_note else grounds.overlaps(nomination)
    if found:
        found.append(
            "Một thành tích chỉ được khen thưởng một lần. Hãy bỏ thành tích trùng; nếu thực ra không trùng, "
            "hãy đề nghị cơ quan thẩm định ghi lý do chấp nhận."
        )
    return found


def _faults_of_pledge(nomination: Nomination) -> list[str]:
    """R-14: where the plan of a campaign demands a pledge, the unit's is signed."""
    demanding = nomination.cycle.campaigns.filter(pledge_required=True, participations__unit=nomination.unit_id)
    signed = Pledge.objects.filter(participation__unit=nomination.unit_id, status=Pledge.Status.SIGNED).values(
        "participation__campaign"
    )
    return [
        f"{nomination.unit.name} chưa ký giao ước của “{campaign.title}”, là điều kiện mà phong trào đặt ra."
        for campaign in demanding.exclude(pk__in=signed).distinct()
    ]


# --- sending --------------------------------------------------------------------------------------------------------
@transaction.atomic
def submit_nomination(nomination: Nomination, *, actor: Any, vouched: bool) -> Nomination:
    """Send the dossier: the head vouches for its truth (P10), everything is fixed in a revision, the appraisers hear of it.

    DomainError lists what is in the way.
    """
    locked = _locked(nomination)
    day = timezone.localdate()
    if locked.revision == 0:
        take_snapshot(locked, locked.recipient)
        locked.save(update_fields=["name", "post", "unit_name", "subject_kind"])
    # The move asks for right and state first; what lacks is told only to one who may send.
    NOMINATION.apply(locked, "submit", actor=actor, revision=locked.revision + 1)
    locked.return_items = []
    locked.save(update_fields=["return_items"])
    if found := obstacles(locked, day=day):
        raise DomainError("Chưa gửi được hồ sơ.", found)
    if not vouched:
        raise DomainError("Hãy đánh dấu xác nhận hồ sơ đúng sự thật trước khi gửi.")
    unconfirmed = DossierFile.objects.filter(nomination=locked, removed_at=None, confirmed_at=None)
    unconfirmed.update(confirmed_at=locked.submitted_at, confirmed_by=actor)
    keep_revision(locked, actor)
    notify(NominationSubmitted.about(locked), appraisers(locked))
    return locked


def _locked(nomination: Nomination) -> Nomination:
    return (
        Nomination.objects.select_for_update(of=("self",))
        .select_related("cycle", "award_type", "recipient__unit", "unit", "rule_set")
        .get(pk=nomination.pk)
    )


def keep_revision(nomination: Nomination, actor: Any) -> NominationRevision:
    """What is sent, as it is sent, and the SHA-256 of all of it."""
    content = content_of(nomination, actor)
    return NominationRevision.objects.create(
        nomination=nomination,
        number=nomination.revision,
        content=content,
        digest=digest(content),
        sent_at=nomination.submitted_at,
        sent_by=actor,
    )


def content_of(nomination: Nomination, actor: Any) -> dict[str, Any]:
    """The dossier as plain values: texts, achievements, files with their hashes, who vouches."""
    achievements = nomination.achievements.select_related("campaign", "model", "initiative", "award__award_type")
    return {
        "award": nomination.award_type.name,
        "cycle": nomination.cycle.title,
        "unit": nomination.unit.name,
        "name": nomination.name,
        "post": nomination.post,
        "unit_name": nomination.unit_name,
        "subject_kind": nomination.subject_kind,
        "award_kind": nomination.award_kind,
        "period_from": nomination.period_from.isoformat(),
        "period_to": nomination.period_to.isoformat(),
        "summary": nomination.summary,
        "achievements": [
            {
                "text": row.text,
                "period_from": row.period_from.isoformat(),
                "period_to": row.period_to.isoformat(),
                "grounds": [str(thing) for thing in (row.campaign, row.model, row.initiative, row.award) if thing],
            }
            for row in achievements
        ],
        "files": [_file(row) for row in living_files(nomination)],
        "vouched": {"text": PLEDGE, "by": str(actor), "at": nomination.submitted_at.isoformat()},
    }


def _file(row: DossierFile) -> dict[str, Any]:
    stored = row.stored or row.document.current
    return {
        "id": row.pk,
        "item": row.item_code,
        "title": row.title,
        "name": stored.name,
        "size": stored.size,
        "sha256": stored.sha256,
    }


def appraisers(nomination: Nomination) -> list[User]:
    """The officers above the unit who may appraise its dossiers."""
    above = [int(pk) for pk in nomination.unit.path.strip("/").split("/")][:-1]
    rows = Membership.objects.current().filter(role=Role.VERIFIER, user__is_active=True)
    rows = rows.select_related("user", "unit__kind", "unit__parent__kind", "unit__parent__parent__kind")
    found = [row.user for row in rows if base_unit(row.unit).pk in above]
    return [person for person in dict.fromkeys(found) if person.has_perm("award.appraise", nomination)]


# --- withdrawing ----------------------------------------------------------------------------------------------------
@transaction.atomic
def withdraw_nomination(nomination: Nomination, *, actor: Any, note: str) -> Nomination:
    """The unit takes its proposal back, with the reason; from the council on, the secretary must hear of it first."""
    locked = _locked(nomination)
    NOMINATION.apply(locked, "withdraw", actor=actor, note=note, end_note=note.strip())
    if locked.cycle.status in (AwardCycle.Status.VOTING, AwardCycle.Status.DECIDING):
        raise DomainError("Hồ sơ đã chuyển hội đồng nên không tự rút được. Hãy báo cơ quan thẩm định.")
    return locked
