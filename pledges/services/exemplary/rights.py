"""Who appraises and recognises at which level: ``RecognitionLevel.decided_by`` chooses the row of the matrix."""

from typing import Any

from pledges.models import ExemplaryModel, RecognitionLevel

_OWN = RecognitionLevel.DecidedBy.OWN


def appraisal_permission(level: RecognitionLevel) -> str:
    return "model.appraise_own" if level.decided_by == _OWN else "model.appraise"


def recognition_permission(level: RecognitionLevel) -> str:
    """At a level decided outside of the portal, who stands above records the decision."""
    return "model.recognise_own" if level.decided_by == _OWN else "model.recognise"


def may_appraise(user: Any, model: ExemplaryModel, level: RecognitionLevel) -> bool:
    """Whether ``user`` may visit, appraise, ask for more and review ``model`` at ``level``."""
    return user.has_perm(appraisal_permission(level), model)


def may_recognise(user: Any, model: ExemplaryModel, level: RecognitionLevel) -> bool:
    return user.has_perm(recognition_permission(level), model)
