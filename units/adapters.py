"""allauth: sign-up is closed; accounts are made by the system administrator."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter

from dvk_portal.core import audit
from units.signinlock import attempts_key, lift_lock


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
