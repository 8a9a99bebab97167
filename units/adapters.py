"""allauth: sign-up is closed, accounts are made by the system administrator; secrets of the second step are encrypted."""

import base64
import logging
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac

from dvk_portal.core import audit
from units.signinlock import attempts_key, lift_lock

logger = logging.getLogger(__name__)


class ClosedAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def set_password(self, user: Any, password: str) -> None:
        """A password that the person chose himself ends the duty to change the initial one."""
        user.must_change_password = False
        super().set_password(user, password)
        # The package forgets failures by mail address; ours are counted by the name of the account.
        lift_lock(user.username)
        audit.record(user, "change_password", actor=user)

    def _get_login_attempts_cache_key(self, request: Any, **credentials: Any) -> str:
        """Failures count per account. The package counts per host as well, and a visitor names the host (and any port)."""
        return attempts_key(credentials.get("username", ""))

    def get_password_change_redirect_url(self, request: Any) -> str:
        return "/"


class SecondStepAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are kept encrypted: a copy of the database alone opens no account."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "Mã chưa đúng hoặc đã hết hạn. Hãy nhập sáu chữ số đang hiện trên ứng dụng.",
        "cannot_generate_recovery_codes": "Hãy bật xác thực hai bước trước khi tạo mã dự phòng.",
    }

    def _get_user_identifier(self, user: Any) -> str:
        return user.username

    def _cipher(self) -> Fernet:
        key = salted_hmac("dvk_portal.second_step", b"", algorithm="sha256").digest()
        return Fernet(base64.urlsafe_b64encode(key))

    def encrypt(self, text: str) -> str:
        return self._cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return self._cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            # Another secret in its place, which nobody knows: no code fits until the person enrols anew (docs/runbook.md).
            logger.error("A secret of the second step cannot be read: SECRET_KEY was changed since it was made.")
            return base64.b32encode(secrets.token_bytes(20)).decode()
