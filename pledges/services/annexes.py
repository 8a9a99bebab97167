"""What an annex changes, old beside new; and what the pledge's page says of its annexes."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from dvk_portal.core.documents.freezing import end_document
from dvk_portal.core.models import Document
from dvk_portal.core.numbers import format_number
from pledges.models import Amendment, AmendmentChange, Commitment, Pledge
from pledges.models.pledge import Side
from pledges.services.targets import (
    EffectiveCommitment,
    EffectiveTarget,
    apply_commitment,
    apply_target,
    as_effective,
    as_promise,
    content_before,
    content_in_force,
    key_of,
)
from pledges.workflows import AMENDMENT

Action = AmendmentChange.Action

# Which right lets a side draft (and edit), and which lets it send, return, agree and withdraw.
DRAFTING = {Side.UNIT: "pledge.edit", Side.PROVINCE: "amendment.draft_province"}
DECIDING = {Side.UNIT: "pledge.propose", Side.PROVINCE: "pledge.review"}


# --- one annex ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ChangeLine:
    """One change in words, as the page and the document say it."""

    kind: str
    what: str
    old: str
    new: str
    note: str = ""


def change_lines(amendment: Amendment) -> list[ChangeLine]:
    """The changes in the order of the annex: targets first, then the unit's promises, then the province's."""
    targets, promises = content_before(amendment)
    ends_on = amendment.pledge.participation.campaign.ends_on
    found = []
    for change in sorted(amendment.changes.all(), key=_place):
        if change.indicator is not None:
            old = targets.get(change.indicator.code)
            apply_target(targets, change, ends_on)
            new = targets.get(change.indicator.code)
            kind = "Bỏ chỉ tiêu" if new is None else "Sửa chỉ tiêu" if old else "Thêm chỉ tiêu"
            found.append(
                ChangeLine(kind, change.indicator.name, old.words if old else "", new.words if new else "", change.note)
            )
            continue
        key = key_of(change)
        before = promises.get(key)
        apply_commitment(promises, change)
        after = promises.get(key)
        side = Side(before.side if before else change.side)
        found.append(
            ChangeLine(_KINDS[change.action], _OF[side], before.text if before else "", after.text if after else "")
        )
    return found


_KINDS = {
    Action.SET_COMMITMENT: "Sửa cam kết",
    Action.ADD_COMMITMENT: "Thêm cam kết",
    Action.DROP_COMMITMENT: "Bỏ cam kết",
}
_OF = {Side.UNIT: "Cam kết của đơn vị", Side.PROVINCE: "Trách nhiệm của cơ quan phát động"}


def _place(change: AmendmentChange) -> tuple[Any, ...]:
    if change.indicator is not None:
        return (0, change.indicator.group_id, change.indicator.order, change.pk)
    return (1 if change.side == Side.UNIT else 2, change.pk)


def canonical_changes(amendment: Amendment) -> list[dict[str, Any]]:
    """What the annex changes, as plain JSON; kept in the frozen document so that later tampering shows."""
    return [
        {
            "action": row.action,
            "indicator": row.indicator.code if row.indicator else "",
            "form": row.form if row.indicator else "",
            "amount": None if row.amount is None else format_number(row.amount),
            "due_on": row.due_on.isoformat() if row.due_on else "",
            "weight": None if row.weight is None else format_number(row.weight),
            "commitment": row.commitment_id,
            "origin": row.origin_id,
            "side": row.side,
            "text": row.text,
            "note": row.note,
        }
        for row in sorted(amendment.changes.all(), key=lambda row: row.pk)
    ]


def is_intact(amendment: Amendment) -> bool:
    """Whether the annex still says what its frozen document says."""
    if amendment.document is None:
        return True
    facts = amendment.document.content.get("facts", {})
    day = amendment.effective_on.isoformat()
    return facts.get("changes") == canonical_changes(amendment) and facts.get("effective_on") == day


def end_annexes(pledge: Pledge, *, actor: Any, reason: str) -> None:
    """The pledge has ceased to be: drafts and proposals are withdrawn, documents of signed annexes say so."""
    for amendment in pledge.amendments.select_related("document"):
        document = amendment.document
        if amendment.status in AMENDMENT.transitions["withdraw"].sources:
            AMENDMENT.apply(amendment, "withdraw", actor=actor, note=reason, end_note=reason.strip())
        if document is not None and document.is_living:
            status = Document.Status.SUPERSEDED
            end_document(document, actor=actor, status=status, reason=reason, now=timezone.now())


# --- the page of the pledge -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TargetNow:
    """A target as signed and as it counts; None = it was not there, or is dropped."""

    signed: EffectiveTarget | None
    now: EffectiveTarget | None

    @property
    def indicator(self) -> Any:
        return (self.now or self.signed).indicator

    @property
    def is_changed(self) -> bool:
        return self.now is None or self.now.source is not None


@dataclass(frozen=True)
class PromiseNow:
    signed: EffectiveCommitment | None
    now: EffectiveCommitment | None

    @property
    def is_changed(self) -> bool:
        return self.now is None or self.now.source is not None


@dataclass
class Annexes:
    """``rows``: every annex that the person may see, withdrawn ones too.

    ``targets``, ``promises``: only what annexes in force have changed. ``hidden_draft``: the other side is writing one.
    """

    rows: list[Amendment] = field(default_factory=list)
    targets: list[TargetNow] = field(default_factory=list)
    promises: list[PromiseNow] = field(default_factory=list)
    may_start: bool = False
    hidden_draft: bool = False

    @property
    def signed(self) -> int:
        return sum(row.status == Amendment.Status.SIGNED for row in self.rows)

    @property
    def words(self) -> str:
        """ "Có 2 phụ lục"; "" without any that all have signed."""
        return f"Có {self.signed} phụ lục" if self.signed else ""


def annexes_of(pledge: Pledge, user: Any, day: datetime.date) -> Annexes:
    """The annexes of ``pledge`` as ``user`` sees them on ``day``."""
    every = {row.pk: row.status for row in pledge.amendments.all()}
    if not every:
        return Annexes(may_start=may_start(pledge, user))
    rows = list(pledge.amendments.visible_to(user).select_related("document", "pledge__participation__campaign__owner"))
    open_ones = [pk for pk, status in every.items() if status not in Amendment.FINISHED]
    found = Annexes(rows, hidden_draft=not {row.pk for row in rows}.issuperset(open_ones))
    found.may_start = not open_ones and may_start(pledge, user)
    if Amendment.Status.SIGNED in every.values():
        _compare(pledge, day, found)
    return found


def may_start(pledge: Pledge, user: Any) -> bool:
    """Whether ``user`` may draw up an annex, if none is under way."""
    running = pledge.participation.campaign.is_running and pledge.status == Pledge.Status.SIGNED
    return running and side_of(pledge, user) is not None


def side_of(pledge: Pledge, user: Any) -> str | None:
    """For which side ``user`` may draw up an annex; None = for neither."""
    return next((side for side, right in DRAFTING.items() if user.has_perm(right, pledge)), None)


def _compare(pledge: Pledge, day: datetime.date, found: Annexes) -> None:
    ends_on = pledge.participation.campaign.ends_on
    targets, promises = content_in_force(pledge, day)
    signed = {row.indicator.code: as_effective(row, ends_on) for row in pledge.targets.select_related("indicator")}
    pairs = [TargetNow(signed.get(code), targets.get(code)) for code in [*signed, *(targets.keys() - signed.keys())]]
    found.targets = [pair for pair in pairs if pair.is_changed]
    texts = {f"c{row.pk}": as_promise(row) for row in Commitment.objects.filter(pledge=pledge)}
    lines = [
        PromiseNow(texts.get(key), promises.get(key)) for key in [*texts, *(k for k in promises if k not in texts)]
    ]
    found.promises = [line for line in lines if line.is_changed]
