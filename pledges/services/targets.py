"""What a pledge promises on a given day: the signed pledge, overlaid by the annexes in force (practice.md W-9).

Scoring, progress and comparisons read this, never the rows of the pledge alone.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Q, QuerySet

from campaigns.models import Indicator
from dvk_portal.core.numbers import format_number
from pledges.models import Amendment, AmendmentChange, Commitment, Pledge, Target

Action = AmendmentChange.Action


@dataclass(frozen=True)
class EffectiveTarget:
    """One target as it counts. ``source``: the annex that set it; None = the pledge itself."""

    indicator: Indicator
    amount: Decimal | None
    form: str
    due_on: datetime.date
    weight: Decimal | None = None
    common: bool = False
    note: str = ""
    source: Amendment | None = None

    @property
    def form_label(self) -> str:
        return Target.Form(self.form).label

    @property
    def shown(self) -> str:
        """ "ít nhất 1.200 cuộc"; "" without an amount."""
        if self.amount is None:
            return ""
        return f"{self.form_label} {format_number(self.amount)} {self.indicator.measure}"

    @property
    def words(self) -> str:
        """Amount, due date and weight as an annex prints them."""
        parts = [self.shown or "chưa ghi mức", f"thời hạn {self.due_on:%d/%m/%Y}"]
        if self.weight is not None:
            parts.append(f"trọng số {format_number(self.weight)}")
        return ", ".join(parts)


@dataclass(frozen=True)
class EffectiveCommitment:
    """One promise in words as it counts. ``key`` names it for good: "c12" of the pledge, "a7" added by an annex."""

    key: str
    side: str
    text: str
    common: bool = False
    indicator: Indicator | None = None
    source: Amendment | None = None

    @property
    def commitment_id(self) -> int | None:
        return int(self.key[1:]) if self.key[0] == "c" else None

    @property
    def origin_id(self) -> int | None:
        return int(self.key[1:]) if self.key[0] == "a" else None


Targets = dict[str, EffectiveTarget]
Commitments = dict[str, EffectiveCommitment]


def targets_in_force(
    pledges: QuerySet[Pledge] | Iterable[Pledge], day: datetime.date, *, negotiated: bool = False
) -> dict[int, dict[str, EffectiveTarget]]:
    """Targets that count on ``day``, by participation and indicator code. Two queries, however many pledges.

    Only agreed and signed pledges have any (``negotiated``: also those on the way there); an annex counts when all have
    signed it and its date has come.
    """
    counting = Q(pledge__in=pledges)
    if not negotiated:
        counting &= Q(pledge__status__in=Pledge.FIXED)
    found: dict[int, Targets] = defaultdict(dict)
    rows = Target.objects.filter(counting).select_related("indicator", "pledge__participation__campaign")
    for row in rows.order_by("pledge", "indicator__group__order", "indicator__order", "pk"):
        place = row.pledge.participation
        found[place.pk][row.indicator.code] = as_effective(row, place.campaign.ends_on)
    for change in _changes(Amendment.objects.in_force(day).filter(counting)):
        place = change.amendment.pledge.participation
        apply_target(found[place.pk], change, place.campaign.ends_on)
    return dict(found)


def content_in_force(pledge: Pledge, day: datetime.date) -> tuple[Targets, Commitments]:
    """Targets and commitments of one pledge that count on ``day``."""
    return _content(pledge, pledge.amendments.in_force(day))


def content_before(amendment: Amendment) -> tuple[Targets, Commitments]:
    """What stood when ``amendment`` was drawn up: the pledge with every annex signed before it, whatever their dates."""
    earlier = amendment.pledge.amendments.filter(status=Amendment.Status.SIGNED, number__lt=amendment.number)
    return _content(amendment.pledge, earlier)


def _content(pledge: Pledge, amendments: QuerySet[Amendment]) -> tuple[Targets, Commitments]:
    ends_on = pledge.participation.campaign.ends_on
    rows = pledge.targets.select_related("indicator__group").order_by(
        "indicator__group__order", "indicator__order", "pk"
    )
    targets = {row.indicator.code: as_effective(row, ends_on) for row in rows}
    commitments = {
        f"c{row.pk}": as_promise(row)
        for row in pledge.commitments.select_related("indicator").order_by("-side", "-common", "order", "pk")
    }
    for change in _changes(amendments):
        apply_target(targets, change, ends_on)
        apply_commitment(commitments, change)
    return targets, commitments


def _changes(amendments: QuerySet[Amendment]) -> QuerySet[AmendmentChange]:
    """Changes of these annexes in the order in which they take effect."""
    rows = AmendmentChange.objects.filter(amendment__in=amendments).select_related(
        "indicator__group", "commitment", "amendment__pledge__participation__campaign"
    )
    return rows.order_by("amendment__effective_on", "amendment__number", "pk")


def as_effective(row: Target, ends_on: datetime.date) -> EffectiveTarget:
    """A target of the pledge; without a date of its own it is due when the campaign ends."""
    return EffectiveTarget(row.indicator, row.amount, row.form, row.due_on or ends_on, row.weight, row.common, row.note)


def as_promise(row: Commitment) -> EffectiveCommitment:
    return EffectiveCommitment(f"c{row.pk}", row.side, row.text, row.common, row.indicator)


def apply_target(targets: Targets, change: AmendmentChange, ends_on: datetime.date) -> None:
    """Carry out a change of a target; changes of commitments pass."""
    if change.action == Action.DROP_TARGET:
        targets.pop(change.indicator.code, None)
    elif change.action == Action.SET_TARGET:
        before = targets.get(change.indicator.code)
        targets[change.indicator.code] = EffectiveTarget(
            change.indicator,
            change.amount,
            change.form,
            change.due_on or ends_on,
            change.weight,
            before.common if before else False,
            change.note,
            change.amendment,
        )


def apply_commitment(commitments: Commitments, change: AmendmentChange) -> None:
    """Carry out a change of a commitment; changes of targets pass. A new one comes after those of its side."""
    key = key_of(change)
    if change.action == Action.DROP_COMMITMENT:
        commitments.pop(key, None)
    elif change.action == Action.SET_COMMITMENT and key in commitments:
        commitments[key] = replace(commitments[key], text=change.text, source=change.amendment)
    elif change.action == Action.ADD_COMMITMENT:
        commitments[key] = EffectiveCommitment(key, change.side, change.text, source=change.amendment)


def key_of(change: AmendmentChange) -> str:
    """The name of the commitment that ``change`` is about."""
    if change.commitment_id:
        return f"c{change.commitment_id}"
    return f"a{change.origin_id or change.pk}"


def of_side(commitments: Commitments, side: str) -> list[EffectiveCommitment]:
    return [row for row in commitments.values() if row.side == side]
