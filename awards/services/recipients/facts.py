"""From rows to what awards/eligibility.py judges: one recipient or many in a constant number of queries.

Only standing awards count. The awards and grades of units before a merger belong to the history of the unit that came of them
(units.Lineage) and are named as theirs; what only some of several merged units had is for a person to judge.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, prefetch_related_objects

from awards.conditions import RecognisedModel
from awards.eligibility import Verdict, barred, judge, unjudged
from awards.evidence import (
    AwardFact,
    DisciplineFact,
    Facts,
    HoldFact,
    InitiativeFact,
    ModelFact,
    SheetFact,
    YearFact,
)
from awards.models import (
    Achievement,
    Award,
    AwardKind,
    AwardRule,
    AwardType,
    Discipline,
    Initiative,
    IntegrityHold,
    Nomination,
    Recipient,
    RuleSet,
    YearRecord,
)
from pledges.models import Recognition, RecognitionLevel, ScoreSheet
from units.models import Lineage

PUBLISHED = ScoreSheet.Status.PUBLISHED


# --- holds -----------------------------------------------------------------------------------------------------------
def holds_on(recipients: Iterable[Recipient], day: datetime.date) -> dict[int, list[IntegrityHold]]:
    """Holds in force on ``day`` by recipient (P4); who has none is not in it. Never shown without award.integrity."""
    found: dict[int, list[IntegrityHold]] = defaultdict(list)
    for hold in IntegrityHold.objects.on(day).filter(recipient__in=[row.pk for row in recipients]):
        found[hold.recipient_id].append(hold)
    return dict(found)


# --- gathering -------------------------------------------------------------------------------------------------------
@dataclass
class Ancestry:
    """Which units went into which (units.Lineage), as far back as it is known."""

    before: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    after: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def load(cls) -> "Ancestry":
        found = cls()
        for predecessor, successor in Lineage.objects.order_by("pk").values_list("predecessor_id", "successor_id"):
            found.before[successor].append(predecessor)
            found.after[predecessor].append(successor)
        return found

    def all_before(self, unit: int) -> list[int]:
        """Every unit that went into ``unit``, directly or through others; nearest first."""
        found: list[int] = []
        waiting = list(self.before.get(unit, ()))
        while waiting:
            one = waiting.pop(0)
            if one != unit and one not in found:
                found.append(one)
                waiting += self.before.get(one, ())
        return found

    def all_had(self, unit: int, having: set[int], seen: frozenset[int] = frozenset()) -> bool:
        """Whether every unit that went into ``unit`` had it, and was not split among several."""
        direct = self.before.get(unit, ())
        return bool(direct) and all(
            len(self.after[one]) == 1
            and one not in seen
            and (one in having or self.all_had(one, having, seen | {unit}))
            for one in direct
        )


@dataclass
class Known:
    """Everything that is known of some recipients, read once."""

    ancestry: Ancestry
    awards: dict[int, list[Award]]
    years: dict[int, list[YearRecord]]
    initiatives: dict[int, list[Initiative]]
    # Initiative → nominations that were granted on it.
    used: dict[int, set[int]]
    disciplines: dict[int, list[Discipline]]
    holds: dict[int, list[IntegrityHold]]
    # Unit → its recipient (the unit itself as a collective).
    of_units: dict[int, Recipient]
    sheets: dict[int, list[ScoreSheet]]
    recognitions: list[Recognition]
    names: dict[str, str]
    levels: dict[str, tuple[int, str]]


def gather(recipients: Sequence[Recipient], *, models: Iterable[int] = (), levels: bool = True) -> Known:
    """What is known of ``recipients``, of the units before them and of the exemplary models ``models``.

    ``levels`` False: no condition asks for a recognised model. What nobody here can have is not asked for.
    """
    units = {row.of_unit_id for row in recipients if row.of_unit_id}
    ancestry = Ancestry.load() if units else Ancestry()
    older = {one for unit in units for one in ancestry.all_before(unit)}
    of_units = {row.of_unit_id: row for row in Recipient.objects.filter(of_unit__in=older).select_related("unit")}
    everyone = [row.pk for row in [*recipients, *of_units.values()]]
    initiatives = _by_recipient(Initiative.objects.filter(recipient__in=everyone))
    used: dict[int, set[int]] = defaultdict(set)
    uses = Achievement.objects.filter(
        initiative__in=[row.pk for rows in initiatives.values() for row in rows],
        nomination__status=Nomination.Status.GRANTED,
    )
    for initiative, nomination in uses.values_list("initiative_id", "nomination_id"):
        used[initiative].add(nomination)
    sheets: dict[int, list[ScoreSheet]] = defaultdict(list)
    published = ScoreSheet.objects.filter(participation__unit__in=units, status=PUBLISHED, unranked=False)
    for sheet in published.select_related("participation__campaign", "scheme"):
        sheets[sheet.participation.unit_id].append(sheet)
    wanted = Q(model__unit__in=units) | Q(model__in=set(models))
    recognitions = Recognition.objects.granted().filter(wanted) if levels else Recognition.objects.none()
    return Known(
        ancestry=ancestry,
        awards=_by_recipient(Award.objects.standing().filter(recipient__in=everyone).select_related("award_type")),
        years=_by_recipient(YearRecord.objects.filter(recipient__in=everyone)),
        initiatives=initiatives,
        used=used,
        disciplines=_by_recipient(Discipline.objects.filter(recipient__in=everyone)),
        holds=_by_recipient(IntegrityHold.objects.filter(recipient__in=everyone)),
        of_units=of_units,
        sheets=sheets,
        recognitions=list(recognitions.select_related("model", "level")),
        names=dict(AwardType.objects.values_list("code", "name")),
        levels={row.code: (row.order, row.name) for row in RecognitionLevel.objects.all()} if levels else {},
    )


def _by_recipient(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.recipient_id].append(row)
    return found


# --- facts -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Asked:
    """Which award is considered, for which period, on which day."""

    award_type: AwardType
    award_kind: str
    period_from: datetime.date
    period_to: datetime.date
    day: datetime.date
    nomination: int | None = None
    model: int | None = None
    campaigns: frozenset[int] | None = None


def facts_of(known: Known, recipient: Recipient, asked: Asked) -> Facts:
    """What is known of ``recipient``, as plain values."""
    pk = recipient.pk
    return Facts(
        recipient=recipient.kind,
        year=asked.period_to.year,
        day=asked.day,
        award=asked.award_type.code,
        award_kind=asked.award_kind,
        period_from=asked.period_from,
        period_to=asked.period_to,
        awards=tuple(_awards(known, recipient)),
        years=tuple(_years(known, recipient)),
        initiatives=tuple(
            InitiativeFact(row.year, row.kind, row.scope, bool(known.used.get(row.pk, set()) - {asked.nomination}))
            for row in known.initiatives.get(pk, ())
        ),
        disciplines=tuple(DisciplineFact(row.level, row.from_day, row.to_day) for row in known.disciplines.get(pk, ())),
        holds=tuple(HoldFact(row.get_reason_display(), row.from_day, row.to_day) for row in known.holds.get(pk, ())),
        sheets=tuple(_sheets(known, recipient, asked)),
        models=tuple(
            ModelFact(row.year, row.name or row.model.name, row.level.name, row.level.order)
            for row in known.recognitions
            if row.model_id == asked.model or (recipient.of_unit_id and row.model.unit_id == recipient.of_unit_id)
        ),
        names=known.names,
        levels=known.levels,
    )


def _awards(known: Known, recipient: Recipient) -> list[AwardFact]:
    found = [_award(row) for row in known.awards.get(recipient.pk, ())]
    having: dict[tuple[str, int], set[int]] = defaultdict(set)
    inherited: list[tuple[Award, str]] = []
    for unit in known.ancestry.all_before(recipient.of_unit_id or 0):
        older = known.of_units.get(unit)
        for row in known.awards.get(older.pk, ()) if older else ():
            having[row.award_type.code, row.year].add(unit)
            inherited.append((row, row.unit_name))
    for row, name in inherited:
        units = having[row.award_type.code, row.year]
        found.append(_award(row, of=name, certain=known.ancestry.all_had(recipient.of_unit_id or 0, units)))
    return found


def _award(row: Award, *, of: str = "", certain: bool = True) -> AwardFact:
    return AwardFact(row.award_type.code, row.year, row.award_kind, row.period_to, row.decided_on, of, certain)


def _years(known: Known, recipient: Recipient) -> list[YearFact]:
    own = known.years.get(recipient.pk, ())
    found = [
        YearFact(
            row.year, row.grade, row.members, row.members_completed, row.members_ldtt, row.members_cstdcs,
            row.members_women, row.members_disciplined, row.leads_cluster,
        )
        for row in own
    ]  # fmt: skip
    mine = {row.year for row in own}
    older: dict[int, dict[int, YearRecord]] = defaultdict(dict)
    for unit in known.ancestry.all_before(recipient.of_unit_id or 0):
        for row in known.years.get(known.of_units[unit].pk, ()) if unit in known.of_units else ():
            if row.year not in mine:
                older[row.year][unit] = row
    for year, rows in older.items():
        # Only a grade that all of them had is the grade of what they became.
        grades = {row.grade for row in rows.values()}
        same = len(grades) == 1 and known.ancestry.all_had(recipient.of_unit_id or 0, set(rows))
        names = ", ".join(sorted(known.of_units[unit].name for unit in rows))
        found.append(YearFact(year, grades.pop() if same else "", of=names))
    return found


def _sheets(known: Known, recipient: Recipient, asked: Asked) -> list[SheetFact]:
    """Published results of the campaigns of the cycle, else of those that ended in the last year of the period."""
    found = []
    for sheet in known.sheets.get(recipient.of_unit_id or 0, ()):
        campaign = sheet.participation.campaign
        wanted = campaign.pk in asked.campaigns if asked.campaigns else campaign.ends_on.year == asked.period_to.year
        if wanted:
            labels = [item.get("label") for item in sheet.scheme.document.get("classes") or []]
            place = labels.index(sheet.score_class) + 1 if sheet.score_class in labels else None
            found.append(SheetFact(campaign.ends_on.year, campaign.title, sheet.score_class, place, sheet.rank))
    return found


# --- judging ---------------------------------------------------------------------------------------------------------
def judge_nomination(nomination: Nomination, *, day: datetime.date) -> Verdict:
    """What the rules say of one nomination on ``day``. Findings with ``private`` are for holders of award.integrity only:
    keep them by ``verdict.as_json()``, show others ``verdict.open_part()`` or ``eligibility.open_findings(stored)``."""
    return judge_many([nomination], day)[nomination.pk]


def judge_many(nominations: Sequence[Nomination], day: datetime.date) -> dict[int, Verdict]:
    """The verdict on each nomination by its id, in a constant number of queries.

    The rules are those chosen at receipt of the dossier; before it, those of ``day``.
    """
    nominations = list(nominations)
    prefetch_related_objects(nominations, "recipient", "award_type", "rule_set", "cycle__campaigns")
    rules = Rules.load([row.award_type for row in nominations])
    known = gather(
        [row.recipient for row in nominations],
        models=[row.model_id for row in nominations if row.model_id],
        levels=rules.ask_models,
    )
    found = {}
    for row in nominations:
        rule_set = row.rule_set or rules.set_on(row.award_type.family, row.received_on or day)
        asked = Asked(
            row.award_type, row.award_kind, row.period_from, row.period_to, day, row.pk, row.model_id,
            frozenset(campaign.pk for campaign in row.cycle.campaigns.all()),
        )  # fmt: skip
        found[row.pk] = rules.judge(rule_set, facts_of(known, row.recipient, asked), asked, row.recipient)
    return found


def look_ahead(
    recipient: Recipient, award_type: AwardType, *, year: int, day: datetime.date, award_kind: str = AwardKind.MERIT
) -> Verdict:
    """What is still missing for ``award_type`` at the end of ``year``, by the rules of ``day``."""
    return look_ahead_all(recipient, [award_type], year=year, day=day, award_kind=award_kind)[0][1]


def look_ahead_all(
    recipient: Recipient, award_types: Sequence[AwardType], *, year: int, day: datetime.date,
    award_kind: str = AwardKind.MERIT,
) -> list[tuple[AwardType, Verdict]]:  # fmt: skip
    """The same for several awards, in a constant number of queries."""
    rules = Rules.load(award_types)
    known = gather([recipient], levels=rules.ask_models)
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    found = []
    for award_type in award_types:
        asked = Asked(award_type, award_kind, first, last, day)
        rule_set = rules.set_on(award_type.family, day)
        found.append((award_type, rules.judge(rule_set, facts_of(known, recipient, asked), asked, recipient)))
    return found


@dataclass
class Rules:
    """Rule sets, and what the awards asked about demand under each."""

    sets: list[RuleSet]
    rows: dict[tuple[int, int], AwardRule]

    @classmethod
    def load(cls, award_types: Iterable[AwardType]) -> "Rules":
        rows = AwardRule.objects.filter(award_type__in={row.pk for row in award_types})
        return cls(
            list(RuleSet.objects.order_by("-valid_from")), {(row.rule_set_id, row.award_type_id): row for row in rows}
        )

    @property
    def ask_models(self) -> bool:
        """Whether some condition may ask for a recognised model."""
        return any(f"'{RecognisedModel.need}'" in str(row.conditions) for row in self.rows.values())

    def set_on(self, family: str, day: datetime.date) -> RuleSet | None:
        """As services.rules.catalogue.rule_set_on, without a query."""
        return next(
            (
                row
                for row in self.sets
                if row.family == family and row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
            ),
            None,
        )

    def judge(self, rule_set: RuleSet | None, facts: Facts, asked: Asked, recipient: Recipient) -> Verdict:
        if rule_set is None:
            return unjudged("chưa có bộ quy định nào áp dụng cho ngày này")
        rule = self.rows.get((rule_set.pk, asked.award_type.pk))
        if rule is None:
            return unjudged(f"{rule_set} chưa có quy định về {asked.award_type}")
        if not asked.award_type.is_for(recipient.kind):
            return barred(f"{asked.award_type} không dành cho {recipient.get_kind_display().lower()}")
        unconfirmed = "" if rule_set.is_confirmed else rule_set.name
        if rule_set.is_confirmed and not rule.is_confirmed:
            unconfirmed = rule.legal_basis or rule_set.name
        return judge(rule.conditions, facts, unconfirmed=unconfirmed)
