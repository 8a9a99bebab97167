import json
from io import StringIO

import pytest
from django.core.management import call_command

from dvk_portal.core.datafile import dump_yaml
from tests.campaigns.scoring.scheme_builder import TABLES, leaf, scheme_of


def run(*args):
    """Exit status and standard output."""
    out = StringIO()
    try:
        call_command("check_scheme", *map(str, args), stdout=out)
    except SystemExit as stop:
        return stop.code, out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(obj, name="a.yaml"):
        path = tmp_path / name
        path.write_text(obj if isinstance(obj, str) else dump_yaml(obj), encoding="utf-8")
        return path

    return write


GOOD = scheme_of(leaf([{"kind": "manual", "worth": 10}]), examples=[{"code": "e", "given": {"L": "9,5"}, "expect": {"total": "9.50", "gates": []}}])


def test_all_tables_pass():
    status, out = run("--json", *TABLES)

    report = json.loads(out)
    assert status == 0
    assert [item["file"] for item in report["files"]] == [str(path) for path in TABLES]
    assert all(item["valid"] and item["errors"] == [] for item in report["files"])
    assert all(example["passed"] for item in report["files"] for example in item["examples"])


def test_the_json_has_exactly_the_promised_shape(write):
    path = write(GOOD)

    assert json.loads(run("--json", path)[1]) == {"files": [{
        "file": str(path), "valid": True, "errors": [], "warnings": [],
        "examples": [{"code": "e", "passed": True, "expected": {"total": "9.5", "gates": []}, "actual": {"total": "9.5", "gates": []}}],
    }]}


def test_a_failing_example_is_status_1_in_a_valid_file(write):
    bad = {**GOOD, "examples": [{"code": "e", "given": {"L": 11}, "expect": {"total": 11}}, {"code": "f", "given": {"L": 11}, "expect": {"error": "bad_input"}}]}
    status, out = run("--json", write(bad))

    report = json.loads(out)["files"][0]
    assert (status, report["valid"], [item["passed"] for item in report["examples"]]) == (1, True, [False, True])
    assert report["examples"][0]["actual"] == {"error": "bad_input"}


def test_warnings_never_change_the_status(write):
    status, out = run("--json", write({**GOOD, "classes": [{"label": "A", "ge": 99}]}))

    assert (status, json.loads(out)["files"][0]["warnings"][0]["code"]) == (0, "unreachable_class")


@pytest.mark.parametrize("content", ["a: [", "", "x", "format: khác", "a: 1\na: 2", "[" * 10_000_000], ids=["yaml", "empty", "text", "format", "twice", "huge"])
def test_a_file_that_cannot_be_read_is_one_bad_file_error(write, content):
    status, out = run("--json", write(content), write(GOOD, "b.yaml"))

    bad, good = json.loads(out)["files"]
    assert (status, bad["valid"], [(item["path"], item["code"]) for item in bad["errors"]], bad["examples"]) == (1, False, [("", "bad_file")], [])
    assert good["valid"]


def test_a_missing_file_or_a_folder_is_a_bad_file_error(tmp_path):
    for path in (tmp_path / "no.yaml", tmp_path):
        status, out = run("--json", path)
        assert (status, json.loads(out)["files"][0]["errors"][0]["code"]) == (1, "bad_file")


def test_unquoted_words_are_no_codes(write):
    text = dump_yaml(GOOD).replace("code: L", "code: no").replace("L: 9,5", '"no": 1')

    assert '"missing_code"' in run("--json", write(text))[1]


def test_the_report_for_people_says_what_is_wrong(write):
    status, out = run(write(scheme_of(leaf([{"kind": "magic"}]))), *TABLES[:1])

    assert status == 1
    assert "KHÔNG hợp lệ" in out
    assert "Lỗi [rule_shape] L: Không có loại quy tắc “magic”" in out
    assert "15/15 ví dụ đúng" in out
