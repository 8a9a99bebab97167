"""The clause library, and annexes of a few pledges: one in force, one waiting for an answer."""

import datetime
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from awards.demonstration.clock import moment, told_on
from awards.demonstration.structure import Structure
from campaigns.models import Campaign
from dvk_portal.core.signatures.signing import sign_by_consent
from pledges.models import Amendment, AmendmentChange, Pledge
from pledges.services import amendments
from pledges.services.clauses import import_clauses
from pledges.services.targets import content_before

LIBRARY = Path(__file__).parents[2] / "pledges" / "data" / "clauses.yaml"
CHANGED = "dv_tiepxuc"
Action = AmendmentChange.Action


def fill_library() -> None:
    import_clauses(LIBRARY.read_bytes(), actor=None)


def fill_annexes(campaign: Campaign, made: Structure) -> None:
    """On two signed pledges, through the services, each act on its own day."""
    rows = Pledge.objects.filter(participation__campaign=campaign, status=Pledge.Status.SIGNED)
    pledges = list(rows.with_campaign().order_by("participation__unit__code")[:2])
    if len(pledges) == 2:
        _in_force(_propose(pledges[0], made, datetime.date(2026, 7, 6), datetime.date(2026, 8, 1)), made)
        _propose(pledges[1], made, datetime.date(2026, 11, 16), datetime.date(2026, 12, 1))


def _propose(pledge: Pledge, made: Structure, day: datetime.date, effective_on: datetime.date) -> Amendment:
    unit = pledge.participation.unit
    editor, leader = made.person(unit, "editor"), made.person(unit, "leader")
    reason = "Đơn vị nhận thêm dân cư sau khi sắp xếp ấp, khóm; số buổi đối thoại đã giao không còn phù hợp."
    with told_on(day):
        annex = amendments.start_amendment(pledge, actor=editor, reason=reason, effective_on=effective_on, today=day)
        target = content_before(annex)[0][CHANGED]
        changes = [
            AmendmentChange(
                action=Action.SET_TARGET, indicator=target.indicator, form=target.form,
                amount=target.amount + Decimal(2), due_on=target.due_on, note="Thêm hai buổi ở địa bàn mới nhận",
            ),
            AmendmentChange(
                action=Action.ADD_COMMITMENT, side="unit",
                text="Trong 30 ngày sau khi nhận dân cư mới, tổ chức tiếp xúc tại từng tổ tự quản.",
            ),
            AmendmentChange(
                action=Action.ADD_COMMITMENT, side="province",
                text="Hỗ trợ tài liệu, cử chuyên viên cùng dự các buổi đối thoại ở địa bàn mới.",
            ),
        ]  # fmt: skip
        annex = amendments.save_amendment(
            annex, actor=editor, reason=reason, effective_on=effective_on, changes=changes,
            seen=amendments.version_of(annex), today=day,
        )  # fmt: skip
        return amendments.propose_amendment(annex, actor=leader, today=day)


def _in_force(annex: Amendment, made: Structure) -> None:
    director = made.person(made.ban, "director")
    leader = made.person(annex.pledge.participation.unit, "leader")
    agreed_on, signed_on = datetime.date(2026, 7, 14), datetime.date(2026, 7, 20)
    with told_on(agreed_on):
        annex = amendments.agree_amendment(annex, actor=director, today=timezone.localdate())
    with told_on(signed_on):
        for side, person in (("unit", leader), ("province", director)):
            sign_by_consent(annex.document, actor=person, slot=side, now=moment(signed_on))
