"""Addresses of council."""

import datetime
from typing import Any

from awards.models import DeclaredRelation, DossierFile, Review, ReviewCriterion, ReviewRound
from awards.services.council.rounds import open_round
from dvk_portal.core.files import store_bytes
from tests.architecture import everything
from tests.architecture.rows import REFUSED, Row, post
from tests.factories import awards as af

PUBLIC: set[str] = set()
# Whoever has no place in the council is refused at the door (tests/awards/council/test_matrix.py asks every persona).
ROWS: dict[str, Row] = {
    "council:index": Row("member", REFUSED, shows=True),
    "council:dossiers": Row("member", REFUSED, shows=True),
    "council:dossier": Row("member", REFUSED, ("council_nomination",), shows=True),
    "council:review-save": post("member", REFUSED, "council_nomination"),
    "council:file": Row("member", REFUSED, ("council_file",), page=False),
    "council:comparison": Row("member", REFUSED, shows=True),
    "council:comparison-export": Row("member", REFUSED, page=False),
    "council:relations": Row("member", REFUSED, shows=True),
    "council:relation-declare": Row("member", REFUSED),
    "council:relation-end": post("secretary", REFUSED, "council_relation"),
    "council:rounds": Row("secretary", REFUSED),
    "council:criteria": Row("secretary", REFUSED, ("council_cycle",)),
    "council:round-create": Row("secretary", REFUSED, ("council_cycle",)),
    "council:round": Row("secretary", REFUSED, ("council_round",), shows=True),
    "council:round-edit": Row("secretary", REFUSED, ("council_round",)),
    "council:round-plan": Row("secretary", REFUSED, ("council_round",), shows=True),
    "council:reader-add": post("secretary", REFUSED, "council_round"),
    "council:reader-remove": post("secretary", REFUSED, "council_review"),
    "council:round-open": post("secretary", REFUSED, "council_round"),
    "council:round-remind": post("secretary", REFUSED, "council_round"),
    "council:round-close": Row("secretary", REFUSED, ("council_round",)),
    "council:committees": Row("member", REFUSED),
    "council:committee-create": Row("director", REFUSED),
    "council:committee": Row("member", REFUSED, ("council_committee",)),
    "council:committee-edit": Row("secretary", REFUSED, ("council_committee",)),
    "council:committee-file": Row("member", REFUSED, ("council_committee",), page=False),
    "council:seat-create": Row("secretary", REFUSED, ("council_committee",)),
    "council:seat-end": Row("secretary", REFUSED, ("council_seat",)),
}


def build(made: Any) -> None:
    """What the addresses need, in a world of everything (tests/architecture/everything.py)."""
    secret = everything.SECRET
    committee = af.council_of(made.world)
    stored = store_bytes(everything.PDF, f"bao-cao {secret}.pdf", kind="application/pdf", actor=made.editor)
    type(committee).objects.filter(pk=committee.pk).update(decision_file=stored)
    cycle = af.AwardCycleFactory(owner=made.ban, status="reviewing")
    nomination = af.NominationFactory(
        cycle=cycle, award_type=cycle.award_types.get(), eligible=True, name=f"Bà An {secret}",
        recipient=af.RecipientFactory(unit=made.commune, name="Nguyễn Thị An"), summary=secret,
    )  # fmt: skip
    member = committee.members.get(user=made.member)
    ReviewCriterion.objects.create(cycle=cycle, name="Kết quả", max_points=60)
    review_round = ReviewRound.objects.create(
        cycle=cycle, committee=committee, number=1, reviewers=1, closes_on=datetime.date(2100, 1, 1)
    )
    review = Review.objects.create(round=review_round, nomination=nomination, member=member)
    made.things |= {
        "council_committee": committee,
        "council_seat": committee.members.get(user=made.other_member),
        "council_cycle": cycle,
        "council_nomination": nomination,
        "council_file": DossierFile.objects.create(nomination=nomination, title=f"Báo cáo {secret}", stored=stored),
        "council_relation": DeclaredRelation.objects.create(
            member=member, unit=made.third_commune, relation=f"góp vốn {secret}"
        ),
        "council_round": open_round(review_round, actor=made.secretary),
        "council_review": review,
    }
