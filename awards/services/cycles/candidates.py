"""Who might be proposed from results: ranked units and recognised models, with one sentence per condition (W-42).

Nothing here decides: staff tick, a draft is drawn up for the unit, and the unit completes and sends its dossier.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from awards.eligibility import Verdict
from awards.models import AwardCycle, AwardType, Nomination, Quota, Recipient
from awards.quotas import Candidate, Limit, Line, Place, draw_line
from awards.services.cycles.quotas import Bases, bases_of, favoured_of, recognised_in
from awards.services.cycles.subjects import new_recipient_of_model, new_recipient_of_unit, subject_key
from awards.services.recipients.facts import Asked, Rules, facts_of, gather
from pledges.models import ExemplaryModel, ScoreSheet
from units.models import Unit

SHEET, MODEL = "sheet", "model"


@dataclass
class Proposal:
    """One candidate. ``recipient`` may not be stored yet; ``nomination``: already asked for in this cycle."""

    key: str
    recipient: Recipient
    unit: Unit
    source: str
    points: Decimal | None = None
    score_class: str = ""
    rank: int | None = None
    sheet: ScoreSheet | None = None
    model: ExemplaryModel | None = None
    level: str = ""
    verdict: Verdict | None = None
    nomination: Nomination | None = None
    line: Line | None = None
    favoured: bool = False

    @property
    def cluster_id(self) -> int | None:
        return self.sheet.participation.cluster_id if self.sheet else None

    @property
    def suggested(self) -> bool:
        """Ticked when the page opens: within the quota, no condition unmet, not asked for yet."""
        within = self.line is None or self.line.place == Place.WITHIN
        return within and self.nomination is None and (self.verdict is None or self.verdict.outcome != "not_eligible")


@dataclass
class Section:
    """Candidates under one row of the quota (None = none speaks of them), best first."""

    title: str
    quota: Quota | None = None
    number: int | None = None
    base: int = 0
    rows: list[Proposal] = field(default_factory=list)


def award_types_of(cycle: AwardCycle) -> list[AwardType]:
    return list(cycle.award_types.order_by("-level", "code"))


def sections_of(
    cycle: AwardCycle, award_type: AwardType, user: Any, day: datetime.date, *, most: int | None = None
) -> list[Section]:
    """The candidates for one award, by row of the quota. A constant number of queries, however many candidates.

    ``most``: of each section only the best so many are judged, the rest have no verdict (None = all are judged).
    """
    proposals = [*_from_sheets(cycle, award_type), *_from_models(cycle, award_type)]
    _know(cycle, award_type, proposals)
    bases = bases_of(cycle)
    quotas = list(cycle.quotas.filter(award_type=award_type).select_related("award_type", "cluster"))
    # The row that says most of a candidate is its own: one for its cluster before one for all.
    quotas.sort(key=lambda row: (row.cluster_id is None, row.subject_kind == "", row.pk))
    left, sections = list(proposals), []
    for quota in quotas:
        mine = [row for row in left if _is_for(quota, row)]
        left = [row for row in left if not _is_for(quota, row)]
        if mine:
            sections.append(_section(quota, mine, bases))
    if left:
        sections.append(_without_quota(left, bases))
    _judge(cycle, award_type, [row for section in sections for row in section.rows[:most]], user, day)
    return sections


def _is_for(quota: Quota, row: Proposal) -> bool:
    """A share of models speaks of models, a share of units of ranked units; a plain number of both."""
    if quota.percent is not None and (quota.percent_of == Quota.Of.RECOGNISED) != (row.model is not None):
        return False
    return quota.subject_kind in ("", row.recipient.kind) and quota.cluster_id in (None, row.cluster_id)


def _section(quota: Quota, rows: list[Proposal], bases: Bases) -> Section:
    title = ", ".join(filter(None, (str(quota.cluster or ""), quota.get_subject_kind_display()))) or "Chung cả đợt"
    limit = bases.limit(quota)
    # Models have no points and no class: a threshold of those speaks of ranked units alone.
    ranked = [row for row in rows if row.model is None]
    if not ranked:
        limit = Limit(limit.maximum, limit.per_unit, limit.leader_percent)
    return Section(title, quota, bases.allowed(quota), bases.base(quota), _drawn(rows, limit))


def _without_quota(rows: list[Proposal], bases: Bases) -> Section:
    return Section("Không có hạn mức", rows=_drawn(rows, Limit(classes=tuple(bases.classes))))


def _drawn(rows: list[Proposal], limit: Limit) -> list[Proposal]:
    """``rows`` in order, each with its line."""
    candidates = [
        Candidate(number, row.unit.pk, row.points, row.score_class, row.favoured, row.recipient.is_leader)
        for number, row in enumerate(rows)
    ]
    found = []
    for line in draw_line(candidates, limit):
        row = rows[line.candidate.key]
        row.line = line
        found.append(row)
    return found


# --- where they come from -----------------------------------------------------------------------------------------------
def published_sheets(cycle: AwardCycle) -> Any:
    """Results of the cycle's campaigns that are published and ranked."""
    rows = ScoreSheet.objects.filter(
        participation__campaign__award_cycles=cycle, status=ScoreSheet.Status.PUBLISHED, unranked=False
    )
    return rows.select_related("participation__unit", "participation__cluster", "participation__campaign")


def _from_sheets(cycle: AwardCycle, award_type: AwardType) -> list[Proposal]:
    """Units as collectives; of several campaigns each unit's newest result."""
    if not award_type.for_collective:
        return []
    newest: dict[int, ScoreSheet] = {}
    for sheet in published_sheets(cycle).order_by("participation__campaign__ends_on", "pk"):
        newest[sheet.participation.unit_id] = sheet
    stored = {row.of_unit_id: row for row in Recipient.objects.filter(of_unit__in=newest).select_related("unit")}
    return [
        Proposal(
            f"{SHEET}-{sheet.pk}",
            stored.get(unit) or new_recipient_of_unit(sheet.participation.unit),
            sheet.participation.unit,
            Nomination.Source.RANKING,
            points=sheet.final_total,
            score_class=sheet.score_class,
            rank=sheet.rank,
            sheet=sheet,
            favoured=(sheet.participation.women_share or 0) >= Decimal("0.7"),
        )
        for unit, sheet in newest.items()
    ]


def _from_models(cycle: AwardCycle, award_type: AwardType) -> list[Proposal]:
    """Whom the recognised models name; of one model its highest recognition. Ranked by level, as nothing else ranks them."""
    best: dict[int, Any] = {}
    rows = recognised_in(cycle).select_related("model__unit", "level")
    for row in rows.order_by("level__order", "year", "pk"):
        best[row.model_id] = row
    units = {row.model.unit_id for row in best.values()}
    stored = {
        subject_key(row): row
        for row in Recipient.objects.filter(unit__in=units, is_active=True).select_related("unit").order_by("-pk")
    }
    found = []
    for row in best.values():
        wanted = new_recipient_of_model(row.model)
        if not award_type.is_for(wanted.kind):
            continue
        recipient = stored.get(subject_key(wanted), wanted)
        found.append(
            Proposal(
                f"{MODEL}-{row.model_id}", recipient, row.model.unit, Nomination.Source.MODEL,
                points=Decimal(row.level.order), model=row.model, level=f"{row.level.name} {row.year}",
            )
        )  # fmt: skip
    return found


# --- what is known of them ----------------------------------------------------------------------------------------------
def _know(cycle: AwardCycle, award_type: AwardType, rows: list[Proposal]) -> None:
    """Give each its nomination if there is one, and whether P7 favours it."""
    asked_for = {
        row.recipient_id: row for row in cycle.nominations.live().filter(award_type=award_type).select_related("unit")
    }
    favoured = favoured_of([row.recipient for row in rows], cycle.year_to)
    for row in rows:
        row.nomination = asked_for.get(row.recipient.pk) if row.recipient.pk else None
        row.favoured = row.favoured or row.recipient.pk in favoured


def _judge(cycle: AwardCycle, award_type: AwardType, rows: list[Proposal], user: Any, day: datetime.date) -> None:
    """Give each its verdict, as far as ``user`` may read it."""
    known = gather([row.recipient for row in rows], models=[row.model.pk for row in rows if row.model])
    rules = Rules.load([award_type])
    rule_set = rules.set_on(cycle.family, day)
    first, last = datetime.date(cycle.year_from, 1, 1), datetime.date(cycle.year_to, 12, 31)
    campaigns = frozenset(cycle.campaigns.values_list("pk", flat=True))
    for row in rows:
        asked = Asked(
            award_type, cycle.award_kind, first, last, day, None, row.model.pk if row.model else None, campaigns
        )
        verdict = rules.judge(rule_set, facts_of(known, row.recipient, asked), asked, row.recipient)
        row.verdict = verdict if user.has_perm("award.integrity", row.recipient) else verdict.open_part()


def chosen(sections: Iterable[Section], keys: Iterable[str]) -> list[Proposal]:
    """The candidates with these keys, in the order of the page."""
    wanted = set(keys)
    return [row for section in sections for row in section.rows if row.key in wanted]
