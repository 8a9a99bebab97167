"""Comments on a published list: from anybody by the web page, by letter and phone through the staff; private (R-39).

The audit trail says that one came and what became of it, never its words or its sender: the trail is read by others than
those who handle comments. No address of a visitor is kept.
"""

import datetime
import hashlib
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from awards.models import Nomination, Publication, PublicationComment
from awards.notifications.cycles import CommentReceived
from awards.services.cycles.publications import lock_publication
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from pledges.services.contests.mailbox import source_key
from units import access
from units.models import Membership, Unit, User

_C = PublicationComment
# These only keep a machine from writing all day: an office behind one address has room.
MOST_PER_SOURCE, SOURCE_SECONDS = 5, 3600
MOST_PER_LIST, LIST_SECONDS = 60, 600


# --- from the public ----------------------------------------------------------------------------------------------------
@transaction.atomic
def receive_comment(
    publication: Publication, *, about: int | None, sender: str, contact: str, text: str, source: str, today: datetime.date
) -> PublicationComment:  # fmt: skip
    """Keep what somebody wrote on the public page. Raises DomainError: closed meanwhile, or too many from one place."""
    locked = Publication.objects.select_for_update(of=("self",)).select_related("cycle__owner").get(pk=publication.pk)
    if locked.closed_at is not None or locked.opened_on > today:
        raise DomainError("Danh sách này không còn nhận ý kiến trên trang công khai.")
    _count(f"publication-comments:{locked.pk}:{_digest(source_key(source))}", MOST_PER_SOURCE, SOURCE_SECONDS)
    _count(f"publication-comments:{locked.pk}", MOST_PER_LIST, LIST_SECONDS)
    comment = _keep(locked, about, _C.Channel.WEB, sender, contact, text, today, received_at=None)
    audit.record(locked, "comment_receive", actor=None, changes={"channel": [None, comment.get_channel_display()]})
    notify(CommentReceived.about(locked, today), people_who_handle(locked.cycle.owner))
    return comment


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _count(key: str, most: int, seconds: int) -> None:
    """One more under ``key``; more than ``most`` in the window is refused."""
    cache.add(key, 0, seconds)
    try:
        number = cache.incr(key)
    except ValueError:  # it expired in this instant
        cache.add(key, 1, seconds)
        number = 1
    if number > most:
        raise DomainError(
            "Đã có nhiều ý kiến gửi từ mạng này hoặc cho danh sách này. Hãy thử lại sau ít phút, hoặc gửi thư."
        )


def people_who_handle(owner: Unit) -> list[User]:
    """Active people who manage the awards of ``owner``. One query."""
    rows = Membership.objects.current().filter(role__in=access.matrix()["award.manage"], user__is_active=True)
    held = rows.select_related("user", "unit__kind", "unit__parent__kind", "unit__parent__parent__kind")
    found = {row.user_id: row.user for row in held if owner.path.startswith(access.base_unit(row.unit).path)}
    return list(found.values())


# --- by the staff -------------------------------------------------------------------------------------------------------
@transaction.atomic
def enter_comment(
    publication: Publication, *, actor: Any, about: int | None, channel: str, sender: str, contact: str, text: str,
    received_on: datetime.date, today: datetime.date,
) -> PublicationComment:  # fmt: skip
    """A comment that came by letter or by phone; one that came after the window is marked, and still kept."""
    locked = lock_publication(publication, actor)
    if channel not in (_C.Channel.MAIL, _C.Channel.PHONE):
        raise DomainError("Hãy chọn thư hoặc điện thoại.")
    if not locked.opened_on <= received_on <= today:
        raise DomainError(f"Ngày nhận phải từ ngày công khai {locked.opened_on:%d/%m/%Y} đến hôm nay.")
    comment = _keep(locked, about, channel, sender, contact, text, received_on, received_at=received_on)
    audit.record(locked, "comment_enter", actor=actor, changes={"channel": [None, comment.get_channel_display()]})
    return comment


def _keep(
    publication: Publication, about: int | None, channel: str, sender: str, contact: str, text: str, day: datetime.date,
    *, received_at: datetime.date | None,
) -> PublicationComment:  # fmt: skip
    if not text.strip():
        raise DomainError("Hãy viết nội dung ý kiến.")
    if about is not None and about not in {line["nomination"] for line in publication.snapshot}:
        raise DomainError("Hãy chọn một đề nghị trong danh sách, hoặc để trống nếu ý kiến nói chung.")
    comment = _C.objects.create(
        publication=publication,
        nomination=Nomination.objects.get(pk=about) if about is not None else None,
        channel=channel,
        sender=sender.strip(),
        contact=contact.strip(),
        text=text.strip(),
        is_late=day > publication.closes_on,
    )
    if received_at is not None and received_at != timezone.localdate(comment.received_at):
        noon = timezone.make_aware(datetime.datetime.combine(received_at, datetime.time(12)))
        _C.objects.filter(pk=comment.pk).update(received_at=noon)
        comment.received_at = noon
    return comment


@transaction.atomic
def handle_comment(comment: PublicationComment, *, actor: Any, state: str, result: str) -> PublicationComment:
    """Write down what came of it: under way, done, or not considered; the last two with a result."""
    lock_publication(comment.publication, actor)
    locked = _C.objects.select_for_update(of=("self",)).select_related("publication").get(pk=comment.pk)
    if state not in (_C.State.IN_PROGRESS, _C.State.DONE, _C.State.DROPPED):
        raise DomainError("Hãy chọn kết quả xử lý.")
    if state != _C.State.IN_PROGRESS and not result.strip():
        raise DomainError("Hãy ghi kết quả xử lý; hội đồng được báo cáo kết quả này.")
    old, locked.state, locked.result = locked.state, state, result.strip()
    locked.handled_at, locked.handled_by = timezone.now(), actor
    locked.save(update_fields=["state", "result", "handled_at", "handled_by"])
    words = dict(_C.State.choices)
    audit.record(locked.publication, "comment_handle", actor=actor, changes={"comment": [words[old], words[state]]})
    return locked
