"""Gates, classes and ties of a scheme file: reading, checking and writing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from campaigns.scoring.reading import Findings, note_of, short
from campaigns.scoring.rulefile import dump_number, present
from campaigns.scoring.types import Gate, Node, ScoreClass, Tie, walk

WHENS = ("declared", "no_self_report", "zero_leaf", "below_percent", "total_below")
EFFECTS = ("unranked", "best_class", "class_down", "points")
PLAIN_TIES = ("women_share", "fewer_deductions", "fewer_late_reports", "shared", "decision")


def load_gates(raw_gates: Sequence[object], sections: Sequence[Node], findings: Findings) -> tuple[Gate, ...]:
    nodes = {node.code: node for node in walk(tuple(sections))}
    gates = []
    for raw in raw_gates:
        if not isinstance(raw, Mapping):
            findings.shape("gates", "Mỗi điều kiện phải là một bảng các khóa và giá trị. Hãy sửa lại.")
            continue
        code = findings.code(raw, "gates", "Điều kiện")
        path = f"gates/{code}" if code else "gates"
        if code:
            findings.claim(code, path)
        findings.mapping(raw, path, "Điều kiện", ("code", "label", "when", "effect", "review"))
        when = _when(raw.get("when"), nodes, path, findings)
        effect = None if raw.get("effect") is None else _effect(raw.get("effect"), path, findings)
        gates.append(Gate(code or "", when, effect, findings.text(raw, "label", path),
                          findings.flag(raw, "review", path) or False, note_of(raw)))
    return tuple(gates)


def _when(raw: object, nodes: Mapping[str, Node], path: str, findings: Findings) -> dict[str, object]:
    item = findings.mapping(raw, path, "“when”", (*WHENS, "of")) or {}
    kinds = [kind for kind in WHENS if kind in item]
    if len(kinds) != 1:
        if isinstance(raw, Mapping):
            findings.shape(path, f"“when” phải có đúng một trong: {', '.join(WHENS)}. Hãy sửa lại.")
        return {}
    kind = kinds[0]
    if ("of" in item) != (kind == "below_percent"):
        findings.shape(path, "“of” dùng cùng và chỉ cùng “below_percent”. Hãy sửa lại.")
    when: dict[str, object] = {}
    if kind in ("declared", "no_self_report"):
        if item[kind] is not True:
            findings.shape(path, f"“{kind}” chỉ nhận true.")
        when[kind] = True
    elif kind == "zero_leaf":
        when[kind] = True if item[kind] is True else _codes(item, kind, nodes, path, findings, leaves=True)
    elif kind == "below_percent":
        when[kind] = findings.number(item, kind, path, required=True, above=0)
        of = item.get("of")
        when["of"] = of if of in ("leaves", "sections") else _codes(item, "of", nodes, path, findings, leaves=False)
    else:
        when[kind] = findings.number(item, kind, path, required=True)
    return when | present({"note": note_of(item)})


def _codes(
    item: Mapping[object, object], key: str, nodes: Mapping[str, Node], path: str, findings: Findings, *, leaves: bool
) -> tuple[str, ...]:
    raw = item.get(key)
    if not isinstance(raw, (list, tuple)) or not raw:
        findings.shape(path, f"“{key}” không nhận {short(raw)}. Hãy viết như mẫu, hoặc liệt kê mã: [a1, a2].")
        return ()
    codes = findings.texts(item, key, path)
    for code in codes:
        node = nodes.get(code)
        if node is None or (leaves and not node.is_leaf):
            what = "tiêu chí" if leaves else "mục"
            findings.error(path, "unknown_reference", f"“{key}” nêu {what} “{short(code)}” không có. Hãy sửa mã.")
    return codes


def _effect(raw: object, path: str, findings: Findings) -> dict[str, object]:
    item = findings.mapping(raw, path, "“effect”", EFFECTS) or {}
    kinds = [kind for kind in EFFECTS if kind in item]
    effect: dict[str, object] = {}
    if not kinds and isinstance(raw, Mapping):
        findings.shape(path, f"“effect” phải có một trong: {', '.join(EFFECTS)}. Hãy bổ sung hoặc bỏ “effect”.")
    if "unranked" in item:
        if item["unranked"] is not True:
            findings.shape(path, "“unranked” chỉ nhận true.")
        effect["unranked"] = True
    if "best_class" in item:
        effect |= present({"best_class": findings.text(item, "best_class", path, required=True)})
    if "class_down" in item:
        down = findings.number(item, "class_down", path, required=True, low=1, whole=True)
        effect |= {} if down is None else {"class_down": int(down)}
    if "points" in item:
        points = findings.number(item, "points", path, required=True)
        if points is not None and points >= 0:
            findings.shape(path, "“points” của điều kiện là điểm bị trừ. Hãy viết số âm, ví dụ -1.")
        effect |= present({"points": points})
    return effect | present({"note": note_of(item)})


def load_classes(raw_classes: Sequence[object], gates: Sequence[Gate], findings: Findings) -> tuple[ScoreClass, ...]:
    classes = []
    for raw in raw_classes:
        if not isinstance(raw, Mapping):
            findings.shape("classes", "Mỗi loại phải là một bảng các khóa và giá trị. Hãy sửa lại.")
            continue
        label = findings.text(raw, "label", "classes", required=True)
        path = f"classes/{label}" if label else "classes"
        findings.mapping(raw, path, "Loại", ("label", "ge", "lt", "requires", "below"))
        below = findings.flag(raw, "below", path) or False
        ge = findings.number(raw, "ge", path, required=not below)
        if below and ge is not None:
            findings.shape(path, "Loại có “below: true” không có “ge”. Hãy bỏ một trong hai.")
        requires = findings.texts(raw, "requires", path)
        classes.append(ScoreClass(label or "", ge, findings.number(raw, "lt", path), requires, below, note_of(raw)))
    known = {gate.code for gate in gates}
    for item in classes:
        for code in item.requires:
            if code not in known:
                findings.error(f"classes/{item.label}", "unknown_reference",
                               f"“requires” nêu điều kiện “{short(code)}” không có. Hãy sửa mã.")
    _check_order(classes, findings)
    _check_effects(gates, classes, findings)
    return tuple(classes)


def _check_order(classes: Sequence[ScoreClass], findings: Findings) -> None:
    """Best first, each ending where the one before begins; `below` last; labels once."""
    labels: set[str] = set()
    above: Decimal | None = None
    for index, item in enumerate(classes):
        path = f"classes/{item.label}" if item.label else "classes"
        if item.label and item.label in labels:
            findings.error(path, "duplicate_code", f"Loại “{short(item.label)}” có hai lần. Hãy đặt tên khác.")
        labels.add(item.label)
        if item.below and index != len(classes) - 1:
            findings.error(path, "class_order", "Loại có “below: true” phải đứng cuối cùng. Hãy đổi thứ tự.")
        if item.lt is not None and (index == 0 or (above is not None and item.lt != above)):  # a hole or an overlap
            what = "trống: không có loại nào ở trên" if index == 0 else "phải bằng “ge” của loại đứng trước"
            findings.error(path, "class_order", f"“lt” của loại {what}. Hãy sửa cho các loại nối tiếp nhau.")
        elif item.ge is not None and above is not None and item.ge >= above:
            findings.error(path, "class_order", "Các loại phải xếp từ cao xuống thấp, không trùng. Hãy đổi thứ tự.")
        above = item.ge


def _check_effects(gates: Sequence[Gate], classes: Sequence[ScoreClass], findings: Findings) -> None:
    labels = {item.label for item in classes}
    required = {code for item in classes for code in item.requires}
    for gate in gates:
        path = f"gates/{gate.code}" if gate.code else "gates"
        best = (gate.effect or {}).get("best_class")
        if best is not None and best not in labels:
            findings.error(path, "unknown_reference", f"“best_class” nêu loại “{short(best)}” không có. Hãy sửa tên.")
        if gate.effect and gate.code in required:
            findings.shape(path, "Điều kiện nằm trong “requires” của một loại thì không có “effect”. Hãy bỏ một.")


def load_ties(raw_ties: Sequence[object], sections: Sequence[Node], findings: Findings) -> tuple[Tie, ...]:
    nodes = {node.code for node in walk(tuple(sections))}
    ties = []
    for index, raw in enumerate(raw_ties, start=1):
        path = f"ties/{index}"
        if isinstance(raw, str) and raw in PLAIN_TIES:
            ties.append(Tie(raw))
            continue
        item = findings.mapping(raw, path, "Cách xét bằng điểm", ("section", "indicator")) or {}
        kinds = [kind for kind in ("section", "indicator") if kind in item]
        if len(kinds) != 1:
            if isinstance(raw, Mapping):
                findings.shape(path, "Hãy ghi đúng một trong: section, indicator.")
            continue
        code = findings.text(item, kinds[0], path, required=True)
        if kinds[0] == "section" and code is not None and code not in nodes:
            findings.error(path, "unknown_reference", f"Không có mục “{short(code)}”. Hãy sửa mã.")
        ties.append(Tie(kinds[0], code, note_of(item)))
    return tuple(ties)


def dump_gate(gate: Gate) -> dict[str, object]:
    data: dict[str, object] = {"code": gate.code} | present({"label": gate.label}) | {"when": _dump(gate.when)}
    if gate.effect is not None:
        data["effect"] = _dump(gate.effect)
    return data | present({"review": gate.review or None, "note": gate.note})


def dump_class(item: ScoreClass) -> dict[str, object]:
    data: dict[str, object] = {"label": item.label} | present({"ge": dump_number(item.ge), "lt": dump_number(item.lt)})
    if item.requires:
        data["requires"] = list(item.requires)
    return data | present({"below": item.below or None, "note": item.note})


def dump_tie(tie: Tie) -> object:
    return tie.kind if tie.code is None else {tie.kind: tie.code} | present({"note": tie.note})


def _dump(data: Mapping[str, object]) -> dict[str, object]:
    return {key: list(value) if isinstance(value, tuple) else dump_number(value) for key, value in data.items()}

