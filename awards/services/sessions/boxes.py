"""The sealed boxes of a ballot in the database: one row per group, written anew with every paper (ADR 0012)."""

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from awards import ballotbox
from awards.ballotbox import BoxError, Contents
from awards.models import BallotBox
from dvk_portal.core.exceptions import DomainError


@sensitive_variables()
def write_box(box: BallotBox, contents: Contents, *, seats: int, candidates: int) -> None:
    """Seal ``contents`` into ``box``; ``seats``: all members of the council, so that no late comer changes the length."""
    try:
        packed = ballotbox.pack(contents, seats=seats, candidates=candidates)
    except BoxError as error:
        raise DomainError(str(error)) from None
    box.salt, box.contents = ballotbox.seal(packed, secret=_secret(settings.SECRET_KEY), context=_context(box))
    box.save(update_fields=["salt", "contents"])


@sensitive_variables()
def read_box(box: BallotBox, *, candidates: int) -> Contents:
    """The papers in ``box``. Raises DomainError when the installation's key is another than it was."""
    keys = [_secret(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    try:
        opened = ballotbox.unseal(bytes(box.salt), bytes(box.contents), secrets_=keys, context=_context(box))
        return ballotbox.unpack(opened, candidates=candidates)
    except BoxError as error:
        raise DomainError(str(error)) from None


def _secret(key: str) -> bytes:
    return key.encode()


def _context(box: BallotBox) -> bytes:
    return f"{box.ballot_id}:{box.group}".encode()
