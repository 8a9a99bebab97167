"""Sentence by sentence: "How points add up", rules, gates and classes of the scheme format."""

from decimal import Decimal

import pytest

from campaigns.scoring.engine import evaluate
from campaigns.scoring.inputs import BadInput
from tests.campaigns.scoring.scheme_builder import D, leaf, loaded, one_leaf, scheme_of, score, section


def rule(kind, code=None, **more):
    return {"kind": kind, **({"code": code} if code else {}), **more}


def deduct(code, points=1, **more):
    return rule("per_case", code, role="deduct", points=points, **more)


def bonus(code, points=1, **more):
    return rule("per_case", code, role="bonus", points=points, **more)


def parts(line):
    return line.points, line.base, line.bonus, line.deduction


# Kinds of rule

@pytest.mark.parametrize(
    ("parameters", "value", "points"),
    [
        ({"kind": "per_case", "role": "earn", "points": "0.5"}, 3, "1.5"),
        ({"kind": "per_case", "role": "earn", "points": "0.5", "cap": 1}, "3", 1),
        ({"kind": "once", "role": "earn", "points": 4}, True, 4),
        ({"kind": "once", "role": "earn", "points": 4}, False, 0),
        ({"kind": "yes_no", "points": 4, "otherwise": 1}, False, 1),
        ({"kind": "choice", "options": {"a": {"points": 2}, "b": {"points": 3}}}, "b", 3),
        ({"kind": "ratio", "worth": 3}, {"achieved": 14, "target": 20}, "2.1"),
        ({"kind": "ratio", "worth": 3}, {"achieved": 30, "target": 20}, 3),
        ({"kind": "ratio", "worth": 3, "over": "1.2"}, {"achieved": 30, "target": 20}, "3.6"),
        ({"kind": "ratio", "worth": 3, "from": "0.5"}, {"achieved": "9.99", "target": 20}, 0),
        ({"kind": "ratio", "worth": 3, "from": "0.5"}, {"achieved": 10, "target": 20}, "1.5"),
        ({"kind": "ratio", "worth": 10, "step": "0.25"}, {"achieved": 1, "target": 80}, "0.25"),
        ({"kind": "ratio", "worth": 4, "lower_is_better": True}, {"achieved": 10, "target": 8}, "3.2"),
        ({"kind": "ratio", "worth": 4, "lower_is_better": True}, {"achieved": 0, "target": 0}, 4),
        ({"kind": "ratio", "worth": 4, "lower_is_better": True, "over": 2}, {"achieved": 0, "target": 8}, 8),
        ({"kind": "ratio", "worth": 4, "lower_is_better": True}, {"achieved": 3, "target": 0}, 0),
        ({"kind": "ratio", "worth": 4, "otherwise": 2}, {"achieved": 3, "target": 0}, 2),
        ({"kind": "band", "bands": [{"ge": 90, "points": 2}, {"points": 1}]}, "89,99", 1),
        ({"kind": "band", "bands": [{"ge": 90, "points": 2}, {"lt": 90, "points": 1}]}, {"numerator": 9, "denominator": 10}, 2),
        ({"kind": "band", "bands": [{"eq": 1, "points": 2}], "otherwise": 3}, 7, 3),
        ({"kind": "band", "bands": [{"ge": 0, "points": 2}], "otherwise": 3}, {"numerator": 1, "denominator": 0}, 3),
        ({"kind": "band", "bands": [{"lt": 0, "points": 2}, {"ge": 0, "points": 1}]}, -1, 2),
        ({"kind": "per_step", "role": "earn", "start": 90, "step": 5, "points": "0.25"}, "99.9", "0.25"),
        ({"kind": "per_step", "role": "earn", "start": 90, "step": 5, "points": "0.25"}, 80, 0),
        ({"kind": "per_step", "role": "earn", "start": 0, "step": 1, "points": 1}, {"numerator": 3, "denominator": 100}, 3),
        ({"kind": "weighted", "weight": "0.05"}, "88,4", "4.42"),
        ({"kind": "manual", "worth": 5, "step": "0.25"}, "1.75", "1.75"),
        ({"kind": "matrix", "role": "earn", "rows": [{"lt": 5, "bands": [{"points": 1}]}, {"bands": [{"ge": 1, "points": 2}]}]},
         {"row": 5, "column": 1}, 2),
    ],
)
def test_a_rule_gives_the_points_of_its_kind(parameters, value, points):
    line = score([parameters], {"L": value})

    assert (line.points, str(line.state)) == (D(points), "scored")


@pytest.mark.parametrize(
    ("parameters", "value"),
    [
        ({"kind": "per_case", "role": "earn", "points": 1}, "2,5"), ({"kind": "per_case", "role": "earn", "points": 1}, -1),
        ({"kind": "per_case", "role": "earn", "points": 1}, True), ({"kind": "per_case", "role": "earn", "points": 1}, 1.5),
        ({"kind": "once", "role": "earn", "points": 1}, 1), ({"kind": "yes_no", "points": 1}, "yes"),
        ({"kind": "choice", "options": {"a": {"points": 1}}}, "b"), ({"kind": "choice", "options": {"a": {"points": 1}}}, ["a"]),
        ({"kind": "ratio", "worth": 1}, 5), ({"kind": "ratio", "worth": 1}, {"achieved": -1, "target": 2}),
        ({"kind": "ratio", "worth": 1}, {"achieved": 1, "target": 2, "other": 3}),
        ({"kind": "band", "bands": [{"points": 1}]}, {"numerator": -1, "denominator": 2}), ({"kind": "band", "bands": [{"points": 1}]}, "x"),
        ({"kind": "band", "whole": True, "bands": [{"points": 1}]}, "1.5"),
        ({"kind": "band", "whole": True, "bands": [{"points": 1}]}, {"numerator": 1, "denominator": 2}),
        ({"kind": "weighted", "weight": 1}, -1), ({"kind": "manual", "worth": 5}, 6), ({"kind": "manual", "worth": 5}, -1),
        ({"kind": "manual", "worth": 5, "min": 1}, 0), ({"kind": "manual", "worth": 5, "step": "0.25"}, "1.1"),
        ({"kind": "matrix", "role": "earn", "rows": [{"bands": [{"points": 1}]}]}, 3), ({"kind": "manual", "worth": 5}, "n/a"),
    ],
)
def test_an_input_the_rule_cannot_take_is_refused_with_a_sentence(parameters, value):
    scheme = one_leaf([parameters])

    with pytest.raises(BadInput) as caught:
        evaluate(scheme, {"L": value})

    assert caught.value.code == "L"
    assert caught.value.message.endswith(".")


def test_a_code_that_takes_no_input_is_refused():
    scheme = loaded(scheme_of(section([leaf([rule("manual", "r", worth=10), bonus("b", cap=1)])])))

    for code in ("S", "x", "L"):
        with pytest.raises(BadInput):
            evaluate(scheme, {code: 1})


# Absent

@pytest.mark.parametrize("value", [None, {"achieved": 5, "target": None}, {"achieved": 5}])
def test_an_absent_earning_input_leaves_the_leaf_missing(value):
    result = evaluate(one_leaf([rule("ratio", worth=10)]), {"L": value})

    line = result.by_code["L"]
    assert (str(line.state), line.points, line.base, line.bonus, result.total, result.provisional) == ("missing", None, None, 0, 0, True)
    assert line.reasons == ("Chưa có số liệu: Tiêu chí.",)


def test_a_missing_leaf_has_no_bonus_and_no_deduction():
    line = score([rule("manual", "r", worth=10), bonus("b"), deduct("d")], {"b": 3, "d": 2})

    assert parts(line) == (None, None, 0, 0)


def test_an_absent_input_of_a_rule_that_does_not_earn_counts_as_none():
    assert parts(score([bonus("b"), deduct("d")], {})) == (10, 10, 0, 0)


def test_a_value_no_band_covers_is_undetermined_even_for_a_bonus():
    bands = [{"ge": 5, "points": 1}]

    assert str(score([rule("band", "b", role="bonus", bands=bands)], {"b": 1}).state) == "undetermined"
    assert str(score([rule("ratio", worth=10)], {"L": {"achieved": 1, "target": 0}}).state) == "undetermined"


def test_missing_wins_over_undetermined():
    rules = [rule("manual", "m", worth=5), rule("band", "b", bands=[{"ge": 5, "points": 5}])]

    assert str(score(rules, {"b": 1}).state) == "missing"


# Leaf

def test_base_is_the_sum_of_earning_rules_limited_to_max():
    rules = [rule("manual", "a", worth=8), rule("manual", "b", worth=8)]

    assert parts(score(rules, {"a": 8, "b": 8})) == (10, 10, 0, 0)
    assert parts(score(rules, {"a": 1, "b": 2})) == (3, 3, 0, 0)


def test_all_deductions_and_all_bonuses_are_cut_together():
    rules = [deduct("d"), deduct("e"), bonus("b"), bonus("c")]

    assert parts(score(rules, {"d": 2, "e": 2, "b": 3, "c": 3}, deduction_cap=3, bonus_cap=4)) == (11, 10, 4, 3)


def test_what_the_floor_gives_back_no_longer_counts_as_deducted():
    assert parts(score([deduct("d", 2)], {"d": 6})) == (0, 10, 0, 10)
    assert parts(score([deduct("d", 2)], {"d": 6}, floor=4)) == (4, 10, 0, 6)
    assert parts(score([deduct("d", 2)], {"d": 6}, floor=None)) == (-2, 10, 0, 12)


def test_a_node_of_max_0_has_no_floor():
    scheme = loaded(scheme_of(leaf([rule("manual", worth=10)]), leaf([deduct("d")], code="T", maximum=0)))

    assert evaluate(scheme, {"L": 10, "d": 4}).total == 6


def test_an_adjust_rule_counts_as_bonus_or_as_deduction():
    rules = [rule("band", "x", role="adjust", bands=[{"lt": 5, "points": -2}, {"ge": 5, "points": 1}])]

    assert parts(score(rules, {"x": 1})) == (8, 10, 0, 2)
    assert parts(score(rules, {"x": 9})) == (11, 10, 1, 0)


@pytest.mark.parametrize(("mode", "points"), [("half_up", "0.3"), ("half_even", "0.2"), ("down", "0.2"), ("up", "0.3")])
def test_scores_are_rounded_as_the_scheme_says(mode, points):
    scheme = loaded(scheme_of(leaf([rule("manual", worth=10)]), rounding={"step": "0.1", "mode": mode}))

    assert evaluate(scheme, {"L": "0.25"}).by_code["L"].points == D(points)


def test_a_half_below_zero_rounds_away_from_zero_and_down_towards_it():
    for mode, points in (("half_up", "-0.3"), ("down", "-0.2"), ("up", "-0.3"), ("half_even", "-0.2")):
        scheme = loaded(scheme_of(leaf([deduct("d", "0.25")], maximum=0), base=0, floor=None, rounding={"step": "0.1", "mode": mode}))
        assert evaluate(scheme, {"d": 1}).total == D(points)


# Conditions between rules

def test_an_unless_input_cancels_the_rule_whatever_its_input():
    rules = [deduct("d", unless={"code": "k"}), rule("manual", "m", worth=10, unless={"code": "q"})]

    assert parts(score(rules, {"d": 3, "k": True, "m": 9})) == (9, 9, 0, 0)
    assert parts(score(rules, {"d": 3, "k": False, "m": 9})) == (6, 9, 0, 3)
    assert parts(score(rules, {"q": True})) == (0, 0, 0, 0)


def test_codes_in_requires_and_unless_are_judged_by_the_points_before_them():
    rules = [bonus("a"), bonus("b", unless=["a"]), bonus("c", unless=["b"]), bonus("d", requires=["a", "b"])]

    assert score(rules, {"a": 1, "b": 1, "c": 1, "d": 1}).bonus == 2  # a and d: b had points when c and d were judged
    assert score(rules, {"b": 1, "d": 1}).bonus == 1


def test_a_rule_whose_requires_fails_gives_0_even_with_a_value_no_band_covers():
    rules = [deduct("d"), rule("band", "b", role="bonus", requires=["d"], bands=[{"ge": 5, "points": 1}])]

    assert str(score(rules, {"b": 1}).state) == "scored"
    assert str(score(rules, {"b": 1, "d": 1}).state) == "undetermined"


def test_full_base_needs_all_base_points_and_no_deduction():
    rules = [rule("manual", "m", worth=10), deduct("d"), bonus("b", requires="full_base")]

    assert score(rules, {"m": 10, "b": 1}).points == 11
    assert score(rules, {"m": "9.99", "b": 1}).points == D("9.99")
    assert score(rules, {"m": 10, "b": 1, "d": 1}).points == 9


def test_full_base_is_judged_after_codes_and_before_groups():
    rules = [bonus("x"), deduct("d", unless=["x"]), bonus("b", requires="full_base"), deduct("e", group="g"), bonus("f", 5, group="g")]

    assert score(rules, {"d": 1, "x": 1, "b": 1}).bonus == 2
    assert score(rules, {"e": 1, "f": 1, "b": 1}).bonus == 5


def test_of_a_group_the_rule_worth_most_counts_and_of_equals_the_first():
    rules = [deduct("d", 2, group="g"), bonus("b", 2, group="g"), deduct("e", 3, group="g")]

    assert parts(score(rules, {"d": 1, "b": 1})) == (8, 10, 0, 2)
    assert parts(score(rules, {"d": 1, "b": 1, "e": 1})) == (7, 10, 0, 3)


def test_the_cap_of_a_rule_is_absolute_and_comes_before_conditions():
    line = score([rule("band", "x", role="adjust", cap=1, bands=[{"lt": 5, "points": -3}, {"ge": 5, "points": 3}])], {"x": 1})

    assert line.deduction == 1
    assert score([bonus("b", cap=0), bonus("c", requires=["b"])], {"b": 1, "c": 1}).bonus == 0


def test_a_rule_may_read_the_input_of_another():
    rules = [rule("band", "a", bands=[{"ge": 90, "points": 10}, {"points": 0}]), rule("per_step", "b", input="a", start=90, step=1, points="0.1")]

    assert parts(score(rules, {"a": {"numerator": 977, "denominator": 1000}})) == (D("10.7"), 10, D("0.7"), 0)
    with pytest.raises(BadInput):
        score(rules, {"b": 97})


# Self-score

def test_in_the_self_score_a_verified_only_input_is_absent():
    rules = [deduct("d", verified_only=True), rule("manual", "m", worth=10)]

    assert score(rules, {"d": 3, "m": 9}, stage="self").points == 9
    assert score(rules, {"d": 3, "m": 9}, stage="final").points == 6
    line = score([rule("manual", worth=10, verified_only=True)], {"L": 9}, stage="self")
    assert str(line.state) == "missing"


def test_in_the_self_score_what_only_the_superior_enters_is_missing_and_inherited():
    tree = section([section([leaf([deduct("d")])], code="T")], self_scored=False)
    scheme = loaded(scheme_of(tree))

    own, checked = (evaluate(scheme, {"d": 1}, stage=stage) for stage in ("self", "verified"))
    assert (str(own.by_code["L"].state), own.total, own.provisional) == ("missing", 0, True)
    assert (str(checked.by_code["L"].state), checked.total, checked.provisional) == ("scored", 9, False)


def test_a_leaf_below_may_be_self_scored_again():
    scheme = loaded(scheme_of(section([leaf([deduct("d")], self_scored=True)], self_scored=False)))

    assert evaluate(scheme, {"d": 1}, stage="self").total == 9


# Not applicable

@pytest.mark.parametrize(("meaning", "points", "total"), [("full", 4, 10), ("zero", 0, 6), ("exclude", None, 10)])
def test_not_applicable_means_what_the_leaf_says(meaning, points, total):
    scheme = loaded(scheme_of(leaf([rule("manual", worth=6)], maximum=6), leaf([rule("manual", worth=4)], code="N", maximum=4, not_applicable=meaning)))

    result = evaluate(scheme, {"L": 6, "N": "n/a"})
    line = result.by_code["N"]
    assert (str(line.state), line.points, result.total, result.provisional) == ("not_applicable", points, total, False)


def test_an_excluded_leaf_scales_the_total_before_rounding():
    sections = [leaf([rule("manual", worth=7)], maximum=7), leaf([rule("manual", worth=3)], code="N", maximum=3, not_applicable="exclude")]

    assert evaluate(loaded(scheme_of(*sections)), {"L": 5, "N": "n/a"}).total == D("7.14")


def test_when_every_leaf_is_excluded_nothing_is_divided():
    scheme = loaded(scheme_of(leaf([rule("manual", worth=10)], not_applicable="exclude")))

    assert evaluate(scheme, {"L": "n/a"}).total == 0


# Section and total

def test_excess_bonuses_come_off_the_section_and_excess_deductions_are_given_back():
    leaves = [leaf([bonus("a")], code="A", maximum=5), leaf([bonus("b"), deduct("d")], code="B", maximum=5)]
    result = evaluate(loaded(scheme_of(section(leaves, bonus_cap=2, deduction_cap=1))), {"a": 2, "b": 2, "d": 4})

    line = result.by_code["S"]
    assert (result.by_code["A"].points, result.by_code["B"].points) == (7, 3)
    assert (line.points, line.bonus, line.deduction, line.base) == (11, 2, 1, None)


def test_the_floor_of_a_section_gives_back_deductions():
    leaves = [leaf([deduct("d")], code="A", maximum=0), leaf([rule("manual", worth=10)], code="B")]
    line = evaluate(loaded(scheme_of(section(leaves))), {"d": 4, "B": 1}).by_code["S"]

    assert (line.points, line.deduction) == (0, 1)


def test_caps_of_the_scheme_cut_the_total():
    scheme = loaded(scheme_of(leaf([bonus("b"), deduct("d")]), bonus_cap=2, deduction_cap=1))

    result = evaluate(scheme, {"b": 5, "d": 3})
    assert (result.total, result.bonus, result.deduction) == (11, 2, 1)


def test_floor_and_ceiling_limit_the_total_again_after_gate_points():
    gates = [{"code": "G", "when": {"declared": True}, "effect": {"points": -20}}]
    scheme = loaded(scheme_of(leaf([bonus("b")]), ceiling=12, gates=gates, bonus_cap=9))

    assert evaluate(scheme, {"b": 5}).total == 12
    result = evaluate(scheme, {"b": 5}, gates=["G"])
    assert (result.total_before_gates, result.total) == (12, 0)


def test_a_total_below_zero_is_kept_without_floor():
    scheme = loaded(scheme_of(leaf([deduct("d")], floor=None), floor=None))

    assert evaluate(scheme, {"d": 12}).total == -2


def test_given_nodes_stand_in_for_what_lies_below_and_bring_no_bonus():
    leaves = [leaf([bonus("a")], code="A", maximum=5), leaf([rule("manual", worth=5)], code="B", maximum=5)]
    result = evaluate(loaded(scheme_of(section(leaves))), {"a": 3}, given_nodes={"S": D("12.5")})

    assert (result.total, result.bonus, result.provisional, [line.code for line in result.lines]) == (D("12.5"), 0, False, ["S"])


def test_an_excluded_leaf_under_a_given_node_does_not_scale():
    leaves = [leaf([rule("manual", worth=10)], not_applicable="exclude")]

    assert evaluate(loaded(scheme_of(section(leaves))), {"L": "n/a"}, given_nodes={"S": D(5)}).total == 5


# Gates

def gate_scheme(when, **more):
    leaves = [leaf([rule("manual", worth=5)], code="A", maximum=5), leaf([rule("manual", worth=5)], code="B", maximum=5, not_applicable="exclude")]
    zero = leaf([deduct("d")], code="Z", maximum=0)
    return loaded(scheme_of(section([*leaves, zero]), gates=[{"code": "G", "when": when}], **more))


@pytest.mark.parametrize(
    ("when", "inputs", "fires"),
    [
        ({"zero_leaf": True}, {"A": 0, "B": 5}, True), ({"zero_leaf": True}, {"A": 5, "B": 5, "d": 3}, False),
        ({"zero_leaf": True}, {"A": 5}, False), ({"zero_leaf": True}, {"A": 5, "B": "n/a"}, False),
        ({"zero_leaf": ["B"]}, {"A": 0, "B": 5}, False), ({"zero_leaf": ["A"]}, {"A": 0, "B": 5}, True),
        ({"below_percent": 50, "of": "leaves"}, {"A": "2.49", "B": 5}, True), ({"below_percent": 50, "of": "leaves"}, {"A": "2.5", "B": 5}, False),
        ({"below_percent": 50, "of": "leaves"}, {"A": 5}, False), ({"below_percent": 50, "of": ["B"]}, {"A": 0, "B": 5}, False),
        ({"below_percent": 50, "of": "sections"}, {"A": "4.9"}, True), ({"below_percent": 50, "of": "sections"}, {"A": "2.5", "B": "n/a"}, False),
        ({"below_percent": 50, "of": ["S"]}, {"A": "2.4", "B": "n/a"}, True),
        ({"total_below": 6}, {"A": 5, "B": "0.99"}, True), ({"total_below": 6}, {"A": 5, "B": 1}, False),
        ({"no_self_report": True}, {"A": 5, "B": 5}, False), ({"declared": True}, {"A": 5, "B": 5}, False),
    ],
)
def test_a_gate_fires_on_its_condition(when, inputs, fires):
    result = evaluate(gate_scheme(when), inputs)

    assert [gate.code for gate in result.gates] == (["G"] if fires else [])


def test_gates_without_self_report_and_declared_ones_fire_when_told():
    assert evaluate(gate_scheme({"no_self_report": True}), {}, no_self_report=True).gates[0].code == "G"
    assert evaluate(gate_scheme({"declared": True}), {}, gates=["G"]).gates[0].reason == "Người thẩm định xác nhận."


def test_no_node_is_looked_at_with_a_given_total():
    result = evaluate(gate_scheme({"zero_leaf": True}), {"A": 0, "B": 0}, given_total=Decimal(9))

    assert (result.total, result.gates, result.lines, result.provisional) == (9, (), (), False)


CLASSES = [
    {"label": "A", "ge": 9, "requires": ["R"]}, {"label": "B", "ge": 7, "lt": 9, "requires": ["R"]},
    {"label": "C", "ge": 5}, {"label": "D", "below": True, "requires": ["Q"]},
]


def class_of(total, *fired, classes=CLASSES):
    effects = {"R": None, "Q": None, "U": {"unranked": True}, "W": {"best_class": "C"}, "X": {"class_down": 1}, "Y": {"class_down": 2}, "V": {"best_class": "B"}}
    gates = [{"code": code, "when": {"declared": True}, **({"effect": effect} if effect else {})} for code, effect in effects.items()]
    scheme = loaded(scheme_of(leaf([rule("manual", worth=10)]), gates=gates, classes=classes))
    return evaluate(scheme, given_total=D(total), gates=fired).class_label


@pytest.mark.parametrize(
    ("total", "fired", "label"),
    [
        (9, (), "A"), ("8.99", (), "B"), (5, (), "C"), ("4.99", (), "D"), (9, ("R",), "C"), (4, ("Q",), None), (9, ("U",), None),
        (9, ("W",), "C"), (5, ("V",), "C"), (9, ("X",), "B"), (9, ("X", "Y"), "D"), (5, ("Y", "X"), "D"), (9, ("V", "W"), "C"),
        (9, ("X", "R"), "D"), (9, ("X", "Y", "Q"), None), (9, ("X", "V"), "B"), (9, ("X", "W"), "C"),
    ],
)
def test_a_class_follows_total_requirements_steps_down_and_best_class_in_order(total, fired, label):
    assert class_of(total, *fired) == label


def test_a_total_under_all_classes_has_none_without_a_class_below():
    assert class_of("4.99", classes=CLASSES[:3]) is None


def test_review_gates_ask_a_person():
    gates = [{"code": "G", "when": {"total_below": 11}, "review": True}]
    result = evaluate(loaded(scheme_of(leaf([deduct("d")]), gates=gates)))

    assert [gate.code for gate in result.review] == ["G"]


# Reasons

@pytest.mark.parametrize(
    ("parameters", "value", "reason"),
    [
        ({"kind": "ratio", "worth": 3}, {"achieved": 14, "target": 20}, "đạt 70% chỉ tiêu (14/20): 2,1 điểm."),
        ({"kind": "per_case", "role": "deduct", "points": "0.5", "label": "báo cáo trễ hạn"}, 2, "2 báo cáo trễ hạn × 0,5 = trừ 1 điểm."),
        ({"kind": "weighted", "weight": "0.05"}, "88,4", "88,4 × 0,05 = 4,42 điểm."),
    ],
)
def test_every_line_says_why_in_vietnamese(parameters, value, reason):
    assert score([parameters], {"L": value}).reasons[0] == reason


def test_lines_come_parents_first_with_paths_and_inherited_assessor():
    scheme = loaded(scheme_of(section([section([leaf([deduct("d")])], code="T", assessor="Phòng B")], assessor="Phòng A")))

    assert [(line.path, line.assessor) for line in evaluate(scheme).lines] == [("S", "Phòng A"), ("S/T", "Phòng B"), ("S/T/L", "Phòng B")]
