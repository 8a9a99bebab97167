"""Drafts for the units from what staff ticked among the candidates (W-42)."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from awards.models import AwardCycle, AwardType, CyclePhase, Nomination
from awards.notifications.cycles import NominationsProposed
from awards.services.cycles.candidates import Proposal, chosen, sections_of
from awards.services.cycles.editing import lock_cycle
from awards.services.cycles.subjects import recipient_of_model, recipient_of_unit
from awards.services.nominations.drafting import draft_nomination
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from units.models import Membership, Unit, User
from units.roles import Role


@transaction.atomic
def propose_from_results(
    cycle: AwardCycle, award_type: AwardType, keys: Iterable[str], *, actor: Any, day: datetime.date
) -> tuple[list[Nomination], list[str]]:
    """Draw up a draft for each ticked candidate. Returns the drafts and sentences about those that could not be.

    What cannot be drawn up does not hold up the rest; when none can, DomainError says why.
    """
    locked = lock_cycle(cycle, actor)
    rows = chosen(sections_of(locked, award_type, actor, day, most=0), keys)
    if not rows:
        raise DomainError("Hãy chọn ít nhất một đề nghị trong danh sách.")
    drafts, left = [], []
    for row in rows:
        try:
            with transaction.atomic():
                drafts.append(_draft(locked, award_type, row, actor))
        except DomainError as error:
            left.append(f"{row.recipient.name}: {' '.join(error.findings) or error.message}")
        except PermissionDenied:
            left.append(f"{row.recipient.name}: bạn đang hoặc vừa công tác ở {row.unit} nên không đề nghị được.")
    if not drafts:
        raise DomainError("Chưa lập được đề nghị nào.", left)
    audit.record(
        locked, "propose_from_results", actor=actor, changes={"proposed": [None, len(drafts)]}, note=award_type.name
    )  # fmt: skip
    _tell(locked, drafts)
    return drafts, left


def _draft(cycle: AwardCycle, award_type: AwardType, row: Proposal, actor: Any) -> Nomination:
    if row.model is not None:
        return draft_nomination(
            cycle, award_type, recipient_of_model(row.model, actor=actor), unit=row.unit, actor=actor,
            source=row.source, model=row.model, summary=row.model.output[:4000],
        )  # fmt: skip
    sheet = row.sheet
    return draft_nomination(
        cycle, award_type, recipient_of_unit(row.unit, actor=actor), unit=row.unit, actor=actor, source=row.source,
        score=sheet.final_total, cluster=sheet.participation.cluster, cluster_rank=sheet.rank, sheet=sheet,
    )  # fmt: skip


def _tell(cycle: AwardCycle, drafts: list[Nomination]) -> None:
    """One letter a unit, naming what was drawn up for it."""
    phase = cycle.phases.filter(stage=CyclePhase.Stage.NOMINATING).first()
    by_unit: dict[Unit, list[Nomination]] = {}
    for row in drafts:
        by_unit.setdefault(row.unit, []).append(row)
    people = people_of(by_unit)
    for unit, rows in by_unit.items():
        keys, names = [row.pk for row in rows], [str(row) for row in rows]
        notify(
            NominationsProposed.about(cycle, keys, names, phase.closes_on if phase else None), people.get(unit.pk, [])
        )


def people_of(units: Iterable[Unit]) -> dict[int, list[User]]:
    """Editors and leaders of each unit today. One query."""
    rows = Membership.objects.current().filter(
        unit__in=list(units), role__in=(Role.EDITOR, Role.LEADER), user__is_active=True
    )
    found: dict[int, list[User]] = {}
    for row in rows.select_related("user"):
        found.setdefault(row.unit_id, []).append(row.user)
    return found
