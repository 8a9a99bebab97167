"""What people do with a score sheet: self-assess, verify, agree, declare conditions. Every difference has a reason."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from campaigns.models import Campaign
from campaigns.scoring.entry import Entry, clean_input, entry_of, leaf_entries
from campaigns.scoring.inputs import NOT_APPLICABLE, BadInput, input_to_json, is_absent
from campaigns.scoring.types import Leaf, Scheme
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from pledges.models import GateDeclaration, ScoreInput, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.notifications import ScoresReturned, ScoresSent, ScoresVerified
from pledges.services.differences import must_explain, undecided, unexplained
from pledges.services.recalculation import ask_for_rollup
from pledges.services.recorddocuments import end_documents_of
from pledges.services.rollup import parsed_scheme, refresh_sheet
from pledges.services.scoring_inputs import is_sourced
from pledges.services.scoring_rights import OPEN_STATES, PERMISSION, assessors_for, is_self_assessed, may_enter
from pledges.workflows import SHEET
from units.models import Membership, User
from units.roles import Role

MAX_REASON = 500
WHY_CLOSED = {
    Stage.SELF: "Bản tự chấm đã gửi nên không sửa được. Nếu cần sửa, đề nghị tỉnh trả lại.",
    Stage.VERIFIED: "Phiếu đã thẩm định xong. Muốn sửa, lãnh đạo Ban phải mở lại thẩm định.",
    Stage.FINAL: "Chỉ ghi điểm thống nhất khi phiếu đã thẩm định xong và chưa chốt.",
}
FINISHED = "Phong trào đã kết thúc hoặc chưa phát động nên không chấm điểm được."
STALE = "Người khác vừa sửa tiêu chí này. Hãy xem giá trị mới nhất bên cạnh rồi lưu lại nếu vẫn cần."


class StaleError(DomainError):
    """Somebody else changed the criterion since the form was opened."""


# --- entry ----------------------------------------------------------------------------------------------------------
def enter_input(sheet: ScoreSheet, code: str, raw: Any, *, stage: str, actor: Any, reason: str = "") -> ScoreSheet:
    """Write one input at one stage and score the sheet anew; see :func:`enter_criterion`."""
    scheme = parsed_scheme(sheet.scheme)
    entry = entry_of(scheme, code)
    criterion = entry.leaf.node.code if entry else code
    return enter_criterion(sheet, criterion, {code: raw}, stage=stage, actor=actor, reason=reason)


@transaction.atomic
def enter_criterion(
    sheet: ScoreSheet,
    criterion: str,
    raw: Mapping[str, Any],
    *,
    stage: str,
    actor: Any,
    reason: str = "",
    seen: str | None = None,
) -> ScoreSheet:
    """Write the inputs of one criterion at one stage, all or none, and score the sheet anew.

    ``raw``: form or JSON data by rule code, "n/a" by the criterion's own code; a blank takes the input of this stage back.
    ``seen``: :func:`entry_mark` of what the person had before him. Raises PermissionDenied, or DomainError: closed stage, bad
    value, a difference without a reason, changed meanwhile (StaleError).
    """
    stage = Stage(stage)
    sheet = _open_sheet(sheet, stage, actor)
    scheme = parsed_scheme(sheet.scheme)
    leaf = _leaf(scheme, criterion)
    allowed = _allowed(sheet, scheme, leaf, stage, actor)
    rows = {row.code: row for row in sheet.inputs.filter(code__in=_codes(scheme, leaf), stage=stage)}
    if seen is not None and seen != entry_mark(rows):
        raise StaleError(STALE)
    if len(reason) > MAX_REASON:
        raise DomainError(f"Lý do dài quá {MAX_REASON} ký tự. Hãy viết gọn lại.")
    wanted = _read(scheme, leaf, allowed, raw)
    changed = _changes(rows, wanted, reason.strip(), leaf)
    if not changed:
        return sheet
    claims = dict(sheet.inputs.filter(code__in=_codes(scheme, leaf), stage=Stage.SELF).values_list("code", "value"))
    _demand_reason(stage, leaf, allowed, changed, claims, reason)
    for code, value in changed.items():
        _write(sheet, code, stage, rows.get(code), value, actor, reason.strip())
    refresh_sheet(sheet)
    ask_for_rollup(sheet.participation.campaign)
    return sheet


def entry_mark(rows: Mapping[str, ScoreInput]) -> str:
    """Tells one state of a criterion's inputs from another."""
    text = json.dumps(
        [[code, row.value, row.reason] for code, row in sorted(rows.items())], sort_keys=True, default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _open_sheet(sheet: ScoreSheet, stage: Stage, actor: Any) -> ScoreSheet:
    if not actor.has_perm(PERMISSION[stage], sheet):
        raise PermissionDenied
    locked = ScoreSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    _demand_running(locked)
    if locked.status not in OPEN_STATES[stage]:
        raise DomainError(WHY_CLOSED[stage])
    return locked


def _demand_running(sheet: ScoreSheet) -> Campaign:
    """The campaign as it is now; locked rows of the sheet keep a publication from overtaking us."""
    campaign = Campaign.objects.get(participations=sheet.participation_id)
    if not campaign.is_running:
        raise DomainError(FINISHED)
    return campaign


def _leaf(scheme: Scheme, criterion: str) -> Leaf:
    found = next((leaf for leaf in scheme.leaf_list if leaf.node.code == criterion), None)
    if found is None:
        raise DomainError("Tiêu chí này không có trong bảng tiêu chí của phong trào. Hãy tải lại trang.")
    return found


def _codes(scheme: Scheme, leaf: Leaf) -> set[str]:
    return {leaf.node.code, *(entry.code for entry in leaf_entries(scheme, leaf.node.code))}


def _allowed(sheet: ScoreSheet, scheme: Scheme, leaf: Leaf, stage: Stage, actor: Any) -> dict[str, Entry]:
    """The fields of the criterion that ``actor`` may fill at this stage, by code."""
    assessors = assessors_for(actor, sheet.participation.campaign_id) if stage == Stage.VERIFIED else None
    found = {entry.code: entry for entry in leaf_entries(scheme, leaf.node.code) if may_enter(entry, stage, assessors)}
    if not found:
        raise DomainError(
            "Mục này do hệ thống lấy số liệu hoặc do cấp trên chấm, đơn vị không nhập."
            if stage == Stage.SELF
            else "Tiêu chí này được phân công cho bộ phận khác thẩm định."
        )
    return found


def _read(scheme: Scheme, leaf: Leaf, allowed: dict[str, Entry], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The values to be stored, by code; None = nothing."""
    wanted: dict[str, Any] = {}
    for given, value in raw.items():
        entry = entry_of(scheme, given)
        is_marked = value == NOT_APPLICABLE and given == leaf.node.code
        code = given if entry is None or is_marked else entry.code
        if code not in allowed and code != leaf.node.code:
            raise DomainError(f"Mục “{entry.label if entry else given}” không nhập ở bước này.")
        try:
            parsed = clean_input(scheme, code, value)
        except BadInput as error:
            label = f"“{entry.label}”: " if entry and len(allowed) > 1 else ""
            raise DomainError(f"{label}{error.message}") from error
        absent = parsed != NOT_APPLICABLE and is_absent(parsed)
        if absent and parsed is not None:
            raise DomainError("Hãy nhập đủ cả hai số, hoặc để trống cả hai nếu chưa có số liệu.")
        wanted[code] = None if absent else input_to_json(parsed)
    return wanted


def _changes(rows: Mapping[str, ScoreInput], wanted: dict[str, Any], reason: str, leaf: Leaf) -> dict[str, Any]:
    """What has to be written: values that differ, and reasons that were rewritten."""
    stored = {code: row.value for code, row in rows.items()}
    changed = {
        code: value
        for code, value in wanted.items()
        if stored.get(code) != value or (value is not None and reason and rows[code].reason != reason)
    }
    # A figure lifts the mark "không áp dụng" of its criterion.
    lifts = any(value is not None for value in changed.values()) and leaf.node.code not in wanted
    if lifts and stored.get(leaf.node.code) == NOT_APPLICABLE:
        changed[leaf.node.code] = None
    return changed


def _demand_reason(
    stage: Stage, leaf: Leaf, allowed: dict[str, Entry], changed: dict[str, Any], claims: dict[str, Any], reason: str
) -> None:
    given = {code: value for code, value in changed.items() if value is not None}
    if stage == Stage.SELF or reason.strip() or not given:
        return
    if stage == Stage.FINAL:
        raise DomainError("Hãy ghi lý do của điểm thống nhất (ví dụ: theo biên bản họp ngày …).")
    for code, value in given.items():
        entry = allowed.get(code)
        if entry is not None and is_sourced(entry):
            raise DomainError("Số liệu này do hệ thống tính từ báo cáo. Muốn điều chỉnh, hãy ghi lý do.")
        if must_explain(leaf, entry, value, claims):
            raise DomainError("Kết quả thẩm định khác với đơn vị tự chấm. Hãy ghi lý do.")


def _write(
    sheet: ScoreSheet, code: str, stage: Stage, old: ScoreInput | None, value: Any, actor: Any, reason: str
) -> None:
    if value is None:
        if old is not None:
            old.delete()
    else:
        ScoreInput.objects.update_or_create(
            sheet=sheet,
            code=code,
            stage=stage,
            defaults={"value": value, "reason": reason, "entered_by": actor},
        )
    changes = {code: [old.value if old else None, value]}
    audit.record(sheet, f"score_{stage}", actor=actor, changes=changes, note=reason)


# --- moves ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def send_self_assessment(sheet: ScoreSheet, *, actor: Any) -> ScoreSheet:
    """The leader sends the self-assessment; from here on only the province changes it. Not while reports still come in."""
    if not actor.has_perm("score.send_self", sheet):
        raise PermissionDenied
    _demand_scoring(sheet, "gửi bản tự chấm")
    _move(sheet, "send_self", actor)
    refresh_sheet(sheet)
    ask_for_rollup(sheet.participation.campaign)
    campaign = sheet.participation.campaign
    notify(ScoresSent.about(sheet), [campaign.contact] if campaign.contact else [])
    return sheet


@transaction.atomic
def return_self_assessment(sheet: ScoreSheet, *, actor: Any, note: str) -> ScoreSheet:
    """Send the self-assessment back to the unit with the reason."""
    sent_at = sheet.sent_at
    _move(sheet, "return_self", actor, note, sent_at=None, sent_by=None)
    refresh_sheet(sheet)
    ask_for_rollup(sheet.participation.campaign)
    notify(ScoresReturned.about(sheet, note.strip(), sent_at), _people_of(sheet))
    return sheet


@transaction.atomic
def finish_verification(sheet: ScoreSheet, *, actor: Any) -> ScoreSheet:
    """Close the verification. Raises DomainError with what has not been decided or explained."""
    if not actor.has_perm("score.verify", sheet):
        raise PermissionDenied
    locked = ScoreSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    _demand_scoring(locked, "hoàn tất thẩm định")
    missing = [*undecided(locked), *unexplained(locked)]
    if missing and locked.status in OPEN_STATES[Stage.VERIFIED]:
        raise DomainError("Chưa thể hoàn tất thẩm định.", missing)
    _move(sheet, "verify", actor)
    notify(ScoresVerified.about(sheet), _people_of(sheet))
    return sheet


@transaction.atomic
def agree_scores(sheet: ScoreSheet, *, actor: Any) -> ScoreSheet:
    """Settle the agreed scores; what was not changed in the meeting stays as verified."""
    if not actor.has_perm("score.agree", sheet):
        raise PermissionDenied
    _demand_scoring(sheet, "thống nhất điểm")
    return _move(sheet, "agree", actor)


@transaction.atomic
def reopen_sheet(sheet: ScoreSheet, *, actor: Any, note: str) -> ScoreSheet:
    """Open the verification again, with a reason."""
    moved = _move(sheet, "reopen", actor, note)
    end_documents_of(moved, actor=actor, reason=f"Phiếu điểm được mở lại: {note.strip()}")
    return moved


def _move(sheet: ScoreSheet, name: str, actor: Any, note: str = "", **changes: Any) -> ScoreSheet:
    if not actor.has_perm(SHEET.transitions[name].permission, sheet):
        raise PermissionDenied
    _demand_running(sheet)
    return SHEET.apply(sheet, name, actor=actor, note=note, **changes)


def _demand_scoring(sheet: ScoreSheet, what: str) -> None:
    """While reports still come in, nothing is settled."""
    if _demand_running(sheet).status != Campaign.Status.SCORING:
        raise DomainError(
            f"Phong trào đang thực hiện, số liệu còn thay đổi nên chưa thể {what}. "
            "Lãnh đạo Ban chuyển phong trào sang bước chấm điểm trước."
        )


def _people_of(sheet: ScoreSheet) -> Any:
    held = Membership.objects.current().filter(unit=sheet.participation.unit_id, role__in=(Role.EDITOR, Role.LEADER))
    return User.objects.filter(memberships__in=held).distinct()


# --- declared conditions --------------------------------------------------------------------------------------------
@transaction.atomic
def declare_gate(sheet: ScoreSheet, code: str, *, actor: Any, reason: str) -> ScoreSheet:
    """Declare that a condition of the scheme applies to the unit (kỷ luật, không đủ điều kiện…), with the reason."""
    sheet = _open_gate(sheet, code, actor, reason)
    GateDeclaration.objects.update_or_create(
        sheet=sheet, code=code, defaults={"reason": reason.strip(), "declared_by": actor}
    )
    return _after_gate(sheet, "declare_gate", {code: [False, True]}, actor, reason)


@transaction.atomic
def withdraw_gate(sheet: ScoreSheet, code: str, *, actor: Any, reason: str) -> ScoreSheet:
    """Take a declared condition back, with the reason."""
    sheet = _open_gate(sheet, code, actor, reason)
    deleted, _ = GateDeclaration.objects.filter(sheet=sheet, code=code).delete()
    if not deleted:
        raise DomainError("Điều kiện này đã được rút trước đó. Hãy tải lại trang.")
    return _after_gate(sheet, "withdraw_gate", {code: [True, False]}, actor, reason)


def _open_gate(sheet: ScoreSheet, code: str, actor: Any, reason: str) -> ScoreSheet:
    if not actor.has_perm("score.verify", sheet):
        raise PermissionDenied
    locked = ScoreSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    _demand_running(locked)
    if locked.status in (ScoreSheet.Status.AGREED, ScoreSheet.Status.PUBLISHED):
        raise DomainError("Điểm đã chốt nên không khai điều kiện được. Lãnh đạo Ban mở lại thẩm định trước.")
    gate = parsed_scheme(locked.scheme).gate_by_code.get(code)
    if gate is None or gate.when.get("declared") is not True:
        raise DomainError("Bảng tiêu chí không có điều kiện khai này.")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do, căn cứ (số, ngày văn bản).")
    if len(reason) > MAX_REASON:
        raise DomainError(f"Lý do dài quá {MAX_REASON} ký tự. Hãy viết gọn lại.")
    return locked


def _after_gate(sheet: ScoreSheet, action: str, changes: dict[str, Any], actor: Any, reason: str) -> ScoreSheet:
    audit.record(sheet, action, actor=actor, changes=changes, note=reason.strip())
    refresh_sheet(sheet)
    ask_for_rollup(sheet.participation.campaign)
    return sheet


__all__ = [
    "StaleError", "agree_scores", "declare_gate", "enter_criterion", "enter_input", "entry_mark", "finish_verification",
    "is_self_assessed", "reopen_sheet", "return_self_assessment", "send_self_assessment", "withdraw_gate",
]  # fmt: skip
