"""Write a backup of database and files into a new folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dvk_portal.core import backups
from dvk_portal.core.exceptions import DomainError


class Command(BaseCommand):
    help = "Sao lưu cơ sở dữ liệu và mọi tệp vào thư mục DIR (mới hoặc trống), kèm bảng SHA-256."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR")

    def handle(self, *args: Any, dir: Path, **options: Any) -> None:
        try:
            outcome = backups.create(dir)
        except DomainError as error:
            raise CommandError("\n".join([error.message, *error.findings])) from None
        manifest = outcome.manifest
        size = sum(entry["size"] for entry in manifest["entries"])
        self.stdout.write(f"Đã sao lưu vào {dir}: {len(manifest['entries'])} tệp, {size / 1e6:.1f} MB.")
        if head := manifest["audit"]:
            self.stdout.write(
                f"Mốc nhật ký, nên ghi lại ở nơi khác: {head['sealed_no']}:{head['seal']} (verify_audit --anchor kiểm tra mốc này)."
            )
        if outcome.findings:
            raise CommandError("\n".join(["Bản sao lưu đã ghi xong nhưng kho tệp có vấn đề:", *outcome.findings]))
