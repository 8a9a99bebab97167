"""``manage.py make_word_template``: write the portal's own Word template anew, after a change of word/master.py."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from dvk_portal.core.documents.word import master, rendering


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Ghi lại mẫu Word chung của cổng (templates/documents/word/van-ban.docx)."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "templates" / "documents" / "word" / "van-ban.docx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rendering.saved(master.make()))
        self.stdout.write(f"Đã ghi {path}.")
