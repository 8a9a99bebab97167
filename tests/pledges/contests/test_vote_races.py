"""Two confirmations of one mailbox at once; two entries of a unit with one place left; closing while a juror saves."""

from decimal import Decimal

import pytest
from django.utils import timezone

from pledges.models import ContestEntry, EntryScore, PublicVote
from pledges.services.contests.judging import close_round, save_scores
from pledges.services.contests.voting import ask_for_vote, confirm_vote, make_token, read_link
from tests.pledges.contests.contest_steps import again, all_give, announced, entered, judging, with_vote
from tests.races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_confirmations_of_one_mailbox_at_once_are_one_vote(province):
    contest = with_vote(province)
    entries = [
        entered(contest, province.editor, province.commune, f"Bài {number}", public_consent=True) for number in range(2)
    ]
    for entry in entries:
        ask_for_vote(entry, address="nguoidan@gmail.com", source="203.0.113.7", now=timezone.now())
    mailbox = PublicVote.objects.first().mailbox
    links = [read_link(contest, make_token(contest, entry.code, mailbox)) for entry in entries]

    for _ in range(5):
        PublicVote.objects.update(confirmed_at=None)
        found = at_once(*[lambda link=link: confirm_vote(link, now=timezone.now()) for link in (*links, *links)])

        assert refusals(found) == []
        winner = PublicVote.objects.get(confirmed_at__isnull=False).entry
        assert sorted(found) == [False, False, True, True]
        assert winner in entries


def test_letters_to_one_mailbox_stay_within_the_limit_however_many_ask_at_once(province, settings):
    settings.VOTE_MAILS_PER_MAILBOX_DAY = 2
    contest = with_vote(province)
    entry = entered(contest, province.editor, province.commune, public_consent=True)

    found = at_once(
        *[
            lambda: ask_for_vote(entry, address="nguoidan@gmail.com", source="203.0.113.7", now=timezone.now())
            for _ in range(5)
        ]
    )

    assert refusals(found) == []
    assert PublicVote.objects.count() == 2


def test_a_unit_with_one_place_left_enters_once(province):
    contest = announced(province, max_entries=1)

    found = at_once(
        lambda: entered(contest, again(province.editor), province.commune, "Một"),
        lambda: entered(contest, again(province.leader), province.commune, "Hai"),
    )

    assert len(refusals(found)) == 1
    assert ContestEntry.objects.count() == 1


def test_a_round_closes_while_a_juror_saves(province):
    contest, entries = judging(province)
    all_give(province, entries, [(5, 3), (4, 4)])
    contest_round = contest.rounds.get(number=1)
    given = {row.pk: (Decimal(1), "") for row in contest_round.criteria.all()}

    found = at_once(
        lambda: close_round(contest_round, actor=again(province.director)),
        lambda: save_scores(entries[0], actor=again(province.verifier), given=given),
    )

    saved = EntryScore.objects.filter(points=1).exists()
    assert len(refusals(found)) == (0 if saved else 1)
    contest_round.refresh_from_db()
    assert contest_round.closed_at is not None
