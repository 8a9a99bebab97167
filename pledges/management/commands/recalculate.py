"""``recalculate CAMPAIGN [--verify]``: roll up, or prove that what is stored equals a full recomputation."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.models import Campaign
from dvk_portal.core.exceptions import DomainError
from pledges.services import rollup


class Command(BaseCommand):
    help = "Tính lại điểm, thứ hạng và số tổng hợp của một phong trào; --verify: chỉ so sánh, không ghi."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("campaign", type=int, help="mã số của phong trào (số trong địa chỉ trang)")
        parser.add_argument(
            "--verify", action="store_true", help="tính lại toàn bộ và so sánh; khác nhau thì thoát mã 1"
        )

    def handle(self, *args: object, **options: object) -> None:
        campaign = Campaign.objects.filter(pk=options["campaign"]).select_related("scheme").first()
        if campaign is None:
            raise CommandError(f"Không có phong trào số {options['campaign']}.")
        if options["verify"]:
            problems = rollup.compare(campaign)
            if problems:
                raise CommandError("\n".join([f"Có {len(problems)} chỗ khác nhau:", *problems[:10]]))
            self.stdout.write("Số đang lưu khớp với kết quả tính lại.")
            return
        try:
            changed = rollup.recalculate(campaign)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Đã cập nhật {changed} phiếu điểm.")
