"""A score sheet as it is read: sections and criteria in order, three numbers side by side, reasons, origins, evidence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from campaigns.scoring.entry import Entry, leaf_entries
from campaigns.scoring.inputs import NOT_APPLICABLE, InputKind
from campaigns.scoring.types import Leaf, Node, Scheme
from dvk_portal.core.numbers import format_number
from pledges.models import Evidence, GateDeclaration, ScoreInput, ScoreLine, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services.differences import undecided_entries
from pledges.services.schemes import parsed_scheme
from pledges.services.scoresheets import entry_mark
from pledges.services.scoring_inputs import is_sourced
from pledges.services.scoring_rights import assessors_for, may_assess, may_enter, open_stage

STATE_WORDS = {"missing": "chưa có số liệu", "undetermined": "chưa xác định được", "not_applicable": "không áp dụng"}


@dataclass
class Field:
    """One input of a criterion with what stands at each stage, in words."""

    entry: Entry
    values: dict[str, Any]
    reasons: dict[str, str]
    sourced: bool
    refused: str = ""
    origin: str = ""
    adjusted: bool = False
    may_enter: bool = False

    @property
    def label(self) -> str:
        return self.entry.label

    @property
    def self_words(self) -> str:
        return in_words(self.entry, self.values.get(Stage.SELF))

    @property
    def verified_words(self) -> str:
        return in_words(self.entry, self.values.get(Stage.VERIFIED))

    @property
    def final_words(self) -> str:
        return in_words(self.entry, self.values.get(Stage.FINAL))


@dataclass
class Row:
    """A node of the scheme on the sheet: a section (``leaf`` None) or a criterion."""

    node: Node
    number: int
    depth: int
    line: ScoreLine
    leaf: Leaf | None = None
    fields: list[Field] = field(default_factory=list)
    entered: dict[str, dict[str, ScoreInput]] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    stage: Stage | None = None
    is_mine: bool = False
    waits: bool = False
    form: Any = None
    error: str = ""

    @property
    def anchor(self) -> str:
        return f"tc-{self.number}"

    @property
    def gap(self) -> Decimal | None:
        """Self less verified where the unit scores it itself and both are there."""
        if self.leaf is not None and not self.leaf.self_scored:
            return None
        if self.leaf is None or self.line.self_points is None or self.line.verified_points is None:
            return None
        return self.line.self_points - self.line.verified_points

    @property
    def gap_words(self) -> str:
        if not self.gap:
            return ""
        word = "thấp hơn" if self.gap > 0 else "cao hơn"
        return f"Thẩm định {word} tự chấm {format_number(abs(self.gap).normalize())} điểm"

    @property
    def settled_words(self) -> str:
        """Said when the meeting changed the verified score."""
        final, verified = self.line.final_points, self.line.verified_points
        if final is None or final == verified:
            return ""
        if verified is None:
            return "Điểm do cuộc họp thống nhất"
        word = "cao hơn" if final > verified else "thấp hơn"
        return f"Thống nhất {word} thẩm định {format_number(abs(final - verified).normalize())} điểm"

    @property
    def is_missing(self) -> bool:
        return self.leaf is not None and self.line.final_points is None and self.line.final_state != "not_applicable"

    def state_words(self, stage: str) -> str:
        return STATE_WORDS.get(getattr(self.line, f"{stage}_state"), "")

    @property
    def self_words(self) -> str:
        return "cấp trên chấm" if self.leaf is not None and not self.leaf.self_scored else self.state_words("self")

    @property
    def verified_words(self) -> str:
        return self.state_words("verified")

    @property
    def final_words(self) -> str:
        return self.state_words("final")

    @property
    def explanations(self) -> list[tuple[str, list[str]]]:
        """(stage, sentences) of how the points came about: once when the stages say the same."""
        found: list[tuple[str, list[str]]] = []
        for stage in Stage:
            lines = getattr(self.line, f"{stage.value}_reason").splitlines()
            if lines and lines not in [told for _, told in found]:
                found.append((stage.label, lines))
        return [("", found[0][1])] if len(found) == 1 else found

    @property
    def stated_reasons(self) -> list[tuple[str, ScoreInput]]:
        """What people wrote: (stage, input), one per different reason."""
        found: dict[tuple[str, str], ScoreInput] = {}
        for stage in (Stage.VERIFIED, Stage.FINAL):
            for row in self.entered.get(stage, {}).values():
                if row.reason:
                    found.setdefault((stage.label, row.reason), row)
        return [(label, row) for (label, _), row in found.items()]

    def own(self, stage: str) -> dict[str, ScoreInput]:
        return self.entered.get(stage, {})

    def is_marked(self, stage: str) -> bool:
        """Whether "không áp dụng" was chosen at this stage."""
        row = self.own(stage).get(self.node.code)
        return row is not None and row.value == NOT_APPLICABLE

    @property
    def mark(self) -> str:
        return entry_mark(self.own(self.stage)) if self.stage else ""

    @property
    def editable(self) -> list[Field]:
        return [one for one in self.fields if one.may_enter]


@dataclass
class Section:
    """A top section with everything below it, in order."""

    head: Row
    rows: list[Row]

    @property
    def leaves(self) -> list[Row]:
        return [row for row in self.rows if row.leaf is not None]


@dataclass
class Page:
    sheet: ScoreSheet
    scheme: Scheme
    stage: Stage | None
    sections: list[Section]
    declared: dict[str, GateDeclaration]
    is_assessor: bool

    @cached_property
    def leaves(self) -> list[Row]:
        return [row for section in self.sections for row in section.leaves]

    def row(self, criterion: str) -> Row | None:
        return next((row for row in self.leaves if row.node.code == criterion), None)

    def section_of(self, row: Row) -> Section:
        return next(section for section in self.sections if row in section.rows)

    @property
    def empty_claims(self) -> list[str]:
        """What the unit has left empty and only it can fill; earning criteria without it have no score."""
        return [
            f"{row.node.code} {row.node.title}"
            for row in self.leaves
            if row.leaf.self_scored and row.line.self_points is None and row.line.self_state != "not_applicable"
        ]

    @property
    def waiting(self) -> list[Row]:
        return [row for row in self.leaves if row.waits]

    @property
    def my_waiting(self) -> list[Row]:
        return [row for row in self.waiting if row.is_mine]

    @property
    def gaps(self) -> list[Row]:
        return [row for row in self.leaves if row.gap or row.settled_words]

    @property
    def missing(self) -> list[Row]:
        return [row for row in self.leaves if row.is_missing]

    @property
    def mine(self) -> list[Row]:
        return [row for row in self.leaves if row.is_mine]

    @property
    def declarable(self) -> list[Any]:
        return [gate for gate in self.scheme.gates if gate.when.get("declared") is True]


def build_page(sheet: ScoreSheet, user: Any) -> Page:
    """``sheet`` comes with participation, campaign and scheme selected. A handful of queries, whatever the scheme."""
    scheme = parsed_scheme(sheet.scheme)
    stage = open_stage(sheet, user)
    is_assessor = user.has_perm("score.verify", sheet)
    assessors = assessors_for(user, sheet.participation.campaign_id) if is_assessor else set()
    builder = _Builder(
        sheet,
        scheme,
        stage,
        assessors,
        lines=sheet.lines.all(),
        inputs=sheet.inputs.select_related("entered_by"),
        proofs=sheet.evidence.select_related("file", "added_by"),
    )
    sections = [builder.section(node) for node in scheme.sections]
    declared = {row.code: row for row in sheet.declarations.select_related("declared_by")}
    return Page(sheet, scheme, stage, sections, declared, is_assessor)


def rows_of_criterion(
    sheets: list[ScoreSheet], leaf: Leaf, scheme: Scheme, user: Any, assessors: set[str] | None
) -> dict[int, Row]:
    """One criterion of many sheets, by sheet id. The sheets come with ``own_lines`` and ``own_inputs`` of it."""
    found = {}
    for sheet in sheets:
        builder = _Builder(
            sheet, scheme, open_stage(sheet, user), assessors, lines=sheet.own_lines, inputs=sheet.own_inputs, proofs=[]
        )
        found[sheet.pk] = builder.leaf(leaf.node, 0)
    return found


class _Builder:
    def __init__(
        self, sheet: ScoreSheet, scheme: Scheme, stage: Stage | None, assessors: set[str] | None, *,
        lines: Iterable[ScoreLine], inputs: Iterable[ScoreInput], proofs: Iterable[Evidence],
    ) -> None:  # fmt: skip
        self.sheet, self.scheme, self.stage, self.assessors = sheet, scheme, stage, assessors
        self.lines = {line.code: line for line in lines}
        self.leaves = {leaf.node.code: leaf for leaf in scheme.leaf_list}
        self.inputs: dict[str, dict[str, ScoreInput]] = defaultdict(dict)
        for row in inputs:
            self.inputs[row.stage][row.code] = row
        self.evidence: dict[str, list[Evidence]] = defaultdict(list)
        for proof in proofs:
            self.evidence[proof.criterion].append(proof)
        self.number = 0

    def section(self, node: Node) -> Section:
        if node.is_leaf:
            row = self.leaf(node, 0)
            return Section(self.plain(node, 0), [row])
        head = self.plain(node, 0)
        return Section(head, [row for child in node.children for row in self.below(child, 1)])

    def below(self, node: Node, depth: int) -> list[Row]:
        if node.is_leaf:
            return [self.leaf(node, depth)]
        head = self.plain(node, depth)
        return [head, *(row for child in node.children for row in self.below(child, depth + 1))]

    def plain(self, node: Node, depth: int) -> Row:
        self.number += 1
        return Row(node, self.number, depth, self.line(node))

    def line(self, node: Node) -> ScoreLine:
        empty = {f"{stage}_state": "missing" for stage in Stage.values}
        return self.lines.get(node.code) or ScoreLine(code=node.code, **empty)

    def leaf(self, node: Node, depth: int) -> Row:
        row = self.plain(node, depth)
        row.leaf = self.leaves[node.code]
        own = leaf_entries(self.scheme, node.code)
        codes = {node.code, *(entry.code for entry in own)}
        row.entered = {
            stage: {code: given for code, given in rows.items() if code in codes} for stage, rows in self.inputs.items()
        }
        row.fields = [self.field(entry, row) for entry in own]
        row.evidence = self.evidence.get(node.code, [])
        row.is_mine = any(may_assess(entry, self.assessors) for entry in own)
        claims, verified = (_values(row.own(stage)) for stage in (Stage.SELF, Stage.VERIFIED))
        row.waits = bool(undecided_entries(own, claims, verified))
        row.stage = self.stage if row.editable else None
        return row

    def field(self, entry: Entry, row: Row) -> Field:
        sourced = is_sourced(entry)
        known = self.sheet.sourced
        values = {stage: given[entry.code].value for stage, given in row.entered.items() if entry.code in given}
        adjusted = sourced and Stage.VERIFIED in values
        if sourced:
            values[Stage.SELF] = known.get(Stage.SELF.value, {}).get(entry.code)
            values.setdefault(Stage.VERIFIED, known.get(Stage.VERIFIED.value, {}).get(entry.code))
        return Field(
            entry,
            values,
            {stage: given[entry.code].reason for stage, given in row.entered.items() if entry.code in given},
            sourced,
            refused=known.get("refused", {}).get(entry.code, ""),
            origin=_origin(entry.source) if sourced else "",
            adjusted=adjusted,
            may_enter=self.stage is not None and may_enter(entry, self.stage, self.assessors),
        )


def _values(rows: Mapping[str, ScoreInput]) -> dict[str, Any]:
    return {code: row.value for code, row in rows.items()}


def _origin(source: Mapping[str, Any] | None) -> str:
    """What kind of record the portal took the figure from."""
    if source is None:
        return ""
    parts = [source["row"], source["column"]] if "row" in source else [source]
    if any("reports" in part for part in parts):
        return "từ sổ theo dõi nộp báo cáo"
    if any("models" in part for part in parts):
        return "từ sổ mô hình"
    return "từ báo cáo và giao ước" if any(part.get("of") == "target" for part in parts) else "từ báo cáo"


# --- values in words ------------------------------------------------------------------------------------------------
def in_words(entry: Entry, value: Any) -> str:
    """An input as people say it: "14/20", "Có", "tốt"; "" when there is none."""
    if value is None:
        return ""
    if value == NOT_APPLICABLE:
        return "không áp dụng"
    if entry.kind == InputKind.FLAG:
        return "Có" if value else "Không"
    if entry.kind == InputKind.OPTION:
        return dict(entry.choices).get(value, str(value))
    if isinstance(value, dict) and "row" in value:
        return f"{_number_words(value['row'])}; {_number_words(value['column'])}"
    return _number_words(value)


def _number_words(value: Any) -> str:
    if value is None:
        return "chưa có"
    if isinstance(value, dict):
        top, bottom = (value.get(one) for one in (("achieved", "target") if "achieved" in value else _SHARE))
        return f"{_number_words(top)}/{_number_words(bottom)}"
    return format_number(Decimal(str(value)))


_SHARE = ("numerator", "denominator")
