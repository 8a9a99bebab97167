"""Opening a cycle, moving it on, ending it: what is missing before each move, and who hears of it."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db import transaction

from awards.models import AwardCycle, AwardRule, CyclePhase, Nomination
from awards.notifications.cycles import CycleCancelled, CycleOpened
from awards.services.cycles.editing import lock_cycle
from awards.services.rules.catalogue import rule_set_on
from awards.workflows import AWARD_CYCLE, NOMINATION
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from dvk_portal.core.workflow import Transition
from pledges.services.contests.setup import people_below

_Y, _N, S = AwardCycle.Status, Nomination.Status, CyclePhase.Stage
_WAITING = (_N.SUBMITTED, _N.COMPLETE, _N.TO_CHECK)
_UNDECIDED = (*_WAITING, _N.ELIGIBLE, _N.RECOMMENDED)
_NEEDED = (S.NOMINATING, S.REVIEWING, S.VOTING, S.DECIDING)
_NEEDED_SUDDEN = (S.NOMINATING, S.REVIEWING, S.DECIDING)


# --- what is missing ----------------------------------------------------------------------------------------------------
def blockers_to_open(cycle: AwardCycle, today: datetime.date) -> list[str]:
    """What is missing before units may send: dates, awards, phases, a rule for every award. Four queries."""
    found = []
    types = list(cycle.award_types.all())
    if not types:
        found.append("Chưa chọn danh hiệu, hình thức nào.")
    if cycle.decide_on is None:
        found.append("Chưa có ngày dự kiến quyết định.")
    phases = {phase.stage: phase for phase in cycle.phases.all()}
    needed = _NEEDED_SUDDEN if cycle.kind == AwardCycle.Kind.SUDDEN else _NEEDED
    found += [f"Lịch chưa có bước “{stage.label}”." for stage in needed if stage not in phases]
    if (phase := phases.get(S.NOMINATING)) is not None:
        if phase.closes_on < today:
            found.append(f"Hạn nhận hồ sơ {phase.closes_on:%d/%m/%Y} đã qua. Hãy lập lại lịch.")
        if not phase.units_may_send:
            found.append("Bước “Nhận hồ sơ” chưa cho đơn vị gửi hồ sơ.")
    return found + missing_rules(cycle, today)


def missing_rules(cycle: AwardCycle, day: datetime.date) -> list[str]:
    """A sentence when no rule set holds on ``day``, or it says nothing about an award of the cycle."""
    rule_set = rule_set_on(cycle.family, day)
    if rule_set is None:
        return [f"Không có bộ quy định nào áp dụng ngày {day:%d/%m/%Y}. Quản trị hệ thống ghi bộ quy định trước."]
    known = set(AwardRule.objects.filter(rule_set=rule_set).values_list("award_type", flat=True))
    return [
        f"“{rule_set}” chưa có quy định về {row.name}. Quản trị hệ thống ghi quy định trước."
        for row in cycle.award_types.all()
        if row.pk not in known
    ]


def _blockers_to_review(cycle: AwardCycle, today: datetime.date) -> list[str]:
    phase = cycle.phases.filter(stage=S.NOMINATING).first()
    if phase is not None and today <= phase.closes_on:
        return [f"Còn trong thời gian nhận hồ sơ, đến hết ngày {phase.closes_on:%d/%m/%Y}. Muốn sớm hơn, hãy sửa lịch."]
    return []


def _blockers_to_vote(cycle: AwardCycle, today: datetime.date) -> list[str]:
    found = []
    if waiting := cycle.nominations.filter(status__in=_WAITING).count():
        found.append(f"Còn {waiting} hồ sơ chưa thẩm định xong. Hãy kết luận, trả lại hoặc tạm dừng từng hồ sơ.")
    if not cycle.nominations.filter(status=_N.ELIGIBLE).exists():
        found.append("Chưa có hồ sơ nào đủ điều kiện trình hội đồng.")
    return found


def _blockers_to_close(cycle: AwardCycle, today: datetime.date) -> list[str]:
    found = []
    if left := cycle.nominations.filter(status__in=_UNDECIDED).count():
        found.append(f"Còn {left} đề nghị chưa có kết quả. Hãy quyết định khen hoặc không khen.")
    if cycle.publications.filter(closed_at=None).exists():
        found.append("Còn danh sách công khai chưa kết thúc.")
    return found


def _blockers_to_cancel(cycle: AwardCycle, today: datetime.date) -> list[str]:
    if judged := cycle.nominations.filter(status__in=(_N.RECOMMENDED, _N.GRANTED)).count():
        return [f"Hội đồng đã đề nghị {judged} trường hợp nên không hủy đợt được."]
    if cycle.publications.filter(closed_at=None).exists():
        return ["Còn danh sách công khai chưa kết thúc. Hãy kết thúc trước khi hủy đợt."]
    return []


BLOCKERS: dict[str, Callable[[AwardCycle, datetime.date], list[str]]] = {
    "open": blockers_to_open,
    "start_reviewing": _blockers_to_review,
    "start_voting": _blockers_to_vote,
    "close": _blockers_to_close,
    "cancel": _blockers_to_cancel,
}


def blockers_of_move(cycle: AwardCycle, move: str, today: datetime.date) -> list[str]:
    """Sentences that say what is missing before ``move``; none for most."""
    return BLOCKERS[move](cycle, today) if move in BLOCKERS else []


def next_move(cycle: AwardCycle, user: Any) -> Transition | None:
    """The move that takes the cycle on, if this person may make it."""
    forward = ("open", "start_reviewing", "start_voting", "start_deciding", "close")
    return next((move for move in AWARD_CYCLE.available(cycle, user) if move.name in forward), None)


# --- moving -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def move_cycle(cycle: AwardCycle, move: str, *, actor: Any, note: str = "", today: datetime.date) -> AwardCycle:
    """Make ``move`` (a row of AWARD_CYCLE). Opening tells the units; cancelling withdraws what is under way and tells them."""
    transition = AWARD_CYCLE.transitions[move]
    locked = lock_cycle(cycle, actor, transition.permission)
    if locked.status in transition.sources and (missing := blockers_of_move(locked, move, today)):
        raise DomainError(f"Chưa thể “{transition.label}”.", missing)
    was_open = locked.status != _Y.DRAFT
    changes = {"end_note": note.strip()} if move == "cancel" else {}
    AWARD_CYCLE.apply(locked, move, actor=actor, note=note, **changes)
    if move in ("open", "reopen"):
        phase = locked.phases.filter(stage=S.NOMINATING).first()
        notify(CycleOpened.about(locked, phase.closes_on if phase else None), people_below(locked.owner))
    elif move == "cancel":
        _withdraw_all(locked, actor)
        if was_open:
            notify(CycleCancelled.about(locked), people_below(locked.owner))
    return locked


def _withdraw_all(cycle: AwardCycle, actor: Any) -> None:
    """What is under way in a cancelled cycle stands in nobody's way any more."""
    words = f"Đợt “{cycle.title}” đã hủy."
    for nomination in cycle.nominations.filter(status__in=NOMINATION.transitions["withdraw"].sources):
        NOMINATION.apply(nomination, "withdraw", actor=None, note=words, end_note=words)
