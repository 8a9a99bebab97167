"""Appraisal by the province: complete (the clock starts), back with named items, to check, eligible or not (law.md §6)."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from awards.conditionreading import UNKNOWN, UNMET
from awards.eligibility import NOT_ELIGIBLE, TO_CHECK
from awards.models import Nomination
from awards.notifications.nominations import NominationAppraised, NominationComplete, NominationReturned
from awards.services.nominations import grounds
from awards.services.nominations.dossier import checklist_of, rules_of
from awards.services.nominations.sending import faults_of_overlap, faults_of_person
from awards.services.recipients.facts import judge_nomination
from awards.workflows import NOMINATION
from dvk_portal.core import audit
from dvk_portal.core.calendar import WorkingCalendar
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from dvk_portal.core.working_days import province_calendar
from units.roles import Role

Day = datetime.date
# Parts of the form that may be named besides the lines of the checklist.
PARTS = {
    "recipient": "Họ tên, chức vụ, đơn vị",
    "period": "Thời gian thành tích",
    "summary": "Tóm tắt thành tích",
    "achievements": "Thành tích làm căn cứ",
}


def _locked(nomination: Nomination) -> Nomination:
    return (
        Nomination.objects.select_for_update(of=("self",))
        .select_related("cycle", "award_type", "recipient__unit", "unit", "rule_set")
        .get(pk=nomination.pk)
    )


def _unit_people(nomination: Nomination) -> Any:
    return nomination.unit.members(Role.EDITOR, Role.LEADER)


# --- complete, or back ----------------------------------------------------------------------------------------------
@transaction.atomic
def confirm_complete(nomination: Nomination, *, actor: Any, calendar: WorkingCalendar | None = None) -> Nomination:
    """The dossier is complete: received today under the rules of today, due after their working days (R-10, R-30).

    A dossier that was received before and went back keeps day and rules of its first receipt; its time runs anew.
    ``calendar`` saves a query per row where many are confirmed.
    """
    locked, day = _locked(nomination), timezone.localdate()
    rule_set = rules_of(locked, day)
    checklist = checklist_of(locked, day=day, rule_set=rule_set)
    days = checklist.rule.appraisal_days if checklist.rule is not None else 0
    NOMINATION.apply(
        locked,
        "complete",
        actor=actor,
        rule_set=rule_set,
        received_on=locked.received_on or day,
        due_on=(calendar or province_calendar()).add_working_days(day, days),
    )
    if found := checklist.missing:
        raise DomainError("Chưa xác nhận đủ hồ sơ được.", found)
    notify(NominationComplete.about(locked), _unit_people(locked))
    return locked


@transaction.atomic
def return_nomination(
    nomination: Nomination, *, actor: Any, reason: str, items: Mapping[str, str] | None = None
) -> Nomination:
    """Send it back: ``items`` maps a line of the checklist or a part of the form to its remark. What was entered stays."""
    locked = _locked(nomination)
    names = item_names(locked)
    items = items or {}
    if unknown := [code for code in items if code not in names]:
        raise DomainError(f"Không có mục “{unknown[0]}” trong hồ sơ này. Hãy tải lại trang rồi chọn lại.")
    rows = [{"code": "", "name": "", "text": reason.strip()}] if reason.strip() else []
    rows += [{"code": code, "name": names[code], "text": text.strip()} for code, text in items.items()]
    NOMINATION.apply(locked, "return", actor=actor, note=reason)
    locked.return_items = rows
    locked.save(update_fields=["return_items"])
    notify(NominationReturned.about(locked), _unit_people(locked))
    return locked


def item_names(nomination: Nomination) -> dict[str, str]:
    """What may be named when a dossier goes back: parts of the form and lines of the checklist, by code."""
    slots = checklist_of(nomination, day=timezone.localdate()).slots
    return PARTS | {slot.item.code: slot.item.name for slot in slots}


# --- the verdict ----------------------------------------------------------------------------------------------------
def judge(nomination: Nomination, day: Day) -> tuple[str, list[dict[str, Any]]]:
    """Outcome and findings as they are stored: conditions of the award, then the principles of NĐ 152, Điều 4."""
    verdict = judge_nomination(nomination, day=day)
    found = verdict.as_json()
    # Told to whoever handles discipline and complaints only; the verdict has its own sentences on both (P4).
    private = grounds.faults_of_days(nomination)
    public = [*grounds.faults_of_grounds(nomination), *faults_of_overlap(nomination)]
    found += [{"outcome": UNMET, "text": text} for text in public]
    found += [{"outcome": UNMET, "text": text, "private": True} for text in private]
    stopped = private or public or faults_of_person(nomination, day)
    return (NOT_ELIGIBLE if stopped else verdict.outcome), found


@transaction.atomic
def find_eligible(nomination: Nomination, *, actor: Any, note: str = "") -> Nomination:
    """It meets the conditions. What could not be checked needs the appraiser's note; what is not met cannot be passed."""
    locked = _locked(nomination)
    outcome, found = judge(locked, timezone.localdate())
    note = note.strip()
    NOMINATION.apply(locked, "find_eligible", actor=actor, note=note)
    if outcome == NOT_ELIGIBLE:
        against = [row["text"] for row in found if row["outcome"] == UNMET]
        raise DomainError("Chưa kết luận đủ điều kiện được.", against)
    if outcome == TO_CHECK and not note:
        open_ones = [row["text"] for row in found if row["outcome"] == UNKNOWN]
        raise DomainError(
            "Có điều kiện cổng chưa kiểm tra được. Hãy ghi đã kiểm tra thế nào trước khi kết luận.", open_ones
        )
    _keep_findings(locked, found, note)
    notify(NominationAppraised.about(locked), _unit_people(locked))
    return locked


def _keep_findings(nomination: Nomination, found: list[dict[str, Any]], note: str) -> None:
    """Beside the move, not in it: its line in the trail is read by the unit, and by others than handle discipline."""
    nomination.findings, nomination.appraisal_note = found, note
    nomination.save(update_fields=["findings", "appraisal_note"])


@transaction.atomic
def set_to_check(nomination: Nomination, *, actor: Any, note: str) -> Nomination:
    """Something must be asked elsewhere first; ``note`` says what. An earlier "eligible" no longer stands."""
    locked = _locked(nomination)
    _, found = judge(locked, timezone.localdate())
    NOMINATION.apply(
        locked,
        "set_to_check",
        actor=actor,
        note=note,
        appraised_at=None,
        appraised_by=None,
    )
    _keep_findings(locked, found, note.strip())
    return locked


@transaction.atomic
def reject_nomination(nomination: Nomination, *, actor: Any, note: str) -> Nomination:
    """It does not meet the conditions: the end of it, with the reason; the unit is told."""
    locked = _locked(nomination)
    _, found = judge(locked, timezone.localdate())
    NOMINATION.apply(
        locked,
        "reject",
        actor=actor,
        note=note,
        end_note=note.strip(),
        appraised_at=None,
        appraised_by=None,
    )
    _keep_findings(locked, found, locked.appraisal_note)
    notify(NominationAppraised.about(locked), _unit_people(locked))
    return locked


@transaction.atomic
def allow_overlap(nomination: Nomination, *, actor: Any, reason: str) -> Nomination:
    """P1: the appraiser lets achievements pass that look like one already awarded, with the reason; "" takes it back."""
    locked = _locked(nomination)
    if not actor.has_perm("award.appraise", locked):
        raise PermissionDenied
    if locked.status not in (*Nomination.EDITABLE, Nomination.Status.SUBMITTED, *Nomination.UNDER_APPRAISAL):
        state = locked.get_status_display()
        raise DomainError(f"Hồ sơ đang ở trạng thái “{state}” nên không ghi lý do trùng thành tích nữa.")
    before, locked.overlap_note = locked.overlap_note, reason.strip()
    locked.save(update_fields=["overlap_note"])
    audit.record(locked, "allow_overlap", actor=actor, changes={"overlap_note": [before, locked.overlap_note]})
    return locked
