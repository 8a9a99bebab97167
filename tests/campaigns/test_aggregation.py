from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.aggregation import derive, pair, roll_up
from campaigns.figures import Cell, Piece, Rule, RuleError, as_decimal, round_half_up
from campaigns.formulas import FormulaError, parse_formula
from campaigns.indicatorfile import read_indicators

FLOW, STOCK, RATIO = Rule.of("flow"), Rule.of("stock"), Rule.of("ratio")
FILE = read_indicators(Path("campaigns/data/indicators.yaml").read_bytes()).file
SPECS = {spec.code: spec for spec in FILE.indicators}
EXAMPLES = {example["id"]: example for example in FILE.examples}

AMOUNTS = st.decimals(0, 10**6, places=2, allow_nan=False)
REPORTS = st.one_of(st.none(), AMOUNTS)
TABLES = st.dictionaries(st.sampled_from("ABCDE"), st.lists(REPORTS, min_size=3, max_size=3), min_size=1)


def cells_of(table):
    """Cells from {unit: [value of period 1, 2, …]}."""
    return {
        (unit, period): Cell(None if value is None else Decimal(value))
        for unit, row in table.items()
        for period, value in enumerate(row, start=1)
    }


def rolled(rule, table, **options):
    periods = range(1, 1 + max(len(row) for row in table.values()))
    return roll_up(rule, cells_of(table), units=list(table), periods=list(periods), **options)


def rolled_ratio(rule, numerators, denominators, **options):
    cells = pair([cells_of(numerators)], [cells_of(denominators)])
    periods = range(1, 1 + max(len(row) for row in numerators.values()))
    return roll_up(rule, cells, units=list(numerators), periods=list(periods), **options)


# The worked examples of the indicator file


def example_rollups(cells, units, periods):
    """Every indicator of the file that the cells of an example allow, rolled up as the file says."""
    by_code = {}
    for unit, months in cells.items():
        for month, row in months.items():
            for code, value in row.items():
                by_code.setdefault(code, {})[unit, month] = Cell(None if value is None else Decimal(value))
    results = {}
    for code, given_cells in by_code.items():
        spec = SPECS[code]
        rule = Rule.of(spec.kind, spec.over_time, spec.over_units)
        results[code] = roll_up(rule, given_cells, units=units, periods=periods)
        if spec.of in by_code:
            share = Rule.of("ratio", numerator_time=spec.over_time, denominator_time=SPECS[spec.of].over_time)
            parts = pair([given_cells], [by_code[spec.of]])
            results[f"{code}_share"] = roll_up(share, parts, units=units, periods=periods)
    for code, spec in SPECS.items():
        if spec.kind == "ratio" and set(spec.numerator + spec.denominator) <= by_code.keys():
            parts = pair([by_code[part] for part in spec.numerator], [by_code[part] for part in spec.denominator])
            results[code] = roll_up(RATIO, parts, units=units, periods=periods)
        formula = parse_formula(spec.derived.formula) if spec.derived and spec.derived.formula else None
        if formula and set(formula.codes) <= results.keys():
            results[code] = derive(Rule.of(spec.kind, spec.over_time, spec.over_units), formula, results, units=units)
    return results


@pytest.mark.parametrize("name", ["IX1", "IX3", "IX4", "IX6"])
def test_the_examples_of_one_unit_give_what_the_file_prints(name):
    example = EXAMPLES[name]
    months = sorted(example["cells"]["A"])

    results = example_rollups(example["cells"], ["A"], months)

    for code, expected in example["expect"].items():
        if code == "reported":
            only = results["dv_cuocvandong"].by_unit["A"]
            assert f"{only.reported}/{only.expected}" == expected
            continue
        mine = results[code].by_unit["A"]
        wanted = expected if isinstance(expected, dict) else {"value": expected}
        assert mine.shown(1) == Decimal(wanted["value"])
        if "reported" in wanted:
            assert f"{mine.reported}/{mine.expected}" == wanted["reported"]
        if "as_of" in wanted:
            assert (mine.as_of, mine.stale) == (wanted["as_of"], wanted["stale"])


def test_the_example_of_two_units_is_weighted_and_not_averaged():
    example = EXAMPLES["IX2"]

    result = example_rollups(example["cells"], ["A", "B"], ["2026-01"])["nq_tyle"]

    assert result.by_unit["A"].shown(1) == 100
    assert result.by_unit["B"].shown(1) == 90
    assert result.total.shown(1) == Decimal("90.2")
    assert result.total.exact == Fraction(185_000, 2050)


def test_the_one_stop_balance_closes_with_the_figures_of_2019():
    example = EXAMPLES["IX5"]
    formula = parse_formula(SPECS["tthc_ton"].derived.formula)

    assert formula.evaluate(example["given"]) == Decimal(example["expect"]["tthc_ton"])


# What must be said with a value


def test_only_expected_cells_are_missing():
    result = roll_up(
        FLOW, cells_of({"A": [1, None]}), units=["A", "B"], periods=[1, 2], expected={("A", 1), ("A", 2), ("B", 2)}
    )

    assert [(result.by_unit[unit].reported, result.by_unit[unit].missing) for unit in "AB"] == [(1, 1), (0, 1)]
    assert (result.total.reported, result.total.expected) == (1, 3)


def test_not_applicable_is_neither_a_value_nor_owed():
    cells = {("A", 1): Cell(Decimal(4)), ("A", 2): Cell.not_applicable()}

    result = roll_up(STOCK, cells, units=["A"], periods=[1, 2]).by_unit["A"]

    assert (result.value, result.missing, result.stale) == (4, 0, False)


def test_none_occurred_is_a_reported_zero_of_every_kind():
    cells = {("A", 1): Cell.none_occurred()}

    by_kind = {
        kind: roll_up(Rule.of(kind), cells, units=["A"], periods=[1]).total
        for kind in ("flow", "stock", "ratio", "text", "yes_no")
    }

    assert {kind: result.reported for kind, result in by_kind.items()} == dict.fromkeys(by_kind, 1)
    assert (by_kind["flow"].value, by_kind["stock"].value, by_kind["ratio"].value) == (0, 0, None)
    assert (by_kind["yes_no"].no, by_kind["text"].pieces) == (1, ())


def test_a_stale_stock_says_from_when_and_its_total_is_stale():
    result = rolled(STOCK, {"A": [1, 5, None], "B": [1, 2, 3]})

    assert (result.by_unit["A"].as_of, result.by_unit["A"].stale) == (2, True)
    assert (result.by_unit["B"].as_of, result.by_unit["B"].stale) == (3, False)
    assert (result.total.value, result.total.stale) == (8, True)


def test_an_opening_balance_is_stale_when_the_first_period_is_missing():
    result = rolled(Rule.of("stock", "first"), {"A": [None, 5, 6], "B": [4, 5, 6]})

    assert (result.by_unit["A"].value, result.by_unit["A"].stale) == (5, True)
    assert (result.by_unit["B"].value, result.by_unit["B"].stale) == (4, False)


def test_groups_have_totals_of_their_own_units():
    result = rolled(FLOW, {"A": [1], "B": [2], "C": [None]}, groups={"cụm 1": ["A", "C"], "cụm 2": ["B"], "trống": []})

    assert {group: total.value for group, total in result.by_group.items()} == {"cụm 1": 1, "cụm 2": 2, "trống": None}
    assert result.by_group["cụm 1"].missing == 1


def test_flows_of_a_closed_unit_count_in_totals_and_its_stocks_do_not():
    table = {"cũ": [10, None], "mới": [None, 7]}

    assert rolled(FLOW, table, closed=["cũ"]).total.value == 17
    assert rolled(STOCK, table, closed=["cũ"]).total.value == 7
    assert rolled(STOCK, table, closed=["cũ"]).by_unit["cũ"].value == 10


def test_the_value_of_the_province_is_never_added_up():
    result = rolled(Rule.of("stock", "last", "none"), {"tỉnh": [61]})

    assert (result.by_unit["tỉnh"].value, result.total.value) == (61, None)


def test_a_percentage_without_parts_is_shown_and_left_out_of_the_total():
    cells = {("A", 1): Cell(Decimal(80)), ("B", 1): Cell(numerator=Decimal(1), denominator=Decimal(2))}

    result = roll_up(RATIO, cells, units=["A", "B"], periods=[1])

    assert result.by_unit["A"].value == 80
    assert (result.total.value, result.total.without_parts) == (50, 1)


def test_a_ratio_of_a_flow_and_a_stock_rolls_each_part_by_its_own_rule():
    rule = Rule.of("ratio", numerator_time="sum", denominator_time="last")

    result = rolled_ratio(rule, {"A": [1, 2, None]}, {"A": [100, 50, 10]}).by_unit["A"]

    assert (result.parts, result.value) == ((3, 50), 6)
    assert (result.as_of, result.stale, result.reported) == (2, True, 2)


def test_a_zero_denominator_is_no_value_but_takes_part_in_the_total():
    result = rolled_ratio(RATIO, {"A": [0], "B": [1]}, {"A": [0], "B": [4]})

    assert (result.by_unit["A"].value, result.total.value) == (None, 25)


def test_a_percentage_is_rounded_once_and_half_up():
    result = rolled_ratio(RATIO, {"A": [2], "B": [9049]}, {"A": [1600], "B": [9999]})

    assert result.by_unit["A"].value == Decimal("0.13")
    assert round_half_up(Fraction("90.249"), 1) == Decimal("90.2")
    assert round_half_up(Fraction("-0.5"), 0) == -1


def test_yes_and_no_are_counted_with_those_who_did_not_say():
    cells = {("A", 1): Cell(answer=True), ("A", 2): Cell(answer=False), ("B", 1): Cell(answer=True)}

    total = roll_up(Rule.of("yes_no"), cells, units=["A", "B", "C"], periods=[1, 2]).total

    assert (total.yes, total.no, total.silent, total.value) == (1, 1, 1, 1)


def test_texts_are_joined_by_period_and_then_by_unit_without_empty_ones():
    cells = {
        ("B", 1): Cell(text="b1"),
        ("A", 2): Cell(text="a2"),
        ("A", 1): Cell(text=" a1 "),
        ("B", 2): Cell(text=" "),
    }

    result = roll_up(Rule.of("text"), cells, units=["A", "B"], periods=[1, 2])

    assert result.total.pieces == (Piece(1, "A", "a1"), Piece(1, "B", "b1"), Piece(2, "A", "a2"))
    assert result.by_unit["A"].pieces == (Piece(1, "A", "a1"), Piece(2, "A", "a2"))
    assert result.total.missing == 1


@pytest.mark.parametrize(
    "names",
    [("ratio", "average"), ("ratio", None, "average"), ("text", "sum"), ("flow", "recompute"), ("x",), ("flow", "x")],
)
def test_a_rule_that_does_not_fit_is_refused(names):
    with pytest.raises(RuleError, match=r"\.$"):
        Rule.of(*names)


# Formulas


def test_a_formula_is_read_and_written_back():
    formula = parse_formula(" -a +b_2-a ")

    assert formula.terms == ((-1, "a"), (1, "b_2"), (-1, "a"))
    assert str(formula) == "- a + b_2 - a"
    assert parse_formula(str(formula)) == formula
    assert formula.codes == ("a", "b_2")


@pytest.mark.parametrize(
    "text", ["", " ", "a +", "a b", "a * b", "a + + b", "1 + a", "__import__('os')", "a.b", "A", "a" + "+a" * 60]
)
def test_anything_else_is_not_a_formula(text):
    with pytest.raises(FormulaError, match=r"Công thức"):
        parse_formula(text)


def test_a_balance_with_a_hole_is_no_balance():
    parts = {"a": rolled(FLOW, {"A": [1], "B": [5]}), "b": rolled(FLOW, {"A": [2], "B": [None]})}

    result = derive(STOCK, parse_formula("a - b"), parts, units=["A", "B"])

    assert (result.by_unit["A"].value, result.by_unit["B"].value, result.total.value) == (-1, None, -1)
    assert (result.total.reported, result.total.expected) == (1, 2)


# Laws


@given(TABLES)
@settings(max_examples=60)
def test_splitting_a_flow_over_periods_never_changes_the_total(table):
    split = {
        unit: [part for value in row for part in (value, None if value is None else 0)] for unit, row in table.items()
    }
    halves = {unit: [part for value in row for part in [value and value / 2] * 2] for unit, row in table.items()}

    assert rolled(FLOW, table).total.exact == rolled(FLOW, split).total.exact == rolled(FLOW, halves).total.exact


@given(st.dictionaries(st.sampled_from("ABC"), REPORTS, min_size=1), st.integers(1, 12))
@settings(max_examples=60)
def test_repeating_a_stock_never_multiplies_it(values, times):
    once = rolled(STOCK, {unit: [value] for unit, value in values.items()})

    assert rolled(STOCK, {unit: [value] * times for unit, value in values.items()}).total.exact == once.total.exact


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 1000)), min_size=1, max_size=8))
@settings(max_examples=60)
def test_the_total_of_ratios_lies_between_the_least_and_the_greatest(parts):
    result = rolled_ratio(
        RATIO, {n: [top] for n, (top, _) in enumerate(parts)}, {n: [bottom] for n, (_, bottom) in enumerate(parts)}
    )
    of_units = [unit.exact for unit in result.by_unit.values()]

    assert min(of_units) <= result.total.exact <= max(of_units)


@given(TABLES, st.randoms(use_true_random=False), st.sampled_from(["sum", "average", "max"]))
@settings(max_examples=60)
def test_the_order_of_units_does_not_matter(table, random, over_units):
    shuffled = list(table)
    random.shuffle(shuffled)
    rule = Rule.of("flow", None, over_units)

    assert rolled(rule, {unit: table[unit] for unit in shuffled}).total == rolled(rule, table).total


@given(TABLES, st.sampled_from(["flow", "stock"]), st.sampled_from(["sum", "average", "max"]))
@settings(max_examples=60)
def test_a_silent_unit_never_changes_the_value_and_always_shows_as_missing(table, kind, over_units):
    rule = Rule.of(kind, None, over_units)

    before, after = rolled(rule, table).total, rolled(rule, table | {"Z": [None] * 3}).total

    assert after.exact == before.exact
    assert (after.reported, after.missing) == (before.reported, before.missing + 3)


@given(TABLES, st.sampled_from(["sum", "last", "first", "max", "average"]))
@settings(max_examples=60)
def test_a_value_exists_exactly_where_something_was_reported(table, over_time):
    result = rolled(Rule.of("flow", over_time), table)

    for unit, row in table.items():
        assert (result.by_unit[unit].exact is None) == all(value is None for value in row)
    assert result.total.expected == 3 * len(table)


@given(TABLES)
@settings(max_examples=60)
def test_totals_of_groups_add_up_to_the_whole(table):
    groups = {"vowels": {"A", "E"}, "others": {"B", "C", "D"}}

    result = rolled(FLOW, table, groups=groups)

    assert sum(group.exact or 0 for group in result.by_group.values()) == (result.total.exact or 0)


@given(st.fractions(max_denominator=10**6))
@settings(max_examples=60)
def test_a_decimal_that_ends_is_exact_and_another_is_near(number):
    near = Fraction(as_decimal(number))

    assert near == number or abs(near - number) <= Fraction(1, 200)
