"""Numbers of awards for the reports of the offices: by award, authority, recipient, sex, unit, cluster, year.

State and Party are never added up together (R-49); cancelled awards stand apart and are in no other number. What is not known
of a person (sex) is a number of its own. A handful of queries, however many awards.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, Max, Min, Q, QuerySet

from awards.models import Award, AwardKind, AwardType, Family, RecipientKind
from dvk_portal.core.sheets import Book
from dvk_portal.core.text import sort_key
from units import access

ONE_DAY = datetime.timedelta(days=1)
TREND_YEARS = 5
NO_CLUSTER = "Không thuộc cụm, khối"
UNKNOWN_FORM = (
    "Mẫu chính thức 0601–0605 (Thông tư 02/2023/TT-BNV) chưa có trong hệ thống; số liệu xếp theo danh mục của cổng."
)


# --- the year ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Period:
    """A statistical year, both days included."""

    year: int
    first: datetime.date
    last: datetime.date

    def __str__(self) -> str:
        return f"từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y}"

    @property
    def is_calendar_year(self) -> bool:
        return (self.first.month, self.first.day) == (1, 1)


def period_of(year: int, starts: str = "") -> Period:
    """The statistical year ``year``: from its own 1/1, or from that day of the year before (``starts`` "15/12")."""
    text = starts or settings.AWARD_STATISTICS_FROM
    day, _, month = text.partition("/")
    try:
        first = datetime.date(year, int(month), int(day))
        if (first.month, first.day) != (1, 1):
            first = first.replace(year=year - 1)
        return Period(year, first, first.replace(year=first.year + 1) - ONE_DAY)
    except ValueError as error:
        raise ImproperlyConfigured(f"AWARD_STATISTICS_FROM must be day/month, it is {text!r}.") from error


def year_of(day: datetime.date, starts: str = "") -> int:
    """The statistical year in which ``day`` lies."""
    return day.year if day <= period_of(day.year, starts).last else day.year + 1


def counted_awards(user: Any) -> QuerySet[Award]:
    return access.scope(Award.objects.all(), user, "award.manage").order_by()


def known_years(user: Any, today: datetime.date) -> list[int]:
    """Statistical years from the first award to this year, newest first."""
    found = counted_awards(user).aggregate(first=Min("decided_on"), last=Max("decided_on"))
    first, last = year_of(found["first"] or today), year_of(max(found["last"] or today, today))
    return list(range(last, first - 1, -1))


# --- counting ---------------------------------------------------------------------------------------------------------------
@dataclass
class Counts:
    """One line of a table. Women, men and unknown are of persons; ``revoked`` is in no other number."""

    label: str
    note: str = ""
    collective: int = 0
    household: int = 0
    person: int = 0
    women: int = 0
    unknown_sex: int = 0
    leaders: int = 0
    revoked: int = 0

    @property
    def total(self) -> int:
        return self.collective + self.household + self.person

    @property
    def women_share(self) -> Decimal | None:
        """Percent of persons whose sex is known (P13); None when it is known of nobody."""
        known = self.person - self.unknown_sex
        if known == 0:
            return None
        return (Decimal(100 * self.women) / known).quantize(Decimal("0.1"), ROUND_HALF_UP)

    def add(self, row: dict[str, Any]) -> None:
        count = row["count"]
        if row["status"] == Award.Status.REVOKED:
            self.revoked += count
            return
        kind = row["subject_kind"]
        setattr(self, kind, getattr(self, kind) + count)
        if kind != RecipientKind.PERSON:
            return
        self.women += count if row["recipient__sex"] == "f" else 0
        self.unknown_sex += count if row["recipient__sex"] == "" else 0
        self.leaders += count if row["recipient__is_leader"] else 0


@dataclass
class FamilyTable:
    """What one family gave: by authority and award, by kind of award, and all of it."""

    family: str
    label: str
    groups: list[tuple[str, list[Counts]]] = field(default_factory=list)
    kinds: list[Counts] = field(default_factory=list)
    total: Counts = field(default_factory=lambda: Counts("Cộng"))

    @property
    def is_empty(self) -> bool:
        return not self.total.total and not self.total.revoked


@dataclass
class Statistics:
    period: Period
    families: list[FamilyTable]
    units: list[tuple[str, Counts, Counts]]
    clusters: list[tuple[str, Counts, Counts]]
    trend: list[tuple[int, int, int]]


_BY = ("award_type", "award_kind", "subject_kind", "status", "recipient__sex", "recipient__is_leader")


def statistics_of(user: Any, period: Period) -> Statistics:
    """Everything of one statistical year that ``user`` reports on; the years before it for the trend."""
    awards = counted_awards(user)
    of_year = awards.filter(decided_on__range=(period.first, period.last))
    types = {row.pk: row for row in AwardType.objects.all()}
    rows = list(of_year.values(*_BY).annotate(count=Count("pk")))
    return Statistics(
        period=period,
        families=[_family(family, rows, types) for family in Family],
        units=_by(of_year, "unit__name", ""),
        clusters=_by(of_year, "nomination__cluster__name", NO_CLUSTER),
        trend=_trend(awards, period.year),
    )


def _family(family: Family, rows: list[dict[str, Any]], types: dict[int, AwardType]) -> FamilyTable:
    table = FamilyTable(family, family.label)
    by_type: dict[int, Counts] = {}
    by_kind = {kind: Counts(kind.label) for kind in AwardKind}
    for row in rows:
        kind = types[row["award_type"]]
        if kind.family != family:
            continue
        line = by_type.setdefault(kind.pk, Counts(kind.name, kind.get_kind_display()))
        for counts in (line, by_kind[AwardKind(row["award_kind"])], table.total):
            counts.add(row)
    table.kinds = [counts for counts in by_kind.values() if counts.total or counts.revoked]
    table.groups = _groups([types[pk] for pk in by_type], by_type)
    return table


def _groups(found: Iterable[AwardType], counts: dict[int, Counts]) -> list[tuple[str, list[Counts]]]:
    """By authority, the higher first; of one authority titles before forms, as at a ceremony."""
    by_authority: dict[str, list[AwardType]] = defaultdict(list)
    for kind in found:
        by_authority[kind.authority].append(kind)
    ordered = sorted(by_authority.items(), key=lambda pair: (-max(row.level for row in pair[1]), pair[0]))
    return [
        (name, [counts[row.pk] for row in sorted(kinds, key=lambda row: (not row.is_title, -row.level, row.code))])
        for name, kinds in ordered
    ]


def _by(awards: QuerySet[Award], name: str, nothing: str) -> list[tuple[str, Counts, Counts]]:
    """(word, State, Party) by a name, in the Vietnamese order; ``nothing`` names rows without one, last."""
    found: dict[str, dict[str, Counts]] = {}
    grouped = awards.values(name, "award_type__family", *_BY[2:]).annotate(count=Count("pk"))
    for row in grouped:
        word = row[name] or nothing
        pair = found.setdefault(word, {family: Counts(word) for family in Family.values})
        pair[row["award_type__family"]].add(row)
    ordered = sorted(found.items(), key=lambda item: (item[0] == nothing, sort_key(item[0])))
    return [(word, pair[Family.STATE], pair[Family.PARTY]) for word, pair in ordered]


def _trend(awards: QuerySet[Award], year: int) -> list[tuple[int, int, int]]:
    """(year, State, Party) of the last years, the cancelled left out; one query."""
    asked: dict[str, Count] = {}
    years = range(year - TREND_YEARS + 1, year + 1)
    for one in years:
        span = period_of(one)
        for family in Family.values:
            within = Q(decided_on__range=(span.first, span.last), award_type__family=family)
            asked[f"{family}_{one}"] = Count("pk", filter=within)
    found = awards.filter(status=Award.Status.GRANTED).aggregate(**asked)
    return [(one, found[f"{Family.STATE}_{one}"], found[f"{Family.PARTY}_{one}"]) for one in years]


# --- the spreadsheet --------------------------------------------------------------------------------------------------------
_COLUMNS = (
    "Tập thể",
    "Hộ gia đình",
    "Cá nhân",
    "Trong đó nữ",
    "Chưa ghi giới tính",
    "Lãnh đạo, quản lý",
    "Cộng",
    "Đã hủy",
)


def _figures(row: Counts) -> tuple[int, ...]:
    return (
        row.collective, row.household, row.person, row.women, row.unknown_sex, row.leaders, row.total, row.revoked,
    )  # fmt: skip


def statistics_book(found: Statistics) -> bytes:
    """A sheet for each family, for kinds of awards, for units, for clusters."""
    book = Book()
    note = f"Số liệu {found.period}. {UNKNOWN_FORM}"
    for table in found.families:
        lines = [
            ("strong", name, None) if row is None else ("", row.label, row)
            for name, rows in table.groups
            for row in [None, *rows]
        ]
        _sheet(
            book,
            table.label,
            f"KẾT QUẢ {table.label.upper()} NĂM {found.period.year}",
            note,
            [*lines, ("strong", "Cộng", table.total)],
        )
    for table in found.families:
        lines = [("", row.label, row) for row in table.kinds]
        name = f"Theo loại – {table.family}"
        _sheet(
            book,
            name,
            f"{table.label.upper()} NĂM {found.period.year} THEO LOẠI KHEN THƯỞNG",
            note,
            [*lines, ("strong", "Cộng", table.total)],
        )
    for name, rows in (("Theo đơn vị", found.units), ("Theo cụm, khối", found.clusters)):
        for place, family in ((1, Family.STATE), (2, Family.PARTY)):
            lines = [("", row[0], row[place]) for row in rows if row[place].total or row[place].revoked]
            _sheet(
                book,
                f"{name} – {family}",
                f"{family.label.upper()} NĂM {found.period.year}\n{name.upper()}",
                note,
                lines,
            )
    return book.close()


def _sheet(book: Book, name: str, title: str, note: str, lines: list[tuple[str, str, Counts | None]]) -> None:
    page = book.sheet(name[:31], title, note, [6, 48, *[12] * len(_COLUMNS)])
    for column, heading in enumerate(("TT", "Nội dung", *_COLUMNS)):
        book.text(page, 3, column, heading, book.head)
    number = 0
    for row, (look, label, counts) in enumerate(lines, 4):
        strong = look == "strong"
        number += 0 if strong else 1
        book.text(page, row, 0, "" if strong else number, book.strong if strong else book.centre)
        book.text(page, row, 1, label, book.strong if strong else book.cell)
        for column, figure in enumerate(_figures(counts) if counts else [None] * len(_COLUMNS), 2):
            book.figure(page, row, column, figure, book.strong_number if strong else book.number)
    page.freeze_panes(4, 2)
    page.repeat_rows(3)
