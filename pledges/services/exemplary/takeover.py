"""Models of units that were merged: the successor takes them into its own register, by somebody's act (practice.md W-45)."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.models import ExemplaryModel
from pledges.services.exemplary import publishing, resemblance
from units import access
from units.models import Lineage, Unit

_DRAFT = ExemplaryModel.Status.DRAFT


def may_take_over(successor: Unit, user: Any) -> bool:
    """Its own leader, or the director who stands above it."""
    subject = ExemplaryModel(unit=successor)
    return user.has_perm("model.register", subject) or user.has_perm("model.recognise", subject)


def closed_predecessors(successor: Unit) -> set[int]:
    """Ended units that became ``successor``, however long ago. Two queries."""
    return _ancestors(successor.pk, _links(), _ended())


def is_divided(successor: Unit) -> bool:
    """Whether a predecessor became several units, so that somebody has to choose which models come here."""
    links = _links()
    mine = _ancestors(successor.pk, links, _ended())
    return any(olds & mine for new, olds in links.items() if new not in {*mine, successor.pk})


def _links() -> dict[int, set[int]]:
    """Predecessors by successor."""
    found: dict[int, set[int]] = {}
    for old, new in Lineage.objects.values_list("predecessor", "successor"):
        found.setdefault(new, set()).add(old)
    return found


def _ended() -> set[int]:
    return set(Unit.objects.filter(valid_to__lt=timezone.localdate()).order_by().values_list("pk", flat=True))


def _ancestors(unit: int, links: dict[int, set[int]], ended: set[int]) -> set[int]:
    found: set[int] = set()
    generation = {unit}
    while generation:
        generation = {old for new in generation for old in links.get(new, ())} & ended - found - {unit}
        found |= generation
    return found


def models_to_take_over(successor: Unit, user: Any) -> QuerySet[ExemplaryModel]:
    """What the predecessors left; drafts are for the unit itself to see."""
    found = ExemplaryModel.objects.filter(unit__in=closed_predecessors(successor)).with_names()
    if not user.has_perm("model.register", ExemplaryModel(unit=successor)):
        found = found.exclude(status=_DRAFT)
    return found.order_by("unit__sort_key", "-registered_on", "pk")


def successors_waiting(user: Any) -> list[tuple[Unit, int]]:
    """Units for which ``user`` may take models over, with how many wait there. One query while nothing waits, else four."""
    own, above = (access.reach_ids(user, name) for name in ("model.register", "model.recognise"))
    if not (own or above or above is None or own is None):
        return []
    rows = ExemplaryModel.objects.filter(unit__valid_to__lt=timezone.localdate()).order_by()
    left = list(rows.values_list("unit").annotate(all=Count("pk"), drafts=Count("pk", filter=Q(status=_DRAFT))))
    if not left:
        return []
    links, ended = _links(), _ended()
    waiting = {}
    for unit in links.keys() - ended:
        leads, may = own is None or unit in own, above is None or unit in above
        if leads or may:
            old = _ancestors(unit, links, ended)
            waiting[unit] = sum(number - (0 if leads else drafts) for pk, number, drafts in left if pk in old)
    return [(unit, waiting[unit.pk]) for unit in Unit.objects.filter(pk__in=[pk for pk, n in waiting.items() if n])]


@transaction.atomic
def take_over_models(successor: Unit, *, actor: Any, chosen: Iterable[int] | None = None) -> int:
    """Enter models of ended predecessors into the successor's register; ``chosen`` narrows to these ids.

    Numbers, dates and the unit named in recognitions stay as they were. Returns how many were taken.
    """
    if not may_take_over(successor, actor):
        raise PermissionDenied
    if not successor.is_active_on(timezone.localdate()):
        raise DomainError(f"{successor} đã kết thúc hoạt động. Hãy nhận mô hình về đơn vị kế thừa.")
    rows = models_to_take_over(successor, actor).select_for_update(of=("self",))
    if chosen is not None:
        rows = rows.filter(pk__in=chosen)
    taken = list(rows)
    if not taken:
        raise DomainError("Chưa chọn mô hình nào để nhận về.")
    entries = []
    for model in taken:
        former, model.unit = model.unit, successor
        model.set_keys()
        resemblance.refresh_keys(model)
        publishing.refresh_public_key(model)
        changes = {"unit": [str(former), str(successor)]}
        entries.append({"subject": model, "action": "take_over", "actor": actor, "changes": changes})
    ExemplaryModel.objects.bulk_update(
        taken, ["unit", "search_key", "similarity_key", "place_key", "public_search_key"], batch_size=200
    )
    audit.record_many(entries)
    return len(taken)
