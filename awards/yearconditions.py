"""Conditions on years: awards, grades and initiatives of the years up to the one considered (law.md R-17). Plain Python."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from awards.conditionreading import MAX_YEARS, MET, UNKNOWN, UNMET, Answer, asks, one_of, some_of, whole
from awards.evidence import GRADE_WORDS, GRADES, SCOPE_WORDS, SCOPES, AwardFact, Facts

LAST, BEFORE, EITHER = "last", "before", "either"
_ENDS = {LAST: "tính đến năm xét", BEFORE: "tính đến năm trước năm xét", EITHER: "tính đến năm xét hoặc năm trước đó"}
_INITIATIVES = {"initiative": "sáng kiến", "research": "đề tài"}


# --- years in a row --------------------------------------------------------------------------------------------------
def _spans(ends: str, years: int, last: int) -> list[list[int]]:
    closing = {LAST: [last], BEFORE: [last - 1], EITHER: [last, last - 1]}[ends]
    return [list(range(end - years + 1, end + 1)) for end in closing]


def _listed(years: list[int]) -> str:
    return ", ".join(map(str, years))


def _span_words(span: list[int]) -> str:
    return f"năm {span[0]}" if len(span) == 1 else f"các năm {span[0]}–{span[-1]}"


def _run(facts: Facts, ends: str, years: int, what: str, state: Callable[[int], tuple[str, str]]) -> Answer:
    """``years`` distinct years without a gap; ``state`` says of one year whether it holds, and a note."""
    best: Answer | None = None
    for span in _spans(ends, years, facts.year):
        found = {year: state(year) for year in span}
        by = {outcome: [year for year in span if found[year][0] == outcome] for outcome in (MET, UNMET, UNKNOWN)}
        notes = "".join(f"; {note}" for note in dict.fromkeys(note for _, note in found.values()) if note)
        if not by[UNMET] and not by[UNKNOWN]:
            return Answer(MET, f"{what} {_span_words(span)}{notes}")
        if by[UNMET]:
            answer = Answer(
                UNMET, f"{len(by[UNMET])} năm {what} (năm {_listed(by[UNMET])}); cần {_span_words(span)}{notes}"
            )
        else:
            answer = Answer(UNKNOWN, f"chưa có dữ liệu {what} năm {_listed(by[UNKNOWN])}{notes}")
        if best is None or (best.outcome == UNMET and answer.outcome == UNKNOWN):
            best = answer
    assert best is not None
    return best


@dataclass(frozen=True)
class AwardYears:
    """One of the awards ``award`` in each of ``years`` years in a row.

    A year without it is known to be without when the recipient has a record of that year, or when it lies between two years that
    have it; of the last year nothing is known before it is in the register.
    """

    need: ClassVar[str] = "award_years"
    award: tuple[str, ...] = asks(some_of())
    years: int = asks(whole(1, MAX_YEARS))
    ends: str = asks(one_of(_ENDS), LAST)

    def words(self, facts: Facts) -> str:
        count = f"{self.years} năm liên tục" if self.years > 1 else "được"
        return f"{count} {self.names(facts)}, {_ENDS[self.ends]}"

    def names(self, facts: Facts) -> str:
        return " hoặc ".join(facts.name_of(code) for code in self.award)

    def check(self, facts: Facts) -> Answer:
        return _run(facts, self.ends, self.years, self.names(facts), lambda year: self.state(facts, year))

    def state(self, facts: Facts, year: int) -> tuple[str, str]:
        """Whether the award of ``year`` grounds, and a note."""
        held = [row for row in facts.awards if row.code in self.award and row.year == year]
        if held and not facts.counts(year):
            return UNMET, f"thành tích năm {year} không tính vì trước ngày hết thời hạn kỷ luật"
        usable = [row for row in held if facts.grounds(row)]
        if usable:
            return _inherited(usable, year)
        if held:
            return UNMET, f"năm {year} là khen chuyên đề, đột xuất, không làm căn cứ xét công trạng"
        between = [row.year for row in facts.awards if row.code in self.award]
        recorded = year < facts.year and facts.year_fact(year) is not None
        in_gap = bool(between) and min(between) < year < max(between)
        return (UNMET if recorded or in_gap else UNKNOWN), ""


def _inherited(held: list[AwardFact], year: int) -> tuple[str, str]:
    own = [row for row in held if not row.of]
    if own:
        return MET, ""
    names = ", ".join(sorted({row.of for row in held}))
    if any(row.certain for row in held):
        return MET, f"năm {year} là của {names} trước sắp xếp"
    return UNKNOWN, f"năm {year} chỉ là của {names}, một trong các đơn vị trước sắp xếp"


@dataclass(frozen=True)
class GradeYears:
    """At least ``grade`` in each of ``years`` years in a row."""

    need: ClassVar[str] = "grade_years"
    grade: str = asks(one_of(GRADE_WORDS))
    years: int = asks(whole(1, MAX_YEARS), 1)
    ends: str = asks(one_of(_ENDS), LAST)

    @property
    def _what(self) -> str:
        return f"{GRADE_WORDS[self.grade]}{'' if self.grade == GRADES[-1] else ' trở lên'}"

    def words(self, facts: Facts) -> str:
        count = f"{self.years} năm liên tục " if self.years > 1 else ""
        return f"{count}{self._what}, {_ENDS[self.ends]}"

    def check(self, facts: Facts) -> Answer:
        return _run(facts, self.ends, self.years, self._what, lambda year: self._state(facts, year))

    def _state(self, facts: Facts, year: int) -> tuple[str, str]:
        row = facts.year_fact(year)
        if row is None or row.grade not in GRADES:
            return UNKNOWN, ""
        if not facts.counts(year):
            return UNMET, f"thành tích năm {year} không tính vì trước ngày hết thời hạn kỷ luật"
        if GRADES.index(row.grade) < GRADES.index(self.grade):
            return UNMET, f"năm {year}: {GRADE_WORDS[row.grade]}"
        return MET, f"năm {year} là của {row.of} trước sắp xếp" if row.of else ""


@dataclass(frozen=True)
class SameYear:
    """An award of the last year of the period."""

    need: ClassVar[str] = "award_same_year"
    award: tuple[str, ...] = asks(some_of())

    def words(self, facts: Facts) -> str:
        return f"được {AwardYears(self.award, 1).names(facts)} trong năm xét"

    def check(self, facts: Facts) -> Answer:
        return AwardYears(self.award, 1).check(facts)


@dataclass(frozen=True)
class AwardHeld:
    """One of the awards ``award`` in any of the last ``years`` years."""

    need: ClassVar[str] = "award_held"
    award: tuple[str, ...] = asks(some_of())
    years: int = asks(whole(1, MAX_YEARS), 5)

    def words(self, facts: Facts) -> str:
        return f"đã được {AwardYears(self.award, 1).names(facts)} trong {self.years} năm tính đến năm xét"

    def check(self, facts: Facts) -> Answer:
        row = AwardYears(self.award, 1)
        span = range(facts.year - self.years + 1, facts.year + 1)
        states = {year: row.state(facts, year) for year in span}
        notes = "".join(f"; {note}" for note in dict.fromkeys(note for _, note in states.values()) if note)
        for outcome, clause in (
            (MET, f"đã được {row.names(facts)} năm"),
            (UNKNOWN, f"chưa có dữ liệu {row.names(facts)} năm"),
        ):
            years = [year for year in span if states[year][0] == outcome]
            if years:
                return Answer(outcome, f"{clause} {_listed(years)}{notes}")
        return Answer(UNMET, f"{row.names(facts)} trong {_span_words(list(span))}{notes}")


@dataclass(frozen=True)
class Initiatives:
    """At least ``count`` sáng kiến or đề tài of scope ≥ ``scope`` in the last ``years`` years, none of them used before (P11)."""

    need: ClassVar[str] = "initiatives"
    count: int = asks(whole(1, 50), 1)
    scope: str = asks(one_of(SCOPES), "basis")
    years: int = asks(whole(1, MAX_YEARS), 1)
    kinds: tuple[str, ...] = asks(some_of(_INITIATIVES), ("initiative", "research"))

    @property
    def _what(self) -> str:
        what = ", ".join(_INITIATIVES[kind] for kind in self.kinds)
        return f"{what} được công nhận {SCOPE_WORDS[self.scope]}{'' if self.scope == SCOPES[-1] else ' trở lên'}"

    def words(self, facts: Facts) -> str:
        span = f"trong {self.years} năm xét" if self.years > 1 else "trong năm xét"
        return f"có từ {self.count} {self._what} {span}, chưa dùng làm căn cứ lần nào"

    def check(self, facts: Facts) -> Answer:
        first = facts.year - self.years + 1
        found = [
            row
            for row in facts.initiatives
            if row.kind in self.kinds
            and SCOPES.index(row.scope) >= SCOPES.index(self.scope)
            and first <= row.year <= facts.year
        ]
        early = [row for row in found if not facts.counts(row.year)]
        used = [row for row in found if row.used and row not in early]
        fresh = len(found) - len(early) - len(used)
        span = _span_words(list(range(first, facts.year + 1)))
        note = f"; {len(used)} đã dùng cho khen thưởng trước, không tính lại" if used else ""
        note += f"; {len(early)} trước ngày hết thời hạn kỷ luật, không tính" if early else ""
        if fresh >= self.count:
            return Answer(MET, f"có {fresh} {self._what} {span}{note}")
        return Answer(UNMET, f"{self.count - fresh} {self._what}: {span} có {fresh}, cần {self.count}{note}")
