"""Pledges of a campaign: most signed, a few still under way."""

import datetime
from typing import Any

from django.utils import timezone

from awards.demonstration.chance import dice, pick
from awards.demonstration.figures import PLEDGED, UnitFigures
from awards.demonstration.structure import Structure
from campaigns.models import Campaign, Indicator
from pledges.models import Commitment, Pledge, Signature, Target
from pledges.services.proposals import store_common_part
from pledges.services.signing import canonical_content, digest

OWN_COMMITMENTS = [
    "Mỗi chi bộ đăng ký ít nhất một việc làm “Dân vận khéo” trong năm.",
    "Bí thư, chủ tịch đối thoại với Nhân dân ít nhất hai lần trong năm, công khai kết quả giải quyết.",
    "Niêm yết công khai 100% thủ tục hành chính, bố trí công chức hướng dẫn người dân nộp hồ sơ trực tuyến.",
    "Vận động Nhân dân chung tay xây dựng xã nông thôn mới, phường văn minh đô thị.",
]
STATES = [("signed", 90), ("agreed", 4), ("proposed", 3), ("returned", 1), ("draft", 2)]


def fill_pledges(campaign: Campaign, made: Structure, day: datetime.date, *, all_signed: bool) -> None:
    """Targets, commitments, states and signatures of every pledge, as of ``day``."""
    indicators = {row.code: row for row in Indicator.objects.filter(code__in=PLEDGED)}
    pledges = Pledge.objects.filter(participation__campaign=campaign).select_related(
        "participation__unit__kind", "participation__campaign__owner", "participation__campaign__scheme"
    )
    for pledge in pledges:
        unit = pledge.participation.unit
        state = "signed" if all_signed else pick(STATES, "pledge", unit.code)
        if state == "draft":
            continue
        _content(pledge, indicators, campaign.starts_on.year)
        _state(
            pledge, state, made, datetime.datetime.combine(day, datetime.time(8, 30), timezone.get_default_timezone())
        )


def _content(pledge: Pledge, indicators: dict[str, Indicator], year: int) -> None:
    unit = pledge.participation.unit
    figures = UnitFigures(year, unit.code)
    rows = []
    for code in PLEDGED:
        target = figures.target(code)
        change = dice("baseline", code, unit.code).random()
        rows.append(
            Target(
                pledge=pledge,
                indicator=indicators[code],
                form=Target.Form.AT_MOST if indicators[code].better == "lower" else Target.Form.AT_LEAST,
                amount=target,
                baseline=round(target * (8 + int(3 * change)) / 10),
                note="Điều chỉnh theo quy mô sau sắp xếp đơn vị hành chính" if change > 0.8 else "",
            )
        )
    Target.objects.bulk_create(rows)
    Commitment.objects.bulk_create(
        Commitment(pledge=pledge, text=text, order=order)
        for order, text in enumerate(dice("commit", unit.code).sample(OWN_COMMITMENTS, 2), start=1)
    )
    store_common_part(pledge)


def _state(pledge: Pledge, state: str, made: Structure, at: datetime.datetime) -> None:
    unit = pledge.participation.unit
    leader, director = made.person(unit, "leader"), made.person(made.ban, "director")
    values: dict[str, Any] = {"status": state, "proposed_at": at - datetime.timedelta(days=9), "proposed_by": leader}
    if state == "returned":
        values |= {
            "returned_at": at - datetime.timedelta(days=5), "returned_by": director,
            "return_note": "Chỉ tiêu đối thoại thấp hơn năm trước, đề nghị đơn vị xem lại.",
        }  # fmt: skip
    if state in ("agreed", "signed"):
        values |= {"agreed_at": at - datetime.timedelta(days=3), "agreed_by": director}
        values["document_hash"] = digest(canonical_content(pledge))
    if state == "signed":
        values |= {"signed_at": at, "signed_by": leader}
    Pledge.objects.filter(pk=pledge.pk).update(**values)
    for name, value in values.items():
        setattr(pledge, name, value)
    if state == "signed":
        posts = {"unit": f"Bí thư, {unit}", "province": f"Trưởng Ban, {made.ban.as_of(at.date()).name}"}
        Signature.objects.bulk_create(
            Signature(
                pledge=pledge, side=side, signer=person, name=person.full_name, capacity=posts[side],
                method=Signature.Method.PASSWORD, signed_at=at, document_hash=pledge.document_hash,
            )
            for side, person in (("unit", leader), ("province", director))
        )  # fmt: skip
