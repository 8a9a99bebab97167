"""Taking over what units entered, many inputs in one move; every take-over is logged (practice.md W-30)."""

from collections import defaultdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.scoring.entry import Entry, entries, leaf_entries
from campaigns.scoring.inputs import NOT_APPLICABLE
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.models import ScoreInput, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services.recalculation import ask_for_rollup
from pledges.services.rollup import parsed_scheme, refresh_sheets
from pledges.services.scoring_rights import assessors_for, is_self_assessed, may_assess
from units import access


@transaction.atomic
def accept_self_scores(sheet: ScoreSheet, *, actor: Any) -> int:
    """Take over what the unit entered wherever the actor's department has not decided yet. Returns how many criteria."""
    if not actor.has_perm("score.verify", sheet):
        raise PermissionDenied
    campaign = sheet.participation.campaign
    assessors = assessors_for(actor, campaign)
    mine = [entry for entry in entries(parsed_scheme(sheet.scheme)) if may_assess(entry, assessors)]
    if ScoreSheet.objects.get(pk=sheet.pk).status != ScoreSheet.Status.SENT:
        raise DomainError("Chỉ chấp nhận bản tự chấm khi đơn vị đã gửi và phiếu chưa thẩm định xong.")
    return _accept(campaign, [sheet.pk], mine, actor)


@transaction.atomic
def accept_criterion(campaign: Campaign, criterion: str, sheets: list[int], *, actor: Any) -> int:
    """Take over one criterion from the units of ``sheets`` (ids) that sent it and where it is undecided. Returns how many."""
    mine = access.scope(ScoreSheet.objects.filter(participation__campaign=campaign), actor, "score.verify")
    chosen = list(mine.filter(pk__in=sheets, status=ScoreSheet.Status.SENT).values_list("pk", flat=True))
    if not chosen:
        raise DomainError("Không có phiếu nào trong các dòng đã chọn đang chờ thẩm định.")
    assessors = assessors_for(actor, campaign)
    found = [entry for entry in leaf_entries(parsed_scheme(campaign.scheme), criterion) if may_assess(entry, assessors)]
    if not found:
        raise PermissionDenied
    return _accept(campaign, chosen, found, actor)


def _accept(campaign: Campaign, sheets: list[int], found: list[Entry], actor: Any) -> int:
    if not Campaign.objects.get(pk=campaign.pk).is_running:
        raise DomainError("Phong trào đã kết thúc nên không thẩm định được.")
    locked = {
        sheet.pk: sheet
        for sheet in ScoreSheet.objects.select_for_update(of=("self",))
        .filter(pk__in=sheets, status=ScoreSheet.Status.SENT)
        .select_related("participation")
    }
    inputs: dict[int, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    for pk, stage, code, value in ScoreInput.objects.filter(sheet__in=locked).values_list(
        "sheet_id", "stage", "code", "value"
    ):
        inputs[pk][stage][code] = value
    rows: list[ScoreInput] = []
    lines = []
    for pk, sheet in locked.items():
        taken = _taken(found, inputs[pk][Stage.SELF], inputs[pk][Stage.VERIFIED])
        rows += [
            ScoreInput(sheet=sheet, code=code, stage=Stage.VERIFIED, value=value, entered_by=actor)
            for code, value in taken.items()
        ]
        if taken:
            changes = {code: [None, value] for code, value in taken.items()}
            lines.append({"subject": sheet, "action": "accept_self_scores", "actor": actor, "changes": changes})
    if rows:
        ScoreInput.objects.bulk_create(rows, batch_size=100)
        audit.record_many(lines)
        refresh_sheets(campaign, [row["subject"].participation for row in lines], timezone.now())
        ask_for_rollup(campaign)
    return len(rows)


def _taken(found: list[Entry], claims: dict[str, Any], verified: dict[str, Any]) -> dict[str, Any]:
    """What is taken over of one sheet. A criterion on which something was decided keeps its "không áp dụng" or figures."""
    touched = {entry.leaf.node.code for entry in found if entry.code in verified or entry.leaf.node.code in verified}
    taken: dict[str, Any] = {}
    for entry in found:
        leaf = entry.leaf.node.code
        if not is_self_assessed(entry):
            continue
        if claims.get(leaf) == NOT_APPLICABLE:
            if leaf not in touched:
                taken[leaf] = NOT_APPLICABLE
        elif entry.code in claims and entry.code not in verified and verified.get(leaf) != NOT_APPLICABLE:
            taken[entry.code] = claims[entry.code]
    return taken
