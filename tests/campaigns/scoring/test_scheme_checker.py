"""Every error and warning code, with a minimal file; paths and codes are what others rely on."""

import pytest

from campaigns.scoring.examplefile import run_examples
from campaigns.scoring.schemefile import load_scheme
from tests.campaigns.scoring.scheme_builder import TABLES, errors_of, leaf, scheme_of, section, table, warnings_of

MANUAL = {"kind": "manual", "worth": 10}


def bonus(**more):
    return {"kind": "once", "role": "bonus", "points": 1, **more}


def deduct(**more):
    return {"kind": "per_case", "role": "deduct", "points": 1, **more}


def with_rules(*rules, **more):
    return scheme_of(section([leaf(list(rules), **more)]))


def top(**more):
    return scheme_of(leaf([MANUAL]), **more)


def without(obj, key):
    del obj[key]
    return obj


def test_a_small_file_has_neither_errors_nor_warnings():
    assert (errors_of(top()), warnings_of(top())) == ([], [])


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_real_table_is_valid_and_gives_what_its_document_says(path):
    scheme, errors, _ = load_scheme(table(path))

    assert errors == []
    assert [result for result in run_examples(scheme) if not result.passed] == []


def test_there_are_eight_tables():
    assert len(TABLES) == 8


def test_the_warnings_of_the_tien_giang_table_are_exactly_these():
    path = next(path for path in TABLES if path.stem == "t01_tiengiang_2022")

    assert [item for item in warnings_of(table(path)) if item[1] != "no_evidence"] == [
        ("1/a/a7/a7.6", "uncapped_bonus"), ("1/a/a9/a9.4", "uncapped_bonus"), ("1/C/C1", "band_gap"), ("1/C/C2/C2.1", "band_gap"),
        ("2/2.1/2.1.2", "deduction_exceeds_max"), ("2/2.2/2.2.1", "uncapped_bonus"),
    ]


@pytest.mark.parametrize("obj", [None, [], 5, "x", {}, {"format": "dvk-scheme/2"}, {"format": ["dvk-scheme/1"]}])
def test_another_format_is_a_bad_file_and_nothing_else(obj):
    assert errors_of(obj) == [("", "bad_file")]


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (without(top(), "code"), ""), (top(code=5), ""), (scheme_of(leaf([MANUAL], code=None)), ""), (scheme_of(leaf([MANUAL], code=1)), ""),
        (scheme_of(section([leaf([MANUAL], code=False)])), "S"), (with_rules(MANUAL, deduct(code="d")), "S/L"), (with_rules({**MANUAL, "code": 3}), "S/L"),
        (with_rules({**MANUAL, "unless": {"label": "x"}}), "S/L"), (top(gates=[{"when": {"declared": True}}]), "gates"),
        (top(examples=[{"expect": {"total": 0}}]), "examples"),
    ],
)
def test_a_code_that_is_missing_or_no_string_is_reported_where_it_should_be(obj, path):
    assert errors_of(obj) == [(path, "missing_code")]


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (with_rules({**MANUAL, "code": "L"}), "S/L/L"), (with_rules({**MANUAL, "code": "S"}), "S/L/S"),
        (with_rules({**MANUAL, "code": "a"}, deduct(code="a")), "S/L/a"), (with_rules({**MANUAL, "code": "a", "unless": {"code": "a"}}), "S/L/a"),
        (top(gates=[{"code": "L", "when": {"declared": True}}]), "gates/L"), (scheme_of(section([leaf([MANUAL], code="S")])), "S/S"),
        (top(examples=[{"code": "e", "expect": {"total": 0}}] * 2), "examples/e"),
    ],
)
def test_nodes_rules_unless_inputs_and_gates_share_one_set_of_codes(obj, path):
    assert errors_of(obj) == [(path, "duplicate_code")]


def test_a_node_has_children_or_rules_never_both_or_neither():
    both = scheme_of({**section([leaf([MANUAL])]), "rules": [deduct()]})

    assert errors_of(both) == [("S", "children_and_rules")]
    assert errors_of(scheme_of({"code": "S", "title": "T", "max": 10})) == [("S", "children_and_rules")]
    assert errors_of(scheme_of({"code": "S", "title": "T", "max": 10, "rules": []})) == [("S", "children_and_rules")]


def test_sums_that_do_not_add_up_are_errors_that_leave_the_rest_running():
    obj = scheme_of(section([leaf([MANUAL])], maximum=9), examples=[{"code": "e", "given": {"L": 10}, "expect": {"total": 10}}])
    del obj["sections"][0]["children"][0]["evidence"]

    scheme, errors, warnings = load_scheme(obj)
    assert sorted((item.path, item.code) for item in errors) == [("", "base_sum"), ("S", "children_sum")]
    assert [(item.path, item.code) for item in warnings] == [("S/L", "no_evidence")]
    assert [result.passed for result in run_examples(scheme)] == [True]


def test_with_another_error_there_are_no_warnings_and_no_scheme():
    scheme, errors, warnings = load_scheme(top(version=None))

    assert (scheme, [item.code for item in errors], warnings) == (None, ["rule_shape"], [])


BANDS = [{"points": 1}]

SHAPES = [
    (without(top(), "title"), ""), (without(top(), "base"), ""), (without(top(), "sections"), ""), (top(base="mười"), ""), (top(base=-1), ""),
    (top(base=10.0), ""), (top(unknown=1), ""), (top(version=1), ""), (top(floor="x"), ""), (top(bonus_cap=-1), ""), (top(rounding={"step": 0}), ""),
    (top(rounding={"mode": "nearest"}), ""), (top(rounding={"step": 1, "size": 2}), ""), (top(note=["a"]), ""), (top(gates={"code": "G"}), ""),
    (scheme_of(leaf([MANUAL], title=None)), "L"), (scheme_of(leaf([MANUAL], maximum=None), base=0), "L"), (scheme_of(leaf([MANUAL], weight=1)), "L"),
    (scheme_of(leaf([MANUAL], bonus_cap=-1)), "L"), (scheme_of(leaf([MANUAL], floor="x")), "L"), (scheme_of(leaf([MANUAL], evidence="x")), "L"),
    (scheme_of(leaf([MANUAL], not_applicable="maybe")), "L"), (scheme_of(leaf([MANUAL], self_scored="no")), "L"),
    (scheme_of(section([leaf([MANUAL])], not_applicable="full")), "S"),
    (with_rules({"kind": "magic"}), "S/L"), (with_rules({"worth": 10}), "S/L"), (with_rules({**MANUAL, "code": "r", "worht": 1}), "S/L/r"),
    (with_rules({"kind": "manual"}), "S/L"), (with_rules({"kind": "per_case", "points": 1}), "S/L"), (with_rules({"kind": "once", "points": 1}), "S/L"),
    (with_rules({"kind": "matrix", "rows": [{"bands": BANDS}]}), "S/L"), (with_rules({"kind": "yes_no", "points": -1}), "S/L"),
    (with_rules(deduct(points=-1)), "S/L"), (with_rules({**MANUAL, "role": "give"}), "S/L"), (with_rules({**MANUAL, "cap": -1}), "S/L"),
    (with_rules({**MANUAL, "step": 0}), "S/L"), (with_rules({**MANUAL, "min": 11}), "S/L"), (with_rules({**MANUAL, "min": -1}), "S/L"),
    (with_rules({**MANUAL, "verified_only": "yes"}), "S/L"), (with_rules({**MANUAL, "label": 5}), "S/L"),
    (with_rules({"kind": "choice", "options": {}}), "S/L"), (with_rules({"kind": "choice", "options": {False: {"points": 10}}}), "S/L"),
    (with_rules({"kind": "choice", "options": {"a": {"points": -1}}}), "S/L"), (with_rules({"kind": "choice", "options": {"a": 10}}), "S/L"),
    (with_rules({"kind": "ratio", "worth": 10, "over": 0}), "S/L"), (with_rules({"kind": "ratio", "worth": 10, "from": -1}), "S/L"),
    (with_rules({"kind": "band", "bands": []}), "S/L"), (with_rules({"kind": "band", "bands": [{"ge": 1}]}), "S/L"),
    (with_rules({"kind": "band", "bands": [{"ge": None, "points": 10}]}), "S/L"), (with_rules({"kind": "band", "bands": [{"ge": 1, "top": 2, "points": 10}]}), "S/L"),
    (with_rules({"kind": "band", "bands": [{"ge": 5, "lt": 5, "points": 10}, {"points": 0}]}), "S/L"),
    (with_rules({"kind": "band", "whole": True, "bands": [{"gt": 1, "lt": 2, "points": 10}, {"points": 0}]}), "S/L"),
    (with_rules({"kind": "band", "bands": [{"ge": 5, "points": 10}, {"lt": 5, "points": 0}, {"points": 0}]}), "S/L"),
    (with_rules({"kind": "matrix", "role": "earn", "rows": [{"ge": 0}]}), "S/L"), (with_rules({"kind": "per_step", "start": 1, "points": 1}), "S/L"),
    (with_rules({"kind": "per_step", "start": 1, "step": 0, "points": 1}), "S/L"), (with_rules({"kind": "weighted", "weight": -1}), "S/L"),
    (with_rules({**MANUAL, "requires": "full_base"}), "S/L"), (with_rules({**MANUAL, "requires": "all"}), "S/L"), (with_rules({**MANUAL, "requires": []}), "S/L"),
    (with_rules({**MANUAL, "unless": "x"}), "S/L"), (with_rules({**MANUAL, "source": {"indicator": "a", "days": 1}}), "S/L"),
    (with_rules({**MANUAL, "source": {"reports": "early-ish"}}), "S/L"), (with_rules({**MANUAL, "source": {}}), "S/L"),
    (with_rules({**MANUAL, "source": {"row": {"indicator": "a"}}}), "S/L"),
    (with_rules({"kind": "once", "role": "bonus", "points": 1, "otherwise": 1}), "S/L"), (with_rules({**MANUAL, "otherwise": 1}), "S/L"),
    (with_rules("x"), "S/L"), (scheme_of("x"), ""),
    (top(gates=[{"code": "G"}]), "gates/G"), (top(gates=[{"code": "G", "when": {}}]), "gates/G"),
    (top(gates=[{"code": "G", "when": {"declared": True, "total_below": 5}}]), "gates/G"), (top(gates=[{"code": "G", "when": {"declared": False}}]), "gates/G"),
    (top(gates=[{"code": "G", "when": {"below_percent": 50}}]), "gates/G"), (top(gates=[{"code": "G", "when": {"zero_leaf": []}}]), "gates/G"),
    (top(gates=[{"code": "G", "when": {"total_below": "x"}}]), "gates/G"),
    (top(gates=[{"code": "G", "when": {"declared": True}, "effect": {}}]), "gates/G"),
    (top(gates=[{"code": "G", "when": {"declared": True}, "effect": {"points": 1}}]), "gates/G"),
    (top(gates=[{"code": "G", "when": {"declared": True}, "effect": {"class_down": "0.5"}}]), "gates/G"),
    (top(gates=[{"code": "G", "when": {"declared": True}, "effect": {"unranked": True}}], classes=[{"label": "A", "ge": 5, "requires": ["G"]}]), "gates/G"),
    (top(classes=[{"ge": 5}]), "classes"), (top(classes=[{"label": "A"}]), "classes/A"), (top(classes=[{"label": "A", "below": True, "ge": 1}]), "classes/A"),
    (top(ties=["coin"]), "ties/1"), (top(ties=["decision", {"section": "L", "indicator": "x"}]), "ties/2"),
    (top(examples=[{"code": "e"}]), "examples/e"), (top(examples=[{"code": "e", "expect": {}}]), "examples/e"),
    (top(examples=[{"code": "e", "expect": {"points": 1}}]), "examples/e"), (top(examples=[{"code": "e", "expect": {"total": "x"}}]), "examples/e"),
    (top(examples=[{"code": "e", "stage": "final", "expect": {"total": 1}}]), "examples/e"), (top(examples=[{"code": "e", "expect": {"error": "x"}}]), "examples/e"),
    (top(examples=[{"code": "e", "expect": {"node": "L", "state": "zero"}}]), "examples/e"), (top(examples=[{"code": "e", "expect": {"order": ["A"]}}]), "examples/e"),
]


@pytest.mark.parametrize(("obj", "path"), SHAPES)
def test_what_has_not_the_shape_is_reported_at_its_place(obj, path):
    found = errors_of(obj)

    assert (path, "rule_shape") in found
    assert {code for _, code in found} <= {"rule_shape", "unknown_reference", "base_sum"}


@pytest.mark.parametrize(
    "bands",
    [
        [{"ge": 5, "points": 10}, {"le": 5, "points": 0}], [{"points": 10}, {"points": 0}], [{"eq": 7, "points": 10}, {"ge": 0, "points": 0}],
        [{"lt": -1, "points": 0}, {"lt": 5, "points": 1}, {"ge": 5, "points": 10}],
    ],
)
def test_bands_that_cover_a_value_twice_overlap(bands):
    assert errors_of(with_rules({"kind": "band", "code": "r", "bands": bands})) == [("S/L/r", "band_overlap")]


def test_bands_of_counts_overlap_only_on_whole_numbers():
    touching = [{"lt": "1.5", "points": 0}, {"gt": "1.2", "points": 10}]

    assert errors_of(with_rules({"kind": "band", "whole": True, "bands": touching})) == []
    assert errors_of(with_rules({"kind": "band", "bands": touching})) == [("S/L", "band_overlap")]


def test_rows_and_the_bands_of_each_row_may_not_overlap():
    rows = [{"le": 5, "bands": BANDS}, {"ge": 5, "bands": BANDS}]
    inner = [{"bands": [{"le": 5, "points": 1}, {"ge": 5, "points": 1}]}]

    assert errors_of(with_rules({"kind": "matrix", "role": "earn", "rows": rows})) == [("S/L", "band_overlap")]
    assert errors_of(with_rules({"kind": "matrix", "role": "earn", "rows": inner})) == [("S/L", "band_overlap")]


def test_bands_that_only_touch_do_not_overlap():
    assert errors_of(with_rules({"kind": "band", "bands": [{"gt": 5, "points": 10}, {"eq": 5, "points": 5}, {"lt": 5, "points": 0}]})) == []


EX = {"code": "e", "expect": {"total": 0}}


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        (with_rules({**MANUAL, "code": "m"}, bonus(code="b", requires=["x"])), "S/L/b"), (with_rules({**MANUAL, "unless": ["x"]}), "S/L"),
        (with_rules({**MANUAL, "code": "m"}, {"kind": "manual", "worth": 0, "code": "n", "input": "x"}), "S/L/n"),
        (with_rules({**MANUAL, "code": "m"}, bonus(code="b", group="g")), "S/L/b"),
        (scheme_of(leaf([{**MANUAL, "worth": 5}], maximum=5), leaf([{**MANUAL, "worth": 5, "code": "m"}, bonus(code="b", requires=["L"])], code="K", maximum=5)), "K/b"),
        (top(gates=[{"code": "G", "when": {"zero_leaf": ["x"]}}]), "gates/G"), (scheme_of(section([leaf([MANUAL])]), gates=[{"code": "G", "when": {"zero_leaf": ["S"]}}]), "gates/G"),
        (top(gates=[{"code": "G", "when": {"below_percent": 50, "of": ["x"]}}]), "gates/G"),
        (top(gates=[{"code": "G", "when": {"declared": True}, "effect": {"best_class": "x"}}]), "gates/G"),
        (top(classes=[{"label": "A", "ge": 5, "requires": ["x"]}]), "classes/A"), (top(ties=["shared", {"section": "x"}]), "ties/2"),
        (top(examples=[{**EX, "given": {"x": 1}}]), "examples/e"), (top(examples=[{**EX, "given_nodes": {"x": 1}}]), "examples/e"),
        (top(examples=[{**EX, "gates": ["x"]}]), "examples/e"), (top(examples=[{"code": "e", "expect": {"node": "x", "points": 1}}]), "examples/e"),
        (top(examples=[{"code": "e", "expect": {"class": "x"}}]), "examples/e"), (top(examples=[{"code": "e", "expect": {"gates": ["x"]}}]), "examples/e"),
        (top(examples=[{"code": "e", "ranking": [{"unit": "A", "total": 1, "sections": {"x": 1}}], "expect": {"order": ["A"]}}]), "examples/e"),
    ],
)
def test_a_code_or_label_that_names_nothing_is_unknown(obj, path):
    assert errors_of(obj) == [(path, "unknown_reference")]


@pytest.mark.parametrize(
    ("classes", "path"),
    [
        ([{"label": "A", "ge": 5}, {"label": "B", "ge": 7}], "classes/B"), ([{"label": "A", "ge": 7}, {"label": "B", "ge": 5, "lt": 6}], "classes/B"),
        ([{"label": "A", "ge": 7}, {"label": "B", "ge": 5, "lt": 8}], "classes/B"), ([{"label": "A", "ge": 7}, {"label": "B", "ge": 7}], "classes/B"),
        ([{"label": "A", "ge": 7, "lt": 10}], "classes/A"), ([{"label": "A", "below": True}, {"label": "B", "ge": 7}], "classes/A"),
    ],
)
def test_classes_out_of_order_overlapping_or_with_a_hole_are_errors(classes, path):
    assert errors_of(top(classes=classes)) == [(path, "class_order")]


@pytest.mark.parametrize(
    ("rule", "gap"),
    [
        ({"kind": "band", "bands": [{"gt": 98, "points": 10}, {"lt": 98, "points": 0}]}, True),
        ({"kind": "band", "bands": [{"gt": 98, "points": 10}, {"lt": 98, "points": 0}], "otherwise": 0}, False),
        ({"kind": "band", "bands": [{"ge": 98, "points": 10}, {"ge": 0, "lt": 98, "points": 0}]}, False),
        ({"kind": "band", "bands": [{"ge": 90, "le": 100, "points": 10}, {"lt": 90, "points": 0}]}, True),
        ({"kind": "band", "bands": [{"gt": 0, "points": 10}]}, True), ({"kind": "band", "bands": [{"eq": 3, "points": 10}, {"points": 0}]}, False),
        ({"kind": "band", "whole": True, "bands": [{"ge": 2, "points": 10}, {"eq": 1, "points": 1}, {"eq": 0, "points": 0}]}, False),
        ({"kind": "band", "whole": True, "bands": [{"gt": 1, "points": 10}, {"lt": 1, "points": 1}]}, True),
        ({"kind": "matrix", "role": "earn", "rows": [{"lt": 5, "bands": [{"points": 10}]}]}, True),
        ({"kind": "matrix", "role": "earn", "rows": [{"bands": [{"lt": 5, "points": 10}]}]}, True),
        ({"kind": "matrix", "role": "earn", "rows": [{"lt": 5, "bands": [{"points": 10}]}, {"bands": [{"points": 0}]}]}, False),
    ],
)
def test_a_value_no_band_covers_is_a_gap(rule, gap):
    assert warnings_of(with_rules({**rule, "code": "r"})) == ([("S/L/r", "band_gap")] if gap else [])


STEP = {"kind": "per_step", "start": 0, "step": 1, "points": 1}


@pytest.mark.parametrize(
    ("rule", "more", "warned"),
    [
        (deduct(role="bonus"), {}, True), (STEP, {}, True), ({"kind": "weighted", "weight": 1, "role": "bonus"}, {}, True),
        (deduct(role="adjust"), {}, True), (deduct(role="adjust", points=-1), {}, False), (deduct(role="bonus", cap=2), {}, False),
        (STEP, {"bonus_cap": 3}, False), (bonus(), {}, False), (deduct(), {}, False), (deduct(role="bonus", points=0), {}, False),
    ],
)
def test_a_bonus_that_grows_without_end_is_uncapped(rule, more, warned):
    assert warnings_of(with_rules({**rule, "code": "r"}, **more)) == ([("S/L/r", "uncapped_bonus")] if warned else [])


def test_a_bonus_cap_above_the_rule_is_enough():
    assert warnings_of(scheme_of(section([leaf([STEP])], bonus_cap=1))) == []
    assert warnings_of(scheme_of(section([leaf([STEP])]), bonus_cap=1)) == []


@pytest.mark.parametrize(
    ("rule", "more", "warned"),
    [
        (deduct(points=11), {}, True), (deduct(points=10), {}, False), (deduct(points=11, cap=5), {}, False), (deduct(points=11), {"deduction_cap": 5}, False),
        ({"kind": "choice", "role": "deduct", "options": {"a": {"points": 1}, "b": {"points": 11}}}, {}, True),
        ({"kind": "band", "role": "adjust", "bands": [{"lt": 5, "points": -11}, {"points": 1}]}, {}, True),
        ({"kind": "once", "role": "deduct", "points": 11}, {}, True), (deduct(points=1, role="bonus", cap=11), {}, False),
    ],
)
def test_one_case_that_takes_more_than_the_leaf_has_is_warned_of(rule, more, warned):
    assert warnings_of(with_rules({**rule, "code": "r"}, **more)) == ([("S/L/r", "deduction_exceeds_max")] if warned else [])


def test_a_leaf_of_max_0_may_be_deducted_from():
    assert warnings_of(scheme_of(leaf([MANUAL]), leaf([deduct()], code="T", maximum=0))) == []


@pytest.mark.parametrize(
    ("rules", "warned"),
    [
        ([{"kind": "manual", "worth": 9}], True), ([{"kind": "manual", "worth": 11}], True), ([MANUAL], False), ([deduct()], False),
        ([{"kind": "manual", "worth": 6, "code": "a"}, {"kind": "yes_no", "points": 4, "code": "b"}], False),
        ([{"kind": "manual", "worth": 6, "code": "a"}, {"kind": "yes_no", "points": 5, "code": "b"}], True),
        ([{"kind": "manual", "worth": 10, "code": "a", "group": "g"}, {"kind": "yes_no", "points": 5, "code": "b", "group": "g"}], False),
        ([{"kind": "manual", "worth": 10, "code": "a"}, {"kind": "yes_no", "points": 5, "code": "b", "unless": ["a"]}], False),
        ([{"kind": "per_case", "role": "earn", "points": 1}], True), ([{"kind": "per_case", "role": "earn", "points": 3, "cap": 10}], False),
        ([{"kind": "weighted", "weight": "0.5"}], True), ([{"kind": "weighted", "weight": "0.3", "cap": 10}], False),
        ([{"kind": "ratio", "worth": 10, "over": "1.2"}], True), ([{"kind": "ratio", "worth": 5, "over": 2}], False),
        ([{"kind": "ratio", "worth": 10, "over": "1.2", "cap": 10}], False), ([{"kind": "ratio", "worth": 10, "step": 3}], True),
        ([{"kind": "ratio", "worth": 10, "lower_is_better": True}], False), ([{"kind": "manual", "worth": 10, "step": 3}], True),
        ([{"kind": "choice", "options": {"a": {"points": 9}}}], True), ([{"kind": "band", "bands": [{"ge": 5, "points": 10}, {"points": 0}]}], False),
        ([{"kind": "band", "bands": [{"ge": 5, "points": 8}, {"points": 0}], "code": "a"},
          {"kind": "band", "bands": [{"ge": 5, "points": 0}, {"points": 2}], "code": "b", "input": "a"}], True),
        ([{"kind": "yes_no", "points": 0, "otherwise": 10}], False),
    ],
)
def test_earning_rules_must_reach_max_and_not_exceed_it(rules, warned):
    assert warnings_of(with_rules(*rules)) == ([("S/L", "unreachable_max")] if warned else [])


@pytest.mark.parametrize(
    ("classes", "more", "warned"),
    [
        ([{"label": "A", "ge": 12}], {}, ["A"]), ([{"label": "A", "ge": 11}], {}, []), ([{"label": "A", "ge": 11}], {"ceiling": 10}, ["A"]),
        ([{"label": "A", "ge": 11}], {"bonus_cap": "0.5"}, ["A"]), ([{"label": "A", "ge": 0}, {"label": "B", "below": True}], {}, ["B"]),
        ([{"label": "A", "ge": 0}, {"label": "B", "below": True}], {"floor": None}, []), ([{"label": "A", "ge": 1}, {"label": "B", "below": True}], {}, []),
        ([{"label": "A", "ge": 5}, {"label": "B", "ge": 3}, {"label": "C", "ge": 1, "lt": 3}], {"floor": 4}, ["C"]),
    ],
)
def test_a_class_no_total_can_reach_is_warned_of(classes, more, warned):
    obj = scheme_of(leaf([{**MANUAL, "code": "m"}, bonus(code="b")]), classes=classes, **more)

    assert warnings_of(obj) == [(f"classes/{label}", "unreachable_class") for label in warned]


def test_a_leaf_the_unit_scores_itself_asks_for_evidence():
    bare = leaf([MANUAL])
    del bare["evidence"]

    assert warnings_of(scheme_of(bare)) == [("L", "no_evidence")]
    assert warnings_of(scheme_of(section([bare], self_scored=False))) == []


def test_a_note_may_stand_anywhere():
    note = {"note": "ghi chú"}
    obj = scheme_of(
        section([leaf([
            {"kind": "choice", "code": "a", "options": {"x": {"points": 5, **note}, "note": "về các mức"}, **note},
            {"kind": "band", "code": "b", "bands": [{"points": 5, **note}], "source": {"indicator": "i", **note}, **note},
            {"kind": "matrix", "code": "c", "role": "bonus", "rows": [{"bands": [{"points": 1, **note}], **note}], "unless": {"code": "k", **note}},
        ], **note)], **note),
        rounding={"step": 1, **note}, **note,
        gates=[{"code": "G", "when": {"declared": True, **note}, "effect": {"points": -1, **note}, **note}],
        classes=[{"label": "A", "ge": 5, **note}], ties=[{"section": "S", **note}],
        examples=[{"code": "e", "given": {"a": "x", **note}, "given_nodes": {**note}, "expect": {"node": "L", "points": None, **note}, **note},
                  {"code": "f", "ranking": [{"unit": "U", "total": 1, **note}], "expect": {"ranks": {"U": 1, **note}}}],
    )

    assert errors_of(obj) == []
    assert warnings_of(obj) == []


def test_numbers_may_be_text_with_a_comma_but_never_floats():
    assert errors_of(scheme_of(leaf([{"kind": "manual", "worth": "2,5"}], maximum="2,50"), base="2.5")) == []
    assert ("", "rule_shape") in errors_of(scheme_of(leaf([MANUAL]), base=10.0))


def test_messages_are_vietnamese_sentences():
    for obj, _ in SHAPES:
        for finding in load_scheme(obj)[1]:
            assert finding.message.rstrip("”").endswith(".")
            assert finding.message[0] not in " ."
