"""Warnings about a scheme that can be read: what is probably not meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise, product

from campaigns.scoring.exact import vietnamese
from campaigns.scoring.inputs import BadInput, InputValue
from campaigns.scoring.leaves import ZERO, Step, earned, settle
from campaigns.scoring.reading import Findings
from campaigns.scoring.rulebase import Rule
from campaigns.scoring.rulefile import rule_path
from campaigns.scoring.types import Leaf, Node, Scheme, State, input_owner

MAX_COMBINATIONS = 3000
MAX_SAMPLES = 200
MAX_RULES = 40  # of a leaf, beyond which rules are taken one by one


def check_scheme(scheme: Scheme, findings: Findings) -> None:
    """Adds the warnings."""
    for leaf in scheme.leaf_list:
        for rule in leaf.node.rules:
            _check_rule(scheme, leaf, rule, findings)
        _check_reach(leaf, findings)
        if leaf.self_scored and not leaf.node.evidence:
            findings.warn(leaf.path, "no_evidence", "Tiêu chí do đơn vị tự chấm nhưng chưa yêu cầu tài liệu "
                          "kiểm chứng. Hãy ghi ở “evidence”.")
    _check_classes(scheme, findings)


def _check_rule(scheme: Scheme, leaf: Leaf, rule: Rule, findings: Findings) -> None:
    path = rule_path(rule, leaf.path)
    gaps = rule.gaps() if getattr(rule, "otherwise", None) is None else []
    if gaps:
        findings.warn(path, "band_gap", f"Chưa có mức cho: {'; '.join(gaps[:5])}. Hãy thêm mức hoặc “otherwise”.")
    capped = [scheme.bonus_cap, leaf.node.bonus_cap, *(node.bonus_cap for node in leaf.ancestors)]
    if _can_be_bonus(rule) and rule.unbounded and all(cap is None for cap in capped):
        findings.warn(path, "uncapped_bonus", "Điểm thưởng tăng không giới hạn. Hãy đặt “cap” cho quy tắc hoặc "
                      "“bonus_cap” cho mục.")
    cost = _case_cost(rule, leaf.node)
    if leaf.node.max > 0 and cost > leaf.node.max:
        findings.warn(path, "deduction_exceeds_max", f"Một trường hợp trừ {vietnamese(cost)} điểm, nhiều hơn "
                      f"{vietnamese(leaf.node.max)} điểm của tiêu chí. Hãy kiểm tra lại.")


def _can_be_bonus(rule: Rule) -> bool:
    return rule.role == "bonus" or (rule.role == "adjust" and not _grows_down(rule))


def _grows_down(rule: Rule) -> bool:
    return getattr(rule, "points", getattr(rule, "weight", Decimal(0))) < 0


def _case_cost(rule: Rule, node: Node) -> Decimal:
    """What one case, or the dearest option, takes after the caps of rule and leaf."""
    if rule.role == "deduct":
        cost = rule.case_cost()
    elif rule.role == "adjust":
        cost = -rule.case_cost()
    else:
        return Decimal(0)
    return min([cost, *(cap for cap in (rule.cap, node.deduction_cap) if cap is not None)])


def _check_reach(leaf: Leaf, findings: Findings) -> None:
    earning = [rule for rule in leaf.node.rules if rule.role == "earn"]
    if not earning:
        return
    most = None if any(rule.unbounded for rule in earning) else _most_earned(leaf.node)
    name = vietnamese(leaf.node.max)
    if most is None or most > leaf.node.max:
        reach = "không giới hạn" if most is None else vietnamese(most)
        findings.warn(leaf.path, "unreachable_max", f"Các quy tắc có thể cho tới {reach} điểm, vượt {name} điểm của "
                      "tiêu chí. Hãy kiểm tra lại điểm hoặc đặt “cap”.")
    elif most < leaf.node.max:
        findings.warn(leaf.path, "unreachable_max", f"Các quy tắc chỉ cho nhiều nhất {vietnamese(most)} điểm, không "
                      f"đạt {name} điểm của tiêu chí. Hãy kiểm tra lại.")


def _most_earned(node: Node) -> Fraction:
    """The most the earning rules can give together, with what they require of each other."""
    if not any(_entangled(rule) for rule in node.rules):
        return sum((_most(rule) for rule in node.rules if rule.role == "earn"), ZERO)
    if len(node.rules) > MAX_RULES or sum(len(rule.samples()) for rule in node.rules) > MAX_SAMPLES:
        return _grouped_most([rule for rule in node.rules if rule.role == "earn"])
    outcomes = [list(_outcomes(readers)) for readers in _by_input(node)]
    count = 1
    for choices in outcomes:
        count *= max(1, len(choices))
    if count > MAX_COMBINATIONS:
        outcomes = [_extremes(choices) for choices in outcomes]
    if 2 ** len(outcomes) > MAX_COMBINATIONS:
        return _grouped_most([rule for rule in node.rules if rule.role == "earn"])
    best = ZERO
    order = {id(rule): index for index, rule in enumerate(node.rules)}
    for combination in product(*outcomes):
        steps = sorted((step for part in combination for step in part), key=lambda step: order[id(step.rule)])
        best = max(best, earned(settle(steps, node)))
    return best


def _entangled(rule: Rule) -> bool:
    return bool(rule.group or rule.input or rule.unless_rules or isinstance(rule.requires, tuple))


def _most(rule: Rule) -> Fraction:
    return max((rule.cap_points(points) for points in rule.amounts()), default=ZERO)


def _grouped_most(rules: list[Rule]) -> Fraction:
    best: dict[object, Fraction] = {}
    for rule in rules:
        key = rule.group or id(rule)
        best[key] = max(best.get(key, ZERO), _most(rule))
    return sum(best.values(), ZERO)


def _by_input(node: Node) -> list[list[Rule]]:
    by_code: Mapping[str | None, Rule] = {rule.code: rule for rule in node.rules}
    readers: dict[int, list[Rule]] = {}
    for rule in node.rules:
        readers.setdefault(id(input_owner(rule, by_code)), []).append(rule)
    return list(readers.values())


def _outcomes(readers: list[Rule]) -> Iterator[list[Step]]:
    """What the rules of one input can give together."""
    seen = set()
    for value in _samples(readers):
        steps = []
        for rule in readers:
            try:
                read = rule.parse_input(value)
            except BadInput:
                break
            outcome = rule.give(read)
            if outcome.points is None:
                steps.append(Step(rule, None, "", State.UNDETERMINED))
            else:
                steps.append(Step(rule, rule.cap_points(outcome.points), ""))
        key = tuple(step.points for step in steps)
        if len(steps) == len(readers) and key not in seen:
            seen.add(key)
            yield steps


def _samples(readers: list[Rule]) -> list[InputValue]:
    values = [value for rule in readers for value in rule.samples()]
    if len(readers) > 1:
        numbers = sorted({Fraction(value) for value in values if isinstance(value, (int, Decimal))})
        middles = [(a + b) / 2 for a, b in pairwise(numbers)]
        values += [Decimal(x.numerator) / Decimal(x.denominator) for x in middles]
    return values


def _extremes(choices: list[list[Step]]) -> list[list[Step]]:
    if not choices:
        return []
    ordered = sorted(choices, key=earned)
    return [ordered[0], ordered[-1]]


def _check_classes(scheme: Scheme, findings: Findings) -> None:
    highest = _highest_total(scheme)
    above: Decimal | None = None
    for item in scheme.classes:
        path = f"classes/{item.label}"
        if item.ge is not None and highest is not None and item.ge > highest:
            findings.warn(path, "unreachable_class", f"Loại cần từ {vietnamese(item.ge)} điểm, cao hơn mức cao nhất có "
                          f"thể đạt ({vietnamese(highest)}). Hãy kiểm tra lại.")
        elif above is not None and scheme.floor is not None and above <= scheme.floor:
            findings.warn(path, "unreachable_class", f"Loại nằm hoàn toàn dưới điểm thấp nhất của bảng "
                          f"({vietnamese(scheme.floor)}). Hãy bỏ loại này hoặc sửa “floor”.")
        above = item.ge if item.ge is not None else above


def _highest_total(scheme: Scheme) -> Fraction | None:
    """Base plus all bonuses at their caps, at most the ceiling; None: no end."""
    bonus = _capped([_bonus(node) for node in scheme.sections], scheme.bonus_cap)
    total = None if bonus is None else Fraction(scheme.base) + bonus
    if scheme.ceiling is not None:
        return Fraction(scheme.ceiling) if total is None else min(total, Fraction(scheme.ceiling))
    return total


def _bonus(node: Node) -> Fraction | None:
    if not node.is_leaf:
        return _capped([_bonus(child) for child in node.children], node.bonus_cap)
    best: dict[object, Fraction | None] = {}
    for rule in node.rules:
        if rule.role in ("bonus", "adjust"):
            key = rule.group or id(rule)
            most = None if rule.unbounded and _can_be_bonus(rule) else max(ZERO, _most(rule))
            known = best.get(key, ZERO)
            best[key] = None if most is None or known is None else max(known, most)
    return _capped(list(best.values()), node.bonus_cap)


def _capped(parts: list[Fraction | None], cap: Decimal | None) -> Fraction | None:
    known = [part for part in parts if part is not None]
    total = None if len(known) < len(parts) else sum(known, ZERO)
    if cap is None:
        return total
    return Fraction(cap) if total is None else min(total, Fraction(cap))
