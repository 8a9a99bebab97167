"""What the province's documents say of one period: totals by the one roll-up, who has reported, whose text says what.

Nothing is added up here: figures come from :class:`CampaignFigures`, as those of the page of totals do. Constant queries.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from campaigns.figures import Piece, RollUp
from campaigns.models import Cluster, Indicator, IndicatorGroup, Participation, ReportingPeriod
from campaigns.models.indicator import IndicatorKind, OverUnits
from dvk_portal.core.models import Notification
from pledges.models import QuarterlyReport
from pledges.notifications import ReportReminder
from pledges.services.figures import CampaignFigures
from pledges.services.history import PeriodKey, key_of, period_before, year_before
from pledges.services.totals import total_of
from pledges.services.totalspage import TotalCell, total_cell
from units.models import Membership
from units.roles import Role

TEXT_LIMIT = 400
CONTINUED = "… (còn tiếp trong báo cáo của đơn vị)"


# --- who has reported -----------------------------------------------------------------------------------------------
@dataclass
class Turnout:
    """How many units of a cluster (or of all) owe, have sent in time, late or not at all; how many are verified."""

    name: str
    units: int = 0
    on_time: int = 0
    late: int = 0
    missing: int = 0
    returned: int = 0
    verified: int = 0

    @property
    def sent(self) -> int:
        return self.on_time + self.late

    def count(self, report: QuarterlyReport) -> None:
        self.units += 1
        if report.first_submitted_at is None:
            self.missing += 1
        elif (report.days_from_due or 0) > 0:
            self.late += 1
        else:
            self.on_time += 1
        self.returned += report.status == QuarterlyReport.Status.RETURNED
        self.verified += report.status in (QuarterlyReport.Status.VERIFIED, QuarterlyReport.Status.LOCKED)


def reports_of(period: ReportingPeriod) -> list[QuarterlyReport]:
    """The reports of the period in the order of clusters and units. One query."""
    rows = QuarterlyReport.objects.filter(period=period).select_related("participation__cluster")
    return list(rows.order_by("participation__cluster__order", "participation__sort_key", "pk"))


def turnout(reports: Iterable[QuarterlyReport]) -> tuple[Turnout, list[Turnout]]:
    """Of all units, and of each cluster."""
    whole, clusters = Turnout("Toàn tỉnh"), {}
    for report in reports:
        cluster = report.participation.cluster
        key = cluster.pk if cluster else 0
        clusters.setdefault(key, Turnout(cluster.name if cluster else "Chưa xếp cụm")).count(report)
        whole.count(report)
    return whole, list(clusters.values())


@dataclass(frozen=True)
class Owing:
    """A unit that still owes its report. ``days_late``: calendar days past the due day, negative = still to come."""

    unit: str
    cluster: str
    due_on: datetime.date
    days_late: int
    reminders: int
    contact: str
    returned: bool


def units_owing(period: ReportingPeriod, reports: Iterable[QuarterlyReport], today: datetime.date) -> list[Owing]:
    """Those that have sent nothing, then those whose report came back to them; in the order of ``reports``."""
    owing = [row for row in reports if row.is_with_unit]
    reminded, contacts = _reminders(period), _contacts(row.participation.unit_id for row in owing)
    found = []
    for report in owing:
        row, due_on = report.participation, timezone.localdate(report.due_at)
        found.append(
            Owing(
                unit=row.name,
                cluster=row.cluster.name if row.cluster else "",
                due_on=due_on,
                days_late=(today - due_on).days,
                reminders=len(reminded[report.pk]),
                contact=contacts.get(row.unit_id, ""),
                returned=report.status == QuarterlyReport.Status.RETURNED,
            )
        )
    return sorted(found, key=lambda row: row.returned)


def _reminders(period: ReportingPeriod) -> dict[int, set[str]]:
    """Different reminders sent for each report of the period: several people told of one rung count once."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Notification.objects.filter(kind=ReportReminder.kind, key__startswith=f"c{period.campaign_id}:r")
    for key in rows.values_list("key", flat=True):
        found[int(key.split(":")[1][1:])].add(key)
    return found


def _contacts(units: Iterable[int]) -> dict[int, str]:
    """The post to be called at each unit: whoever enters its figures, else its leader."""
    found: dict[int, str] = {}
    rows = Membership.objects.current().filter(unit__in=list(units), role__in=(Role.EDITOR, Role.LEADER))
    for row in sorted(rows.filter(user__is_active=True), key=lambda row: (row.role != Role.EDITOR, row.pk)):
        found.setdefault(row.unit_id, row.post or row.get_role_display())
    return found


# --- totals ---------------------------------------------------------------------------------------------------------
# Below this share of the last period's units a difference would tell how many have been verified, not what has changed.
COMPARABLE = Decimal("0.95")


@dataclass(frozen=True)
class TotalLine:
    """An indicator of the province: this period with its change, the last one, a year ago, the campaign so far."""

    indicator: Indicator
    now: TotalCell
    last: TotalCell
    year_ago: TotalCell
    so_far: TotalCell
    by_cluster: dict[int, TotalCell]

    @property
    def is_incomparable(self) -> bool:
        return self.now.change is not None and self.now.reported < COMPARABLE * self.last.reported

    @property
    def change(self) -> Decimal | None:
        return None if self.is_incomparable else self.now.change

    @property
    def change_words(self) -> str:
        return "–" if self.is_incomparable else self.now.change_words


@dataclass(frozen=True)
class LineGroup:
    group: IndicatorGroup
    lines: list[TotalLine] = field(default_factory=list)


@dataclass(frozen=True)
class Gathered:
    """The texts of one narrative: (names of the units, text). Equal texts stand once; ``silent`` units wrote none."""

    indicator: Indicator
    texts: list[tuple[list[str], str]]
    units: int
    silent: int


NOTHING_KNOWN = TotalCell("", None, 0, 0)


class PeriodFigures:
    """Totals and texts of one period at one stage (see :class:`CampaignFigures`)."""

    def __init__(self, period: ReportingPeriod, stage: str | None) -> None:
        self.period, self.campaign = period, period.campaign
        rows = self.campaign.participations.select_related("cluster").order_by("cluster__order", "sort_key", "pk")
        self.units: list[Participation] = list(rows)
        self.figures = CampaignFigures(self.campaign, stage, self.units)
        self.clusters: list[Cluster] = list({row.cluster_id: row.cluster for row in self.units if row.cluster}.values())
        self._earlier = self._earlier_figures(stage)
        self._last, self._year_ago = self._place(period_before(period)), self._place(year_before(period))
        kind, until = period.kind, period.data_to
        self._so_far = [row.pk for row in self.figures.periods if row.kind == kind and row.data_to <= until]

    @property
    def has_last(self) -> bool:
        return self._last is not None

    @property
    def has_year_ago(self) -> bool:
        return self._year_ago is not None

    @cached_property
    def groups(self) -> list[LineGroup]:
        """Everything that is a number, by group of the form."""
        found: dict[int, LineGroup] = {}
        for indicator in self.figures.indicators.values():
            if indicator.kind != IndicatorKind.TEXT and indicator.over_units != OverUnits.NONE:
                group = indicator.group
                found.setdefault(group.pk, LineGroup(group)).lines.append(self._line(indicator))
        return list(found.values())

    def narratives(self) -> list[Gathered]:
        texts = (row for row in self.figures.indicators.values() if row.kind == IndicatorKind.TEXT)
        return [self._gathered(indicator) for indicator in texts]

    def _line(self, indicator: Indicator) -> TotalLine:
        last, year_ago = (self._total(indicator, place) for place in (self._last, self._year_ago))
        rolled = self.figures.roll(indicator, [self.period.pk])
        return TotalLine(
            indicator,
            self._cell(indicator, rolled, last),
            last,
            year_ago,
            self._cell(indicator, self.figures.roll(indicator, self._so_far)),
            {row.pk: self._cell(indicator, rolled, cluster=row.pk) for row in self.clusters},
        )

    def _cell(
        self,
        indicator: Indicator,
        rolled: RollUp[int, int],
        before: TotalCell = NOTHING_KNOWN,
        cluster: int | None = None,
    ) -> TotalCell:
        total = rolled.total if cluster is None else rolled.by_group[cluster]
        row = total_of(self.campaign, indicator, total, cluster=cluster, period=self.period)
        return total_cell(indicator, row, before.value)

    def _total(self, indicator: Indicator, place: "_Place | None") -> TotalCell:
        own = None if place is None else place[0].indicators.get(indicator.code)
        if place is None or own is None:
            return NOTHING_KNOWN
        return self._cell(own, place[0].roll(own, [place[1]]))

    def _earlier_figures(self, stage: str | None) -> CampaignFigures | None:
        previous = self.campaign.previous
        return None if previous is None else CampaignFigures(previous, stage)

    def _place(self, key: PeriodKey) -> "_Place | None":
        """Where a period is known: in this campaign, or in the one that it continues."""
        for figures in (self.figures, self._earlier):
            for row in figures.periods if figures else ():
                if key_of(row) == key:
                    return figures, row.pk
        return None

    def _gathered(self, indicator: Indicator) -> Gathered:
        total = self.figures.roll(indicator, [self.period.pk]).total
        names = {row.pk: row.name for row in self.units}
        order = {row.pk: place for place, row in enumerate(self.units)}
        pieces: list[Piece] = sorted(total.pieces, key=lambda piece: order[piece.unit])
        units: dict[str, list[str]] = defaultdict(list)
        for piece in pieces:
            units[shortened(piece.text)].append(names[piece.unit])
        texts = [(found, text) for text, found in units.items()]
        return Gathered(indicator, texts, len(pieces), total.expected - len(pieces))


_Place = tuple[CampaignFigures, int]


def shortened(text: str, limit: int = TEXT_LIMIT) -> str:
    """The text on one line, cut at a word where it is longer than ``limit``, and said so."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    whole_words = text[: limit + 1].rpartition(" ")[0] or text[:limit]
    return whole_words.rstrip(" ,;.") + CONTINUED
