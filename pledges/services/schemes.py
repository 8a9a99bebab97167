"""The engine's scheme of a stored version, read once per version."""

from functools import lru_cache
from typing import Any

from campaigns.models import Scheme as StoredScheme
from campaigns.scoring.schemefile import load_scheme
from campaigns.scoring.types import Scheme
from dvk_portal.core.exceptions import DomainError


class _Version:
    """A stored scheme as a key: equal while nothing of the version changed, so that the cache never gives an old one."""

    def __init__(self, stored: StoredScheme) -> None:
        self.stored = stored
        self.key = (stored.pk, stored.code, stored.version, stored.revision, stored.status, stored.published_at)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Version) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def parsed_scheme(stored: StoredScheme) -> Scheme:
    """Raises DomainError when it does not parse (it was published, so it did)."""
    return _parse(_Version(stored))


@lru_cache(maxsize=16)
def _parse(version: Any) -> Scheme:
    scheme, errors, _ = load_scheme(version.stored.document)
    if scheme is None:
        raise DomainError("Bảng tiêu chí không đọc được.", [error.message for error in errors])
    return scheme
