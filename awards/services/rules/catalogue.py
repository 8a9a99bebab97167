"""Which rules apply: the rule set of a day, what one award demands under it, its vote as numbers (R-01, R-02, R-10)."""

import datetime

from awards.models import AwardRule, AwardType, BaseSalary, RuleSet
from awards.money import BaseSalary as Salary
from awards.money import Recipient as MoneyRecipient
from awards.money import Tariff
from awards.tally import Threshold, VoteRule

# A banner warns so long before a rule set lapses.
WARN_DAYS = 90


def rule_set_on(family: str, day: datetime.date) -> RuleSet | None:
    """The rule set for dossiers received for appraisal on ``day``; None when no row covers it."""
    return RuleSet.objects.on(day).filter(family=family).order_by("-valid_from").first()


def rule_for(award_type: AwardType, rule_set: RuleSet | None) -> AwardRule | None:
    """What ``award_type`` demands under ``rule_set``; None = not known there, which is never "no demands"."""
    if rule_set is None:
        return None
    return (
        AwardRule.objects.filter(rule_set=rule_set, award_type=award_type)
        .select_related("rule_set", "award_type")
        .first()
    )


def lapsing(today: datetime.date) -> list[RuleSet]:
    """Rule sets in force that end within 90 days, soonest first: the banner."""
    until = today + datetime.timedelta(days=WARN_DAYS)
    return list(RuleSet.objects.on(today).filter(valid_to__lte=until).order_by("valid_to"))


def vote_rule(rule: AwardRule) -> VoteRule:
    """The vote of ``rule`` for awards.tally. Raises TallyError when a share in the row cannot be read."""
    return VoteRule(
        passes=Threshold.parse(rule.passes),
        quorum=Threshold.parse(rule.quorum),
        attendance=Threshold.parse(rule.attendance) if rule.attendance else None,
        base=rule.base,
        proxies=rule.proxies,
        written_counts_for_attendance=rule.written_counts_for_attendance,
        written_counts_for_vote=rule.written_counts_for_vote,
        max_rounds=rule.max_rounds,
        conflicted_in_base=rule.conflicted_in_base,
    )


def tariff(rule: AwardRule) -> Tariff:
    """Coefficients of ``rule`` for awards.money; a recipient without a coefficient is not paid by it."""
    coefficients = {
        kind: value for kind in MoneyRecipient if (value := getattr(rule, f"coefficient_{kind}")) is not None
    }
    return Tariff(rule.award_type.code, rule.award_type.is_title, coefficients)


def salaries() -> list[Salary]:
    """Every base salary with the day from which it holds."""
    return [Salary(row.amount, row.valid_from) for row in BaseSalary.objects.all()]
