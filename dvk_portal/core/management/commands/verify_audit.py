"""Check the sealed audit trail."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from dvk_portal.core import audit
from dvk_portal.core.models import AuditEntry


class Command(BaseCommand):
    help = "Kiểm tra chuỗi niêm phong của nhật ký; thoát với mã 1 khi có dòng bị sửa, xóa hoặc chèn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")
        parser.add_argument(
            "--anchor",
            metavar="SỐ:NIÊM_PHONG",
            help="mốc đã ghi ở nơi khác (lệnh backup in ra); phát hiện cả việc cắt bỏ cuối chuỗi",
        )

    def handle(self, *args: Any, anchor: str | None, **options: Any) -> None:
        problems = audit.verify()
        if anchor and not _holds(anchor):
            problems.append(
                f"Mốc {anchor.partition(':')[0]} không còn trong chuỗi: nhật ký đã bị cắt bớt hoặc viết lại."
            )
        sealed = AuditEntry.objects.exclude(sealed_no=None)
        report = {
            "ok": not problems,
            "sealed": sealed.count(),
            "unsealed": AuditEntry.objects.filter(sealed_no=None).count(),
            "last": sealed.order_by("-sealed_no").values("sealed_no", "seal").first(),
            "problems": problems,
        }
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self.stdout.write(f"Đã niêm phong {report['sealed']} dòng; {report['unsealed']} dòng mới chờ niêm phong.")
            self.stdout.write("\n".join(problems) or "Chuỗi niêm phong nguyên vẹn.")
        if problems:
            sys.exit(1)


def _holds(anchor: str) -> bool:
    number, _, seal = anchor.partition(":")
    return number.isdigit() and bool(seal) and AuditEntry.objects.filter(sealed_no=int(number), seal=seal).exists()
