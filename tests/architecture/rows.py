"""One row of the table of addresses (addresses.py)."""

from dataclasses import dataclass

from django.urls import reverse

from tests.architecture.everything import Everything

# What another unit meets: nothing at all; a refusal; the page, without anything of An in it.
HIDDEN, REFUSED, SHARED = "404", "403", "shared"


@dataclass(frozen=True)
class Row:
    """``person`` opens it (a name of tests.personas); ``other`` is what the people of another unit meet.

    ``args`` are names of things (``"report"`` gives its pk) or literals after "=". ``page``: GET answers with a whole page
    that is looked at in the browser. ``shows``: that page holds the mark, so that it could have leaked.
    """

    person: str
    other: str
    args: tuple[str, ...] = ()
    page: bool = True
    shows: bool = False

    def path(self, name: str, made: Everything) -> str:
        return reverse(name, args=[part[1:] if part.startswith("=") else getattr(made, part).pk for part in self.args])


def post(person: str, other: str, *args: str) -> Row:
    """An address that is only posted to."""
    return Row(person, other, args, page=False)
