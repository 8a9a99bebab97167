"""Validates scheme files, runs their examples and prints a report (scheme format: docs/scoring-api.md)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from campaigns.scoring.examplefile import run_examples
from campaigns.scoring.reading import Finding
from campaigns.scoring.schemefile import load_scheme
from dvk_portal.core.datafile import DataFileError, load_yaml

MAX_BYTES = 1_000_000


class Command(BaseCommand):
    """Exit status 0 when every file is valid and every example gives what it expects, otherwise 1."""

    help = "Kiểm tra tệp bảng tiêu chí, chạy các ví dụ và in báo cáo."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="in một đối tượng JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        reports = [check_file(name) for name in options["files"]]
        if options["json"]:
            self.stdout.write(json.dumps({"files": reports}, indent=1, default=str))
        else:
            for report in reports:
                self.stdout.write(_as_text(report))
        if not all(report["valid"] and all(item["passed"] for item in report["examples"]) for report in reports):
            raise SystemExit(1)


def check_file(name: str) -> dict[str, Any]:
    """The report of one file, as in `--json`."""
    try:
        with Path(name).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        obj = load_yaml(content, max_bytes=MAX_BYTES, yaml_1_1_booleans=True)
    except OSError as error:
        reason = "không có tệp này" if isinstance(error, FileNotFoundError) else "không mở được tệp"
        message = f"Không đọc được “{name}”: {reason}. Hãy kiểm tra đường dẫn."
        return _report(name, [Finding("", "bad_file", message)], [], [])
    except DataFileError as error:
        return _report(name, [Finding("", "bad_file", error.message)], [], [])
    scheme, errors, warnings = load_scheme(obj)
    examples = [] if scheme is None else [result.as_json() for result in run_examples(scheme)]
    return _report(name, errors, warnings, examples)


def _report(
    name: str, errors: list[Finding], warnings: list[Finding], examples: list[dict[str, object]]
) -> dict[str, Any]:
    return {
        "file": name,
        "valid": not errors,
        "errors": [finding.as_json() for finding in errors],
        "warnings": [finding.as_json() for finding in warnings],
        "examples": examples,
    }


def _as_text(report: dict[str, Any]) -> str:
    passed = sum(item["passed"] for item in report["examples"])
    lines = [f"{report['file']}: {'hợp lệ' if report['valid'] else 'KHÔNG hợp lệ'}, "
             f"{passed}/{len(report['examples'])} ví dụ đúng"]
    for key, word in (("errors", "Lỗi"), ("warnings", "Cảnh báo")):
        for item in report[key]:
            lines.append(f"  {word} [{item['code']}] {item['path'] or '(cả tệp)'}: {item['message']}")
    for item in report["examples"]:
        if not item["passed"]:
            expected = json.dumps(item["expected"], ensure_ascii=False)
            actual = json.dumps(item["actual"], ensure_ascii=False)
            lines.append(f"  Ví dụ {item['code']} sai: mong đợi {expected}, kết quả {actual}")
    return "\n".join(lines)
