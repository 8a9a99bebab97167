"""``manage.py import_indicators FILE [--dry-run]``: bring the catalogue of indicators up to date from a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.services.indicators import Plan, import_indicators, plan_file
from dvk_portal.core.exceptions import DomainError


class Command(BaseCommand):
    help = "Nhập danh mục chỉ số (dvk-indicators/1): thêm mã mới, cập nhật mã đã có; --dry-run để chỉ xem trước."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="chỉ xem trước, không ghi gì")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: không đọc được tệp ({error.strerror}). Hãy kiểm tra đường dẫn.") from error
        try:
            plan = plan_file(data) if dry_run else import_indicators(data, actor=None)
        except DomainError as error:
            self._refuse(file, error.findings)
        if plan.sentences:
            self._refuse(file, plan.sentences)
        self._tell(plan)
        self.stdout.write("Xem trước: chưa ghi gì." if dry_run else "Đã nhập.")

    def _refuse(self, file: Path, sentences: list[str]) -> None:
        for sentence in sentences:
            self.stderr.write(self.style.ERROR(f"{file}: {sentence}"))
        raise CommandError(f"{file}: có {len(sentences)} lỗi nên chưa nhập gì.")

    def _tell(self, plan: Plan) -> None:
        for change in plan.of("new"):
            self.stdout.write(f"+ {change.spec.code}: {change.spec.name}")
        for change in plan.of("changed"):
            words = "; ".join(f"{what}: {before} → {after}" for what, before, after in change.differences)
            self.stdout.write(f"~ {change.spec.code}: {words}")
        self.stdout.write(
            f"{len(plan.of('new'))} mới, {len(plan.of('changed'))} thay đổi, {len(plan.of('unchanged'))} giữ nguyên, "
            f"{plan.kept} không có trong tệp (vẫn giữ)."
        )
