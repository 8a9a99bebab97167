"""The lock after repeated failures at the sign-in: counted per account, lifted when the password is replaced."""

import unicodedata

from allauth.core.internal import ratelimit
from django.core.cache import cache

_LIMIT = {"app": "allauth.account", "action": "login_failed"}


def attempts_key(username: str) -> str:
    """Under which failures are counted; the package would count per host as well, and a visitor names the host."""
    return unicodedata.normalize("NFKC", username).casefold()


def lift_lock(username: str) -> None:
    """Forget the failures of the account. Who has just proved himself, or got a new password by hand, may come in at once."""
    for rate in ratelimit.get_rates(**_LIMIT):
        if rate.per == "key":
            cache.delete(ratelimit.get_cache_key(None, rate=rate, key=attempts_key(username), **_LIMIT))
