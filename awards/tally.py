"""Counting a council's vote in whole numbers only: never a float, never a rounded share (law.md R-20; NĐ 152/2025, Điều 33.5).

Plain Python: no Django, no clock, no database.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction

MAJORITY = "majority"
TOTAL, PARTICIPATING, VALID = "total", "participating", "valid"
BASES = (TOTAL, PARTICIPATING, VALID)

_SHARE = re.compile(r"(\d{1,3})(?:[.,](\d{1,4}))?\s*%|(\d{1,4})\s*/\s*(\d{1,4})", re.ASCII)


class TallyError(ValueError):
    """Numbers that cannot be those of one vote, or a rule that cannot be read; the text is a Vietnamese sentence."""


@dataclass(frozen=True)
class Threshold:
    """A share that is reached at ≥ ("80%", "2/3"), or a majority: more than half."""

    share: Fraction | None

    @classmethod
    def parse(cls, text: str) -> "Threshold":
        """From "80%", "66,7 %", "2/3" or "majority". Raises TallyError."""
        if text == MAJORITY:
            return cls(None)
        match = _SHARE.fullmatch(text.strip())
        if match is None:
            raise TallyError(f"“{text[:40]}” không phải tỷ lệ. Hãy ghi như 80%, 2/3 hoặc majority.")
        whole, decimals, top, bottom = match.groups()
        if bottom is not None:
            share = Fraction(int(top), int(bottom)) if int(bottom) else None
        else:
            share = Fraction(f"{whole}.{decimals or 0}") / 100
        if share is None or not 0 < share <= 1:
            raise TallyError(f"Tỷ lệ “{text[:40]}” phải lớn hơn 0 và không quá toàn bộ.")
        return cls(share)

    def reached(self, part: int, base: int) -> bool:
        """Whether ``part`` of ``base`` reaches it; of nobody nothing is reached."""
        if base <= 0:
            return False
        if self.share is None:
            return part * 2 > base
        return part * self.share.denominator >= base * self.share.numerator

    def needed(self, base: int) -> int:
        """The fewest of ``base`` that reach it."""
        if self.share is None:
            return base // 2 + 1
        return -(-base * self.share.numerator // self.share.denominator)


@dataclass(frozen=True)
class VoteRule:
    """How a council decides: rows of a rule set, never code (R-02). ``attendance`` None = no condition beyond the quorum."""

    passes: Threshold
    quorum: Threshold = field(default_factory=lambda: Threshold.parse("2/3"))
    attendance: Threshold | None = None
    base: str = TOTAL
    proxies: bool = False
    written_counts_for_attendance: bool = False
    written_counts_for_vote: bool = True
    max_rounds: int = 2
    conflicted_in_base: bool = True

    def __post_init__(self) -> None:
        if self.base not in BASES:
            raise TallyError(f"Mẫu số “{str(self.base)[:40]}” không dùng được. Hãy chọn một trong: {', '.join(BASES)}.")


@dataclass(frozen=True)
class Count:
    """What was counted. ``members``: all that the establishing decision names; ``written``: opinions received before the
    count; ``written_late``: after it, recorded and not counted; ``ayes``: on ballots of those present or by proxy."""

    members: int
    present: int
    ayes: int
    proxies: int = 0
    written: int = 0
    written_late: int = 0
    written_ayes: int = 0
    invalid: int = 0
    blank: int = 0
    conflicted: int = 0
    round: int = 1

    def __post_init__(self) -> None:
        numbers = {name: getattr(self, name) for name in self.__dataclass_fields__}
        if any(value < 0 for value in numbers.values()) or self.round < 1:
            raise TallyError("Các số đếm không được âm và vòng bỏ phiếu bắt đầu từ 1.")
        if self.present + self.proxies + self.written > self.members:
            raise TallyError("Số người dự họp, được ủy quyền và gửi ý kiến vượt quá số thành viên. Hãy kiểm tra lại.")
        if self.conflicted > self.members:
            raise TallyError("Số người không được bỏ phiếu vượt quá số thành viên. Hãy kiểm tra lại.")
        if self.written_ayes > self.written:
            raise TallyError("Số ý kiến đồng ý bằng văn bản vượt quá số ý kiến đã nhận. Hãy kiểm tra lại.")
        if self.ayes + self.invalid + self.blank > self.present + self.proxies:
            raise TallyError("Số phiếu vượt quá số người bỏ phiếu. Hãy kiểm tra lại.")


@dataclass(frozen=True)
class Outcome:
    """The result with its base named (R-24). ``share``: percent cut to two decimals, for reading only."""

    quorum: bool
    may_vote: bool
    ayes: int
    base: int
    share: str
    passed: bool
    error: str | None = None


def count_vote(rule: VoteRule, count: Count) -> Outcome:
    """Whether the council may vote and whether the motion passes. After ``max_rounds`` the authority decides (R-25).

    Members in conflict who leave the base are taken off the members; those present are counted as the caller gives them.
    """
    members = count.members - (0 if rule.conflicted_in_base else count.conflicted)
    present = count.present + (count.proxies if rule.proxies else 0)
    quorum = rule.quorum.reached(present, members)
    attending = present + (count.written if rule.written_counts_for_attendance else 0)
    may_vote = quorum and (rule.attendance is None or rule.attendance.reached(attending, members))
    # A substitute where none is admitted has no ballot: at most as many ayes as may vote.
    ayes = min(count.ayes, present) + (count.written_ayes if rule.written_counts_for_vote else 0)
    participating = present + (count.written if rule.written_counts_for_vote else 0)
    bases = {TOTAL: members, PARTICIPATING: participating, VALID: participating - count.invalid - count.blank}
    base = max(bases[rule.base], 0)
    error = "round_limit" if count.round > rule.max_rounds else None
    passed = may_vote and error is None and rule.passes.reached(ayes, base)
    return Outcome(quorum, may_vote, ayes, base, share_text(ayes, base), passed, error)


def share_text(part: int, base: int) -> str:
    """The share in percent, cut (never rounded) to two decimals: 79.996 never shows as 80.00 (law.md §17)."""
    hundredths = part * 10_000 // base if base else 0
    return f"{hundredths // 100}.{hundredths % 100:02d}"
