"""What the written report of one unit says: its figures as it sent them, beside the last period and the sum so far."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from campaigns.models import Indicator, IndicatorGroup, ReportingPeriod
from pledges.models import QuarterlyReport, ReportedValue
from pledges.services.history import Past, UnitFigures, past_of
from pledges.services.questions import Question, asked_by, periods_by, questions_of
from pledges.services.reportsheet import show
from pledges.services.totalspage import NO_REPORT, figure_words

_ONE = 0  # where the values of a single period are kept


@dataclass(frozen=True)
class Figure:
    """A figure in words and, where it is a number, as such."""

    words: str = ""
    value: Decimal | None = None


@dataclass(frozen=True)
class ReportLine:
    """One figure: of this period as the unit sent it, of the last one, of the same period a year ago, and up to now."""

    indicator: Indicator
    now: Figure
    last: Figure
    year_ago: Figure
    so_far: Figure


@dataclass(frozen=True)
class ReportGroup:
    group: IndicatorGroup
    lines: list[ReportLine] = field(default_factory=list)


@dataclass(frozen=True)
class Narrative:
    """A text of the report. ``text`` "" = the unit wrote nothing; ``nothing`` = it chose "không có nội dung"."""

    indicator: Indicator
    text: str
    nothing: bool = False


@dataclass(frozen=True)
class WrittenReport:
    """``corrected``: how many of the sent figures the verifier has changed since; the report keeps them as sent."""

    groups: list[ReportGroup]
    narratives: list[Narrative]
    corrected: int

    @property
    def has_year_ago(self) -> bool:
        return any(line.year_ago.words for group in self.groups for line in group.lines)


def read_report(report: QuarterlyReport) -> WrittenReport:
    """Everything the document of ``report`` says. A handful of queries, whatever is asked."""
    campaign = report.participation.campaign_id
    asked, periods = asked_by([campaign]), periods_by([campaign])[campaign]
    questions = questions_of(report.period, asked.get(campaign, ()), periods)
    past = past_of([report], whole_campaign=True)[report.pk]
    reader = _Reader(report, questions, past, periods)
    groups: dict[int, ReportGroup] = {}
    for question in questions:
        if question.kind.control != "text":
            group = question.indicator.group
            groups.setdefault(group.pk, ReportGroup(group)).lines.append(reader.line(question))
    narratives = [_narrative(row, past) for row in questions if row.kind.control == "text"]
    corrected = sum(value.status == ReportedValue.Status.CORRECTED for value in past.now.values())
    return WrittenReport(list(groups.values()), narratives, corrected)


def _narrative(question: Question, past: Past) -> Narrative:
    value = past.now.get(question.indicator.pk)
    nothing = value is not None and value.answer == ReportedValue.Answer.NOTHING
    return Narrative(question.indicator, "" if value is None or nothing else value.text.strip(), nothing)


def as_sent(value: ReportedValue) -> ReportedValue:
    """The unit's own answer, whatever the verifier has made of it."""
    row = copy.copy(value)
    row.status = ReportedValue.Status.ENTERED
    return row


class _Reader:
    def __init__(
        self, report: QuarterlyReport, questions: list[Question], past: Past, periods: Iterable[ReportingPeriod]
    ) -> None:
        indicators = [question.indicator for question in questions]
        self.now = {pk: as_sent(value) for pk, value in past.now.items()}
        self.past, self.period = past, report.period_id
        sent = {key: row for key, row in past.campaign.items() if row.report.first_submitted_at is not None}
        sent |= {(self.period, pk): row for pk, row in self.now.items()}
        self.campaign = UnitFigures(indicators, sent)
        self.last = UnitFigures(indicators, {(_ONE, pk): row for pk, row in past.last.items()})
        self.year_ago = UnitFigures(indicators, {(_ONE, pk): row for pk, row in past.year_ago.items()})
        kind, until = report.period.kind, report.period.data_to
        self.periods = [row.pk for row in periods if row.kind == kind and row.data_to <= until]

    def line(self, question: Question) -> ReportLine:
        indicator = question.indicator
        now = self.one(question, self.now.get(indicator.pk), self.campaign.amount(indicator, [self.period]))
        so_far = self.campaign.amount(indicator, self.periods) if question.kind.is_numeric else None
        return ReportLine(
            indicator,
            now if now.words else Figure(NO_REPORT),
            self.one(question, self.past.last.get(indicator.pk), self.last.amount(indicator, [_ONE])),
            self.one(question, self.past.year_ago.get(indicator.pk), self.year_ago.amount(indicator, [_ONE])),
            _number(indicator, so_far),
        )

    def one(self, question: Question, value: ReportedValue | None, amount: Decimal | None) -> Figure:
        """An answer in its own words, a computed one (a ratio) as the number."""
        if not question.stored:
            return _number(question.indicator, amount)
        return Figure(show(question, value, best=True), amount if question.kind.is_numeric else None)


def _number(indicator: Indicator, value: Decimal | None) -> Figure:
    return Figure() if value is None else Figure(figure_words(indicator, value), value)
