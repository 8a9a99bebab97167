"""Put a backup back into an empty installation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dvk_portal.core import audit, backups
from dvk_portal.core.exceptions import DomainError


class Command(BaseCommand):
    help = "Khôi phục từ thư mục sao lưu DIR vào cơ sở dữ liệu và kho tệp trống. Hãy dừng web, worker và beat trước."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR")
        parser.add_argument("--force", action="store_true", help="thay dữ liệu đang có (hãy sao lưu trước)")
        parser.add_argument("--check", action="store_true", help="chỉ kiểm tra bản sao lưu, không khôi phục")

    def handle(self, *args: Any, dir: Path, force: bool, check: bool, **options: Any) -> None:
        try:
            if check:
                manifest = backups.check(dir)
                self.stdout.write(
                    f"Bản sao lưu nguyên vẹn: {len(manifest['entries'])} tệp, lập lúc {manifest['created_at']}."
                )
                return
            outcome = backups.restore(dir, force=force)
        except DomainError as error:
            raise CommandError("\n".join([error.message, *error.findings])) from None
        manifest = outcome.manifest
        self.stdout.write(f"Đã khôi phục bản lập lúc {manifest['created_at']}: {len(manifest['entries'])} tệp.")
        if problems := outcome.findings + audit.verify():
            raise CommandError("\n".join(["Đã khôi phục, nhưng kiểm tra thấy:", *problems]))
        self.stdout.write("Số tài khoản và chuỗi nhật ký khớp. Tiếp theo: manage.py migrate, rồi manage.py doctor.")
