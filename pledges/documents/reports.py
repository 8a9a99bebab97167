"""Reports as documents: of one unit, of the whole province for one period, and the list of who has not reported."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import Campaign, ReportingPeriod
from dvk_portal.core.documents.content import Content
from dvk_portal.core.documents.kinds import Mandate, register
from dvk_portal.core.models import Document
from pledges.documents import reporttext, samples, wording
from pledges.models import QuarterlyReport
from pledges.models.pledge import Side
from pledges.models.scoresheet import Stage
from pledges.services.provincedocuments import PeriodFigures, reports_of, turnout, units_owing
from pledges.services.recorddocuments import RecordDocument, mandate_at
from pledges.services.reportdocuments import read_report
from units import access
from units.models import Unit
from units.services.issuing import heading_of

_CANCELLED = "Phong trào đã hủy nên không lập văn bản."


@register
class ReportDocument(RecordDocument):
    """Báo cáo quý of a unit: results, difficulties, direction and recommendations, as it sent them (law.md §9)."""

    code = "report"
    title = "Báo cáo định kỳ của đơn vị"
    purpose = "Báo cáo bằng văn bản của đơn vị, lấy nguyên số liệu đã gửi; lấy số, chốt nội dung rồi chờ lãnh đạo ký."
    act_label = "Lập văn bản báo cáo"
    maker = "Lãnh đạo đơn vị lập và ký văn bản này."
    type_code = "BC"
    record = QuarterlyReport

    def content(self, record: QuarterlyReport) -> Content:
        row, campaign, day = record.participation, record.participation.campaign, timezone.localdate()
        period = wording.period_words(record.period)
        heading = heading_of(row.unit, day, numbered=True)
        return Content(
            kind=self.code,
            title="BÁO CÁO",
            subject=self.subject_of(record),
            heading=heading,
            addressees=[wording.name_on(campaign.owner, day)],
            sections=[reporttext.opening(record, day), *reporttext.unit_sections(read_report(record))],
            closing=[f"Trên đây là báo cáo kết quả {period} của {wording.body_on(row.unit, day)}."],
            slots=[wording.signer(row.unit, Side.UNIT, day)],
            recipients=wording.recipients(heading),
            facts={"state": self.state_of(record)},
        )

    def subject_of(self, record: QuarterlyReport) -> str:
        campaign = wording.campaign_words(record.participation.campaign)
        return f"Kết quả {wording.period_words(record.period)} thực hiện {campaign}"

    def sample(self) -> Content:
        return samples.report()

    def issuer(self, record: QuarterlyReport) -> Unit:
        return record.participation.unit

    def may_issue(self, user: Any, record: QuarterlyReport) -> bool:
        # Numbers reach below; the report of a unit is made by the unit alone.
        return user.has_perm("report.send", record) and user.has_perm("document.number", record)

    def obstacles(self, record: QuarterlyReport) -> list[str]:
        if record.participation.campaign.status == Campaign.Status.CANCELLED:
            return [_CANCELLED]
        if record.status not in QuarterlyReport.SENT:
            state = record.get_status_display().lower()
            return [f"Báo cáo đang ở trạng thái “{state}”. Hãy gửi báo cáo trước rồi lập văn bản."]
        return []

    def state_of(self, record: QuarterlyReport) -> str:
        """Each sending of the report is one state: what came back and was sent again asks for a new document."""
        if record.submitted_at is None or record.status not in QuarterlyReport.SENT:
            return "not sent"
        return f"sent {record.submitted_at.isoformat()}"

    def mandate(self, user: Any, document: Document, slot: str) -> Mandate | None:
        report = self.record_of(document)
        if report is None or not user.has_perm("report.send", report):
            return None
        return mandate_at(user, "report.send", report.participation.unit_id)

    def allowed_methods(self, document: Document) -> list[str]:
        return QuarterlyReport.objects.get(pk=document.record_id).participation.campaign.signing_methods


class PeriodDocument(RecordDocument):
    """A document of the province about one period: read by those who see the totals, made by its clerk or its leaders."""

    record = ReportingPeriod
    confirm_right = "campaign.manage"  # the organiser's own document: a second person of the organiser

    def records_for(self, user: Any) -> QuerySet[ReportingPeriod]:
        return access.scope(ReportingPeriod.objects.exclude(campaign__launched_at=None), user, "ranking.view_draft")

    def issuer(self, record: ReportingPeriod) -> Unit:
        return record.campaign.owner

    def campaign_of(self, record: ReportingPeriod) -> Campaign:
        return record.campaign

    def obstacles(self, record: ReportingPeriod) -> list[str]:
        if record.campaign.status == Campaign.Status.CANCELLED:
            return [_CANCELLED]
        begun = record.data_from <= timezone.localdate()
        return [] if begun else [f"{record.name} chưa bắt đầu nên chưa có gì để lập văn bản."]


@register
class ConsolidatedReport(PeriodDocument):
    """Báo cáo tổng hợp of the province: totals beside earlier periods, by cluster, and the units' own texts.

    ``stage`` None takes in what has been sent but has no verdict yet; the document says which of the two it is.
    """

    code = "consolidated"
    title = "Báo cáo tổng hợp của tỉnh"
    act_label = "Lập báo cáo tổng hợp"
    maker = "Lãnh đạo Ban lập và ký văn bản này."
    type_code = "BC"

    def __init__(self, stage: str | None = Stage.VERIFIED) -> None:
        self.stage = stage
        self.variant = "chỉ số liệu đã thẩm định" if stage else "mọi số liệu đã gửi"
        limit = "Số chưa thẩm định không được tính." if stage else "Số chưa thẩm định cũng được tính; văn bản ghi rõ."
        self.purpose = f"Tổng hợp số liệu, tình hình nộp báo cáo và lời văn của các đơn vị; lãnh đạo Ban ký. {limit}"

    def content(self, record: ReportingPeriod) -> Content:
        now = timezone.localtime()
        day, owner = now.date(), record.campaign.owner
        figures, reports = PeriodFigures(record, self.stage), reports_of(record)
        whole, clusters = turnout(reports)
        heading, period = heading_of(owner, day, numbered=True), wording.period_words(record)
        addressees = wording.superior_on(owner, day)
        sections = [
            reporttext.province_opening(record, day, self.stage, now, whole),
            *reporttext.province_sections(figures, whole, clusters),
        ]
        return Content(
            kind=self.code,
            title="BÁO CÁO",
            subject=self.subject_of(record),
            heading=heading,
            addressees=addressees,
            sections=sections,
            closing=[f"Trên đây là báo cáo tổng hợp {period} của {wording.name_on(owner, day)}."],
            slots=[wording.signer(owner, Side.PROVINCE, day)],
            recipients=wording.recipients(heading, answers=bool(addressees)),
            annexes=reporttext.province_annexes(figures, units_owing(record, reports, day)),
            facts={"state": self.state_of(record), "stage": self.stage or "received", "as_of": now.isoformat()},
        )

    def subject_of(self, record: ReportingPeriod) -> str:
        period, campaign = wording.period_words(record), wording.campaign_words(record.campaign)
        return f"Tổng hợp kết quả {period} thực hiện {campaign}"

    def sample(self) -> Content:
        return samples.consolidated()

    def may_issue(self, user: Any, record: ReportingPeriod) -> bool:
        return user.has_perm("report.sign_province", record) and user.has_perm("document.number", record)

    def state_of(self, record: ReportingPeriod) -> str:
        """Figures move until they are locked: each document stands for its own moment, and a new one replaces it."""
        return ""

    def is_current(self, document: Document, record: ReportingPeriod) -> bool:
        return document.status == Document.Status.FROZEN

    def mandate(self, user: Any, document: Document, slot: str) -> Mandate | None:
        period = self.record_of(document)
        if period is None or not user.has_perm("report.sign_province", period):
            return None
        return mandate_at(user, "report.sign_province", period.campaign.owner_id)

    def allowed_methods(self, document: Document) -> list[str]:
        return ReportingPeriod.objects.select_related("campaign").get(pk=document.record_id).campaign.signing_methods


@register
class NotReportedList(PeriodDocument):
    """Danh sách đơn vị chưa báo cáo of one period, as of the moment it is made; nobody signs it."""

    code = "not_reported"
    title = "Danh sách đơn vị chưa báo cáo"
    purpose = "Đơn vị chưa gửi hoặc chưa gửi lại, hạn nộp, số ngày trễ, số lần đã nhắc; kèm theo thông báo, giao ban."
    act_label = "Lập danh sách"
    maker = "Chuyên viên thẩm định hoặc lãnh đạo Ban lập danh sách này."

    def content(self, record: ReportingPeriod) -> Content:
        now = timezone.localtime()
        owing = units_owing(record, reports_of(record), now.date())
        period = wording.period_words(record)
        return Content(
            kind=self.code,
            title="DANH SÁCH",
            subject=f"Đơn vị chưa gửi báo cáo {period} thực hiện {wording.campaign_words(record.campaign)}",
            heading=heading_of(record.campaign.owner, now.date()),
            annex="Phụ lục",
            landscape=True,
            sections=reporttext.owing_sections(owing, now),
            facts={"state": self.state_of(record), "as_of": now.isoformat()},
        )

    def sample(self) -> Content:
        return samples.not_reported()

    def may_issue(self, user: Any, record: ReportingPeriod) -> bool:
        return user.has_perm("campaign.manage", record) and user.has_perm("ranking.view_draft", record)

    def state_of(self, record: ReportingPeriod) -> str:
        return ""

    def is_current(self, document: Document, record: ReportingPeriod) -> bool:
        """A list holds for its moment: a new one always replaces it."""
        return False
