"""What reports and schemes count in the register: THE definitions, as querysets, so that a count opens its list.

Sources: practice.md §8.2–8.3 (registered = new and kept; recognition per year and level), campaigns' indicator file
(``derived: {models: …}``) and scheme file (``source: {models: …}``).
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from pledges.models import Appraisal, ExemplaryModel, ModelReview, Recognition, Replication

Day = datetime.date


@dataclass(frozen=True)
class Counted:
    """One count: ``measure`` over ``[start, end]`` (both inclusive), narrowed by level, field, tập thể/cá nhân.

    Measures: ``registered`` and ``effective`` are stocks on ``end``; ``newly_registered``, ``appraised`` (passed), ``proposed``
    (for recognition at the level, whatever was decided), ``recognised`` (all distinct models) and ``replicated`` (times that
    another unit took one over) are flows within the days.
    """

    measure: str
    start: Day
    end: Day
    level: str = ""
    field: str = ""
    subject_kind: str = ""

    MEASURES = ("registered", "effective", "newly_registered", "appraised", "proposed", "recognised", "replicated")

    def models(self, base: QuerySet[ExemplaryModel] | None = None) -> QuerySet[ExemplaryModel]:
        """The models that are counted: the list that the figure opens."""
        found = ExemplaryModel.objects.all() if base is None else base
        if self.field:
            found = found.filter(field__code=self.field)
        if self.subject_kind:
            found = found.filter(subject_kind=self.subject_kind)
        return getattr(self, f"_{self.measure}")(found)

    def by_unit(self, units: Iterable[int]) -> dict[int, int]:
        """Count by unit id for every one of ``units``, zeros included. One query."""
        return count_all([self], units)[self]

    def _pairs(self, units: list[int]) -> QuerySet:
        """Rows of unit id and number; units without any are left out."""
        if self.measure == "replicated":
            rows = self._replications().filter(origin__in=self._narrowed(), origin__unit__in=units)
            return rows.order_by().values("origin__unit").annotate(n=Count("pk", distinct=True))
        return self.models().filter(unit__in=units).order_by().values("unit").annotate(n=Count("pk"))

    def _narrowed(self) -> QuerySet[ExemplaryModel]:
        found = ExemplaryModel.objects.all()
        if self.field:
            found = found.filter(field__code=self.field)
        return found.filter(subject_kind=self.subject_kind) if self.subject_kind else found

    def _registered(self, found: QuerySet) -> QuerySet:
        found = found.registered_on(self.end)
        return found.filter(target_level__code=self.level) if self.level else found

    def _newly_registered(self, found: QuerySet) -> QuerySet:
        found = found.filter(registered_on__range=(self.start, self.end))
        return found.filter(target_level__code=self.level) if self.level else found

    def _appraised(self, found: QuerySet) -> QuerySet:
        passed = Appraisal.objects.filter(passed=True, appraised_at__range=self._moments, **self._level())
        return found.filter(pk__in=passed.order_by().values("model"))

    def _proposed(self, found: QuerySet) -> QuerySet:
        asked = Recognition.objects.filter(proposed_at__range=self._moments, **self._level())
        return found.filter(pk__in=asked.order_by().values("model"))

    def _recognised(self, found: QuerySet) -> QuerySet:
        granted = Recognition.objects.granted().filter(decided_on__range=(self.start, self.end), **self._level())
        return found.filter(pk__in=granted.order_by().values("model"))

    def _effective(self, found: QuerySet) -> QuerySet:
        """Recognised, the recognition not ended, and the newest review does not ask to strengthen or to end it."""
        standing = (
            Recognition.objects.granted()
            .filter(decided_on__lte=self.end, **self._level())
            .filter(Q(ended_on=None) | Q(ended_on__gt=self.end))
        )
        reviews = ModelReview.objects.filter(model=OuterRef("pk"), reviewed_on__lte=self.end).order_by("-reviewed_on")
        found = found.registered_on(self.end).filter(pk__in=standing.order_by().values("model"))
        found = found.annotate(_newest_review=Subquery(reviews.values("verdict")[:1]))
        return found.filter(Q(_newest_review=None) | Q(_newest_review=ModelReview.Verdict.KEEP))

    def _replicated(self, found: QuerySet) -> QuerySet:
        return found.filter(pk__in=self._replications().order_by().values("origin"))

    def _replications(self) -> QuerySet[Replication]:
        """Taken over by another unit, and registered there."""
        level = {f"origin__recognitions__{key}": value for key, value in self._level().items()}
        return Replication.objects.filter(
            taken_on__range=(self.start, self.end), model__registered_on__isnull=False, **level
        ).exclude(origin__unit=F("model__unit"))

    @property
    def _moments(self) -> tuple[datetime.datetime, datetime.datetime]:
        """The days as moments, for what is stamped and not dated."""
        return (
            timezone.make_aware(datetime.datetime.combine(self.start, datetime.time.min)),
            timezone.make_aware(datetime.datetime.combine(self.end, datetime.time.max)),
        )

    def _level(self) -> dict[str, str]:
        return {"level__code": self.level} if self.level else {}


def count_all(counts: Iterable[Counted], units: Iterable[int]) -> dict[Counted, dict[int, int]]:
    """Each of ``counts`` by unit id, zeros included. One query, however many counts and units."""
    wanted, counts = list(units), list(dict.fromkeys(counts))
    found = {counted: dict.fromkeys(wanted, 0) for counted in counts}
    parts = []
    for place, counted in enumerate(counts):
        unit = "origin__unit" if counted.measure == "replicated" else "unit"
        rows = counted._pairs(wanted).annotate(place=Value(place, IntegerField()))
        parts.append(rows.values_list("place", unit, "n"))
    if parts:
        for place, unit, number in parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]:
            found[counts[place]][unit] = number
    return found
