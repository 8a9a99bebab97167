"""Messages to people: a class says what, ``notify`` leaves the rows, a task sends the mail after commit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone

from dvk_portal.core.dispatch import later
from dvk_portal.core.models import Notification

MAX_MAIL_ATTEMPTS = 12


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
                title=message.title[:200],
                body=body,
                url=message.url,
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
    """Send what is owed. A row is claimed before sending, so two workers never send it twice. Returns how many went out."""
    now = timezone.now()
    stale = now - timedelta(minutes=5)
    sent = 0
    free = Q(mail_claimed_at=None) | Q(mail_claimed_at__lt=stale)
    for pk in list(Notification.objects.mail_owed().filter(free).values_list("pk", flat=True)[:limit]):
        claimed = Notification.objects.mail_owed().filter(free, pk=pk).update(mail_claimed_at=now)
        if claimed:
            sent += _send(Notification.objects.select_related("recipient").get(pk=pk))
    return sent


def _send(row: Notification) -> int:
    letter = EmailMessage(
        subject=row.title,
        body=f"{row.body}\n\nMở trong cổng: {settings.SITE_URL}{row.url}\n",
        to=[row.recipient.email],
        headers={"Message-ID": f"<dvk-{row.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"},
    )
    try:
        letter.send()
    except OSError as error:  # smtplib's errors are OSErrors: the server is away or refuses; the sweep tries again
        gave_up = row.mail_attempts + 1 >= MAX_MAIL_ATTEMPTS
        Notification.objects.filter(pk=row.pk).update(
            mail_attempts=F("mail_attempts") + 1,
            mail_error=str(error)[:200],
            mail_state=Notification.MailState.FAILED if gave_up else Notification.MailState.OWED,
            mail_claimed_at=None,
        )
        return 0
    Notification.objects.filter(pk=row.pk).update(mail_state=Notification.MailState.SENT, mail_error="")
    return 1
