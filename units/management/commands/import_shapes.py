"""Load outlines of units from a GeoJSON file (docs/formats-shapes.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dvk_portal.core.exceptions import DomainError
from units.services.shapefile import MAX_BYTES, read_shapes
from units.services.shapes import load_shapes, plan_shapes


class Command(BaseCommand):
    help = "Nạp ranh giới đơn vị từ tệp GeoJSON để vẽ bản đồ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="tệp .geojson hoặc .json (docs/formats-shapes.md)")
        parser.add_argument("--property", default="", metavar="NAME", help="thuộc tính giữ mã đơn vị, ví dụ ma_xa")
        parser.add_argument("--source", default="", metavar="TEXT", help="nguồn của ranh giới")
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra, không ghi")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            content = read_shapes(self.read(file), options["property"])
            if options["dry_run"]:
                plan = plan_shapes(content)
            else:
                plan = load_shapes(content, actor=None, source=options["source"] or Path(file).name)
        except DomainError as error:
            for sentence in [error.message, *error.findings]:
                self.stderr.write(sentence)
            raise SystemExit(1) from error
        for sentence in plan.sentences:
            self.stdout.write(sentence)
        self.stdout.write("Chạy thử, chưa ghi gì." if options["dry_run"] else "Đã nạp.")

    @staticmethod
    def read(file: str) -> bytes:
        try:
            with Path(file).open("rb") as opened:
                return opened.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"Không đọc được tệp {file}.") from error
