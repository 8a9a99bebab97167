"""Proof of figures: files and citations beside a line of the report."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from campaigns.models import Indicator
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_upload
from pledges.models import Evidence, QuarterlyReport
from pledges.services.reports import lock_report_row, refuse_finished, stored_questions
from pledges.services.reportsheet import is_line_editable


def _open_line(report: QuarterlyReport, indicator: Indicator, actor: Any) -> QuarterlyReport:
    if not actor.has_perm("report.edit", report):
        raise PermissionDenied
    locked = lock_report_row(report)
    refuse_finished(locked.participation.campaign)
    if not is_line_editable(locked, locked.values.filter(indicator=indicator).first()):
        raise DomainError("Mục này đã gửi nên không thêm, gỡ minh chứng được nữa.")
    return locked


@transaction.atomic
def add_evidence(
    report: QuarterlyReport, indicator: Indicator, *, actor: Any, uploads: list[UploadedFile], citation: str
) -> list[Evidence]:
    """Keep files and/or a citation (số, ký hiệu, ngày, trang) as proof of one figure."""
    locked = _open_line(report, indicator, actor)
    citation = citation.strip()
    if not any(row.indicator == indicator for row in stored_questions(locked)):
        raise DomainError(f"Báo cáo này không hỏi “{indicator.label}”.")
    if not uploads and not citation:
        raise DomainError("Hãy chọn tệp hoặc ghi trích dẫn.")
    if locked.evidence.count() + len(uploads) > settings.UPLOAD_MAX_PER_RECORD:
        raise DomainError(
            f"Mỗi báo cáo nhận tối đa {settings.UPLOAD_MAX_PER_RECORD} minh chứng. Hãy gộp tệp hoặc ghi trích dẫn văn bản."
        )
    common = {"report": locked, "participation": locked.participation, "indicator": indicator, "added_by": actor}
    rows = [Evidence(**common, file=store_upload(upload, actor=actor), citation=citation) for upload in uploads]
    rows = rows or [Evidence(**common, citation=citation)]
    for row in rows:
        row.save()
        audit.record(locked, "add_evidence", actor=actor, changes={indicator.label: ["", str(row)]})
    return rows


@transaction.atomic
def remove_evidence(evidence: Evidence, *, actor: Any) -> None:
    """Take away what has not been sent yet; what the province has seen stays."""
    report, indicator = evidence.report, evidence.indicator
    locked = _open_line(report, indicator, actor)
    if locked.first_submitted_at is not None and evidence.added_at <= locked.first_submitted_at:
        raise DomainError("Minh chứng đã gửi cùng báo cáo nên không gỡ được; có thể thêm minh chứng mới.")
    audit.record(locked, "remove_evidence", actor=actor, changes={indicator.label: [str(evidence), ""]})
    evidence.delete()
