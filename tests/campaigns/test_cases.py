import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import cases
from campaigns.cases import CaseError, evaluate, register, run_file, same, to_number

DATA = Path("campaigns/data/cases")
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=6),
    st.dates(),
    st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False),
)
KEYS = st.sampled_from(["kind", "indicator", "values", "start", "days", "overrides", "A"])
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


def run(*lines):
    return run_file("\n".join(["format: dvk-cases/1", "cases:", *lines]).encode())


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_of_the_project_holds(path):
    result = run_file(path.read_bytes())

    assert result.errors == ()
    assert [case for case in result.cases if not case.passed] == []


def test_a_wrong_expectation_is_shown_beside_the_result():
    (case,) = run("- {id: x, kind: deadline, given: {due: 2026-11-24}, expect: {due: 2026-11-24}}").cases

    assert case.as_json() == {
        "id": "x",
        "passed": False,
        "expected": {"due": "2026-11-24"},
        "actual": {"due": "2026-11-25"},
    }


def test_results_are_exact_decimals_and_absent_values_stay_absent():
    actual = evaluate("rollup", {
        "indicator": {"kind": "ratio"},
        "values": {"A": {1: {"numerator": 1, "denominator": 3}}, "B": {1: None}},
    })  # fmt: skip

    assert actual == {
        "by_unit": {"A": Decimal("33.33"), "B": None},
        "total": Decimal("33.33"),
        "reported": 1,
        "missing": 1,
        "stale": {},
    }


@pytest.mark.parametrize(
    ("expected", "actual", "equal"),
    [
        ("90.0", Decimal(90), True),
        ("90,5", Decimal("90.50"), True),
        (Decimal("80.00"), "80", True),
        (1, True, False),
        (0, None, False),
        (None, None, True),
        (None, 0, False),
        (False, False, True),
        ("2026-12-08", date(2026, 12, 8), True),
        (date(2026, 12, 8), "2026-12-08", True),
        (date(2026, 12, 8), datetime(2026, 12, 8, tzinfo=HANOI), False),
        ("2026-11-23T16:00", datetime(2026, 11, 23, 16, tzinfo=HANOI), True),
        ("2026-11-23T09:00:00+00:00", datetime(2026, 11, 23, 16, tzinfo=HANOI), True),
        ("soon", date(2026, 12, 8), False),
        ({"A": 1}, {"A": Decimal(1), "B": 2}, True),
        ({"A": 1, "B": None}, {"A": 1}, False),
        ({1: 1}, {"1": 1}, True),
        ([1, "2"], [1, Decimal(2)], True),
        ([1], [1, 2], False),
        ({"A": 1}, 1, False),
        ("Số 05-BC/BTGDVTU", "Số 05-BC/BTGDVTU", True),
        ("Số 05", "Số 5", False),
    ],
)
def test_values_are_compared_by_what_they_mean(expected, actual, equal):
    assert same(expected, actual) is equal


def test_numbers_may_carry_a_comma_and_never_an_exponent():
    assert to_number(" 1,5 ") == Decimal("1.5")
    assert [to_number(value) for value in ("1e5", "", "1.2.3", True, None, [1], "nan")] == [None] * 7


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("- x", "cặp khóa"),
        ("- {id: a, kind: lottery, given: {}, expect: {x: 1}}", "Không có loại ví dụ"),
        ("- {id: a, kind: [x], given: {}, expect: {x: 1}}", "Không có loại ví dụ"),
        ("- {id: a, kind: rollup, expect: {x: 1}}", "Thiếu given"),
        ("- {id: a, kind: rollup, given: {}}", "Thiếu expect"),
        ("- {id: a, kind: rollup, given: {}, expect: {x: 1}}", "indicator"),
        ("- {id: a, kind: rollup, given: {indicator: {kind: x}, values: {}}, expect: {x: 1}}", "danh mục"),
        ("- {id: a, kind: rollup, given: {indicator: {kind: flow}, values: {A: 1}}, expect: {x: 1}}", "theo kỳ"),
        ("- {id: a, kind: rollup, given: {indicator: {kind: flow}, values: {A: {1: x}}}, expect: {x: 1}}", "không phải giá trị"),
        ("- {id: a, kind: rollup, given: {indicator: {kind: flow}, values: {A: {1: {numerator: 1}}}}, expect: {x: 1}}", "ratio"),
        ("- {id: a, kind: rollup, given: {indicator: {kind: ratio, units: average}, values: {}}, expect: {x: 1}}", "tổng hợp"),
        ("- {id: a, kind: deadline, given: {}, expect: {x: 1}}", "đúng một trong"),
        ("- {id: a, kind: deadline, given: {start: 2026-01-01, days: 1, months: 1}, expect: {x: 1}}", "đúng một trong"),
        ("- {id: a, kind: deadline, given: {due: soon}, expect: {x: 1}}", "không phải là ngày"),
        ("- {id: a, kind: deadline, given: {start: 2026-01-01, days: -1}, expect: {x: 1}}", "không âm"),
        ("- {id: a, kind: deadline, given: {start: 2026-01-01, days: 1.5}, expect: {x: 1}}", "không âm"),
        ("- {id: a, kind: deadline, given: {start: x, hours: 1}, expect: {x: 1}}", "thời điểm"),
        ("- {id: a, kind: deadline, given: {start: 9999-12-31, days: 9}, expect: {x: 1}}", "Thời hạn"),
        ("- {id: a, kind: deadline, given: {due: 2026-01-01, overrides: {}}, expect: {x: 1}}", "overrides"),
        ("- {kind: deadline, given: {due: 2026-01-01, overrides: [{date: 2026-01-01, working: 1}]}, expect: {x: 1}}", "overrides"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_evaluated_fails_with_a_sentence(case, sentence):
    (result,) = run(case).cases

    assert not result.passed
    assert sentence in result.actual["error"]


@pytest.mark.parametrize(
    "data", [b"", b"[", b"\xff", b"format: x", b"format: dvk-cases/1", b"format: dvk-cases/1\ncases: []", b"- 1"]
)
def test_a_junk_file_is_a_sentence(data):
    result = run_file(data)

    assert not result.passed
    assert [error[-1] for error in result.errors] == ["."]


def test_one_id_used_twice_is_an_error():
    result = run(*["- {id: a, kind: deadline, given: {due: 2026-11-24}, expect: {due: 2026-11-25}}"] * 2)

    assert result.errors == ("Mã ví dụ “a” được dùng 2 lần.",)
    assert not result.passed


def test_a_higher_app_registers_its_kind_once(monkeypatch):
    monkeypatch.setattr(cases, "_evaluators", {})

    def twice(given):
        if "n" not in given:
            raise CaseError("Thiếu n.")
        return {"double": 2 * given["n"]}

    register("twice", twice)
    register("twice", twice)

    results = run(
        "- {kind: twice, given: {n: 2}, expect: {double: 4}}", "- {kind: twice, given: {}, expect: {double: 4}}"
    ).cases

    assert [case.passed for case in results] == [True, False]
    with pytest.raises(ValueError, match="registered twice"):
        register("twice", lambda given: given)


@given(JUNK)
@settings(max_examples=200, deadline=None)
def test_junk_given_to_a_kind_is_a_failed_case(junk):
    shapes = (
        junk,
        {"indicator": {"kind": "ratio"}, "values": junk},
        {"start": junk, "days": junk},
        {"due": junk, "overrides": junk},
    )
    for kind in ("rollup", "deadline"):
        for given_values in shapes:
            result = cases.run_case({"kind": kind, "given": given_values, "expect": {"never": 1}})

            assert not result.passed


# The command


def test_the_command_prints_json_and_ends_well(capsys):
    paths = [str(path) for path in sorted(DATA.glob("*.yaml"))]

    call_command("check_cases", "--json", *paths)

    printed = json.loads(capsys.readouterr().out)
    assert [row["file"] for row in printed["files"]] == paths
    assert all(case["passed"] for row in printed["files"] for case in row["cases"])
    assert {"id", "passed", "expected", "actual"} == set(printed["files"][0]["cases"][0])


def test_the_command_ends_with_1_when_one_case_differs(tmp_path, capsys):
    path = tmp_path / "x.yaml"
    case = "{id: x, kind: deadline, given: {due: 2026-11-24}, expect: {due: 2026-11-24}}"
    path.write_text(f"format: dvk-cases/1\ncases:\n- {case}\n")

    with pytest.raises(SystemExit) as stopped:
        call_command("check_cases", str(path))

    assert stopped.value.code == 1
    assert "x: mong đợi" in capsys.readouterr().out


def test_the_command_answers_junk_and_missing_files_with_sentences(tmp_path, capsys):
    junk = tmp_path / "junk.yaml"
    junk.write_bytes(b"\x00\xff" * 100)

    with pytest.raises(SystemExit) as stopped:
        call_command("check_cases", "--json", str(junk), str(tmp_path / "absent.yaml"), str(tmp_path))

    assert stopped.value.code == 1
    printed = json.loads(capsys.readouterr().out)
    assert all(row["cases"] == [] and row["errors"][0].endswith(".") for row in printed["files"])
