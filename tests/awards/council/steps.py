"""Steps of a round as tests take them, through the real services."""

from decimal import Decimal

from awards.models import Review
from awards.services.council.assigning import assign_reviews, plan_assignment
from awards.services.council.reviewing import save_review
from awards.services.council.rounds import open_round


def assign(review_round, actor, seed=1):
    return assign_reviews(review_round, actor=actor, seed=seed, digest=plan_assignment(review_round, seed=seed).digest)


def opened(review_round, actor):
    """Assigned by the plan and opened."""
    assign(review_round, actor)
    return open_round(review_round, actor=actor)


def give(review_round, member, nomination):
    return Review.objects.get_or_create(round=review_round, member=member, nomination=nomination)[0]


def points(review_round, *values, note="Có minh chứng"):
    criteria = list(review_round.cycle.criteria.all())
    return {
        row.pk: (None if value is None else Decimal(value), note) for row, value in zip(criteria, values, strict=True)
    }


def score(review, *values, comment="", done=True):
    review.nomination.refresh_from_db()
    return save_review(
        review, actor=review.member.user, revision=review.nomination.revision, given=points(review.round, *values),
        comment=comment, done=done,
    )  # fmt: skip
