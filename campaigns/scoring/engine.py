"""Applies a scheme to the inputs of one unit: "How points add up" of the scheme format, exactly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from campaigns.scoring.entry import read_input
from campaigns.scoring.exact import read_number, round_to, shown, vietnamese
from campaigns.scoring.gates import classify, fired_gates
from campaigns.scoring.inputs import BadInput, InputValue
from campaigns.scoring.leaves import ZERO, Score, apply_floor, line_of, score_leaf
from campaigns.scoring.types import Leaf, LineResult, Node, Result, Scheme, Stage, State


def read_inputs(scheme: Scheme, raw: Mapping[str, object]) -> dict[str, InputValue]:
    """Exact inputs from JSON-like data, by rule code (by leaf code for "n/a" and for a leaf of one rule).

    Raises `BadInput` for what the rule or leaf cannot take, and for a code that takes no input.
    """
    return {code: read_input(scheme, code, value) for code, value in raw.items()}


def evaluate(
    scheme: Scheme,
    inputs: Mapping[str, object] | None = None,
    *,
    stage: Stage = "verified",
    gates: Collection[str] = (),
    no_self_report: bool = False,
    given_nodes: Mapping[str, Decimal] | None = None,
    given_total: Decimal | None = None,
) -> Result:
    """The score of a unit.

    `inputs`: JSON-like data by code, as `read_inputs`. `gates`: codes declared by the appraiser (any gate named here
    fires). `given_nodes`: scores in place of what lies below those nodes. `given_total`: in place of all sections.
    Raises `BadInput`.
    """
    parsed = read_inputs(scheme, inputs or {})
    tally = _Tally(scheme, parsed, stage, dict(given_nodes or {}))
    if given_total is None:
        scores = [tally.score(node, "", ()) for node in scheme.sections]
    else:
        scores = [Score(State.SCORED, Fraction(given_total), None)]
    total, bonus, deduction, reasons = _total(scheme, scores)
    fired = fired_gates(scheme, tally.lines, total, gates, no_self_report)
    final = total + sum((_gate_points(gate.effect) for gate in fired), ZERO)
    if final != total:
        reasons.append(f"Điều kiện kèm theo: {vietnamese(final - total)} điểm.")
    final = _limit(scheme, final)
    label, why = classify(scheme, final, fired)
    rounding = scheme.rounding
    return Result(
        total=shown(final, rounding.step, rounding.mode),
        total_before_gates=shown(total, rounding.step, rounding.mode),
        bonus=shown(bonus, rounding.step, rounding.mode),
        deduction=shown(deduction, rounding.step, rounding.mode),
        provisional=tally.provisional, lines=tuple(tally.lines), gates=fired, class_label=label, class_reason=why,
        unranked=any((gate.effect or {}).get("unranked") is True for gate in fired), reasons=tuple(reasons),
    )


@dataclass
class _Tally:
    scheme: Scheme
    inputs: Mapping[str, InputValue]
    stage: Stage
    given: Mapping[str, Decimal]
    lines: list[LineResult] = field(default_factory=list)
    provisional: bool = False

    def score(self, node: Node, path: str, above: tuple[Node, ...]) -> Score:
        """The node's score; appends its line and those below, parents first."""
        here = f"{path}/{node.code}" if path else node.code
        assessor = next((n.assessor for n in (node, *reversed(above)) if n.assessor), None)
        place = len(self.lines)
        was, self.provisional = self.provisional, False
        if node.code in self.given:
            score = Score(State.SCORED, Fraction(self.given[node.code]), None, reasons=("Điểm được nhập cho cả mục.",))
        elif node.is_leaf:
            own = next((n.self_scored for n in (node, *reversed(above)) if n.self_scored is not None), True)
            score = score_leaf(Leaf(node, here, own, assessor, above), self.inputs, self.stage, self.scheme.rounding)
            self.provisional = score.state in (State.MISSING, State.UNDETERMINED)
        else:
            score = self.section(node, here, above)
        self.lines.insert(place, line_of(
            score, node, here, provisional=self.provisional, assessor=assessor, rounding=self.scheme.rounding))
        self.provisional = self.provisional or was
        return score

    def section(self, node: Node, path: str, above: tuple[Node, ...]) -> Score:
        children = [self.score(child, path, (*above, node)) for child in node.children]
        points, bonus, deduction, reasons = _sum(children, node.bonus_cap, node.deduction_cap)
        points, deduction, floored = apply_floor(points, deduction, node)
        rounding = self.scheme.rounding
        return Score(
            State.SCORED, round_to(points, rounding.step, rounding.mode), None, bonus, deduction,
            tuple(reasons + floored), excluded=sum((child.excluded for child in children), ZERO),
        )


def _sum(
    scores: list[Score], bonus_cap: Decimal | None, deduction_cap: Decimal | None
) -> tuple[Fraction, Fraction, Fraction, list[str]]:
    """Sum of scores; bonuses in excess of the cap come off it, deductions in excess are given back."""
    points = sum((score.points or ZERO for score in scores), ZERO)
    bonus = sum((score.bonus for score in scores), ZERO)
    deduction = sum((score.deduction for score in scores), ZERO)
    reasons = []
    if bonus_cap is not None and bonus > bonus_cap:
        points -= bonus - Fraction(bonus_cap)
        bonus = Fraction(bonus_cap)
        reasons.append(f"Tổng điểm thưởng tối đa {vietnamese(bonus)}.")
    if deduction_cap is not None and deduction > deduction_cap:
        points += deduction - Fraction(deduction_cap)
        deduction = Fraction(deduction_cap)
        reasons.append(f"Tổng điểm trừ tối đa {vietnamese(deduction)}.")
    return points, bonus, deduction, reasons


def _total(scheme: Scheme, scores: list[Score]) -> tuple[Fraction, Fraction, Fraction, list[str]]:
    """Step 4 up to the gates."""
    points, bonus, deduction, reasons = _sum(scores, scheme.bonus_cap, scheme.deduction_cap)
    base = Fraction(scheme.base)
    excluded = sum((score.excluded for score in scores), ZERO)
    scale = Fraction(1)
    if excluded and base > excluded:
        scale = base / (base - excluded)
        formula = f"{vietnamese(points)} × {vietnamese(base)} ÷ {vietnamese(base - excluded)}"
        reasons.append(f"Quy đổi do có mục không áp dụng: {formula}.")
    total = round_to(points * scale, scheme.rounding.step, scheme.rounding.mode)
    limited = _limit(scheme, total)
    if limited > total:
        deduction = max(ZERO, deduction - (limited - total) / scale)
    return limited, bonus, deduction, reasons


def _limit(scheme: Scheme, total: Fraction) -> Fraction:
    if scheme.floor is not None:
        total = max(total, Fraction(scheme.floor))
    if scheme.ceiling is not None:
        total = min(total, Fraction(scheme.ceiling))
    return total


def _gate_points(effect: Mapping[str, object] | None) -> Fraction:
    number = read_number((effect or {}).get("points"))
    return ZERO if number is None else Fraction(number)


__all__ = ["BadInput", "evaluate", "read_inputs"]
