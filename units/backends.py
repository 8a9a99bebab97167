"""Django's ``user.has_perm`` answered by the matrix, so that the kernel and the admin ask without knowing it."""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.utils.module_loading import import_string

from units import access
from units.roles import Role


@cache
def _admin_models() -> dict[str, tuple[str, ...]]:
    return import_string(settings.ADMIN_MODELS)


class MatrixBackend(BaseBackend):
    """Never signs anybody in; only answers about rights, and is the only one that does (User.has_perm)."""

    answers_rights = True

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not user_obj.is_active:
            return False
        if perm in access.matrix():
            return access.can(user_obj, perm, obj)
        # Django admin's own names: "units.change_unit"
        verb, _, model = perm.partition(".")[2].partition("_")
        allowed = _admin_models().get(f"{perm.partition('.')[0]}.{model}", ())
        return verb in allowed and access.has_role(user_obj, Role.ADMIN)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(name.startswith(f"{app_label}.") for name in _admin_models()) and access.has_role(
            user_obj, Role.ADMIN
        )
