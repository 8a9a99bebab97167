"""What all rule kinds have in common, and the registry of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, Literal, TypeVar

from campaigns.scoring.exact import vietnamese
from campaigns.scoring.inputs import InputKind, InputValue
from campaigns.scoring.params import Param

Role = Literal["earn", "bonus", "deduct", "adjust"]
ROLES: tuple[Role, ...] = ("earn", "bonus", "deduct", "adjust")
ROLE_LABELS = {"earn": "tính điểm", "bonus": "điểm thưởng", "deduct": "điểm trừ", "adjust": "cộng hoặc trừ"}

@dataclass(frozen=True)
class UnlessInput:
    """A true/false input that cancels the rule."""

    code: str
    label: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Outcome:
    """Points of a rule (None: undetermined) and the sentence for the score sheet, without the points' sign."""

    points: Fraction | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What all kinds have in common."""

    kind: ClassVar[str]
    title_vi: ClassVar[str]
    description_vi: ClassVar[str]
    default_role: ClassVar[Role | None]
    input_kind: ClassVar[InputKind]
    params: ClassVar[tuple[Param, ...]]

    role: Role
    code: str | None = None
    label: str | None = None
    cap: Decimal | None = None
    group: str | None = None
    requires: Literal["full_base"] | tuple[str, ...] | None = None
    unless_input: UnlessInput | None = None
    unless_rules: tuple[str, ...] = ()
    input: str | None = None
    verified_only: bool = False
    source: Mapping[str, object] | None = None
    note: str | None = None

    def parse_input(self, raw: object) -> InputValue:
        """The exact input; None when absent. Raises BadInput."""
        raise NotImplementedError

    def give(self, value: Any) -> Outcome:
        """What a present input gives, before `cap`."""
        raise NotImplementedError

    def samples(self) -> list[InputValue]:
        """Inputs among which are those that give the least and the most."""
        raise NotImplementedError

    def amounts(self) -> list[Fraction]:
        """Points, before `cap`, among which are the least and the most."""
        outcomes = [self.give(self.parse_input(value)) for value in self.samples()]
        return [outcome.points for outcome in outcomes if outcome.points is not None]

    def problems(self) -> list[tuple[str, str]]:
        """(code, sentence) of what contradicts itself in the parameters."""
        return []

    def gaps(self) -> list[str]:
        """Values ≥ 0 that nothing covers, in words."""
        return []

    def case_cost(self) -> Decimal:
        """What one case, or the dearest option, gives."""
        return Decimal(0)

    @property
    def unbounded(self) -> bool:
        """Whether the points grow without end."""
        return False

    def cap_points(self, points: Fraction) -> Fraction:
        if self.cap is None:
            return points
        cap = Fraction(self.cap)
        return max(-cap, min(cap, points))

    @property
    def name(self) -> str:
        return self.label or self.title_vi

    def say(self, points: Fraction) -> str:
        """The points with the verb of the role: "trừ 1 điểm"."""
        verb = {"earn": "", "bonus": "cộng ", "deduct": "trừ ", "adjust": "trừ " if points < 0 else "cộng "}[self.role]
        return f"{verb}{vietnamese(abs(points) if self.role == 'adjust' else points)} điểm"


RULE_KINDS: dict[str, type[Rule]] = {}
AnyRule = TypeVar("AnyRule", bound=type[Rule])


def rule_kind(cls: AnyRule) -> AnyRule:
    """Register a kind."""
    RULE_KINDS[cls.kind] = cls
    return cls
