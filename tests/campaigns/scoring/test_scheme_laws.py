"""Laws for every kind of rule, present and future, and for whole schemes; and files that mean harm."""

import copy
import json
import time
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.scoring.engine import evaluate, read_inputs
from campaigns.scoring.entry import clean_input, entries, leaf_entries
from campaigns.scoring.exact import plain, round_to
from campaigns.scoring.examplefile import run_examples
from campaigns.scoring.inputs import BadInput, InputKind, input_to_json
from campaigns.scoring.params import ParamType
from campaigns.scoring.rules import RULE_KINDS
from campaigns.scoring.schemefile import dump_scheme, findings_at, load_scheme
from dvk_portal.core.datafile import DataFileError, dump_yaml, load_yaml
from tests.campaigns.scoring.scheme_builder import TABLES, D, leaf, loaded, scheme_of, section, table

amounts = st.integers(0, 40).map(lambda n: str(Decimal(n) / 4))
steps = st.sampled_from(["0.25", "0.5", "1", "2"])


def bands_of(draw):
    cuts = sorted(draw(st.sets(st.integers(0, 100), min_size=1, max_size=4)))
    edges = [None, *cuts, None]
    return [
        {key: edge for key, edge in (("ge", low), ("lt", high)) if edge is not None} | {"points": draw(amounts)}
        for low, high in pairwise(edges)
    ]


def parameter(draw, param):
    match param.type:
        case ParamType.POINTS:
            return "0" if param.file_key == "min" else draw(amounts)
        case ParamType.POSITIVE | ParamType.NONNEGATIVE:
            return draw(steps)
        case ParamType.NUMBER:
            return draw(st.integers(0, 90))
        case ParamType.FLAG:
            return draw(st.booleans())
        case ParamType.OPTIONS:
            return draw(st.dictionaries(st.sampled_from(["a", "b", "không"]), st.fixed_dictionaries({"points": amounts}), min_size=1))
        case ParamType.BANDS:
            return bands_of(draw)
        case ParamType.ROWS:
            return [{"lt": 10, "bands": bands_of(draw)}, {"ge": 10, "bands": bands_of(draw)}]


@st.composite
def rules(draw, kind=None, role=None):
    cls = RULE_KINDS[kind or draw(st.sampled_from(sorted(RULE_KINDS)))]
    raw = {"kind": cls.kind, "role": role or draw(st.sampled_from(["earn", "bonus", "deduct"]))}
    for param in cls.params:
        if param.required or draw(st.booleans()):
            raw[param.file_key] = parameter(draw, param)
    if draw(st.booleans()):
        raw["cap"] = draw(amounts)
    return raw


whole = st.integers(0, 120)
number = whole.map(str) | st.integers(0, 1200).map(lambda n: str(Decimal(n) / 10))
value = number | st.fixed_dictionaries({"numerator": whole, "denominator": whole})


def input_of(kind, rule):
    return {
        InputKind.COUNT: whole, InputKind.FLAG: st.booleans(), InputKind.RATIO: st.fixed_dictionaries({"achieved": number, "target": number}),
        InputKind.OPTION: st.sampled_from([option.key for option in getattr(rule, "options", ())] or [None]),
        InputKind.VALUE: whole if getattr(rule, "whole", False) else value, InputKind.MATRIX: st.fixed_dictionaries({"row": value, "column": value}),
        InputKind.SCORE: number, InputKind.POINTS: st.sampled_from([None, *map(str, [s for s in rule.samples() if s is not None])]) if kind is InputKind.POINTS else number,
    }[kind]


@st.composite
def leaves_with_inputs(draw, role=None):
    """A scheme of one leaf with up to three rules of any kind, and inputs it takes."""
    raw = [{**draw(rules(role=role)), "code": f"r{index}"} for index in range(draw(st.integers(1, 3)))]
    for item in raw:
        if draw(st.integers(0, 3)) == 0:
            item["verified_only"] = True
        if draw(st.integers(0, 3)) == 0:
            item["unless"] = {"code": f"k{item['code']}"}
    obj = scheme_of(leaf(raw))
    scheme, errors, _ = load_scheme(obj)
    if errors:  # manual without any possible points
        assert {error.code for error in errors} == {"rule_shape"}
        return None
    inputs = {}
    for entry in entries(scheme):
        inputs[entry.code] = draw(st.none() | (st.booleans() if entry.unless else input_of(entry.kind, entry.rule)))
    return obj, scheme, inputs


laws = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("kind", sorted(RULE_KINDS))
def test_every_kind_documents_itself(kind):
    cls = RULE_KINDS[kind]

    assert cls.title_vi
    assert cls.description_vi.endswith(".")
    assert cls.input_kind.label
    assert {param.name for param in cls.params} <= {field.name for field in fields(cls)}
    assert all(param.label and param.type.label for param in cls.params)


@laws
@given(leaves_with_inputs())
def test_points_keep_their_sign_and_their_cap_and_every_rule_has_a_reason(case):
    if case is None:
        return
    _, scheme, inputs = case
    line = evaluate(scheme, inputs).by_code["L"]

    for rule, result in zip(scheme.leaf_list[0].node.rules, line.rules, strict=False):
        assert result.reason.endswith(".")
        if result.points is not None:
            assert result.points >= 0
            assert rule.cap is None or result.points <= rule.cap
    assert line.reasons
    if line.points is not None:
        assert 0 <= line.base <= line.max
        assert line.points >= 0
    for result in (line.points, line.base, line.bonus, line.deduction):
        assert result is None or type(result) is Decimal


@laws
@given(leaves_with_inputs(), st.randoms(use_true_random=False))
def test_the_order_of_inputs_and_of_ungrouped_rules_does_not_matter(case, random):
    if case is None:
        return
    obj, scheme, inputs = case
    shuffled = copy.deepcopy(obj)
    random.shuffle(shuffled["sections"][0]["rules"])
    other = loaded(shuffled)

    first = evaluate(scheme, inputs)
    second = evaluate(other, dict(random.sample(sorted(inputs.items()), len(inputs))))
    assert (first.total, first.bonus, first.deduction, first.provisional) == (second.total, second.bonus, second.deduction, second.provisional)


@laws
@given(leaves_with_inputs())
def test_the_self_score_ignores_inputs_that_wait_for_verification(case):
    if case is None:
        return
    _, scheme, inputs = case
    hidden = {entry.code for entry in entries(scheme) if entry.rule.verified_only and not entry.unless}
    without = {code: raw for code, raw in inputs.items() if code not in hidden}

    assert evaluate(scheme, inputs, stage="self").total == evaluate(scheme, without, stage="self").total
    assert evaluate(scheme, inputs, stage="final") == evaluate(scheme, inputs, stage="verified")


@laws
@given(leaves_with_inputs(role="earn"))
def test_missing_is_never_counted_as_zero(case):
    if case is None:
        return
    _, scheme, _ = case
    result = evaluate(scheme, {})

    assert (str(result.by_code["L"].state), result.by_code["L"].points, result.provisional) == ("missing", None, True)
    assert all(reason.startswith("Chưa có số liệu: ") for reason in result.by_code["L"].reasons)


@laws
@given(leaves_with_inputs())
def test_inputs_survive_json(case):
    if case is None:
        return
    _, scheme, inputs = case
    parsed = read_inputs(scheme, inputs)
    stored = json.loads(json.dumps({code: input_to_json(item) for code, item in parsed.items()}))

    assert read_inputs(scheme, stored) == parsed == read_inputs(scheme, parsed)


@laws
@given(leaves_with_inputs())
def test_a_scheme_survives_being_written_and_read(case):
    if case is None:
        return
    _, scheme, inputs = case
    again = loaded(load_yaml(dump_yaml(dump_scheme(scheme)), yaml_1_1_booleans=True))

    assert again == scheme
    assert evaluate(again, inputs) == evaluate(scheme, inputs)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_table_survives_being_written_and_read(path):
    scheme = loaded(table(path))
    data = dump_scheme(scheme)

    assert loaded(load_yaml(dump_yaml(data), yaml_1_1_booleans=True)) == loaded(json.loads(json.dumps(data))) == scheme
    assert dump_scheme(loaded(data)) == data


@pytest.mark.parametrize("kind", ["per_case", "ratio", "weighted", "per_step"])
@laws
@given(st.data())
def test_more_is_never_worth_less(kind, data):
    raw = data.draw(rules(kind=kind, role="earn"))
    raw.pop("lower_is_better", None)
    cls = loaded(scheme_of(leaf([raw]))).leaf_list[0].node.rules[0]
    low, high = sorted((data.draw(whole), data.draw(whole)))
    inputs = [{"achieved": low, "target": 50}, {"achieved": high, "target": 50}] if kind == "ratio" else [low, high]

    less, more = (cls.cap_points(cls.give(cls.parse_input(item)).points) for item in inputs)
    assert less <= more


@settings(max_examples=150, deadline=None)
@given(st.fractions(-1000, 1000), st.sampled_from(["0.01", "0.1", "0.25", "1", "5"]), st.sampled_from(["half_up", "half_even", "down", "up"]))
def test_rounding_gives_the_right_multiple(number, step, mode):
    unit = Fraction(step)
    result = round_to(number, Decimal(step), mode)

    assert (result / unit).denominator == 1
    assert abs(result - number) < unit
    if mode.startswith("half"):
        assert abs(result - number) <= unit / 2
    if mode == "down":
        assert abs(result) <= abs(number)
    if mode == "up":
        assert abs(result) >= abs(number)
    assert round_to(-number, Decimal(step), mode) == -result
    assert plain(result) is not None


def test_entry_fields_follow_the_rules_with_their_unless_flags():
    rules = [
        {"kind": "band", "code": "a", "verified_only": True, "bands": [{"points": 10}], "source": {"indicator": "i"}},
        {"kind": "per_step", "code": "b", "input": "a", "start": 1, "step": 1, "points": 1, "cap": 1},
        {"kind": "choice", "code": "c", "role": "bonus", "options": {"x": {"points": 1, "label": "Mức X"}}, "unless": {"code": "k", "label": "tự xử lý"}},
    ]
    scheme = loaded(scheme_of(section([leaf(rules)], self_scored=False)))

    found = leaf_entries(scheme, "L")
    assert [(item.code, str(item.kind), item.unless, item.self_scored) for item in found] == [
        ("a", "value", False, False), ("c", "option", False, False), ("k", "flag", True, False)]
    assert found[0].source == {"indicator": "i"}
    assert not found[0].verified_only  # b reads it too
    assert found[1].choices == (("x", "Mức X"),)


def test_form_data_are_cleaned_and_refused_with_a_sentence():
    scheme = loaded(scheme_of(leaf([{"kind": "ratio", "code": "r", "worth": 10}, {"kind": "once", "code": "o", "role": "bonus", "points": 1}])))

    assert clean_input(scheme, "r", {"achieved": " 1,5 ", "target": ""}).achieved == D("1.5")
    assert clean_input(scheme, "r", {"achieved": "", "target": ""}) is None
    assert clean_input(scheme, "o", "on") is True
    with pytest.raises(BadInput, match="không phải là số"):
        clean_input(scheme, "r", {"achieved": "nhiều", "target": "5"})


def test_findings_can_be_asked_for_one_place():
    errors = load_scheme(scheme_of(leaf([{"kind": "magic", "code": "r"}, {"kind": "spell", "code": "s"}])))[1]

    assert [finding.path for finding in findings_at(errors, "L/r")] == ["L/r"]


# Files that mean harm

junk = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.decimals(allow_nan=True) | st.floats() | st.text(max_size=5) | st.dates()
    | st.sampled_from(["n/a", "full_base", "note", "code", "1,5", "-1", "a", "1", "L"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers() | st.sampled_from(["code", "kind", "points", "ge", "note"]), inner, max_size=3),
    max_leaves=6,
)


def places(obj, path=()):
    yield path
    if isinstance(obj, dict):
        for key in obj:
            yield from places(obj[key], (*path, key))
    elif isinstance(obj, list):
        for index, item in enumerate(obj):
            yield from places(item, (*path, index))


SMALL = [table(path) for path in TABLES if not path.stem.startswith("t01")]
PLACES = [list(places(obj)) for obj in SMALL]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_the_checker_never_raises_whatever_stands_in_the_file(data):
    which = data.draw(st.integers(0, len(SMALL) - 1))
    obj = copy.deepcopy(SMALL[which])
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(PLACES[which]))
        target = obj
        try:
            for key in path[:-1]:
                target = target[key]
            if path:
                target[path[-1]] = data.draw(junk)
        except (KeyError, IndexError, TypeError):
            continue
    scheme, errors, warnings = load_scheme(obj)

    for finding in errors + warnings:
        assert isinstance(finding.path, str)
        assert finding.message.strip().endswith(".")
    if scheme is not None:
        json.dumps([result.as_json() for result in run_examples(scheme)])
        assert load_scheme(dump_scheme(scheme))[0] == scheme


@given(junk)
@settings(max_examples=100, deadline=None)
def test_the_checker_never_raises_on_junk_with_the_right_format(value):
    for obj in (value, {"format": "dvk-scheme/1", "sections": value}, scheme_of(value), scheme_of(leaf(value)), scheme_of(leaf([value]))):
        assert load_scheme(obj)[1]


HUGE = {
    "rules": lambda: scheme_of(leaf([{"kind": "once", "role": "bonus", "points": 1, "code": f"r{n}", "group": "g"} for n in range(15_000)])),
    "readers": lambda: scheme_of(leaf([{"kind": "per_step", "start": 1, "step": 1, "points": 1, "code": f"r{n}", **({"input": f"r{n - 1}"} if n else {})} for n in range(8_000)])),
    "bands": lambda: scheme_of(leaf([{"kind": "band", "bands": [{"ge": n, "lt": n + 1, "points": 10} for n in range(20_000)]}])),
    "keys": lambda: scheme_of(leaf([{"kind": "manual", "worth": 10}]), **{f"x{n}": 1 for n in range(50_000)}),
    "ties": lambda: scheme_of(leaf([{"kind": "manual", "worth": 10}]), ties=["women_share"] * 50_000,
                              examples=[{"code": "e", "ranking": [{"unit": "A", "total": 1}, {"unit": "B", "total": 1}], "expect": {"order": ["A", "B"]}}]),
    "ranking": lambda: scheme_of(leaf([{"kind": "manual", "worth": 10}]), ties=["fewer_deductions"],
                                 examples=[{"code": "e", "ranking": [{"unit": str(n), "total": 1, "deductions": n} for n in range(8_000)], "expect": {"order": [str(n) for n in range(8_000)]}}]),
    "numbers": lambda: scheme_of(leaf([{"kind": "per_step", "start": "0,000000000000000001", "step": "0,000000000000000001", "points": "999999999999999999"}]),
                                 examples=[{"code": "e", "given": {"L": "999999999999999999"}, "expect": {"total": 1}}]),
}


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_file_is_checked_in_reasonable_time(name):
    obj = HUGE[name]()
    start = time.perf_counter()
    scheme, _, _ = load_scheme(obj)
    if scheme is not None:
        run_examples(scheme)

    assert time.perf_counter() - start < 10


def test_a_deep_tree_is_refused():
    node = leaf([{"kind": "manual", "worth": 10}])
    for index in range(30):
        node = section([node], code=f"s{index}")

    assert {code for _, code in ((f.path, f.code) for f in load_scheme(scheme_of(node))[1])} == {"rule_shape"}


def test_an_exponent_bomb_is_no_number():
    with pytest.raises(DataFileError):
        load_yaml("base: 1e999999999")
    assert load_scheme(scheme_of(leaf([{"kind": "manual", "worth": Decimal("1E+999999999")}])))[0] is None
