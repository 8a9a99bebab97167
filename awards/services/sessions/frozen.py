"""What is fixed when a meeting opens (R-21): who is named by the decision, the vote's rules per award, the candidates.

``CommitteeMeeting.frozen`` = {"day", "seats": [seat], "rules": [rule]}; before the opening the same is worked out afresh.
A rule stands for one award under one rule set: dossiers received under different rules are voted on apart.
"""

import datetime
from dataclasses import dataclass
from typing import Any, Self

from awards.models import AwardRule, CommitteeMeeting, CommitteeMember, Nomination, SelfVote
from awards.services.rules.catalogue import vote_rule
from awards.tally import MAJORITY, Threshold, VoteRule
from dvk_portal.core.exceptions import DomainError

_PARAMETERS = (
    "passes", "quorum", "attendance", "base", "proxies", "written_counts_for_attendance", "written_counts_for_vote",
    "max_rounds", "conflicted_in_base",
)  # fmt: skip
BASE_NAMES = {
    "total": "tổng số thành viên hội đồng",
    "participating": "số thành viên tham gia bỏ phiếu",
    "valid": "số phiếu hợp lệ",
}


@dataclass(frozen=True)
class Seat:
    """A seat as the establishing decision names it on the day. ``substitute_for``: the seat in whose place its holder may come."""

    seat: int
    user: int
    name: str
    role: str
    role_name: str
    post: str
    votes: bool
    substitute_for: int | None

    @classmethod
    def of(cls, row: CommitteeMember) -> Self:
        return cls(
            row.pk, row.user_id, str(row.user), row.role, row.get_role_display(), row.post, row.votes, row.substitute_for_id
        )  # fmt: skip

    @property
    def is_member(self) -> bool:
        """Counted among all members (R-20): a seat of his own, with a vote. A secretary without a vote is not."""
        return self.votes and self.substitute_for is None


@dataclass(frozen=True)
class Rule:
    """The vote on one award under one rule set. ``key`` is the pk of the AwardRule; the values stay as they were that day."""

    key: int
    award_type: int
    award: str
    rule_set: str
    basis: str
    secret: bool
    self_vote: str
    parameters: dict[str, Any]
    nominations: list[int]

    @classmethod
    def of(cls, row: AwardRule, nominations: list[int]) -> Self:
        parameters = {name: getattr(row, name) for name in _PARAMETERS}
        vote_rule(row)  # a share that cannot be read is found now, not at the count
        return cls(
            row.pk, row.award_type_id, row.award_type.name, row.rule_set.name, row.legal_basis, row.secret, row.self_vote,
            parameters, nominations,
        )  # fmt: skip

    @property
    def vote(self) -> VoteRule:
        """For awards.tally."""
        shares = {name: Threshold.parse(self.parameters[name]) for name in ("passes", "quorum")}
        attendance = self.parameters["attendance"]
        rest = {name: self.parameters[name] for name in _PARAMETERS if name not in ("passes", "quorum", "attendance")}
        return VoteRule(**shares, attendance=Threshold.parse(attendance) if attendance else None, **rest)

    @property
    def passes(self) -> str:
        return share_words(self.parameters["passes"])

    @property
    def base(self) -> str:
        return BASE_NAMES[self.parameters["base"]]

    @property
    def is_self_removed(self) -> bool:
        return self.self_vote == SelfVote.REMOVED

    def sentence(self) -> str:
        """The rule for people: of what, how much, how often."""
        how = "Bỏ phiếu kín" if self.secret else "Biểu quyết"
        attendance = self.parameters["attendance"]
        tail = f"; ít nhất {share_words(attendance)} thành viên tham gia" if attendance else ""
        return (
            f"{how}; thông qua khi đạt {self.passes} {self.base}; dự họp ít nhất {share_words(self.parameters['quorum'])}"
            f"{tail}; tối đa {self.parameters['max_rounds']} vòng."
        )


def share_words(share: str) -> str:
    return "quá nửa" if share == MAJORITY else share.replace(".", ",")


@dataclass(frozen=True)
class Setting:
    """Seats and rules of a meeting, as frozen or as they would be frozen on ``day``."""

    day: datetime.date
    seats: list[Seat]
    rules: list[Rule]

    @property
    def members(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.is_member]

    @property
    def nominations(self) -> list[int]:
        return [pk for rule in self.rules for pk in rule.nominations]

    @property
    def admits_proxies(self) -> bool:
        return any(rule.parameters["proxies"] for rule in self.rules)

    def rule(self, key: int) -> Rule:
        found = next((rule for rule in self.rules if rule.key == key), None)
        if found is None:
            raise DomainError("Danh hiệu, hình thức này không có trong chương trình đã chốt của phiên họp.")
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat(),
            "seats": [vars(seat) for seat in self.seats],
            "rules": [vars(rule) for rule in self.rules],
        }


def setting_of(meeting: CommitteeMeeting, day: datetime.date) -> Setting:
    """As frozen; before the opening as it would be on ``day``."""
    if meeting.frozen:
        raw = meeting.frozen
        return Setting(
            datetime.date.fromisoformat(raw["day"]),
            [Seat(**row) for row in raw["seats"]],
            [Rule(**row) for row in raw["rules"]],
        )
    return Setting(day, [Seat.of(row) for row in seats_on(meeting, day)], _rules_now(meeting)[0])


def seats_on(meeting: CommitteeMeeting, day: datetime.date) -> list[CommitteeMember]:
    """Every seat of the committee that is valid on ``day``."""
    return list(CommitteeMember.objects.on(day).filter(committee=meeting.committee_id).select_related("user"))


def without_rule(meeting: CommitteeMeeting) -> list[str]:
    """Awards with candidates that no rule set describes: nobody knows how they are voted on."""
    return _rules_now(meeting)[1]


def candidates_of(meeting: CommitteeMeeting) -> list[Nomination]:
    """What lies before the meeting, in the order of awards, then points, then names."""
    rows = Nomination.objects.filter(cycle=meeting.cycle_id, status=Nomination.Status.ELIGIBLE)
    return list(
        rows.select_related("award_type", "rule_set", "recipient").order_by(
            "-award_type__level", "award_type__code", "-score", "name", "pk"
        )
    )


def _rules_now(meeting: CommitteeMeeting) -> tuple[list[Rule], list[str]]:
    grouped: dict[tuple[int, int | None], list[Nomination]] = {}
    for row in candidates_of(meeting):
        grouped.setdefault((row.award_type_id, row.rule_set_id), []).append(row)
    known = AwardRule.objects.filter(
        award_type__in={award for award, _ in grouped}, rule_set__in={rule_set for _, rule_set in grouped}
    ).select_related("award_type", "rule_set")
    by_key = {(row.award_type_id, row.rule_set_id): row for row in known}
    rules = [Rule.of(by_key[key], [row.pk for row in rows]) for key, rows in grouped.items() if key in by_key]
    lacking = [
        f"{rows[0].award_type} ({rows[0].rule_set or 'chưa có bộ quy định'})"
        for key, rows in grouped.items()
        if key not in by_key
    ]
    return rules, lacking
