"""Addresses of cycles."""

import datetime
from typing import Any

from awards.services.cycles.comments import handle_comment
from awards.services.cycles.quotas import save_quota
from tests.architecture.everything import INTERNAL, SECRET
from tests.architecture.rows import HIDDEN, REFUSED, SHARED, Row, post
from tests.awards.cycles import cycle_steps
from tests.factories import awards as af

# A list published for comment (tests/awards/cycles/test_public_page.py looks for what could leak).
PUBLIC: set[str] = {"publication-public", "publication-thanks"}
ROWS: dict[str, Row] = {
    "cycle-list": Row("verifier", SHARED, shows=True),
    "cycle-create": Row("verifier", REFUSED),
    "cycle-calendar": Row("editor", SHARED),
    "cycle-calendar-file": Row("editor", SHARED, page=False),
    # a draft that nobody has seen; an open one
    "cycle-detail": Row("verifier", HIDDEN, ("draft_cycle",), shows=True),
    "cycle-edit": Row("verifier", HIDDEN, ("draft_cycle",), shows=True),
    "cycle-copy": Row("verifier", HIDDEN, ("draft_cycle",), shows=True),
    "cycle-move": post("director", HIDDEN, "draft_cycle", "=open"),
    "cycle-schedule": Row("verifier", HIDDEN, ("draft_cycle",), shows=True),
    "cycle-schedule-renew": Row("verifier", HIDDEN, ("draft_cycle",), shows=True),
    "cycle-phase": Row("verifier", HIDDEN, ("draft_cycle", "=nominating"), shows=True),
    "cycle-phase-remove": post("verifier", HIDDEN, "draft_cycle", "=nominating"),
    "cycle-quotas": Row("verifier", REFUSED, ("award_cycle",), shows=True),
    "quota-create": Row("verifier", REFUSED, ("award_cycle",)),
    "quota-edit": Row("verifier", REFUSED, ("award_cycle", "quota")),
    "quota-remove": post("verifier", REFUSED, "award_cycle", "quota"),
    "cycle-proposals": Row("verifier", REFUSED, ("award_cycle",), shows=True),
    "publication-create": Row("director", REFUSED, ("award_cycle",), shows=True),
    "publication-detail": Row("verifier", HIDDEN, ("publication",), shows=True),
    "publication-extend": Row("verifier", HIDDEN, ("publication",)),
    "publication-close": Row("verifier", HIDDEN, ("publication",)),
    "publication-comment-create": Row("verifier", HIDDEN, ("publication",), shows=True),
    "publication-comment": Row("verifier", HIDDEN, ("publication", "award_comment"), shows=True),
}


def build(made: Any) -> None:
    """A draft of the province; an open cycle with An's dossiers, one public with a comment, one not yet; a quota."""
    cycle_steps.rule()
    draft = cycle_steps.scheduled(made, title=f"Đợt {INTERNAL}")
    cycle = cycle_steps.opened(made, title="Đợt xét năm 2026", campaigns=[made.published_campaign])
    shown = cycle_steps.eligible(cycle, made.commune, f"Bà {SECRET}")
    cycle_steps.eligible(cycle, made.commune, f"Ông {SECRET}")
    quota = save_quota(cycle, None, actor=made.verifier, award_type=af.AwardTypeFactory(), maximum=3)
    publication = cycle_steps.published(cycle, made, shown, opened_on=datetime.date(2026, 11, 20))
    comment = cycle_steps.commented(publication, shown, text=f"Ý kiến {SECRET}", sender=SECRET, contact=SECRET)
    handle_comment(comment, actor=made.verifier, state="in_progress", result=SECRET)
    made.things.update(
        draft_cycle=draft,
        award_cycle=cycle,
        award_nomination=shown,
        quota=quota,
        publication=publication,
        award_comment=comment,
    )
