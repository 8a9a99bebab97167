"""Opening, extending and closing a publication for comment. Its list is frozen when it opens (R-38)."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from awards.models import AwardCycle, CyclePhase, Nomination, Publication, PublicationComment
from awards.services.cycles.publicity import closing_day, least_days
from dvk_portal.core import audit
from dvk_portal.core.documents.freezing import new_code
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.working_days import province_calendar

_N = Nomination.Status
# Complete dossiers that the council has not judged yet.
PUBLISHABLE = (_N.COMPLETE, _N.TO_CHECK, _N.ELIGIBLE)
MOST_DAYS = 60
_Y = AwardCycle.Status


def to_publish(cycle: AwardCycle) -> QuerySet[Nomination]:
    """Dossiers that a list may show, the higher awards first; those of an open list are not offered again."""
    open_lists = cycle.publications.filter(closed_at=None).values_list("snapshot", flat=True)
    shown = {line["nomination"] for snapshot in open_lists for line in snapshot}
    rows = cycle.nominations.filter(status__in=PUBLISHABLE).exclude(pk__in=shown)
    return rows.select_related("award_type").order_by(
        "-award_type__level", "award_type__code", "unit_name", "name", "pk"
    )


@transaction.atomic
def open_publication(
    cycle: AwardCycle, nominations: Iterable[int], *, actor: Any, opened_on: datetime.date, working_days: int,
    contact_mail: str, contact_phone: str, today: datetime.date,
) -> Publication:  # fmt: skip
    """Make the list of these nominations (ids) public from ``opened_on`` for so many full working days."""
    locked = AwardCycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    if not actor.has_perm("award.open", locked):
        raise PermissionDenied
    rows = list(to_publish(locked).filter(pk__in=list(nominations)))
    if findings := _faults_of_opening(locked, rows, opened_on, working_days, contact_mail or contact_phone, today):
        raise DomainError("Chưa công khai được danh sách.", findings)
    publication = Publication.objects.create(
        cycle=locked,
        code=new_code(),
        opened_on=opened_on,
        working_days=working_days,
        closes_on=closing_day(opened_on, working_days, province_calendar()),
        contact_mail=contact_mail.strip(),
        contact_phone=contact_phone.strip(),
        snapshot=[_line(row) for row in rows],
        opened_by=actor,
    )
    changes = {"opened_on": [None, opened_on], "closes_on": [None, publication.closes_on], "lines": [None, len(rows)]}
    audit.record(publication, "publication_open", actor=actor, changes=changes)
    return publication


def _line(row: Nomination) -> dict[str, Any]:
    """What the public may read of a candidate; nothing else of a person goes in here (R-39)."""
    return {
        "nomination": row.pk,
        "award": row.award_type.name,
        "name": row.name,
        "post": row.post,
        "unit": row.unit_name,
    }


def _faults_of_opening(
    cycle: AwardCycle, rows: list[Nomination], opened_on: datetime.date, working_days: int, contact: str, today: datetime.date
) -> list[str]:  # fmt: skip
    found = []
    if cycle.status not in (_Y.NOMINATING, _Y.REVIEWING, _Y.VOTING):
        found.append(f"Đợt đang ở bước “{cycle.get_status_display()}” nên không công khai lấy ý kiến.")
    if not rows:
        found.append("Hãy chọn ít nhất một đề nghị đã đủ hồ sơ và chưa công khai.")
    if opened_on < today:
        found.append("Ngày bắt đầu công khai không được ở trong quá khứ.")
    elif (opened_on - today).days > MOST_DAYS:
        found.append(f"Ngày bắt đầu công khai phải trong {MOST_DAYS} ngày tới.")
    least = least_days(cycle, opened_on)
    if working_days < least:
        found.append(f"Theo quy định phải công khai ít nhất {least} ngày làm việc. Hãy ghi {least} trở lên.")
    if not 1 <= working_days <= MOST_DAYS:
        found.append(f"Số ngày làm việc phải từ 1 đến {MOST_DAYS}.")
    if not contact.strip():
        found.append("Hãy ghi thư điện tử hoặc điện thoại nhận ý kiến.")
    return found


# --- while it is open ---------------------------------------------------------------------------------------------------
def lock_publication(publication: Publication, actor: Any) -> Publication:
    """The publication as it stands, locked; for those who manage its cycle."""
    rows = Publication.objects.select_for_update(of=("self",)).select_related("cycle__owner")
    locked = rows.get(pk=publication.pk)
    if not actor.has_perm("award.manage", locked):
        raise PermissionDenied
    return locked


@transaction.atomic
def extend_publication(publication: Publication, *, actor: Any, until: datetime.date, note: str) -> Publication:
    """Take comments up to a later day; the window only ever grows."""
    locked = lock_publication(publication, actor)
    if locked.closed_at is not None:
        raise DomainError("Đã kết thúc công khai nên không gia hạn được. Hãy mở một danh sách công khai mới.")
    if until <= locked.closes_on:
        raise DomainError(f"Ngày mới phải sau ngày {locked.closes_on:%d/%m/%Y}.")
    if (until - locked.opened_on).days > 2 * MOST_DAYS:
        raise DomainError(f"Không gia hạn quá {2 * MOST_DAYS} ngày kể từ ngày bắt đầu công khai.")
    if not note.strip():
        raise DomainError("Hãy ghi lý do gia hạn.")
    old, locked.closes_on = locked.closes_on, until
    locked.save(update_fields=["closes_on"])
    audit.record(
        locked, "publication_extend", actor=actor, changes={"closes_on": [old, until]}, note=note.strip()
    )  # fmt: skip
    return locked


def blockers_to_close(publication: Publication, today: datetime.date) -> list[str]:
    """What is missing before the list may be closed: its window, and an answer to every comment."""
    found = []
    if today <= publication.closes_on:
        found.append(f"Còn trong thời gian nhận ý kiến, đến hết ngày {publication.closes_on:%d/%m/%Y}.")
    if waiting := publication.comments.filter(state=PublicationComment.State.OPEN).count():
        found.append(f"Còn {waiting} ý kiến chưa xử lý. Hãy ghi kết quả, hoặc ghi là đang xác minh.")
    return found


@transaction.atomic
def close_publication(publication: Publication, *, actor: Any, summary: str, today: datetime.date) -> Publication:
    """End it with the summary that the council hears; the public page is gone from here on."""
    locked = lock_publication(publication, actor)
    if locked.closed_at is not None:
        raise DomainError("Danh sách này đã kết thúc công khai.")
    missing = blockers_to_close(locked, today)
    if not summary.strip():
        missing.append("Hãy ghi tổng hợp ý kiến để báo cáo hội đồng; không có ý kiến nào cũng ghi rõ như vậy.")
    if missing:
        raise DomainError("Chưa thể kết thúc công khai.", missing)
    locked.summary, locked.closed_at, locked.closed_by = summary.strip(), timezone.now(), actor
    locked.save(update_fields=["summary", "closed_at", "closed_by"])
    audit.record(locked, "publication_close", actor=actor, note=summary.strip())
    return locked


def planned_opening(cycle: AwardCycle, today: datetime.date) -> datetime.date:
    """The day that the calendar of the cycle plans for it, if it is not past; else today."""
    phase = next((row for row in cycle.phases.all() if row.stage == CyclePhase.Stage.PUBLICATION), None)
    return max(phase.opens_on, today) if phase else today
