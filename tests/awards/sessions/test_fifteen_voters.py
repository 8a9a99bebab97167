"""Fifteen members vote at the same moment, and the web server is killed in the middle: every vote counted once, nobody twice.

Real threads, a real gunicorn, a real SIGKILL, on PostgreSQL. No worker has a part in a vote: there is none to kill.
"""

import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from functools import partial
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from awards.ballotbox import typed
from awards.models import BallotBox, BallotPaper, Turnout
from awards.services.sessions.boxes import read_box
from awards.services.sessions.counting import close_voting, count_ballots
from awards.services.sessions.voting import cast_ballot, new_ticket, sheet_for
from dvk_portal.core.exceptions import DomainError
from tests.awards.sessions.meeting_steps import ballot_of, council, count, opened, results
from tests.races import at_once

VOTERS, AYES = 15, 9

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (DATABASE_URL)"),
]


@pytest.fixture
def made():
    return opened(council(VOTERS, 2))


def marks_of(place):
    return "+-" if place < AYES else "-+"


def casts(made, ballot):
    """One call per voter, each with a form of his own."""
    works = []
    for place, user in enumerate(made.voters()):
        sheet = sheet_for(ballot, user)
        marks = {row.pk: sign for row, sign in zip(sheet.candidates, marks_of(place), strict=True)}
        works.append(partial(cast_ballot, ballot, actor=user, ticket=new_ticket(sheet), marks=marks))
    return works


def test_fifteen_at_once_and_each_twice_are_fifteen_papers(made):
    ballot = ballot_of(made)
    works = casts(made, ballot)

    found = at_once(*works, *works)

    assert [row for row in found if isinstance(row, Exception)] == []
    codes = [row[0].code for row in found]
    assert codes[:VOTERS] == codes[VOTERS:]
    count(made)
    assert sorted(codes[:VOTERS]) == list(BallotPaper.objects.values_list("receipt", flat=True))
    assert [(row["in"], row["ayes"], row["nays"]) for row in results(ballot).values()] == [(15, 9, 6), (15, 6, 9)]


def test_one_voter_on_fifteen_screens_votes_once(made):
    ballot = ballot_of(made)
    user = made.voters()[0]
    sheet = sheet_for(ballot, user)

    found = at_once(
        *(partial(cast_ballot, ballot, actor=user, ticket=new_ticket(sheet), marks={}) for _ in range(VOTERS))
    )

    assert sum(not isinstance(row, Exception) for row in found) == 1
    assert sum(isinstance(row, DomainError) for row in found) == VOTERS - 1
    assert len(read_box(BallotBox.objects.get(), candidates=2).papers) == 1


def test_who_casts_while_the_box_is_closed_is_counted_or_refused_never_lost(made):
    ballot = ballot_of(made)

    found = at_once(*casts(made, ballot), lambda: close_voting(made.meeting, actor=made.chair))

    kept = [row[0].code for row in found[:VOTERS] if isinstance(row, list)]
    assert {type(row) for row in found[:VOTERS]} <= {list, DomainError}
    count_ballots(made.fresh(), actor=made.chair)
    assert sorted(kept) == list(BallotPaper.objects.values_list("receipt", flat=True))
    assert Turnout.objects.filter(voted=True).count() == len(kept)


# --- the web server is killed ---------------------------------------------------------------------------------------------
class Server:
    """A gunicorn of this portal on the database of the test."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        given = connection.settings_dict
        credentials = given["USER"] + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "dvk_portal.settings.test",
            "DATABASE_URL": f"postgres://{credentials}@{given['HOST']}:{given['PORT'] or 5432}/{given['NAME']}",
        }
        self.start()

    def start(self):
        command = [sys.executable, "-m", "gunicorn", "dvk_portal.wsgi", f"--bind=127.0.0.1:{self.port}", "--worker-class=gthread",
                   "--workers=2", "--threads=8", "--log-level=critical"]  # fmt: skip
        self.process = subprocess.Popen(command, env=self.environment, cwd=settings.BASE_DIR, start_new_session=True)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(self, method, path, session, body=None):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        cookies = f"sessionid={session}" + (f"; csrftoken={body['csrf']}" if body else "")
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        text = urlencode({**body["data"], "csrfmiddlewaretoken": body["csrf"]}) if body else None
        with closing(link):
            link.request(method, path, body=text, headers=headers)
            answer = link.getresponse()
            return answer, answer.read().decode()


def test_a_web_server_killed_in_the_middle_loses_no_vote_and_counts_none_twice(made, sign_in):
    ballot = ballot_of(made)
    path = reverse("council:vote", args=[ballot.pk])
    sessions = [sign_in(user).cookies["sessionid"].value for user in made.voters()]
    server, receipts = Server(), {}

    def vote(place):
        """As a person does: open the form, choose, send; when nothing comes back, send the same page again."""
        time.sleep(random.uniform(0, 1.5))
        body = None
        until = time.monotonic() + 120
        while place not in receipts and time.monotonic() < until:
            try:
                body = body or _form(server, path, sessions[place], marks_of(place))
                answer, text = server.ask("POST", path, sessions[place], body)
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)
                continue
            if answer.status == 200 and (found := re.search(r"[2-9A-Z]{3}(?:-[2-9A-Z]{3}){3}", text)):
                receipts[place] = typed(found.group())

    threads = [threading.Thread(target=vote, args=[place]) for place in range(VOTERS)]
    try:
        for thread in threads:
            thread.start()
        until = time.monotonic() + 60
        while Turnout.objects.filter(voted=True).count() < 4 and time.monotonic() < until:
            time.sleep(0.005)
        server.kill()
        killed_at = Turnout.objects.filter(voted=True).count()
        time.sleep(0.5)
        server.start()
        for thread in threads:
            thread.join(120)
    finally:
        server.kill()

    assert 4 <= killed_at < VOTERS
    assert sorted(receipts) == list(range(VOTERS))
    assert Turnout.objects.filter(voted=True).count() == VOTERS
    count(made)
    one, two = ballot.candidates.all()
    published = {row.receipt: row.choices for row in BallotPaper.objects.all()}
    assert sorted(published) == sorted(receipts.values())
    for place, code in receipts.items():
        expected = ("aye", "nay") if place < AYES else ("nay", "aye")
        assert published[code] == dict(zip((str(one.pk), str(two.pk)), expected, strict=True))


def _form(server, path, session, marks):
    answer, text = server.ask("GET", path, session)
    if answer.status != 200:
        raise OSError(answer.status)
    csrf = re.search(r"csrftoken=([^;]+)", str(answer.headers)).group(1)
    ticket = re.search(r'name="ticket" value="([^"]+)"', text).group(1)
    names = list(dict.fromkeys(re.findall(r'name="(choice_\d+)"', text)))
    return {"csrf": csrf, "data": {"ticket": ticket, "step": "cast", **dict(zip(names, marks, strict=True))}}
