"""Proof of criteria: files and citations beside a line of the score sheet (tài liệu kiểm chứng)."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from campaigns.models import Campaign
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_upload
from pledges.models import Evidence, ScoreSheet
from pledges.services.schemes import parsed_scheme

# Until the scores are settled the unit may still bring proof; what was sent stays.
OPEN_FOR_PROOF = (ScoreSheet.Status.SELF, ScoreSheet.Status.SENT, ScoreSheet.Status.VERIFIED)


def may_add_proof(sheet: ScoreSheet, user: Any) -> bool:
    open_ = sheet.status in OPEN_FOR_PROOF and sheet.participation.campaign.is_running
    return open_ and user.has_perm("score.self_assess", sheet)


def _open(sheet: ScoreSheet, actor: Any) -> ScoreSheet:
    if not actor.has_perm("score.self_assess", sheet):
        raise PermissionDenied
    locked = ScoreSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    if not Campaign.objects.get(participations=locked.participation_id).is_running:
        raise DomainError("Phong trào đã kết thúc nên không thêm, gỡ minh chứng được nữa.")
    if locked.status not in OPEN_FOR_PROOF:
        raise DomainError("Điểm đã thống nhất nên không thêm, gỡ minh chứng được nữa.")
    return locked


@transaction.atomic
def add_proof(
    sheet: ScoreSheet, criterion: str, *, actor: Any, uploads: list[UploadedFile], citation: str
) -> list[Evidence]:
    """Keep files and/or a citation (số, ký hiệu, ngày, trang) as proof of one criterion."""
    locked = _open(sheet, actor)
    node = parsed_scheme(locked.scheme).nodes.get(criterion)
    if node is None or not node.is_leaf:
        raise DomainError("Tiêu chí này không có trong bảng tiêu chí của phong trào. Hãy tải lại trang.")
    citation = citation.strip()
    if not uploads and not citation:
        raise DomainError("Hãy chọn tệp hoặc ghi trích dẫn.")
    if len(citation) > 250:
        raise DomainError("Trích dẫn dài quá 250 ký tự. Hãy viết gọn lại.")
    limit = settings.UPLOAD_MAX_PER_RECORD
    if locked.evidence.filter(criterion=criterion).count() + max(1, len(uploads)) > limit:
        raise DomainError(f"Mỗi tiêu chí nhận tối đa {limit} minh chứng. Hãy gộp tệp hoặc ghi trích dẫn văn bản.")
    common = {"sheet": locked, "participation": locked.participation, "criterion": criterion, "added_by": actor}
    rows = [Evidence(**common, file=store_upload(upload, actor=actor), citation=citation) for upload in uploads]
    rows = rows or [Evidence(**common, citation=citation)]
    for row in rows:
        row.save()
        audit.record(locked, "add_evidence", actor=actor, changes={f"{criterion} {node.title}"[:200]: ["", str(row)]})
    return rows


@transaction.atomic
def remove_proof(evidence: Evidence, *, actor: Any) -> None:
    """Take away what has not been sent yet; what the province has seen stays."""
    locked = _open(evidence.sheet, actor)
    seen = audit.trail(locked).filter(action="send_self", at__gte=evidence.added_at).exists()
    if locked.status != ScoreSheet.Status.SELF or seen:
        raise DomainError("Minh chứng đã gửi cùng bản tự chấm nên không gỡ được; có thể thêm minh chứng mới.")
    audit.record(locked, "remove_evidence", actor=actor, changes={evidence.criterion: [str(evidence), ""]})
    evidence.delete()
