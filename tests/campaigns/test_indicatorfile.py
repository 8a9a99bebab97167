from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.indicatorfile import (
    FORMAT,
    Derived,
    GroupSpec,
    IndicatorFile,
    IndicatorSpec,
    check_indicators,
    dump_indicators,
    read_indicators,
)

PATH = Path("campaigns/data/indicators.yaml")

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff\ufeff"), max_size=20)


def row(code="a", **keys):
    """A row of the file, complete unless keys say otherwise."""
    return {"code": code, "group": "g", "label": "Nhãn", "name": "Tên", "kind": "flow"} | keys


def document(*rows, **keys):
    return {"format": FORMAT, "groups": [{"code": "g", "title": "Nhóm"}], "indicators": list(rows or [row()])} | keys


def found(*rows, **keys):
    """(path, code) of every finding."""
    return [(finding.path, finding.code) for finding in check_indicators(document(*rows, **keys)).findings]


def test_the_file_of_the_project_is_read_without_findings():
    file, findings = read_indicators(PATH.read_bytes())

    assert findings == ()
    assert len(file.indicators) == 87
    assert sum(spec.origin == "form" for spec in file.indicators) == 51
    assert len(file.groups) == 10


def test_defaults_follow_the_kind():
    specs = check_indicators(
        document(
            row(),
            row("b", kind="stock"),
            row("c", kind="ratio", numerator="a", denominator=["b"]),
            row("d", kind="text"),
        )
    ).file.indicators

    assert [(spec.over_time, spec.over_units, spec.decimals) for spec in specs] == [
        ("sum", "sum", 0), ("last", "sum", 0), ("recompute", "recompute", 1), ("join", "join", 0),
    ]  # fmt: skip
    assert specs[2].numerator == ("a",)


def test_the_project_file_survives_writing_and_reading():
    file = read_indicators(PATH.read_bytes()).file

    written = dump_indicators(file)

    assert read_indicators(written) == (file, ())
    assert dump_indicators(read_indicators(written).file) == written


@given(TEXTS.filter(bool), TEXTS, st.booleans(), st.integers(0, 6), st.dates())
@settings(max_examples=60)
def test_any_content_survives_writing_and_reading(label, hint, ask, decimals, valid_to):
    parts = IndicatorSpec("a", "g", label, label, "flow", "sum", "sum", hint=hint, ask=ask, valid_to=valid_to)
    ratio = replace(parts, code="b", kind="ratio", over_time="recompute", over_units="recompute", decimals=decimals,
                    numerator=("a", "c"), denominator=("a",))  # fmt: skip
    other = replace(parts, code="c", ask=False, derived=Derived(formula="a - a"), of="a", better="lower")
    group = GroupSpec("g", label, hint, decimals)
    kept = {"provenance": {"a": hint}, "examples": [{"x": hint, "y": None}]}
    file = IndicatorFile((group,), (parts, ratio, other), "1", hint, **kept)

    assert read_indicators(dump_indicators(file)) == (file, ())


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ([row(), row()], ("indicators.a", "duplicate_code")),
        ([row(group="h")], ("indicators.a.group", "unknown_group")),
        ([row(kind="rate")], ("indicators.a.kind", "unknown_value")),
        ([row(kind=None)], ("indicators.a.kind", "missing")),
        ([row(over_time="later")], ("indicators.a.over_time", "unknown_value")),
        ([row(kind="stock", over_time="sum")], ("indicators.a.over_time", "wrong_rule")),
        ([row(kind="ratio", numerator="b", denominator="b", over_units="average")], ("indicators.a.over_units", "wrong_rule")),
        ([row(over_units="none")], ("indicators.a.over_units", "wrong_rule")),
        ([row(scope="province", over_units="sum")], ("indicators.a.over_units", "wrong_rule")),
        ([row(of="z")], ("indicators.a.of", "unknown_reference")),
        ([row(kind="ratio", numerator="z", denominator="b"), row("b")], ("indicators.a.numerator", "unknown_reference")),
        ([row(kind="ratio", numerator="b", denominator=["b", "z"]), row("b")], ("indicators.a.denominator", "unknown_reference")),
        ([row(ask=False, derived={"formula": "b + z"}), row("b")], ("indicators.a.derived.formula", "unknown_reference")),
        ([row(ask=False, derived={"formula": "b * 2"}), row("b")], ("indicators.a.derived.formula", "bad_formula")),
        ([row(derived={"formula": "b"}), row("b")], ("indicators.a.ask", "derived_asked")),
        ([row(ask=False, derived={"models": "lost"})], ("indicators.a.derived.models", "unknown_value")),
        ([row(ask=False, derived={"models": "registered", "within": "period"})], ("indicators.a.derived.within", "unknown_key")),
        ([row(chapter="results")], ("indicators.a.chapter", "not_a_text")),
        ([row(kind="text", chapter="annex")], ("indicators.a.chapter", "unknown_value")),
        ([row(ask=False, derived={})], ("indicators.a.derived", "wrong_type")),
        ([row(kind="ratio")], ("indicators.a", "ratio_without_parts")),
        ([row(kind="ratio", numerator="b"), row("b")], ("indicators.a", "ratio_without_parts")),
        ([row(numerator="b"), row("b")], ("indicators.a", "not_a_ratio")),
        ([row(of="b"), row("b", kind="text")], ("indicators.a.of", "wrong_kind")),
        ([row(kind="yes_no", of="b"), row("b")], ("indicators.a", "wrong_kind")),
        ([row(of="a")], ("indicators.a.of", "cycle")),
        ([row(of="b"), row("b", of="a")], ("indicators.b.of", "cycle")),
        ([row(ask=False, derived={"formula": "b"}), row("b", ask=False, derived={"formula": "a"})], ("indicators.a", "cycle")),
        ([row("Mã số")], ("indicators.0.code", "bad_code")),
        ([row(code=5)], ("indicators.0.code", "wrong_type")),
        ([row(label="")], ("indicators.a.label", "missing")),
        ([row(label=["x"])], ("indicators.a.label", "wrong_type")),
        ([row(label="x" * 300)], ("indicators.a.label", "too_long")),
        ([row(decimals="2")], ("indicators.a.decimals", "wrong_type")),
        ([row(decimals=True)], ("indicators.a.decimals", "wrong_type")),
        ([row(ask="no")], ("indicators.a.ask", "wrong_type")),
        ([row(valid_to="2026-02-30")], ("indicators.a.valid_to", "bad_date")),
        ([row(valid_to=2026)], ("indicators.a.valid_to", "bad_date")),
        ([row(lable="x")], ("indicators.a.lable", "unknown_key")),
        (["x"], ("indicators.0", "wrong_type")),
    ],
)  # fmt: skip
def test_a_mistake_in_a_row_is_found_at_its_place(rows, finding):
    assert finding in found(*rows)


@pytest.mark.parametrize(
    ("keys", "finding"),
    [
        ({"format": "dvk-indicators/2"}, ("format", "wrong_format")),
        ({"groups": []}, ("groups", "wrong_type")),
        ({"groups": "g"}, ("groups", "wrong_type")),
        ({"indicators": None}, ("indicators", "wrong_type")),
        ({"groups": [{"code": "g", "title": "x"}] * 2}, ("groups.g", "duplicate_code")),
        ({"targets": [{"indicator": "z", "form": "percent"}]}, ("targets.0.indicator", "unknown_reference")),
        ({"targets": [{"indicator": "a", "form": "more"}]}, ("targets.0.form", "unknown_value")),
        ({"extra": 1}, ("extra", "unknown_key")),
        ({"version": Decimal("2026.1")}, ("version", "wrong_type")),
        ({"provenance": []}, ("provenance", "wrong_type")),
        ({"examples": {}}, ("examples", "wrong_type")),
    ],
)
def test_a_mistake_of_the_file_is_found_at_its_place(keys, finding):
    assert finding in found(**keys)


def test_a_part_of_a_computed_whole_is_not_a_cycle():
    assert found(row(of="b"), row("b", ask=False, derived={"formula": "a + c"}), row("c", of="b")) == []


def test_only_indicators_on_a_cycle_are_blamed():
    rows = [row("a", of="b"), row("b", of="a"), row("c", of="a"), row("d"), row("e", of="d")]

    assert found(*rows) == [("indicators.a.of", "cycle"), ("indicators.b.of", "cycle")]


def test_a_chain_as_long_as_the_file_is_no_trouble():
    rows = [row(f"c{n}", of=f"c{n + 1}") for n in range(3000)]

    assert found(*rows, row("c3000")) == []


def test_dates_are_read_as_dates_or_as_text():
    specs = check_indicators(document(row(valid_to="2025-06-30"), row("b", valid_to=date(2025, 6, 30)))).file.indicators

    assert [spec.valid_to for spec in specs] == [date(2025, 6, 30)] * 2


def test_a_file_with_a_finding_is_not_given_out():
    assert check_indicators(document(row(of="z"))).file is None


def test_an_unreadable_file_is_one_sentence():
    (finding,) = read_indicators(b"\xff\xfe: [").findings

    assert (finding.path, finding.code) == ("", "unreadable")
    assert finding.message.endswith(".")


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False),
    st.text(max_size=8),
    st.dates(),
    st.datetimes(),
    st.floats(),
)
WORDS = st.sampled_from(
    ["code", "group", "kind", "of", "derived", "formula", "models", "numerator", "a", "g", "ratio", "flow"]
)
JUNK = st.recursive(
    st.one_of(SCALARS, WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(WORDS, SCALARS), inner, max_size=4)),
    max_leaves=12,
)
FIELDS = st.sampled_from(list(IndicatorSpec.__dataclass_fields__))


@given(JUNK, st.dictionaries(FIELDS, JUNK, max_size=4), JUNK)
@settings(max_examples=200, deadline=None)
def test_junk_gives_findings_and_never_an_exception(junk, fields, more):
    for content in (junk, document(row(**{"label": "x"} | fields)), document(targets=junk, groups=more)):
        file, findings = check_indicators(content)

        assert (file is None) == bool(findings)
        assert all(finding.message.endswith((".", "…")) and finding.code for finding in findings)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_bytes_of_any_kind_never_raise(data):
    assert read_indicators(data).file is None
