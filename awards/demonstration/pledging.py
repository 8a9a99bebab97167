"""Pledges of a campaign: most signed, a few still under way."""

import datetime
from typing import Any

from django.utils import timezone

from awards.demonstration.chance import dice, pick
from awards.demonstration.figures import PLEDGED, UnitFigures
from awards.demonstration.structure import Structure
from campaigns.models import Campaign, Indicator
from dvk_portal.core.documents.content import digest
from dvk_portal.core.documents.freezing import freeze, mark_issued
from dvk_portal.core.models import Document, Signature
from dvk_portal.core.signatures.signing import seal_later
from pledges.models import Commitment, Pledge, Target
from pledges.services.exemplary.counts import Counted
from pledges.services.parties import name_parties
from pledges.services.proposals import store_common_part
from pledges.services.signing import canonical_content

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
    # Models that will work at the end of the year, for a target within reach.
    counted = Counted("effective", campaign.starts_on, campaign.ends_on).by_unit(
        [pledge.participation.unit_id for pledge in pledges]
    )
    signed = []
    for pledge in pledges:
        unit = pledge.participation.unit
        state = "signed" if all_signed else pick(STATES, "pledge", unit.code)
        if state == "draft":
            continue
        _content(pledge, indicators, campaign.starts_on.year, counted[unit.pk])
        at = datetime.datetime.combine(day, datetime.time(8, 30), timezone.get_default_timezone())
        signed.append(_state(pledge, state, made, at))
    # The worker puts the portal's seal under them, as after a real wave of signing.
    seal_later([pk for pk in signed if pk], owner=made.person(made.ban, "director"))


def _content(pledge: Pledge, indicators: dict[str, Indicator], year: int, models: int) -> None:
    unit = pledge.participation.unit
    figures = UnitFigures(year, unit.code)
    rows = []
    for code in PLEDGED:
        target = figures.target(code, models if code == "dv_mh_hieuqua" else None)
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


def _state(pledge: Pledge, state: str, made: Structure, at: datetime.datetime) -> int | None:
    """Put ``pledge`` into ``state`` as of ``at``; returns its document when that was signed."""
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
        values["document"] = _document(pledge, made, values["agreed_at"], director)
        values["document_hash"] = digest(canonical_content(Pledge.objects.with_content().get(pk=pledge.pk)))
    if state == "signed":
        values |= {"signed_at": at, "signed_by": leader}
    Pledge.objects.filter(pk=pledge.pk).update(**values)
    if state != "signed":
        return None
    _sign(values["document"], pledge, made, at)
    return values["document"].pk


def _document(pledge: Pledge, made: Structure, at: datetime.datetime, director: Any) -> Document:
    day = timezone.localdate(at)
    name_parties(pledge, day=day)
    whole = Pledge.objects.with_content().get(pk=pledge.pk)
    whole.status, whole.agreed_at = Pledge.Status.AGREED, at
    return freeze("pledge", whole, actor=director, unit=made.ban, day=day, now=at)


def _sign(document: Document, pledge: Pledge, made: Structure, at: datetime.datetime) -> None:
    for party in pledge.parties.all():
        person = made.person(party.unit, "leader" if party.side == "unit" else "director")
        Signature.objects.create(
            document=document, slot=party.side, signer=person, name=party.name,
            capacity=f"{party.position}, {party.unit_name}", method=Signature.Method.CONSENT, signed_at=at,
            content_hash=document.content_hash,
        )  # fmt: skip
    mark_issued(document, actor=made.person(made.ban, "director"), now=at)
