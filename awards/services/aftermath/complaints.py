"""Complaints about awards, nominations, votes: clocks with the rule that made each day, a hold until concluded (R-51, R-96).

Read and handled by holders of award.complaint only; nothing of them reaches the unit beyond that an appraisal waits.
"""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, DateField, F, Q, QuerySet, Value, When
from django.utils import timezone

from awards.models import Award, Complaint, IntegrityHold, Nomination, Recipient
from awards.services.recipients.integrity import close_hold, open_hold, sees_integrity
from awards.workflows import COMPLAINT
from dvk_portal.core import audit
from dvk_portal.core.calendar import WorkingCalendar
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.working_days import province_calendar
from units import access
from units.models import Unit

_S = Complaint.Status
OPEN = (_S.RECEIVED, _S.ACCEPTED)
_ROLLED = "ngày cuối là ngày nghỉ thì tính ngày làm việc tiếp theo"
_CONFIRMS = (Complaint.Verdict.PARTLY, Complaint.Verdict.FOUNDED)
NOT_YOURS = (
    "Bạn thuộc cùng đơn vị với đối tượng bị khiếu nại (hoặc vừa rời đơn vị ấy) nên không xử lý đơn này. "
    "Hãy chuyển người khác được giao giải quyết khiếu nại."
)


def body_of(actor: Any) -> Unit:
    """The body for which ``actor`` settles complaints. Raises PermissionDenied when there is none."""
    roles = access.matrix()["award.complaint"]
    for row in access.rights(actor).memberships:
        if row.role in roles:
            unit = row.unit
            while unit.kind.is_organ and unit.parent is not None and unit.parent.kind.is_organ:  # a department
                unit = unit.parent
            return unit
    raise PermissionDenied


# --- clocks ---------------------------------------------------------------------------------------------------------------
def last_day_to_complain(learned_on: datetime.date, obstacle_days: int, calendar: WorkingCalendar) -> datetime.date:
    """Day 90 after learning of the decision, the days of an obstacle not counted (Luật Khiếu nại 2011, Điều 9)."""
    return calendar.add_days(learned_on, settings.COMPLAINT_DAYS + obstacle_days)


def lateness_of(complaint: Complaint, calendar: WorkingCalendar | None = None) -> str:
    """A sentence when the complaint came after the time for it; "" when it came in time."""
    last = last_day_to_complain(complaint.learned_on, complaint.obstacle_days, calendar or province_calendar())
    if complaint.received_on <= last:
        return ""
    kept = f", không tính {complaint.obstacle_days} ngày trở ngại" if complaint.obstacle_days else ""
    return (
        f"Đơn nhận ngày {complaint.received_on:%d/%m/%Y}, đã hết thời hiệu ngày {last:%d/%m/%Y} "
        f"({settings.COMPLAINT_DAYS} ngày từ ngày biết quyết định {complaint.learned_on:%d/%m/%Y}{kept})."
    )


def _accept_clock(received_on: datetime.date, calendar: WorkingCalendar) -> tuple[datetime.date, str]:
    days = settings.COMPLAINT_ACCEPT_DAYS
    rule = f"{days} ngày từ ngày nhận đơn {received_on:%d/%m/%Y}; {_ROLLED} (Luật Khiếu nại 2011, Điều 27)"
    return calendar.add_days(received_on, days), rule


def _settle_clock(accepted_on: datetime.date, is_complex: bool, calendar: WorkingCalendar) -> tuple[datetime.date, str]:
    days = settings.COMPLAINT_SETTLE_COMPLEX_DAYS if is_complex else settings.COMPLAINT_SETTLE_DAYS
    case = " (vụ việc phức tạp)" if is_complex else ""
    rule = f"{days} ngày{case} từ ngày thụ lý {accepted_on:%d/%m/%Y}; {_ROLLED} (Luật Khiếu nại 2011, Điều 28)"
    return calendar.add_days(accepted_on, days), rule


def in_order_of_need(rows: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Open ones first, the nearest (or longest passed) day first; each with ``due``, the day that runs now."""
    due = Case(
        When(status=_S.RECEIVED, then=F("accept_due")),
        When(status=_S.ACCEPTED, then=F("settle_due")),
        default=Value(None),
        output_field=DateField(),
    )
    return rows.annotate(due=due).order_by(F("due").asc(nulls_last=True), "-received_on", "-pk")


def overdue(rows: QuerySet[Complaint], today: datetime.date) -> QuerySet[Complaint]:
    late = Q(status=_S.RECEIVED, accept_due__lt=today) | Q(status=_S.ACCEPTED, settle_due__lt=today)
    return rows.filter(late)


# --- receiving --------------------------------------------------------------------------------------------------------------
def subjects_matching(user: Any, text: str) -> tuple[list[Award], list[Nomination]]:
    """Awards and nominations that a complaint may be about, by name or unit; twenty of each."""
    awards = Award.objects.visible_to(user).select_related("award_type", "unit")
    nominations = Nomination.objects.visible_to(user).exclude(status=Nomination.Status.DRAFT).filter(award=None)
    nominations = nominations.select_related("award_type", "cycle", "recipient")
    recipients = Recipient.objects.search(text).values("pk")
    return (
        list(awards.filter(recipient__in=recipients)[:20]),
        list(nominations.filter(recipient__in=recipients)[:20]),
    )


def _faults(
    recipient: Recipient, award: Award | None, nomination: Nomination | None, values: dict[str, Any], today: datetime.date
) -> list[str]:  # fmt: skip
    found = []
    if any(row is not None and row.recipient_id != recipient.pk for row in (award, nomination)):
        found.append("Khen thưởng hoặc đề nghị không thuộc đối tượng này.")
    if values["received_on"] > today:
        found.append("Ngày nhận đơn không được ở tương lai.")
    if values["learned_on"] > values["received_on"]:
        found.append("Ngày biết quyết định phải bằng hoặc trước ngày nhận đơn.")
    if not values["complainant"].strip():
        found.append("Hãy ghi tên người khiếu nại: đơn không có tên không được thụ lý.")
    if values.get("obstacle_days") and not values.get("obstacle", "").strip():
        found.append("Hãy ghi trở ngại làm chậm việc khiếu nại.")
    return found


@transaction.atomic
def receive_complaint(
    unit: Unit,
    *,
    actor: Any,
    recipient: Recipient,
    award: Award | None = None,
    nomination: Nomination | None = None,
    holds: bool = True,
    today: datetime.date,
    **values: Any,
) -> Complaint:
    """Note a complaint with the day until which it must be accepted. ``holds``: the appraisal of its subject waits until it
    is concluded (R-51); not, where the subject complains of not having been honoured.

    ``values``: complainant, contact, text, received_on, learned_on, obstacle_days, obstacle. One that came late is kept too.
    """
    if not actor.has_perm("award.complaint", unit):
        raise PermissionDenied
    if holds and not sees_integrity(actor, recipient):
        raise DomainError(NOT_YOURS)
    if faults := _faults(recipient, award, nomination, values, today):
        raise DomainError("Chưa nhận được đơn.", faults)
    due, rule = _accept_clock(values["received_on"], province_calendar())
    complaint = Complaint.objects.create(
        unit=unit, recipient=recipient, award=award, nomination=nomination, accept_due=due, accept_rule=rule, **values
    )
    audit.record(complaint, "receive_complaint", actor=actor)
    if holds:
        complaint.hold = open_hold(
            recipient,
            actor=actor,
            reason=IntegrityHold.Reason.COMPLAINT,
            note=f"Khiếu nại nhận ngày {complaint.received_on:%d/%m/%Y}",
            from_day=complaint.received_on,
            today=today,
        )
        complaint.save(update_fields=["hold"])
    return complaint


# --- moves ------------------------------------------------------------------------------------------------------------------
def _lock(complaint: Complaint, actor: Any) -> Complaint:
    locked = (
        Complaint.objects.select_for_update(of=("self",)).select_related("recipient__unit", "unit").get(pk=complaint.pk)
    )
    if not actor.has_perm("award.complaint", locked):
        raise PermissionDenied
    return locked


@transaction.atomic
def accept_complaint(complaint: Complaint, *, actor: Any, is_complex: bool, today: datetime.date) -> Complaint:
    """Take it up: the clock of settling starts. DomainError when it came late."""
    locked, calendar = _lock(complaint, actor), province_calendar()
    if sentence := lateness_of(locked, calendar):
        raise DomainError(
            f"Chưa thụ lý được. {sentence} Hãy chọn “Không thụ lý”, hoặc ghi trở ngại (ốm đau, thiên tai, đi công tác) nếu có."
        )
    due, rule = _settle_clock(today, is_complex, calendar)
    return COMPLAINT.apply(locked, "accept", actor=actor, is_complex=is_complex, settle_due=due, settle_rule=rule)


@transaction.atomic
def note_obstacle(complaint: Complaint, *, actor: Any, days: int, obstacle: str) -> Complaint:
    """Days that the time to complain does not count, and why; while the complaint is not yet taken up."""
    locked = _lock(complaint, actor)
    if locked.status != _S.RECEIVED:
        raise DomainError("Đơn đã được xử lý nên không sửa trở ngại được nữa. Hãy tải lại trang.")
    if days > 0 and not obstacle.strip():
        raise DomainError("Hãy ghi trở ngại làm chậm việc khiếu nại.")
    changes = {"obstacle_days": [locked.obstacle_days, days], "obstacle": [locked.obstacle, obstacle.strip()]}
    locked.obstacle_days, locked.obstacle = days, obstacle.strip()
    locked.save(update_fields=["obstacle_days", "obstacle"])
    audit.record(locked, "note_obstacle", actor=actor, changes=changes)
    return locked


@transaction.atomic
def make_complex(complaint: Complaint, *, actor: Any, note: str) -> Complaint:
    """A case that turns out to be complex has the longer time, from the same day."""
    locked = _lock(complaint, actor)
    if locked.status != _S.ACCEPTED or locked.is_complex:
        raise DomainError(
            "Chỉ đơn đã thụ lý theo thời hạn thường mới chuyển thành vụ việc phức tạp. Hãy tải lại trang."
        )
    if not note.strip():
        raise DomainError("Hãy ghi vì sao vụ việc phức tạp.")
    due, rule = _settle_clock(timezone.localdate(locked.accepted_at), True, province_calendar())
    changes = {"is_complex": [False, True], "settle_due": [locked.settle_due, due]}
    locked.is_complex, locked.settle_due, locked.settle_rule = True, due, rule
    locked.save(update_fields=["is_complex", "settle_due", "settle_rule"])
    audit.record(locked, "make_complex", actor=actor, note=note.strip(), changes=changes)
    return locked


@transaction.atomic
def refuse_complaint(complaint: Complaint, *, actor: Any, note: str, today: datetime.date) -> Complaint:
    """Not taken up, with the reason; what waited goes on."""
    locked = _lock(complaint, actor)
    COMPLAINT.apply(locked, "refuse", actor=actor, note=note, result=note.strip())
    return _conclude(locked, actor, IntegrityHold.Outcome.CLEARED, f"Không thụ lý khiếu nại: {note.strip()}", today)


@transaction.atomic
def withdraw_complaint(complaint: Complaint, *, actor: Any, note: str, today: datetime.date) -> Complaint:
    """The complainant takes it back; what waited goes on."""
    locked = _lock(complaint, actor)
    COMPLAINT.apply(locked, "withdraw", actor=actor, note=note, result=note.strip())
    return _conclude(locked, actor, IntegrityHold.Outcome.CLEARED, f"Người khiếu nại rút đơn: {note.strip()}", today)


@transaction.atomic
def settle_complaint(
    complaint: Complaint, *, actor: Any, verdict: str, result: str, today: datetime.date
) -> Complaint:  # fmt: skip
    """Conclude: what the complaint was worth and what is done. An award is cancelled by a decision of its own, not here."""
    locked = _lock(complaint, actor)
    faults = [] if verdict in (*_CONFIRMS, Complaint.Verdict.UNFOUNDED) else ["Hãy chọn kết luận."]
    faults += [] if result.strip() else ["Hãy ghi kết quả giải quyết."]
    if faults:
        raise DomainError("Chưa ghi được kết quả giải quyết.", faults)
    COMPLAINT.apply(locked, "settle", actor=actor, verdict=verdict, result=result.strip())
    outcome = IntegrityHold.Outcome.CONFIRMED if verdict in _CONFIRMS else IntegrityHold.Outcome.CLEARED
    return _conclude(locked, actor, outcome, f"Kết luận giải quyết khiếu nại: {locked.get_verdict_display()}.", today)


def _conclude(complaint: Complaint, actor: Any, outcome: str, note: str, today: datetime.date) -> Complaint:
    """End the hold that the complaint set, if nobody ended it before."""
    hold = IntegrityHold.objects.select_related("recipient__unit").filter(pk=complaint.hold_id, outcome="").first()
    if hold is None:
        return complaint
    if not sees_integrity(actor, hold.recipient):
        raise DomainError(NOT_YOURS)
    close_hold(hold, actor=actor, outcome=outcome, note=note, to_day=max(hold.from_day, today), today=today)
    return complaint


@transaction.atomic
def renew_due_days(*, actor: Any, today: datetime.date) -> int:
    """Reckon the days of open complaints again after the calendar of days off was changed; only what is still ahead, with a
    line in the trail (R-96). Returns how many moved."""
    calendar, moved = province_calendar(), 0
    ahead = Q(status=_S.RECEIVED, accept_due__gte=today) | Q(status=_S.ACCEPTED, settle_due__gte=today)
    rows = Complaint.objects.visible_to(actor).select_for_update(of=("self",)).filter(ahead)
    for row in rows.order_by("pk"):
        if row.status == _S.RECEIVED:
            field, due = "accept_due", _accept_clock(row.received_on, calendar)[0]
        else:
            field, due = "settle_due", _settle_clock(timezone.localdate(row.accepted_at), row.is_complex, calendar)[0]
        before = getattr(row, field)
        if due == before:
            continue
        setattr(row, field, due)
        row.save(update_fields=[field])
        audit.record(row, "renew_due", actor=actor, changes={field: [before, due]})
        moved += 1
    return moved
