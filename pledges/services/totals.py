"""Figures of the clusters and of the whole roster, per period and for the campaign, kept as rows (IndicatorTotal)."""

from typing import Any

from campaigns.figures import Rolled
from campaigns.models import Campaign, Indicator, ReportingPeriod
from pledges.models import IndicatorTotal
from pledges.services.figures import CampaignFigures

TOTAL_FIELDS = ["value", "reported", "expected", "detail"]
Key = tuple[str, int]


def slot_of(cluster: int | None, period: int | None) -> str:
    """Where a total stands: "cluster:period", 0 for the whole."""
    return f"{cluster or 0}:{period or 0}"


def total_rows(campaign: Campaign) -> dict[Key, IndicatorTotal]:
    """Every total of the campaign as it should be stored, by (slot, indicator id)."""
    figures = CampaignFigures(campaign, None)
    rows: dict[Key, IndicatorTotal] = {}
    for period in [None, *figures.periods]:
        for code, indicator in figures.indicators.items():
            rolled = figures.rolled(code) if period is None else figures.roll(indicator, [period.pk])
            for cluster_id, total in [(None, rolled.total), *rolled.by_group.items()]:
                row = total_of(campaign, indicator, total, cluster=cluster_id, period=period)
                rows[row.slot, indicator.pk] = row
    return rows


def total_of(
    campaign: Campaign, indicator: Indicator, total: Rolled, *, cluster: int | None, period: ReportingPeriod | None
) -> IndicatorTotal:
    """The row of one rolled-up figure, not stored."""
    return IndicatorTotal(
        campaign=campaign,
        cluster_id=cluster,
        period=period,
        indicator=indicator,
        slot=slot_of(cluster, period.pk if period else None),
        value=total.shown(4),
        reported=total.reported,
        expected=total.expected,
        detail=_detail(total),
    )


def _detail(total: Rolled) -> dict[str, Any]:
    detail: dict[str, Any] = {}
    if total.parts is not None:
        detail["numerator"], detail["denominator"] = (str(part) for part in total.parts)
    if total.yes or total.no or total.silent:
        detail |= {"yes": total.yes, "no": total.no, "silent": total.silent}
    if total.stale:
        detail["stale"] = True
    return detail


def store_totals(campaign: Campaign, wanted: dict[Key, IndicatorTotal]) -> None:
    """Write what differs from what is stored."""
    stored = _stored(campaign)
    changed = []
    for key, row in stored.items():
        if key in wanted and _differs(row, wanted[key]):
            for name in TOTAL_FIELDS:
                setattr(row, name, getattr(wanted[key], name))
            changed.append(row)
    gone = [row.pk for key, row in stored.items() if key not in wanted]
    if gone:
        IndicatorTotal.objects.filter(campaign=campaign, pk__in=gone).delete()
    IndicatorTotal.objects.bulk_update(changed, TOTAL_FIELDS, batch_size=100)
    IndicatorTotal.objects.bulk_create([row for key, row in wanted.items() if key not in stored], batch_size=200)


def compare_totals(campaign: Campaign) -> list[str]:
    """Sentences on totals that differ from a recomputation."""
    wanted, stored = total_rows(campaign), _stored(campaign)
    problems = [f"Thiếu số tổng hợp {wanted[key].indicator}." for key in wanted.keys() - stored.keys()]
    problems += [
        f"Thừa số tổng hợp của chỉ số {row.indicator_id} ({key[0]})."
        for key, row in stored.items()
        if key not in wanted
    ]
    problems += [
        f"Số tổng hợp {wanted[key].indicator} ({key[0]}): đang lưu {row.value}, tính lại được {wanted[key].value}."
        for key, row in stored.items()
        if key in wanted and _differs(row, wanted[key])
    ]
    return problems


def _stored(campaign: Campaign) -> dict[Key, IndicatorTotal]:
    return {(row.slot, row.indicator_id): row for row in IndicatorTotal.objects.filter(campaign=campaign)}


def _differs(stored: IndicatorTotal, wanted: IndicatorTotal) -> bool:
    return any(getattr(stored, name) != getattr(wanted, name) for name in TOTAL_FIELDS)
