"""What the calendar of a cycle permits and shows today: flags of its phases, never code (CyclePhase)."""

import datetime

from awards.models import AwardCycle

FLAGS = ("units_may_send", "units_may_change", "units_see_findings", "units_see_outcome", "members_may_score")


def phase_allows(cycle: AwardCycle, flag: str, day: datetime.date) -> bool:
    """Whether some phase that runs on ``day`` (both ends included) carries ``flag``."""
    if flag not in FLAGS:
        raise ValueError(flag)
    return any(getattr(phase, flag) and phase.runs_on(day) for phase in cycle.phases.all())
