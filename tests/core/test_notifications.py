import socket
from dataclasses import dataclass

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.core import mail
from django.utils import timezone

from dvk_portal.core import notifications
from dvk_portal.core.models import Notification
from dvk_portal.core.notifications import Message, notify, send_owed_mail
from tests import factories as f

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Note(Message):
    kind = "note"

    def body(self):
        return "Nội dung có dấu: thẩm định"


def note(key="a", title="Việc mới"):
    return Note(key=key, title=title, url="/hop-thu/")


class Box:
    def __init__(self):
        self.letters, self.refuse = [], False

    async def handle_DATA(self, server, session, envelope):
        if self.refuse:
            return "451 4.7.1 Try again later"
        self.letters.append(envelope)
        return "250 OK"


class PlainController(Controller):
    def factory(self):
        return SMTP(self.handler, ident="thu")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def smtp(settings):
    """A real mail server that a test starts and stops: ``smtp.start()``, ``smtp.stop()``."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 2
    box = Box()
    controller = PlainController(box, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.box = box
    yield controller
    if controller._thread is not None:
        controller.stop()


def test_the_same_message_reaches_a_person_once():
    person = f.UserFactory()

    assert [notify(note(), [person, person]), notify(note(), [person])] == [1, 0]

    assert person.notifications.count() == 1


def test_the_inactive_and_those_without_address_get_no_mail():
    gone, silent = f.UserFactory(is_active=False), f.UserFactory(email="")

    notify(note(), [gone, silent])

    row = Notification.objects.get()
    assert (row.recipient, row.mail_state) == (silent, Notification.MailState.NONE)


def test_a_line_break_in_a_title_cannot_stop_the_mail():
    notify(note(title="Việc mới\nBcc: ai@do.example"), [f.UserFactory()])

    assert send_owed_mail() == 1
    assert mail.outbox[0].subject == "Việc mới Bcc: ai@do.example"


def test_mail_waits_while_the_server_is_away_and_goes_out_once_when_it_is_back(smtp):
    people = [f.UserFactory(), f.UserFactory()]
    notify(note(), people)

    for _ in range(notifications.MAX_MAIL_ATTEMPTS + 5):
        assert send_owed_mail() == 0
    smtp.start()

    assert [send_owed_mail(), send_owed_mail()] == [2, 0]
    assert sorted(letter.rcpt_tos[0] for letter in smtp.box.letters) == sorted(person.email for person in people)


def test_a_refused_letter_is_tried_again_later_and_given_up_in_the_end(smtp):
    notify(note(), [f.UserFactory()])
    smtp.box.refuse = True
    smtp.start()
    start = timezone.now()

    assert [send_owed_mail(), send_owed_mail()] == [0, 0]
    row = Notification.objects.get()
    assert (row.mail_attempts, row.mail_state) == (1, Notification.MailState.OWED)
    for attempt in range(1, notifications.MAX_MAIL_ATTEMPTS):
        with time_machine.travel(start + attempt * 2 * notifications.RETRY_AFTER, tick=False):
            send_owed_mail()

    row.refresh_from_db()
    assert (row.mail_attempts, row.mail_state) == (notifications.MAX_MAIL_ATTEMPTS, Notification.MailState.FAILED)
    assert "4.7.1" in row.mail_error


def test_one_bad_address_does_not_hold_up_the_letters_behind_it(smtp):
    bad, good = f.UserFactory(email="a@b\nBcc: x@y.example"), f.UserFactory()
    notify(note(), [bad, good])
    smtp.start()

    send_owed_mail()

    states = dict(Notification.objects.values_list("recipient__username", "mail_state"))
    assert states == {bad.username: "failed", good.username: "sent"}


def test_a_letter_that_another_worker_has_claimed_is_left_to_it():
    notify(note(), [f.UserFactory()])
    Notification.objects.update(mail_claimed_at=timezone.now())

    assert send_owed_mail() == 0


def test_a_letter_whose_worker_was_killed_goes_out_after_a_while():
    notify(note(), [f.UserFactory()])
    Notification.objects.update(mail_claimed_at=timezone.now() - notifications.RETRY_AFTER * 2)

    assert send_owed_mail() == 1


def test_nobody_who_left_meanwhile_gets_the_letter():
    person = f.UserFactory()
    notify(note(), [person])
    person.is_active = False
    person.save()

    assert send_owed_mail() == 0
    assert Notification.objects.get().mail_state == Notification.MailState.NONE
