"""Check the tree of units and its history; exit 1 with sentences when something is wrong."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from units.models import Unit
from units.services.checks import check_units


class Command(BaseCommand):
    help = "Kiểm tra cây đơn vị và lịch sử: vòng tròn, đường dẫn, giai đoạn chồng hoặc hở, kế thừa."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="in kết quả dạng JSON")

    def handle(self, *args: Any, as_json: bool, **options: Any) -> None:
        problems, count = check_units(), Unit.objects.count()
        if as_json:
            rows = [asdict(problem) for problem in problems]
            self.stdout.write(
                json.dumps({"ok": not rows, "units": count, "problems": rows}, ensure_ascii=False, indent=2)
            )
        else:
            for problem in problems:
                self.stdout.write(problem.message)
            self.stdout.write(f"{count} đơn vị, {len(problems)} lỗi." if problems else f"{count} đơn vị, không có lỗi.")
        if problems:
            raise SystemExit(1)
