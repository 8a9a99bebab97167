"""The clause library: ready-made promises by topic and side, which units insert into their part and then edit."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max

from campaigns.models import Indicator
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.clausefile import Entry, read_clauses
from pledges.models import Clause, Pledge
from pledges.services.proposals import MAX_COMMITMENT_LENGTH, clean_text, watchable


# --- reading --------------------------------------------------------------------------------------------------------
def library(side: str) -> list[tuple[str, list[Clause]]]:
    """Clauses in use for one side, by topic, in the order of the library."""
    found: dict[str, list[Clause]] = {}
    for clause in Clause.objects.filter(side=side, is_active=True).select_related("indicator"):
        found.setdefault(clause.topic, []).append(clause)
    return list(found.items())


def topics() -> list[str]:
    """Topics in use, in the order of the library."""
    return list(dict.fromkeys(Clause.objects.values_list("topic", flat=True)))


def clauses_to_insert(pledge: Pledge, chosen: Iterable[int]) -> list[Clause]:
    """The chosen clauses of the unit's side; watched by a figure only where the campaign asks for it."""
    chosen = list(chosen)
    if not chosen:
        return []
    known = {indicator.pk for indicator in watchable(pledge)}
    found = list(Clause.objects.filter(pk__in=chosen, side="unit", is_active=True))
    for clause in found:
        if clause.indicator_id not in known:
            clause.indicator_id = None
    return found


# --- keeping --------------------------------------------------------------------------------------------------------
@transaction.atomic
def save_clause(
    clause: Clause | None, *, actor: Any, topic: str, side: str, text: str, indicator: Indicator | None = None
) -> Clause:
    """Add a clause (None) or change one. Pledges that hold it already keep what was agreed: texts are copied."""
    _authorise(actor)
    topic, text = " ".join(clean_text(topic).split()), clean_text(text)
    _check(topic, text)
    clause = clause or Clause()
    before = _facts(clause) if clause.pk else {}
    if clause.topic != topic:
        clause.order = _last_order(topic)
    clause.topic, clause.side, clause.text, clause.indicator = topic, side, text, indicator
    try:
        with transaction.atomic():
            clause.save()
    except IntegrityError as error:
        raise DomainError("Thư viện đã có điều khoản này của bên đó. Hãy tìm và sửa điều khoản đang có.") from error
    changes = {
        name: [before.get(name, ""), value] for name, value in _facts(clause).items() if before.get(name) != value
    }
    if changes:
        audit.record(clause, "clause_edit" if before else "clause_add", actor=actor, changes=changes)
    return clause


@transaction.atomic
def switch_clause(clause: Clause, *, actor: Any, on: bool) -> Clause:
    """Offer a clause to units or stop offering it; it is never deleted."""
    _authorise(actor)
    locked = Clause.objects.select_for_update(of=("self",)).get(pk=clause.pk)
    if locked.is_active != on:
        locked.is_active = on
        locked.save(update_fields=["is_active"])
        audit.record(locked, "clause_on" if on else "clause_off", actor=actor)
    return locked


def _authorise(actor: Any) -> None:
    if not actor.has_perm("clause.manage"):
        raise PermissionDenied


def _check(topic: str, text: str) -> None:
    if not topic or not text:
        raise DomainError("Hãy ghi nhóm nội dung và nội dung điều khoản.")
    if len(text) > MAX_COMMITMENT_LENGTH:
        raise DomainError(
            f"Mỗi điều khoản dài tối đa {MAX_COMMITMENT_LENGTH} ký tự. Hãy viết gọn lại hoặc tách thành hai."
        )


def _last_order(topic: str) -> int:
    """Behind the others of its topic; a new topic comes last."""
    highest = Clause.objects.filter(topic=topic).aggregate(Max("order"))["order__max"]
    if highest is not None:
        return highest
    return (Clause.objects.aggregate(Max("order"))["order__max"] or 0) + 1


def _facts(clause: Clause) -> dict[str, str]:
    return {
        "Nhóm nội dung": clause.topic,
        "Bên": clause.get_side_display(),
        "Nội dung": clause.text,
        "Theo dõi bằng": clause.indicator.label if clause.indicator else "",
    }


# --- importing ------------------------------------------------------------------------------------------------------
@dataclass
class Plan:
    """What an import does. Clauses that the file does not name stay as they are."""

    new: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    unchanged: int = 0
    kept: int = 0


def plan_import(data: bytes) -> Plan:
    """Compare a file (``dvk-clauses/1``) with the library; changes nothing. DomainError lists every fault of the file."""
    entries, sentences = read_clauses(data)
    codes = {entry.indicator for entry in entries if entry.indicator}
    known = set(Indicator.objects.filter(code__in=codes).values_list("code", flat=True))
    sentences += [f"Không có chỉ số mã “{code}” trong danh mục." for code in sorted(codes - known)]
    if sentences:
        raise DomainError("Tệp điều khoản có lỗi.", sentences)
    stored = {(row.side, row.text): row for row in Clause.objects.select_related("indicator")}
    plan = Plan()
    for entry in entries:
        row = stored.pop((entry.side, entry.text), None)
        if row is None:
            plan.new.append(entry)
        elif (row.topic, row.order, row.indicator.code if row.indicator else "") != (
            entry.topic, entry.order, entry.indicator,
        ):  # fmt: skip
            plan.changed.append(entry)
        else:
            plan.unchanged += 1
    plan.kept = len(stored)
    return plan


@transaction.atomic
def import_clauses(data: bytes, *, actor: Any) -> Plan:
    """Add the clauses of the file and move those that stand elsewhere; ``actor`` None is the system (a command)."""
    if actor is not None:
        _authorise(actor)
    plan = plan_import(data)
    indicators = {
        row.code: row for row in Indicator.objects.filter(code__in={e.indicator for e in plan.new + plan.changed})
    }
    made = Clause.objects.bulk_create(
        Clause(
            topic=entry.topic, side=entry.side, text=entry.text, order=entry.order,
            indicator=indicators.get(entry.indicator),
        )
        for entry in plan.new
    )  # fmt: skip
    moved = {(row.side, row.text): row for row in Clause.objects.filter(text__in=[e.text for e in plan.changed])}
    for entry in plan.changed:
        row = moved[entry.side, entry.text]
        row.topic, row.order, row.indicator = entry.topic, entry.order, indicators.get(entry.indicator)
    rows = [moved[entry.side, entry.text] for entry in plan.changed]
    Clause.objects.bulk_update(rows, ["topic", "order", "indicator"])
    audit.record_many(
        [
            {"subject": row, "action": "clause_add", "actor": actor, "changes": {"Nội dung": ["", row.text]}}
            for row in made
        ]
        + [
            {"subject": row, "action": "clause_edit", "actor": actor, "changes": {"Nhóm nội dung": ["", row.topic]}}
            for row in rows
        ]
    )
    return plan
