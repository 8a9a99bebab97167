"""A report as people see it: groups of lines with past figures, targets, findings and evidence. Reads; never writes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from campaigns.models import IndicatorGroup, ReportingPeriod
from pledges.models import Evidence, Pledge, QuarterlyReport, ReportedValue
from pledges.services.checks import Finding, best_of, find_surprises
from pledges.services.exemplary.reportcounts import (
    counted_in,
    is_open_to_counting,
    list_address,
    live_counts,
    stand_in,
)
from pledges.services.history import Past, Progress, UnitFigures, cluster_medians, past_of
from pledges.services.questions import Question, asked_by, periods_by, questions_of
from pledges.services.targets import targets_in_force

Answer = ReportedValue.Answer
Status = ReportedValue.Status


@dataclass
class Line:
    """One line of the form with everything that stands beside it."""

    question: Question
    value: ReportedValue | None = None
    last: ReportedValue | None = None
    year_ago: ReportedValue | None = None
    computed: Decimal | None = None
    progress: Progress | None = None
    findings: list[Finding] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    median: Decimal | None = None
    editable: bool = False
    judged_by_me: bool = False
    is_stale: bool = False
    # Of a line that is counted: what the register holds now, and where it lists it.
    live: int | None = None
    register_url: str = ""
    # Of a "cách làm hay": what became of it in the register (services/exemplary/fromreport.py).
    way: Any = None

    @property
    def indicator(self):
        return self.question.indicator

    @property
    def kind(self):
        return self.question.kind

    @property
    def is_answered(self) -> bool:
        return self.value is not None and self.value.is_reported

    @property
    def is_missing(self) -> bool:
        return self.question.required and not self.is_answered

    @property
    def is_returned(self) -> bool:
        return self.value is not None and self.value.status == Status.RETURNED

    @property
    def asks_note(self) -> bool:
        """Something surprises and the unit has not said why."""
        return any(finding.entry for finding in self.findings) and not (self.value and self.value.note)

    @property
    def entry_findings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.entry]

    @property
    def shown(self) -> str:
        """What the unit reported, in words; "" when nothing."""
        if not self.question.stored:
            return self.kind.show(self.indicator, best_like(self.computed))
        return show(self.question, self.value)

    @property
    def shown_last(self) -> str:
        return show(self.question, self.last, best=True)

    @property
    def shown_year_ago(self) -> str:
        return show(self.question, self.year_ago, best=True)

    @property
    def shown_verified(self) -> str:
        """The verifier's figure; "" while there is no verdict."""
        if self.value is None or not self.value.is_verified:
            return ""
        if self.value.status == Status.CORRECTED:
            return self.kind.show(self.indicator, best_of(self.value))
        return self.shown

    @property
    def has_drifted(self) -> bool:
        """Whether the register has changed since the report was sent."""
        return self.live is not None and self.value is not None and self.value.amount != self.live

    @property
    def typed(self) -> str:
        """The text of the input."""
        if self.value is None or self.value.answer != Answer.GIVEN:
            return ""
        return self.kind.typed(self.indicator, self.value)

    @property
    def takeover(self) -> str:
        """Last period's figure as it would be typed, where it may be taken over by a click."""
        if not (self.kind.carries_over and self.last is not None and self.last.answer == Answer.GIVEN):
            return ""
        return self.kind.typed(self.indicator, best_of(self.last))


def best_like(amount: Decimal | None):
    return ReportedValue(amount=amount)


def show(question: Question, value: ReportedValue | None, *, best: bool = False) -> str:
    """A value in words: "12", "không phát sinh", "Có"; "" when there is none. ``best``: the verifier's where he changed it."""
    if value is None or not value.is_reported:
        return ""
    if best and value.status == Status.CORRECTED:
        return question.kind.show(question.indicator, best_of(value))
    if value.answer == Answer.NOTHING:
        return question.kind.nothing_word.lower() or value.get_answer_display()
    if value.answer == Answer.NOT_APPLICABLE:
        return value.get_answer_display()
    return question.kind.show(question.indicator, value)


@dataclass
class Section:
    """A group of indicators with its lines."""

    group: IndicatorGroup
    lines: list[Line] = field(default_factory=list)
    judged_by_me: bool = False

    @property
    def typed(self) -> list[Line]:
        return [line for line in self.lines if line.question.typed]

    @property
    def stored(self) -> list[Line]:
        """What a sent report holds figures for: what was typed, and what was counted in the register."""
        return [line for line in self.lines if line.question.stored]

    @property
    def has_figures(self) -> bool:
        """Whether anything in the group goes into a table."""
        return any(line.kind.control != "text" for line in self.lines)

    @property
    def answered(self) -> int:
        return sum(line.is_answered for line in self.typed)

    @property
    def total(self) -> int:
        return len(self.typed)

    @property
    def missing(self) -> int:
        return sum(line.is_missing for line in self.typed)

    @property
    def waiting(self) -> int:
        """Reported figures without a verdict."""
        return sum(line.is_answered and line.value.status == Status.ENTERED for line in self.stored)

    @property
    def has_editable(self) -> bool:
        return any(line.editable for line in self.lines)


@dataclass
class Sheet:
    report: QuarterlyReport
    sections: list[Section]

    @property
    def lines(self) -> list[Line]:
        return [line for section in self.sections for line in section.lines]

    @property
    def typed(self) -> list[Line]:
        return [line for line in self.lines if line.question.typed]

    @property
    def stored(self) -> list[Line]:
        return [line for line in self.lines if line.question.stored]

    def line(self, indicator_id: int) -> Line | None:
        return next((line for line in self.lines if line.indicator.pk == indicator_id), None)

    def section_of(self, line: Line) -> Section:
        return next(section for section in self.sections if line in section.lines)

    @property
    def answered(self) -> int:
        return sum(section.answered for section in self.sections)

    @property
    def total(self) -> int:
        return sum(section.total for section in self.sections)

    @property
    def missing(self) -> list[Line]:
        """Demanded lines without an answer."""
        return [line for line in self.typed if line.is_missing and (not self.is_returned or line.editable)]

    @property
    def is_returned(self) -> bool:
        return self.report.status == QuarterlyReport.Status.RETURNED

    @property
    def untouched(self) -> list[Line]:
        """Returned lines that the unit has neither changed nor explained since."""
        if not self.is_returned:
            return []
        return [line for line in self.typed if line.is_returned and line.value.entered_at <= self.report.returned_at]

    @property
    def unexplained(self) -> list[Line]:
        return [line for line in self.typed if line.asks_note and line.editable]

    @property
    def waiting(self) -> list[Line]:
        return [line for line in self.stored if line.is_answered and line.value.status == Status.ENTERED]

    @property
    def returned(self) -> list[Line]:
        return [line for line in self.stored if line.is_returned]


def is_line_editable(report: QuarterlyReport, value: ReportedValue | None) -> bool:
    """Whether the unit may change this line now: everything in a draft, only what was sent back in a returned report."""
    if report.status == QuarterlyReport.Status.DRAFT:
        return True
    return report.status == QuarterlyReport.Status.RETURNED and value is not None and value.status == Status.RETURNED


def build_sheet(report: QuarterlyReport, *, groups: Iterable[int] | None = (), with_medians: bool = False) -> Sheet:
    """The whole sheet of one report. ``groups``: ids of the groups that the reader judges; None = all."""
    campaign = report.participation.campaign
    asked, periods = asked_by([campaign.pk]), periods_by([campaign.pk])[campaign.pk]
    questions = questions_of(report.period, asked.get(campaign.pk, ()), periods)
    past = past_of([report], whole_campaign=True)[report.pk]
    counts = live_counts(report, questions)
    if report.is_with_unit:
        _count_live(report, questions, past, counts)
    medians: dict[int, Decimal] = {}
    if with_medians:
        place = (report.participation.cluster_id, report.period_id)
        medians = cluster_medians([report]).get(place, {})
    findings = find_surprises(questions, past.now, past.last, medians)
    evidence: dict[int, list[Evidence]] = {}
    for row in Evidence.objects.filter(report=report).select_related("file", "added_by"):
        evidence.setdefault(row.indicator_id, []).append(row)
    sections = _sections(report, questions, past)
    computed = _computed(report, questions, past, periods)
    mine = None if groups is None else set(groups)
    for section in sections:
        section.judged_by_me = mine is None or section.group.pk in mine
        for line in section.lines:
            pk = line.indicator.pk
            line.findings, line.evidence, line.median = findings.get(pk, []), evidence.get(pk, []), medians.get(pk)
            line.computed, line.progress = computed.get(pk, (None, None))
            line.judged_by_me = section.judged_by_me and line.question.stored
            if line.question.counted:
                line.live = counts[pk]
                line.register_url = list_address(
                    counted_in(line.indicator, report.period), report.participation.unit_id
                )
    return Sheet(report, sections)


def _count_live(report: QuarterlyReport, questions: list[Question], past: Past, counts: dict[int, int]) -> None:
    """Until it is sent, the report shows what the register holds now."""
    for question in questions:
        pk = question.indicator.pk
        if pk in counts and is_open_to_counting(past.now.get(pk)):
            value = stand_in(report, question.indicator, past.now.get(pk), counts[pk])
            past.now[pk] = past.campaign[report.period_id, pk] = value


def _sections(report: QuarterlyReport, questions: list[Question], past: Past) -> list[Section]:
    sections: dict[int, Section] = {}
    for question in questions:
        pk, group = question.indicator.pk, question.indicator.group
        value = past.now.get(pk)
        line = Line(question, value, past.last.get(pk), past.year_ago.get(pk))
        line.editable = question.typed and is_line_editable(report, value)
        sections.setdefault(group.pk, Section(group)).lines.append(line)
    return [section for section in sections.values() if section.stored]


def _computed(
    report: QuarterlyReport, questions: list[Question], past: Past, periods: list[ReportingPeriod]
) -> dict[int, tuple[Decimal | None, Progress | None]]:
    """Of each line: what the portal computes for this period (ratios, formulas) and how far its target is reached."""
    figures = UnitFigures([question.indicator for question in questions], past.campaign)
    pledges = Pledge.objects.filter(participation=report.participation_id)
    promised = targets_in_force(pledges, timezone.localdate(), negotiated=True).get(report.participation_id, {})
    targets = {row.indicator.pk: row for row in promised.values()}
    so_far = [row.pk for row in periods if row.data_to <= report.period.data_to and row.kind == report.period.kind]
    found = {}
    for question in questions:
        indicator = question.indicator
        amount = None if question.stored else figures.amount(indicator, [report.period_id])
        target = targets.get(indicator.pk)
        shown = question.in_pledge and target is not None and target.amount is not None and question.kind.is_numeric
        progress = Progress(target, figures.amount(indicator, so_far)) if shown else None
        found[indicator.pk] = (amount, progress)
    return found


@dataclass(frozen=True)
class Review:
    """What a verifier's queue says about a report before it is opened."""

    surprises: int
    waiting: int


def review_reports(reports: Iterable[QuarterlyReport], groups: dict[int, set[int] | None]) -> dict[int, Review]:
    """Surprises and figures without verdict of each report, in the groups (by campaign; None = all). Constant queries."""
    reports = list(reports)
    campaigns = {row.participation.campaign_id for row in reports}
    asked, periods, past = asked_by(campaigns), periods_by(campaigns), past_of(reports)
    medians = cluster_medians(reports) if reports else {}
    found = {}
    for report in reports:
        campaign = report.participation.campaign_id
        mine = groups.get(campaign, set())
        questions = questions_of(report.period, asked.get(campaign, ()), periods[campaign])
        place = (report.participation.cluster_id, report.period_id)
        surprises = find_surprises(questions, past[report.pk].now, past[report.pk].last, medians.get(place))
        of_mine = [row for row in questions if row.stored and (mine is None or row.indicator.group_id in mine)]
        values = [past[report.pk].now.get(row.indicator.pk) for row in of_mine]
        found[report.pk] = Review(
            surprises=sum(bool(surprises.get(row.indicator.pk)) for row in of_mine),
            waiting=sum(value is not None and value.is_reported and value.status == Status.ENTERED for value in values),
        )
    return found


def count_asked(reports: Iterable[QuarterlyReport]) -> dict[int, int]:
    """How many lines each report asks its unit to fill in. Two queries."""
    reports = list(reports)
    campaigns = {row.participation.campaign_id for row in reports}
    asked, periods = asked_by(campaigns), periods_by(campaigns)
    cache: dict[tuple[int, int], int] = {}
    found = {}
    for report in reports:
        place = (report.participation.campaign_id, report.period_id)
        if place not in cache:
            questions = questions_of(report.period, asked.get(place[0], ()), periods[place[0]])
            cache[place] = sum(question.typed for question in questions)
        found[report.pk] = cache[place]
    return found
