"""Ranks of units with equal totals, broken as the scheme says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from campaigns.scoring.exact import vietnamese
from campaigns.scoring.types import Tie

WOMEN_SHARE_THRESHOLD = Decimal("0.7")


@dataclass(frozen=True)
class Contender:
    """A unit to rank; what is unknown is None or absent and comes last."""

    unit: str
    total: Decimal
    women_share: Decimal | None = None
    deductions: Decimal | None = None
    late_reports: Decimal | None = None
    sections: Mapping[str, Decimal | None] = field(default_factory=dict)
    indicators: Mapping[str, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """A person's order of tied units (first is best) and the reason."""

    order: Sequence[str]
    reason: str


@dataclass(frozen=True)
class Ranked:
    """`shared`: others hold the same rank. `needs_decision`: a person must break the tie. `reason` is Vietnamese."""

    unit: str
    rank: int
    total: Decimal
    shared: bool
    needs_decision: bool
    reason: str


def rank(
    contenders: Sequence[Contender], ties: Sequence[Tie], decision: Decision | Sequence[Decision] | None = None, *,
    labels: Mapping[str, str] | None = None,
) -> list[Ranked]:
    """All contenders, best first; equal ranks in the order given, and the next rank skipped.

    `decision`: one, or several, of which the first that names all units of a tie settles it. `labels` names sections and
    indicators in the reasons.
    """
    labels = labels or {}
    decisions = [decision] if isinstance(decision, Decision) else list(decision or ())
    result: list[Ranked] = []
    by_total: dict[Decimal, list[Contender]] = {}
    for contender in contenders:
        by_total.setdefault(contender.total, []).append(contender)
    for total, tied in sorted(by_total.items(), reverse=True, key=lambda item: item[0]):
        for group, reason, undecided in _break(tied, ties, decisions, labels):
            place = len(result) + 1
            shared = len(group) > 1
            text = reason or (f"{vietnamese(total)} điểm.")
            if shared:
                text = f"Đồng hạng {place} với {len(group) - 1} đơn vị khác, {vietnamese(total)} điểm."
                if undecided:
                    text += " Chờ người có thẩm quyền quyết định."
            result += [Ranked(c.unit, place, total, shared, undecided and shared, text) for c in group]
    return result


def _break(
    tied: list[Contender], ties: Sequence[Tie], decisions: Sequence[Decision], labels: Mapping[str, str]
) -> list[tuple[list[Contender], str, bool]]:
    """Groups that remain equal, best first, with the reason and whether a person must still decide."""
    groups = [(tied, "", False)]
    for tie in ties:
        if tie.kind == "shared" or all(len(group) == 1 for group, _, _ in groups):
            break
        split = []
        for group, reason, _ in groups:
            if len(group) == 1:
                split.append((group, reason, False))
            elif tie.kind == "decision":
                split += _decided(group, decisions)
            else:
                split += _split(group, tie, labels, reason)
        groups = split
        if tie.kind == "decision":
            break
    return groups


def _split(
    tied: list[Contender], tie: Tie, labels: Mapping[str, str], reason: str
) -> list[tuple[list[Contender], str, bool]]:
    by_key: dict[tuple[int, Decimal], list[Contender]] = {}
    for contender in tied:
        by_key.setdefault(_key(contender, tie), []).append(contender)
    if len(by_key) == 1:
        return [(tied, reason, False)]
    name = f"{vietnamese(tied[0].total)} điểm; bằng điểm, xét {_name(tie, labels)}"
    groups = [by_key[key] for key in sorted(by_key)]
    return [(group, f"{name}: {_shown(group[0], tie)}.", False) for group in groups]


def _decided(tied: list[Contender], decisions: Sequence[Decision]) -> list[tuple[list[Contender], str, bool]]:
    """Only a decision that weighed every one of the tied units puts them in order."""
    for decision in decisions:
        place = {unit: index for index, unit in enumerate(decision.order)}
        if all(contender.unit in place for contender in tied):
            reason = f"{vietnamese(tied[0].total)} điểm; bằng điểm, theo quyết định: {decision.reason}"
            return [([one], reason, False) for one in sorted(tied, key=lambda contender: place[contender.unit])]
    return [(tied, "", True)]


def _value(contender: Contender, tie: Tie) -> Decimal | None:
    if tie.kind == "section":
        return contender.sections.get(tie.code or "")
    if tie.kind == "indicator":
        return contender.indicators.get(tie.code or "")
    return {
        "women_share": contender.women_share,
        "fewer_deductions": contender.deductions,
        "fewer_late_reports": contender.late_reports,
    }[tie.kind]


def _key(contender: Contender, tie: Tie) -> tuple[int, Decimal]:
    """Smaller is better; unknown is last."""
    value = _value(contender, tie)
    if value is None:
        return 1, Decimal(0)
    if tie.kind == "women_share":
        return 0, Decimal(0 if value >= WOMEN_SHARE_THRESHOLD else 1)
    return 0, value if tie.kind.startswith("fewer_") else -value


def _name(tie: Tie, labels: Mapping[str, str]) -> str:
    name = labels.get(tie.code or "", tie.code or "")
    return {
        "women_share": "tỷ lệ nữ từ 70%",
        "fewer_deductions": "điểm trừ ít hơn",
        "fewer_late_reports": "số báo cáo trễ hạn ít hơn",
        "section": f"điểm mục {name} cao hơn",
        "indicator": f"chỉ tiêu {name} cao hơn",
    }[tie.kind]


def _shown(contender: Contender, tie: Tie) -> str:
    value = _value(contender, tie)
    if value is None:
        return "chưa có số liệu"
    return f"{vietnamese(value * 100)}%" if tie.kind == "women_share" else vietnamese(value)
