"""Publication of a campaign's result: first a review, then a typed confirmation; after it nothing changes."""

import datetime
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
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
    """What a person must know before publishing. ``blockers`` forbid it; ``warnings`` ask for a look."""

    blockers: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def review_publication(campaign: Campaign, *, now: datetime.datetime | None = None) -> Review:
    """Everything that stands in the way of publishing, and everything unusual about the result."""
    found = Review()
    if campaign.status != Campaign.Status.SCORING:
        found.blockers.append("Phong trào chưa ở bước chấm điểm. Hãy chuyển sang chấm điểm trước.")
        return found
    sheets = list(ScoreSheet.objects.filter(participation__campaign=campaign).select_related("participation"))
    open_sheets = [sheet for sheet in sheets if sheet.status != ScoreSheet.Status.AGREED and not sheet.unranked]
    if open_sheets:
        names = ", ".join(sheet.participation.name for sheet in open_sheets[:5])
        more = "…" if len(open_sheets) > 5 else ""
        found.blockers.append(f"Còn {len(open_sheets)} phiếu điểm chưa thống nhất: {names}{more}.")
    waiting = [
        ranked for ranked in rollup.rank_clusters(campaign, now or timezone.now()).values() if ranked.needs_decision
    ]
    if waiting:
        found.blockers.append(f"Còn {len(waiting)} đơn vị bằng điểm chờ người có thẩm quyền quyết định thứ tự.")
    provisional = sum(sheet.provisional for sheet in sheets)
    if provisional:
        found.warnings.append(f"{provisional} phiếu điểm còn tiêu chí chưa có số liệu; các tiêu chí đó không có điểm.")
    unranked = sum(sheet.unranked for sheet in sheets)
    if unranked:
        found.warnings.append(f"{unranked} đơn vị không xếp loại.")
    reviewed = sum(any(gate.get("review") for gate in sheet.gates) for sheet in sheets)
    if reviewed:
        found.warnings.append(f"{reviewed} đơn vị có điều kiện cần người có thẩm quyền xác nhận.")
    pending = QuarterlyReport.objects.filter(participation__campaign=campaign).exclude(
        status__in=(QuarterlyReport.Status.VERIFIED, QuarterlyReport.Status.LOCKED)
    )
    if count := pending.count():
        found.warnings.append(f"{count} báo cáo chưa thẩm định xong sẽ giữ nguyên, không tính thêm.")
    return found


@transaction.atomic
def publish_results(
    campaign: Campaign, *, actor: Any, decision_no: str, decision_date: datetime.date | None, confirmation: str
) -> Publication:
    """Publish for good. ``confirmation`` must repeat the decision's number exactly as typed before.

    Raises PermissionDenied, or DomainError with what is missing; two people publishing at once: the second is told.
    """
    if not actor.has_perm("ranking.publish", campaign):
        raise PermissionDenied
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=campaign.pk)
    if Publication.objects.filter(campaign=campaign).exists():
        raise DomainError("Kết quả phong trào này vừa được người khác công bố. Hãy tải lại trang để xem.")
    decision_no = decision_no.strip()
    if not decision_no or decision_date is None:
        raise DomainError("Hãy ghi số và ngày của quyết định công nhận kết quả.")
    if confirmation.strip() != decision_no:
        raise DomainError("Số quyết định gõ lại không khớp. Hãy gõ đúng như ô “Số quyết định”.")
    rollup.recalculate(campaign)
    review = review_publication(campaign)
    if review.blockers:
        raise DomainError("Chưa thể công bố kết quả.", review.blockers)
    content = _content(campaign)
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    publication = Publication.objects.create(
        campaign=campaign, decision_no=decision_no, decision_date=decision_date, published_by=actor,
        content=content, digest=digest,
    )  # fmt: skip
    now = timezone.now()
    sheets = list(ScoreSheet.objects.filter(participation__campaign=campaign).select_related("participation"))
    audit.record_many(
        [
            {"subject": sheet, "action": "publish", "actor": actor, "changes": {"status": [sheet.status, "published"]}}
            for sheet in sheets
        ]
    )
    ScoreSheet.objects.filter(participation__campaign=campaign).update(
        status=ScoreSheet.Status.PUBLISHED, published_at=now, published_by=actor
    )
    CAMPAIGN.apply(campaign, "close", actor=actor, note=f"Quyết định {decision_no}")
    notify(ResultsPublished.about(campaign, decision_no), _people(campaign))
    return publication


def _content(campaign: Campaign) -> dict[str, Any]:
    """The ranking as published: what the digest covers."""
    sheets = ScoreSheet.objects.filter(participation__campaign=campaign).select_related("participation__cluster")
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
                "unranked": sheet.unranked,
                "rank": sheet.rank,
                "shared": sheet.rank_shared,
                "reason": sheet.rank_reason,
                "input_digest": sheet.input_digest,
            }
            for sheet in sheets.order_by("participation__cluster__order", "rank", "participation__sort_key")
        ],
    }


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
    if not cluster.campaign.is_running:
        raise DomainError("Kết quả đã công bố nên không đổi thứ tự được.")
    if not reason.strip():
        raise DomainError("Hãy ghi lý do của thứ tự này.")
    members = set(cluster.participations.values_list("pk", flat=True))
    if len(order) < 2 or len(set(order)) != len(order) or not set(order) <= members:
        raise DomainError("Hãy xếp thứ tự ít nhất hai đơn vị của cụm, mỗi đơn vị một lần.")
    decision = TieDecision.objects.create(cluster=cluster, order=order, reason=reason.strip(), decided_by=actor)
    audit.record(cluster, "decide_tie", actor=actor, changes={"order": [None, order]}, note=reason)
    ask_for_rollup(cluster.campaign)
    return decision
