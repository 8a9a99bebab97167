"""The council as its decision names it: seats with terms and substitutes. A seat gives the portal's role, its end takes it away.

Who establishes a council is the head of the standing body (``award.open``); seats are kept by him and by the chair and the
secretary of that council (``council.prepare``). Nobody appoints himself or ends his own seat.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from awards.models import Committee, CommitteeMember
from awards.notifications.council import SeatGiven
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from units.models import Membership, Unit
from units.roles import Role
from units.services.memberships import end_membership, grant_findings, grant_membership

ONE_DAY = datetime.timedelta(days=1)
_SEAT = CommitteeMember.Role
# The deputy sits and votes as a member; who presides is told by the session.
PORTAL_ROLE = {
    _SEAT.CHAIR: Role.CHAIR,
    _SEAT.DEPUTY: Role.MEMBER,
    _SEAT.MEMBER: Role.MEMBER,
    _SEAT.SECRETARY: Role.SECRETARY,
}
Day = datetime.date


@dataclass(frozen=True)
class SeatEntry:
    """What the decision says of one seat. ``votes`` False: a secretary who only writes."""

    user: Any
    role: str
    valid_from: Day
    valid_to: Day | None = None
    post: str = ""
    votes: bool = True
    substitute_for: CommitteeMember | None = None
    order: int = 0


def may_keep(user: Any, committee: Committee) -> bool:
    """Whether ``user`` keeps the seats of this council."""
    return user.has_perm("award.open", committee) or user.has_perm("council.prepare", committee)


def committees_for(user: Any) -> Any:
    """Councils whose composition ``user`` reads: those on which he has or had a seat, and those that he keeps."""
    kept = [row.pk for row in Committee.objects.select_related("unit") if may_keep(user, row)]
    return Committee.objects.filter(Q(pk__in=kept) | Q(members__user=user)).select_related("unit").distinct()


def chair_of(committee: Committee, day: Day) -> CommitteeMember | None:
    return committee.members.on(day).filter(role=_SEAT.CHAIR).select_related("user").first()


@transaction.atomic
def establish_committee(unit: Unit, *, actor: Any, **fields: Any) -> Committee:
    """Enter a council with its establishing decision; its seats follow one by one (``appoint_member``)."""
    if not actor.has_perm("award.open", unit):
        raise PermissionDenied
    committee = Committee(unit=unit, **fields)
    _check_days(committee)
    committee.save()
    audit.record(committee, "committee_establish", actor=actor, changes={"decision_no": [None, committee.decision_no]})
    return committee


@transaction.atomic
def change_committee(committee: Committee, *, actor: Any, **fields: Any) -> Committee:
    """Correct what the decision says, or name the last day of the council: every seat ends with it."""
    locked = _locked(committee, actor)
    changes = {
        name: [str(getattr(locked, name) or ""), str(value or "")]
        for name, value in fields.items()
        if getattr(locked, name) != value
    }
    for name, value in fields.items():
        setattr(locked, name, value)
    _check_days(locked)
    locked.save()
    if locked.valid_to is not None:
        for seat in locked.members.filter(Q(valid_to=None) | Q(valid_to__gt=locked.valid_to)).select_related("user"):
            _close(seat, locked.valid_to, actor=actor, note="Hội đồng kết thúc")
    if changes:
        audit.record(locked, "committee_change", actor=actor, changes=changes)
    return locked


def _check_days(committee: Committee) -> None:
    if committee.valid_to is not None and committee.valid_to < committee.valid_from:
        raise DomainError("Ngày kết thúc của hội đồng phải từ ngày bắt đầu trở đi.")


def _locked(committee: Committee, actor: Any) -> Committee:
    locked = Committee.objects.select_for_update(of=("self",)).select_related("unit").get(pk=committee.pk)
    if not may_keep(actor, locked):
        raise PermissionDenied
    return locked


# --- seats --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def appoint_member(committee: Committee, entry: SeatEntry, *, actor: Any) -> CommitteeMember:
    """Give the seat and, at the council's unit, the role of the portal that goes with it.

    A new chair ends the seat of the former one on the day before. Raises DomainError with what forbids the seat.
    """
    locked = _locked(committee, actor)
    former = chair_of(locked, entry.valid_from) if entry.role == _SEAT.CHAIR else None
    if faults := _faults(locked, entry, actor):
        raise DomainError("Chưa ghi được thành viên hội đồng.", faults)
    if former is not None:
        _close(former, entry.valid_from - ONE_DAY, actor=actor, note=f"{entry.user} làm chủ tịch hội đồng")
    seat = CommitteeMember.objects.create(
        committee=locked, user=entry.user, role=entry.role, post=entry.post.strip(), votes=entry.votes,
        substitute_for=entry.substitute_for, valid_from=entry.valid_from, valid_to=entry.valid_to, order=entry.order,
    )  # fmt: skip
    for role in _roles_of(seat):
        _give_role(seat, role)
    days = f"{entry.valid_from:%d/%m/%Y}" + (f" – {entry.valid_to:%d/%m/%Y}" if entry.valid_to else "")
    changes = {"role": [None, seat.get_role_display()], "days": [None, days]}
    audit.record(seat, "seat_appoint", actor=actor, changes=changes, note=f"{locked.name}, {locked.decision_no}")
    notify(SeatGiven.about(seat), [entry.user])
    return seat


def _faults(committee: Committee, entry: SeatEntry, actor: Any) -> list[str]:
    found = []
    if entry.user == actor:
        found.append("Không ai tự ghi mình vào hội đồng. Hãy nhờ người khác.")
    if not entry.user.is_active:
        found.append(f"Tài khoản của {entry.user} đã ngừng hoạt động.")
    if entry.valid_to is not None and entry.valid_to < entry.valid_from:
        found.append("Ngày thôi tham gia phải từ ngày bắt đầu trở đi.")
    if entry.valid_from < committee.valid_from:
        found.append(f"Hội đồng có từ ngày {committee.valid_from:%d/%m/%Y}; nhiệm kỳ không bắt đầu trước ngày ấy.")
    if committee.valid_to is not None and (entry.valid_to is None or entry.valid_to > committee.valid_to):
        found.append(f"Hội đồng kết thúc ngày {committee.valid_to:%d/%m/%Y}; nhiệm kỳ không kéo dài hơn.")
    held = committee.members.filter(Q(valid_to=None) | Q(valid_to__gte=entry.valid_from), user=entry.user)
    if entry.valid_to is not None:
        held = held.filter(valid_from__lte=entry.valid_to)
    if held.exists():
        found.append(f"{entry.user} đã là thành viên hội đồng trong khoảng thời gian đó.")
    return [*found, *_substitute_faults(committee, entry), *_chair_faults(committee, entry)]


def _substitute_faults(committee: Committee, entry: SeatEntry) -> list[str]:
    instead = entry.substitute_for
    if instead is None:
        return []
    found = []
    if instead.committee_id != committee.pk or instead.substitute_for_id is not None:
        found.append("Người được dự thay phải là thành viên chính thức của hội đồng này.")
    if entry.role in (_SEAT.CHAIR, _SEAT.SECRETARY):
        found.append("Người dự thay giữ vai trò ủy viên, không phải chủ tịch hay thư ký.")
    return found


def _chair_faults(committee: Committee, entry: SeatEntry) -> list[str]:
    if entry.role != _SEAT.CHAIR:
        return []
    if entry.valid_to is not None:
        return ["Nhiệm kỳ của chủ tịch để trống ngày kết thúc: nó kết thúc khi có chủ tịch mới hoặc hội đồng kết thúc."]
    if committee.members.filter(role=_SEAT.CHAIR, valid_from__gte=entry.valid_from).exists():
        return ["Đã có chủ tịch bắt đầu từ ngày đó hoặc sau đó. Hãy chọn ngày muộn hơn."]
    return []


@transaction.atomic
def end_seat(seat: CommitteeMember, *, actor: Any, last_day: Day, note: str) -> CommitteeMember:
    """End the seat after ``last_day``; the row stays, and with it what the person read and judged."""
    committee = _locked(seat.committee, actor)
    locked = CommitteeMember.objects.select_for_update(of=("self",)).select_related("user").get(pk=seat.pk)
    locked.committee = committee
    found = []
    if locked.user == actor:
        found.append("Không ai tự kết thúc nhiệm kỳ của mình. Hãy nhờ người khác.")
    if locked.valid_to is not None and locked.valid_to <= last_day:
        found.append(f"Nhiệm kỳ đã kết thúc ngày {locked.valid_to:%d/%m/%Y}.")
    if last_day < locked.valid_from:
        found.append(f"Nhiệm kỳ bắt đầu ngày {locked.valid_from:%d/%m/%Y}; ngày kết thúc phải từ ngày đó trở đi.")
    if not note.strip():
        found.append("Hãy ghi lý do, ví dụ số quyết định thay đổi thành viên.")
    if locked.role == _SEAT.CHAIR:
        found.append("Hội đồng phải có chủ tịch. Hãy ghi chủ tịch mới; nhiệm kỳ này tự kết thúc ngày trước đó.")
    if found:
        raise DomainError("Chưa kết thúc được nhiệm kỳ.", found)
    return _close(locked, last_day, actor=actor, note=note.strip())


def _close(seat: CommitteeMember, last_day: Day, *, actor: Any, note: str) -> CommitteeMember:
    old, seat.valid_to = seat.valid_to, max(last_day, seat.valid_from)
    seat.save(update_fields=["valid_to"])
    days = [old and f"{old:%d/%m/%Y}", f"{seat.valid_to:%d/%m/%Y}"]
    audit.record(seat, "seat_end", actor=actor, changes={"valid_to": days}, note=note)
    for role in _roles_of(seat):
        _take_role(seat, role)
    return seat


def _roles_of(seat: CommitteeMember) -> tuple[str, ...]:
    """The portal's roles that go with the seat. A secretary who is a member (Bắc Ninh, art. 8) votes by a member's."""
    own = PORTAL_ROLE[seat.role]
    return (own, Role.MEMBER) if seat.role == _SEAT.SECRETARY and seat.votes else (own,)


def _roles_held(seat: CommitteeMember, role: str) -> Any:
    return Membership.objects.filter(user=seat.user, unit=seat.committee.unit, role=role)


def _give_role(seat: CommitteeMember, role: str) -> None:
    """The role from the first to the last day of the seat; what the person holds already at that unit is not given twice."""
    held = (
        _roles_held(seat, role)
        .filter(Q(valid_to=None) | Q(valid_to__gte=seat.valid_from))
        .order_by("-valid_from")
        .first()
    )
    if held is not None and (
        held.valid_to is None or (seat.valid_to is not None and seat.valid_to <= held.valid_to)
    ) and held.valid_from <= seat.valid_from:  # fmt: skip
        return
    days = {"valid_from": seat.valid_from, "valid_to": seat.valid_to}
    unit = seat.committee.unit
    if faults := grant_findings(seat.user, unit, role, actor=None, **days):
        raise DomainError("Chưa giao được vai trò hội đồng.", faults)
    grant_membership(seat.user, unit, role, actor=None, post=seat.post, **days)


def _take_role(seat: CommitteeMember, role: str) -> None:
    """End the role with the seat, unless another seat at the same unit still needs it."""
    others = CommitteeMember.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=seat.valid_to),
        user=seat.user,
        committee__unit=seat.committee.unit,
    )
    if any(role in _roles_of(other) for other in others.exclude(pk=seat.pk)):
        return
    for row in _roles_held(seat, role).filter(Q(valid_to=None) | Q(valid_to__gt=seat.valid_to)).select_related("unit"):
        if row.valid_from <= seat.valid_to:
            end_membership(row, actor=None, last_day=seat.valid_to, note=f"Thôi tham gia {seat.committee.name}")
