"""Where the line of a quota falls among candidates (R-18, W-40). The portal ranks and shows the cut; the council decides.

Plain Python, whole numbers and exact decimals only: no Django, no clock, no database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

# P7 (NĐ 152/2025, Điều 4.6): a collective with at least so many women of all members goes first when scores are equal.
WOMEN_SHARE = Fraction(7, 10)


class Place(StrEnum):
    """What the quota says of a candidate."""

    WITHIN = "within"
    AT_LINE = "at_line"
    OVER = "over"
    OVER_UNIT = "over_unit"
    OVER_LEADERS = "over_leaders"
    BELOW = "below"


@dataclass(frozen=True)
class Candidate:
    """``key`` names it. ``points`` None = not scored. ``favoured``: a woman, or a collective of ≥ 70 % women (P7)."""

    key: int
    unit: int
    points: Decimal | None = None
    score_class: str = ""
    favoured: bool = False
    is_leader: bool = False


@dataclass(frozen=True)
class Limit:
    """What one row of the quota allows; None and "" = no limit. ``classes``: the scheme's classes, the best first."""

    maximum: int | None = None
    per_unit: int | None = None
    leader_percent: Decimal | None = None
    least_points: Decimal | None = None
    least_class: str = ""
    classes: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Line:
    """A candidate with its rank (equal ones share it), what the quota says, and the reasons in words."""

    candidate: Candidate
    rank: int
    place: Place
    reasons: tuple[str, ...] = ()


def allowed(maximum: int | None, percent: Decimal | None, base: int) -> int | None:
    """The number a quota allows: the share of ``base`` rounded down, or the maximum, whichever is smaller; None = no limit."""
    share = None if percent is None else int(Fraction(percent) * base / 100)
    return min((number for number in (maximum, share) if number is not None), default=None)


def is_mostly_women(women: int | None, members: int | None) -> bool:
    """Whether women are at least 70 % of the members; what is not known is not."""
    return bool(members) and women is not None and Fraction(women, members) >= WOMEN_SHARE


def draw_line(candidates: Iterable[Candidate], limit: Limit) -> list[Line]:
    """All candidates, best first, with what the quota says of each.

    Those below the threshold take no place; nor do those beyond a unit's or the leaders' share. Whoever is equal in points and
    in P7 is never separated by the portal: when the line falls between equals, all of them stand at the line.
    """
    rows = sorted(candidates, key=_order)
    qualified = [row for row in rows if not _below(row, limit)]
    leaders = _leaders_allowed(limit, len(qualified))
    tied = _favoured_in_ties(qualified)
    used = _Used(limit, leaders)
    lines: list[Line] = []
    rank = 1
    for _, group in groupby(rows, key=_order):
        equals = list(group)
        fits = used.judge([row for row in equals if not _below(row, limit)])
        for row in equals:
            below = _below(row, limit)
            place, words = (Place.BELOW, (below,)) if below else fits[row.key]
            lines.append(Line(row, rank, place, (*words, *((tied[row.key],) if row.key in tied else ()))))
        rank += len(equals)
    return lines


def _order(row: Candidate) -> tuple[bool, Decimal, bool]:
    """Sort key: scored before unscored, more points first, then P7."""
    return row.points is None, -(row.points or Decimal(0)), not row.favoured


def _below(row: Candidate, limit: Limit) -> str:
    """Why the candidate does not reach the threshold; "" when it does. What is not known does not."""
    if limit.least_points is not None and (row.points is None or row.points < limit.least_points):
        return f"Chưa đạt điểm thấp nhất {_words(limit.least_points)}." if row.points is not None else "Chưa có điểm."
    if limit.least_class:
        order = list(limit.classes)
        if not row.score_class:
            return "Chưa có xếp loại."
        if row.score_class not in order or limit.least_class not in order:
            ok = row.score_class == limit.least_class
        else:
            ok = order.index(row.score_class) <= order.index(limit.least_class)
        return "" if ok else f"Xếp loại {row.score_class} thấp hơn {limit.least_class}."
    return ""


def _words(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")


def _leaders_allowed(limit: Limit, qualified: int) -> int | None:
    base = qualified if limit.maximum is None else limit.maximum
    return allowed(None, limit.leader_percent, base)


def _favoured_in_ties(rows: Sequence[Candidate]) -> dict[int, str]:
    """key → the sentence of P7, for those whom it put before somebody with equal points."""
    found: dict[int, str] = {}
    for points, group in groupby(rows, key=lambda row: row.points):
        equals = list(group)
        if points is not None and len({row.favoured for row in equals}) == 2:
            words = "Bằng điểm: ưu tiên nữ, hoặc tập thể có từ 70 % nữ trở lên (NĐ 152/2025, Điều 4.6)."
            found |= {row.key: words for row in equals if row.favoured}
    return found


class _Used:
    """Places taken so far: in all, by each unit, by leaders."""

    def __init__(self, limit: Limit, leaders: int | None) -> None:
        self.limit, self.leaders = limit, leaders
        self.taken, self.leaders_taken = 0, 0
        self.by_unit: dict[int, int] = {}
        self.full = False

    def judge(self, equals: list[Candidate]) -> dict[int, tuple[Place, tuple[str, ...]]]:
        """What the quota says of those with equal rank, and take their places when they fit together."""
        found = {row.key: refusal for row in equals if (refusal := self._beyond_share(row, equals))}
        left = [row for row in equals if row.key not in found]
        maximum = self.limit.maximum
        if maximum is None or (not self.full and self.taken + len(left) <= maximum):
            for row in left:
                self._take(row)
            return found | {row.key: (Place.WITHIN, ()) for row in left}
        room = 0 if self.full else maximum - self.taken
        if left and room > 0:
            self.full = True
            words = f"Còn {room} chỗ cho {len(left)} đề nghị ngang nhau: hội đồng quyết định."
            return found | {row.key: (Place.AT_LINE, (words,)) for row in left}
        words = f"Vượt hạn mức {maximum}."
        return found | {row.key: (Place.OVER, (words,)) for row in left}

    def _take(self, row: Candidate) -> None:
        self.taken += 1
        self.by_unit[row.unit] = self.by_unit.get(row.unit, 0) + 1
        self.leaders_taken += row.is_leader

    def _beyond_share(self, row: Candidate, equals: list[Candidate]) -> tuple[Place, tuple[str, ...]] | None:
        """Beyond the unit's or the leaders' share. Equals count together: none of them is preferred."""
        per_unit = self.limit.per_unit
        same = sum(other.unit == row.unit for other in equals)
        if per_unit is not None and self.by_unit.get(row.unit, 0) + same > per_unit:
            return Place.OVER_UNIT, (f"Đơn vị vượt mức tối đa {per_unit} đề nghị.",)
        leading = sum(other.is_leader for other in equals)
        if row.is_leader and self.leaders is not None and self.leaders_taken + leading > self.leaders:
            return Place.OVER_LEADERS, (f"Vượt tỷ lệ lãnh đạo, quản lý: tối đa {self.leaders} người.",)
        return None
