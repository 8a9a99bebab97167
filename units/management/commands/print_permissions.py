"""Print the permission matrix as a table; ``--write`` renews docs/permissions.md."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from units.services.rights_table import rights_table


class Command(BaseCommand):
    help = "In bảng quyền: vai trò nào làm được gì, trong phạm vi nào."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="ghi vào docs/permissions.md")

    def handle(self, *args: Any, write: bool, **options: Any) -> None:
        if write:
            (settings.BASE_DIR / "docs/permissions.md").write_text(rights_table(), encoding="utf-8")
        else:
            self.stdout.write(rights_table())
