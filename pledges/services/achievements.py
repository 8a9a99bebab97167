"""Committed versus achieved: how far each target and each promise of a pledge has got, by the version in force that day."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from campaigns.models import Indicator
from pledges.models import Pledge, Target
from pledges.models.pledge import Side
from pledges.services.figures import CampaignFigures
from pledges.services.targets import EffectiveCommitment, EffectiveTarget, content_in_force


@dataclass(frozen=True)
class Achievement:
    """How far a target has got on ``day``, from the best known figures."""

    target: EffectiveTarget
    achieved: Decimal | None
    day: datetime.date

    @property
    def is_limit(self) -> bool:
        return self.target.form == Target.Form.AT_MOST

    @property
    def is_reached(self) -> bool:
        if self.achieved is None or self.target.amount is None:
            return False
        return self.achieved <= self.target.amount if self.is_limit else self.achieved >= self.target.amount

    @property
    def is_past_due(self) -> bool:
        """The date has gone by and what was promised by then is not there."""
        return self.target.due_on < self.day and not self.is_reached

    @property
    def share(self) -> int:
        """Whole per cent of the bar; a limit of zero that is kept is an empty bar, a target of zero a full one."""
        if self.achieved is None or self.target.amount is None:
            return 0
        if not self.target.amount:
            return 0 if self.is_limit and not self.achieved else 100
        return min(100, int(self.achieved * 100 / self.target.amount))

    @property
    def percent(self) -> Decimal | None:
        """Achieved in per cent of the target, over 100 too; None where that says nothing (a ceiling, a target of zero)."""
        if self.achieved is None or self.is_limit or not self.target.amount:
            return None
        return round(self.achieved * 100 / self.target.amount, 1)

    @property
    def words(self) -> str:
        if self.achieved is None:
            return "Quá thời hạn, chưa có số liệu" if self.is_past_due else "Chưa có số liệu"
        if self.is_limit:
            return "Trong mức cam kết" if self.is_reached else "Đã vượt mức cam kết"
        if self.is_reached:
            return "Đã đạt"
        return "Quá thời hạn, chưa đạt" if self.is_past_due else "Đang thực hiện"

    @property
    def tone(self) -> str:
        if self.is_past_due or (self.is_limit and self.achieved is not None and not self.is_reached):
            return "bad"
        if self.achieved is None:
            return "neutral"
        return "good" if self.is_reached else "active"


@dataclass(frozen=True)
class Watched:
    """A promise in words and the figure by which it is watched. ``against``: the target on the same figure, if any."""

    commitment: EffectiveCommitment
    achieved: Decimal | None
    against: Achievement | None


@dataclass(frozen=True)
class Performance:
    """``targets``: each with an amount. ``watched``: the unit's promises that a figure follows."""

    targets: list[Achievement] = field(default_factory=list)
    watched: list[Watched] = field(default_factory=list)


def performance_of(pledge: Pledge, day: datetime.date) -> Performance:
    """What the unit has achieved of everything in force on ``day`` (best known figures, corrected where corrected)."""
    targets, commitments = content_in_force(pledge, day)
    watching = [row for row in commitments.values() if row.side == Side.UNIT and row.indicator is not None]
    amounts = [target for target in targets.values() if target.amount is not None]
    if not amounts and not watching:
        return Performance()
    figures = CampaignFigures(pledge.participation.campaign, None, [pledge.participation])

    def so_far(indicator: Indicator) -> Decimal | None:
        rolled = figures.rolled(indicator.code)
        return rolled.by_unit[pledge.participation_id].value if rolled else None

    lines = {row.indicator.code: Achievement(row, so_far(row.indicator), day) for row in amounts}
    watched = [Watched(row, so_far(row.indicator), lines.get(row.indicator.code)) for row in watching]
    return Performance(list(lines.values()), watched)
