"""Which score sheets wait for the departments of a person."""

from collections import defaultdict
from typing import Any

from campaigns.models import Campaign
from campaigns.scoring.entry import entries
from pledges.models import ScoreInput, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services.differences import undecided_entries
from pledges.services.schemes import parsed_scheme
from pledges.services.scoring_rights import assessors_for, codes_of, may_assess
from units import access

Inputs = dict[int, dict[str, dict[str, Any]]]


def waiting_sheets(user: Any) -> list[int]:
    """Ids of sent sheets with criteria that his departments have not decided. Per running campaign three queries."""
    found: list[int] = []
    for campaign in Campaign.objects.running().visible_to(user).select_related("scheme"):
        found += [pk for pk, count in waiting_counts(user, campaign)[0].items() if count]
    return found


def waiting_counts(user: Any, campaign: Campaign) -> tuple[dict[int, int], dict[str, int]]:
    """How many inputs wait for his departments: by sent sheet, and by criterion."""
    assessors = assessors_for(user, campaign)
    mine = [entry for entry in entries(parsed_scheme(campaign.scheme)) if may_assess(entry, assessors)]
    sent = access.scope(
        ScoreSheet.objects.filter(participation__campaign=campaign, status=ScoreSheet.Status.SENT), user, "score.verify"
    )
    sheets = list(sent.values_list("pk", flat=True))
    inputs: Inputs = defaultdict(lambda: defaultdict(dict))
    rows = ScoreInput.objects.filter(sheet__in=sheets, code__in=codes_of(mine)).exclude(stage=Stage.FINAL)
    for pk, stage, code, value in rows.values_list("sheet_id", "stage", "code", "value"):
        inputs[pk][stage][code] = value
    by_sheet: dict[int, int] = {}
    by_criterion = {entry.leaf.node.code: 0 for entry in mine}
    for pk in sheets:
        waiting = {
            entry.leaf.node.code
            for entry in undecided_entries(mine, inputs[pk][Stage.SELF], inputs[pk][Stage.VERIFIED])
        }
        by_sheet[pk] = len(waiting)
        for code in waiting:
            by_criterion[code] += 1
    return by_sheet, by_criterion
