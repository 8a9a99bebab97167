"""Messages to people: a class says what, ``notify`` leaves the rows, a task sends the mail after commit."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone

from dvk_portal.core.dispatch import later
from dvk_portal.core.models import Notification

logger = logging.getLogger(__name__)

MAX_MAIL_ATTEMPTS = 12
# After a refusal, and after a worker was killed between claiming and sending.
RETRY_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Message:
    """Base of every message. ``key`` makes it unique per person: the same key never reaches somebody twice.

    A subclass sets ``kind`` and has a template ``notifications/<kind>.txt`` that is given ``message``.
    """

    kind: ClassVar[str]
    by_mail: ClassVar[bool] = True

    key: str
    title: str
    url: str

    def body(self) -> str:
        return render_to_string(f"notifications/{self.kind}.txt", {"message": self}).strip()


def notify(message: Message, recipients: Iterable[Any]) -> int:
    """Leave ``message`` in the inbox of each active recipient; mail follows after commit. Returns how many are new."""
    people = {person.pk: person for person in recipients if person.is_active}
    if not people:
        return 0
    already = set(
        Notification.objects.filter(recipient__in=people, key=message.key).values_list("recipient_id", flat=True)
    )
    body = message.body()
    rows = Notification.objects.bulk_create(
        [
            Notification(
                recipient=person,
                kind=message.kind,
                key=message.key,
                # A title is one line: a line break in it could not become the subject of a letter.
                title=" ".join(message.title.split())[:200],
                body=body,
                url=message.url,
                created_at=timezone.now(),
                mail_state=Notification.MailState.OWED
                if message.by_mail and person.email
                else Notification.MailState.NONE,
            )
            for pk, person in people.items()
            if pk not in already
        ],
        ignore_conflicts=True,
    )
    if rows:
        later("core.send_owed_mail")
    return len(rows)


def send_owed_mail(limit: int = 500) -> int:
    """Send what is owed. A row is claimed before sending, so two workers never send it twice. Returns how many went out.

    A server that cannot be reached costs no attempt: everything waits for the next sweep, however long it is away. A letter
    that the server refuses is tried again every few minutes, twelve times.
    """
    now = timezone.now()
    free = Q(mail_claimed_at=None) | Q(mail_claimed_at__lt=now - RETRY_AFTER)
    waiting = list(Notification.objects.mail_owed().filter(free).order_by("id").values_list("pk", flat=True)[:limit])
    if not waiting:
        return 0
    server = get_connection()
    sent = 0
    for pk in waiting:
        try:
            server.open()
        except OSError as error:
            logger.warning("Mail server away: %s", error)
            return sent
        if Notification.objects.mail_owed().filter(free, pk=pk).update(mail_claimed_at=now):
            sent += _send(Notification.objects.select_related("recipient").get(pk=pk), server)
    server.close()
    return sent


def _send(row: Notification, server: Any) -> int:
    mine = Notification.objects.filter(pk=row.pk)
    if not (row.recipient.is_active and row.recipient.email):
        mine.update(mail_state=Notification.MailState.NONE)
        return 0
    letter = EmailMessage(
        subject=row.title,
        body=f"{row.body}\n\nMở trong cổng: {settings.SITE_URL}{row.url}\n",
        to=[row.recipient.email],
        headers={"Message-ID": f"<dvk-{row.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"},
        connection=server,
    )
    try:
        letter.send()
    except SMTPServerDisconnected as error:  # the server left in between: not the letter's fault
        server.close()
        mine.update(mail_error=str(error)[:200])
        return 0
    except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; an address that is none is a ValueError
        server.close()
        gave_up = isinstance(error, ValueError) or row.mail_attempts + 1 >= MAX_MAIL_ATTEMPTS
        mine.update(
            mail_attempts=F("mail_attempts") + 1,
            mail_error=str(error)[:200],
            mail_state=Notification.MailState.FAILED if gave_up else Notification.MailState.OWED,
        )
        return 0
    mine.update(mail_state=Notification.MailState.SENT, mail_error="")
    return 1
