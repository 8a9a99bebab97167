"""Who opens what in the council's site: one line for each address, read by test_matrix.py (an address without one fails).

``COUNCIL`` and ``SESSIONS``: ``{url name: Opens(args, get, post)}``.

* ``args``: names of records made by ``build_council`` in test_matrix.py (``"nomination"`` gives its pk), literals after "=".
* ``get``, ``post``: the personas who are let in (any answer but 302 to the sign-in, 403 and 404); "" = the method is not served.
  Everybody else of ``PERSONAS`` must meet 403 or 404, the anonymous the sign-in. Write the names with spaces between.

A session's records are made in ``build_sessions(made)``, which is given the records that the council has made, and adds to them.
Mark what only some may read with ``SECRET``: nobody who is not let in may ever be sent it.
"""

from dataclasses import dataclass
from typing import Any

SECRET = "Điều-chỉ-hội-đồng-biết-5510"
# Of these the matrix is made; "conflicted" sits on the council and is in conflict with the nomination of the addresses.
PERSONAS = ("chair", "secretary", "member", "other_member", "conflicted", "editor", "leader", "verifier", "director", "viewer", "admin", "stranger")  # fmt: skip

COUNCILLORS = "chair secretary member other_member conflicted"
UNCONFLICTED = "chair secretary member other_member"
PREPARERS = "chair secretary"


@dataclass(frozen=True)
class Opens:
    get: str = ""
    post: str = ""
    args: tuple[str, ...] = ()


WITH_DIRECTOR = f"{COUNCILLORS} director"
KEEPERS = f"{PREPARERS} director"

COUNCIL: dict[str, Opens] = {
    "index": Opens(get=COUNCILLORS),
    # An's dossier, from which "conflicted" is kept away; "member" is asked to score it
    "dossiers": Opens(get=COUNCILLORS),
    "dossier": Opens(get=UNCONFLICTED, args=("nomination",)),
    "review-save": Opens(post="member", args=("nomination",)),
    "file": Opens(get=UNCONFLICTED, args=("file",)),
    "comparison": Opens(get=COUNCILLORS),
    "comparison-export": Opens(get=COUNCILLORS),
    # what "member" has declared
    "relations": Opens(get=COUNCILLORS),
    "relation-declare": Opens(get=COUNCILLORS, post=COUNCILLORS),
    "relation-end": Opens(post=PREPARERS, args=("relation",)),
    "rounds": Opens(get=PREPARERS),
    "criteria": Opens(get=PREPARERS, post=PREPARERS, args=("cycle",)),
    "round-create": Opens(get=PREPARERS, post=PREPARERS, args=("cycle",)),
    "round": Opens(get=PREPARERS, args=("round",)),
    "round-edit": Opens(get=PREPARERS, post=PREPARERS, args=("round",)),
    "round-plan": Opens(get=PREPARERS, post=PREPARERS, args=("round",)),
    "reader-add": Opens(post=PREPARERS, args=("round",)),
    "reader-remove": Opens(post=PREPARERS, args=("review",)),
    "round-open": Opens(post=PREPARERS, args=("round",)),
    "round-remind": Opens(post=PREPARERS, args=("round",)),
    "round-close": Opens(get=PREPARERS, post=PREPARERS, args=("round",)),
    # the composition is public inside the council; seats are kept by chair, secretary and the head of the standing body
    "committees": Opens(get=WITH_DIRECTOR),
    "committee-create": Opens(get="director", post="director"),
    "committee": Opens(get=WITH_DIRECTOR, args=("committee",)),
    "committee-edit": Opens(get=KEEPERS, post=KEEPERS, args=("committee",)),
    "committee-file": Opens(get=WITH_DIRECTOR, args=("committee",)),
    "seat-create": Opens(get=KEEPERS, post=KEEPERS, args=("committee",)),
    "seat-end": Opens(get=KEEPERS, post=KEEPERS, args=("seat",)),
}

# Meetings and ballots: the area of sessions adds its lines here.
SESSIONS: dict[str, Opens] = {}


def build_sessions(made: dict[str, Any]) -> None:
    """Add the records that the addresses of SESSIONS name."""
