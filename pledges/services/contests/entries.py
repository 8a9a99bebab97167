"""Entries of a contest: from the register or new, up to the closing day; withdrawn by the unit, disqualified by the office.

Whoever may write for a unit (``model.edit``) enters for it, and the entry counts at once: an entry binds nobody and can be
changed and withdrawn until the closing day.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from dvk_portal.core import audit
from dvk_portal.core.documents.freezing import new_code
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from pledges.contest_notifications import EntryDisqualified
from pledges.models import Contest, ContestEntry, ExemplaryModel
from pledges.services.contests.advancing import advance_entries
from pledges.services.contests.setup import lock_contest
from units import access
from units.models import Unit
from units.roles import Role

_M = ExemplaryModel.Status
# What of the register may be entered: registered and not refused, ended or withdrawn.
ENTERABLE = (_M.REGISTERED, _M.APPRAISED, *ExemplaryModel.STANDING)
FIELDS = ("model", "title", "field", "presenter", "summary", "public_consent")


# --- who may ------------------------------------------------------------------------------------------------------------
def entering_units(contest: Contest, user: Any) -> QuerySet[Unit]:
    """Units for which ``user`` may enter: his own that lie below the organiser and still exist."""
    ids = access.reach_ids(user, "model.edit") or set()
    return Unit.objects.current().filter(pk__in=ids, path__startswith=contest.owner.path)


def models_to_enter(contest: Contest, units: QuerySet[Unit]) -> QuerySet[ExemplaryModel]:
    """The units' own models that are not in the contest yet."""
    entered = contest.entries.filter(status=ContestEntry.Status.ENTERED, model__isnull=False).values("model")
    return ExemplaryModel.objects.filter(unit__in=units, status__in=ENTERABLE).exclude(pk__in=entered).with_names()


def takes_entries(contest: Contest, today: datetime.date) -> bool:
    return contest.status == Contest.Status.OPEN and today <= contest.entries_until


def may_edit_entry(entry: ContestEntry, user: Any, today: datetime.date) -> bool:
    standing = entry.status == ContestEntry.Status.ENTERED
    return standing and takes_entries(entry.contest, today) and user.has_perm("model.edit", entry)


def may_withdraw(entry: ContestEntry, user: Any) -> bool:
    living = entry.contest.status in (Contest.Status.OPEN, Contest.Status.JUDGING)
    return living and entry.status == ContestEntry.Status.ENTERED and user.has_perm("model.edit", entry)


def may_disqualify(entry: ContestEntry, user: Any) -> bool:
    living = entry.contest.status in (Contest.Status.OPEN, Contest.Status.JUDGING)
    return living and entry.status == ContestEntry.Status.ENTERED and user.has_perm("contest.manage", entry.contest)


# --- acts ---------------------------------------------------------------------------------------------------------------
@transaction.atomic
def enter_contest(contest: Contest, *, actor: Any, unit: Unit, today: datetime.date, **fields: Any) -> ContestEntry:
    """Enter for ``unit``. Raises PermissionDenied (not his unit), DomainError (closed, too many, model not enterable)."""
    locked = lock_contest(contest)
    if not entering_units(locked, actor).filter(pk=unit.pk).exists():
        raise PermissionDenied
    _require_open(locked, today)
    standing = locked.entries.filter(unit=unit, status=ContestEntry.Status.ENTERED).count()
    if standing >= locked.max_entries:
        raise DomainError(
            f"{unit} đã có {standing} bài dự thi; mỗi đơn vị được tối đa {locked.max_entries} bài. "
            "Muốn thay bài khác, hãy rút một bài trước."
        )
    entry = ContestEntry(contest=locked, unit=unit, code=new_code(), entered_by=actor)
    _write(entry, fields)
    audit.record(entry, "contest_enter", actor=actor)
    audit.record(locked, "contest_enter", actor=actor, note=f"{unit}: {entry.title}")
    return entry


@transaction.atomic
def edit_entry(entry: ContestEntry, *, actor: Any, today: datetime.date, **fields: Any) -> ContestEntry:
    locked = _lock_own(entry, actor)
    _require_open(locked.contest, today)
    before = {name: getattr(locked, name) for name in FIELDS}
    _write(locked, fields)
    changes = {name: [old, getattr(locked, name)] for name, old in before.items() if old != getattr(locked, name)}
    if changes:
        audit.record(locked, "edit", actor=actor, changes=changes)
    return locked


def _write(entry: ContestEntry, fields: dict[str, Any]) -> None:
    for name in FIELDS:
        setattr(entry, name, fields[name])
    model = entry.model
    if model is not None:
        if model.unit_id != entry.unit_id or model.status not in ENTERABLE:
            raise DomainError(
                "Mô hình này không thuộc đơn vị, hoặc chưa đăng ký, đã thôi công nhận nên không dự thi được."
            )
        others = entry.contest.entries.filter(model=model, status=ContestEntry.Status.ENTERED).exclude(pk=entry.pk)
        if others.exists():
            raise DomainError("Mô hình này đã có bài dự thi.")
    entry.save()


@transaction.atomic
def set_consent(entry: ContestEntry, *, actor: Any, agreed: bool) -> ContestEntry:
    """The unit allows the public page to show its entry, or takes that back; at any time."""
    locked = _lock_own(entry, actor)
    if locked.public_consent != agreed:
        locked.public_consent = agreed
        locked.save(update_fields=["public_consent"])
        audit.record(locked, "entry_consent", actor=actor, changes={"public_consent": [not agreed, agreed]})
    return locked


@transaction.atomic
def withdraw_entry(entry: ContestEntry, *, actor: Any, note: str) -> ContestEntry:
    locked = _lock_own(entry, actor)
    _end(locked, ContestEntry.Status.WITHDRAWN, "entry_withdraw", actor, note)
    return locked


@transaction.atomic
def disqualify_entry(entry: ContestEntry, *, actor: Any, note: str) -> ContestEntry:
    """Take an entry out against the unit's will; the unit is told why."""
    locked = _lock(entry)
    if not actor.has_perm("contest.manage", locked.contest):
        raise PermissionDenied
    _end(locked, ContestEntry.Status.DISQUALIFIED, "entry_disqualify", actor, note)
    notify(EntryDisqualified.about(locked), locked.unit.members(Role.EDITOR, Role.LEADER))
    return locked


def _end(entry: ContestEntry, status: str, action: str, actor: Any, note: str) -> None:
    if entry.contest.status not in (Contest.Status.OPEN, Contest.Status.JUDGING):
        raise DomainError("Hội thi đã công bố kết quả hoặc đã hủy nên bài dự thi không thay đổi nữa.")
    if entry.status != ContestEntry.Status.ENTERED:
        raise DomainError(f"Bài dự thi này đã ở trạng thái “{entry.get_status_display()}”.")
    if not note.strip():
        raise DomainError("Hãy ghi lý do.")
    entry.status, entry.end_note = status, note.strip()
    entry.save(update_fields=["status", "end_note"])
    audit.record(
        entry, action, actor=actor, changes={"status": [ContestEntry.Status.ENTERED, status]}, note=note.strip()
    )
    audit.record(entry.contest, action, actor=actor, note=f"{entry.unit}: {entry.title}. {note.strip()}")
    advance_entries(entry.contest)


def _lock(entry: ContestEntry) -> ContestEntry:
    """The contest first, then the entry: the order in which everybody locks."""
    contest = lock_contest(entry.contest)
    locked = ContestEntry.objects.select_for_update(of=("self",)).select_related("unit").get(pk=entry.pk)
    locked.contest = contest
    return locked


def _lock_own(entry: ContestEntry, actor: Any) -> ContestEntry:
    locked = _lock(entry)
    if not actor.has_perm("model.edit", locked):
        raise PermissionDenied
    return locked


def _require_open(contest: Contest, today: datetime.date) -> None:
    if not takes_entries(contest, today):
        raise DomainError(
            f"Hội thi nhận bài đến hết ngày {contest.entries_until:%d/%m/%Y}; lúc này không nhận hoặc sửa bài được nữa."
        )
