"""``manage.py import_scheme FILE [--publish]``: store a scoring table as a draft, or published."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.scoring.reading import Finding
from campaigns.services.schemes import import_scheme, read_scheme_file
from dvk_portal.core.exceptions import DomainError

OUTCOMES = {
    "created": "đã nhập",
    "replaced": "đã thay nội dung bản nháp",
    "unchanged": "không có gì thay đổi",
}


class Command(BaseCommand):
    help = "Nhập bảng tiêu chí (dvk-scheme/1) thành bản nháp; --publish để công bố luôn."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--publish", action="store_true", help="công bố áp dụng ngay sau khi nhập")

    def handle(self, *args: Any, file: Path, publish: bool, **options: Any) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: không đọc được tệp ({error.strerror}). Hãy kiểm tra đường dẫn.") from error
        checked = read_scheme_file(data)
        for error in checked.errors:
            self.stderr.write(self.style.ERROR(f"{file}: lỗi: {_place(error)} [{error.code}]"))
        if checked.errors:
            raise CommandError(f"{file}: có {len(checked.errors)} lỗi nên chưa nhập gì.")
        for warning in checked.warnings:
            self.stdout.write(f"{file}: cảnh báo: {_place(warning)} [{warning.code}]")
        for example in checked.failed_examples:
            self.stdout.write(f"{file}: cảnh báo: ví dụ {example.code} cho kết quả khác kết quả ghi trong tệp.")
        try:
            scheme, outcome = import_scheme(checked, actor=None, publish=publish)
        except DomainError as error:
            raise CommandError("\n".join([f"{file}: {error.message}", *error.findings])) from error
        self.stdout.write(f"{scheme.code} {scheme.version}: {OUTCOMES[outcome]} ({scheme.get_status_display()}).")


def _place(finding: Finding) -> str:
    return f"{finding.path}: {finding.message}" if finding.path else finding.message
