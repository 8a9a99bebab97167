"""Accounts: made, renewed and closed by the system administrator; the initial password is known for one reading only."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from units.models import Membership, User
from units.passwords import initial_password
from units.roles import Role
from units.signinlock import lift_lock


def _authorise(actor: Any) -> None:
    if actor is not None and not actor.has_perm("portal.admin"):
        raise PermissionDenied


@transaction.atomic
def create_account(user: User, *, actor: Any) -> str:
    """Save a new account. Returns its initial password, which is stored nowhere and must be changed at the first sign-in."""
    _authorise(actor)
    password = initial_password()
    user.set_password(password)
    user.must_change_password = True
    user.save()
    audit.record(user, "create_account", actor=actor, changes={"username": [None, user.username]})
    return password


@transaction.atomic
def reset_password(user: User, *, actor: Any) -> str:
    """Give a new initial password; whoever is signed in with the old one is signed out. Returns it for one reading.

    Takes the second step away too: who comes for a new password may have lost the telephone with it.
    """
    _authorise(actor)
    if user == actor:
        raise DomainError("Hãy đổi mật khẩu của chính mình ở trang cá nhân.")
    password = initial_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    lift_lock(user.username)
    removed, _ = Authenticator.objects.filter(user=user).delete()
    changes = {"second_step": [True, False]} if removed else {}
    audit.record(user, "reset_password", actor=actor, changes=changes)
    return password


def deactivation_findings(user: User, *, actor: Any) -> list[str]:
    """Sentences about what forbids closing the account; empty when it may be closed."""
    if user == actor:
        return ["Không ai tự ngừng tài khoản của mình. Hãy nhờ một quản trị hệ thống khác."]
    admins = Membership.objects.current().filter(role=Role.ADMIN, user__is_active=True)
    if admins.filter(user=user).exists() and not admins.exclude(user=user).exists():
        return ["Đây là quản trị hệ thống cuối cùng. Hãy giao vai trò này cho người khác trước."]
    return []


@transaction.atomic
def update_account(user: User, *, actor: Any, changes: dict[str, list[Any]]) -> User:
    """Save changed fields of an account; ``changes`` maps a field to [old, new]. Accounts are closed, never deleted."""
    _authorise(actor)
    if changes.get("is_active", [None, None])[1] is False and (found := deactivation_findings(user, actor=actor)):
        raise DomainError(found[0])
    user.save(update_fields=list(changes))
    audit.record(user, "update_account", actor=actor, changes=changes)
    return user
