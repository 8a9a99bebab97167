"""Gates (điều kiện, điểm liệt) and classes (xếp loại)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from campaigns.scoring.exact import vietnamese
from campaigns.scoring.types import FiredGate, Gate, LineResult, Scheme, State


def fired_gates(
    scheme: Scheme, lines: Sequence[LineResult], total: Fraction, given: Collection[str], no_self_report: bool
) -> tuple[FiredGate, ...]:
    """The gates that fire, in the order of the scheme. `given`: codes declared by a person."""
    fired = []
    tops = {node.code for node in scheme.sections}
    for gate in scheme.gates:
        reason = _reason(gate, lines, tops, total, no_self_report)
        if reason is None and gate.code in given:
            reason = "Người thẩm định xác nhận."
        if reason is not None:
            fired.append(FiredGate(gate.code, gate.label or gate.code, reason, gate.effect, gate.review))
    return tuple(fired)


def classify(scheme: Scheme, total: Fraction, fired: Sequence[FiredGate]) -> tuple[str | None, str]:
    """The class and the Vietnamese reason; no class is None."""
    effects = [gate.effect for gate in fired if gate.effect]
    if any(effect.get("unranked") for effect in effects):
        names = "; ".join(gate.label for gate in fired if gate.effect and gate.effect.get("unranked"))
        return None, f"Không xếp loại: {names}."
    if not scheme.classes:
        return None, "Bảng tiêu chí không quy định xếp loại."
    labels = [item.label for item in scheme.classes]
    codes = {gate.code for gate in fired}
    start = next((i for i, c in enumerate(scheme.classes) if c.below or (c.ge is not None and total >= c.ge)), None)
    if start is None:
        return None, f"{vietnamese(total)} điểm không đạt loại nào."
    reason = f"{vietnamese(total)} điểm: {labels[start]}"
    place = _meeting_requirements(scheme, start, codes)
    if place is not None:
        down = sum(_whole(effect.get("class_down")) for effect in effects)
        place = min(place + down, len(labels) - 1)
        best = [labels.index(str(effect["best_class"])) for effect in effects if "best_class" in effect]
        place = max([place, *best])
        place = _meeting_requirements(scheme, place, codes)
    if place is None:
        return None, f"{reason}; không đủ điều kiện của loại nào."
    if place == start:
        return labels[place], f"{reason}."
    names = "; ".join(gate.label for gate in fired)
    return labels[place], f"{reason}, xếp {labels[place]} vì: {names}."


def _meeting_requirements(scheme: Scheme, place: int, fired: Collection[str]) -> int | None:
    for index in range(place, len(scheme.classes)):
        if not set(scheme.classes[index].requires) & set(fired):
            return index
    return None


def _reason(
    gate: Gate, lines: Sequence[LineResult], tops: Collection[str], total: Fraction, no_self_report: bool
) -> str | None:
    when = gate.when
    if when.get("no_self_report"):
        return "Đơn vị không gửi bản tự chấm điểm." if no_self_report else None
    if "zero_leaf" in when:
        zero = [line.code for line in _leaves(lines, when["zero_leaf"]) if line.points is not None and line.points <= 0]
        return f"Tiêu chí không có điểm: {', '.join(zero)}." if zero else None
    if "below_percent" in when:
        return _below_percent(when, lines, tops)
    limit = when.get("total_below")
    if isinstance(limit, Decimal) and total < limit:
        return f"Tổng điểm {vietnamese(total)} dưới {vietnamese(limit)}."
    return None


def _below_percent(when: Mapping[str, object], lines: Sequence[LineResult], tops: Collection[str]) -> str | None:
    percent, of = when["below_percent"], when["of"]
    assert isinstance(percent, Decimal)
    if of == "leaves":
        looked_at = _leaves(lines, True)
    else:
        codes = tops if of == "sections" else _codes(of)
        looked_at = [line for line in lines if line.code in codes and _counts(line)]
    low = []
    for line in looked_at:
        most = Fraction(line.max) - Fraction(line.excluded_max)
        if line.points is not None and most > 0 and Fraction(line.points) < most * Fraction(percent) / 100:
            low.append(f"{line.code} ({vietnamese(line.points)}/{vietnamese(most)})")
    return f"Đạt dưới {vietnamese(percent)}% số điểm: {', '.join(low)}." if low else None


def _leaves(lines: Sequence[LineResult], which: object) -> list[LineResult]:
    codes = None if which is True else _codes(which)
    return [line for line in lines if line.is_leaf and _counts(line) and (codes is None or line.code in codes)]


def _counts(line: LineResult) -> bool:
    return line.max > 0 and (not line.is_leaf or line.state is State.SCORED)


def _codes(raw: object) -> set[str]:
    return set(raw) if isinstance(raw, (tuple, list)) else set()


def _whole(raw: object) -> int:
    return int(raw) if isinstance(raw, (int, Decimal)) else 0
