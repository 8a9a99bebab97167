"""The scheme file `dvk-scheme/1`: reading it with findings, and writing it back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from campaigns.scoring.checks import check_scheme
from campaigns.scoring.exact import ROUNDING_MODES
from campaigns.scoring.examplefile import dump_example, load_examples
from campaigns.scoring.judgefile import dump_class, dump_gate, dump_tie, load_classes, load_gates, load_ties
from campaigns.scoring.reading import Finding, Findings, note_of, short
from campaigns.scoring.rulebase import Rule
from campaigns.scoring.rulefile import dump_number, dump_rule, load_rules, present
from campaigns.scoring.types import NOT_APPLICABLE_RULES, PROVENANCE_KEYS, Node, NotApplicable, Rounding, Scheme

FORMAT = "dvk-scheme/1"
MAX_DEPTH = 20
SCHEME_KEYS = (
    "format", "code", "version", "title", *PROVENANCE_KEYS, "base", "rounding", "floor", "ceiling", "bonus_cap",
    "deduction_cap", "sections", "gates", "classes", "ties", "examples",
)
NODE_KEYS = (
    "code", "title", "max", "assessor", "self_scored", "evidence", "bonus_cap", "deduction_cap", "floor",
    "not_applicable", "children", "rules",
)


def load_scheme(obj: object) -> tuple[Scheme | None, list[Finding], list[Finding]]:
    """The scheme, its errors and its warnings, from the content of a file. Never raises.

    The scheme is None when there is an error other than sums that do not add up; then there are no warnings either.
    """
    findings = Findings()
    if not isinstance(obj, Mapping) or obj.get("format") != FORMAT:
        findings.error("", "bad_file", f"Tệp không phải bảng tiêu chí. Tệp phải bắt đầu bằng “format: {FORMAT}”.")
        return None, findings.errors, []
    scheme = _load(obj, findings)
    if not findings.only_sums or scheme is None:
        return None, findings.errors, []
    check_scheme(scheme, findings)
    return scheme, findings.errors, findings.warnings


def findings_at(findings: list[Finding], path: str) -> list[Finding]:
    """The findings of one node, rule, gate, class, tie or example, for a screen."""
    return [finding for finding in findings if finding.path == path]


def _load(obj: Mapping[object, object], findings: Findings) -> Scheme | None:
    findings.mapping(obj, "", "Bảng tiêu chí", SCHEME_KEYS)
    code = findings.code(obj, "", "Bảng tiêu chí")
    version = findings.text(obj, "version", "", required=True)
    title = findings.text(obj, "title", "", required=True)
    provenance = {key: findings.free(obj, key, "") for key in PROVENANCE_KEYS}
    base = findings.number(obj, "base", "", required=True, low=0)
    rounding = _rounding(obj, findings)
    floor = findings.number(obj, "floor", "") if "floor" in obj else Decimal(0)
    ceiling = findings.number(obj, "ceiling", "")
    bonus_cap = findings.number(obj, "bonus_cap", "", low=0)
    deduction_cap = findings.number(obj, "deduction_cap", "", low=0)
    sections = _sections(obj, findings)
    if base is not None and all(node is not None for node in sections) and sections:
        total = sum((node.max for node in sections if node), Decimal(0))
        if total != base:
            findings.error("", "base_sum", f"Điểm các phần cộng lại là {_vn(total)}, khác tổng điểm {_vn(base)}. "
                           "Hãy sửa “max” của các phần hoặc “base”.")
    known = [node for node in sections if node is not None]
    gates = load_gates(findings.items(obj, "gates", ""), known, findings)
    classes = load_classes(findings.items(obj, "classes", ""), gates, findings)
    ties = load_ties(findings.items(obj, "ties", ""), known, findings)
    examples = load_examples(findings.items(obj, "examples", ""), known, gates, classes, findings)
    if code is None or version is None or title is None or base is None or not findings.only_sums:
        return None
    return Scheme(
        code=code, version=version, title=title, base=base, sections=tuple(known), rounding=rounding, floor=floor,
        ceiling=ceiling, bonus_cap=bonus_cap, deduction_cap=deduction_cap, gates=gates, classes=classes, ties=ties,
        examples=examples, provenance=present(provenance), note=note_of(obj),
    )


def _rounding(obj: Mapping[object, object], findings: Findings) -> Rounding:
    raw = obj.get("rounding")
    item = None if raw is None else findings.mapping(raw, "", "“rounding”", ("step", "mode"))
    if item is None:
        return Rounding()
    step = findings.number(item, "step", "", above=0)
    mode = item.get("mode")
    if mode is not None and mode not in ROUNDING_MODES:
        findings.shape("", f"“mode” của “rounding” chỉ nhận: {', '.join(ROUNDING_MODES)}.")
        mode = None
    return Rounding(Rounding.step if step is None else step, str(mode or Rounding.mode), note_of(item))


def _sections(obj: Mapping[object, object], findings: Findings) -> list[Node | None]:
    raw = obj.get("sections")
    if not isinstance(raw, (list, tuple)) or not raw:
        findings.shape("", "Thiếu “sections”: danh sách các phần của bảng. Hãy bổ sung ít nhất một phần.")
        return []
    return [_node(item, "", findings, 1) for item in raw]


def _node(raw: object, parent: str, findings: Findings, depth: int) -> Node | None:
    """The node; None when its children cannot be added up or it cannot be read."""
    if not isinstance(raw, Mapping):
        findings.shape(parent, "Mỗi mục phải là một bảng các khóa và giá trị. Hãy sửa lại.")
        return None
    code = findings.code(raw, parent, "Mục")
    path = (f"{parent}/{code}" if parent else code) if code else parent
    if code:
        findings.claim(code, path)
    if depth > MAX_DEPTH:
        findings.shape(path, f"Bảng lồng nhau quá {MAX_DEPTH} cấp. Hãy giảm số cấp.")
        return None
    findings.mapping(raw, path, "Mục", NODE_KEYS)
    title = findings.text(raw, "title", path, required=True)
    most = findings.number(raw, "max", path, required=True, low=0)
    default_floor = None if most == 0 else Decimal(0)
    floor = findings.number(raw, "floor", path) if "floor" in raw else default_floor
    children, rules = _below(raw, path, most, findings, depth)
    node = Node(
        code=code or "", title=title or "", max=Decimal(0) if most is None else most,
        children=tuple(child for child in children if child is not None), rules=rules,
        assessor=findings.text(raw, "assessor", path), self_scored=findings.flag(raw, "self_scored", path),
        evidence=findings.texts(raw, "evidence", path), bonus_cap=findings.number(raw, "bonus_cap", path, low=0),
        deduction_cap=findings.number(raw, "deduction_cap", path, low=0), floor=floor,
        not_applicable=_not_applicable(raw, path, findings), note=note_of(raw),
    )
    return node if most is not None else None


def _below(
    raw: Mapping[object, object], path: str, most: Decimal | None, findings: Findings, depth: int
) -> tuple[list[Node | None], tuple[Rule, ...]]:
    """The children or the rules of a node."""
    has_children, has_rules = bool(raw.get("children")), bool(raw.get("rules"))
    if has_children == has_rules:
        what = "vừa có “children” vừa có “rules”" if has_children else "không có “children” lẫn “rules”"
        findings.error(path, "children_and_rules", f"Mục {what}. Hãy giữ đúng một trong hai.")
    children = [_node(item, path, findings, depth + 1) for item in findings.items(raw, "children", path)]
    rules = load_rules(findings.items(raw, "rules", path), path, findings)
    if children and most is not None and all(child is not None for child in children):
        total = sum((child.max for child in children if child), Decimal(0))
        if total != most:
            findings.error(path, "children_sum", f"Điểm các mục con cộng lại là {_vn(total)}, khác điểm {_vn(most)} "
                           "của mục. Hãy sửa “max”.")
    return children, rules


def _not_applicable(raw: Mapping[object, object], path: str, findings: Findings) -> NotApplicable:
    value = raw.get("not_applicable")
    if value is None:
        return "forbidden"
    if value not in NOT_APPLICABLE_RULES:
        findings.shape(path, f"“not_applicable” không nhận {short(value)}. Hãy chọn: {', '.join(NOT_APPLICABLE_RULES)}.")
        return "forbidden"
    if raw.get("children") and not raw.get("rules"):
        findings.shape(path, "“not_applicable” chỉ dùng cho tiêu chí có quy tắc. Hãy ghi ở từng tiêu chí bên dưới.")
    return value


def _vn(number: Decimal) -> str:
    return f"{number:f}".replace(".", ",")


def dump_scheme(scheme: Scheme) -> dict[str, object]:
    """The scheme as the content of a file, defaults left out; `load_scheme` gives an equal scheme."""
    data: dict[str, object] = {"format": FORMAT, "code": scheme.code, "version": scheme.version, "title": scheme.title}
    data |= scheme.provenance
    data |= present({"note": scheme.note})
    data["base"] = dump_number(scheme.base)
    if scheme.rounding != Rounding():
        rounding = scheme.rounding
        data["rounding"] = {"step": dump_number(rounding.step), "mode": rounding.mode} | present({"note": rounding.note})
    if scheme.floor != 0:
        data["floor"] = dump_number(scheme.floor)
    for key in ("ceiling", "bonus_cap", "deduction_cap"):
        data |= present({key: dump_number(getattr(scheme, key))})
    data["sections"] = [_dump_node(node) for node in scheme.sections]
    lists = {
        "gates": [dump_gate(gate) for gate in scheme.gates],
        "classes": [dump_class(item) for item in scheme.classes],
        "ties": [dump_tie(tie) for tie in scheme.ties],
        "examples": [dump_example(example) for example in scheme.examples],
    }
    return data | {key: value for key, value in lists.items() if value}


def _dump_node(node: Node) -> dict[str, object]:
    data: dict[str, object] = {"code": node.code, "title": node.title, "max": dump_number(node.max)}
    data |= present({"assessor": node.assessor, "self_scored": node.self_scored, "note": node.note})
    if node.evidence:
        data["evidence"] = list(node.evidence)
    data |= present({key: dump_number(getattr(node, key)) for key in ("bonus_cap", "deduction_cap")})
    if node.floor != (None if node.max == 0 else 0):
        data["floor"] = dump_number(node.floor)
    if node.not_applicable != "forbidden":
        data["not_applicable"] = node.not_applicable
    if node.is_leaf:
        return data | {"rules": [dump_rule(rule) for rule in node.rules]}
    return data | {"children": [_dump_node(child) for child in node.children]}
