"""Addresses of meetings and ballots; who of the council meets what: tests/awards/council/matrix_rows.py."""

from typing import Any

from tests.architecture.everything import SECRET
from tests.architecture.rows import REFUSED, Row, post
from tests.awards.sessions.meetings_for import meetings_for

PUBLIC: set[str] = set()
ROWS: dict[str, Row] = {
    "council:meetings": Row("member", REFUSED),
    "council:meeting-call": Row("secretary", REFUSED),
    "council:meeting": Row("member", REFUSED, ("meeting",), shows=True),
    "council:meeting-edit": Row("secretary", REFUSED, ("called_meeting",)),
    "council:meeting-presence": Row("secretary", REFUSED, ("meeting",)),
    "council:meeting-opinions": Row("secretary", REFUSED, ("meeting",)),
    "council:meeting-opinion": Row("secretary", REFUSED, ("meeting", "absent_seat"), shows=True),
    "council:meeting-opinion-file": Row("secretary", REFUSED, ("meeting", "absent_seat"), page=False),
    "council:meeting-texts": Row("secretary", REFUSED, ("meeting",), shows=True),
    "council:meeting-progress": Row("member", REFUSED, ("meeting",), page=False),
    "council:meeting-open": post("secretary", REFUSED, "called_meeting"),
    "council:meeting-close": post("secretary", REFUSED, "meeting"),
    "council:meeting-call-off": post("secretary", REFUSED, "called_meeting"),
    "council:meeting-close-voting": post("secretary", REFUSED, "meeting"),
    "council:meeting-reopen-voting": post("secretary", REFUSED, "meeting"),
    "council:meeting-count": post("secretary", REFUSED, "meeting"),
    "council:ballot-prepare": Row("secretary", REFUSED, ("meeting", "ballot_rule"), shows=True),
    "council:meeting-documents": Row("secretary", REFUSED, ("meeting",)),
    "council:meeting-document-preview": Row("secretary", REFUSED, ("meeting", "=bien-ban-hop"), page=False),
    "council:meeting-document-issue": post("secretary", REFUSED, "meeting", "=bien-ban-hop"),
    "council:ballot": Row("member", REFUSED, ("open_ballot",), shows=True),
    "council:ballot-open": post("secretary", REFUSED, "open_ballot"),
    "council:ballot-cancel": post("secretary", REFUSED, "open_ballot"),
    "council:ballot-next": post("secretary", REFUSED, "closed_ballot"),
    "council:hands": Row("secretary", REFUSED, ("hands_ballot",), shows=True),
    "council:hands-names": Row("secretary", REFUSED, ("hands_ballot", "hands_candidate")),
    "council:vote": Row("member", REFUSED, ("open_ballot",), shows=True),
    "council:results": Row("member", REFUSED, ("closed_ballot",), shows=True),
}


def build(made: Any) -> None:
    """A meeting called and one that runs, on the council of the area before this one."""
    committee = made.council_committee
    names = [f"Bà An {SECRET}", "Ông Bình", "Ông Cường"]
    units = [made.commune, made.other_commune, made.other_commune]
    away = committee.members.get(user=made.other_member)
    found = meetings_for(committee, units, names, secret=SECRET, away=away)
    other = {"called": "called_meeting", "absent": "absent_seat", "rule": "ballot_rule"}
    made.things |= {other.get(name, name): record for name, record in found.items()}
