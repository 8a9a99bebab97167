"""A contest of the province, step by step, through the real services."""

import datetime
from decimal import Decimal

from django.utils import timezone

from pledges.models import Contest, ContestEntry
from pledges.services.contests.entries import enter_contest
from pledges.services.contests.judging import save_scores
from pledges.services.contests.setup import (
    add_juror,
    announce_contest,
    create_contest,
    save_round,
    start_judging,
)
from tests import factories as f
from units.models import User

TODAY = datetime.date(2026, 11, 21)
UNTIL = TODAY + datetime.timedelta(days=10)
AFTER = UNTIL + datetime.timedelta(days=1)


def again(person: User) -> User:
    """The person as another request sees him."""
    return User.objects.get(pk=person.pk)


def drafted(people, **fields) -> Contest:
    """With two rounds, two criteria each (6 and 4 points), and the Ban's three as jury; its director is head."""
    values = {
        "title": "Hội thi Dân vận khéo 2026", "rules": "Mỗi bài trình bày 15 phút.", "campaign": None,
        "entries_until": UNTIL, "max_entries": 3, "public_vote": False, "vote_opens_at": None, "vote_closes_at": None,
    }  # fmt: skip
    contest = create_contest(actor=people.verifier, **{**values, **fields})
    for row in contest.rounds.all():
        criteria = [("Nội dung", Decimal(6)), ("Trình bày", Decimal(4))]
        save_round(row, actor=people.verifier, name=row.name, advance=row.advance, criteria=criteria)
    for user, head in ((people.director, True), (people.verifier, False), (people.other_verifier, False)):
        add_juror(contest, actor=people.verifier, user=user, post="Ủy viên", is_head=head)
    return contest


def announced(people, **fields) -> Contest:
    return announce_contest(drafted(people, **fields), actor=people.verifier, today=TODAY)


def with_vote(people, now=None, **fields) -> Contest:
    """Announced, the vote open from an hour ago for a day."""
    now = now or timezone.now()
    hour = datetime.timedelta(hours=1)
    return announced(people, public_vote=True, vote_opens_at=now - hour, vote_closes_at=now + 23 * hour, **fields)


def values(title="Tuyến đường hoa", **fields):
    return {
        "model": None, "title": title, "field": f.standard_field("economy"), "presenter": "Đội tuyên truyền",
        "summary": "Vận động từng hộ.", "public_consent": False, **fields,
    }  # fmt: skip


def entered(contest, person, unit, title="Tuyến đường hoa", **fields) -> ContestEntry:
    return enter_contest(contest, actor=person, unit=unit, today=TODAY, **values(title, **fields))


def judging(people, titles=("Bài của An", "Bài của Bình"), **fields) -> tuple[Contest, list[ContestEntry]]:
    """The first round is open; entries of An and Bình in turn."""
    contest = announced(people, max_entries=100, **fields)
    sides = ((people.editor, people.commune), (people.other_editor, people.other_commune))
    entries = [entered(contest, *sides[number % 2], title) for number, title in enumerate(titles)]
    start_judging(contest, actor=people.verifier, today=AFTER)
    return Contest.objects.get(pk=contest.pk), entries


def give(entry, person, *points, note="") -> None:
    """``points`` in the order of the criteria of the round that is open."""
    contest_round = entry.contest.rounds.get(opened_at__isnull=False, closed_at=None)
    given = {row.pk: (Decimal(str(p)), note) for row, p in zip(contest_round.criteria.all(), points, strict=True)}
    save_scores(entry, actor=again(person), given=given)


def all_give(people, entries, points) -> None:
    """Every juror gives each entry its points."""
    for entry, given in zip(entries, points, strict=True):
        for person in (people.director, people.verifier, people.other_verifier):
            give(entry, person, *given)
