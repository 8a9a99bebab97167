"""How states look: one colour (tone) and one shape per value, everywhere. Words come from the models (glossary §3).

A value means the same wherever it occurs; the few that do not are keyed ``"model.value"``.
"""

from typing import NamedTuple


class Look(NamedTuple):
    tone: str
    icon: str


NOT_BEGUN = Look("neutral", "circle-dashed")
UNDER_WAY = Look("active", "circle-half")
HANDED_ON = Look("active", "arrow-right")
TO_ACT = Look("waiting", "return")
TO_CHECK = Look("waiting", "alert")
DONE = Look("good", "check")
FIXED = Look("final", "lock")
HONOURED = Look("honour", "star")
REFUSED = Look("bad", "cross")
OVER = Look("neutral", "minus")

LOOKS: dict[str, Look] = {
    # begun by nobody, or a note to oneself
    "draft": NOT_BEGUN,
    "planned": NOT_BEGUN,
    "self": NOT_BEGUN,
    "none": NOT_BEGUN,
    "queued": NOT_BEGUN,
    "undetermined": NOT_BEGUN,
    "not_applicable": OVER,
    # under way
    "open": UNDER_WAY,
    "active": UNDER_WAY,
    "scoring": UNDER_WAY,
    "in_progress": UNDER_WAY,
    "nominating": UNDER_WAY,
    "reviewing": UNDER_WAY,
    "voting": UNDER_WAY,
    "deciding": UNDER_WAY,
    "counting": UNDER_WAY,
    "running": UNDER_WAY,
    "part_signed": UNDER_WAY,
    "entered": UNDER_WAY,
    # handed on: somebody else holds it
    "proposed": HANDED_ON,
    "submitted": HANDED_ON,
    "registered": HANDED_ON,
    "called": HANDED_ON,
    "packed": HANDED_ON,
    "held": HANDED_ON,
    "received": HANDED_ON,
    "owed": HANDED_ON,
    # somebody must act
    "returned": TO_ACT,
    "more_information": TO_ACT,
    "explaining": TO_ACT,
    "appealed": TO_ACT,
    "to_check": TO_CHECK,
    "to_strengthen": TO_CHECK,
    "missing": TO_CHECK,
    "nomination.held": TO_CHECK,
    "valid_no_revocation": TO_CHECK,
    "unknown": TO_CHECK,
    "complaint.accepted": UNDER_WAY,
    "frozen": Look("waiting", "edit"),
    "pending": TO_CHECK,
    "amended": Look("active", "edit"),
    # a step is done
    "verified": DONE,
    "accepted": DONE,
    "corrected": DONE,
    "scored": DONE,
    "agreed": DONE,
    "appraised": DONE,
    "complete": DONE,
    "settled": FIXED,
    "eligible": DONE,
    "recommended": DONE,
    "done": DONE,
    "sent": DONE,
    "concluded": DONE,
    "maintained": DONE,
    "on_time": DONE,
    "early": DONE,
    "nothing": DONE,
    "valid": DONE,
    "unit.active": DONE,
    # fixed: nobody changes it any more
    "signed": FIXED,
    "numbered": FIXED,
    "issued": FIXED,
    "locked": FIXED,
    "published": FIXED,
    "closed": FIXED,
    "archived": Look("neutral", "archive"),
    "retired": OVER,
    # honours
    "recognised": HONOURED,
    "granted": HONOURED,
    "exemplary": HONOURED,
    # refused, overdue, taken back
    "late": Look("bad", "clock"),
    "not_recognised": REFUSED,
    "not_recommended": REFUSED,
    "refused": REFUSED,
    "revoked": REFUSED,
    "invalid": REFUSED,
    "failed": REFUSED,
    # ended without harm
    "cancelled": OVER,
    "withdrawn": OVER,
    "superseded": OVER,
    "document.cancelled": REFUSED,
    "ended": OVER,
    "dropped": OVER,
    "unranked": OVER,
    "unit.closed": OVER,
    "scheme.published": DONE,
    # exemplary models: batches, reviews, what became of a replication, contests
    "decided": FIXED,
    "keep": DONE,
    "strengthen": TO_CHECK,
    "withdraw": OVER,
    "works": DONE,
    "partly": TO_CHECK,
    "stopped": OVER,
    "judging": UNDER_WAY,
    "contestentry.entered": HANDED_ON,
    "disqualified": REFUSED,
    # prize money
    "paid": DONE,
    "not_paid": OVER,
    "receivable": TO_ACT,
    "payment.returned": DONE,
    # lines of the register of outgoing documents
    "documentnumber.issued": FIXED,
    "documentnumber.external": Look("neutral", "archive"),
    "documentnumber.void": OVER,
}


def look(value: str, model: str = "") -> Look:
    """The look of a state value; an unknown one is neutral, so that a new state never breaks a page."""
    return LOOKS.get(f"{model}.{value}") or LOOKS.get(value, NOT_BEGUN)
