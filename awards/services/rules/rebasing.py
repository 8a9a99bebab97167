"""Another rule set than that of the day of receipt, with the reason: "more favourable" (R-10, law.md §1)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from awards.eligibility import ELIGIBLE
from awards.models import Nomination, RuleSet
from awards.services.nominations.appraisal import judge
from awards.workflows import NOMINATION
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError

# Before receipt the rules are those of the day; after the council has voted they stay.
MAY_CHANGE = (*Nomination.UNDER_APPRAISAL, Nomination.Status.ELIGIBLE)
_RECHECK = "Xét theo bộ quy định khác; cần thẩm định lại."


def may_rebase(nomination: Nomination, user: Any) -> bool:
    return nomination.status in MAY_CHANGE and user.has_perm("award.appraise", nomination)


def other_rule_sets(nomination: Nomination) -> QuerySet[RuleSet]:
    """The rule sets of the family that say something of the award, besides the one chosen."""
    rows = RuleSet.objects.filter(family=nomination.award_type.family, rules__award_type=nomination.award_type)
    return rows.exclude(pk=nomination.rule_set_id).distinct()


@transaction.atomic
def rebase_nomination(nomination: Nomination, *, rule_set: RuleSet, reason: str, actor: Any) -> Nomination:
    """Judge the dossier by ``rule_set`` from now on. One that had been found eligible and no longer is goes back to checking."""
    locked = (
        Nomination.objects.select_for_update(of=("self",))
        .select_related("award_type", "recipient", "cycle", "unit", "rule_set")
        .get(pk=nomination.pk)
    )
    if not actor.has_perm("award.appraise", locked):
        raise PermissionDenied
    if locked.status not in MAY_CHANGE:
        raise DomainError(
            f"Hồ sơ đang ở trạng thái “{locked.get_status_display()}” nên không đổi bộ quy định được. "
            "Chỉ đổi khi hồ sơ đang thẩm định."
        )
    if not reason.strip():
        raise DomainError("Hãy ghi lý do chọn bộ quy định khác.")
    if not other_rule_sets(locked).filter(pk=rule_set.pk).exists():
        raise DomainError(
            f"“{rule_set}” không có quy định về {locked.award_type}, hoặc đang được áp dụng. Hãy chọn lại."
        )
    before, locked.rule_set, locked.rebase_note = locked.rule_set, rule_set, reason.strip()
    outcome, locked.findings = judge(locked, timezone.localdate())
    locked.save(update_fields=["rule_set", "rebase_note", "findings"])
    audit.record(
        locked, "rebase", actor=actor, changes={"rule_set": [str(before or ""), str(rule_set)]}, note=reason.strip()
    )
    if locked.status == Nomination.Status.ELIGIBLE and outcome != ELIGIBLE:
        NOMINATION.apply(locked, "set_to_check", actor=actor, note=_RECHECK)
    return locked
