"""What is known of one recipient when an award is considered: plain values, no Django. ``None`` and "" = not known.

Nothing is ever taken off a year: leave for childbirth counts in full (P6; NĐ 152/2025, Điều 4.5), so there is no field for it.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

# From the lowest to the highest.
GRADES = ("kht", "ht", "htt", "htxs")
GRADE_WORDS = {
    "kht": "Không hoàn thành nhiệm vụ",
    "ht": "Hoàn thành nhiệm vụ",
    "htt": "Hoàn thành tốt nhiệm vụ",
    "htxs": "Hoàn thành xuất sắc nhiệm vụ",
}
SCOPES = ("basis", "province", "nation")
SCOPE_WORDS = {"basis": "cấp cơ sở", "province": "cấp tỉnh", "nation": "toàn quốc"}
DISCIPLINES = ("khien_trach", "canh_cao", "cach_chuc", "khai_tru")
DISCIPLINE_WORDS = {
    "khien_trach": "khiển trách",
    "canh_cao": "cảnh cáo",
    "cach_chuc": "cách chức",
    "khai_tru": "khai trừ, buộc thôi việc",
}
RECIPIENTS = ("person", "collective", "household")
RECIPIENT_WORDS = {"person": "cá nhân", "collective": "tập thể", "household": "hộ gia đình"}
MERIT = "merit"
# Their results never ground an award of merit (P3; NĐ 152/2025, Điều 4.3).
NO_GROUND_FOR_MERIT = ("movement", "sudden")


@dataclass(frozen=True)
class AwardFact:
    """One standing award. ``kind``: loại khen thưởng. ``of``: the unit before a merger whose award it was; ``certain`` False:
    not every unit that was merged had it, so it is for a person to say whether it counts."""

    code: str
    year: int
    kind: str = MERIT
    period_to: datetime.date | None = None
    decided_on: datetime.date | None = None
    of: str = ""
    certain: bool = True


@dataclass(frozen=True)
class YearFact:
    """What was recorded of one year; of a collective also its members. ``of`` as in AwardFact."""

    year: int
    grade: str = ""
    members: int | None = None
    completed: int | None = None
    ldtt: int | None = None
    cstdcs: int | None = None
    women: int | None = None
    disciplined: int | None = None
    leads_cluster: bool | None = None
    of: str = ""


@dataclass(frozen=True)
class InitiativeFact:
    """Sáng kiến or đề tài. ``used``: it has grounded a granted award already (P11)."""

    year: int
    kind: str = "initiative"
    scope: str = "basis"
    used: bool = False


@dataclass(frozen=True)
class DisciplineFact:
    level: str
    from_day: datetime.date
    to_day: datetime.date | None = None


@dataclass(frozen=True)
class HoldFact:
    """Tạm dừng xét (P4). ``reason``: words for those who handle it."""

    reason: str
    from_day: datetime.date
    to_day: datetime.date | None = None

    def on(self, day: datetime.date) -> bool:
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)


@dataclass(frozen=True)
class SheetFact:
    """The result of one campaign: ``place`` of the class from the top (1 = the best), ``rank`` in the cluster."""

    year: int
    campaign: str
    score_class: str = ""
    place: int | None = None
    rank: int | None = None


@dataclass(frozen=True)
class ModelFact:
    """A model recognised in a year; ``order`` of the level from the lowest."""

    year: int
    name: str
    level: str
    order: int


@dataclass(frozen=True)
class Facts:
    """Everything known. ``year``: the last year of the achievement period; ``day``: the day of judging.

    ``names``: name of each award by code; ``levels``: order and name of each level of recognition by code.
    """

    recipient: str
    year: int
    day: datetime.date
    award: str = ""
    award_kind: str = MERIT
    period_from: datetime.date | None = None
    period_to: datetime.date | None = None
    awards: tuple[AwardFact, ...] = ()
    years: tuple[YearFact, ...] = ()
    initiatives: tuple[InitiativeFact, ...] = ()
    disciplines: tuple[DisciplineFact, ...] = ()
    holds: tuple[HoldFact, ...] = ()
    sheets: tuple[SheetFact, ...] = ()
    models: tuple[ModelFact, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def without_integrity(self) -> "Facts":
        """The same without what only those may know who handle discipline and complaints."""
        return replace(self, disciplines=(), holds=())

    def name_of(self, code: str) -> str:
        return self.names.get(code, code)

    def year_fact(self, year: int) -> YearFact | None:
        return next((row for row in self.years if row.year == year), None)

    @property
    def first_day(self) -> datetime.date:
        """First day of the achievement period; of its last year when it was not said."""
        return self.period_from or datetime.date(self.year, 1, 1)

    @property
    def last_day(self) -> datetime.date:
        return self.period_to or datetime.date(self.year, 12, 31)

    @property
    def counts_from(self) -> datetime.date | None:
        """Achievements count from the day after the last discipline that has ended (P5)."""
        ended = [row.to_day for row in self.disciplines if row.to_day is not None and row.to_day < self.day]
        return max(ended) + datetime.timedelta(days=1) if ended else None

    def counts(self, year: int) -> bool:
        """Whether the achievements of ``year`` count: all of it lies after the last discipline."""
        start = self.counts_from
        return start is None or datetime.date(year, 1, 1) >= start

    def grounds(self, row: AwardFact) -> bool:
        """Whether an award held may ground the one considered (P3)."""
        return self.award_kind != MERIT or row.kind not in NO_GROUND_FOR_MERIT
