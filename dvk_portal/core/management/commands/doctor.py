"""Examine the installation."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from dvk_portal.core.doctor import examine


class Command(BaseCommand):
    help = "Khám hệ thống: cơ sở dữ liệu, hàng đợi, bộ xử lý nền, kho tệp, thư…; thoát với mã 1 khi có điều không ổn."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = list(examine())
        healthy = all(answer.ok for answer in answers)
        if options["json"]:
            self.stdout.write(
                json.dumps({"ok": healthy, "checks": [asdict(answer) for answer in answers]}, ensure_ascii=False)
            )
        else:
            for answer in answers:
                self.stdout.write(
                    f"{'✓' if answer.ok else '✗'} {answer.label}{': ' if answer.message else ''}{answer.message}"
                )
            self.stdout.write("Mọi thứ bình thường." if healthy else "Có điều không ổn, xem các dòng có dấu ✗.")
        if not healthy:
            sys.exit(1)
