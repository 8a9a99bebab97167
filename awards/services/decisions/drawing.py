"""Drawing up a decision from what the council recommends: lines, where they differ from it and why (R-26), its texts."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from awards.models import (
    Achievement,
    Award,
    AwardCycle,
    CommitteeMeeting,
    Decision,
    DecisionLine,
    Discipline,
    IntegrityHold,
    Nomination,
)
from awards.services.decisions.ordering import place_in_order
from awards.workflows import DECISION
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError

_N = Nomination.Status
# What a decision may speak of: judged by appraisal, voted on or not.
GRANTABLE = (_N.ELIGIBLE, _N.RECOMMENDED, _N.NOT_RECOMMENDED)
CYCLE_STATES = (AwardCycle.Status.VOTING, AwardCycle.Status.DECIDING)
TEXTS = ("title", "grounds", "authority", "signer", "signer_post", "paid_from", "pays_here")


@dataclass
class Group:
    """What one decision may be drawn up for: one family, one authority; who waits for it."""

    family: str
    authority: str
    decided_here: bool
    nominations: list[Nomination] = field(default_factory=list)

    @property
    def key(self) -> str:
        return f"{self.family}:{self.authority}"


def waiting_nominations(cycle: AwardCycle) -> QuerySet[Nomination]:
    """Recommended, and in no decision yet."""
    rows = Nomination.objects.filter(cycle=cycle, status=_N.RECOMMENDED, decision_line=None)
    return rows.select_related("award_type", "unit", "recipient")


def groups_of(cycle: AwardCycle) -> list[Group]:
    """The decisions that the cycle still needs, the highest award first."""
    found: dict[tuple[str, str], Group] = {}
    for row in sorted(waiting_nominations(cycle), key=place_in_order):
        kind = row.award_type
        group = Group(kind.family, kind.authority, kind.decided_here)
        found.setdefault((kind.family, kind.authority), group).nominations.append(row)
    return list(found.values())


def cycles_to_decide(user: Any) -> list[AwardCycle]:
    """Cycles before or in their decision for which ``user`` draws up decisions."""
    rows = AwardCycle.objects.visible_to(user).filter(status__in=CYCLE_STATES).select_related("owner")
    return [row for row in rows if user.has_perm("award.manage", row)]


@transaction.atomic
def draw_up_decision(cycle: AwardCycle, *, family: str, authority: str, title: str, actor: Any) -> Decision:
    """A draft with everything of that family and authority that the council recommends and no decision holds yet."""
    cycle = AwardCycle.objects.select_for_update(of=("self",)).select_related("owner").get(pk=cycle.pk)
    if not actor.has_perm("award.manage", cycle):
        raise PermissionDenied
    if cycle.status not in CYCLE_STATES:
        raise DomainError(
            f"{cycle.title} đang ở bước “{cycle.get_status_display()}”. "
            "Chỉ lập quyết định khi hội đồng đã xét; hãy chuyển đợt sang bước họp hội đồng hoặc trình quyết định."
        )
    group = next((one for one in groups_of(cycle) if (one.family, one.authority) == (family, authority)), None)
    if group is None:
        raise DomainError("Không còn đề nghị nào chờ quyết định của thẩm quyền này. Hãy tải lại trang.")
    decision = Decision.objects.create(
        cycle=cycle, unit=cycle.owner, family=family, authority=authority, decided_here=group.decided_here,
        pays_here=group.decided_here, title=" ".join(title.split()), grounds=_usual_grounds(cycle, group),
        paid_from=f"Quỹ thi đua, khen thưởng của {cycle.owner.name}" if group.decided_here else "", created_by=actor,
    )  # fmt: skip
    DecisionLine.objects.bulk_create(DecisionLine(decision=decision, nomination=row) for row in group.nominations)
    audit.record(decision, "create", actor=actor, changes={"lines": [0, len(group.nominations)]})
    return decision


def _usual_grounds(cycle: AwardCycle, group: Group) -> str:
    """What such a decision rests on, as its drafter would begin: law, minutes, proposal. He goes on from there."""
    sets = Nomination.objects.filter(pk__in=[row.pk for row in group.nominations], rule_set__isnull=False)
    legal = dict.fromkeys(sets.order_by("rule_set__valid_from").values_list("rule_set__legal_basis", flat=True))
    lines = [part.strip().rstrip(".;") for text in legal for part in text.splitlines() if part.strip()]
    lines = [line if line.startswith("Căn cứ") else f"Căn cứ {line}" for line in lines]
    meetings = CommitteeMeeting.objects.filter(cycle=cycle, status=CommitteeMeeting.Status.CLOSED)
    for meeting in meetings.select_related("committee").order_by("starts_at"):
        lines.append(f"Căn cứ Biên bản họp {meeting.committee.name} ngày {meeting.starts_at:%d/%m/%Y}")
    return "\n".join(lines)[:3000]


# --- the draft -------------------------------------------------------------------------------------------------------
def _draft(decision: Decision, actor: Any) -> Decision:
    locked = Decision.objects.select_for_update(of=("self",)).select_related("unit", "cycle").get(pk=decision.pk)
    if not actor.has_perm("award.manage", locked):
        raise PermissionDenied
    if locked.status != Decision.Status.DRAFT:
        raise DomainError(
            f"Quyết định đang ở trạng thái “{locked.get_status_display()}” nên không sửa được. "
            "Muốn sửa, hãy đưa về dự thảo trước khi vào sổ."
        )
    return locked


@transaction.atomic
def change_texts(decision: Decision, *, actor: Any, **texts: Any) -> Decision:
    """Title, grounds, authority, signer, fund of a draft."""
    if unknown := set(texts) - set(TEXTS):
        raise TypeError(f"unknown texts: {sorted(unknown)}")
    locked = _draft(decision, actor)
    changes = {name: [getattr(locked, name), value] for name, value in texts.items() if getattr(locked, name) != value}
    for name, (_, value) in changes.items():
        setattr(locked, name, value)
    if changes:
        locked.save(update_fields=list(changes))
        audit.record(locked, "change", actor=actor, changes=changes)
    return locked


def addable(decision: Decision) -> QuerySet[Nomination]:
    """What may still be taken into the draft: of the same cycle, family and authority, in no decision. Also what the council
    did not recommend or did not vote on: then a reason is owed (R-26)."""
    rows = Nomination.objects.filter(cycle=decision.cycle, status__in=GRANTABLE, decision_line=None)
    rows = rows.filter(award_type__family=decision.family, award_type__authority=decision.authority)
    return rows.select_related("award_type", "unit", "recipient")


@transaction.atomic
def take_in(decision: Decision, keys: Iterable[int], *, actor: Any) -> int:
    """Add nominations to the draft; what the council did not recommend begins as not granted. Returns how many."""
    locked = _draft(decision, actor)
    rows = list(addable(locked).filter(pk__in=list(keys)).select_for_update(of=("self",)))
    if not rows:
        raise DomainError("Hãy chọn ít nhất một đề nghị trong danh sách.")
    DecisionLine.objects.bulk_create(
        DecisionLine(decision=locked, nomination=row, granted=row.status == _N.RECOMMENDED) for row in rows
    )
    _note(locked, "add_lines", actor, rows)
    return len(rows)


@transaction.atomic
def drop_lines(decision: Decision, keys: Iterable[int], *, actor: Any) -> int:
    """Take lines out of the draft; their nominations wait for another decision. Returns how many."""
    locked = _draft(decision, actor)
    rows = list(locked.lines.filter(pk__in=list(keys)).select_related("nomination__award_type"))
    if not rows:
        raise DomainError("Hãy chọn ít nhất một dòng trong quyết định.")
    DecisionLine.objects.filter(pk__in=[row.pk for row in rows]).delete()
    _note(locked, "drop_lines", actor, [row.nomination for row in rows])
    return len(rows)


def _note(decision: Decision, action: str, actor: Any, rows: list[Nomination]) -> None:
    names = "; ".join(str(row) for row in rows[:20]) + ("…" if len(rows) > 20 else "")
    audit.record(decision, action, actor=actor, changes={"lines": [None, f"{len(rows)}: {names}"]})


@transaction.atomic
def set_line(line: DecisionLine, *, granted: bool, reason: str, posthumous: bool, actor: Any) -> DecisionLine:
    """Grant or not. DomainError when that differs from the council and no reason is given."""
    _draft(line.decision, actor)
    locked = (
        DecisionLine.objects.select_for_update(of=("self",)).select_related("nomination__award_type").get(pk=line.pk)
    )
    before = {"granted": locked.granted, "reason": locked.reason, "posthumous": locked.posthumous}
    locked.granted, locked.reason, locked.posthumous = granted, " ".join(reason.split()), posthumous
    if differs(locked) and not locked.reason:
        raise DomainError(f"{_difference(locked)} Hãy ghi lý do khác ý kiến hội đồng.")
    if not differs(locked):
        locked.reason = ""
    locked.save(update_fields=list(before))
    changes = {name: [old, getattr(locked, name)] for name, old in before.items() if old != getattr(locked, name)}
    if changes:
        audit.record(line.decision, "set_line", actor=actor, changes=changes, note=str(locked.nomination))
    return locked


# --- what is in the way ----------------------------------------------------------------------------------------------
def differs(line: DecisionLine) -> bool:
    """Granted though not recommended, or refused though recommended (R-26). Asked while the nomination is undecided."""
    return line.granted != (line.nomination.status == _N.RECOMMENDED)


def _difference(line: DecisionLine) -> str:
    if not line.granted:
        return "Hội đồng đề nghị khen thưởng nhưng dòng này không khen."
    if line.nomination.status == _N.NOT_RECOMMENDED:
        return "Hội đồng không đề nghị nhưng dòng này được khen."
    return "Hội đồng chưa bỏ phiếu nhưng dòng này được khen."


def lines_of(decision: Decision) -> list[DecisionLine]:
    """The lines with all that their pages and rules read, in the legal order."""
    rows = decision.lines.select_related(
        "nomination__award_type", "nomination__rule_set", "nomination__recipient__of_unit", "nomination__unit"
    )
    return sorted(rows, key=lambda line: place_in_order(line.nomination))


def blockers_of(lines: list[DecisionLine], day: datetime.date) -> dict[int, list[str]]:
    """By line: sentences on why it cannot be decided on ``day``. Three queries, however many lines."""
    held = set(
        IntegrityHold.objects.on(day)
        .filter(recipient__in={line.nomination.recipient_id for line in lines})
        .values_list("recipient", flat=True)
    )
    # P4: entered after the appraisal, a discipline moves nothing by itself; which of the two it is, is not told here.
    running = Discipline.objects.filter(from_day__lte=day, to_day__gte=day)
    recipients = {line.nomination.recipient_id for line in lines if line.granted}
    held |= set(running.filter(recipient__in=recipients).values_list("recipient", flat=True))
    fallen = Achievement.objects.filter(
        nomination__in={line.nomination_id for line in lines}, award__status=Award.Status.REVOKED
    )
    fallen = set(fallen.values_list("nomination", flat=True))
    found = {}
    for line in lines:
        sentences = _blockers(
            line, day, is_held=line.nomination.recipient_id in held, fell=line.nomination_id in fallen
        )
        if sentences:
            found[line.pk] = sentences
    return found


def _blockers(line: DecisionLine, day: datetime.date, *, is_held: bool, fell: bool) -> list[str]:
    row, found = line.nomination, []
    if is_held:
        found.append("Đang tạm dừng xét nên chưa quyết định được. Hãy chờ kết luận, hoặc đưa ra khỏi quyết định.")
    if row.status not in GRANTABLE:
        found.append(f"Đề nghị đang ở trạng thái “{row.get_status_display()}” nên không quyết định được.")
        return found
    if differs(line) and not line.reason:
        found.append(f"{_difference(line)} Hãy ghi lý do.")
    if line.granted and fell:
        found.append("Dựa vào một khen thưởng đã bị hủy. Hãy thẩm định lại.")
    if line.granted:
        found += _closed(row, day)
    return found


def _closed(row: Nomination, day: datetime.date) -> list[str]:
    """What no longer exists on the day of the document (R-00, R-16)."""
    found, body, kind = [], row.recipient.of_unit, row.award_type
    if body is not None and not body.is_active_on(day):
        found.append(f"{body.name} không hoạt động vào ngày {day:%d/%m/%Y}. Hãy xét ở đơn vị kế thừa.")
    if kind.valid_from > day or (kind.valid_to and kind.valid_to < day):
        found.append(f"{kind} không dùng vào ngày {day:%d/%m/%Y}.")
    return found


def why_not_decided(decision: Decision, lines: list[DecisionLine], day: datetime.date) -> list[str]:
    """Sentences on everything that keeps the decision from being signed or numbered with that date."""
    found = []
    if not any(line.granted for line in lines):
        found.append("Quyết định chưa có dòng nào được khen thưởng.")
    if not decision.unit.is_active_on(day):
        found.append(
            f"{decision.unit.name} không hoạt động vào ngày {day:%d/%m/%Y} nên không ra được quyết định ngày đó. "
            "Hãy chọn ngày khác."
        )
    if decision.cycle is not None and decision.cycle.status in AwardCycle.OVER:
        found.append(f"{decision.cycle.title} đã {decision.cycle.get_status_display().lower()}.")
    blocked = blockers_of(lines, day)
    found += [f"{line.nomination}: {' '.join(blocked[line.pk])}" for line in lines if line.pk in blocked]
    return found


def moves_of(decision: Decision, user: Any) -> set[str]:
    """Names of the moves that ``user`` may make now."""
    return {move.name for move in DECISION.available(decision, user)}
