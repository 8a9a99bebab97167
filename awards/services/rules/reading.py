"""The rules for reading: rule sets with their days and marks, what each award demands in words (generated from its conditions)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from awards.eligibility import ConditionError, Words, describe
from awards.evidence import Facts
from awards.models import AwardRule, AwardType, BaseSalary, RuleSet
from awards.services.rules.catalogue import lapsing
from awards.tally import MAJORITY
from pledges.models import RecognitionLevel

_BASES = {"total": "tổng số thành viên", "participating": "số người tham gia bỏ phiếu", "valid": "số phiếu hợp lệ"}


@dataclass(frozen=True)
class RuleWords:
    """One award under one rule set, in words. ``fault``: its conditions cannot be read."""

    rule: AwardRule
    recipients: str
    conditions: list[Words]
    fault: str
    vote: str
    money: list[tuple[str, Any]]
    checklist: list[tuple[str, str]]


def rule_sets() -> list[RuleSet]:
    """State first, the newest first."""
    return list(RuleSet.objects.order_by("-family", "-valid_from"))


def rules_in_words(rule_set: RuleSet) -> list[RuleWords]:
    """Every award of the rule set, the highest first."""
    rows = rule_set.rules.select_related("award_type").prefetch_related(Prefetch("checklist"))
    names = dict(AwardType.objects.values_list("code", "name"))
    levels = {row.code: (row.order, row.name) for row in RecognitionLevel.objects.all()}
    known = Facts("person", 2000, datetime.date(2000, 1, 1), names=names, levels=levels)
    return [_in_words(rule, known) for rule in rows.order_by("-award_type__level", "award_type__code")]


def _in_words(rule: AwardRule, known: Facts) -> RuleWords:
    kinds = (("person", "cá nhân"), ("collective", "tập thể"), ("household", "hộ gia đình"))
    given = [word for kind, word in kinds if rule.award_type.is_for(kind)]
    try:
        conditions, fault = describe(rule.conditions, known), ""
    except ConditionError as error:
        conditions, fault = [], str(error)
    money = [(word, value) for kind, word in kinds if (value := getattr(rule, f"coefficient_{kind}")) is not None]
    return RuleWords(
        rule, ", ".join(given), conditions, fault, vote_words(rule), money,
        [(item.name, _need_words(item)) for item in rule.checklist.all()],
    )  # fmt: skip


def vote_words(rule: AwardRule) -> str:
    """How the council votes on it, in one sentence."""
    way = "Bỏ phiếu kín" if rule.secret else "Biểu quyết"
    share = "quá nửa" if rule.passes == MAJORITY else f"từ {rule.passes}"
    attending = f", {rule.attendance} thành viên tham gia" if rule.attendance else ""
    quorum = "quá nửa" if rule.quorum == MAJORITY else rule.quorum
    return f"{way}, thông qua khi {share} {_BASES.get(rule.base, rule.base)} đồng ý; họp khi có {quorum} thành viên{attending}."


def _need_words(item: Any) -> str:
    if item.need == "conditional":
        return f"bắt buộc khi {item.get_when_display()}"
    return item.get_need_display().lower()


def salaries() -> list[BaseSalary]:
    return list(BaseSalary.objects.all())


def lapsing_for(user: Any, today: datetime.date) -> list[RuleSet]:
    """The banner of R-11: for those who manage awards, rule sets that lapse within 90 days."""
    return lapsing(today) if user.has_perm("award.manage") else []
