"""allauth: sign-up is closed; accounts are made by the system administrator."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class ClosedAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def set_password(self, user: Any, password: str) -> None:
        """A password that the person chose himself ends the duty to change the initial one."""
        user.must_change_password = False
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: Any) -> str:
        return "/"
