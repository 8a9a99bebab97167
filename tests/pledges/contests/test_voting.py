"""The people's vote: one confirmed mailbox, one vote; no address kept; sealed from everybody until it closes."""

import datetime
import re
import smtplib

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail, signing
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core import jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Job
from pledges.models import Contest, EntryScore, PublicVote
from pledges.services.contests.voting import (
    LINK_SALT,
    MAIL_JOB,
    ask_for_vote,
    confirm_vote,
    forget_unconfirmed,
    make_token,
    read_link,
    tally,
)
from tests.pledges.contests.contest_steps import drafted, entered, with_vote

pytestmark = pytest.mark.django_db

ADDRESS = "Nguoi.Dan+dvk@gmail.com"


@pytest.fixture
def contest(province):
    return with_vote(province)


@pytest.fixture
def entry(contest, province):
    return entered(contest, province.editor, province.commune, "Bài của An", public_consent=True)


@pytest.fixture
def other(contest, province):
    return entered(contest, province.other_editor, province.other_commune, "Bài của Bình", public_consent=True)


def ask(entry, address=ADDRESS, source="203.0.113.7", now=None):
    ask_for_vote(entry, address=address, source=source, now=now or timezone.now())


def post():
    """Deliver every letter that is owed; returns the links in them."""
    owed = Job.objects.filter(kind=MAIL_JOB, state__in=Job.LIVE).order_by("pk")
    for pk in list(owed.values_list("pk", flat=True)):
        jobs.run(pk)
    return [line.strip() for letter in mail.outbox for line in letter.body.splitlines() if "/xac-nhan/" in line]


def path_of(link):
    return "/" + link.split("/", 3)[3]


def votes(contest):
    return PublicVote.objects.filter(contest=contest, confirmed_at__isnull=False).count()


def hold(text):
    """Tables that hold ``text`` anywhere."""
    return [
        model._meta.label_lower
        for model in apps.get_models()
        if any(text.lower() in repr(row).lower() for row in model._base_manager.values_list())
    ]


# --- asking and confirming --------------------------------------------------------------------------------------------
def test_a_vote_counts_once_its_mailbox_confirms(contest, entry):
    ask(entry)
    assert votes(contest) == 0
    (link,) = post()

    client = Client(enforce_csrf_checks=False)
    assert client.get(path_of(link)).status_code == 200
    assert client.head(path_of(link)).status_code == 200
    assert votes(contest) == 0  # a mail scanner opens links

    page = client.post(path_of(link))
    assert "Đã ghi nhận phiếu" in page.content.decode()
    assert votes(contest) == 1


@pytest.mark.parametrize("second", ["nguoidan@gmail.com", "NGUOI.DAN@googlemail.com", "n.g.u.o.i.d.a.n+x@gmail.com"])
def test_one_mailbox_has_one_vote_however_it_is_spelt(second, contest, entry, other):
    ask(entry)
    ask(other, second)
    first, last = post()

    client = Client()
    client.post(path_of(first))
    page = client.post(path_of(last))

    assert "Không tính thêm phiếu" in page.content.decode()
    assert list(PublicVote.objects.filter(confirmed_at__isnull=False).values_list("entry", flat=True)) == [entry.pk]


def test_the_same_link_twice_is_one_vote_and_no_fault(contest, entry):
    ask(entry)
    (link,) = post()

    pages = [Client().post(path_of(link)).content.decode() for _ in range(2)]

    assert all("Đã ghi nhận phiếu" in page for page in pages)
    assert votes(contest) == 1


def test_the_database_itself_refuses_a_second_vote(contest, entry, other):
    ask(entry)
    mailbox = PublicVote.objects.get().mailbox
    row = {"contest": contest, "mailbox": mailbox, "origin": "x", "confirmed_at": timezone.now()}
    PublicVote.objects.create(entry=entry, **row)

    with pytest.raises(IntegrityError), transaction.atomic():
        PublicVote.objects.create(entry=other, **row)


def test_the_answer_is_the_same_whether_the_mailbox_has_voted_or_not(contest, entry, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # the clock on the printed page

    def answer(address):
        response = Client().post(
            reverse("vote-entry", args=[contest.code, entry.code]), {"email": address}, follow=True
        )
        # The CSRF token is another one for each visitor.
        return response.status_code, response.redirect_chain, re.sub(rb"[0-9A-Za-z]{64}", b"", response.content)

    ask(entry)
    (link,) = post()
    Client().post(path_of(link))

    voted, fresh = answer(ADDRESS), answer("nguoi.khac@gmail.com")
    for _ in range(5):
        answer(ADDRESS)
    over_the_limit = answer(ADDRESS)

    assert voted == fresh == over_the_limit
    assert voted[0] == 200


def test_a_mailbox_that_has_voted_gets_a_letter_without_a_link(contest, entry):
    ask(entry)
    (link,) = post()
    Client().post(path_of(link))
    mail.outbox.clear()

    ask(entry)

    assert post() == []
    assert "đã bình chọn" in mail.outbox[0].body


def test_the_letter_does_not_name_the_entry(contest, entry):
    ask(entry)
    post()

    assert entry.title not in mail.outbox[0].subject + mail.outbox[0].body
    assert mail.outbox[0].to == [ADDRESS]


# --- the link ---------------------------------------------------------------------------------------------------------
def test_a_link_lasts_a_day(contest, entry, time_machine):
    Contest.objects.filter(pk=contest.pk).update(vote_closes_at=timezone.now() + datetime.timedelta(days=9))
    ask(entry)
    (link,) = post()
    start = timezone.now()

    time_machine.move_to(start + datetime.timedelta(hours=23, minutes=59), tick=False)
    assert Client().get(path_of(link)).status_code == 200
    time_machine.move_to(start + datetime.timedelta(hours=24, minutes=1), tick=False)
    page = Client().post(path_of(link))

    assert page.status_code == 410
    assert votes(contest) == 0


def test_what_nobody_confirmed_is_forgotten_and_what_was_confirmed_stays(contest, entry):
    for address in ("mot@gmail.com", "hai@gmail.com", "ba@gmail.com"):
        ask(entry, address=address)
    first, second, third = PublicVote.objects.order_by("pk")
    now = timezone.now()
    PublicVote.objects.filter(pk=first.pk).update(asked_at=now - datetime.timedelta(hours=25))
    PublicVote.objects.filter(pk=second.pk).update(asked_at=now - datetime.timedelta(hours=23))
    PublicVote.objects.filter(pk=third.pk).update(asked_at=now - datetime.timedelta(hours=30), confirmed_at=now)

    assert forget_unconfirmed(now) == 1

    assert set(PublicVote.objects.all()) == {second, third}


@pytest.mark.parametrize("change", [lambda token: token + "x", lambda token: "x" + token, lambda token: "rác"])
def test_a_link_that_was_changed_is_refused(change, contest, entry):
    token = make_token(contest, entry.code, "0" * 64)

    page = Client().post(reverse("vote-confirm", args=[contest.code, change(token)]))

    assert page.status_code == 410


def test_a_link_of_another_contest_is_refused(province, contest, entry):
    second = with_vote(province, title="Hội thi khác")
    token = make_token(contest, entry.code, "0" * 64)

    with pytest.raises(DomainError):
        read_link(second, token)


def test_a_signed_link_without_a_request_counts_nothing(contest, entry):
    """Nobody can make votes from a signature alone: each needs the row that asking left."""
    with pytest.raises(DomainError):
        confirm_vote(read_link(contest, make_token(contest, entry.code, "0" * 64)), now=timezone.now())


def test_links_hold_no_running_number(contest, entry):
    """Two of them would tell how many were asked for in between."""
    ask(entry)
    (link,) = post()
    data = signing.loads(link.rstrip("/").rpartition("/")[2], salt=LINK_SALT)

    assert data == {"c": contest.code, "e": entry.code, "m": PublicVote.objects.get().mailbox}


@pytest.mark.parametrize("hours", [-2, 23])
def test_nothing_is_asked_or_confirmed_before_or_after(hours, contest, entry):
    now = timezone.now()
    ask(entry)
    (link,) = post()
    moment = now + datetime.timedelta(hours=hours)

    with pytest.raises(DomainError):
        ask(entry, "nguoi.khac@gmail.com", now=moment)
    with pytest.raises(DomainError):
        confirm_vote(read_link(contest, link.rstrip("/").rpartition("/")[2]), now=moment)


def test_an_entry_that_left_or_took_its_consent_back_gets_no_vote(contest, entry, other):
    ask(entry)
    (link,) = post()
    entry.public_consent = False
    entry.save()

    with pytest.raises(DomainError):
        ask(entry, "nguoi.khac@gmail.com")
    assert Client().post(path_of(link)).status_code == 410
    for name, args in (("vote-entry", [contest.code, entry.code]),):
        assert Client().get(reverse(name, args=args)).status_code == 404
    assert "Bài của An" not in Client().get(contest.get_public_url()).content.decode()


# --- limits -----------------------------------------------------------------------------------------------------------
def test_a_mailbox_gets_three_letters_a_day_and_no_more(contest, entry, settings):
    settings.VOTE_MAILS_PER_MAILBOX_DAY = 3
    for spelling in ("nguoidan@gmail.com", "nguoi.dan@gmail.com", "nguoidan+1@gmail.com", "nguoidan+2@gmail.com"):
        ask(entry, spelling)

    post()

    assert len(mail.outbox) == 3


def test_a_source_and_a_contest_have_their_limits(contest, entry, settings):
    settings.VOTE_MAILS_PER_SOURCE_HOUR, settings.VOTE_MAILS_PER_CONTEST_MINUTE = 3, 5
    now = timezone.now()
    for number in range(3):
        ask(entry, f"a{number}@tinh.vn", now=now)

    with pytest.raises(DomainError, match="Từ mạng này"):
        ask(entry, "a9@tinh.vn", now=now)
    for number in range(2):
        ask(entry, f"b{number}@tinh.vn", source="203.0.113.8", now=now)
    with pytest.raises(DomainError, match="rất nhiều người"):
        ask(entry, "b9@tinh.vn", source="203.0.113.8", now=now)

    later = now + datetime.timedelta(minutes=61)
    ask(entry, "a9@tinh.vn", now=later)


def test_a_household_of_ipv6_is_one_source(contest, entry, settings):
    settings.VOTE_MAILS_PER_SOURCE_HOUR = 1
    ask(entry, "a@tinh.vn", source="2001:db8:1:2::1")

    with pytest.raises(DomainError):
        ask(entry, "b@tinh.vn", source="2001:db8:1:2:ffff::9")


@pytest.mark.parametrize(
    "address", ["a@mailinator.com", "a@x.yopmail.com", "không phải thư", "a@b", "+x@gmail.com", ""]
)
def test_addresses_that_are_refused(address, contest, entry):
    page = Client().post(reverse("vote-entry", args=[contest.code, entry.code]), {"email": address})

    assert page.status_code == 200
    assert "Chưa gửi được" in page.content.decode()
    assert not PublicVote.objects.exists()


def test_the_source_is_taken_from_the_proxy_and_cannot_be_chosen(contest, entry, settings):
    settings.VOTE_MAILS_PER_SOURCE_HOUR = 1
    url = reverse("vote-entry", args=[contest.code, entry.code])
    for number, header in enumerate(("1.1.1.1, 203.0.113.7", "2.2.2.2, 203.0.113.7")):
        Client().post(url, {"email": f"a{number}@tinh.vn"}, headers={"X-Forwarded-For": header})

    assert PublicVote.objects.count() == 1


# --- nothing of the address stays -------------------------------------------------------------------------------------
@pytest.mark.parametrize("part", ["nguoi.dan", "nguoidan"])
def test_no_address_is_left_in_the_database_the_trail_or_the_log(part, contest, entry, caplog):
    ask(entry)
    assert hold("nguoi.dan") == ["core.job"]  # owed: only until the letter is sent
    (link,) = post()
    Client().post(path_of(link))

    assert hold(part) == []
    assert hold("203.0.113.7") == []
    assert part not in caplog.text.lower()
    assert Job.objects.get(kind=MAIL_JOB).params == {}
    assert len(PublicVote.objects.get().mailbox) == 64


def test_digests_of_two_contests_cannot_be_compared(province, contest, entry):
    second = with_vote(province, title="Hội thi khác")
    twin = entered(second, province.editor, province.commune, public_consent=True)

    ask(entry)
    ask(twin)

    assert len(set(PublicVote.objects.values_list("mailbox", flat=True))) == 2
    assert len(set(PublicVote.objects.values_list("origin", flat=True))) == 2


def raising(error):
    def send(self, fail_silently=False):
        raise error

    return send


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError("down"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPAuthenticationError(535, b"no"),
        smtplib.SMTPRecipientsRefused({ADDRESS: (450, b"greylisted")}),
    ],
)
def test_a_mail_server_that_is_away_loses_nothing(error, contest, entry, monkeypatch, caplog):
    """However often it is tried: the job waits, and loses no attempt."""
    ask(entry)
    monkeypatch.setattr(EmailMessage, "send", raising(error))
    for _ in range(8):
        Job.objects.filter(kind=MAIL_JOB).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
        jobs.sweep()
        post_state = Job.objects.get(kind=MAIL_JOB)
        if post_state.state == Job.State.QUEUED:
            jobs.run(post_state.pk)
    assert ADDRESS.lower() not in caplog.text.lower()

    monkeypatch.undo()
    Job.objects.filter(kind=MAIL_JOB).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))
    jobs.sweep()

    assert len(mail.outbox) == 1
    assert Job.objects.get(kind=MAIL_JOB).state == Job.State.DONE
    assert hold("nguoi.dan") == []


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({ADDRESS: (550, f"no {ADDRESS}".encode())}),
        ValueError(ADDRESS),
        RuntimeError(ADDRESS),
    ],
)
def test_an_address_that_is_refused_is_forgotten_too(error, contest, entry, monkeypatch):
    """Even when something unforeseen breaks five times."""
    ask(entry)
    monkeypatch.setattr(EmailMessage, "send", raising(error))
    pk = Job.objects.get(kind=MAIL_JOB).pk
    for _ in range(6):
        Job.objects.filter(pk=pk, state=Job.State.RUNNING).update(
            lease_until=timezone.now() - datetime.timedelta(seconds=1)
        )
        jobs.run(pk)

    assert Job.objects.get(pk=pk).state in (Job.State.DONE, Job.State.FAILED)
    assert hold("nguoi.dan") == []


def test_letters_that_wait_beyond_the_end_are_dropped_with_their_addresses(contest, entry):
    ask(entry)
    Contest.objects.filter(pk=contest.pk).update(vote_closes_at=timezone.now())

    post()

    assert mail.outbox == []
    assert hold("nguoi.dan") == []


# --- the seal ---------------------------------------------------------------------------------------------------------
COUNTED = 4719  # a number that stands nowhere else


@pytest.fixture
def counted(contest, entry, other):
    """Many votes for An's entry, none for Bình's."""
    now = timezone.now()
    PublicVote.objects.bulk_create(
        PublicVote(contest=contest, entry=entry, mailbox=f"{n:064x}", origin="x", asked_at=now, confirmed_at=now)
        for n in range(COUNTED)
    )
    return contest


def shown(count=COUNTED):
    return (str(count), f"{count:,}".replace(",", "."))


def test_nobody_is_told_the_counts_before_the_vote_closes_and_everybody_after(counted, entry, other):
    before = counted.vote_closes_at - datetime.timedelta(seconds=1)

    assert tally(counted, now=before) is None
    assert tally(counted, now=counted.vote_closes_at) == {entry.pk: COUNTED, other.pk: 0}


def test_no_page_shows_a_count_before_the_vote_closes(counted, entry, province, sign_in):
    paths = [
        counted.get_public_url(), reverse("vote-entry", args=[counted.code, entry.code]), counted.get_absolute_url(),
        entry.get_absolute_url(), reverse("contest-entry-list", args=[counted.pk]), reverse("contest-list"),
        reverse("audit-list"), reverse("admin:index"), reverse("admin:core_job_changelist"), reverse("home"),
    ]  # fmt: skip
    for user in (*province.everybody().values(), None):
        client = sign_in(user) if user else Client()
        for path in paths:
            text = client.get(path).content.decode()
            assert not any(form in text for form in shown()), (user, path)


def test_after_the_vote_the_counts_stand_on_the_public_page(counted, entry):
    Contest.objects.filter(pk=counted.pk).update(vote_closes_at=timezone.now())

    text = Client().get(counted.get_public_url()).content.decode()

    assert shown()[1] in text
    assert "không cộng vào điểm của ban giám khảo" in text


def test_the_administration_lists_no_letter_shows_no_parameters_and_knows_no_votes(contest, entry, province, sign_in):
    ask(entry)
    job = Job.objects.get(kind=MAIL_JOB)
    client = sign_in(province.admin)

    assert f"/core/job/{job.pk}/" not in client.get(reverse("admin:core_job_changelist")).content.decode()
    assert client.get(reverse("admin:core_job_change", args=[job.pk])).status_code == 302
    assert (
        "nguoi.dan"
        not in client.get(reverse("admin:core_job_change", args=[job.pk]), follow=True).content.decode().lower()
    )
    assert not {PublicVote, EntryScore} & admin.site._registry.keys()


def test_a_contest_that_is_no_public_vote_or_not_announced_has_no_page(province):
    draft = drafted(province, public_vote=True, vote_opens_at=timezone.now(), vote_closes_at=timezone.now() + datetime.timedelta(1))  # fmt: skip
    without = drafted(province)

    for row in (draft, without):
        assert Client().get(reverse("vote", args=[row.code])).status_code == 404
    assert Client().get(reverse("vote", args=["KHONGCO"])).status_code == 404


def test_pages_of_the_vote_show_only_entries_that_agreed(province, contest, entry):
    entered(contest, province.editor, province.commune, "Bài-kín-1", public_consent=False)
    gone = entered(contest, province.editor, province.commune, "Bài-rút-2", public_consent=True)
    gone.status, gone.end_note = "withdrawn", "x"
    gone.save()

    text = Client().get(contest.get_public_url()).content.decode()

    assert entry.title in text
    assert "Bài-kín-1" not in text
    assert "Bài-rút-2" not in text


@pytest.mark.parametrize("count", [1, 100])
def test_the_public_page_costs_the_same_for_one_entry_or_a_hundred(count, province, django_assert_num_queries):
    contest = with_vote(province, max_entries=200)
    for number in range(count):
        entered(contest, province.editor, province.commune, f"Bài {number}", public_consent=True)
    path = contest.get_public_url()

    with django_assert_num_queries(2):
        Client().get(path)
