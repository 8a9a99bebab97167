"""Codes on paper that are no document's: whoever types one at /tra-cuu/ is led to the page of the thing that carries it."""

from collections.abc import Callable

_finders: list[Callable[[str], str]] = []


def register(finder: Callable[[str], str]) -> Callable[[str], str]:
    """Decorator: ``finder`` is given a plain code and returns the address of the public page, "" for a code it does not know."""
    _finders.append(finder)
    return finder


def address_of(code: str) -> str:
    """The public page of whatever carries ``code`` besides documents; "" when nothing does."""
    return next((address for finder in _finders if (address := finder(code))), "")
