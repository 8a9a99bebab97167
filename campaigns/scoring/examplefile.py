"""Examples of a scheme file: reading, checking, running and writing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from campaigns.scoring.engine import evaluate
from campaigns.scoring.exact import read_number
from campaigns.scoring.inputs import BadInput
from campaigns.scoring.ranking import Contender, rank
from campaigns.scoring.reading import Findings, note_of, short
from campaigns.scoring.rulefile import dump_number, present
from campaigns.scoring.types import Example, Gate, Node, Result, Scheme, ScoreClass, State, walk

KEYS = ("code", "source", "given", "given_nodes", "given_total", "gates", "stage", "ranking", "expect")
NUMBERS = ("points", "base", "bonus", "deduction", "total")
EXPECT_KEYS = (*NUMBERS, "node", "state", "class", "gates", "order", "ranks", "error")
UNIT_NUMBERS = ("women_share", "deductions", "late_reports")


@dataclass(frozen=True)
class ExampleResult:
    code: str
    passed: bool
    expected: dict[str, object]
    actual: dict[str, object]

    def as_json(self) -> dict[str, object]:
        return {"code": self.code, "passed": self.passed, "expected": self.expected, "actual": self.actual}


@dataclass(frozen=True)
class _Names:
    """What an example may name."""

    inputs: frozenset[str]
    nodes: Mapping[str, Node]
    gates: frozenset[str]
    classes: frozenset[str]


def load_examples(
    raw_examples: Sequence[object], sections: Sequence[Node], gates: Sequence[Gate], classes: Sequence[ScoreClass],
    findings: Findings,
) -> tuple[Example, ...]:
    names = _names(sections, gates, classes)
    examples: list[Example] = []
    used: set[str] = set()
    for raw in raw_examples:
        if not isinstance(raw, Mapping):
            findings.shape("examples", "Mỗi ví dụ phải là một bảng các khóa và giá trị. Hãy sửa lại.")
            continue
        code = findings.code(raw, "examples", "Ví dụ")
        path = f"examples/{code}" if code else "examples"
        if code in used:
            findings.error(path, "duplicate_code", f"Ví dụ “{short(code)}” có hai lần. Hãy đặt mã khác.")
        used |= {code} if code else set()
        examples.append(_example(raw, code or "", path, names, findings))
    return tuple(examples)


def _names(sections: Sequence[Node], gates: Sequence[Gate], classes: Sequence[ScoreClass]) -> _Names:
    nodes = {node.code: node for node in walk(tuple(sections))}
    inputs = set()
    for node in nodes.values():
        if node.is_leaf:
            inputs.add(node.code)
        for rule in node.rules:
            inputs |= {code for code in (rule.code, rule.unless_input and rule.unless_input.code) if code}
    return _Names(
        frozenset(inputs), nodes, frozenset(gate.code for gate in gates), frozenset(item.label for item in classes)
    )


def _example(
    raw: Mapping[object, object], code: str, path: str, names: _Names, findings: Findings
) -> Example:
    findings.mapping(raw, path, "Ví dụ", KEYS)
    stage = raw.get("stage")
    if stage not in (None, "self", "verified"):
        findings.shape(path, "“stage” chỉ nhận self hoặc verified.")
        stage = None
    given_gates = findings.texts(raw, "gates", path)
    _known(given_gates, names.gates, "điều kiện", path, findings)
    ranking = tuple(
        unit for unit in (_unit(item, path, names, findings) for item in findings.items(raw, "ranking", path)) if unit
    )
    if len({unit["unit"] for unit in ranking}) < len(ranking):
        findings.shape(path, "“ranking” có đơn vị viết hai lần. Hãy bỏ bớt.")
    expect = _expect(raw.get("expect"), ranking, path, names, findings)
    return Example(
        code=code, expect=expect, source=findings.free(raw, "source", path), given=_given(raw, path, names, findings),
        given_nodes=_numbers(raw.get("given_nodes"), "given_nodes", names.nodes, path, findings),
        given_total=findings.number(raw, "given_total", path, required="given_total" in raw), gates=given_gates,
        stage=stage, ranking=ranking, note=note_of(raw),
    )


def _given(raw: Mapping[object, object], path: str, names: _Names, findings: Findings) -> dict[str, object]:
    given = raw.get("given")
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        findings.shape(path, "“given” phải là bảng mã và số liệu. Hãy sửa lại.")
        return {}
    result = {}
    for code, value in given.items():
        if code == "note" and code not in names.inputs:
            continue
        if not isinstance(code, str):
            findings.shape(path, f"Mã {short(code)} trong “given” phải là chữ. Hãy đặt trong dấu nháy.")
        elif code not in names.inputs:
            findings.error(path, "unknown_reference", f"“given” nêu mã “{short(code)}” không có. Hãy sửa mã.")
        else:
            result[code] = _plain(value, path, findings)
    return result


def _plain(value: object, path: str, findings: Findings) -> object:
    """Input data as JSON data with exact numbers."""
    if isinstance(value, Mapping):
        return {key: _plain(part, path, findings) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part, path, findings) for part in value]
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Decimal) and value.is_finite():
        return dump_number(value)
    findings.shape(path, f"“given” không nhận {short(value)}. Hãy viết số như 12 hoặc \"12,5\".")
    return None


def _numbers(
    raw: object, key: str, known: Mapping[str, object] | None, path: str, findings: Findings
) -> dict[str, Decimal]:
    """A mapping of codes (of nodes, if `known`) to numbers."""
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        findings.shape(path, f"“{key}” phải là bảng mã và số. Hãy sửa lại.")
        return {}
    result = {}
    for code, value in raw.items():
        if code == "note" and (known is None or code not in known):
            continue
        number = read_number(value)
        if not isinstance(code, str):
            findings.shape(path, f"Mã {short(code)} trong “{key}” phải là chữ. Hãy đặt trong dấu nháy.")
        elif known is not None and code not in known:
            findings.error(path, "unknown_reference", f"“{key}” nêu mục “{short(code)}” không có. Hãy sửa mã.")
        elif number is None:
            if value is not None or key == "given_nodes":
                findings.shape(path, f"“{key}” của “{short(code)}” phải là số, không phải {short(value)}.")
        else:
            result[code] = number
    return result


def _unit(raw: object, path: str, names: _Names, findings: Findings) -> dict[str, object] | None:
    keys = ("unit", "total", *UNIT_NUMBERS, "sections", "indicators")
    item = findings.mapping(raw, path, "Đơn vị trong “ranking”", keys)
    if item is None:
        return None
    unit = findings.text(item, "unit", path, required=True)
    total = findings.number(item, "total", path, required=True)
    numbers = {key: findings.number(item, key, path, low=0) for key in UNIT_NUMBERS}
    sections = _numbers(item.get("sections"), "sections", names.nodes, path, findings)
    indicators = _numbers(item.get("indicators"), "indicators", None, path, findings)
    if unit is None or total is None:
        return None
    data = {"unit": unit, "total": total, **present(numbers), "sections": sections, "indicators": indicators}
    return data | present({"note": note_of(item)})


def _expect(
    raw: object, ranking: Sequence[Mapping[str, object]], path: str, names: _Names, findings: Findings
) -> dict[str, object]:
    item = findings.mapping(raw, path, "“expect”", EXPECT_KEYS)
    if item is None:
        return {}
    expect: dict[str, object] = {}
    for key in NUMBERS:
        if key in item:
            expect[key] = findings.number(item, key, path)
    node = findings.text(item, "node", path, required="node" in item)
    if node is not None:
        _known([node], names.nodes, "mục", path, findings)
        expect["node"] = node
    for key in ("points", "base", "state"):
        if key in item and "node" not in item:
            findings.shape(path, f"“{key}” trong “expect” phải đi với “node”. Hãy bổ sung.")
    if "base" in item and node is not None and node in names.nodes and not names.nodes[node].is_leaf:
        findings.shape(path, "“base” trong “expect” chỉ dùng cho tiêu chí, không dùng cho phần. Hãy bỏ đi.")
    _expect_words(item, expect, path, names, findings)
    if "order" in item or "ranks" in item:
        _expect_ranks(item, expect, ranking, path, findings)
    if not expect:
        findings.shape(path, "“expect” chưa ghi kết quả mong đợi. Hãy bổ sung.")
    if ranking and not set(expect) <= {"order", "ranks", "note"}:
        findings.shape(path, "Ví dụ có “ranking” chỉ mong đợi “order” hoặc “ranks”. Hãy tách thành hai ví dụ.")
    return expect | present({"note": note_of(item)})


def _expect_words(
    item: Mapping[object, object], expect: dict[str, object], path: str, names: _Names, findings: Findings
) -> None:
    if "state" in item:
        expect["state"] = item["state"]
        if item["state"] not in [str(state) for state in State]:
            findings.shape(path, f"“state” chỉ nhận: {', '.join(State)}.")
    if "class" in item:
        label = expect["class"] = findings.text(item, "class", path)
        if label is not None and label not in names.classes:
            findings.error(path, "unknown_reference", f"Không có loại “{short(label)}”. Hãy sửa tên loại.")
    if "gates" in item:
        expect["gates"] = codes = findings.texts(item, "gates", path)
        _known(codes, names.gates, "điều kiện", path, findings)
    if "error" in item:
        expect["error"] = item["error"]
        if item["error"] != "bad_input":
            findings.shape(path, "“error” chỉ nhận bad_input.")


def _expect_ranks(
    item: Mapping[object, object], expect: dict[str, object], ranking: Sequence[Mapping[str, object]], path: str,
    findings: Findings,
) -> None:
    units = {str(unit["unit"]) for unit in ranking}
    if not units:
        findings.shape(path, "“order” và “ranks” phải đi với “ranking”. Hãy bổ sung.")
    if "order" in item:
        expect["order"] = order = findings.texts(item, "order", path)
        _known(order, units, "đơn vị", path, findings)
    if "ranks" in item:
        ranks = item["ranks"]
        if not isinstance(ranks, Mapping):
            findings.shape(path, "“ranks” phải là bảng đơn vị và thứ hạng. Hãy sửa lại.")
            return
        named = {unit: findings.number(ranks, unit, path, required=True, low=1, whole=True)
                 for unit in ranks if isinstance(unit, str) and (unit != "note" or unit in units)}
        _known(list(named), units, "đơn vị", path, findings)
        if any(not isinstance(unit, str) for unit in ranks):
            findings.shape(path, "Tên đơn vị trong “ranks” phải là chữ. Hãy đặt trong dấu nháy.")
        expect["ranks"] = {unit: int(place) for unit, place in named.items() if place is not None}


def _known(
    codes: Sequence[str], known: set[str] | frozenset[str] | Mapping[str, object], what: str, path: str,
    findings: Findings,
) -> None:
    for code in codes:
        if code not in known:
            findings.error(path, "unknown_reference", f"Không có {what} “{short(code)}”. Hãy sửa mã.")


def run_examples(scheme: Scheme) -> list[ExampleResult]:
    """Every example with what it expects and what the engine gives."""
    return [run_example(scheme, example) for example in scheme.examples]


def run_example(scheme: Scheme, example: Example) -> ExampleResult:
    expected = {key: value for key, value in example.expect.items() if key != "note"}
    try:
        if example.ranking:
            actual = _rank_example(scheme, example)
        else:
            result = evaluate(
                scheme, example.given, stage=example.stage or "verified", gates=example.gates,
                given_nodes=example.given_nodes, given_total=example.given_total,
            )
            actual = _actual(result, expected)
    except BadInput:
        actual = {"error": "bad_input"}
    found = {key: actual.get(key) for key in expected if key in actual} | (
        {"error": actual["error"]} if "error" in actual else {}
    )
    passed = all(key in actual and _same(key, value, actual[key]) for key, value in expected.items() if key != "node")
    if "error" in actual and "error" in expected:
        passed = True
    return ExampleResult(example.code, passed, _jsonable(expected), _jsonable(found))


def _actual(result: Result, expected: Mapping[str, object]) -> dict[str, object]:
    actual: dict[str, object] = {
        "total": result.total, "class": result.class_label, "gates": tuple(gate.code for gate in result.gates),
        "bonus": result.bonus, "deduction": result.deduction, "error": None,
    }
    if expected.get("error") is None:
        del actual["error"]
    if "node" in expected:
        line = result.by_code.get(str(expected["node"]))
        actual["node"] = expected["node"]
        for key in ("points", "base", "bonus", "deduction"):
            actual[key] = None if line is None else getattr(line, key)
        actual["state"] = None if line is None else str(line.state)
    return actual


def _rank_example(scheme: Scheme, example: Example) -> dict[str, object]:
    contenders = [
        Contender(
            unit=str(unit["unit"]), total=_decimal(unit["total"]) or Decimal(0),
            women_share=_decimal(unit.get("women_share")), deductions=_decimal(unit.get("deductions")),
            late_reports=_decimal(unit.get("late_reports")), sections=_mapping(unit.get("sections")),
            indicators=_mapping(unit.get("indicators")),
        )
        for unit in example.ranking
    ]
    ranked = rank(contenders, scheme.ties)
    wanted = example.expect.get("ranks")
    units = wanted if isinstance(wanted, Mapping) else {}
    return {
        "order": tuple(item.unit for item in ranked),
        "ranks": {item.unit: item.rank for item in ranked if item.unit in units},
    }


def _decimal(raw: object) -> Decimal | None:
    return raw if isinstance(raw, Decimal) else None


def _mapping(raw: object) -> dict[str, Decimal | None]:
    return dict(raw) if isinstance(raw, Mapping) else {}


def _same(key: str, expected: object, actual: object) -> bool:
    if key == "gates":
        return isinstance(expected, tuple) and isinstance(actual, tuple) and set(expected) == set(actual)
    return expected == actual


def _jsonable(data: Mapping[str, object]) -> dict[str, object]:
    return {
        key: f"{value:f}" if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else value
        for key, value in data.items()
    }


def dump_example(example: Example) -> dict[str, object]:
    data: dict[str, object] = {"code": example.code} | present({"source": example.source, "stage": example.stage})
    if example.given:
        data["given"] = {code: _dump(value) for code, value in example.given.items()}
    if example.given_nodes:
        data["given_nodes"] = {code: dump_number(value) for code, value in example.given_nodes.items()}
    data |= present({"given_total": dump_number(example.given_total)})
    if example.gates:
        data["gates"] = list(example.gates)
    if example.ranking:
        units = [{key: value for key, value in unit.items() if value != {}} for unit in example.ranking]
        data["ranking"] = [_dump(unit) for unit in units]
    data["expect"] = _dump(example.expect)
    return data | present({"note": example.note})


def _dump(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _dump(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_dump(part) for part in value]
    return dump_number(value)
