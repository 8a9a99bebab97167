"""Whoever holds the whole database, its backups before, between and after the votes, the logs, the trail, the sessions and the
letters learns from them who came and who did not, and nothing of who chose what.

The attacker below knows everything but the key of the installation (SECRET_KEY), which is in no backup (ADR 0012). He tries
every order and every difference there is. To show that he can find something, the same attacker is let loose on leaky variants.
"""

import io
import itertools
import json
import logging
import random
from unittest import mock

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from awards import ballotbox
from awards.models import Ballot, BallotBox, BallotPaper, Turnout
from awards.services.sessions import voting
from awards.services.sessions.boxes import read_box
from dvk_portal.core.models import AuditEntry, Notification
from tests.awards.sessions.meeting_steps import ballot_of, council, count, join, opened

pytestmark = pytest.mark.django_db(transaction=True)
VOTERS = 6
PATTERNS = ("++", "+-", "-+", "--", "0+", "00")


# --- what the attacker holds ------------------------------------------------------------------------------------------
def dump():
    """{table: [row as tuple of text]} of every table, in physical order, with what the engine itself keeps of each row."""
    hidden = (
        "ctid::text AS place, xmin::text AS version, " if connection.vendor == "postgresql" else "rowid AS version, "
    )
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("sqlite_"):
                continue
            cursor.execute(f"SELECT {hidden}* FROM {connection.ops.quote_name(table)}")  # physical order
            names = [column[0] for column in cursor.description]
            found[table] = [dict(zip(names, map(_text, row), strict=True)) for row in cursor.fetchall()]
    return found


def _text(value):
    return bytes(value).hex() if isinstance(value, memoryview | bytes) else str(value)


def changed(before, after):
    """The table, column and length of every value that differs between two dumps: what a backup's difference shows."""
    found = []
    for table, rows in after.items():
        old = {row.get("id", str(place)): row for place, row in enumerate(before[table])}
        for place, row in enumerate(rows):
            was = old.get(row.get("id", str(place)), {})
            for name, value in row.items():
                if was.get(name) != value and name not in ("place", "version", "session_data"):
                    found.append((table, name, len(value), len(was.get(name, ""))))
        found += [(table, "rows", len(before[table]), len(rows))] if len(rows) != len(before[table]) else []
    return sorted(found)


class Web:
    """Voters with a browser each; everything that is written anywhere meanwhile is kept."""

    def __init__(self, sign_in, made, ballot):
        self.made, self.ballot = made, ballot
        self.clients = {user.pk: sign_in(user) for user in made.voters()}
        self.dumps, self.answers = [dump()], []

    def vote(self, user, marks, client=None):
        client = client or self.clients[user.pk]
        url = reverse("council:vote", args=[self.ballot.pk])
        form = client.get(url).context["form"]
        rows = form.sheet.candidates
        data = {"ticket": form.initial["ticket"], "step": "cast"}
        data |= {f"choice_{row.pk}": sign for row, sign in zip(rows, marks, strict=False)}
        answer = client.post(url, data)
        assert answer.status_code == 200
        self.dumps.append(dump())
        self.answers.append((url, data, answer))
        return [receipt.code for receipt in answer.context["receipts"]]


def held(sign_in, votes, *, log=None, late_conflict=False):
    """A meeting of ``len(votes)`` members who vote in random order. Returns (web, {member pk: receipts}, order)."""
    made = council(len(votes), 2)
    if late_conflict:
        join(made, made.province.commune)
    opened(made)
    ballot = ballot_of(made)
    web = Web(sign_in, made, ballot)
    order = list(zip(made.voters(), votes, strict=True))
    random.SystemRandom().shuffle(order)
    receipts = {user.pk: web.vote(user, marks) for user, marks in order}
    count(made)
    web.dumps.append(dump())
    return web, receipts, [user.pk for user, _ in order]


# --- the attacker -----------------------------------------------------------------------------------------------------
def guesses(web, order):
    """Every way he can put the published papers in line with the members: {name of the way: {member: receipt}}."""
    final = web.dumps[-1]
    papers = final["awards_ballotpaper"]
    turnout = final["awards_turnout"]
    members = {
        "the order in which they voted": list(map(str, order)),
        "rows of the turnout": [row["voter_id"] for row in turnout],
        "ids of the turnout": [row["voter_id"] for row in sorted(turnout, key=lambda row: int(row["id"]))],
        "versions of the turnout": [row["voter_id"] for row in sorted(turnout, key=_version)],
        "reverse order": list(map(str, reversed(order))),
    }
    lines = {
        "rows of the papers": papers,
        "ids of the papers": sorted(papers, key=lambda row: row["id"]),
        "versions of the papers": sorted(papers, key=_version),
        "receipts": sorted(papers, key=lambda row: row["receipt"]),
        "sizes": sorted(papers, key=lambda row: (len(row["choices"]), row["receipt"])),
        "newest first": list(reversed(papers)),
    }
    return {
        f"{one} × {other}": dict(zip(people, [row["receipt"] for row in rows], strict=False))
        for (one, people), (other, rows) in itertools.product(members.items(), lines.items())
    }


def _version(row):
    return int(row["version"]), row.get("place", "")


def seen_before_the_count(web, receipts):
    """Receipts or choices that stand readable in any dump taken while the boxes were closed."""
    codes = [code for found in receipts.values() for code in found]
    text = json.dumps(web.dumps[:-1])
    return [code for code in codes if code in text or code.encode().hex() in text]


def hits(web, receipts, order):
    """Way → how many of the members he names rightly."""
    return {
        way: sum(receipts[int(member)][0] == code for member, code in guess.items())
        for way, guess in guesses(web, order).items()
    }


# --- what he finds ----------------------------------------------------------------------------------------------------
def test_no_order_of_rows_ids_versions_or_sizes_leads_from_a_member_to_his_paper(sign_in, django_db_blocker):
    meetings = 12
    found = {}
    for _ in range(meetings):
        web, receipts, order = held(sign_in, PATTERNS)
        assert seen_before_the_count(web, receipts) == []
        for way, number in hits(web, receipts, order).items():
            found[way] = found.get(way, 0) + number
        _clear()

    # By chance one of six is right, whatever the way: 12 of 72, standard deviation of a matching √12 = 3.5.
    assert {way: number for way, number in found.items() if number > 12 + 5 * 3.5} == {}
    assert 12 * 0.6 < sum(found.values()) / len(found) < 12 * 1.5


def test_what_a_vote_changes_in_the_database_does_not_depend_on_the_choice(sign_in):
    seen = {}
    for marks in PATTERNS:
        made = opened(council(VOTERS, 2))
        web = Web(sign_in, made, ballot_of(made))
        differences = []
        for user in made.voters():
            web.vote(user, marks)
            differences.append(changed(*web.dumps[-2:]))
        seen[marks] = differences
        _clear()

    assert len({json.dumps(row) for row in seen.values()}) == 1
    # Nothing but the two columns of the box and the one mark of the voter is written at all.
    assert {(table, name) for rows in seen.values() for row in rows for table, name, *_ in row} == {
        ("awards_ballotbox", "salt"),
        ("awards_ballotbox", "contents"),
        ("awards_turnout", "voted"),
    }


def test_all_of_the_turnout_has_one_row_version_after_each_vote(sign_in):
    if connection.vendor != "postgresql":
        pytest.skip("row versions are PostgreSQL's")
    made = opened(council(VOTERS, 2))
    web = Web(sign_in, made, ballot_of(made))
    for user in made.voters():
        web.vote(user, "+-")

    for found in web.dumps[1:]:
        assert len({row["version"] for row in found["awards_turnout"]}) == 1


def test_the_papers_of_a_conflicted_member_and_of_the_others_cannot_be_told_apart_nor_joined(sign_in):
    made = council(VOTERS, 3)
    join(made, made.province.commune)
    opened(made)
    ballot = ballot_of(made)
    web = Web(sign_in, made, ballot)
    receipts = {user.pk: web.vote(user, "+-0") for user in made.voters()}
    count(made)

    papers = BallotPaper.objects.all()
    by_group = {group: [row for row in papers if row.group == group] for group in (1, 2)}
    assert sorted(map(len, by_group.values())) == [VOTERS - 1, VOTERS]
    # Within a group every paper speaks of the same candidates; a code stands on one paper alone.
    assert all(len({frozenset(row.choices) for row in rows}) == 1 for rows in by_group.values())
    assert len({row.receipt for row in papers}) == 2 * VOTERS - 1
    assert len(receipts[made.voters()[-1].pk]) == 1


def test_no_log_no_trail_no_session_no_letter_and_no_address_holds_a_vote(sign_in, settings):
    stream = io.StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "django", "django.request", "django.db.backends")}
    root.addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    settings.DEBUG = True  # statements with their parameters go to the log
    try:
        made = opened(council(VOTERS, 2))
        web = Web(sign_in, made, ballot_of(made))
        lines = AuditEntry.objects.count(), Notification.objects.count()
        receipts = {user.pk: web.vote(user, marks) for user, marks in zip(made.voters(), PATTERNS, strict=True)}
        assert (AuditEntry.objects.count(), Notification.objects.count()) == lines
    finally:
        root.removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)

    logged = stream.getvalue()
    assert "awards_ballotbox" in logged
    for _, data, answer in web.answers:
        assert data["ticket"] not in logged
        assert (answer.status_code, answer["Cache-Control"]) == (
            200, "max-age=0, no-cache, no-store, must-revalidate, private",
        )  # fmt: skip
    for code in [code for found in receipts.values() for code in found]:
        assert code not in logged
        assert ballotbox.readable(code) not in logged
    sessions = {table: rows for table, rows in web.dumps[-1].items() if table in ("django_session", "core_auditentry")}
    first = {table: rows for table, rows in web.dumps[0].items() if table in sessions}
    assert sessions == first


def test_an_error_in_the_middle_of_a_cast_reports_nothing_of_the_form(sign_in, caplog):
    made = opened(council(VOTERS, 2))
    web = Web(sign_in, made, ballot_of(made))
    user = made.voters()[0]
    client = web.clients[user.pk]
    client.raise_request_exception = False
    url = reverse("council:vote", args=[web.ballot.pk])
    form = client.get(url).context["form"]
    data = {"ticket": form.initial["ticket"], "step": "cast"} | {
        f"choice_{row.pk}": "+" for row in form.sheet.candidates
    }

    with mock.patch.object(voting, "_put", side_effect=OSError("disk")), caplog.at_level(logging.DEBUG):
        answer = client.post(url, data)

    assert answer.status_code == 500
    request = next(row.request for row in caplog.records if row.name == "django.request")
    assert request.sensitive_post_parameters == "__ALL__"
    assert data["ticket"] not in caplog.text
    assert Turnout.objects.filter(voted=True).count() == 0


# --- the same attacker on leaky variants: the proof that he can find something --------------------------------------------
def leaky_order(web, receipts, order):
    return max(hits(web, receipts, order).values()) == len(order)


def test_he_finds_everybody_when_papers_are_kept_in_the_order_of_voting(sign_in):
    found = []
    with (
        mock.patch.object(ballotbox._lots, "shuffle", return_value=None),
        mock.patch("awards.services.sessions.counting.sorted", lambda rows, key: rows, create=True),
    ):
        for _ in range(2):
            web, receipts, order = held(sign_in, PATTERNS)
            found.append(leaky_order(web, receipts, order))
            _clear()

    assert found == [True, True]


def test_he_finds_everybody_when_receipts_count_upwards(sign_in):
    numbers = itertools.count(1)

    def counted():
        number = next(numbers)
        signs = ballotbox.RECEIPT_ALPHABET
        return "".join(signs[number // len(signs) ** place % len(signs)] for place in reversed(range(12)))

    with mock.patch.object(ballotbox, "new_receipt", counted):
        web, receipts, order = held(sign_in, PATTERNS)

    assert leaky_order(web, receipts, order)


def test_he_reads_the_box_when_it_is_not_sealed(sign_in):
    def bare(data, **_):
        return b"s" * 32, data

    with (
        mock.patch.object(ballotbox, "seal", bare),
        mock.patch.object(ballotbox, "unseal", lambda salt, sealed, **_: sealed),
    ):
        web, receipts, _ = held(sign_in, PATTERNS)

    assert len(seen_before_the_count(web, receipts)) == len(PATTERNS)


def test_he_sees_the_choice_when_the_box_is_not_filled_up(sign_in):
    def short(contents, *, seats, candidates):
        body = "".join(f"{row.receipt}{row.marks.replace('0', '')}|" for row in contents.papers)
        return body.encode()

    lengths = set()
    with (
        mock.patch.object(ballotbox, "pack", short),
        mock.patch.object(ballotbox, "unpack", return_value=ballotbox.Contents()),
    ):
        for marks in ("++", "00"):
            made = opened(council(VOTERS, 2))
            web = Web(sign_in, made, ballot_of(made))
            web.vote(made.voters()[0], marks)
            lengths.add(json.dumps(changed(*web.dumps[-2:])))
            _clear()

    assert len(lengths) == 2


# --- what the voter has -------------------------------------------------------------------------------------------------
def test_each_finds_his_own_paper_with_his_receipt(sign_in):
    web, receipts, _ = held(sign_in, PATTERNS)
    one, two = web.ballot.candidates.all()
    words = {"+": "aye", "-": "nay", "0": ""}

    for user, marks in zip(web.made.voters(), PATTERNS, strict=True):
        paper = BallotPaper.objects.get(receipt=receipts[user.pk][0])
        assert paper.choices == {str(one.pk): words[marks[0]], str(two.pk): words[marks[1]]}
        page = web.clients[user.pk].get(reverse("council:results", args=[web.ballot.pk])).content.decode()
        assert ballotbox.readable(paper.receipt) in page


def test_the_same_form_sent_twice_is_one_vote_and_the_same_answer(sign_in):
    made = opened(council(VOTERS, 2))
    web = Web(sign_in, made, ballot_of(made))
    user = made.voters()[0]
    receipts = web.vote(user, "+-")
    url, data, _ = web.answers[-1]

    again = web.clients[user.pk].post(url, data)
    other = web.clients[user.pk].post(
        url, {key: "+" if key.startswith("choice") else value for key, value in data.items()}
    )

    assert [receipt.code for receipt in again.context["receipts"]] == receipts
    assert "Bạn đã bỏ phiếu" in other.context["refusal"].message
    box = BallotBox.objects.get()
    assert [row.receipt for row in read_box(box, candidates=2).papers] == receipts


def test_a_form_of_one_voter_is_worth_nothing_to_another(sign_in):
    made = opened(council(VOTERS, 2))
    web = Web(sign_in, made, ballot_of(made))
    one, two = made.voters()[:2]
    url = reverse("council:vote", args=[web.ballot.pk])
    form = web.clients[one.pk].get(url).context["form"]

    answer = web.clients[two.pk].post(url, {"ticket": form.initial["ticket"], "step": "cast"})

    assert "không còn dùng được" in answer.context["refusal"].message
    assert Turnout.objects.filter(voted=True).count() == 0


def test_choices_are_read_over_before_they_are_cast_and_nothing_is_lost_on_the_way(sign_in):
    made = opened(council(VOTERS, 3))
    web = Web(sign_in, made, ballot_of(made, max_choices=1))
    user = made.voters()[0]
    client, url = web.clients[user.pk], reverse("council:vote", args=[web.ballot.pk])
    form = client.get(url).context["form"]
    one, two, _ = [str(row.pk) for row in form.sheet.candidates]

    many = client.post(url, {"ticket": form.initial["ticket"], "chosen": [one, two]})
    review = client.post(url, {"ticket": form.initial["ticket"], "chosen": [one]})
    back = client.post(url, {"ticket": form.initial["ticket"], "chosen": [one], "step": "change"})

    assert many.context["form"].errors["chosen"] == [
        "Bạn chọn 2 đề nghị, phiếu này chọn tối đa 1. Hãy bỏ bớt 1 lựa chọn."
    ]
    assert [words for _, words, _ in review.context["form"].lines()] == ["Chọn", "Không chọn", "Không chọn"]
    assert back.context["form"]["chosen"].value() == [one]
    assert Turnout.objects.filter(voted=True).count() == 0


def _clear():
    """Between two meetings of one test: the province is built anew."""
    from django.core.management import call_command

    call_command("flush", verbosity=0, interactive=False)
    for model in (Ballot, Turnout, BallotPaper):
        assert not apps.get_model("awards", model.__name__).objects.exists()
