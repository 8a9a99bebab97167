"""Messages of this app. To add one: a class here and a template ``notifications/<kind>.txt``."""

import datetime
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, ReportingPeriod
from dvk_portal.core.notifications import Message
from pledges.models import Extension, Pledge, QuarterlyReport, ScoreSheet


@dataclass(frozen=True)
class CampaignLaunched(Message):
    kind = "campaign_launched"

    campaign: Campaign

    @classmethod
    def about(cls, campaign: Campaign) -> Self:
        return cls(
            key=f"campaign_launched:{campaign.pk}",
            title=f"Phát động: {campaign.title}",
            url=reverse("campaign-detail", args=[campaign.pk]),
            campaign=campaign,
        )


@dataclass(frozen=True)
class CampaignCancelled(Message):
    kind = "campaign_cancelled"

    campaign: Campaign
    note: str

    @classmethod
    def about(cls, campaign: Campaign, note: str) -> Self:
        return cls(
            key=f"campaign_cancelled:{campaign.pk}",
            title=f"Đã hủy: {campaign.title}",
            url=reverse("campaign-detail", args=[campaign.pk]),
            campaign=campaign,
            note=note,
        )


@dataclass(frozen=True)
class PeriodAdded(Message):
    kind = "period_added"

    period: ReportingPeriod

    @classmethod
    def about(cls, period: ReportingPeriod) -> Self:
        return cls(
            key=f"period_added:{period.pk}",
            title=f"Thêm kỳ báo cáo {period}",
            url=reverse("campaign-detail", args=[period.campaign_id]),
            period=period,
        )


@dataclass(frozen=True)
class DueDateChanged(Message):
    """A due date moved; its key holds both, so that each move is told once."""

    kind = "due_date_changed"

    period: ReportingPeriod

    @classmethod
    def about(cls, period: ReportingPeriod, old_due_at: datetime.datetime) -> Self:
        due = timezone.localtime(period.due_at)
        return cls(
            key=f"due_changed:{period.pk}:{old_due_at:%Y%m%d}:{due:%Y%m%d}",
            title=f"Báo cáo {period}: hạn nộp mới {due:%d/%m/%Y}",
            url=reverse("campaign-detail", args=[period.campaign_id]),
            period=period,
        )


@dataclass(frozen=True)
class ReportReminder(Message):
    """A rung of the ladder, to the people of the unit that still owes its report."""

    kind = "report_reminder"

    report: QuarterlyReport
    due_on: datetime.date
    days_left: int

    @classmethod
    def about(cls, report: QuarterlyReport, campaign: Campaign, rung: int, today: datetime.date) -> Self:
        due_on = timezone.localdate(report.due_at)
        left = (due_on - today).days
        when = f"còn {left} ngày" if left > 0 else "hôm nay là hạn cuối" if left == 0 else f"quá hạn {-left} ngày"
        return cls(
            key=f"c{campaign.pk}:r{report.pk}:{due_on:%Y%m%d}:{rung:+d}",
            title=f"Báo cáo {report.period}: {when}",
            url=reverse("report-edit", args=[report.pk]),
            report=report,
            due_on=due_on,
            days_left=left,
        )


@dataclass(frozen=True)
class OverdueDigest(Message):
    """To the province's officer: which units of one period owe their report past the due date."""

    kind = "overdue_digest"

    campaign: Campaign
    period: ReportingPeriod
    due_on: datetime.date
    names: tuple[str, ...]

    @classmethod
    def about(
        cls,
        campaign: Campaign,
        period: ReportingPeriod,
        due_on: datetime.date,
        rung: int,
        reports: list[QuarterlyReport],
    ) -> Self:
        query = urlencode({"campaign": campaign.pk, "period": period.pk, "state": "overdue"})
        return cls(
            key=f"c{campaign.pk}:p{period.pk}:{due_on:%Y%m%d}:{rung:+d}",
            title=f"{len(reports)} đơn vị chưa gửi báo cáo {period}",
            url=f"{reverse('report-list')}?{query}",
            campaign=campaign,
            period=period,
            due_on=due_on,
            names=tuple(sorted(report.participation.name for report in reports)),
        )


@dataclass(frozen=True)
class ReportReady(Message):
    """From the editor to the leader: everything is filled in, sending is yours. Once a day at most."""

    kind = "report_ready"

    report: QuarterlyReport
    editor: str

    @classmethod
    def about(cls, report: QuarterlyReport, editor: object, today: datetime.date) -> Self:
        return cls(
            key=f"report_ready:{report.pk}:{today}",
            title=f"Báo cáo {report.period} đã nhập xong, chờ lãnh đạo gửi",
            url=reverse("report-submit", args=[report.pk]),
            report=report,
            editor=str(editor),
        )


@dataclass(frozen=True)
class ReportSubmitted(Message):
    kind = "report_submitted"

    report: QuarterlyReport

    @classmethod
    def about(cls, report: QuarterlyReport) -> Self:
        return cls(
            key=f"report_submitted:{report.pk}:{_stamp(report.submitted_at)}",
            title=f"{report.participation.name} đã gửi báo cáo {report.period}",
            url=reverse("report-verify", args=[report.pk]),
            report=report,
        )


@dataclass(frozen=True)
class ReportReturned(Message):
    kind = "report_returned"

    report: QuarterlyReport
    lines: tuple[str, ...]

    @classmethod
    def about(cls, report: QuarterlyReport, lines: list[str]) -> Self:
        return cls(
            key=f"report_returned:{report.pk}:{_stamp(report.returned_at)}",
            title=f"Báo cáo {report.period}: trả lại {len(lines)} mục để bổ sung",
            url=reverse("report-edit", args=[report.pk]),
            report=report,
            lines=tuple(lines),
        )


@dataclass(frozen=True)
class ReportVerified(Message):
    kind = "report_verified"

    report: QuarterlyReport

    @classmethod
    def about(cls, report: QuarterlyReport) -> Self:
        return cls(
            key=f"report_verified:{report.pk}:{_stamp(report.verified_at)}",
            title=f"Báo cáo {report.period} đã thẩm định xong",
            url=reverse("report-detail", args=[report.pk]),
            report=report,
        )


@dataclass(frozen=True)
class ExtensionGranted(Message):
    kind = "extension_granted"

    extension: Extension

    @classmethod
    def about(cls, extension: Extension) -> Self:
        report = extension.report
        return cls(
            key=f"extension_granted:{extension.pk}",
            title=f"Gia hạn báo cáo {report.period} đến {timezone.localtime(extension.due_at):%d/%m/%Y}",
            url=reverse("report-detail", args=[report.pk]),
            extension=extension,
        )


def _stamp(moment: datetime.datetime) -> str:
    """Tells one sending or return of a report from the next."""
    return f"{moment:%Y%m%d%H%M%S%f}"


@dataclass(frozen=True)
class ScoresSent(Message):
    """To the officer who looks after the campaign."""

    kind = "scores_sent"

    sheet: ScoreSheet

    @classmethod
    def about(cls, sheet: ScoreSheet) -> Self:
        return cls(
            key=f"scores_sent:{sheet.pk}:{_stamp(sheet.sent_at)}",
            title=f"Bản tự chấm điểm: {sheet.participation.name}",
            url=sheet.get_absolute_url(),
            sheet=sheet,
        )


@dataclass(frozen=True)
class ScoresReturned(Message):
    kind = "scores_returned"

    sheet: ScoreSheet
    note: str

    @classmethod
    def about(cls, sheet: ScoreSheet, note: str, sent_at: datetime.datetime | None) -> Self:
        return cls(
            key=f"scores_returned:{sheet.pk}:{_stamp(sent_at) if sent_at else ''}",
            title="Bản tự chấm điểm được trả lại",
            url=sheet.get_absolute_url(),
            sheet=sheet,
            note=note,
        )


@dataclass(frozen=True)
class ScoresReopened(Message):
    """To those who agreed on a score that late figures have changed."""

    kind = "scores_reopened"

    sheet: ScoreSheet
    note: str

    @classmethod
    def about(cls, sheet: ScoreSheet, note: str) -> Self:
        return cls(
            key=f"scores_reopened:{sheet.pk}:{sheet.input_digest[:16]}",
            title=f"Điểm đã thống nhất thay đổi: {sheet.participation.name}",
            url=sheet.get_absolute_url(),
            sheet=sheet,
            note=note,
        )


@dataclass(frozen=True)
class ScoresVerified(Message):
    kind = "scores_verified"

    sheet: ScoreSheet

    @classmethod
    def about(cls, sheet: ScoreSheet) -> Self:
        return cls(
            key=f"scores_verified:{sheet.pk}:{_stamp(sheet.verified_at)}",
            title="Phiếu điểm đã thẩm định xong",
            url=sheet.get_absolute_url(),
            sheet=sheet,
        )


@dataclass(frozen=True)
class ResultsPublished(Message):
    kind = "results_published"

    campaign: Campaign
    decision_no: str

    @classmethod
    def about(cls, campaign: Campaign, decision_no: str) -> Self:
        return cls(
            key=f"results_published:{campaign.pk}",
            title=f"Công bố kết quả: {campaign.title}",
            url=reverse("ranking", args=[campaign.pk]),
            campaign=campaign,
            decision_no=decision_no,
        )


def _pledge_fields(kind: str, pledge: Pledge, mark: str, title: str) -> dict[str, Any]:
    """Fields of a message about one pledge. ``mark`` tells its rounds apart, so that each move is told once."""
    return {
        "key": f"{kind}:{pledge.pk}:{mark}",
        "title": f"{title}: {pledge.participation.name}",
        "url": pledge.get_absolute_url(),
        "pledge": pledge,
    }


@dataclass(frozen=True)
class PledgeProposed(Message):
    kind = "pledge_proposed"

    pledge: Pledge

    @classmethod
    def about(cls, pledge: Pledge) -> Self:
        return cls(**_pledge_fields(cls.kind, pledge, f"{pledge.proposed_at:%Y%m%d%H%M%S}", "Đề xuất giao ước"))


@dataclass(frozen=True)
class PledgeReturned(Message):
    kind = "pledge_returned"

    pledge: Pledge

    @classmethod
    def about(cls, pledge: Pledge) -> Self:
        return cls(**_pledge_fields(cls.kind, pledge, f"{pledge.returned_at:%Y%m%d%H%M%S}", "Giao ước được trả lại"))


@dataclass(frozen=True)
class PledgeAgreed(Message):
    """To the unit's leader, who may sign from now on."""

    kind = "pledge_agreed"

    pledge: Pledge

    @classmethod
    def about(cls, pledge: Pledge) -> Self:
        return cls(**_pledge_fields(cls.kind, pledge, f"{pledge.agreed_at:%Y%m%d%H%M%S}", "Mời ký giao ước"))


@dataclass(frozen=True)
class PledgeSigned(Message):
    kind = "pledge_signed"

    pledge: Pledge

    @classmethod
    def about(cls, pledge: Pledge) -> Self:
        return cls(**_pledge_fields(cls.kind, pledge, "signed", "Giao ước đã ký đủ các bên"))


@dataclass(frozen=True)
class PledgeWithdrawn(Message):
    kind = "pledge_withdrawn"

    pledge: Pledge

    @classmethod
    def about(cls, pledge: Pledge) -> Self:
        return cls(**_pledge_fields(cls.kind, pledge, f"{pledge.ended_at:%Y%m%d%H%M%S}", "Đơn vị rút giao ước"))


@dataclass(frozen=True)
class PledgeSuperseded(Message):
    kind = "pledge_superseded"

    pledge: Pledge

    @classmethod
    def about(cls, pledge: Pledge) -> Self:
        return cls(**_pledge_fields(cls.kind, pledge, f"{pledge.ended_at:%Y%m%d%H%M%S}", "Giao ước được thay thế"))


@dataclass(frozen=True)
class PledgeReminder(Message):
    """Once a day and unit, to those who have not proposed."""

    kind = "pledge_reminder"

    pledge: Pledge

    @classmethod
    def about(cls, pledge: Pledge, today: datetime.date) -> Self:
        return cls(**_pledge_fields(cls.kind, pledge, f"{today:%Y%m%d}", "Chưa gửi đề xuất giao ước"))
