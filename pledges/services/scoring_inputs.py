"""From figures, pledges, reports and typed entries to the inputs of the scoring engine, for every unit at once."""

import datetime
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from campaigns.figures import Rolled, as_decimal
from campaigns.models import Campaign, Participation
from campaigns.scoring.entry import Entry, entries, entry_of
from campaigns.scoring.inputs import NOT_APPLICABLE, BadInput, InputKind
from campaigns.scoring.types import Scheme
from pledges.models import Pledge, QuarterlyReport, ScoreInput, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services.exemplary.reportcounts import counted_for, leaf_sources, model_sources, scheme_counts
from pledges.services.figures import CampaignFigures
from pledges.services.targets import targets_in_force

Inputs = dict[str, Any]


def is_sourced(entry: Entry) -> bool:
    """Whether the portal gets this input by itself: from reports, pledges, or the register of models."""
    return entry.source is not None


class InputGatherer:
    """Inputs by participation and stage. Gathers with a constant number of queries, whatever the number of units.

    ``participations`` restricts the gathering to some units; None = the whole roster.
    """

    def __init__(
        self,
        campaign: Campaign,
        scheme: Scheme,
        now: datetime.datetime,
        participations: list[Participation] | None = None,
    ) -> None:
        self.campaign = campaign
        self.scheme = scheme
        self.now = now
        figures = CampaignFigures(campaign, Stage.SELF, participations)
        self.figures = {Stage.SELF: figures, Stage.VERIFIED: figures.at(Stage.VERIFIED)}
        self.participations = figures.participations
        self.units = figures.units
        every = entries(scheme)
        self._sourced_entries = [entry for entry in every if is_sourced(entry)]
        self._typed_codes = {entry.code for entry in every if not is_sourced(entry)} | scheme.nodes.keys()
        self._sourced: dict[tuple[int, str], Inputs] = {}
        self.refused: dict[int, dict[str, str]] = {}
        self.targets = self._targets()
        self.reports = self._reports()
        self.typed = self._typed()
        self.unit_of = {row.pk: row.unit_id for row in self.participations}
        self._published = self._published_inputs()
        self._counts = {} if self._published else scheme_counts(scheme, campaign, self.unit_of.values())

    def _published_inputs(self) -> dict[int, dict[str, Any]]:
        """Of a finished campaign, the counts with which it was scored: what happens in the register later changes nothing."""
        if self.campaign.status not in Campaign.FINISHED or not model_sources(self.scheme):
            return {}
        rows = ScoreSheet.objects.filter(participation__in=self.units)
        return dict(rows.values_list("participation_id", "sourced"))

    def _targets(self) -> dict[int, dict[str, Any]]:
        """Amounts in force on the day of scoring, annexes included (practice.md W-9)."""
        pledges = Pledge.objects.filter(participation__campaign=self.campaign)
        in_force = targets_in_force(pledges, timezone.localdate(self.now))
        found = {unit: {code: target.amount for code, target in own.items()} for unit, own in in_force.items()}
        return defaultdict(dict, found)

    def _reports(self) -> dict[int, list[QuarterlyReport]]:
        found: dict[int, list[QuarterlyReport]] = defaultdict(list)
        for report in QuarterlyReport.objects.filter(participation__in=self.units).only(
            "participation_id", "status", "due_at", "days_from_due", "working_days_from_due", "first_submitted_at"
        ):
            found[report.participation_id].append(report)
        return found

    def _typed(self) -> dict[int, dict[str, Inputs]]:
        found: dict[int, dict[str, Inputs]] = defaultdict(lambda: defaultdict(dict))
        rows = ScoreInput.objects.filter(sheet__participation__in=self.units)
        for unit, stage, code, value in rows.values_list("sheet__participation_id", "stage", "code", "value"):
            found[unit][stage][code] = value
        return found

    def inputs(self, unit: int, stage: str) -> Inputs:
        """What the engine is given for one unit at one stage, by rule code (leaf code for "n/a")."""
        typed = self.typed[unit]
        if stage == Stage.SELF:
            known = self.sourced(unit, Stage.SELF)
            # A campaign that was scored before there was a register keeps the counts that its units had typed.
            own = {
                code: value
                for code, value in typed[Stage.SELF].items()
                if code in self._typed_codes or (self._published and code not in known)
            }
            return self._over(known, own)
        found = self._over(self.sourced(unit, Stage.VERIFIED), typed[Stage.VERIFIED])
        return self._over(found, typed[Stage.FINAL]) if stage == Stage.FINAL else found

    def is_final_as_verified(self, unit: int) -> bool:
        """Whether nothing was changed in the meeting, so that both stages have the same inputs."""
        return not self.typed[unit][Stage.FINAL]

    def _over(self, below: Inputs, above: Inputs) -> Inputs:
        """``above`` in place of ``below``. A figure above lifts a "không áp dụng" of its criterion below."""
        found = below | above
        for code, value in above.items():
            entry = entry_of(self.scheme, code)
            if entry is None or value == NOT_APPLICABLE:
                continue
            leaf = entry.leaf.node.code
            if leaf not in above and found.get(leaf) == NOT_APPLICABLE:
                del found[leaf]
        return found

    def sourced(self, unit: int, stage: str) -> Inputs:
        """The inputs that the portal knows by itself; None where nothing was reported."""
        if (unit, stage) not in self._sourced:
            self._sourced[unit, stage] = self._gather(unit, stage)
        return self._sourced[unit, stage]

    def _gather(self, unit: int, stage: str) -> Inputs:
        found: Inputs = {}
        for entry in self._sourced_entries:
            if self._published and any("models" in part for part in leaf_sources(entry.source)):
                stored = self._published.get(unit, {}).get(stage, {})
                found |= {entry.code: stored[entry.code]} if entry.code in stored else {}
                continue
            value = self._from_source(entry.kind, entry.source, unit, stage)
            if value == NOT_APPLICABLE:
                single = len(entry.leaf.node.rules) == 1
                if single and entry.leaf.node.not_applicable != "forbidden":
                    found[entry.leaf.node.code] = NOT_APPLICABLE
                continue
            try:
                entry.parse(value)
            except BadInput as error:
                # A figure that the rule cannot take (a share of 2,5 cases, a negative difference) must not stop the others.
                self.refused.setdefault(unit, {})[entry.code] = error.message
                value = None
            found[entry.code] = value
        return found

    def _from_source(self, kind: InputKind, source: Mapping[str, Any], unit: int, stage: str) -> Any:
        if "row" in source:
            parts = [self._from_source(InputKind.VALUE, source[key], unit, stage) for key in ("row", "column")]
            return None if NOT_APPLICABLE in parts else dict(zip(("row", "column"), parts, strict=True))
        if "reports" in source:
            count = self._count_reports(source, unit)
            return count > 0 if kind == InputKind.FLAG else count
        if "models" in source:
            count = self._counts[counted_for(source, self.campaign)][self.unit_of[unit]]
            return count > 0 if kind == InputKind.FLAG else count
        rolled = self._rolled(source["indicator"], unit, stage)
        if rolled is None:
            return None
        if rolled.expected == 0 and not rolled.reported:
            return NOT_APPLICABLE
        if "of" in source:
            return self._against(kind, source, rolled, unit, stage)
        return _single(kind, rolled)

    def _rolled(self, code: str, unit: int, stage: str) -> Rolled | None:
        whole = self.figures[stage].rolled(code)
        return None if whole is None else whole.by_unit[unit]

    def _against(self, kind: InputKind, source: Mapping[str, Any], rolled: Rolled, unit: int, stage: str) -> Any:
        if source["of"] == "target":
            whole = self.targets[unit].get(source["indicator"])
        else:
            other = self._rolled(source["of"], unit, stage)
            whole = other.value if other else None
        keys = ("achieved", "target") if kind == InputKind.RATIO else ("numerator", "denominator")
        return dict(zip(keys, (_text(rolled.value), _text(whole)), strict=True))

    def _count_reports(self, source: Mapping[str, Any], unit: int) -> int:
        kind = source["reports"]
        if kind == "missing":
            return sum(
                1 for report in self.reports[unit] if report.first_submitted_at is None and report.due_at < self.now
            )
        column = "working_days_from_due" if "working_days" in source else "days_from_due"
        least = int(source.get("working_days", source.get("days", 1)))
        days = [getattr(report, column) for report in self.reports[unit] if report.first_submitted_at is not None]
        return sum(1 for day in days if (day >= least if kind == "late" else -day >= least))


def _single(kind: InputKind, rolled: Rolled) -> Any:
    if rolled.yes or rolled.no:
        return bool(rolled.yes) if kind == InputKind.FLAG else rolled.yes
    if rolled.parts is not None and kind == InputKind.VALUE:
        return dict(zip(("numerator", "denominator"), (_text(as_decimal(part)) for part in rolled.parts), strict=True))
    if rolled.value is None:
        return None
    if kind == InputKind.FLAG:
        return rolled.value > 0
    return _text(rolled.value)


def _text(number: Any) -> str | None:
    return None if number is None else f"{number:f}"
