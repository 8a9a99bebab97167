"""Run case files (``dvk-cases/1``): rules as examples a lawyer can read. Needs no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from campaigns.cases import FileResult, run_file, to_plain

MAX_BYTES = 1_000_001  # one more than a data file may have, so that a larger one is refused by its reader


class Command(BaseCommand):
    help = "Chạy các tệp ví dụ (dvk-cases/1) và so kết quả với điều mong đợi."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="tệp ví dụ")
        parser.add_argument("--json", action="store_true", dest="as_json", help="in kết quả dạng JSON")

    def handle(self, *args: Any, files: list[str], as_json: bool, **options: Any) -> None:
        results = {name: read_and_run(name) for name in files}
        if as_json:
            rows = [file_as_json(name, result) for name, result in results.items()]
            self.stdout.write(json.dumps({"files": rows}, ensure_ascii=False, indent=2))
        else:
            for name, result in results.items():
                self.report(name, result)
        if not all(result.passed for result in results.values()):
            raise SystemExit(1)

    def report(self, name: str, result: FileResult) -> None:
        """Print one file for a person."""
        for error in result.errors:
            self.stdout.write(f"{name}: {error}")
        for case in result.cases:
            if not case.passed:
                self.stdout.write(f"{name}: {case.id}: mong đợi {_text(case.expected)}, kết quả {_text(case.actual)}")
        if result.cases:
            passed = sum(case.passed for case in result.cases)
            self.stdout.write(f"{name}: {passed}/{len(result.cases)} ví dụ đúng.")


def read_and_run(name: str) -> FileResult:
    """Evaluate the file of that name; a file that cannot be opened gives a sentence."""
    try:
        with Path(name).open("rb") as source:
            data = source.read(MAX_BYTES)
    except (OSError, ValueError):
        return FileResult(errors=("Không mở được tệp. Hãy kiểm tra đường dẫn và quyền đọc.",))
    return run_file(data)


def file_as_json(name: str, result: FileResult) -> dict[str, object]:
    """One entry of ``files``; ``errors`` only when there are some."""
    row: dict[str, object] = {"file": name, "cases": [case.as_json() for case in result.cases]}
    return row | ({"errors": list(result.errors)} if result.errors else {})


def _text(value: object) -> str:
    return json.dumps(to_plain(value), ensure_ascii=False)
