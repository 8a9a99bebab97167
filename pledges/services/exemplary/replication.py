"""Models that another unit took over: who learned from whom, and what follows when an origin ends.

Taking a model over is services/exemplary/learning.py, which builds on the register; the register builds on this.
"""

import datetime
from typing import Any

from dvk_portal.core.notifications import notify
from pledges.models import ExemplaryModel, Replication
from pledges.replication_notifications import OriginEnded
from pledges.services.exemplary.credit import credits_for
from pledges.services.exemplary.gallery import may_learn
from pledges.services.exemplary.rights import may_appraise
from units.roles import Role


def warn_children(model: ExemplaryModel) -> None:
    """Tell the units that took ``model`` over that it was withdrawn or ended; their pages say so from now on."""
    rows = Replication.objects.filter(origin=model).exclude(model__status__in=ExemplaryModel.OVER)
    for row in rows.select_related("origin__unit", "model__unit"):
        notify(OriginEnded.about(row), row.model.unit.members(Role.EDITOR, Role.LEADER))


def year_after(day: datetime.date) -> datetime.date:
    """The day on which a year has passed; 29 February counts as the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def may_record_results(user: Any, replication: Replication) -> bool:
    model = replication.model
    return model.status not in ExemplaryModel.OVER and user.has_perm("model.edit", model)


def may_judge(user: Any, replication: Replication) -> bool:
    """Who appraises the model says what became of it, once it is registered."""
    model = replication.model
    return model.registered_on is not None and may_appraise(user, model, model.target_level)


def region(model: ExemplaryModel, user: Any) -> dict[str, Any]:
    """What the page of a model shows about its origin and about who took it over.

    A child that ``user`` may not see is told by its unit alone, and only once it is registered.
    """
    own = Replication.objects.filter(model=model).select_related("origin__unit", "model__unit").first()
    rows = list(model.replications.select_related("model__unit"))
    known = credits_for(user, [row.model for row in rows] + ([own.origin] if own else []))
    children = [(row, known[row.model_id]) for row in rows]
    due = year_after(own.taken_on) if own else None
    return {
        "row": own,
        "origin": known[own.origin_id] if own else None,
        "origin_over": own is not None and own.origin.status in ExemplaryModel.OVER,
        "children": [
            (row, credit) for row, credit in children if credit.is_named or row.model.registered_on is not None
        ],
        "may_record": own is not None and may_record_results(user, own),
        "may_judge": own is not None and may_judge(user, own),
        "judge_from": due,
        "may_learn": model.is_standing and may_learn(user, model),
    }
