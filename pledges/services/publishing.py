"""Publication of a campaign's result: first a review, then a typed confirmation; after it nothing changes."""

import datetime
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from campaigns.models import Campaign, Cluster
from campaigns.workflows import CAMPAIGN
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from pledges.models import Publication, QuarterlyReport, ScoreSheet, TieDecision
from pledges.notifications import ResultsPublished
from pledges.services import rollup
from pledges.services.recalculation import ask_for_rollup
from units.models import Membership, User
from units.roles import Role


@dataclass
class Review:
    """What a person must know before publishing. ``blockers`` forbid it; each of ``warnings`` must be confirmed.

    ``mark`` tells one result from another: who publishes says which one he has read.
    """

    blockers: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    mark: str = ""


def review_publication(campaign: Campaign) -> Review:
    """Everything that stands in the way of publishing, and everything unusual about the result."""
    found = Review()
    if campaign.status != Campaign.Status.SCORING:
        found.blockers.append("Phong trào chưa ở bước chấm điểm. Hãy chuyển sang chấm điểm trước.")
        return found
    sheets = list(_sheets(campaign))
    if not sheets:
        found.blockers.append("Phong trào không có phiếu điểm nào.")
    found.mark = _digest(_content(campaign, sheets))
    open_sheets = [sheet for sheet in sheets if sheet.status != ScoreSheet.Status.AGREED and not sheet.unranked]
    if open_sheets:
        names = ", ".join(sheet.participation.name for sheet in open_sheets[:5])
        more = f" và {len(open_sheets) - 5} đơn vị khác" if len(open_sheets) > 5 else ""
        found.blockers.append(f"Còn {len(open_sheets)} phiếu điểm chưa thống nhất: {names}{more}.")
    waiting = sum(ranked.needs_decision for ranked in rollup.rank_clusters(campaign).values())
    if waiting:
        found.blockers.append(f"Còn {waiting} đơn vị bằng điểm chờ người có thẩm quyền quyết định thứ tự.")
    found.warnings = _warnings(campaign, sheets)
    return found


def _warnings(campaign: Campaign, sheets: list[ScoreSheet]) -> list[str]:
    def named(chosen: list[ScoreSheet]) -> str:
        shown = ", ".join(sheet.participation.name for sheet in chosen[:5])
        return f"{shown} và {len(chosen) - 5} đơn vị khác" if len(chosen) > 5 else shown

    unranked = [sheet for sheet in sheets if sheet.unranked]
    provisional = [sheet for sheet in sheets if sheet.provisional and not sheet.unranked]
    reviewed = [sheet for sheet in sheets if any(gate.get("review") for gate in sheet.gates)]
    pending = (
        QuarterlyReport.objects.filter(participation__campaign=campaign)
        .exclude(status__in=(QuarterlyReport.Status.VERIFIED, QuarterlyReport.Status.LOCKED))
        .count()
    )
    return [
        sentence
        for count, sentence in (
            (unranked, f"{len(unranked)} đơn vị không xếp loại: {named(unranked)}."),
            (
                provisional,
                f"{len(provisional)} phiếu điểm còn tiêu chí chưa có số liệu, các tiêu chí đó không có điểm: "
                f"{named(provisional)}.",
            ),
            (
                reviewed,
                f"{len(reviewed)} đơn vị có điều kiện cần người có thẩm quyền xác nhận: {named(reviewed)}.",
            ),
            (pending, f"{pending} báo cáo chưa thẩm định xong sẽ giữ nguyên, không tính thêm."),
        )
        if count
    ]


@transaction.atomic
def publish_results(
    campaign: Campaign,
    *,
    actor: Any,
    decision_no: str,
    decision_date: datetime.date | None,
    confirmation: str,
    confirmed: Collection[str] | None = None,
    seen: str | None = None,
) -> Publication:
    """Publish for good. ``confirmation`` must repeat the decision's number exactly as typed before.

    ``confirmed``: the warnings that the person ticked, ``seen``: the mark of the review that he read (None: not asked for).
    Raises PermissionDenied, or DomainError with what is missing; two people publishing at once: the second is told.
    """
    if not actor.has_perm("ranking.publish", campaign):
        raise PermissionDenied
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=campaign.pk)
    if Publication.objects.filter(campaign=campaign).exists():
        raise DomainError("Kết quả phong trào này vừa được người khác công bố. Hãy tải lại trang để xem.")
    if campaign.status != Campaign.Status.SCORING:
        raise DomainError("Chưa thể công bố kết quả.", review_publication(campaign).blockers)
    decision_no = _decision(campaign, decision_no, decision_date, confirmation)
    # Whoever is entering a score finishes first; whoever comes later finds the sheet published.
    list(_sheets(campaign).select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    rollup.recalculate(campaign)
    _demand_reviewed(campaign, confirmed, seen)
    content = _content(campaign, list(_sheets(campaign)))
    publication = Publication.objects.create(
        campaign=campaign, decision_no=decision_no, decision_date=decision_date, published_by=actor,
        content=content, digest=_digest(content),
    )  # fmt: skip
    _close_sheets(campaign, actor)
    CAMPAIGN.apply(campaign, "close", actor=actor, note=f"Quyết định {decision_no}")
    notify(ResultsPublished.about(campaign, decision_no), _people(campaign))
    return publication


def _decision(campaign: Campaign, number: str, date: datetime.date | None, confirmation: str) -> str:
    number = number.strip()
    if not number or date is None:
        raise DomainError("Hãy ghi số và ngày của quyết định công nhận kết quả.")
    if confirmation.strip() != number:
        raise DomainError("Số quyết định gõ lại không khớp. Hãy gõ đúng như ô “Số quyết định”.")
    if date > timezone.localdate():
        raise DomainError("Ngày quyết định ở tương lai. Hãy kiểm tra lại ngày ký.")
    if date < campaign.starts_on:
        raise DomainError("Ngày quyết định trước khi phong trào bắt đầu. Hãy kiểm tra lại năm.")
    return number


def _demand_reviewed(campaign: Campaign, confirmed: Collection[str] | None, seen: str | None) -> None:
    review = review_publication(campaign)
    if review.blockers:
        raise DomainError("Chưa thể công bố kết quả.", review.blockers)
    if seen is not None and seen != review.mark:
        raise DomainError("Kết quả đã thay đổi sau khi bạn xem. Hãy xem lại bảng xếp hạng rồi công bố.")
    left = [] if confirmed is None else [sentence for sentence in review.warnings if sentence not in confirmed]
    if left:
        raise DomainError("Còn điểm cần lưu ý chưa được xác nhận.", left)


def _close_sheets(campaign: Campaign, actor: Any) -> None:
    sheets = list(ScoreSheet.objects.filter(participation__campaign=campaign).select_related("participation"))
    audit.record_many(
        [
            {"subject": sheet, "action": "publish", "actor": actor, "changes": {"status": [sheet.status, "published"]}}
            for sheet in sheets
        ]
    )
    ScoreSheet.objects.filter(participation__campaign=campaign).update(
        status=ScoreSheet.Status.PUBLISHED, published_at=timezone.now(), published_by=actor
    )


def _sheets(campaign: Campaign) -> QuerySet[ScoreSheet]:
    """In the order of the ranking."""
    return (
        ScoreSheet.objects.filter(participation__campaign=campaign)
        .select_related("participation__cluster")
        .order_by("participation__cluster__order", F("rank").asc(nulls_last=True), "participation__sort_key", "pk")
    )


def _content(campaign: Campaign, sheets: list[ScoreSheet]) -> dict[str, Any]:
    """The ranking as published: what the digest covers."""
    return {
        "campaign": campaign.title,
        "scheme": [campaign.scheme.code, campaign.scheme.version],
        "units": [
            {
                "unit": sheet.participation.name,
                "code": sheet.participation_id,
                "cluster": sheet.participation.cluster.name if sheet.participation.cluster else "",
                "self": _text(sheet.self_total),
                "verified": _text(sheet.verified_total),
                "final": _text(sheet.final_total),
                "class": sheet.score_class,
                "gates": [gate["label"] for gate in sheet.gates],
                "unranked": sheet.unranked,
                "rank": sheet.rank,
                "shared": sheet.rank_shared,
                "reason": sheet.rank_reason,
                "input_digest": sheet.input_digest,
            }
            for sheet in sheets
        ],
    }


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def check_publication(publication: Publication) -> list[str]:
    """What no longer is as it was published: sentences; none = everything matches."""
    problems = []
    if _digest(publication.content) != publication.digest:
        problems.append("Nội dung công bố đã lưu không khớp với mã kiểm tra.")
    campaign = publication.campaign
    now = _content(campaign, list(_sheets(campaign)))
    kept = {row["code"]: row for row in publication.content["units"]}
    found = {row["code"]: row for row in now["units"]}
    # What was published counts; a later version of the portal may know more about a unit.
    changed = [
        row["unit"]
        for code, row in kept.items()
        if code not in found or any(found[code].get(name) != value for name, value in row.items())
    ]
    changed += [row["unit"] for code, row in found.items() if code not in kept]
    if changed:
        problems.append(f"Phiếu điểm hiện nay khác với lúc công bố: {', '.join(changed[:5])}.")
    return problems


def _text(number: Any) -> str | None:
    return None if number is None else f"{number.normalize():f}"


def _people(campaign: Campaign) -> Any:
    units = campaign.participations.values("unit")
    return User.objects.filter(
        memberships__in=Membership.objects.current().filter(unit__in=units, role__in=(Role.EDITOR, Role.LEADER))
    ).distinct()


@transaction.atomic
def decide_tie(cluster: Cluster, *, actor: Any, order: list[int], reason: str) -> TieDecision:
    """Put units with equal totals in order (participation ids, best first), with the reason."""
    if not actor.has_perm("ranking.publish", cluster.campaign):
        raise PermissionDenied
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=cluster.campaign_id)
    if not campaign.is_running:
        raise DomainError("Kết quả đã công bố nên không đổi thứ tự được.")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do của thứ tự này.")
    if len(reason) > 500:
        raise DomainError("Lý do dài quá 500 ký tự. Hãy viết gọn lại.")
    tied = _tied(campaign, cluster, order)
    if len(order) < 2 or len(set(order)) != len(order) or set(order) != tied:
        raise DomainError(
            "Hãy xếp thứ tự đủ các đơn vị đang bằng điểm với nhau, mỗi đơn vị một lần. Nếu điểm vừa thay đổi, hãy tải lại trang."
        )
    decision = TieDecision.objects.create(cluster=cluster, order=order, reason=reason.strip(), decided_by=actor)
    audit.record(cluster, "decide_tie", actor=actor, changes={"order": [None, order]}, note=reason.strip())
    ask_for_rollup(campaign)
    return decision


def _tied(campaign: Campaign, cluster: Cluster, order: list[int]) -> set[int]:
    """The units that share their place with the first of ``order`` and wait for a decision, itself included.

    A decision may be taken again: then those with the same total that were in it.
    """
    ranks = rollup.rank_clusters(campaign)
    sheets = ScoreSheet.objects.filter(participation__cluster=cluster).values_list("pk", "participation_id")
    by_unit = {unit: ranks[pk] for pk, unit in sheets if pk in ranks}
    first = by_unit.get(order[0]) if order else None
    if first is None:
        return set()
    if first.needs_decision:
        return {unit for unit, row in by_unit.items() if row.needs_decision and row.rank == first.rank}
    made = cluster.tie_decisions.order_by("-decided_at", "-pk")
    again = next((set(row.order) for row in made if order[0] in row.order), set())
    return {unit for unit in again if unit in by_unit and by_unit[unit].total == first.total}
