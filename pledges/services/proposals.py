"""What stands in a pledge while it is negotiated: the rows to fill in, saving them, refusing a stale form."""

import datetime
import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
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
FULL_WEIGHT = 100


class StaleProposalError(DomainError):
    """Somebody changed the pledge since the form was opened; the findings say who changed what."""


@dataclass(frozen=True)
class TargetEntry:
    """What was typed on one row."""

    amount: Decimal | None
    form: str
    note: str
    due_on: datetime.date | None = None
    weight: Decimal | None = None


@dataclass(frozen=True)
class TargetRow:
    """One indicator of the pledge: the target (perhaps not stored yet) and what it is compared with."""

    target: Target
    baseline: Baseline = NO_BASELINE
    median: Median | None = None
    # Set by the campaign: the unit does not choose it.
    fixed_weight: bool = False

    @property
    def indicator(self) -> Indicator:
        return self.target.indicator

    @property
    def due(self) -> datetime.date:
        return due_of(self.target)

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


def due_of(target: Target) -> datetime.date:
    """When it is due: a target without a date of its own at the end of the campaign."""
    return target.due_on or target.pledge.participation.campaign.ends_on


def weight_hint(targets: Iterable[Target]) -> str:
    """What to say of the weights: their sum where it is not 100; "" when there are none or they add up."""
    weights = [target.weight for target in targets if target.weight is not None]
    if not weights or sum(weights) == FULL_WEIGHT:
        return ""
    return (
        f"Tổng trọng số các chỉ tiêu đang là {format_number(sum(weights))}, thường là {FULL_WEIGHT}. "
        "Hãy kiểm tra lại nếu chưa đúng ý."
    )


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
        if target.common or target.due_on is None:
            target.due_on = row.target_due_on
        if target.common or row.weight is not None:
            target.weight = row.weight
        rows.append(TargetRow(target, found, medians.get(row.indicator_id), row.weight is not None))
    return rows


def own_promises(pledge: Pledge) -> list[Commitment]:
    """The unit's own promises, in its order."""
    return [row for row in pledge.commitments.all() if row.side == Side.UNIT and not row.common]


def own_commitments(pledge: Pledge) -> list[str]:
    """Their texts."""
    return [row.text for row in own_promises(pledge)]


def watchable(pledge: Pledge) -> list[Indicator]:
    """Figures of the campaign by which a promise may be watched."""
    rows = pledge.participation.campaign.asked.select_related("indicator")
    found = [row.indicator for row in rows.order_by("indicator__group__order", "indicator__order")]
    return [indicator for indicator in found if indicator.is_numeric]


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
    columns = ("indicator_id", "amount", "form", "note", "due_on", "weight")
    targets = pledge.targets.order_by("indicator_id").values_list(*columns)
    words = pledge.commitments.filter(common=False).order_by("order", "id").values_list("text", "indicator_id")
    plain = [pledge.status, [[str(value) for value in row] for row in (*targets, *words)]]
    last = audit.trail(pledge).values_list("pk", flat=True).first() or 0
    return f"{hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:20]}-{last}"


@transaction.atomic
def save_proposal(
    pledge: Pledge,
    *,
    actor: Any,
    targets: dict[int, TargetEntry],
    commitments: Sequence[str],
    seen: str,
    watched: Sequence[int | None] = (),
) -> Pledge:
    """Keep what the unit has typed: entries by indicator id, its own commitments in order. Common rows are not typed.

    ``watched``: beside each commitment the indicator that shows how it is kept (None = none).

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
    _check_entries(locked, targets)
    changes = {**_write_targets(locked, targets), **_write_commitments(locked, commitments, watched)}
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


def _check_entries(pledge: Pledge, entries: dict[int, TargetEntry]) -> None:
    campaign = pledge.participation.campaign
    labels = {row.indicator_id: row.indicator.label for row in asked_rows(pledge)}
    findings = []
    for pk, entry in entries.items():
        label = labels.get(pk, "")
        if entry.due_on is not None and not campaign.starts_on <= entry.due_on <= campaign.ends_on:
            findings.append(
                f"Thời hạn của “{label}” phải nằm trong thời gian của phong trào: "
                f"từ {campaign.starts_on:%d/%m/%Y} đến {campaign.ends_on:%d/%m/%Y}."
            )
        if entry.weight is not None and entry.weight < 0:
            findings.append(f"Trọng số của “{label}” không được âm.")
    if findings:
        raise DomainError("Chưa lưu được giao ước.", findings)


def _write_targets(pledge: Pledge, entries: dict[int, TargetEntry]) -> dict[str, list[str]]:
    """Store every row (baseline and common part included) and return old and new of what was typed."""
    before = {row.indicator_id: _facts(row) for row in pledge.targets.select_related("indicator")}
    rows = target_rows(pledge)
    defaults = {row.indicator_id: row.target_due_on for row in asked_rows(pledge)}
    changes: dict[str, list[str]] = {}
    for row in rows:
        target, entry = row.target, entries.get(row.target.indicator_id)
        if entry is not None and not target.common:
            target.amount, target.form, target.note = entry.amount, entry.form, clean_text(entry.note)
            target.due_on = _own_date(entry.due_on, defaults[target.indicator_id], pledge)
            if not row.fixed_weight:
                target.weight = entry.weight
        old, new = before.get(target.indicator_id, {}), _facts(target)
        for name, value in new.items():
            if old.get(name, "") != value:
                changes[f"{target.indicator.label}{name}"] = [old.get(name, ""), value]
    store_targets(pledge, rows)
    return changes


def _own_date(typed: datetime.date | None, default: datetime.date | None, pledge: Pledge) -> datetime.date | None:
    """What to store of a typed date: None where it is nothing but the end of the campaign."""
    if typed is None:
        return default
    return None if default is None and typed == pledge.participation.campaign.ends_on else typed


def _facts(target: Target) -> dict[str, str]:
    """What people typed on one row, by the words that follow its name in the history."""
    return {
        "": describe_target(target),
        " – ghi chú": target.note,
        " – thời hạn": f"{target.due_on:%d/%m/%Y}" if target.due_on else "",
        " – trọng số": "" if target.weight is None else format_number(target.weight),
    }


def store_targets(pledge: Pledge, rows: list[TargetRow]) -> None:
    """Write the rows; targets on indicators that the campaign no longer asks for go."""
    targets = [row.target for row in rows]
    pledge.targets.exclude(indicator__in=[target.indicator_id for target in targets]).delete()
    fields = ["form", "amount", "baseline", "common", "note", "due_on", "weight"]
    Target.objects.bulk_update([target for target in targets if target.pk], fields)
    Target.objects.bulk_create([target for target in targets if not target.pk])


def clean_text(text: str) -> str:
    """As stored and hashed: one form of letters and line ends, whatever keyboard or browser it came from."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def _write_commitments(pledge: Pledge, texts: Sequence[str], watched: Sequence[int | None]) -> dict[str, list[str]]:
    """Make the unit's own commitments read ``texts`` in this order; blank ones are left out."""
    watched = [*watched, *[None] * (len(texts) - len(watched))]
    pairs = [(clean_text(text), pk) for text, pk in zip(texts, watched, strict=True) if text.strip()]
    _check_commitments(pledge, pairs)
    stored = list(pledge.commitments.filter(side=Side.UNIT, common=False).order_by("order", "id"))
    if [(row.text, row.indicator_id) for row in stored] == pairs:
        return {}
    old, wanted = [row.text for row in stored], [text for text, _ in pairs]
    for place, (row, (text, pk)) in enumerate(zip(stored, pairs, strict=False)):
        row.text, row.indicator_id, row.order = text, pk, place
    Commitment.objects.bulk_update(stored[: len(pairs)], ["text", "indicator", "order"])
    pledge.commitments.filter(pk__in=[row.pk for row in stored[len(pairs) :]]).delete()
    Commitment.objects.bulk_create(
        Commitment(pledge=pledge, text=text, indicator_id=pk, order=place)
        for place, (text, pk) in enumerate(pairs)
        if place >= len(stored)
    )
    size = max(len(old), len(wanted))
    sides = zip(old + [""] * (size - len(old)), wanted + [""] * (size - len(wanted)), strict=True)
    return {f"Cam kết {place}": [was, now] for place, (was, now) in enumerate(sides, 1) if was != now}


def _check_commitments(pledge: Pledge, pairs: Sequence[tuple[str, int | None]]) -> None:
    if len(pairs) > MAX_COMMITMENTS:
        raise DomainError(f"Mỗi giao ước có tối đa {MAX_COMMITMENTS} cam kết riêng. Hãy gộp các ý gần nhau.")
    if any(len(text) > MAX_COMMITMENT_LENGTH for text, _ in pairs):
        raise DomainError(
            f"Mỗi cam kết dài tối đa {MAX_COMMITMENT_LENGTH} ký tự. Hãy viết gọn lại hoặc tách thành hai."
        )
    chosen = {pk for _, pk in pairs if pk is not None}
    if chosen - {indicator.pk for indicator in watchable(pledge)}:
        raise DomainError("Cam kết chỉ theo dõi được bằng chỉ số mà phong trào yêu cầu báo cáo.")


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
