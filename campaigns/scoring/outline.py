"""A scheme document laid out for reading: every part with its words, its sums and the checker's findings beside it.

Works on a document with errors too: a rule that cannot be read is shown as such, the rest as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from campaigns.scoring.editing import Document, place_text
from campaigns.scoring.exact import read_number, vietnamese
from campaigns.scoring.reading import Finding, Findings
from campaigns.scoring.rulefile import load_rules
from campaigns.scoring.types import PROVENANCE_KEYS
from campaigns.scoring.wording import RuleText, rule_text

NOT_APPLICABLE_LABELS = {
    "forbidden": "không được chọn “không áp dụng”",
    "full": "không áp dụng: được đủ điểm",
    "zero": "không áp dụng: 0 điểm",
    "exclude": "không áp dụng: bỏ ra khỏi bảng, quy đổi phần còn lại",
}
PROVENANCE_LABELS = {
    "issuer": "Cơ quan ban hành",
    "document": "Văn bản",
    "applies_to": "Đối tượng áp dụng",
    "source": "Nguồn",
    "read_as": "Cách đọc",
    "confidence": "Độ tin cậy",
}
TIE_LABELS = {
    "women_share": "đơn vị có tỷ lệ nữ từ 70% trở lên xếp trước",
    "fewer_deductions": "ít điểm trừ hơn xếp trước",
    "fewer_late_reports": "ít báo cáo muộn hơn xếp trước",
    "shared": "đồng hạng, bỏ hạng kế tiếp",
    "decision": "người có thẩm quyền quyết định và ghi lý do",
}
ROUNDING_LABELS = {
    "half_up": "nửa trở lên làm tròn lên",
    "half_even": "nửa làm tròn về số chẵn",
    "down": "bỏ phần lẻ",
    "up": "làm tròn lên",
}


# Keys of the file as the forms call them: who works on the screen never sees the file.
KEY_LABELS = {
    "evidence": "Tài liệu kiểm chứng",
    "max": "Điểm chuẩn",
    "base": "Tổng điểm chuẩn",
    "cap": "Điểm tối đa của quy tắc",
    "bonus_cap": "Điểm thưởng tối đa",
    "deduction_cap": "Điểm trừ tối đa",
    "otherwise": "Điểm khi không thuộc mức nào",
    "group": "Nhóm",
    "role": "Điểm này là",
    "input": "Dùng chung số liệu",
    "unless": "Câu hỏi loại trừ",
    "source": "Số liệu lấy từ đâu",
    "code": "Mã",
    "title": "Nội dung",
    "label": "Nội dung",
    "sections": "Các phần",
    "children": "mục con",
    "rules": "quy tắc tính điểm",
    "options": "Các mức",
    "bands": "Các mức",
    "rows": "Các hàng",
    "points": "Điểm",
    "ge": "Từ bao nhiêu điểm",
    "lt": "Đến dưới bao nhiêu điểm",
    "below": "Mọi trường hợp còn lại",
    "below: true": "Mọi trường hợp còn lại",
    "best_class": "Xếp loại cao nhất",
    "when": "Xét khi",
    "effect": "Hệ quả",
    "zero_leaf": "Tiêu chí 0 điểm",
    "of": "Các mục, tiêu chí",
    "requires": "Điều kiện kèm theo",
    "requires: full_base": "Chỉ thưởng khi đạt đủ điểm chuẩn",
    "not_applicable": "Không thuộc diện áp dụng",
    "rounding": "Làm tròn",
}


def screen_words(message: str) -> str:
    """A sentence of the checker with the keys of the file replaced by the labels of the forms."""
    return re.sub("“([a-z_: ]+)”", lambda found: f"“{KEY_LABELS.get(found[1], found[1])}”", message)


@dataclass(frozen=True)
class Remark:
    """A finding as shown: its weight in words, then the sentence."""

    finding: Finding
    is_error: bool

    def __str__(self) -> str:
        return f"{'Lỗi' if self.is_error else 'Cảnh báo'}: {screen_words(self.finding.message)}"


@dataclass(frozen=True)
class RuleLine:
    index: int
    code: str
    text: RuleText | None
    kind: str
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class NodeLine:
    place: str
    path: str
    code: str
    title: str
    max: str
    level: int
    children: tuple[NodeLine, ...]
    rules: tuple[RuleLine, ...]
    assessor: str
    facts: tuple[str, ...]
    evidence: tuple[str, ...]
    note: str
    sum: str  # maxima of the children, in words; "" for a leaf
    sum_differs: bool
    remarks: tuple[Remark, ...]
    remarks_below: int
    is_first: bool = False
    is_last: bool = False

    @property
    def is_leaf(self) -> bool:
        return not self.children

    @property
    def heading(self) -> str:
        return f"{self.code}. {self.title}" if self.code else self.title

    @property
    def anchor(self) -> str:
        """Where an editing page comes back to."""
        return f"muc-{self.place}"

    @property
    def maximum(self) -> str:
        return f"{self.max} điểm"


@dataclass(frozen=True)
class ItemLine:
    """A gate, class or tie in words."""

    index: int
    name: str
    text: str
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Outline:
    document: Document
    sections: tuple[NodeLine, ...]
    gates: tuple[ItemLine, ...]
    classes: tuple[ItemLine, ...]
    ties: tuple[ItemLine, ...]
    settings: tuple[tuple[str, str], ...]
    provenance: tuple[tuple[str, str], ...]
    sum: str
    sum_differs: bool
    remarks: tuple[Remark, ...]  # of the table as a whole, and those whose place is not shown
    errors: int
    warnings: int
    leaves: int = 0

    def lines(self) -> list[NodeLine]:
        """All nodes, parents first."""
        return [line for section in self.sections for line in _flat(section)]


def _flat(line: NodeLine) -> list[NodeLine]:
    return [line, *(below for child in line.children for below in _flat(child))]


def outline(
    document: Document,
    errors: Iterable[Finding],
    warnings: Iterable[Finding],
    indicators: Mapping[str, str] | None = None,
) -> Outline:
    """``indicators``: code → name, for the sources of rules."""
    errors, warnings = tuple(errors), tuple(warnings)
    desk = _Desk(document, indicators or {})
    for finding, is_error in [*((item, True) for item in errors), *((item, False) for item in warnings)]:
        desk.remarks.setdefault(finding.path, []).append(Remark(finding, is_error))
    sections = desk.nodes(document.get("sections"), (), "", "")
    gates = desk.items("gates", lambda item: item.get("code"), gate_text)
    classes = desk.items("classes", lambda item: item.get("label"), class_text)
    ties = desk.items("ties", None, lambda item: tie_text(item, document, indicators or {}))
    base, total = read_number(document.get("base")), _sum(document.get("sections"))
    return Outline(
        document=document,
        sections=sections,
        gates=gates,
        classes=classes,
        ties=ties,
        settings=tuple(_settings(document)),
        provenance=tuple(
            (PROVENANCE_LABELS[key], str(document[key])) for key in PROVENANCE_KEYS if document.get(key) is not None
        ),
        sum="" if total is None else vietnamese(total),
        sum_differs=total is not None and base is not None and total != base,
        remarks=tuple(desk.rest()),
        errors=len(errors),
        warnings=len(warnings),
        leaves=desk.leaves,
    )


@dataclass
class _Desk:
    document: Document
    indicators: Mapping[str, str]
    remarks: dict[str, list[Remark]] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    leaves: int = 0

    def take(self, path: str) -> tuple[Remark, ...]:
        self.shown.add(path)
        return tuple(self.remarks.get(path, ()))

    def rest(self) -> list[Remark]:
        """Remarks on the table itself first, then whatever stands nowhere else."""
        top = list(self.remarks.get("", ()))
        return top + [
            remark for path, found in self.remarks.items() if path and path not in self.shown for remark in found
        ]

    def nodes(self, raw: Any, above: tuple[int, ...], path: str, assessor: str) -> tuple[NodeLine, ...]:
        raw = raw or []
        return tuple(self.node(item, (*above, index), path, assessor, len(raw)) for index, item in enumerate(raw))

    def node(self, raw: Document, place: tuple[int, ...], parent: str, assessor: str, siblings: int) -> NodeLine:
        code = raw.get("code") or ""
        path = (f"{parent}/{code}" if parent else code) if code else parent
        remarks = self.take(path) if code else ()
        assessor = raw.get("assessor") or assessor
        rules = tuple(self.rule(item, index, path) for index, item in enumerate(raw.get("rules") or []))
        children = self.nodes(raw.get("children"), place, path, assessor)
        self.leaves += not children
        total, most = _sum(raw.get("children")) if children else None, read_number(raw.get("max"))
        return NodeLine(
            place=place_text(place),
            path=path,
            code=code,
            title=str(raw.get("title") or "(chưa có tên)"),
            max=_number(raw.get("max")),
            level=len(place),
            children=children,
            rules=rules,
            assessor=assessor,
            facts=tuple(_node_facts(raw)),
            evidence=tuple(map(str, raw.get("evidence") or ())),
            note=str(raw.get("note") or ""),
            sum="" if total is None else vietnamese(total),
            sum_differs=total is not None and total != most,
            remarks=remarks,
            remarks_below=sum(len(child.remarks) + child.remarks_below for child in children)
            + sum(len(rule.remarks) for rule in rules),
            is_first=place[-1] == 0,
            is_last=place[-1] == siblings - 1,
        )

    def rule(self, raw: Document, index: int, path: str) -> RuleLine:
        code = raw.get("code") or ""
        # References to sister rules are the checker's business; here the rule alone is put into words.
        loaded = load_rules([raw], path, Findings())
        text = rule_text(loaded[0], self.indicators) if loaded else None
        remarks = self.take(f"{path}/{code}") if code else ()
        return RuleLine(index, code, text, str(raw.get("kind") or ""), remarks)

    def items(self, name: str, key: Any, words: Any) -> tuple[ItemLine, ...]:
        found = []
        for index, item in enumerate(self.document.get(name) or []):
            label = str((key(item) or "") if key else index + 1)
            remarks = self.take(f"{name}/{label}") if label else ()
            found.append(ItemLine(index, label, words(item), remarks))
        return tuple(found)


def _sum(nodes: Any) -> Decimal | None:
    """Sum of the maxima; None when one is missing or there is none."""
    amounts = [read_number(node.get("max")) for node in nodes or []]
    if not amounts or any(amount is None for amount in amounts):
        return None
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _number(raw: object) -> str:
    number = read_number(raw)
    return "–" if number is None else vietnamese(number)


def _node_facts(raw: Document) -> list[str]:
    facts = []
    if raw.get("self_scored") is False:
        facts.append("Cấp trên chấm, đơn vị không tự chấm")
    elif raw.get("self_scored") is True:
        facts.append("Đơn vị tự chấm")
    if raw.get("bonus_cap") is not None:
        facts.append(f"Điểm thưởng tối đa {_number(raw['bonus_cap'])}")
    if raw.get("deduction_cap") is not None:
        facts.append(f"Điểm trừ tối đa {_number(raw['deduction_cap'])}")
    if "floor" in raw:
        facts.append(
            "Không có mức điểm thấp nhất" if raw["floor"] is None else f"Thấp nhất {_number(raw['floor'])} điểm"
        )
    if raw.get("not_applicable", "forbidden") != "forbidden":
        facts.append(NOT_APPLICABLE_LABELS.get(raw["not_applicable"], str(raw["not_applicable"])).capitalize())
    return facts


def _settings(document: Document) -> list[tuple[str, str]]:
    rounding = document.get("rounding") or {}
    step, mode = rounding.get("step", "0.01"), rounding.get("mode", "half_up")
    found = [("Tổng điểm chuẩn", f"{_number(document.get('base'))} điểm")]
    found.append(("Làm tròn", f"đến {_number(step)}, {ROUNDING_LABELS.get(mode, mode)}"))
    floor = document.get("floor", 0)
    found.append(("Tổng điểm thấp nhất", "không giới hạn" if floor is None else _number(floor)))
    ceiling = document.get("ceiling")
    found.append(("Tổng điểm cao nhất", "không giới hạn" if ceiling is None else _number(ceiling)))
    for key, label in (("bonus_cap", "Điểm thưởng tối đa toàn bảng"), ("deduction_cap", "Điểm trừ tối đa toàn bảng")):
        if document.get(key) is not None:
            found.append((label, _number(document[key])))
    return found


def gate_text(gate: Document) -> str:
    """When it holds, and what then follows."""
    when, effect = gate.get("when") or {}, gate.get("effect") or {}
    parts = []
    if gate.get("label"):
        parts.append(f"{gate['label']}.")
    parts.append(f"Xét khi {_when_text(when)}.")
    follows = []
    if effect.get("unranked"):
        follows.append("không xếp loại, không xếp hạng")
    if "best_class" in effect:
        follows.append(f"xếp loại cao nhất là “{effect['best_class']}”")
    if "class_down" in effect:
        follows.append(f"hạ {effect['class_down']} bậc")
    if "points" in effect:
        follows.append(f"trừ {_number(str(effect['points']).lstrip('-'))} điểm")
    parts.append(f"Khi đó: {'; '.join(follows)}." if follows else "Hệ quả ghi ở điều kiện của các loại.")
    if gate.get("review"):
        parts.append("Cần người có thẩm quyền xác nhận.")
    return " ".join(parts)


def _when_text(when: Document) -> str:
    if when.get("declared"):
        return "người thẩm định khai báo"
    if when.get("no_self_report"):
        return "đơn vị không gửi bản tự chấm điểm"
    if "zero_leaf" in when:
        which = when["zero_leaf"]
        return "có tiêu chí 0 điểm" if which is True else f"tiêu chí {', '.join(which)} có 0 điểm"
    if "below_percent" in when:
        of = when.get("of")
        names = {"leaves": "một tiêu chí", "sections": "một phần"}
        what = names.get(of, "") if isinstance(of, str) else f"một trong {', '.join(of or ())}"
        return f"{what} đạt dưới {_number(when['below_percent'])}% số điểm"
    if "total_below" in when:
        return f"tổng điểm dưới {_number(when['total_below'])}"
    return "(chưa ghi điều kiện)"


def class_text(item: Document) -> str:
    if item.get("below"):
        text = "Các trường hợp còn lại, dưới mọi loại trên"
    else:
        text = f"Từ {_number(item.get('ge'))} điểm"
        text += f" đến dưới {_number(item['lt'])} điểm" if item.get("lt") is not None else " trở lên"
    if item.get("requires"):
        text += f"; không vướng điều kiện {', '.join(item['requires'])}"
    return f"{text}."


def tie_text(tie: Any, document: Document, indicators: Mapping[str, str]) -> str:
    if isinstance(tie, str):
        return TIE_LABELS.get(tie, tie).capitalize()
    if tie.get("section"):
        return f"Điểm mục {tie['section']} cao hơn xếp trước"
    code = tie.get("indicator", "")
    return f"Chỉ số “{indicators.get(code, code)}” cao hơn xếp trước"
