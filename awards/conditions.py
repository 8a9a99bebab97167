"""Kinds of conditions that an award may demand (law.md R-17). To add one, write a class and name it in KINDS.

Each reads its row, says itself in words (``words``) and checks the facts (``check``): met, unmet or unknown, with a clause that
says why. What is not known is never taken for no. Shares are compared as whole numbers. Plain Python.
"""

import datetime
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar

from awards.conditionreading import (
    MAX_YEARS,
    MET,
    UNKNOWN,
    UNMET,
    Answer,
    Condition,
    ConditionError,
    asks,
    one_of,
    sentence,
    share,
    some_of,
    whole,
)
from awards.evidence import DISCIPLINE_WORDS, DISCIPLINES, Facts, YearFact
from awards.tally import Threshold
from awards.yearconditions import AwardHeld, AwardYears, GradeYears, Initiatives, SameYear

_MEMBERS = {
    "completed": "hoàn thành nhiệm vụ trở lên",
    "ldtt": "đạt Lao động tiên tiến",
    "cstdcs": "đạt Chiến sĩ thi đua cơ sở",
    "women": "là nữ",
}


# --- members of a collective -----------------------------------------------------------------------------------------
def _this_year(facts: Facts) -> YearFact:
    return facts.year_fact(facts.year) or YearFact(facts.year)


@dataclass(frozen=True)
class MemberShare:
    """A share of the members, reached at ≥: exactly 70 % passes."""

    need: ClassVar[str] = "member_share"
    of: str = asks(one_of(_MEMBERS))
    at_least: str = asks(share)

    def words(self, facts: Facts) -> str:
        return f"từ {self.at_least} số thành viên {_MEMBERS[self.of]}".replace("từ 100%", "100%")

    def check(self, facts: Facts) -> Answer:
        row = _this_year(facts)
        part, members = getattr(row, self.of), row.members
        if part is None or not members:
            absent = "số thành viên" if not members else f"số thành viên {_MEMBERS[self.of]}"
            return Answer(UNKNOWN, f"chưa có {absent} năm {facts.year}")
        told = f"{part}/{members} thành viên {_MEMBERS[self.of]}"
        if Threshold.parse(self.at_least).reached(part, members):
            return Answer(MET, f"{told}, đạt mức {self.at_least}")
        return Answer(UNMET, f"tỷ lệ: {told}, cần từ {self.at_least}")


@dataclass(frozen=True)
class MemberCount:
    """At least so many members."""

    need: ClassVar[str] = "member_count"
    of: str = asks(one_of(_MEMBERS))
    at_least: int = asks(whole(1, 100_000), 1)

    def words(self, facts: Facts) -> str:
        return f"có từ {self.at_least} thành viên {_MEMBERS[self.of]}"

    def check(self, facts: Facts) -> Answer:
        found = getattr(_this_year(facts), self.of)
        if found is None:
            return Answer(UNKNOWN, f"chưa có số thành viên {_MEMBERS[self.of]} năm {facts.year}")
        if found >= self.at_least:
            return Answer(MET, f"có {found} thành viên {_MEMBERS[self.of]}")
        return Answer(UNMET, f"{self.at_least - found} thành viên {_MEMBERS[self.of]}: có {found}, cần {self.at_least}")


@dataclass(frozen=True)
class NoMemberDisciplined:
    """No member disciplined at ``level`` or above in the year. The record counts members from cảnh cáo on."""

    need: ClassVar[str] = "no_member_disciplined"
    level: str = asks(one_of(DISCIPLINE_WORDS), "canh_cao")

    def words(self, facts: Facts) -> str:
        return f"không có thành viên bị kỷ luật từ {DISCIPLINE_WORDS[self.level]} trở lên"

    def check(self, facts: Facts) -> Answer:
        found = _this_year(facts).disciplined
        recorded, asked = DISCIPLINES.index("canh_cao"), DISCIPLINES.index(self.level)
        if found is None:
            return Answer(UNKNOWN, f"chưa có số thành viên bị kỷ luật năm {facts.year}")
        if found == 0 and asked >= recorded:
            return Answer(MET, self.words(facts))
        if found > 0 and asked <= recorded:
            return Answer(UNMET, f"điều kiện kỷ luật: có {found} thành viên bị kỷ luật từ cảnh cáo trở lên")
        return Answer(UNKNOWN, f"số liệu chỉ ghi kỷ luật từ cảnh cáo; chưa biết mức {DISCIPLINE_WORDS[self.level]}")


# --- campaigns, models, earlier awards --------------------------------------------------------------------------------
@dataclass(frozen=True)
class LeadsCluster:
    """It led its cụm, khối in the year: by its record, or first in the ranking of a campaign."""

    need: ClassVar[str] = "leads_cluster"

    def words(self, facts: Facts) -> str:
        return "dẫn đầu cụm, khối thi đua trong năm xét"

    def check(self, facts: Facts) -> Answer:
        first = [row for row in facts.sheets if row.year == facts.year and row.rank == 1]
        if first:
            return Answer(MET, f"xếp thứ nhất trong cụm, khối: {first[0].campaign}")
        told = _this_year(facts).leads_cluster
        if told is None:
            return Answer(UNKNOWN, f"chưa có kết quả cụm, khối thi đua năm {facts.year}")
        return Answer(MET, self.words(facts)) if told else Answer(UNMET, f"vị trí dẫn đầu cụm, khối năm {facts.year}")


@dataclass(frozen=True)
class CampaignResult:
    """Excellent in a campaign: among the ``classes`` highest classes, or not below ``rank`` in its cluster."""

    need: ClassVar[str] = "campaign"
    classes: int = asks(whole(1, 20), 1)
    rank: int = asks(whole(0, 1000), 0)

    def words(self, facts: Facts) -> str:
        what = "xếp loại cao nhất" if self.classes == 1 else f"thuộc {self.classes} mức xếp loại cao nhất"
        rank = f" hoặc thuộc {self.rank} thứ hạng đầu của cụm" if self.rank else ""
        return f"{what}{rank} trong phong trào thi đua"

    def check(self, facts: Facts) -> Answer:
        known = [row for row in facts.sheets if row.place is not None or row.rank is not None]
        for row in known:
            if row.place is not None and row.place <= self.classes:
                return Answer(MET, f"xếp loại “{row.score_class}” trong {row.campaign}")
            if row.rank is not None and row.rank <= self.rank:
                return Answer(MET, f"xếp thứ {row.rank} trong cụm của {row.campaign}")
        if not known:
            return Answer(UNKNOWN, "chưa có kết quả công bố của phong trào thi đua")
        return Answer(UNMET, f"kết quả phong trào: {known[0].campaign} xếp “{known[0].score_class or 'không loại'}”")


@dataclass(frozen=True)
class RecognisedModel:
    """A model recognised at ``level`` or higher, in the last ``years`` years."""

    need: ClassVar[str] = "model"
    level: str = asks(sentence)
    years: int = asks(whole(1, MAX_YEARS), 1)

    def words(self, facts: Facts) -> str:
        return f"có mô hình, điển hình được công nhận từ {self._level(facts)}"

    def _level(self, facts: Facts) -> str:
        return facts.levels.get(self.level, (0, self.level))[1].lower()

    def check(self, facts: Facts) -> Answer:
        if self.level not in facts.levels:
            return Answer(UNKNOWN, f"chưa có cấp công nhận “{self.level}” trong danh mục")
        order = facts.levels[self.level][0]
        found = [row for row in facts.models if row.order >= order and row.year > facts.year - self.years]
        if found:
            return Answer(MET, f"mô hình “{found[0].name}” được công nhận năm {found[0].year}")
        return Answer(UNMET, f"mô hình được công nhận từ {self._level(facts)}")


@dataclass(frozen=True)
class NotBefore:
    """The same award (or one of ``award``) not held before; with ``years``: at least so long since the last one.

    The time counts from the achievement period written in the last decision, else from its date (P8; NĐ 152/2025, Điều 33.7).
    """

    need: ClassVar[str] = "not_before"
    award: tuple[str, ...] = asks(some_of(), ())
    years: int = asks(whole(0, MAX_YEARS), 0)

    def words(self, facts: Facts) -> str:
        names = " hoặc ".join(facts.name_of(code) for code in self.award) or "hình thức này"
        return f"đã qua ít nhất {self.years} năm từ lần được {names}" if self.years else f"chưa được {names} lần nào"

    def check(self, facts: Facts) -> Answer:
        codes = self.award or (facts.award,)
        held = sorted((row for row in facts.awards if row.code in codes and not row.of), key=lambda row: row.year)
        if not held:
            return Answer(MET, f"chưa có {facts.name_of(codes[0])} trong sổ khen thưởng")
        name = facts.name_of(held[-1].code)
        if not self.years:
            return Answer(UNMET, f"điều kiện tặng một lần: đã được {name} năm {held[-1].year}")
        starts = [row.period_to or row.decided_on for row in held]
        if None in starts:
            return Answer(UNKNOWN, f"chưa có ngày của lần được {name} năm {held[starts.index(None)].year}")
        free = _years_later(max(day for day in starts if day is not None), self.years)
        told = f"{self.years} năm từ lần được {name} năm {held[-1].year} (đủ từ {free:%d/%m/%Y})"
        return Answer(MET, f"đã qua {told}") if free <= facts.last_day else Answer(UNMET, f"khoảng cách {told}")


def _years_later(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


@dataclass(frozen=True)
class Judged:
    """What only a person can say: always to be checked, never passed over in silence."""

    need: ClassVar[str] = "judged"
    text: str = asks(sentence)

    def words(self, facts: Facts) -> str:
        return self.text

    def check(self, facts: Facts) -> Answer:
        return Answer(UNKNOWN, self.text)


# --- reading -------------------------------------------------------------------------------------------------------
KINDS: dict[str, type[Any]] = {
    row.need: row
    for row in (
        AwardYears, AwardHeld, SameYear, GradeYears, Initiatives, MemberShare, MemberCount, NoMemberDisciplined,
        LeadsCluster, CampaignResult, RecognisedModel, NotBefore, Judged,
    )
}  # fmt: skip


def read_condition(raw: Mapping[str, Any]) -> Condition:
    """One condition from its row. Raises ConditionError."""
    need = raw.get("need")
    found = KINDS.get(need) if isinstance(need, str) else None
    if found is None:
        raise ConditionError(f"Không có loại điều kiện “{str(need)[:40]}”. Các loại: {', '.join(sorted(KINDS))}.")
    asked = {row.name: row for row in fields(found)}
    unknown = sorted(str(key) for key in raw.keys() - asked.keys() - {"need", "for"})
    if unknown:
        raise ConditionError(f"Điều kiện “{need}” không có mục “{unknown[0][:40]}”.")
    missing = [name for name, row in asked.items() if row.default is MISSING and name not in raw]
    if missing:
        raise ConditionError(f"Điều kiện “{need}” thiếu mục “{missing[0]}”.")
    read = {name: asked[name].metadata["read"](value, name) for name, value in raw.items() if name in asked}
    condition: Condition = found(**read)
    return condition
