"""Can the portal seal? Asked by ``check --deploy`` before going live and by ``doctor`` every day."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import checks
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.signatures import keys

NOTICE = timedelta(days=30)  # a new certificate of an organisation takes weeks of paperwork


def seal_trouble(now: datetime) -> str:
    """What is wrong with the portal's seal, as a sentence; nothing when it is in order or not used at all."""
    if not settings.PORTAL_SEAL_FILE and not settings.PORTAL_SEAL_SELF_MADE:
        return ""
    try:
        with keys.portal_seal().open(now) as signer:
            until = signer.signing_cert.not_valid_after
    except DomainError as error:
        return error.message
    if until - now < NOTICE:
        return (
            f"Chứng thư của con dấu cổng hết hạn ngày {timezone.localtime(until):%d/%m/%Y}. Hãy xin cấp chứng thư mới."
        )
    return ""


@checks.register(checks.Tags.security, deploy=True)
def check_seal(**kwargs: Any) -> list[checks.CheckMessage]:
    """A seal that is named must work; none at all is a choice, which is said."""
    if not settings.PORTAL_SEAL_FILE:
        return [
            checks.Info(
                "PORTAL_SEAL_FILE chưa đặt: không thể ký bằng cách đồng ý ngay trên cổng; các cách ký khác vẫn dùng được.",
                hint="Xem docs/runbook.md, mục 2.",
                id="signatures.I001",
            )
        ]
    if trouble := seal_trouble(timezone.now()):
        return [checks.Error(trouble, hint="PORTAL_SEAL_FILE, PORTAL_SEAL_PASSWORD", id="signatures.E001")]
    return []
