"""The people's vote: one confirmed mailbox, one vote; sealed from everybody until it closes.

Nothing of a vote goes into the audit trail, and no address is kept: only a keyed digest of the mailbox, different in each
contest. ``tally`` is the one door to the counts, and it stays shut until ``vote_closes_at``.
"""

import datetime
import logging
import secrets
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from dvk_portal.core import jobs
from dvk_portal.core.exceptions import DomainError
from pledges.models import Contest, ContestEntry, PublicVote
from pledges.services.contests.mailbox import MailboxError, is_disposable, normal_mailbox, source_key

logger = logging.getLogger(__name__)

MAIL_JOB = "contest_vote_mail"
LINK_SALT = "pledges.contests.vote-link"
HOUR, DAY, MINUTE = datetime.timedelta(hours=1), datetime.timedelta(days=1), datetime.timedelta(minutes=1)
_CLOSED = "Lúc này không bình chọn được: bình chọn chưa mở hoặc đã đóng."
_BAD_LINK = "Liên kết không đúng hoặc đã hết hạn. Hãy bình chọn lại để nhận thư mới."


@dataclass(frozen=True)
class VoteLink:
    """What the link of a confirmation mail says: which vote of which mailbox (its digest)."""

    contest: Contest
    entry: ContestEntry
    mailbox: str


def digest(contest: Contest, kind: str, text: str) -> str:
    """A keyed digest that cannot be turned back, nor compared between contests."""
    return salted_hmac(f"pledges.contests.{kind}.{contest.pk}", text, algorithm="sha256").hexdigest()


# --- asking -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_for_vote(entry: ContestEntry, *, address: str, source: str, now: datetime.datetime) -> None:
    """Owe a confirmation mail to ``address``. What happens is the same whether that mailbox has voted or not.

    Raises DomainError with a sentence: vote closed, address refused, too many requests from the source or altogether. Too
    many letters to one mailbox raise nothing: that would tell a stranger something about the mailbox.
    """
    contest = Contest.objects.select_for_update(of=("self",)).get(pk=entry.contest_id)
    if not contest.votes_on(now) or not contest.entries.listed().filter(pk=entry.pk).exists():
        raise DomainError(_CLOSED)
    try:
        plain = normal_mailbox(address)
    except MailboxError as error:
        raise DomainError(str(error)) from error
    if is_disposable(plain, settings.VOTE_DISPOSABLE_DOMAINS):
        raise DomainError("Hộp thư dùng một lần không bình chọn được. Hãy dùng hộp thư thường dùng của bạn.")
    mailbox, origin = digest(contest, "mailbox", plain), digest(contest, "source", source_key(source))
    _check_limits(contest, origin, now)
    asked = PublicVote.objects.filter(contest=contest, mailbox=mailbox, asked_at__gt=now - DAY).count()
    if asked >= settings.VOTE_MAILS_PER_MAILBOX_DAY:
        return
    PublicVote.objects.create(contest=contest, entry=entry, mailbox=mailbox, origin=origin, asked_at=now)
    params = {"to": address.strip(), "contest": contest.pk, "entry": entry.pk, "mailbox": mailbox}
    jobs.queue(MAIL_JOB, secrets.token_hex(16), params=params)


def _check_limits(contest: Contest, origin: str, now: datetime.datetime) -> None:
    votes = PublicVote.objects.filter(contest=contest)
    if votes.filter(origin=origin, asked_at__gt=now - HOUR).count() >= settings.VOTE_MAILS_PER_SOURCE_HOUR:
        raise DomainError("Từ mạng này đã có quá nhiều lượt bình chọn trong một giờ. Hãy thử lại sau.")
    # The newest rows alone: a vote of many thousands is not counted through for each new one.
    most = settings.VOTE_MAILS_PER_CONTEST_MINUTE
    recent = votes.order_by("-pk").values_list("asked_at", flat=True)[:most]
    if len(recent) >= most and min(recent) > now - MINUTE:
        raise DomainError("Đang có rất nhiều người bình chọn. Hãy thử lại sau một phút.")


# --- the letter ---------------------------------------------------------------------------------------------------------
@jobs.handler(MAIL_JOB, private=True)
def send_confirmation(progress: jobs.Progress) -> str:
    """Send one letter. The job is private: with its end the address is gone from the database (core/jobs.py)."""
    params = progress.params
    contest = Contest.objects.get(pk=params["contest"])
    if not contest.votes_on(timezone.now()):
        return "Bình chọn đã đóng, không gửi nữa."
    voted = PublicVote.objects.filter(contest=contest, mailbox=params["mailbox"], confirmed_at__isnull=False).exists()
    code = ContestEntry.objects.values_list("code", flat=True).get(pk=params["entry"])
    link = settings.SITE_URL + reverse(
        "vote-confirm", args=[contest.code, make_token(contest, code, params["mailbox"])]
    )
    context = {"contest": contest, "link": link, "voted": voted, "hours": settings.VOTE_LINK_HOURS}
    server = get_connection()
    letter = EmailMessage(
        subject=" ".join(f"Xác nhận bình chọn: {contest.title}".split())[:200],
        body=render_to_string("notifications/vote_confirmation.txt", context).strip(),
        to=[params["to"]],
        connection=server,
    )
    return _deliver(letter, server)


def _deliver(letter: EmailMessage, server: Any) -> str:
    """Send, or wait for the server. No message of the server is kept or logged: it may hold the address."""
    refused = "Máy chủ thư từ chối địa chỉ này."
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _ in error.recipients.values()):
            return refused
        raise jobs.NotNowError from None
    except (smtplib.SMTPNotSupportedError, ValueError):
        return refused
    except OSError as error:  # smtplib's other errors too
        logger.warning("Mail server away: %s", type(error).__name__)
        raise jobs.NotNowError from None
    finally:
        server.close()
    return "Đã gửi."


# --- the link -----------------------------------------------------------------------------------------------------------
def make_token(contest: Contest, entry_code: str, mailbox: str) -> str:
    """Signed and dated. It holds no running number: two of them do not tell how many were asked for in between."""
    return signing.dumps({"c": contest.code, "e": entry_code, "m": mailbox}, salt=LINK_SALT)


def read_link(contest: Contest, token: str) -> VoteLink:
    """Raises DomainError when the link is not ours, too old, of another contest or of an entry that is no longer there."""
    try:
        data: Mapping[str, str] = signing.loads(token, salt=LINK_SALT, max_age=HOUR * settings.VOTE_LINK_HOURS)
    except signing.BadSignature as error:
        raise DomainError(_BAD_LINK) from error
    entry = contest.entries.listed().select_related("unit", "field").filter(code=data["e"]).first()
    if data["c"] != contest.code or entry is None:
        raise DomainError(_BAD_LINK)
    return VoteLink(contest, entry, data["m"])


def confirm_vote(link: VoteLink, *, now: datetime.datetime) -> bool:
    """Count the vote. True: the mailbox's vote is for this entry (now or before); False: it had voted for another."""
    if not link.contest.votes_on(now):
        raise DomainError(_CLOSED)
    asked = PublicVote.objects.filter(contest=link.contest, mailbox=link.mailbox)
    before = asked.filter(confirmed_at__isnull=False).first()
    if before is None:
        mine = asked.filter(entry=link.entry).order_by("-pk").first()
        if mine is None:
            raise DomainError(_BAD_LINK)
        try:
            with transaction.atomic():
                PublicVote.objects.filter(pk=mine.pk, confirmed_at=None).update(confirmed_at=now)
            return True
        except IntegrityError:  # another link of this mailbox was confirmed in the same instant
            before = asked.get(confirmed_at__isnull=False)
    return before.entry_id == link.entry.pk


def forget_unconfirmed(now: datetime.datetime) -> int:
    """Take away what nobody confirmed in time: no link opens it any more, no limit counts it. Returns how many."""
    since = now - max(HOUR * settings.VOTE_LINK_HOURS, DAY)
    return PublicVote.objects.filter(confirmed_at=None, asked_at__lt=since).delete()[0]


# --- the counts ---------------------------------------------------------------------------------------------------------
def tally(contest: Contest, *, now: datetime.datetime) -> dict[int, int] | None:
    """Votes by entry, zeros included; None for everybody, whatever his office, until the vote has closed."""
    if not contest.vote_is_over(now):
        return None
    found = dict.fromkeys(contest.entries.listed().values_list("pk", flat=True), 0)
    votes = PublicVote.objects.filter(contest=contest, confirmed_at__isnull=False, entry__in=found)
    found.update(votes.order_by().values_list("entry").annotate(n=Count("pk")))
    return found
