"""Points of one leaf: its rules, what they require of each other, caps, floor, rounding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from campaigns.scoring.exact import round_to, shown, vietnamese
from campaigns.scoring.inputs import NOT_APPLICABLE, InputValue, is_absent
from campaigns.scoring.rulebase import Rule
from campaigns.scoring.types import Leaf, LineResult, Node, Rounding, RuleResult, Stage, State, input_chain

ZERO = Fraction(0)


@dataclass(frozen=True)
class Step:
    """A rule on its way: points None with a state MISSING or UNDETERMINED, otherwise SCORED."""

    rule: Rule
    points: Fraction | None
    reason: str
    state: State = State.SCORED

    @property
    def known(self) -> Fraction:
        return self.points or ZERO


@dataclass(frozen=True)
class Score:
    """Exact parts of a line."""

    state: State
    points: Fraction | None
    base: Fraction | None
    bonus: Fraction = ZERO
    deduction: Fraction = ZERO
    reasons: tuple[str, ...] = ()
    rules: tuple[RuleResult, ...] = ()
    excluded: Fraction = ZERO


def score_leaf(leaf: Leaf, inputs: Mapping[str, InputValue], stage: Stage, rounding: Rounding) -> Score:
    """Steps 1 and 2 of "How points add up"."""
    node = leaf.node
    if stage == "self" and not leaf.self_scored:
        return Score(State.MISSING, None, None, reasons=("Chưa có số liệu: mục này do cấp trên chấm.",))
    if inputs.get(node.code) == NOT_APPLICABLE:
        return _not_applicable(node, rounding)
    by_code = {rule.code: rule for rule in node.rules}
    steps = [_first(rule, node, by_code, inputs, stage) for rule in node.rules]
    steps = settle(steps, node)
    unknown = [step for step in steps if step.points is None]
    if unknown:
        state = State.MISSING if any(step.state is State.MISSING for step in unknown) else State.UNDETERMINED
        return Score(state, None, None, reasons=tuple(_sentence(step.reason) for step in unknown),
                     rules=_rule_results(steps, node, rounding))
    return _add_up(node, steps, rounding)


def settle(steps: Sequence[Step], node: Node) -> list[Step]:
    """Codes in `requires` and `unless`, judged by the points so far; then `full_base`; then `group`."""
    before = {step.rule.code: step.known for step in steps}
    steps = [_by_codes(step, before) for step in steps]
    full = _base(steps, node) == Fraction(node.max) and not any(_part(step, "deduct") for step in steps)
    if not full:
        why = "không tính, chưa đạt đủ điểm chuẩn"
        steps = [
            replace(step, points=ZERO, state=State.SCORED, reason=f"{step.rule.name}: {why}")
            if step.rule.requires == "full_base" else step
            for step in steps
        ]
    return _by_groups(steps)


def earned(steps: Sequence[Step]) -> Fraction:
    """Points of the earning rules, not limited."""
    return sum((step.known for step in steps if step.rule.role == "earn"), ZERO)


def _first(
    rule: Rule, node: Node, by_code: Mapping[str | None, Rule], inputs: Mapping[str, InputValue], stage: Stage
) -> Step:
    """Step 1 for one rule: its points, after the input that cancels it and its cap."""
    if rule.unless_input is not None and inputs.get(rule.unless_input.code) is True:
        why = rule.unless_input.label or "có trường hợp loại trừ"
        return Step(rule, ZERO, f"{rule.name}: không tính ({why})")
    chain = input_chain(rule, by_code)
    hidden = stage == "self" and any(link.verified_only for link in chain)
    value = None if hidden else inputs.get(chain[-1].code or node.code)
    if value is None and not hidden and len(node.rules) == 1:
        value = inputs.get(node.code)
    if rule.input is not None:
        value = rule.parse_input(value)
    if is_absent(value):
        if rule.role != "earn":
            return Step(rule, ZERO, "")
        why = " (chỉ có khi thẩm định)" if hidden else ""
        return Step(rule, None, f"Chưa có số liệu: {rule.label or node.title}{why}", State.MISSING)
    outcome = rule.give(value)
    if outcome.points is None:
        return Step(rule, None, f"Chưa xác định được: {outcome.reason}", State.UNDETERMINED)
    points = rule.cap_points(outcome.points)
    reason = outcome.reason
    if points != outcome.points and rule.cap is not None:
        reason += f", tối đa {vietnamese(rule.cap)}: {rule.say(points)}"
    return Step(rule, points, reason)


def _by_codes(step: Step, before: Mapping[str | None, Fraction]) -> Step:
    rule = step.rule
    blocking = [code for code in rule.unless_rules if before.get(code)]
    lacking = [code for code in rule.requires if not before.get(code)] if isinstance(rule.requires, tuple) else []
    if not blocking and not lacking:
        return step
    why = f"đã tính {', '.join(blocking)}" if blocking else f"không có điểm ở {', '.join(lacking)}"
    return replace(step, points=ZERO, state=State.SCORED, reason=f"{rule.name}: không tính vì {why}")


def _by_groups(steps: Sequence[Step]) -> list[Step]:
    best: dict[str, int] = {}
    for index, step in enumerate(steps):
        group = step.rule.group
        if group is not None and (group not in best or abs(step.known) > abs(steps[best[group]].known)):
            best[group] = index
    return [
        replace(step, points=ZERO, reason=f"{step.rule.name}: không tính, chỉ lấy mức cao nhất trong nhóm")
        if step.points and step.rule.group is not None and best[step.rule.group] != index else step
        for index, step in enumerate(steps)
    ]


def _part(step: Step, part: str) -> Fraction:
    """Points of the step that count as bonus or as deduction."""
    if step.rule.role == part:
        return step.known
    if step.rule.role == "adjust":
        return max(ZERO, step.known if part == "bonus" else -step.known)
    return ZERO


def _base(steps: Sequence[Step], node: Node) -> Fraction:
    most = Fraction(node.max)
    if not any(step.rule.role == "earn" for step in steps):
        return most
    return max(ZERO, min(most, earned(steps)))


def _add_up(node: Node, steps: Sequence[Step], rounding: Rounding) -> Score:
    base = _base(steps, node)
    bonus = sum((_part(step, "bonus") for step in steps), ZERO)
    deduction = sum((_part(step, "deduct") for step in steps), ZERO)
    reasons = [_sentence(step.reason) for step in steps if step.reason]
    if earned(steps) > base:
        reasons.append(f"Điểm chuẩn tối đa {vietnamese(node.max)}.")
    if node.deduction_cap is not None and deduction > node.deduction_cap:
        deduction = Fraction(node.deduction_cap)
        reasons.append(f"Tổng điểm trừ tối đa {vietnamese(deduction)}.")
    if node.bonus_cap is not None and bonus > node.bonus_cap:
        bonus = Fraction(node.bonus_cap)
        reasons.append(f"Tổng điểm thưởng tối đa {vietnamese(bonus)}.")
    points, deduction, floored = apply_floor(base - deduction + bonus, deduction, node)
    reasons += floored
    if not reasons:
        reasons.append(f"Không có nội dung trừ hoặc cộng: {vietnamese(points)} điểm.")
    return Score(State.SCORED, round_to(points, rounding.step, rounding.mode), base, bonus, deduction, tuple(reasons),
                 _rule_results(steps, node, rounding))


def apply_floor(points: Fraction, deduction: Fraction, node: Node) -> tuple[Fraction, Fraction, list[str]]:
    """Points lifted to the node's floor; what it gives back no longer counts as deducted."""
    if node.floor is None or points >= node.floor:
        return points, deduction, []
    given = Fraction(node.floor) - points
    return Fraction(node.floor), max(ZERO, deduction - given), [f"Điểm thấp nhất của mục là {vietnamese(node.floor)}."]


def _not_applicable(node: Node, rounding: Rounding) -> Score:
    state = State.NOT_APPLICABLE
    if node.not_applicable == "exclude":
        reason = f"Không áp dụng: mục này không tính vào bảng (bớt {vietnamese(node.max)} điểm chuẩn)."
        return Score(state, None, None, reasons=(reason,), excluded=Fraction(node.max))
    points = Fraction(node.max) if node.not_applicable == "full" else ZERO
    reason = f"Không áp dụng: tính {vietnamese(points)} điểm."
    return Score(state, round_to(points, rounding.step, rounding.mode), points, reasons=(reason,))


def _rule_results(steps: Sequence[Step], node: Node, rounding: Rounding) -> tuple[RuleResult, ...]:
    return tuple(
        RuleResult(
            step.rule.code or node.code,
            step.rule.role,
            None if step.points is None else shown(step.points, rounding.step, rounding.mode),
            _sentence(step.reason) if step.reason else f"{step.rule.name}: không có.",
        )
        for step in steps
    )


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def line_of(
    score: Score, node: Node, path: str, *, provisional: bool, assessor: str | None, rounding: Rounding
) -> LineResult:
    """The score as a line of decimals."""
    return LineResult(
        code=node.code, path=path, title=node.title, max=node.max, is_leaf=node.is_leaf, state=score.state,
        points=None if score.points is None else shown(score.points, rounding.step, rounding.mode),
        base=None if score.base is None else shown(score.base, rounding.step, rounding.mode),
        bonus=shown(score.bonus, rounding.step, rounding.mode),
        deduction=shown(score.deduction, rounding.step, rounding.mode),
        provisional=provisional, reasons=score.reasons, rules=score.rules,
        excluded_max=shown(score.excluded), assessor=assessor,
    )
