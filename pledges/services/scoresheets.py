"""What people do with a score sheet: self-assess, verify, agree, declare conditions. Every difference has a reason."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from campaigns.models import Assignment
from campaigns.scoring.entry import Entry, clean_input, entries, entry_of
from campaigns.scoring.inputs import NOT_APPLICABLE, BadInput, input_to_json, is_absent
from campaigns.scoring.types import Scheme
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from pledges.models import GateDeclaration, ScoreInput, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services.recalculation import ask_for_rollup
from pledges.services.rollup import parsed_scheme, refresh_sheet
from pledges.services.scoring_inputs import is_sourced
from pledges.workflows import SHEET
from units import access
from units.roles import Role

PERMISSION = {Stage.SELF: "score.self_assess", Stage.VERIFIED: "score.verify", Stage.FINAL: "score.agree"}
OPEN_STATES = {
    Stage.SELF: (ScoreSheet.Status.SELF,),
    Stage.VERIFIED: (ScoreSheet.Status.SELF, ScoreSheet.Status.SENT),
    Stage.FINAL: (ScoreSheet.Status.VERIFIED,),
}
WHY_CLOSED = {
    Stage.SELF: "Bản tự chấm đã gửi nên không sửa được. Nếu cần sửa, đề nghị tỉnh trả lại.",
    Stage.VERIFIED: "Phiếu đã thẩm định xong. Muốn sửa, lãnh đạo Ban phải mở lại thẩm định.",
    Stage.FINAL: "Chỉ ghi điểm thống nhất khi phiếu đã thẩm định xong và chưa chốt.",
}


def assessors_of(user: Any, sheet: ScoreSheet) -> set[str] | None:
    """Folded names of the assessing departments for which ``user`` may verify; None = all (lãnh đạo Ban)."""
    if access.has_role(user, Role.DIRECTOR):
        return None
    departments = [row.unit_id for row in access.rights(user).memberships if row.role == Role.VERIFIER]
    named = Assignment.objects.filter(
        campaign=sheet.participation.campaign_id, department__in=departments, group=None
    ).values_list("assessor", flat=True)
    return {search_key(name) for name in named}


def may_assess(entry: Entry, assessors: set[str] | None) -> bool:
    """Whether the criterion is one that the person's department appraises."""
    return assessors is None or search_key(entry.leaf.assessor or "") in assessors


def is_self_assessed(entry: Entry) -> bool:
    """Whether the unit enters it: not known to the portal, not reserved to the superior."""
    return entry.self_scored and not entry.verified_only and not is_sourced(entry)


@transaction.atomic
def enter_input(sheet: ScoreSheet, code: str, raw: Any, *, stage: str, actor: Any, reason: str = "") -> ScoreSheet:
    """Write one input at one stage and score the sheet anew. A blank ``raw`` takes the input of this stage back.

    Raises PermissionDenied, or DomainError: closed stage, bad value, or a difference without a reason.
    """
    stage = Stage(stage)
    if not actor.has_perm(PERMISSION[stage], sheet):
        raise PermissionDenied
    sheet = ScoreSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    _demand_open(sheet, stage)
    scheme = parsed_scheme(sheet.scheme)
    entry = entry_of(scheme, code)
    leaf = scheme.nodes.get(code) if entry is None else entry.leaf.node
    if leaf is None or not leaf.is_leaf:
        raise DomainError("Tiêu chí này không có trong bảng tiêu chí của phong trào. Hãy tải lại trang.")
    _demand_right_person(sheet, scheme, code, stage, actor)
    try:
        parsed = clean_input(scheme, code, raw)
    except BadInput as error:
        raise DomainError(error.message) from error
    value = input_to_json(parsed)
    absent = parsed != NOT_APPLICABLE and is_absent(parsed)
    _demand_reason(sheet, entry, code, value, None if absent else value, stage, reason)
    _write(sheet, code, stage, value, absent, actor, reason)
    refresh_sheet(sheet)
    ask_for_rollup(sheet.participation.campaign)
    return sheet


def _demand_open(sheet: ScoreSheet, stage: Stage) -> None:
    if not sheet.participation.campaign.is_running:
        raise DomainError("Phong trào đã kết thúc hoặc chưa phát động nên không chấm điểm được.")
    if sheet.status not in OPEN_STATES[stage]:
        raise DomainError(WHY_CLOSED[stage])


def _demand_right_person(sheet: ScoreSheet, scheme: Scheme, code: str, stage: Stage, actor: Any) -> None:
    own = [entry for entry in entries(scheme) if code in (entry.code, entry.leaf.node.code)]
    if stage == Stage.SELF and not any(is_self_assessed(entry) for entry in own):
        raise DomainError("Mục này do hệ thống lấy số liệu hoặc do cấp trên chấm, đơn vị không nhập.")
    if stage == Stage.VERIFIED:
        assessors = assessors_of(actor, sheet)
        if not any(may_assess(entry, assessors) for entry in own):
            raise DomainError("Tiêu chí này được phân công cho bộ phận khác thẩm định.")


def _demand_reason(
    sheet: ScoreSheet, entry: Entry | None, code: str, value: Any, given: Any, stage: Stage, reason: str
) -> None:
    if stage == Stage.SELF or reason.strip() or given is None:
        return
    if stage == Stage.FINAL:
        raise DomainError("Hãy ghi lý do của điểm thống nhất (ví dụ: theo biên bản họp ngày …).")
    claimed = (
        ScoreInput.objects.filter(sheet=sheet, code=code, stage=Stage.SELF).values_list("value", flat=True).first()
    )
    if entry is not None and is_sourced(entry):
        raise DomainError("Số liệu này do hệ thống tính từ báo cáo. Muốn điều chỉnh, hãy ghi lý do.")
    if claimed is not None and claimed != value:
        raise DomainError("Kết quả thẩm định khác với đơn vị tự chấm. Hãy ghi lý do.")


def _write(sheet: ScoreSheet, code: str, stage: Stage, value: Any, absent: bool, actor: Any, reason: str) -> None:
    old = ScoreInput.objects.filter(sheet=sheet, code=code, stage=stage).first()
    if absent:
        if old is not None:
            old.delete()
    else:
        ScoreInput.objects.update_or_create(
            sheet=sheet,
            code=code,
            stage=stage,
            defaults={"value": value, "reason": reason.strip(), "entered_by": actor},
        )
    audit.record(
        sheet,
        f"score_{stage}",
        actor=actor,
        changes={code: [old.value if old else None, None if absent else value]},
        note=reason.strip(),
    )


@transaction.atomic
def accept_self_scores(sheet: ScoreSheet, *, actor: Any) -> int:
    """Take over what the unit entered wherever the actor's department has not decided yet; logged (W-30). Returns how many."""
    if not actor.has_perm("score.verify", sheet):
        raise PermissionDenied
    sheet = ScoreSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    _demand_open(sheet, Stage.VERIFIED)
    assessors = assessors_of(actor, sheet)
    scheme = parsed_scheme(sheet.scheme)
    mine = {
        code
        for entry in entries(scheme)
        if may_assess(entry, assessors) and is_self_assessed(entry)
        for code in (entry.code, entry.leaf.node.code)
    }
    decided = set(sheet.inputs.filter(stage=Stage.VERIFIED).values_list("code", flat=True))
    taken = [row for row in sheet.inputs.filter(stage=Stage.SELF, code__in=mine) if row.code not in decided]
    ScoreInput.objects.bulk_create(
        ScoreInput(sheet=sheet, code=row.code, stage=Stage.VERIFIED, value=row.value, entered_by=actor) for row in taken
    )
    if taken:
        audit.record(sheet, "accept_self_scores", actor=actor, changes={row.code: [None, row.value] for row in taken})
        refresh_sheet(sheet)
        ask_for_rollup(sheet.participation.campaign)
    return len(taken)


def undecided(sheet: ScoreSheet) -> list[str]:
    """Sentences on criteria that the unit claimed and nobody has verified: what stands before "hoàn tất thẩm định"."""
    scheme = parsed_scheme(sheet.scheme)
    claimed = set(sheet.inputs.filter(stage=Stage.SELF).values_list("code", flat=True))
    decided = set(sheet.inputs.filter(stage=Stage.VERIFIED).values_list("code", flat=True))
    missing = []
    for entry in entries(scheme):
        codes = {entry.code, entry.leaf.node.code}
        reserved = not entry.self_scored and not entry.unless and not is_sourced(entry) and entry.rule.role == "earn"
        if not codes & decided and (codes & claimed or reserved):
            missing.append(f"{entry.leaf.node.code} {entry.leaf.node.title}: chưa thẩm định “{entry.label}”.")
    return missing


@transaction.atomic
def send_self_assessment(sheet: ScoreSheet, *, actor: Any) -> ScoreSheet:
    """The leader sends the self-assessment; from here on only the province changes it."""
    SHEET.apply(sheet, "send_self", actor=actor)
    refresh_sheet(sheet)
    ask_for_rollup(sheet.participation.campaign)
    return sheet


@transaction.atomic
def return_self_assessment(sheet: ScoreSheet, *, actor: Any, note: str) -> ScoreSheet:
    """Send the self-assessment back to the unit with the reason."""
    SHEET.apply(sheet, "return_self", actor=actor, note=note, sent_at=None, sent_by=None)
    refresh_sheet(sheet)
    ask_for_rollup(sheet.participation.campaign)
    return sheet


@transaction.atomic
def finish_verification(sheet: ScoreSheet, *, actor: Any) -> ScoreSheet:
    """Close the verification. Raises DomainError with what has not been decided."""
    missing = undecided(sheet)
    if missing and sheet.status in OPEN_STATES[Stage.VERIFIED]:
        raise DomainError("Chưa thể hoàn tất thẩm định.", missing)
    return SHEET.apply(sheet, "verify", actor=actor)


@transaction.atomic
def agree_scores(sheet: ScoreSheet, *, actor: Any) -> ScoreSheet:
    """Settle the agreed scores; what was not changed in the meeting stays as verified."""
    return SHEET.apply(sheet, "agree", actor=actor)


@transaction.atomic
def reopen_sheet(sheet: ScoreSheet, *, actor: Any, note: str) -> ScoreSheet:
    """Open the verification again, with a reason."""
    return SHEET.apply(sheet, "reopen", actor=actor, note=note)


@transaction.atomic
def declare_gate(sheet: ScoreSheet, code: str, *, actor: Any, reason: str) -> ScoreSheet:
    """Declare that a condition of the scheme applies to the unit (kỷ luật, không đủ điều kiện…), with the reason."""
    _demand_gate(sheet, code, actor, reason)
    GateDeclaration.objects.update_or_create(
        sheet=sheet, code=code, defaults={"reason": reason.strip(), "declared_by": actor}
    )
    audit.record(sheet, "declare_gate", actor=actor, changes={code: [False, True]}, note=reason)
    refresh_sheet(sheet)
    ask_for_rollup(sheet.participation.campaign)
    return sheet


@transaction.atomic
def withdraw_gate(sheet: ScoreSheet, code: str, *, actor: Any, reason: str) -> ScoreSheet:
    """Take a declared condition back, with the reason."""
    _demand_gate(sheet, code, actor, reason)
    GateDeclaration.objects.filter(sheet=sheet, code=code).delete()
    audit.record(sheet, "withdraw_gate", actor=actor, changes={code: [True, False]}, note=reason)
    refresh_sheet(sheet)
    ask_for_rollup(sheet.participation.campaign)
    return sheet


def _demand_gate(sheet: ScoreSheet, code: str, actor: Any, reason: str) -> None:
    if not actor.has_perm("score.verify", sheet):
        raise PermissionDenied
    if not sheet.participation.campaign.is_running or sheet.status == ScoreSheet.Status.AGREED:
        raise DomainError("Điểm đã chốt hoặc phong trào đã kết thúc nên không khai điều kiện được.")
    gate = parsed_scheme(sheet.scheme).gate_by_code.get(code)
    if gate is None or gate.when.get("declared") is not True:
        raise DomainError("Bảng tiêu chí không có điều kiện khai này.")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do, căn cứ (số, ngày văn bản).")
