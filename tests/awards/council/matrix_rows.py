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

from tests.awards.sessions.meetings_for import meetings_for

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
# "other_member" is away and has written instead; "conflicted" votes on the others; the secretary has no vote
VOTERS = "chair member conflicted"

SESSIONS: dict[str, Opens] = {
    "meetings": Opens(get=COUNCILLORS),
    "meeting-call": Opens(get=PREPARERS, post=PREPARERS),
    "meeting": Opens(get=COUNCILLORS, args=("meeting",)),
    "meeting-edit": Opens(get=PREPARERS, post=PREPARERS, args=("called",)),
    "meeting-presence": Opens(get=PREPARERS, post=PREPARERS, args=("meeting",)),
    # who wrote what: chair and secretary alone
    "meeting-opinions": Opens(get=PREPARERS, args=("meeting",)),
    "meeting-opinion": Opens(get=PREPARERS, post=PREPARERS, args=("meeting", "absent")),
    "meeting-opinion-file": Opens(get=PREPARERS, args=("meeting", "absent")),
    "meeting-texts": Opens(get=PREPARERS, post=PREPARERS, args=("meeting",)),
    "meeting-progress": Opens(get=COUNCILLORS, args=("meeting",)),
    "meeting-open": Opens(post=PREPARERS, args=("called",)),
    "meeting-close": Opens(post=PREPARERS, args=("meeting",)),
    "meeting-call-off": Opens(post=PREPARERS, args=("called",)),
    "meeting-close-voting": Opens(post=PREPARERS, args=("meeting",)),
    "meeting-reopen-voting": Opens(post=PREPARERS, args=("meeting",)),
    "meeting-count": Opens(post=PREPARERS, args=("meeting",)),
    "ballot-prepare": Opens(get=PREPARERS, post=PREPARERS, args=("meeting", "rule")),
    # the minutes hold every tally
    "meeting-documents": Opens(get=PREPARERS, args=("meeting",)),
    "meeting-document-preview": Opens(get=PREPARERS, args=("meeting", "=bien-ban-hop")),
    "meeting-document-issue": Opens(post=PREPARERS, args=("meeting", "=bien-ban-hop")),
    "ballot": Opens(get=COUNCILLORS, args=("open_ballot",)),
    "ballot-open": Opens(post=PREPARERS, args=("open_ballot",)),
    "ballot-cancel": Opens(post=PREPARERS, args=("open_ballot",)),
    "ballot-next": Opens(post=PREPARERS, args=("closed_ballot",)),
    "hands": Opens(get=PREPARERS, post=PREPARERS, args=("hands_ballot",)),
    "hands-names": Opens(get=PREPARERS, post=PREPARERS, args=("hands_ballot", "hands_candidate")),
    "vote": Opens(get=VOTERS, post=VOTERS, args=("open_ballot",)),
    "results": Opens(get=COUNCILLORS, args=("closed_ballot",)),
}


def build_sessions(made: dict[str, Any]) -> None:
    """Add the records that the addresses of SESSIONS name; the secret is An's, whom "conflicted" does not judge."""
    council = made["council"]
    units = [council.an.unit, council.binh.unit, council.binh.unit]
    names = [f"Bà An {SECRET}", "Ông Bình", "Ông Cường"]
    made.update(meetings_for(made["committee"], units, names, secret=SECRET, away=council.other))
