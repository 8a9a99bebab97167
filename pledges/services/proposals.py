"""What stands in a pledge while it is negotiated: the rows to fill in, saving them, refusing a stale form."""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from campaigns.models import CampaignIndicator, Indicator
from campaigns.models.indicator import Better
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from dvk_portal.core.numbers import format_number
from pledges.models import Commitment, Pledge, Target
from pledges.models.pledge import Side
from pledges.services.baselines import NO_BASELINE, Baseline, Baselines, Median, cluster_medians

RATIO_PLACES = 2
MAX_COMMITMENTS = 40
MAX_COMMITMENT_LENGTH = 1000


class StaleProposalError(DomainError):
    """Somebody changed the pledge since the form was opened; the findings say who changed what."""


@dataclass(frozen=True)
class TargetEntry:
    """What was typed on one row."""

    amount: Decimal | None
    form: str
    note: str


@dataclass(frozen=True)
class TargetRow:
    """One indicator of the pledge: the target (perhaps not stored yet) and what it is compared with."""

    target: Target
    baseline: Baseline = NO_BASELINE
    median: Median | None = None

    @property
    def indicator(self) -> Indicator:
        return self.target.indicator

    @property
    def shown(self) -> str:
        """ "ít nhất 1.200 cuộc"; "" without an amount."""
        return describe_target(self.target)

    @property
    def warning(self) -> str:
        """The sentence on a target less ambitious than last year's result; "" when there is nothing to say (W-10)."""
        if not self.target.is_below_baseline:
            return ""
        side = "cao hơn" if self.target.form == Target.Form.AT_MOST else "thấp hơn"
        sentence = (
            f"Chỉ tiêu {side} kết quả năm trước ({format_number(self.target.baseline)} {self.indicator.measure})."
        )
        if self.target.common or self.target.note:
            return sentence
        return f"{sentence} Vẫn được đề xuất, nhưng hãy ghi lý do vào ô Ghi chú."


def describe_target(target: Target) -> str:
    if target.amount is None:
        return ""
    return f"{target.get_form_display()} {format_number(target.amount)} {target.indicator.measure}"


def decimals_of(indicator: Indicator) -> int:
    """Places a target takes: those of the indicator; a percentage always two."""
    return max(indicator.decimals, RATIO_PLACES) if indicator.kind == "ratio" else min(indicator.decimals, 4)


def default_form(indicator: Indicator) -> str:
    return Target.Form.AT_MOST if indicator.better == Better.LOWER else Target.Form.AT_LEAST


def asked_rows(pledge: Pledge) -> list[CampaignIndicator]:
    """What the campaign wants a target for. Words and yes-no questions have no amount and are left out."""
    rows = pledge.participation.campaign.asked.filter(in_pledge=True).select_related("indicator__group")
    return [row for row in rows.order_by("indicator__group__order", "indicator__order") if row.indicator.is_numeric]


def target_rows(pledge: Pledge) -> list[TargetRow]:
    """The rows of the pledge in catalogue order. While it is editable they follow the campaign; afterwards they stand.

    The cluster's middle stands beside them as long as they are negotiated.
    """
    negotiated = pledge.is_editable or pledge.status == Pledge.Status.PROPOSED
    medians = cluster_medians(pledge) if negotiated else {}
    stored = list(pledge.targets.select_related("indicator__group"))
    campaign = pledge.participation.campaign
    if not pledge.is_editable:
        return [TargetRow(target, Baseline(target.baseline), medians.get(target.indicator_id)) for target in stored]
    by_indicator = {target.indicator_id: target for target in stored}
    asked = asked_rows(pledge)
    baselines = Baselines(campaign, [pledge.participation], [row.indicator for row in asked])
    rows = []
    for row in asked:
        target = by_indicator.get(row.indicator_id) or Target(
            pledge=pledge, indicator=row.indicator, form=default_form(row.indicator)
        )
        target.indicator = row.indicator
        found = baselines.of(pledge.participation, row.indicator)
        target.baseline, target.common = found.value, row.common_target is not None
        if target.common:
            target.amount, target.form, target.note = row.common_target, default_form(row.indicator), ""
        rows.append(TargetRow(target, found, medians.get(row.indicator_id)))
    return rows


def own_commitments(pledge: Pledge) -> list[str]:
    """The unit's own promises, in its order."""
    return [row.text for row in pledge.commitments.all() if row.side == Side.UNIT and not row.common]


def common_lines(pledge: Pledge) -> list[tuple[str, str]]:
    """Side and text of the part that is the same for all units, as it stands in the campaign."""
    campaign = pledge.participation.campaign
    return [
        *((Side.UNIT.value, line) for line in _lines(campaign.common_commitments)),
        *((Side.PROVINCE.value, line) for line in _lines(campaign.province_commitments)),
    ]


def stored_common_lines(pledge: Pledge) -> list[tuple[str, str]]:
    rows = [(row.side, row.text) for row in pledge.commitments.all() if row.common]
    return sorted(rows, key=lambda row: row[0] == Side.PROVINCE)


def _lines(text: str) -> list[str]:
    return [clean_text(line)[:MAX_COMMITMENT_LENGTH] for line in text.splitlines() if line.strip()]


def version_of(pledge: Pledge) -> str:
    """A mark of what the unit's own part holds now, with the newest audit line, so that a later reader can be told more."""
    targets = pledge.targets.order_by("indicator_id").values_list("indicator_id", "amount", "form", "note")
    words = pledge.commitments.filter(common=False).order_by("order", "id").values_list("text", flat=True)
    plain = [pledge.status, [[str(value) for value in row] for row in targets], list(words)]
    last = audit.trail(pledge).values_list("pk", flat=True).first() or 0
    return f"{hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:20]}-{last}"


@transaction.atomic
def save_proposal(
    pledge: Pledge, *, actor: Any, targets: dict[int, TargetEntry], commitments: Sequence[str], seen: str
) -> Pledge:
    """Keep what the unit has typed: entries by indicator id, its own commitments in order. Common rows are not typed.

    Raises PermissionDenied; DomainError when the pledge is not with the unit; StaleProposalError when ``seen`` is old.
    """
    locked = lock_pledge(pledge)
    if not actor.has_perm("pledge.edit", locked):
        raise PermissionDenied
    _require_editable(locked, seen)
    if seen != version_of(locked):
        raise StaleProposalError(
            "Giao ước vừa được người khác sửa trong lúc bạn đang nhập. Nội dung bạn nhập vẫn còn dưới đây: "
            "hãy đối chiếu với các thay đổi sau, rồi bấm lưu lần nữa nếu vẫn muốn thay.",
            changes_since(locked, seen),
        )
    changes = {**_write_targets(locked, targets), **_write_commitments(locked, commitments)}
    if changes:
        audit.record(locked, "edit", actor=actor, changes=changes)
    return locked


def lock_pledge(pledge: Pledge) -> Pledge:
    """The pledge as it stands now, locked until the end of the transaction; its campaign must still run."""
    locked = Pledge.objects.select_for_update(of=("self",)).with_campaign().get(pk=pledge.pk)
    campaign = locked.participation.campaign
    if not campaign.is_running:
        raise DomainError(
            f"Phong trào đang ở trạng thái “{campaign.get_status_display()}” nên giao ước không thay đổi được nữa."
        )
    return locked


def _require_editable(pledge: Pledge, seen: str) -> None:
    if not pledge.is_editable:
        raise StaleProposalError(
            f"Giao ước đang ở trạng thái “{pledge.get_status_display()}” nên đơn vị không sửa được. Nội dung bạn vừa nhập "
            "chưa được lưu: muốn thay đổi, hãy đề nghị cơ quan phát động trả lại giao ước.",
            changes_since(pledge, seen),
        )


def changes_since(pledge: Pledge, seen: str) -> list[str]:
    """Sentences on what was done to the pledge after the form with the mark ``seen`` was opened."""
    number = seen.rpartition("-")[2]
    entries = audit.trail(pledge).exclude(action="freeze").order_by("id")
    entries = entries.filter(pk__gt=int(number)) if number.isdecimal() and len(number) < 19 else entries.none()
    return [_sentence(entry) for entry in entries]


ACTION_WORDS = {
    "edit": "Sửa nội dung",
    "propose": "Gửi đề xuất",
    "return": "Trả lại đơn vị",
    "agree": "Thống nhất nội dung",
    "reopen": "Mở lại để thương lượng",
    "sign": "Ký",
    "complete": "Hoàn tất ký",
    "remind": "Nhắc đơn vị gửi đề xuất",
}


# Columns that a move writes beside the state: the move's word or its note says it better.
_QUIET = ("status", "document_hash", "return_note", "agreed_at", "agreed_by")


def history(pledge: Pledge) -> list[AuditEntry]:
    """What was done to the pledge, newest first, with old and new only of what people typed."""
    entries = list(audit.trail(pledge).exclude(action="freeze"))
    for entry in entries:
        entry.changes = {name: change for name, change in entry.changes.items() if name not in _QUIET}
    return entries


def _sentence(entry: AuditEntry) -> str:
    who = f"{timezone.localtime(entry.at):%H:%M %d/%m/%Y}, {entry.actor or 'Hệ thống'}"
    what = "; ".join(
        f"{name}: {old or 'chưa có'} → {new or 'bỏ'}"
        for name, (old, new) in entry.changes.items()
        if name not in _QUIET
    )
    word = ACTION_WORDS.get(entry.action, entry.action)
    return f"{who}: {what or word.lower()}."


def _write_targets(pledge: Pledge, entries: dict[int, TargetEntry]) -> dict[str, list[str]]:
    """Store every row (baseline and common part included) and return old and new of what was typed."""
    before = {row.indicator_id: describe_target(row) for row in pledge.targets.select_related("indicator")}
    notes = dict(pledge.targets.values_list("indicator_id", "note"))
    rows = target_rows(pledge)
    changes: dict[str, list[str]] = {}
    for row in rows:
        target, entry = row.target, entries.get(row.target.indicator_id)
        if entry is not None and not target.common:
            target.amount, target.form, target.note = entry.amount, entry.form, clean_text(entry.note)
        old, new = before.get(target.indicator_id, ""), describe_target(target)
        if old != new:
            changes[target.indicator.label] = [old, new]
        if notes.get(target.indicator_id, "") != target.note:
            changes[f"{target.indicator.label} – ghi chú"] = [notes.get(target.indicator_id, ""), target.note]
    store_targets(pledge, rows)
    return changes


def store_targets(pledge: Pledge, rows: list[TargetRow]) -> None:
    """Write the rows; targets on indicators that the campaign no longer asks for go."""
    targets = [row.target for row in rows]
    pledge.targets.exclude(indicator__in=[target.indicator_id for target in targets]).delete()
    fields = ["form", "amount", "baseline", "common", "note"]
    Target.objects.bulk_update([target for target in targets if target.pk], fields)
    Target.objects.bulk_create([target for target in targets if not target.pk])


def clean_text(text: str) -> str:
    """As stored and hashed: one form of letters and line ends, whatever keyboard or browser it came from."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def _write_commitments(pledge: Pledge, texts: Sequence[str]) -> dict[str, list[str]]:
    """Make the unit's own commitments read ``texts`` in this order; blank ones are left out."""
    wanted = [clean_text(text) for text in texts if text.strip()]
    if len(wanted) > MAX_COMMITMENTS:
        raise DomainError(f"Mỗi giao ước có tối đa {MAX_COMMITMENTS} cam kết riêng. Hãy gộp các ý gần nhau.")
    if any(len(text) > MAX_COMMITMENT_LENGTH for text in wanted):
        raise DomainError(
            f"Mỗi cam kết dài tối đa {MAX_COMMITMENT_LENGTH} ký tự. Hãy viết gọn lại hoặc tách thành hai."
        )
    stored = list(pledge.commitments.filter(side=Side.UNIT, common=False).order_by("order", "id"))
    old = [row.text for row in stored]
    if old == wanted:
        return {}
    for place, (row, text) in enumerate(zip(stored, wanted, strict=False)):
        row.text, row.order = text, place
    Commitment.objects.bulk_update(stored[: len(wanted)], ["text", "order"])
    pledge.commitments.filter(pk__in=[row.pk for row in stored[len(wanted) :]]).delete()
    Commitment.objects.bulk_create(
        Commitment(pledge=pledge, text=text, order=place) for place, text in enumerate(wanted) if place >= len(stored)
    )
    size = max(len(old), len(wanted))
    pairs = zip(old + [""] * (size - len(old)), wanted + [""] * (size - len(wanted)), strict=True)
    return {f"Cam kết {place}": [was, now] for place, (was, now) in enumerate(pairs, 1) if was != now}


def store_common_part(pledge: Pledge) -> None:
    """Copy the part that is the same for all from the campaign, so that it stands in the pledge from now on."""
    pledge.commitments.filter(common=True).delete()
    Commitment.objects.bulk_create(
        Commitment(pledge=pledge, side=side, text=text, common=True, order=place)
        for place, (side, text) in enumerate(common_lines(pledge))
    )


def common_part_changes(pledge: Pledge) -> list[str]:
    """Sentences on every difference between the campaign's common part and what the unit has proposed."""
    found = []
    if stored_common_lines(pledge) != common_lines(pledge):
        found.append("Cam kết chung hoặc trách nhiệm của cơ quan phát động đã được sửa.")
    asked = {row.indicator_id: row for row in asked_rows(pledge)}
    stored = {target.indicator_id: target for target in pledge.targets.select_related("indicator")}
    for pk in asked.keys() | stored.keys():
        row, target = asked.get(pk), stored.get(pk)
        if row is None:
            found.append(f"“{target.indicator.label}” không còn trong phần chỉ tiêu của phong trào.")
        elif target is None:
            found.append(f"Phong trào đã thêm chỉ tiêu “{row.indicator.label}”.")
        elif (row.common_target is not None or target.common) and row.common_target != (
            target.amount if target.common else None
        ):
            found.append(f"Chỉ tiêu chung “{row.indicator.label}” đã thay đổi.")
    return sorted(found)
