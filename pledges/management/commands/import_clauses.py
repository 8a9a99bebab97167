"""``manage.py import_clauses FILE [--dry-run]``: bring the clause library up to date from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dvk_portal.core.exceptions import DomainError
from pledges.services.clauses import import_clauses, plan_import


class Command(BaseCommand):
    help = "Nhập thư viện điều khoản (dvk-clauses/1): thêm câu mới, xếp lại câu đã có; --dry-run để chỉ xem trước."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="chỉ xem trước, không ghi gì")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: không đọc được tệp ({error.strerror}). Hãy kiểm tra đường dẫn.") from error
        try:
            plan = plan_import(data) if dry_run else import_clauses(data, actor=None)
        except DomainError as error:
            for sentence in error.findings:
                self.stderr.write(self.style.ERROR(f"{file}: {sentence}"))
            raise CommandError(f"{file}: có {len(error.findings)} lỗi nên chưa nhập gì.") from error
        for entry in plan.new:
            self.stdout.write(f"+ {entry.topic}: {entry.text}")
        for entry in plan.changed:
            self.stdout.write(f"~ {entry.topic}: {entry.text}")
        self.stdout.write(
            f"{len(plan.new)} mới, {len(plan.changed)} xếp lại, {plan.unchanged} giữ nguyên, "
            f"{plan.kept} không có trong tệp (vẫn giữ)."
        )
        self.stdout.write("Xem trước: chưa ghi gì." if dry_run else "Đã nhập.")
