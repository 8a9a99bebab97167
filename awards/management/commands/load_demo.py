"""Load the demonstration province (formats.md): a quick no-op when it is there."""

import json
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from awards.demonstration import awardcycles, campaigns, contest, models, modelspread, structure
from dvk_portal.core import audit
from pledges.services import rollup
from units.models import Unit


class Command(BaseCommand):
    help = "Nạp tỉnh trình diễn (An Giang 2024 và 2026). Đã nạp rồi thì không làm gì."

    def handle(self, *args: object, **options: object) -> None:
        target = settings.STATE_DIR / "accounts.json"
        if target.exists() and Unit.objects.filter(code="91").exists():
            self.stdout.write("Dữ liệu trình diễn đã có.")
            return
        if Unit.objects.exists():
            raise CommandError("Cơ sở dữ liệu đã có đơn vị khác. Chỉ nạp dữ liệu trình diễn vào cơ sở dữ liệu trống.")
        began = time.monotonic()
        with transaction.atomic():
            made = structure.build_structure()
            register = models.Register(made)
            register.write()
            past = campaigns.build_2024(made)
            register.hand_over()
            present = campaigns.build_2026(made, past)
            models.link_campaigns(past, present)
            modelspread.name_reported(present, register)
            modelspread.publish_some(made, register, register.spread)
            contest.hold_contest(made, present)
            rollup.recalculate(present)
            awardcycles.hold_award_cycles(made, past, present)
        while audit.seal():
            pass
        accounts = structure.accounts(made)
        target.write_text(json.dumps(accounts, ensure_ascii=False, indent=1), encoding="utf-8")
        target.chmod(0o600)
        self.stdout.write(f"Đã nạp tỉnh trình diễn trong {time.monotonic() - began:.0f} giây.")
