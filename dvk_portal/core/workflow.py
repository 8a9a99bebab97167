"""State machines as tables. One function writes ``status``; the same table draws buttons, diagrams and tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError


@dataclass(frozen=True)
class Transition:
    """One move: from which states to which, who may, what it demands and what it stamps.

    ``stamp`` "submitted" sets ``submitted_at`` and ``submitted_by``. ``blockers`` returns sentences that say what is missing.
    ``permission`` is a row of the matrix (dvk_portal/permissions.py). ``tone`` is the look of its button.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: str
    stamp: str = ""
    note_required: bool = False
    blockers: Callable[[Any], list[str]] | None = None
    tone: str = "primary"
    confirm: str = ""


class Workflow:
    """The transitions of one model's ``status``."""

    all: ClassVar[list["Workflow"]] = []

    def __init__(self, label: str, states: Any, transitions: list[Transition]) -> None:
        self.label = label
        self.states = states
        self.transitions = {transition.name: transition for transition in transitions}
        Workflow.all.append(self)

    def available(self, record: models.Model, user: Any) -> list[Transition]:
        """The moves that ``user`` may make on ``record`` now: the buttons of its page."""
        return [
            transition
            for transition in self.transitions.values()
            if record.status in transition.sources and user.has_perm(transition.permission, record)
        ]

    @transaction.atomic
    def apply(self, record: Any, name: str, *, actor: Any, note: str = "", **changes: Any) -> Any:
        """Move ``record``; ``changes`` are further fields written with the move. ``actor`` None is the system.

        Raises PermissionDenied (not his right), DomainError (state moved on meanwhile, reason or something else missing).
        """
        transition = self.transitions[name]
        locked = type(record)._base_manager.select_for_update(of=("self",)).get(pk=record.pk)
        if actor is not None and not actor.has_perm(transition.permission, locked):
            raise PermissionDenied
        if locked.status not in transition.sources:
            raise DomainError(
                f"{self.label} đang ở trạng thái “{locked.get_status_display()}” nên không thể “{transition.label}”. "
                "Có thể người khác vừa xử lý; hãy tải lại trang để xem thay đổi mới nhất."
            )
        note = note.strip()
        if transition.note_required and not note:
            raise DomainError(f"Hãy ghi lý do trước khi “{transition.label}”.")
        missing = transition.blockers(locked) if transition.blockers else []
        if missing:
            raise DomainError(f"Chưa thể “{transition.label}”.", missing)
        written = {"status": transition.target, **changes}
        if transition.stamp:
            written[f"{transition.stamp}_at"] = timezone.now()
            written[f"{transition.stamp}_by"] = actor
        noted = {
            field: [getattr(locked, field), value] for field, value in {"status": transition.target, **changes}.items()
        }
        for field, value in written.items():
            setattr(locked, field, value)
            setattr(record, field, value)
        locked.save(update_fields=list(written))
        audit.record(locked, name, actor=actor, changes=noted, note=note)
        return record
