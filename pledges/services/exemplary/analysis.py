"""The register at a glance: from registration to replication by unit, field and year; what is out of balance; how long models live.

Everything is counted by services/exemplary/counts.py over what the reader may see, so that a figure equals the list it opens.
The number of queries depends neither on the units nor on the models (practice.md §8.2–8.3, W-33, W-34, W-36).
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from campaigns.models import Cluster, Participation
from pledges.models import ExemplaryModel, Field, RecognitionLevel
from pledges.services.exemplary.counts import Counted
from pledges.services.exemplary.rates import rate
from units import access
from units.models import Unit

Day = datetime.date
# How far back the years are compared.
YEARS_SHOWN = 5


@dataclass(frozen=True)
class Step:
    """One step of the funnel: how it is called, and what is counted."""

    code: str
    label: str
    measure: str
    level: str = ""

    def counted(self, scope: "Scope") -> Counted:
        return Counted(self.measure, scope.start, scope.end, self.level, scope.field, scope.subject_kind)


@dataclass(frozen=True)
class Scope:
    """What is looked at: a year up to today, of the units in ``units`` (None = all that ``user`` sees), narrowed by field code
    and tập thể/cá nhân."""

    user: Any
    year: int
    today: Day
    units: frozenset[int] | None = None
    field: str = ""
    subject_kind: str = ""

    @property
    def start(self) -> Day:
        return Day(self.year, 1, 1)

    @property
    def end(self) -> Day:
        """31 December, or today in the year that is under way."""
        return min(Day(self.year, 12, 31), max(self.today, self.start))

    def models(self) -> QuerySet[ExemplaryModel]:
        """Everything ever registered within the scope, of any year."""
        found = ExemplaryModel.objects.visible_to(self.user).filter(registered_on__isnull=False)
        if self.units is not None:
            found = found.filter(unit__in=self.units)
        if self.field:
            found = found.filter(field__code=self.field)
        return found.filter(subject_kind=self.subject_kind) if self.subject_kind else found

    def in_year(self, year: int) -> "Scope":
        return Scope(self.user, year, self.today, self.units, self.field, self.subject_kind)


def funnel_steps(today: Day) -> list[Step]:
    """Registered → appraised → recognised → proposed above → recognised above → replicated. One query.

    "Above" is the first level that those who stand above the unit decide on (RecognitionLevel.decided_by); without such a level
    there are no steps for it.
    """
    above = RecognitionLevel.objects.filter(decided_by=RecognitionLevel.DecidedBy.ABOVE).on(today).first()
    found = [
        Step("registered", "Đăng ký", "registered"),
        Step("appraised", "Thẩm định đạt", "appraised"),
        Step("recognised", "Được công nhận", "recognised"),
    ]
    if above is not None:
        name = above.name[:1].lower() + above.name[1:]
        found += [
            Step("proposed_above", f"Đề nghị {name}", "proposed", above.code),
            Step("recognised_above", f"Công nhận {name}", "recognised", above.code),
        ]
    return [*found, Step("replicated", "Được nơi khác nhân rộng", "replicated")]


class Funnel:
    """Every step by unit and field, from one query."""

    def __init__(self, scope: Scope, steps: list[Step]) -> None:
        self.scope, self.steps = scope, steps

    @cached_property
    def cube(self) -> dict[tuple[int, int], Counter[str]]:
        """Counts by step code, by (unit id, field id)."""
        counts = {step.code: _among(step.counted(self.scope)) for step in self.steps}
        rows = self.scope.models().order_by().values("unit_id", "field_id").annotate(**counts)
        return {
            (row["unit_id"], row["field_id"]): Counter({code: row[code] for code in counts})
            for row in rows
            if any(row[code] for code in counts)
        }

    def total(self) -> Counter[str]:
        return _sum(self.cube.values())

    def by_unit(self) -> dict[int, Counter[str]]:
        return self._by(0)

    def by_field(self) -> dict[int, Counter[str]]:
        return self._by(1)

    def _by(self, place: int) -> dict[int, Counter[str]]:
        found: dict[int, Counter[str]] = {}
        for key, counts in self.cube.items():
            found.setdefault(key[place], Counter()).update(counts)
        return found

    def by_year(self, years: Iterable[int]) -> dict[int, Counter[str]]:
        """The same scope in several years. One query."""
        counts = {
            f"{step.code}_{year}": _among(step.counted(self.scope.in_year(year)))
            for year in years
            for step in self.steps
        }
        row = self.scope.models().order_by().aggregate(**counts)
        return {year: Counter({step.code: row[f"{step.code}_{year}"] for step in self.steps}) for year in years}


def _among(counted: Counted) -> Count:
    """How many rows of a group are counted by ``counted``."""
    return Count("pk", filter=Q(pk__in=counted.models().order_by().values("pk")))


def _sum(counts: Iterable[Counter[str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in counts:
        found.update(one)
    return found


# --- choices: years, units, clusters -----------------------------------------------------------------------------------
def years_of(user: Any, today: Day) -> list[int]:
    """From the first registration that ``user`` sees up to this year, newest first. One query."""
    found = ExemplaryModel.objects.visible_to(user).aggregate(first=Min("registered_on"), last=Max("registered_on"))
    if found["first"] is None:
        return [today.year]
    return list(range(max(today.year, found["last"].year), found["first"].year - 1, -1))


def clusters_of(user: Any, year: int) -> list[Cluster]:
    """Clusters of the newest campaign of ``year`` in which units that ``user`` sees take part, with ``unit_ids``. One query."""
    found: dict[int, Cluster] = {}
    for row in roster_of(user, year):
        if row.cluster is not None:
            cluster = found.setdefault(row.cluster_id, row.cluster)
            cluster.unit_ids = [*getattr(cluster, "unit_ids", []), row.unit_id]
    return list(found.values())


def roster_of(user: Any, year: int) -> list[Participation]:
    """Who takes part in the newest campaign of ``year``, of the units that ``user`` sees; in the order of the clusters."""
    rows = (
        Participation.objects.filter(
            unit__in=visible_units(user), campaign__launched_at__isnull=False, campaign__starts_on__year__lte=year,
            campaign__ends_on__year__gte=year,
        )
        .select_related("cluster", "unit__kind")
        .order_by("-campaign__starts_on", "-campaign_id", "cluster__order", "sort_key", "pk")
    )  # fmt: skip
    found = list(rows)
    return [row for row in found if row.campaign_id == found[0].campaign_id]


def visible_units(user: Any) -> QuerySet[Unit]:
    """Units whose models ``user`` may see, as a subquery."""
    return access.scope(Unit.objects.order_by(), user, "model.view").values("pk")


# --- one line per unit ---------------------------------------------------------------------------------------------------
@dataclass
class UnitLine:
    """A unit with its figures; ``share`` is recognised of registered in per cent, None where nothing is registered."""

    unit: Unit
    cluster: str
    counts: Counter[str]
    fields: Mapping[int, int] = field(default_factory=dict)

    @property
    def share(self) -> Any:
        return rate(self.counts["registered"], self.counts["recognised"])

    @property
    def takes_all(self) -> bool:
        """Recognised as many as registered, of enough to have had a choice (W-36)."""
        return self.counts["registered"] >= ENOUGH and self.counts["recognised"] >= self.counts["registered"]


# Below this number of models a share says nothing.
ENOUGH = 4


def unit_lines(funnel: Funnel) -> list[UnitLine]:
    """Units of the year's campaign, zeros included, and every other one with a figure. Two queries beside the funnel's."""
    scope, figures = funnel.scope, funnel.by_unit()
    by_field: dict[int, dict[int, int]] = {}
    for (unit, own_field), counts in funnel.cube.items():
        by_field.setdefault(unit, {})[own_field] = counts["registered"]
    lines = {}
    for row in roster_of(scope.user, scope.year):
        if scope.units is None or row.unit_id in scope.units:
            cluster = row.cluster.name if row.cluster else ""
            lines[row.unit_id] = UnitLine(row.unit, cluster, Counter(), by_field.get(row.unit_id, {}))
    others = Unit.objects.filter(pk__in=figures.keys() - lines.keys()).select_related("kind")
    for unit in others:
        lines[unit.pk] = UnitLine(unit, "", Counter(), by_field.get(unit.pk, {}))
    for unit_id, counts in figures.items():
        lines[unit_id].counts = counts
    return list(lines.values())


# --- fields ----------------------------------------------------------------------------------------------------------------
# A field stands out in a unit when its share differs by this many points from the share of all units together.
FAR = 25


@dataclass(frozen=True)
class FieldShare:
    field: Field
    count: int
    percent: int | None


@dataclass(frozen=True)
class Balance:
    """The fields of one unit; ``remarks`` say in words what is missing or much more than elsewhere."""

    line: UnitLine
    shares: list[FieldShare]
    remarks: list[str]

    @property
    def pairs(self) -> list[tuple[str, int]]:
        return [(share.field.name, share.count) for share in self.shares]


def shares_of(fields: Iterable[Field], counts: Mapping[int, int]) -> list[FieldShare]:
    whole = sum(counts.values())
    found = []
    for one in fields:
        count = counts.get(one.pk, 0)
        found.append(FieldShare(one, count, round(100 * count / whole) if whole else None))
    return found


def field_balance(lines: Iterable[UnitLine], fields: list[Field]) -> tuple[list[FieldShare], list[Balance]]:
    """(shares of all units together, the units). Only units with at least ENOUGH registered models are remarked upon."""
    lines = list(lines)
    whole: Counter[int] = Counter()
    for line in lines:
        whole.update(line.fields)
    together = shares_of(fields, whole)
    found = []
    for line in lines:
        own = shares_of(fields, line.fields)
        found.append(Balance(line, own, _remarks(own, together) if sum(line.fields.values()) >= ENOUGH else []))
    return together, found


def _remarks(own: list[FieldShare], together: list[FieldShare]) -> list[str]:
    found = []
    size, whole = sum(share.count for share in own), sum(share.count for share in together)
    for mine, all_units in zip(own, together, strict=True):
        # At the share of all units together there would be one at least.
        if not mine.count and size * all_units.count >= whole:
            found.append(f"Chưa có mô hình nào về {mine.field.name}.")
        elif (mine.percent or 0) - (all_units.percent or 0) >= FAR:
            found.append(f"{mine.field.name} chiếm {mine.percent}%, tính chung {all_units.percent}%.")
    return found


# --- age and survival --------------------------------------------------------------------------------------------------------
MARKS = (1, 2, 3)


@dataclass(frozen=True)
class Survival:
    """Models registered in ``year``: ``standing[n]`` = (still in the register n years after their own registration, of how many
    for whom n years have passed); None while that is so for none."""

    year: int
    registered: int
    now: int
    standing: list[tuple[int, int] | None]

    @property
    def words(self) -> list[str]:
        return ["–" if pair is None else f"{pair[0]}/{pair[1]} ({100 * pair[0] // pair[1]}%)" for pair in self.standing]


@dataclass(frozen=True)
class Age:
    """``median``: age in months of the models that are in the register, counted from their registration."""

    label: str
    count: int
    median: int | None

    @property
    def words(self) -> str:
        if self.median is None:
            return "–"
        years, months = divmod(self.median, 12)
        return " ".join([*([f"{years} năm"] if years else []), *([f"{months} tháng"] if months or not years else [])])


@dataclass(frozen=True)
class Ages:
    """On ``day``: all models together, by field, and what became of each year's."""

    day: Day
    whole: Age
    by_field: list[Age]
    cohorts: list[Survival]


def ages(scope: Scope, fields: list[Field]) -> Ages:
    """How old the models are on the scope's last day, and how many of each year are still there. One query.

    A model is in the register from the day of its registration up to, not including, the day on which it was withdrawn or its
    recognition ended for good (ExemplaryModel.ended_on). A model of another unit that took it over keeps its age.
    """
    rows = list(
        scope.models().order_by().filter(registered_on__lte=scope.end).values_list("registered_on", "ended_on", "field_id")
        .annotate(n=Count("pk"))
    )  # fmt: skip
    day = scope.end
    alive: dict[int, Counter[int]] = {one.pk: Counter() for one in fields}
    cohorts: dict[int, list[tuple[Day, Day | None, int]]] = {}
    for since, until, own_field, number in rows:
        cohorts.setdefault(since.year, []).append((since, until, number))
        if until is None or until > day:
            alive.setdefault(own_field, Counter())[_months(since, day)] += number
    whole: Counter[int] = Counter()
    for own in alive.values():
        whole.update(own)
    return Ages(
        day,
        Age("", whole.total(), median(whole)),
        [Age(one.name, alive[one.pk].total(), median(alive[one.pk])) for one in fields],
        [_survival(year, own, day) for year, own in sorted(cohorts.items(), reverse=True)],
    )


def _survival(year: int, rows: list[tuple[Day, Day | None, int]], day: Day) -> Survival:
    standing: list[tuple[int, int] | None] = []
    for years in MARKS:
        passed = [(until, after, number) for since, until, number in rows if (after := _later(since, years)) <= day]
        there = sum(number for until, after, number in passed if until is None or until > after)
        standing.append((there, sum(number for *_, number in passed)) if passed else None)
    now = sum(number for _, until, number in rows if until is None or until > day)
    return Survival(year, sum(number for *_, number in rows), now, standing)


def _later(day: Day, years: int) -> Day:
    """The same day ``years`` later; 29 February becomes 28 February."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _months(since: Day, until: Day) -> int:
    """Whole months between two days."""
    return 12 * (until.year - since.year) + until.month - since.month - (until.day < since.day)


def median(counts: Mapping[int, int]) -> int | None:
    """The lower middle of values that occur so many times."""
    total, seen = sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if 2 * seen >= total and total:
            return value
    return None
