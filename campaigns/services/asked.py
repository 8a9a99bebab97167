"""What a campaign asks of its units: the chosen indicators and every figure these need."""

import datetime
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from campaigns.formulas import FormulaError, parse_formula
from campaigns.models import Campaign, CampaignIndicator, Indicator
from campaigns.services.editing import Part, open_for_editing, require_draft
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import format_number


@dataclass(frozen=True)
class Asked:
    """One indicator as chosen on the screen."""

    indicator_id: int
    required: bool = True
    in_pledge: bool = False
    common_target: Decimal | None = None
    target_due_on: datetime.date | None = None
    weight: Decimal | None = None


# What the screen sets of each indicator.
_FIELDS = ("required", "in_pledge", "common_target", "target_due_on", "weight")


def parts_of(indicator: Indicator) -> list[str]:
    """Codes of the indicators from which this one is worked out."""
    codes = [*indicator.numerator, *indicator.denominator]
    if formula := (indicator.derived or {}).get("formula"):
        with suppress(FormulaError):  # the catalogue's own screen reports it; here the rest must still work
            codes += parse_formula(formula).codes
    return list(dict.fromkeys(codes))


def with_parts(chosen: Iterable[Asked], catalogue: Iterable[Indicator]) -> tuple[list[Asked], list[Indicator]]:
    """``chosen`` with every figure a ratio or formula needs, and the indicators that came in that way."""
    by_id = {indicator.pk: indicator for indicator in catalogue}
    by_code = {indicator.code: indicator for indicator in by_id.values()}
    kept = {row.indicator_id: row for row in chosen if row.indicator_id in by_id}
    brought: list[Indicator] = []
    waiting = list(kept.values())
    while waiting:
        row = waiting.pop()
        for code in parts_of(by_id[row.indicator_id]):
            part = by_code.get(code)
            if part is not None and part.pk not in kept:
                kept[part.pk] = Asked(part.pk, row.required)
                waiting.append(kept[part.pk])
                brought.append(part)
    return list(kept.values()), brought


@transaction.atomic
def set_asked(
    campaign: Campaign, chosen: Iterable[Asked], *, actor: Any, version: str | None = None
) -> list[Indicator]:
    """Replace what a draft asks; returns the indicators added because others need them."""
    locked = open_for_editing(campaign, actor=actor, part=Part.ASKED, version=version)
    require_draft(locked, "thay đổi chỉ số báo cáo")
    catalogue = list(Indicator.objects.all())
    rows, brought = with_parts(chosen, catalogue)
    by_id = {indicator.pk: indicator for indicator in catalogue}
    _check(locked, rows, by_id)
    old = {row.indicator_id: row for row in locked.asked.all()}
    new = {row.indicator_id: row for row in rows}
    locked.asked.exclude(indicator__in=new).delete()
    CampaignIndicator.objects.bulk_create(
        CampaignIndicator(campaign=locked, indicator_id=pk, **{name: getattr(row, name) for name in _FIELDS})
        for pk, row in new.items()
        if pk not in old
    )
    changed, reworded = [], {}
    for pk in old.keys() & new.keys():
        if any(getattr(old[pk], name) != getattr(new[pk], name) for name in _FIELDS):
            reworded[by_id[pk].code] = [_in_words(old[pk]), _in_words(new[pk])]
            for name in _FIELDS:
                setattr(old[pk], name, getattr(new[pk], name))
            changed.append(old[pk])
    CampaignIndicator.objects.bulk_update(changed, list(_FIELDS), batch_size=100)
    changes = {by_id[pk].code: ["có", None] for pk in old.keys() - new.keys()}
    changes |= {by_id[pk].code: [None, "có"] for pk in new.keys() - old.keys()}
    changes |= reworded
    if changes:
        audit.record(locked, "set_asked", actor=actor, changes=changes)
    return brought


def _in_words(row: Asked | CampaignIndicator) -> str:
    parts = ["bắt buộc" if row.required else "không bắt buộc", "có trong giao ước" if row.in_pledge else ""]
    if row.common_target is not None:
        parts.append(f"chỉ tiêu chung {format_number(row.common_target)}")
    if row.target_due_on is not None:
        parts.append(f"thời hạn {row.target_due_on:%d/%m/%Y}")
    if row.weight is not None:
        parts.append(f"trọng số {format_number(row.weight)}")
    return ", ".join(filter(None, parts))


def _check(campaign: Campaign, rows: list[Asked], by_id: dict[int, Indicator]) -> None:
    findings = []
    for row in rows:
        indicator = by_id[row.indicator_id]
        if row.in_pledge and not indicator.is_numeric:
            findings.append(f"“{indicator.label}” là lời văn hoặc có/không nên không đăng ký chỉ tiêu bằng số được.")
        if row.common_target is not None and not row.in_pledge:
            findings.append(f"“{indicator.label}” có chỉ tiêu chung thì phải nằm trong giao ước.")
        if row.common_target is not None and row.common_target < 0:
            findings.append(f"“{indicator.label}”: chỉ tiêu chung không được âm.")
        if (row.target_due_on is not None or row.weight is not None) and not row.in_pledge:
            findings.append(f"“{indicator.label}” có thời hạn hoặc trọng số thì phải nằm trong giao ước.")
        if row.target_due_on is not None and not campaign.starts_on <= row.target_due_on <= campaign.ends_on:
            findings.append(
                f"“{indicator.label}”: thời hạn phải nằm trong thời gian của phong trào, "
                f"từ {campaign.starts_on:%d/%m/%Y} đến {campaign.ends_on:%d/%m/%Y}."
            )
        if row.weight is not None and row.weight < 0:
            findings.append(f"“{indicator.label}”: trọng số không được âm.")
    if findings:
        raise DomainError("Chưa lưu được danh sách chỉ số.", findings)
