"""Bring units in from a file or from the national list; all or nothing."""

import datetime
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dvk_portal.core.exceptions import DomainError
from units.services.imports import import_units, plan_import
from units.services.unitfile import MAX_BYTES, UnitFile, province_rows, read_units


class Command(BaseCommand):
    help = "Nạp đơn vị từ tệp YAML (dvk-units/1), tệp Excel, hoặc danh mục 34 tỉnh, thành phố và 3.321 xã, phường, đặc khu."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", metavar="FILE", help="tệp .yaml hoặc .xlsx (docs/formats-units.md)")
        parser.add_argument("--province", metavar="CODE", help="mã tỉnh, thành phố, ví dụ 91")
        parser.add_argument("--under", metavar="CODE", help="đặt các đơn vị không ghi cấp trên vào dưới đơn vị này")
        parser.add_argument(
            "--from", dest="day", metavar="DATE", help="ngày thành lập khi tệp không ghi, ví dụ 2025-07-01"
        )
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra, không ghi")

    def handle(self, *args: Any, file: str | None, province: str | None, **options: Any) -> None:
        if bool(file) == bool(province):
            raise CommandError("Hãy cho biết một tệp, hoặc --province với mã tỉnh.")
        try:
            content = province_rows(province) if province else self.read(str(file))
            arguments = {"under": options["under"], "default_from": self.day(options["day"])}
            if options["dry_run"]:
                plan = plan_import(content, **arguments)
                if plan.findings:
                    raise DomainError("Tệp có chỗ cần sửa.", plan.findings)
            else:
                plan = import_units(content, actor=None, **arguments)
        except DomainError as error:
            for sentence in [error.message, *error.findings]:
                self.stderr.write(sentence)
            raise SystemExit(1) from error
        verb = "Sẽ thêm" if options["dry_run"] else "Đã thêm"
        self.stdout.write(f"{verb} {len(plan.new)} đơn vị; {plan.unchanged} đơn vị không thay đổi.")

    @staticmethod
    def day(text: str | None) -> datetime.date | None:
        try:
            return datetime.date.fromisoformat(text) if text else None
        except ValueError as error:
            raise DomainError(f"Ngày “{text}” không đúng. Hãy ghi năm-tháng-ngày, ví dụ 2025-07-01.") from error

    @staticmethod
    def read(name: str) -> UnitFile:
        try:
            with Path(name).open("rb") as source:
                return read_units(source.read(MAX_BYTES + 1))
        except OSError as error:
            raise DomainError(f"Không mở được tệp “{name}”. Hãy kiểm tra đường dẫn và quyền đọc.") from error
