"""A cycle whose council has voted, and how a decision goes on from there."""

import datetime
from decimal import Decimal
from typing import Any

from awards.models import AwardRule, AwardType, BaseSalary, Decision, Nomination, RuleSet
from awards.services.decisions.drawing import draw_up_decision
from awards.services.decisions.granting import Paper, number_decision, publish_decision, sign_decision
from tests.factories import awards as af

DAY = datetime.date(2026, 6, 30)
TODAY = datetime.date(2026, 11, 22)
AUTHORITY = "Trưởng Ban Tuyên giáo và Dân vận Tỉnh ủy"


def salaries() -> None:
    for amount, day, basis, confirmed in (
        (2_340_000, datetime.date(2024, 7, 1), "Nghị định 73/2024/NĐ-CP", True),
        (2_530_000, datetime.date(2026, 7, 1), "Nghị định 161/2026/NĐ-CP", False),
    ):
        BaseSalary.objects.update_or_create(
            valid_from=day, defaults={"amount": amount, "legal_basis": basis, "is_confirmed": confirmed}
        )


def rule_set(code: str = "THU-2024", family: str = "state") -> RuleSet:
    return RuleSet.objects.get_or_create(
        code=code,
        defaults={"name": "Bộ quy định thử", "family": family, "legal_basis": "Luật thử", "valid_from": datetime.date(2024, 1, 1)},
    )[0]  # fmt: skip


def award_type(
    code: str, coefficient: str | None, *, title: bool = True, here: bool = True, **fields: Any
) -> AwardType:
    """An award of the test's own, worth ``coefficient`` × base salary for a person, twice as much for a collective."""
    kind = af.AwardTypeFactory(
        code=f"THU-{code}",
        **{
            "name": f"Danh hiệu {code}", "kind": "title" if title else "form", "decided_here": here,
            "authority": AUTHORITY, "level": 40, **fields,
        },
    )  # fmt: skip
    value = Decimal(coefficient) if coefficient else None
    AwardRule.objects.update_or_create(
        rule_set=rule_set(family=kind.family, code="THU-2024" if kind.family == "state" else "THU-DANG"),
        award_type=kind,
        defaults={
            "legal_basis": "NĐ 152/2025, Điều 54", "coefficient_person": value,
            "coefficient_collective": value and 2 * value, "coefficient_household": None,
        },
    )  # fmt: skip
    return kind


def recommended(cycle: Any, kind: AwardType, recipient: Any, **fields: Any) -> Nomination:
    sets = rule_set(family=kind.family, code="THU-2024" if kind.family == "state" else "THU-DANG")
    return af.NominationFactory(
        cycle=cycle, award_type=kind, recipient=recipient, recommended=True, rule_set=sets, **fields
    )


def cycle_of(province: Any, **fields: Any) -> Any:
    return af.AwardCycleFactory(owner=province.ban, **{"status": "deciding", **fields})


def paper(day: datetime.date = DAY, **fields: Any) -> Paper:
    return Paper(**{"dated_on": day, "signer": "Huỳnh Văn Trưởng", "signer_post": "Trưởng Ban", **fields})


def drawn(cycle: Any, kind: AwardType, actor: Any) -> Decision:
    return draw_up_decision(
        cycle, family=kind.family, authority=kind.authority, title="Khen thưởng năm 2026", actor=actor
    )


def numbered(decision: Decision, actor: Any, day: datetime.date = DAY) -> Decision:
    sign_decision(decision, actor=actor, signer="Huỳnh Văn Trưởng", signer_post="Trưởng Ban", today=TODAY)
    return number_decision(decision, actor=actor, paper=paper(day), today=TODAY)


def published(decision: Decision, actor: Any, day: datetime.date = DAY) -> Decision:
    return publish_decision(numbered(decision, actor, day), actor=actor)
