"""Is it really the person who is signed in? Asked again before every signature that is made in the portal."""

import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import get_user_model
from django.db import transaction

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry

MAX_TRIES = 5
WINDOW = datetime.timedelta(minutes=15)
_REFUSED = "signing_password_refused"


def has_second_step(user: Any) -> bool:
    """Whether ``user`` enrolled an authenticator app: from then on he signs with its code as well (R-74)."""
    return is_mfa_enabled(user, [Authenticator.Type.TOTP])


def confirm_identity(user: Any, password: str, *, code: str = "", now: datetime.datetime) -> None:
    """Make sure that it is really ``user``: his password, and the code of his second step (or one of his recovery codes)
    once he has enrolled. Raises DomainError; after five wrong tries nobody may try for a while.

    Tries are counted in the audit trail: the count holds over all processes and a wrong password leaves a trace. Call it
    outside of a transaction, or the refusal would take its own trace along.
    """
    with transaction.atomic():
        # One try at a time: ten sent at once would all see the same count.
        get_user_model().objects.select_for_update(of=("self",)).get(pk=user.pk)
        refused = AuditEntry.objects.filter(
            record_type=user._meta.label_lower, record_id=str(user.pk), action=_REFUSED, at__gt=now - WINDOW
        ).order_by("at")
        tries = list(refused.values_list("at", flat=True))
        may_try = len(tries) < MAX_TRIES
        is_right = may_try and user.check_password(password) and _code_fits(user, code)
        if may_try and not is_right:
            audit.record(user, _REFUSED, actor=user)
    what = "Mật khẩu hoặc mã xác thực" if has_second_step(user) else "Mật khẩu"
    if not may_try:
        wait = int((tries[-MAX_TRIES] + WINDOW - now).total_seconds() // 60) + 1
        raise DomainError(f"{what} đã bị nhập sai {MAX_TRIES} lần nên việc ký tạm dừng. Hãy thử lại sau {wait} phút.")
    if not is_right:
        left = MAX_TRIES - len(tries) - 1
        rest = f"Còn {left} lần thử." if left else f"Hãy chờ {WINDOW.seconds // 60} phút rồi thử lại."
        raise DomainError(f"{what} chưa đúng nên chưa ký. {rest}")


def _code_fits(user: Any, code: str) -> bool:
    """A code is used once: the package remembers those of the app and strikes out those for recovery."""
    if not has_second_step(user):
        return True
    code = "".join(code.split())
    factors = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    return bool(code) and any(factor.wrap().validate_code(code) for factor in factors)
