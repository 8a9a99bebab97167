"""Who may enter what on a score sheet, at which stage and in which state."""

from collections.abc import Collection
from typing import Any

from campaigns.models import Assignment, Campaign
from campaigns.scoring.entry import Entry, entries
from campaigns.scoring.types import Scheme
from dvk_portal.core.text import search_key
from pledges.models import ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services.scoring_inputs import is_sourced
from units import access
from units.roles import Role

PERMISSION = {Stage.SELF: "score.self_assess", Stage.VERIFIED: "score.verify", Stage.FINAL: "score.agree"}
OPEN_STATES = {
    Stage.SELF: (ScoreSheet.Status.SELF,),
    Stage.VERIFIED: (ScoreSheet.Status.SELF, ScoreSheet.Status.SENT),
    Stage.FINAL: (ScoreSheet.Status.VERIFIED,),
}


def departments_verifying(user: Any) -> list[int]:
    return [row.unit_id for row in access.rights(user).memberships if row.role == Role.VERIFIER]


def assessors_for(user: Any, campaign: Campaign | int) -> set[str] | None:
    """Folded names of the assessing departments for which ``user`` may verify; None = all (lãnh đạo Ban)."""
    if access.has_role(user, Role.DIRECTOR):
        return None
    named = Assignment.objects.filter(
        campaign=campaign, department__in=departments_verifying(user), group=None
    ).values_list("assessor", flat=True)
    return {search_key(name) for name in named}


def may_assess(entry: Entry, assessors: set[str] | None) -> bool:
    """Whether the criterion is one that the person's department appraises."""
    return assessors is None or search_key(entry.leaf.assessor or "") in assessors


def is_self_assessed(entry: Entry) -> bool:
    """Whether the unit enters it: not known to the portal, not reserved to the superior."""
    return entry.self_scored and not entry.verified_only and not is_sourced(entry)


def is_reserved(entry: Entry) -> bool:
    """Whether the criterion has no score until the superior enters this: nobody else can."""
    only_theirs = not entry.self_scored or entry.verified_only
    return only_theirs and not entry.unless and not is_sourced(entry) and entry.rule.role == "earn"


def may_enter(entry: Entry, stage: str, assessors: set[str] | None) -> bool:
    if stage == Stage.SELF:
        return is_self_assessed(entry)
    return stage == Stage.FINAL or may_assess(entry, assessors)


def assessed_by(scheme: Scheme, assessors: set[str] | None) -> set[str]:
    """Codes of the criteria that these departments appraise."""
    return {entry.leaf.node.code for entry in entries(scheme) if may_assess(entry, assessors)}


def open_stage(sheet: ScoreSheet, user: Any) -> Stage | None:
    """The stage at which ``user`` may enter on this sheet now; None = he only reads."""
    if not sheet.participation.campaign.is_running:
        return None
    for stage in (Stage.FINAL, Stage.VERIFIED, Stage.SELF):
        if sheet.status in OPEN_STATES[stage] and user.has_perm(PERMISSION[stage], sheet):
            return stage
    return None


def codes_of(found: Collection[Entry]) -> set[str]:
    """The codes under which inputs of these fields are kept: their own, and their criteria's for "không áp dụng"."""
    return {code for entry in found for code in (entry.code, entry.leaf.node.code)}
