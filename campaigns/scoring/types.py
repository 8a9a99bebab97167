"""A scheme and the result of applying it: frozen dataclasses of Decimal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Literal

from campaigns.scoring.rulebase import Rule

Stage = Literal["self", "verified", "final"]
NotApplicable = Literal["full", "zero", "exclude", "forbidden"]
NOT_APPLICABLE_RULES: tuple[NotApplicable, ...] = ("full", "zero", "exclude", "forbidden")
MAX_CHAIN = 20  # rules that read the input of a rule that reads the input of …
PROVENANCE_KEYS = ("issuer", "document", "applies_to", "source", "read_as", "confidence")


class State(StrEnum):
    """State of a line; `label` is for the screen."""

    SCORED = "scored"
    MISSING = "missing"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return {
            State.SCORED: "Đã chấm",
            State.MISSING: "Chưa có số liệu",
            State.UNDETERMINED: "Chưa xác định được",
            State.NOT_APPLICABLE: "Không áp dụng",
        }[self]


@dataclass(frozen=True)
class Rounding:
    step: Decimal = Decimal("0.01")
    mode: str = "half_up"
    note: str | None = None


@dataclass(frozen=True)
class Node:
    """A section (`children`) or a leaf (`rules`). `self_scored` and `assessor` are None where inherited."""

    code: str
    title: str
    max: Decimal
    children: tuple[Node, ...] = ()
    rules: tuple[Rule, ...] = ()
    assessor: str | None = None
    self_scored: bool | None = None
    evidence: tuple[str, ...] = ()
    bonus_cap: Decimal | None = None
    deduction_cap: Decimal | None = None
    floor: Decimal | None = None
    not_applicable: NotApplicable = "forbidden"
    note: str | None = None

    @property
    def is_leaf(self) -> bool:
        return not self.children


@dataclass(frozen=True)
class Gate:
    """`when` and `effect` as in the file, with numbers exact: {"below_percent": Decimal(50), "of": "sections"}."""

    code: str
    when: Mapping[str, object]
    effect: Mapping[str, object] | None = None
    label: str | None = None
    review: bool = False
    note: str | None = None


@dataclass(frozen=True)
class ScoreClass:
    label: str
    ge: Decimal | None = None
    lt: Decimal | None = None
    requires: tuple[str, ...] = ()
    below: bool = False
    note: str | None = None


@dataclass(frozen=True)
class Tie:
    """`kind` is the key of the file; `code` names the section or indicator."""

    kind: str
    code: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Example:
    code: str
    expect: Mapping[str, object]
    source: str | None = None
    given: Mapping[str, object] = field(default_factory=dict)
    given_nodes: Mapping[str, Decimal] = field(default_factory=dict)
    given_total: Decimal | None = None
    gates: tuple[str, ...] = ()
    stage: Stage | None = None
    ranking: tuple[Mapping[str, object], ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class Leaf:
    """A criterion with its place and what it inherits."""

    node: Node
    path: str
    self_scored: bool
    assessor: str | None
    ancestors: tuple[Node, ...]


@dataclass(frozen=True)
class Scheme:
    code: str
    version: str
    title: str
    base: Decimal
    sections: tuple[Node, ...]
    rounding: Rounding = Rounding()
    floor: Decimal | None = Decimal(0)
    ceiling: Decimal | None = None
    bonus_cap: Decimal | None = None
    deduction_cap: Decimal | None = None
    gates: tuple[Gate, ...] = ()
    classes: tuple[ScoreClass, ...] = ()
    ties: tuple[Tie, ...] = ()
    examples: tuple[Example, ...] = ()
    provenance: Mapping[str, object] = field(default_factory=dict)
    note: str | None = None

    @cached_property
    def leaf_list(self) -> tuple[Leaf, ...]:
        """The leaves in order."""
        return tuple(_leaves(self.sections, "", True, None, ()))

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every node by code, in order."""
        return {node.code: node for node in walk(self.sections)}

    @cached_property
    def inputs_of(self) -> dict[str, tuple[Rule, ...]]:
        """Code under which an input is given (rule, or leaf of one rule) → the rules that read it, its owner first."""
        readers: dict[str, list[Rule]] = {}
        for leaf in self.leaf_list:
            rules = {rule.code: rule for rule in leaf.node.rules}
            for rule in leaf.node.rules:
                if rule.input is None:
                    readers.setdefault(rule.code or leaf.node.code, []).insert(0, rule)
                else:
                    owner = input_owner(rule, rules)
                    readers.setdefault(owner.code or leaf.node.code, []).append(rule)
        return {code: tuple(rules) for code, rules in readers.items()}

    @cached_property
    def gate_by_code(self) -> dict[str, Gate]:
        return {gate.code: gate for gate in self.gates}


def input_owner(rule: Rule, rules: Mapping[str | None, Rule]) -> Rule:
    """The rule whose input this one reads."""
    return input_chain(rule, rules)[-1]


def input_chain(rule: Rule, rules: Mapping[str | None, Rule]) -> list[Rule]:
    """The rule and those through which it reads its input."""
    chain = [rule]
    while chain[-1].input is not None and len(chain) <= MAX_CHAIN:
        chain.append(rules[chain[-1].input])
    return chain


def walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """Nodes in order, parents before children."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def _leaves(
    nodes: tuple[Node, ...], path: str, self_scored: bool, assessor: str | None, ancestors: tuple[Node, ...]
) -> Iterator[Leaf]:
    for node in nodes:
        here = f"{path}/{node.code}" if path else node.code
        own = self_scored if node.self_scored is None else node.self_scored
        if node.is_leaf:
            yield Leaf(node, here, own, node.assessor or assessor, ancestors)
        else:
            yield from _leaves(node.children, here, own, node.assessor or assessor, (*ancestors, node))


@dataclass(frozen=True)
class RuleResult:
    """What one rule gave. `points` as counted, by the rule's role (signed for `adjust`); None: no points yet."""

    code: str
    role: str
    points: Decimal | None
    reason: str


@dataclass(frozen=True)
class LineResult:
    """One line of the score sheet. `base` only of a leaf; `points` None: no score (not the same as 0)."""

    code: str
    path: str
    title: str
    max: Decimal
    is_leaf: bool
    state: State
    points: Decimal | None
    base: Decimal | None
    bonus: Decimal
    deduction: Decimal
    provisional: bool
    reasons: tuple[str, ...]
    rules: tuple[RuleResult, ...] = ()
    excluded_max: Decimal = Decimal(0)
    assessor: str | None = None


@dataclass(frozen=True)
class FiredGate:
    code: str
    label: str
    reason: str
    effect: Mapping[str, object] | None
    review: bool


@dataclass(frozen=True)
class Result:
    """The score of one unit. `total` includes gate points; `class_label` None: no class."""

    total: Decimal
    total_before_gates: Decimal
    bonus: Decimal
    deduction: Decimal
    provisional: bool
    lines: tuple[LineResult, ...]
    gates: tuple[FiredGate, ...]
    class_label: str | None
    class_reason: str
    unranked: bool
    reasons: tuple[str, ...] = ()

    @cached_property
    def by_code(self) -> dict[str, LineResult]:
        return {line.code: line for line in self.lines}

    @property
    def review(self) -> tuple[FiredGate, ...]:
        """Gates that a person must confirm."""
        return tuple(gate for gate in self.gates if gate.review)
